"""USE CASE. Mail fetched from IMAP folders before a run that publishes reads it.

Nothing else asks the servers. One that is away costs what is new on it: what came before is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from publisher.config import Config, ImapSourceSpec
from publisher.errors import ConfigError, MailboxError, OutputBusy, PublisherError
from publisher.outputs.lock import hold_lock
from publisher.sources import Progress
from publisher.sources.mailcopies import Copies, Known, collect, copies_of_mail
from publisher.transport.passwords import password_of
from publisher.wiring.app import Clock


def mail_sources(config: Config) -> Sequence[ImapSourceSpec]:
    """The sources whose mail lies on a server."""
    return [spec for spec in config.sources if isinstance(spec, ImapSourceSpec)]


def collect_mail(
    config: Config, *, clock: Clock, progress: Progress, at_once: bool = False
) -> Sequence[str]:
    """Ask every folder that is due (all when `at_once`), and note what it said.

    Gives the sources of which something else is known now. Raises StoreError where nothing can be
    kept.
    """
    before = {spec.name: _state(config, spec) for spec in mail_sources(config)}
    _ask(config, clock=clock, progress=progress, at_once=at_once)
    return [spec.name for spec in mail_sources(config) if _state(config, spec) != before[spec.name]]


def _state(config: Config, spec: ImapSourceSpec) -> Known:
    """What is known of a folder, but for when it was asked."""
    known = copies_of_mail(config.path(config.state), spec.name).known()
    return replace(known, asked="", good="")


def _ask(config: Config, *, clock: Clock, progress: Progress, at_once: bool) -> None:
    for i, spec in enumerate(config.sources):
        if not isinstance(spec, ImapSourceSpec):
            continue
        copies = copies_of_mail(config.path(config.state), spec.name)
        try:
            with hold_lock(copies.folder / "lock"):
                if at_once or _is_due(copies.known(), spec, clock()):
                    now = clock()
                    try:
                        key = f"sources[{i}].imap"
                        password = password_of(config, spec.server, key) or ""
                        collect(spec, password, copies, progress, now)
                    except (MailboxError, ConfigError) as error:
                        _note(copies, error, now)
        except OutputBusy:
            continue  # another run is fetching it


def _is_due(known: Known, spec: ImapSourceSpec, now: datetime) -> bool:
    if not known.asked:
        return True
    asked = datetime.fromisoformat(known.asked)
    return not asked <= now < asked + spec.every  # a clock that was set back asks, too


def _note(copies: Copies, error: PublisherError, now: datetime) -> None:
    said, mend = str(error), error.mend or ""
    copies.remember(replace(copies.known(), asked=now.isoformat(), said=said, mend=mend))
