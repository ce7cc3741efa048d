"""PURE. Entries of a feed of somebody else -> items, which are read as all articles are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from publisher.config import FeedSourceSpec
from publisher.model import Author, Enclosure
from publisher.parse.clean.fragment import plain_text
from publisher.parse.feeds.entries import ForeignEntry
from publisher.parse.feeds.keeping import Kept, KeptEntry
from publisher.parse.headers.fields import language_tag
from publisher.parse.headers.values import Items, Table, Text, Value
from publisher.parse.items import Item, ItemFound, Withheld

_NO_LINK = "has no link to where it lives, and only its summary may be published (full_text)"


_NOTHING_TOLD = "has neither a title nor a text nor a link"


def items_of(kept: Kept, source: FeedSourceSpec, *, within: str = "") -> Iterator[ItemFound]:
    """The items of one feed. `within` stands before their names where a source has several."""
    for one in kept.entries:
        yield _item(one, source, within)
    for name in kept.others:
        why = f"is older than the newest {source.limit.items} of its feed (limit.items)"
        yield Withheld(name=within + name, why=why)


def _item(one: KeptEntry, source: FeedSourceSpec, within: str) -> ItemFound:
    entry = one.entry
    name = within + one.name
    if not entry.link and not source.full_text:
        return Withheld(name=name, why=_NO_LINK)
    if not (entry.link or entry.title or plain_text(entry.body or entry.summary)):
        return Withheld(name=name, why=_NOTHING_TOLD)
    foreign = entry.feed
    if source.rights and not foreign.rights:
        foreign = replace(foreign, rights=source.rights)
    return Item(
        name=name,
        fields=tuple(_fields(entry, source)),
        body=entry.body or entry.summary,
        form="fragment",
        base_url=entry.base_url,
        link=entry.link,
        first=one.first,
        excerpt=not source.full_text,
        foreign=foreign,
    )


def _fields(entry: ForeignEntry, source: FeedSourceSpec) -> Iterator[tuple[Text, Value]]:
    told: list[tuple[str, Value]] = [
        ("title", _text(entry.title or entry.link or entry.feed.title)),
        ("id", _text(entry.id)),
        ("date", _text(entry.published)),
        ("updated", _text(entry.updated)),
        ("summary", _text(plain_text(entry.summary))),
        ("authors", _list([_author(author) for author in _authors(entry, source)])),
        ("tags", _list([_text(tag) for tag in entry.tags])),
        ("language", _text(language_tag(entry.language) or "")),
        ("image", _text(entry.picture)),
        ("enclosures", _list([_enclosure(one) for one in entry.enclosures])),
    ]
    for name, value in told:
        if value not in (_NOTHING, _NO_LIST):
            yield _text(name), value


def _authors(entry: ForeignEntry, source: FeedSourceSpec) -> Sequence[Author]:
    """Who wrote it; else whom the configuration names; else the feed, for it was not us."""
    if entry.authors or source.defaults.authors:
        return entry.authors
    return [Author(name=entry.feed.title, url=entry.feed.url or None)]


def _author(author: Author) -> Value:
    return _table(name=author.name, email=author.email or "", url=author.url or "")


def _enclosure(one: Enclosure) -> Value:
    return _table(
        url=one.url,
        type=one.media_type,
        length=str(one.length),
        title=one.title,
        duration=str(one.duration or ""),
    )


def _text(text: str) -> Text:
    return Text(text, 0, 0)


def _list(values: Sequence[Value]) -> Items:
    return Items(tuple(values), 0, 0)


def _table(**told: str) -> Table:
    return Table(tuple((_text(k), _text(v)) for k, v in told.items() if v), 0, 0)


_NOTHING, _NO_LIST = _text(""), _list([])
