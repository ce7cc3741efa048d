"""EDGE. A Maildir: what is new in new/, or not seen in cur/; what was read is in cur/, seen.

Whoever only reads it gets all that lies there.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG

from publisher.mailboxes.inbox import LARGEST, Incoming, trouble

_MEND = "name the folder that holds new/ and cur/; this user must be able to read and write them"
_FLAGS = ":2,"


class Maildir:
    """The folders of a Maildir; nothing is held open."""

    def __init__(self, folder: Path) -> None:
        """Raises MailboxError where there is none."""
        self._folder = folder
        if not (folder / "new").is_dir() or not (folder / "cur").is_dir():
            raise trouble(str(folder), "it is no Maildir", _MEND)

    def messages(self) -> Iterator[Incoming]:
        """By name, which begins with the time of arrival.

        What is no file, such as a folder or a pipe, is no message.
        """
        for name in self.names():
            is_new = name.startswith("new/") or not _is_flagged(name, "S")
            if is_new and self._is_message(name):
                yield from self.message(name, LARGEST)

    def all_messages(self, largest: int) -> Iterator[Incoming]:
        """All that is not deleted, oldest first, each up to so many bytes; nothing changes.

        As of `messages`, none is what is no file.
        """
        for name in self.names():
            if not _is_flagged(name, "T") and self._is_message(name):
                yield from self.moved_message(name, largest)

    def names(self) -> list[str]:
        """The files of all messages by the time of arrival, which their names begin with.

        Raises MailboxError.
        """
        try:
            names = [
                f"{inner}/{path.name}"
                for inner in ("new", "cur")
                for path in (self._folder / inner).iterdir()
                if not path.name.startswith(".")
            ]
        except OSError as error:
            raise self._trouble(error) from error
        return sorted(names, key=lambda name: name.partition("/")[2])

    def message(self, name: str, largest: int) -> Iterator[Incoming]:
        """One by its place; none where it is gone. Raises MailboxError."""
        try:
            with (self._folder / name).open("rb") as file:
                raw = file.read(largest)
        except FileNotFoundError:
            return  # somebody else read it meanwhile
        except OSError as error:
            raise self._trouble(error) from error
        yield Incoming(place=name, raw=raw)

    def moved_message(self, name: str, largest: int) -> Iterator[Incoming]:
        """The same as `message`, under another name too: a mail program moves what it showed to
        cur/, and flags it. Raises MailboxError.
        """
        found = [*self.message(name, largest)]
        if not found:
            before = _unflagged(name)
            others = (other for other in self.names() if _unflagged(other) == before)
            found = [*self.message(next(others, name), largest)]
        yield from found

    def _is_message(self, name: str) -> bool:
        try:
            return S_ISREG((self._folder / name).stat().st_mode)
        except FileNotFoundError:
            return True  # it may have another name by now
        except OSError as error:
            raise self._trouble(error) from error

    def done(self, message: Incoming, *, ours: bool) -> None:  # noqa: ARG002 (all kinds are told)
        """Into cur/, seen."""
        name, _, flags = message.place.partition("/")[2].partition(_FLAGS)
        seen = f"{name}{_FLAGS}{''.join(sorted({*flags, 'S'}))}"
        try:
            (self._folder / message.place).rename(self._folder / "cur" / seen)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._trouble(error) from error

    def close(self) -> str:
        """The names say how far it is read."""
        return ""

    def _trouble(self, error: OSError) -> Exception:
        return trouble(str(self._folder), error.strerror, _MEND)


def _unflagged(name: str) -> str:
    return name.partition("/")[2].partition(_FLAGS)[0]


def _is_flagged(name: str, flag: str) -> bool:
    return _FLAGS in name and flag in name.rpartition(_FLAGS)[2]
