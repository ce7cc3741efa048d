"""GROUND. The YAML of publisher.yaml, and what is said where it is none."""

from __future__ import annotations

import yaml

from publisher.errors import ConfigError, Location
from publisher.patterns import pattern

_MOST_LEVELS = 20
_LOOK = "look at the quotes, colons and indentation there, and in the line above"

_SECOND_COLON = "mapping values are not allowed in this context"
_PAIR = pattern(r"[\s-]*([^\s:#'\"]+):\s+([^'\"\s].*)\Z")
"""A key and the beginning of a value that is not in quotes."""

_AT_A_VALUE = {
    "did not find expected alphabetic or numeric character": 1,  # which is where the parser looks
    "found character that cannot start any token": 0,
    "found undefined alias": 0,
}
"""What is said of the first letter of a value, and how far behind it."""


def compose(raw: bytes, file: str) -> yaml.Node:
    """The nodes of a configuration. Raises ConfigError for what is no YAML."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "is not UTF-8 text", where=Location(file=file, line=line), mend="save it as UTF-8"
        ) from error
    try:
        _refuse_depth(text, file)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, text, file) from error
    except yaml.reader.ReaderError as error:
        raise _no_letter(text.encode()[: error.position].decode(), text, file) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"is not YAML: {error}", where=Location(file=file)) from error
    if node is None:
        raise ConfigError(
            "is empty", where=Location(file=file), mend="write at least site.title and site.url"
        )
    return node


def _not_yaml(error: yaml.MarkedYAMLError, text: str, file: str) -> ConfigError:
    """What the parser stopped at, in words of ours where it is what many get wrong."""
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context)
    if mark is None:
        return ConfigError(f"is not YAML: {problem}", where=Location(file=file), mend=_LOOK)
    said, mend, column = f"is not YAML: {problem}", _LOOK, mark.column + 1
    before = text[: mark.index].splitlines()[-1] if mark.column else ""
    if text.startswith("\t", mark.index):
        said, mend = "has a tab in its indentation", "indent with spaces"
    elif problem in _AT_A_VALUE and mark.column:
        behind = _AT_A_VALUE[problem]
        column -= behind
        said = f"is not YAML: a value begins with {text[mark.index - behind]}"
        mend = "put that value in quotes"
    elif problem == _SECOND_COLON and (found := _PAIR.match(before)):
        value = text[mark.index :].splitlines()[0]
        said = "is not YAML: a second colon stands in one line"
        mend = f'put the value in quotes: {found[1]}: "{found[2]}{value}"'
    where = Location(file=file, line=mark.line + 1, column=column)
    return ConfigError(said, where=where, mend=mend)


def _no_letter(before: str, text: str, file: str) -> ConfigError:
    """What stands behind `before` may stand in no YAML (YAML 1.1, section 5.1)."""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return ConfigError(
        f"is not YAML: U+{ord(text[len(before)]):04X} is no letter of a text",
        where=Location(file=file, line=line, column=column),
        mend="take it out",
    )


def _refuse_depth(text: str, file: str) -> None:
    """The composer calls itself for each level, in C: a deep file would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _MOST_LEVELS:
            mark = event.start_mark
            raise ConfigError(
                f"is nested deeper than {_MOST_LEVELS} levels",
                where=Location(file=file, line=mark.line + 1 if mark else 0),
                mend="look at the brackets and the indentation there",
            )
