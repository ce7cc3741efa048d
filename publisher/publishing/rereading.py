"""USE CASE. Files that hold something else now, read again: what of their articles is otherwise.

Whatever is in doubt is no such edit: then all has to be looked at.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from publisher.compose.entries import make_entry
from publisher.config import Config, FilesSpec
from publisher.errors import PublisherError
from publisher.fingerprint import fingerprint
from publisher.identity.settling import settle_revision
from publisher.model import Document, Entry, State
from publisher.parse.around import included_parts
from publisher.publishing.edits import Edit, ReadAhead
from publisher.readings import Finished, KnownFile
from publisher.record import find_lines
from publisher.sources.files import FileSource, is_text
from publisher.store.build import BuildStore
from publisher.store.sights import Sight
from publisher.wiring.sources import Holdings, open_holdings

_MOST = 100
"""Of so many files at once it is as quick to look at all."""

_WORDS = (
    *("title", "summary", "corrections", "updated", "article_links"),
    *("content_hash", "text_hash", "body_key"),
    *("needs", "origins", "inferred", "seen"),
)
"""What may be otherwise of a document: what no other page shows but those of the articles before
and after it, and lists that it is in anyway; and at last what is shown to nobody."""

_SHOWN_WORDS = ("title", "summary", "corrections", "updated", "links", "body_key")
"""The same of an entry."""

Key = tuple[str, str]
"""A source and a file of it."""


def read_ahead(
    config_file: Path,
    changed: Sequence[str],
    seen: Sight,
    configuration: bytes,
    clock: Callable[[], datetime],
) -> bytes:
    """What `edits.unpack` makes a configuration of, and what is otherwise of these files, or why
    that could not be found out: whoever goes on tells it. Nothing where the file of the
    configuration changed; else it is the one that the run before left behind."""
    if str(config_file.absolute()) in changed:
        return b""
    config: Config = pickle.loads(configuration)  # noqa: S301 (by ourselves, as this code is)
    try:
        with open_holdings(config, clock) as held:
            read = ReadAhead(config, find_edits(held, changed, seen, clock()) or [])
    except PublisherError as error:
        read = ReadAhead(config, [], failure=error)
    return pickle.dumps(read)


def find_edits(
    held: Holdings,
    changed: Collection[str],
    seen: Sight,
    now: datetime,
) -> list[Edit] | None:
    """What is otherwise of these files (absolute paths), of all that was `seen`.

    None where that has to be found out by looking at all there is. Nothing is remembered of it.
    Raises StoreError and RecordError.
    """
    keys = _keys(held.config, changed, seen)
    edits = list(_edits(held, keys, seen, now)) if keys else []
    return edits if keys and len(edits) == len(keys) else None


def _keys(config: Config, changed: Collection[str], seen: Sight) -> set[Key] | None:
    """What the changed files are to their sources; None where one is of no folder, or of several,
    may have more names than that, or has one that is no text.
    """
    if len(changed) > _MOST or seen.leads_to_folders:
        return None
    folders = [
        (spec.name, _below(config.path(spec.path)))
        for spec in config.sources
        if isinstance(spec, FilesSpec)
    ]
    keys: set[Key] = set()
    for path in changed:
        found = [(n, path.removeprefix(f)) for n, f in folders if path.startswith(f)]
        if len(found) != 1 or not is_text(path):
            return None
        keys.add(found[0])
    return keys


def _below(folder: Path) -> str:
    """What the paths of all files in a folder begin with."""
    return f"{folder.resolve()}{os.sep}"


def _edits(
    held: Holdings,
    keys: Collection[Key],
    seen: Sight,
    now: datetime,
) -> Iterator[Edit]:
    """These files, read again, source by source; ends before one of which more is otherwise than
    its words."""
    config, sources, build = held
    found = find_lines(config.path(config.record), keys)
    lines = {(line.source, line.path): (text, line) for text, line in found.items()}
    has_podcasts = any(feed.podcast for feed in config.feeds)
    for name, source in sources.items():
        files = sorted(file for of, file in keys if of == name)
        if not files or not isinstance(source, FileSource):
            continue
        stats = seen.below(_below(source.folder))
        for known, finished in source.read_again(build, files, stats):
            shown = build.shown.of_file(name, known.reading.file)
            text, line = lines.get((name, known.reading.file), (b"", None))
            after = _revised_document(known, finished, now, has_podcasts=has_podcasts)
            if after is None or shown is None or line is None:
                return
            if (line.id, line.content) != (shown.entry.id, _was(known)):
                return
            article, line = settle_revision(after, line, site_url=config.site.url, now=now)
            if article.state is not State.LISTED or article.id != shown.entry.id:
                return
            links = tuple([(f, _address(build, name, f)) for f in after.article_links])
            entry = make_entry(article, links, shown.entry.translations)
            if not _is_revised(shown.entry, entry):
                return
            mended = replace(shown, entry=entry, mark=fingerprint(entry))
            # the same instant in another zone is written otherwise
            is_redated = entry.updated.isoformat() != shown.entry.updated.isoformat()
            yield Edit(finished, mended, (text, line), is_redated)


def _address(build: BuildStore, source: str, file: str) -> str:
    """Where another article is, "" where it is not shown."""
    found = build.shown.of_file(source, file)
    return found.entry.url if found is not None else ""


def _was(known: KnownFile) -> str:
    document = known.reading.document
    return document.content_hash if document is not None else ""


def _revised_document(
    known: KnownFile, finished: Finished, now: datetime, *, has_podcasts: bool
) -> Document | None:
    """What a file says now, where it is an article as before and only its words are others."""
    before, after = known.reading.document, finished.known.reading.document
    if before is None or after is None or known.reading.problem or finished.known.reading.problem:
        return None
    if replace(after, **{name: getattr(before, name) for name in _WORDS}) != before:
        return None
    if not {*included_parts(before)}.issuperset(included_parts(after)):
        return None  # what is a part of others has to be known (`Shown.included`)
    # by what leads on from an old address, and by warnings about episodes
    is_told_elsewhere = after.title != before.title and (has_podcasts or bool(after.aliases))
    times = (after.updated, *(correction.when for correction in after.corrections))
    is_for_later = any(time is not None and time > now for time in times)
    return None if is_told_elsewhere or is_for_later else after


def _is_revised(before: Entry, after: Entry) -> bool:
    """Whether no more than words and the time of the last change are others. It does not go back:
    the newest of all entries is the newest still."""
    same_words = replace(after, **{name: getattr(before, name) for name in _SHOWN_WORDS})
    return same_words == before and after.updated >= before.updated
