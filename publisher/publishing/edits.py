"""USE CASE. What is otherwise of articles whose words alone changed, as a run goes on from it."""

from __future__ import annotations

import pickle
from typing import NamedTuple

from publisher.config import Config
from publisher.errors import PublisherError
from publisher.model import RecordedArticle
from publisher.readings import Finished
from publisher.shown import ShownArticle


class Edit(NamedTuple):
    """One file, read again: what is shown of it now, its line of the record, and whether the time
    of its last change is another."""

    finished: Finished
    shown: ShownArticle
    line: tuple[bytes, RecordedArticle]
    is_redated: bool


class ReadAhead(NamedTuple):
    """What a copy of this process read (`rereading.read_ahead`), while it did something else.

    There are no `edits` where all has to be looked at, or where it came to a `failure`.
    """

    config: Config
    edits: list[Edit]
    failure: PublisherError | None = None


def unpack(told: bytes) -> ReadAhead | None:
    """What a copy of this process told, None where it told nothing."""
    read: ReadAhead | None = pickle.loads(told) if told else None  # noqa: S301 (by ourselves)
    return read
