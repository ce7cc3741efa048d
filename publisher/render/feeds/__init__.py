"""PURE. Feeds in RSS 2.0, Atom 1.0 and JSON Feed 1.1: the same entries in the same order.

`written` cleans what a feed says of an entry, `document` what it says of itself, once
for all formats; `rss`, `atom` and `json_feed` write it; `extension` mends what feedgen
writes wrongly; `forms` keeps what it writes for each shape of entry; `draw` puts documents
together, each entry drawn once for all feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

import feedgen.version
import jinja2
import lxml

from publisher.config import FeedSpec, SiteSpec
from publisher.feeds import Feed, FeedKind
from publisher.fingerprint import fingerprint
from publisher.model import Artifact, LoadBody
from publisher.patterns import pattern
from publisher.render.feeds.formats import FORMATS, FeedFile, feed_path, feed_url
from publisher.render.words import Words

__all__ = ["FORMATS", "FeedFile", "feed_artifacts", "feed_path", "feed_url"]

RENDERER_VERSION = 3
"""Raised whenever the same entries would give other bytes."""

_LEADS_ON = pattern(r"\{%[-+]?\s*(?:include|extends|import|from)\b")

_LIBRARIES = (feedgen.version.version_str, vars(lxml)["__version__"])


def feed_artifacts(
    feeds: Sequence[Feed],
    *,
    site: SiteSpec,
    hubs: tuple[str, ...] = (),
    image_of: Callable[[FeedSpec], str | None],
    load_body: LoadBody,
    environment: jinja2.Environment,
    words: Callable[[str | None], Words],
    catalogues_hash: str,
) -> Iterator[Artifact]:
    """Every document of every feed that is not still, in each of its formats: the oldest archives
    of all feeds, then those that refer to them, last the documents that one subscribes to. So
    documents that hold the same entries follow each other.

    No entry and no body is loaded before an artifact is rendered, which raises
    TemplateError for a broken feeds/entry.html and FeedError for a document that would
    break a rule of the field. `image_of` gives the picture of a feed, `catalogues_hash`
    stands for our own words.
    """
    common = fingerprint(
        RENDERER_VERSION,
        _LIBRARIES,
        (site.title, site.url, site.copyright, site.language),
        (hubs, catalogues_hash),
        _templates(environment),
    )

    @cache
    def press() -> Callable[..., bytes]:
        # feedgen takes 0.1 s to import, which a run over unchanged sources must not pay
        from publisher.render.feeds.draw import FeedGround, FeedPress, Writer  # noqa: PLC0415

        writer = Writer(load_body=load_body, environment=environment, words=words)
        ground = FeedGround(site=site, hubs=hubs, image_of=image_of, writer=writer)
        return FeedPress(ground).draw

    heads = [
        fingerprint(
            (common, feed.spec, feed.title, feed.description, feed.language, feed.first_url),
            image_of(feed.spec),
        )
        for feed in feeds
    ]
    documents = [
        (head, feed, place, part)
        for head, feed in zip(heads, feeds, strict=True)
        for place, part in enumerate(feed.documents)
        if not part.is_still
    ]
    documents.sort(key=lambda document: (not document[3].number, document[3].last))
    for head, feed, place, part in documents:
        older = [part.number for part in feed.parts[place + 1 : place + 2]]
        mark = fingerprint(head, part.number, older, part.marks, part.tombstones)
        for format_ in feed.spec.formats:
            yield Artifact(
                path=feed_path(feed.spec, format_, part.number),
                media_type=FORMATS[format_].media_type,
                fingerprint=fingerprint(mark, format_),
                render=partial(_draw, press, feed, place, format_),
                apart=feed.kind is not FeedKind.NEWSLETTER,
            )


def _draw(press: Callable[[], Callable[..., bytes]], feed: Feed, place: int, format_: str) -> bytes:
    return press()(feed, place, format_)


def _templates(environment: jinja2.Environment) -> list[tuple[str, str]]:
    """The texts of the family feeds/, by name; of all where one of those leads on to another."""
    assert environment.loader is not None, "make_environment sets it"
    names = sorted(environment.list_templates())
    texts = {n: environment.loader.get_source(environment, n)[0] for n in names if _is_feeds(n)}
    if any(map(_LEADS_ON.search, texts.values())):
        texts = {n: environment.loader.get_source(environment, n)[0] for n in names}
    return list(texts.items())


def _is_feeds(name: str) -> bool:
    return name.startswith("feeds/")
