"""PURE. A feed as a page: what it is, how to follow it, and its entries to read at once.

The newest entries stand in full, as many as a small page holds, then the others as in
any list; older ones follow on pages of their own, which stay as they are. The page of
the main feed is the front page, that of a newsletter's feed its archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from publisher.feeds import Feed, FeedKind
from publisher.languages import own_name
from publisher.model import Artifact, Entry, Picture
from publisher.render.pages.article import Note, find_updates, notes, unseen
from publisher.render.pages.body import as_part, for_page, repeats
from publisher.render.pages.chrome import FORMAT_NAMES, subscriptions
from publisher.render.pages.feedlist import about
from publisher.render.pages.groups import group_entries, row_size
from publisher.render.pages.markup import isolated
from publisher.render.pages.paging import Leaf, leaves
from publisher.render.pages.press import Card, Draw, Head, Page, Press, on_card
from publisher.render.pages.readers import Reader, reader_links
from publisher.render.view import SiteView
from publisher.values import dataclass

LEAST = 6
"""The first page shows at least so many entries (where there are), and at most 20 more."""

ROOM = 19_000
"""Bytes of entries on the first page; with what stands around them it stays under 30 kB."""

COLUMN = 700
"""CSS pixels of the column of text, and of the widest picture in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """An entry in full: `card` as in lists, the rest as on its own page."""

    card: Card
    entry: Entry
    standfirst: str
    date: Markup
    updated: Markup
    corrected: Markup
    picture: Picture | None
    body: str
    corrections: tuple[Note, ...]


def feed_page_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """The pages of every feed that has none of another kind, in the feed's language."""
    for feed in view.feeds:
        if feed.kind is FeedKind.NEWSLETTER or feed.page_path == "index.html" or feed.is_still:
            continue
        folder = feed.page_path.removesuffix("index.html")
        for leaf in leaves(_entries(feed), folder, least=LEAST):
            if not view.concerns(leaf.items):
                continue
            yield press.page(
                leaf.path,
                "web/feed.html",
                shows=(
                    (feed.spec, feed.kind, feed.about, feed.title, feed.description, feed.language),
                    (leaf.number, leaf.newer, leaf.older, view.site.language),
                    _shown(press, leaf, view.marks),
                ),
                draw=_draw(feed, leaf, view),
                language=feed.language,
                apart=True,
            )


def follow(page: Page, feed: Feed) -> dict[str, object]:
    """How to follow a feed: its addresses, and links that subscribe in a feed reader.

    Not every feed reader takes JSON Feed, so no link offers that.
    """
    ways = subscriptions(page.chrome.url, feed)
    first = ways[0] if ways and ways[0].format != FORMAT_NAMES["json"] else None
    readers: tuple[Reader, ...] = reader_links(first.url) if first else ()
    return {"subscriptions": ways, "readers": readers}


def _entries(feed: Feed) -> list[Entry]:
    """All entries of a feed and its archives, newest first."""
    found = [entry for part in feed.parts for entry in part.load()]
    found.sort(key=lambda entry: entry.id)
    found.sort(key=lambda entry: entry.published, reverse=True)
    return found


def _shown(press: Press, leaf: Leaf[Entry], marks: Mapping[str, str]) -> list[object]:
    """What a page shows of its entries: the first all there is, the others their cards."""
    if leaf.number:
        return [on_card(entry, press.places) for entry in leaf.items]
    return [(marks[entry.id], press.places.of_authors(entry.authors)) for entry in leaf.items]


def _draw(feed: Feed, leaf: Leaf[Entry], view: SiteView) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        entries = leaf.items
        title, heading = _title(page, feed)
        if leaf.number:
            title = words.gettext("%(site)s, page %(number)s", site=title, number=str(leaf.number))
        sentences = about(words, feed)
        described = feed.spec.description or words.gap.join(sentences)
        wholes = _wholes(page, feed, entries, view) if not leaf.number else []
        own = subscriptions(page.chrome.url, feed)
        head = page.site_head(
            title,
            description=described,
            previous=leaf.newer,
            following=leaf.older,
            feeds=(*own, *(one for one in page.chrome.subscriptions if one not in own)),
        )
        return head, {
            "kind": feed.kind.value,
            "heading": heading,
            "href": page.to(feed.page_path),
            "number": leaf.number,
            "description": feed.spec.description or "",
            "attributes": page.language(feed.language),
            "website": _website(feed, entries),
            "about": sentences,
            "wholes": wholes,
            "groups": group_entries(page, entries[len(wholes) :]),
            **follow(page, feed),
        }

    return draw


def _title(page: Page, feed: Feed) -> tuple[str, Markup]:
    """What the page is called, as text and as a heading in which names keep their direction."""
    words = page.words
    if feed.kind is FeedKind.LANGUAGE:
        name = own_name(feed.about)
        return name, isolated(name, language=page.language(feed.about))
    if feed.kind is FeedKind.AUTHOR:
        sentence = words.gettext("Articles by %(author)s", author="{}")
    elif feed.kind is FeedKind.TAG:
        sentence = words.gettext("Tagged “%(tag)s”", tag="{}")
    else:
        return feed.title, isolated(feed.title, language=page.language(feed.language))
    return (
        sentence.format(feed.about),
        Markup.escape(sentence).format(isolated(feed.about)),
    )


def _website(feed: Feed, entries: Sequence[Entry]) -> str:
    """The author's own page elsewhere, as the newest article names it."""
    if feed.kind is not FeedKind.AUTHOR:
        return ""
    name = feed.about.casefold()
    authors = (author for entry in entries for author in entry.authors)
    return next((a.url for a in authors if a.url and a.name.casefold() == name), "")


def _wholes(page: Page, feed: Feed, entries: Sequence[Entry], view: SiteView) -> list[Whole]:
    """The newest entries in full: one at least, and as many as there is room for."""
    if feed.spec.content != "full":
        return []
    left = ROOM - sum(map(row_size, entries))
    wholes: list[Whole] = []
    for entry in entries:
        body = view.load_body(entry)
        left -= len(body.encode()) - row_size(entry)
        if wholes and left < 0:
            break
        wholes.append(_whole(page, entry, body, len(wholes) + 1))
    return wholes


def _whole(page: Page, entry: Entry, body: str, number: int) -> Whole:
    updated, corrected = find_updates(page, entry)
    part = as_part(body, url=entry.url, prefix=f"e{number}-", level=3)
    return Whole(
        card=page.card(entry),
        entry=entry,
        standfirst="" if repeats(body, entry.summary) else entry.summary,
        date=page.time(entry.published, page.words.long_date(entry.published)),
        updated=updated,
        corrected=corrected,
        picture=unseen(entry.picture, body),
        body=for_page(
            part,
            table=page.words.gettext("Table"),
            home=page.chrome.url,
            near=page.near,
            srcset=page.widths,
            column=COLUMN,
        ),
        corrections=notes(page, entry),
    )
