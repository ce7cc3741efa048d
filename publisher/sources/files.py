"""EDGE. The source `files`: a folder of articles, read again only where it changed.

Whether a file changed is answered by its stat, as git does it: one that was
touched within the clock's grain of the last look is read again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from publisher.alike import Alike
from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError, Location, SourceError
from publisher.fingerprint import fingerprint
from publisher.parse.around import INCLUDED, mark_of_included
from publisher.parse.candidates import (
    AMONG_ASSETS,
    ASSET_SUFFIXES,
    SIDECAR_SUFFIXES,
    sort_out,
)
from publisher.parse.clean.references import (
    ANYWHERE,
    BUNDLED,
    ArticleFile,
    Found,
    RefusedFile,
    fingerprint_found,
)
from publisher.pictures.inspection import inspector
from publisher.readings import FileStat, Finished, KnownAsset, KnownFile, Reading
from publisher.sources import GRAIN_NS, READ_BY, Progress, Shelf, SourceResult
from publisher.sources.around import Surroundings
from publisher.sources.converting import convert
from publisher.sources.folder import LEADS_TO_A_FOLDER, inspect_asset, read_file, scan_folder
from publisher.sources.history import History
from publisher.sources.pieces import Pieces
from publisher.sources.side_by_side import read_side_by_side
from publisher.values import dataclass

_OTHERWISE = ("/index.md", ".markdown", ".html", ".rst", ".ipynb", ".adoc", ".txt")
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A folder of articles. `barred` are folders in it that we generate: not looked into."""

    spec: FilesSpec
    site: SiteSpec
    folder: Path
    pieces: Pieces
    barred: tuple[Path, ...] = ()

    def read(
        self, shelf: Shelf, progress: Progress, *, full: bool = False, jobs: int = 1
    ) -> SourceResult:
        """Look at every file, open those that changed. Raises SourceError without a folder."""
        name = self.spec.name
        if not self.folder.is_dir():
            missing = "is a file" if self.folder.exists() else "is not there"
            raise SourceError(
                f"the folder of the source {name!r} {missing}",
                where=Location(file=str(self.folder)),
                mend="make it, or set `path:` of the source",
            )
        found, left_out = scan_folder(self.folder, self.barred)
        are_ascii = "".join(found).isascii()  # as in most folders: then no name need be asked
        stats = found if are_ascii else {f: stat for f, stat in found.items() if _is_text(f)}
        verdicts = sort_out(stats, self.spec)
        known = shelf.files(name)
        # Each process that reads gets a copy of the look, which so holds no article.
        beside = {file: last for file, last in known.items() if _may_go_along(file)}
        look = _Look(self, stats, verdicts, beside, {} if full else shelf.assets(name))
        odd = sort_out([file for file in found if file not in stats], self.spec)
        readings = [_unnameable(name, file) for file in odd]
        astray = sort_out([file for file in left_out if _is_text(file)], self.spec)
        readings += [
            Reading(source=name, file=file, skipped=verdict or left_out[file])
            for file, verdict in astray.items()
        ]
        current = {} if full else {f: k.reading for f, k in known.items() if look.is_current(k)}
        changed = [f for f, verdict in verdicts.items() if not verdict and f not in current]
        alike = Alike()

        def read() -> Iterator[Finished]:
            taken = read_side_by_side(look.take, changed, jobs)
            for number, (finished, assets) in enumerate(taken, start=1):
                progress("reading", number, len(changed))
                look.keep(assets)
                good = _with_good(finished, known.get(finished.known.reading.file))
                current[good.known.reading.file] = alike.reading(good.known.reading)
                yield good

        shelf.save_files(read())
        readings += [
            Reading(source=name, file=file, skipped=verdict) if verdict else current[file]
            for file, verdict in verdicts.items()
        ]
        for asset in look.fresh_assets:
            shelf.save_asset(asset)
        shelf.forget(name, [f for f in known if verdicts.get(f) != ""])
        shelf.forget(name, [f for f in look.assets if f not in stats])
        hints = (*look.around.look_around(), *self._closed(left_out))
        return SourceResult(readings=tuple(readings), opened=len(changed), hints=hints)

    def read_again(
        self, shelf: Shelf, files: Iterable[str], seen: Mapping[str, FileStat] | None
    ) -> Iterator[tuple[KnownFile, Finished]]:
        """Candidate files that hold something else now, each as it was known and as it is.

        Nothing is remembered of it. Ends before a file that is none, was not read before or names
        files that have to be looked at. `seen` are all files below the folder, where that is known.
        """
        root = self.folder.resolve()
        is_seen = not any(barred.resolve().is_relative_to(root) for barred in self.barred)
        found = seen if seen is not None and is_seen else scan_folder(root, self.barred).files
        stats = {file: stat for file, stat in found.items() if _is_text(file)}
        verdicts = sort_out(stats, self.spec)
        look = _Look(self, stats, verdicts, {}, shelf.assets(self.spec.name))
        for file in files:
            known = shelf.file(self.spec.name, file)
            if known is None or verdicts.get(file) != "":
                return
            taken, assets = look.take(file)
            if assets:
                return
            yield known, _with_good(taken, known)

    def _closed(self, left_out: Mapping[str, str]) -> Iterator[str]:
        """Folders that a person could take for a part of this one."""
        for file, why in left_out.items():
            if why == LEADS_TO_A_FOLDER and _is_text(file):
                yield f"{self.spec.place}/{file}: {why}; make it a source of its own"

    def asset(self, origin: str) -> Path:
        """The file of an asset that a document of this source named."""
        return self.pieces.path(origin) or self.folder / origin


