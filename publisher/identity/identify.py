"""PURE. All documents of a run and the record -> its articles, and the record after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from msgspec.structs import replace

from publisher.alike import in_words_of
from publisher.compose.digests import under_new_ids
from publisher.identity.clashes import (
    Clash,
    are_apart,
    find_clashes,
    in_order,
    takes_own_place,
    without_doubles,
)
from publisher.identity.matching import Key, Matcher
from publisher.identity.settling import settle, settle_again
from publisher.model import Article, Record, RecordedArticle, State
from publisher.readings import Reading
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The articles of a run, the record after it, and what a person should know.

    `reverted` are files of which the version before the last change is shown. `suspicions` are
    told once, each of a file: the next run finds it in the record.
    """

    articles: tuple[Article, ...]
    record: Record
    clashes: tuple[Clash, ...]
    reverted: tuple[Key, ...]
    suspicions: tuple[tuple[Key, str], ...]


def identify(
    readings: Sequence[Reading],
    record: Record,
    *,
    site_url: str,
    now: datetime,
    reserved: tuple[str, ...] = (),
) -> Identified:
    """Give every document its identity. `now` is the run's clock, UTC in whole seconds.

    `reserved` are beginnings of paths that the site's feeds take (publisher.addresses).

    A file that clashes with another is refused (`identity.clashes`). If its article
    was published before, it stays as it was: in its last good version, where the
    file was changed into the clash. Where the site itself now writes nothing can stay.
    """
    readings = sorted(readings, key=attrgetter("source", "file"))
    matcher = Matcher(readings, record, site_url, now)
    articles: dict[Key, Article] = {}
    lines: dict[Key, RecordedArticle] = {}
    suspicions: list[tuple[Key, str]] = []
    copies: list[tuple[Key, str]] = []
    for reading in readings:
        document = reading.document or (reading.good if reading.problem else None)
        if document is None:
            continue
        key = (reading.source, reading.file)
        known = matcher.find(key)
        article = settle_again(document, known, site_url, now) if known is not None else None
        if article is not None and known is not None:
            articles[key], lines[key] = article, in_words_of(document, known)
            continue
        if known is None:
            suspicions += [(key, told) for told in matcher.suspicions(document)]
            copies.append((key, matcher.copied(document)))
        id_ = matcher.id_of(document, known)
        articles[key], lines[key] = settle(document, known, id_, site_url, now)
    clashes: list[Clash] = []
    reverted: list[Key] = []
    if are_apart(articles.values(), reserved):
        kept = in_order(articles.values())
    else:
        clashes = find_clashes(list(articles.values()), reserved)
        reverted = _revert(clashes, articles, lines, (readings, matcher, reserved))
        kept = without_doubles(articles.values())
    refused = {(clash.source, clash.file) for clash in clashes}
    suspicions += [(key, told) for key, told in copies if told and key not in refused]
    record = _under_new_ids(record, articles, lines, matcher)
    return Identified(
        articles=_give_places(lines, kept, record),
        record=_next_record(record, lines, matcher),
        clashes=tuple(clashes),
        reverted=tuple(reverted),
        suspicions=tuple(suspicions),
    )


def _under_new_ids(
    record: Record,
    articles: Mapping[Key, Article],
    lines: Mapping[Key, RecordedArticle],
    matcher: Matcher,
) -> Record:
    """Where an author gave a published article an id of their own: readers of newsletters had it.

    (With another text an `id:` may say that it is another article; and where one of the two ids
    is another article's still, who had which would be told apart no more.)
    """
    known = {key: line for key in lines if (line := matcher.find(key)) is not None}
    given = {
        old.id: key
        for key, old in known.items()
        if old.id != lines[key].id and old.place and old.text == lines[key].text
    }
    if not given:
        return record
    others = {old.id for key, old in known.items() if old.id == lines[key].id}
    renamed = {id_: lines[key].id for id_, key in given.items()}
    renamed = {old: new for old, new in renamed.items() if others.isdisjoint((old, new))}
    said = {id_: [one.text for one in articles[given[id_]].corrections] for id_ in renamed}
    return under_new_ids(record, renamed, said) if renamed else record


def _revert(
    clashes: Iterable[Clash],
    articles: dict[Key, Article],
    lines: dict[Key, RecordedArticle],
    by: tuple[Iterable[Reading], Matcher, tuple[str, ...]],
) -> list[Key]:
    """Let what clashes be as it was before, or nothing; gives those that another version is of."""
    readings, matcher, reserved = by
    goods = {(r.source, r.file): r.good for r in readings}
    reverted = []
    for clash in clashes:
        key = (clash.source, clash.file)
        article, line = articles[key], lines[key]
        good, known = goods[key], matcher.find(key)
        if line.place and good is not None and good != article.document and known is not None:
            article, _ = settle(good, known, known.id, matcher.site_url, matcher.now)
            line = known
        if not line.place or takes_own_place(article, reserved):
            del articles[key], lines[key]
        elif (articles[key], lines[key]) != (article, line):
            articles[key], lines[key] = article, line
            reverted.append(key)
    return reverted


def _key(article: Article) -> Key:
    return article.document.source, article.document.file


def _give_places(
    lines: dict[Key, RecordedArticle], articles: Sequence[Article], record: Record
) -> tuple[Article, ...]:
    """Newly published articles get the next places, in the order of their dates."""
    last = max((r.place for r in record.articles), default=0)
    fresh = [a for a in articles if a.state is State.LISTED and not a.place]
    fresh.sort(key=lambda a: (a.published, a.id))
    given: dict[Key, Article] = {}
    for place, article in enumerate(fresh, start=last + 1):
        key = _key(article)
        lines[key] = replace(lines[key], place=place)
        given[key] = replace(article, place=place)
    if not given:
        return tuple(articles)
    return tuple(a if a.place else given.get(_key(a), a) for a in articles)


def _next_record(record: Record, lines: dict[Key, RecordedArticle], matcher: Matcher) -> Record:
    """The record with this run's lines beside those of files that are gone."""
    old = matcher.by_path
    if matcher.moved:
        old = {key: line for key, line in old.items() if key not in matcher.moved}
    merged = {**old, **lines}
    return replace(record, articles=tuple([merged[k] for k in sorted(merged)]))
