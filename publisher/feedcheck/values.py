"""PURE. Is a value what it should be: dates, addresses, languages, types, numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from publisher.config.tags import is_language_tag
from publisher.feedcheck.finding import Report
from publisher.patterns import pattern

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_RFC3339 = pattern(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\Z",
    re.ASCII,
)
_RFC822 = pattern(
    r"(?:([A-Za-z]{3})\s*,\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4}|\d\d)\s+"
    r"(\d\d):(\d\d)(?::([0-5]\d|60))?\s+"
    r"(?:([+-])([01]\d|2[0-3])([0-5]\d)|(GMT|UTC?|[ECMP][SD]T|[A-IK-Z]))\Z",
    re.ASCII,
)
_USUAL = pattern(
    r"([A-Z][a-z]{2}), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:[0-5]\d) (?:GMT|([+-]\d{4}))\Z",
    re.ASCII,
)
"""How nearly every feed writes its dates; what is neither this nor _RFC822 is no date."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_ZONES = {
    name: timezone(timedelta(hours=hours))
    for name, hours in {
        "GMT": 0,
        "UT": 0,
        "UTC": 0,
        "EST": -5,
        "EDT": -4,
        "CST": -6,
        "CDT": -5,
        "MST": -7,
        "MDT": -6,
        "PST": -8,
        "PDT": -7,
    }.items()
}
_NEVER_IN_ADDRESSES = '\\x00-\\x20<>"{}|\\\\^`\\x7f-\\xa0'
_IRI = pattern(rf"[A-Za-z][A-Za-z0-9+.-]*:[^{_NEVER_IN_ADDRESSES}]+\Z")
_WEB = pattern(
    rf"https?://[^{_NEVER_IN_ADDRESSES}/?#%]+(?:[/?#][^{_NEVER_IN_ADDRESSES}%]*+)?\Z",
    re.IGNORECASE,
)
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_BAD = pattern(rf"[{_NEVER_IN_ADDRESSES}]|%(?![0-9A-Fa-f]{{2}})")
_MEDIA_TYPE = pattern(
    r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
    r"(?:\s*;\s*[A-Za-z0-9!#$&^_.+-]+=(?:[^\s;\"]+|\"[^\"]*\"))*\s*\Z"
)
_COMMON_TYPES = frozenset({"text/html", "audio/mpeg", "image/jpeg", "image/png", "video/mp4"})
_MAIL = pattern(r"[^\s<>@():]+@[^\s<>@():]+\Z")
_MAIL_IN_TEXT = pattern(r"[^\s<>@()]@[^\s<>@()]")
_OLD_TAG = pattern(r"(?:i-[a-z]{2,10}|en-gb-oed|sgn-[a-z]{2}-[a-z]{2}|zh-min-nan)\Z", re.IGNORECASE)


