"""ENTRY. The preview over HTTP: the tool's pages, the site under /site/, mails in frames, events.

Nothing here changes anything. Only requests that name this machine are answered: a page from
elsewhere whose name was bound to 127.0.0.1 learns nothing (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import hashlib
import time
import traceback
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.answers import values
from publisher.answers.answer import respond
from publisher.answers.conditions import write_date
from publisher.answers.headers import (
    MAIL_POLICY,
    POLICY,
    content_type,
    file_headers,
)
from publisher.answers.targets import folder_location, target_path
from publisher.errors import PublisherError
from publisher.mime import SAMPLE_FILES
from publisher.model import State
from publisher.preview import copies
from publisher.preview.copies import VARIANTS, Variant
from publisher.preview.hosts import is_welcome
from publisher.preview.pages import PAGE_WIDTHS, VIEWS, Pages
from publisher.preview.proof import Coming, Proof
from publisher.preview.workshop import Shown, Workshop

_OWN_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFETY = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_LOOK = 0.1
"""Seconds between two looks for a new state, for those who wait for it."""

_FIRST_SECONDS = 2.0
"""How long a request waits for the first state; after that it is told to be patient."""

_QUIET_LOOKS = 150
"""After so many looks without news a stream says something, so that a broken one is noticed."""


class Guarded:
    """Around the application: only welcome hosts, and a defect costs one request."""

    def __init__(self, app: ASGIApp, given: str) -> None:
        self._app = app
        self._given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not is_welcome(hosts[0].decode("latin-1"), self._given):
            refusal = PlainTextResponse(
                "The preview answers to this machine's own names only, such as 127.0.0.1 and "
                "localhost, and to the host that --listen was given.\n",
                status_code=421,
                headers=_SAFETY,
            )
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 (a defect ends no preview; Starlette answered it with 500)
            traceback.print_exc()


class Preview:
    """The answers. `ending` says whether the server was told to end: then streams end too."""

    def __init__(self, workshop: Workshop, pages: Pages, ending: Callable[[], bool]) -> None:
        self._workshop = workshop
        self._pages = pages
        self._ending = ending

    def routes(self) -> list[Route]:
        """Every address and what answers it."""
        paths = {
            "/": self.overview,
            "/articles/{state}": self.articles,
            "/issues/{name}/{view:path}": self.issue,
            "/mail/{variant}/{name}": self.mail,
            "/raw/{name}/{file}": self.raw,
            "/look/{path:path}": self.look,
            "/feeds/": self.feeds,
            "/source/{path:path}": self.source,
            "/site/{path:path}": self.site,
            "/frames/{variant}/{path:path}": self.frame,
            "/events": self.events,
            "/preview.css": self.style,
            "/preview.js": self.script,
        }
        return [Route(path, endpoint, methods=["GET"]) for path, endpoint in paths.items()]

    # -- the tool's pages

    async def overview(self, _request: Request) -> Response:
        """What comes, and every article by state."""
        shown = await self._shown()
        return self._nothing(shown) if shown.proof is None else _page(self._pages.overview(shown))

    async def articles(self, request: Request) -> Response:
        """The articles of one state."""
        shown = await self._shown()
        states = {state.value: state for state in State}
        state = states.get(request.path_params["state"])
        number = request.query_params.get("page", "1")
        if shown.proof is None:
            return self._nothing(shown)
        if state is None or not number.isascii() or not number.isdigit():
            return self._missing(shown, request.url.path, of_site=False)
        return _page(self._pages.articles(shown, state, max(1, int(number[:6]))))

    async def issue(self, request: Request) -> Response:
        """One view of a coming issue."""
        shown = await self._shown()
        view = request.path_params["view"]
        if shown.proof is None:
            return self._nothing(shown)
        coming = _find(shown.proof, request.path_params["name"])
        if coming is None or view not in VIEWS:
            return self._missing(shown, request.url.path, of_site=False)
        if coming.issue is None:
            view = "articles"
        return _page(self._pages.issue(shown, coming, view, _variant(request)))

    async def look(self, request: Request) -> Response:
        """A page of the site in a frame."""
        shown = await self._shown()
        if shown.proof is None:
            return self._nothing(shown)
        path = _path_of(request, shown.proof)
        if path is None:
            return self._missing(shown, request.path_params["path"])
        width = request.query_params.get("width", "desktop")
        width = width if width in PAGE_WIDTHS else "desktop"
        return _page(self._pages.look(shown, path, _variant(request), width))

    async def feeds(self, _request: Request) -> Response:
        """Every feed."""
        shown = await self._shown()
        return self._nothing(shown) if shown.proof is None else _page(self._pages.feeds(shown))

    async def source(self, request: Request) -> Response:
        """A file of output/ as text."""
        shown = await self._shown()
        if shown.proof is None:
            return self._nothing(shown)
        path = _path_of(request, shown.proof)
        drawn = await self._drawn(shown, path or request.path_params["path"])
        if isinstance(drawn, Response):
            return drawn
        return _page(self._pages.source(shown, path or "", drawn))

    # -- what is looked at

    async def mail(self, request: Request) -> Response:
        """A coming issue's HTML for a frame."""
        shown = await self._shown()
        variant = VARIANTS.get(request.path_params["variant"])
        coming = _find(shown.proof, request.path_params["name"]) if shown.proof else None
        if shown.proof is None or variant is None or coming is None or coming.issue is None:
            return self._missing(shown, request.url.path, of_site=False)
        page = coming.files["email.html"].decode("utf-8")
        page = copies.page_in_scheme(page, variant.scheme)
        page = copies.opening_tabs(copies.stay_here(page, _homes(shown.proof), "/site/"))
        return HTMLResponse(page, headers=_framed(MAIL_POLICY, variant))

    async def raw(self, request: Request) -> Response:
        """A file of a coming issue as it would be written."""
        shown = await self._shown()
        coming = _find(shown.proof, request.path_params["name"]) if shown.proof else None
        name = request.path_params["file"]
        if coming is None or name not in coming.files:
            return self._missing(shown, request.url.path, of_site=False)
        headers = _framed(MAIL_POLICY, VARIANTS["light"])
        kind = SAMPLE_FILES[name] + ("" if name == "email.eml" else "; charset=utf-8")
        return Response(coming.files[name], headers=headers | {"content-type": kind})

    async def site(self, request: Request) -> Response:
        """A file of the site; pages load themselves again when something changed."""
        return await self._file(request, None)

    async def frame(self, request: Request) -> Response:
        """A file of the site for a frame."""
        variant = VARIANTS.get(request.path_params["variant"])
        if variant is None:
            return self._missing(await self._shown(), request.url.path, of_site=False)
        return await self._file(request, variant)

    async def events(self, _request: Request) -> Response:
        """The number of what there is to see, now and whenever it changes."""
        return StreamingResponse(
            self._numbers(), media_type="text/event-stream", headers=dict(_SAFETY)
        )

    async def style(self, _request: Request) -> Response:
        """The tool's style sheet."""
        return Response(self._pages.style, media_type="text/css", headers=dict(_SAFETY))

    async def script(self, _request: Request) -> Response:
        """The tool's script."""
        return Response(self._pages.script, media_type="text/javascript", headers=dict(_SAFETY))

    # -- how

    async def _numbers(self) -> AsyncIterator[str]:
        told, quiet = -1, 0
        yield "retry: 1000\n\n"
        while not self._ending():
            number = self._workshop.shown.number
            if number != told and number > 0:
                yield f"event: number\ndata: {number}\n\n"
                told, quiet = number, 0
            quiet += 1
            if quiet % _QUIET_LOOKS == 0:
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK)

    async def _shown(self) -> Shown:
        deadline = time.monotonic() + _FIRST_SECONDS
        while self._workshop.shown.number == 0 and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK)
        return self._workshop.shown

    async def _file(self, request: Request, variant: Variant | None) -> Response:
        shown = await self._shown()
        if shown.proof is None:
            return self._nothing(shown)
        asked = _asked(request)
        path = _path_of(request, shown.proof)
        if asked is None or path is None:
            return self._missing(shown, request.path_params["path"])
        if path != asked and not asked.endswith("/") and asked:
            location = folder_location(asked, request.url.query.encode("ascii"))
            return Response(
                status_code=307, headers=_SAFETY | {"location": location.decode("ascii")}
            )
        drawn = await self._drawn(shown, path)
        if isinstance(drawn, Response):
            return drawn
        return _answer(request, shown.proof, path, drawn, variant)

    async def _drawn(self, shown: Shown, path: str) -> bytes | Response:
        """The bytes of a file of output/, or the page that says why there are none."""
        try:
            drawn = await asyncio.wrap_future(self._workshop.draw(path))
        except PublisherError as error:
            return _page(self._pages.broken(shown, path, error), status=500)
        return self._missing(shown, path) if drawn is None else drawn

    def _nothing(self, shown: Shown) -> Response:
        return _page(self._pages.nothing(shown), status=503)

    def _missing(self, shown: Shown, path: str, *, of_site: bool = True) -> Response:
        if shown.proof is None:
            return self._nothing(shown)
        page = self._pages.missing(shown, path.lstrip("/"), of_site=of_site)
        return _page(page, status=404)

    async def no_page(self, request: Request, _error: Exception) -> Response:
        """The answer to an address that is none of ours."""
        return self._missing(await self._shown(), request.url.path, of_site=False)


