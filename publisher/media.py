"""USE CASE. What lies in media/ after a run: files beside articles, and pictures made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from publisher.app import App
from publisher.articles import Survey
from publisher.errors import ArticleError, Location, OutputError
from publisher.media_types import media_type_of
from publisher.model import Artifact, Asset, IssuePicture, State
from publisher.pictures.making import Maker
from publisher.renditions import Logo, Rendition, mail_rendition, page_renditions
from publisher.sources.folder import asset_path, read_asset

Kept = Callable[[str], bytes]
"""Gives what lies at an intact path of output/. Raises OutputError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Original:
    """A file that is copied, and where its bytes come from."""

    asset: Asset
    file: Path


def media_artifacts(
    app: App,
    survey: Survey,
    pictures: Sequence[IssuePicture],
    intact: Collection[str],
    kept: Kept,
) -> Iterator[Artifact]:
    """The files beside the articles that are shown, and the renditions of pictures, each once.

    `pictures` are those that issues show: they stay as long as the issue does. Where an
    article shows its last good version, its file may be gone or another by now: then what
    was made stays, and what was not is made of the copy, or not at all.
    """
    maker = Maker()
    mailed = {picture.path for picture in pictures}
    missing = {path for path in mailed if path not in intact}
    mail_forms = _mail_forms(survey, app.pictures.logo, missing)
    done: set[str] = set()
    for path, original in _originals(app, survey).items():
        asset = original.asset
        forms = page_renditions(asset) if path in survey.gallery.assets else ()
        made = [f for f in (*forms, *mail_forms.get(path, ())) if f.path != path]
        is_there = path in intact
        if not is_there and not _still_holds(original):
            continue
        read = partial(_read, original, partial(kept, path) if is_there else None)
        yield _artifact(path, asset.media_type, read)
        for form in made:
            yield _artifact(form.path, form.media_type, partial(maker.draw, form, asset, read))
        done |= {path, *(form.path for form in made)}
    for path in sorted(mailed - done):
        if path in intact:
            yield _artifact(path, media_type_of(path), partial(kept, path))


def _originals(app: App, survey: Survey) -> dict[str, _Original]:
    """The files beside articles that are shown, and the site's own pictures, by path."""
    found: dict[str, _Original] = {}
    for article in survey.articles:
        if article.state in (State.LISTED, State.EXPIRED):
            source = app.sources[article.document.source]
            for asset in article.document.assets:
                file = source.asset(asset.origin)
                found.setdefault(asset.path, _Original(asset=asset, file=file))
    pictures = app.pictures
    logo = pictures.logo.asset if pictures.logo else None
    for picture in (logo, pictures.image, *pictures.covers.values()):
        if picture is not None:
            file = app.config.path(picture.origin)
            found.setdefault(picture.path, _Original(asset=picture, file=file))
    return found


def _mail_forms(
    survey: Survey, logo: Logo | None, missing: Collection[str]
) -> Mapping[str, Sequence[Rendition]]:
    """What is to be made for mails, by the path of its original."""
    if not missing:
        return {}
    forms = [(path, mail_rendition(asset)) for path, asset in survey.gallery.assets.items()]
    forms += [(logo.asset.path, logo.mailed)] if logo else []
    wanted: dict[str, list[Rendition]] = {}
    for path, form in forms:
        if form and form.path in missing:
            wanted.setdefault(path, []).append(form)
    return wanted


def _still_holds(original: _Original) -> bool:
    """Whether a file is still the one that was read; called only for what is to be written."""
    asset = original.asset
    try:
        return read_asset(original.file, asset.origin, asset.source).path == asset.path
    except ArticleError:
        return False


def _read(original: _Original, kept: Callable[[], bytes] | None) -> bytes:
    """The bytes that were read when the article was; `kept` gives them where the file is another.

    Raises OutputError where there is no copy and the file changed since it was looked at.
    """
    try:
        data = original.file.read_bytes()
    except OSError as error:
        if kept is not None:
            return kept()
        raise OutputError(
            f"cannot be copied: {error.strerror}", where=Location(file=str(original.file))
        ) from error
    if asset_path(data, original.file.name) == original.asset.path:
        return data
    if kept is not None:
        return kept()
    raise OutputError(
        "was changed while it was read",
        where=Location(file=str(original.file)),
        mend="publish again when it is saved",
    )


def _artifact(path: str, media_type: str, render: Callable[[], bytes]) -> Artifact:
    """A file of media/: its path holds the hash of its bytes, or of all they are made of."""
    return Artifact(path=path, media_type=media_type, fingerprint=path, render=render)
