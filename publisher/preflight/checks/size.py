"""PURE. Size, and what laws and inboxes ask of every mail."""

from __future__ import annotations

from publisher.links.ascii import ascii_url
from publisher.preflight.drawn import squash
from publisher.preflight.finding import Faults
from publisher.preflight.mail import SHOWN_BYTES, Mail, links, text_part

MESSAGE_LIMIT = 150_000
MESSAGE_LIMIT_WITH_PICTURES = 1_000_000


def html_size(mail: Mail) -> Faults:
    """html-size."""
    if len(mail.html) > SHOWN_BYTES:
        yield "HTML", f"{len(mail.html):,} bytes"


def message_size(mail: Mail) -> Faults:
    """message-size."""
    limit = MESSAGE_LIMIT_WITH_PICTURES if mail.inside else MESSAGE_LIMIT
    if len(mail.proof.message) > limit:
        yield "message", f"{len(mail.proof.message):,} bytes"


def unsubscribe_shown(mail: Mail) -> Faults:
    """unsubscribe-shown: a link that is seen, with words in it."""
    address, _ = mail.proof.reader_links
    if not any(link.url == address and link.text and not link.hidden for link in links(mail.shown)):
        yield "HTML", _where_else(there=any(link.url == address for link in mail.links))


def postal_address_shown(mail: Mail) -> Faults:
    """postal-address-shown."""
    yield from _said(mail, mail.proof.newsletter.postal_address)


def reason_shown(mail: Mail) -> Faults:
    """reason-shown."""
    if mail.proof.reason:
        yield from _said(mail, mail.proof.reason)


def unsubscribe_in_text(mail: Mail) -> Faults:
    """unsubscribe-in-text."""
    text = squash(text_part(mail))
    if not text:
        return  # text-part-missing says so
    for needed in (mail.proof.reader_links[0], mail.proof.newsletter.postal_address):
        if squash(needed) not in text:
            yield "text", f"lacks {needed!r}"


def web_version(mail: Mail) -> Faults:
    """web-version."""
    folder = f"{ascii_url(mail.proof.site.url)}newsletters/{mail.proof.issue.newsletter}/"
    if not any(link.url.startswith(folder) and not link.hidden for link in links(mail.shown)):
        yield "HTML", f"no link to a page in {folder}"


def _said(mail: Mail, needed: str) -> Faults:
    if squash(needed) not in mail.shown.visible():
        there = squash(needed) in squash("".join(mail.drawn.root.itertext()))
        yield "HTML", f"{_where_else(there=there)}: {needed!r}"


def _where_else(*, there: bool) -> str:
    if not there:
        return "not there"
    return "hidden, or after the first 100,000 bytes"