def make_app(
    workshop: Workshop, pages: Pages, *, given: str, ending: Callable[[], bool]
) -> ASGIApp:
    """The application. `given` is the host that was asked for, which is welcome too."""
    preview = Preview(workshop, pages, ending)
    app = Starlette(routes=preview.routes(), exception_handlers={404: preview.no_page})
    return Guarded(app, given)


def _page(page: str, *, status: int = 200) -> Response:
    headers = _SAFETY | {"content-security-policy": _OWN_POLICY}
    return HTMLResponse(page, status_code=status, headers=headers)


def _find(proof: Proof, name: str) -> Coming | None:
    """What comes of a newsletter; a rhythm NAME/RHYTHM is NAME.RHYTHM in our addresses."""
    named = {coming.newsletter.name.replace("/", "."): coming for coming in proof.coming}
    return named.get(name)


def _variant(request: Request) -> Variant:
    scheme = "dark" if request.query_params.get("scheme") == "dark" else "light"
    pictures = request.query_params.get("pictures") != "no"
    return VARIANTS[scheme if pictures else f"{scheme}-no-images"]


def _asked(request: Request) -> str | None:
    """The path under output/ that an address spells; None where it can name no file."""
    raw = bytes(request.scope["raw_path"])
    depth = 3 if raw.startswith(b"/frames/") else 2
    rest = raw.split(b"/", depth)[depth] if raw.count(b"/") >= depth else b""
    return target_path(b"/" + rest)


