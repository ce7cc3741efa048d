"""PURE. What a rule is: a name that never changes, and the words that explain it."""

from __future__ import annotations

from typing import Literal

from publisher.values import dataclass

Format = Literal["rss", "atom", "json", "any", "together"]
Severity = Literal["error", "warning"]

ANY: tuple[Format, ...] = ("any",)
"""A document of which the format is not known."""
TOGETHER: tuple[Format, ...] = ("together",)
"""The three formats of one feed, held against each other."""
RSS: tuple[Format, ...] = ("rss",)
ATOM: tuple[Format, ...] = ("atom",)
JSON: tuple[Format, ...] = ("json",)
XML: tuple[Format, ...] = ("rss", "atom")
ALL: tuple[Format, ...] = ("rss", "atom", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the field.

    `severity` is "error" where a norm says MUST or feed readers break, "warning"
    where it is advice. `says` is the rule in one sentence, `mend` what to do
    about a finding, `source` who says so.

    A rule that is `own` is stricter than any norm and held against our own
    feeds only; one that is a `guess` reads the writer's mind (markup in a title
    may be meant) and is held against feeds of others only.
    """

    name: str
    formats: tuple[Format, ...]
    severity: Severity
    says: str
    mend: str
    source: str
    own: bool = False
    guess: bool = False


def error(name: str, formats: tuple[Format, ...], says: str, mend: str, source: str) -> Rule:
    """A rule that a norm demands, or whose breach breaks feed readers."""
    return Rule(name=name, formats=formats, severity="error", says=says, mend=mend, source=source)


def advice(
    name: str,
    formats: tuple[Format, ...],
    says: str,
    mend: str,
    source: str,
    *,
    own: bool = False,
    guess: bool = False,
) -> Rule:
    """A rule that a norm or experience advises."""
    return Rule(
        name=name,
        formats=formats,
        severity="warning",
        says=says,
        mend=mend,
        source=source,
        own=own,
        guess=guess,
    )
