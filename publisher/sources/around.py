"""EDGE. The files around articles that say something of them, and what their folder looks like.

Which those are goes by the `dialect` of the source; code among them is never run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from publisher.config import FilesSpec
from publisher.errors import ArticleError, ArticleOutOfReach, Location
from publisher.parse.around import Around, Data, read_data, read_meta, read_people_file
from publisher.parse.headers.fields import meanings
from publisher.parse.headers.people import Register
from publisher.parse.outline import Outline
from publisher.sources.tools import tool_of

_CODE = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs")


class Surroundings:
    """What is around each article of a folder. `files` are all that lie in it, and `outline` is
    what their names say."""

    def __init__(
        self, spec: FilesSpec, folder: Path, files: Collection[str], outline: Outline
    ) -> None:
        self._spec = spec
        self._folder = folder
        self._files = files
        self._versions = outline.versions
        self._of_folder: dict[str, tuple[str, ...]] = {}
        self._read: dict[str, Data] = {}
        self._register: Register | None = None
        self._suffixes = outline.data
        self._has_meta = outline.has_meta
        self.people_file = outline.people_file
        self.inclusions = 0
        """How many parts were asked for so far."""
        self.failures = 0
        """How often a file could not be read so far, and the article was read without it."""

    @property
    def are_none(self) -> bool:
        """Whether `depends_on` and `named` give nothing for any article, and nobody is listed."""
        return not (self._suffixes or self._has_meta or self._versions or self.people_file)

    def depends_on(self, file: str) -> tuple[str, ...]:
        """The files that say something of an article, the nearest first."""
        stem = file.rpartition(".")[0]
        meta = (f"{stem}.meta",) if self.has_meta(file) else ()
        if not self._suffixes:
            return meta
        own = tuple(stem + suffix for suffix in self._suffixes if stem + suffix in self._files)
        return (*meta, *own, *self._data_of(file.rpartition("/")[0]))

    def has_meta(self, file: str) -> bool:
        """Whether the header of a file lies beside it."""
        return self._has_meta and f"{file.rpartition('.')[0]}.meta" in self._files

    def named(self, file: str) -> tuple[str, ...]:
        """What the name of an article says beside other names, as part of what it was read by."""
        return tuple(self._versions.get(file, ()))

    def of(self, file: str) -> Around:
        """What is around an article. Raises ArticleError, at the file that cannot be read."""
        meta, data = None, []
        for name in self.depends_on(file):
            if name.endswith(".meta"):
                meta = read_meta(self._bytes(name), name, meanings(self._spec.map))
            else:
                data.append(self._data(name))
        version = self._versions.get(file)
        people = self._people() if self.people_file else {}
        return Around(
            meta=meta,
            data=tuple(data),
            people=people,
            version=version,
            read=self.included,
            vault=self.is_vault,
        )

    def included(self, file: str) -> bytes | None:
        """What a file holds that an article includes; None where it cannot be read."""
        self.inclusions += 1
        if file not in self._files:
            return None
        try:
            return self._bytes(file)
        except ArticleError:
            self.failures += 1
            return None

    @cached_property
    def is_vault(self) -> bool:
        """Whether the folder is one of Obsidian's notes, by its dialect or by what lies there."""
        if self._spec.dialect == "auto":
            return self._tool is not None and self._tool[1] == "obsidian"
        return self._spec.dialect == "obsidian"

    @cached_property
    def _tool(self) -> tuple[str, str] | None:
        return tool_of(self._folder)

    def _people(self) -> Register:
        if self._register is None:
            try:
                raw = self._bytes(self.people_file)
            except ArticleError:  # `look_around` says so
                self.failures += 1
                return {}
            self._register = {}
            with suppress(ArticleError):  # it says also what is wrong with it
                self._register = read_people_file(raw, self.people_file)
        return self._register

    def _data_of(self, folder: str) -> tuple[str, ...]:
        """The data files of a folder and of those above it."""
        found = self._of_folder.get(folder)
        if found is None:
            name = folder.rpartition("/")[2] or self._folder.name
            places = (f"{folder}/{name}" if folder else name,)
            own = tuple(p + s for p in places for s in self._suffixes if p + s in self._files)
            above = self._data_of(folder.rpartition("/")[0]) if folder else ()
            found = self._of_folder[folder] = (*own, *above)
        return found

    def _data(self, file: str) -> Data:
        if file not in self._read:
            self._read[file] = read_data(self._bytes(file), file)
        return self._read[file]

    def _bytes(self, file: str) -> bytes:
        try:
            return (self._folder / file).read_bytes()
        except OSError as error:
            raise ArticleOutOfReach(
                f"cannot be read: {error.strerror}",
                where=Location(file=file),
                mend="let this user read the file, or take it away",
            ) from error

    def look_around(self) -> Iterator[str]:
        """What a person should know of the folder as a whole."""
        place = self._spec.place
        if self._spec.dialect in ("auto", "eleventy"):
            for file in self._files:
                if file.endswith(_CODE):
                    told = f"{file.rpartition('.')[0]}.json"
                    yield (
                        f"{place}/{file}: is code, and is not run; write what it says of articles "
                        f"as {told}, or as `defaults:` of the source"
                    )
        if self.people_file:
            try:
                read_people_file(self._bytes(self.people_file), self.people_file)
            except ArticleError as error:
                yield f"{place}/{error}; the authors are shown by their ids"
        if self._spec.dialect == "auto" and self._tool is not None:
            sign, tool = self._tool
            yield (
                f"{place}: {sign} says that this is a folder of {tool.title()}: "
                f"set `dialect: {tool}` of the source {self._spec.name!r}"
            )
