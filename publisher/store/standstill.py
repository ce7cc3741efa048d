"""EDGE. What a run saw and came to, by which the next one can tell that it would do nothing.

A run over unchanged sources finds the same again: that takes a second for ten thousand articles,
though nothing comes of it, and a timer has one every few minutes. So a run leaves a file behind:
one mark over the names, sizes, times and inodes of all that it depends on; until when time alone
changes nothing; each file of output/ with its size and time; and what it said. Where all of
that still holds the next run says it again: it looks at each file, and opens none.

Where all of it holds but files that hold something else now, the next run is told which those are
(`publishing.revisions`): what was seen of each is left in a second file.

Whatever is in doubt is a change. What was written within a moment before it was looked at
could be written again unseen, so then nothing is left behind; nor is it by a run whose end
depends on anything but files (see `publishing.publish`). A run that does anything takes away
first what the one before it left.
"""
# What is done to each of thousands of files is done by `os`: a Path of each takes as long again.
# ruff: noqa: PTH116

from __future__ import annotations

import os
import sys
import time
import zlib
from array import array
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from publisher.errors import StoreError
from publisher.store.sights import Lines, Sight, has_changed, mark_of, see
from publisher.system.aside import asked_aside, asked_in_turn
from publisher.system.room import remove_file
from publisher.system.whole import lie_of

NAME = "standstill.json"
_SEEN = "standstill.seen"
"""Beside it: the names of all that was seen, a line each, and after a NUL their numbers."""

_FORM = 6
_MOMENT_NS = 20_000_000
"""What a file system's clock may be behind: twice the longest tick of Linux."""

_WORTH_A_COPY = 1000
"""Files of output/ from which on a look takes longer than to copy the process that could do it."""

_LATEST = 20
"""The files that changed last are nearly always among those that change next: an article is
written, published, and then read once more. But where all files came at once, from a clone or
an archive, that says nothing; so those of the newest articles are asked as well."""

_OWN = ("build.db", "last-run.json", "lock", NAME, _SEEN, "templates")
"""How the names begin in the state folder of what runs alone write, under their lock."""

_CACHE = "build.db"
"""Runs alone write it; but who takes it away takes the last good versions of articles with it."""

_PACKAGE = Path(__file__).parents[1]

_DONE_BY: list[str] = []
"""Our code that this process began with, as it lay on disk: a timer runs on by that after an
upgrade, and what it makes is not by the new one."""


class Ahead(NamedTuple):
    """What a run that does something does while it is not known yet what that is: `fetch` is called
    once, and imports what it needs; `read` is asked, in a copy of the process where there can be
    one, what files say now that changed (absolute paths), of all that was seen, by a
    configuration as in `Came`. What such a copy
    looks into until it is asked ends with `meanwhile`."""

    fetch: Callable[[], object]
    read: Callable[[Sequence[str], Sight, bytes], bytes]
    meanwhile: ExitStack


class Depends(NamedTuple):
    """What a run depends on: the file of its configuration, and the hash of what was read of that;
    files and folders with all in them (but the `barred` ones), the record, and the state folder.
    Of `signs` only counts whether they are there. All as they are told, and not yet where links
    lead to."""

    config: Path
    config_mark: str
    places: tuple[Path, ...]
    signs: tuple[Path, ...]
    barred: tuple[Path, ...]
    record: Path
    state: Path


class Seen(NamedTuple):
    """What a run saw before it began; `code` is the mark of what it is done by."""

    inputs: Sight
    state: Sight
    code: str
    at_ns: int


class Lying(NamedTuple):
    """Files of an output, by path, with size and time: in columns, for there are thousands."""

    paths: Sequence[str]
    sizes: Sequence[int]
    times: Sequence[int]

    def with_changed(self, changed: Mapping[str, tuple[int, int]]) -> Lying:
        """The same files, some of them with another size and time."""
        sizes, times = list(self.sizes), list(self.times)
        places = {path: place for place, path in enumerate(self.paths) if path in changed}
        for path, (size, time_ns) in changed.items():
            sizes[places[path]], times[places[path]] = size, time_ns
        return Lying(self.paths, sizes, times)


class Found(NamedTuple):
    """What the last run left behind, where it still holds; `said` is what it would say again.

    It would where nothing is `changed`: files, by absolute paths, that hold something else now.
    `until` is when time alone changes something, None for never. `seen` is all there is now, files
    by absolute paths; `mark` tells this from what another run leaves behind (`is_left`),
    `config_mark` its configuration from others. `lying` is what it wrote, `newest` and
    `record_mark` as in `Came`, `read` what the changed files say, where that was asked. Whether
    all that was written lies there as it was left `all_lie` tells: it has to be asked before
    anything is put in place.
    """

    said: Any
    config_mark: str
    lying: Lying
    newest: Sequence[str]
    record_mark: Sequence[int]
    until: datetime | None
    changed: tuple[str, ...]
    seen: Seen
    mark: tuple[int, int]
    read: bytes
    all_lie: Callable[[], bool]