def _may_go_along(file: str) -> bool:
    """Whether a file may be no article but lie beside one, by its name."""
    return file.rpartition(".")[2].lower() in ASSET_SUFFIXES


def _with_good(finished: Finished, last: KnownFile | None) -> Finished:
    """What was read, with the version of the file that stood before."""
    reading = finished.known.reading
    if reading.skipped or last is None or last.reading.good is None:
        return finished
    known = replace(finished.known, reading=replace(reading, good=last.reading.good))
    return replace(finished, known=known)


class _Look:
    """One look at the folder: which files there are, and what they hold.

    `known` are those of them that may go along with an article, as they were when last read.
    """

    def __init__(
        self,
        source: FileSource,
        stats: Mapping[str, FileStat],
        verdicts: Mapping[str, str],
        known: Mapping[str, KnownFile],
        assets: Mapping[str, KnownAsset],
    ) -> None:
        self.source = source
        self._folder = str(source.folder)
        self.stats = stats
        self.verdicts = verdicts
        self.known = known
        self.assets = dict(assets)
        self.fresh_assets: list[KnownAsset] = []
        self._unread_assets: dict[str, str] = {}
        self._companions: dict[str, bool] = {}
        self._marks: dict[str, str] = {}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        sidecars = [file for file in stats if file.endswith(SIDECAR_SUFFIXES)]
        self._sidecars = {
            stem: stem + suffix
            for suffix in reversed(SIDECAR_SUFFIXES)  # the first counts where there are two
            for stem in (f.removesuffix(suffix) for f in sidecars if f.endswith(suffix))
        }
        self._pictures: defaultdict[str, list[str]] = defaultdict(list)
        self._inspector = inspector()
        self._history = History(source.folder)
        self._is_bundle = "index.md" in stats
        articles = [file for file, verdict in verdicts.items() if not verdict]
        self.around = Surroundings(source.spec, source.folder, stats, articles)
        self._is_alone = not self._sidecars and self.around.are_none
        site = source.site
        self.context = fingerprint(
            (*READ_BY, self._inspector),
            source.spec,
            (site.url, site.language, site.timezone, site.authors),
            self._is_bundle,  # beside it a text or page without a header is an asset
            *(["a vault"] if self.around.is_vault and source.spec.dialect == "auto" else []),
        )

    def is_current(self, last: KnownFile) -> bool:
        """Whether a reading still holds: same file, same settings, same files beside it."""
        file, stat, document = last.reading.file, last.stat, last.reading.document
        if stat != self.stats.get(file) or stat.ctime_ns + GRAIN_NS >= last.seen_ns:
            return False
        if last.context != (self.context if self._is_alone else self._context(file)):
            return False
        if document is not None:
            for needed, mark in document.needs:
                found = self._marks.get(needed)  # thousands need the same few
                if found is None:
                    found = self._marks[needed] = self._mark(needed)
                if found != mark:
                    return False
        return True

    def take(self, file: str) -> tuple[Finished, tuple[KnownAsset, ...]]:
        """Open one candidate; gives also the assets that were hashed for it, for `keep`."""
        before = len(self.fresh_assets)
        finished = self._read(file)
        return finished, tuple(self.fresh_assets[before:])

    def keep(self, assets: Iterable[KnownAsset]) -> None:
        """Know what another process hashed."""
        for known in assets:
            if self.assets.get(known.asset.origin) is not known:
                self.assets[known.asset.origin] = known
                self.fresh_assets.append(known)

    def _read(self, file: str) -> Finished:
        """Make of a candidate what it is."""
        from publisher.parse.document import (  # noqa: PLC0415 (a run that reads nothing)
            Beside,
            Skipped,
            parse_document,
        )

        seen_ns = time.time_ns()
        self._unread_assets.clear()
        body_html, document, skipped, problem = None, None, "", None
        context = self._context(file)
        try:
            raw, sidecar = self._bytes(file), self.sidecar(file)
            outcome = parse_document(
                raw,
                file,
                site=self.source.site,
                source=self.source.spec,
                look_up=self.look_up,
                beside=Beside(
                    sidecar=(sidecar, self._bytes(sidecar)) if sidecar else None,
                    html=self._converted(raw, file),
                    committed=self._history.first_commit,
                    around=self.around.of(file),
                ),
            )
            if isinstance(outcome, Skipped):
                skipped = outcome.message
            else:
                document = outcome.document
                if self._unread_assets:
                    warnings = (*document.warnings, *self._unread_assets.values())
                    document = replace(document, warnings=warnings)
                body_html = outcome.body_html
        except ArticleError as error:
            problem = error
            if error.where is not None and error.where.file != file:
                context = ""  # the cache keeps no other file's name: it is looked at in every run
        reading = Reading(
            source=self.source.spec.name,
            file=file,
            document=document,
            skipped=skipped,
            problem=problem,
        )
        known = KnownFile(stat=self.stats[file], seen_ns=seen_ns, context=context, reading=reading)
        return Finished(known=known, body_html=body_html)

    def _context(self, file: str) -> str:
        """All that reading a file depends on beside it: a refused one has no `needs`."""
        people = (self.around.people_file,) if self.around.people_file else ()
        sidecar = (self.sidecar(file),) if self.sidecar(file) else ()
        beside = (*sidecar, *self.around.depends_on(file), *people)  # none of them: `_is_alone`
        named = self.around.named(file)
        if not beside and not named:
            return self.context
        return fingerprint(self.context, [(name, self._mark(name)) for name in beside], named)

    def _converted(self, raw: bytes, file: str) -> str:
        """The HTML of a text that a command of the user's turns; "" for any other."""
        command = self.source.spec.asciidoc
        if not command or not file.lower().endswith((".adoc", ".asciidoc")):
            return ""
        return convert(command, raw, file)

    def sidecar(self, file: str) -> str:
        """The file beside an article without a header that holds its fields; "" without one."""
        return self._sidecars.get(file.rpartition(".")[0], "") if self._sidecars else ""

    def look_up(self, file: str) -> Found:
        """What lies at a path under the folder: another article, a file to copy, or nothing."""
        if file.startswith(ANYWHERE):
            file = self._anywhere(file.removeprefix(ANYWHERE))
        if file.startswith(BUNDLED):
            file = self._bundled(file.removeprefix(BUNDLED))
        if file.startswith("data:"):
            return self.source.pieces.take(file, self.source.spec.name)
        if file not in self.stats:
            return None
        if self.verdicts.get(file) == "" and not self._goes_with_article(file):
            return ArticleFile(file=file)
        known = self.assets.get(file)
        if known is None or not self._is_known(known):
            known = self._inspected(file)
            if known is None:
                return None
            self.assets[file] = known
            self.fresh_assets.append(known)
        if known.problem:
            self._unread_assets[file] = f"{file} {known.problem}; the article goes without it"
            return RefusedFile(mark=f"refused {known.asset.path}")
        return known.asset

    def _anywhere(self, name: str) -> str:
        """The path of a file by its name and as many folders as are told; the shortest of many."""
        if not self._by_name:
            for file in self.stats:
                self._by_name[file.rpartition("/")[2].casefold()].append(file)
        stem = name.removesuffix(".md")  # what commands leave out is taken for Markdown
        names = (name, *(stem + suffix for suffix in _OTHERWISE)) if stem != name else (name,)
        for wanted in (told.casefold() for told in names):
            found = [
                file
                for file in self._by_name.get(wanted.rpartition("/")[2], ())
                if f"/{file.casefold()}".endswith(f"/{wanted}")
            ]
            if found:
                return min(found, key=lambda file: (file.count("/"), file))
        return ""

    def _bundled(self, start: str) -> str:
        """The first picture whose path begins so, by the order of names; "" without one."""
        if not self._pictures:
            for file in self.stats:
                if file.lower().endswith(_PICTURES):
                    self._pictures[file.rpartition("/")[0]].append(file)
        folder = start.rpartition("/")[0]
        found = (f for f in self._pictures.get(folder, ()) if f.lower().startswith(start.lower()))
        return next(found, "")

    def _is_known(self, known: KnownAsset) -> bool:
        is_untouched = self._is_untouched(known.asset.origin, known.stat, known.seen_ns)
        return is_untouched and known.context == self._inspector

    def _inspected(self, file: str) -> KnownAsset | None:
        seen_ns = time.time_ns()
        try:
            asset, problem = inspect_asset(self.source.folder / file, file, self.source.spec.name)
        except ArticleError as error:
            self._unread_assets[file] = f"{file} {error.message}"
            return None
        return KnownAsset(
            stat=self.stats[file],
            seen_ns=seen_ns,
            asset=asset,
            context=self._inspector,
            problem=problem,
        )

    def _goes_with_article(self, file: str) -> bool:
        """Whether a text or page is no article but lies beside one: a transcript, for example."""
        is_named_apart = self.sidecar(file) or self.around.has_meta(file)
        if not _may_go_along(file) or is_named_apart:
            return False
        answer = self._companions.get(file)
        if answer is None:
            last = self.known.get(file)
            if (
                last is not None
                and last.context == self._context(file)
                and self._is_untouched(file, last.stat, last.seen_ns)
            ):
                answer = last.reading.skipped == AMONG_ASSETS
            else:
                answer = self._opened_goes_with_article(file)
            self._companions[file] = answer
        return answer

    def _opened_goes_with_article(self, file: str) -> bool:
        from publisher.parse.document import (  # noqa: PLC0415 (a run that reads nothing)
            goes_with_article,
        )

        try:
            raw = self._bytes(file)
        except ArticleError:
            return False  # it is refused itself, by name
        return goes_with_article(raw, file, source=self.source.spec, is_bundle=self._is_bundle)

    def _mark(self, file: str) -> str:
        if file.startswith(INCLUDED):
            return mark_of_included(self.around.included(file.removeprefix(INCLUDED)))
        if self.source.pieces.path(file) is not None:
            return self.source.pieces.mark(file)
        return fingerprint_found(self.look_up(file))

    def _is_untouched(self, file: str, stat: FileStat, seen_ns: int) -> bool:
        return self.stats.get(file) == stat and stat.ctime_ns + GRAIN_NS < seen_ns

    def _bytes(self, file: str) -> bytes:
        try:
            return read_file(f"{self._folder}/{file}")
        except OSError as error:
            raise ArticleError(
                f"cannot be read: {error.strerror}",
                where=Location(file=file),
                mend="let this user read the file, or list it under exclude:",
            ) from error


def _is_text(file: str) -> bool:
    try:
        file.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unnameable(source: str, file: str) -> Reading:
    """A file whose name is no UTF-8: no id and no address can be made of it."""
    shown = file.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    problem = ArticleError(
        "the name of this file is not UTF-8",
        where=Location(file=shown),
        mend="rename it; letters, digits and hyphens are safe everywhere",
    )
    return Reading(source=source, file=shown, problem=problem)
