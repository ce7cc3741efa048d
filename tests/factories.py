"""Model values for tests: `make_x(**changes)` gives a good one with what the test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from publisher import renditions
from publisher.config import FeedSpec, NewsletterSpec
from publisher.feeds import Feed, FeedKind, FeedPart
from publisher.fingerprint import fingerprint
from publisher.model import Article, Asset, Author, Document, Entry, RecordedArticle, State
from publisher.readings import Reading
from publisher.renditions import Logo

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SITE_URL = "https://courier.example/"


def make_document(**changes: Any) -> Document:
    file = changes.get("file", "launch.md")
    stem = file.rpartition("/")[2].partition(".")[0]
    values: dict[str, Any] = {
        "source": "articles",
        "file": file,
        "content_hash": f"content-{file}",
        "text_hash": f"text-{file}",
        "body_key": f"body-{file}",
        "title": stem.title(),
        "summary": f"About {stem}.",
        "address": f"2026/11/01/{stem}/",
        "slug": stem,
        "date": datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
        "date_text": "2026-11-01T09:00:00Z",
    }
    if "date" in changes and "date_text" not in changes:
        changes["date_text"] = str(changes["date"])
    return Document(**(values | changes))


def make_reading(**changes: Any) -> Reading:
    document = make_document(**changes)
    return Reading(source=document.source, file=document.file, document=document, good=document)


def make_article(**changes: Any) -> Article:
    document = changes.pop("document", None) or make_document(
        **{
            k: changes.pop(k)
            for k in list(changes)
            if k in Document.__dataclass_fields__ and k not in ("id", "updated")
        }
    )
    values: dict[str, Any] = {
        "document": document,
        "id": f"tag:courier.example,2026:articles/{document.file}",
        "url": SITE_URL + document.address,
        "published": document.date,
        "updated": document.date,
        "state": State.LISTED,
    }
    return Article(**(values | changes))


def make_recorded(**changes: Any) -> RecordedArticle:
    path = changes.get("path", "launch.md")
    published = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    values: dict[str, Any] = {
        "id": f"tag:courier.example,2026:articles/{path}",
        "source": "articles",
        "path": path,
        "content": f"content-{path}",
        "text": f"text-{path}",
        "date": "2026-11-01T09:00:00Z",
        "published": published,
        "updated": published,
        "place": 1,
    }
    return RecordedArticle(**(values | changes))


def make_entry(**changes: Any) -> Entry:
    number = changes.pop("number", 1)
    published = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    values: dict[str, Any] = {
        "id": f"tag:courier.example,2026:articles/{number}.md",
        "url": f"{SITE_URL}2026/11/01/{number}/",
        "title": f"Article {number}",
        "summary": f"The summary of article {number}.",
        "published": published,
        "updated": published,
        "body_key": f"body-{number}",
        "path": f"2026/11/01/{number}/index.html",
        "authors": (Author(name="Redaksi"),),
    }
    return Entry(**(values | changes))


def make_feed(*entries: Entry, **changes: Any) -> Feed:
    """A feed of these entries in one document; `spec` may be given, or keys of one."""
    keys = {k: changes.pop(k) for k in list(changes) if k in FeedSpec.__dataclass_fields__}
    shown = {k: keys[k] for k in ("title", "description", "language") if k in keys}
    spec = changes.pop("spec", None) or FeedSpec(**({"name": "main"} | keys))
    values: dict[str, Any] = {
        "spec": spec,
        "kind": FeedKind.CONFIGURED,
        "about": "",
        "title": spec.title or "The Example Courier",
        "description": "",
        "language": None,
        "first_url": SITE_URL + (f"{spec.path}/" if spec.path else ""),
        "parts": (make_part(*entries),),
    }
    return Feed(**(values | shown | changes))


def make_part(*entries: Entry, **changes: Any) -> FeedPart:
    """A document of a feed, the subscription one unless `number` says otherwise."""
    values: dict[str, Any] = {
        "number": 0,
        "marks": tuple(fingerprint(entry) for entry in entries),
        "load": lambda: entries,
    }
    return FeedPart(**(values | changes))


def make_asset(**changes: Any) -> Asset:
    values: dict[str, Any] = {
        "path": "media/0123456789abcdef/boat.jpg",
        "origin": "boat.jpg",
        "source": "articles",
        "media_type": "image/jpeg",
        "length": 1000,
        "width": 1200,
        "height": 675,
    }
    return Asset(**(values | changes))


def make_newsletter(**changes: Any) -> NewsletterSpec:
    values: dict[str, Any] = {
        "name": "weekly",
        "title": "The Weekly Courier",
        "from_": "The Courier <news@courier.example>",
        "postal_address": "1 Pier Road, Example Harbour",
    }
    return NewsletterSpec(**(values | changes))


def make_logo(*, see_through: bool = True, paper: str = "#fdfcf9", **changes: Any) -> Logo:
    values = {
        "path": "media/0123456789abcdef/logo.png",
        "media_type": "image/png",
        "width": 480,
        "height": 120,
        "length": 9_000,
    }
    asset = make_asset(**(values | changes))
    return renditions.make_logo(asset, see_through=see_through, paper=paper)
