"""EDGE. A socket that listens and the server behind it, as both our servers need them."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from publisher.errors import PublisherError

_MOST_READERS = 1000
"""Connections at one time; whoever comes then is told 503. Each may hold some 200 KB."""

_KEEP_ALIVE_SECONDS = 20
_STUCK_SECONDS = 60
"""How long a reader may take no byte of its answer before the system ends the connection."""

_LAST_SECONDS = 1
"""How long answers under way may take once we are told to end."""


class PatientProtocol(H11Protocol):
    """A connection that is closed where no whole request comes within one to two times `patience`.

    uvicorn waits without end for the rest of a request that has begun, so that whoever begins
    `_MOST_READERS` of them would keep everybody else out.
    """

    patience: float = _KEEP_ALIVE_SECONDS
    _watch: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(self.patience, self._look, None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch no more."""
        self._watch.cancel()
        super().connection_lost(exc)

    def _look(self, before: RequestResponseCycle | None) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is before and (cycle is None or cycle.response_complete):
            self.transport.close()
        else:
            self._watch = self.loop.call_later(self.patience, self._look, cycle)


def make_server(app: ASGIApp) -> uvicorn.Server:
    """A server that says nothing by itself and ends within `_LAST_SECONDS`."""
    # Requests that are no HTTP are answered with 400 and not worth a line each.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=PatientProtocol,
            loop="asyncio",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_READERS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=_LAST_SECONDS,
        )
    )


def end_quietly() -> None:
    """SIGTERM and SIGINT are how a server is told to end: no error."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    """uvicorn calls this when it has ended."""
    raise SystemExit(0)


@contextmanager
def listening(host: str, port: int, *, elsewhere: str) -> Iterator[socket.socket]:
    """A socket that listens. `elsewhere` names what sets another place.

    Raises PublisherError.
    """
    name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise PublisherError(
            f"cannot listen on {name}: there is no such host",
            mend=f"name an address of this machine, such as 127.0.0.1, with {elsewhere}",
        ) from error
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; connections have it from their listener
            stuck = _STUCK_SECONDS * 1000
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stuck)
        try:
            listener.bind(place)
            listener.listen(2048)
        except OSError as error:
            raise PublisherError(
                f"cannot listen on {name}: {(error.strerror or str(error)).lower()}",
                mend=f"end what listens there, or name another place with {elsewhere}",
            ) from error
        listener.setblocking(False)
        yield listener


def address_of(listener: socket.socket) -> str:
    """The address of what listens, as a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
