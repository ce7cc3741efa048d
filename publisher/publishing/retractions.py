"""USE CASE. Take an article back, whether or not its file is still there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.config import Config
from publisher.errors import RecordError
from publisher.model import Record, RecordedArticle
from publisher.nearest import nearest
from publisher.outputs.lock import hold_lock
from publisher.record import load_record, save_record
from publisher.system.whole import lie_of
from publisher.wiring.app import Clock, lock_path


def retract(config: Config, name: str, *, clock: Clock, undo: bool = False) -> str:
    """Mark an article as taken back in the record, or with `undo` no longer; the next run shows it.

    `name` is its id, or the path of its file, with or without that of its source. Gives a line for
    a person. Raises RecordError where no published article is meant.
    """
    path = config.path(config.record)
    with hold_lock(lock_path(config)):
        read = lie_of(path)
        record = load_record(path)
        line = _find(record, name, {spec.name: spec.place for spec in config.sources})
        if undo:
            changed = replace(line, retracted=None, by_command=False) if line.by_command else line
        else:
            changed = replace(line, retracted=line.retracted or clock(), by_command=True)
        articles = tuple(changed if one is line else one for one in record.articles)
        save_record(path, replace(record, articles=articles), read)
    if undo and line.retracted and not line.by_command:
        return f"{line.id} stays taken back: `retract:` in {line.path} said so, not this command"
    if undo:
        return f"{line.id} is no longer taken back: the next publish shows it if its file is there"
    return (
        f"{line.id} is taken back: the next publish removes it and leaves a notice, and mail that "
        "holds it and is not sent yet is paused by the next delivery"
    )


def _find(record: Record, name: str, places: Mapping[str, str]) -> RecordedArticle:
    found = [
        line
        for line in record.articles
        if name in (line.id, line.path, f"{places.get(line.source)}/{line.path}")
    ]
    if not found:
        near = nearest(name, [line.id for line in record.articles])
        raise RecordError(
            f"no article has the id or path {name!r}",
            mend=f"did you mean {near}?"
            if near
            else "`publisher articles` lists all paths under their sources, with --json the ids",
        )
    line = found[0]
    if len(found) > 1:
        raise RecordError(
            f"{name} is the path of several articles",
            mend="name one by its id: " + ", ".join(one.id for one in found),
        )
    if not line.place:
        raise RecordError(
            f"{line.id} was never published: there is nothing to take back",
            mend=f"write `draft: true` into {line.path}, or delete it",
        )
    return line
