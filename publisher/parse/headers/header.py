"""PURE. An article's text -> header fields with their places, and the body.

Headers: YAML between `---`, TOML between `+++`, JSON (`{`, `;;;`, `---json`),
`Key: value` lines up to an empty line (Pelican, MultiMarkdown, Nikola), YAML that
only ends with `---` and JSON that only ends with `;;;` (Hexo). A header that is
code is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from publisher.errors import ArticleError, Location
from publisher.parse.clean.decode import REMOVED
from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.headers.typedheader import read_json, read_toml
from publisher.parse.headers.values import (
    Items,
    Pairs,
    Text,
    Value,
    last_of_each,
    normalise_key,
)
from publisher.parse.headers.yamlheader import read_yaml
from publisher.patterns import pattern
from publisher.values import dataclass

MAX_HEADER = 64 * 1024
"""Characters."""

Kind = Literal["yaml", "toml", "json", "lines", "sidecar", "none", "item"]
"""How a header is written; `item` is none of a file's, but what a container tells of an article."""

_FENCE = pattern(r"(---|\+\+\+|;;;)[ \t]*([A-Za-z]*)[ \t]*\n")
_ENDS = {
    "---": pattern(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": pattern(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
    ";;;": pattern(r"^;;;[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_LANGUAGES: Mapping[tuple[str, str], Kind] = {
    ("---", ""): "yaml",
    ("---", "yaml"): "yaml",
    ("---", "yml"): "yaml",
    ("---", "toml"): "toml",
    ("---", "json"): "json",
    ("+++", ""): "toml",
    (";;;", ""): "json",
    (";;;", "json"): "json",
}
_BARE_JSON = pattern(r"\{\s*[\"}]")
_JSON_LINE = pattern(r'"[\w-]+"[ \t]*:')
_YAML_LINE = pattern(r"[\"']?[^\W\d][\w .-]*+[\"']?[ \t]*+:(?:[ \t]|$)|[{&!]|<<:")
KEY_LINE = pattern(r"(?:\.\. )?([^\W\d][\w -]{0,39}?)[ \t]*:(?!//)[ \t]*(.*)")
"""A line of a header without a fence: its key, and its value."""

_LIST_OF_FIELDS = pattern(r"\s*- [\w-]+:\s")
_CLOSING_RULE = pattern(r"-{3,}[ \t]*\Z")
_UNDERLINE = pattern(r"={2,}[ \t]*\Z")

_NO_HEADER = (
    "line 1: the lines between --- are a list, no `key: value` lines: they are shown as text; "
    "take the hyphens away to make them the header"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The fields of an article and where its body begins (`body_line`, from 1)."""

    kind: Kind
    pairs: Pairs
    body: str
    body_line: int
    warnings: tuple[str, ...] = ()


def split_header(text: str, file: str, known: Mapping[str, tuple[str, int]]) -> Header:
    """Take the header off. `known` are the field names that we read (fields.MEANINGS).

    Raises ArticleError for a header that cannot be read, with its place.
    """
    fence = _FENCE.match(text)
    if fence:
        return _fenced(text, file, fence)
    if text.startswith("{") and _BARE_JSON.match(text):
        pairs, end, warnings = read_json(text[:MAX_HEADER], file, 1)
        return _header("json", pairs, text, end, warnings)
    if text.startswith('"') and (rule := _ends_json(text)):
        pairs, _, warnings = read_json(text[: rule.start()], file, 1)
        return _header("json", pairs, text, rule.end(), warnings)
    return lines_header(text, file, known) or _header("none", (), text, 0)


def _ends_json(text: str) -> re.Match[str] | None:
    """The end of a JSON header that has neither braces nor a beginning (Hexo), if it is one."""
    end = _ENDS[";;;"].search(text, 0, MAX_HEADER) if _JSON_LINE.match(text) else None
    return end if end is not None and "\n\n" not in text[: end.start()] else None


def _header(
    kind: Kind, pairs: Pairs, text: str, end: int, warnings: tuple[str, ...] = ()
) -> Header:
    if text.find("\\", 0, end) >= 0:  # written as escapes, they are there only now
        lines = {line for _, value in pairs for line in _lines_with_forbidden(value)}
        warnings += tuple(f"line {line}: {REMOVED}" for line in sorted(lines))
    return Header(
        kind=kind,
        pairs=pairs,
        body=text[end:],
        body_line=text.count("\n", 0, end) + 1,
        warnings=warnings,
    )


def _lines_with_forbidden(value: Value) -> Iterator[int]:
    if isinstance(value, Text):
        text = " ".join(value.text.split())  # white space is folded, not lost
        if without_forbidden(text) != text:
            yield value.line
    elif isinstance(value, Items):
        for inner in value.values:
            yield from _lines_with_forbidden(inner)
    else:
        for _, inner in value.pairs:
            yield from _lines_with_forbidden(inner)


def _fenced(text: str, file: str, fence: re.Match[str]) -> Header:
    mark, language = fence[1], fence[2].lower()
    kind = _LANGUAGES.get((mark, language))
    if kind is None:
        raise ArticleError(
            f"the header is marked as {language}, which is never run or read",
            where=Location(file=file, line=1, column=len(mark) + 1),
            mend=f"write the header as YAML, between lines of {mark if mark == '---' else '---'}",
        )
    end = _ENDS[mark].search(text, fence.end())
    if kind == "yaml" and not _begins_like_yaml(text, fence.end(), end):
        is_list = _LIST_OF_FIELDS.match(text, fence.end()) and end is not None
        return _header("none", (), text, 0, (_NO_HEADER,) if is_list else ())
    if end is None or end.start() - fence.end() > MAX_HEADER:
        found = "has no end" if end is None else f"is longer than {MAX_HEADER // 1024} KiB"
        raise ArticleError(
            f"the header that begins in line 1 {found}",
            where=Location(file=file, line=1, column=1),
            mend=f"close the header with a line {mark}",
        )
    inner = text[fence.end() : end.start()]
    if kind == "yaml":
        pairs, warnings = read_yaml(inner, file, 2)
    elif kind == "toml":
        pairs, warnings = read_toml(inner, file, 2)
    else:
        pairs, _, warnings = read_json(inner, file, 2)
    return _header(kind, pairs, text, end.end(), warnings)


def _begins_like_yaml(text: str, start: int, end: re.Match[str] | None) -> bool:
    """Whether what follows `---` is a header; else `---` is a rule, or a title's overline."""
    stop = end.start() if end else start + MAX_HEADER
    if _YAML_LINE.match(text, start, stop):  # as nearly all do in their first line
        return True
    lines = (line.strip() for line in text[start:stop].split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), None)
    return end is not None if first is None else bool(_YAML_LINE.match(first))


def lines_header(text: str, file: str, known: Mapping[str, tuple[str, int]]) -> Header | None:
    """A header without a fence, or None. Only a title or date makes lines with colons a header.

    Raises ArticleError for one that ends as YAML and cannot be read.
    """
    start = 5 if text.startswith("<!--\n.. ") else 0
    first = KEY_LINE.match(text, start)
    if not first or normalise_key(first[1]) not in known:
        return None
    pairs: list[tuple[Text, Value]] = []
    at, number = start, text.count("\n", 0, start) + 1
    while at < min(len(text), MAX_HEADER):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        if not line.strip() or line.strip() == "-->":
            at = stop + 1
            break
        if _UNDERLINE.match(line):
            return None
        if _CLOSING_RULE.match(line):
            return _hexo(text, file, pairs, at, stop)
        found = KEY_LINE.fullmatch(line)
        if found:
            column = found.start(2) + 1
            key = Text(found[1], number, found.start(1) + 1)
            pairs.append((key, Text(found[2].strip(), number, column)))
        elif line[0] in " \t" and pairs:
            key, value = pairs[-1]
            assert isinstance(value, Text)
            pairs[-1] = (key, value._replace(text=f"{value.text}\n{line.strip()}".strip()))
        elif line.startswith("- ") and (rule := _rule_below(text, at)):
            return _hexo(text, file, pairs, *rule)
        else:
            break
        at, number = stop + 1, number + 1
    if not _tells_title_or_date(pairs, known):
        return None
    unique, warnings = last_of_each(pairs)
    return _header("lines", unique, text, min(at, len(text)), warnings)


def _rule_below(text: str, at: int) -> tuple[int, int] | None:
    """Start and end of the closing rule of a header without an opening one, if it has a rule."""
    blank = text.find("\n\n", at)
    block = text[at : blank if blank >= 0 else len(text)]
    found = re.search(r"^-{3,}[ \t]*$", block[:MAX_HEADER], re.MULTILINE)
    return (at + found.start(), at + found.end()) if found else None


def _hexo(
    text: str, file: str, pairs: list[tuple[Text, Value]], rule: int, rule_end: int
) -> Header | None:
    """YAML that only ends with a rule; one line above a rule is a heading in Markdown."""
    if len(pairs) < 2:
        return None
    read, warnings = read_yaml(text[:rule], file, 1)
    return _header("yaml", read, text, min(rule_end + 1, len(text)), warnings)


def _tells_title_or_date(
    pairs: list[tuple[Text, Value]], known: Mapping[str, tuple[str, int]]
) -> bool:
    for key, value in pairs:
        name = known.get(normalise_key(key.text), ("", 0))[0]
        if name == "title":
            return True
        if name == "date" and not isinstance(value, Items) and re.search(r"\d", str(value[0])):
            return True
    return False
