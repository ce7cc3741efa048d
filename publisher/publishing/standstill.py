"""USE CASE. What a run leaves behind by which the next can tell that it would do nothing.

Only where files and time alone decide what a run does: sources that are folders, without dates
out of git; no hubs that are to be told; a database that is a file.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from publisher.config import Config, FilesSpec
from publisher.config.public import public_folders
from publisher.config.specs import mark_of
from publisher.errors import ArticleError
from publisher.publishing.still import Revised, Still, as_said
from publisher.sources.tools import tool_signs
from publisher.store.standstill import Came, Depends, Lying, Seen, is_left, keep_standstill, look


class End(NamedTuple):
    """How a run left things: what is `lying` in the output, which files the `newest` articles are,
    how it left the record, and `until` when time alone changes nothing, None for always."""

    until: datetime | None
    lying: Lying
    newest: Sequence[str]
    record_mark: Sequence[int]


class Standstill(NamedTuple):
    """What a run by this configuration saw before it began."""

    config: Config
    depends: Depends
    seen: Seen

    def keep(self, still: Still, end: End) -> None:
        """Leave it behind with what the run came to, if the next could only say `still` again.

        That it cannot be written is no matter: the next run then looks at everything.
        """
        is_told_by_files = all(type(problem) is ArticleError for problem in still.problems)
        if not is_told_by_files or (end.until is not None and end.until <= still.now):
            return
        came = Came(
            at=still.now,
            until=end.until,
            output=still.output,
            lying=end.lying,
            newest=end.newest,
            record_mark=end.record_mark,
            said=as_said(still),
            configuration=pickle.dumps(self.config),
        )
        with suppress(OSError, UnicodeEncodeError):  # a folder's name need not be UTF-8
            keep_standstill(self.depends, self.seen, came)


def begin_standstill(config: Config, revised: Revised | None = None) -> Standstill | None:
    """What there is before a run; None where more than files and time decides what it does, or
    another configuration is there than the one that was read.

    What was found `revised` a moment before, with this configuration, need not be looked at again.
    """
    depends = _depends(config)
    if depends is None:
        return None
    seen = revised.found.seen if revised else look(depends)
    # The configuration was read before anything was looked at, and a run may wait for another.
    return Standstill(config, depends, seen) if seen and _is_as_read(config) else None


def holds(revised: Revised, config: Config) -> bool:
    """Whether all is still as it was found, and by the configuration of then; the caller holds the
    run's lock."""
    is_same = config.mark == revised.found.config_mark
    return is_same and is_left(config.path(config.state).absolute(), revised.found.mark)


def _is_as_read(config: Config) -> bool:
    assert config.file is not None, "else nothing is left behind"
    try:
        return mark_of(config.file.read_bytes()) == config.mark
    except OSError:
        return False


def _depends(config: Config) -> Depends | None:
    if config.file is None or config.hub or config.database != "sqlite":
        return None
    folders, beside = [], []
    for source in config.sources:
        if type(source) is not FilesSpec or "git" in source.date:
            return None
        folders.append(config.path(source.path).absolute())
        beside += [public.folder for public in public_folders(config, source)]
    site = config.site
    covers = (feed.podcast.image for feed in config.feeds if feed.podcast)
    named = (site.theme.logo, site.image, *covers, config.templates, config.issues)
    written = (config.output, config.state, config.record)
    return Depends(
        config=config.file,
        config_mark=config.mark,
        places=(*folders, *beside, *(config.path(name).absolute() for name in named if name)),
        signs=tuple(sign for folder in folders for sign in tool_signs(folder)),
        barred=tuple(config.path(name).absolute() for name in written),
        record=config.path(config.record).absolute(),
        state=config.path(config.state).absolute(),
    )
