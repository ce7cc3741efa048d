"""A run that is killed in the midst of its work: where something is kept, or at any call."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Callable

import publisher.publishing.publish as running
from publisher.errors import OutputBusy
from publisher.outputs.directory import DirectoryOutput
from publisher.store.build import BuildStore
from publisher.store.issues import IssueStore

WEAK_PLACES = (
    (IssueStore, "freeze"),
    (IssueStore, "pass_slot"),
    (running, "save_record"),
    (DirectoryOutput, "_claim"),
    (DirectoryOutput, "_replace"),
    (BuildStore, "commit"),
)
"""Where something is kept: a run is killed before it, or right after."""

_CALLS = 250_000
"""How many calls a run with an issue makes, about."""


def die_in_it(run: Callable[[], object], chance: random.Random) -> None:
    """Do a run in a process of its own, which does not outlive it."""
    if chance.random() < 0.5:
        owner, name = chance.choice(WEAK_PLACES)
        real, is_after = getattr(owner, name), chance.random() < 0.5

        def die(*arguments: object, **named: object) -> None:
            if is_after:
                real(*arguments, **named)
            os._exit(9)

        in_a_fork(run, lambda: setattr(owner, name, die))
    else:
        in_a_fork(run, dying_at(chance.randrange(_CALLS)))


def in_a_fork(run: Callable[[], object], prepare: Callable[[], None]) -> None:
    """Run in a process of its own, which is gone after it, or in it."""
    with warnings.catch_warnings():
        # All other threads wait for this one, and hold nothing.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            prepare()
            run()
            code = 0
        except OutputBusy:
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 9), status


def dying_at(call: int) -> Callable[[], None]:
    def prepare() -> None:
        left = call

        def count(*_: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)

        sys.setprofile(count)

    return prepare
