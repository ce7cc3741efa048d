"""ENTRY. `publisher articles` for whoever mends: all files, what is refused, what changed."""

from __future__ import annotations

import contextlib
import importlib.util
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from publisher import console
from publisher.articles import Candidate, Survey, survey_articles
from publisher.cli.common import Common
from publisher.config import Config
from publisher.errors import PublisherError
from publisher.preview.watch import Stamps, Watched, look, watched_by
from publisher.progress import progress_display
from publisher.schedule.watching import Watcher
from publisher.wiring.app import App, open_app

_PAUSE = 0.5
"""Seconds between two looks where the system does not tell of changes."""

_LONG_PAUSE = 1.0
"""Where it does: for what it cannot see."""

_BREATH = 0.2
"""Seconds that files must lie still: an editor writes a file in several steps."""


def watch_articles(common: Common) -> None:
    """Say how all files are, then what becomes of them, until SIGINT or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(_Watch(common)) as watch:
        watch.go_on()


class _Watch:
    """What was said last, and what is looked at."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._load = common.loader()
        self._woken = threading.Event()
        self._follows = importlib.util.find_spec("watchfiles") is not None
        self._watcher = Watcher(self._woken.set, lambda _: None)
        self._lines: Mapping[tuple[str, str], str] = {}
        self._opened = contextlib.ExitStack()
        self._app: App | None = None

    def go_on(self) -> None:
        """Look, tell, wait; for ever."""
        config = self._load()  # one that is wrong from the beginning is an error of the command
        watched = watched_by(config, self._common.config_place)
        stamps = look(watched)  # before anything is read: what changes meanwhile is seen then
        config = self._load()
        survey = self._survey(config)
        console.say_survey(survey, quiet=self._common.quiet)
        self._lines = _lines(survey)
        self._follow(config)
        while True:
            self._wait()
            now = look(watched)
            if now == stamps:
                continue
            stamps = self._at_rest(watched, now)
            try:
                config = self._load()
                self._tell(self._survey(config))
            except PublisherError as error:
                console.say_error(error)
                continue
            watched = watched_by(config, self._common.config_place)
            self._follow(config)

    def close(self) -> None:
        """Follow nothing, keep nothing."""
        self._watcher.stop()
        self._opened.close()

    def _at_rest(self, watched: Watched, now: Stamps) -> Stamps:
        """How the files lie when nobody writes them any more."""
        while True:
            time.sleep(_BREATH)
            later = look(watched)
            if later == now:
                return now
            now = later

    def _wait(self) -> None:
        self._woken.wait(_LONG_PAUSE if self._follows else _PAUSE)
        self._woken.clear()

    def _follow(self, config: Config) -> None:
        if self._follows:
            self._watcher.follow(replace(config, schedule=replace(config.schedule, watch=True)))

    def _survey(self, config: Config) -> Survey:
        """Look at all files; what did not change since the last look is not read again."""
        if self._app is None or config != self._app.config:
            self._opened.close()
            self._app = None
            common = self._common
            progress = self._opened.enter_context(progress_display(quiet=True))
            self._app = self._opened.enter_context(
                open_app(config, clock=common.clock, progress=progress, aside=True)
            )
        return survey_articles(self._app)

    def _tell(self, survey: Survey) -> None:
        """What is another than it was, with the mends of what is refused now."""
        lines = _lines(survey)
        changed = {key for key, line in lines.items() if self._lines.get(key) != line}
        for line in _changes(self._lines, lines):
            console.say(line)
        problems = [
            problem
            for candidate, problem in _refused(survey)
            if (candidate.reading.source, candidate.reading.file) in changed
        ]
        console.say_problems(problems)
        if lines != self._lines and not self._common.quiet:
            console.say(console.counts_line(survey))
        self._lines = lines


def _lines(survey: Survey) -> Mapping[tuple[str, str], str]:
    return {
        (one.reading.source, one.reading.file): console.candidate_line(one)
        for one in survey.candidates
    }


def _refused(survey: Survey) -> Iterator[tuple[Candidate, PublisherError]]:
    """The refused files, each with its problem as a person finds it."""
    return zip((one for one in survey.candidates if one.problem), survey.problems, strict=True)


def _changes(
    before: Mapping[tuple[str, str], str], now: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    for key, line in now.items():
        if before.get(key) == line:
            continue
        was = before[key].split(maxsplit=1)[0] if key in before else "new"
        yield f"{line}  (was {was})" if key in before else f"{line}  (new)"
    for key in before:
        if key not in now:
            yield console.plain_line(f"{'gone':9}  {key[1]}")
