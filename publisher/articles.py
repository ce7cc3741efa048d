"""USE CASE. What the articles are at this moment: read the sources, give each its identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from publisher.addresses import reserved_by
from publisher.compose.aliases import find_redirects
from publisher.compose.entries import (
    find_tombstones,
    in_feed,
    make_entries,
    mark_entries,
    newest_first,
)
from publisher.compose.podcasts import podcast_warnings
from publisher.config import Config, FilesSpec, SourceSpec
from publisher.errors import (
    ArticleError,
    Location,
    PublisherError,
    SourceAbsent,
    SourceError,
    shell_word,
)
from publisher.identity.identify import identify
from publisher.model import Article, Entry, Record, Redirect, State, Value
from publisher.nearest import nearest
from publisher.parse.headers.dates import MEND as DATE_MEND
from publisher.parse.headers.fields import MEANINGS
from publisher.parse.headers.values import normalise_key
from publisher.planet import without_doubles, without_overlaps
from publisher.readings import NO_STAT, Finished, KnownFile, Reading
from publisher.record import load_record
from publisher.renditions import Gallery, make_gallery
from publisher.sources import SourceResult
from publisher.sources.files import FileSource
from publisher.sources.sidecars import WrittenSidecar, add_sidecar, wants_sidecar
from publisher.system.whole import lie_of
from publisher.values import dataclass
from publisher.wiring.app import App


class Candidate(Value, frozen=True, kw_only=True, gc=True):
    """One candidate file and what became of it; a refused one may have a last good `article`."""

    reading: Reading
    state: State
    article: Article | None
    problem: ArticleError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarOutcome:
    """What became of the wish for a sidecar: it was written, or not because of a problem.

    Places are as a person finds them from the configuration's folder.
    """

    candidate: Candidate
    place: str
    written: WrittenSidecar | None
    problem: ArticleError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The articles at `now`. `listed` is newest first; `record` is the one after this look, and
    `record_read` how that before it lay there.

    `marks` are the fingerprints of `entries`, by id as they are.

    `problems` and `warnings` name files as a person finds them from the
    configuration's folder, `in_part` dates of which only the day is clear, `suspicions` what no
    later run tells again; `opened` counts the files that had to be read. `outages` are sources that
    are away, of which the last good copy was read. It is in doubt where something could not be read
    that no file shows when it can be.
    """

    now: datetime
    candidates: tuple[Candidate, ...]
    articles: tuple[Article, ...]
    listed: tuple[Article, ...]
    entries: Mapping[str, Entry]
    marks: Mapping[str, str]
    gallery: Gallery
    redirects: tuple[Redirect, ...]
    record: Record
    record_read: Sequence[int]
    problems: tuple[PublisherError, ...]
    in_part: tuple[ArticleError, ...]
    suspicions: tuple[str, ...]
    warnings: tuple[str, ...]
    opened: int
    outages: tuple[PublisherError, ...] = ()
    is_in_doubt: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        """How many candidate files are in each state; they add up to all of them."""
        counted = Counter(c.state for c in self.candidates)
        return {state.value: counted[state] for state in State}

    @property
    def pieces(self) -> set[str]:
        """Every file that an article of any state names."""
        return {asset.origin for one in self.articles for asset in one.document.assets}

    def find(self, name: str, folders: Mapping[str, str]) -> Candidate:
        """The candidate of a file name, with or without its source's folder before it.

        `folders` are the sources' folders by name. Raises SourceError when there is none.
        """
        path = PurePosixPath(name.replace("\\", "/")).as_posix()
        found = [
            c
            for c in self.candidates
            if _is_named(c.reading, path, folders) or _is_named(c.reading, name, folders)
        ]
        found.sort(key=lambda c: c.state is State.SKIPPED)
        if found:
            return found[0]
        raise SourceError(
            f"{name} is no candidate file of any source",
            mend="`publisher articles` lists all of them",
        )


