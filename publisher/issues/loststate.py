"""USE CASE. A state of which the record tells more than there is: what to say of it, and when.

Its issues are made again from the record, but its readers are in a backup alone.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from publisher.config import Config
from publisher.model import RecordedIssue

_STATE = (
    "{record} tells of {made}, and the state of none: it is new, or was lost. They are made again, "
    "but not their readers: if there were any, stop what mails, move {state} away, and "
    "`publisher restore FILE` puts a backup in its place"
)


def recorded_here(config: Config, recorded: Sequence[RecordedIssue]) -> Collection[tuple[str, int]]:
    """The issues of the record that are of a newsletter that there still is."""
    streams = {spec.name for spec in config.streams}
    return {(line.newsletter, line.number) for line in recorded if line.newsletter in streams}


def lost_state(config: Config, told: Collection[tuple[str, int]]) -> str:
    """What to say where the record tells of issues and the state of none of them."""
    made = f"{len(told)} issues" if len(told) > 1 else "1 issue"
    state = config.state if config.database == "sqlite" else "what is in the database"
    return _STATE.format(record=config.record, made=made, state=state)
