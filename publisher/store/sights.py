"""EDGE. What is seen of files without opening them: their names, sizes, times and inodes.

Of thousands of files: so it is a few long strings of bytes, which C makes, compares and hands on.
"""
# What is done to each of thousands of files is done by `os`: a Path of each takes as long again.
# ruff: noqa: PTH110, PTH115, PTH116

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from errno import ENOTSUP
from hashlib import blake2b
from heapq import nlargest
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from publisher.readings import FileStat

_EACH = 5 * 8
"""Bytes of the numbers of a file."""

_AT_ONCE = 100
"""Files that are compared at once."""

_BITS = 2**64 - 1
"""Times before 1970 are numbers too, and read as "q" they are below zero again."""


class Sight(NamedTuple):
    """What was seen of some places: one mark for all, and the newest time of anything there.

    `names` and `numbers` are what the mark is of: a line for each thing, and five numbers for each
    file. `paths` are those files, each ending in a NUL; some are links where it `has_links`.
    """

    mark: str
    newest_ns: int
    names: bytes
    numbers: bytes
    paths: bytes
    has_links: bool

    @property
    def files(self) -> list[str]:
        """The path of each file."""
        return self.paths.decode("utf-8", "surrogateescape").split("\0")[:-1]

    @property
    def leads_to_folders(self) -> bool:
        """Whether a link leads to a folder: then files may be there by other names as well."""
        return any(map(stat.S_ISDIR, self._modes()))

    def below(self, folder: str) -> Mapping[str, FileStat] | None:
        """The files below a folder (absolute, ending in a slash), by their path in it, sorted; None
        where not all of them are plain files with names in ASCII."""
        is_plain = not self.has_links and all(map(stat.S_ISREG, self._modes()))
        return _Stats(folder, self) if is_plain and self.names.isascii() else None

    def differing(self, before: bytes) -> list[str]:
        """The files of which other numbers were seen before, as many as now."""
        places = list(_differing(before, self.numbers))
        files = self.files if places else ()
        return [files[place] for place in places]

    def likely(self, latest: int, named: Collection[str]) -> list[tuple[str, list[int]]]:
        """Those files of which the system noticed a change last, and those that are named, with
        their five numbers."""
        files, numbers = self.files, array("Q", self.numbers)
        times = array("q", self.numbers)[2::5].tolist()
        places = nlargest(latest, range(len(times)), times.__getitem__)
        places += [place for place, file in enumerate(files) if file in named]
        return [(files[place], numbers[5 * place : 5 * place + 5].tolist()) for place in {*places}]

    def _modes(self) -> set[int]:
        return set(array("Q", self.numbers)[4::5])


def mark_of(names: bytes, numbers: bytes) -> str:
    """The mark of a sight."""
    mark = blake2b(names, digest_size=16)
    mark.update(numbers)
    return mark.hexdigest()


def has_changed(files: Iterable[tuple[str, Sequence[int]]]) -> bool:
    """Whether one of these files is gone, or has other numbers than these."""
    try:
        return any(_numbers_of(os.stat(path)) != tuple(numbers) for path, numbers in files)
    except OSError:
        return True


def _differing(old: bytes, new: bytes) -> Iterator[int]:
    """Which of the files; nearly none, so many are compared at once."""
    for begin in range(0, len(new), _AT_ONCE * _EACH):
        end = begin + _AT_ONCE * _EACH
        if old[begin:end] != new[begin:end]:
            for place in range(begin, min(end, len(new)), _EACH):
                if old[place : place + _EACH] != new[place : place + _EACH]:
                    yield place // _EACH


