"""The command as its user starts it, and a quicker way to the same for the hundreds of runs."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

TIMEOUT = 120.0
"""Seconds that a run may take."""

_NUMBER = struct.Struct("!i")
_SERVER = Path(__file__).with_name("warm.py")
_AT_START = ("TZ", "LANG", "LANGUAGE", "LC_", "PYTHON", "LD_", "MALLOC_", "GLIBC_")
"""How the names begin of what Python and its libraries read when they start."""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def run_cold(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> Ran:
    """`python -m publisher` in a folder, with this environment and no other."""
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
        env=dict(env),
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


def run_warm(arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> Ran:
    """The same in a fork of a process that has imported `publisher` already; about a second less.

    What differs: the modules of PRELOADED in tests/warm.py have been imported, whatever lies in
    the folder; a sample has been published, with templates that are compiled and checked once; all
    runs of one process of tests have one hash seed; the streams are files, not pipes; modules are
    not taken apart at the end. Umask and limits are those of the first warm run: a test of others
    runs cold. Python reads TZ, the locale and PYTHON* when it starts: where those are not what
    they were at the first warm run, this runs cold by itself.
    """
    server = _server()
    if _at_start(env) != server.environ:
        return run_cold(arguments, folder, env)
    return server.run(arguments, folder, env, TIMEOUT)


def run_killed(arguments: Sequence[str], folder: Path, env: Mapping[str, str], at: float) -> bool:
    """A warm run that is killed after so many seconds; False where it has ended before."""
    try:
        _server().run(arguments, folder, env, at)
    except subprocess.TimeoutExpired:
        return True
    return False


def start_warm(
    arguments: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    out: int,
    *,
    session: bool = False,
) -> Process:
    """A warm run that goes on by itself, both its streams to the descriptor `out`.

    With `session` it leads a process group of its own. Where Python would start otherwise than at
    the first warm run, it is a cold one.
    """
    server = _server()
    if _at_start(env) != server.environ:
        return subprocess.Popen(
            [sys.executable, "-m", "publisher", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(env),
            start_new_session=session,
        )
    return server.start(arguments, folder, env, (out, out), session=session)


class Process(Protocol):
    """What tests do with a process, be it a child or not."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | Any:
        """How it ended, once that has been asked for."""

    def poll(self) -> int | None:
        """How it ended, or None."""

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, when it has. Raises TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """A signal, unless it has ended."""

    def kill(self) -> None:
        """SIGKILL."""


class Started:
    """A warm run, which is no child of ours: its number and its end come through a socket."""

    def __init__(self, answers: socket.socket, arguments: Sequence[str]) -> None:
        self._answers = answers
        self._arguments = list(arguments)
        self.pid = _number(answers)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._answers], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self._arguments, timeout or 0)
            self.returncode = _number(self._answers)
            self._answers.close()
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """A signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended just now
                os.kill(self.pid, sig)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def __del__(self) -> None:
        self._answers.close()


class _Server:
    """The process that forks, of one process of tests."""

    def __init__(self) -> None:
        self.environ = _at_start(os.environ)
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed when the server has ended)
        self._messages, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, _SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self._end)

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        seconds: float,
    ) -> Ran:
        """Raises TimeoutExpired when the run took longer and has been killed."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            started = self.start(arguments, folder, env, (out.fileno(), err.fileno()))
            try:
                code = started.wait(seconds)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait(TIMEOUT)
                raise
            out.seek(0)
            err.seek(0)
            return Ran(code=code, out=out.read(), err=err.read())

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        streams: tuple[int, int],
        *,
        session: bool = False,
    ) -> Started:
        """A run whose output and errors go to two descriptors."""
        told = {"arguments": list(arguments), "folder": str(folder.absolute())}
        told |= {"environ": dict(env), "session": session}
        mine, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._messages, [b"."], [0, *streams, theirs.fileno()])
            mine.sendall(json.dumps(told).encode("ascii") + b"\n")
            return Started(mine, arguments)
        except ConnectionError as error:
            mine.close()
            self._log.seek(0)
            raise RuntimeError(f"no warm run is possible:\n{self._log.read()}") from error

    def _end(self) -> None:
        self._messages.close()  # which the server takes for the end
        self._process.wait(timeout=10)
        self._log.close()


def _number(answers: socket.socket) -> int:
    data = answers.recv(_NUMBER.size, socket.MSG_WAITALL)
    if len(data) < _NUMBER.size:
        raise ConnectionAbortedError("the process that forks has ended")
    number: int = _NUMBER.unpack(data)[0]
    return number


_servers: list[_Server] = []
_starting = threading.Lock()


def _server() -> _Server:
    with _starting:
        if not _servers:
            _servers.append(_Server())
        return _servers[0]


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    """What of an environment may matter when Python starts."""
    return {name: value for name, value in env.items() if name.startswith(_AT_START)}
