"""The benchmarks do what they say: every contestant works, and those alike do the same work."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping

import pytest

from tests.benchmarks.__main__ import SUBJECTS
from tests.benchmarks.contest import Contest, Sample
from tests.benchmarks.mailing_site import INITDB
from tests.benchmarks.measuring import Result, UnequalWorkError, hold, run
from tests.benchmarks.table import show
from tests.postgres import find_postgresql

SMALL = 130
CONTESTS = [contest for contests in SUBJECTS.values() for contest in contests]


def facts(name: str) -> Mapping[str, object]:
    module, _, function = name.partition(":")
    job = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)(SMALL)
    job.rewind()
    first = list(job.work())
    job.rewind()
    assert list(job.work()) == first, "the work cannot be repeated"
    found: Mapping[str, object] = job.facts(first)
    job.close()
    return found


def _takes_long(contest: Contest) -> bool:
    return INITDB in contest.needs or contest.ours.partition(":")[0] in ("deliveries", "crowd")


@pytest.mark.parametrize(
    "contest",
    [
        pytest.param(one, id=one.what, marks=[pytest.mark.long] if _takes_long(one) else [])
        for one in {(one.ours, one.anchor): one for one in CONTESTS}.values()
    ],
)
def test_contestants_do_their_work(contest: Contest, program: Callable[[str], str]) -> None:
    for name in contest.needs:
        if name != INITDB or find_postgresql() is None:
            program(name)
    ours, anchor = facts(contest.ours), facts(contest.anchor)
    assert ours
    assert (ours == anchor) or not contest.alike


def test_a_contestant_works_in_a_process_of_its_own() -> None:
    sample = run("feeds:three_formats", 3, 2)
    assert sample.facts["entries"] == 3
    assert sample.wall > 0
    assert sample.cpu > 0


def test_work_that_only_tells_is_done_once(program: Callable[[str], str]) -> None:
    program("smtp-sink")
    sample = run("deliveries:delivered", 20, 2)
    assert sample.facts == {"messages": 20}
    assert sample.peak > sample.grew


def test_unequal_work_is_no_contest() -> None:
    contest = Contest(
        what="unequal",
        ours="feeds:three_formats",
        anchor="feeds:compose_main",
        anchor_is="less",
        size=3,
    )
    with pytest.raises(UnequalWorkError, match="unequal"):
        hold(contest, 1, lambda _: None)


def test_the_table_has_medians_ratios_and_verdicts() -> None:
    contest = Contest(
        what="W",
        ours="a:b",
        anchor="a:c",
        anchor_is="A",
        size=1,
        goal=2.0,
        growth=10,
        why="Because.",
    )
    pairs = tuple(
        (Sample(wall=cpu, cpu=cpu, grew=20.0), Sample(wall=1.0, cpu=1.0, grew=40.0))
        for cpu in (3.0, 1.0, 2.0)
    )
    assert show([Result(contest=contest, pairs=pairs)]).splitlines()[2:] == [
        "| W | 2.00 s (2.00 s) | A | 1.00 s (1.00 s) | 2.00 (1.00 to 3.00) | at most 2.00 | met |",
        "| W: growth of the process | 20 MiB | A | 40 MiB | 0.50 | at most 10 MiB | missed |",
        "",
        "- Because.",
    ]


def test_the_table_has_rates_peaks_and_ratios_of_the_clock() -> None:
    contest = Contest(
        what="W",
        ours="a:b",
        anchor="a:c",
        anchor_is="A",
        size=100,
        goal=0.02,
        clock="wall",
        peak=50,
        rate="messages",
    )
    ours = Sample(wall=0.02, cpu=0.1, grew=1.0, peak=60.0)
    anchor = Sample(wall=2.0, cpu=0.001, grew=1.0, peak=30.0)
    row, of_peak = show([Result(contest=contest, pairs=((ours, anchor),))]).splitlines()[2:4]
    assert row.split(" | ")[1:] == [
        "20.0 ms (100.0 ms): 5,000 messages/s (1,000 a core)",
        "A",
        "2.00 s (1.0 ms): 50 messages/s (not here)",
        "0.01 (0.01 to 0.01), wall",
        "at most 0.02",
        "met |",
    ]
    assert of_peak == (
        "| W: the most that the process had | 60 MiB | A | 30 MiB | 2.00 | at most 50 MiB "
        "| missed |"
    )
