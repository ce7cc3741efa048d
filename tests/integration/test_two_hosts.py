"""Two hosts on one database, one of which is cut off from it and still reaches the relay (F31)."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hosts import Host, hosts
from tests.mailings import CONNECTIONS, Mailed, config, found_against
from tests.postgres import fresh
from tests.proxies import proxy_to
from tests.relays import relay
from tests.serving import within
from tests.sites import Site
from tests.workers import Worker, Workers, workers_of

ROOT = Path(__file__).resolve().parents[2]


def start(workers: Workers, host: Host, folder: Path, lease: float) -> Worker:
    """A worker in a namespace."""
    log = folder / "worker.log"
    words = (sys.executable, "-m", "tests.hasty_worker", f"{lease}", "45", "10", "worker")
    with log.open("ab") as said:
        process = subprocess.Popen(
            host.command(*words, "--send-only"),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    workers.all.append(Worker(process=process, log=log))
    return workers.all[-1]


@pytest.mark.long
@pytest.mark.parametrize(("times", "readers"), [((4, 2.0), 300), ((120, 60.0), 3000)])
def test_a_host_that_is_cut_off_stops_before_its_lease_ends(
    server: str,
    make_site: Callable[..., Site],
    tmp_path: Path,
    times: tuple[float, float],
    readers: int,
) -> None:
    """The other takes over; when the line is mended, the first goes on as one of two."""
    seconds, lease = times
    database = fresh(server, tmp_path.name)
    site = make_site(config(1, CONNECTIONS) + f"database: {database}\n")
    site.article("fog.md", "A text about fog.", date="2020-01-01")
    mailed = Mailed(site=site, connections=CONNECTIONS, database=database)
    port = int(database.rpartition(":")[2].partition("/")[0])
    with (
        hosts(2) as (first, second),
        relay(tmp_path / "log", "wait=0.04") as there,
        workers_of(mailed) as workers,
        proxy_to(port, first.near) as database_of_first,
        proxy_to(there.port, first.far) as relay_of_first,
        proxy_to(port, second.near) as database_of_second,
        proxy_to(there.port, second.far) as relay_of_second,
    ):
        mailed.use(there)
        addresses = mailed.readers(readers)
        site.publish(now=None)

        def folder_of(host: Host, near: int, far: int) -> Path:
            folder = tmp_path / host.name
            ignored = shutil.ignore_patterns(".publisher", "*.log")
            shutil.copytree(site.folder, folder, ignore=ignored)
            text = (folder / "publisher.yaml").read_text("utf-8")
            text = text.replace(f"127.0.0.1:{port}", f"{host.near}:{near}")
            text = text.replace(
                f"host: 127.0.0.1, port: {there.port}", f"host: {host.far}, port: {far}"
            )
            (folder / "publisher.yaml").write_text(text, "utf-8")
            return folder

        cut_off = start(
            workers,
            first,
            folder_of(first, database_of_first.port, relay_of_first.port),
            lease,
        )
        workers.until(lambda: there.count() > 40)
        first.cut()
        began = time.monotonic()
        time.sleep(lease / 2 + 0.5)
        before = there.count()
        assert before < readers - CONNECTIONS
        time.sleep(lease / 2)
        assert there.count() == before, "it has stopped before its lease ends"
        start(
            workers,
            second,
            folder_of(second, database_of_second.port, relay_of_second.port),
            lease,
        )
        workers.until(lambda: there.count() > before + 50, within(90))
        time.sleep(max(0.0, began + seconds - time.monotonic()))
        first.mend()
        workers.until(lambda: mailed.states().keys() <= {"sent", "doubtful"}, within(120))
        found = found_against(mailed, there, addresses)
        assert (found["lost"], found["untrue"], found["different"], found["copies"]) == (0, 0, 0, 0)
        assert found["doubtful"] <= CONNECTIONS
        assert cut_off.process.poll() is None
        for one in workers.all:
            one.signal(signal.SIGTERM)
        for one in workers.all:
            assert one.process.wait(60) == 0, one.said()
