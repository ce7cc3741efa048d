"""Whatever befalls the timers, each slot of years has one issue, or a reason that has a name.

The real timer runs on a machine whose time is told (tests/simulation/machine.py): it is killed,
at once or in the midst of a run, sleeps, sees its clock jump, and has another beside it. When
issues are due is found minute by minute by the clock of the zone alone
(tests/simulation/expected.py). What mails look like is not asked here: they are drawn plainly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.issues import issuing, proofing
from publisher.issues.proofing import ProofedIssue
from publisher.model import RenderedIssue
from publisher.publishing import wanted
from publisher.render import words
from publisher.wiring import app
from tests.simulation.expected import (
    daily,
    hourly,
    hourly_on,
    month_end,
    twice_a_month,
    weekly,
    working_days,
)
from tests.simulation.judge import Judge
from tests.simulation.tale import DAY, HOUR, Letter, Tale
from tests.simulation.world import SITE, World
from tests.sites import Site

# Two years of each zone with both of its changes. Apia has had none since 2021; in these two it
# has, and a day that it left out.
ZONES = {
    "America/New_York": 2026,
    "Europe/Berlin": 2026,
    "Europe/Helsinki": 2026,
    "Australia/Lord_Howe": 2026,
    "Pacific/Apia": 2011,
    "Asia/Jakarta": 2026,
}
CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Europe/Helsinki", date(2027, 3, 28)),
    ("Europe/Helsinki", date(2027, 10, 31)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 4, 2)),
    ("Pacific/Apia", date(2011, 9, 24)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Jakarta", date(2026, 3, 29)),
]
"""When clocks change, and a day of Jakarta's, where they do not."""

QUICK = [CHANGES[n] for n in (3, 7)]

OTHER = {"Pacific/Apia": (3, 30)}
"""The time of day that is skipped and comes twice, where that is not half past two or one."""

BY_THE_HOUR = {"America/New_York": 23, "Australia/Lord_Howe": 23}
"""Where the day itself has an issue for each hour, and how many hours it has at least."""

SITES = 12
"""A site lives for two months: what a run costs grows with the issues there are."""


@pytest.fixture(scope="module")
def plain() -> Iterator[pytest.MonkeyPatch]:
    """Mails are drawn without MJML and pages not at all; words and templates are read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_read", lru_cache(words._read))
        patch.setattr(app, "read_theme", lru_cache(app.read_theme))
        patch.setattr(wanted, "page_artifacts", lambda *_: ())
        drawn = RenderedIssue(subject="News", html="<p>News</p>", text="News\n")
        patch.setattr(issuing, "render_issue", lambda *_, **__: drawn)
        patch.setattr(
            proofing,
            "proof_issue",
            lambda _app, _survey, _newsletter, issue, _past, **_: ProofedIssue(
                issue=issue, findings=()
            ),
        )
        yield patch


@pytest.fixture(scope="module")
def base(plain: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose templates were checked."""
    site = Site(tmp_path_factory.mktemp("base"))
    site.write("publisher.yaml", SITE)
    (site.folder / "articles").mkdir()
    site.publish_here(now="2010-01-01T00:00:00Z")
    return site


def letters(number: int, other: tuple[int, int]) -> dict[str, Letter]:
    """The newsletters of one site; what becomes of late ones differs from site to site."""
    ways = ("send", "skip", "hold")
    monthly = (month_end(*other), twice_a_month(1, 30))[number % 2]
    return {
        "early": Letter(daily(1, 30), on_late=ways[number % 3], max_late=HOUR),
        "late": Letter(daily(*other), on_late=ways[(number + 1) % 3], max_late=5 * HOUR),
        "workdays": Letter(working_days(*other), least=3, on_late="hold"),
        "weekly": Letter(weekly("sunday", 1, 30), tag="sea", on_late=ways[(number + 2) % 3]),
        "monthly": Letter(monthly, tag="sea", on_late="skip"),
    }


Live = Callable[..., World]


