"""PURE. Markdown -> HTML, not yet sanitised (comrak: CommonMark and GitHub's extensions)."""

from __future__ import annotations

import re

import comrak

from publisher.parse.hygiene import encodable

_CELLS = 1_000_000
"""A table of more cells than this is text: short rows are filled up, so few bytes can ask for it."""

_HEADINGS = 5_000
"""With more headings than this none gets an id: finding free ones takes quadratic time."""

_ANCHOR = re.compile(
    r'<a href="#[^"]*" aria-label="[^"]*" data-heading-content="[^"]*" class="anchor"></a>'
)
_CHOSEN_ID = re.compile(
    r'<(?P<tag>h[1-6]) id="(?P<made>[^"]*)">(?P<text>[^\n]*?)'
    r"\s*\{:?(?:\s*#(?P<chosen>[\w.:-]+))?(?:\s*\.[\w-]+)*\s*\}</h"
)
_ALERT = re.compile(r"<blockquote>\n<p>\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.IGNORECASE)


def markdown_to_html(text: str) -> str:
    """Render Markdown: tables, footnotes, task and description lists, strikethrough, autolinks.

    Raw HTML passes through. Headings get ids, from their text or from `{#id}` behind it.
    """
    html: str = comrak.render_markdown(
        encodable(text), extension_options=_extensions(text), render_options=_rendering()
    )
    html = _ANCHOR.sub("", html)
    if "}</h" in html:
        html = _CHOSEN_ID.sub(_with_chosen_id, html)
    return _ALERT.sub("<blockquote>\n<p>", html) if "[!" in html else html


def _extensions(text: str) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.table = not _has_monster_table(text)
    options.strikethrough = True
    options.footnotes = True
    options.autolink = True
    options.tasklist = True
    options.description_lists = True
    if text.count("\n#") + text.count("\n---") + text.count("\n===") <= _HEADINGS:
        options.header_id_prefix = ""
    return options


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
