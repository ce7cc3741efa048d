"""ENTRY. output/ over HTTP from memory, as an application of Starlette."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.answers.answer import answer, missing, respond
from publisher.answers.values import Answer, FilePart, Request
from publisher.served.folder import ServedFolder
from publisher.served.load import Changed, Unreadable, on_disk, open_file

_PIECE = 64 * 1024
"""Bytes that are handed to the network at once: a slow reader holds no more of ours than that."""

_READ = 256 * 1024
"""The most of a file that is read at once. It takes a third of the time of pieces, and thrice their
memory for a reader who dawdles: so only for who has taken much already."""

_SECRET = re.compile(r"(?<=/)(confirm/|unsubscribe/|preferences/).*")
"""Addresses whose end only their reader has; no log has it either."""


class OutputApp:
    """Answers with the files of a folder. GET, HEAD and OPTIONS only: nothing here changes a thing.

    The disk is read for files alone that are too large to be held.
    """

    def __init__(self, served: ServedFolder) -> None:
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _read_request(scope)
        given = answer(request, self._served.snapshot, int(time.time()))
        if given.part is not None:
            await self._send_from_disk(request, given, receive, send)
        else:
            await _send(given, send)

    async def _send_from_disk(
        self, request: Request, given: Answer, receive: Receive, send: Send
    ) -> None:
        """Open the file first, so that what is said of it and what is sent are of one file."""
        assert given.part is not None
        file = given.part.representation
        try:
            descriptor, stamp = await asyncio.to_thread(
                open_file, self._served.folder.resolve(), file.path
            )
        except (Changed, Unreadable):
            await _send(missing(request, self._served.snapshot), send)
            return
        try:
            there = on_disk(file.path, stamp, file.headers)
            if there.variants[0].etag != file.variants[0].etag:
                given = respond(request, there, int(time.time()))
            await _send_head(given, send)
            if given.part is None:
                await send({"type": "http.response.body"})
            else:
                await _send_part(descriptor, given.part, receive, send)
        finally:
            os.close(descriptor)


class Noting:
    """Around an application, which may be exchanged: a log event for each request, and for each
    defect of ours; `answers` counts them by status."""

    def __init__(self, app: ASGIApp, log: Any) -> None:
        self.app = app
        self.answers: Counter[int] = Counter()
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = sent = 0

        async def noting(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        path = _SECRET.sub(r"\1…", scope["raw_path"].decode("latin-1"))
        try:
            await self.app(scope, receive, noting)
        except Exception:  # noqa: BLE001 (a defect costs one request; Starlette answered it with 500)
            self._log.exception("serve.defect", method=scope["method"], path=path)
        else:
            self._log.debug(
                "serve.request", method=scope["method"], path=path, status=status, bytes=sent
            )
        finally:
            self.answers[status] += 1


def make_app(served: ServedFolder, own: Sequence[Route] = ()) -> Starlette:
    """The application: our `own` routes, and everything else from the folder."""
    app = Starlette(routes=own)
    app.router.redirect_slashes = False
    app.router.default = OutputApp(served)
    return app


def _read_request(scope: Scope) -> Request:
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        # Fields that come twice are one list (RFC 9110, section 5.3).
        headers[name] = headers[name] + b", " + value if name in headers else value
    return Request(
        method=scope["method"],
        target=scope["raw_path"],
        query=scope["query_string"],
        headers=headers,
    )


async def _send(given: Answer, send: Send) -> None:
    await _send_head(given, send)
    body = given.body
    for start in range(0, len(body) - _PIECE, _PIECE):
        await send(
            {"type": "http.response.body", "body": body[start : start + _PIECE], "more_body": True}
        )
    rest = max(0, (len(body) - 1) // _PIECE * _PIECE)
    await send({"type": "http.response.body", "body": body[rest:]})


async def _send_head(given: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": given.status, "headers": given.headers})


async def _send_part(descriptor: int, part: FilePart, receive: Receive, send: Send) -> None:
    """A stretch of an open file, piece by piece, as long as the reader is there."""
    gone = asyncio.create_task(_disconnected(receive))
    place, end = part.start, part.start + part.length
    try:
        while place < end and not gone.done():
            size = min(max(_PIECE, (place - part.start) // 64), _READ, end - place)
            piece = await asyncio.to_thread(os.pread, descriptor, size, place)
            if not piece:
                return  # it was cut short in place: the reader sees that it is not whole
            place += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": place < end})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
