"""PURE. The pictures of an issue inside its message, as parts beside the HTML (RFC 2387, RFC 2392).

Nothing of a picture differs from reader to reader, so its part is laid out once for an issue. A
Content-ID is made of the hash of the picture and the sender's domain: the same picture has the
same one in every message, and stands in each once, however often the HTML names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from publisher.config import NewsletterSpec
from publisher.links.pictures import content_id, with_picture_addresses
from publisher.mailbox import read_mailbox
from publisher.mime.fields import header
from publisher.mime.template import encoded_lines
from publisher.model import EmbeddedPicture, RenderedIssue
from publisher.patterns import pattern

MOST_BYTES = 10_000_000
"""Bytes that a message with its pictures has at most. Postfix takes 10,240,000 unless it is told
otherwise (postconf(5), message_size_limit), and others as little; what a relay adds counts too."""

_ROOM = 1_000_000
"""Of these for all that is no picture: the HTML is cut to 100 kB, and is sent in at most three
times as many bytes."""

_PART = 400
"""Bytes of a part's head and boundary, at most."""

_LONGEST_NAME = 60
_ODD = pattern(r"[^A-Za-z0-9._-]+")


def that_fit(pictures: Sequence[EmbeddedPicture]) -> tuple[EmbeddedPicture, ...]:
    """The pictures that a message has room for, first come first served; the rest is left out."""
    room = MOST_BYTES - _ROOM
    kept: list[EmbeddedPicture] = []
    there: set[str] = set()
    for picture in pictures:
        size = 0 if picture.hash in there else _encoded_size(len(picture.data)) + _PART
        if size <= room:
            room -= size
            there.add(picture.hash)
            kept.append(picture)
    return tuple(kept)


def content_ids(rendered: RenderedIssue, newsletter: NewsletterSpec) -> Mapping[str, str]:
    """The Content-ID of each embedded picture, without brackets, by its address in the HTML."""
    sender = read_mailbox(newsletter.from_).email
    return {picture.url: content_id(picture.hash, sender) for picture in rendered.embedded}


def mailed_html(rendered: RenderedIssue, newsletter: NewsletterSpec) -> str:
    """The HTML as it stands in the message: what is embedded is named by its Content-ID."""
    if not rendered.embedded:
        return rendered.html
    ids = content_ids(rendered, newsletter)
    return with_picture_addresses(
        rendered.html, lambda url: f"cid:{ids[url]}" if url in ids else url
    )


def related_head(boundary: str) -> bytes:
    """What stands before the HTML: the part that holds it and its pictures (RFC 2387 section 3)."""
    kind = f'multipart/related; type="text/html"; boundary="{boundary}"'
    return f"{header('Content-Type', kind)}\r\n\r\n--{boundary}\r\n".encode("ascii")


def picture_parts(rendered: RenderedIssue, newsletter: NewsletterSpec, boundary: str) -> bytes:
    """What stands behind the HTML: each picture once, then the end of the related parts."""
    ids = content_ids(rendered, newsletter)
    firsts: dict[str, EmbeddedPicture] = {}
    for picture in rendered.embedded:
        firsts.setdefault(picture.hash, picture)
    pieces = []
    for picture in firsts.values():
        lines = (
            f"--{boundary}",
            header("Content-Type", picture.media_type),
            "Content-Transfer-Encoding: base64",
            header("Content-ID", f"<{ids[picture.url]}>"),
            header("Content-Disposition", f'inline; filename="{_file_name(picture.path)}"'),
            "\r\n",
        )
        pieces.append("\r\n".join(lines).encode("ascii") + encoded_lines(picture.data))
    return b"".join(pieces) + f"--{boundary}--\r\n".encode("ascii")


def _file_name(path: str) -> str:
    """The name under which a mail program keeps a picture: plain signs, not too long a line."""
    stem, _, suffix = _ODD.sub("-", path.rpartition("/")[2]).rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(suffix) - 1]}.{suffix}"


def _encoded_size(length: int) -> int:
    """Bytes of so many in base64, in lines."""
    return -(-length // 57) * 78
