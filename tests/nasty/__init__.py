"""Inputs that break others (FEEDS.md section 5, RELIABILITY.md section 6) and what they give."""

from __future__ import annotations

from tests.nasty import characters, dates, fields, headers, markup, places
from tests.nasty.cases import Case

ALL: tuple[Case, ...] = (
    *characters.CASES,
    *dates.CASES,
    *headers.CASES,
    *fields.CASES,
    *markup.CASES,
    *places.CASES,
)
