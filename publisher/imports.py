"""USE CASE. `publisher import`: what another tool exported becomes a folder of articles.

Afterwards the folder is the truth. Nothing that lies there is written over, so that a second
import adds what is new.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from urllib.parse import quote, urlsplit

from publisher.config import Config, ExportSpec, SourceSpec, WxrSpec
from publisher.errors import ArticleError, Location, OutputError, PublisherError, SourceError
from publisher.manuscripts.file import file_name, write_file
from publisher.manuscripts.pictures import place_pictures
from publisher.model import Document
from publisher.parse.document import Parsed
from publisher.parse.items import ItemFound, Unreadable, Withheld, parse_item
from publisher.record import load_record
from publisher.sources import Progress
from publisher.sources.exports import Export
from publisher.sources.headers import ids_in
from publisher.sources.items import each_once
from publisher.sources.pictures import Pictures
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What to import and where to; `old_url` is where the articles were, "" when not said."""

    kind: str
    path: Path
    to: Path
    old_url: str = ""
    pictures: bool = False
    dry_run: bool = False


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of it: each entry of the export is in one of the first four."""

    written: list[str] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    problems: list[PublisherError] = field(default_factory=list)
    pictures: int = 0
    is_whole: bool = True
    warnings: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """3 when something was refused."""
        return 3 if self.problems else 0

    def summary(self, *, dry_run: bool = False) -> Iterator[str]:
        """How many became what; the counts add up to the entries of the export."""
        refused = len(self.problems) - (not self.is_whole)
        counts = {
            "would be written" if dry_run else "written": len(self.written),
            "there already": len(self.there),
            "withheld": len(self.withheld),
            "refused": refused,
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        pictures = f"; {self.pictures} pictures beside them" if self.pictures else ""
        yield f"{sum(counts.values())} entries: {told or 'none'}{pictures}"
        if not self.is_whole:
            yield "the export breaks off there: what it held beyond is not known"


def import_export(config: Config, options: ImportOptions, *, progress: Progress) -> Imported:
    """Write an export's articles into a folder.

    Raises SourceError for an export of which nothing can be read, OutputError for a folder that
    cannot be written.
    """
    _require_place(config, options.to)
    spec = _spec(config, options)
    export = Export(spec=spec, path=options.path, site_url=config.site.url)
    result = Imported()
    with _reported(options.to), Pictures(export, fetches=options.pictures) as pictures:
        known = ids_in(options.to)
        record = load_record(config.path(config.record))
        published = frozenset(line.id for line in record.articles)
        desk = _Desk(config, options, spec, result, pictures, known, published)
        for number, found in enumerate(_found(export, result), start=1):
            progress("importing", number, 0)
            desk.take(found)
        result.pictures = pictures.written
        result.warnings += pictures.warnings
    return result


def _found(export: Export, result: Imported) -> Iterator[ItemFound]:
    """What lies in an export, and of one that breaks off what is whole."""
    number = 0
    try:
        for found in each_once(export.items()):
            number += 1
            yield found
    except SourceError as error:
        if not number:
            raise
        result.problems.append(error)
        result.is_whole = False


def _require_place(config: Config, to: Path) -> None:
    place = Path(os.path.realpath(to))  # which a Path does not say of a link in a circle
    for role in ("output", "state", "templates"):
        barred = config.path(getattr(config, role)).resolve()
        if place.is_relative_to(barred):
            raise OutputError(
                f"lies in {role}, where no articles are",
                where=Location(file=str(to)),
                mend="name the folder of the articles, such as --to articles",
            )


def _spec(config: Config, options: ImportOptions) -> ExportSpec:
    """The source that reads this export already, so that ids stay; else one of its own."""
    kind = options.kind
    for source in config.sources:
        if not isinstance(source, ExportSpec) or source.type != kind:
            continue
        if config.path(source.path).resolve() == options.path.resolve():
            return replace(source, old_url=options.old_url or source.old_url)
    make = WxrSpec if kind in ("wxr", "squarespace") else ExportSpec
    return make(name=kind, type=kind, path=str(options.path), old_url=options.old_url or None)  # type: ignore[arg-type]  # of KINDS


@contextmanager
def _reported(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", where=Location(file=str(folder))
        ) from error


@dataclass(slots=True)
class _Desk:
    """Takes what was found, one by one."""

    config: Config
    options: ImportOptions
    spec: SourceSpec
    result: Imported
    pictures: Pictures
    known: dict[str, str]
    published: frozenset[str]
    taken: dict[str, str] = field(init=False)
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken = {file: id_ for id_, file in self.known.items()}

    def take(self, found: ItemFound) -> None:
        if isinstance(found, Withheld):
            self.result.withheld.append(found)
        elif isinstance(found, Unreadable):
            self._refuse(found.problem)
        else:
            try:
                site, spec = self.config.site, self.spec
                parsed = parse_item(found, site=site, source=spec, look_up=lambda _: None)
            except ArticleError as error:
                self._refuse(error)
                return
            self._write(parsed, found.earlier_id)

    def _refuse(self, problem: ArticleError) -> None:
        inner = problem.where or Location(file="")
        where = Location(file=str(self.options.path), line=inner.line)
        message = f"{inner.file}: {problem.message}"
        self.result.problems.append(ArticleError(message, where=where, mend=problem.mend))

    def _write(self, parsed: Parsed, earlier_id: str) -> None:
        document = parsed.document
        id_ = document.own_id or self._made_id(document)
        if earlier_id in self.known or earlier_id in self.published:
            id_ = earlier_id
        stem = self._free_name(file_name(document), id_)
        name = f"{stem}.md"
        target = self.options.to / name
        before = self.known.get(id_) if id_ else None
        if before is not None or target.exists():
            self.result.there.append(before or name)
            return
        if self.options.dry_run:
            self.result.written.append(name)
            return
        placed = place_pictures(document, parsed.body_html, stem, self.pictures.find)
        for place, data in placed.files.items():
            _write_new(self.options.to / place, data)
        manuscript = write_file(
            placed.document, placed.body, name, id_=id_, site=self.config.site, source=self.spec
        )
        _write_new(target, manuscript.text.encode("utf-8", "ignore"))
        self.result.written.append(name)
        warnings = (*document.warnings, *manuscript.warnings)
        self.result.warnings += (f"{name}: {warning}" for warning in dict.fromkeys(warnings))

    def _free_name(self, stem: str, id_: str) -> str:
        """A name that no other article has, of this export or of those that were there."""
        name, number = stem, 1
        while name in self.names or self.taken.get(f"{name}.md", id_) != id_:
            number += 1
            name = f"{stem}-{number}"
        self.names.add(name)
        return name

    def _made_id(self, document: Document) -> str:
        """The id that publishing from the export gives (CONTRACT, "Ids"); "" without a site."""
        if document.date is None or self.config.site.url == "http://localhost:8000/":
            return ""
        host = urlsplit(self.config.site.url).hostname or ""
        path = quote(document.file, safe="/-._~!$&'()*+,;=:@")
        return f"tag:{host},{document.date.year}:{self.spec.name}/{path}"


def _write_new(target: Path, data: bytes) -> None:
    """Write a file whole or not at all, and never over another."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".new")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        aside.chmod(0o644)
        try:
            target.hardlink_to(aside)
        except FileExistsError:
            return
        except OSError:  # a disk without such links
            if not target.exists():
                aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
