"""PURE. Huge or hostile HTML -> the same content, balanced and shallow, in linear time.

A tree builder that follows the HTML standard needs quadratic time for thousands of tags
left open. What comes from here has every tag closed in order and none deeper than a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from publisher.patterns import pattern

DEPTH = 100
"""Levels of elements that are kept; renderers of mail overflow their stack on deep trees."""

_VOID_NAMES = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(_VOID_NAMES.split())

_MANY_TAGS = 2_000
_LARGE = 100_000
_MANY_REFERENCES = 20_000
_LONG_TAG = 50_000
_ATTRIBUTES_KEPT = 50
_REFERENCES_TOGETHER = 500

_TOKEN = pattern(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<[!?][^>]*(?:>|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*)"
    r"(?P<attributes>(?:=\s*(?>\"[^\"]*\"|'[^']*')|[^>])*+)(?:>|\Z)"
    r"|(?P<stray></?)",
    re.DOTALL,
)
_ATTRIBUTE = pattern(r"([^\s\"'<>/=]++)(?:\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]++)))?")
_NAME = pattern(r"[a-z][a-z0-9-]*")
_CANONICAL_TAG = pattern(r"<(/?)([a-z][a-z0-9]*)[^>]*>")

_RAW_TEXT_NAMES = "script style textarea title xmp iframe noembed noframes plaintext"
_RAW_TEXT = frozenset(_RAW_TEXT_NAMES.split())
_BLOCK_NAMES = (
    "address article aside blockquote details div dl fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section summary table ul"
)
"""Elements whose start ends an open paragraph."""

_ENDS = {
    "li": frozenset({"p", "li"}),
    "dt": frozenset({"p", "dt", "dd"}),
    "dd": frozenset({"p", "dt", "dd"}),
    "td": frozenset({"p", "td", "th"}),
    "th": frozenset({"p", "td", "th"}),
    "tr": frozenset({"p", "td", "th", "tr"}),
    "tbody": frozenset({"p", "td", "th", "tr", "thead", "tbody"}),
    "option": frozenset({"option"}),
} | dict.fromkeys(_BLOCK_NAMES.split(), frozenset({"p"}))
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_CELLS = frozenset({"td", "th", "caption"})


def is_dangerous(html: str, tags: int) -> bool:
    """Tell whether HTML with that many start tags may take a tree builder more than a moment."""
    if tags > _MANY_TAGS:
        return True
    if len(html) < _LARGE:
        return False
    return html.count("&") > _MANY_REFERENCES or max(map(len, html.split(">"))) > _LONG_TAG


def rebalance(html: str) -> str:
    """The content of any text as balanced HTML of at most DEPTH levels; comments are dropped."""
    return "".join(_Balancer().read(html))


def flatten(html: str) -> str:
    """Take the tags deeper than DEPTH out of balanced HTML; their content stays."""
    if html.count("</") < DEPTH:  # each level has an end
        return html
    between_ends = html.split("</")
    if max(accumulate(part.count("<") - 1 for part in between_ends)) < DEPTH:
        return html
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2] in VOID:
            return tag[0]
        depth -= bool(tag[1])
        kept = depth < DEPTH
        depth += not tag[1]
        return tag[0] if kept else ""

    return _CANONICAL_TAG.sub(keep, html)


class _Balancer:
    def __init__(self) -> None:
        self._open: list[str] = []
        self._beyond = 0

    def read(self, html: str) -> Iterator[str]:
        position = 0
        while token := _TOKEN.search(html, position):
            yield _in_portions(html[position : token.start()])
            position = token.end()
            if token["stray"]:
                yield token["stray"].replace("<", "&lt;")
            elif token["name"]:
                name = token["name"].lower()
                if name in _RAW_TEXT and not token["end"]:
                    position = _end_of_raw_text(html, name, position)
                elif _NAME.fullmatch(name):
                    yield from self._tag(name, token)
        yield _in_portions(html[position:])
        yield from self._close(0)

    def _tag(self, name: str, token: re.Match[str]) -> Iterator[str]:
        if name in VOID:
            if not token["end"]:
                yield f"<{name}{_attributes(token['attributes'])}>"
        elif token["end"]:
            yield from self._end(name)
        else:
            yield from self._start(name, token["attributes"])

    def _start(self, name: str, attributes: str) -> Iterator[str]:
        ended = _ENDS.get(name, frozenset())
        while self._open and not self._beyond and self._open[-1] in ended:
            yield from self._close(len(self._open) - 1)
        if len(self._open) >= DEPTH:
            self._beyond += 1
        else:
            self._open.append(name)
            yield f"<{name}{_attributes(attributes)}>"

    def _end(self, name: str) -> Iterator[str]:
        if self._beyond:
            self._beyond -= 1
            return
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                yield from self._close(index)
                return
            if self._open[index] in _CELLS and name not in _TABLE_PARTS:
                return

    def _close(self, index: int) -> Iterator[str]:
        while len(self._open) > index:
            yield f"</{self._open.pop()}>"


def _end_of_raw_text(html: str, name: str, position: int) -> int:
    """Where the text of a script, a style and the like ends: after its end tag, or nowhere."""
    end = re.compile(rf"</{name}(?:[\s/][^>]*)?>", re.IGNORECASE).search(html, position)
    return end.end() if end else len(html)


def _attributes(text: str) -> str:
    written = []
    for found in _ATTRIBUTE.finditer(text):
        value = next((value for value in found.groups()[1:] if value is not None), "")
        written.append(f' {found[1]}="{value.replace(chr(34), "&quot;")}"')
        if len(written) == _ATTRIBUTES_KEPT:
            break
    return "".join(written)


def _in_portions(text: str) -> str:
    """Part a text of thousands of character references, which is slow to read in one piece."""
    if text.count("&") <= _REFERENCES_TOGETHER:
        return text
    pieces = text.split("&")
    size = _REFERENCES_TOGETHER
    portions = ("&".join(pieces[i : i + size]) for i in range(0, len(pieces), size))
    return "<!---->&".join(portions)
