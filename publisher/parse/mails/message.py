"""PURE. The bytes of a message -> its parts and header fields, whatever the bytes are.

The library's parser calls itself for each level, and compares each line with every boundary above
it; its newer header classes fail on odd fields. So the bytes are weighed before they are parsed,
and fields are decoded here.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

MOST_BYTES = 32 * 1024 * 1024
MOST_PARTS = 300
_MOST_NESTS = 100
_MOST_COMPARED = 4_000_000
"""Lines times boundaries: about two seconds."""

_MOST_DASHES = 10_000
"""Lines that could begin a part."""

_MOST_HEADER_LINES = 2_000
_LONGEST_LIST = 20_000
_NESTS = re.compile(
    rb"boundary[^=\r\n]{0,20}=|^content-type:[^\r\n]{0,20}message/", re.IGNORECASE | re.MULTILINE
)
_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*\r?\n")
_CHARSETS = {
    "iso8859-1": "cp1252",
    "ascii": "",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
"""What is written under a charset's name is often of a larger one (WHATWG Encoding, labels)."""

_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-cyrillic": "mac-cyrillic",
    "cp-850": "cp850",
    "x-sjis": "cp932",
}
_NO_TEXT = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})


class MessageError(Exception):
    """The bytes are no message that can be read; says why."""


def open_message(raw: bytes) -> Message:
    """Parse a message. Raises MessageError for what is too much, or none."""
    if len(raw) >= MOST_BYTES:
        raise MessageError(f"is larger than {MOST_BYTES // 1024 // 1024} MiB")
    end = _END_OF_HEADER.search(raw)
    if raw.count(b"\n", 0, end.start() if end else len(raw)) > _MOST_HEADER_LINES:
        raise MessageError("has a header without end")
    nests = len(_NESTS.findall(raw))
    if raw.count(b"\n--") > _MOST_DASHES:
        raise MessageError("has parts without end")
    if nests > _MOST_NESTS or nests * raw.count(b"\n") > _MOST_COMPARED:
        raise MessageError("has parts within parts without end")
    try:
        message = message_from_bytes(raw)
    except (RecursionError, ValueError, TypeError, LookupError, AssertionError) as error:
        raise MessageError(f"cannot be taken apart ({type(error).__name__})") from error
    if not message.keys():
        raise MessageError("has no header")
    return message


def head_of(raw: bytes) -> bytes:
    """The header alone, which tells whether a message is wanted."""
    end = _END_OF_HEADER.search(raw)
    return raw[: end.end()] if end else raw


def leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something themselves, in their order; not those of messages within it.

    Raises MessageError where there are too many.
    """
    waiting, count = [message], 0
    while waiting:
        part = waiting.pop()
        count += 1
        if count > MOST_PARTS:
            raise MessageError(f"has more than {MOST_PARTS} parts")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting.extend(reversed(part.get_payload()))  # type: ignore[arg-type]
        else:
            yield part


def field(message: Message, name: str) -> str:
    """A header field as one line of text, "" where there is none."""
    return next(iter(fields(message, name)), "")


def fields(message: Message, name: str, most: int = 20) -> list[str]:
    """All fields of a name, decoded (RFC 2047, and what is written without it)."""
    return [
        _decoded(str(value)[:_LONGEST_LIST])[:_LONGEST_LIST] for value in _raw(message, name)[:most]
    ]


def people(message: Message, name: str) -> list[tuple[str, str]]:
    """Names, decoded, and addresses in small letters of an address field."""
    values = [str(value)[:_LONGEST_LIST] for value in _raw(message, name)[:20]]
    try:
        found = getaddresses([" ".join(_plain(value).split()) for value in values])
    except (RecursionError, ValueError, TypeError, IndexError):  # comments within comments
        return []
    return [(_decoded(named)[:200], address.strip().lower()) for named, address in found[:200]]


def payload(part: Message) -> bytes:
    """What a part holds, its transfer encoding undone; broken base64 as far as it goes."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError, AssertionError, UnicodeError):
        return b""
    return data if isinstance(data, bytes) else b""


def text_of(part: Message) -> str:
    """The text of a part in its charset, which is taken for UTF-8 or Windows' where it is none."""
    data = payload(part)
    try:
        named = part.get_param("charset") or ""
    except (ValueError, TypeError, LookupError):
        named = ""
    told = named[2] if isinstance(named, tuple) else named
    return decoded(data, told)


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text by the name of a charset, or by what they look like."""
    codec = _codec(charset)
    if codec in ("", "utf-8"):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            codec = codec or "cp1252"
    try:
        return data.decode(codec, "replace")
    except (ValueError, LookupError):
        return data.decode("utf-8", "replace")


def file_name(part: Message) -> str:
    """The name that a part gives itself as a file, without folders; "" for none."""
    try:
        name = part.get_filename() or ""
    except (ValueError, TypeError, LookupError, AssertionError):
        return ""
    return re.split(r"[/\\]", _decoded(str(name)[:1000]))[-1].strip()[:120]


def _codec(charset: str) -> str:
    name = charset.strip().strip("\"'").lower()[:40]
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    found = _CHARSETS.get(found, found)
    return "" if found in _NO_TEXT else found


def _raw(message: Message, name: str) -> Sequence[str]:
    return [value for told, value in message.raw_items() if told.lower() == name]


def _decoded(value: str) -> str:
    value = " ".join(_plain(value).split())
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return value
    words = [
        decoded(part, charset or "") if isinstance(part, bytes) else part for part, charset in parts
    ]
    return " ".join("".join(words).split())


def _plain(value: str) -> str:
    """A field with bytes beyond ASCII, which the parser keeps as surrogates."""
    if not any("\udc80" <= letter <= "\udcff" for letter in value):
        return value
    return decoded(value.encode("utf-8", "surrogateescape"), "")