@pytest.fixture
def live(base: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Live:
    """Live in a world and judge it; `seed` is told where it fails, and does the same again."""

    def live(seed: str, zone: str, **more: Any) -> World:
        folder = tmp_path / seed.replace("/", "-")
        world = World(base, folder, seed=seed, zone=zone, **more)
        world.live(monkeypatch)
        print(f"seed {seed!r}: {Judge(world).judge()}")
        return world

    return live


@pytest.mark.parametrize(
    ("zone", "change"),
    # Quick are one that gives an hour, and one that takes half of one.
    [
        pytest.param(
            *one, marks=() if one in QUICK else pytest.mark.long, id=" ".join(map(str, one))
        )
        for one in CHANGES
    ],
)
def test_five_days_around_a_change_of_the_clock(live: Live, zone: str, change: date) -> None:
    """Sixty days in all with the long ones, as misfortunate as may be."""
    begin = datetime(change.year, change.month, change.day, tzinfo=UTC) - 3 * DAY
    more = {"hours": Letter(hourly_on(change))} if zone in BY_THE_HOUR else {}
    world = live(
        f"{zone} {change}",
        zone,
        letters=letters(change.month, OTHER.get(zone, (2, 30))) | more,
        begin=begin,
        end=begin + 5 * DAY,
        misfortunes=2.5,
        articles_a_day=6,
    )
    counts = world.tale.counts
    assert counts["expected"] >= 9 + BY_THE_HOUR.get(zone, 0)
    assert counts["made"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Europe/Berlin", date(2027, 3, 28), 23),
        ("Europe/Berlin", date(2027, 10, 31), 25),
        ("Europe/Helsinki", date(2026, 3, 29), 23),
        ("Europe/Helsinki", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24),  # 24½, and 01:30 to 02:00 comes twice
        ("Australia/Lord_Howe", date(2026, 10, 4), 23),  # 23½, and 02:00 is left out
        ("Pacific/Apia", date(2011, 4, 2), 25),
        ("Pacific/Apia", date(2011, 9, 24), 23),
        ("Asia/Jakarta", date(2026, 10, 25), 24),
    ],
)
def test_a_day_has_an_issue_for_each_of_its_hours(
    live: Live, zone: str, day: date, hours: int
) -> None:
    """Nothing befalls this timer, so that each of them is there."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    world = live(
        f"{zone} {day} by the hour",
        zone,
        letters={"hours": Letter(hourly(0)), "day": Letter(daily(1, 30))},
        begin=begin,
        end=begin + 60 * HOUR,
        misfortunes=0.0,
        articles_a_day=90,
    )
    told = [slot for name, slot in (*world.made, *world.passed) if name == "hours"]
    assert not [name for name in ("coalesced", "skipped", "held") if world.tale.counts[name]]
    assert [slot.astimezone(ZoneInfo(zone)).date() for slot in world.slots["hours"]].count(
        day
    ) == hours
    made = [slot.astimezone(ZoneInfo(zone)).date() for slot in told].count(day)
    assert hours - 4 <= made <= hours  # in an hour or two there is nothing to say


@pytest.mark.long
def test_the_day_that_apia_left_out(live: Live) -> None:
    """30 December 2011: what was due then is due at the first minute of the 31st; no hour is."""
    zone = ZoneInfo("Pacific/Apia")
    world = live(
        "Apia's day",
        "Pacific/Apia",
        letters={
            "early": Letter(daily(1, 30)),
            "hours": Letter(hourly_on(date(2011, 12, 31))),
            "lost": Letter(hourly_on(date(2011, 12, 30))),
        },
        begin=datetime(2011, 12, 28, 12, tzinfo=UTC),
        end=datetime(2012, 1, 1, tzinfo=UTC),
        misfortunes=0.0,
        articles_a_day=30,
    )
    made: dict[str, list[str]] = {"early": [], "hours": [], "lost": []}
    for name, slot in sorted(world.made):
        made[name].append(f"{slot.astimezone(zone):%d %H:%M}")
    assert made["early"][:4] == ["29 01:30", "31 00:00", "31 01:30", "01 01:30"]
    assert {time[:2] for time in made["hours"]} == {"31"}
    assert made["lost"] == []


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
def test_two_years_of_a_zone(live: Live, zone: str) -> None:
    """Of all six zones more than 10,000 slots: none doubled, none missing, none late.

    Where the clock does not change all newsletters are made at one time, which is half the work.
    """
    all_of_it = Tale()
    begin = datetime(ZONES[zone], 1, 1, tzinfo=UTC)
    times = [begin + timedelta(days=731) * n / SITES for n in range(SITES + 1)]
    for number, (since, until) in enumerate(pairwise(times)):
        offsets = {when.astimezone(ZoneInfo(zone)).utcoffset() for when in (since, until)}
        changes = len(offsets) > 1 or number == 0
        other = OTHER.get(zone, (2, 30)) if changes else (1, 30)
        world = live(
            f"{zone} {number}", zone, letters=letters(number, other), begin=since, end=until
        )
        all_of_it.counts += world.tale.counts
    print(f"{zone}, two years: {all_of_it}")
    counts = all_of_it.counts
    assert counts["expected"] >= 2000
    assert counts["made"] > 0.6 * counts["expected"]
    for name in ("quiet", "coalesced", "skipped", "held", "busy", "kills"):
        assert counts[name] > 0, name
