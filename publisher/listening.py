"""EDGE. A socket that listens and the server behind it, as both our servers need them."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from publisher.errors import PublisherError

_MOST_READERS = 1000
"""Connections at one time; whoever comes then is told 503. Each may hold some 200 KB."""

_KEEP_ALIVE_SECONDS = 20
_LAST_SECONDS = 1
"""How long answers under way may take once we are told to end."""


def make_server(app: ASGIApp) -> uvicorn.Server:
    """A server that says nothing by itself and ends within `_LAST_SECONDS`."""
    # Requests that are no HTTP are answered with 400 and not worth a line each.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http="h11",
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
