"""Sequences of edits: made of a seed, held against full builds, shortened where they fail."""

from __future__ import annotations

import json
import random
import shutil
import traceback
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.increments.edits import ARTICLE_EDITS, EDITS
from tests.increments.world import STAIN, Outcome, World, install, make_world, run, stood_in

RUNS = 8

Step = tuple[tuple[str, ...], int]
"""The edits before a run, and the seed of what they do and how that run is made."""


class UnequalError(Exception):
    """An incremental run gave something else than a full build, or either of them broke down."""


@dataclass(frozen=True)
class Tale:
    """A site and what happens to it."""

    seed: int
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        lines = "".join(f"    ({edits!r}, {seed}),\n" for edits, seed in self.steps)
        return f"Tale({self.seed}, (\n{lines}))"


def make_tale(seed: int) -> Tale:
    """Eight runs with an edit before each; at times with one or two more, of articles.

    The edits are dealt like cards, so that ten tales in a row have each of them.
    """
    rng = random.Random(f"tale {seed}")
    steps: list[Step] = []
    for place in range(seed * RUNS, (seed + 1) * RUNS):
        more = rng.choices(list(ARTICLE_EDITS), k=rng.choice((0, 0, 0, 1, 2)))
        steps.append(((_dealt(place), *more), rng.randrange(1_000_000)))
    return Tale(seed, tuple(steps))


def make_tale_of_words(seed: int) -> Tale:
    """Eight runs before which the words of one to three articles were changed, mostly no more."""
    rng = random.Random(f"words {seed}")
    kinds = (
        *("add words", "retitle", "correction", "link", "same size", "summary", "touch"),
        *("include", "updated", "before 1970"),
    )
    steps = [
        (tuple(rng.choices(kinds, k=rng.choice((1, 1, 1, 2, 3)))), rng.randrange(1_000_000))
        for _ in range(RUNS)
    ]
    return Tale(seed, tuple(steps))


def _dealt(place: int) -> str:
    pack, card = divmod(place, len(EDITS))
    return random.Random(f"pack {pack}").sample(sorted(EDITS), len(EDITS))[card]


def live(tale: Tale, folder: Path) -> int:
    """Let it happen; gives how many edits were done. Raises UnequalError."""
    try:
        with pytest.MonkeyPatch.context() as patch:
            return _live(tale, folder, patch)
    except UnequalError:
        raise
    except Exception as error:
        raise UnequalError("".join(traceback.format_exception(error))) from error


def _live(tale: Tale, folder: Path, patch: pytest.MonkeyPatch) -> int:
    shutil.rmtree(folder, ignore_errors=True)
    world = make_world(folder / "site", tale.seed)
    done = 0
    _publish_both(world, random.Random(tale.seed), folder / "copy", "at first", patch)
    for number, (edits, seed) in enumerate(tale.steps, start=1):
        rng = random.Random(seed)
        for name in edits:
            try:
                EDITS[name](world, rng)
                done += 1
            except IndexError:
                continue  # there is nothing to do it to
        world.now += timedelta(minutes=rng.randrange(1, 9))
        _publish_both(world, rng, folder / "copy", f"run {number} ({', '.join(edits)})", patch)
    _stand_still(world)
    return done


def _publish_both(
    world: World, rng: random.Random, folder: Path, when: str, patch: pytest.MonkeyPatch
) -> None:
    """An incremental run, and a full one of the same folder as it was before, at the same clock."""
    install(patch, world)
    ahead = rng.random() < 0.5
    anew, first, jobs = rng.random() < 0.6 and world.is_clean, rng.random() < 0.7, 1
    if rng.random() < 0.03 and not world.reader:  # whose change is made in this process alone
        jobs = 2
    if first:  # then what was edited is old enough to be told from what is edited next
        built = _build(world, world.site.folder, folder, anew=anew, jobs=jobs)
        ours = run(world.site, world.now, ahead=ahead)
    else:
        twin = folder.with_name("twin")
        shutil.copytree(world.site.folder, twin, symlinks=True)
        ours = run(world.site, world.now, ahead=ahead)
        built = _build(world, twin, folder, anew=anew, jobs=jobs)
        shutil.rmtree(twin)
    _compare(world, ours, built, when)
    world.is_clean = ours.is_clean


