"""PURE. The languages of a site that has several, each under its own name with its page."""

from __future__ import annotations

from publisher.languages import own_name
from publisher.render.pages.feedplaces import FeedPlaces
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language as it calls itself. `path` is its page under output/."""

    tag: str
    name: str
    path: str


def tongues(places: FeedPlaces) -> tuple[Tongue, ...]:
    """The languages that have a page, by name; none where there is only one."""
    found = [
        Tongue(tag=feed.about, name=own_name(feed.about), path=feed.page_path)
        for feed in places.languages.values()
    ]
    return tuple(sorted(found, key=lambda one: one.name)) if len(found) > 1 else ()
