"""PURE. A site's view -> its pages, sitemap and style sheet.

One module for each kind of page; `press` turns the values of a page into an
artifact, `chrome` holds what all pages show, `links` writes their addresses.
"""

from __future__ import annotations

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
from publisher.render.pages.sitemap import robots_artifact, sitemap_artifacts
from publisher.render.pages.style import style_artifact
from publisher.render.pages.withdrawn import withdrawn_artifacts
from publisher.render.view import SiteView
from publisher.renditions import MAKER

__all__ = ["page_artifacts"]


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
    pages = (
        *index_artifacts(press, view),
        *article_artifacts(press, view),
        *feed_list_artifacts(press, view),
        *feed_page_artifacts(press, view),
        *newsletter_artifacts(press, view),
        *sitemap_artifacts(view),
        robots_artifact(view.site.url),
        opml_artifact(view),
        style,
    )
    pages += tuple(withdrawn_artifacts(press, view, {page.path for page in pages}))
    return (*pages, *redirect_artifacts(press, view, {page.path for page in pages}))
