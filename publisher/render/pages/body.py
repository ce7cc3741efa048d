"""PURE. The finished HTML of an article, as its own page needs it.

Bodies come sanitised and balanced (publisher.parse.clean.sanitise), so looking at tags is enough.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from markupsafe import escape

_OPENING = re.compile(r"<[a-z][^>]*>")
_ADDRESS = re.compile(r'(\s(?:href|src|poster)=")([^"]+)')
_TABLE = re.compile(r"<(/?)table\b")
_PRE = re.compile(r"<pre\b")
_ASIDE = re.compile(r"<(figure|table|pre|h[1-6]|aside)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_END = " .…"
_DATELINE = 200
"""Characters that may stand before the summary in the text that repeats it."""


def for_page(body: str, *, table: str, near: Callable[[str], str]) -> str:
    """The body with its tables in boxes that scroll, named `table`, and its code reached by key.

    `near` shortens the absolute addresses: footnotes, pictures and links to other
    articles then work wherever the folder is looked at.
    """

    def shorten(tag: re.Match[str]) -> str:
        return _ADDRESS.sub(lambda found: found[1] + near(found[2]), tag[0])

    opened = f'<div class="scroll" role="group" tabindex="0" aria-label="{escape(table)}"><table'
    framed = _TABLE.sub(lambda tag: "</table" if tag[1] else opened, _OPENING.sub(shorten, body))
    framed = framed.replace("</table>", "</table></div>")
    return _PRE.sub('<pre tabindex="0"', framed)


def shows_picture(body: str, url: str) -> bool:
    """Whether a body shows the picture of an address."""
    return f'src="{escape(url)}"' in body or f'src="{url}"' in body


def repeats(body: str, summary: str) -> bool:
    """Whether the body begins with its own summary, perhaps after a dateline."""
    wanted = _folded(summary).rstrip(_END)
    opening = _text(body[: 20 * (len(summary) + _DATELINE)])
    return wanted in opening[: len(wanted) + _DATELINE]


def _text(markup: str) -> str:
    return _folded(html.unescape(_TAG.sub("", _ASIDE.sub(" ", markup).replace("</p>", " "))))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