def survey_articles(app: App, *, full: bool = False, jobs: int = 1) -> Survey:
    """Read what changed (all of it when `full`), by `jobs` processes; say what everything is now.

    Raises SourceError when a source as a whole cannot be read, RecordError when
    the record cannot.
    """
    now = app.clock()
    config = app.config
    results = list(_read_all(app, full=full, jobs=jobs))
    record_read = lie_of(config.path(config.record))
    record = load_record(config.path(config.record))
    readings, overlaps = _once_each(config, results, record)
    reserved = reserved_by(feed.path for feed in config.feeds)
    identified = identify(
        readings,
        record,
        site_url=config.site.url,
        now=now,
        reserved=reserved,
    )
    clashes = {(c.source, c.file): c.problem for c in identified.clashes}
    _keep_reverted(app, readings, identified.reverted, clashes)
    articles = {(a.document.source, a.document.file): a for a in identified.articles}
    candidates = tuple(
        _candidate(r, articles.get((r.source, r.file)), clashes.get((r.source, r.file)))
        for r in readings
    )
    specs = {spec.name: spec for spec in config.sources}
    listed = newest_first(identified.articles)
    entries = make_entries(identified.articles)
    marks = mark_entries(entries)
    redirects, lost = find_redirects(
        identified.articles, find_tombstones(identified.record), reserved
    )
    return Survey(
        now=now,
        candidates=candidates,
        articles=identified.articles,
        listed=listed,
        entries=entries,
        marks=marks,
        gallery=make_gallery(config.site.url, identified.articles),
        redirects=redirects,
        record=identified.record,
        record_read=record_read,
        problems=tuple(
            _placed(c, c.problem, specs[c.reading.source]) for c in candidates if c.problem
        ),
        in_part=_dates_in_part(readings, specs),
        suspicions=tuple(
            f"{specs[source].place}/{file}: {suspicion}"
            for (source, file), suspicion in identified.suspicions
        ),
        warnings=(
            *config.warnings,
            *_unknown_fields(config),
            *overlaps,
            *(hint for result in results for hint in result.hints),
            *app.pictures.warnings,
            *app.theme.warnings,
            *(warning for result in results for warning in result.warnings),
            *_podcast_warnings(config, listed, entries),
            *_lost_feeds(config, identified.articles),
            *(f"{specs[one.source].place}/{one.file}: {one.message}" for one in lost),
            *(
                f"{specs[r.source].place}/{r.file}: {warning}"
                for r in readings
                if r.document
                for warning in r.document.warnings
            ),
        ),
        opened=sum(result.opened for result in results),
        outages=tuple(problem for result in results for problem in result.problems),
        is_in_doubt=any(result.is_in_doubt for result in results),
    )


def _read_all(app: App, *, full: bool, jobs: int) -> Iterator[SourceResult]:
    """What each source holds. Raises SourceError, at the key that leads nowhere where it is one."""
    for i, source in enumerate(app.sources.values()):
        try:
            yield source.read(app.build, app.progress, full=full, jobs=jobs)
        except SourceAbsent as error:
            place = app.config.place("sources", i, "path")
            if place is None:  # no key names it
                raise
            raise SourceAbsent(str(error), where=place, mend=error.mend) from error


def _once_each(
    config: Config, results: Sequence[SourceResult], record: Record
) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """What the sources hold, without what two of them do; and what to say of their folders."""
    folders = {
        spec.name: config.path(spec.path).resolve()
        for spec in config.sources
        if isinstance(spec, FilesSpec)
    }
    apart, overlaps = without_overlaps(
        [reading for result in results for reading in result.readings], folders, record
    )
    names = [spec.name for spec in config.sources]
    return without_doubles(apart, names, record, site_url=config.site.url), overlaps


def _dates_in_part(
    readings: Iterable[Reading], specs: Mapping[str, SourceSpec]
) -> tuple[ArticleError, ...]:
    """The dates of which only the day is clear."""
    return tuple(
        ArticleError(
            told,
            where=Location(file=f"{specs[r.source].place}/{r.file}", line=line),
            mend=DATE_MEND,
        )
        for r in readings
        if r.document and r.document.in_part
        for line, told in r.document.in_part
    )


def refuse_a_clock_set_back(survey: Survey) -> None:
    """A machine that wakes in 1970 must not take back what was published since.

    Raises PublisherError.
    """
    newest = max(
        (
            a.published
            for a in survey.record.articles
            if a.place and a.published and not a.is_put_off
        ),
        default=survey.now,
    )
    if newest > survey.now + timedelta(days=1):
        raise PublisherError(
            f"the clock says {survey.now.isoformat()}, but articles of {newest.isoformat()} are "
            "published already",
            mend="set the machine's clock; to go back in time on purpose, use --now",
        )


def write_sidecars(app: App, survey: Survey, names: Sequence[str]) -> Iterator[SidecarOutcome]:
    """Write down what was inferred of each article named, or of all that have no header.

    Raises SourceError for a name that is no candidate file, before anything is written.
    """
    specs = {spec.name: spec for spec in app.config.sources}
    places = {spec.name: spec.place for spec in app.config.sources}
    if names:
        wanted = [survey.find(name, places) for name in dict.fromkeys(names)]
    else:
        wanted = [c for c in survey.candidates if _is_inferred(app, c)]
    for candidate in wanted:
        reading = candidate.reading
        folder = places[reading.source]
        try:
            written = _add_sidecar(app, reading)
        except ArticleError as error:
            problem = _moved(error, specs[reading.source])
            place = f"{folder}/{reading.file}"
            yield SidecarOutcome(candidate=candidate, place=place, written=None, problem=problem)
        else:
            place = f"{folder}/{written.file}"
            yield SidecarOutcome(candidate=candidate, place=place, written=written, problem=None)


