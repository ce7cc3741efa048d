"""ENTRY. `publisher preview` from its first line to its last."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from publisher import console
from publisher.config import Config
from publisher.preview.hosts import is_loopback
from publisher.preview.pages import Pages
from publisher.preview.server import make_app
from publisher.preview.workshop import Shown, Workshop
from publisher.system.listening import address_of, end_quietly, listening, make_server
from publisher.system.spare import end_spares
from publisher.wiring.app import Clock

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def run_preview(
    load: Callable[[], Config],
    *,
    config_file: Path,
    clock: Clock,
    host: str,
    port: int,
    opens: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Serve the preview in the foreground until SIGTERM or SIGINT.

    `load` reads the configuration; what it raises is shown, and mended while we run. Port 0 is
    any free one. `opens` shows the address in the browser. Raises PublisherError where it cannot
    listen.
    """
    pages = Pages({p.name: p.read_text(encoding="utf-8") for p in sorted(_TEMPLATES.iterdir())})
    end_quietly()
    with listening(host, port, elsewhere="--listen") as listener:

        def told(shown: Shown) -> None:
            for error in shown.errors[:1]:
                console.say_error(error)
            if verbose and shown.proof is not None and not shown.errors:
                console.say(f"composed in {shown.proof.seconds:.2f} s")

        workshop = Workshop(load, config_file=config_file, clock=clock, told=told)
        server = make_server(
            make_app(workshop, pages, given=host, ending=lambda: server.should_exit)
        )
        address = address_of(listener)
        workshop.start()
        if not is_loopback(host):
            console.say_warnings(
                (f"{host} can be reached from elsewhere: drafts are shown to whoever asks",),
                verbose=True,
            )
        if not quiet:
            console.say(f"preview: {address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(address)
        try:
            server.run(sockets=[listener])
        except SystemExit:  # uvicorn has ended, and gave us the signal that it was ended with
            workshop.stop()
            _leave()
        finally:
            workshop.stop()


def _leave() -> NoReturn:
    """End at once: nothing is kept, and the workshop may be in the midst of a build.

    Python would take its modules apart first. That takes longer than all the rest, and nobody
    can say what the other thread is doing by then.
    """
    end_spares()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever read what we say is gone
            stream.flush()
    os._exit(0)
