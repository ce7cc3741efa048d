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
from typing import Any, Protocol, TypeVar

TIMEOUT = 120.0
"""Seconds that a run may take."""

_NUMBER = struct.Struct("!i")
_ENDS = 256
"""Added to the exit code of a run after which its process ends."""
_SERVER = Path(__file__).with_name("warm.py")
_AT_START = ("TZ", "LANG", "LANGUAGE", "LC_", "PYTHON", "LD_", "MALLOC_", "GLIBC_")
"""How the names begin of what Python and its libraries read when they start."""


S = TypeVar("S", bound="Started")


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
    """The same in a process that has imported `publisher` already; about a second less.

    What differs: one process takes runs one after the other and keeps what it has cached, until
    one leaves something behind (`stand` in tests/warm.py); the modules of PRELOADED there have been
    imported, whatever lies in the folder; a sample has been published, mailed and looked at;
    templates are compiled and checked once, and statements compiled once; all runs of one process
    of tests have one hash seed; the streams are files, not pipes; modules are not taken apart at
    the end. Umask and limits are those of the first warm run: a test of others runs cold. Python
    reads TZ, the locale and PYTHON* when it starts: where those are not what they were at the first
    warm run, this runs cold by itself.
    """
    server = _server()
    if _at_start(env) != server.environ:
        return run_cold(arguments, folder, env)
    return server.run_again(arguments, folder, env, TIMEOUT)


def standing() -> int:
    """The number of the process that takes one warm run after the other, 0 where none is there."""
    process = _server().standing
    return process.pid if process is not None and process.is_there else 0


def run_module(module: str, arguments: Sequence[str], folder: Path, env: Mapping[str, str]) -> Ran:
    """A warm run of another module of this checkout, which does more than the command."""
    return _server().run(arguments, folder, env, TIMEOUT, module=module)


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
    module: str = "publisher",
) -> Process:
    """A warm run that goes on by itself, both its streams to the descriptor `out`.

    With `session` it leads a process group of its own. `module` is another of this checkout. Where
    Python would start otherwise than at the first warm run, it is a cold one.
    """
    server = _server()
    if _at_start(env) != server.environ:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=dict(env),
            start_new_session=session,
        )
    return server.start(arguments, folder, env, (out, out), session=session, module=module)


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


class _Standing(Started):
    """A warm process that takes one run after the other, until one leaves something behind."""

    is_there = True

    def take(self, told: Mapping[str, Any], streams: tuple[int, int], seconds: float) -> int:
        """The exit code of a run. Raises TimeoutExpired, and ConnectionError where it has ended
        before."""
        sized = _sized(told)
        socket.send_fds(self._answers, [sized[: _NUMBER.size]], streams)
        self._answers.sendall(sized[_NUMBER.size :])
        if not select.select([self._answers], [], [], seconds)[0]:
            self.kill()
            self.wait(TIMEOUT)
            self.is_there = False
            raise subprocess.TimeoutExpired(told["arguments"], seconds)
        code = _number(self._answers)
        self.is_there = 0 <= code < _ENDS
        return code if code < 0 else code % _ENDS


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
        self.standing: _Standing | None = None
        self._is_taken = threading.Lock()
        atexit.register(self._end)

    def run_again(
        self, arguments: Sequence[str], folder: Path, env: Mapping[str, str], seconds: float
    ) -> Ran:
        """`run` in the process that takes one after the other, or beside it where that is busy."""
        if not self._is_taken.acquire(blocking=False):
            return self.run(arguments, folder, env, seconds)
        try:
            with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
                told = _told(arguments, folder, env)
                code = self._take(told, (out.fileno(), err.fileno()), seconds)
                out.seek(0)
                err.seek(0)
                return Ran(code=code, out=out.read(), err=err.read())
        finally:
            self._is_taken.release()

    def _take(self, told: Mapping[str, Any], streams: tuple[int, int], seconds: float) -> int:
        if self.standing is not None and self.standing.is_there:
            with suppress(ConnectionError):  # it has ended since
                return self.standing.take(told, streams, seconds)
        self.standing = self._start(_Standing, _told((), Path("/"), {}, module=""), streams)
        return self.standing.take(told, streams, seconds)

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        seconds: float,
        *,
        module: str = "publisher",
    ) -> Ran:
        """Raises TimeoutExpired when the run took longer and has been killed."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            streams = (out.fileno(), err.fileno())
            started = self.start(arguments, folder, env, streams, module=module)
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
        module: str = "publisher",
    ) -> Started:
        """A run whose output and errors go to two descriptors."""
        told = _told(arguments, folder, env, module=module, session=session)
        return self._start(Started, told, streams)

    def _start(self, kind: type[S], told: Mapping[str, Any], streams: tuple[int, int]) -> S:
        mine, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._messages, [b"."], [0, *streams, theirs.fileno()])
            mine.sendall(_sized(told))
            return kind(mine, told["arguments"])
        except ConnectionError as error:
            mine.close()
            self._log.seek(0)
            raise RuntimeError(f"no warm run is possible:\n{self._log.read()}") from error

    def _end(self) -> None:
        self._messages.close()  # which the server takes for the end
        self._process.wait(timeout=10)
        self._log.close()


def _told(
    arguments: Sequence[str],
    folder: Path,
    env: Mapping[str, str],
    *,
    module: str = "publisher",
    session: bool = False,
) -> dict[str, Any]:
    """What a warm process must know of a run; a module of ours is found in this checkout."""
    told = {"arguments": list(arguments), "folder": str(folder.absolute()), "environ": dict(env)}
    path = [str(_SERVER.parents[1])] if module.startswith("tests.") else []
    return told | {"module": module, "path": path, "session": session}


def _sized(told: Mapping[str, Any]) -> bytes:
    text = json.dumps(told).encode("ascii")
    return _NUMBER.pack(len(text)) + text


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
