"""PURE. The bytes of a message -> what it says of a delivery: bounced, delayed, complained of.

What is asked first is who says so: the message must have come to an address that we signed
(`verp`); a complaint, which comes to another, must name one. Of all others nothing is read.
Then reports in their own form (DSN: RFC 3464 and 6533; complaints: RFC 5965), then, by
flufl.bounce, the forms of systems that know none. No bytes make it fail, or slow.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum
from typing import Any

from publisher.delivery.causes import Cause, cause_of, mildest
from publisher.delivery.tokens import Token
from publisher.values import dataclass

MOST_BYTES = 256 * 1024
MOST_LINES = 6000
"""Of a message so much is read: reports stand before what they are about."""

_MOST_NESTED = 40
_MOST_PARTS = 40
_MOST_LEVELS = 4
_MOST_BLOCKS = 60
_LONGEST_FIELD = 2000
_LONGEST_WORDS = 300
_ODD_BYTES = 16 * 1024
_ODD_LINE = 320

_TO = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_NESTS = re.compile(rb"boundary[^=\r\n]{0,20}=|message/", re.IGNORECASE)
_OTHER_REPORTS = ("message/feedback-report", "message/disposition-notification")
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
_DAEMONS = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|postmaster|mail(?:er)?-?system|mmdf|system ?administrator"
    r"|maildelivery|mail\.delivery|mdaemon)[^@]*(?:@|\Z)",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^.{0,40}(?:below this line|copy of (?:the|your) (?:original )?message|original message"
    r"|unsent message|returned message|message headers? follow|forwarded message).{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)


class NoticeKind(StrEnum):
    """What a message says. unsigned: nothing that we would believe; other: nothing of a delivery
    (a vacation reply, a receipt, a letter); delayed: not yet; the rest as in `causes`."""

    UNSIGNED = "unsigned"
    OTHER = "other"
    DELAYED = "delayed"
    BLOCKED = "blocked"
    SOFT = "soft"
    HARD = "hard"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a message says, of which delivery; the status code and the words it gives for it."""

    kind: NoticeKind
    token: Token | None = None
    status: str = ""
    words: str = ""


_UNSIGNED = Notice(kind=NoticeKind.UNSIGNED)


def read_notice(raw: bytes, token_in: Callable[[str], Token | None]) -> Notice:
    """What a message says; `token_in` finds the signed address in a text."""
    raw = b"\n".join(raw[:MOST_BYTES].split(b"\n", MOST_LINES)[:MOST_LINES])
    if token_in(raw.decode("latin-1")) is None:
        return _UNSIGNED
    if len(_NESTS.findall(raw)) > _MOST_NESTED:
        return _UNSIGNED  # no report: parts within parts, as deep as the parser would go
    message = message_from_bytes(raw)
    own = next(filter(None, (token_in(to) for to in _values(message, _TO))), None)
    parts = list(_parts(message))
    complained, named = _complaint(message, parts, token_in)
    token = own or named
    if complained and token is not None:
        return Notice(kind=NoticeKind.COMPLAINT, token=token, words=complained)
    if own is None:
        return _UNSIGNED
    kind, status, words = _report(parts) or _odd_form(message, parts, raw)
    return Notice(kind=kind, token=own, status=status, words=words)


_Said = tuple[NoticeKind, str, str]
_NOTHING: _Said = (NoticeKind.OTHER, "", "")


# ---------------------------------------------------------------- complaints


def _complaint(
    message: Message, parts: list[Message], token_in: Callable[[str], Token | None]
) -> tuple[str, Token | None]:
    """What kind of complaint it is, "" for none, and the delivery that it names."""
    reports = [part for part in parts if part.get_content_type() == "message/feedback-report"]
    about = [
        inner
        for part in parts
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/global")
        for inner in _inner(part)
    ]
    kind, senders = "", []
    for report in reports[:1]:
        for block in _blocks(report):
            kind = kind or _text(block, "feedback-type").strip().lower()
            senders += _values(block, ("original-mail-from",))
    if not reports and _is_junk_report(message, about):
        kind = "abuse"
    if kind not in _COMPLAINTS:
        return "", None
    for original in about[:1]:
        senders += _values(original, ("return-path", "x-hmxmroriginalsender"))
    return kind, next(filter(None, (token_in(sender) for sender in senders)), None)


def _is_junk_report(message: Message, about: list[Message]) -> bool:
    """The reports of Outlook.com's junk mail programme, which have a form of their own."""
    return _text(message, "subject").lower().startswith("complaint about message from") and any(
        "x-hmxmroriginalrecipient" in original for original in about
    )


# ---------------------------------------------------------------- delivery status


def _report(parts: list[Message]) -> _Said | None:
    """What the machine-readable part of a report says, None where there is none.

    A message has one reader, but that may be an address behind which are several: when
    anybody got it, it did not bounce; else the mildest counts.
    """
    status_parts = [part for part in parts if part.get_content_type() in _STATUS]
    failed: list[tuple[Cause, str, str]] = []
    got = delayed = False
    for block in (block for part in status_parts for block in _blocks(part)):
        action = _text(block, "action").strip().lower()
        if action.startswith(("delivered", "relayed", "expanded")):
            got = True
        elif action.startswith("delayed"):
            delayed = True
        elif action.startswith(("fail", "error")):
            status = _status(_text(block, "status"))
            words = _words(_text(block, "diagnostic-code"))
            failed.append((cause_of(status, words), status, words))
    if got:
        return _NOTHING
    if delayed:
        return NoticeKind.DELAYED, "", ""
    if not failed:
        return None
    least = mildest([cause for cause, _, _ in failed])
    _, status, words = next(one for one in failed if one[0] is least)
    return NoticeKind(least.value), status, words


