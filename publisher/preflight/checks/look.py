"""PURE. How a mail looks and is built: contrast, sizes, what no mail may have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from publisher.palette import READABLE, contrast
from publisher.preflight.drawn import Text, bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail

SMALLEST = 14.0
WIDEST = 600
STYLE_LIMIT = 16_000
READABLE_LARGE = 3.0
LARGE = 24.0
LARGE_BOLD = 18.66
"""Pixels from which text counts as large: 18 and 14 points (WCAG 2.2, large scale)."""

_FORBIDDEN_TAGS = """
    applet audio base blink button canvas dialog embed fieldset form frame frameset iframe input
    marquee math meter noframes object option output portal progress select slot svg template
    textarea track video
    """
_FORBIDDEN = frozenset(_FORBIDDEN_TAGS.split())
_REMOTE = re.compile(
    r"@import\b|@font-face\b[^}]*url\(|url\(\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE
)
_WIDTH = re.compile(r"(?:^|;)\s*(?:min-)?width\s*:\s*([0-9]+)(?:\.[0-9]+)?px", re.IGNORECASE)


def contrast_light(mail: Mail) -> Faults:
    """contrast-light."""
    yield from _contrast(mail, dark=False)


def contrast_dark(mail: Mail) -> Faults:
    """contrast-dark."""
    if mail.drawn.has_dark:
        yield from _contrast(mail, dark=True)


def dark_scheme(mail: Mail) -> Faults:
    """dark-scheme."""
    if not mail.drawn.has_dark:
        yield "HTML", "no rule under prefers-color-scheme: dark"


def font_size(mail: Mail) -> Faults:
    """font-size."""
    told = set()
    for text in _seen(mail):
        size = text.look.size
        if size < SMALLEST - 0.01 and size not in told:
            told.add(size)
            yield _where(text), f"{size:g} pixels"


def too_wide(mail: Mail) -> Faults:
    """too-wide."""
    for element, look in mail.drawn.elements:
        if look.hidden or element.tag == "img":  # picture-size looks at these
            continue
        attribute = element.get("width", "").removesuffix("px")
        widths = [int(w) for w in _WIDTH.findall(element.get("style", ""))]
        widths += [int(attribute)] if re.fullmatch(r"[0-9]{1,6}", attribute) else []
        if max(widths, default=0) > WIDEST:
            yield f"<{element.tag}>", f"{max(widths)} pixels"


def remote_style(mail: Mail) -> Faults:
    """remote-style."""
    for element, _ in mail.drawn.elements:
        if element.tag == "link" and element.get("href"):
            yield "<link>", element.get("href")
        elif _REMOTE.search(element.get("style", "")):
            yield f"<{element.tag}>", _REMOTE.findall(element.get("style"))[0]
    for css in mail.drawn.sheets:
        for found in _REMOTE.finditer(css):
            yield "<style>", css[found.start() : found.start() + 80].partition("\n")[0]


def style_size(mail: Mail) -> Faults:
    """style-size."""
    size = sum(len(css.encode()) for css in mail.drawn.sheets)
    if size > STYLE_LIMIT:
        yield "<style>", f"{size:,} bytes"
    if any(e.tag == "style" and _is_in_body(e) for e, _ in mail.drawn.elements):
        yield "<style>", "stands in the body"


def forbidden_element(mail: Mail) -> Faults:
    """forbidden-element."""
    for element, _ in mail.drawn.elements:
        if element.tag in _FORBIDDEN:
            yield f"<{element.tag}>", "is in the mail"
        elif element.tag == "script" or (
            element.tag == "meta" and element.get("http-equiv", "").lower() == "refresh"
        ):
            yield f"<{element.tag}>", "does something by itself"
        for name in element.keys():  # noqa: SIM118 (an element of lxml is no mapping)
            if name.startswith("on"):
                yield f"<{element.tag}>", f"has the attribute {name}"


def headings(mail: Mail) -> Faults:
    """headings."""
    count = sum(e.tag == "h1" and not look.hidden for e, look in mail.drawn.elements)
    if count != 1:
        yield "HTML", f"{count} of <h1>"


def table_role(mail: Mail) -> Faults:
    """table-role."""
    for element, _ in mail.drawn.elements:
        lays_out = element.tag == "table" and element.find(".//th") is None
        if lays_out and element.get("role") not in ("presentation", "none"):
            yield "<table>", f"in <{_parent(element)}>"


def _contrast(mail: Mail, *, dark: bool) -> Faults:
    told = set()
    for text in _seen(mail):
        look = text.look
        ink, paper = look.dark if dark else look.light
        if ink is None or paper is None:
            continue
        large = look.size >= LARGE or (look.bold and look.size >= LARGE_BOLD)
        needed = READABLE_LARGE if large else READABLE
        ratio = contrast(ink, paper)
        if ratio < needed and (ink, paper, large) not in told:
            told.add((ink, paper, large))
            yield _where(text), f"{ink} on {paper} is {ratio:.2f}:1, {needed:g}:1 is needed"


def _seen(mail: Mail) -> Iterator[Text]:
    return (t for t in mail.drawn.texts if not t.look.hidden and bare(t.text))


def _is_in_body(element: Any) -> bool:
    return next(element.iterancestors("body"), None) is not None


def _parent(element: Any) -> str:
    parent = element.getparent()
    return parent.tag if parent is not None else "html"


def _where(text: Text) -> str:
    words = bare(text.text)
    return f"text {words if len(words) <= 40 else words[:39] + '…'}"
