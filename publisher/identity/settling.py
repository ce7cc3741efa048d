"""PURE. A document and its line of the record -> the article: dates that stay, a state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from publisher.addresses import quote_address
from publisher.fingerprint import fingerprint
from publisher.model import Article, Correction, Document, RecordedArticle, State


def settle_revision(
    document: Document, known: RecordedArticle, *, site_url: str, now: datetime
) -> tuple[Article, RecordedArticle]:
    """The article of a file whose words alone are others, and its line of the record.

    `known` is the line of just that file. `now` is the run's clock, UTC in whole seconds.
    """
    return settle(document, known, known.id, site_url, now)


def settle_again(
    document: Document, known: RecordedArticle, site_url: str, now: datetime
) -> Article | None:
    """What `settle` gives where it leaves the line as it is, and the article is listed.

    That is nearly every one in every run. None for any other, also where it is in doubt: then
    `settle` asks.
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


def settle(
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
    if known is not None and was_published and _is_put_off(document, known, published, now):
        updated = known.updated
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


def _is_put_off(
    document: Document, known: RecordedArticle, published: datetime | None, now: datetime
) -> bool:
    """Whether its author gave a published article a date to come.

    Its line keeps the `updated` that readers saw, which is before `published`: by that it is told
    from one that is to come because the clock was set back.
    """
    if published is None or published <= now or known.updated is None:
        return False
    return known.date != document.date_text or known.is_put_off


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
