"""EDGE. Messages written to a folder, an .eml file each, for whoever has no relay.

The files are what a relay would get, byte by byte; a mail program opens them, another tool may
send them. A message that is written again keeps its name, so that there is never a second copy.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from publisher.errors import ConfigError, Location, TransportError
from publisher.model import Reply, Stage
from publisher.system.room import trouble
from publisher.system.whole import write_whole
from publisher.transport.session import Envelope

_IDENTITY = re.compile(rb"^Message-ID: <([A-Za-z0-9._-]+)@", re.MULTILINE)


class FolderSession:
    """Takes every message; never in doubt, for a file is there whole or not at all."""

    pipelining = False

    def __init__(self, folder: Path, shown: str) -> None:
        self._folder = folder
        self._shown = shown
        self.is_open = True

    def offer(self, envelope: Envelope) -> Reply:
        """Everybody is welcome, whatever letters their address has."""
        return Reply(stage=Stage.RECIPIENT, code=250, text=f"{envelope.recipient} is welcome")

    def send(
        self, text: bytes, following: Envelope | None = None, *, dots: bool = True
    ) -> tuple[Reply, Reply | None]:
        """Write the message; it is on disk when this returns with 250."""
        del dots  # of a file no line is the last one for them
        assert following is None, "it offers no groups"
        found = _IDENTITY.search(text)
        assert found is not None, "each message has a Message-ID of ours"
        name = f"{found[1].decode('ascii')}.eml"
        try:
            write_whole(self._folder / name, text, mode=0o600)
        except OSError as error:
            self.is_open = False
            said = trouble(TransportError, error, self._folder).message
            return Reply(stage=Stage.RECIPIENT, code=0, text=said), None
        return Reply(stage=Stage.TEXT, code=250, text=f"written to {self._shown}/{name}"), None

    def reset(self) -> None:
        """Nothing was begun."""

    def close(self) -> None:
        """Nothing is held."""
        self.is_open = False


def open_folder(folder: Path, *, shown: str) -> FolderSession:
    """The folder, made where it is missing; `shown` is how it is named to people.

    Raises ConfigError where nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        may = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    if not may:
        raise _unusable(folder, "is not ours to write in")
    return FolderSession(folder, shown)


def _unusable(folder: Path, why: str) -> ConfigError:
    return ConfigError(
        f"smtp.folder: {why}",
        where=Location(file=str(folder)),
        mend="name a folder that this user may write in",
    )
