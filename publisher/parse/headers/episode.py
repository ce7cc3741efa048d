"""PURE. What a header says for podcast apps: length, number, season, transcripts, people.

The words are everybody's: a `season: summer` or `chapters: 12` of a site that has no
podcast must not cost the article. So a value that cannot be read is a warning, and left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

from publisher.model import Chapters, Episode, Person, Transcript
from publisher.parse.clean.decode import one_line
from publisher.parse.clean.references import References
from publisher.parse.headers.attachments import address_of, cut, each_of, find_file, parts_of
from publisher.parse.headers.fields import Field, Notes, language_tag
from publisher.parse.headers.people import Register, known_authors
from publisher.parse.headers.playtime import read_seconds
from publisher.parse.headers.values import Items, Table, Text, Value
from publisher.patterns import pattern

T = TypeVar("T")

LONGEST_NAME = 128
"""Characters of a person's name; apps cut what is longer (Podcasting 2.0, podcast:person)."""

CHAPTERS_TYPE = "application/json+chapters"

TRANSCRIPT_TYPES = {
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "html": "text/html",
    "htm": "text/html",
    "json": "application/json",
    "txt": "text/plain",
}
"""Suffix -> media type of a transcript (Podcasting 2.0, podcast:transcript)."""

_OTHER_NAMES = {
    "text/srt": "application/x-subrip",
    "application/srt": "application/x-subrip",
    "text/json": "application/json",
}
_KINDS = ("full", "trailer", "bonus")
_EXPLICIT = {
    **dict.fromkeys(("true", "yes", "on", "y", "1", "explicit"), True),
    **dict.fromkeys(("false", "no", "off", "n", "0", "clean"), False),
}
_SEASON_AND_NUMBER = pattern(r"s([0-9]{1,4}) ?e([0-9]{1,6})\Z", re.IGNORECASE)
_NUMBER = pattern(r"(?:#|no\.?|ep\.?|episode|e)? ?([0-9]{1,6})(?:\.([0-9]{1,3}))?\Z", re.IGNORECASE)
_PORTRAITS = ("img", "image", "picture", "photo", "avatar")
_LINK = pattern(r"https?://[^\s<>\"]+\Z", re.IGNORECASE)


_FIELDS = "episode duration season episode_type explicit transcript chapters hosts guests persons"
TOLD_BY = frozenset(_FIELDS.split())
"""The fields that `read_episode` reads."""


def read_episode(
    fields: Mapping[str, Field], notes: Notes, references: References, register: Register
) -> Episode | None:
    """What the fields say of an episode, or None; the files they name become assets."""
    if TOLD_BY.isdisjoint(fields):
        return None

    def read(name: str, reader: Callable[[Field, Notes], T], otherwise: T) -> T:
        found = fields.get(name)
        if found is None:
            return otherwise
        value = reader(found, notes)
        if value != otherwise:
            notes.origins[name] = found.origin
        return value

    about = _About(references, register)
    nobody: tuple[Person, ...] = ()
    number, season = read("episode", _number, ("", 0))
    episode = Episode(
        duration=read("duration", read_duration, 0),
        number=number,
        season=read("season", _season, 0) or season,
        kind=read("episode_type", _kind, ""),
        explicit=read("explicit", _explicit, None),
        transcripts=read("transcript", lambda f, n: tuple(_transcripts(f, n, references)), ()),
        chapters=read("chapters", lambda f, n: _chapters(f, n, references), None),
        persons=(
            *read("hosts", partial(_persons, role="host", about=about), nobody),
            *read("guests", partial(_persons, role="guest", about=about), nobody),
            *read("persons", partial(_persons, role="", about=about), nobody),
        ),
    )
    return None if episode == Episode() else episode


def read_duration(found: Field, notes: Notes) -> int:
    """The seconds of a field, 0 with a warning for what is no length of time."""
    text = _text(found, notes)
    seconds = read_seconds(text)
    if text and seconds is None:
        notes.warn(
            found,
            f"{found.key} {cut(text)!r} is no length such as 754, 12:34 or 1:02:03, "
            "and is left out",
        )
    return seconds or 0


def read_bytes(found: Field, notes: Notes) -> int:
    """The length of a file elsewhere, 0 with a warning for what is no number."""
    text = _text(found, notes).replace(",", "").replace("_", "")
    if re.match(r"[0-9]{1,15}\Z", text):
        return int(text)
    if text:
        notes.warn(found, f"{found.key} {cut(text)!r} is no number of bytes, and is left out")
    return 0


def _text(found: Field, notes: Notes) -> str:
    if isinstance(found.value, Text):
        return one_line(found.value.text)
    notes.warn(found, f"{found.key} is a list or table, not one value, and is left out")
    return ""


def _number(found: Field, notes: Notes) -> tuple[str, int]:
    """The number of an episode as a decimal number, and the season that it may name."""
    text = _text(found, notes)
    both = _SEASON_AND_NUMBER.match(text)
    if both:
        return str(int(both[2])), int(both[1])
    alone = _NUMBER.match(text)
    if alone:
        decimals = (alone[2] or "").rstrip("0")
        return str(int(alone[1])) + (f".{decimals}" if decimals else ""), 0
    if text:
        notes.warn(found, f"{found.key} {cut(text)!r} is no number, and is left out")
    return "", 0


