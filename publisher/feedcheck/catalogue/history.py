"""PURE. Rules about archives and paging (RFC 5005) and about deletions (RFC 6721)."""

from __future__ import annotations

from publisher.feedcheck.rule import ATOM, XML, Rule, advice, error

RULES: tuple[Rule, ...] = (
    error(
        "archive-and-complete",
        XML,
        "A document is an archive or the complete feed, not both.",
        "Keep fh:archive in archive documents, fh:complete where there are none.",
        "RFC 5005 sections 2 and 4",
    ),
    error(
        "complete-with-paging",
        XML,
        "A complete feed has no links to other documents of the feed.",
        "Leave out fh:complete, or the links next, prev-archive and so on.",
        "RFC 5005 section 2",
    ),
    advice(
        "archive-without-current",
        XML,
        "An archive document links to the feed's current document.",
        'Write a link with rel="current".',
        "RFC 5005 section 4",
    ),
    error(
        "history-link-to-itself",
        XML,
        "A link to an earlier or later document of the feed is not to the document itself.",
        "Leave the link out where there is no such document.",
        "RFC 5005 sections 3 and 4",
    ),
    error(
        "archive-is-current",
        XML,
        "An archive document is not the feed's current document.",
        "Leave fh:archive out of the document that one subscribes to.",
        "RFC 5005 section 4",
    ),
    error(
        "history-link-repeated",
        XML,
        "There is one link of each kind to other documents of the feed.",
        "Keep one.",
        "RFC 5005 sections 3 and 4",
    ),
    error(
        "history-link-relative",
        XML,
        "A link to another document of the feed is absolute.",
        "Write the whole address: whoever walks the archives follows it from elsewhere.",
        "RFC 5005 section 4",
    ),
    error(
        "tombstone-incomplete",
        ATOM,
        "A deleted-entry has ref, an IRI, and when.",
        "Write the id of the entry as ref and the time of deletion as when.",
        "RFC 6721 section 3",
    ),
    advice(
        "tombstone-of-an-entry",
        ATOM,
        "What is deleted is not in the feed.",
        "Take the entry out, or the deleted-entry.",
        "RFC 6721 section 3",
    ),
)
