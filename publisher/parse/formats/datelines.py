"""PURE. The dateline at the head of a news text: the place, and perhaps the day and the agency."""

from __future__ import annotations

import re
from typing import NamedTuple

_LENGTH = 100
_WORDS = 4

_DASHED = re.compile(
    r"(?P<place>\S.{0,98}?)(?P<mark>\s+(?:--|[-–—−])\s+|\s?\.[-–—]{1,2}\s+|\s*(?:--|[–—])\s*(?=[^\W\d_]))"
)
_AGENCY = re.compile(r"\s*[(\[（][^()\[\]（）]{1,40}[)\]）]")
_SEGMENTS = re.compile(r"[,،、]\s*|(?<=[^\W\d_]{3})\.\s+")
_WORD = r"[^\W\d_][^\s\d,،()]*"
"""A word of any script: in some, vowels are no letters."""

_DAY = re.compile(
    r"(?:\d{1,2}(?:\.|º|ª|er|st|nd|rd|th)?\s+(?:de\s+|ta'\s+)?)?"
    rf"{_WORD}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:\s+(?:de\s+)?\d{{4}})?"
)
_TOLD = re.compile(
    rf"(?P<place>{_WORD}[^()\d,]{{0,40}}, \d{{1,2}}(?:\.|er|º)? {_WORD} \([^()]{{1,40}}\))"
    r"(?P<mark>[.:।]?\s+)(?=\S)"
)
"""CITY, 20 March (Agency) and no dash."""

_CAPITALS = re.compile(
    r"(?P<place>(?P<name>[^\W\d_]{4,20}(?:[ -][^\W\d_]{2,20}){0,2})(?P<day> \d{1,2}\.\d{1,2}\.)?)"
    r"(?P<mark>(?(day)|\.)\s+)(?=\w)"
)
"""CITY. or CITY 20.3. and then the text."""

_EAST_ASIAN = re.compile(
    r"(?P<place>【[^【】]{1,40}】|［[^［］]{1,40}］|\[[^\[\]]{1,30}=[^\[\]]{1,30}\]\s*[^=]{0,30}(?==)"
    r"|[(（][^()（）=]{1,20}=[^()（）]{1,30}[)）](?:\s*[^=.]{0,30}?(?:기자|특파원)(?=\s*=))?"
    r"|[^。，,]{1,24}?\d{1,2}月\d{1,2}日(?:电|電|讯|訊)(?:\s*[（(][^（）()]{1,40}[)）])?)"
    r"(?P<mark>\s*(?:=|[-–—])?\s*)"
)
_PARTICLE_NAMES = (
    "al and da dan das de del den der des di do dos du e el en i in la las le les los na nad of"
    " sur upon van y"
)
_PARTICLES = frozenset(_PARTICLE_NAMES.split())


class Dateline(NamedTuple):
    """What stands at the head of a paragraph, the sign behind it, and where the text begins."""

    place: str
    mark: str
    end: int


def find_dateline(text: str) -> Dateline | None:
    """The dateline of a paragraph: `Jakarta - `, `CITY, Country, 20 March (AP) — `, `【東京】`."""
    head = text[:_LENGTH]
    found = _EAST_ASIAN.match(head) or _TOLD.match(head)
    if found is None:
        found = _DASHED.match(head)
        if found and not _is_dateline(found["place"]):
            found = None
    if found is None:
        found = _CAPITALS.match(head)
        if found and not _stands_out(found["name"], text[found.end() :]):
            found = None
    return Dateline(found["place"].rstrip(), _mark(found, head), found.end()) if found else None


def told_dateline(text: str, place: str) -> Dateline | None:
    """The dateline that a person says a paragraph begins with."""
    if not place or not text.startswith(place):
        return None
    mark = re.match(r"\s*(?:--|[-–—−=:.])?\s*", text[len(place) :])
    assert mark is not None
    return Dateline(place, mark[0], len(place) + mark.end())


def _mark(found: re.Match[str], head: str) -> str:
    return head[len(found["place"].rstrip()) : found.end()]


def _is_dateline(written: str) -> bool:
    place = _AGENCY.sub("", written)
    segments = [segment.strip() for segment in _SEGMENTS.split(place)]
    if not place.strip():
        return written[:1] in "([（"
    if not segments[0] or not _is_place(segments[0]):
        return False
    is_day = False
    for segment in segments[1:]:
        if segment and not (_is_place(segment) or _DAY.fullmatch(segment)):
            return is_day and segment[0].isupper() and len(segment.split()) <= _WORDS
        is_day = bool(_DAY.fullmatch(segment)) and segment[:1].isdigit()
    return True


def _is_place(words: str) -> bool:
    names = words.split()
    return len(names) <= _WORDS and all(
        (name[0].isalpha() and not name[0].islower()) or name in _PARTICLES for name in names
    )


def _stands_out(name: str, rest: str) -> bool:
    """Whether a name at the head is a dateline: in capitals, or said again in the paragraph."""
    if name.isupper():
        return name.lower() != name
    return name[0].isupper() and " " not in name and name in rest
