"""PURE. What may stand in a feed: characters, addresses, times and language tags."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

from publisher.config.tags import is_language_tag
from publisher.patterns import pattern
from publisher.struck import beginning

# Two patterns, for one class of characters from all planes takes 3 ms to compile.
_CONTROL = pattern("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_CHARACTER = pattern("[\ud800-\udfff\ufffe\uffff]")
_IN_CLEAN = bytes({9, 10, *range(0x20, 0x7F), *range(0x80, 0x100)} - {0xC2, 0xEF})
"""Bytes that are part of nothing forbidden: C2 begins C1, EF what is no character."""
_LINE_BREAK = pattern("\r\n?|\u0085")
_NOT_IN_AN_IRI = pattern(r'[\s<>"{}|\\^`]')
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ABSOLUTE = pattern(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)", re.DOTALL)
_URI_CHARACTERS = "-._~:/?#[]@!$&'()*+,;=%"
_URI = pattern(r"(?:[-._~:/?#\[\]@!$&'()*+,;=A-Za-z0-9]++|%[0-9A-Fa-f]{2})*+")
_PERCENT = pattern("%(?![0-9A-Fa-f]{2})")
_MINUTE = timedelta(minutes=1)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TAG = pattern("<[A-Za-z/!?]")


def clean_text(text: str) -> str:
    """Text without what XML 1.0 cannot hold (section 2.2) and without C1; line breaks are LF."""
    if not (_CONTROL.search(text) or _NO_CHARACTER.search(text)):  # nearly always
        return text
    return _NO_CHARACTER.sub("", _CONTROL.sub("", _LINE_BREAK.sub("\n", text)))


def clean_content(html: str) -> tuple[str, bytes]:
    """HTML as `clean_text` gives it without space at its ends, and that as the text of an element
    of XML (see `escape_xml`)."""
    html = html.strip()
    try:
        data = html.encode()  # bytes are quicker to search than text
    except UnicodeEncodeError:
        data = b"\0"
    if data.translate(None, _IN_CLEAN):
        html = clean_text(html).strip()
        data = html.encode()
    return html, _escape(data)


def clean_line(text: str) -> str:
    """The same on one line, without space at its ends."""
    if not text.isprintable():  # what can be printed, XML can hold
        text = clean_text(text)
    return " ".join(text.split())


def clean_id(text: str) -> str:
    """An id: what no IRI holds (RFC 3987) is percent-encoded, all else stays letter by letter.

    One without a scheme, as RSS allows and other tools have written ("12 at example.org"),
    stays as feed readers know it.
    """
    if _URI.fullmatch(text):
        return text
    id_ = clean_text(text).strip()
    if not _SCHEME.match(id_):
        return id_
    return _NOT_IN_AN_IRI.sub(lambda found: quote(found[0], safe=""), id_)


def atom_id(id_: str) -> str:
    """A cleaned id as Atom wants it, an IRI (RFC 4287 section 4.2.6): in a data: one if need be."""
    return id_ if _SCHEME.match(id_) else f"data:,{quote(id_, safe='')}"


def clean_url(text: str) -> str:
    """An address as a URI: percent-encoded, the host in punycode (RFC 3987 section 3.1)."""
    if _URI.fullmatch(text):
        return text
    address = clean_text(text).strip()
    found = _ABSOLUTE.fullmatch(address)
    if found:
        address = found[1] + _ascii_host(found[2]) + found[3]
    return _PERCENT.sub("%25", quote(address, safe=_URI_CHARACTERS))


def clean_language(tag: str | None) -> str | None:
    """A tag by BCP 47, else None: a wrong one declares less than none."""
    return tag if tag is not None and is_language_tag(tag) else None


def whole_seconds(when: datetime) -> datetime:
    """An aware time in whole seconds, with its offset: in UTC a day can become another day.

    An offset that is no whole minutes (local mean time before 1900 or so) has no form
    in RFC 822 and RFC 3339: then it is UTC. Kept within the years 1 to 9999.
    """
    if isinstance(when.tzinfo, timezone) and not when.microsecond and 1 < when.year < 9999:
        if when.tzinfo is UTC:
            return when
        offset = when.utcoffset()
        if offset is not None and not offset % _MINUTE:
            return when  # nearly always; the way round by UTC takes ten times as long
    try:
        utc = when.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return _FIRST if when.year == 1 else _LAST
    offset = when.utcoffset() or timedelta(0)
    return utc if offset % _MINUTE else utc.astimezone(timezone(offset))


def rfc822(when: datetime) -> str:
    """A time as RSS writes it, with GMT for UTC (RFC 822 section 5, years of four digits)."""
    in_utc = when.utcoffset() == timedelta(0)
    day = f"{_DAYS[when.weekday()]}, {when.day:02} {_MONTHS[when.month - 1]} {when.year:04}"
    clock = when.isoformat()[11:19]  # strftime takes five times as long
    return f"{day} {clock} {'GMT' if in_utc else f'{when:%z}'}"


def text_as_html(text: str) -> str:
    """Plain text for a field that feed readers take as HTML: unchanged where it reads alike.

    An RSS description is HTML to every feed reader (RSS 2.0; Best Practices Profile).
    """
    reads_as_it_stands = not _TAG.search(text) and html.unescape(text) == text
    return text if reads_as_it_stands else html.escape(text, quote=False)


def escape_xml(text: str) -> bytes:
    """Cleaned text as the text of an XML element in UTF-8, as libxml2 writes it."""
    return _escape(text.encode())


def _escape(data: bytes) -> bytes:
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def shorten(text: str, length: int) -> str:
    """The first words of a text, with an ellipsis where some are left out."""
    return text if len(text) <= length else beginning(text, length, _words) + "…"


def _words(text: str, length: int) -> str:
    head = text[: length - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:.")


def _ascii_host(authority: str) -> str:
    try:
        return authority if authority.isascii() else authority.encode("idna").decode("ascii")
    except UnicodeError:
        return authority  # no domain name; percent-encoding it keeps the address well-formed
