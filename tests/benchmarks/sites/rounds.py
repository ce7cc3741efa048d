"""The programs run in turn, round after round; after each run its work is proved.

A round: a full build by each program, beginning with ours and without output and cache; then over
what is there again; then with one article changed, ours also by its timer; then ours with
everything there can be; then what only starts. Nobody counts the round before the first.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.benchmarks.sites.corpus import Corpus
from tests.benchmarks.sites.processes import Run, run
from tests.benchmarks.sites.programs import OURS_ENV, Program, command
from tests.benchmarks.sites.proof import (
    WorkNotDoneError,
    prove,
    prove_change,
    prove_equal,
    prove_everything,
    stamps,
)
from tests.benchmarks.sites.timer import running

Round = Mapping[str, Run]
"""What was run: "ours full", "hugo changed", …"""
Say = Callable[[str], None]

_STARTS = 5
"""How often a program is started that does nearly nothing; the median counts."""
_IDLE = re.compile(r"; 0 read\b.*: 0 written, 0 removed, ", re.DOTALL)
"""What our report says where no article was opened and no file written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """All that take part, each with its site: a small corpus and perhaps a large one.

    `peers` are by their names in `peers.ALL`; `everything` is ours with all feeds and pages there
    can be, `tiny` ours over a handful of articles, `large` ours over the large corpus.
    """

    corpus: Corpus
    ours: Program
    everything: Program
    peers: Mapping[str, Program]
    tiny: Program
    tiny_corpus: Corpus
    large: Program | None = None
    large_corpus: Corpus | None = None


def hold_rounds(field: Field, rounds: int, say: Say) -> list[Round]:
    """So many rounds after one that warms up. Raises RunFailedError, WorkNotDoneError."""
    field.tiny.anew()
    _warm(field, say)
    done: list[Round] = []
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}")
        done.append(dict(_round(field, number, say)))
    return done


def _warm(field: Field, say: Say) -> None:
    for program in (field.ours, *field.peers.values()):
        say(f"warming up: {program.name}")
        program.anew()


def _round(field: Field, number: int, say: Say) -> Iterator[tuple[str, Run]]:
    in_turn = {"ours": field.ours, **field.peers}
    for key, program in in_turn.items():
        say(f"{program.name}, full build")
        yield f"{key} full", program.anew()
        prove(program.name, program.output, field.corpus)
    again = {key: one for key, one in in_turn.items() if key in ("ours", "hugo")}
    for key, program in again.items():
        say(f"{program.name}, nothing changed")
        yield f"{key} unchanged", _unchanged(program) if key == "ours" else program.again()
    yield from _changed(field, again, number, say)
    say("publisher, all feeds")
    yield "everything full", field.everything.anew()
    prove("publisher, all feeds", field.everything.output, field.corpus)
    prove_everything("publisher, all feeds", field.everything.output)
    yield from _starts(field, say)
    if field.large and field.large_corpus:
        say("publisher, full build of the large corpus")
        yield "large full", field.large.anew()
        prove("publisher, the large corpus", field.large.output, field.large_corpus)
        say("publisher, nothing changed in the large corpus")
        yield "large unchanged", _unchanged(field.large)


def _unchanged(program: Program) -> Run:
    """Ours again; neither its report nor the files may say that something was written."""
    paths = (program.output, program.folder / "published.jsonl")
    before = stamps(paths)
    done = program.again()
    if not _IDLE.search(done.said) or stamps(paths) != before:
        raise WorkNotDoneError(f"{program.name}: an unchanged run did something: {done.said}")
    return done


def _changed(
    field: Field, programs: Mapping[str, Program], number: int, say: Say
) -> Iterator[tuple[str, Run]]:
    words = f"Changed in round {number}."
    with field.corpus.changed(words) as slug:
        for key, program in programs.items():
            say(f"{program.name}, one article changed")
            yield f"{key} changed", program.again()
            prove_change(program.name, program.output, slug, words)
        if number == 1:
            say("publisher, the same by a full build, which nobody measures")
            _prove_as_full(field.ours)
    yield "timer changed", _changed_for_timer(field.ours, field.corpus, number, say)


def _changed_for_timer(ours: Program, corpus: Corpus, number: int, say: Say) -> Run:
    """The same by a timer that runs, and has published a change before: that the one before is
    taken back."""
    say("publisher's timer, one article changed")
    words = f"Changed for the timer in round {number}."
    with running(ours) as timer:
        timer.publishes()
        with corpus.changed(words) as slug:
            done = timer.publishes()
            prove_change("publisher's timer", ours.output, slug, words)
    return done


def _prove_as_full(program: Program) -> None:
    """What ours wrote is what a run writes that reads everything, into an empty folder."""
    other = program.folder / "other"
    arguments = (*program.command, "--full", "--output", str(other))
    run(arguments, program.folder, program.env)
    prove_equal(program.output, other)  # and stays: see Program.anew


def _starts(field: Field, say: Say) -> Iterator[tuple[str, Run]]:
    file = next(iter(field.tiny_corpus.files.values()))
    started = {
        "python start": (sys.executable, "-c", "pass"),
        "version start": command("--version"),
        "explain start": command("articles", "--explain", str(file)),
    }
    say("programs that only start")
    runs: dict[str, list[Run]] = {key: [] for key in started}
    os.sync()  # see Program.again
    for _ in range(_STARTS):
        for key, arguments in started.items():
            runs[key].append(run(arguments, field.tiny.folder, OURS_ENV))
    for key, some in runs.items():
        yield (
            key,
            Run(
                wall=statistics.median(one.wall for one in some),
                cpu=statistics.median(one.cpu for one in some),
                peak=max(one.peak for one in some),
            ),
        )
