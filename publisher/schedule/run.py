"""ENTRY. The timer as a process, or beside a server in the same one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette

from publisher.config import Config
from publisher.config.kinds import split_listen
from publisher.metrics import Counts
from publisher.monitoring import Monitor
from publisher.schedule.bell import Bell
from publisher.schedule.rounds import Rounds, machine_time
from publisher.schedule.systemd import notify
from publisher.schedule.tally import Tally
from publisher.schedule.timer import Timer, stamp_of
from publisher.system.listening import address_of, listening, make_server
from publisher.system.signals import hear
from publisher.wiring.app import Clock
from publisher.wiring.stores import Stores


def make_timer(
    load: Callable[[], Config],
    clock: Clock,
    open_stores: Callable[[Config], Stores],
    config_file: Path,
    *,
    wall: Callable[[], datetime] = machine_time,
    tell: Callable[..., object] = notify,
    **rounds_of: Any,
) -> Timer:
    """A timer that does not run yet; `tell` tells the supervisor, `rounds_of` are further fields of
    its Rounds. Raises ConfigError."""
    seen = stamp_of(config_file)  # before it is read: what changes meanwhile is read again
    rounds = Rounds(
        config=load(),
        clock=clock,
        open_stores=open_stores,
        tally=Tally(),
        bell=Bell(clock),
        stop=threading.Event(),
        log=structlog.get_logger(),
        **rounds_of,
    )
    return Timer(rounds, load, config_file=config_file, seen=seen, wall=wall, tell=tell)


def run_schedule(timer: Timer) -> None:
    """Run the timer in the foreground until SIGTERM or SIGINT. Raises PublisherError."""
    hear(
        {
            signal.SIGTERM: timer.stop,
            signal.SIGINT: timer.stop,
            signal.SIGHUP: timer.reload,
        }
    )
    with _answering(timer):
        timer.run()


@contextmanager
def _answering(timer: Timer) -> Iterator[None]:
    """Answer /healthz and /metrics at `schedule.listen` while the block runs."""
    place = timer.rounds.config.schedule.listen
    if place is None:
        yield
        return
    tally = timer.rounds.tally
    monitor = Monitor(
        timer.health,
        lambda: Counts(rounds=tally.rounds, messages=tally.messages),
        lambda: (timer.rounds.config.site.url, timer.rounds.config.mail_url),
        judges=True,
    )
    host, port = split_listen(place)
    with listening(host, port, elsewhere="schedule.listen") as listener:
        server = make_server(Starlette(routes=monitor.routes()))
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="monitoring", daemon=True
        )
        thread.start()
        timer.rounds.log.info("schedule.listening", address=address_of(listener))
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()
