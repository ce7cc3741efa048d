"""PURE. The elements of articles, by what becomes of them in a mail."""

from __future__ import annotations

from publisher.render.mail.players import PLAYERS

INLINE = frozenset(
    ("b", "code", "del", "em", "i", "ins", "kbd", "q", "s", "strong", "sub", "sup", "u")
)
CELLS = frozenset(("td", "th"))
TABLE = CELLS | {"table", "thead", "tbody", "tfoot", "tr", "caption"}
KEPT = INLINE | TABLE | {"blockquote", "li", "ol", "p", "pre", "ul"}
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
BLOCKS = frozenset(
    {
        *("address", "aside", "dd", "details", "div", "dl", "dt", "figcaption", "figure"),
        *("footer", "header", "section", "summary"),
    }
)
APART = (KEPT - INLINE) | HEADINGS | BLOCKS | PLAYERS | {"br", "hr"}
"""What stands on lines of its own."""
