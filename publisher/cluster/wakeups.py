"""EDGE. The queue of jobs, Procrastinate on the database of the ledger: it wakes, and no more.

A job says that a shard may have something to send. It may be lost, come late or several times,
and end before its work does: whoever has it asks the ledger. So the queue's tables hold nothing
that is missed. They are in a schema of their own, named by the version of the library: two
versions at once never meet, and an upgrade needs no migration. See docs/decisions/0029.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from importlib.metadata import version
from typing import Any, cast

import procrastinate
import psycopg
import sqlalchemy as sa
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy.engine import Connection, make_url

from publisher.errors import StoreUnreachable
from publisher.store.engine import CONNECTING, Database
from publisher.values import dataclass

SHARDS, BEAT = "shards", "beat"
"""The queues: of shards to send, and of what is done each minute."""

_RUN_SHARD, _TICK, _REAP = "run_shard", "tick", "reap"
_SCHEMA = "publisher_jobs_" + version("procrastinate").replace(".", "_")
_AMONG_OURS = (
    f"SELECT set_config('search_path', '{_SCHEMA}, ' || current_setting('search_path'), true)"
)
_PREPARING = 0x6A6F6273  # the lock that lets one process make the tables ("jobs")
_PIECE = 500
_EACH_MINUTE = "* * * * *"

HEARTBEAT_SECONDS = 10.0
_STALLED_SECONDS = 30.0
"""Without a sign of life for so long, a worker's jobs are given to others."""

_LOOK_SECONDS = 0.2
_POLL_SECONDS = 5.0
"""How often is looked for jobs of which no notification came."""

_JOBS = JobManager(SyncPsycopgConnector())
"""Puts jobs into transactions of others; it has no connection of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What jobs do, in threads of `threads`; `concurrency` shards at a time."""

    run_shard: Callable[[int, int], object]
    tick: Callable[[], object]
    threads: Executor
    concurrency: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What whoever serves the queue is asked and told: whether it is to end, or can do nothing
    more; that all is well, again and again; that it is about to end."""

    is_over: Callable[[], bool]
    has_failed: Callable[[], bool]
    alive: Callable[[], object]
    ending: Callable[[], object]


def prepare(database: Database) -> None:
    """Make the queue's tables where they are not there. Raises StoreError."""
    with database.writing() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PREPARING)))
        there = sa.select(sa.func.to_regclass(f"{_SCHEMA}.procrastinate_jobs"))
        if connection.execute(there).scalar() is None:
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            connection.exec_driver_sql(f"SET LOCAL search_path = {_SCHEMA}")
            _raw(connection).execute(SchemaManager.get_schema())


def wake_for(connection: Connection, places: Sequence[tuple[int, int]]) -> None:
    """A job for each of these shards, in this transaction; none where one waits already."""
    connection.exec_driver_sql(_AMONG_OURS)
    names = [_name(place) for place in places]
    waiting = connection.exec_driver_sql(
        "SELECT queueing_lock FROM procrastinate_jobs"
        " WHERE status = 'todo' AND queueing_lock = ANY(%(names)s)",
        {"names": names},
    )
    known = set(waiting.scalars())
    new = [place for place, name in zip(places, names, strict=True) if name not in known]
    for at in range(0, len(new), _PIECE):
        _defer(connection, new[at : at + _PIECE])


def _defer(connection: Connection, places: Sequence[tuple[int, int]]) -> None:
    """Put jobs into the queue; each alone where another process has put some at the same time."""
    try:
        with connection.begin_nested():
            _JOBS.batch_defer_jobs([_job(place) for place in places], connection=_raw(connection))
    except AlreadyEnqueued:
        for place in places if len(places) > 1 else ():
            _defer(connection, [place])


def _job(place: tuple[int, int]) -> Job:
    return Job(
        queue=SHARDS,
        lock=None,  # the lease in the ledger is what keeps two from one shard
        queueing_lock=_name(place),
        task_name=_RUN_SHARD,
        task_kwargs={"mailing": place[0], "shard": place[1]},
    )


def _name(place: tuple[int, int]) -> str:
    return f"shard {place[0]} {place[1]}"


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.dbapi_connection)


# ---------------------------------------------------------------- serving the queue


async def serve(address: str, work: Work, watch: Watch) -> None:
    """Do jobs as they come until told to stop; then those in hand end.

    Raises StoreUnreachable where the queue cannot be used.
    """
    asyncio.get_running_loop().set_exception_handler(_tell)
    try:
        said = await _serve(_app(address, work), work, watch)
    except (ConnectorException, psycopg.Error) as error:
        said = _said(error)
    if said:  # raised here and from nothing: what was caught holds on to connections
        raise StoreUnreachable(f"the queue of jobs cannot be used: {said}")


