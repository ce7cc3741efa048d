"""Dates without zone, without time, without sense, before every zone and after every calendar."""

from __future__ import annotations

from tests.nasty.cases import Case, Published, Waiting, bad, good, published, refused, text_of


def _waiting(name: str, header: str, state: str, *warns: str) -> Case:
    file = f"{name}.md"
    return Case(
        name=name,
        files={file: text_of(f"title: Case {name}\n{header}")},
        outcomes=(Waiting(file=file, state=state, warns=warns),),
    )


CASES: tuple[Case, ...] = (
    good(
        "naive",
        "date: 2026-11-01 10:15",
        published="2026-11-01T10:15:00+07:00",
        updated="2026-11-01T10:15:00+07:00",
    ),
    good(
        "date-only",
        "date: 2026-11-01",
        published="2026-11-01T00:00:00+07:00",
        url="2026/11/01/date-only/",
    ),
    good(
        "utc",
        "date: 2026-11-01T23:30:00Z",
        published="2026-11-01T23:30:00+00:00",
        url="2026/11/01/utc/",
    ),
    good(
        "day-of-the-author",
        "date: 2026-11-01T23:30:00-05:00",
        published="2026-11-01T23:30:00-05:00",
        url="2026/11/01/day-of-the-author/",
    ),
    good("farthest-east", "date: 2026-11-01T00:10:00+14:00", published="2026-11-01T00:10:00+14:00"),
    good(
        "fractions", "date: 2026-11-01T10:15:30.999999+07:00", published="2026-11-01T10:15:30+07:00"
    ),
    good("this-second", "date: 2026-11-22T08:00:00Z", published="2026-11-22T08:00:00+00:00"),
    good("before-1970", "date: 1969-07-20T20:17:40Z", published="1969-07-20T20:17:40+00:00"),
    good("before-1900", "date: 1883-08-27 10:02", published="1883-08-27T10:02:00+07:07"),
    good(
        "local-mean-time",
        "date: 1900-01-01T12:00:00 America/St_Johns",
        published="1900-01-01T12:00:00-03:31",
    ),
    good(
        "oldest-zone",
        "date: 1899-12-31 00:00:00 Europe/Paris",
        published="1899-12-31T00:00:00+00:09",
    ),
    good("first-of-the-calendar", "date: 1583-01-01", published="1583-01-01T00:00:00+07:07"),
    good(
        "hour-that-is-left-out",
        "date: 2026-03-29 02:30 Europe/Berlin",
        published="2026-03-29T03:30:00+02:00",
    ),
    good(
        "hour-that-comes-twice",
        "date: 2026-10-25 02:30 Europe/Berlin",
        published="2026-10-25T02:30:00+02:00",
    ),
    good(
        "month-in-words",
        "date: Sun, 1 Nov 2026 10:15:00 WIB",
        published="2026-11-01T10:15:00+07:00",
    ),
    good(
        "no-such-hour",
        "date: 2026-11-01 25:61",
        published="2026-11-01T00:00:00+07:00",
        warns=("after the day cannot be read",),
    ),
    good(
        "leap-second",
        "date: 2026-11-01T23:59:60Z",
        published="2026-11-01T00:00:00+07:00",
        warns=("after the day cannot be read",),
    ),
    good(
        "no-such-zone",
        "date: 2026-11-01 10:15 Mars/Olympus",
        published="2026-11-01T00:00:00+07:00",
        warns=("after the day cannot be read",),
    ),
    good(
        "no-such-offset",
        "date: 2026-11-01T10:15:00+99:00",
        published="2026-11-01T00:00:00+07:00",
        warns=("after the day cannot be read",),
    ),
    good(
        "updated-before-published",
        "date: 2026-11-02\nupdated: 2026-11-01",
        published="2026-11-02T00:00:00+07:00",
        updated="2026-11-02T00:00:00+07:00",
    ),
    good(
        "updated-in-the-future",
        "date: 2026-11-02\nupdated: 2027-01-01",
        published="2026-11-02T00:00:00+07:00",
        updated="2026-11-02T00:00:00+07:00",
    ),
    good(
        "updated-elsewhere",
        "date: 2026-11-02\nupdated: 2026-11-03T01:00:00-08:00",
        published="2026-11-02T00:00:00+07:00",
        updated="2026-11-03T01:00:00-08:00",
    ),
    published(
        "date-of-the-name",
        {"2026-11-01-date-of-the-name.md": text_of("title: Named")},
        published="2026-11-01T00:00:00+07:00",
        url="2026/11/01/date-of-the-name/",
    ),
    published(
        "date-against-name",
        {"2026-11-01-date-against-name.md": text_of("title: Two\ndate: 2025-01-01")},
        id="tag:courier.example,2025:articles/2026-11-01-date-against-name.md",
        published="2025-01-01T00:00:00+07:00",
        warns=("the field counts",),
    ),
    _waiting("next-second", "date: 2026-11-22T08:00:01Z", "scheduled"),
    _waiting("far-future", "date: 2199-12-31T23:59:59+14:00", "scheduled"),
    _waiting("over", "date: 2026-10-01\nexpires: 2026-11-01", "expired"),
    _waiting("draft-without-date", "draft: true", "draft"),
    bad("no-such-day", "title: X\ndate: 2026-02-30", "has no day 30 in month 2", 3),
    bad("no-such-month", "title: X\ndate: 2026-13-01", "has no month 13", 3),
    bad("day-zero", "title: X\ndate: 2026-00-00", "has no month 0", 3),
    bad("no-leap-year", "title: X\ndate: 1900-02-29", "has no day 29 in month 2", 3),
    bad("year-zero", "title: X\ndate: 0000-01-01", "lies in the year 0", 3),
    bad("only-zeros", "title: X\ndate: 0000-00-00 00:00:00", "lies in the year 0", 3),
    bad("year-999", "title: X\ndate: 0999-01-01", "lies in the year 999", 3),
    bad("year-9999", "title: X\ndate: 9999-12-31T23:59:59Z", "lies in the year 9999", 3),
    bad("year-of-five-digits", "title: X\ndate: 12026-11-01", "", 3),
    bad("bare-zero", "title: X\ndate: 0000", "can't be read", 3),
    bad("word-as-date", "title: X\ndate: yesterday", "can't be read", 3),
    bad("seconds-since-1970", "title: X\ndate: 1700000000", "", 3),
    bad("which-is-the-day", "title: X\ndate: 01/02/2026", "which number is the day", 3),
    bad("list-as-date", "title: X\ndate: [2026, 11, 1]", "date is no text", 3),
    bad("switch-as-date", "title: X\ndate: true", "can't be read", 3),
    bad(
        "bad-updated", "title: X\ndate: 2026-11-01\nupdated: 2026-02-30", "updated '2026-02-30'", 4
    ),
    bad("bad-expires", "title: X\ndate: 2026-11-01\nexpires: never", "can't be read", 4),
    bad("no-date", "title: X", "has no date", 2),
    refused("empty-date", {"empty-date.md": text_of("title: X\ndate: ''")}, "has no date", 2),
    Case(
        name="digits-of-the-world",
        files={"digits-of-the-world.md": text_of("title: X\ndate: ٢٠٢٦-١١-٠١")},
        outcomes=(Published(file="digits-of-the-world.md", published="2026-11-01T00:00:00+07:00"),),
    ),
)