def _build(world: World, twin: Path, folder: Path, *, anew: bool, jobs: int) -> Outcome:
    """A full build of the site: without cache and output, or with `--full`.

    Where something is refused the version before it stays, which the cache alone knows; its
    picture may be another one by now, and then lies in output/ alone.
    """
    if anew:
        with stood_in(world, twin, folder, without=("output", "build.db*")):
            built = run(world.site, world.now, jobs=jobs)
        if built.is_clean:
            return built
    with stood_in(world, twin, folder):
        return run(world.site, world.now, full=True, jobs=jobs)


def _compare(world: World, ours: Outcome, built: Outcome, when: str) -> None:
    if ours.told != built.told:
        raise UnequalError(f"{when}: it says {ours.told}, a full build {built.told}")
    if ours.record != built.record:
        raise UnequalError(f"{when}: published.jsonl {_difference(ours.record, built.record)}")
    if again := _told_again(ours.record):
        raise UnequalError(f"{when}: told again by a later issue: {again}")
    if ours.why:
        return  # neither was done, so that output/ is as it was
    for name in sorted(world.stained):
        # what somebody changed and nobody wants any more is left to them
        if all(one.files.get(name, STAIN).endswith(STAIN) for one in (ours, built)):
            built.files.pop(name, None)
            ours.files.pop(name, None)
            (world.site.folder / "output" / name).unlink(missing_ok=True)
    world.stained.clear()
    mails = b"".join(data for name, data in ours.files.items() if name.endswith("/email.html"))
    for name in ours.files.keys() - built.files.keys():
        if name.startswith("media/") and f"/{name}".encode() in mails:
            # of a picture that is gone: what an issue shows of it lies in output/ alone
            del ours.files[name]
    findings = [
        f"{name} is missing"
        if name not in ours.files
        else f"{name} should not be there"
        if name not in built.files
        else f"{name} {_difference(ours.files[name], built.files[name])}"
        for name in sorted(ours.files.keys() | built.files.keys())
        if ours.files.get(name) != built.files.get(name)
    ]
    if findings:
        raise UnequalError(f"{when}:\n  " + "\n  ".join(findings[:12]))


def _told_again(record: bytes) -> list[str]:
    """Articles that an issue tells and an earlier one of its newsletter told or passed over."""
    known: dict[str, set[str]] = defaultdict(set)
    found: list[str] = []
    for line in map(json.loads, record.splitlines()):
        if "items" in line:
            before = known[line["newsletter"]]
            found += before.intersection(line["items"])
            before |= {*line["items"], *line["passed"]}
    return found


def _difference(ours: bytes, built: bytes) -> str:
    pairs = zip(ours, built, strict=False)
    at = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(ours), len(built)))
    place = slice(max(0, at - 40), at + 80)
    return f"differs at byte {at}: it has {ours[place]!r}, a full build {built[place]!r}"


def _stand_still(world: World) -> None:
    """A run over what did not change writes nothing, the record included."""
    before, record = world.site.tree(), (world.site.folder / "published.jsonl").read_bytes()
    again = run(world.site, world.now)
    if again.report is None:
        return
    said = (*again.report.written, *again.report.removed)
    if said or world.site.tree() != before or again.record != record:
        raise UnequalError(f"a run over what did not change wrote {said or 'something'}")


def shortened(tale: Tale, folder: Path) -> tuple[Tale, str]:
    """The shortest of the tale that still fails, by leaving out step by step; and how it fails."""
    failure = _failure(tale, folder)
    assert failure, "it is shortened where it failed"
    is_shorter = True
    while is_shorter:
        is_shorter = False
        for shorter in _shorter(tale):
            still = _failure(shorter, folder)
            if still:
                tale, failure, is_shorter = shorter, still, True
                break
    return tale, failure


def _shorter(tale: Tale) -> Sequence[Tale]:
    steps = tale.steps
    without_one = [Tale(tale.seed, steps[:i] + steps[i + 1 :]) for i in reversed(range(len(steps)))]
    fewer_edits = [
        Tale(tale.seed, (*steps[:i], (edits[:j] + edits[j + 1 :], seed), *steps[i + 1 :]))
        for i, (edits, seed) in enumerate(steps)
        for j in range(len(edits))
        if len(edits) > 1
    ]
    return (*without_one, *fewer_edits)


def _failure(tale: Tale, folder: Path) -> str:
    try:
        live(tale, folder)
    except UnequalError as error:
        return str(error)
    return ""