def rfc3339(text: str) -> datetime | None:
    """A time of Atom and JSON Feed; None where it is none (RFC 3339 section 5.6)."""
    if not _RFC3339.match(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _leap(text)


def _leap(text: str) -> datetime | None:
    """The last second before a leap second, which datetime does not know."""
    try:
        return datetime.fromisoformat(text[:17] + "59" + text[19:]) if text[17] == "6" else None
    except ValueError:
        return None


def rfc822(text: str) -> tuple[datetime | None, str]:
    """A time of RSS, and the rule it breaks all the same ("" for none).

    RFC 822 section 5 with the years of RFC 2822. Names in any case.
    """
    usual = _USUAL.match(text)
    if usual:
        weekday, day, month, year, clock, offset = usual.groups("Z")
        number = _MONTHS.get(month, 0)
        try:
            when = datetime.fromisoformat(f"{year}-{number:02}-{day}T{clock}{offset}")
        except ValueError:
            return None, "date-invalid"
        return when, _weekday_fault(weekday, when)
    return _unusual_rfc822(text)


def _weekday_fault(weekday: str, when: datetime) -> str:
    if weekday == WEEKDAYS[when.weekday()]:
        return ""
    return "weekday-wrong" if weekday in WEEKDAYS else "date-invalid"


def _unusual_rfc822(text: str) -> tuple[datetime | None, str]:
    found = _RFC822.match(text)
    if not found:
        return None, "date-invalid"
    weekday, day, month, year, hour, minute, second, sign, off_h, off_m, zone = found.groups()
    years = int(year)
    ambiguous = ""
    if len(year) == 2:
        years += 1900 if years >= 50 else 2000
        ambiguous = "date-ambiguous"
    if sign:
        offset = 60 * int(off_h) + int(off_m)
        place = timezone(timedelta(minutes=-offset if sign == "-" else offset)) if offset else UTC
    else:
        place = _ZONES.get(zone, UTC)
        if zone == "UTC" or (len(zone) == 1 and zone != "Z"):
            ambiguous = "date-ambiguous"
    try:
        when = datetime(
            years,
            _MONTHS[month.title()],
            int(day),
            int(hour),
            int(minute),
            min(int(second or 0), 59),
            tzinfo=place,
        )
    except (KeyError, ValueError):
        return None, "date-invalid"
    fault = _weekday_fault(weekday.title(), when) if weekday else ""
    return when, fault or ambiguous


def is_iri(text: str) -> bool:
    """Whether it is an absolute IRI (RFC 3987 section 2.2), with nothing around it."""
    return bool(_IRI.match(text))


def is_web(text: str) -> bool:
    """Whether it is an http or https address, however well it is written."""
    return text[:7].lower() == "http://" or text[:8].lower() == "https://"


def address_fault(text: str) -> str:
    """ "" for a sound absolute address, else "invalid" or "relative"."""
    if _WEB.match(text):
        return ""
    if not text or _BAD.search(text):
        return "invalid"
    if not _SCHEME.match(text):
        return "relative"
    return "invalid" if is_web(text) and text.partition("://")[2][:1] in ("", *"/?#") else ""


def check_address(report: Report, text: str, element: Any, *, based: bool = False) -> bool:
    """Report an address that is no good; True when it is good. `based`: xml:base is in force."""
    if _WEB.match(text) and text.isascii():
        return True
    fault = address_fault(text)
    if fault == "relative":
        if report.notes["format"] != "atom":
            report.add("address-not-absolute", element, text)
        elif not based:
            report.add("address-relative", element, text)
    elif fault:
        report.add("address-invalid", element, text)
    elif not text.isascii():
        report.add("address-not-ascii", element, text)
    return not fault


def is_language(text: str) -> bool:
    """Whether it is a well-formed tag, or a grandfathered one (RFC 5646 section 2.1)."""
    return is_language_tag(text) or bool(_OLD_TAG.match(text))


def check_language(report: Report, text: str, element: Any) -> None:
    """Report a language that is no tag."""
    if not is_language(text):
        report.add("language-invalid", element, text)


def is_media_type(text: str) -> bool:
    """Whether it is type/subtype, with or without parameters (RFC 6838 section 4.2)."""
    return text in _COMMON_TYPES or bool(_MEDIA_TYPE.match(text))


def is_mail(text: str) -> bool:
    """Whether it is a bare mail address (RFC 5322 section 3.4.1, as good as it is needed)."""
    return bool(_MAIL.match(text))


def holds_mail(text: str) -> bool:
    """Whether a mail address is in it."""
    return bool(_MAIL_IN_TEXT.search(text))


def is_number(text: str) -> bool:
    """Whether it is a whole number without a sign."""
    return text.isdigit() and text.isascii()


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one but for spelling: case of host, default port, empty path."""
    return one == other or _normal(one) == _normal(other)


def _normal(address: str) -> str:
    found = re.match(r"(https?)://([^/?#]*)([^#]*)", address, re.IGNORECASE)
    if not found:
        return address
    scheme, host, rest = found[1].lower(), found[2].lower(), found[3] or "/"
    host = host.removesuffix(":443" if scheme == "https" else ":80")
    rest = re.sub("%[0-9A-Fa-f]{2}", lambda escape: escape[0].upper(), rest)
    return f"{scheme}://{host}{rest if rest.startswith('/') else '/' + rest}"