class Came(NamedTuple):
    """What a run came to. `until` is when time alone changes something, None for never; `lying`
    are the files of the output; `newest` those of the newest articles, by absolute paths; `said`
    what it would say again; `record_mark` the record as it was left (`lie_of`; a run writes it
    itself, so its other times say nothing); `configuration` is what was read of that, in bytes: to
    read it anew takes as long as to read an article."""

    at: datetime
    until: datetime | None
    output: Path
    lying: Lying
    newest: Sequence[str]
    said: Any
    record_mark: Sequence[int]
    configuration: bytes


def look(depends: Depends) -> Seen | None:
    """All that a run depends on as it is now; None where a folder cannot be looked into."""
    at = time.time_ns()
    try:
        inputs = see((*depends.places, depends.config), depends.barred, depends.signs)
        return Seen(inputs, _state_sight(depends.state), _code_mark(), at)
    except OSError:
        return None


def keep_standstill(depends: Depends, seen: Seen, came: Came) -> None:
    """Leave behind what a run saw and came to, unless it is in doubt already."""
    after = _state_sight(depends.state)
    newest_ns = max(seen.inputs.newest_ns, after.newest_ns)
    is_by_others = bool(_DONE_BY) and seen.code.partition(" ")[0] != _DONE_BY[0]
    is_in_doubt = newest_ns > seen.at_ns - _MOMENT_NS or not came.record_mark
    if after.mark != seen.state.mark or is_by_others or is_in_doubt:
        return
    kept = {
        "form": _FORM,
        "code": seen.code,
        "at": came.at.isoformat(),
        "until": came.until and came.until.isoformat(),
        "config": [str(depends.config), depends.config_mark],
        "configuration": came.configuration,
        "places": list(map(str, depends.places)),
        "barred": list(map(str, depends.barred)),
        "signs": list(map(str, depends.signs)),
        "inputs": seen.inputs.mark,
        "newest": came.newest,
        "likely": seen.inputs.likely(_LATEST, {*came.newest}),
        "state": after.mark,
        "cache": os.stat(depends.state / _CACHE).st_ino,
        "record": [str(depends.record), came.record_mark],
        "output": str(came.output),
        **came.lying._asdict(),
        "said": came.said,
    }
    # Not synced: what is not whole is no JSON, and the numbers of its mark are not there; then
    # nobody goes by it.
    _put(depends.state / _SEEN, seen.inputs.names + b"\0" + seen.inputs.numbers)
    _put(depends.state / NAME, msgspec.json.encode(kept))


def _put(place: Path, data: bytes) -> None:
    aside = place.with_name(f".{place.name}.new")
    try:
        aside.write_bytes(data)
        aside.replace(place)
    except OSError:
        with suppress(OSError):
            aside.unlink()  # half of it would take the last room of a full disk
        raise


def forget_standstill(state: Path) -> None:
    """A run begins that may change something, so it may be true no more. Raises StoreError."""
    remove_file(StoreError, state / NAME)


def is_left(state: Path, mark: tuple[int, int]) -> bool:
    """Whether no run has been since that mark was found."""
    try:
        return _mark_of(state) == mark
    except OSError:
        return False


