"""The command as its user starts it, and a quicker way to the same for the hundreds of runs."""

from __future__ import annotations

import atexit
import json
import os
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

TIMEOUT = 120.0
"""Seconds that a run may take."""

_NUMBER = struct.Struct("!i")
_SERVER = Path(__file__).with_name("warm.py")
_READ_LATER = ("PATH", "PYTEST_CURRENT_TEST")
"""What Python does not read when it starts; the second is the name of the running test."""


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
    the folder; our own templates have been compiled; all runs of one process of tests have one
    hash seed; the streams are files, not pipes; modules are not taken apart at the end. Umask and
    limits are those of the first warm run: a test of others runs cold. Python reads TZ, the
    locale and PYTHON* when it starts: where the environment, but for PATH, is not what it was at
    the first warm run, this runs cold by itself.
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
        told = {"arguments": arguments, "folder": str(folder.absolute()), "environ": dict(env)}
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            mine, theirs = socket.socketpair()
            mine.settimeout(seconds)
            try:
                with mine:
                    with theirs:
                        streams = [0, out.fileno(), err.fileno(), theirs.fileno()]
                        socket.send_fds(self._messages, [b"."], streams)
                    mine.sendall(json.dumps(told).encode("ascii") + b"\n")
                    code = _code(mine, arguments, seconds)
            except ConnectionError as error:
                self._log.seek(0)
                raise RuntimeError(f"no warm run is possible:\n{self._log.read()}") from error
            out.seek(0)
            err.seek(0)
            return Ran(code=code, out=out.read(), err=err.read())

    def _end(self) -> None:
        self._messages.close()  # which the server takes for the end
        self._process.wait(timeout=10)
        self._log.close()


def _code(answers: socket.socket, arguments: Sequence[str], seconds: float) -> int:
    """The exit code of a run, which is killed when it takes too long."""
    pid = _number(answers)
    try:
        return _number(answers)
    except TimeoutError:
        with suppress(ProcessLookupError):  # it has ended just now
            os.kill(pid, signal.SIGKILL)
        answers.settimeout(TIMEOUT)
        _number(answers)
        raise subprocess.TimeoutExpired(list(arguments), seconds) from None


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
    return {name: value for name, value in env.items() if name not in _READ_LATER}
