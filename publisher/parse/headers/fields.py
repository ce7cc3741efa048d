"""PURE. The fields of a header by our names, each read by its own type.

Every tool has its own words for the same thing; `MEANINGS` is the table of
SOURCES.md section 4. What is not in it is the author's own and is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import NamedTuple

from publisher.errors import ArticleError, Location
from publisher.parse.clean.decode import one_line
from publisher.parse.headers.values import Items, Pairs, Table, Text, Value, is_empty, normalise_key
from publisher.patterns import pattern
from publisher.values import dataclass

_SYNONYMS = {
    "title": "title",
    "date": "date publishdate pubdate published publishedat publisheddate datepublished"
    " publicationdate posted created createdat",
    "updated": "updated lastmod modified lastmodifiedat lastmodified datemodified updatedat",
    "expires": "expirydate unpublishdate expires",
    "draft": "draft",
    "publish": "publish",
    "status": "status",
    "hidden": "unlisted headless hidden eleventyexcludefromcollections",
    "build": "build",
    "slug": "slug",
    "url": "canonical canonicalurl permalink url path",
    "summary": "summary description excerpt lead subtitle abstract",
    "authors": "authors author by byline creator",
    "tags": "tags tag pagetags",
    "categories": "categories category section topics",
    "language": "lang language locale",
    "translation": "translation translationkey translationid langref",
    "feeds": "feeds",
    "image": "image cover thumbnail featuredimage featureimage hero images previewimage",
    "resources": "resources",
    "excerpt_separator": "excerptseparator",
    "enclosures": "enclosure enclosures audio video podcast audiofile audiourl podcastfile"
    " podcastlink",
    "duration": "duration podcastduration audioduration itunesduration",
    "bytes": "bytes podcastbytes podcastlength audiobytes",
    "episode": "episode episodenumber podcastepisode itunesepisode",
    "season": "season seasonnumber podcastseason itunesseason",
    "episode_type": "episodetype itunesepisodetype",
    "explicit": "explicit podcastexplicit itunesexplicit",
    "transcript": "transcript transcripts podcasttranscript",
    "chapters": "chapters chaptersfile podcastchapters",
    "persons": "persons person",
    "hosts": "hosts host",
    "guests": "guests guest",
    "digest": "digest",
    "pinned": "pinned pin",
    "retract": "retract",
    "correction": "correction corrections",
    "id": "id guid uuid",
    "redirect": "redirect redirectto",
    "aliases": "aliases",
    "redirect_from": "redirectfrom alias",
}
"""Ours -> what is read as it, the first that an article has counts. Keys are normalised."""

MEANINGS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        word: (ours, rank)
        for ours, words in _SYNONYMS.items()
        for rank, word in enumerate(words.split())
    }
)
"""Normalised key -> our name and its rank among the synonyms."""

_NESTED = frozenset({"extra", "taxonomies", "params"})
_BELOW = 100
"""Added to the rank of a field that stands in a nested table: those at the top come first."""

_SWITCHES = (("draft", True), ("published", False), ("publish", False))
"""Fields that keep an article back, by what they then are."""

_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
_HIDING = frozenset(
    ["draft", "draf", "hidden", "private", "pending", "skip", "unpublished", "unlisted", "wip"]
)
_LANGUAGE = pattern(
    r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?((?:-[A-Za-z0-9]{1,8})*)\Z"
)


_OF_THE_FILE = ("field", "text")


class Field(NamedTuple):
    """One field: the key as written, and its value. `place` is what it stands in: `field`, `text`
    (below the header), `sidecar`, or the path of another file."""

    key: str
    value: Value
    line: int
    rank: int
    place: str = "field"

    @property
    def origin(self) -> str:
        """Where the value came from, as `publisher articles` tells it."""
        return f"{self.place}:{self.line}" if self.line else self.place


@dataclass(slots=True, kw_only=True)
class Notes:
    """What reading an article tells beside its values: their origins, warnings, and which dates
    were read only `in_part`, with their lines. `sidecar` is the file in which fields stand whose
    place that is.
    """

    file: str
    sidecar: str = ""
    origins: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    in_part: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, found: Field, message: str, mend: str) -> ArticleError:
        """The error of a field with a wrong value, at its place."""
        _, line, column = found.value
        file = self.sidecar if found.place == "sidecar" else found.place
        file = self.file if found.place in _OF_THE_FILE else file
        return ArticleError(message, where=Location(file=file, line=line, column=column), mend=mend)

    def warn(self, found: Field, message: str) -> None:
        """Note what a person should look at."""
        place = f"line {found.line}: " if found.line else ""
        if found.place not in _OF_THE_FILE:
            file = self.sidecar if found.place == "sidecar" else found.place
            place = f"{file.rpartition('/')[2]}: {place}"
        self.warnings.append(f"{place}{message}")


def meanings(own: Mapping[str, str]) -> Mapping[str, tuple[str, int]]:
    """MEANINGS with the source's own field names (`map:`), which come before ours."""
    if not own:
        return MEANINGS
    names = dict(MEANINGS)
    for theirs, ours in own.items():
        name = MEANINGS.get(normalise_key(ours), (ours, 0))[0]
        names[normalise_key(theirs)] = (name, -1)
    return names


def gather(
    pairs: Pairs, known: Mapping[str, tuple[str, int]], place: str = "field"
) -> dict[str, Field]:
    """The fields that we read, by our names: of synonyms the first in the table.

    `place` is what they stand in (Field).
    """
    fields: dict[str, Field] = {}
    for key, value, below in _all_pairs(pairs):
        written = normalise_key(key.text)
        meaning = known.get(written)
        if meaning is None or is_empty(value):
            continue
        name, rank = _as_meant(meaning[0], written, value), meaning[1] + below
        if name not in fields or rank < fields[name].rank:
            fields[name] = Field(key.text, value, value[1], rank, place)
    return fields


