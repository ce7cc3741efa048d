"""Workers on one PostgreSQL database: what they send is what one machine would have sent.

The faults F27 to F30 are in here, P12 too; what takes the database away is in
test_cluster_outages.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mailings import CONNECTIONS, Mailed, config, found_against
from tests.postgres import fresh
from tests.relays import Taken, relay
from tests.serving import within
from tests.sites import Site
from tests.workers import LEASE, workers_of

LONG_AGO = "2020-01-01"


@pytest.fixture
def clustered(server: str, make_site: Callable[..., Site], tmp_path: Path) -> Mailed:
    """A site with an article, on a PostgreSQL database of its own. It goes by the machine's clock,
    as leases do."""
    database = fresh(server, tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.", date=LONG_AGO)
    return Mailed(site=site, connections=CONNECTIONS, database=database)


@pytest.mark.parametrize("count", [1000, pytest.param(20_000, marks=pytest.mark.long)])
def test_it_sends_what_one_machine_would_have_sent(
    clustered: Mailed, tmp_path: Path, count: int
) -> None:
    """P12: an issue to the same readers, once by `deliver` on SQLite, once by four workers."""
    alone = Mailed(site=Site(tmp_path / "alone"), connections=CONNECTIONS, database="sqlite")
    alone.site.write("publisher.yaml", config(1, CONNECTIONS))
    alone.site.article("fog.md", "A text about fog.", date=LONG_AGO)
    alone.readers(count, domains=2)
    assert alone.site.run("deliver", now=None).out == "nothing to send\n"  # which makes the keys
    alone.site.publish(now=None)
    assert alone.site.run("backup", "state.zip", now=None).code == 0
    with relay(tmp_path / "alone.log") as there:
        alone.use(there)
        assert alone.site.run("deliver", now=None).code == 0
        expected = there.taken()
    with relay(tmp_path / "log") as there, workers_of(clustered) as workers:
        clustered.use(there)
        ran = clustered.site.run("restore", str(alone.site.folder / "state.zip"), now=None)
        assert ran.code == 0, ran.err
        clustered.site.publish(now=None)
        assert clustered.site.run("issue", "resume", "weekly", "1", now=None).code == 0
        for _ in range(4):
            workers.start("--send-only", "--concurrency", "1")
        workers.until(lambda: there.count() >= count, 60 + count / 100)
        workers.until(lambda: clustered.states() == {"sent": count})
        workers.end()
        assert same(there.taken()) == same(expected)
        assert len(there.taken()) == len(expected) == count


def same(messages: list[Taken]) -> set[tuple[str, str, str]]:
    """To whom, and what, to the last byte."""
    return {(one.recipient, one.message_id, one.text_hash) for one in messages}


@pytest.mark.parametrize(
    ("readers", "kills", "lease"),
    [(800, 1, LEASE), pytest.param(20_000, 20, 60.0, marks=pytest.mark.long)],
)
def test_what_a_killed_worker_held_others_send(
    clustered: Mailed, tmp_path: Path, readers: int, kills: int, lease: float
) -> None:
    """F27: kill -9 of one of four, again and again, each replaced by its supervisor."""
    with relay(tmp_path / "log", "wait=0.004") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(readers)
        clustered.site.publish(now=None)
        for _ in range(4):
            workers.start("--send-only", lease=lease)
        chance = random.Random(kills)
        for kill in range(kills):
            mark = (kill + 1) * readers // (kills + 2)
            workers.until(lambda mark=mark: there.count() > mark, 300)  # type: ignore[misc]
            chance.choice([one for one in workers.all if one.process.poll() is None]).kill()
            workers.start("--send-only", lease=lease)
        workers.until(lambda: clustered.states().keys() <= {"sent", "doubtful"}, within(90))
        workers.end()
        assert clustered.states()["doubtful"] <= CONNECTIONS * kills
        found = found_against(clustered, there, addresses)
        assert (found["lost"], found["untrue"], found["different"], found["copies"]) == (0, 0, 0, 0)


def test_a_paused_worker_that_wakes_sends_nothing_of_what_others_took_over(
    clustered: Mailed, tmp_path: Path
) -> None:
    """F13, F28: paused beyond its lease in the midst of its messages; its job was stranded, too."""
    with relay(tmp_path / "log", "wait=0.02") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(250)
        clustered.site.publish(now=None)
        sleeper = workers.start(lease=2)
        workers.until(lambda: there.count() > 40)
        sleeper.signal(signal.SIGSTOP)
        workers.start(lease=2).wait_for("worker.publishes")
        workers.until(lambda: clustered.states().keys() <= {"sent", "doubtful"})
        doubtful = {row["recipient"] for row in clustered.ledger() if row["state"] == "doubtful"}
        assert len(doubtful) <= CONNECTIONS
        before = len(there.taken())
        sleeper.signal(signal.SIGCONT)
        time.sleep(1.5)
        since = {message.recipient for message in there.taken()[before:]}
        assert since <= doubtful, "what was on the wire may end; nothing is begun"
        sleeper.wait_for("worker.publishes_no_more")
        assert max(there.copies().values()) == 1
        assert len(there.taken()) >= len(addresses) - len(doubtful)
        workers.end()


def test_what_becomes_of_jobs_changes_nothing(clustered: Mailed, tmp_path: Path) -> None:
    """F28 to F30: of two shards, one in hand, all jobs are lost; then each comes five times; then
    one is left that a worker had which is gone."""
    with relay(tmp_path / "log", "wait=0.004") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(1000)
        clustered.site.publish(now=None)
        workers.start("--send-only", "--concurrency", "1")
        workers.until(lambda: there.count() > 20)
        with queue_of(clustered) as queue:
            queue.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
            stranded = (
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) SELECT"
                " 'shards', 'run_shard', jsonb_build_object('mailing', 1, 'shard', shard), %s"
                " FROM public.shard"
            )
            queue.execute(stranded, ("doing",))
            workers.start("--send-only")  # which looks for what is missing, as all do each minute
            workers.until(lambda: clustered.states() == {"sent": 1000})
            for _ in range(5):
                queue.execute(stranded, ("todo",))
            workers.until(lambda: jobs(queue, "todo") == 0)
            # Those of before are gone where a minute began meanwhile.
            assert queue.execute(stranded, ("doing",)).rowcount >= 2
            queue.execute("DELETE FROM procrastinate_periodic_defers")
            workers.start("--send-only")  # finds the minute's jobs not done yet
            workers.until(lambda: jobs(queue, "todo") == jobs(queue, "doing") == 0)
            assert jobs(queue, "failed") == jobs(queue, "succeeded") == 0, "none is kept"
        workers.end()
        assert there.copies() == dict.fromkeys(addresses, 1)


def test_what_a_client_locks_that_is_cut_off_holds_up_nothing_else(
    clustered: Mailed, tmp_path: Path
) -> None:
    """Its transaction is open on the server, which ends it after a while; its lease is over."""
    import psycopg

    with relay(tmp_path / "log") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(1000)
        clustered.site.publish(now=None)
        with psycopg.connect(clustered.database) as client:
            client.execute("UPDATE shard SET owner = 'far.away.1.x', deadline = 1 WHERE shard = 0")
            client.commit()
            client.execute("SELECT * FROM shard WHERE shard = 0 FOR UPDATE")
            workers.start("--send-only", lease=2)
            workers.until(lambda: clustered.states()["sent"] == 500, within(15))
            assert there.count() == 500
            time.sleep(1)
            assert clustered.states()["sent"] == 500
        workers.until(lambda: clustered.states() == {"sent": 1000}, within(15))
        workers.end()
        assert there.copies() == dict.fromkeys(addresses, 1)


@contextmanager
def queue_of(mailed: Mailed) -> Iterator[Any]:
    """The tables of the queue."""
    import psycopg

    with psycopg.connect(mailed.database, autocommit=True) as connection:
        found = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'publisher_jobs_%'"
        ).fetchall()
        ((schema,),) = found
        connection.execute(f"SET search_path = {schema}")
        yield connection


def jobs(queue: Any, status: str) -> int:
    """How many there are of shards."""
    counted = "SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'shards' AND status = %s"
    number: int = queue.execute(counted, (status,)).fetchone()[0]
    return number


def test_the_jobs_of_an_issue_are_made_with_it(clustered: Mailed, tmp_path: Path) -> None:
    """A worker publishes, the other sends at once; the first dies, and the other publishes."""
    with relay(tmp_path / "log") as there, workers_of(clustered) as workers:
        clustered.use(there)
        addresses = clustered.readers(60)
        first = workers.start()
        first.wait_for("issue.composed")
        workers.until(lambda: clustered.states() == {"sent": 60}, within(20))
        assert clustered.site.output("rss.xml").exists()
        second = workers.start()
        second.wait_for("worker.started")
        only = workers.start("--send-only")
        clustered.site.article("tide.md", "A text about tides.", date=LONG_AGO)
        assert "worker.publishes" not in second.said()
        first.kill()
        second.wait_for("worker.publishes", within(15))
        workers.until(lambda: b"tides" in clustered.site.output("rss.xml").read_bytes(), 20)
        workers.end()
        assert "worker.publishes" not in only.said()
        assert there.copies() == dict.fromkeys(addresses, 1)


def test_one_alone_is_told_what_it_lacks(make_site: Callable[..., Site]) -> None:
    """SQLite is for one machine; the way there is said."""
    site = make_site(config(1, CONNECTIONS))
    ran = site.run("worker", now=None)
    assert ran.code == 2
    assert "database: a worker shares its database with others, which SQLite cannot do" in ran.err
    assert "mend:  set `database: postgresql://…`, or run `publisher schedule`" in ran.err


@pytest.mark.parametrize(
    "limit", ["per_minute: 1800", pytest.param("per_domain: 1", marks=pytest.mark.long)]
)
def test_the_limits_of_a_relay_are_for_all_workers_together(
    clustered: Mailed, tmp_path: Path, limit: str
) -> None:
    """Thirty messages a second, or one after the other of a domain, however many workers send."""
    with relay(tmp_path / "log", "wait=0.035") as there, workers_of(clustered) as workers:
        clustered.use(there)
        text = clustered.site.folder.joinpath("publisher.yaml").read_text("utf-8")
        clustered.site.write("publisher.yaml", text.replace("smtp: {", f"smtp: {{{limit}, "))
        clustered.readers(1100, domains=1)
        clustered.site.publish(now=None)
        for _ in range(2):
            workers.start("--send-only")
        workers.until(lambda: there.count() >= 80)
        for one in workers.all:
            one.kill()
        at = [message.at for message in there.taken()]
        # By how much each came after its turn. One may be held up on its way, and all after it
        # seem to come soon; but none comes much before its turn by the first of a second.
        held_up = [one - place / 30 for place, one in enumerate(at)]
        assert min(held_up[50:]) > min(held_up[20:50]) - 0.2, "thirty a second, whoever sends"
        held = [one.said() for one in workers.all if "worker.started" in one.said()]
        assert len(held) == 2


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_each_shard_is_of_one_group_of_domains(
    database: str, make_site: Callable[..., Site], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Of 500 to 999 readers where there are as many; a domain with as many is a group."""
    if database == "postgresql":
        database = fresh(request.getfixturevalue("server"), tmp_path.name)
    site = make_site(config(1) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.")
    counts = {"Large.example": 1700, "medium.example": 500, "small.example": 499, "b.example": 3}
    lines = [f"r{n}@{domain}" for domain, count in counts.items() for n in range(count)]
    random.Random(1).shuffle(lines)
    site.write("readers.csv", "\n".join(["email", *lines]) + "\n")
    words = ("subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed")
    assert site.run(*words).code == 0
    site.publish()
    rows = (
        "SELECT shard, lower(substr(email, {at}(email, '@') + 1)), count(*) FROM delivery"
        " JOIN subscriber ON subscriber.id = delivery.subscriber GROUP BY 1, 2"
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for shard, domain, count in selected(site, database, rows):
        found[shard][domain] = count
    assert sorted(found) == list(range(len(found)))
    assert sorted(tuple(sorted(one.items())) for one in found.values()) == [
        (("b.example", 3), ("small.example", 499)),
        (("large.example", 566),),
        (("large.example", 567),),
        (("large.example", 567),),
        (("medium.example", 500),),
    ]


def selected(site: Site, database: str, statement: str) -> list[tuple[Any, ...]]:
    """Rows of the site's database."""
    if database == "sqlite":
        with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as connection:
            return connection.execute(statement.format(at="instr")).fetchall()
    import psycopg

    with psycopg.connect(database) as connection:
        return connection.execute(statement.format(at="strpos")).fetchall()


def test_a_worker_goes_by_the_configuration_of_now(clustered: Mailed) -> None:
    """Also where it waits for its database; a broken one changes nothing."""
    file = clustered.site.folder / "publisher.yaml"
    good = file.read_text("utf-8")
    with workers_of(clustered) as workers:
        file.write_text(good.replace(clustered.database, "postgresql://p@127.0.0.1:1/p"), "utf-8")
        worker = workers.start("--send-only")
        worker.wait_for("worker.waits")
        file.write_text(good, "utf-8")
        worker.wait_for("worker.started")
        file.write_text("sites: {}\n", "utf-8")
        worker.wait_for("config.refused")
        file.write_text(good + "#\n", "utf-8")
        workers.until(lambda: worker.said().count("worker.started") == 2)
        assert worker.said().count("config.reloaded") == 2
        workers.end()
