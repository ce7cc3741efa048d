"""PURE. sitemap.xml and robots.txt (sitemaps.org, protocol 0.9; RFC 9309).

No dates of Google's news sitemap: it holds the articles of two days only, so it
would change with the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from html import escape

from publisher.feeds import FeedKind
from publisher.fingerprint import fingerprint
from publisher.model import Artifact
from publisher.render.pages.chrome import archive_path, issue_path
from publisher.render.pages.feedlist import PATH as FEED_LIST
from publisher.render.pages.links import absolute
from publisher.render.pages.press import RENDERER_VERSION
from publisher.render.view import SiteView
from publisher.shown import Place

MOST = 50_000
"""Addresses in one file, as the protocol allows."""

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap_artifacts(
    site_url: str, places: Sequence[Place], *, most: int = MOST
) -> Iterable[Artifact]:
    """sitemap.xml; with more than `most` addresses an index of sitemap/N.xml, the oldest in 1.

    `places` are those of `sitemap_places`.
    """
    if len(places) <= most:
        yield _xml("sitemap.xml", partial(_document, "urlset", "url"), places)
        return
    places = places[::-1]
    parts = [places[start : start + most] for start in range(0, len(places), most)]
    paths = [f"sitemap/{number}.xml" for number in range(1, len(parts) + 1)]
    for path, part in zip(paths, parts, strict=True):
        yield _xml(path, partial(_document, "urlset", "url"), part)
    files: list[Place] = [(absolute(site_url, path), None) for path in paths]
    yield _xml("sitemap.xml", partial(_document, "sitemapindex", "sitemap"), files)


def robots_artifact(site_url: str) -> Artifact:
    """robots.txt: everything may be read, and where the sitemap is."""
    text = f"User-agent: *\nAllow: /\n\nSitemap: {absolute(site_url, 'sitemap.xml')}\n"
    return Artifact(
        path="robots.txt",
        media_type="text/plain; charset=utf-8",
        fingerprint=fingerprint(text),
        render=text.encode,
    )


def sitemap_places(view: SiteView) -> Iterator[Place]:
    """Every address worth finding, the front page first, articles from the newest to the oldest."""
    url = view.site.url
    yield url, max((entry.updated for entry in view.entries), default=None)
    yield absolute(url, FEED_LIST), None
    for feed in view.feeds:
        if feed.kind is not FeedKind.NEWSLETTER and feed.page_path != "index.html":
            yield absolute(url, feed.page_path), None
    lists = dict.fromkeys(n.list_name for n in view.newsletters if n.list_name != n.name)
    for name in lists:
        yield absolute(url, f"newsletters/{name}/index.html"), None
    for newsletter in view.newsletters:
        issues = view.issues.get(newsletter.name, ())[::-1]
        yield absolute(url, archive_path(newsletter)), issues[0].slot if issues else None
        for issue in issues:
            yield absolute(url, issue_path(newsletter, issue.number)), issue.slot
    for entry in view.entries:
        if entry.path:
            yield entry.url, entry.updated


def _xml(
    path: str, render: Callable[[Sequence[Place]], bytes], places: Sequence[Place]
) -> Artifact:
    return Artifact(
        path=path,
        media_type="application/xml",
        fingerprint=fingerprint(RENDERER_VERSION, path, places),
        render=partial(render, places),
    )


def _document(root: str, element: str, places: Sequence[Place]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{_NAMESPACE}">']
    for address, changed in places:
        lastmod = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        lines.append(f"<{element}><loc>{escape(address)}</loc>{lastmod}</{element}>")
    lines.append(f"</{root}>\n")
    return "\n".join(lines).encode()
