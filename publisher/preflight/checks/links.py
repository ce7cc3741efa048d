"""PURE. Where the links of a mail lead, and what they say."""

from __future__ import annotations

from collections.abc import Iterator

from publisher.links.promises import (
    SHORTENERS,
    TELLS_SENDER,
    is_local,
    same_site,
    says_nothing,
    shown_host,
    words_of,
)
from publisher.preflight.drawn import bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail, scheme_of, split
from publisher.preflight.paths import is_there

_UNSAFE = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})
_WITHOUT_HOST = frozenset({"mailto", "tel", "sms", "xmpp", "geo"})


def dead_link(mail: Mail) -> Faults:
    """dead-link: on our own site, or to a place within the mail."""
    places = {e.get(name) for e, _ in mail.drawn.elements for name in ("id", "name")}
    for link in mail.links:
        if link.url.startswith("#"):
            if link.url[1:] not in places:
                yield link.where, f"there is no place {link.url!r} in the mail"
        elif not is_there(mail, link.url):
            yield link.where, f"{link.url} will not be there"


def relative_link(mail: Mail) -> Faults:
    """relative-link: links and pictures."""
    for where, url in _addresses(mail):
        if url in mail.inside or url.startswith("#") or scheme_of(url) in _UNSAFE | _WITHOUT_HOST:
            continue
        parts = split(url)
        if parts is None or not parts.scheme or not parts.netloc:
            yield where, f"{url!r} is no whole address"


def unsafe_link(mail: Mail) -> Faults:
    """unsafe-link."""
    for link in mail.links:
        if scheme_of(link.url) in _UNSAFE:
            yield link.where, f"leads to {link.url[:60]!r}"


def http_link(mail: Mail) -> Faults:
    """http-link: links and pictures."""
    for where, url in _addresses(mail):
        if scheme_of(url) == "http":
            yield where, url


def local_link(mail: Mail) -> Faults:
    """local-link: links and pictures."""
    for where, url in _addresses(mail):
        if is_local(_host(url)):
            yield where, url


def shortened_link(mail: Mail) -> Faults:
    """shortened-link."""
    for link in mail.links:
        host = _host(link.url)
        if host.removeprefix("www.") in SHORTENERS:
            yield link.where, f"{link.url} goes through {host}"


def deceiving_link(mail: Mail) -> Faults:
    """deceiving-link: words that are an address of another site, or a name before an @."""
    for link in mail.links:
        parts, target = split(link.url), _host(link.url)
        if not target or parts is None:
            continue
        if "@" in parts.netloc:
            yield link.where, f"{link.url} hides {target} behind an @"
        shown = shown_host(link.text)
        if shown and not same_site(shown, target):
            yield link.where, f"shows {shown} and leads to {target}"


def link_text(mail: Mail) -> Faults:
    """link-text."""
    for link in mail.links:
        words = bare(link.text)
        if not words_of(words):
            yield f"link to {link.url[:70]}", "has no words"
        elif says_nothing(words):
            yield link.where, "does not say where it leads"


def tracking(mail: Mail) -> Faults:
    """tracking."""
    for link in mail.links:
        if TELLS_SENDER.search(link.url):
            yield link.where, f"{link.url} tells who sent the reader"
    for image in mail.images:
        if (image.pixels("width") or 9) <= 2 and (image.pixels("height") or 9) <= 2:
            yield image.where, "is as small as what counts openings"


def _addresses(mail: Mail) -> Iterator[tuple[str, str]]:
    yield from ((link.where, link.url) for link in mail.links)
    yield from ((image.where, image.url) for image in mail.images)


def _host(url: str) -> str:
    parts = split(url)
    return (parts.hostname or "").lower() if parts is not None and parts.scheme else ""
