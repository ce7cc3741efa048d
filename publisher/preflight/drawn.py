"""PURE. The HTML of a mail as it is drawn: each text with its colours, size and whether it is seen.

No browser, but the part of one that decides what can be read: the cascade of the
few properties that matter, in the light scheme and in the dark one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from publisher.preflight.colours import read_colour
from publisher.preflight.sheets import Rule, Scheme, read_declarations, read_sheet, settle
from publisher.values import dataclass

_NUMBER = re.compile(r"([0-9]*\.?[0-9]+)(px|pt|em|rem|%)?\Z")
_KEYWORDS = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}
_HEADINGS = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h5": 0.83, "h6": 0.67, "small": 0.83}
_BOLD = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "th"})
_NOT_DRAWN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_PADDING = re.compile("[\u00a0\u00ad\u034f\u061c\u2000-\u200f\u2028-\u202f\u205f-\u206f\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How text of an element is drawn. Colours are #rrggbb, None where they cannot be told."""

    hidden: bool
    size: float
    bold: bool
    light: tuple[str | None, str | None]
    dark: tuple[str | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One run of text, directly within an element."""

    text: str
    element: Any
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A document: its elements in their order, each with its look, and the texts of its body."""

    root: Any
    elements: tuple[tuple[Any, Look], ...]
    texts: tuple[Text, ...]
    sheets: tuple[str, ...]
    has_dark: bool

    def visible(self) -> str:
        """All that is seen, as one line."""
        return squash(" ".join(t.text for t in self.texts if not t.look.hidden))

    def preheader(self) -> str:
        """The hidden text before the first that is seen."""
        hidden = []
        for text in self.texts:
            if not bare(text.text):
                continue
            if not text.look.hidden:
                break
            hidden.append(text.text)
        return bare(" ".join(hidden))


def squash(text: str) -> str:
    """One line with single spaces."""
    return " ".join(text.split())


def bare(text: str) -> str:
    """The same without characters that only take room or join others."""
    return squash(_PADDING.sub(" ", text))


def draw(html: bytes) -> Drawn:
    """Read UTF-8 HTML, whole or cut off anywhere, as leniently as mail programs do."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    root = etree.fromstring(html or b" ", parser)
    if root is None:
        root = etree.Element("html")
    sheets = tuple("".join(style.itertext()) for style in root.iter("style"))
    rules = [rule for css in _screen_sheets(root) for rule in read_sheet(css)]
    elements = list(_elements(root, rules, _canvas(root)))
    looks = dict(elements)  # the list keeps the elements alive, and with them their identity
    return Drawn(
        root=root,
        elements=tuple(elements),
        texts=tuple(_texts(elements, looks)),
        sheets=sheets,
        has_dark=any(rule.scheme == "dark" for rule in rules),
    )


def _screen_sheets(root: Any) -> Iterator[str]:
    for style in root.iter("style"):
        if style.get("media", "all").strip().lower() in ("all", "screen"):
            yield "".join(style.itertext())


def _canvas(root: Any) -> Look:
    schemes = [
        meta.get("content", "") for meta in root.iter("meta") if meta.get("name") == "color-scheme"
    ]
    dark = ("#ffffff", "#121212") if any("dark" in s for s in schemes) else ("#000000", "#ffffff")
    return Look(hidden=False, size=16.0, bold=False, light=("#000000", "#ffffff"), dark=dark)


def _elements(root: Any, rules: Sequence[Rule], canvas: Look) -> Iterator[tuple[Any, Look]]:
    """Every element with its look, parents first. A stack, as mails may be nested deeply."""
    stack: list[tuple[Any, Look, tuple[Any, ...]]] = [(root, canvas, ())]
    while stack:
        element, outer, ancestors = stack.pop()
        look = _look(element, outer, [r for r in rules if r.matches(element, ancestors)])
        yield element, look
        inner = (*ancestors, element)
        stack += [(c, look, inner) for c in reversed(element) if isinstance(c.tag, str)]


def _texts(elements: Sequence[tuple[Any, Look]], looks: Mapping[Any, Look]) -> Iterator[Text]:
    """The texts of the body in the order of reading."""
    order: list[tuple[Any, str]] = []
    body = next((e for e, _ in elements if e.tag == "body"), None)
    if body is None:
        return
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        if event == "start" and element.text:
            order.append((element, element.text))
        elif event != "start" and element.tail and element is not body:
            order.append((element.getparent(), element.tail))
    for element, text in order:
        if text.strip():
            yield Text(text=text, element=element, look=looks[element])


def _look(element: Any, outer: Look, rules: Sequence[Rule]) -> Look:
    inline = tuple(read_declarations(element.get("style", "")))
    light = settle(rules, inline, "light")
    dark = settle(rules, inline, "dark")
    size = _size(element, light.get("font-size"), outer.size)
    weight = light.get("font-weight", "bold" if element.tag in _BOLD else "")
    return replace(
        outer,
        hidden=outer.hidden or _hides(element, light),
        size=size,
        bold=_is_bold(weight) if weight not in ("", "inherit") else outer.bold,
        light=_colours(element, light, outer.light, "light"),
        dark=_colours(element, dark, outer.dark, "dark"),
    )


def _hides(element: Any, values: Mapping[str, str]) -> bool:
    return (
        element.tag in _NOT_DRAWN
        or element.get("hidden") is not None
        or values.get("display") == "none"
        or values.get("visibility") in ("hidden", "collapse")
        or (values.get("overflow") == "hidden" and values.get("max-height") in ("0", "0px"))
    )


def _is_bold(weight: str) -> bool:
    return weight in ("bold", "bolder") or (weight.isdecimal() and int(weight) >= 700)


def _size(element: Any, value: str | None, outer: float) -> float:
    if value is None:
        return outer * _HEADINGS.get(element.tag, 1.0)
    if value in _KEYWORDS:
        return _KEYWORDS[value]
    found = _NUMBER.match(value)
    if found is None:
        return outer
    units = {"px": 1.0, "pt": 4 / 3, "em": outer, "rem": 16.0, "%": outer / 100, None: 1.0}
    return float(found[1]) * units[found[2]]


def _colours(
    element: Any, values: Mapping[str, str], outer: tuple[str | None, str | None], scheme: Scheme
) -> tuple[str | None, str | None]:
    ink, paper = outer
    written = values.get("color") or element.get("color")
    if written is not None and written not in ("inherit", "currentcolor"):
        ink = read_colour(written)
    elif written is None and element.tag == "a" and element.get("href") is not None:
        ink = "#9e9eff" if scheme == "dark" and outer[1] != "#ffffff" else "#0000ee"
    ground = values.get("background-color") or values.get("background") or element.get("bgcolor")
    if ground is not None and ground not in ("transparent", "none", "inherit", "initial"):
        paper = read_colour(ground)
    return ink, paper
