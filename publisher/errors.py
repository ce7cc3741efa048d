"""GROUND. The error tree; every message that a person sees comes from here.

    PublisherError              exit 1
      ConfigError               publisher.yaml, exit 2
      ArticleError              one document; collected, all shown, exit 3
      FeedError                 a feed's new document breaks a rule; the old one stays, exit 3
      IssueError                an issue does not pass a check; it is held, exit 3
      TemplateError             Jinja or MJML
      SourceError               a source as a whole cannot be read
        SourceAbsent            nothing is where publisher.yaml says; exit 2
        SourceLocked            for the moment; exit 3 where it was read before
      FetchError                an address of the web cannot be fetched, or is refused
      OutputError               output/ cannot be written
        OutputBusy              another run is writing it, exit 75
      RecordError               published.jsonl cannot be read or written
      StoreError                the state folder
        MigrationNeeded         the database was made by a newer version
        StoreMoved              the database moves to another place, or did
        StoreUnreachable        the database's server is away
        StoreConflict           two transactions stood in each other's way
        IssueUnreadable         a frozen issue is not there, or not as it was frozen
        DraftUnreadable         what editors said of an issue is of another version; it waits
      SubscriptionError         a reader's address or wish that cannot be taken
      TransportError            mail cannot be handed over
        RelayUnreachable        no session with the relay
      IssueUnsendable           no message of a frozen issue can be made; its mailing is paused
      MailboxError              the mailbox of bounces cannot be read, exit 3

Anything that is no PublisherError is a defect of ours: traceback, exit 70.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a file a person can open. `line` and `column` count from 1; 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        if not self.column:
            return f"{self.file}:{self.line}"
        return f"{self.file}:{self.line}:{self.column}"


def shell_word(name: str) -> str:
    """A file name as a command of a mend has it: always in quotes, whatever it is."""
    return "'" + name.replace("'", "'\\''") + "'"


def install(extra: str) -> str:
    """How a mend has it that an extra of ours is installed, for the Python that runs this. By our
    name alone pip would take what an index has under it, which is somebody else's. Where this is a
    checkout it stays one."""
    command, checkout = _installer(), Path(__file__).parents[1]
    if not command:
        return (
            f"{sys.prefix} has no pip: add the extra {extra} of publisher by what made it; "
            f"a container is built anew, with --build-arg EXTRAS=…,{extra}"
        )
    if (checkout / "pyproject.toml").exists():
        return f"{command} --editable {shell_word(f'{checkout}[{extra}]')}"
    return f"in a checkout of publisher: {command} '.[{extra}]'"


def _installer() -> str:
    """What installs into the environment that runs this; "" where nothing here does. Environments
    that uv made have no pip, nor do most containers."""
    python = shell_word(sys.executable)
    if PathFinder.find_spec("pip"):
        return f"{python} -m pip install"
    has_uv = any(os.access(f"{place}/uv", os.X_OK) for place in os.get_exec_path())
    return f"uv pip install --python {python}" if has_uv else ""


class PublisherError(Exception):
    """What went wrong, where, and what to do (`mend`); `others` were found together with it."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        where: Location | None = None,
        mend: str | None = None,
        others: Sequence[PublisherError] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.mend = mend
        self.others = tuple(others)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class ConfigError(PublisherError):
    """The configuration is refused. `others` are further findings of the same reading."""

    exit_code = 2


class ArticleError(PublisherError):
    """One document cannot be published, all else is; `where.file` is a path under the source."""

    exit_code = 3


class ArticleOutOfReach(ArticleError):
    """The same for a cause that is not in the document, and may be gone without a change of it: no
    right to read it, a disk that fails, a command that is not there. Every run tries it again."""


class FeedError(PublisherError):
    """One document of a feed would break a rule: it is not written, all else is.

    `where.file` is its path under output/.
    """

    exit_code = 3


class HeadlineError(PublisherError):
    """The subject or the preheader (`key`) of an issue cannot be drawn; that issue waits."""

    def __init__(
        self, message: str, *, key: str, where: Location | None = None, mend: str | None = None
    ) -> None:
        super().__init__(message, where=where, mend=mend)
        self.key = key


class IssueError(PublisherError):
    """An issue of a newsletter does not pass a check: it is not made, its articles wait.

    `where.file` is where it would be in output/.
    """

    exit_code = 3


class TemplateError(PublisherError):
    """A template cannot be read or rendered; nothing is written."""


class SourceError(PublisherError):
    """A source as a whole cannot be read."""


class SourceAbsent(SourceError):
    """Nothing is where the configuration says that a source lies."""

    exit_code = 2


class SourceLocked(SourceError):
    """Another program keeps a source to itself for the moment."""


class FetchError(PublisherError):
    """Nothing came from an address of the web, or it is not asked; `where.file` is the address."""


class OutputError(PublisherError):
    """output/ cannot be written as planned."""


class OutputBusy(OutputError):
    """Another run holds the lock."""

    exit_code = 75


class RecordError(PublisherError):
    """The record (published.jsonl) cannot be read or written."""


class StoreError(PublisherError):
    """The state folder cannot be used."""


class StoreMoved(StoreError):
    """The database is being moved to another place, or was: nothing is written to it any more."""


class StoreUnreachable(StoreError):
    """The server of the database is away; it may come back."""


class StoreConflict(StoreError):
    """Two transactions stood in each other's way, and this one was undone: do it again."""


class IssueUnreadable(StoreError):
    """A frozen issue is not there, or not as this version froze it."""


class DraftUnreadable(StoreError):
    """What editors said of the next issue of a newsletter, as another version kept it."""


class MigrationNeeded(StoreError):
    """The database was written by a newer version of publisher."""


class TransportError(PublisherError):
    """Mail cannot be handed over."""


class RelayUnreachable(TransportError):
    """No session with the relay: what is due stays due."""


class IssueUnsendable(PublisherError):
    """No message of a frozen issue can be made, whoever it is for: its mailing has to wait."""


class MailboxError(PublisherError):
    """The mailbox that bounces come to cannot be read; what was read of it stands."""

    exit_code = 3


class SubscriptionError(PublisherError):
    """A reader, or what is said of one, cannot be taken."""
