"""What is called trouble, and what is not."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from publisher.config.load import load_config
from publisher.model import Health, LastRun
from publisher.store import standing
from publisher.store.lastrun import read_last_run, save_last_run
from publisher.store.mailings import UNPUBLISHED
from publisher.store.standing import Standing
from publisher.upkeep.health import take_stock
from publisher.wiring.stores import Stores
from tests.sites import CONFIG, NEWSLETTER

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def health(folder: Path, run: LastRun | None = None) -> Health:
    (folder / "publisher.yaml").write_text(CONFIG + NEWSLETTER, encoding="utf-8")
    config = load_config(folder / "publisher.yaml")
    state = folder / ".publisher"
    if run is not None:
        state.mkdir(exist_ok=True)
        save_last_run(state, run)
    with closing(Stores(config, lambda: NOW, time_is_told=True)) as stores:
        return take_stock(config, stores, NOW)


def causes(found: Health) -> list[str]:
    return [one.cause for one in found.troubles]


def ago(**time: float) -> datetime:
    return NOW - timedelta(**time)


def test_a_site_that_was_never_published_is_well(tmp_path: Path) -> None:
    found = health(tmp_path)
    assert (found.status, found.rebuild_age, causes(found)) == ("ok", None, [])


def test_what_cannot_be_read_of_the_last_run_is_not_there(tmp_path: Path) -> None:
    assert health(tmp_path, LastRun(good=ago(minutes=1))).rebuild_age == 60
    (tmp_path / ".publisher" / "last-run.json").write_text('{"good": 7}', encoding="utf-8")
    assert read_last_run(tmp_path / ".publisher") is None
    assert health(tmp_path).status == "ok"


def test_no_run_waits_for_a_disk_to_say_how_it_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: int) -> None:
        raise AssertionError("nothing is decided by it")

    monkeypatch.setattr("os.fsync", never)
    save_last_run(tmp_path, LastRun(good=NOW))
    assert read_last_run(tmp_path) == LastRun(good=NOW)


@pytest.mark.parametrize(
    ("every", "age", "status"),
    [
        (600, 1800, "ok"),
        (600, 1801, "failing"),
        (2, 120, "ok"),
        (2, 121, "failing"),
        (0, 9e5, "ok"),
    ],
)
def test_a_timer_that_publishes_no_more_fails(
    tmp_path: Path, every: int, age: float, status: str
) -> None:
    """Where no timer made the last run, nobody knows when the next one is to be."""
    found = health(tmp_path, LastRun(good=ago(seconds=age), every=every))
    assert found.status == status
    assert causes(found) == (["rebuild"] if status == "failing" else [])


def test_a_run_that_failed_is_told_with_why(tmp_path: Path) -> None:
    run = LastRun(good=ago(minutes=5), every=600, failed="templates/a.html:1: x", failed_at=NOW)
    for place in ("rebuild", "source"):
        found = health(tmp_path, LastRun(good=run.good, failed=run.failed, failed_in=place))
        assert (found.status, causes(found)) == ("attention", [place])
        assert "templates/a.html:1" in found.troubles[0].text


def test_issues_that_are_late_or_held(tmp_path: Path) -> None:
    good = ago(hours=3)
    slots = {"weekly": ago(minutes=16), "daily": ago(minutes=15), "yearly": NOW + timedelta(days=9)}
    run = LastRun(good=good, next_slots=slots, held={"weekly 4": "waits"}, late={"daily 2": "late"})
    found = health(tmp_path, run)
    assert causes(found) == ["late: daily 2", "held: weekly 4", "late: weekly"]
    # A newsletter that waits for its first articles is looked at by every run.
    assert not causes(health(tmp_path, LastRun(good=good, next_slots={"weekly": good})))


class Usage(NamedTuple):
    """As shutil has it."""

    total: int
    used: int
    free: int


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, expected in ((200, []), (199, ["disk: output", "disk: state"])):
        usage = Usage(10**12, 0, free * 1024 * 1024)
        monkeypatch.setattr(shutil, "disk_usage", lambda _, usage=usage: usage)
        assert causes(health(tmp_path)) == expected


def stands(minutes: int, why: str = "", **states: int) -> Standing:
    return Standing(
        newsletter="weekly", number=3, states=Counter(states), why=why, overdue=minutes * 60_000
    )


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (stands(30, pending=5), ""),
        (stands(31, pending=5), "stuck, 5 wait"),
        (stands(0, "it said: 550 <ann@example.com>", pending=5, sending=1), "is paused, 6 wait"),
        (stands(30, UNPUBLISHED, pending=5), ""),
        (stands(31, UNPUBLISHED, pending=5), "is paused, 5 wait: its pages"),
        (stands(0, held=2), "2 in doubt wait for you"),
        (stands(0, deferred=2), ""),
    ],
)
def test_issues_that_are_sent_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: Standing, said: str
) -> None:
    monkeypatch.setattr(standing, "read_standing", lambda _: [one])
    (tmp_path / ".publisher").mkdir()
    (tmp_path / ".publisher" / "publisher.db").touch()
    found = health(tmp_path)
    assert found.unsent == one.states
    assert causes(found) == (["unsent: weekly 3"] if said else [])
    assert not said or said in found.troubles[0].text
    assert "ann@" not in str(found.troubles)


def test_a_state_that_cannot_be_read_fails(tmp_path: Path) -> None:
    (tmp_path / ".publisher").mkdir()
    (tmp_path / ".publisher" / "publisher.db").write_bytes(b"no database" * 1000)
    found = health(tmp_path)
    assert (found.status, causes(found)) == ("failing", ["state"])


def test_a_state_that_may_not_be_looked_at_fails(tmp_path: Path) -> None:
    """As where its folder is another user's. A name that is too long stands for it, for root may
    look everywhere."""
    (tmp_path / "publisher.yaml").write_text(
        CONFIG + NEWSLETTER + f"state: {'x' * 300}\n", encoding="utf-8"
    )
    config = load_config(tmp_path / "publisher.yaml")
    with closing(Stores(config, lambda: NOW, time_is_told=True)) as stores:
        found = take_stock(config, stores, NOW)
    assert (found.status, causes(found)) == ("failing", ["state"])
    assert "cannot be looked at: File name too long" in found.troubles[0].text
