"""WIRING. The sources that are no folder of articles, each imported where a site has one.

What reads an export, a table, a mailbox or a feed is each as much as all that a folder needs.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from publisher.config import (
    Config,
    ExportSpec,
    FeedSourceSpec,
    ImapSourceSpec,
    MailboxSpec,
    PluginSpec,
    SourceSpec,
    TableSpec,
)
from publisher.sources import ArticleSource
from publisher.sources.items import Container, ItemSource
from publisher.sources.pieces import Pieces


def open_container(
    config: Config, spec: SourceSpec, *, pieces: Pieces, clock: Callable[[], datetime]
) -> ArticleSource:
    """The source of a spec. Raises SourceError where a plug-in cannot be opened."""
    site = config.site
    if isinstance(spec, FeedSourceSpec):
        from publisher.sources.remote.container import RemoteSource
        from publisher.sources.remote.copies import copies_of

        return RemoteSource(
            spec=spec,
            site=site,
            pieces=pieces,
            copies=copies_of(config.path(config.state), spec.name),
            list_file=config.path(spec.path) if spec.path else None,
            clock=clock,
        )
    if isinstance(spec, ImapSourceSpec):
        from publisher.sources.mailcopies import ImapSource, copies_of_mail

        copies = copies_of_mail(config.path(config.state), spec.name)
        return ImapSource(spec=spec, site=site, copies=copies, pieces=pieces)
    container = _container(config, spec)
    return ItemSource(spec=spec, site=site, container=container, pieces=pieces)


def _container(config: Config, spec: SourceSpec) -> Container:
    match spec:
        case TableSpec():
            from publisher.sources.tables import Table

            return Table(spec=spec, path=config.path(spec.path))
        case ExportSpec():
            from publisher.sources.exports import Export

            return Export(spec=spec, path=config.path(spec.path), site_url=config.site.url)
        case MailboxSpec():
            from publisher.sources.mailboxes import Mailbox

            return Mailbox(spec=spec, kind=spec.type, path=config.path(spec.path))
        case PluginSpec():
            from publisher.sources.plugins import open_plugin

            return open_plugin(config, spec)
    raise AssertionError(f"no source reads {type(spec).__name__}")