async def _serve(app: procrastinate.App, work: Work, watch: Watch) -> str:
    """Gives what is wrong with the queue, nothing where it was left for another reason."""
    tasks = [asyncio.create_task(_open(app))]
    is_told = False
    try:
        is_told = await _watched(tasks, watch)
        if not is_told and not _failures(tasks):
            # A queue of its own for what is done each minute: no long shard keeps it waiting.
            tasks = [
                asyncio.create_task(_run(app, queue, count))
                for queue, count in ((SHARDS, work.concurrency), (BEAT, 2))
            ]
            is_told = await _watched(tasks, watch)
    finally:
        watch.ending()
        await _end(tasks, patiently=is_told)
        await app.close_async()
    if is_told or watch.has_failed():
        return ""
    return next(iter(_failures(tasks)), "it has ended")


async def _open(app: procrastinate.App) -> None:
    await app.open_async()


async def _watched(tasks: Sequence[asyncio.Task[None]], watch: Watch) -> bool:
    """Until one of them is done or the process can do nothing more (False), or is told to end."""
    while not (watch.has_failed() or any(one.done() for one in tasks)):
        watch.alive()
        await asyncio.sleep(_LOOK_SECONDS)
        if watch.is_over():
            return True
    return False


async def _end(tasks: Sequence[asyncio.Task[None]], *, patiently: bool) -> None:
    """Have them end, after the jobs in hand or else at once."""
    for one in tasks:
        one.cancel()
    while not patiently:
        # Each thing that they would still tell the database is cut off, or it has to be waited for.
        _, pending = await asyncio.wait(tasks, timeout=_LOOK_SECONDS)
        if not pending:
            break
        for one in pending:
            one.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _failures(tasks: Sequence[asyncio.Task[None]]) -> list[str]:
    """What those say that have failed."""
    failures = (one.exception() for one in tasks if one.done() and not one.cancelled())
    return [_said(failure) for failure in failures if failure is not None]


def _said(failure: BaseException) -> str:
    if isinstance(failure, (ConnectorException, psycopg.Error)):
        return " ".join((str(failure) or str(failure.__cause__)).split())
    return repr(failure)


async def _run(app: procrastinate.App, queue: str, count: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=count,
        fetch_job_polling_interval=_POLL_SECONDS,
        delete_jobs=DeleteJobCondition.ALWAYS,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=_STALLED_SECONDS,
    )


def _app(address: str, work: Work) -> procrastinate.App:
    url = make_url(address).set(drivername="postgresql")
    options = f"{CONNECTING['options']} -c search_path={_SCHEMA}"
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={**CONNECTING, "options": options},
        min_size=1,
        max_size=4,
        timeout=15.0,
    )
    app = procrastinate.App(connector=connector)

    def aside(act: Callable[..., object], *arguments: int) -> Awaitable[object]:
        return asyncio.get_running_loop().run_in_executor(work.threads, act, *arguments)

    @app.task(name=_RUN_SHARD, queue=SHARDS)
    async def run_shard(mailing: int, shard: int) -> None:
        await aside(work.run_shard, mailing, shard)

    @app.periodic(cron=_EACH_MINUTE)
    @app.task(name=_TICK, queue=BEAT, queueing_lock=_TICK)
    async def tick(timestamp: int) -> None:
        del timestamp
        await aside(work.tick)

    @app.periodic(cron=_EACH_MINUTE)
    @app.task(name=_REAP, queue=BEAT, queueing_lock=_REAP)
    async def reap(timestamp: int) -> None:
        del timestamp
        await _give_on(app.job_manager)

    del run_shard, tick, reap  # the app has them
    return app


async def _give_on(manager: JobManager) -> None:
    """Have jobs of workers that are gone done by others. Where the sweep has put another in the
    queue for the same, the old one goes."""
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS)
    for job in stalled:
        assert job.id is not None
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            with suppress(ConnectorException):  # it has ended meanwhile
                await manager.finish_job_by_id_async(job.id, status=Status.FAILED, delete_job=True)
        except ConnectorException:
            continue  # likewise


def _tell(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A job whose end could not be noted, for it was given to others meanwhile, is no news."""
    logging.getLogger(__name__).debug("%s: %r", context.get("message"), context.get("exception"))


def quiet(level: int = logging.CRITICAL) -> None:
    """What libraries say of jobs and lost connections; we say ourselves what follows of it."""
    for name in ("procrastinate", "psycopg", "sqlalchemy.pool"):
        logging.getLogger(name).setLevel(level)
