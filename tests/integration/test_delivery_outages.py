"""Delivery while what it stands on goes away: the freeze, the disk, the database, the reader.

The faults F2, F4, F6, F7 and F21.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.store.engine import open_postgresql, open_sqlite
from publisher.store.ledger import Batch, Ledger
from tests.command import start_warm
from tests.mailings import CONNECTIONS, Mailed, config, found_against, kill, later
from tests.postgres import Server, postgresql_server
from tests.relays import Relay, relay
from tests.serving import wait_until, within
from tests.sites import Site


@pytest.fixture
def postgresql() -> Iterator[Server]:
    with postgresql_server() as server:
        yield server


def check(mailed: Mailed, there: Relay, addresses: list[str]) -> Counter[str]:
    """Everybody got it, nobody twice but in doubt, and the ledger tells the truth."""
    found = found_against(mailed, there, addresses)
    assert (found["lost"], found["untrue"], found["different"]) == (0, 0, 0)
    assert found["sent"] == len(addresses)
    assert set(there.copies()) == set(addresses)
    return found


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.long)])
def test_killed_while_an_issue_is_frozen_all_or_none_have_a_row(
    mailed: Mailed, tmp_path: Path, kills: int
) -> None:
    """F2: the issue and its deliveries are there together, and before that nothing leaves."""
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.readers(1500)
        began = time.monotonic()
        mailed.site.publish()
        took = time.monotonic() - began
        assert len(mailed.ledger()) == 1500
        chance = random.Random(kills)
        for number in range(1, kills + 1):
            now = later((number - 1) * 7 * 86400 + 17 * 3600)  # a Monday, an hour after its time
            mailed.site.article(f"a{number}.md", "A text.", date=now[:10])
            with (tmp_path / "said").open("wb") as log:
                process = start_warm(
                    ("publish", "--now", now), mailed.site.folder, os.environ, log.fileno()
                )
            time.sleep(took * chance.uniform(0.2, 1.1))
            process.kill()
            process.wait(30)
            rows = Counter(row["issue"] for row in mailed.ledger())
            assert set(rows.values()) == {1500}
            mailed.site.publish(now=now)
            rows = Counter(row["issue"] for row in mailed.ledger())
            assert rows == {str(issue): 1500 for issue in range(1, number + 2)}
        assert there.taken() == []


def test_after_a_power_cut_nothing_that_was_sent_is_forgotten(
    mailed: Mailed, tmp_path: Path
) -> None:
    """F4: the files of the database as they are at an instant, as a disk would have them."""
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(400)
        mailed.site.publish()
        process = mailed.start()
        wait_until(lambda: len(there.taken()) > 60)
        os.killpg(process.pid, signal.SIGSTOP)
        taken = len(there.taken())
        state = mailed.site.folder / ".publisher"
        on_disk = {file: file.read_bytes() for file in state.glob("publisher.db*")}
        kill(process)
        for file, data in on_disk.items():
            file.write_bytes(data)
        states = mailed.states()
        assert taken - 2 * CONNECTIONS <= states["sent"] <= taken
        assert states["sending"] <= CONNECTIONS
        assert mailed.deliver().code == 3
        assert mailed.deliver(after=16 * 60).code == 0
        found = check(mailed, there, addresses)
        assert found["copies"] <= 2 * CONNECTIONS


@pytest.mark.parametrize(
    ("readers", "restarts"), [(150, 1), pytest.param(20_000, 5, marks=pytest.mark.long)]
)
def test_a_database_that_restarts_is_gone_on_with(
    postgresql: Server,
    make_site: Callable[..., Site],
    tmp_path: Path,
    readers: int,
    restarts: int,
) -> None:
    """F6: the server dies as in a power cut, again and again, while mail is sent."""
    site = make_site(config(1, CONNECTIONS) + f"database: {postgresql.address}\n")
    site.article("fog.md", "A text about fog.")
    mailed = Mailed(site=site, connections=CONNECTIONS, database=postgresql.address)
    with relay(tmp_path / "log", "wait=0.04") as there:
        mailed.use(there)
        addresses = mailed.readers(readers)
        mailed.site.publish()
        process = mailed.start()
        for restart in range(restarts):
            mark = (restart + 1) * readers // (restarts + 2)
            wait_until(lambda mark=mark: len(there.taken()) > mark, seconds=300)  # type: ignore[misc]
            postgresql.stop()
            before = len(there.taken())
            time.sleep(0.5)
            assert len(there.taken()) - before <= CONNECTIONS, "without the ledger nothing leaves"
            postgresql.start()
        code, said = process.ended(600)
        assert code == 3, said
        assert "doubtful" in said
        states = mailed.states()
        assert states["doubtful"] <= CONNECTIONS * restarts
        assert states["sent"] + states["doubtful"] == readers
        mailed.deliver(after=3600)
        assert check(mailed, there, addresses)["copies"] <= CONNECTIONS * restarts


def test_while_the_database_is_away_nothing_leaves_and_nobody_is_pestered(
    postgresql: Server, make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """F7: told to end it ends; else it waits, and asks less than once a second."""
    site = make_site(config(1, CONNECTIONS) + f"database: {postgresql.address}\n")
    site.article("fog.md", "A text about fog.")
    mailed = Mailed(site=site, connections=CONNECTIONS, database=postgresql.address)
    with relay(tmp_path / "log", "wait=0.05") as there:
        mailed.use(there)
        mailed.readers(200)
        mailed.site.publish()
        process = mailed.start()
        wait_until(lambda: len(there.taken()) > 20)
        postgresql.stop()
        time.sleep(0.5)
        before, used = len(there.taken()), _processor_time(process.pid)
        time.sleep(4)
        assert process.poll() is None
        assert len(there.taken()) == before
        assert _processor_time(process.pid) - used < 0.5
        os.kill(process.pid, signal.SIGTERM)
        code, said = process.ended(30)
        assert code == 1
        assert "cannot be used" in said
        assert "nothing is sent meanwhile" in said


def _processor_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_who_leaves_while_mail_is_sent_gets_nothing_more(mailed: Mailed, tmp_path: Path) -> None:
    """F21: each leaves by a transaction of their own; no intent is noted after it."""
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        addresses = mailed.readers(500)
        mailed.site.publish()
        process = mailed.start()
        wait_until(lambda: len(there.taken()) > 20)
        left: dict[str, float] = {}
        if mailed.database == "sqlite":
            file = mailed.site.folder / ".publisher/publisher.db"
            database = open_sqlite(file, lambda: int(time.time() * 1000))
        else:
            database = open_postgresql(mailed.database)
        with_mail = [address for address in addresses if address not in there.copies()]
        for address in reversed(with_mail[::2]):
            with database.writing() as connection:
                gone = connection.execute(
                    sa.text(
                        "UPDATE subscription SET state = 'unsubscribed' WHERE subscriber = "
                        "(SELECT id FROM subscriber WHERE email = :email)"
                    ),
                    {"email": address},
                ).rowcount
                assert gone == 1
            left[address] = time.time()
        database.close()
        code, said = process.ended()
        assert code == 0, said
        taken = {message.recipient: message.at for message in there.taken()}
        late = {one: taken[one] - at for one, at in left.items() if taken.get(one, 0) > at}
        # an intent that was on disk before may end after it: one for each connection and instant
        assert all(seconds < within(1) for seconds in late.values()), late
        assert len(late) <= len(left) // 10
        skipped = {row["recipient"] for row in mailed.ledger() if row["state"] == "skipped"}
        assert skipped == left.keys() - taken.keys()
        assert len(skipped) > 100


def test_who_leaves_while_a_note_waits_for_its_shard_gets_nothing(
    mailed: Mailed, tmp_path: Path
) -> None:
    """P6: whatever a statement saw when it began, it does not go on with after a wait."""
    if mailed.database == "sqlite":
        pytest.skip("a file has one writer at a time: whoever waits has seen nothing yet")
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.readers(10)
        mailed.site.publish()
    with closing(open_postgresql(mailed.database)) as database, ThreadPoolExecutor() as pool:
        ledger = Ledger(database)
        lease = ledger.claim("one", 60, ["weekly"])
        assert lease is not None
        first, *others = ledger.recipients(lease)
        batch = Batch(results=[], intents=[first, *others])
        with database.writing() as holder:
            holder.execute(sa.text("SELECT 1 FROM shard FOR UPDATE"))
            noting = pool.submit(ledger.write, batch, {(lease.mailing, lease.shard): lease})
            time.sleep(0.5)
            assert not noting.done()
            with database.writing() as connection:
                connection.execute(
                    sa.text(
                        "UPDATE subscription SET state = 'unsubscribed' WHERE subscriber = :id"
                    ),
                    {"id": first.subscriber},
                )
        stands, lost = noting.result(30)
        ledger.let_go()
    assert stands == {(one.mailing, one.subscriber) for one in others}
    assert not lost
    assert mailed.states()["skipped"] == 1
