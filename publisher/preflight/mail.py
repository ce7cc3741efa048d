"""PURE. A proof taken apart once, for all checks: the HTML drawn, links, pictures, headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import unquote, urlsplit

from publisher.links.ascii import ascii_url
from publisher.mime.embedding import content_ids
from publisher.model import Entry
from publisher.preflight.drawn import Drawn, Look, bare, draw, squash
from publisher.preflight.proof import Proof
from publisher.values import dataclass

SHOWN_BYTES = 100_000
"""What must be seen lies before this: Gmail cuts at 102,400 bytes, and a token may be longer."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: where it leads, what it shows (the words of a picture in it count)."""

    url: str
    text: str
    hidden: bool

    @property
    def where(self) -> str:
        """The link as a person finds it."""
        return f"link {_short(self.text or self.url)!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in the HTML; `alt` is None where there is none.

    `address` is where it lies: `url` itself, but of a picture inside the message.
    """

    url: str
    address: str
    alt: str | None
    element: Any
    look: Look

    @property
    def where(self) -> str:
        """The picture as a person finds it."""
        return f"picture {_short(self.address)}"

    def pixels(self, name: str) -> int | None:
        """Its width or height attribute, where that is a whole number."""
        value: str = self.element.get(name, "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 6 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What the checks look at. `shown` is the HTML that is surely not cut off.

    `inside` are the pictures that are sent within the message: how the HTML names each (`cid:`),
    and its address on the site.
    """

    proof: Proof
    html: bytes
    drawn: Drawn
    shown: Drawn
    links: tuple[Link, ...]
    images: tuple[Image, ...]
    inside: Mapping[str, str]
    message: Message
    head: tuple[bytes, ...]

    @property
    def subject(self) -> str:
        """The subject as the issue has it."""
        return self.proof.issue.rendered.subject

    def items(self) -> Iterator[tuple[Entry, str]]:
        """The entries that the mail may show, each with its address as it stands in mail."""
        for entry in self.proof.issue.digest.entries:
            try:
                yield entry, ascii_url(entry.url)
            except ValueError:
                continue  # it is replaced by the address of the issue on the web

    def own_path(self, url: str) -> str | None:
        """The path under the site of one of its own addresses; None for any other."""
        base, address = urlsplit(self.proof.site.url), split(url)
        if address is None or address.scheme not in ("http", "https"):
            return None
        path = unquote(address.path or "/")
        if address.netloc.lower() != base.netloc.lower() or not path.startswith(base.path):
            return None
        return path[len(base.path) :]


def read_mail(proof: Proof) -> Mail:
    """Take a proof apart."""
    html = proof.html.encode("utf-8", "replace")
    drawn = draw(html)
    inside = _inside(proof)
    return Mail(
        proof=proof,
        html=html,
        drawn=drawn,
        shown=drawn if len(html) <= SHOWN_BYTES else draw(html[:SHOWN_BYTES]),
        links=tuple(links(drawn)),
        images=tuple(_images(drawn, inside)),
        inside=inside,
        message=message_from_bytes(proof.message),
        head=tuple(proof.message.partition(b"\r\n\r\n")[0].split(b"\r\n")),
    )


def links(drawn: Drawn) -> Iterator[Link]:
    """The links of a drawn document."""
    for element, look in drawn.elements:
        if element.tag in ("a", "area") and element.get("href") is not None:
            words = [*element.itertext(), *(i.get("alt", "") for i in element.iter("img", "area"))]
            yield Link(
                url=element.get("href").strip(), text=squash(" ".join(words)), hidden=look.hidden
            )


def split(url: str) -> Any:
    """An address in its parts, or None where it has none that can be told."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def scheme_of(url: str) -> str:
    """The scheme of an address in lower case, "" for a relative one."""
    found = _SCHEME.match(re.sub(r"[\x00-\x20]+", "", url))
    return found[1].lower() if found else ""


def text_part(mail: Mail) -> str:
    """The text part of the message, decoded; "" where it has none."""
    return _part(mail, "text/plain")


def _part(mail: Mail, media_type: str) -> str:
    for part in mail.message.walk():
        if part.get_content_type() == media_type and not part.is_multipart():
            data = part.get_payload(decode=True)
            return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""
    return ""


def _inside(proof: Proof) -> Mapping[str, str]:
    ids = content_ids(proof.issue.rendered, proof.newsletter)
    addresses: dict[str, str] = {}
    for address, id_ in ids.items():
        addresses.setdefault(f"cid:{id_}", address)
    return addresses


def _images(drawn: Drawn, inside: Mapping[str, str]) -> Iterator[Image]:
    for element, look in drawn.elements:
        if element.tag == "img":
            url = element.get("src", "").strip()
            yield Image(
                url=url,
                address=inside.get(url, url),
                alt=element.get("alt"),
                element=element,
                look=look,
            )


def _short(text: str) -> str:
    line = bare(text)
    return line if len(line) <= 70 else line[:69] + "…"
