"""PURE. The blocks that most articles consist of, found by one regular expression.

`canonical` looks at each tag and at where it stands, and each look is a step of Python. What is
here is a part of its form that stays as it is, but for quotation marks: paragraphs, headings,
simple lists, code and tables that stand by themselves, with what authors use in a line, and links
that are finished. A regular expression goes over them in a fifth of the time. So one does over a
block with other links or pictures: only these are then looked at.
"""

from __future__ import annotations

from publisher.patterns import pattern

_TEXT = r"[^<]*+"
_SAFE = r"[A-Za-z0-9._~!$'()*+,;=:@/?-]*+"
_REST = rf"{_SAFE}(?:(?:&amp;|%[0-9A-Fa-f]{{2}}){_SAFE})*+"
_ADDRESS = (
    r"https?://(?:(?!xn--)[a-z0-9_-]+\.)*(?!xn--)[a-z][a-z0-9-]*+(?::[0-9]{1,4})?"
    rf"(?:[/?]{_REST})?(?:\#{_REST})?"
)
_WORDS = "|".join(f"{name}>{_TEXT}</{name}>" for name in ("em", "strong", "code", "del"))
_SPAN = rf"{_TEXT}(?:<(?:{_WORDS}){_TEXT})*+"
_LINES = (
    rf"{_TEXT}(?:<(?:em>{_SPAN}</em>|strong>{_SPAN}</strong>|code>{_TEXT}</code>|del>{_TEXT}</del>"
    rf'|a href="{_ADDRESS}">{_SPAN}</a>){_TEXT})*+'
)
_PICTURE = r"img [^<>]*+>"
_SHOWN = rf"{_TEXT}(?:<(?:{_WORDS}|{_PICTURE}){_TEXT})*+"
_REFERRING = (
    rf"{_TEXT}(?:<(?:em>{_SPAN}</em>|strong>{_SPAN}</strong>|code>{_TEXT}</code>|del>{_TEXT}</del>"
    rf"|a [^<>]*+>{_SHOWN}</a>|{_PICTURE}){_TEXT})*+"
)
"""Lines as those above, with pictures, and links that may have to be finished."""


def _block(lines: str) -> str:
    item = rf"<li>(?:\n(?:<p>{lines}</p>\n)++|{lines})</li>\n"
    return (
        rf"p>{lines}</p>"
        rf'|h([1-6]) id="\w[\w.:-]{{0,199}}">{lines}</h\1>'
        rf"|([uo])l>\n(?:{item})++</\2l>"
        rf"|blockquote>\n(?:<p>{lines}</p>\n)++</blockquote>"
    )


_BLOCKS = pattern(
    rf"(?:<(?:{_block(_LINES)}"
    rf'|pre><code(?: class="language-[^"\s&<>]+")?>{_TEXT}</code></pre>)[ \t\n]*+)*'
)
_FIGURE = rf"figure>\n?(?:<{_PICTURE}\n?)++(?:<figcaption>{_REFERRING}</figcaption>\n?)?</figure>"
_BLOCK = pattern(rf"<(?:{_block(_REFERRING)}|{_FIGURE})[ \t\n]*+")
# Groups are captured only where what repeats them may give back: else Python 3.11 miscounts them.


def _row(cell: str) -> str:
    align = '(?: align="(?:left|right|center)")?'
    return rf"<tr>\n(?:<{cell}{align}>{_LINES}</{cell}>\n)++</tr>\n"


_TABLE = pattern(
    rf"<table>\n<thead>\n{_row('th')}</thead>\n"
    rf"(?:<tbody>\n(?:{_row('td')})++</tbody>\n)?</table>[ \t\n]*+"
)


def end_of_usual(html: str, start: int) -> int:
    """Where the usual blocks end that begin at `start`; that itself where there are none.

    To be asked where a block may stand, and of HTML whose characters and references are known to
    be good. At most seven elements are in each other.
    """
    while True:
        found = _BLOCKS.match(html, start)
        end = found.end() if found else start
        found = _TABLE.match(html, end) if html.startswith("<table>", end) else None
        if found is None:
            return end
        start = found.end()


def end_of_referring(html: str, start: int) -> int:
    """Where the block ends that begins at `start` and would be usual if its links were finished and
    its pictures not there; that itself where there is none. To be asked as `end_of_usual`."""
    found = _BLOCK.match(html, start)
    return found.end() if found else start
