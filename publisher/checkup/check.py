"""USE CASE. What one look found."""

from __future__ import annotations

from typing import Literal

from publisher.values import dataclass

Found = Literal["good", "finding", "unknown"]
"""unknown: it cannot be seen from here; what to look at is said all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was looked at, what was found, and what to do ("" where nothing is)."""

    name: str
    about: str
    found: Found
    said: str
    mend: str = ""


def good(name: str, about: str, said: str) -> Check:
    """Nothing to do."""
    return Check(name=name, about=about, found="good", said=said)


def finding(name: str, about: str, said: str, mend: str) -> Check:
    """Something that keeps mail or readers away."""
    return Check(name=name, about=about, found="finding", said=said, mend=mend)


def unknown(name: str, about: str, said: str, mend: str = "") -> Check:
    """Something that cannot be seen from here."""
    return Check(name=name, about=about, found="unknown", said=said, mend=mend)
