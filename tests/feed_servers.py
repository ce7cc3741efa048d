"""A server on 127.0.0.1 whose documents change, with ETags, as those of others do."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from tests.web_servers import RawServer, answer


@dataclass
class Page:
    """What lies at a path: `body` under an ETag of its own, or another status."""

    body: bytes = b""
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict)
    slow: float = 0

    @property
    def etag(self) -> str:
        return f'"{hash(self.body)}"'


class FeedServer(RawServer):
    """Answers by path; `pages` may be changed between requests."""

    def __init__(self, **pages: Page | bytes) -> None:
        self.pages = {
            path: page if isinstance(page, Page) else Page(page) for path, page in pages.items()
        }
        super().__init__(self._answer)

    def url(self, path: str) -> str:
        return self.address + path

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.split()[1].decode()[1:] for request in self.requests]

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        if not request.split()[1:]:
            return  # who asked was killed before it had said what for
        page = self.pages.get(request.split()[1].decode()[1:].partition("?")[0])
        if page is None:
            connection.sendall(answer("404 Not Found"))
            return
        if page.slow:
            self.closing.wait(page.slow)
        headers = {"ETag": page.etag, "Content_Type": "application/xml"} | page.headers
        if page.status.startswith("200") and f"If-None-Match: {page.etag}".encode() in request:
            connection.sendall(answer("304 Not Modified", ETag=page.etag))
            return
        connection.sendall(answer(page.status, page.body, **headers))