class _Stats(Mapping[str, "FileStat"]):
    """What the system said of the files below a folder, by their path in it.

    Of thousands a few are asked for: so nothing is made of all of them before somebody asks.
    """

    def __init__(self, folder: str, sight: Sight) -> None:
        from publisher.readings import FileStat  # noqa: PLC0415 (a run that does nothing)

        self._make = FileStat
        self._folder = folder
        self._sight = sight
        self._paths = b"\0" + sight.paths

    def __getitem__(self, file: str) -> FileStat:
        place = self._place(file)
        if place < 0:
            raise KeyError(file)
        numbers = array("Q", self._sight.numbers[place * _EACH : (place + 1) * _EACH])
        size, changed, noticed, inode, _ = numbers
        return self._make(_signed(changed), _signed(noticed), size, inode)

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and self._place(file) >= 0

    def __iter__(self) -> Iterator[str]:
        below = self._folder
        files = self._sight.files
        return iter(sorted([f.removeprefix(below) for f in files if f.startswith(below)]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _place(self, file: str) -> int:
        """Which of all files it is, -1 for none."""
        path = f"\0{self._folder}{file}\0".encode("utf-8", "surrogateescape")
        begin = self._paths.find(path)
        return self._paths.count(b"\0", 0, begin) if begin >= 0 else -1


def _signed(number: int) -> int:
    """A time as it was before it was kept in eight bytes."""
    return number - (_BITS + 1) if number > _BITS // 2 else number


def see(
    places: Iterable[Path | str], barred: Iterable[Path | str], signs: Iterable[Path | str]
) -> Sight:
    """Files, and folders with all that is in them, and where links on the way there lead to.

    As sources do, it looks at nothing that is hidden. A link to a folder is no folder: where
    it ends within, that is looked at anyway. Raises OSError.
    """
    shut = frozenset(os.path.realpath(place) for place in barred)
    seen = Lines()
    seen.names += [f"{sign} {os.path.exists(sign)}" for sign in signs]
    seen.names += sorted(shut)
    for place in map(os.path.realpath, places):
        seen.names.append(place)
        with suppress(FileNotFoundError):
            lie = os.stat(place)
            if stat.S_ISDIR(lie.st_mode):
                seen.add_below(place, (".",), shut)
            else:
                seen.add("", place, lie)
    return seen.sight()


class Lines:
    """What was seen so far: of each file its name and five numbers."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._files: list[str] = []
        self._has_links = False
        self._numbers = array("Q")

    def add(self, name: str, path: str, lie: os.stat_result) -> None:
        """A file, or a link with what is at its end."""
        self.names.append(name)
        self._files.append(path)
        self._numbers.extend(_numbers_of(lie))

    def add_below(
        self, place: str, unseen: tuple[str, ...], shut: frozenset[str] = frozenset()
    ) -> None:
        """Everything below a folder but what is `shut` or has a name that begins so. Raises
        OSError.

        (A folder's own time says that something in it came or went, which is seen anyway.)
        """
        names, files, extend = self.names, self._files, self._numbers.extend  # for thousands
        pending = [place]
        while pending:
            folder = pending.pop()
            names.append(f"{folder}/")
            with os.scandir(folder) as entries:
                for entry in entries:
                    name, path = entry.name, entry.path
                    if name.startswith(unseen) or path in shut:
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(path)
                        continue
                    if entry.is_symlink():
                        self._has_links = True
                        names.append(os.readlink(path))
                        _require_seen(place, entry)
                    try:
                        lie = entry.stat()
                    except FileNotFoundError:  # gone since, or a link to nothing
                        continue
                    names.append(name)
                    files.append(path)
                    extend(_numbers_of(lie))

    def sight(self) -> Sight:
        """All of it."""
        names = "\n".join(self.names).encode("utf-8", "surrogateescape")
        paths = "\0".join([*self._files, ""]).encode("utf-8", "surrogateescape")
        numbers = self._numbers.tobytes()
        times = array("q", numbers)
        newest = max((*times[1::5], *times[2::5]), default=0)
        return Sight(mark_of(names, numbers), newest, names, numbers, paths, self._has_links)


def _require_seen(place: str, link: os.DirEntry[str]) -> None:
    """Sources follow a link to a folder within theirs, also where that is hidden, which is looked
    at nowhere. Raises OSError for such a one."""
    if link.is_dir():
        end = os.path.realpath(link.path)
        if end.startswith(f"{place}/") and "/." in end[len(place) :]:
            raise OSError(ENOTSUP, "leads to what is hidden", link.path)


def _numbers_of(lie: os.stat_result) -> tuple[int, int, int, int, int]:
    changed, noticed = lie.st_mtime_ns & _BITS, lie.st_ctime_ns & _BITS
    return lie.st_size, changed, noticed, lie.st_ino, lie.st_mode
