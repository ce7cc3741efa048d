"""PURE. Markdown -> HTML, not yet sanitised (comrak: CommonMark and GitHub's extensions)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape

import comrak

from publisher.parse.clean.hygiene import encodable
from publisher.patterns import pattern

_CELLS = 1_000_000
"""A table of more cells is text: short rows are filled up, so that few bytes can ask for many."""

_HEADINGS = 1_000
"""With more headings than this none gets an id: finding free ones takes quadratic time."""

_FOOTNOTES = 2_000
"""With more marks of them than this they are text: nested ones take quadratic time."""

_ANCHOR = pattern(
    r'<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a>'
)
_CHOSEN_ID = pattern(
    r'<(?P<tag>h[1-6]) id="(?P<made>[^"]*)">(?P<text>[^\n]*?)'
    r"\s*\{:?(?:\s*#(?P<chosen>[\w.:-]+))?(?:\s*\.[\w-]+)*\s*\}</h"
)
_ALERT = pattern(r"<blockquote>\n<p>\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)

_LOOSE = pattern(r"!?\[[^\[\]\n<]*\]\((?=[^()<>\n\"]* )([^()<>\n\"]*\.[A-Za-z0-9]{2,4})\)")
_CODE = pattern(r"<(code|pre)\b")


def markdown_to_html(text: str) -> str:
    """Render Markdown: tables, footnotes, task and description lists, strikethrough, autolinks.

    Raw HTML passes through. Headings get ids, from their text or from `{#id}` behind it.
    """
    try:
        return _to_html(text)
    except UnicodeEncodeError:  # as comrak finds out by itself
        return _to_html(encodable(text))


def _to_html(text: str) -> str:
    if text.count("\n") < _HEADINGS or sum(map(text.count, "#=-")) <= _HEADINGS:
        html = _render(text, heading_ids=True)
    else:
        html = _render(text, heading_ids=False)
        if html.count("<h") <= _HEADINGS:
            html = _render(text, heading_ids=True)
    html = _ANCHOR.sub("", html)
    # One character is found twenty times as quickly as two, and these are rare in HTML.
    if "}" in html and "}</h" in html:
        html = _CHOSEN_ID.sub(_with_chosen_id, html)
    if "[" in html and "[!" in html:
        html = _ALERT.sub("<blockquote>\n<p>", html)
    return html


def loose_addresses(html: str) -> dict[str, str]:
    """What was meant for a picture or a link and is text, for its address has a space: as it
    stands there, with the address."""
    if "]" not in html or "](" not in html:  # as in nearly all; see above
        return {}
    found = _LOOSE.finditer("".join(_without_code(html)))
    return {unescape(one[0]): unescape(one[1]) for one in found}


def _without_code(html: str) -> Iterator[str]:
    at = 0
    while code := _CODE.search(html, at):
        yield html[at : code.start()]
        at = html.find(f"</{code[1]}>", code.end())
        if at < 0:
            return
    yield html[at:]


def _render(text: str, *, heading_ids: bool) -> str:
    extensions = _extensions(
        table=not _has_monster_table(text),
        # Where there is none they are not even looked for, which is a twentieth of all the work.
        footnotes="^" in text and (text.count("^") <= _FOOTNOTES or text.count("[^") <= _FOOTNOTES),
        heading_ids=heading_ids,
    )
    rendered: str = comrak.render_markdown(
        text, extension_options=extensions, render_options=_rendering()
    )
    return rendered


@cache
def _extensions(*, table: bool, footnotes: bool, heading_ids: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = table
    options.strikethrough = True
    options.footnotes = footnotes
    options.autolink = True
    options.tasklist = True
    options.description_lists = True
    if heading_ids:
        options.header_id_prefix = ""
    return options


@cache
def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.unsafe_ = True
    return options


def _has_monster_table(text: str) -> bool:
    if text.count("|") < 100:
        return False
    lines = text.splitlines()
    return max(line.count("|") for line in lines) * len(lines) > _CELLS


def _with_chosen_id(heading: re.Match[str]) -> str:
    tag, made, text, chosen = heading.group("tag", "made", "text", "chosen")
    return f'<{tag} id="{chosen or made}">{text}</h'
