"""EDGE. Notes of editors that no issue will take, for they are called otherwise than one looks for.

What is looked for, and read, is in `sources.notes`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from publisher.nearest import nearest

NEXT = "next.md"
"""What the note for whichever issue comes is called."""


def stray_notes(folder: Path, newsletters: Collection[str], today: date) -> Iterator[str]:
    """What to say of each, by path. Old notes of newsletters that ended are none of them."""
    if folder.exists() and not folder.is_dir():
        yield f"{folder.name}: is no folder of notes, as `issues:` says"
    for path in sorted(folder.rglob("*.md")):
        *place, name = path.relative_to(folder).parts
        if any(part.startswith(".") for part in (*place, name)):
            continue
        why = _why(place, name, newsletters, today, where=folder.name)
        if why:
            yield f"{'/'.join((folder.name, *place, name))}: is a note for no issue: {why}"


def _why(
    place: list[str], name: str, newsletters: Collection[str], today: date, *, where: str
) -> str:
    newsletter, day = "/".join(place), _day(name)
    if newsletter in newsletters:
        if day is not None or name == NEXT:
            return ""
        return f"one is called {NEXT}, or YYYY-MM-DD.md by the day of its issue"
    if name != NEXT and (day is None or day < today):
        return ""
    rhythms = [f"{where}/{one}/" for one in newsletters if one.startswith(f"{newsletter}/")]
    if rhythms and newsletter:
        return f"one lies in {' or '.join(rhythms)}"
    near = nearest(newsletter, newsletters, likeness=0.75)
    if near:
        return f"there is no newsletter {newsletter}; did you mean {near}?"
    if len(place) != 1:
        return f"one lies in {where}/NEWSLETTER/"
    return f"there is no newsletter {newsletter}"


def _day(name: str) -> date | None:
    """The day of a note's name, in the one form that is looked for."""
    stem = name.removesuffix(".md")
    try:
        day = date.fromisoformat(stem)
    except ValueError:
        return None
    return day if day.isoformat() == stem else None
