"""USE CASE. A run after which the words of some articles are others, and nothing else is.

That is what most edits are: a sentence more, a title mended, a correction. Such a run need not look
at the other articles: what they show, and where, the last one has left behind (`store.shown`).
Whatever else is otherwise (a date, a tag, a picture, a file that came or went) is for
`publisher.articles`, and so is whatever is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from publisher.feeds import Feed, FeedPart
from publisher.model import (
    Artifact,
    BuildPlan,
    Entry,
    Issue,
    Manifest,
    RecordedArticle,
)
from publisher.publishing.edits import Edit
from publisher.publishing.views import make_bare_view, revised_artifacts
from publisher.renditions import Gallery
from publisher.shown import Entries, Place, Shown, ShownArticle, ShownPart
from publisher.store.shown import ShownStore
from publisher.wiring.app import App


class Revision(NamedTuple):
    """What is to be done: the files to write, and the lines of the record to be replaced."""

    plan: BuildPlan
    lines: Mapping[bytes, RecordedArticle]


def find_revision(
    app: App, edits: Sequence[Edit], lying: Sequence[str], manifest: Manifest
) -> Revision | None:
    """What is to be done after these edits, where the paths `lying` in output/ are all there is.

    None where that has to be found out by looking at all there is; then nothing was remembered of
    it. Every file of the `manifest` lies in output/ as it was written. Raises StoreError.
    """
    shelf = app.build.shown
    shown, revised = shelf.all(), [edit.shown for edit in edits]
    if shown is None or not _are_alone(revised, shown):
        return None
    dated = _dated(shelf, edits)
    if dated is None:
        return None
    plan = _plan(_artifacts(app, shown, revised, dated), manifest, lying)
    if plan is None:
        return None
    for _, of_source in groupby(edits, lambda edit: edit.shown.source):
        app.build.save_files([edit.finished for edit in of_source])
    shelf.revise(revised, dated)
    return Revision(plan, dict(edit.line for edit in edits))


def _are_alone(revised: Sequence[ShownArticle], shown: Shown) -> bool:
    """Whether all of these are listed, and none is a part of another's text."""
    listed, included = {*shown.order}, {*shown.included}
    return all(one.entry.id in listed and (one.source, one.file) not in included for one in revised)


def _dated(shelf: ShownStore, edits: Sequence[Edit]) -> Sequence[Place] | None:
    """The addresses of the sitemap, thousands of them, with the times at which these articles
    changed; none of them where it stays as it is, None where they are not held or say too little.
    """
    if not any(edit.is_redated for edit in edits):
        return ()
    places = shelf.places()
    if places is None:
        return None
    entries = [edit.shown.entry for edit in edits]
    times = {entry.url: entry.updated for entry in entries if entry.path}
    (home, newest), *others = places
    changed_at = [entry.updated for entry in entries] + ([newest] if newest else [])
    newest = max(changed_at)
    if len({at.isoformat() for at in changed_at if at == newest}) > 1:
        return None  # of the same instant in several zones the first in order is told
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
