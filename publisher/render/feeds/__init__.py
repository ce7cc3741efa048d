"""PURE. Entries -> feeds in RSS 2.0, Atom 1.0 and JSON Feed 1.1: the same in the same order.

`document` cleans what a feed says once, for all formats; `rss_atom` and
`json_feed` write it; `extension` mends what feedgen writes wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import feedgen.version
import jinja2
import lxml

from publisher.config import FeedSpec, SiteSpec
from publisher.errors import PublisherError
from publisher.fingerprint import fingerprint
from publisher.model import Artifact, Entry, LoadBody
from publisher.render.feeds.formats import FORMATS, FeedFile, feed_path, feed_title, feed_url
from publisher.render.feeds.text import clean_id

__all__ = ["FORMATS", "FeedFile", "feed_artifacts", "feed_path", "feed_title", "feed_url"]

RENDERER_VERSION = 2
"""Raised whenever the same entries would give other bytes."""

_LIBRARIES = (feedgen.version.version_str, vars(lxml)["__version__"])


def feed_artifacts(
    feed: FeedSpec,
    entries: Sequence[Entry],
    *,
    site: SiteSpec,
    image_url: str | None,
    load_body: LoadBody,
    environment: jinja2.Environment,
) -> tuple[Artifact, ...]:
    """The feed in each of its formats. `entries` are selected, ordered newest first and limited.

    No body is loaded before an artifact is rendered, which raises TemplateError for
    a broken feeds/entry.html. Raises PublisherError when two entries have one id.
    """
    _require_distinct_ids(entries)
    common = fingerprint(
        RENDERER_VERSION,
        _LIBRARIES,
        feed,
        (site.title, site.url, site.description, site.language, site.copyright),
        image_url,
        entries,
        _templates(environment),
    )
    return tuple(
        Artifact(
            path=feed_path(feed, format_),
            media_type=FORMATS[format_].media_type,
            fingerprint=fingerprint(common, format_),
            render=partial(
                _render,
                feed,
                format_,
                entries,
                site=site,
                image_url=image_url,
                load_body=load_body,
                environment=environment,
            ),
        )
        for format_ in feed.formats
    )


def _render(
    feed: FeedSpec,
    format_: str,
    entries: Sequence[Entry],
    *,
    site: SiteSpec,
    image_url: str | None,
    load_body: LoadBody,
    environment: jinja2.Environment,
) -> bytes:
    # feedgen takes 0.1 s to import, which a run over unchanged sources must not pay
    from publisher.render.feeds.draw import draw_feed  # noqa: PLC0415

    return draw_feed(
        feed,
        format_,
        entries,
        site=site,
        image_url=image_url,
        load_body=load_body,
        environment=environment,
    )


def _templates(environment: jinja2.Environment) -> list[tuple[str, str]]:
    """The texts of the family feeds/, by name."""
    assert environment.loader is not None, "make_environment sets it"
    names = sorted(n for n in environment.list_templates() if n.startswith("feeds/"))
    return [(name, environment.loader.get_source(environment, name)[0]) for name in names]


def _require_distinct_ids(entries: Sequence[Entry]) -> None:
    seen: dict[str, Entry] = {}
    for entry in entries:
        other = seen.setdefault(clean_id(entry.id), entry)
        if other is not entry:
            raise PublisherError(
                f"{other.title!r} and {entry.title!r} have the same id {entry.id}",
                mend="give one of them an `id:` of its own",
            )
