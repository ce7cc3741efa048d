"""ENTRY. The pages of readers over HTTP: subscribe, confirm, unsubscribe, preferences.

GET, HEAD and OPTIONS change nothing: programs follow every link of a mail. A form is taken by
POST. The database is asked beside the event loop, and opened when it is first needed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from publisher.answers.forms import (
    MOST_BYTES,
    Form,
    accepted_languages,
    is_foreign,
    network_of,
    read_form,
)
from publisher.compose.feeds import compose_feeds
from publisher.config import Config
from publisher.errors import IssueError, StoreError
from publisher.model import Entry, Issue, Record
from publisher.render.environment import make_environment
from publisher.render.pages.chrome import make_chrome
from publisher.render.pages.selfservice import SelfServicePages
from publisher.render.view import SiteView
from publisher.render.words import make_words
from publisher.renditions import Gallery
from publisher.sources.theme import read_theme
from publisher.values import dataclass
from publisher.wiring.app import site_logo
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.self_service.signups import SelfService

_BODY_SECONDS = 20.0
"""How long a form may take to arrive."""

_WORKERS = 4
"""Requests that are in the database at one time; the others wait for their turn."""

_PATIENCE_SECONDS = 20.0
"""How long a request may wait for its turn and the database: one that is away for the time of an
answer would else keep all later ones for as long as there are any."""

_MEND = "see that it runs and is not overloaded"

_METHODS = ["GET", "HEAD", "POST", "OPTIONS"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, read. `languages` are those that the browser names, the dearest first."""

    is_post: bool
    token: str
    query: str
    form: Form
    languages: Sequence[str]
    network: str
    is_foreign: bool

    def value(self, name: str) -> str:
        """The first value of a field, "" where there is none."""
        return next(iter(self.form.get(name, ())), "").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A page, or other bytes; `kind` is their media type."""

    body: bytes
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    fields: Mapping[str, str] | None = None


class Shared:
    """What the pages are drawn with, and the database behind them."""

    def __init__(self, config: Config, stores: Stores, log: Any) -> None:
        """Raises TemplateError, ConfigError."""
        self.config = config
        self.log = log
        self.pages = make_pages(config)
        self._stores = stores
        self._opening = threading.Lock()
        self._service: SelfService | None = None

    @property
    def service(self) -> SelfService:
        """The use cases; opens the database when first asked for. Raises StoreError."""
        from publisher.self_service.signups import SelfService  # noqa: PLC0415 (SQLAlchemy, a third of a second)

        with self._opening:
            if self._service is None:
                self._service = SelfService(self.config, self._stores.database)
            return self._service


Work = Callable[[Shared, Asked], Answered]


class SelfServiceApp:
    """The routes. Each is a function of `pages`, run in a thread."""

    def __init__(self, shared: Shared, works: Mapping[str, Work], broken: Work) -> None:
        self._shared = shared
        self._works = works
        self._broken = broken
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="self-service")
        self._asked_for = 0
        self._answered = threading.Condition()
        config = shared.config
        self._hosts = {urlsplit(url).netloc for url in (config.mail_url, config.site.url)}

    def routes(self) -> list[Route]:
        """For Starlette."""
        return [
            Route(path, self._endpoint(work), methods=_METHODS)
            for path, work in self._works.items()
        ]

    def close(self) -> None:
        """Wait for forms that arrive, which may take their time, and for what is being written."""
        with self._answered:
            self._answered.wait_for(
                lambda: not self._asked_for, timeout=_BODY_SECONDS + _PATIENCE_SECONDS
            )
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _endpoint(self, work: Work) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if request.method == "OPTIONS":
                fields = {"allow": ", ".join(_METHODS), "cache-control": "no-store"}
                return Response(status_code=204, headers=fields)
            with self._awaited():
                return await self._done(work, request)

        return endpoint

    @contextmanager
    def _awaited(self) -> Iterator[None]:
        """A request that `close` waits for."""
        with self._answered:
            self._asked_for += 1
        try:
            yield
        finally:
            with self._answered:
                self._asked_for -= 1
                self._answered.notify_all()

    async def _done(self, work: Work, request: Request) -> Response:
        body = b""
        if request.method == "POST":
            read = await _read_body(request)
            if isinstance(read, Response):
                return read
            body = read
        return self._response(await self._in_turn(work, self._asked(request, body)))

    async def _in_turn(self, work: Work, asked: Asked) -> Answered:
        """The answer, when a thread has it; what is in the database by then may stay there."""
        loop = asyncio.get_running_loop()
        answering = loop.run_in_executor(self._pool, self._answer, work, asked)
        try:
            return await asyncio.wait_for(answering, _PATIENCE_SECONDS)
        except TimeoutError:
            why = "the database does not answer in time"
            self._shared.log.warning("serve.no-database", message=why, mend=_MEND)
            return self._broken(self._shared, asked)

    def _answer(self, work: Work, asked: Asked) -> Answered:
        try:
            return work(self._shared, asked)
        except StoreError as error:
            told = {"message": str(error), "mend": error.mend}
            self._shared.log.warning("serve.no-database", **told)
            return self._broken(self._shared, asked)

    def _asked(self, request: Request, body: bytes) -> Asked:
        headers = request.headers
        return Asked(
            is_post=request.method == "POST",
            token=request.path_params.get("token", ""),
            query=request.url.query,
            form=read_form(headers.get("content-type", ""), body),
            languages=accepted_languages(headers.get("accept-language", "")),
            network=network_of(
                request.client.host if request.client else "",
                ",".join(headers.getlist("x-forwarded-for")),
            ),
            is_foreign=is_foreign(headers, self._hosts),
        )

    def _response(self, answered: Answered) -> Response:
        fields = {
            "content-type": answered.kind,
            "cache-control": "no-store",
            "content-security-policy": (
                f"default-src 'none'; style-src {self._shared.pages.style_source}; "
                "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            ),
            "referrer-policy": "no-referrer",
            "x-robots-tag": "noindex",
            "x-content-type-options": "nosniff",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            "vary": "Accept-Language",
        }
        return Response(
            answered.body,
            status_code=answered.status,
            headers={**fields, **(answered.fields or {})},
        )


async def _read_body(request: Request) -> bytes | Response:
    """The form as it came, or the refusal of one that is too long or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MOST_BYTES:
                    return _refused(413, "a form has at most 64 kB")
    except TimeoutError:
        return _refused(408, "the form did not arrive in time")
    except ClientDisconnect:
        return _refused(400, "the form did not arrive")
    return bytes(body)


