"""USE CASE. A run after which the words of some articles are others, and nothing else is.

That is what most edits are: a sentence more, a title mended, a correction. Such a run need not look
at the other articles: what they show, and where, the last one has left behind (`store.shown`).
Whatever else is otherwise (a date, a tag, a picture, a file that came or went) is for
`publisher.articles`, and so is whatever is in doubt.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from publisher.compose.entries import make_entry
from publisher.config import FilesSpec
from publisher.feeds import Feed, FeedPart
from publisher.fingerprint import fingerprint
from publisher.identity.settling import settle_revision
from publisher.model import (
    Artifact,
    BuildPlan,
    Document,
    Entry,
    Issue,
    Manifest,
    RecordedArticle,
    State,
)
from publisher.parse.around import included_parts
from publisher.publishing.views import make_bare_view, revised_artifacts
from publisher.readings import Finished, KnownFile
from publisher.record import find_lines
from publisher.renditions import Gallery
from publisher.shown import Entries, Place, Shown, ShownArticle, ShownPart
from publisher.sources.files import FileSource, is_text
from publisher.store.shown import ShownStore
from publisher.store.standstill import Found
from publisher.wiring.app import App

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


class Revision(NamedTuple):
    """What is to be done: the files to write, and the lines of the record to be replaced."""

    plan: BuildPlan
    lines: Mapping[bytes, RecordedArticle]


class _Edit(NamedTuple):
    """One file, read again: what is shown of it now, its line of the record, and whether the time
    of its last change is another."""

    finished: Finished
    shown: ShownArticle
    line: tuple[bytes, RecordedArticle]
    is_redated: bool


def find_revision(app: App, seen: Found, manifest: Manifest, now: datetime) -> Revision | None:
    """What is to be done where files hold something else now, as was `seen`.

    None where that has to be found out by looking at all there is; then nothing was remembered of
    it. Every file of the `manifest` lies in output/ as it was written. Raises StoreError and
    RecordError.
    """
    shelf = app.build.shown
    shown, keys = shelf.all(), _keys(app, seen)
    if shown is None or keys is None or not keys.isdisjoint(shown.included):
        return None
    edits = list(_edits(app, seen, keys, {*shown.order}, now))
    if len(edits) < len(keys):
        return None
    revised = [edit.shown for edit in edits]
    dated = _dated(shelf, edits)
    if dated is None:
        return None
    plan = _plan(_artifacts(app, shown, revised, dated), manifest, seen.lying.paths)
    if plan is None:
        return None
    for _, of_source in groupby(edits, lambda edit: edit.shown.source):
        app.build.save_files([edit.finished for edit in of_source])
    shelf.revise(revised, dated)
    return Revision(plan, dict(edit.line for edit in edits))


# -- what is otherwise


def _keys(app: App, seen: Found) -> set[Key] | None:
    """What the changed files are to their sources; None where one is of no folder, or of several,
    may have more names than that, or has one that is no text.
    """
    if len(seen.changed) > _MOST or seen.seen.inputs.leads_to_folders:
        return None
    folders = [
        (spec.name, _below(app.config.path(spec.path)))
        for spec in app.config.sources
        if isinstance(spec, FilesSpec)
    ]
    keys: set[Key] = set()
    for path in seen.changed:
        found = [(n, path.removeprefix(f)) for n, f in folders if path.startswith(f)]
        if len(found) != 1 or not is_text(path):
            return None
        keys.add(found[0])
    return keys


def _below(folder: Path) -> str:
    """What the paths of all files in a folder begin with."""
    return f"{folder.resolve()}{os.sep}"


def _edits(
    app: App, seen: Found, keys: Collection[Key], listed: Collection[str], now: datetime
) -> Iterator[_Edit]:
    """These files, read again, source by source; ends before one of which more is otherwise than
    its words."""
    found = find_lines(app.config.path(app.config.record), keys)
    lines = {(line.source, line.path): (text, line) for text, line in found.items()}
    has_podcasts = any(feed.podcast for feed in app.config.feeds)
    for name, source in app.sources.items():
        files = sorted(file for of, file in keys if of == name)
        if not files or not isinstance(source, FileSource):
            continue
        stats = seen.seen.inputs.below(_below(source.folder))
        for known, finished in source.read_again(app.build, files, stats):
            shown = app.build.shown.of_file(name, known.reading.file)
            text, line = lines.get((name, known.reading.file), (b"", None))
            after = _revised_document(known, finished, now, has_podcasts=has_podcasts)
            if after is None or shown is None or line is None or shown.entry.id not in listed:
                return
            if (line.id, line.content) != (shown.entry.id, _was(known)):
                return
            article, line = settle_revision(after, line, site_url=app.config.site.url, now=now)
            if article.state is not State.LISTED or article.id != shown.entry.id:
                return
            links = tuple([(f, _address(app, name, f)) for f in after.article_links])
            entry = make_entry(article, links, shown.entry.translations)
            if not _is_revised(shown.entry, entry):
                return
            mended = replace(shown, entry=entry, mark=fingerprint(entry))
            is_redated = entry.updated != shown.entry.updated
            yield _Edit(finished, mended, (text, line), is_redated)


def _address(app: App, source: str, file: str) -> str:
    """Where another article is, "" where it is not shown."""
    found = app.build.shown.of_file(source, file)
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


# -- what shows it


def _dated(shelf: ShownStore, edits: Sequence[_Edit]) -> Sequence[Place] | None:
    """The addresses of the sitemap, thousands of them, with the times at which these articles
    changed; none of them where it stays as it is, None where they are not held."""
    if not any(edit.is_redated for edit in edits):
        return ()
    places = shelf.places()
    if places is None:
        return None
    entries = [edit.shown.entry for edit in edits]
    times = {entry.url: entry.updated for entry in entries if entry.path}
    (home, newest), *others = places
    newest = max([entry.updated for entry in entries] + ([newest] if newest else []))
    return [(home, newest), *((url, times.get(url, changed)) for url, changed in others)]


def _artifacts(
    app: App, shown: Shown, revised: Sequence[ShownArticle], places: Sequence[Place]
) -> list[Artifact]:
    """All that shows these articles."""
    known = {one.entry.id: one for one in revised}

    @cache
    def article(id_: str) -> ShownArticle:
        found = known.get(id_) or app.build.shown.of_id(id_)
        assert found is not None, "every entry of the order is held"
        return found

    def entry(id_: str) -> Entry:
        return article(id_).entry

    def part(one: ShownPart) -> FeedPart:
        ids = [shown.order[place] for place in one.entries]
        is_still = known.keys().isdisjoint(ids)
        return FeedPart(
            number=one.number,
            marks=() if is_still else tuple([article(id_).mark for id_ in ids]),
            load=lambda: tuple([entry(id_) for id_ in ids]),
            tombstones=one.tombstones,
            last=one.last,
            is_still=is_still,
        )

    feeds = [
        Feed(
            spec=feed.spec,
            kind=feed.kind,
            about=feed.about,
            title=feed.title,
            description=feed.description,
            language=feed.language,
            first_url=feed.first_url,
            parts=tuple(map(part, feed.parts)),
        )
        for feed in shown.feeds
    ]
    view = make_bare_view(
        app,
        feeds,
        Entries(shown.order, entry),
        marks=_Marks(lambda id_: article(id_).mark),
        gallery=Gallery(url=app.config.site.url, assets=shown.pictures),
        load_issue=_no_issue,
        revised=frozenset(known),
    )
    return revised_artifacts(app, view, places)


class _Marks(dict[str, str]):
    """Fingerprints of entries, by id, each looked up when it is first asked for."""

    def __init__(self, find: Callable[[str], str]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, id_: str) -> str:
        return self._find(id_)


def _no_issue(newsletter: str, number: int) -> Issue:
    raise AssertionError(f"issue {number} of {newsletter} shows no words of today")


def _plan(wanted: Sequence[Artifact], manifest: Manifest, lying: Sequence[str]) -> BuildPlan | None:
    """What to write of these; None where one of them was not there before."""
    write = []
    for artifact in wanted:
        known = manifest.get(artifact.path)
        if known is None:
            return None
        if known.fingerprint != artifact.fingerprint:
            write.append(artifact)
    paths = {artifact.path for artifact in write}
    keep = tuple([path for path in lying if path not in paths])
    return BuildPlan(write=tuple(write), keep=keep, remove=())
