"""Article files by a small YAML writer of our own, from any values, and what they must say."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

NASTY = "\x00\x07\x0b\x1b\x7f\x85\x9f\u2028\u202e\u200d\ufdd0\ufeff\ufffe\U0001f600\U0010ffff"
MARKS = "<>&]'\"\\`*_#[](){}:;,.!?|~^-+=%@/ \t\n"

LETTERS = st.characters(codec="utf-8") | st.sampled_from(NASTY) | st.sampled_from(MARKS)
TEXT = st.text(LETTERS, max_size=40)
PIECES = st.sampled_from(
    [
        "]]>",
        "<![CDATA[x]]>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "[x](../y.md)",
        "![x](//z.example/a b.png)",
        "&amp;&nbsp;&#0;&#xFFFE;&unknown;",
        "<div>" * 30,
        "> " * 30,
        "```\n",
        "<!--",
        "-->",
        "</p></div></html>",
        "<svg><style>",
        "\r\n\r",
        "<table><tr><td>",
        "http://bücher.example/ä ",
    ]
)
BODIES = st.lists(TEXT | PIECES, max_size=6).map("".join)

MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


@dataclass(frozen=True, kw_only=True)
class Written:
    """An article file; `title` and `moment` are what it must say, None where that is open."""

    data: bytes
    title: str | None
    moment: datetime | None


def quoted(text: str) -> str:
    """A double-quoted scalar (YAML 1.1, section 5.7): all but plain ASCII as escapes."""
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def single(text: str) -> str:
    """A single-quoted scalar; a line break needs an empty line more."""
    return "'" + text.replace("'", "''").replace("\n", "\n\n  ") + "'"


def literal(text: str) -> str:
    """A literal block."""
    return "|\n" + "\n".join(f"    {line}" for line in text.split("\n"))


def folded(text: str) -> str:
    """A folded block that keeps no line break at its end."""
    return ">-\n" + "\n".join(f"    {line}" for line in text.split("\n"))


def flow(values: Sequence[str]) -> str:
    """A list in one line."""
    return "[" + ", ".join(values) + "]"


def block(values: Sequence[str]) -> str:
    """A list with a value a line; an empty one has no such form."""
    return "\n" + "\n".join(f"  - {value}" for value in values) if values else "[]"


SCALARS = st.sampled_from([quoted, single, literal, folded, str])
LISTS = st.sampled_from([flow, block])


def words_of(text: str) -> str:
    """The line that a title makes: what no feed can hold is gone, white space folded, NFC."""
    kept = "".join(c for c in " ".join(text.split()) if not _is_lost(c))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, datetime | None]:
    """A date in any form: as written, and the instant it must mean, None where that is open."""
    offset = draw(st.integers(-14 * 60, 14 * 60))
    zone = timezone(timedelta(minutes=offset)) if offset else UTC
    years = draw(st.sampled_from([(2000, 2026), (2000, 2026), (1583, 2026), (1, 9999)]))
    first, last = datetime(years[0], 1, 1), datetime(years[1], 12, 31, 23, 59, 59)
    when = draw(st.datetimes(first, last)).replace(microsecond=0)
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    hours, minutes = divmod(minutes, 60)
    aware = f"{sign}{hours:02d}:{minutes:02d}"
    day = f"{when.year:04d}-{when.month:02d}-{when.day:02d}"
    clock = f"{when.hour:02d}:{when.minute:02d}:{when.second:02d}"
    exact = when.replace(tzinfo=zone)
    compact = f"{day.replace('-', '')}T{clock.replace(':', '')}"
    month = MONTHS[3 * when.month - 3 : 3 * when.month]
    forms: list[tuple[str, datetime | None]] = [
        (f"{day}T{clock}{aware}", exact),
        (f"{day} {clock} {aware}", exact),
        (f"{day}T{clock}.123456{aware.replace(':', '')}", exact),
        (f"{day}T{clock}Z", when.replace(tzinfo=UTC)),
        (f"{compact}{aware}", exact),
        (f"{when.day} {month} {when.year:04d} {clock} {aware}", exact),
        (f"{when.day:02d}.{when.month:02d}.{when.year:04d} {clock}", None),
        (f"{when.month:02d}/{when.day:02d}/{when.year:04d}", None),
        (day, None),
        (f"{day} {clock}", None),
        (f"{day} {clock} Europe/Amsterdam", None),
        (f"{when.year:04d}-02-30", None),
        (f"{when.year:04d}-{when.day:02d}-{when.month:02d}", None),
        (str(int(when.replace(tzinfo=UTC).timestamp())), None),
        (draw(TEXT), None),
    ]
    good = draw(st.sampled_from([True, True, False]))
    return draw(st.sampled_from(forms[:5] if good else forms))


@st.composite
def articles(draw: st.DrawFn) -> Written:
    """An article file of any values in any style."""

    def scalar(text: str) -> str:
        return draw(SCALARS)(text)

    def values(strategy: st.SearchStrategy[str]) -> str:
        return draw(LISTS)([quoted(v) for v in draw(st.lists(strategy, max_size=4))])

    date, moment = draw(moments())
    lines = [f"date: {quoted(date)}"]
    title = None
    if draw(st.booleans()):
        title = draw(TEXT)
        lines.append(f"title: {quoted(title)}")
    elif draw(st.booleans()):
        lines.append(f"title: {scalar(draw(TEXT))}")
    if draw(st.booleans()):
        lines.append(f"summary: {scalar(draw(TEXT | PIECES))}")
    if draw(st.booleans()):
        lines.append(f"tags: {values(TEXT)}")
    if draw(st.booleans()):
        lines.append(f"author: {values(TEXT) if draw(st.booleans()) else quoted(draw(TEXT))}")
    if draw(st.booleans()):
        lines.append(f"language: {quoted(draw(TEXT | st.sampled_from(['id', 'ar', 'zh_TW'])))}")
    if draw(st.booleans()):
        names = ("enclosures", "image", "id", "category", "updated", "slug", "url", "draft", "x")
        lines.append(f"{draw(st.sampled_from(names))}: {quoted(draw(TEXT | PIECES))}")
    if draw(st.booleans()):
        address = f"https://files.example/{draw(TEXT)}"
        lines.append(f"enclosure: {{url: {quoted(address)}, length: {draw(st.integers())}}}")
    header = draw(st.permutations(lines))
    text = "---\n" + "\n".join(header) + "\n---\n" + draw(BODIES)
    said = words_of(title) if title is not None else ""
    return Written(data=text.encode("utf-8"), title=said or None, moment=moment)


def _escaped(letter: str) -> str:
    code = ord(letter)
    if letter in '"\\':
        return "\\" + letter
    if 0x20 <= code < 0x7F:
        return letter
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _is_lost(letter: str) -> bool:
    """Controls, surrogates and noncharacters (XML 1.0 section 2.2; Unicode section 23.7)."""
    code = ord(letter)
    nonchar = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return nonchar or unicodedata.category(letter) in ("Cc", "Cs")
