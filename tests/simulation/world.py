"""A site, its timers and all that befalls them, from a seed."""

from __future__ import annotations

import heapq
import random
import shutil
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import OutputBusy
from publisher.outputs.lock import hold_lock
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.schedule import rounds
from publisher.wiring.app import lock_path
from publisher.wiring.stores import Stores
from tests.simulation.expected import expected_slots
from tests.simulation.killing import die_in_it
from tests.simulation.machine import Killed, Machine, Process
from tests.simulation.tale import DAY, HOUR, MINUTE, NEVER, Letter, Run, Tale, Written, takes
from tests.sites import Site

SITE = """\
site: {title: The Courier, url: https://courier.example/, description: News, language: en}
feeds: [{name: main, formats: [json], limit: 10, content: summary}]
"""


class World:
    """`letters` by name. Whatever happens is told by the seed."""

    def __init__(
        self,
        base: Site,
        folder: Path,
        *,
        seed: str,
        zone: str,
        letters: Mapping[str, Letter],
        begin: datetime,
        end: datetime,
        rebuild: timedelta = 3 * DAY,
        articles_a_day: float = 2.5,
        misfortunes: float = 1.0,
    ) -> None:
        self.seed, self.zone, self.letters = seed, zone, letters
        self.begin, self.end = begin, end
        self.chance = random.Random(seed)
        self.machine = Machine(begin)
        self.tale = Tale()
        self.site = Site(folder)
        shutil.copytree(base.folder, folder, ignore=shutil.ignore_patterns("output"))
        timer = f"schedule: {{rebuild: {int(rebuild.total_seconds())}s}}\nnewsletters:\n"
        self.site.write(
            "publisher.yaml",
            SITE + timer + "".join(one.written(name, zone) for name, one in letters.items()),
        )
        self.config: Config = load_config(folder / "publisher.yaml")
        self.articles_a_day, self.misfortunes = articles_a_day, misfortunes
        self.processes: list[Process] = []
        self.runs: list[Run] = []
        self.written: dict[str, Written] = {}
        self.files: set[str] = set()
        self.made: dict[tuple[str, datetime], tuple[int, frozenset[str]]] = {}
        self.passed: set[tuple[str, datetime]] = set()
        self.kept_away: list[tuple[datetime, datetime]] = []
        self.to_be_killed = False
        self.coming: list[tuple[datetime, int, Callable[[], None]]] = []
        self.told = 0
        self.chronicle: list[tuple[datetime, str]] = []
        rules = {name: letter.rule for name, letter in letters.items()}
        self.slots = expected_slots(rules, zone, begin, end + 40 * DAY)

    # -- what happens

    def live(self, patch: pytest.MonkeyPatch) -> None:
        """From the beginning to the end, and then until all that is new was told."""
        self.machine.tell_time(patch)
        patch.setattr(rounds, "publish", self.publish)
        self.write(back=1)
        self.at_the_beginning = frozenset(self.files)
        self.start()
        self.plan()
        while self.machine.now < self.end:
            self.step()
        for process in self.processes:
            process.end()
            assert process.is_over
        self.machine.shift = timedelta()
        self.tell_all()

    def step(self) -> None:
        """What comes next: something that happens, or timers that wake."""
        due = min((one.due for one in self.processes), default=self.end)
        until = min(due, self.coming[0][0] if self.coming else self.end, self.end)
        self.machine.now = max(self.machine.now, until)
        if self.coming and self.coming[0][0] <= self.machine.now:
            heapq.heappop(self.coming)[2]()
            return
        awake = [one for one in self.processes if one.due <= self.machine.now]
        self.chance.shuffle(awake)
        for process in awake[1:]:
            # The other one is at work at this very moment, or has just been.
            at_work = self.chance.random() < 0.6
            with hold_lock(lock_path(self.config)) if at_work else nullcontext():
                self.let(process)
        for process in awake[:1]:
            self.let(process)

    def let(self, process: Process) -> None:
        self.acting = process
        process.go_on()
        assert not process.log.errors, process.log.errors
        if process.is_over:
            self.after_a_kill(process)

    def number(self) -> int:
        return self.processes.index(self.acting) if self.acting in self.processes else -1

    def at(self, when: datetime, what: Callable[[], None]) -> None:
        self.told += 1
        heapq.heappush(self.coming, (when, self.told, what))

    def plan(self) -> None:
        """Articles and misfortunes, at random moments."""
        happenings: tuple[tuple[float, Callable[[], None]], ...] = (
            (self.articles_a_day, self.write),
            (1 / 9, self.tidy),
            (self.misfortunes / 8, self.kill_one),
            (self.misfortunes / 4, self.kill_in_the_next_run),
            (self.misfortunes / 8, self.sleep),
            (self.misfortunes / 7, self.jump),
            (self.misfortunes / 8, self.start_another),
        )
        for a_day, what in happenings:
            when = self.begin
            while a_day:
                when += timedelta(seconds=int(self.chance.expovariate(a_day) * 86400) + 1)
                if when >= self.end - 8 * HOUR:
                    break
                self.at(when, what)

    def start(self) -> None:
        """A timer begins."""
        self.tell("a timer starts")
        self.tale.counts["timers"] += 1
        process = Process(self.machine, self.config, lambda: self.chance.random() < 0.5)
        self.processes.append(process)
        self.let(process)

    def start_another(self) -> None:
        """Two timers for some time, as where an old one was forgotten."""
        if len(self.processes) == 1:
            self.start()
            hours = self.chance.randrange(3, 60)
            self.at(self.machine.now + timedelta(hours=hours), self.end_one)

    def end_one(self) -> None:
        if len(self.processes) > 1:
            self.tell("a timer ends")
            self.processes.pop(self.chance.randrange(len(self.processes))).end()

    def write(self, back: int | None = None, tags: frozenset[str] | None = None) -> None:
        """An article of some minutes ago, or to appear at its time; its date is ours."""
        number = len(self.written) + 1
        if back is None:
            back = self.chance.choice((0, 0, 1, 30, 3000, -20, -600, -1500))
        if tags is None:
            tags = frozenset({"sea"} if self.chance.random() < 0.25 else ())
        date = self.machine.now - back * MINUTE
        file = f"a{number}.md"
        self.site.article(file, date=date.isoformat(), tags=f"[{', '.join(tags)}]")
        self.written[file] = Written(file, len(self.runs), date, tags)
        self.files.add(file)
        self.tale.counts["articles"] += 1

    def tidy(self) -> None:
        """What every newsletter has told may go."""
        told: dict[str, set[str]] = {name: set() for name in self.letters}
        for (name, _), (_, items) in self.made.items():
            told[name] |= items
        for file in sorted(self.files):
            takers = [n for n, one in self.letters.items() if takes(one, self.written[file])]
            if all(file in told[name] for name in takers):
                (self.site.folder / "articles" / file).unlink()
                self.files.discard(file)

    def kill_one(self) -> None:
        if self.processes:
            process = self.chance.choice(self.processes)
            self.tell("a timer that waits is killed")
            process.kill()
            self.after_a_kill(process)

    def kill_in_the_next_run(self) -> None:
        self.to_be_killed = True

    def after_a_kill(self, process: Process) -> None:
        """Somebody starts it again: a supervisor at once, a person some time."""
        self.tale.counts["kills"] += 1
        self.processes.remove(process)
        seconds = self.chance.choice((1, 5, 60, 300, 4000, 20_000))
        back = self.machine.now + timedelta(seconds=seconds)
        if self.processes:
            # The other one goes on alone; where it left a run to this one, it looks again.
            back = self.machine.now + 5 * MINUTE
        else:
            self.at(back, self.start)
        self.kept_away.append((self.machine.now, back))

    def sleep(self) -> None:
        self.tale.counts["sleeps"] += 1
        self.tell("sleeps")
        hours = self.chance.choice((0.2, 1, 3, 9, 13, 13, 30, 75))
        began = self.machine.now
        self.machine.sleep(timedelta(minutes=int(hours * 60 * self.chance.uniform(0.7, 1.3))))
        self.kept_away.append((began, self.machine.now))
        self.tell("wakes")
        self.all_notice()

    def jump(self) -> None:
        """The clock is wrong until it is mended."""
        if self.machine.shift:
            return
        self.tale.counts["jumps"] += 1
        self.machine.shift = self.chance.choice((2 * HOUR, -2 * HOUR, DAY))
        self.tell(f"the clock jumps by {self.machine.shift}")
        mended = self.machine.now + timedelta(minutes=self.chance.randrange(2, 400))
        self.kept_away.append((self.machine.now, mended))

        def mend() -> None:
            self.tell("the clock is mended")
            self.machine.shift = timedelta()
            self.all_notice()

        self.at(mended, mend)
        self.all_notice()

    def all_notice(self) -> None:
        for process in list(self.processes):
            self.let(process)

    # -- a run of a timer

    def publish(self, *given: Any, **named: Any) -> PublishReport:
        """In place of `publish` in the timer's rounds: the same, and what befalls it."""
        wall = self.machine.wall()
        if self.to_be_killed:
            self.to_be_killed = False
            die_in_it(lambda: publish(*given, **named), self.chance)
            self.note(wall, is_whole=False)
            self.look_what_is_kept(wall)
            raise Killed
        try:
            report = publish(*given, **named)
        except OutputBusy:
            self.tale.counts["busy"] += 1
            self.tell(f"timer {self.number()} finds a run at work")
            raise
        assert report.exit_code == 0, [str(problem) for problem in report.problems]
        self.note(wall, is_whole=True)
        for issue in report.issues:
            self.keep(issue.newsletter, issue.slot, issue.items)
        self.take_time()
        return report

    def note(self, wall: datetime, *, is_whole: bool) -> None:
        self.runs.append(Run(self.machine.now, wall, is_whole, frozenset(self.files)))
        self.tell(f"timer {self.number()} publishes" + ("" if is_whole else " and is killed"))
        self.tale.counts["runs"] += 1

    def take_time(self) -> None:
        """A run is over some seconds after it looked at the clock; on a busy machine, minutes."""
        began = self.machine.now
        longest = 5000 if self.chance.random() < 0.05 and self.misfortunes else 8
        self.machine.now += timedelta(seconds=self.chance.randrange(longest))
        if longest > 8:
            self.kept_away.append((began, self.machine.now))
        self.acting.look()

    def look_what_is_kept(self, wall: datetime) -> None:
        """Which issues and quiet slots the state has after a run was killed."""
        with closing(Stores(self.config, self.machine.wall)) as stores:
            for issue in stores.issues.issues():
                self.keep(issue.newsletter, issue.slot, issue.items)
            for name in self.letters:
                slot = self.latest(name, wall)
                if slot and stores.issues.has_passed(name, slot.astimezone(ZoneInfo(self.zone))):
                    self.passed.add((name, slot))

    def keep(self, name: str, slot: datetime, items: Sequence[str]) -> None:
        files = frozenset(item.rpartition("/")[2] for item in items)
        key = (name, slot.astimezone(UTC))
        self.made.setdefault(key, (len(self.runs) - 1, files))

    def latest(self, name: str, wall: datetime) -> datetime | None:
        place = bisect_right(self.slots[name], wall)
        return self.slots[name][place - 1] if place else None

    def tell(self, what: str) -> None:
        """For whoever has to find out why a seed fails."""
        self.chronicle.append((self.machine.now, what))

    def told_of(self, name: str, slot: datetime) -> str:
        """A slot, and what happened around it."""
        near = [
            f"  {when:%d %H:%M:%S} {what}"
            for when, what in self.chronicle
            if slot - 30 * HOUR <= when <= slot + DAY
        ]
        return "\n".join([f"{name} {slot.isoformat()} (seed {self.seed!r})", *near])

    # -- the end

    def tell_all(self) -> None:
        """Publish at the next time of each newsletter, so that nothing is left that is new."""
        for _ in range(3):
            self.write(back=0, tags=frozenset({"sea"}))
        self.kept_away.append((self.machine.now, NEVER - DAY))
        # After all that was seen by a clock that was ahead, and when all that was written appeared.
        after = max(*(one.date for one in self.written.values()), *(run.wall for run in self.runs))
        self.to_be_killed = False
        self.ends = {name: self.next(name, after) for name in self.letters}
        for slot in sorted({slot for slot in self.ends.values() if slot is not None}):
            self.machine.now = slot + timedelta(seconds=1)
            self.publish(
                self.config,
                PublishOptions(tell_hubs=False),
                clock=self.machine.wall,
                progress=lambda *_: None,
            )

    def next(self, name: str, after: datetime) -> datetime | None:
        return next(iter(self.slots[name][bisect_right(self.slots[name], after) :]), None)
