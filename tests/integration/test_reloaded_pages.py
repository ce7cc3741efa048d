"""A configuration that is taken over while a reader's form still arrives."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlencode

import pytest
from starlette.types import Message, Scope

from publisher import serving
from publisher.cli.common import make_clock
from publisher.config.load import load_config
from publisher.serving import Server
from publisher.wiring.stores import Stores
from tests.mailings import Mailed, config
from tests.sites import Site
from tests.subscribing import dump


def test_a_form_is_taken_by_the_pages_it_was_begun_at(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may take twenty seconds; it met a pool of threads that was ended after five."""
    monkeypatch.setattr(serving, "_LAST_SECONDS", 0.0)
    mailed = Mailed(site=make_site(config(1)), connections=1, database="sqlite")
    told, clock = load_config(mailed.site.folder / "publisher.yaml"), make_clock(None)
    body = urlencode({"email": "ann@x.example", "newsletter": "weekly"}).encode()
    pieces = [body[:10], body[10:]]
    closing_before: list[threading.Thread] = []
    statuses: list[int] = []

    async def receive() -> Message:
        if len(pieces) == 1:
            there = set(threading.enumerate())
            server.take(told)
            new = set(threading.enumerate()) - there
            closing_before.extend(one for one in new if one.name != "served-folder")
            for thread in closing_before:
                await asyncio.to_thread(thread.join, 1)  # it would have ended by now
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        statuses.extend([message["status"]] if "status" in message else [])

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/subscribe",
        "raw_path": b"/subscribe",
        "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")],
    }
    with closing(Server(told, clock, lambda c: Stores(c, clock))) as server:
        asyncio.run(server.app(scope, receive, send))
        assert statuses == [200]
        (thread,) = closing_before
        thread.join()
    assert [row[1] for row in dump(mailed)["subscriber"]] == ["ann@x.example"]
