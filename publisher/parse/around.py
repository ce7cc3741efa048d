"""PURE. What files around an article say of it: data of its folders, its own data, its authors.

Eleventy keeps defaults in `posts/posts.json` and `fog.11tydata.json`, Nikola a header in
`fog.meta`, Docusaurus the people in `authors.yml`. Data that is code is never run.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace

from publisher.config import AuthorSpec
from publisher.errors import ArticleError, Location
from publisher.fingerprint import content_hash
from publisher.model import Document
from publisher.parse.clean.decode import decode, one_line
from publisher.parse.headers.fields import Field, gather
from publisher.parse.headers.header import MAX_HEADER, Header, split_header
from publisher.parse.headers.people import Register, link_of, mail_of
from publisher.parse.headers.typedheader import read_json
from publisher.parse.headers.values import Items, Pairs, Table, Text, Value, normalise_key
from publisher.parse.headers.yamlheader import read_yaml
from publisher.parse.versions import Version
from publisher.values import dataclass

INCLUDED = "+/"
"""Before a path: the content of that file, as part of an article's text."""

_LONGEST = 1024 * 1024
"""Bytes of a file that is included."""

_MOST_INCLUDED = 4 * 1024 * 1024
"""Letters that an article includes: one that names a file, or itself, thousands of times would
fill the memory and hold up all others."""

Known = Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """The fields that a data file has, and its path under the source."""

    file: str
    pairs: Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is around an article. `meta` is the header that lies beside it, `data` are defaults,
    the nearest first; `people` are authors by their ids, `version` what its name says it is,
    `read` gives the bytes of a file under the source, None for one that is not there. `vault` says
    that the folder is one of Obsidian's, whatever its dialect.
    """

    meta: Data | None = None
    data: tuple[Data, ...] = ()
    people: Register = field(default_factory=dict)
    version: Version | None = None
    read: Callable[[str], bytes | None] = lambda _: None
    vault: bool = False


NOTHING = Around()


def included_parts(document: Document) -> Iterator[str]:
    """The files that are a part of its text."""
    for needed, _ in document.needs:
        if needed.startswith(INCLUDED):
            yield needed.removeprefix(INCLUDED)


class Includes:
    """The files that an article includes: their text, and in `needs` what they were then."""

    def __init__(self, around: Around, file: str) -> None:
        self.needs: dict[str, str] = {}
        self._read = around.read
        self._folder = file.rpartition("/")[0]
        self._texts: dict[str, str | None] = {}
        self._left = _MOST_INCLUDED

    def __call__(self, name: str) -> str | None:
        """The text of a file in the article's folder or below it, without its header; None also
        for what would be too much with what was included before."""
        path = posixpath.normpath(posixpath.join(self._folder, name))
        if not name or not f"{path}/".startswith(f"{self._folder}/" if self._folder else ""):
            return None
        if path.startswith(("../", "/")):
            return None
        if path not in self._texts:
            self._texts[path] = self._text(path)
        text = self._texts[path]
        if text is None or len(text) > self._left:
            return None
        self._left -= len(text)
        return text

    def _text(self, path: str) -> str | None:
        raw = self._read(path)
        self.needs[f"{INCLUDED}{path}"] = mark_of_included(raw)
        try:
            text = decode(raw, path)[0] if raw is not None and len(raw) <= _LONGEST else None
            return split_header(text, path, {}).body if text is not None else None
        except ArticleError:
            return None


def mark_of_included(raw: bytes | None) -> str:
    """What is the same for as long as an included file is."""
    return content_hash(raw) if raw is not None else ""


def with_meta(header: Header, around: Around) -> Header:
    """The header that lies in a file beside an article without one of its own."""
    if around.meta is None or header.kind != "none":
        return header
    return replace(header, kind="lines", pairs=around.meta.pairs)


def header_fields(
    header: Header, known: Known, around: Around, *, place: str = "field"
) -> dict[str, Field]:
    """The fields of a header by our names, wherever it lies; `place` is where if not beside."""
    is_beside = around.meta is not None and header.pairs is around.meta.pairs
    return gather(header.pairs, known, around.meta.file if is_beside and around.meta else place)


def defaults(known: Known, around: Around) -> dict[str, Field]:
    """What the data around an article says, the nearest first; tags are those of all (Eleventy's
    "deep merge")."""
    fields: dict[str, Field] = {}
    for data in reversed(around.data):
        fields = _merged(gather(data.pairs, known, data.file), fields)
    return fields


def with_defaults(own: dict[str, Field], given: dict[str, Field]) -> dict[str, Field]:
    """An article's own fields, and what it is given where it has none."""
    return _merged(own, given) if given else own


def _merged(near: dict[str, Field], far: dict[str, Field]) -> dict[str, Field]:
    merged = far | near
    if "tags" in near and "tags" in far:
        values = (*_each(far["tags"].value), *_each(near["tags"].value))
        _, line, column = near["tags"].value
        merged["tags"] = near["tags"]._replace(value=Items(values, line, column))
    return merged


def _each(value: Value) -> tuple[Value, ...]:
    return value.values if isinstance(value, Items) else (value,)


def read_data(raw: bytes, file: str) -> Data:
    """The fields of a JSON data file. Raises ArticleError for one that cannot be read."""
    text = _text(raw, file)
    if not text.lstrip().startswith("{"):
        raise ArticleError(
            "is no JSON object, and so no data of articles",
            where=Location(file=file, line=1),
            mend='write {"key": "value", …}, or give the file another name',
        )
    pairs, end, _ = read_json(text, file, 1)
    if text[end:].strip():
        raise ArticleError(
            "has text after its JSON object",
            where=Location(file=file, line=text.count("\n", 0, end) + 1),
            mend="take away what stands behind the last }",
        )
    return Data(file=file, pairs=pairs)


def read_meta(raw: bytes, file: str, known: Known) -> Data:
    """Nikola's `.. key: value` lines in a file of their own. Raises ArticleError."""
    header = split_header(_text(raw, file), file, known)
    if header.kind == "none":
        raise ArticleError(
            "has no title and no date that can be read",
            where=Location(file=file, line=1),
            mend="write `.. title: …` and `.. date: YYYY-MM-DD`, each in a line",
        )
    return Data(file=file, pairs=header.pairs)


def read_people_file(raw: bytes, file: str) -> Register:
    """Docusaurus' `authors.yml`: people by their ids. Raises ArticleError."""
    pairs, _ = read_yaml(_text(raw, file), file, 1)
    people = {}
    for key, value in pairs:
        parts = _texts(value) if isinstance(value, Table) else {}
        if parts.get("name"):
            people[key.text] = AuthorSpec(
                name=parts["name"],
                email=mail_of(parts.get("email", "")),
                url=link_of(parts.get("url", "")),
            )
    return people


def _texts(table: Table) -> dict[str, str]:
    return {
        normalise_key(key.text): one_line(value.text)
        for key, value in table.pairs
        if isinstance(value, Text)
    }


def _text(raw: bytes, file: str) -> str:
    if len(raw) > MAX_HEADER:
        raise ArticleError(
            f"is longer than {MAX_HEADER // 1024} KiB, and no data of articles",
            where=Location(file=file, line=1),
            mend="keep only the fields of articles in it, or give the file another name",
        )
    return decode(raw, file)[0]
