"""EDGE. What a ledger remembers of an output: asked for path by path, until all of it is wanted.

A run that writes four files of ten thousand asks for these four.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from publisher.model import Manifest, ManifestEntry
from publisher.outputs import Ledger


class Remembered(Mapping[str, ManifestEntry]):
    """What was written last time. Each path stays as it was when it was first asked for."""

    def __init__(self, ledger: Ledger, output: str) -> None:
        self._ledger = ledger
        self._output = output
        self._asked: dict[str, ManifestEntry | None] = {}

    def __getitem__(self, path: str) -> ManifestEntry:
        if "_all" in self.__dict__:
            return self._all[path]
        if path not in self._asked:
            self._asked[path] = self._ledger.entries(self._output, [path]).get(path)
        entry = self._asked[path]
        if entry is None:
            raise KeyError(path)
        return entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __bool__(self) -> bool:
        return self._ledger.knows(self._output)

    @cached_property
    def _all(self) -> Manifest:
        found = dict(self._ledger.manifest(self._output))
        for path, entry in self._asked.items():
            if entry is None:
                found.pop(path, None)
            else:
                found[path] = entry
        return found
