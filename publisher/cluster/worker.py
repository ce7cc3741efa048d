"""ENTRY. `publisher worker`: a process that waits for jobs and does them, until it is told to end.

While the database is away it waits for it, and nothing leaves. What a process cannot see of itself,
a line to the database that only seems to be there, a watchdog does: it ends the process, and
whoever supervises it starts it again.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import structlog

from publisher.cluster.node import Node
from publisher.cluster.publishing import Site
from publisher.cluster.signs import Signs
from publisher.cluster.wakeups import Watch, Work, prepare, quiet, serve
from publisher.config import Config
from publisher.errors import ConfigError, MigrationNeeded, PublisherError, StoreUnreachable
from publisher.mailing.sender import PATIENCE
from publisher.schedule.systemd import notify, watchdog_seconds
from publisher.schedule.timer import stamp_of
from publisher.sending.worker import working
from publisher.system.signals import hear
from publisher.transport.opening import relay_of
from publisher.values import dataclass
from publisher.wiring.stores import Stores

STUCK = 1
"""The exit code of a worker that its watchdog ended."""

_FIRST_BACK_OFF, _LONGEST_BACK_OFF = 1.5, 3.0
_AGAIN_SECONDS = 30.0
"""After a failure that is not the database's absence, such as a relay that takes nothing."""

_NOTHING_SENT_SECONDS = 2 * PATIENCE
"""Shards in hand of which for so long nothing was sent, put off or refused, without a trouble."""

_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds: that a shard is leased for at a time, and after which a worker that does not go on
    is ended. Others take over when a lease is over; half of it is kept from sending."""

    lease: float = 60.0
    stuck: float = 45.0


_USUAL = Times()


class Worker:
    """The process. `run` returns when it was told to end."""

    def __init__(
        self,
        load: Callable[[], Config],
        open_stores: Callable[[Config], Stores],
        clock: Callable[[], datetime],
        config_file: Path,
        *,
        concurrency: int,
        publishes: bool,
        times: Times = _USUAL,
    ) -> None:
        """`load` reads the configuration, anew when `config_file` changes. One that does not
        publish sends only. Raises ConfigError."""
        self._seen = stamp_of(config_file)
        self._load = load
        self._open_stores = open_stores
        self._config_file = config_file
        site = Site(load=load, clock=clock, open_stores=open_stores, config_file=config_file)
        self._site = site if publishes else None
        self._config = _fit(load())
        self._concurrency = concurrency
        self._times = times
        self._stop, self._reload = threading.Event(), threading.Event()
        self._signs = Signs(self._patience, time.monotonic)
        self._log: Any = structlog.get_logger()

    def stop(self) -> None:
        """End after the messages in hand, and give back what is held."""
        self._stop.set()

    def reload(self) -> None:
        """Read the configuration anew."""
        self._reload.set()

    def run(self) -> None:
        """Work until told to end. Raises PublisherError for what waiting does not mend."""
        quiet()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        notify("READY=1")
        back_off = _FIRST_BACK_OFF
        while not self._stop.is_set():
            self._signs.give("process")
            began = time.monotonic()
            wait = 0.0
            try:
                self._session()
            except StoreUnreachable as error:
                if time.monotonic() - began > 10 * _LONGEST_BACK_OFF:
                    back_off = _FIRST_BACK_OFF
                wait, back_off = back_off, min(2 * back_off, _LONGEST_BACK_OFF)
                self._log.warning("worker.waits", seconds=wait, error=str(error))
            except MigrationNeeded:
                raise
            except PublisherError as error:
                wait = _AGAIN_SECONDS
                self._log.error("worker.failed", seconds=wait, error=str(error), mend=error.mend)
            _let_go()
            self._pause(wait)
        notify("STOPPING=1")
        self._log.info("worker.stopped")

    def _session(self) -> None:
        """As long as the connections last, and the configuration stays as it is."""
        config = self._config
        workers = config.path(config.state) / "workers"
        with closing(self._open_stores(config)) as stores, working(workers) as owner:
            prepare(stores.database)
            node = Node(
                config,
                stores,
                owner=owner,
                workers=workers,
                lease_seconds=self._times.lease,
                site=self._site,
                alive=self._signs.give,
                log=self._log,
            )
            threads = ThreadPoolExecutor(self._concurrency + 4, thread_name_prefix="job")
            work = Work(
                run_shard=node.run_shard,
                tick=node.tick,
                threads=threads,
                concurrency=self._concurrency,
            )
            try:
                node.begin()
                threads.submit(node.tick)  # what the minute's would do, perhaps a minute later
                self._log.info("worker.started", worker=owner, concurrency=self._concurrency)
                watch = Watch(
                    is_over=self._is_over,
                    has_failed=lambda: node.has_ended,
                    alive=lambda: self._signs.give("process"),
                    ending=lambda: self._end(node),
                )
                asyncio.run(serve(config.database, work, watch))
            finally:
                self._end(node)
                _let_go()
                try:
                    threads.shutdown(cancel_futures=True)  # what they do needs the stores
                    node.close()
                finally:
                    self._signs.over("keeper", "sending")
                    self._signs.give("process")

    def _is_over(self) -> bool:
        return self._stop.is_set() or self._has_new_config()

    def _end(self, node: Node) -> None:
        """What a lane has in hand may take as long as the relay does; the keeper is watched on."""
        node.stop()
        self._signs.over("process")

    def _has_new_config(self) -> bool:
        """Whether there is one, which is taken over; one that is refused changes nothing."""
        if stamp_of(self._config_file) == self._seen and not self._reload.is_set():
            return False
        self._seen = stamp_of(self._config_file)
        self._reload.clear()
        try:
            self._config = _fit(self._load())
        except PublisherError as error:
            self._log.error("config.refused", error=str(error), mend=error.mend)
            return False
        self._log.info("config.reloaded")
        return True

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._is_over():
            self._signs.give("process")
            time.sleep(_LOOK_SECONDS)

    # -- the watchdog

    def _patience(self, of: str) -> float:
        return _NOTHING_SENT_SECONDS if of == "sending" else self._times.stuck

    def _watch(self) -> None:
        asked = watchdog_seconds() is not None
        while True:
            time.sleep(1)
            late = self._signs.late()
            if late:
                self._log.error("worker.stuck", what=",".join(late))
                _end_at_once()
            if asked:
                notify("WATCHDOG=1")


def run_worker(worker: Worker) -> None:
    """Run a worker in the foreground until SIGTERM or SIGINT. Raises PublisherError."""
    hear(
        {
            signal.SIGTERM: worker.stop,
            signal.SIGINT: worker.stop,
            signal.SIGHUP: worker.reload,
        }
    )
    worker.run()


def _fit(config: Config) -> Config:
    """The configuration, if a worker can go by it. Raises ConfigError."""
    if config.database == "sqlite":
        raise ConfigError(
            "database: a worker shares its database with others, which SQLite cannot do",
            mend="set `database: postgresql://…`, or run `publisher schedule`, which sends too",
        )
    relay_of(config)
    return config


def _let_go() -> None:
    """Close connections that were given up before they were made.

    Reference cycles of psycopg keep them open, and PostgreSQL waits for what they have to say as
    long as its `authentication_timeout`; and takes no other while it goes down.
    """
    gc.collect()


def _end_at_once() -> NoReturn:
    """Without a word to anybody: what hangs would hold up every other end. Leases run out."""
    os._exit(STUCK)
