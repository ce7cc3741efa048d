"""PURE. The page at an old address of an article, which leads on to where the article is now."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from publisher.model import Artifact, Redirect
from publisher.render.pages.press import Draw, Head, Page, Press
from publisher.render.view import SiteView


def redirect_artifacts(press: Press, view: SiteView, taken: Collection[str]) -> Iterable[Artifact]:
    """A page for each old address, in the language of its article.

    `taken` are the paths of all other pages: none of them is written over, and none that is not
    among them is led to.
    """
    pages = set(taken)
    for redirect in view.redirects:
        if redirect.path not in pages and (not redirect.to or redirect.to in pages):
            yield press.page(
                redirect.path,
                "web/redirect.html",
                shows=redirect,
                draw=_draw(redirect),
                language=redirect.language,
            )


def _draw(redirect: Redirect) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        address = page.to(redirect.to) if redirect.to else redirect.url
        moved = page.words.gettext("This article has moved")
        head = Head(
            title=moved if redirect.title else page.words.gettext("This article was withdrawn"),
            canonical=redirect.url or page.absolute(redirect.to),
            hidden=True,
            refresh=_unquoted(address),
        )
        attributes = page.language(redirect.language)
        return head, {"address": address, "title": redirect.title, "attributes": attributes}

    return draw


def _unquoted(address: str) -> str:
    """An address as it stands behind `url=`, where a quotation mark in front would be read as
    one around it (HTML, section 4.2.5.3, "shared declarative refresh steps")."""
    return f"./{address}" if address.startswith(("'", '"')) else address
