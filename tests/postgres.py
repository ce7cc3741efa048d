"""A PostgreSQL server of the tests' own, from the distribution's binaries, on loopback alone."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest

from publisher.store.engine import Database, open_postgresql, open_sqlite
from tests.web_servers import free_port

_FOLDERS = Path("/usr/lib/postgresql")


def find_postgresql() -> Path | None:
    """The folder of the newest server's programs, None where there is none."""
    found = sorted(_FOLDERS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL, which may be stopped and started again."""

    address: str
    control: Callable[..., None]

    def stop(self) -> None:
        """As a power cut would."""
        self.control("-m", "immediate", "-w", "stop")

    def start(self) -> None:
        """Until it answers."""
        self.control("-w", "start")


@contextlib.contextmanager
def postgresql_server() -> Iterator[Server]:
    """A server with a fresh database; who asks skips where it is not installed, or fails if it is
    due."""
    programs = find_postgresql()
    if programs is None:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail("PostgreSQL is not installed, and REQUIRE_SERVICES=1")
        pytest.skip("PostgreSQL is not installed")
    with running(programs) as server:
        yield server


def fresh(server: str, name: str) -> str:
    """A database of its own on the server."""
    import psycopg

    own = "t" + "".join(letter for letter in name.lower() if letter.isalnum())[-50:]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {own}")
    return server.rpartition("/")[0] + f"/{own}"


@contextlib.contextmanager
def either_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A file, or a database on the module's `server`, by the fixture's parameter."""
    if request.param == "sqlite":
        opened = open_sqlite(tmp_path / "publisher.db", lambda: 0)
    else:
        address = fresh(request.getfixturevalue("server").address, request.node.name)
        opened = open_postgresql(address)
    with contextlib.closing(opened):
        yield opened


@lru_cache
def _made(programs: Path) -> Path:
    """What initdb makes, once for all servers of this process: to copy it takes no time."""
    folder = tempfile.mkdtemp(prefix="publisher-postgresql-")
    atexit.register(shutil.rmtree, folder)
    data = Path(folder, "data")
    _run_as_user(
        folder, f"{programs}/initdb", "-D", data, "-U", "publisher", "-A", "trust", "--no-sync"
    )
    return data


def _run_as_user(folder: str, *command: str | Path) -> None:
    """Run one of its programs. It refuses to run as root, so there it runs as nobody."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)


@contextlib.contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server with a fresh database; it ends with the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="publisher-postgresql-") as folder:
        run = partial(_run_as_user, folder)
        data = f"{folder}/data"
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"

        def control(*what: str) -> None:
            run(f"{programs}/pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", *what)

        run("cp", "-R", _made(programs), data)
        control("-w", "start")
        try:
            run(
                f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "publisher",
                "courier",
            )  # fmt: skip
            address = f"postgresql://publisher@127.0.0.1:{port}/courier"
            yield Server(address=address, control=control)
        finally:
            if Path(data, "postmaster.pid").exists():
                control("-m", "immediate", "-w", "stop")
