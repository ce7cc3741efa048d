"""A PostgreSQL server from which no word comes, and no error: what stands still in between takes
every byte (F38)."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from publisher.config.load import load_config
from publisher.errors import StoreError, StoreUnreachable
from publisher.mailing.deliver import deliver
from publisher.self_service import application, pages
from publisher.self_service.application import Answered, Asked, SelfServiceApp, Shared
from publisher.store import engine
from publisher.store.engine import Database, open_postgresql, open_postgresql_as_it_is, open_sqlite
from publisher.store.issues import IssueStore
from publisher.store.kept import KeptConnection
from publisher.store.ledger import Ledger
from publisher.wiring.stores import Stores
from tests.mailings import CONNECTIONS, Mailed, config, kill
from tests.postgres import fresh
from tests.proxies import Proxy, proxy_to
from tests.relays import relay
from tests.serving import wait_until, within
from tests.sites import NOW, Site


@pytest.fixture
def line(server: str) -> Iterator[Proxy]:
    with proxy_to(int(server.rpartition(":")[2].partition("/")[0])) as there:
        yield there


@pytest.fixture
def address(server: str, line: Proxy, tmp_path: Path) -> str:
    """A database that is reached by the line."""
    before, _, name = fresh(server, tmp_path.name).rpartition("/")
    return f"{before.rpartition(':')[0]}:{line.port}/{name}"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less patience than any user wants."""
    monkeypatch.setattr(engine, "CONNECTING", {**engine.CONNECTING, "connect_timeout": 2})
    monkeypatch.setattr("publisher.store.patience.STATEMENT_SECONDS", 1.5)
    monkeypatch.setattr("publisher.store.patience.PING_SECONDS", 1.0)


def fails(act: Callable[[], object], seconds: float) -> None:
    """By a word of what is wrong, within that time."""
    failures: list[Exception] = []

    def run() -> None:
        try:
            act()
        except StoreUnreachable as error:
            failures.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(within(seconds))
    assert not thread.is_alive(), f"it waits for more than {seconds} seconds"
    assert failures


def ask(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())


def test_silence_amid_a_transaction_is_an_error(address: str, line: Proxy) -> None:
    with closing(open_postgresql(address)) as database:

        def work() -> None:
            with database.writing() as connection:
                connection.exec_driver_sql("DELETE FROM subscriber")
                line.silence()
                connection.exec_driver_sql("DELETE FROM subscriber")

        fails(work, 5)
        line.speak()
        assert ask(database) == 1, "and it goes on when the server is back"


def test_silence_on_a_line_of_the_pool_is_an_error(address: str, line: Proxy) -> None:
    with closing(open_postgresql(address)) as database:
        line.silence()
        fails(lambda: ask(database), 6)
        line.speak()
        assert ask(database) == 1


def test_what_is_for_all_readers_may_be_silent_for_longer(address: str) -> None:
    with closing(open_postgresql(address)) as database:
        with database.writing(for_all_readers=True) as connection:
            connection.exec_driver_sql("SELECT pg_sleep(3)")
        with pytest.raises(StoreUnreachable, match="no word came"), database.writing() as other:
            other.exec_driver_sql("SELECT pg_sleep(3)")


def test_a_line_that_was_given_up_half_made_is_closed(address: str, line: Proxy) -> None:
    """PostgreSQL waits for it, and takes nobody else meanwhile."""
    line.go_down()
    failures = []
    gc.disable()
    try:
        with closing(open_postgresql_as_it_is(address)) as database:
            for _ in range(2):
                with pytest.raises(StoreUnreachable) as failure:
                    ask(database)
                failures.append(failure)
            wait_until(lambda: line.half_made(0) == 0, within(1))
    finally:
        gc.enable()
    assert line.connected == len(failures)


def test_what_a_server_says_in_several_lines_is_one(address: str) -> None:
    with closing(open_postgresql(address)) as database:
        with pytest.raises(StoreError) as failure, database.reading() as connection:
            connection.exec_driver_sql("SELECT no_such_place FROM subscriber")
        assert "does not exist LINE 1: SELECT no_such_place FROM" in failure.value.message


def test_a_session_that_the_server_ends_is_told_once(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The pool would say by itself, with a traceback, that it cannot roll back on it."""
    with closing(open_postgresql(address)) as database:
        kept = KeptConnection(database)
        words = database.words(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        with pytest.raises(StoreUnreachable):
            kept.write(words, {})
        assert not caplog.records
        assert kept.write(database.words(sa.text("SELECT 1")), {}) == 1
        kept.let_go()


def test_pages_do_not_wait_for_ever(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All threads are in the database, and it says nothing."""
    monkeypatch.setattr(application, "_PATIENCE_SECONDS", 0.5)
    site = make_site(config(1))
    spec = load_config(site.folder / "publisher.yaml")
    shared = Shared(spec, Stores(spec, lambda: datetime.now(UTC)), structlog.get_logger())
    speaks, begun = threading.Event(), []

    def work(_shared: Shared, asked: Asked) -> Answered:
        begun.append(asked)
        speaks.wait(30)
        return Answered(body=b"done")

    app = SelfServiceApp(shared, {}, pages.later)
    asked = Asked(
        is_post=True, token="", query="", form={}, languages=(), network="", is_foreign=False
    )

    async def ask_many(count: int) -> list[int]:
        answers = (app._in_turn(work, asked) for _ in range(count))
        return [one.status for one in await asyncio.gather(*answers)]

    began = time.monotonic()
    assert asyncio.run(ask_many(20)) == [503] * 20
    assert time.monotonic() - began < within(5)
    held = len(begun)
    speaks.set()
    assert asyncio.run(ask_many(2)) == [200] * 2
    assert len(begun) == held + 2, "what was answered already is not done any more"
    app.close()


def test_what_is_in_doubt_is_counted_though_the_server_could_not_say_so(
    make_site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It frees what a dead one held, and its answer is lost."""
    mailed = Mailed(make_site(config(1)), connections=CONNECTIONS, database="sqlite")
    mailed.site.article("fog.md", "A text about fog.")
    with relay(tmp_path / "log", "wait=0.1") as there:
        mailed.use(there)
        mailed.readers(30)
        mailed.site.publish()
        dying = mailed.start()
        wait_until(lambda: there.count() > 5)
        kill(dying)
        take_over, lost = Ledger.take_over, []

        def and_away(self: Ledger, *about: Any) -> Any:
            freed = take_over(self, *about)
            if not lost:
                lost.append(freed)
                raise StoreUnreachable("no word came")
            return freed

        monkeypatch.setattr(Ledger, "take_over", and_away)
        clock = datetime.fromisoformat(NOW).timestamp
        file = mailed.site.folder / ".publisher/publisher.db"
        with closing(open_sqlite(file, lambda: int(clock() * 1000))) as database:
            spec = load_config(mailed.site.folder / "publisher.yaml")
            report = deliver(spec, database, IssueStore(database).load)
    assert lost[0].doubtful == mailed.states()["doubtful"] > 0
    assert report.counts["doubtful"] == lost[0].doubtful
    assert report.exit_code == 3
