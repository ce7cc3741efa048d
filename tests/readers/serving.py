"""A folder over HTTP on loopback: with the media types of feeds, and validators by content."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

MEDIA_TYPES = {
    "rss.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
    ".html": "text/html; charset=utf-8",
}


@dataclass
class Served:
    """A folder and its address. `folder` may change; what was asked is in `answers`."""

    folder: Path
    address: str = ""
    answers: list[tuple[str, int]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a file in the folder, as a URI: not every reader takes an IRI."""
        return self.address + quote(path)

    def took(self, path: str) -> list[int]:
        """The statuses that requests for a file were answered with, oldest first."""
        return [status for asked, status in self.answers if asked == path]


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """Serve a folder until the end of the block.

    The ETag is of the bytes alone. A time of change would not do: two publications in one
    second would look like one, and a test that changes a feed would see the old one.
    """
    state = Served(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Keep the terminal clean."""

        def _answer(self) -> None:
            path = unquote(urlsplit(self.path).path).lstrip("/")
            file = state.folder / path
            if ".." in path or not file.is_file():
                state.answers.append((path, 404))
                self.send_error(404)
                return
            body = file.read_bytes()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            status = 304 if self.headers.get("If-None-Match") == etag else 200
            state.answers.append((path, status))
            self.send_response(status)
            self.send_header("ETag", etag)
            if status == 200:
                self.send_header("Content-Type", _media_type(file))
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status == 200 and self.command == "GET":
                self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.address = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()


def _media_type(file: Path) -> str:
    by_name = MEDIA_TYPES.get(file.name) or MEDIA_TYPES.get(file.suffix)
    return by_name or "application/octet-stream"
