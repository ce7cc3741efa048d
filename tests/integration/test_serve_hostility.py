"""`publisher serve` as a process: what an attacker gets, and readers that dawdle."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from publisher.system.listening import PatientProtocol
from tests import served_site
from tests.serving import Serving, ask_raw, get_raw, wait_until

site = served_site.site
server = served_site.server

HOSTILE = [
    b"/../publisher.yaml",
    b"/%2e%2e/publisher.yaml",
    b"/%2e%2e%2fpublisher.yaml",
    b"/media/../../publisher.yaml",
    b"/..%5cpublisher.yaml",
    b"/%252e%252e/publisher.yaml",
    b"//rss.xml",
    b"//",
    b"//evil.example/..",
    b"/./rss.xml",
    b"/rss.xml/",
    b"/rss.xml%00.html",
    b"/%00",
    b"/%ff%fe",
    b"/%zz",
    b"/%",
    b"/.secret",
    b"/%2esecret",
    b"/.gitignore",
    b"/.publisher-staged/rss.xml",
    b"/link.txt",
    b"/linked/a1.md",
    b"/feeds/.hidden/x",
    b"/" + b"a" * 10_000,
    b"/" + b"a/" * 2_000,
    b"/%0d%0aSet-Cookie:x=1",
    b"http://elsewhere.example//rss.xml",
    b"ftp://elsewhere.example/rss.xml",
    b"*",
]


class TestHostility:
    @pytest.mark.parametrize("target", HOSTILE, ids=lambda t: t[:40].decode())
    def test_no_spelling_leads_out(self, server: Serving, target: bytes) -> None:
        assert get_raw(server.address, target) in (400, 404)

    def test_what_is_no_http_is_refused(self, server: Serving) -> None:
        for nonsense in (b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET /rss.xml\r\n\r\n", b"\r\n" * 9):
            ask_raw(server.address, nonsense + b"GET \x00 HTTP/9.9\r\n\r\n")
        long = b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"
        assert b" 400 " in ask_raw(server.address, long)[:20]
        assert server.ask("/healthz").status == 200

    def test_the_whole_address_may_stand_in_the_request(self, server: Serving) -> None:
        assert get_raw(server.address, b"http://courier.example/rss.xml") == 200
        assert get_raw(server.address, b"http://courier.example") == 200

    def test_readers_that_leave_or_dawdle_cost_little(self, server: Serving) -> None:
        parts = urlsplit(server.address)
        before = server.memory()
        connections = []
        for _ in range(60):
            connection = socket.create_connection((parts.hostname or "", parts.port or 0))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(b"GET /film.mp4 HTTP/1.1\r\nHost: a\r\n\r\n")
            connections.append(connection)
        time.sleep(1)
        assert server.ask("/rss.xml").status == 200
        grown = server.memory() - before
        for connection in connections:
            connection.close()
        assert grown < 40 * 1024 * 1024, grown  # all of them at once would be 300 MiB
        open_files = Path(f"/proc/{server.process.pid}/fd")
        wait_until(lambda: sum(1 for _ in open_files.iterdir()) < 40)


class Hasty(PatientProtocol):
    patience = 0.4


async def slow_app(_scope: Scope, _receive: Receive, send: Send) -> None:
    await asyncio.sleep(3 * Hasty.patience)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    ("request_", "answered"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b""),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 204 "),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nxy", b"HTTP/1.1 204 "),
    ],
)
def test_a_request_that_does_not_end_is_not_waited_for(request_: bytes, answered: bytes) -> None:
    async def ask() -> bytes:
        config = uvicorn.Config(slow_app, lifespan="off", log_config=None)
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: Hasty(config=config, server_state=state, app_state={}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(request_)
            found = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return found

    assert asyncio.run(ask())[:13] == answered
