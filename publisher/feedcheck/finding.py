"""PURE. What a check gives: findings, and the report that gathers them."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from typing import Any

from publisher.feedcheck.rule import Severity
from publisher.feedcheck.rules import RULES
from publisher.values import dataclass

FEED = "feed"
_SHOWN = 200
_PATIENCE = timedelta(minutes=10)
"""How far two clocks may differ before a date counts as in the future."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A broken rule and where.

    `place` is "feed" or the entry: its id, else its link, its title or its
    number. `line` counts from 1; 0 where it is unknown, as in JSON.
    """

    rule: str
    severity: Severity
    place: str
    detail: str
    line: int = 0


@dataclass(slots=True, kw_only=True)
class Report:
    """Gathers the findings of one document. `place` is where the check is at present."""

    own: bool = False
    now: datetime | None = None
    url: str | None = None
    memo: set[int] = field(default_factory=set)
    place: str = FEED
    found: list[Finding] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def add(
        self,
        name: str,
        element: Any = None,  # lxml has no types: an element, for its line
        detail: object = "",
        *,
        line: int = 0,
    ) -> None:
        """Note a broken rule, unless it is not held against this kind of feed."""
        rule = RULES[name]
        if rule.guess if self.own else rule.own:
            return
        if element is not None:
            line = element.sourceline or 0
        text = detail if isinstance(detail, str) else repr(detail)
        self.found.append(
            Finding(
                rule=name,
                severity=rule.severity,
                place=self.place,
                detail=" ".join(text.split())[:_SHOWN],
                line=line,
            )
        )

    def date(self, when: datetime, element: Any, text: str) -> None:
        """Hold a date against the present, where that is known."""
        if self.now is not None and when > self.now + _PATIENCE:
            self.add("date-in-future", element, text)


def one_finding(name: str, detail: str, *, line: int = 0) -> tuple[Finding, ...]:
    """The only finding of a document that cannot be looked into."""
    return (
        Finding(
            rule=name,
            severity=RULES[name].severity,
            place=FEED,
            detail=" ".join(detail.split())[:_SHOWN],
            line=line,
        ),
    )


def name_place(number: int, *names: str) -> str:
    """What to call an entry: by id, link or title, whichever it has first, else by its number."""
    for name in names:
        if name and not name.isspace():
            return name.strip()[:_SHOWN]
    return f"entry {number}"
