"""PURE. What an issue of a newsletter says: new by id, newest first, within limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from publisher.compose.entries import select
from publisher.config import NewsletterSpec
from publisher.fingerprint import fingerprint
from publisher.model import Article, Digest, Entry, Issue, RecordedIssue


def compose_digest(
    newsletter: NewsletterSpec,
    listed: Sequence[Article],
    entries: Mapping[str, Entry],
    *,
    slot: datetime,
    done: Collection[str],
    first: bool,
) -> Digest | None:
    """The digest of a slot, or None when fewer than `min_items` are new.

    `listed` is newest first; `done` are ids that earlier issues hold or passed
    over. The first issue holds the newest `max_items` and passes over all else
    that was published by then; later ones hold all that is new, what is over
    `max_items` as overflow.
    """
    by_then = [a for a in listed if a.published is not None and a.published <= slot]
    new = [a for a in select(by_then, newsletter.select) if a.id not in done and a.document.digest]
    if len(new) < newsletter.min_items:
        return None
    shown, rest = new[: newsletter.max_items], new[newsletter.max_items :]
    held = {a.id for a in shown}
    return _digest(
        newsletter,
        slot,
        entries=tuple(entries[a.id] for a in shown),
        overflow=() if first else tuple(entries[a.id] for a in rest),
        passed=tuple(sorted(a.id for a in by_then if a.id not in held)) if first else (),
    )


def recompose_digest(
    newsletter: NewsletterSpec, recorded: RecordedIssue, entries: Mapping[str, Entry]
) -> Digest | None:
    """The digest of a recorded issue made again from today's articles; None when none is left."""
    held = [entries[i] for i in recorded.items if i in entries]
    if not held:
        return None
    return _digest(
        newsletter,
        recorded.slot,
        entries=tuple(held[: newsletter.max_items]),
        overflow=tuple(held[newsletter.max_items :]),
        passed=recorded.passed,
    )


def digest_checksum(digest: Digest) -> str:
    """What an issue says, as one hash: equal while no word, link or order in it differs."""
    return fingerprint(
        (digest.newsletter, digest.slot, digest.subject, digest.preheader, digest.passed),
        [_said(entry) for entry in digest.entries],
        [_said(entry) for entry in digest.overflow],
    )


def _said(entry: Entry) -> tuple[object, ...]:
    """What a digest can show of an entry: named one by one, so that a new field changes nothing."""
    return (
        (entry.id, entry.url, entry.title, entry.summary, entry.section, entry.language),
        (entry.published, entry.updated, entry.authors, entry.tags, entry.picture),
    )


def recorded_issue(issue: Issue) -> RecordedIssue:
    """The record's line of an issue."""
    digest = issue.digest
    return RecordedIssue(
        newsletter=issue.newsletter,
        number=issue.number,
        slot=digest.slot,
        items=tuple(e.id for e in (*digest.entries, *digest.overflow)),
        passed=digest.passed,
        checksum=issue.checksum,
    )


def _digest(
    newsletter: NewsletterSpec,
    slot: datetime,
    *,
    entries: tuple[Entry, ...],
    overflow: tuple[Entry, ...],
    passed: tuple[str, ...],
) -> Digest:
    others = " · ".join(e.title for e in entries[1:4])
    return Digest(
        newsletter=newsletter.name,
        slot=slot,
        subject=f"{newsletter.title}: {entries[0].title}",
        preheader=others or entries[0].summary,
        entries=entries,
        overflow=overflow,
        passed=passed,
    )
