"""PURE. A feed's entries -> the bytes of one format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import jinja2

from publisher.config import FeedSpec, SiteSpec
from publisher.model import Entry, LoadBody
from publisher.render.feeds.document import FeedDocument, make_document
from publisher.render.feeds.formats import feed_title, feed_url
from publisher.render.feeds.json_feed import render_json
from publisher.render.feeds.rss_atom import render_atom, render_rss

_WRITERS: Mapping[str, Callable[[FeedDocument, str], bytes]] = {
    "rss": render_rss,
    "atom": render_atom,
    "json": render_json,
}


def draw_feed(
    feed: FeedSpec,
    format_: str,
    entries: Sequence[Entry],
    *,
    site: SiteSpec,
    image_url: str | None,
    load_body: LoadBody,
    environment: jinja2.Environment,
) -> bytes:
    """Load, clean and write. Raises TemplateError for a broken feeds/entry.html."""
    document = make_document(
        feed,
        entries,
        site=site,
        title=feed_title(site, feed),
        image_url=image_url,
        load_body=load_body,
        environment=environment,
    )
    return _WRITERS[format_](document, feed_url(site, feed, format_))
