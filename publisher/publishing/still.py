"""USE CASE. A run that would do nothing: found out without reading a configuration or an article.

`publish` leaves behind what it saw and came to, where nothing but files and time decide what the
next one does (`store.standstill`); the next one asks here first. It imports little, because most
of the time of such a run is that of its imports. Where it finds that files hold something else
and nothing is otherwise, `publishing.revisions` goes on from there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from publisher.errors import ArticleError, Location, PublisherError, StoreError
from publisher.outputs.lock import hold_lock
from publisher.store.lastrun import read_last_run, save_last_run
from publisher.store.standstill import NAME, Ahead, Found, find_standstill
from publisher.system.room import is_there

_STATE = ".publisher"
_TELLS_STATE = re.compile(rb"^[\"']?state\b", re.MULTILINE)


class Still(NamedTuple):
    """What a run says that did nothing, in the words of the one before it.

    `counts` are the articles by state, `kept` the files of the output.
    """

    now: datetime
    counts: Mapping[str, int]
    problems: tuple[PublisherError, ...]
    warnings: tuple[str, ...]
    kept: int
    output: Path
    next_slots: Mapping[str, datetime]

    @property
    def exit_code(self) -> int:
        """0; 3 where something named is left out, as it was before."""
        return 3 if self.problems else 0


class Revised(NamedTuple):
    """What a run finds where files hold something else than before, and nothing is otherwise.

    `still` is what it would say if they did not, `found` what the run before it left behind.
    """

    still: Still
    found: Found


def find_still(
    config_file: Path,
    now: datetime,
    *,
    state: Path | None = None,
    wait_seconds: float = 0.0,
    every: int = 0,
    ahead: Ahead | None = None,
) -> Still | Revised | None:
    """What a run at `now` would say, where it would do nothing; else what is known of it, if any.

    `state` is the state folder where that is known already. The run is noted as one, after which
    the next comes in `every` seconds, 0 where no timer makes them. `ahead` may be called as soon as
    it is known that the run does something. Raises OutputBusy when another run is writing,
    StoreError.
    """
    began = time.monotonic()
    file = config_file.absolute()
    state = state or _state_of(file)
    if state is None or not is_there(StoreError, state / NAME):
        return None
    with hold_lock(state / "lock", wait_seconds):
        found, last = find_standstill(file, state, now, ahead), read_last_run(state)
        if found is None or last is None or last.failed:
            return None
        still = _as_told(found.said, now)
        if found.changed:
            return Revised(still, found)
        seconds = round(time.monotonic() - began, 3)
        save_last_run(state, replace(last, good=now, seconds=seconds, every=every))
    return still


def _as_told(said: Any, now: datetime) -> Still:
    return Still(
        now=now,
        counts=said["counts"],
        problems=tuple(_problem(*one) for one in said["problems"]),
        warnings=tuple(said["warnings"]),
        kept=said["kept"],
        output=Path(said["output"]),
        next_slots={n: datetime.fromisoformat(at) for n, at in said["next_slots"].items()},
    )


def as_said(still: Still) -> dict[str, Any]:
    """The words of a run, as `find_still` reads them. Only refused articles can be told again."""
    return {
        "counts": dict(still.counts),
        "problems": [_told(problem) for problem in still.problems],
        "warnings": list(still.warnings),
        "kept": still.kept,
        "output": str(still.output),
        "next_slots": {name: at.isoformat() for name, at in still.next_slots.items()},
    }


def _state_of(config_file: Path) -> Path | None:
    """The state folder of a site; None where its configuration has to be read to know it."""
    try:
        text = config_file.read_bytes()
        told = _read_state(text) if _TELLS_STATE.search(text) else _STATE
    except (OSError, ValueError):
        return None
    return config_file.parent / told if told else None


def _read_state(text: bytes) -> str:
    """The name that a configuration gives the state folder, "" where it is no plain one."""
    import yaml  # noqa: PLC0415 (20 ms, for those few who gave it a name)

    try:
        found = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return ""
    told = found.get("state") if isinstance(found, dict) else None
    return told if isinstance(told, str) else ""


def _told(problem: PublisherError) -> tuple[str, str, int, int, str | None]:
    where = problem.where or Location(file="")
    return problem.message, where.file, where.line, where.column, problem.mend


def _problem(message: str, file: str, line: int, column: int, mend: str | None) -> ArticleError:
    where = Location(file=file, line=line, column=column) if file else None
    return ArticleError(message, where=where, mend=mend)
