"""USE CASE. `publisher init`: a new site that publishes as it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from publisher.errors import Location, OutputError

_GITIGNORE = "/output/\n/.publisher*/\n/outbox/\n"
"""Also copies of the state that were moved away, and mail in a folder: both hold addresses."""

_FILES = Path(__file__).resolve().parent / "site"


def create_site(folder: Path, now: datetime) -> None:
    """Write the starter site into a new or empty folder; articles get today's date.

    Raises OutputError when something lies there already.
    """
    try:
        if folder.exists() and any(p.name != ".git" for p in folder.iterdir()):
            raise OutputError(
                "is not empty", where=Location(file=str(folder)), mend="name a new folder"
            )
        for file in sorted(p for p in _FILES.rglob("*") if p.is_file()):
            target = folder / file.relative_to(_FILES)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = file.read_text(encoding="utf-8").replace("@TODAY@", now.date().isoformat())
            target.write_text(text, encoding="utf-8")
        (folder / ".gitignore").write_text(_GITIGNORE, encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"cannot be made: {error.strerror}", where=Location(file=str(folder))
        ) from error
