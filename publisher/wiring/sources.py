"""WIRING. The sources that a configuration names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from publisher.config import Config, FilesSpec, SourceSpec
from publisher.config.public import public_folders
from publisher.sources import ArticleSource
from publisher.sources.files import FileSource
from publisher.sources.pieces import Pieces
from publisher.sources.public import PublicFiles
from publisher.store.build import BuildStore
from publisher.store.database import CACHE, damage_named


class Holdings(NamedTuple):
    """The sources of a site by name, and what is known of their files."""

    config: Config
    sources: Mapping[str, ArticleSource]
    build: BuildStore


def open_sources(
    config: Config, pieces: Pieces, clock: Callable[[], datetime]
) -> dict[str, ArticleSource]:
    """All of them, by name, in the order of the configuration."""
    barred = (
        config.path(config.output),
        config.path(config.state),
        config.path(config.templates),
    )
    return {spec.name: _open_source(config, spec, pieces, barred, clock) for spec in config.sources}


def _open_source(
    config: Config,
    spec: SourceSpec,
    pieces: Pieces,
    barred: tuple[Path, ...],
    clock: Callable[[], datetime],
) -> ArticleSource:
    site = config.site
    if isinstance(spec, FilesSpec):
        folder = config.path(spec.path)
        return FileSource(
            spec=spec,
            site=site,
            folder=folder,
            pieces=pieces,
            barred=barred,
            public=PublicFiles(folders=public_folders(config, spec), barred=barred),
        )
    from publisher.wiring.containers import open_container  # noqa: PLC0415 (most sites have none)

    return open_container(config, spec, pieces=pieces, clock=clock)


@contextmanager
def open_holdings(config: Config, clock: Callable[[], datetime]) -> Iterator[Holdings]:
    """No more of an app than what files are read with. Raises StoreError."""
    state = config.path(config.state)
    with damage_named(state / CACHE), closing(BuildStore(state / CACHE)) as build:
        yield Holdings(config, open_sources(config, Pieces(folder=state / "pieces"), clock), build)
