"""ENTRY. /healthz and /metrics, as the server and the timer answer them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from publisher.answers.proxies import is_through_proxy, public_names
from publisher.metrics import CONTENT_TYPE, Counts, metrics_text
from publisher.model import Health

_FRESH_SECONDS = 2.0
"""However often it is asked, the state is looked at no more often than this."""

_PATIENCE_SECONDS = 3.0
"""How long the state may take to answer."""

_UNANSWERED = {
    "troubles": [{"kind": "state", "of": "", "text": "the database does not answer in time"}]
}
_FIELDS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Monitor:
    """What those are told who look after the site.

    Numbers and causes are for who asks this process itself: a request that came through a proxy,
    as the world's do, hears only whether things are well.
    """

    def __init__(
        self,
        take: Callable[[], Health],
        counts: Callable[[], Counts],
        addresses: Callable[[], Iterable[str]],
        *,
        judges: bool,
    ) -> None:
        """`addresses` are those of the site on the web, of now. With `judges` failing things are
        answered by 503: whoever only serves files is well."""
        self._take = take
        self._counts = counts
        self._addresses = addresses
        self._judges = judges
        self._taken = -_FRESH_SECONDS
        self._looking: asyncio.Future[Health] | None = None

    def routes(self) -> list[Route]:
        """For Starlette."""
        return [
            Route("/healthz", self._healthz, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _health(self) -> Health | None:
        """How things are, or were a moment ago; None where that does not come to light in time.

        One look at a time, however many ask: a database that is locked holds up nobody else.
        """
        is_stale = time.monotonic() - self._taken > _FRESH_SECONDS
        if self._looking is None or (self._looking.done() and is_stale):
            self._looking = _beside(self._take)
        looking = self._looking
        await asyncio.wait({looking}, timeout=_PATIENCE_SECONDS)
        if not looking.done():
            return None
        if is_stale:
            self._taken = time.monotonic()
        return looking.result()

    async def _healthz(self, request: Request) -> Response:
        health = await self._health()
        files = self._counts().files
        status = "failing" if health is None else health.status
        said: dict[str, object] = {"status": status}
        if files is not None:
            said["files"] = files
        if not self._is_through_proxy(request):
            said |= _UNANSWERED if health is None else _numbers(health)
        code = 503 if status == "failing" and self._judges else 200
        return JSONResponse(said, status_code=code, headers=_FIELDS)

    async def _metrics(self, request: Request) -> Response:
        if self._is_through_proxy(request):
            return Response(status_code=404, headers=_FIELDS)
        health = await self._health()
        if health is None:
            return Response(status_code=503, headers=_FIELDS)
        text = metrics_text(health, self._counts())
        return Response(text, media_type=CONTENT_TYPE, headers=_FIELDS)

    def _is_through_proxy(self, request: Request) -> bool:
        return is_through_proxy(
            request.scope["http_version"],
            request.headers,
            port=request.scope["server"][1],
            public=public_names(self._addresses()),
        )


def _numbers(health: Health) -> dict[str, object]:
    kinds = [trouble.kind for trouble in health.troubles]
    return {
        "rebuild_age_seconds": health.rebuild_age,
        "late_issues": kinds.count("late"),
        "held_issues": kinds.count("held"),
        "stuck_issues": kinds.count("unsent"),
        "unsent_deliveries": sum(health.unsent.values()),
        "troubles": [{"kind": one.kind, "of": one.of, "text": one.text} for one in health.troubles],
    }


def _beside(take: Callable[[], Health]) -> asyncio.Future[Health]:
    """Look in a thread that nobody waits for at the end."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Health] = loop.create_future()

    def look() -> None:
        try:
            settle = partial(future.set_result, take())
        except Exception as error:  # noqa: BLE001 (raised again by who waits)
            settle = partial(future.set_exception, error)
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle)

    threading.Thread(target=look, name="monitoring", daemon=True).start()
    return future
