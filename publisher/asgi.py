"""ENTRY. `publisher serve`: output/ over HTTP from memory, by Starlette on uvicorn."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request as HealthRequest
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from publisher.answers.answer import answer, missing, respond
from publisher.answers.conditions import write_date
from publisher.answers.headers import POLICY, file_headers
from publisher.answers.values import Answer, FilePart, Representation, Request, Variant
from publisher.config import Config
from publisher.listening import address_of, end_quietly, listening, make_server
from publisher.log import set_up_log
from publisher.render.feeds.text import clean_url
from publisher.render.pages.missing import missing_page
from publisher.render.words import make_words
from publisher.served.folder import ServedFolder
from publisher.served.load import Changed, Unreadable, on_disk, open_file
from publisher.sources.theme import read_theme
from publisher.stores import Stores

if TYPE_CHECKING:
    from publisher.self_service import SelfServiceApp

_PIECE = 64 * 1024
"""Bytes that are handed to the network at once: a slow reader holds no more of ours than that."""

_READ = 256 * 1024

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


class _Noting:
    """Around an application: a log event for each request, and for each defect of ours."""

    def __init__(self, app: ASGIApp, log: Any) -> None:
        self._app = app
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
            await self._app(scope, receive, noting)
        except Exception:  # noqa: BLE001 (a defect costs one request; Starlette answered it with 500)
            self._log.exception("serve.defect", method=scope["method"], path=path)
        else:
            self._log.debug(
                "serve.request", method=scope["method"], path=path, status=status, bytes=sent
            )


def make_app(served: ServedFolder, own: Sequence[Route] = ()) -> Starlette:
    """The application: /healthz, pages of our `own`, and everything else from the folder."""

    async def health(_request: HealthRequest) -> JSONResponse:
        return JSONResponse(
            {"status": "ok", "files": len(served.snapshot.files)},
            headers={"cache-control": "no-store", "x-content-type-options": "nosniff"},
        )

    app = Starlette(routes=[Route("/healthz", health, methods=["GET"]), *own])
    app.router.redirect_slashes = False
    app.router.default = OutputApp(served)
    return app


def run_serve(config: Config, stores: Stores, *, host: str, port: int, level: str) -> None:
    """Serve output/ in the foreground until SIGTERM or SIGINT; log from `level` on.

    With the pages of readers, where there is a newsletter. Port 0 is any free one; the log says
    which. Raises PublisherError where it cannot listen.
    """
    set_up_log(level)
    log = structlog.get_logger()
    end_quietly()
    own = _self_service(config, stores, log) if config.newsletters else None
    hubs = tuple(map(clean_url, config.hub))  # as in the feeds themselves
    headers_of = partial(file_headers, site_url=config.site.url, hubs=hubs)
    with listening(host, port, elsewhere="web.listen or --listen") as listener:
        served = ServedFolder(
            config.path(config.output),
            headers_of,
            _missing(config),
            told=lambda count: log.debug("serve.changed", files=count),
        )
        served.start()
        if not served.snapshot.files:
            log.warning(
                "serve.nothing", folder=config.output, mend="run publish; it is seen by itself"
            )
        log.info(
            "serve.started",
            address=address_of(listener),
            files=len(served.snapshot.files),
            bytes=served.held_bytes,
        )
        try:
            app = make_app(served, own.routes() if own else ())
            make_server(_Noting(app, log)).run(sockets=[listener])
        finally:
            served.stop()
            if own:
                own.close()
            log.info("serve.stopped")


def _self_service(config: Config, stores: Stores, log: Any) -> SelfServiceApp:
    """The pages of readers; a server of files alone does not wait for what they need."""
    from publisher import reader_pages, self_service  # noqa: PLC0415 (see above)

    shared = self_service.Shared(config, stores, log)
    return self_service.SelfServiceApp(shared, reader_pages.WORKS, reader_pages.later)


def _missing(config: Config) -> Representation:
    """The page for addresses that lead nowhere, in the site's language and colours."""
    words = make_words(config.site.language, read_theme(config.path(config.templates)).catalogues)
    page, style_source = missing_page(config.site, words)
    policy = POLICY.replace("style-src 'self'", f"style-src {style_source}").encode("ascii")
    fields = file_headers("404.html", site_url=config.site.url, hubs=())
    return Representation(
        path="404.html",
        modified=0,
        date=write_date(0),
        headers=tuple(
            (name, policy if name == b"content-security-policy" else value)
            for name, value in fields
        ),
        variants=(Variant(encoding="", etag=b'""', size=len(page), body=page),),
    )


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
            piece = await asyncio.to_thread(os.pread, descriptor, min(_READ, end - place), place)
            if not piece:
                return  # it was cut short in place: the reader sees that it is not whole
            place += len(piece)
            await send({"type": "http.response.body", "body": piece, "more_body": place < end})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
