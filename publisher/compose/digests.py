"""PURE. What an issue of a newsletter says: new by id, pinned and newest first, within limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from publisher.compose.entries import select
from publisher.config import NewsletterSpec, SectionSpec
from publisher.fingerprint import dump, fingerprint, hash_of
from publisher.model import (
    Article,
    CorrectedEntry,
    Digest,
    DigestSection,
    Entry,
    Issue,
    Record,
    RecordedIssue,
    State,
)

_OF_AN_ENTRY = (
    *("id", "url", "title", "summary", "published", "updated", "body_key", "path", "section"),
    *("authors", "tags", "language", "picture", "enclosures", "links"),
)
_OF_AN_ENCLOSURE = ("url", "length", "media_type")
_ON_THE_WAY = (State.LISTED, State.SCHEDULED, State.DRAFT)
_CAME_LATER = ("sections", "corrected", "note")
"""Fields that count for the checksum only where they say something."""


def new_articles(
    newsletter: NewsletterSpec,
    listed: Iterable[Article],
    *,
    slot: datetime,
    done: Collection[str],
) -> list[Article]:
    """What the newsletter may say at a slot and has not said yet: pinned first, then newest.

    `listed` is newest first; `done` are ids that earlier issues hold or passed over. An
    article with `digest: false` is not for mail; nor is one that no section takes.
    """
    by_then = (a for a in listed if a.published is not None and a.published <= slot)
    new = [a for a in _for_mail(newsletter, by_then) if a.id not in done]
    return sorted(new, key=lambda article: not article.document.pinned)


def over_for_good(
    newsletter: NewsletterSpec, ids: Collection[str], articles: Iterable[Article]
) -> frozenset[str]:
    """Those of these ids that no issue will tell, as things are: the article is gone, expired or
    taken back, or is not for this newsletter's mails any more.

    One that is only a draft again, or has a date to come, is on its way back.
    """
    there = (a for a in articles if a.id in ids and a.state in _ON_THE_WAY)
    return frozenset(ids).difference(a.id for a in _for_mail(newsletter, there))


def _for_mail(newsletter: NewsletterSpec, articles: Iterable[Article]) -> list[Article]:
    chosen = [a for a in select(articles, newsletter.select) if a.document.digest]
    if not newsletter.sections:
        return chosen
    return [a for a in chosen if any(select([a], s.select) for s in newsletter.sections)]


def compose_digest(
    newsletter: NewsletterSpec,
    new: Sequence[Article],
    listed: Iterable[Article],
    entries: Mapping[str, Entry],
    *,
    slot: datetime,
    first: bool,
    corrected: Sequence[CorrectedEntry] = (),
    passed: Collection[str] = (),
    dropped: Collection[str] = (),
) -> Digest | None:
    """The digest of a slot, or None when fewer than `min_items` are `new`.

    The first issue holds `max_items` and passes over all else that was published by
    then, but what an editor took out of just this one (`dropped`); later ones hold all that is
    new, what is over `max_items` as overflow, and pass over what an editor took out for good
    (`passed`).
    """
    if len(new) < newsletter.min_items:
        return None
    placed, rest = _place(newsletter, new)
    shown = [article for _, articles in placed for article in articles]
    stays = {*dropped, *(a.id for a in shown)}
    by_then = (a for a in listed if a.published is not None and a.published <= slot)
    titled = [DigestSection(title=t, size=len(articles)) for t, articles in placed if articles]
    return _digest(
        newsletter,
        slot,
        entries=tuple(entries[a.id] for a in shown),
        overflow=() if first else tuple(entries[a.id] for a in rest),
        passed=tuple(sorted((a.id for a in by_then if a.id not in stays) if first else passed)),
        sections=tuple(titled) if newsletter.sections else (),
        corrected=tuple(corrected),
    )


def _place(
    newsletter: NewsletterSpec, new: Sequence[Article]
) -> tuple[list[tuple[str, list[Article]]], list[Article]]:
    """The articles of each section, by title, and those for which there is no room.

    Each goes to the first section that takes it and has room.
    """
    if not newsletter.sections:
        return [("", list(new[: newsletter.max_items]))], list(new[newsletter.max_items :])
    placed: list[tuple[str, list[Article]]] = [(s.title, []) for s in newsletter.sections]
    rest: list[Article] = []
    room = newsletter.max_items
    for article in new:
        for spec, (_, articles) in zip(newsletter.sections, placed, strict=True):
            if room and _has_room(spec, len(articles)) and select([article], spec.select):
                articles.append(article)
                room -= 1
                break
        else:
            rest.append(article)
    return placed, rest


def recompose_digest(
    newsletter: NewsletterSpec,
    recorded: RecordedIssue,
    articles: Iterable[Article],
    entries: Mapping[str, Entry],
) -> Digest | None:
    """The digest of a recorded issue made again from today's articles; None when none is left."""
    by_id = {article.id: article for article in articles if article.id in entries}
    held = [by_id[id_] for id_ in recorded.items if id_ in by_id]
    if not held:
        return None
    shown = held[: newsletter.max_items]
    told = [c for _, c in _corrections(by_id.values()) if _mark(c.id, c.text) in recorded.corrected]
    return _digest(
        newsletter,
        recorded.slot,
        entries=tuple(entries[a.id] for a in shown),
        overflow=tuple(entries[a.id] for a in held[newsletter.max_items :]),
        passed=recorded.passed,
        sections=_headed(newsletter, shown),
        corrected=tuple(c for c in told if c.id not in recorded.items),
    )