def _path_of(request: Request, proof: Proof) -> str | None:
    """The file of output/ that an address means: a folder means its page. None: there is none."""
    asked = _asked(request)
    if asked is None:
        return None
    is_folder = not asked or asked.endswith("/")
    meant = (f"{asked}index.html",) if is_folder else (asked, f"{asked}/index.html")
    return next((path for path in meant if path in proof.artifacts), None)


def _homes(proof: Proof) -> tuple[str, ...]:
    return tuple(dict.fromkeys((proof.config.mail_url, proof.config.site.url)))


def _framed(policy: str, variant: Variant | None) -> dict[str, str]:
    if variant is not None and not variant.pictures:
        parts = [part for part in policy.split("; ") if not part.startswith("img-src")]
        policy = "; ".join([*parts, "img-src 'none'"])
    return _SAFETY | {"content-security-policy": policy}


def _answer(
    request: Request, proof: Proof, path: str, data: bytes, variant: Variant | None
) -> Response:
    """A file as `publisher serve` would send it, but for what keeps the reader in the preview."""
    policy = MAIL_POLICY if path.endswith("/email.html") else POLICY
    fields = {
        name.decode("ascii"): value.decode("latin-1")
        for name, value in file_headers(path, site_url=proof.config.site.url, hubs=())
    }
    kind = content_type(path)
    if kind.startswith("text/html") and not path.startswith("media/"):
        data, policy = _page_copy(proof, data, variant, policy)
        fields |= _framed(policy, variant)
    elif kind.startswith("text/css") and variant is not None:
        data = copies.css_in_scheme(data.decode("utf-8"), variant.scheme).encode("utf-8")
    fields |= _SAFETY
    etag = b'"%s"' % hashlib.sha256(data).hexdigest()[:32].encode("ascii")
    file = values.Representation(
        path=path,
        modified=0,
        date=write_date(0),
        headers=tuple(
            (name.encode("ascii"), value.encode("latin-1")) for name, value in fields.items()
        ),
        variants=(values.Variant(encoding="", etag=etag, size=len(data), body=data),),
    )
    asked = values.Request(
        method=request.method,
        target=request.scope["raw_path"],
        query=b"",
        headers=dict(request.scope["headers"]),
    )
    given = respond(asked, file, int(time.time()))
    response = Response(given.body, status_code=given.status)
    # What is drawn in memory was never modified on a day: the entity-tag tells it apart.
    response.raw_headers = [field for field in given.headers if field[0] != b"last-modified"]
    return response


def _page_copy(
    proof: Proof, data: bytes, variant: Variant | None, policy: str
) -> tuple[bytes, str]:
    page = data.decode("utf-8")
    if variant is None:
        page = copies.stay_here(page, _homes(proof), "/site/")
        page = copies.reloading(page, "/preview.js")
        return page.encode("utf-8"), f"{policy}; script-src 'self'; connect-src 'self'"
    page = copies.stay_here(page, _homes(proof), f"/frames/{quote(variant.name)}/")
    return copies.page_in_scheme(page, variant.scheme).encode("utf-8"), policy
