"""PURE. One mail -> the item that it is as an article, or why it is none.

Its Message-ID is its name, its Subject the title, its Date the date. Everything that names the
reader who got it goes (`publisher.parse.mails.personal`).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from html import escape

from publisher.errors import ArticleError, Location
from publisher.fingerprint import content_hash
from publisher.parse.headers.values import Text, Value, as_value
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld
from publisher.parse.mails.message import (
    MessageError,
    field,
    fields,
    file_name,
    head_of,
    leaves,
    open_message,
    payload,
    people,
    text_of,
)
from publisher.parse.mails.personal import Reader, reader_of
from publisher.parse.mails.plain import is_locked, plain_mail
from publisher.parse.mails.tidy import tidy_mail
from publisher.parse.mails.wanted import Wanted, list_id
from publisher.values import dataclass

_TO_NAMES = (
    "to cc bcc delivered-to x-original-to envelope-to x-envelope-to x-delivered-to"
    " apparently-to x-forwarded-to x-rcpt-to"
)
_TO = tuple(_TO_NAMES.split())
_FOR = re.compile(r"\bfor\s+<?([^\s<>;@]+@[^\s<>;]+)>?")
_WAY_OUT = re.compile(r"<\s*([^<>\s]+)\s*>")
_LINK = re.compile(r"<?(https?://[^\s<>\"]+)>?\Z")
_LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)")
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_LONGEST_TEXT = 2_000_000
_MOST_ELEMENTS = 30_000
_START_TAG = re.compile(r"<[a-zA-Z]")
_LONGEST_NAME = 200
_MOST_PICTURES = 100
_NAME = re.compile(r"[!-;=?-~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How mails are read: which are `wanted`, which further `words` name their reader, and whether
    addresses of authors are published with their names."""

    wanted: Wanted
    words: tuple[str, ...] = ()
    addresses: bool = False


def read_letter(raw: bytes, rules: Rules, *, place: str, line: int = 0) -> ItemFound:
    """Read one message. `place` and `line` are where a person finds it. Raises nothing."""
    nameless = f"mail-{content_hash(raw)[:32]}"
    try:
        message = open_message(head_of(raw))
    except MessageError as error:
        return _refused(nameless, str(error), _MEND, place, line)
    reader = _reader(message, rules.words)
    name = _name(message, raw, reader)
    why = rules.wanted.why_not(message)
    if why:
        return Withheld(name=name, why=why, line=line)
    try:
        message = open_message(raw)
    except MessageError as error:
        return _refused(name, str(error), _MEND, place, line)
    when = _date(message)
    if when is None:
        told = field(message, "date")
        what = f"has a Date that cannot be read: {told[:100]!r}" if told else "has no Date"
        return _refused(name, what, _NO_DATE, place, line)
    try:
        body = _Body.of(message)
    except MessageError as error:
        return _refused(name, str(error), _MEND, place, line)
    if body.is_locked:
        return Withheld(name=name, why="is encrypted", line=line)
    if len(_START_TAG.findall(body.html)) > _MOST_ELEMENTS:
        what = f"is built of more than {_MOST_ELEMENTS:,} elements"
        return _refused(name, what, _MEND, place, line)
    html, warnings = body.shown(reader)
    if len(html) - body.weight > _LONGEST_TEXT:
        return _refused(name, "has a text of more than 2 MB", _MEND, place, line)
    return Item(
        name=name,
        fields=tuple(_fields(message, when, reader, rules, line)),
        body=html,
        form="fragment",
        line=line,
        warnings=tuple(warnings),
    )


_MEND = "look at it in a mail program, and take it out of the mailbox if it is no newsletter"
_NO_DATE = "take it out of the mailbox, or give it a Date: field there"


def _refused(name: str, what: str, mend: str, place: str, line: int) -> Unreadable:
    told = f"{what} ({place})" if place else what
    where = Location(file=name, line=line)
    return Unreadable(name=name, problem=ArticleError(told, where=where, mend=mend))


def _reader(message: Message, words: Sequence[str]) -> Reader:
    known = [person for name in _TO for person in people(message, name)]
    for received in fields(message, "received", 30):
        known += [("", address.lower()) for address in _FOR.findall(received[:2000])]
    senders = {address for _, address in people(message, "from")}
    # a list's own address, to which all its mails are sent, names nobody
    lists = {address for name in ("list-post", "reply-to") for _, address in people(message, name)}
    lists |= {way[7:].lower() for way in _WAY_OUT.findall(field(message, "list-post"))}
    ways = [way for text in fields(message, "list-unsubscribe") for way in _WAY_OUT.findall(text)]
    return reader_of(
        [(name, address) for name, address in known if address not in senders | lists],
        ways,
        words,
    )


def _name(message: Message, raw: bytes, reader: Reader) -> str:
    told = field(message, "message-id").strip().strip("<>").strip()
    if told and len(told) <= _LONGEST_NAME and _NAME.fullmatch(told) and not reader.is_in(told):
        return told
    if told:
        return f"mail-{content_hash(told.encode('utf-8', 'replace'))[:32]}"
    return f"mail-{content_hash(raw)[:32]}"


