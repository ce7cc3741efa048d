"""EDGE. The files of output/ as objects of a store, such as a bucket, whole and restartable.

One object more, the list, says which of the others are ours and what is in them: so another machine
can go on, and what is not on it is never touched. Before the first object is written, the list
says which ones are about to be; each object bears a mark with a hash of what is in it, so that
whoever goes on after a death need not write again what was written.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, groupby
from typing import NamedTuple, Protocol, TypeVar

from publisher.plugin import File, OutputProblem, Step, Updated
from publisher.values import dataclass

LIST = ".publisher.json"
_FORMAT = 1
_AT_ONCE = 8
_FEW = 50
"""So many objects are asked for one by one; for more the whole store is listed first."""
_LARGE = 4 << 20
"""Bytes of a file that is put alone, so that no more than one such is in memory."""
_MARK, _RUN = "publisher-content", "publisher-run"

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """What is put at a path: the bytes, what is sent with them, and a mark that is kept beside."""

    path: str
    data: bytes
    content_type: str
    cache_control: str
    mark: Mapping[str, str]


class Objects(Protocol):
    """A store of objects, each of which is replaced as a whole. All methods raise OutputProblem,
    and may be called by several threads."""

    def get(self, path: str) -> bytes | None:
        """What lies at a path; None where nothing does."""
        ...

    def mark(self, path: str) -> Mapping[str, str] | None:
        """The mark of what lies there; None where nothing does."""
        ...

    def put(self, one: Object) -> None:
        """Let it lie there."""
        ...

    def remove(self, path: str) -> None:
        """Let nothing lie there."""
        ...

    def paths(self) -> Iterator[str]:
        """Where something lies."""
        ...


class _Known(NamedTuple):
    """What the list says of a path: both are "" while it is written."""

    version: str
    content: str


_NOTHING = _Known("", "")


class ObjectOutput:
    """An output that is made of objects. `site_url` is whose they are."""

    def __init__(self, objects: Objects, *, site_url: str) -> None:
        self._objects = objects
        self._site_url = site_url

    def update(self, files: Sequence[File], *, full: bool, step: Step) -> Updated:
        """Let exactly these files lie there. Raises OutputProblem."""
        known = self._read_list()
        wanted = {file.path for file in files}
        gone = sorted(path for path in known if path not in wanted)
        changed = [f for f in files if full or known.get(f.path, _NOTHING).version != f.version]
        notes = known | {f.path: _Known(f.version, _content(f, f.read())) for f in changed}
        if notes == known and not gone and not full:
            return Updated()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            to_write = self._differing(pool, changed, known, notes, full=full)
            run = secrets.token_hex(8)
            if to_write or gone:
                begun = dict.fromkeys((*(file.path for file in to_write), *gone), _NOTHING)
                self._write_list(notes | begun, run)
                self._write(pool, to_write, run, step)
                removed = self._remove(pool, gone, run)
                self._refuse_another(run)
                self._write_list({p: note for p, note in notes.items() if p in wanted}, run)
                return Updated(written=[file.path for file in to_write], removed=removed)
            if notes != known:
                self._write_list(notes, run)
        return Updated()

    def _differing(
        self,
        pool: ThreadPoolExecutor,
        changed: Sequence[File],
        known: Mapping[str, _Known],
        notes: Mapping[str, _Known],
        *,
        full: bool,
    ) -> list[File]:
        """Those whose bytes do not lie there yet. Raises OutputProblem for what is not ours."""
        unsure = [f.path for f in changed if full or known.get(f.path, _NOTHING) == _NOTHING]
        marks = self._marks(pool, unsure)
        lying = {path: note.content for path, note in known.items() if path not in marks}
        for path, mark in marks.items():
            if mark is not None and _MARK not in mark and path not in known:
                raise OutputProblem(
                    f"{path} was not written by publisher and stays as it is",
                    mend="move it away, or name another `prefix` or bucket",
                )
            lying[path] = (mark or {}).get(_MARK, "")
        return [f for f in changed if lying.get(f.path) != notes[f.path].content]

    def _marks(
        self, pool: ThreadPoolExecutor, paths: Collection[str]
    ) -> dict[str, Mapping[str, str] | None]:
        there = set(self._objects.paths()) if len(paths) > _FEW else set(paths)
        asked = [path for path in paths if path in there]
        found = dict(zip(asked, _each(pool, self._objects.mark, asked), strict=True))
        return {path: found.get(path) for path in paths}

    def _write(self, pool: ThreadPoolExecutor, files: Sequence[File], run: str, step: Step) -> None:
        done = 0
        for _, some in groupby(files, key=lambda file: file.stage):
            self._refuse_another(run)
            stage = list(some)
            small = [file for file in stage if file.size <= _LARGE]
            large = [file for file in stage if file.size > _LARGE]
            for _ in chain(_each(pool, self._put, small), map(self._put, large)):
                done += 1
                step(done, len(files))

    def _put(self, file: File) -> None:
        data = file.read()
        self._objects.put(
            Object(
                path=file.path,
                data=data,
                content_type=file.content_type,
                cache_control=file.cache_control,
                mark={_MARK: _content(file, data)},
            )
        )

    def _remove(self, pool: ThreadPoolExecutor, paths: Sequence[str], run: str) -> list[str]:
        """Remove what bears our mark; what was replaced since is somebody else's now."""
        if not paths:
            return []
        self._refuse_another(run)

        def remove(path: str) -> bool:
            mark = self._objects.mark(path)
            is_ours = mark is not None and _MARK in mark
            if is_ours:
                self._objects.remove(path)
            return is_ours

        done = _each(pool, remove, paths)
        return [path for path, is_removed in zip(paths, done, strict=True) if is_removed]

    def _refuse_another(self, run: str) -> None:
        """Raises OutputProblem where somebody else has begun to write."""
        mark = self._objects.mark(LIST)
        if mark is None or mark.get(_RUN) != run:
            raise OutputProblem(
                "another run has begun to write there",
                mend="let one machine alone publish there; the next run goes on",
            )

    def _read_list(self) -> dict[str, _Known]:
        data = self._objects.get(LIST)
        if data is None:
            return {}
        try:
            told = json.loads(data)
            newer, site, files = told["format"] > _FORMAT, told["site"], told["files"]
            known = {str(path): _Known(str(a), str(b)) for path, (a, b) in files.items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise OutputProblem(
                f"its list, {LIST}, is damaged: {error}",
                mend="remove it: the next run knows what is ours by the objects themselves",
            ) from error
        if newer:
            raise OutputProblem(
                f"its list, {LIST}, was made by a newer publisher", mend="use that version"
            )
        if site != self._site_url:
            raise OutputProblem(
                f"it holds another site, {site}",
                mend=f"name another `prefix` or bucket; if the site was renamed, remove {LIST}",
            )
        return known

    def _write_list(self, known: Mapping[str, _Known], run: str) -> None:
        told = {"format": _FORMAT, "site": self._site_url, "files": dict(sorted(known.items()))}
        self._objects.put(
            Object(
                path=LIST,
                data=json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(),
                content_type="application/json",
                cache_control="no-store",
                mark={_RUN: run},
            )
        )


def _content(file: File, data: bytes) -> str:
    """A hash of all that an object holds."""
    hashed = hashlib.sha256(f"{file.content_type}\0{file.cache_control}\0".encode())
    hashed.update(data)
    return hashed.hexdigest()


def _each(pool: ThreadPoolExecutor, work: Callable[[T], R], things: Sequence[T]) -> Iterator[R]:
    """Do it with each, some at once; of many that cannot be done few are tried."""
    for start in range(0, len(things), _AT_ONCE * 4):
        yield from pool.map(work, things[start : start + _AT_ONCE * 4])