def _refused(status: int, text: str) -> Response:
    fields = {
        "connection": "close",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(f"{text}\n", status_code=status, headers=fields, media_type="text/plain")


def make_pages(config: Config) -> SelfServicePages:
    """The pages in the site's theme. Raises TemplateError, ConfigError."""
    theme = read_theme(config.path(config.templates))
    feeds, _ = compose_feeds(
        config,
        articles=(),
        listed=(),
        entries={},
        marks={},
        record=Record(),
        history={},
        load_issue=_no_issue,
    )
    view = SiteView(
        site=config.site,
        feeds=feeds,
        newsletters=config.streams,
        entries=(),
        marks={},
        aged=(),
        withdrawn=(),
        issues={},
        logo=site_logo(config),
        image=None,
        words=lambda language: make_words(language, theme.catalogues),
        gallery=Gallery(url=config.site.url, assets={}),
        load_body=_no_body,
        load_issue=_no_issue,
    )
    chrome = make_chrome(view, "", config.site.theme.palette)
    return SelfServicePages(config, make_environment(theme.templates), theme.catalogues, chrome)


def _no_issue(name: str, number: int) -> Issue:
    raise IssueError(f"no page here shows issue {number} of {name}")


def _no_body(entry: Entry) -> str:
    raise IssueError(f"no page here shows {entry.id}")
