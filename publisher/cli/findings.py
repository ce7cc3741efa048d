"""ENTRY. How `check-feed` tells its findings: for a person, and for a program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from publisher.console import json_text
from publisher.feedcheck import RULES, Finding
from publisher.values import dataclass

SHOWN_OF_MANY = 3
"""So many places of one broken rule are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFeed:
    """One document and what was found in it."""

    place: str
    findings: tuple[Finding, ...]


def report(checked: CheckedFeed, *, verbose: bool) -> Iterator[str]:
    """Lines for a person: each broken rule with its places, what it says, who says so, the mend."""
    if not checked.findings:
        yield f"{checked.place}: no findings"
        return
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in checked.findings:
        by_rule[finding.rule].append(finding)
    for name, found in by_rule.items():
        rule = RULES[name]
        shown = found if verbose else found[:SHOWN_OF_MANY]
        for finding in shown:
            yield f"{rule.severity}: {_where(checked.place, finding)}: {name}: {_what(finding)}"
        if len(shown) < len(found):
            yield f"       {len(found) - len(shown)} more like these (-v shows all)"
        yield f"rule:  {rule.says} ({rule.source})"
        yield f"mend:  {rule.mend}"
    yield f"{checked.place}: {_total(checked.findings)}"


def as_json(checked: CheckedFeed) -> Iterator[str]:
    """One JSON object a finding."""
    for finding in checked.findings:
        rule = RULES[finding.rule]
        yield json_text(
            {
                "feed": checked.place,
                "rule": finding.rule,
                "severity": finding.severity,
                "entry": None if finding.place == "feed" else finding.place,
                "line": finding.line,
                "detail": finding.detail,
                "says": rule.says,
                "mend": rule.mend,
                "source": rule.source,
            }
        )


def _where(place: str, finding: Finding) -> str:
    return f"{place}:{finding.line}" if finding.line else place


def _what(finding: Finding) -> str:
    return ": ".join(part for part in (finding.place, finding.detail) if part)


def _total(findings: Sequence[Finding]) -> str:
    errors = sum(f.severity == "error" for f in findings)
    counts = ((errors, "error"), (len(findings) - errors, "warning"))
    return ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counts if n)
