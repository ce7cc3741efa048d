"""PURE. Documents and the record -> articles: ids that never move, dates that stay, a state.

The rules are those of CONTRACT: an article is known by its path, else by its
content hash; an id is made once (RFC 4151) and read from the record ever after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote, urlsplit

from publisher.addresses import RESERVED, address_path, quote_address
from publisher.errors import ArticleError, Location
from publisher.model import Article, Document, Record, RecordedArticle, State
from publisher.readings import Reading

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A file that is refused for what only shows between articles."""

    source: str
    file: str
    problem: ArticleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The articles of a run, the record after it, and what a person should know."""

    articles: tuple[Article, ...]
    record: Record
    clashes: tuple[Clash, ...]
    warnings: tuple[str, ...]


def identify(
    readings: Sequence[Reading], record: Record, *, site_url: str, now: datetime
) -> Identified:
    """Give every document its identity. `now` is the run's clock, UTC in whole seconds.

    Clashes are one id or one address for two articles, or an address of the site's
    own. Such a file is refused; if it was published before, it stays as it was.
    """
    matcher = _Matcher(record, {(r.source, r.file) for r in readings}, site_url, now)
    articles, lines, warnings = [], {}, []
    for reading in sorted(readings, key=lambda r: (r.source, r.file)):
        document = reading.document or reading.good
        if document is None:
            continue
        known = matcher.find(document)
        if known is None:
            warnings += matcher.suspicions(document)
        article, line = _settle(
            document,
            known,
            matcher.id_of(document, known),
            site_url,
            now,
            stale=reading.document is None,
        )
        articles.append(article)
        lines[document.source, document.file] = line
    kept, clashes = _refuse_clashes(articles, lines)
    return Identified(
        articles=tuple(kept),
        record=_next_record(record, lines, kept, matcher.moved),
        clashes=tuple(clashes),
        warnings=tuple(warnings),
    )


class _Matcher:
    """Finds the record's line of a document, and makes ids that no line has."""

    def __init__(
        self, record: Record, present: Collection[Key], site_url: str, now: datetime
    ) -> None:
        self.by_path = {(r.source, r.path): r for r in record.articles}
        gone = [r for r in record.articles if (r.source, r.path) not in present]
        self.vanished: dict[Key, list[RecordedArticle]] = defaultdict(list)
        self.vanished_on: dict[tuple[str, datetime | None], list[str]] = defaultdict(list)
        for line in gone:
            self.vanished[line.source, line.content].append(line)
            if line.place:
                self.vanished_on[line.source, line.published].append(line.path)
        self.ids = {r.id for r in record.articles}
        self.moved: set[Key] = set()
        self.host = (urlsplit(site_url).hostname or "localhost").encode("idna").decode("ascii")
        self.year = now.year

    def find(self, document: Document) -> RecordedArticle | None:
        """By path; else, for a renamed file, by content among the lines whose file is gone."""
        known = self.by_path.get((document.source, document.file))
        if known is not None:
            return known
        gone = self.vanished.get((document.source, document.content_hash))
        if not gone:
            return None
        known = gone.pop(0)
        self.moved.add((known.source, known.path))
        return known

    def id_of(self, document: Document, known: RecordedArticle | None) -> str:
        """The author's own id, else the recorded one, else a new tag URI (RFC 4151)."""
        if document.id:
            return document.id
        if known is not None:
            return known.id
        year = document.date.year if document.date else self.year
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
        return [
            f"{document.file} may be {path}, renamed and edited in one step: it counts as a new "
            f"article; write `id: {self.by_path[document.source, path].id}` into it if it is not"
            for path in self.vanished_on.get((document.source, document.date), ())
        ]


def _settle(
    document: Document,
    known: RecordedArticle | None,
    id_: str,
    site_url: str,
    now: datetime,
    *,
    stale: bool,
) -> tuple[Article, RecordedArticle]:
    """One article and its line, by what the file and the record say."""
    was_published = known is not None and known.place > 0
    published = document.date
    if known is not None and was_published and known.date == document.date_text:
        published = known.published
    state = _state(document, published, now)
    updated = _updated(document, known if was_published else None, published, now)
    article = Article(
        document=document,
        id=id_,
        url=document.address if document.canonical else site_url + quote_address(document.address),
        published=published,
        updated=updated,
        state=state,
        stale=stale,
    )
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
    )
    return article, line


def _state(document: Document, published: datetime | None, now: datetime) -> State:
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


def _refuse_clashes(
    articles: Sequence[Article], lines: dict[Key, RecordedArticle]
) -> tuple[list[Article], list[Clash]]:
    """Take out articles that share an id or an address, unless they were published before."""
    refused: dict[Key, ArticleError] = {}
    for article in articles:
        place = address_path(article.document.address)
        if not article.document.canonical and place.startswith(RESERVED):
            refused[_key(article)] = _problem(
                article,
                f"the address /{article.document.address} is the site's own",
                "give it another `slug:` or `url:`",
            )
    for what, value in (("id", _by_id), ("address", _by_url)):
        for clash in _groups(articles, value):
            names = " and ".join(a.document.file for a in clash)
            for article in clash:
                refused.setdefault(
                    _key(article),
                    _problem(
                        article,
                        f"{names} have the same {what}: {value(article)}",
                        f"give one of them another `{'id' if what == 'id' else 'slug'}:`",
                    ),
                )
    kept = []
    for article in articles:
        key = _key(article)
        if key not in refused:
            kept.append(article)
        elif lines[key].place:
            kept.append(replace(article, stale=True))
        else:
            del lines[key]
    clashes = [Clash(source=s, file=f, problem=problem) for (s, f), problem in refused.items()]
    return _distinct(kept), clashes


def _distinct(articles: Iterable[Article]) -> list[Article]:
    """Of articles that were all published before, the one with the lowest id keeps the address."""
    seen: set[str] = set()
    kept = []
    for article in sorted(articles, key=lambda a: (a.id, a.document.file)):
        marks = {article.id, article.url}
        if seen.isdisjoint(marks):
            kept.append(article)
        seen |= marks
    return kept


def _by_id(article: Article) -> str:
    return article.id


def _by_url(article: Article) -> str:
    return article.url if article.document.canonical else address_path(article.document.address)


def _groups(articles: Sequence[Article], value: Callable[[Article], str]) -> list[list[Article]]:
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        groups[value(article)].append(article)
    return [group for group in groups.values() if len(group) > 1]


def _key(article: Article) -> Key:
    return article.document.source, article.document.file


def _problem(article: Article, message: str, mend: str) -> ArticleError:
    return ArticleError(message, where=Location(file=article.document.file), mend=mend)


def _next_record(
    record: Record,
    lines: dict[Key, RecordedArticle],
    articles: Sequence[Article],
    moved: Collection[Key],
) -> Record:
    """The record with this run's lines; newly published articles get the next places."""
    last = max((r.place for r in record.articles), default=0)
    fresh = [a for a in articles if a.state is State.LISTED and not lines[_key(a)].place]
    fresh.sort(key=lambda a: (a.published, a.id))
    for place, article in enumerate(fresh, start=last + 1):
        key = _key(article)
        lines[key] = replace(lines[key], place=place)
    old = {(r.source, r.path): r for r in record.articles if (r.source, r.path) not in moved}
    merged = {**old, **lines}
    return Record(articles=tuple(merged[k] for k in sorted(merged)), issues=record.issues)
