"""USE CASE. What lies in media/ after a run: files beside articles, and pictures made of them.

What a mail has of them inside it, has the bytes that lie there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import unquote

from publisher.articles import Survey
from publisher.errors import ArticleError, Location, OutputError
from publisher.fingerprint import fingerprint, hash_of
from publisher.links.ascii import ascii_url
from publisher.links.pictures import picture_addresses
from publisher.media_types import media_type_of
from publisher.mime.embedding import that_fit
from publisher.model import Article, Artifact, Asset, Digest, EmbeddedPicture, IssuePicture, State
from publisher.outputs import Output
from publisher.pictures.making import Maker
from publisher.renditions import Logo, Rendition, mail_rendition, page_renditions
from publisher.sources.folder import asset_path, read_asset
from publisher.system.installed import version_of
from publisher.values import dataclass
from publisher.wiring.app import App

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
    maker, drawn_by = Maker(), version_of("pillow")
    mailed = {picture.path for picture in pictures}
    missing = {path for path in mailed if path not in intact}
    mail_forms = _mail_forms(survey, app.pictures.logo, missing)
    done: set[str] = set()
    for path, original in _originals(app, survey).items():
        asset = original.asset
        forms = page_renditions(asset) if path in survey.gallery.assets else ()
        mailed_forms = mail_forms.get(path, ())
        is_there = path in intact
        if not is_there and not _still_holds(original):
            continue
        read = partial(_read, original, partial(kept, path) if is_there else None)
        yield _artifact(path, asset.media_type, read)
        done.add(path)
        for form in (*forms, *mailed_forms):
            if form.path != path:
                # what an issue shows stays as it is for as long as the issue does
                by = "" if form in mailed_forms else drawn_by
                draw = partial(maker.draw, form, asset, read)
                yield _artifact(form.path, form.media_type, draw, by=by)
                done.add(form.path)
    for path in sorted(mailed - done):
        if path in intact:
            yield _artifact(path, media_type_of(path), partial(kept, path))


def lacks_files(survey: Survey, artifacts: Iterable[Artifact]) -> bool:
    """Whether a file beside an article that is shown is not among the artifacts: it could not be
    read, or is another by now."""
    paths = {artifact.path for artifact in artifacts}
    shown = (a for a in survey.articles if a.state in (State.LISTED, State.EXPIRED))
    return any(asset.path not in paths for article in shown for asset in article.document.assets)


_EMBEDDED = frozenset({"image/gif", "image/jpeg", "image/png"})
"""What every mail program draws: publisher.preflight warns of others."""


class Embedder:
    """Gives the pictures that mails have inside. What it found once it holds: a logo is in many."""

    def __init__(self, app: App, survey: Survey) -> None:
        self._app = app
        self._survey = survey
        self._maker = Maker()
        self._found: dict[str, bytes] = {}

    def shown(self, digest: Digest, html: str) -> tuple[tuple[str, str], ...]:
        """The pictures of its articles that the HTML of a mail shows: paths, each with the id."""
        owners = self._owners(digest)
        paths = self._paths(html).values()
        return tuple([(path, owners[path]) for path in sorted({*paths}) if owners.get(path)])

    def embedded(self, digest: Digest, html: str) -> tuple[EmbeddedPicture, ...]:
        """The pictures of ours that the HTML of a mail shows, as far as a message has room.

        One that lies elsewhere, or is not there any more, is not among them: it keeps its
        address. Raises OutputError where an original changed since it was looked at.
        """
        paths = self._paths(html)
        self._find({path for path in paths.values() if media_type_of(path) in _EMBEDDED})
        owners = self._owners(digest)
        return that_fit(
            [
                EmbeddedPicture(
                    url=url,
                    path=path,
                    media_type=media_type_of(path),
                    article=owners.get(path, ""),
                    hash=hash_of(self._found[path]),
                    data=self._found[path],
                )
                for url, path in paths.items()
                if path in self._found
            ]
        )

    def _paths(self, html: str) -> dict[str, str]:
        """The pictures of ours in the HTML of a mail: address to path under output/."""
        site = ascii_url(self._app.config.site.url)
        return {
            url: unquote(url.removeprefix(site))
            for url in picture_addresses(html)
            if url.startswith(f"{site}media/")
        }

    def _find(self, wanted: AbstractSet[str]) -> None:
        """Take what lies in output/, and draw what will lie there after this run."""
        missing = wanted - self._found.keys()
        if not missing:
            return
        self._found |= {path: self._kept(path) for path in missing if path in self._intact}
        missing -= self._found.keys()
        mail_forms = _mail_forms(self._survey, self._app.pictures.logo, missing)
        for path in sorted((missing | mail_forms.keys()) & self._originals.keys()):
            original = self._originals[path]
            is_there = path in self._intact
            if not is_there and not _still_holds(original):
                continue
            read = partial(_read, original, partial(self._kept, path) if is_there else None)
            if path in missing:
                self._found[path] = read()
            for form in mail_forms.get(path, ()):
                if form.path != path:
                    self._found[form.path] = self._maker.draw(form, original.asset, read)

    def _owners(self, digest: Digest) -> Mapping[str, str]:
        """The article that each picture of an issue belongs to, by path; that of the logo is ""."""
        logo = self._app.pictures.logo
        owners = {logo.mailed.path: ""} if logo and logo.mailed else {}
        for entry in digest.entries:
            article = self._articles.get(entry.id)
            for asset in article.document.assets if article else ():
                form = mail_rendition(asset)
                for path in (asset.path, *((form.path,) if form else ())):
                    owners.setdefault(path, entry.id)
        return owners

    def _kept(self, path: str) -> bytes:
        return self._output.kept(path)

    @cached_property
    def _output(self) -> Output:
        return self._app.open_output()

    @cached_property
    def _intact(self) -> Collection[str]:
        return self._output.intact()

    @cached_property
    def _originals(self) -> Mapping[str, _Original]:
        return _originals(self._app, self._survey)

    @cached_property
    def _articles(self) -> Mapping[str, Article]:
        return {article.id: article for article in self._survey.articles}


def _originals(app: App, survey: Survey) -> dict[str, _Original]:
    """The files beside articles that are shown, and the site's own pictures, by path."""
    found: dict[str, _Original] = {}
    for article in survey.articles:
        if article.document.assets and article.state in (State.LISTED, State.EXPIRED):
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


def _artifact(path: str, media_type: str, render: Callable[[], bytes], *, by: str = "") -> Artifact:
    """A file of media/: its path holds the hash of its bytes, or of all they are made of but for
    the version of what they are made `by`."""
    mark = fingerprint(path, by) if by else path
    return Artifact(path=path, media_type=media_type, fingerprint=mark, render=render)