def _headed(newsletter: NewsletterSpec, shown: Sequence[Article]) -> tuple[DigestSection, ...]:
    """The sections that articles stand in, which come in the order of the sections.

    One that no section takes any more stays with the article before it.
    """
    specs = newsletter.sections
    counts = [0] * len(specs)
    place = 0
    for article in shown if specs else ():
        later = (n for n in range(place, len(specs)) if _has_room(specs[n], counts[n]))
        place = next((n for n in later if select([article], specs[n].select)), place)
        counts[place] += 1
    pairs = zip(specs, counts, strict=True)
    return tuple(DigestSection(title=spec.title, size=count) for spec, count in pairs if count)


def _has_room(section: SectionSpec, held: int) -> bool:
    return section.max_items is None or held < section.max_items


def find_corrected(
    articles: Iterable[Article], past: Iterable[RecordedIssue]
) -> tuple[CorrectedEntry, ...]:
    """What earlier issues said and was corrected since, in the order of the corrections.

    Told once: what an issue lists, or its own entries carried, is in its line of the record.
    """
    told: set[str] = set()
    holding: set[str] = set()
    for issue in past:
        told.update(issue.corrected)
        holding.update(issue.items)
    found = _corrections(a for a in articles if a.id in holding)
    return tuple(c for _, c in found if _mark(c.id, c.text) not in told)


def _corrections(articles: Iterable[Article]) -> list[tuple[datetime, CorrectedEntry]]:
    """Every dated correction of the articles that are shown, in their order."""
    found = [
        (
            correction.when,
            CorrectedEntry(
                id=article.id,
                url=article.url,
                title=article.document.title,
                text=correction.text,
            ),
        )
        for article in articles
        if article.state in (State.LISTED, State.EXPIRED)
        for correction in article.corrections
        if correction.when is not None
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def _mark(id_: str, text: str) -> str:
    return fingerprint(id_, text)


def under_new_ids(
    record: Record, ids: Mapping[str, str], corrections: Mapping[str, Iterable[str]]
) -> Record:
    """The record with new ids (`ids`: old -> new) in what newsletters told and passed over, so that
    no article counts as new by it, nor any of its `corrections`, which are by old id."""
    marks = {_mark(old, t): _mark(ids[old], t) for old in ids for t in corrections.get(old, ())}

    def renamed(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(ids.get(name, name) for name in names)

    return replace(
        record,
        issues=tuple(
            replace(
                issue,
                items=renamed(issue.items),
                passed=renamed(issue.passed),
                corrected=tuple(sorted(marks.get(mark, mark) for mark in issue.corrected)),
            )
            for issue in record.issues
        ),
        beginnings=tuple(
            replace(one, passed=tuple(sorted(renamed(one.passed)))) for one in record.beginnings
        ),
    )


def digest_checksum(digest: Digest) -> str:
    """What an issue says, as one hash: equal while no word, link or order in it differs.

    What counts is named, so that a field that comes to entries later changes no hash in
    the records there are.
    """
    said = msgspec.json.decode(dump(digest))
    for name in ("entries", "overflow"):
        said[name] = [_only(_OF_AN_ENTRY, entry) for entry in said[name]]
    for name in _CAME_LATER:
        if not said[name]:
            del said[name]
    return hash_of(msgspec.json.encode((said,)))


def _only(names: Sequence[str], entry: Mapping[str, Any]) -> dict[str, Any]:
    enclosures = [{name: one[name] for name in _OF_AN_ENCLOSURE} for one in entry["enclosures"]]
    return {name: entry[name] for name in names} | {"enclosures": enclosures}


def recorded_issue(issue: Issue) -> RecordedIssue:
    """The record's line of an issue."""
    digest = issue.digest
    held = (*digest.entries, *digest.overflow)
    carried = [_mark(e.id, correction.text) for e in held for correction in e.corrections]
    listed = [_mark(c.id, c.text) for c in digest.corrected]
    return RecordedIssue(
        newsletter=issue.newsletter,
        number=issue.number,
        slot=digest.slot,
        items=tuple(e.id for e in held),
        passed=digest.passed,
        checksum=issue.checksum,
        corrected=tuple(sorted({*carried, *listed})),
        note=digest.note.mark if digest.note else "",
        also_for=issue.also_for,
    )


def _digest(
    newsletter: NewsletterSpec,
    slot: datetime,
    *,
    entries: tuple[Entry, ...],
    overflow: tuple[Entry, ...],
    passed: tuple[str, ...],
    sections: tuple[DigestSection, ...] = (),
    corrected: tuple[CorrectedEntry, ...] = (),
) -> Digest:
    """With the plainest of subjects: those of the newsletter's templates are put in later."""
    return Digest(
        newsletter=newsletter.name,
        slot=slot,
        subject=newsletter.title,
        preheader="",
        entries=entries,
        overflow=overflow,
        passed=passed,
        sections=sections,
        corrected=corrected,
    )
