"""PURE. Documents and the record -> articles: ids that never move, dates that stay, a state.

An id is made once (RFC 4151) and read from the record ever after. An article is
known by its path; a new path that holds, to the byte, what the record knows at a
path that is gone or taken by another article is that article, renamed. So is a
file whose `id:` is that of a file which is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from urllib.parse import quote, urlsplit

from publisher.addresses import quote_address
from publisher.alike import in_words_of
from publisher.clashes import (
    Clash,
    are_apart,
    find_clashes,
    in_order,
    takes_own_place,
    without_doubles,
)
from publisher.fingerprint import fingerprint
from publisher.model import Article, Correction, Document, Record, RecordedArticle, State
from publisher.readings import Reading
from publisher.values import dataclass

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The articles of a run, the record after it, and what a person should know.

    `reverted` are files of which the version before the last change is shown.
    """

    articles: tuple[Article, ...]
    record: Record
    clashes: tuple[Clash, ...]
    reverted: tuple[Key, ...]
    warnings: tuple[str, ...]


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

    A file that clashes with another is refused (publisher.clashes). If its article
    was published before, it stays as it was: in its last good version, where the
    file was changed into the clash. Where the site itself now writes nothing can stay.
    """
    readings = sorted(readings, key=attrgetter("source", "file"))
    matcher = _Matcher(readings, record, site_url, now)
    articles: dict[Key, Article] = {}
    lines: dict[Key, RecordedArticle] = {}
    warnings: list[str] = []
    for reading in readings:
        document = reading.document or (reading.good if reading.problem else None)
        if document is None:
            continue
        key = (reading.source, reading.file)
        known = matcher.find(key)
        article = _settle_again(document, known, site_url, now) if known is not None else None
        if article is not None and known is not None:
            articles[key], lines[key] = article, in_words_of(document, known)
            continue
        if known is None:
            warnings += matcher.suspicions(document)
        id_ = matcher.id_of(document, known)
        articles[key], lines[key] = _settle(document, known, id_, site_url, now)
    clashes: list[Clash] = []
    reverted: list[Key] = []
    if are_apart(articles.values(), reserved):
        kept = in_order(articles.values())
    else:
        clashes = find_clashes(list(articles.values()), reserved)
        reverted = _revert(clashes, articles, lines, (readings, matcher, reserved))
        kept = without_doubles(articles.values())
    return Identified(
        articles=_give_places(lines, kept, record),
        record=_next_record(record, lines, matcher),
        clashes=tuple(clashes),
        reverted=tuple(reverted),
        warnings=tuple(warnings),
    )


def _revert(
    clashes: Iterable[Clash],
    articles: dict[Key, Article],
    lines: dict[Key, RecordedArticle],
    by: tuple[Iterable[Reading], _Matcher, tuple[str, ...]],
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
            article, _ = _settle(good, known, known.id, matcher.site_url, matcher.now)
            line = known
        if not line.place or takes_own_place(article, reserved):
            del articles[key], lines[key]
        elif (articles[key], lines[key]) != (article, line):
            articles[key], lines[key] = article, line
            reverted.append(key)
    return reverted


class _Matcher:
    """Finds the record's line of a document, and makes ids that no line has."""

    def __init__(
        self, readings: Sequence[Reading], record: Record, site_url: str, now: datetime
    ) -> None:
        self.by_path = {(r.source, r.path): r for r in record.articles}
        self.site_url, self.now = site_url, now
        present = {(r.source, r.file): r.document for r in readings}
        self.loose: dict[Key, list[RecordedArticle]] = defaultdict(list)
        self.vanished_on: dict[tuple[str, datetime | None], list[str]] = defaultdict(list)
        self.gone: dict[str, RecordedArticle] = {}
        for key, line in self.by_path.items():
            if key not in present:
                self.gone[line.id] = line
                self.loose[line.source, line.content].append(line)
                if line.place:
                    self.vanished_on[line.source, line.published].append(line.path)
                continue
            document = present[key]
            if document is None or document.content_hash == line.content:
                continue
            if document.date_text != line.date:  # another article has taken the file's place
                self.loose[line.source, line.content].append(line)
        self.moved: set[Key] = set()
        self.renamed = dict(self._named(readings))
        self.renamed |= dict(self._renames(readings))
        self.ids = {r.id for r in record.articles}
        self.host = urlsplit(site_url).hostname or "localhost"

    def _named(self, readings: Sequence[Reading]) -> Iterator[tuple[Key, RecordedArticle]]:
        """Files whose `id:` is that of a file which is gone: renamed, and edited as well."""
        for reading in readings if self.gone else ():
            document = reading.document
            key = (reading.source, reading.file)
            line = self.gone.get(document.id) if document is not None and document.id else None
            own = self.by_path.get(key)
            if line is not None and document is not None and not _may_be(document, line):
                continue
            if line is not None and (own is None or own.id != line.id):
                del self.gone[line.id]
                self.moved.add((line.source, line.path))
                yield key, line

    def _renames(self, readings: Sequence[Reading]) -> Iterator[tuple[Key, RecordedArticle]]:
        """New paths that hold, to the byte, what the record knows at a path that is free now."""
        for reading in readings if self.loose else ():
            document = reading.document
            key = (reading.source, reading.file)
            if document is not None and key not in self.by_path and key not in self.renamed:
                lines = [
                    line
                    for line in self.loose.get((reading.source, document.content_hash), ())
                    if (line.source, line.path) not in self.moved
                ]
                if lines:
                    line = lines[0]
                    self.moved.add((line.source, line.path))
                    yield key, line

    def find(self, key: Key) -> RecordedArticle | None:
        """A renamed file's line by its id or content; else that of the path, if it did not move."""
        if key in self.renamed:
            return self.renamed[key]
        return None if key in self.moved else self.by_path.get(key)

    def id_of(self, document: Document, known: RecordedArticle | None) -> str:
        """The author's own id, else the recorded one, else a new tag URI (RFC 4151)."""
        if document.id:
            return document.id
        if known is not None:
            return known.id
        year = document.date.year if document.date else self.now.year
        path = quote(document.file, safe="/-._~!$&'()*+,;=:@")
        made = base = f"tag:{self.host},{year}:{document.source}/{path}"
        number = 1
        while made in self.ids:
            number += 1
            made = f"{base};{number}"
        self.ids.add(made)
        return made

    def suspicions(self, document: Document) -> list[str]:
        """A published file that vanished while one of the same date came: renamed and edited?"""
        if document.foreign is not None:  # feeds let their oldest go when something new comes
            return []
        return [
            f"{document.file} may be {path}, renamed and edited in one step: it counts as a new "
            f"article; write `id: {self.by_path[document.source, path].id}` into it if it is not"
            for path in self.vanished_on.get((document.source, document.date), ())
        ]