def _season(found: Field, notes: Notes) -> int:
    text = _text(found, notes)
    if re.match(r"[0-9]{1,4}\Z", text) and int(text):
        return int(text)
    if text:
        notes.warn(found, f"{found.key} {cut(text)!r} is no number from 1 up, and is left out")
    return 0


def _kind(found: Field, notes: Notes) -> str:
    text = _text(found, notes).lower()
    if text and text not in _KINDS:
        notes.warn(found, f"{found.key} {cut(text)!r} is not full, trailer or bonus: left out")
        return ""
    return text


def _explicit(found: Field, notes: Notes) -> bool | None:
    """For adults only or not; in doubt it is, since the other mistake reaches children."""
    text = _text(found, notes)
    if not text:
        return None
    known = _EXPLICIT.get(text.lower())
    if known is None:
        notes.warn(found, f"{found.key} {cut(text)!r} is not true or false, and is read as true")
        return True
    return known


def _transcripts(found: Field, notes: Notes, references: References) -> Iterator[Transcript]:
    seen = set()
    for value in each_of(found.value):
        parts = parts_of(value)
        place = find_file(address_of(parts), found, notes, references)
        if place is None or place[0] in seen:
            continue
        url = place[0]
        seen.add(url)
        media_type = _transcript_type(parts.get("type", ""), url)
        if not media_type:
            notes.warn(
                found, f"{found.key}: {cut(url)!r} is no .vtt, .srt, .html, .json or .txt: left out"
            )
            continue
        yield Transcript(
            url=url,
            media_type=media_type,
            language=_language(parts, found, notes),
            captions=parts.get("rel", "").lower() == "captions",
        )


def _transcript_type(told: str, url: str) -> str:
    """The type as told, by its name or a suffix, else that of the address; "" for others."""
    told = told.lower().lstrip(".")
    told = TRANSCRIPT_TYPES.get(told) or _OTHER_NAMES.get(told, told)
    if told in TRANSCRIPT_TYPES.values():
        return told
    return TRANSCRIPT_TYPES.get(_suffix(url), "")


def _language(parts: Mapping[str, str], found: Field, notes: Notes) -> str | None:
    text = parts.get("language", "") or parts.get("lang", "")
    tag = language_tag(text) if text else None
    if text and tag is None:
        notes.warn(found, f"{found.key}: {cut(text)!r} is no language tag, and is left out")
    return tag


def _chapters(found: Field, notes: Notes, references: References) -> Chapters | None:
    parts = parts_of(found.value)
    address = address_of(parts)
    if not address:
        notes.warn(
            found, f"{found.key} names no file; write the chapters into a JSON file and name it"
        )
        return None
    place = find_file(address, found, notes, references)
    if place is None:
        return None
    url, asset = place
    if _suffix(url) not in ("json", "") or (asset is not None and _suffix(url) != "json"):
        notes.warn(found, f"{found.key}: {cut(address)!r} is no JSON file: left out")
        return None
    return Chapters(url=url, media_type=CHAPTERS_TYPE)


class _About(NamedTuple):
    """Where the people and pictures that a field names are looked up."""

    references: References
    register: Register


def _persons(found: Field, notes: Notes, *, role: str, about: _About) -> tuple[Person, ...]:
    """The people of a field, each once; `role` is theirs where they have none of their own."""
    people: dict[tuple[str, str], Person] = {}
    for value in _each_person(found.value):
        person = _person(value, role, about, found, notes)
        if person is not None:
            people.setdefault((person.name, person.role), person)
    return tuple(people.values())


def _each_person(value: Value) -> Iterator[Text | Table]:
    if isinstance(value, Items):
        for inner in value.values:
            yield from _each_person(inner)
    else:
        yield value


def _person(
    value: Text | Table, role: str, about: _About, found: Field, notes: Notes
) -> Person | None:
    parts = parts_of(value) if isinstance(value, Table) else {}
    name = one_line(value.text) if isinstance(value, Text) else ""
    name = name or parts.get("name", "") or parts.get("title", "")
    if not name:
        notes.warn(found, f"{found.key} names someone without a name, who is left out")
        return None
    known = known_authors((name,), about.register)[0]
    href = next((parts[k] for k in ("href", "url", "link", "website") if parts.get(k)), "")
    if href and not _LINK.match(href):
        notes.warn(found, f"{found.key}: {cut(href)!r} is no address of a page, and is left out")
        href = ""
    address = next((parts[key] for key in _PORTRAITS if parts.get(key)), "")
    portrait = find_file(address, found, notes, about.references) if address else None
    return Person(
        name=_short(known.name, found, notes),
        role=_short(parts.get("role", "") or role, found, notes),
        group=_short(parts.get("group", ""), found, notes),
        img=portrait[0] if portrait else "",
        href=href or known.url or "",
    )


def _short(text: str, found: Field, notes: Notes) -> str:
    if len(text) <= LONGEST_NAME:
        return text
    notes.warn(found, f"{found.key}: {cut(text)!r} is cut at {LONGEST_NAME} characters")
    return text[: LONGEST_NAME - 1].rstrip() + "…"


def _suffix(url: str) -> str:
    """The suffix of the last part of an address's path, in small letters."""
    name = url.partition("?")[0].partition("#")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""
