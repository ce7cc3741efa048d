"""PURE. The finished HTML of an article, as its own page or a page of several needs it.

Bodies come sanitised and balanced (publisher.parse.clean.sanitise), so looking at tags is enough.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from markupsafe import escape

_OPENING = re.compile(r"<[a-z][^>]*>")
_OPENED = re.compile(r"<[a-z]")
_ATTRIBUTE = re.compile(r'(\s([a-z]+)=")([^"]*)')
_ADDRESSES = ("href", "src", "poster")
_PLACES = ("id", "name")
_SCROLLED = re.compile(r"<(?:table\b|/table>|pre\b)")
_PICTURE = re.compile(r"<img\b[^>]*>")
_LAZY = ' loading="lazy"'
_HEADING = re.compile(r"<h([1-6])\b")
_HEADING_TAG = re.compile(r"(</?h)([1-6])\b")
_ASIDE = re.compile(r"<(figure|table|pre|h[1-6]|aside)\b.*?</\1>", re.DOTALL)
_ASIDE_START = re.compile(r"<(?:figure|table|pre|h[1-6]|aside)\b")
_TAG = re.compile(r"<[^>]*>")
_END = " .…"
_DATELINE = 200
"""Characters that may stand before the summary in the text that repeats it."""


def for_page(
    body: str,
    *,
    table: str,
    home: str,
    near: Callable[[str], str],
    srcset: Callable[[str], str] | None,
    column: int,
    eager: bool = False,
) -> str:
    """The body with its tables in boxes that scroll, named `table`, and its code reached by key.

    `near` shortens the absolute addresses below `home`: footnotes, pictures and links to other
    articles then work wherever the folder is looked at. `srcset` gives the widths of the
    picture at an address ("" for none; None where no picture has any); no picture is shown
    wider than `column`, in CSS pixels. With `eager` the first picture does not wait until it
    is scrolled to.
    """
    if "<img" in body:
        body = _with_widths(body, srcset, column) if srcset else body
        body = body.replace(_LAZY, "", 1) if eager else body
    body = _shortened(body, home, near)
    if "<table" not in body and "<pre" not in body:
        return body
    opened = f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(table)}"><table'
    boxes = {"<table": opened, "</table>": "</table></div>", "<pre": '<pre tabindex="0"'}
    return _SCROLLED.sub(lambda tag: boxes[tag[0]], body)  # (`str.replace` thrice takes longer)


def sizes(width: int) -> str:
    """How wide a picture is shown, for `sizes`: so many CSS pixels, or the whole of a phone."""
    return f"(min-width: {width}px) {width}px, 100vw"


def as_part(body: str, *, url: str, prefix: str, level: int) -> str:
    """The body as one of several in a page, where it must neither clash nor rise above its title.

    Its ids begin with `prefix`, and links to them, written as places of the article's
    own page at `url`, lead to them here; its highest heading is of `level`.
    """

    def move(name: str, value: str) -> str:
        if name in _PLACES:
            return prefix + value
        page, _, place = value.partition("#")
        if name == "href" and place and html.unescape(page) == url:
            return f"#{prefix}{place}"
        return value

    levels = [int(found) for found in _HEADING.findall(body)]
    down = max(0, level - min(levels)) if levels else 0
    moved = _with_attributes(body, move)
    return _HEADING_TAG.sub(lambda tag: f"{tag[1]}{min(6, int(tag[2]) + down)}", moved)


def in_steps(body: str, *, highest: int) -> str:
    """The body with no heading above `highest`, and none more than a level below the one before."""
    levels = [int(found) for found in _HEADING.findall(body)]
    down = max(0, highest - min(levels)) if levels else 0
    last = highest - 1

    def step(tag: re.Match[str]) -> str:
        nonlocal last
        if not tag[1].startswith("</"):
            last = min(6, last + 1, int(tag[2]) + down)
        return f"{tag[1]}{last}"

    return _HEADING_TAG.sub(step, body)


def shows_picture(body: str, url: str) -> bool:
    """Whether a body shows the picture of an address."""
    return f'src="{escape(url)}"' in body or f'src="{url}"' in body


def repeats(body: str, summary: str) -> bool:
    """Whether the body begins with its own summary, perhaps after a dateline."""
    wanted = _folded(summary).rstrip(_END)
    length = len(wanted) + _DATELINE
    return wanted in _opening(body, length)[:length]


def _shortened(body: str, home: str, near: Callable[[str], str]) -> str:
    """The body with `near` of the addresses below `home`.

    It goes from one such address to the next: a body has few, and hundreds of tags.
    """

    def shorten(name: str, value: str) -> str:
        return near(value) if name in _ADDRESSES else value

    mark = f'="{home}'
    parts: list[str] = []
    done = seen = 0
    found = body.find(mark)
    while found >= 0:
        seen = max(seen, body.rfind(">", seen, found) + 1)
        tag = _OPENED.search(body, seen, found)
        seen = found + len(mark)
        if tag:  # else it is text that looks like an address
            seen = body.find(">", found) + 1 or len(body)
            parts += [body[done : tag.start()], _rewritten(body[tag.start() : seen], shorten)]
            done = seen
        found = body.find(mark, seen)
    return "".join([*parts, body[done:]]) if parts else body


def _with_attributes(body: str, change: Callable[[str, str], str]) -> str:
    """The body with `change` of each attribute's name and value for its value."""

    def rewrite(tag: re.Match[str]) -> str:
        return _rewritten(tag[0], change) if '="' in tag[0] else tag[0]

    return _OPENING.sub(rewrite, body)


def _rewritten(tag: str, change: Callable[[str, str], str]) -> str:
    """A tag with `change` of each attribute's name and value for its value.

    They are taken one after the other, so that what looks like one within the value of another is
    none.
    """
    return _ATTRIBUTE.sub(lambda found: found[1] + change(found[2], found[3]), tag)


def _with_widths(body: str, srcset: Callable[[str], str], column: int) -> str:
    """The body with the widths in which each picture is there, unless its author says them."""

    def widen(tag: re.Match[str]) -> str:
        attributes = {name: value for _, name, value in _ATTRIBUTE.findall(tag[0])}
        found = srcset(html.unescape(attributes.get("src", "")))
        if not found or "srcset" in attributes:
            return tag[0]
        shown = min(int(attributes.get("width", "0")) or column, column)
        return f'<img srcset="{escape(found)}" sizes="{sizes(shown)}"' + tag[0].removeprefix("<img")

    return _PICTURE.sub(widen, body)


def _opening(body: str, length: int) -> str:
    """The text that a body begins with, at least so many characters of it where there are.

    Few bodies begin with more mark-up than text, so a part of them is enough; what is cut in two
    at its end does not count yet.
    """
    size = 2 * length
    while size < min(len(body), 20 * length):
        part = _ASIDE.sub(" ", body[: body.rfind(">", 0, size) + 1])
        cut = _ASIDE_START.search(part)
        text = _text(part[: cut.start()] if cut else part)
        if len(text) >= length:
            return text
        size *= 2
    return _text(_ASIDE.sub(" ", body[: 20 * length]))


def _text(markup: str) -> str:
    return _folded(html.unescape(_TAG.sub("", markup.replace("</p>", " "))))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
