"""EDGE. A Maildir: what is new in new/, or not seen in cur/; what was read is in cur/, seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
        """By name, which begins with the time of arrival."""
        try:
            names = [f"new/{path.name}" for path in (self._folder / "new").iterdir()]
            names += [
                f"cur/{path.name}"
                for path in (self._folder / "cur").iterdir()
                if "S" not in path.name.rpartition(_FLAGS)[2] or _FLAGS not in path.name
            ]
        except OSError as error:
            raise self._trouble(error) from error
        for name in sorted(names, key=lambda name: name.partition("/")[2]):
            path = self._folder / name
            if path.name.startswith("."):
                continue
            try:
                with path.open("rb") as file:
                    yield Incoming(place=name, raw=file.read(LARGEST))
            except FileNotFoundError:
                continue  # somebody else read it meanwhile
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