def _add_sidecar(app: App, reading: Reading) -> WrittenSidecar:
    source = app.sources[reading.source]
    if not isinstance(source, FileSource):
        raise ArticleError("comes from no file of its own", mend="correct it where it comes from")
    return add_sidecar(source.folder, reading.file, site=source.site, source=source.spec)


def _is_inferred(app: App, candidate: Candidate) -> bool:
    """Whether an article has neither header nor sidecar, so that all of it was inferred."""
    document, source = candidate.reading.document, app.sources[candidate.reading.source]
    if candidate.state is State.SKIPPED or not isinstance(source, FileSource):
        return False
    if document is not None and any(
        origin.startswith(("field", "sidecar")) for origin in document.origins.values()
    ):
        return False
    return wants_sidecar(source.folder, candidate.reading.file, source=source.spec)


def _podcast_warnings(
    config: Config, listed: Sequence[Article], entries: Mapping[str, Entry]
) -> Iterator[str]:
    for feed in config.feeds:
        if feed.podcast is not None:
            newest = in_feed(listed, feed)[: feed.limit]
            yield from podcast_warnings(feed, [entries[a.id] for a in newest])


def _unknown_fields(config: Config) -> Iterator[str]:
    """What `map:` leads to nothing; a draft could be shown for it."""
    for i, source in enumerate(config.sources):
        for theirs, ours in source.map.items():
            if normalise_key(ours) not in MEANINGS:
                place = config.place("sources", i, "map", theirs)
                near = nearest(normalise_key(ours), MEANINGS)
                yield (
                    f"{place}: the source {source.name} has the map {theirs}: {ours}, and {ours!r}"
                    f" is no field that is read, so that {theirs} is not; it goes theirs: ours"
                    + (f" (did you mean {near!r}?)" if near else "")
                )


def _lost_feeds(config: Config, articles: Iterable[Article]) -> Iterator[str]:
    """Articles that name feeds which are not there."""
    known = {feed.name.casefold() for feed in config.feeds}
    places = {spec.name: spec.place for spec in config.sources}
    for article in articles:
        document = article.document
        for name in document.feeds:
            if name.casefold() not in known:
                yield f"{places[document.source]}/{document.file}: there is no feed {name!r}"


def _keep_reverted(
    app: App,
    readings: Iterable[Reading],
    reverted: Collection[tuple[str, str]],
    problems: Mapping[tuple[str, str], ArticleError],
) -> None:
    """Put the version back that is shown, as one that is looked at again in every run."""
    for reading in readings:
        key = (reading.source, reading.file)
        if key in reverted:
            before = replace(reading, document=None, problem=problems[key])
            known = KnownFile(stat=NO_STAT, seen_ns=0, context="", reading=before)
            app.build.save_files([Finished(known=known, body_html=None)])


def _is_named(reading: Reading, path: str, folders: Mapping[str, str]) -> bool:
    folder = folders[reading.source].rstrip("/")
    whole = f"{folder}/{reading.file}"
    return path in (reading.file, whole) or path.endswith(f"/{whole}")


def _candidate(reading: Reading, article: Article | None, clash: ArticleError | None) -> Candidate:
    problem = reading.problem or clash
    if reading.skipped:
        state = State.SKIPPED
    elif problem or article is None:
        state = State.REFUSED
    else:
        state = article.state
    return Candidate(reading=reading, state=state, article=article, problem=problem)


def _placed(candidate: Candidate, problem: ArticleError, spec: SourceSpec) -> ArticleError:
    """The same problem at a place that a person finds from the configuration's folder."""
    kept = candidate.article is not None and candidate.article.state is State.LISTED
    return _moved(problem, spec, " (the version published before stays)" if kept else "")


def _moved(problem: ArticleError, spec: SourceSpec, more: str = "") -> ArticleError:
    """An article that is no file of its own is found by the line of its container."""
    where = problem.where or Location(file="")
    file, message = f"{spec.place}/{where.file}", problem.message + more
    if where.line and not isinstance(spec, FilesSpec):
        file, message = spec.place, f"{where.file}: {message}"
    place = Location(file=file, line=where.line, column=where.column)
    mend = problem.mend and problem.mend.replace(shell_word(where.file), shell_word(file))
    return type(problem)(message, where=place, mend=mend)
