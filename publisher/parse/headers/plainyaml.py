"""PURE. YAML in the form that most headers have, read without a parser of YAML.

That form is lines of `key: value` where a value is nothing, a word or more, a text in quotes
without escapes, a list in brackets, or a list of lines that begin with a hyphen. Whatever has a
meaning in YAML beyond this is not of it. The parser makes an object of each value, each beginning
and each end, and takes four times as long.
"""

from __future__ import annotations

from publisher.parse.headers.values import Items, Text, Value
from publisher.patterns import pattern

_LONGEST = 4096
"""Characters; in so few are fewer values than the parser is allowed."""

_ODD = pattern(r"[\x00-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
"""What YAML takes for the end of a line, for indentation, or not at all."""

_KEY = r"([A-Za-z][A-Za-z0-9_-]{0,63})"
_QUOTED = r"""\"[^"\\\n]*+"|'[^'\n]*+'"""
# A word begins with a letter or digit and so with no sign of YAML's; a colon in it ends no key.
_PLAIN = r"[^\W_][^\s:#]*+(?:(?::| ++)(?=[^\s#])[^\s:#]*+)*+"
_WORD = r"[^\W_][^\s:#,\[\]{}]*+(?: ++[^\s:#,\[\]{}]++)*+"
_LIST = rf"\[(?:(?:{_WORD}|{_QUOTED})(?:, ?(?:{_WORD}|{_QUOTED}))*+)?\]"
_LINE = pattern(
    rf"{_KEY}:(?: +({_PLAIN}|{_QUOTED}|{_LIST})\n"
    r"|\n(( *)- [^\n]+\n(?:\4- [^\n]+\n)*)"
    r"| *\n(?=[A-Za-z]|\Z))"
)
_IN_LIST = pattern(rf"({_WORD}|{_QUOTED})(?:, ?|\])")
_ITEM = pattern(rf" *- ({_PLAIN}|{_QUOTED})\n")
_NULL = frozenset({"null", "Null", "NULL"})


def read_plain_yaml(text: str, first_line: int) -> list[tuple[Text, Value]] | None:
    """The pairs of a header that begins at `first_line` of its file, with their places; None for
    one that is not of the form.
    """
    if len(text) > _LONGEST or _ODD.search(text):
        return None
    pairs: list[tuple[Text, Value]] = []
    at, line = 0, first_line
    while at < len(text):
        found = _LINE.match(text, at)
        if found is None or found[1] in _NULL:
            return None
        key, value, lines, _ = found.groups()
        told: Value | None
        if value is not None:
            column = found.start(2) - at + 1
            told = _list(value, line, column) if value[0] == "[" else _scalar(value, line, column)
        elif lines is not None:
            told = _items(lines, line + 1)
        else:
            told = Text("", line, len(key) + 2)
        if told is None:
            return None
        pairs.append((Text(key, line, 1), told))
        line += 1 if lines is None else 1 + lines.count("\n")
        at = found.end()
    return pairs


def _scalar(written: str, line: int, column: int) -> Text:
    if written[0] in "\"'":
        return Text(written[1:-1], line, column)
    return Text("" if written in _NULL else written, line, column)


def _list(written: str, line: int, column: int) -> Items:
    """A list in brackets, which stands at that column."""
    found = _IN_LIST.finditer(written, 1)
    return Items(tuple(_scalar(one[1], line, column + one.start()) for one in found), line, column)


def _items(lines: str, first_line: int) -> Items | None:
    """A list of lines that begin with a hyphen, all at one column."""
    values: list[Value] = []
    at = 0
    while at < len(lines):
        found = _ITEM.match(lines, at)
        if found is None:
            return None
        values.append(_scalar(found[1], first_line + len(values), found.start(1) - at + 1))
        at = found.end()
    return Items(tuple(values), first_line, lines.index("-") + 1)
