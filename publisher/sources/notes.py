"""EDGE. Notes of editors: `issues/NEWSLETTER/2026-11-30.md`, or `next.md` for whichever comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from publisher.config import SiteSpec
from publisher.errors import Location, SourceError
from publisher.model import Note
from publisher.parse.note import parse_note
from publisher.sources.straynotes import NEXT


def read_note(
    folder: Path, newsletter: str, day: date, *, site: SiteSpec, fits: Callable[[str], bool]
) -> Note | None:
    """The note for the issue of a day: the one of that date, else `next.md`, else None.

    `fits` is asked whether a note of that mark may be taken: a note stands in one issue.
    Raises SourceError for a file that cannot be opened, ArticleError for what is in it.
    """
    for name in (f"{day.isoformat()}.md", NEXT):
        path = folder / newsletter / name
        shown = f"{folder.name}/{newsletter}/{name}"
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise SourceError(
                f"cannot be read: {error.strerror}", where=Location(file=shown)
            ) from error
        note = parse_note(raw, shown, site=site, base_url=site.url)
        if fits(note.mark):
            return note
    return None