def find_standstill(
    config: Path, state: Path, now: datetime, ahead: Ahead | None = None
) -> Found | None:
    """What the last run left behind, where nothing is otherwise now but what files hold.

    The caller holds the run's lock. Where it is known before all is looked at that this run does
    something, a copy of the process looks while it goes `ahead`.
    """
    at = time.time_ns()
    try:
        kept = msgspec.json.decode((state / NAME).read_bytes())
        until = kept["until"] and datetime.fromisoformat(kept["until"])
        state_now = _state_sight(state)
        holds = (
            kept["form"] == _FORM
            and kept["config"][0] == str(config)
            and datetime.fromisoformat(kept["at"]) <= now
            and (until is None or now < until)
            and kept["record"][1] == lie_of(Path(kept["record"][0]))
            and kept["state"] == state_now.mark
            and kept["cache"] == os.stat(state / _CACHE).st_ino
        )
        if not holds:
            return None
        lying = Lying(kept["paths"], kept["sizes"], kept["times"])
        found, all_lie = _look_at_all(config, state, kept, lying, ahead)
        if found is None:
            return None
        return Found(
            said=kept["said"],
            config_mark=kept["config"][1],
            lying=lying,
            newest=kept["newest"],
            record_mark=kept["record"][1],
            until=until,
            changed=found.changed,
            seen=Seen(found.inputs, state_now, kept["code"], at),
            mark=_mark_of(state),
            read=found.read,
            all_lie=all_lie,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # it is not there, or of another version, or something else is not


class _Looked(NamedTuple):
    """What there is now of all that a run depends on, the files that hold something else, and what
    they say, where that was asked."""

    inputs: Sight
    changed: tuple[str, ...]
    read: bytes = b""


def _look_at_all(
    config: Path, state: Path, kept: Any, lying: Lying, ahead: Ahead | None
) -> tuple[_Looked | None, Callable[[], bool]]:
    """What there is now, None where something else changed than what files hold; and what tells
    whether all that was written lies there, where a run can begin before it is known."""
    at_files = partial(_look_at_files, config, state, kept)
    others = partial(_others_hold, kept["code"], kept["output"], lying)
    pays = len(lying.paths) > _WORTH_A_COPY
    if pays and ahead and has_changed(kept["likely"]):
        lie_there = partial(_all_lie, kept["output"], lying)
        asked = partial(_with_words, ahead=ahead, kept=kept)
        questions = (lambda: asked(at_files()), _Looked | None), (lie_there, bool)
        looked, all_lie = ahead.meanwhile.enter_context(asked_in_turn(*questions))
        ahead.fetch()
        if _code_mark() != kept["code"]:
            return None, _it_does  # what is in the cache may be of a form that is not ours
        found = looked()
        if found is not None and found.changed:
            return found, all_lie
        return (found if all_lie() else None), _it_does
    with asked_aside(others, bool) if pays else nullcontext(others) as all_hold:
        found = at_files()
        if found is None or not found.changed or ahead is None:
            return (found if all_hold() else None), _it_does
        with asked_aside(lambda: _with_words(found, ahead, kept), _Looked | None) as looked:
            ahead.fetch()
            return (looked() if all_hold() else None), _it_does


def _it_does() -> bool:
    """It was asked already whether all that was written lies there."""
    return True


def _with_words(found: _Looked | None, ahead: Ahead, kept: Any) -> _Looked | None:
    """The same, with what the changed files say."""
    if found is None or not found.changed:
        return found
    configuration = a2b_base64(kept["configuration"])
    return found._replace(read=ahead.read(found.changed, found.inputs, configuration))


def _look_at_files(config: Path, state: Path, kept: Any) -> _Looked | None:
    """None where not just what files hold changed."""
    inputs = see((*kept["places"], config), kept["barred"], kept["signs"])
    changed = _changed(state, kept["inputs"], inputs)
    return None if changed is None else _Looked(inputs, changed)


def _mark_of(state: Path) -> tuple[int, int]:
    lie = os.stat(state / NAME)
    return lie.st_ino, lie.st_mtime_ns


def _changed(state: Path, before: str, now: Sight) -> tuple[str, ...] | None:
    """The files that hold something else than before; None where not just that changed."""
    if now.mark == before:
        return ()
    names, found, numbers = (state / _SEEN).read_bytes().partition(b"\0")
    is_of_same = found and names == now.names and len(numbers) == len(now.numbers)
    if not is_of_same or mark_of(names, numbers) != before:
        return None
    return tuple(now.differing(numbers))


def _state_sight(state: Path) -> Sight:
    """What others may write in the state folder: issues, readers, copies of feeds."""
    seen = Lines()
    seen.add_below(str(state), _OWN)
    return seen.sight()


def _code_mark() -> str:
    """What a run is done by: Python and this package with its words and templates; libraries, of
    which zlib may be the system's."""
    seen = Lines()
    seen.names.append(sys.version)
    for folder in filter(Path.is_dir, (_PACKAGE, _PACKAGE.parent / "templates")):
        seen.add_below(str(folder), ("__pycache__",))
    ours, libraries = _mark_of_code(seen), Lines()
    libraries.names.append(zlib.ZLIB_RUNTIME_VERSION)
    if not _DONE_BY:
        _DONE_BY.append(ours)
    for place in sys.path:
        # The time changes with each library put in or taken out; and once when a module is compiled
        # there, so a process does not go by it.
        if place.endswith("-packages"):
            libraries.add(place, place, os.stat(place))
    return f"{ours} {_mark_of_code(libraries)}"


def _mark_of_code(seen: Lines) -> str:
    """Without the times at which the system noticed a change: whoever makes a second name for a
    file, as a backup does and a build of a package, changes that."""
    sight = seen.sight()
    numbers = array("Q", sight.numbers)
    del numbers[2::5]
    return mark_of(sight.names, numbers.tobytes())


def _others_hold(code: str, output: str, lying: Lying) -> bool:
    """Whether a run is done by the same, and what was written lies there."""
    return _code_mark() == code and _all_lie(output, lying)


def _all_lie(output: str, lying: Lying) -> bool:
    """Whether every file that we wrote lies there as we left it."""
    try:
        folder = os.open(output, os.O_RDONLY | os.O_DIRECTORY)
        try:
            return all(_stats(lying, folder))
        finally:
            os.close(folder)
    except OSError:
        return False


def _stats(lying: Lying, folder: int) -> Iterator[bool]:
    for path, size, changed in zip(*lying, strict=True):
        lie = os.stat(path, dir_fd=folder)
        yield lie.st_size == size and lie.st_mtime_ns == changed
