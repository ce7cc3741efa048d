"""The HTTP client against servers that behave, and against those that do not (RELIABILITY F36)."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import trustme

from publisher import __version__
from publisher.errors import FetchError
from publisher.fetching import Fetched, fetch, post_form
from tests.serving import within
from tests.web_servers import RawServer, Script, answer, saying

MIB = 1024 * 1024
SLACK = 2.0
"""Seconds that a busy machine may add to a deadline."""


def get(url: str, **options: object) -> Fetched:
    return fetch(url, accept="application/atom+xml", **options)  # type: ignore[arg-type]


@contextmanager
def ends_within(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + within(SLACK)


def refusal(url: str, **options: object) -> FetchError:
    with pytest.raises(FetchError) as caught:
        get(url, **options)
    assert caught.value.where is not None
    return caught.value


# ---------------------------------------------------------------- what is sent and what comes back


def test_a_document_comes_with_its_address_status_and_headers() -> None:
    reply = answer(body=b"Ombak", Content_Type="text/plain", ETag='"1"')
    with RawServer(saying(reply)) as server:
        got = get(server.address + "a?b=c#d", site_url="https://courier.example/")
    assert (got.status, got.body, got.url) == (200, b"Ombak", server.address + "a?b=c")
    assert got.headers["content-type"] == "text/plain"
    assert got.headers["etag"] == '"1"'
    head = server.requests[0].decode()
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"User-Agent: publisher/{__version__} (+https://courier.example/)\r\n" in head
    assert "Accept: application/atom+xml\r\n" in head


@pytest.mark.parametrize("status", ["304 Not Modified", "404 Not Found", "500 Oh", "429 Slow"])
def test_other_statuses_are_given_back_and_refused_on_request(status: str) -> None:
    with RawServer(saying(answer(status, Retry_After="7"))) as server:
        got = get(server.address)
    assert (got.status, got.headers["retry-after"]) == (int(status[:3]), "7")
    with pytest.raises(FetchError, match=f"answered {status[:3]}") as caught:
        got.require_ok()
    assert caught.value.mend


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("", bytes)]
)
def test_bodies_are_unpacked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    text = b"A long day at the pier. " * 20_000
    with RawServer(saying(answer(body=pack(text), Content_Encoding=encoding))) as server:
        assert get(server.address).require_ok().body == text


def test_a_form_is_posted_once_and_its_status_comes_back() -> None:
    with RawServer(saying(answer("202 Accepted", Retry_After="9"))) as server:
        got = post_form(server.address + "hub", [("hub.mode", "publish"), ("hub.url", "ä b")])
    assert (got.status, got.headers["retry-after"]) == (202, "9")
    (request,) = server.requests
    assert request.startswith(b"POST /hub HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/x-www-form-urlencoded\r\n" in request
    assert request.endswith(b"\r\n\r\nhub.mode=publish&hub.url=%C3%A4+b")


# ---------------------------------------------------------------- redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_the_last_address_told(status: int) -> None:
    moved = answer(f"{status} Moved", Location="/kapal/ä".encode().decode("latin-1"))
    with RawServer(saying(moved.decode().encode("latin-1"), answer(body=b"here"))) as server:
        got = get(server.address + "old")
    assert (got.body, got.url) == (b"here", server.address + "kapal/%C3%A4")
    assert server.requests[1].startswith(b"GET /kapal/%C3%A4 ")


@pytest.mark.parametrize(("status", "asked"), [(307, 2), (308, 2), (301, 1), (302, 1), (303, 1)])
def test_a_form_follows_only_redirects_that_keep_it(status: int, asked: int) -> None:
    with RawServer(saying(answer(f"{status} Moved", Location="/b"), answer("204 No"))) as server:
        got = post_form(server.address, [("a", "b")])
    assert len(server.requests) == asked
    assert got.status == (204 if asked == 2 else status)
    assert all(r.startswith(b"POST ") and r.endswith(b"a=b") for r in server.requests)


def test_redirects_end_after_five() -> None:
    steps = itertools.count()

    def script(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(answer("302 Found", Location=f"/{next(steps)}"))

    with RawServer(script) as server:
        assert "more than 5 redirects" in str(refusal(server.address))
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("file:///etc/passwd", "no http or https"),
        ("gopher://127.0.0.1/", "no http or https"),
        ("javascript:alert(1)", "no http or https"),
        ("http://user:secret@127.0.0.1/", "name or password"),
        ("http://[::1", "is no address"),
    ],
)
def test_a_redirect_is_looked_at_like_the_first_address(target: str, reason: str) -> None:
    with RawServer(saying(answer("302 Found", Location=target))) as server:
        said = str(refusal(server.address))
    assert reason in said
    assert said.startswith(server.address)
    assert "secret" not in said


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "no http or https"),
        ("ftp://courier.example/", "no http or https"),
        ("courier.example/atom.xml", "no http or https"),
        ("", "no http or https"),
        ("http://", "has no host"),
        ("http://user:secret@courier.example/", "name or password"),
        ("http://:secret@courier.example/", "name or password"),
        ("http://courier.example\\@127.0.0.1/", "name or password"),
        ("http://courier.example/a\r\nX: y", "is no address"),
        ("http://courier.example:99999/", "is no address"),
        ("http://cou rier.example/", "is no address"),
        ("http://courier.invalid/", "host that is not known"),
        (f"http://{'a' * 64}.invalid/", "host that is not known"),
        ("http://a..invalid/", "host that is not known"),
    ],
)
def test_a_bad_address_is_refused_in_words(url: str, reason: str) -> None:
    error = refusal(url)
    assert reason in error.message
    assert error.mend
    assert "secret" not in str(error)


def test_the_guard_sees_each_address_before_it_is_connected_to() -> None:
    seen: list[str] = []

    def guard(address: str) -> str | None:
        seen.append(address)
        return "it is this machine" if len(seen) > 1 else None

    with RawServer(saying(answer())) as trap:
        moved = answer("302 Found", Location=trap.address)
        with RawServer(saying(moved)) as server:
            error = refusal(server.address, guard=guard)
        assert error.message == "must not be connected to: it is this machine"
        assert str(error).startswith(trap.address)
        assert seen == ["127.0.0.1", "127.0.0.1"]
        assert trap.requests == []


def test_the_next_address_of_a_host_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()
    with RawServer(saying(answer(body=b"here"))) as server:
        port = int(server.address.rstrip("/").rpartition(":")[2])
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", p) for p in (dead, ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)
        assert get("http://two.example/").body == b"here"


# ---------------------------------------------------------------- time


def drip(connection: socket.socket, data: bytes, pause: float = 0.1) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(pause)


def dripping_body(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    drip(connection, b"x" * 1000)


def dripping_chunks(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    drip(connection, b"1\r\nx\r\n" * 300)


def dripping_head(connection: socket.socket, _request: bytes) -> None:
    drip(connection, b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100)


def silence(connection: socket.socket, _request: bytes) -> None:
    connection.recv(1)


def continuing(connection: socket.socket, _request: bytes) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


def empty_gzip_for_ever(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    packer = zlib.compressobj(wbits=31)
    while True:
        connection.sendall(packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH))
        time.sleep(0.001)


@pytest.mark.parametrize(
    "script",
    [
        dripping_body, dripping_chunks, dripping_head, silence, continuing, empty_gzip_for_ever,
    ],
    ids=lambda script: script.__name__,
)  # fmt: skip
def test_no_server_holds_us_beyond_the_deadline(script: Script) -> None:
    with RawServer(script) as server, ends_within(1.0):
        error = refusal(server.address, seconds=1.0)
    assert error.message == "took longer than 1 s"


def test_one_byte_a_second_ends_at_the_deadline() -> None:
    def script(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        drip(connection, b"x" * 100, pause=1.0)

    with RawServer(script) as server, ends_within(2.5):
        assert "took longer than 2.5 s" in str(refusal(server.address, seconds=2.5))


def test_the_deadline_is_for_all_redirects_together() -> None:
    def script(connection: socket.socket, _request: bytes) -> None:
        time.sleep(0.4)
        connection.sendall(answer("302 Found", Location="/again"))

    with RawServer(script) as server, ends_within(1.0):
        assert "took longer" in str(refusal(server.address, seconds=1.0))


def test_a_form_is_bounded_too() -> None:
    with RawServer(silence) as server, ends_within(0.5), pytest.raises(FetchError, match="longer"):
        post_form(server.address, [("a", "b")], seconds=0.5)


def test_a_host_that_takes_no_connection_is_left_after_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        place = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(place)
        time.sleep(0.1)
        with ends_within(0.5):
            error = refusal(f"http://127.0.0.1:{place[1]}/", connect_seconds=0.5)
        for one in waiting:
            one.close()
    assert error.message == "could not be reached within 0.5 s"


def test_a_look_up_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_arguments: object, **_options: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with ends_within(0.3):
        error = refusal("http://slow.example/", connect_seconds=0.3)
    over.set()
    assert error.message == "could not be reached within 0.3 s"


# ---------------------------------------------------------------- size and garbage


def endless_chunks(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def endless_body(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def two_gigabytes(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\nx")
    connection.recv(1)  # nothing more comes: the length alone is enough


@pytest.mark.parametrize("script", [endless_chunks, endless_body, two_gigabytes])
def test_no_server_makes_us_take_more_than_the_limit(script: Script) -> None:
    with RawServer(script) as server, ends_within(5.0):
        assert refusal(server.address, max_bytes=2 * MIB).message == "is larger than 2 MiB"


def test_exactly_the_limit_is_taken() -> None:
    with RawServer(saying(answer(body=b"x" * MIB))) as server:
        assert len(get(server.address, max_bytes=MIB).body) == MIB
        assert refusal(server.address, max_bytes=MIB - 1)


BOMB = """
import resource, sys
from publisher.errors import FetchError
from publisher.fetching import fetch
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
try:
    fetch(sys.argv[1], accept="*/*", max_bytes=2 * 1024 * 1024)
