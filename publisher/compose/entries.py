"""PURE. Articles as feeds, pages and digests show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from publisher.addresses import address_path
from publisher.config import Selection
from publisher.model import Article, Entry, Record, State, Tombstone


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
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(article for _, article in dated)


def make_entries(articles: Sequence[Article]) -> Mapping[str, Entry]:
    """Entry by id for every article that has a page or a place in a feed."""
    shown = [a for a in articles if a.state in (State.LISTED, State.EXPIRED)]
    addresses = {(a.document.source, a.document.file): a.url for a in shown}
    return {article.id: _entry(article, addresses) for article in shown}


def _entry(article: Article, addresses: Mapping[tuple[str, str], str]) -> Entry:
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
        links=tuple(
            (file, addresses.get((document.source, file), "")) for file in document.article_links
        ),
        corrections=article.corrections,
        place=article.place,
        episode=document.episode,
        foreign=document.foreign,
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