def _may_be(document: Document, line: RecordedArticle) -> bool:
    """Whether an article that is gone can be this one. What others write under its id was no
    article of ours: that had its page here."""
    return document.foreign is None or line.source == document.source or "://" in line.address


def settle_revision(
    document: Document, known: RecordedArticle, *, site_url: str, now: datetime
) -> tuple[Article, RecordedArticle]:
    """The article of a file whose words alone are others, and its line of the record.

    `known` is the line of just that file. `now` is the run's clock, UTC in whole seconds.
    """
    return _settle(document, known, known.id, site_url, now)


def _settle_again(
    document: Document, known: RecordedArticle, site_url: str, now: datetime
) -> Article | None:
    """What `_settle` gives where it leaves the line as it is, and the article is listed.

    That is nearly every one in every run. None for any other, also where it is in doubt: then
    `_settle` asks.
    """
    published, updated = known.published, known.updated
    if (
        published is None
        or updated is None
        or not known.place
        or (known.path, known.source) != (document.file, document.source)
        or known.content != document.content_hash
        or known.text != document.text_hash
        or known.date != document.date_text
        or known.address != document.address
        or (document.id is not None and known.id != document.id)
        or (known.retracted or known.by_command or known.corrections or document.corrections)
        or (document.draft or document.retract or document.expires or published > now)
    ):
        return None
    told = document.updated
    is_told = told is not None and told <= now
    latest = max(told, published) if told is not None and is_told else max(published, updated)
    if latest != updated or latest.tzinfo != updated.tzinfo:
        return None
    return Article(
        document=document,
        id=known.id,
        url=document.address if document.canonical else site_url + quote_address(document.address),
        published=published,
        updated=updated,
        state=State.LISTED,
        place=known.place,
    )