def meaning_of(key: Text, value: Value, known: Mapping[str, tuple[str, int]]) -> str:
    """Our name of what a key of a header says, "" for what is the author's own."""
    written = normalise_key(key.text)
    return _as_meant(known.get(written, ("", 0))[0], written, value)


def _as_meant(name: str, written: str, value: Value) -> str:
    if name == "date" and written == "published" and _is_no_date(value):
        return "published"  # Jekyll's switch, not a date
    return name


def _all_pairs(pairs: Pairs) -> Iterator[tuple[Text, Value, int]]:
    for key, value in pairs:
        yield key, value, 0
        if isinstance(value, Table) and key.text.lower() in _NESTED:
            for inner_key, inner in value.pairs:
                yield inner_key, inner, _BELOW


def is_switch(value: Value) -> bool:
    """Whether a value is true or false, and nothing that could be a date."""
    return isinstance(value, Text) and value.text.strip().lower() in (_TRUE | _FALSE)


def is_true(value: Value) -> bool:
    """Whether a value is a switch that is on."""
    return isinstance(value, Text) and value.text.strip().lower() in _TRUE


def _is_no_date(value: Value) -> bool:
    """Whether a value is a switch, or a word without any digit that only a switch can mean."""
    return is_switch(value) or (
        isinstance(value, Text) and not any(letter.isdigit() for letter in value.text)
    )


def read_text(found: Field, notes: Notes) -> str:
    """One line of text. Raises ArticleError for a list or table."""
    if not isinstance(found.value, Text):
        raise notes.refuse(
            found, f"{found.key} is no text", f'put the value in quotes: {found.key}: "…"'
        )
    return one_line(found.value.text)


def read_switch(found: Field, notes: Notes) -> bool:
    """True or false. Raises ArticleError for anything else: guessing could publish a draft."""
    if isinstance(found.value, Text):
        text = found.value.text.strip().lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    shown = repr(found.value.text) if isinstance(found.value, Text) else "a list or table"
    raise notes.refuse(
        found, f"{found.key} is {shown}, not true or false", f"write {found.key}: true or false"
    )


def read_draft(fields: Mapping[str, Field], notes: Notes) -> bool:
    """Whether a field keeps the article back: draft, published, publish or status."""
    for name, meaning in _SWITCHES:
        if name in fields and read_switch(fields[name], notes) is meaning:
            notes.origins["draft"] = fields[name].origin
            return True
    hidden = fields.get("hidden")
    if hidden is not None and is_true(hidden.value):
        notes.origins["draft"] = hidden.origin
        return True
    if "build" in fields and _is_built_nowhere(fields["build"].value):
        notes.origins["draft"] = fields["build"].origin
        return True
    status = fields.get("status")
    if status is None:
        return False
    if any(word.strip().lower() in _HIDING for word in _words(status.value, "")):
        notes.origins["draft"] = status.origin
        return True
    return False


def _is_built_nowhere(value: Value) -> bool:
    """Whether Hugo's `build:` keeps a page out of every list, or makes none of it."""
    pairs = value.pairs if isinstance(value, Table) else ()
    told = {normalise_key(key.text): inner for key, inner in pairs}
    return any(
        isinstance(inner, Text) and inner.text.strip().lower() in _FALSE | {"never", "local"}
        for name in ("render", "list")
        for inner in [told.get(name)]
    )


def read_language(found: Field, notes: Notes) -> str | None:
    """A BCP 47 tag in its usual case; None, with a warning, for what is none."""
    text = read_text(found, notes)
    tag = language_tag(text)
    if tag is None:
        notes.warn(found, f"{text!r} is no language tag such as en or pt-BR, and is left out")
    return tag


def language_tag(text: str) -> str | None:
    """zh_tw -> zh-TW, en_US.UTF-8 -> en-US (RFC 5646 section 2.1.1); None for what is no tag."""
    found = _LANGUAGE.match(text.partition(".")[0].replace("_", "-"))
    if not found:
        return None
    language, script, region, rest = found.groups()
    parts = (language.lower(), (script or "").title(), (region or "").upper())
    return "-".join(part for part in parts if part) + rest.lower()


def read_tags(found: Field, notes: Notes, *, separators: str) -> tuple[str, ...]:
    """Words from a list or a text; the first of `separators` that the text holds splits it."""
    words = [one_line(word) for word in _words(found.value, separators)]
    if not words:
        raise notes.refuse(found, f"{found.key} names nothing", f"write {found.key}: [one, two]")
    return without_repeats(word.lstrip("#").strip() or word for word in words)


def without_repeats(words: Iterator[str]) -> tuple[str, ...]:
    """Words without empty ones and repeats; case does not make another word."""
    unique: dict[str, str] = {}
    for word in words:
        if word:
            unique.setdefault(word.casefold(), word)
    return tuple(unique.values())


def split_text(text: str, separators: str) -> list[str]:
    """A text split at the first of `separators` that it holds; a space means any white space."""
    for separator in separators:
        if separator == " " or separator in text:
            return text.split() if separator == " " else text.split(separator)
    return [text]


def _words(value: Value, separators: str) -> Iterator[str]:
    if isinstance(value, Text):
        yield from split_text(value.text, separators)
    elif isinstance(value, Items):
        for inner in value.values:
            yield from _words(inner, "")
    else:
        yield from _names(value)


def _names(table: Table) -> Iterator[str]:
    """The name that a table gives itself (`name`, `title`, `label`)."""
    for key, value in table.pairs:
        if normalise_key(key.text) in ("name", "title", "label") and isinstance(value, Text):
            yield value.text
            return
