"""PURE. A site's view -> its pages, sitemap and style sheet.

One module for each kind of page; `press` turns the values of a page into an
artifact, `chrome` holds what all pages show, `links` writes their addresses.
"""

from __future__ import annotations

from collections.abc import Sequence

import babel
import jinja2

from publisher.fingerprint import fingerprint
from publisher.model import Artifact
from publisher.render.pages.article import article_artifacts
from publisher.render.pages.chrome import make_chrome
from publisher.render.pages.feedlist import feed_list_artifacts
from publisher.render.pages.feedpage import feed_page_artifacts
from publisher.render.pages.feedplaces import find_places
from publisher.render.pages.index import index_artifacts
from publisher.render.pages.newsletters import newsletter_artifacts
from publisher.render.pages.opml import opml_artifact
from publisher.render.pages.press import RENDERER_VERSION, Press
from publisher.render.pages.redirect import redirect_artifacts
from publisher.render.pages.sitemap import robots_artifact, sitemap_artifacts, sitemap_places
from publisher.render.pages.style import style_artifact
from publisher.render.pages.withdrawn import withdrawn_artifacts
from publisher.render.view import SiteView
from publisher.renditions import MAKER
from publisher.shown import Place

__all__ = ["page_artifacts", "revised_page_artifacts", "sitemap_places"]


def page_artifacts(
    view: SiteView,
    environment: jinja2.Environment,
    theme_hash: str,
) -> tuple[Artifact, ...]:
    """Every page of a site, its sitemap, robots.txt, list of feeds and style sheet.

    `theme_hash` stands for all bytes of templates and catalogues. No body and no
    issue is loaded before an artifact is rendered; rendering raises TemplateError
    for a template that fails.
    """
    press, style = _make_press(view, environment, theme_hash)
    pages = (
        *index_artifacts(press, view),
        *article_artifacts(press, view),
        *feed_list_artifacts(press, view),
        *feed_page_artifacts(press, view),
        *newsletter_artifacts(press, view),
        *sitemap_artifacts(view.site.url, list(sitemap_places(view))),
        robots_artifact(view.site.url),
        opml_artifact(view),
        style,
    )
    pages += tuple(withdrawn_artifacts(press, view, {page.path for page in pages}))
    return (*pages, *redirect_artifacts(press, view, {page.path for page in pages}))


def revised_page_artifacts(
    view: SiteView,
    environment: jinja2.Environment,
    theme_hash: str,
    *,
    places: Sequence[Place],
) -> tuple[Artifact, ...]:
    """Those of the pages that may be otherwise where only the words of some articles are.

    Which these are the view says; `places` are the addresses of the sitemap, none where it stays as
    it is. Newsletters, lists of feeds and pages that lead on show no words of an article but what
    is frozen.
    """
    press, _ = _make_press(view, environment, theme_hash)
    return (
        *index_artifacts(press, view),
        *article_artifacts(press, view),
        *feed_page_artifacts(press, view),
        *(sitemap_artifacts(view.site.url, places) if places else ()),
    )


def _make_press(
    view: SiteView, environment: jinja2.Environment, theme_hash: str
) -> tuple[Press, Artifact]:
    """What makes pages of this view, and the style sheet that they name."""
    palette = view.site.theme.palette
    style = style_artifact(environment, view.site.theme, palette)
    chrome = make_chrome(view, style.path, palette)
    press = Press(
        environment=environment,
        ground=fingerprint(
            (RENDERER_VERSION, MAKER), (jinja2.__version__, babel.__version__), theme_hash, chrome
        ),
        chrome=chrome,
        words=view.words,
        places=find_places(view.feeds),
        gallery=view.gallery,
    )
    return press, style
