"""USE CASE. Feeds of others asked for what is new, several at once, and what came of it kept.

Nothing else asks them: a run that publishes reads what is kept. So a server that does not answer
holds up what it is asked for, and no article of ours.
"""

from __future__ import annotations

import queue
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from publisher.config import Config, FeedSourceSpec
from publisher.errors import OutputBusy, PublisherError, SourceError
from publisher.outputs.lock import hold_lock
from publisher.sources import Progress
from publisher.sources.remote.container import RemoteContainer
from publisher.sources.remote.copies import FOLDER, Copies, Copy, copies_of
from publisher.values import dataclass
from publisher.wiring.app import Clock

if TYPE_CHECKING:
    from publisher.sources.remote.asking import Told

SECONDS = 30.0
"""For all feeds together, where a run waits for them."""

_LONGEST_WAIT = timedelta(days=367)
_LANES = 8
_FAILURES = 5
"""In a row: some hours, by then. A feed that is away for a moment needs nobody."""
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What came of asking: how many addresses were, which sources have something new, and what to
    tell a person once. `failed` are those that gave nothing now, and why; `away` those that gave
    nothing for so often that somebody should look. `next_due` is when the next is due, None without
    any. It is `busy` where another was asking.
    """

    asked: int = 0
    changed: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    next_due: datetime | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One address to ask."""

    spec: FeedSourceSpec
    copies: Copies
    copy: Copy
    is_list: bool

    @property
    def host(self) -> str:
        return urlsplit(self.copy.url).netloc.lower()

    def save(self, copy: Copy) -> None:
        if self.copy_is_the_sources:
            self.copies.save_source(copy)
        else:
            self.copies.save_feed(copy)

    @property
    def copy_is_the_sources(self) -> bool:
        return self.is_list or self.spec.type != "opml"


def remote_sources(config: Config) -> Sequence[FeedSourceSpec]:
    """The sources that lie elsewhere."""
    return [spec for spec in config.sources if isinstance(spec, FeedSourceSpec)]


def fetch_sources(
    config: Config,
    *,
    clock: Clock,
    progress: Progress,
    seconds: float = SECONDS,
    at_once: bool = False,
    chance: Callable[[], float] = random.random,
) -> FetchReport:
    """Ask every address that is due (all of them when `at_once`), for at most so many seconds.

    Raises StoreError where nothing can be kept.
    """
    specs = remote_sources(config)
    if not specs:
        return FetchReport()
    end = time.monotonic() + seconds
    round_ = _Round(config, clock, progress, end, chance, at_once=at_once)
    try:
        with hold_lock(config.path(config.state) / FOLDER / "lock"):
            round_.ask([job for spec in specs for job in round_.lists(spec)])
            round_.ask([job for spec in specs for job in round_.feeds(spec)])
    except OutputBusy:
        return FetchReport(busy=True)
    return round_.report()


