"""PURE. What of its entries a mail can hold: the first stage of shortening that fits.

What is drawn is measured, and nothing else decides. But a drawing takes milliseconds, and
a long issue would need a dozen; so each stage is estimated first, from what its rows hold
and a few of them drawn, and most stages and lengths of the list are never drawn at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from publisher.errors import Location, TemplateError
from publisher.render.mail.rows import Detail, Row
from publisher.render.mail.sheet import Sheet

STAGES = (
    Detail(),
    Detail(body=False),
    Detail(body=False, summary=90),
    Detail(body=False, summary=0),
    Detail(body=False, summary=0, picture=False),
    Detail(body=False, summary=0, picture=False, title=120),
)
"""What is given up to the limit, in this order, before the list itself is cut."""

_ROW = 500
"""Bytes of markup that a row takes at least, about. Where that much fits, all is drawn at
once, which is enough for most issues; where it does not, no sample is needed to know."""

_SAMPLE = 10
"""Rows that are drawn for an estimate."""

_DOUBT = 1.02
"""A stage is not passed over unless it was estimated to be this much longer than the limit."""


def fit_rows(
    sheet: Sheet, *, limit: int, measure: Callable[[str], int]
) -> tuple[Sequence[Row], str]:
    """The rows and the HTML of the first stage that fits; at last with a shorter list.

    `measure` gives the bytes of HTML. Less detail or fewer rows are taken to give less of it.
    Raises TemplateError when not even an empty list fits.
    """
    first = _Stage(sheet, sheet.rows(STAGES[0]), limit, measure)
    if first.is_light() and first.fits(len(first.rows)):
        return first.rows, first.html(len(first.rows))
    stages = [first, *(_Stage(sheet, rows, limit, measure) for rows in _reduced(sheet, first.rows))]
    place = next((n for n, stage in enumerate(stages) if stage.may_fit()), len(stages) - 1)
    html = stages[place].whole
    while html is None and place + 1 < len(stages):
        place += 1
        html = stages[place].whole
    if html is None:
        return stages[-1].longest()
    while place > 0 and (before := stages[place - 1].whole) is not None:
        place, html = place - 1, before  # it was passed over, wrongly
    return stages[place].rows, html


def _reduced(sheet: Sheet, rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows of each later stage that gives up something."""
    for detail in STAGES[1:]:
        before, rows = rows, sheet.reduced(rows, detail)
        if rows != before:
            yield rows


def _weight(row: Row) -> int:
    """Bytes of what a row holds."""
    held = [row.heading, row.title, row.url, row.authors, row.date, row.section, row.summary]
    if row.origin:
        held += (row.origin.amid, row.origin.url)
    if row.picture:
        held += (row.picture.url, row.picture.alt)
    if row.body:
        held.append(row.body.html)
    return len("".join(held).encode())


class _Stage:
    """The rows of one stage, of which the first so many are estimated, or drawn and measured."""

    def __init__(
        self, sheet: Sheet, rows: Sequence[Row], limit: int, measure: Callable[[str], int]
    ) -> None:
        self.rows = rows
        self._sheet = sheet
        self._limit = limit
        self._measure = measure
        self._drawn: dict[int, tuple[int, str]] = {}
        self._last = 1

    def is_light(self) -> bool:
        """Whether all rows may fit by what they hold and the least that is about them."""
        return self._held[-1] + _ROW * len(self.rows) <= self._limit

    def may_fit(self) -> bool:
        """Whether it is worth the time to draw all rows, by an estimate."""
        return self.is_light() and self._estimate(len(self.rows)) <= self._limit * _DOUBT

    def fits(self, count: int) -> bool:
        """Whether so many rows fit: drawn, and measured."""
        return self._size(count) <= self._limit

    def html(self, count: int) -> str:
        """The HTML of so many rows that were drawn."""
        return self._drawn[count][1]

    @cached_property
    def whole(self) -> str | None:
        """The HTML of all rows, None if it is too long.

        The first rows alone can show that. (Two rows are left out at least: they outweigh
        the line that counts them.)
        """
        for _ in range(3):
            count = max(self._most(), self._last) + 1
            if count > len(self.rows) - 2:
                break
            if not self.fits(count):
                return None
        return self.html(len(self.rows)) if self.fits(len(self.rows)) else None

    def longest(self) -> tuple[Sequence[Row], str]:
        """As many of the rows as fit where not all do, and their HTML. Raises TemplateError."""
        fitting = max((count for count in self._drawn if self.fits(count)), default=0)
        too_many = min(count for count in self._drawn if not self.fits(count))
        if fitting == 0:
            self._check_frame()
        tries = 0
        while too_many - fitting > 1:
            tries += 1
            count = self._most() if tries < 4 else (fitting + too_many) // 2
            count = min(max(count, fitting + 1), too_many - 1)
            if self.fits(count):
                fitting = count
            else:
                too_many = count
        return self.rows[:fitting], self.html(fitting)

    def _check_frame(self) -> None:
        empty = self._size(0)
        if empty > self._limit:
            raise TemplateError(
                f"the mail without any entry has {empty} bytes; {self._limit} are the limit",
                where=Location(file=f"templates/{self._sheet.html_template}"),
                mend="shorten the template, or the newsletter's title and postal_address",
            )

    def _size(self, count: int) -> int:
        """The bytes that the HTML of so many rows has: drawn, and measured."""
        if count not in self._drawn:
            html = self._sheet.html(self.rows[:count])
            self._drawn[count] = self._measure(html), html
            self._last = count
        return self._drawn[count][0]

    def _most(self) -> int:
        """How many rows fit, estimated."""
        counts = range(1, len(self.rows) + 1)
        return bisect_right(counts, self._limit, key=self._estimate)

    def _estimate(self, count: int) -> int:
        """The bytes of so many rows, by the number that was drawn last."""
        last = self._last
        held = self._held[count] - self._held[last]
        return self._size(last) + held + int(self._markup * (count - last))

    @cached_property
    def _held(self) -> list[int]:
        """The weight of the first 0, 1, 2 and so on rows."""
        return list(accumulate(map(_weight, self.rows), initial=0))

    @cached_property
    def _markup(self) -> float:
        """Bytes of a row beside its weight, in the mean of a few rows from all over the list."""
        few = self.rows[:: max(1, -(-len(self.rows) // _SAMPLE))]
        if len(few) < 2:
            return 0.0
        size = self._measure(self._sheet.html(few)) - self._size(1)
        return (size - sum(map(_weight, few[1:]))) / (len(few) - 1)
