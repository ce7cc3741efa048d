"""PURE. A YAML header of whatever form -> text with places; nothing is guessed, nothing is run.

Built from the parser's events: PyYAML's composer guesses types, and on nested
brackets it recurses until the process dies (60,000 of them are a segmentation
fault). YAML 1.1 as libyaml reads it, with anchors, aliases and merge keys.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from publisher.errors import ArticleError, Location
from publisher.parse.headers.values import Items, Pairs, Table, Text, Value, last_of_each

MAX_DEPTH = 20
MAX_NODES = 10_000
"""Counted with aliases expanded, so that a header of 300 bytes cannot stand for a gigabyte."""

_TAGS = {
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map")
}
_NULLS = {"~", "null", "Null", "NULL"}
_QUOTE = "put the value in quotes"
_TAB = ("is indented with a tab", "indent with spaces")
_ESCAPE = (
    "has a backslash in double quotes that begins no character of YAML",
    "put the {key} in single quotes, or write \\\\ for a backslash",
)

_MENDS = (
    (
        "mapping values are not allowed",
        "has a second colon in its value",
        "put the {key} in quotes",
    ),
    ("'\\t'", *_TAB),
    ("tab", *_TAB),
    ("escape", *_ESCAPE),
    ("hexdecimal", *_ESCAPE),
    ("quoted scalar", "opens a quote that is not closed", "close the quote"),
    ("could not find expected ':'", "is no `key: value`", "write `key: value`"),
    ("cannot start any token", "begins with a character that has a meaning in YAML", _QUOTE),
    ("an alias", "begins with *, which names an anchor in YAML", _QUOTE),
    ("an anchor", "begins with &, which makes an anchor in YAML", _QUOTE),
    ("a flow", "opens a bracket that is not closed", "close the bracket, or " + _QUOTE),
    ("a block", "does not fit the lines around it", "indent it as they are, or " + _QUOTE),
)
_BEGINS_WRONG = ("quoted scalar", "could not find", "a flow", "an alias", "an anchor")
"""Findings whose cause lies where the construct begins, not where the parser stops."""


def read_events(text: str, file: str, first_line: int) -> tuple[Pairs, tuple[str, ...]]:
    """What `read_yaml` gives, of any header. Raises ArticleError with the place in the file."""
    builder = _Builder(text, file, first_line)
    try:
        for event in iter(yaml.CSafeLoader(text).get_event, None):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise builder.explain(error) from error
    except yaml.YAMLError as error:
        raise builder.error("cannot be read as YAML", None, _QUOTE) from error
    return builder.pairs, tuple(builder.warnings)


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("anchor", "before", "column", "is_map", "key", "line", "pairs", "values")

    def __init__(self, *, is_map: bool, place: tuple[int, int], anchor: str | None, before: int):
        self.is_map = is_map
        self.line, self.column = place
        self.anchor = anchor
        self.before = before
        self.key: Text | None = None
        self.pairs: list[tuple[Text, Value]] = []
        self.values: list[Value] = []


class _Builder:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.text = text
        self.file = file
        self.first_line = first_line
        self.pairs: Pairs = ()
        self.warnings: list[str] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.nodes = 0
        self.documents = 0
        self.comments = {
            number: line for number, line in enumerate(text.split("\n")) if " #" in line
        }

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._count(1, event)
            self._check_tag(event)
            value = self._scalar(event)
            self._anchor(event.anchor, value, 1)
            self._add(value)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.error("begins a second YAML document", event, "remove the line")

    def _scalar(self, event: Any) -> Text:
        line, column = self._place(event)
        text = event.value
        if not event.style:
            if text in _NULLS:
                text = ""
            elif self.comments and self._is_title():
                self._hint_at_comment(event)
        return Text(text, line, column)

    def _start(self, event: Any) -> None:
        self._check_tag(event)
        if len(self.open) >= MAX_DEPTH:
            raise self.error(f"is nested more than {MAX_DEPTH} deep", event, "make it flatter")
        self.open.append(
            _Open(
                is_map=isinstance(event, yaml.MappingStartEvent),
                place=self._place(event),
                anchor=event.anchor,
                before=self.nodes,
            )
        )
        self._count(1, event)

    def _end(self) -> None:
        done = self.open.pop()
        value: Value
        if done.is_map:
            pairs, warnings = last_of_each(self._merged(done.pairs))
            self.warnings += warnings
            value = Table(pairs, done.line, done.column)
        else:
            value = Items(tuple(done.values), done.line, done.column)
        self._anchor(done.anchor, value, self.nodes - done.before)
        if self.open:
            self._add(value)
        elif isinstance(value, Table):
            self.pairs = value.pairs
        else:
            raise self._no_mapping(value)

    def _merged(self, pairs: list[tuple[Text, Value]]) -> list[tuple[Text, Value]]:
        """Pairs with those of `<<:` where the mapping has none itself (YAML merge key, 2005)."""
        if not any(key.text == "<<" for key, _ in pairs):
            return pairs
        own = [(key, value) for key, value in pairs if key.text != "<<"]
        taken = {key.text for key, _ in own}
        for key, value in pairs:
            if key.text != "<<":
                continue
            for table in value.values if isinstance(value, Items) else (value,):
                if not isinstance(table, Table):
                    raise ArticleError(
                        "the merge key << takes a mapping",
                        where=Location(file=self.file, line=key.line, column=key.column),
                        mend="write `<<: *name` with the name of an anchored mapping",
                    )
                own += [pair for pair in table.pairs if pair[0].text not in taken]
                taken.update(k.text for k, _ in table.pairs)
        return own

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.error(f"*{event.anchor} names no anchor", event, _QUOTE)
        value, size = self.anchors[event.anchor]
        self._count(size, event)
        line, column = self._place(event)
        self._add(value._replace(line=line, column=column))

    def _anchor(self, name: str | None, value: Value, size: int) -> None:
        if name is not None:
            self.anchors[name] = (value, size)

    def _add(self, value: Value) -> None:
        if not self.open:
            if isinstance(value, Text) and not value.text:
                return
            raise self._no_mapping(value)
        parent = self.open[-1]
        if not parent.is_map:
            parent.values.append(value)
        elif parent.key is not None:
            parent.pairs.append((parent.key, value))
            parent.key = None
        elif isinstance(value, Text):
            parent.key = value
        else:
            raise ArticleError(
                "the header has a key that is no text",
                where=Location(file=self.file, line=value.line, column=value.column),
                mend=_QUOTE,
            )

    def _count(self, nodes: int, event: Any) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self.error(f"stands for more than {MAX_NODES} values", event, "shorten it")

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!") and event.tag not in _TAGS:
            raise self.error(f"has the tag {event.tag!r}, which is not read", event, _QUOTE)

    def _is_title(self) -> bool:
        key = self.open[-1].key if len(self.open) == 1 else None
        return key is not None and key.text.lower() == "title"

    def _hint_at_comment(self, event: Any) -> None:
        mark = event.end_mark
        rest = self.comments.get(mark.line, "")[mark.column :].strip()
        if rest.startswith("#"):
            self.warnings.append(
                f"line {mark.line + self.first_line}: {rest!r} is a comment in YAML; if it belongs "
                "to the title, put the title in quotes"
            )

    def _no_mapping(self, value: Value) -> ArticleError:
        return ArticleError(
            "the header is no list of `key: value` lines",
            where=Location(file=self.file, line=value.line, column=value.column),
            mend="write `title: …` and so on",
        )

    def _place(self, event: Any) -> tuple[int, int]:
        mark = event.start_mark
        return mark.line + self.first_line, mark.column + 1

    def error(self, message: str, event: Any, mend: str) -> ArticleError:
        line, column = self._place(event) if event is not None else (self.first_line, 1)
        return ArticleError(
            f"the header {message}",
            where=Location(file=self.file, line=line, column=column),
            mend=mend,
        )

    def explain(self, error: yaml.MarkedYAMLError) -> ArticleError:
        """libyaml's finding in words for people, at the line that has to be mended."""
        said = f"{error.context or ''} {error.problem or ''}"
        message, mend = f"cannot be read: {error.problem}", _QUOTE
        for part, ours, help_ in _MENDS:
            if part in said:
                message, mend = ours, help_
                break
        if _is_at(error.problem_mark, "\t", self.text):
            message, mend = _TAB
        begins_wrong = any(part in said for part in _BEGINS_WRONG)
        mark = (error.context_mark if begins_wrong else None) or error.problem_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        lines = self.text.split("\n")
        key = re.match(r"\s*([\w-]+)\s*:", lines[line] if line < len(lines) else "")
        return ArticleError(
            f"the header {message}",
            where=Location(file=self.file, line=line + self.first_line, column=column + 1),
            mend=mend.format(key=key[1] if key else "value"),
        )


def _is_at(mark: Any, letter: str, text: str) -> bool:
    """Whether a mark of libyaml points to that letter."""
    lines = text.split("\n")
    if mark is None or mark.line >= len(lines):
        return False
    line: str = lines[mark.line]
    return line[mark.column :].startswith(letter)
