"""A service of buckets: moto behind a front that counts, waits and fails when it is told to.

Run as a program it serves on a port of 127.0.0.1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from xml.etree import ElementTree as ET

from tests.serving import wait_until
from tests.web_servers import free_port

KEY = "the-good-key"
BUCKET = "courier"
ENV = {"S3_KEY": KEY, "S3_SECRET": "a-secret"}
_ASIDE = "AWS4-HMAC-SHA256 Credential=aside/20261122/us-east-1/s3/aws4_request"
_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


@dataclass(frozen=True)
class Service:
    """A running service with one empty bucket."""

    address: str

    def yaml(self, **more: str) -> str:
        """The keys of publisher.yaml that name it."""
        lines = {
            "name": "bucket", "type": "s3", "bucket": BUCKET, "endpoint": self.address,
            "access_key_env": "S3_KEY", "secret_key_env": "S3_SECRET",
        } | more  # fmt: skip
        return "outputs:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in lines.items()) + "\n"

    def ask(self, method: str, path: str, data: bytes | None = None, **fields: str) -> Any:
        """A bare request; None where nothing is there."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        headers |= {"Content-Type": "application/octet-stream"}
        headers |= {"Authorization": _ASIDE}  # of no user: moto gives what is not public to any
        request = urllib.request.Request(
            f"{self.address}{path}", data=data, method=method, headers=headers
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read(), {k.lower(): v for k, v in answer.headers.items()}
        except HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise

    def tell(self, **what: Any) -> None:
        """What goes wrong from now on: `fail`, a status, for requests of `method`, `count` times,
        behind `after` good ones; `wait` so many seconds before each."""
        self.ask("POST", "/_front", json.dumps(what).encode())

    def put(self, path: str, data: bytes, **fields: str) -> None:
        """As somebody else does."""
        self.ask("PUT", f"/{BUCKET}/{quote(path)}", data, **fields)

    def get(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """What a reader gets."""
        found: tuple[bytes, dict[str, str]] | None = self.ask("GET", f"/{BUCKET}/{quote(path)}")
        return found

    def paths(self) -> set[str]:
        """All that lies there."""
        found: set[str] = set()
        more = ""
        while True:
            said, _ = self.ask("GET", f"/{BUCKET}?list-type=2{more}")
            tree = ET.fromstring(said)
            found |= {key.text or "" for key in tree.iter(f"{_SPACE}Key")}
            token = tree.findtext(f"{_SPACE}NextContinuationToken")
            if not token:
                return found
            more = f"&continuation-token={quote(token, safe='')}"

    def objects(self) -> dict[str, bytes]:
        """All of it but the list."""
        there = {path: self.get(path) for path in self.paths() if path != ".publisher.json"}
        return {path: found[0] for path, found in there.items() if found}

    def asked(self) -> list[tuple[str, str]]:
        """Method and path of each signed request since it was asked last."""
        said, _ = self.ask("GET", "/_front")
        return [(method, path) for method, path in json.loads(said)]

    def counts(self) -> Counter[str]:
        """How many of each method."""
        return Counter(method for method, _ in self.asked())


@contextmanager
def bucket_service() -> Iterator[Service]:
    """A service that lives as long as the block."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.buckets", str(port)],
        cwd=Path(__file__).resolve().parents[1],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        service = Service(f"http://127.0.0.1:{port}")
        wait_until(lambda: _answers(service), 60)
        yield service
    finally:
        process.kill()
        process.wait()


def fresh_bucket(service: Service) -> None:
    """As if nothing had been put there."""
    service.tell()
    service.ask("POST", "/moto-api/reset", b"")
    service.ask("PUT", f"/{BUCKET}", b"")
    service.asked()


def _answers(service: Service) -> bool:
    try:
        return service.ask("GET", "/_front") is not None
    except OSError:
        return False


_REFUSED = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'


class _Front:
    """In front of moto: what is signed is counted, held up, or refused."""

    def __init__(self, behind: Callable[..., Iterable[bytes]]) -> None:
        self._behind = behind
        self._told: dict[str, Any] = {}
        self._asked: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/_front":
            return self._control(method, environ, start)
        signed = environ.get("HTTP_AUTHORIZATION", "")
        if not signed or signed == _ASIDE:
            return self._behind(environ, start)
        with self._lock:
            self._asked.append((method, path))
            status, wait = self._fault(method), self._told.get("wait", 0)
        time.sleep(wait)
        if status:
            return self._refuse(
                environ, start, status, "SlowDown" if status == 503 else "InternalError"
            )
        if f"Credential={KEY}/" not in signed:
            return self._refuse(environ, start, 403, "InvalidAccessKeyId")
        return self._behind(environ, start)

    def _fault(self, method: str) -> int:
        told = self._told
        if method not in told.get("method", method) or not told.get("count"):
            return 0
        if told.get("after", 0) > 0:
            told["after"] -= 1
            return 0
        told["count"] -= 1
        return int(told["fail"])

    def _control(
        self, method: str, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        with self._lock:
            if method == "POST":
                self._told = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            said = json.dumps(self._asked).encode()
            self._asked = []
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(said)))])
        return [said]

    @staticmethod
    def _refuse(
        environ: dict[str, Any], start: Callable[..., Any], status: int, code: str
    ) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        said = b""
        if environ["REQUEST_METHOD"] != "HEAD":
            said = _REFUSED.format(code=code, message="as the test told").encode()
        start(
            f"{status} {code}",
            [("Content-Type", "application/xml"), ("Content-Length", str(len(said)))],
        )
        return [said]


def _serve(port: int) -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    front = _Front(DomainDispatcherApplication(create_backend_app))
    make_server("127.0.0.1", port, front, threaded=True).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