def _date(message: Message) -> datetime | None:
    """The time of the Date field with its offset (RFC 5322 section 3.3)."""
    try:
        when = parsedate_to_datetime(field(message, "date"))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        offset = when.utcoffset()
        when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    is_odd = offset is None or abs(offset.total_seconds()) > 16 * 3600 or when.year < 1970
    return None if is_odd else when


def _fields(
    message: Message, when: datetime, reader: Reader, rules: Rules, line: int
) -> Iterator[tuple[Text, Value]]:
    told: dict[str, object] = {"date": when.isoformat()}
    title = reader.without(field(message, "subject"))[:500]
    told["title"] = title or f"{when:%Y-%m-%d}"
    authors = list(_authors(message, rules))
    if authors:
        told["authors"] = authors
    name, identity = list_id(message)
    if name or identity:
        told["tags"] = [reader.without(name or identity)[:100]]
    language = _LANGUAGE.match(field(message, "content-language"))
    if language:
        told["language"] = language[1]
    archived = _LINK.fullmatch(field(message, "archived-at"))
    link = reader.cleaned(archived[1]) if archived else None
    if link:
        told["url"] = link
    for key, value in told.items():
        yield Text(key, line, 0), as_value(value, line)


def _authors(message: Message, rules: Rules) -> Iterator[Mapping[str, str]]:
    for name, address in people(message, "from")[:5]:
        shown = " ".join(name.strip("\"' ").split())
        if not shown or "@" in shown:
            continue  # an address is no name, and nobody asked to publish it
        yield {"name": shown} | ({"email": address} if rules.addresses and "@" in address else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Body:
    """The parts of a message that tell something."""

    html: str
    plain: Message | None
    pictures: Mapping[str, str]
    beside: Sequence[str]
    left: Sequence[str]

    @classmethod
    def of(cls, message: Message) -> _Body:
        """Take a message apart. Raises MessageError."""
        html, plain = _texts(message)
        pictures: dict[str, str] = {}
        beside: list[str] = []
        left: list[str] = []
        for part in leaves(message):
            kind = part.get_content_type()
            if (
                part is html
                or part is plain
                or (kind in ("text/html", "text/plain") and not _is_file(part))
            ):
                continue
            identity = str(part.get("Content-ID") or "").strip().strip("<>").lower()
            name = file_name(part) or kind
            if kind in _PICTURES and len(pictures) + len(beside) < _MOST_PICTURES:
                data = payload(part)
                address = f"data:{kind};base64,{base64.b64encode(data).decode()}"
                if identity:
                    pictures[identity] = address
                else:
                    beside.append(f'<figure><img src="{address}" alt="{escape(name)}"></figure>')
            elif kind not in _UNTOLD:
                left.append(name)
        return cls(
            html=text_of(html) if html is not None else "",
            plain=plain,
            pictures=pictures,
            beside=beside,
            left=left,
        )

    @property
    def weight(self) -> int:
        """The letters of pictures, which are no text."""
        return sum(map(len, self.pictures.values())) + sum(map(len, self.beside))

    @property
    def is_locked(self) -> bool:
        return not self.html and self.plain is not None and is_locked(text_of(self.plain))

    def shown(self, reader: Reader) -> tuple[str, list[str]]:
        """The HTML of the mail, and what to tell of it."""
        warnings: list[str] = []
        text = ""
        if self.html and len(self.html) <= _LONGEST_TEXT:
            tidied = tidy_mail(self.html, reader, self.pictures)
            text = tidied.html
            warnings += tidied.warnings
        elif self.html:
            text = self.html  # too long, which the caller says
        if not text and self.plain is not None:
            text = _plain(self.plain, reader)
        if self.left:
            names = ", ".join(repr(reader.without(name)) for name in self.left[:5])
            warnings.append(f"attached and left out: {names}")
        return text + "".join(f"\n{one}" for one in self.beside), warnings


_UNTOLD = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
"""What is attached to a mail and is no file of its author's."""


def _plain(part: Message, reader: Reader) -> str:
    text = text_of(part)[:_LONGEST_TEXT]
    flowed = str(part.get_param("format") or "").lower() == "flowed"
    del_space = str(part.get_param("delsp") or "").lower() == "yes"
    return plain_mail(text, reader, flowed=flowed, del_space=del_space)


def _texts(message: Message) -> tuple[Message | None, Message | None]:
    """The first part in HTML and the first in plain text that are no files."""
    html = plain = None
    for part in leaves(message):
        kind = part.get_content_type()
        if _is_file(part):
            continue
        if kind == "text/html" and html is None:
            html = part
        elif kind == "text/plain" and plain is None:
            plain = part
    return html, plain


def _is_file(part: Message) -> bool:
    return str(part.get("Content-Disposition") or "").strip().lower().startswith("attachment")
