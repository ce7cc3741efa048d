"""What a run of `publisher deliver` reads does not grow with the readers whom it has no mail for.

It is counted, not timed: the steps of SQLite's machine, the rows that a server reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from publisher.mailing.deliver import deliver
from publisher.store.engine import Database
from tests.integration.test_pages_before_mail import opened
from tests.mailings import Mailed, later
from tests.serving import wait_until
from tests.sites import CONFIG, UNJUDGED

FEW, MANY = 1_000, 20_000
SENT = 10
WEEK = 7 * 86400
_EVERY = 10
"""Steps of SQLite's machine between two calls of the counter."""

_READ = sa.text(
    "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint"
    " FROM pg_stat_user_tables"
)
_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def crowd(mailed: Mailed, readers: int) -> None:
    """So many readers, and no mail for those before."""
    text = f"{CONFIG}{UNJUDGED}database: {mailed.database}\nsmtp: {{folder: mail{readers}}}\n"
    mailed.site.write("publisher.yaml", text)
    with opened(mailed.site) as (_, stores), stores.database.writing() as connection:
        for table in ("delivery", "shard", "mailing", "subscription", "subscriber"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        for statement in (
            f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {readers})
            INSERT INTO subscriber (email, box, name, language, timezone, fields, created)
            SELECT 'reader' || i || '@d.example', 'box' || i, '', '', '', '{{}}', 0 FROM n""",
            """INSERT INTO subscription
            SELECT id, 'weekly', '', '', 'active', 0, 0, NULL, NULL, '[]' FROM subscriber""",
        ):
            connection.execute(sa.text(statement))


def nearly_all_sent(database: Database) -> None:
    """As if all had their mail but the last few."""
    with database.writing() as connection:
        connection.execute(
            sa.text(
                "UPDATE delivery SET state = 'sent' WHERE subscriber <="
                f" (SELECT max(subscriber) FROM delivery) - {SENT}"
            )
        )


@contextmanager
def steps(done: list[int]) -> Iterator[None]:
    """How many steps SQLite does meanwhile, about."""
    counter = itertools.count(1)

    def watch(driver: Any, _record: object) -> None:
        driver.set_progress_handler(lambda: next(counter) and 0, _EVERY)

    sa.event.listen(Engine, "connect", watch)
    try:
        yield
    finally:
        sa.event.remove(Engine, "connect", watch)
    done.append(next(counter) * _EVERY)


@contextmanager
def rows(mailed: Mailed, done: list[int]) -> Iterator[None]:
    """How many rows a server reads meanwhile."""

    def read() -> int:
        with opened(mailed.site) as (_, stores), stores.database.reading() as connection:
            wait_until(lambda: connection.execute(_OTHERS).scalar_one() == 0)
            return int(connection.execute(_READ).scalar_one())

    before = read()
    yield
    done.append(read() - before)


DEEDS: dict[str, tuple[Callable[[Database], None], int | None]] = {
    "a few of all": (lambda _: None, SENT),
    "what is left": (nearly_all_sent, None),
}
"""What was done before, and the limit of the run."""


@pytest.mark.parametrize("name", DEEDS)
def test_it_costs_the_same_in_a_crowd(mailed: Mailed, name: str) -> None:
    before, limit = DEEDS[name]
    done: list[int] = []
    for number, readers in enumerate((FEW, MANY)):
        crowd(mailed, readers)
        now = later(WEEK * number)
        mailed.site.article(f"{number}.md", "New.", date=later(WEEK * number - 6 * 86400)[:10])
        mailed.site.publish(now=now)
        with opened(mailed.site, now) as (_, stores):
            before(stores.database)
        counted = steps(done) if mailed.database == "sqlite" else rows(mailed, done)
        with counted, opened(mailed.site, now) as (config, stores):
            totals: set[int] = set()
            report = deliver(
                config,
                stores.database,
                stores.issues.load,
                limit=limit,
                progress=lambda _what, _done, total, totals=totals: totals.add(total),
            )
        assert report.counts == {"sent": SENT}, report
        assert totals == {SENT}, "of so many it says how far it is"
    few, many = done
    assert 0 < many < 2 * few, done


@pytest.mark.long
@pytest.mark.parametrize("mailed", ["postgresql"], indirect=True)
def test_a_server_that_counted_when_all_was_sent_sends_the_next_issue(mailed: Mailed) -> None:
    """It takes what is not sent to be next to nothing, and held each delivery against all others:
    of so many readers its time for a statement was over before a message left."""
    crowd(mailed, 2 * MANY)
    mailed.site.publish()
    with opened(mailed.site) as (_, stores):
        with stores.database.writing() as connection:
            connection.execute(sa.text("UPDATE delivery SET state = 'sent'"))
        with stores.database.reading() as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    mailed.site.article("new.md", "New.", date=later(86400)[:10])
    mailed.site.publish(now=later(WEEK))
    ran = mailed.deliver("--limit", str(SENT), after=WEEK)
    assert (ran.code, ran.out) == (0, f"{SENT} sent\n"), ran.err
