"""Headless Chromium for tests, by the DevTools protocol over a pipe: one process for all views.

The browser has no network. It is given the files of a folder as one site, and nothing else.
"""

from __future__ import annotations

import fcntl
import json
import mimetypes
import os
import select
import shutil
import signal
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 60.0
"""Seconds that an answer of the browser may take."""

Scheme = Literal["light", "dark"]
_OPTIONS = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


def find_browser() -> str:
    """The path of Chromium by the names it goes by; the first of these where there is none."""
    return next((name for name in NAMES if shutil.which(name)), NAMES[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a server answered, to be handed on to the browser."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Page:
    """One tab. Every request it makes is answered from `folder`, or refused."""

    pipe: _Pipe
    session: str
    folder: Path
    pictures: bool = True
    change: Callable[[str], str] = str
    """What is done to HTML on its way."""
    serve: Callable[[Mapping[str, Any]], Served | None] = lambda _request: None
    """Answers a request in place of the folder: that of the protocol's `Network.Request`."""
    missing: list[str] = field(default_factory=list)
    """Addresses that were not there."""
    loaded: set[str] = field(default_factory=set)
    """Of which documents all is there, by the protocol's `Network.LoaderId`."""
    shown: tuple[str, str] = ("", "")
    """The document that is shown: its `Network.LoaderId`, and its address."""

    def tell(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; requests are answered meanwhile."""
        return self.pipe.ask(method, parameters, self.session, self._heed)

    def open(self, url: str) -> None:
        """Go to an address and wait until all of it is there."""
        self.missing.clear()
        answer = self.tell("Page.navigate", url=url)
        assert "errorText" not in answer, (url, answer)
        # Not of the page before it, which may have yet to tell that all of it is there.
        self._wait_until(lambda: answer["loaderId"] in self.loaded, url)

    def leave(self) -> None:
        """Leave the page: what it still asks for is not missing on the next one."""
        self.open("about:blank")

    def press(self, selector: str) -> None:
        """Press a button, and wait until all of the page that follows is there."""
        before = frozenset(self.loaded)
        self.tell(
            "Runtime.evaluate",
            expression=f"document.querySelector({selector!r}).click()",
            userGesture=True,
        )
        self._wait_until(lambda: bool(self.loaded - before), f"what follows {selector}")

    def arrive(self, path: str) -> None:
        """Wait until a page that leads on has led to that one, and all of it is there."""

        def is_there() -> bool:
            document, url = self.shown
            return document in self.loaded and urlsplit(url).path == path

        self._wait_until(is_there, f"{path}, where it is led to")

    def run(self, script: str) -> Any:
        """The value of an expression, a promise's once it is kept."""
        answer = self.tell(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def look(self, width: int, scheme: Scheme = "light", *, height: int = 800) -> None:
        """Be a window of so many CSS pixels, for a reader with that scheme."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.tell("Emulation.setEmulatedMedia", features=features)

    def force_dark(self, *, on: bool) -> None:
        """Darken a page that does not do so itself, as some mail programs do."""
        self.tell("Emulation.setAutoDarkModeOverride", **({"enabled": True} if on else {}))

    def picture(self, *, scale: float = 1, top: float = 0, height: float = 12_000) -> bytes:
        """The page from `top` on as PNG, at most so high, in CSS pixels."""
        size = self.tell("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.tell(
            "Page.captureScreenshot",
            format="png",
            captureBeyondViewport=True,
            clip={
                "x": 0,
                "y": top,
                "width": size["width"],
                "height": min(size["height"] - top, height),
                "scale": scale,
            },
        )
        return b64decode(shot["data"])

    def _wait_until(self, is_there: Callable[[], bool], what: str) -> None:
        self.pipe.wait_until(is_there, what, self._heed)

    def _heed(self, message: Mapping[str, Any]) -> None:
        told = message.get("params", {})
        if message.get("method") == "Fetch.requestPaused":
            self._answer(told)
        elif message.get("method") == "Page.lifecycleEvent" and told["name"] == "load":
            self.loaded.add(told["loaderId"])
        elif message.get("method") == "Page.frameNavigated" and "parentId" not in told["frame"]:
            self.shown = told["frame"]["loaderId"], told["frame"]["url"]

    def _answer(self, asked: Mapping[str, Any]) -> None:
        url, request = asked["request"]["url"], asked["requestId"]
        name = unquote(urlsplit(url).path).lstrip("/")
        file = self.folder / name
        if not name or name.endswith("/"):
            file /= "index.html"
        if asked["resourceType"] == "Image" and not self.pictures:
            self._send("Fetch.failRequest", requestId=request, errorReason="BlockedByClient")
            return
        served = self.serve(asked["request"])
        if served is not None:
            self._send(
                "Fetch.fulfillRequest",
                requestId=request,
                responseCode=served.status,
                responseHeaders=[{"name": n, "value": v} for n, v in served.headers.items()],
                body=b64encode(served.body).decode(),
            )
            return
        if not file.is_file():
            self.missing.append(url)
            self._send("Fetch.fulfillRequest", requestId=request, responseCode=404)
            return
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        body = file.read_bytes()
        if kind == "text/html":
            kind, body = "text/html; charset=utf-8", self.change(body.decode()).encode()
        self._send(
            "Fetch.fulfillRequest",
            requestId=request,
            responseCode=200,
            responseHeaders=[
                {"name": "Content-Type", "value": kind},
                {"name": "Cache-Control", "value": "no-store"},
            ],
            body=b64encode(body).decode(),
        )

    def _send(self, method: str, **parameters: Any) -> None:
        self.pipe.send(method, parameters, self.session)


class _Pipe:
    """Messages to and from a browser, each JSON with a zero byte behind it."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._rest = b""
        self._count = 0

    def send(self, method: str, parameters: Mapping[str, Any], session: str = "") -> int:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        return self._count

    def ask(
        self,
        method: str,
        parameters: Mapping[str, Any],
        session: str = "",
        heed: Callable[[Mapping[str, Any]], None] = lambda _message: None,
    ) -> dict[str, Any]:
        number = self.send(method, parameters, session)
        for message in self._messages(method):
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                result: dict[str, Any] = message["result"]
                return result
            heed(message)
        raise AssertionError(f"the browser ended before it answered {method}")

    def wait_until(
        self, is_there: Callable[[], bool], what: str, heed: Callable[[Mapping[str, Any]], None]
    ) -> None:
        if is_there():
            return
        for message in self._messages(what):
            heed(message)
            if is_there():
                return
        raise AssertionError(f"the browser ended before {what}")

    def _messages(self, what: str) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + TIMEOUT
        while True:
            message, zero, rest = self._rest.partition(b"\0")
            if zero:
                self._rest = rest
                yield json.loads(message)
                continue
            ready, _, _ = select.select([self._reading], [], [], until - time.monotonic())
            assert ready, f"the browser did not come to {what} in {TIMEOUT:g} seconds"
            data = os.read(self._reading, 1 << 20)
            if not data:
                return
            self._rest += data


@contextmanager
def browsing(program: str, site: Path, home: Path) -> Iterator[Page]:
    """A tab of a browser of its own, that sees `site` at every address, and keeps to `home`."""
    home.mkdir(parents=True, exist_ok=True)
    theirs_in, ours_out = _high_pipe()
    ours_in, theirs_out = _high_pipe()
    log = os.open(home / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    arguments = (program, *_OPTIONS, *root, f"--user-data-dir={home / 'profile'}", "about:blank")
    pid = os.posix_spawn(
        program,
        arguments,
        {**os.environ, "HOME": str(home)},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, theirs_in, 3),
            (os.POSIX_SPAWN_DUP2, theirs_out, 4),
            (os.POSIX_SPAWN_DUP2, log, 1),
            (os.POSIX_SPAWN_DUP2, log, 2),
        ],
        setpgroup=0,
    )
    for done in (theirs_in, theirs_out, log):
        os.close(done)
    try:
        pipe = _Pipe(ours_in, ours_out)
        target = pipe.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = pipe.ask("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(pipe=pipe, session=attached["sessionId"], folder=site)
        page.tell("Page.enable")
        page.tell("Page.setLifecycleEventsEnabled", enabled=True)
        page.tell("Fetch.enable", patterns=[{"urlPattern": "*"}])
        yield page
    finally:
        os.close(ours_out)  # the browser ends when nobody speaks to it any more
        _end(pid)
        os.close(ours_in)


def _high_pipe() -> tuple[int, int]:
    """A pipe whose numbers are not those that the browser wants to have."""
    ends = os.pipe()
    high = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return high[0], high[1]


def _end(pid: int) -> None:
    """Wait for a process to end; after five seconds end it and all that it started."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
