"""PURE. The front page and the pages of older articles behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publisher.config import NewsletterSpec
from publisher.model import Artifact, Entry
from publisher.render.feeds import FORMATS
from publisher.render.pages.chrome import EVERYWHERE, Subscription, archive_path, subscriptions
from publisher.render.pages.groups import group_entries, row_size
from publisher.render.pages.languages import Tongue, tongues
from publisher.render.pages.newsletters import how_often
from publisher.render.pages.paging import Leaf, leaves
from publisher.render.pages.press import Draw, Head, Page, Press, on_card
from publisher.render.view import SiteView

MOST_FEEDS = 60
"""With more feeds the front page announces only those that every page does."""

ROOM = 26_000
"""Bytes of what the front page lists and announces. What does not fit is left out: first all
formats of the feeds of tags, authors and languages but one, then these feeds; the list of
all feeds has them. So the page stays under 30 kB."""

_LINK = '<link rel="alternate" type="" title=" ()" href="">'


def index_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """index.html and page/N/index.html. A page's fingerprint holds the entries that it lists."""
    newsletters = [(one.name, one.title, one.schedule) for one in view.newsletters]
    for leaf in leaves(view.entries, ""):
        if not view.concerns(leaf.items):
            continue
        front = not leaf.number
        others = _others(view, leaf.items) if front else ()
        yield press.page(
            leaf.path,
            "web/index.html",
            shows=(
                (leaf.number, leaf.newer, leaf.older),
                [on_card(entry, press.places) for entry in leaf.items],
                view.site.description,
                (newsletters, others, tongues(press.places)) if front else (),
            ),
            draw=_draw(leaf, view, others),
            apart=not front,
        )


def _others(view: SiteView, entries: Sequence[Entry]) -> tuple[Subscription, ...]:
    """What the front page announces beside the feeds of every page."""
    if len(view.feeds) > MOST_FEEDS:
        return ()
    room = ROOM - sum(map(row_size, entries))
    ways = [(feed, subscriptions(view.site.url, feed)) for feed in view.feeds]
    room -= sum(_link_size(one) for f, some in ways if f.kind in EVERYWHERE for one in some)
    others = [some for feed, some in ways if feed.kind not in EVERYWHERE]
    for formats in (len(FORMATS), 1):
        announced = [one for some in others for one in some[:formats]]
        if sum(map(_link_size, announced)) <= room:
            return tuple(announced)
    return ()


def _link_size(one: Subscription) -> int:
    """About how many bytes an autodiscovery link takes."""
    return len(f"{_LINK}{one.title}{one.format}{one.url}{one.media_type}".encode())


def _draw(leaf: Leaf[Entry], view: SiteView, others: tuple[Subscription, ...]) -> Draw:
    site = view.site

    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        title = (
            words.gettext("%(site)s, page %(number)s", site=site.title, number=str(leaf.number))
            if leaf.number
            else site.title
        )
        lead = leaf.items[:1] if not leaf.number else ()
        rest = leaf.items[len(lead) :]
        head = page.site_head(
            title,
            description=site.description,
            previous=leaf.newer,
            following=leaf.older,
            feeds=(*page.chrome.subscriptions, *others),
            outline=not leaf.number,
        )
        return head, {
            "description": site.description,
            "number": leaf.number,
            "newest": words.long_date(leaf.items[0].published) if leaf.items else "",
            "lead": page.card(lead[0], whole_summary=True) if lead else None,
            "groups": group_entries(page, rest),
            "newsletters": [_shown(page, newsletter) for newsletter in view.newsletters],
            "languages": [_spoken(page, one) for one in tongues(page.places)],
        }

    return draw


def _shown(page: Page, newsletter: NewsletterSpec) -> dict[str, str]:
    return {
        "title": newsletter.title,
        "href": page.to(archive_path(newsletter)),
        "often": how_often(page.words, newsletter.schedule),
    }


def _spoken(page: Page, tongue: Tongue) -> dict[str, object]:
    return {
        "name": tongue.name,
        "tag": tongue.tag,
        "href": page.to(tongue.path),
        "attributes": page.language(tongue.tag),
    }
