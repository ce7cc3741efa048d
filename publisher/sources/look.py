"""EDGE. One look at the folder of a source `files`: which files there are, and what they hold."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError, ArticleOutOfReach, Location
from publisher.fingerprint import fingerprint
from publisher.parse.around import INCLUDED, mark_of_included
from publisher.parse.candidates import AMONG_ASSETS, ASSET_SUFFIXES
from publisher.parse.clean.references import (
    ANYWHERE,
    BUNDLED,
    PUBLIC,
    ArticleFile,
    Found,
    RefusedFile,
    fingerprint_found,
)
from publisher.parse.outline import Outline
from publisher.pictures.inspection import inspector
from publisher.readings import FileStat, Finished, KnownAsset, KnownFile, Reading
from publisher.sources import GRAIN_NS
from publisher.sources.around import Surroundings
from publisher.sources.converting import convert
from publisher.sources.defects import of_one_article
from publisher.sources.folder import inspect_asset, read_file
from publisher.sources.history import History
from publisher.sources.pieces import Pieces
from publisher.sources.public import PublicFiles
from publisher.sources.read_by import READ_BY

_OTHERWISE = ("/index.md", ".markdown", ".html", ".rst", ".ipynb", ".adoc", ".txt")
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


class Readable(Protocol):
    """What is read: how, for which site, and where it lies."""

    @property
    def spec(self) -> FilesSpec:
        """What the configuration says of the source."""
        ...

    @property
    def site(self) -> SiteSpec:
        """The site that it is of."""
        ...

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        ...

    @property
    def pieces(self) -> Pieces:
        """Where pictures lie that are written into texts."""
        ...

    @property
    def public(self) -> PublicFiles:
        """What lies beside it and has an address."""
        ...

    def asset(self, origin: str) -> Path:
        """The file of an asset."""
        ...


def may_go_along(file: str) -> bool:
    """Whether a file may be no article but lie beside one, by its name."""
    return file.rpartition(".")[2].lower() in ASSET_SUFFIXES


class Look:
    """One look at the folder: which files there are, and what they hold.

    `outline` is what the names of all say; `candidates` are those that are not passed over, and
    `known` those of them that may go along with an article, as they were when last read.
    """

    def __init__(
        self,
        source: Readable,
        stats: Mapping[str, FileStat],
        outline: Outline,
        *,
        candidates: Container[str],
        known: Mapping[str, KnownFile],
        assets: Mapping[str, KnownAsset],
    ) -> None:
        self._source = source
        self._folder = str(source.folder)
        self._own_name = Path(source.spec.path).parts  # a path takes as long as all of a look-up
        self.stats = stats
        self._candidates = candidates
        self.known = known
        self.assets = dict(assets)
        self.fresh_assets: list[KnownAsset] = []
        self._unread_assets: dict[str, str] = {}
        self._failures = 0
        self._companions: dict[str, bool] = {}
        self._marks: dict[str, str] = {}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._sidecars = outline.sidecars
        self._pictures: defaultdict[str, list[str]] = defaultdict(list)
        self._inspector = inspector()
        self._history = History(source.folder)
        self._is_bundle = outline.is_bundle
        self.around = Surroundings(source.spec, source.folder, stats, outline)
        self._is_alone = not self._sidecars and self.around.are_none
        site = source.site
        self.context = fingerprint(
            (*READ_BY, self._inspector),
            source.spec,
            (site.url, site.language, site.timezone, site.authors),
            self._is_bundle,  # beside it a text or page without a header is an asset
            *(["a vault"] if self.around.is_vault and source.spec.dialect == "auto" else []),
        )

    @property
    def failures(self) -> int:
        """How often something was out of reach so far that may be there when it is asked again."""
        return self._failures + self.around.failures

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
        failures, inclusions = self.failures, self.around.inclusions
        context = self._context(file)
        try:
            raw, sidecar = self._bytes(file), self.sidecar(file)
            with of_one_article(file):
                outcome = parse_document(
                    raw,
                    file,
                    site=self._source.site,
                    source=self._source.spec,
                    look_up=self.look_up,
                    beside=Beside(
                        sidecar=(sidecar, self._bytes(sidecar)) if sidecar else None,
                        html=self._converted(raw, file),
                        committed=self._committed,
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
            # The cache keeps no other file's name, and no part that a text without a document asked
            # for; and a file does not show what kept it out of reach: each run looks at it.
            is_of_other = error.where is not None and error.where.file != file
            is_passing = isinstance(error, ArticleOutOfReach)
            if is_of_other or is_passing or self.around.inclusions != inclusions:
                context = ""
        if self.failures != failures:
            context = ""  # what was out of reach does not show either when it is there
            problem = problem and ArticleOutOfReach(
                problem.message, where=problem.where, mend=problem.mend
            )
        reading = Reading(
            source=self._source.spec.name,
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
        command = self._source.spec.asciidoc
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
            return self._taken_out(file)
        if file.startswith(PUBLIC):
            file = self._below_own_name(file.removeprefix(PUBLIC)) or file
        if not self.is_there(file):
            return None
        if file in self._candidates and not self._goes_with_article(file):
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

    def is_there(self, file: str) -> bool:
        """Whether a file lies in the folder, or where it is public."""
        return self._stat(file) is not None

    def _stat(self, file: str) -> FileStat | None:
        if file.startswith(PUBLIC):
            return self._source.public.stat(file)
        return self.stats.get(file)

    def _taken_out(self, reference: str) -> Found:
        """What a `data:` address holds."""
        try:
            return self._source.pieces.take(reference, self._source.spec.name)
        except ArticleOutOfReach:
            self._failures += 1
            return None

    def _committed(self, file: str) -> datetime | None:
        """When a file was first committed; a file does not show that it was."""
        when = self._history.first_commit(file)
        self._failures += when is None
        return when

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
        return next(filter(None, map(self._below_own_name, names)), "")

    def _below_own_name(self, path: str) -> str:
        """The path of a file that is told from a folder on which holds this one: `posts/fog.md`
        in a source that is itself `content/posts`; "" without one."""
        own, parts = self._own_name, path.split("/")
        for number in range(min(len(own), len(parts) - 1), 0, -1):
            if own[-number:] == tuple(parts[:number]):
                file = "/".join(parts[number:])
                if file in self.stats:
                    return file
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
        seen_ns, stat = time.time_ns(), self._stat(file)
        if stat is None:
            return None  # gone since it was found
        try:
            path = self._source.asset(file)
            asset, problem = inspect_asset(path, file, self._source.spec.name)
        except ArticleError as error:
            self._failures += isinstance(error, ArticleOutOfReach)
            self._unread_assets[file] = f"{file} {error.message}"
            return None
        return KnownAsset(
            stat=stat,
            seen_ns=seen_ns,
            asset=asset,
            context=self._inspector,
            problem=problem,
        )

    def _goes_with_article(self, file: str) -> bool:
        """Whether a text or page is no article but lies beside one: a transcript, for example."""
        is_named_apart = self.sidecar(file) or self.around.has_meta(file)
        if not may_go_along(file) or is_named_apart:
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
            self._failures += 1
            return False  # it is refused itself, by name
        return goes_with_article(raw, file, source=self._source.spec, is_bundle=self._is_bundle)

    def _mark(self, file: str) -> str:
        if file.startswith(INCLUDED):
            return mark_of_included(self.around.included(file.removeprefix(INCLUDED)))
        if self._source.pieces.path(file) is not None:
            return self._source.pieces.mark(file)
        return fingerprint_found(self.look_up(file))

    def _is_untouched(self, file: str, stat: FileStat, seen_ns: int) -> bool:
        return self._stat(file) == stat and stat.ctime_ns + GRAIN_NS < seen_ns

    def _bytes(self, file: str) -> bytes:
        try:
            return read_file(f"{self._folder}/{file}")
        except OSError as error:
            raise ArticleOutOfReach(
                f"cannot be read: {error.strerror}",
                where=Location(file=file),
                mend="let this user read the file, or list it under exclude:",
            ) from error
