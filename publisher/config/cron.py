"""GROUND. Cron expressions: when one comes next, and when it came last, on a local clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

_NAMES = ("minute", "hour", "day-of-month", "month", "day-of-week")
"""What the library calls the fields."""

_ANY_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 (a local time, as in all of this module)


def cron_problem(expression: str) -> str | None:
    """What is wrong with an expression of five fields, in words; None for a good one."""
    fields = expression.split()
    if len(fields) != 5:
        return "expected five fields: minute, hour, day of the month, month, weekday"
    if fields[2] != "*" and fields[4] != "*":
        return "a day of the month and a weekday at once: either would do, which few expect"
    try:
        first = next(cron_times(expression, _ANY_DAY), None)
    except ValueError as error:
        at = next((i for i, name in enumerate(_NAMES) if str(error) == f"Bad {name}"), None)
        return str(error) if at is None else f"{error} ({fields[at]!r})"
    return None if first else "it never comes"


def is_every_hour(expression: str) -> bool:
    """Whether an expression leaves the hour open: it goes by hours that pass, not by the clock."""
    return expression.split()[1] == "*"


def cron_times(expression: str, when: datetime, *, back: bool = False) -> Iterator[datetime]:
    """The local times after `when`, or those before it. Raises ValueError for what is no cron.

    Weekdays count from Sunday, 0 or 7; `L`, `5L` and `mon#1` are the last day, the last
    Friday and the first Monday of a month.
    """
    # 10 ms that only a site with such a schedule need pay
    from cronsim import CronSim, CronSimError  # noqa: PLC0415

    try:
        yield from CronSim(expression, when, reverse=back)
    except CronSimError as error:
        raise ValueError(str(error)) from error
