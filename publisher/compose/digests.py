"""PURE. What an issue of a newsletter says: new by id, newest first, within limits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from publisher.compose.entries import select
from publisher.config import NewsletterSpec
from publisher.fingerprint import dump, hash_of
from publisher.model import Article, Digest, Entry, Issue, RecordedIssue

_OF_AN_ENTRY = (
    *("id", "url", "title", "summary", "published", "updated", "body_key", "path", "section"),
    *("authors", "tags", "language", "picture", "enclosures", "links"),
)
_OF_AN_ENCLOSURE = ("url", "length", "media_type")


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
    """What an issue says, as one hash: equal while no word, link or order in it differs.

    What counts is named, so that a field that comes to entries later changes no hash in
    the records there are.
    """
    said = msgspec.json.decode(dump(digest))
    for name in ("entries", "overflow"):
        said[name] = [_only(_OF_AN_ENTRY, entry) for entry in said[name]]
    return hash_of(msgspec.json.encode((said,)))


def _only(names: Sequence[str], entry: Mapping[str, Any]) -> dict[str, Any]:
    enclosures = [{name: one[name] for name in _OF_AN_ENCLOSURE} for one in entry["enclosures"]]
    return {name: entry[name] for name in names} | {"enclosures": enclosures}


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
