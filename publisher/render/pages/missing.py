"""PURE. The page for an address that leads nowhere: it stands alone and needs no other file."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from urllib.parse import urlsplit

from publisher.config import SiteSpec
from publisher.palette import Scheme
from publisher.render.typefaces import page_typefaces
from publisher.render.words import Words


def missing_page(site: SiteSpec, words: Words) -> tuple[bytes, str]:
    """The page, and the source that allows its style in a policy (CSP Level 3, section 2.3.1)."""
    palette, face = site.theme.palette, page_typefaces(site.theme.fonts).text
    style = (
        f"{_colours(palette.light)}"
        f"body{{max-width:34rem;margin:18vh auto;padding:0 1.25rem;"
        f"font:1.125rem/1.55 {face}}}h1{{font-size:1.75rem;line-height:1.2}}"
        f"@media(prefers-color-scheme:dark){{{_colours(palette.dark)}}}"
    )
    title = words.gettext("There is nothing at this address")
    about = words.gettext("It may have moved, or the address has a mistake in it.")
    home = words.gettext("To the front page of %(site)s", site=site.title)
    page = (
        f'<!doctype html>\n<html lang="{escape(words.language)}" dir="{words.direction}">\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, '
        'initial-scale=1">\n<meta name="robots" content="noindex">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)} · {escape(site.title)}</title>\n<style>{style}</style>\n"
        f"<main>\n<h1>{escape(title)}</h1>\n<p>{escape(about)}</p>\n"
        f'<p><a href="{escape(urlsplit(site.url).path)}">{escape(home)}</a></p>\n</main>\n</html>\n'
    )
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return page.encode("utf-8"), f"'sha256-{digest}'"


def _colours(scheme: Scheme) -> str:
    return f"body{{background:{scheme.paper};color:{scheme.ink}}}a{{color:{scheme.accent}}}"
