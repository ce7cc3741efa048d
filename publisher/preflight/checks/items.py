"""PURE. The articles of an issue: each once, new, and the same in HTML and text."""

from __future__ import annotations

from collections import Counter

from publisher.preflight.drawn import bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail, text_part


def duplicate_item(mail: Mail) -> Faults:
    """duplicate-item."""
    digest = mail.proof.issue.digest
    entries = (*digest.entries, *digest.overflow)
    for what, values in (("id", [e.id for e in entries]), ("address", [e.url for e in entries])):
        for value, count in Counter(values).items():
            if count > 1:
                yield value, f"{count} articles have this {what}"


def same_title(mail: Mail) -> Faults:
    """same-title."""
    titles = Counter(bare(e.title).casefold() for e in mail.proof.issue.digest.entries)
    for entry in mail.proof.issue.digest.entries:
        count = titles.pop(bare(entry.title).casefold(), 0)
        if count > 1:
            yield repr(entry.title), f"{count} articles"


def item_of_earlier_issue(mail: Mail) -> Faults:
    """item-of-earlier-issue."""
    digest = mail.proof.issue.digest
    for entry in (*digest.entries, *digest.overflow):
        if entry.id in mail.proof.held:
            yield repr(entry.title), f"{entry.id} was in one"


def no_items(mail: Mail) -> Faults:
    """no-items."""
    shown = {link.url for link in mail.links}
    addresses = [url for _, url in mail.items()]
    if addresses and not any(url in shown for url in addresses):
        yield "HTML", f"none of {len(addresses)} is linked"


def text_part_missing(mail: Mail) -> Faults:
    """text-part-missing."""
    if not bare(text_part(mail)):
        yield "message", "no text/plain with words in it"


def parts_differ(mail: Mail) -> Faults:
    """parts-differ."""
    shown = {link.url for link in mail.links}
    lines = {line.strip() for line in text_part(mail).splitlines()}
    if not any(lines):
        return  # text-part-missing says so
    for entry, url in mail.items():
        if (url in shown) != (url in lines):
            yield repr(entry.title), f"only in the {'HTML' if url in shown else 'text'}"
