"""USE CASE. Take over the ids of another tool's feed: feed readers then show no old entry anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from publisher.articles import survey_articles
from publisher.compose.digests import under_new_ids
from publisher.compose.matching import ForeignEntry, match_entries
from publisher.config import Config
from publisher.errors import Location, SourceError
from publisher.feedcheck import read_feed
from publisher.feedcheck.reading import Said
from publisher.model import Article, Record, RecordedArticle
from publisher.outputs.lock import hold_lock
from publisher.record import load_record, save_record
from publisher.sources import Progress
from publisher.sources.documents import load_document
from publisher.system.whole import lie_of
from publisher.values import dataclass
from publisher.wiring.app import App, Clock, lock_path, open_app


@dataclass(frozen=True, slots=True, kw_only=True)
class IdImport:
    """What came of it. `taken` pairs files with the ids they have now, `same` had them before.

    `unmatched` are entries that no article is, `warnings` what a person should know.
    """

    taken: tuple[tuple[str, str], ...]
    same: tuple[str, ...]
    unmatched: tuple[ForeignEntry, ...]
    warnings: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """3 when an entry has no article."""
        return 3 if self.unmatched else 0


def import_ids(
    config: Config,
    places: Sequence[str],
    *,
    clock: Clock,
    progress: Progress,
    dry_run: bool = False,
) -> IdImport:
    """Give articles the ids that entries of feeds (files or addresses) have, in the record.

    Raises SourceError for what is no feed, FetchError for an address that gives nothing.
    """
    entries = {entry.id: entry for place in places for entry in _read(place, config.site.url)}
    with (
        hold_lock(lock_path(config)),
        open_app(config, clock=clock, progress=progress, aside=True) as app,
    ):
        read = lie_of(config.path(config.record))
        result, record = _match(app, tuple(entries.values()))
        if not dry_run:
            save_record(config.path(config.record), record, read)
    return result


def _read(place: str, site_url: str) -> list[ForeignEntry]:
    document = load_document(place, site_url)
    try:
        said = read_feed(document.data).entries
    except ValueError as error:
        raise SourceError(
            f"is no feed that can be read: {error}",
            where=Location(file=place),
            mend=f"`publisher check-feed {place}` tells more",
        ) from error
    return [entry for one in said if (entry := _foreign(one)).id]


def _foreign(said: Said) -> ForeignEntry:
    """What identifies an entry: feed readers take its address where RSS gives no guid.

    A guid can be the address as well, where there is no link (RSS 2.0, "isPermaLink").
    """
    id_, url = said.id.strip(), said.url.strip()
    return ForeignEntry(
        id=id_ or url,
        url=url or (id_ if id_.startswith(("http://", "https://")) else ""),
        title=said.title,
        day=said.published.date() if said.published else None,
    )


def _match(app: App, entries: Sequence[ForeignEntry]) -> tuple[IdImport, Record]:
    survey = survey_articles(app)
    matched = match_entries(entries, survey.articles)
    before = load_record(app.config.path(app.config.record))
    known = _where_they_are(before, survey.articles)
    lines = {(line.source, line.path): line for line in survey.record.articles}
    taken: list[tuple[str, str]] = []
    same: list[str] = []
    warnings: list[str] = []
    renamed: dict[str, str] = {}
    said: dict[str, list[str]] = {}
    for id_, article in matched.items():
        document = article.document
        key = (document.source, document.file)
        if document.id and document.id != id_:
            warnings.append(f"{document.file} has an `id:` of its own, which wins over {id_}")
            continue
        if article.id == id_:
            same.append(document.file)
            continue
        # one that no run has published yet waits for its place
        line = known.get(key)
        if line is None or line.id != article.id:
            line = replace(lines[key], place=0)
        if line.place:
            warnings.append(
                f"{document.file} was published here as {article.id}: who follows it already "
                "sees it once more"
            )
        known[key] = replace(line, id=id_)
        renamed[article.id] = id_
        said[article.id] = [correction.text for correction in article.corrections]
        taken.append((document.file, id_))
    unmatched = tuple(e for e in entries if e.id not in matched)
    record = replace(
        under_new_ids(before, renamed, said), articles=tuple(known[key] for key in sorted(known))
    )
    _require_distinct(record.articles, matched)
    result = IdImport(
        taken=tuple(taken), same=tuple(same), unmatched=unmatched, warnings=tuple(warnings)
    )
    return result, record


def _where_they_are(
    record: Record, articles: Sequence[Article]
) -> dict[tuple[str, str], RecordedArticle]:
    """The lines by source and path; that of a file which was renamed since went along with it."""
    now = {article.id: (article.document.source, article.document.file) for article in articles}
    lines = {(line.source, line.path): line for line in record.articles}
    moved = {now[line.id]: key for key, line in lines.items() if now.get(line.id, key) != key}
    stayed = {key: line for key, line in lines.items() if key not in moved.values()}
    went = {
        (source, path): replace(lines[old], source=source, path=path)
        for (source, path), old in moved.items()
    }
    return stayed | went


def _require_distinct(lines: Sequence[RecordedArticle], matched: Mapping[str, Article]) -> None:
    seen: dict[str, str] = {}
    for line in lines:
        other = seen.setdefault(line.id, line.path)
        if other != line.path and line.id in matched:
            raise SourceError(
                f"{other} and {line.path} would both have the id {line.id}",
                mend="write the right `id:` into both files, then run this again",
            )
