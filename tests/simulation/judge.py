"""The judge of a world: each slot has one issue, in time, or a reason that has a name."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tests.simulation.tale import MINUTE, NEVER, Letter, Tale, takes
from tests.simulation.world import World

PATIENCE = timedelta(seconds=90)
"""So long after its minute, or after whatever kept all timers from it, an issue is made."""


class Judge:
    """Holds what came of it against what was expected."""

    def __init__(self, world: World) -> None:
        self.world = world

    def judge(self) -> Tale:
        """Hold what came of it against what was expected. Raises AssertionError."""
        lines = self.world.site.record()
        issues = [line for line in lines if "number" in line]
        recorded = Counter(
            (line["newsletter"], datetime.fromisoformat(line["slot"]).astimezone(UTC))
            for line in issues
        )
        for (name, slot), times in recorded.items():
            assert times == 1, f"doubled: {self.world.told_of(name, slot)}"
        assert recorded.keys() == self.world.made.keys()
        for name, letter in self.world.letters.items():
            own = [line for line in issues if line["newsletter"] == name]
            assert [line["number"] for line in own] == list(range(1, len(own) + 1))
            (began,) = [
                line for line in lines if line.get("newsletter") == name and "began" in line
            ]
            self.judge_newsletter(name, letter, datetime.fromisoformat(began["began"]))
            passed = {item.rpartition("/")[2] for item in began["passed"]}
            self.judge_articles(name, letter, passed)
        self.judge_effort()
        return self.world.tale

    def judge_effort(self) -> None:
        """A timer publishes when something is due, not all the time."""
        counts = self.world.tale.counts
        wakes = counts["timers"] + 2 * (counts["jumps"] + counts["sleeps"]) + counts["kills"]
        slots = len(
            {slot for own in self.world.slots.values() for slot in own if slot <= self.world.end}
        )
        rebuilds = (self.world.end - self.world.begin) / self.world.config.schedule.rebuild
        assert counts["runs"] <= 3 * (slots + rebuilds + wakes), (
            f"{self.world.tale} ({self.world.seed!r})"
        )

    def judge_newsletter(self, name: str, letter: Letter, began: datetime) -> None:
        """Each slot was made once, or there is a reason that has a name."""
        counts = self.world.tale.counts
        expected = [slot for slot in self.world.slots[name] if began < slot]
        made = {slot: how for (whose, slot), how in self.world.made.items() if whose == name}
        done: set[str] = set()
        for slot in sorted(made):
            assert slot in expected, f"no slot: {self.world.told_of(name, slot)}"
        for slot, end in pairwise([*expected, NEVER]):
            saw = [n for n, run in enumerate(self.world.runs) if slot <= run.wall < end]
            whole = [n for n in saw if self.world.runs[n].is_whole]
            number, items = made.get(slot, (-1, frozenset()))
            if slot in made:
                held = [
                    letter.on_late == "hold" and self.world.runs[n].wall - slot > letter.max_late
                    for n in whole
                    if n < number
                ]
                # What was held is not any more when the clock is set back.
                assert all(held), self.world.told_of(name, slot)
                right = self.new(name, letter, slot, number, done)
                assert items == right, self.world.told_of(name, slot)
            if slot > self.world.end:
                pass  # then we publish only to tell what is left
            elif slot in made:
                counts["made"] += 1
                self.judge_time(name, slot, number)
            elif (name, slot) in self.world.passed or whole:
                self.judge_reason(
                    name, letter, slot, [n for n in saw if n <= min(whole, default=n)], done
                )
                self.judge_time(name, slot, saw[0])
            else:
                # No run saw it: all timers were kept away until the next one was due.
                counts["coalesced"] += 1
                assert self.deadline(slot) >= end, f"missing: {self.world.told_of(name, slot)}"
            counts["expected"] += slot <= self.world.end
            done |= items

    def judge_reason(
        self, name: str, letter: Letter, slot: datetime, seen: list[int], done: set[str]
    ) -> None:
        """Why there is none: of those that saw it the first that came to its end must have closed
        it, if none that was killed had done so before."""
        first = seen[-1]
        counts = self.world.tale.counts
        by_then = [
            when
            for (whose, when), (number, _) in self.world.made.items()
            if whose == name and number <= first
        ]
        late = [n for n in seen if self.world.runs[n].wall - slot > letter.max_late]
        if any(when > slot for when in by_then):
            counts["ahead"] += 1  # the clock was, and a later one had been made
        elif late and letter.on_late == "skip":
            counts["skipped"] += 1
        elif (
            first in late
            and letter.on_late == "hold"
            and self.is_enough(name, letter, slot, first, done)
        ):
            counts["held"] += 1
        else:
            enough = [self.is_enough(name, letter, slot, n, done) for n in seen]
            assert not all(enough), f"missing: {self.world.told_of(name, slot)}"
            counts["quiet"] += 1

    def is_enough(
        self, name: str, letter: Letter, slot: datetime, run: int, done: set[str]
    ) -> bool:
        return len(self.new(name, letter, slot, run, done)) >= letter.least

    def new(
        self, name: str, letter: Letter, slot: datetime, run: int, done: set[str]
    ) -> frozenset[str]:
        """What an issue of a slot must hold when a run makes it."""
        return frozenset(
            file
            for file in self.world.runs[run].articles
            if (one := self.world.written[file]).date <= slot
            and takes(letter, one)
            and file not in done
            and file not in self.world.at_the_beginning
        )

    def judge_articles(self, name: str, letter: Letter, passed: set[str]) -> None:
        """Each article is in one issue, or was there before the newsletter."""
        held = Counter(
            file
            for (whose, _), (_, items) in self.world.made.items()
            if whose == name
            for file in items
        )
        assert not [file for file, times in held.items() if times > 1]
        assert passed == self.world.at_the_beginning
        for file, one in self.world.written.items():
            is_told = file in held or file in passed
            if takes(letter, one) and self.world.ends[name] is not None:
                assert is_told, f"{file} is in no issue of {name} (seed {self.world.seed!r})"

    def judge_time(self, name: str, slot: datetime, run: int) -> None:
        """Who could, did it at its minute."""
        deadline = self.deadline(slot)
        late = self.world.runs[run].true > deadline
        assert not late, f"late: {self.world.told_of(name, slot)}"

    def deadline(self, slot: datetime) -> datetime:
        """When an issue is made at the latest: soon after all that kept the timers from it."""
        until = slot
        for began, ended in sorted(self.world.kept_away):
            if began - MINUTE <= until <= ended + MINUTE or (began >= slot and began <= until):
                until = max(until, ended)
        return until + PATIENCE
