"""WIRING. The opened edges of one run; the only place that picks them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.compose.podcasts import cover_problem
from publisher.config import (
    TEMPLATES,
    Config,
    FeedSpec,
    path_problem,
)
from publisher.config.selections import key_name
from publisher.errors import ArticleError, ConfigError, TemplateError
from publisher.model import Asset, Entry
from publisher.outputs import Output
from publisher.outputs.directory import DirectoryOutput
from publisher.parse.clean.fragment import resolve_links
from publisher.renditions import READ_TYPES, Logo
from publisher.sources import ArticleSource, Progress
from publisher.sources.folder import inspect_asset, read_asset, read_logo
from publisher.sources.pieces import Pieces
from publisher.sources.theme import Theme, read_theme
from publisher.store.build import BuildStore
from publisher.store.database import CACHE, damage_named
from publisher.system.room import trouble
from publisher.system.spare import Spare
from publisher.values import dataclass
from publisher.wiring.drawing import Drawing
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.render.environment import Environment
    from publisher.store.issues import IssueStore
    from publisher.store.mailings import Mailings, Wake
    from publisher.store.pings import PingStore

_LOGO = ("site", "theme", "logo")
_IMAGE = ("site", "image")

Clock = Callable[[], datetime]
"""Gives the instant of now: UTC, whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePictures:
    """The site's own pictures, as the configuration names them, with their absolute addresses.

    `covers` and `cover_urls` are those of podcasts, by the feed's name; a cover that lies
    elsewhere has only an address. `warnings` name covers that directories would not take.
    """

    logo: Logo | None
    image: Asset | None
    image_url: str | None
    covers: Mapping[str, Asset]
    cover_urls: Mapping[str, str]
    warnings: tuple[str, ...]

    def feed_image_url(self, feed: FeedSpec) -> str | None:
        """The picture that a feed shows: its cover, else the site's."""
        return self.cover_urls.get(feed.name, self.image_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that a use case may touch."""

    config: Config
    clock: Clock
    progress: Progress
    theme: Theme
    drawing: Drawing
    pictures: SitePictures
    pieces: Pieces
    build: BuildStore
    stores: Stores
    open_sources: Callable[[], Mapping[str, ArticleSource]]

    @property
    def sources(self) -> Mapping[str, ArticleSource]:
        """The sources by name, in the order of the configuration; opened when first asked for."""
        return self.open_sources()

    @property
    def environment(self) -> Environment:
        """The templates; compiled when first asked for."""
        return self.drawing.environment

    @property
    def issues(self) -> IssueStore:
        """Frozen issues and drafts; opened when first asked for."""
        return self.stores.issues

    @property
    def mailings(self) -> Mailings:
        """The issues' deliveries as a whole; opened when first asked for."""
        return self.stores.mailings

    @property
    def pings(self) -> PingStore:
        """What hubs are to be told; opened when first asked for."""
        return self.stores.pings

    def body(self, entry: Entry) -> str:
        """The finished HTML of an entry, its links to other articles set. Raises StoreError."""
        return resolve_links(self.build.body(entry.body_key), dict(entry.links))

    def open_output(self, folder: Path | None = None) -> Output:
        """The configured output, or another folder. Raises ConfigError where we may not write."""
        if folder is not None:
            problem = path_problem(self.config, "output", folder)
            if problem:
                raise ConfigError(f"--output {folder}: {problem}", mend="name another folder")
        return DirectoryOutput(
            folder or self.config.path(self.config.output),
            self.build,
            self.progress,
            site_url=self.config.site.url,
        )


@contextmanager
def open_app(
    config: Config,
    *,
    clock: Clock,
    progress: Progress,
    aside: bool = False,
    time_is_told: bool = False,
    wake: Wake | None = None,
) -> Iterator[App]:
    """Open the edges for one run. With `aside` the state is a copy: nothing is kept or locked.
    `wake` has the shards of an issue sent that is let go.

    A clock whose `time_is_told` rules what the database notes, too.

    Raises StoreError, TemplateError or ConfigError.
    """
    pictures = _read_pictures(config)
    theme = _read_theme(config)
    state = config.path(config.state)
    with (
        damage_named(state / CACHE),  # the other database says itself what is wrong with it
        closing(BuildStore(state / CACHE, aside=aside)) as build,
        closing(Stores(config, clock, aside=aside, time_is_told=time_is_told, wake=wake)) as stores,
        _open_pieces(state, aside=aside) as pieces,
    ):
        _check_logo(config, pictures.logo, build)
        drawing = Drawing(theme, state, aside=aside)
        drawing.check(build)

        @cache
        def sources() -> Mapping[str, ArticleSource]:
            from publisher.wiring.sources import open_sources  # noqa: PLC0415 (what reads articles)

            return open_sources(config, pieces, clock)

        yield App(
            config=config,
            clock=clock,
            progress=progress,
            pieces=pieces,
            theme=theme,
            drawing=drawing,
            pictures=pictures,
            build=build,
            stores=stores,
            open_sources=sources,
        )


def _read_theme(config: Config) -> Theme:
    """The theme as the site has it. Raises TemplateError, ConfigError for a folder that is named
    and not there."""
    folder = config.path(config.templates)
    problem = _problem_of(folder)
    if problem == "is not there" and config.templates != TEMPLATES:
        raise ConfigError(
            f"templates: there is no folder {config.templates!r}",
            where=config.place("templates"),
            mend="make it, or take `templates:` out, if the site changes nothing of the theme",
        )
    if problem == "is no folder":
        raise ConfigError(
            f"templates: {config.templates}: is no folder",
            where=config.place("templates"),
            mend="make a folder of it that holds what the site changes of the theme",
        )
    return read_theme(folder)


def _problem_of(folder: Path) -> str:
    """Why nothing can be read of a folder, "" where it can. Raises TemplateError where we may not
    look."""
    try:
        with os.scandir(folder):
            return ""
    except NotADirectoryError:
        return "is no folder"
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return "is not there"
        raise trouble(TemplateError, error, folder, what="cannot be looked into") from error


@contextmanager
def open_pings(config: Config, clock: Clock) -> Iterator[PingStore]:
    """What hubs are to be told, without the rest and without the lock. Raises StoreError."""
    with closing(Stores(config, clock)) as stores:
        yield stores.pings


def lock_path(config: Config) -> Path:
    """The file whose lock says that a run is writing."""
    return config.path(config.state) / "lock"


@contextmanager
def _open_pieces(state: Path, *, aside: bool) -> Iterator[Pieces]:
    """Where pictures lie that are written into texts; with `aside` new ones are not kept."""
    folder = state / "pieces"
    if not aside:
        yield Pieces(folder=folder)
        return
    with closing(Spare("pieces")) as spare:
        yield Pieces(folder=folder, spare=spare)


def _read_pictures(config: Config) -> SitePictures:
    logo = site_logo(config)
    image = _picture(config, _IMAGE, config.site.image)
    covers: dict[str, Asset] = {}
    cover_urls: dict[str, str] = {}
    warnings = []
    for i, feed in enumerate(config.feeds):
        named = feed.podcast.image if feed.podcast else None
        steps = ("feeds", i, "podcast", "image") if named else _IMAGE
        if named and ":" in named:
            cover_urls[feed.name] = named
            continue
        cover = _picture(config, steps, named) if named else image if feed.podcast else None
        if cover is not None:
            covers[feed.name] = cover
            cover_urls[feed.name] = config.site.url + cover.path
            problem = cover_problem(cover)
            warnings += [f"{key_name(steps)}: {cover.origin} {problem}"] if problem else []
    return SitePictures(
        logo=logo,
        image=image,
        image_url=config.site.url + image.path if image else None,
        covers=covers,
        cover_urls=cover_urls,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def site_logo(config: Config) -> Logo | None:
    """The logo that the configuration names, if it does.

    Raises ConfigError for a file that is not there, or is no picture that pages show.
    """
    theme = config.site.theme
    if theme.logo is None:
        return None
    try:
        logo = read_logo(config.path(theme.logo), theme.logo, paper=theme.palette.light.paper)
    except ArticleError as error:
        raise _no_picture(config, _LOGO, theme.logo, error) from error
    if logo.asset.media_type not in {*READ_TYPES, "image/svg+xml"}:
        raise ConfigError(
            f"site.theme.logo: {theme.logo} is no picture that every browser shows",
            where=config.place(*_LOGO),
            mend="save it as SVG, PNG or JPEG",
        )
    return logo


def _check_logo(config: Config, logo: Logo | None, build: BuildStore) -> None:
    """Open the logo, once for each change of it. Raises ConfigError for one that is broken."""
    if logo is None or build.was_checked("logo", logo.asset.path):
        return
    _, problem = inspect_asset(config.path(logo.asset.origin), logo.asset.origin, "")
    if problem:
        raise ConfigError(
            f"site.theme.logo: {logo.asset.origin} {problem}",
            where=config.place(*_LOGO),
            mend="put a good file there, or take the key out",
        )
    build.save_checked("logo", logo.asset.path)


def _picture(config: Config, steps: tuple[str | int, ...], relative: str | None) -> Asset | None:
    if relative is None:
        return None
    try:
        return read_asset(config.path(relative), relative, "")
    except ArticleError as error:
        raise _no_picture(config, steps, relative, error) from error


def _no_picture(
    config: Config, steps: tuple[str | int, ...], relative: str, error: ArticleError
) -> ConfigError:
    return ConfigError(
        f"{key_name(steps)}: {relative} {error.message}",
        where=config.place(*steps),
        mend="put the file there, or take the key out",
    )
