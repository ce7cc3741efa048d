"""EDGE. When files came into a git repository: a date for what says none, where asked for."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from pathlib import Path

from publisher.errors import ArticleOutOfReach, Location
from publisher.values import dataclass

_SECONDS = 120
_LOG = ("log", "--reverse", "--format=%x01%aI", "--name-status", "-z", "-M", "--diff-filter=AR")


@dataclass(slots=True)
class History:
    """The first commit of each file of a folder; asked of git once, when it is first needed."""

    folder: Path
    _first: dict[str, datetime] = field(default_factory=dict)
    _why_not: str = ""
    _is_read: bool = False

    def first_commit(self, file: str) -> datetime | None:
        """When the author committed a file first; None for one that git does not know.

        Raises ArticleOutOfReach where git cannot tell: it is not there, or the clone is shallow.
        """
        if not self._is_read:
            self._is_read = True
            self._read()
        if self._why_not:
            raise ArticleOutOfReach(
                f"has no date, and git does not tell it: {self._why_not}",
                where=Location(file=file, line=1),
                mend="add date: YYYY-MM-DD, or fetch the whole history (git fetch --unshallow)",
            )
        return self._first.get(file)

    def _read(self) -> None:
        import subprocess  # noqa: PLC0415 (few sources ask git)

        try:
            if self._git("rev-parse", "--is-shallow-repository").strip() == "true":
                self._why_not = "this clone is shallow, so that its first commit is none"
                return
            prefix = self._git("rev-parse", "--show-prefix").strip()
            told = self._git(*_LOG, "--", ".")
        except FileNotFoundError:
            self._why_not = "it is not installed"
        except subprocess.TimeoutExpired:
            self._why_not = f"it took longer than {_SECONDS} s"
        except subprocess.CalledProcessError as error:
            said = str(error.stderr).strip().partition("\n")[0]
            self._why_not = said or f"it ended with {error.returncode}"
        else:
            self._first = _firsts(told, prefix)

    def _git(self, *arguments: str) -> str:
        import subprocess  # noqa: PLC0415 (see above)

        done = subprocess.run(  # noqa: S603 (the user's own git, on a folder of the user's)
            ["git", "-C", str(self.folder), *arguments],  # noqa: S607
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
        )
        return done.stdout


def _firsts(told: str, prefix: str) -> dict[str, datetime]:
    """The first commit of each path below a prefix; a renamed file keeps that of its old name."""
    first: dict[str, datetime] = {}
    when: datetime | None = None
    parts = iter(told.split("\0"))
    for part in parts:
        status = part.lstrip("\n")
        if status.startswith("\x01"):
            when = datetime.fromisoformat(status[1:])
            continue
        if not status or when is None:
            continue
        old = next(parts, "")
        new = next(parts, "") if status.startswith("R") else old
        first.setdefault(new.removeprefix(prefix), first.get(old.removeprefix(prefix), when))
    return first
