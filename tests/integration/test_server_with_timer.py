"""The server and the timer in one process: neither outlives the other."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from publisher.cli.common import make_clock
from publisher.config import Config
from publisher.config.load import load_config
from publisher.schedule.run import make_timer
from publisher.serving import Server, run_serve
from publisher.wiring.stores import Stores
from tests.sites import CONFIG, Site


@pytest.fixture
def handlers() -> Iterator[None]:
    """Those of this process are put back."""
    heard = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in heard}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
def test_a_signal_that_comes_as_the_timer_begins_ends_both(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python waits at its end for a thread that nobody told to end."""
    begin = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        begin(thread)
        if thread.name == "timer":
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    site = make_site(CONFIG)
    site.article("one.md")
    place, clock = site.folder / "publisher.yaml", make_clock(None)

    def load_stores(_config: Config) -> Stores:
        return Stores(load_config(place), clock)

    timer = make_timer(lambda: load_config(place), clock, load_stores, place)
    server = Server(load_config(place), clock, load_stores, timer)
    try:
        with pytest.raises(SystemExit) as ended:
            run_serve(server, lambda: load_config(place), host="127.0.0.1", port=0, timer=timer)
        assert ended.value.code in (0, None)
        assert timer.rounds.stop.is_set()
        assert not [one for one in threading.enumerate() if one.name == "timer"]
    finally:
        timer.stop()
