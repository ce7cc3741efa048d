"""EDGE. Where a database is, as a person writes it."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import make_url

from publisher.errors import ConfigError
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a database is: a file of a state folder, or the address of a PostgreSQL database.

    `text` is how it is told, without its password; `state` the state folder of those who use it.
    """

    text: str
    state: Path
    file: Path | None = None
    address: str = ""


def read_place(text: str, state: Path) -> Place:
    """`sqlite` (the file of the state folder), `sqlite:PATH`, `sqlite:///PATH`, a path, or
    `postgresql://…`. Raises ConfigError."""
    if re.match(r"postgres(?:ql)?://", text):
        if not re.match(r"postgres(?:ql)?://[^\s/]*/[^\s/]+\Z", text):
            raise ConfigError(
                f"{text!r} names no database", mend="write postgresql://user@host/database"
            )
        url = make_url(text).set(drivername="postgresql", password=None)
        return Place(text=url.render_as_string(), state=state, address=text)
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text)
    if scheme and scheme[0] != "sqlite://":
        raise ConfigError(
            f"{text!r} is no database of ours",
            mend="write sqlite, sqlite:PATH or postgresql://user@host/database",
        )
    is_configured = text in {"sqlite", "sqlite:", "sqlite://"}
    file = (state / "publisher.db" if is_configured else _file_of(text)).resolve()
    return Place(text=f"sqlite:{file}", state=file.parent, file=file)


def _file_of(text: str) -> Path:
    """The file that is meant. In `sqlite:///srv/x` it may be from here, as SQLAlchemy has it, or
    from the root."""
    path = Path(text.removeprefix("sqlite:").removeprefix("///"))
    from_root = Path("/", path)
    if text.startswith("sqlite:///") and not path.exists() and from_root.parent.is_dir():
        path = path if not from_root.exists() and path.parent.is_dir() else from_root
    return path / "publisher.db" if path.is_dir() else path
