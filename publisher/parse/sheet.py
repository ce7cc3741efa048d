"""PURE. One article while it is read: its header, its body, and where each value came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from publisher.config import SiteSpec, SourceSpec
from publisher.model import ForeignFeed
from publisher.parse.around import NOTHING, Around
from publisher.parse.bodies import Body
from publisher.parse.folders import language_of_place
from publisher.parse.headers.fields import (
    Field,
    Notes,
    is_true,
)
from publisher.parse.headers.header import Header
from publisher.patterns import pattern
from publisher.values import dataclass

Committed = Callable[[str], datetime | None]
"""When a file was first committed, by its path under the source's folder."""


def never_committed(_file: str) -> datetime | None:
    """Where such dates do not count."""
    return None


_PAGE = pattern(r"\.html?\Z", re.IGNORECASE)

NAMELESS = "index"
"""What an article is called that nothing names, in its address at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An article being read. `notes` is filled by who reads it (`facts`, `dating`, `summary`).

    `language` is the declared one, `base_url` what its references stand under where that is not
    its own page. The last four are of an article of somebody else (publisher.parse.items.Item).
    """

    file: str
    base_url: str = ""
    header: Header
    body: Body
    fields: dict[str, Field]
    notes: Notes
    language: str | None
    site: SiteSpec
    source: SourceSpec
    committed: Committed = never_committed
    link: str = ""
    first: datetime | None = None
    excerpt: bool = False
    foreign: ForeignFeed | None = None
    around: Around = NOTHING
    includes: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The file's folder under the source, "" for the top and for what is no file."""
        return "" if self.is_item else self.file.rpartition("/")[0]

    @property
    def is_item(self) -> bool:
        """Whether it lies in a container, so that its name tells nothing about it."""
        return self.header.kind == "item"

    @property
    def is_index(self) -> bool:
        """Whether the file stands for its folder."""
        return not self.is_item and _is_index(self.file)

    @property
    def stem(self) -> str:
        """The name that tells of the article: the file's without suffix, or the folder's."""
        if self.is_item:
            return ""
        return _stem(self.file, self.around.version.suffix if self.around.version else "")

    @property
    def shared_path(self) -> str:
        """The path that versions in other languages have too, "" where nothing names one."""
        if self.around.version is not None:
            return self.around.version.shared
        placed = language_of_place(self.file, self.source)
        return placed[1] if placed and not self.is_item else ""

    @property
    def names_language(self) -> bool:
        """Whether the file's name or its folders say which of several versions it is."""
        if self.around.version is not None:
            return bool(self.around.version.language)
        told = self.fields.get("translation")  # Pelican's `translation: true`: not the original
        return bool(self.shared_path) or (told is not None and is_true(told.value))

    @property
    def asset_folder(self) -> str:
        """The folder that is named as the article is: its own files lie there (Hexo)."""
        return "" if self.is_item or self.is_index else self.file.rpartition(".")[0]

    @property
    def zone(self) -> tzinfo:
        """The zone of dates without an offset."""
        name = self.source.timezone or self.site.timezone
        return ZoneInfo(name) if name else UTC

    @property
    def separators(self) -> str:
        """What parts a string of tags (SOURCES.md section 4, "A string of tags")."""
        if self.is_pelican:
            return ";,"
        return ", " if self.source.dialect == "jekyll" else ","

    @property
    def is_pelican(self) -> bool:
        """Whether lists are written as one text, in `Key: value` lines or rst fields."""
        return (
            self.header.kind == "lines"
            or self.source.dialect == "pelican"
            or self.file.lower().endswith(".rst")
        )


@lru_cache(maxsize=64)  # of one article they are asked again and again
def _is_index(file: str) -> bool:
    return file.rpartition("/")[2].partition(".")[0].lower() == "index"


@lru_cache(maxsize=64)
def _stem(file: str, suffix: str) -> str:
    """`suffix` is what the name says of the version that the file is, "" for none."""
    folder, _, name = file.rpartition("/")
    if _is_index(file):
        return folder.rpartition("/")[2]
    name = name.rpartition(".")[0].removesuffix(suffix)
    return _PAGE.sub("", name)


def text_origin(line: int) -> str:
    """The origin of what stands in the text, with its line where that is known."""
    return f"text:{line}" if line else "text"
