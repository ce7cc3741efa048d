"""Issues for the tests of pre-flight: a good one, ways to spoil it, and cases of a check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from publisher.config import NewsletterSpec, SiteSpec
from publisher.fingerprint import hash_of
from publisher.mime import SAMPLE_TOKEN, fill, mailed_html, sample_files
from publisher.model import Digest, EmbeddedPicture, Issue, Picture, RenderedIssue
from publisher.preflight import Proof
from tests.factories import SITE_URL, make_asset, make_entry, make_newsletter
from tests.mail_samples import draw, make_digest

LINK = '<a href="{}" style="color:#1d1b18">{}</a>'
PLACE = "newsletters/weekly/12/"
UNSUBSCRIBE = "https://reader.invalid/unsubscribe"
REASON = "You receive The Weekly Courier because you subscribed to it."
BOAT = make_asset()
ENTRIES = (
    make_entry(
        number=1,
        title="A boat comes home",
        summary="It was away for a year, and nobody on the pier knew its crew any more. " * 2,
        picture=Picture(
            url=SITE_URL + BOAT.path,
            alt="A boat at the pier",
            media_type=BOAT.media_type,
            width=BOAT.width,
            height=BOAT.height,
        ),
    ),
    make_entry(number=2, title="The tide tables are out", summary="They are free at the library."),
)
PATHS = frozenset(
    {
        BOAT.path,
        "index.html",
        "2026/11/01/1/index.html",
        "2026/11/01/2/index.html",
        "newsletters/weekly/12/index.html",
    }
)


def make_proof(
    digest: Digest | None = None,
    *,
    html: Callable[[str], str] = str,
    text: Callable[[str], str] = str,
    message: Callable[[bytes], bytes] = bytes,
    subject: str | None = None,
    newsletter: NewsletterSpec | None = None,
    site: SiteSpec | None = None,
    embedded: tuple[EmbeddedPicture, ...] = (),
    **changes: Any,
) -> Proof:
    """A proof that passes every check, but for what is changed in its HTML, text or message."""
    digest = digest or make_digest(*ENTRIES)
    newsletter = newsletter or make_newsletter()
    site = site or SiteSpec(title="The Example Courier", url=SITE_URL)
    drawn = _drawn() if digest == make_digest(*ENTRIES) else draw(digest)
    rendered = RenderedIssue(
        subject=drawn.subject if subject is None else subject,
        html=html(drawn.html),
        text=text(drawn.text),
        embedded=embedded,
    )
    mail_url = changes.pop("mail_url", site.url)
    files = sample_files(
        rendered, number=12, slot=digest.slot, newsletter=newsletter, mail_url=mail_url
    )
    values: dict[str, Any] = {
        "issue": Issue(
            newsletter="weekly", number=12, digest=digest, rendered=rendered, checksum="c"
        ),
        "newsletter": newsletter,
        "site": site,
        "mail_url": mail_url,
        "token": SAMPLE_TOKEN,
        "html": fill(mailed_html(rendered, newsletter), token=SAMPLE_TOKEN, mail_url=mail_url),
        "text": files["email.txt"].decode(),
        "message": message(files["email.eml"]),
        "now": digest.slot,
        "language": "en",
        "reason": REASON,
        "paths": PATHS,
        "pictures": {BOAT.path: BOAT},
    }
    return Proof(**(values | changes))


def embed(
    size: int = 20_000, *, url: str = SITE_URL + BOAT.path, path: str = BOAT.path
) -> EmbeddedPicture:
    """A picture of so many bytes to be sent inside the message: the boat, unless told."""
    data = b"\xff\xd8" + b"b" * (size - 2)
    return EmbeddedPicture(
        url=url, path=path, media_type="image/jpeg", article="", hash=hash_of(data), data=data
    )


@cache
def _drawn() -> RenderedIssue:
    return draw(make_digest(*ENTRIES))


def swap(old: str, new: str) -> Callable[[str], str]:
    """One text for another, which must be there."""

    def swapped(text: str) -> str:
        assert old in text, old
        return text.replace(old, new)

    return swapped


def swap_bytes(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The same in a message."""

    def swapped(data: bytes) -> bytes:
        assert old in data, old
        return data.replace(old, new, 1)

    return swapped


def add(html: str) -> Callable[[str], str]:
    """Something more at the end of the mail, on its paper."""
    return swap("</body>", f'<div style="font-size:16px">{html}</div></body>')


def style(css: str) -> Callable[[str], str]:
    """More rules in the head."""
    return swap("</head>", f"<style>{css}</style></head>")


def entries(*changes: dict[str, Any]) -> Digest:
    """The good issue with its entries changed, one after the other."""
    kept = [replace(e, **c) for e, c in zip(ENTRIES, changes, strict=False)]
    return make_digest(*kept, *ENTRIES[len(kept) :])


@dataclass(frozen=True)
class Case:
    """A check, a proof that it finds fault with, one that it does not, and what else differs."""

    check: str
    bad: Proof
    good: Proof
    about: str = ""

    def __str__(self) -> str:
        return f"{self.check} {self.about}".strip()


def link(url: str, words: str = "the harbour office") -> Proof:
    return make_proof(html=add(LINK.format(url, words)))


def picture(attributes: str, **changes: object) -> Proof:
    return make_proof(html=add(f"<img {attributes}>"), **changes)


def paragraph(css: str, words: str = "Some words.") -> Proof:
    return make_proof(html=add(f'<p style="{css}">{words}</p>'))
