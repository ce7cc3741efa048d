"""Sites, entries and rendered feeds for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from publisher.config import FeedSpec, SiteSpec
from publisher.feeds import Feed
from publisher.model import Author, Enclosure, Entry, Picture
from publisher.render.environment import make_environment
from publisher.render.feeds import feed_artifacts, feed_path
from publisher.render.words import make_words
from tests import factories

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "templates" / "feeds" / "entry.html"
CATALOGUES = {file.stem: file.read_bytes() for file in (ROOT / "publisher/locales").glob("*.po")}
JAKARTA = timezone(timedelta(hours=7))
BODY = '<p>The harbour <a href="https://courier.example/pier/">pier</a> is open &amp; free.</p>'


def make_site(**changes: Any) -> SiteSpec:
    """A site with a value for every field that feeds show."""
    values = {
        "title": "The Example Courier",
        "url": "https://courier.example/",
        "description": "News from the example coast",
        "language": "en",
        "copyright": "The Example Courier",
    }
    return SiteSpec(**{**values, **changes})


def make_feed(**changes: Any) -> FeedSpec:
    """The main feed in all formats."""
    return FeedSpec(**{"name": "main", **changes})


def make_entry(**changes: Any) -> Entry:
    """An entry with a value for every field."""
    values = {
        "id": "tag:courier.example,2026:articles/pier.md",
        "url": "https://courier.example/2026/03/20/pier/",
        "title": "The pier opens",
        "summary": "After two years of work the pier is open again.",
        "published": datetime(2026, 3, 20, 7, 30, tzinfo=JAKARTA),
        "updated": datetime(2026, 3, 21, 9, 0, tzinfo=JAKARTA),
        "body_key": "pier",
        "section": "Harbour",
        "authors": (Author(name="Sari Dewi", email="sari@courier.example"), Author(name="Desk")),
        "tags": ("pier", "news"),
        "language": "en",
        "picture": Picture(url="https://courier.example/media/pier.jpg", alt="The pier"),
        "enclosures": (
            Enclosure(url="https://courier.example/a.mp3", length=1200, media_type="audio/mpeg"),
            Enclosure(url="https://courier.example/b.mp3", length=0, media_type="audio/mpeg"),
        ),
    }
    return Entry(**{**values, **changes})


def many_entries(count: int) -> tuple[Entry, ...]:
    """Entries that differ in id, address, title and date, newest first."""
    return tuple(
        make_entry(
            id=f"tag:courier.example,2026:articles/{n}.md",
            url=f"https://courier.example/{n}/",
            title=f"Entry {n}",
            published=datetime(2026, 3, 20, tzinfo=JAKARTA) - timedelta(days=n),
            updated=datetime(2026, 3, 20, 1, tzinfo=JAKARTA) - timedelta(days=n),
        )
        for n in range(count)
    )


def render_feeds(
    *entries: Entry,
    site: SiteSpec | None = None,
    feed: FeedSpec | None = None,
    image_url: str | None = None,
    body: str = BODY,
    template: str | None = None,
) -> dict[str, bytes]:
    """The bytes of each format, by its name."""
    feed = feed or make_feed()
    site = site or make_site()
    made = factories.make_feed(
        *entries,
        spec=feed,
        title=feed.title or site.title,
        description=(feed.podcast and feed.podcast.description)
        or feed.description
        or site.description,
        language=feed.language or site.language,
        first_url=site.url,
    )
    artifacts = draw_feeds(made, site=site, image_url=image_url, body=body, template=template)
    return {name: artifacts[feed_path(feed, name)] for name in feed.formats}


def draw_feeds(
    *feeds: Feed,
    site: SiteSpec | None = None,
    hubs: tuple[str, ...] = (),
    image_url: str | None = None,
    body: str = BODY,
    template: str | None = None,
) -> dict[str, bytes]:
    """The bytes of every document, by its path."""
    site = site or make_site()
    artifacts = feed_artifacts(
        feeds,
        site=site,
        hubs=hubs,
        image_of=lambda _spec: image_url,
        load_body=lambda _: body,
        environment=make_environment(
            {"feeds/entry.html": TEMPLATE.read_text("utf-8") if template is None else template}
        ),
        words=lambda language: make_words(language or site.language, CATALOGUES),
        catalogues_hash="catalogues",
    )
    return {artifact.path: artifact.render() for artifact in artifacts}


def feed_addresses(formats: Sequence[str] = ("rss", "atom", "json")) -> dict[str, str]:
    """Where the main feed of `make_site` is served."""
    names = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
    return {name: f"https://courier.example/{names[name]}" for name in formats}