class _Round:
    """One round of asking."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        progress: Progress,
        end: float,
        chance: Callable[[], float],
        *,
        at_once: bool,
    ) -> None:
        self._config = config
        self._now = clock()
        self._progress = progress
        self._end = end
        self._chance = chance
        self._at_once = at_once
        self._asked = 0
        self._changed: dict[str, None] = {}
        self._said: list[str] = []
        self._failed: list[str] = []

    def lists(self, spec: FeedSourceSpec) -> Iterator[_Job]:
        """The list of a source, where it lies at an address and is due."""
        if spec.type == "opml" and spec.url is not None:
            copies = self._copies(spec)
            yield from self._due(spec, copies, copies.of_source(spec.url), is_list=True)

    def feeds(self, spec: FeedSourceSpec) -> Iterator[_Job]:
        """The feeds of a source that are due."""
        copies = self._copies(spec)
        try:
            found = self._container(spec, copies).found
        except SourceError:
            return  # a list that cannot be read: the run itself says so
        for copy in found:
            yield from self._due(spec, copies, copy, is_list=False)

    def report(self) -> FetchReport:
        """What came of it."""
        found = [(spec, copy) for spec, copy in self._all() if copy.gone is None]
        return FetchReport(
            asked=self._asked,
            changed=tuple(self._changed),
            said=tuple(self._said),
            failed=tuple(self._failed),
            away=tuple(
                f"{spec.name}: {copy.shown} {copy.trouble}"
                for spec, copy in found
                if copy.failures >= _FAILURES
            ),
            next_due=min((copy.due or self._now for _, copy in found), default=None),
        )

    def ask(self, jobs: Sequence[_Job]) -> None:
        """Ask them all, one after the other of each host, and keep what came."""
        from publisher.sources.remote.asking import Told, ask  # noqa: PLC0415 (urllib3: 75 ms)

        lanes: dict[str, list[_Job]] = defaultdict(list)
        for job in sorted(jobs, key=lambda job: job.copy.due or self._now):
            lanes[job.host].append(job)
        waiting: queue.SimpleQueue[list[_Job]] = queue.SimpleQueue()
        for lane in lanes.values():
            waiting.put(lane)
        answers: queue.SimpleQueue[tuple[_Job, Told]] = queue.SimpleQueue()
        begun: dict[int, _Job] = {}

        def work() -> None:
            while True:
                try:
                    lane = waiting.get_nowait()
                except queue.Empty:
                    return
                for job in lane:
                    if time.monotonic() >= self._end:
                        return
                    begun[id(job)] = job
                    url = self._config.site.url
                    told = ask(job.copy, job.spec, is_list=job.is_list, site_url=url, now=self._now)
                    answers.put((job, told))

        # Threads that nobody waits for at the end: each is bounded by its own request.
        for number in range(min(_LANES, len(lanes))):
            threading.Thread(target=work, daemon=True, name=f"fetch {number}").start()
        left = len(jobs)
        while left and time.monotonic() < self._end:
            self._progress("fetching", len(jobs) - left, len(jobs))
            try:
                job, told = answers.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            left -= 1
            begun.pop(id(job), None)
            self._keep(job, told)
        for job in list(begun.values()):
            trouble = "did not answer within the time that all feeds have together"
            self._keep(job, Told(url=job.copy.url, trouble=trouble, mend="try again later"))

    def _keep(self, job: _Job, told: Told) -> None:
        from publisher.sources.remote.asking import take  # noqa: PLC0415 (as above)

        asked = take(job.copy, told, job.spec, now=self._now, chance=self._chance)
        job.save(asked.copy)
        self._asked += 1
        name = job.spec.name
        if asked.changed:
            self._changed[name] = None
        self._said += [f"{name}: {text}" for text in asked.said]
        if asked.copy.trouble:
            self._failed.append(f"{name}: {job.copy.shown} {asked.copy.trouble}")

    def _due(
        self, spec: FeedSourceSpec, copies: Copies, copy: Copy, *, is_list: bool
    ) -> Iterator[_Job]:
        due = copy.due or self._now
        # a clock that was set back must not keep us from asking for years
        is_due = due <= self._now or due > self._now + _LONGEST_WAIT or self._at_once
        is_let_in = copy.barred and spec.allow_private  # by the configuration of now
        if (is_due or is_let_in) and copy.gone is None:
            yield _Job(spec=spec, copies=copies, copy=copy, is_list=is_list)

    def _all(self) -> Iterator[tuple[FeedSourceSpec, Copy]]:
        for spec in remote_sources(self._config):
            container = self._container(spec, self._copies(spec))
            try:
                copies = [*container.lists, *container.found]
            except PublisherError:
                continue
            yield from ((spec, copy) for copy in copies)

    def _copies(self, spec: FeedSourceSpec) -> Copies:
        return copies_of(self._config.path(self._config.state), spec.name)

    def _container(self, spec: FeedSourceSpec, copies: Copies) -> RemoteContainer:
        file = self._config.path(spec.path) if spec.path else None
        return RemoteContainer(spec=spec, copies=copies, list_file=file)
