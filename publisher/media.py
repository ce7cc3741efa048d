"""USE CASE. What lies in media/ after a run: files beside articles, and pictures made of them.

What a mail has of them inside it, has the bytes that lie there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from publisher.app import App
from publisher.articles import Survey
from publisher.errors import ArticleError, Location, OutputError
from publisher.fingerprint import hash_of
from publisher.links import ascii_url, picture_addresses
from publisher.media_types import media_type_of
from publisher.mime.embedding import that_fit
from publisher.model import Artifact, Asset, Digest, EmbeddedPicture, IssuePicture, State
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


_EMBEDDED = frozenset({"image/gif", "image/jpeg", "image/png"})
"""What every mail program draws: publisher.preflight warns of others."""


def embedded_pictures(
    app: App, survey: Survey, digest: Digest, html: str
) -> tuple[EmbeddedPicture, ...]:
    """The pictures of ours that a mail's HTML shows, with their bytes, as far as there is room.

    One that lies elsewhere, or is not there any more, is not among them: it keeps its address.
    Raises OutputError where an original changed since it was looked at.
    """
    site = ascii_url(app.config.site.url)
    paths = {
        url: unquote(url.removeprefix(site))
        for url in picture_addresses(html)
        if url.startswith(f"{site}media/")
    }
    wanted = {path for path in paths.values() if media_type_of(path) in _EMBEDDED}
    found = _picture_bytes(app, survey, wanted)
    owners = _owners(survey, digest, site)
    return that_fit(
        [
            EmbeddedPicture(
                url=url,
                path=path,
                media_type=media_type_of(path),
                article=owners.get(path, ""),
                hash=hash_of(found[path]),
                data=found[path],
            )
            for url, path in paths.items()
            if path in found
        ]
    )


def _picture_bytes(app: App, survey: Survey, wanted: AbstractSet[str]) -> Mapping[str, bytes]:
    """What lies at paths of media/, or will after this run, as far as it can be had."""
    output = app.open_output()
    intact = output.intact() if wanted else frozenset[str]()
    found = {path: output.kept(path) for path in wanted if path in intact}
    missing = wanted - found.keys()
    if not missing:
        return found
    maker = Maker()
    mail_forms = _mail_forms(survey, app.pictures.logo, missing)
    for path, original in _originals(app, survey).items():
        forms = [form for form in mail_forms.get(path, ()) if form.path != path]
        is_there = path in intact
        if not (forms or path in missing) or not (is_there or _still_holds(original)):
            continue
        read = partial(_read, original, partial(output.kept, path) if is_there else None)
        if path in missing:
            found[path] = read()
        for form in forms:
            found[form.path] = maker.draw(form, original.asset, read)
    return found


def _owners(survey: Survey, digest: Digest, site: str) -> Mapping[str, str]:
    """The id of the article that each picture of an issue belongs to, by path."""
    articles = {article.id: article for article in survey.articles}
    owners: dict[str, str] = {}
    for entry in digest.entries:
        if entry.picture is not None and entry.picture.url.startswith(site):
            owners.setdefault(unquote(entry.picture.url.removeprefix(site)), entry.id)
        article = articles.get(entry.id)
        for asset in article.document.assets if article else ():
            owners.setdefault(asset.path, entry.id)
    return owners


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
