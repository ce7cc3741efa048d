"""USE CASE. Which issues must not be mailed as they are: stale ones, those that hold what was taken
back, and those of which the pages are not in place yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from publisher.config import Config
from publisher.errors import RecordError
from publisher.record import load_record
from publisher.values import dataclass

if TYPE_CHECKING:
    from publisher.store.mailings import Mailing, Mailings

RESUME = "`publisher issue resume NEWSLETTER NUMBER` sends the rest"
"""How a person lets one go on that is paused."""

NEXT_PUBLISH = (
    "the next publish writes its files and lets its mail go; `publisher deliver` sends it before"
)
"""What is said of an issue that a command froze, which publishes nothing."""

_TAKEN_BACK = (
    "holds {} that was taken back since: nothing more of it is sent; "
    "`publisher issue resume {} {}` sends it all the same, as it was"
)
_STALE = (
    "nothing of it was sent for longer than `max_late`: it may be stale, or sent from elsewhere; "
    f"{RESUME}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """What became of the issues that waited for their pages: how many may be mailed now, and what
    is to be told, of those that are paused for another reason from then on too."""

    count: int = 0
    said: tuple[str, ...] = ()


def pause_unfit(config: Config, mailings: Mailings) -> Iterator[str]:
    """Pause those that may be mailed, as far as publishing goes, and are stale or hold what was
    taken back; gives what to say of each."""
    for newsletter in config.streams:
        seconds = newsletter.max_late.total_seconds()
        for number, why in mailings.pause_stale(newsletter.name, seconds, _STALE):
            yield f"issue {number} of {newsletter.name}: {why}"
    yield from _pause_taken_back(config, mailings, mailings.unsent())


def let_go(config: Config, mailings: Mailings, published: Collection[tuple[str, int]]) -> LetGo:
    """Let issues be mailed that wait for their pages, those of `published`, by newsletter and
    number: their pages are in place. Raises StoreError.

    What is stale by now, or was taken back meanwhile, is paused for that instead. Newsletters that
    are not configured have no pages.
    """
    specs = {spec.name: spec for spec in config.streams}

    def has_pages(one: Mailing) -> bool:
        return one.newsletter in specs and (one.newsletter, one.number) in published

    unsent = filter(has_pages, mailings.unsent(waiting=True))
    said = _pause_taken_back(config, mailings, list(unsent))
    count = 0
    for one in filter(has_pages, mailings.waiting()):
        seconds = specs[one.newsletter].max_late.total_seconds()
        state, why = mailings.let_go(one.id, seconds, _STALE) or ("", "")
        count += state == "open"
        if state == "paused":
            said.append(f"issue {one.number} of {one.newsletter}: {why}")
    return LetGo(count=count, said=tuple(said))


def _pause_taken_back(config: Config, mailings: Mailings, those: Sequence[Mailing]) -> list[str]:
    """Send nothing more of an issue with an article that was taken back after it was frozen: a
    message is not called back. Gives what to say of each; a record that cannot be read is told, and
    holds nothing up."""
    if not those:
        return []
    try:
        record = load_record(config.path(config.record))
    except RecordError as error:
        return [f"whether an article was taken back is not known: {error}"]
    gone = {line.id: line.path for line in record.articles if line.retracted is not None}
    held = {(one.newsletter, one.number): one.items for one in record.issues}
    said = []
    for one in those:
        paths = [gone[id_] for id_ in held.get((one.newsletter, one.number), ()) if id_ in gone]
        if paths:
            why = _TAKEN_BACK.format(" and ".join(paths), one.newsletter, one.number)
            paused = mailings.pause(one.id, why, unless_resumed=True)
            said += [" ".join(paused)] if paused else []
    return said