def _settle(
    document: Document,
    known: RecordedArticle | None,
    id_: str,
    site_url: str,
    now: datetime,
) -> tuple[Article, RecordedArticle]:
    """One article and its line, by what the file and the record say."""
    was_published = known is not None and known.place > 0
    published = document.date
    if known is not None and was_published and known.date == document.date_text:
        published = known.published
    state = _state(document, known, published, now)
    corrections, seen = _corrections(document, known, was_published, published, now)
    updated = _updated(document, known if was_published else None, published, now)
    if updated is not None:
        updated = max([updated, *(c.when for c in corrections if c.when and c.when <= now)])
    article = Article(
        document=document,
        id=id_,
        url=document.address if document.canonical else site_url + quote_address(document.address),
        published=published,
        updated=updated,
        state=state,
        place=known.place if known is not None else 0,
        corrections=corrections,
    )
    is_retracted = was_published and state is State.RETRACTED
    line = RecordedArticle(
        id=id_,
        source=document.source,
        path=document.file,
        content=document.content_hash,
        text=document.text_hash,
        date=document.date_text,
        published=published,
        updated=updated,
        place=known.place if known is not None else 0,
        address=known.address if known is not None and is_retracted else document.address,
        retracted=(known and known.retracted) or now if is_retracted else None,
        by_command=known is not None and known.by_command,
        corrections=seen,
    )
    return article, line


def _state(
    document: Document, known: RecordedArticle | None, published: datetime | None, now: datetime
) -> State:
    if document.retract or (known is not None and known.by_command):
        return State.RETRACTED
    if document.draft or published is None:
        return State.DRAFT
    if published > now:
        return State.SCHEDULED
    if document.expires is not None and document.expires <= now:
        return State.EXPIRED
    return State.LISTED


def _updated(
    document: Document, known: RecordedArticle | None, published: datetime | None, now: datetime
) -> datetime | None:
    """The author's word; else when a changed text was first seen; never before `published`."""
    if published is None:
        return None
    if document.updated is not None and document.updated <= now:
        updated = document.updated
    elif known is not None and known.text != document.text_hash:
        updated = now
    elif known is not None and known.updated is not None and known.published is not None:
        updated = known.updated if known.updated != known.published else published
    else:
        updated = published
    return max(updated, published)


def _corrections(
    document: Document,
    known: RecordedArticle | None,
    was_published: bool,
    published: datetime | None,
    now: datetime,
) -> tuple[tuple[Correction, ...], tuple[tuple[str, datetime], ...]]:
    """Each correction with its date, and what to remember of those that the author left undated.

    One that came with the article's first publication is as old as that.
    """
    before = dict(known.corrections) if known is not None else {}
    dated: list[Correction] = []
    seen: dict[str, datetime] = {}
    for correction in document.corrections:
        if correction.when is None and published is not None:
            mark = fingerprint(correction.text)
            when = before.get(mark) or (now if was_published else min(published, now))
            if was_published or published <= now:
                seen[mark] = when
            dated.append(replace(correction, when=when))
        else:
            dated.append(correction)
    return tuple(dated), tuple(seen.items())


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


def _next_record(record: Record, lines: dict[Key, RecordedArticle], matcher: _Matcher) -> Record:
    """The record with this run's lines beside those of files that are gone."""
    old = matcher.by_path
    if matcher.moved:
        old = {key: line for key, line in old.items() if key not in matcher.moved}
    merged = {**old, **lines}
    return replace(record, articles=tuple([merged[k] for k in sorted(merged)]))
