"""PURE. Articles as feeds, pages and digests show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from publisher.addresses import address_path
from publisher.config import FeedSpec, Selection
from publisher.fingerprint import fingerprint
from publisher.model import Article, Entry, Record, State, Tombstone, Translation

_AN_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)


def page_path(article: Article) -> str:
    """The article's page under output/, or "" when it lives at an address of its own."""
    document = article.document
    return "" if document.canonical else address_path(document.address)


def find_tombstones(record: Record) -> tuple[Tombstone, ...]:
    """What was published once and taken back since, in the order of first publication."""
    found = [
        Tombstone(
            id=line.id,
            when=line.retracted,
            place=line.place,
            path="" if "://" in line.address or not line.address else address_path(line.address),
        )
        for line in record.articles
        if line.retracted is not None and line.place
    ]
    return tuple(sorted(found, key=lambda tombstone: tombstone.place))


def newest_first(articles: Iterable[Article], state: State = State.LISTED) -> tuple[Article, ...]:
    """The articles of one state in the order of every feed: newest first, then by id."""
    dated = [(a.published, a) for a in articles if a.state is state and a.published is not None]
    dated.sort(key=lambda pair: pair[1].id)
    # By how long after one instant: to compare times of several offsets takes ten times as long.
    dated.sort(key=lambda pair: pair[0] - _AN_INSTANT, reverse=True)
    return tuple(article for _, article in dated)


def mark_entries(entries: Mapping[str, Entry]) -> Mapping[str, str]:
    """The fingerprint of each entry, by id: what is drawn from one changes when that does."""
    return {id_: fingerprint(entry) for id_, entry in entries.items()}


def make_entries(articles: Sequence[Article]) -> Mapping[str, Entry]:
    """Entry by id for every article that has a page or a place in a feed."""
    shown = [a for a in articles if a.state in (State.LISTED, State.EXPIRED)]
    addresses = {(a.document.source, a.document.file): a.url for a in shown}
    versions = find_translations(shown)
    return {a.id: make_entry(a, _links(a, addresses), versions.get(a.id, ())) for a in shown}


def find_translations(articles: Sequence[Article]) -> Mapping[str, tuple[Translation, ...]]:
    """By id, the versions of an article in other languages.

    They are told by their authors or by folders of languages; else those of one slug in a source
    are taken for versions, where each is in a language of its own.
    """
    keyed = [(_version_key(a), a) for a in articles if a.document.language]
    if len({key for key, _ in keyed}) == len(keyed):
        return {}
    told: dict[tuple[str, ...], list[Article]] = defaultdict(list)
    for key, article in keyed:
        told[key].append(article)
    found = {}
    for group in told.values():
        languages = {a.document.language for a in group}
        if len(group) < 2 or len(languages) < len(group):
            continue
        versions = sorted(
            (
                Translation(language=a.document.language or "", url=a.url, path=page_path(a))
                for a in group
            ),
            key=lambda version: version.language,
        )
        for article in group:
            found[article.id] = tuple(v for v in versions if v.url != article.url)
    return found


def _version_key(article: Article) -> tuple[str, ...]:
    """What the versions of an article have in common."""
    document = article.document
    if document.translation:
        return document.source, "told", document.translation
    return document.source, "slug", document.slug


def _links(
    article: Article, addresses: Mapping[tuple[str, str], str]
) -> tuple[tuple[str, str], ...]:
    document = article.document
    return tuple([(f, addresses.get((document.source, f), "")) for f in document.article_links])


def make_entry(
    article: Article, links: tuple[tuple[str, str], ...], translations: tuple[Translation, ...]
) -> Entry:
    """What is shown of an article that has a page or a place in a feed."""
    document = article.document
    assert article.published is not None
    assert article.updated is not None
    return Entry(
        id=article.id,
        url=article.url,
        title=document.title,
        summary=document.summary,
        published=article.published,
        updated=article.updated,
        body_key=document.body_key,
        path=page_path(article),
        section=document.categories[0] if document.categories else "",
        authors=document.authors,
        tags=document.tags,
        language=document.language,
        picture=document.picture,
        enclosures=document.enclosures,
        links=links,
        corrections=article.corrections,
        place=article.place,
        episode=document.episode,
        translations=translations,
        foreign=document.foreign,
    )


def in_feed(articles: Iterable[Article], feed: FeedSpec) -> tuple[Article, ...]:
    """Those of a feed, in their order: its author's word goes before the feed's selection."""
    articles = tuple(articles)
    if not any(article.document.feeds for article in articles):
        return select(articles, feed.select)
    named = feed.name.casefold()
    taken = {article.id for article in select(articles, feed.select)}
    return tuple(
        article
        for article in articles
        if (
            named in map(str.casefold, article.document.feeds)
            if article.document.feeds
            else article.id in taken
        )
    )


def select(articles: Iterable[Article], selection: Selection) -> tuple[Article, ...]:
    """Those that the selection takes, in their order. Names are compared without regard to case."""
    if selection == Selection():  # as most feeds say; no need to ask each article
        return tuple(articles)
    return tuple(a for a in articles if _takes(selection, a))


def _takes(selection: Selection, article: Article) -> bool:
    document = article.document
    tags = {t.casefold() for t in document.tags}
    if tags & {t.casefold() for t in selection.not_tags}:
        return False
    language = (document.language or "").casefold()
    return all(
        (
            _meets(selection.tags, tags),
            _meets(selection.authors, {a.name.casefold() for a in document.authors}),
            _meets(selection.sections, {c.casefold() for c in document.categories}),
            _meets(selection.languages, {language, language.partition("-")[0]}),
            not selection.sources or document.source in selection.sources,
        )
    )


def _meets(wanted: Sequence[str], have: set[str]) -> bool:
    return not wanted or not have.isdisjoint(w.casefold() for w in wanted)
