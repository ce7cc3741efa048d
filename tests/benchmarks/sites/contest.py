"""The subject as a whole: corpus and peers prepared, rounds held, the table shown."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.sites import peers
from tests.benchmarks.sites.corpus import Corpus, CorpusMissingError, make_corpus
from tests.benchmarks.sites.environment import PeersMissingError, prepare_environment
from tests.benchmarks.sites.programs import Program, ours
from tests.benchmarks.sites.rounds import Field, Say, hold_rounds
from tests.benchmarks.sites.showing import show_conditions, show_programs, show_rounds

SIZE = 10_000
_TINY = 10
_LARGER = 10
"""How many times as many articles the large corpus has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: articles, rounds, where peers are kept, whether with ten times as many."""

    size: int = SIZE
    rounds: int = 5
    peers: Path
    long: bool = False


def hold_sites(wanted: Wanted, say: Say) -> str:
    """The table in Markdown, empty where the articles cannot be made.

    Raises RunFailedError and WorkNotDoneError, when a program did not do its work.
    """
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="bench-sites-") as name:
        work = Path(name).resolve()
        say(f"making {wanted.size:,} articles")
        try:
            corpus = make_corpus(wanted.size, work / "corpus")
        except CorpusMissingError as missing:
            say(f"sites: not held: {missing}")
            return ""
        field = make_field(work, corpus, find_peers(wanted.peers, corpus, work, say), wanted)
        rounds = hold_rounds(field, wanted.rounds, say)
    return "\n".join(
        [
            show_conditions(wanted.size, wanted.rounds, load),
            show_rounds(rounds),
            show_programs((field.ours, *field.peers.values())),
        ]
    )


def make_field(work: Path, corpus: Corpus, found: dict[str, Program], wanted: Wanted) -> Field:
    """Sites of ours beside those of the peers."""
    tiny = make_corpus(_TINY, work / "tiny")
    large = make_corpus(_LARGER * wanted.size, work / "large") if wanted.long else None
    return Field(
        corpus=corpus,
        ours=ours(corpus, work / "ours"),
        everything=ours(corpus, work / "everything", everything=True),
        peers=found,
        tiny=ours(tiny, work / "of-tiny"),
        tiny_corpus=tiny,
        large=ours(large, work / "of-large") if large else None,
        large_corpus=large,
    )


def find_peers(folder: Path, corpus: Corpus, work: Path, say: Say) -> dict[str, Program]:
    """Those that can be had; those that cannot are named."""
    try:
        env = prepare_environment(folder, say)
    except PeersMissingError as missing:
        say(f"{', '.join(peers.ALL)}: not held: {missing}")
        return {}
    found = {}
    for name, make in peers.ALL.items():
        try:
            found[name] = make(env, corpus, work / name)
        except PeersMissingError as missing:
            say(f"{name}: not held: {missing}")
    return found
