"""USE CASE. How the site is: its last run, its issues, their deliveries, the room there is.

All of it is read from the state and the disks, so that whoever asks hears the same: the timer,
the server, or a run of the command.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import RecordError, StoreError
from publisher.issues.loststate import lost_state, recorded_here
from publisher.issues.newsletter import LATE
from publisher.mailbox import without_addresses
from publisher.model import Health, LastRun, Trouble
from publisher.record import load_record
from publisher.store.lastrun import read_last_run
from publisher.values import dataclass
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.store.standing import Memory

LEAST_ROOM = 200 * 1024 * 1024
"""Bytes below which a disk is nearly full."""

_STUCK = timedelta(minutes=30)
"""Deliveries are stuck when they were due so long ago, and nothing was tried for as long."""

_RUNS_MISSED = 3
_LEAST_PATIENCE = timedelta(minutes=2)
"""A timer whose last good run is older than so many of its intervals, and than this, fails."""


@dataclass(slots=True)
class _Found:
    unsent: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    is_failing: bool = False


def take_stock(config: Config, stores: Stores, now: datetime) -> Health:
    """How the site is at an instant. Nothing is changed and nothing raised: a state that cannot
    be read is a trouble too."""
    run = read_last_run(config.path(config.state))
    room = _room(config)
    found = _Found()
    if run is not None:
        found.troubles += _troubles_of_run(run, now)
        found.is_failing = _is_overdue(run, now)
    try:
        memory = None
        if stores.is_there:  # also without newsletters: one that was may have left mail unsent
            memory = _look_at_deliveries(config, stores, found)
        found.troubles += _lost_state(config, memory, run)
    except StoreError as error:
        found.troubles.append(Trouble(kind="state", text=str(error)))
        found.is_failing = True
    found.troubles += [
        Trouble(kind="disk", of=name, text=f"the disk of {name} has {_in_mb(left)} left")
        for name, left in room.items()
        if left < LEAST_ROOM
    ]
    return Health(
        now=now,
        run=run,
        unsent=found.unsent,
        room=room,
        troubles=tuple(replace(one, text=without_addresses(one.text)) for one in found.troubles),
        is_failing=found.is_failing,
    )


def _troubles_of_run(run: LastRun, now: datetime) -> Iterator[Trouble]:
    if run.failed:
        what = "a source cannot be read" if run.failed_in == "source" else "nothing is published"
        yield Trouble(kind=run.failed_in, text=f"{what}: {run.failed}")
    elif _is_overdue(run, now):
        since = run.good.isoformat() if run.good else "ever"
        yield Trouble(kind="rebuild", text=f"nothing was published since {since}")
    for name, text in run.late.items():
        yield Trouble(kind="late", of=name, text=text)
    for name, text in run.held.items():
        yield Trouble(kind="held", of=name, text=text)
    for name, slot in run.next_slots.items():
        if run.good is not None and run.good < slot < now - LATE:
            text = f"the issue of {name} due {slot.isoformat()} is not made"
            yield Trouble(kind="late", of=name, text=text)


def _is_overdue(run: LastRun, now: datetime) -> bool:
    if not run.every or run.good is None:
        return False
    patience = max(_LEAST_PATIENCE, _RUNS_MISSED * timedelta(seconds=run.every))
    return now - run.good > patience


def _look_at_deliveries(config: Config, stores: Stores, found: _Found) -> Memory:
    """What is wrong with them, into what was found; gives what the database remembers."""
    from publisher.store import mailings, standing  # noqa: PLC0415 (SQLAlchemy, see stores)

    configured = {spec.name for spec in config.streams}
    for one in standing.read_standing(stores.database):
        found.unsent += one.states
        issue = f"issue {one.number} of {one.newsletter}"
        of = f"{one.newsletter} {one.number}"
        left = sum(one.states.values())
        is_stuck = one.overdue > _STUCK.total_seconds() * 1000
        if one.newsletter not in configured:
            text = f"{issue} is not sent, {left} wait: publisher.yaml has no {one.newsletter}"
        elif one.why and (is_stuck or one.why not in mailings.WAITING):
            text = f"{issue} is paused, {left} wait: {one.why}"
        elif is_stuck and not one.why:
            text = (
                f"{issue} is stuck, {left} wait: nothing was tried for {one.overdue // 60000} min"
            )
        elif one.states["held"]:
            text = f"{issue} is sent in part, {one.states['held']} in doubt wait for you"
        else:
            continue
        found.troubles.append(Trouble(kind="unsent", of=of, text=text))
    issues = mailings.Mailings(stores.database)
    for spec in config.streams:
        number = issues.unknown(spec.name, spec.readers)
        if number is not None:
            text = (
                f"issue {number} of {spec.name} is not sent: it was frozen elsewhere, and whom it "
                "went to is not known here (`publisher deliver --resend-unknown` sends it to all)"
            )
            found.troubles.append(Trouble(kind="unsent", of=f"{spec.name} {number}", text=text))
    return standing.read_memory(stores.database)


def _lost_state(config: Config, there: Memory | None, run: LastRun | None) -> Iterator[Trouble]:
    """A state that is gone, until an issue is frozen in the one in its place: as a run found it, or
    before there was one, by the pages of issues that no state tells of."""
    if config.smtp is None or (there is not None and there.mailings):
        return
    text = run.lost if run else ""
    if not text and (there is None or not there.issues):
        text = _missed(config)
    if text:
        yield Trouble(kind="state", of="readers", text=text)


def _missed(config: Config) -> str:
    """What to say of issues that record and output have, where the state has none."""
    pages = config.path(config.output) / "newsletters"
    if not pages.is_dir():
        return ""
    try:
        told = recorded_here(config, load_record(config.path(config.record)).issues)
    except RecordError:
        return ""  # a run tells of it
    shown = any((pages / name / str(number)).is_dir() for name, number in told)
    return lost_state(config, told) if shown else ""


def _room(config: Config) -> Mapping[str, int]:
    """Free bytes where output and state are, by their names in publisher.yaml."""
    folders = {"output": config.path(config.output), "state": config.path(config.state)}
    return {name: shutil.disk_usage(_there(folder)).free for name, folder in folders.items()}


def _there(folder: Path) -> Path:
    # os.path, for a Path raises where we may not look.
    places = (folder, *folder.parents)
    return next((p for p in places if os.path.exists(p)), Path("/"))  # noqa: PTH110 (see above)


def _in_mb(count: int) -> str:
    return f"{count // 1024 // 1024} MB of room"