def _status(text: str) -> str:
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})(?![\d.])", text, re.ASCII)
    return found[1] if found else ""


# ---------------------------------------------------------------- other forms


def _odd_form(message: Message, parts: list[Message], raw: bytes) -> _Said:
    """Notices without a machine-readable part: qmail's, those of old Exim and Exchange, and more.

    Only from a mail system: a person who answers may quote anything.
    """
    is_another = any(part.get_content_type() in _OTHER_REPORTS for part in parts)
    if is_another or not _is_from_a_system(message):
        return _NOTHING
    passing, final = _scanned(raw)
    if final:
        words = _COPY.split(_first_text(parts), maxsplit=1)[0]
        told = _words(" ".join(words.split())[-_LONGEST_FIELD:])
        cause = cause_of("", " ".join(words.split()))
        return NoticeKind(cause.value), "", told
    return (NoticeKind.DELAYED, "", "") if passing else _NOTHING


def _is_from_a_system(message: Message) -> bool:
    if "x-failed-recipients" in message:
        return True
    if any(name in message for name in ("x-autoreply", "x-autorespond", "x-auto-reply-from")):
        return False
    name, sender = parseaddr(_text(message, "from"))
    return bool(_DAEMONS.match(sender) or _DAEMONS.match(name))


def _scanned(raw: bytes) -> tuple[bool, bool]:
    """Whether flufl.bounce finds addresses that fail for now, and for good.

    Its patterns were made for notices, not against attackers: it gets short lines, and few.
    """
    from flufl.bounce import all_failures  # noqa: PLC0415 (70 ms, for few messages)

    short = b"\n".join(line[:_ODD_LINE] for line in raw[:_ODD_BYTES].splitlines())
    try:
        passing, final = all_failures(message_from_bytes(short, _class=_ReadOnce))
    except Exception:  # noqa: BLE001 (heuristics over hostile bytes: what they trip over is no notice)
        return False, False
    return bool(passing), bool(final)


class _ReadOnce(Message):
    """A message that nobody changes: flufl.bounce asks for its text some fifty times."""

    _text: object = None

    def get_payload(self, i: Any = None, decode: Any = False) -> Any:
        """The same, kept where it is text as it stands there, which takes longest."""
        if i is not None or decode:
            return super().get_payload(i, decode)
        if self._text is None:
            self._text = super().get_payload()
        return self._text


def _first_text(parts: list[Message]) -> str:
    for part in parts:
        if part.get_content_type() == "text/plain":
            return _content(part)[:_ODD_BYTES].decode("utf-8", "replace")
    return ""


# ---------------------------------------------------------------- parts and fields


def _parts(message: Message) -> Iterator[Message]:
    """The parts of a message in order, never those of a message within it."""
    waiting = [(message, 0)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part, level = waiting.pop(0)
        if part.get_content_maintype() != "multipart" or not part.is_multipart():
            yield part
        elif level < _MOST_LEVELS:
            waiting[:0] = [(one, level + 1) for one in _held(part)]


def _held(part: Message) -> list[Message]:
    """The messages in a part whose text is one or several."""
    held = part.get_payload() if part.is_multipart() else ()
    return [one for one in held if isinstance(one, Message)]


def _content(part: Message) -> bytes:
    """What any other part holds, whatever character set it claims: `get_payload` alone decodes by
    that, and some of Python's raise what no message should."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _read(part: Message) -> str:
    """The same as text: reports are ASCII, or UTF-8 (RFC 6533)."""
    return _content(part).decode("utf-8", "replace")


def _inner(part: Message) -> list[Message]:
    """The message, or the header of one, that a part holds."""
    return _held(part) if part.is_multipart() else [message_from_bytes(_content(part))]


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a report, as each type of part has them parsed."""
    count = 0
    for held in _unwrapped(part):
        yield held
        for text in () if held.is_multipart() else re.split(r"\r?\n\r?\n", _read(held)):
            count += 1
            if count > _MOST_BLOCKS:
                return
            yield message_from_string(text.lstrip("\r\n"))


def _unwrapped(part: Message) -> list[Message]:
    """What a report holds, also where it was wrapped on its way (RFC 6533 section 4), which the
    parser of the standard library does not look for within messages."""
    held = _inner(part)
    if _text(part, "content-transfer-encoding").strip().lower() != "base64":
        return held
    lines = "\n".join(map(_read, held))
    try:
        return [message_from_bytes(base64.b64decode(lines))]
    except ValueError:  # letters that base64 does not have, or too few
        return held


def _text(message: Message, name: str) -> str:
    return str(message.get(name, ""))[:_LONGEST_FIELD]


def _values(message: Message, names: tuple[str, ...]) -> list[str]:
    return [
        str(value)[:_LONGEST_FIELD] for name in names for value in message.get_all(name, [])[:20]
    ]


def _words(text: str) -> str:
    """What a system said, on one line that may be shown."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(plain.split())[:_LONGEST_WORDS]
