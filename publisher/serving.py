"""ENTRY. `publisher serve` as a process: what is served by which configuration."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from publisher.answers.conditions import write_date
from publisher.answers.headers import POLICY, file_headers
from publisher.answers.values import Representation, Variant
from publisher.asgi import Noting, make_app
from publisher.config import Config
from publisher.errors import PublisherError
from publisher.metrics import Counts
from publisher.model import Health
from publisher.monitoring import Monitor
from publisher.render.feeds.text import clean_url
from publisher.render.pages.missing import missing_page
from publisher.render.words import make_words
from publisher.served.folder import ServedFolder
from publisher.sources.theme import read_theme
from publisher.system.listening import address_of, end_quietly, listening, make_server
from publisher.system.signals import hear
from publisher.upkeep.health import take_stock
from publisher.wiring.app import Clock
from publisher.wiring.stores import Stores

if TYPE_CHECKING:
    from publisher.schedule.timer import Timer
    from publisher.self_service.application import SelfServiceApp

_LAST_SECONDS = 5.0
"""How long requests under way may still begin to use what another configuration has replaced;
what they have begun is waited for."""


class Front:
    """What is served by one configuration: the folder, and the pages of readers."""

    def __init__(self, config: Config, stores: Stores, log: Any) -> None:
        """Raises PublisherError."""
        self._stores = stores
        self.config = config
        self.own = _self_service(config, stores, log) if config.newsletters else None
        hubs = tuple(map(clean_url, config.hub))  # as in the feeds themselves
        self.served = ServedFolder(
            config.path(config.output),
            partial(file_headers, site_url=config.site.url, hubs=hubs),
            _missing(config),
            told=lambda count: log.debug("serve.changed", files=count),
        )
        self.served.start()

    def close(self) -> None:
        """Wait for what is being written."""
        self.served.stop()
        if self.own:
            self.own.close()
        self._stores.close()


class Server:
    """The front of now, and what is told of it to who looks after it."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        open_stores: Callable[[Config], Stores],
        timer: Timer | None = None,
    ) -> None:
        """With a `timer` it answers for both. Raises PublisherError."""
        self._clock = clock
        self._open_stores = open_stores
        self._timer = timer
        self._log = structlog.get_logger()
        self._front = Front(config, open_stores(config), self._log)
        self._monitor = Monitor(
            self._health, self._counts, self._addresses, judges=timer is not None
        )
        self.app = Noting(self._application(self._front), self._log)

    @property
    def front(self) -> Front:
        """What is served now."""
        return self._front

    def take(self, config: Config) -> None:
        """Serve by another configuration from the next request on. Raises PublisherError."""
        before, self._front = self._front, Front(config, self._open_stores(config), self._log)
        self.app.app = self._application(self._front)
        threading.Thread(target=_close_later, args=(before,), daemon=True).start()

    def close(self) -> None:
        """Wait for what is being written."""
        self._front.close()

    def _application(self, front: Front) -> Any:
        own = front.own.routes() if front.own else []
        return make_app(front.served, [*self._monitor.routes(), *own])

    def _health(self) -> Health:
        if self._timer is not None:
            return self._timer.health()
        with closing(self._open_stores(self._front.config)) as stores:
            return take_stock(self._front.config, stores, self._clock())

    def _addresses(self) -> tuple[str, str]:
        config = self._front.config
        return config.site.url, config.mail_url

    def _counts(self) -> Counts:
        tally = self._timer.rounds.tally if self._timer else None
        return Counts(
            rounds=tally.rounds if tally else None,
            messages=tally.messages if tally else None,
            answers=self.app.answers,
            files=len(self._front.served.snapshot.files),
        )


def run_serve(
    server: Server, load: Callable[[], Config], *, host: str, port: int, timer: Timer | None = None
) -> None:
    """Serve in the foreground until SIGTERM or SIGINT; SIGHUP has the configuration read anew.

    A `timer` runs beside it, and where that ends, so does the server. Port 0 is any free one; the
    log says which. Raises PublisherError where it cannot listen.
    """
    log = structlog.get_logger()
    end_quietly()
    with closing(server), listening(host, port, elsewhere="web.listen or --listen") as listener:
        served = server.front.served
        if not served.snapshot.files:
            log.warning(
                "serve.nothing",
                folder=server.front.config.output,
                mend="run publish; it is seen by itself",
            )
        # Before it is said that all is ready: from then on SIGHUP must not end the process.
        hear({signal.SIGHUP: timer.reload if timer else partial(_reload, server, load, log)})
        log.info(
            "serve.started",
            address=address_of(listener),
            files=len(served.snapshot.files),
            bytes=served.held_bytes,
        )
        web = make_server(server.app)
        beside = timer and _beside(timer, server, lambda: setattr(web, "should_exit", True))
        try:  # from here on a signal may end this anywhere, also within `start`
            if beside:
                beside.start()
            web.run(sockets=[listener])
        finally:
            if timer and beside:
                timer.stop()
                if beside.is_alive():
                    beside.join()
            log.info("serve.stopped")


def _beside(timer: Timer, server: Server, ended: Callable[[], None]) -> threading.Thread:
    """A thread for the timer, which does not run yet."""

    def run() -> None:
        try:
            timer.run(server.take)
        finally:
            ended()

    return threading.Thread(target=run, name="timer")


def _reload(server: Server, load: Callable[[], Config], log: Any) -> None:
    try:
        server.take(load())
    except PublisherError as error:
        said = {"error": str(error), "mend": error.mend}
        log.error("config.refused", **said)  # noqa: TRY400 (no defect of ours)
    except Exception:
        log.exception("config.defect")
    else:
        log.info("config.reloaded")


def _close_later(front: Front) -> None:
    time.sleep(_LAST_SECONDS)
    front.close()


def _self_service(config: Config, stores: Stores, log: Any) -> SelfServiceApp:
    """The pages of readers; a server of files alone does not wait for what they need."""
    from publisher.self_service import application, pages  # noqa: PLC0415 (see above)

    shared = application.Shared(config, stores, log)
    return application.SelfServiceApp(shared, pages.WORKS, pages.later)


def _missing(config: Config) -> Representation:
    """The page for addresses that lead nowhere, in the site's language and colours."""
    words = make_words(config.site.language, read_theme(config.path(config.templates)).catalogues)
    page, style_source = missing_page(config.site, words)
    policy = POLICY.replace("style-src 'self'", f"style-src {style_source}").encode("ascii")
    fields = file_headers("404.html", site_url=config.site.url, hubs=())
    return Representation(
        path="404.html",
        modified=0,
        date=write_date(0),
        headers=tuple(
            (name, policy if name == b"content-security-policy" else value)
            for name, value in fields
        ),
        variants=(Variant(encoding="", etag=b'""', size=len(page), body=page),),
    )