except FetchError as error:
    print(error.message, (peak() - before) // 1024)
"""


@pytest.mark.parametrize("layers", [1, 2], ids=["gzip", "gzip in gzip"])
def test_a_bomb_unpacks_only_up_to_the_limit(layers: int) -> None:
    packer = zlib.compressobj(9, wbits=31)
    zeros = b"\0" * MIB
    bomb = b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    if layers == 2:
        bomb = gzip.compress(bomb)
    encoding = ", ".join(["gzip"] * layers)
    with RawServer(saying(answer(body=bomb, Content_Encoding=encoding))) as server:
        done = subprocess.run(
            [sys.executable, "-c", BOMB, server.address],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    message, _, grown = done.stdout.strip().rpartition(" ")
    assert message == "is larger than 2 MiB"
    assert int(grown) < 40  # MiB; the whole bomb is 100


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"\x00\xff garbage that is no HTTP \x80\r\n\r\n", "did not answer in HTTP"),
        (b"", "did not answer in HTTP"),
        (b"HTTP/1.1 abc Hello\r\n\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "did not answer in HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n",
            "did not answer in HTTP",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nabcde", "did not answer as HTTP asks"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "did not answer as HTTP asks"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
            "did not answer as HTTP asks",
        ),
        (answer(body=b"no gzip", Content_Encoding="gzip"), "cannot be unpacked"),
        (answer(body=b"x", Content_Encoding="rot13"), "is packed as rot13"),
    ],
    ids=range(11),
)
def test_garbage_is_an_error_in_words(reply: bytes, reason: str) -> None:
    with RawServer(saying(reply)) as server:
        error = refusal(server.address)
    assert reason in error.message
    assert str(error).startswith(server.address)


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with authority.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        yield


def test_a_certificate_that_is_not_trusted_is_said_so(authority: trustme.CA) -> None:
    with RawServer(saying(answer()), tls=tls_context(authority, "127.0.0.1")) as server:
        error = refusal(server.address)
        assert server.requests == []
    assert "certificate that is not trusted" in error.message
    assert "SSL_CERT_FILE" in (error.mend or "")


@pytest.mark.usefixtures("trusted")
def test_a_trusted_certificate_is_taken_and_one_of_another_host_is_not(
    authority: trustme.CA,
) -> None:
    with RawServer(saying(answer(body=b"safe")), tls=tls_context(authority, "127.0.0.1")) as server:
        assert get(server.address).body == b"safe"
    with RawServer(saying(answer()), tls=tls_context(authority, "other.example")) as server:
        assert "not trusted" in refusal(server.address).message
        assert server.requests == []


@pytest.mark.usefixtures("trusted")
def test_the_deadline_holds_under_tls_too(authority: trustme.CA) -> None:
    for script in (dripping_body, dripping_head):
        with (
            RawServer(script, tls=tls_context(authority, "127.0.0.1")) as server,
            ends_within(1.0),
        ):
            assert "took longer than 1 s" in refusal(server.address, seconds=1.0).message


def test_a_server_that_drips_its_handshake_is_left() -> None:
    with RawServer(dripping_head) as server, ends_within(0.6):
        url = server.address.replace("http:", "https:")
        error = refusal(url, connect_seconds=0.6)
    # What drips is no TLS, which is found out at its first bytes, or the time is over.
    assert error.message.startswith(("does not speak TLS", "could not be reached within 0.6 s"))


def test_plain_http_behind_https_is_said_so() -> None:
    def script(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with RawServer(script) as server:
        error = refusal(server.address.replace("http:", "https:"), connect_seconds=2.0)
    assert error.message.startswith(("does not speak TLS", "could not be reached"))
