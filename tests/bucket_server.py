"""Moto behind a front that counts, waits and fails when it is told to; run as a program.

It serves buckets on a port of 127.0.0.1. Whoever starts it says where moto is.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

KEY = "the-good-key"
ASIDE = "AWS4-HMAC-SHA256 Credential=aside/20261122/us-east-1/s3/aws4_request"
"""How a request is signed that is no part of what is tested."""

_REFUSED = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'


class _Front:
    """In front of moto: what is signed is counted, held, or refused."""

    def __init__(self, behind: Callable[..., Iterable[bytes]]) -> None:
        self._behind = behind
        self._told: dict[str, Any] = {}
        self._asked: list[tuple[str, str]] = []
        self._lock = threading.Condition()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path == "/_front":
            return self._control(method, environ, start)
        signed = environ.get("HTTP_AUTHORIZATION", "")
        if not signed or signed == ASIDE:
            return self._behind(environ, start)
        with self._lock:
            self._asked.append((method, path))
            told, status = self._told, self._fault(method)
            if status and told.get("holds"):
                self._lock.wait_for(lambda: self._told is not told)
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
                self._lock.notify_all()
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
