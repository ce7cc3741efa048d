"""A process that has imported `publisher` and forks itself for runs of the command.

Started as a script by `tests.command`, with the number of a socket. Each message there is one byte
with four descriptors: the run's standard streams, and a socket that says what to run, as JSON after
its size, and gets back the process id and then the exit code, as integers. Where it names no module
the fork does not run one command but stands by (`stand`): it takes run after run from its socket,
each as JSON after its size, which comes with the descriptors of two streams. At the end of the
messages the process ends. It prints nothing and keeps no state but the imports and what libraries
and we made ready while a sample was used.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import logging
import os
import runpy
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import traceback
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType
from typing import Any

import structlog

from publisher.cli.commands import COMMANDS
from publisher.store import standstill

PRELOADED = (
    *(f"publisher.cli.{place.partition(':')[0]}" for place in COMMANDS.values()),
    *("publisher.render.feeds.draw", "publisher.store.issues"),
    *(
        "publisher.mailing.deliver",
        "publisher.mailing.ledger",
        "publisher.subscriptions",
        "publisher.mailing.bounces",
    ),
    *(
        "publisher.serving",
        "publisher.self_service.answers",
        "publisher.self_service.application",
        "publisher.self_service.choices",
        "publisher.schedule.run",
        "publisher.preview.run",
        "publisher.cluster.worker",
    ),
    *("uvicorn", "uvicorn.loops.asyncio", "uvicorn.loops.auto", "uvicorn.protocols.http.h11_impl"),
    *("uvicorn.lifespan.off", "uvicorn.lifespan.on", "publisher.self_service.signups"),
    *(
        "publisher.self_service.pages",
        "publisher.upkeep.alerts",
        "publisher.fetching",
        "publisher.upkeep.backups",
    ),
    *(
        "publisher.publishing.rehearsal",
        "publisher.publishing.explanations",
        "publisher.issues.forecast",
        "publisher.issues.drafts",
    ),
    *("publisher.store.standing", "publisher.store.pings", "publisher.mailing.trial"),
    *(
        "publisher.issues.issuing",
        "publisher.issues.proofing",
        "publisher.publishing.collecting",
        "publisher.publishing.fetches",
    ),
    *(f"publisher.sources.{name}" for name in ("exports", "mailboxes", "plugins", "tables")),
    *("publisher.sources.mailcopies", "publisher.sources.remote.container", "imagesize"),
    *(f"publisher.parse.formats.{name}" for name in ("html", "mdx", "obsidian")),
    *(f"publisher.parse.wholes.{name}" for name in ("asciidoc", "notebook", "office")),
    *("sqlalchemy.dialects.sqlite", "jinja2.meta", "brotli", "click._textwrap"),
    *("encodings.idna", "encodings.utf_8_sig", "encodings.unicode_escape", "encodings.cp437"),
)
"""What runs import: all of them, those that draw feeds, that send, and those that serve; then what
some import that do one of these, and what libraries import when they are first used."""

SAMPLE = {
    "publisher.yaml": """\
site: {title: Sample, url: "https://sample.example/", language: en}
newsletters:
  - name: weekly
    title: Sample
    from: Sample <news@sample.example>
    postal_address: 1 Pier Road
    schedule: {every: week, on: monday, at: "07:00"}
    checks: {spam-score: off}
smtp: {folder: outbox}
""",
    "readers.csv": "email,name\na@sample.example,Ana\nb@else.example,Ben\n",
    "articles/one.md": "---\ntitle: One\ndate: 2026-11-01\n---\n\nSome text.\n",
}
"""A small site: it draws with most of our templates."""

USES = (
    "subscribers import readers.csv --newsletter weekly --confirmed",
    *("publish", "deliver", "ledger --csv", "subscribers show a@sample.example"),
    *("publish", "articles --json", "subscribers export", "status", "plan"),
)
"""What tests do most with a site."""

NUMBER = struct.Struct("!i")

HEARD = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD)
"""Signals that a run may take for itself."""

ENDS = 256
"""Added to the exit code of a run after which its process ends."""

COLLECTS = gc.get_threshold()
"""When Python looks for circles unasked."""

RUNS = 200
"""So many of one process, which keeps what it has read."""


def keep_compiled_templates() -> None:
    """Let Jinja compile the same text of the same template once in this process and its forks.

    Every run compiles those that it draws with, a first run all, which is half of it. What
    comes of a text is the same each time; what cannot be compiled is refused each time.
    """
    from publisher.render.environment import Environment

    compile_ = Environment.compile
    kept: dict[tuple[str, str], tuple[CodeType, tuple[tuple[str, int], ...]]] = {}

    def compile_once(
        self: Environment, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        if name is None or filename != name or self.overlayed:  # which compiles in a way of its own
            return compile_(self, source, name, filename)
        if (name, source) not in kept:
            code = compile_(self, source, name, filename)
            kept[name, source] = (code, self.named[name])
        code, self.named[name] = kept[name, source]
        return code

    Environment.compile = compile_once  # type: ignore[assignment]


def keep_checked_templates() -> None:
    """Let templates that were found good be so in this process and its forks.

    A first run of a site checks its templates for mails by drawing samples with each, which is half
    of that run. What comes of the same texts is the same each time; what is bad is told each time.
    """
    from publisher.render import email
    from publisher.render.environment import Environment

    check = email.check_mail_templates
    good: set[frozenset[tuple[str, str]]] = set()

    def check_once(environment: Environment) -> None:
        assert environment.loader is not None
        texts = frozenset(
            (name, environment.loader.get_source(environment, name)[0])
            for name in environment.list_templates()
        )
        if texts not in good:
            check(environment)
            good.add(texts)

    email.check_mail_templates = check_once  # type: ignore[assignment]


def keep_compiled_statements() -> None:
    """Let SQLAlchemy compile a statement once in this process and its forks.

    It keeps them for one engine, and every run makes an engine: it compiled all that it asks, which
    is up to a third of a run. What comes of a statement is the same for each engine of a kind.
    """
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ClauseElement

    compile_ = ClauseElement._compile_w_cache
    kept: dict[type[Dialect], _Statements] = {}

    def compile_once(
        self: ClauseElement, dialect: Dialect, *, compiled_cache: Any, **how: Any
    ) -> Any:
        if compiled_cache is not None and how.get("schema_translate_map") is None:
            compiled_cache = kept.setdefault(type(dialect), _Statements())
        return compile_(self, dialect, compiled_cache=compiled_cache, **how)

    ClauseElement._compile_w_cache = compile_once  # type: ignore[method-assign]


class _Statements(dict[tuple[Any, ...], Any]):
    """Those of one kind of database; of which engine is the first part of what SQLAlchemy asks."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], statement: Any) -> None:
        super().__setitem__(key[1:], statement)


def use_a_sample() -> None:
    """Publish, mail and look at a site that is gone afterwards: what is read or made ready at its
    first use is then there for the forks, such as our templates, our words, what Babel knows of a
    language, statements for the database. These runs leave nothing behind, as `stand` has it."""
    before = _state()
    folder, arguments, streams = Path.cwd(), sys.argv, (sys.stdout, sys.stderr)
    with tempfile.TemporaryDirectory() as there, tempfile.TemporaryFile("w+") as said:
        for name, text in SAMPLE.items():
            path = Path(there, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        try:
            os.chdir(there)
            sys.stdout = sys.stderr = said
            for line in USES:
                sys.argv = ["-m", *line.split(), "--now", "2026-11-22T08:00:00Z"]
                code = _ended("publisher") if line != "deliver" else _delivered()
                assert code == 0, (line, code, said.seek(0), said.read())
        finally:
            os.chdir(folder)
            sys.argv, (sys.stdout, sys.stderr) = arguments, streams
    gc.enable()  # which a command does without
    assert _state() == before


def _delivered() -> int:
    """What `deliver` does, but for the thread that hears signals."""
    from publisher.cli.common import make_clock
    from publisher.config.load import load_config
    from publisher.mailing.deliver import deliver
    from publisher.wiring.stores import Stores

    config = load_config(Path("publisher.yaml"))
    clock = make_clock(datetime(2026, 11, 22, 8, tzinfo=UTC))
    with closing(Stores(config, clock, time_is_told=True)) as stores:
        return deliver(config, stores.database, stores.issues.load).exit_code


def serve(messages: socket.socket) -> str:
    """The module that this process is to run as a program, "" for the server at its end."""
    woken, wakes = socket.socketpair()
    for end in (woken, wakes):
        end.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: dict[int, socket.socket] = {}
    while True:
        ready = select.select([messages, woken], [], [])[0]
        if woken in ready:
            woken.recv(4096)
            _tell_ends(running)
        if messages not in ready:
            continue
        byte, descriptors, _, _ = socket.recv_fds(messages, 1, 4)
        if not byte:
            return ""
        *streams, answers = descriptors
        owner = socket.socket(fileno=answers)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (messages, woken, wakes, *running.values()):
                other.close()
            return _become(*streams, owner)
        for descriptor in streams:
            os.close(descriptor)  # a reader of a pipe waits for its last writer
        running[pid] = owner
        with suppress(BrokenPipeError):  # who asked has gone
            owner.sendall(NUMBER.pack(pid))


def _tell_ends(running: dict[int, socket.socket]) -> None:
    """Say of every run that has ended how it did."""
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with running.pop(pid) as owner, suppress(BrokenPipeError):
            owner.sendall(NUMBER.pack(os.waitstatus_to_exitcode(status)))


def stand(jobs: socket.socket) -> None:
    """Run the command again and again, each time as if it were the first; to fork costs more.

    Where a run leaves anything behind, such as a thread, a child or an open file, this process
    ends as one of its own would have, and says so with the exit code.
    """
    before = _state()
    path = sys.path[1:]
    for left in reversed(range(RUNS)):
        size, streams, _, _ = socket.recv_fds(jobs, NUMBER.size, 2)
        if not size:
            break
        told = json.loads(jobs.recv(*NUMBER.unpack(size), socket.MSG_WAITALL))
        for number, descriptor in enumerate(streams, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.path[1:] = path
        _take_on(told)
        try:
            code = _ended(told["module"])
        except BaseException:  # noqa: BLE001 (as Python itself does with what nobody took)
            traceback.print_exc()
            code = 1
        is_clean = _state() == before
        if not is_clean:
            _end()
        sys.stdout.flush()
        sys.stderr.flush()
        goes_on = is_clean and left > 0
        jobs.sendall(NUMBER.pack(code if goes_on else code + ENDS))
        if not goes_on:
            break
    os._exit(0)


def _state() -> object:
    """What a run could leave behind in its process."""
    try:
        has_children = os.waitpid(-1, os.WNOHANG) is not None
    except ChildProcessError:
        has_children = False
    os.umask(mask := os.umask(0))
    handlers = [signal.getsignal(number) for number in HEARD]
    log = (structlog.is_configured(), list(logging.root.handlers))
    opened = {path.name for path in Path("/dev/fd").iterdir()}
    return (opened, threading.active_count(), has_children, mask, handlers, log)


def _become(stdin: int, stdout: int, stderr: int, owner: socket.socket) -> str:
    """Take on all that a process of its own would have been started with; gives the module."""
    told = json.loads(
        owner.recv(*NUMBER.unpack(owner.recv(NUMBER.size, socket.MSG_WAITALL)), socket.MSG_WAITALL)
    )
    if told["session"]:
        os.setsid()
    for number, descriptor in enumerate((stdin, stdout, stderr)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.path.insert(0, "")
    if not told["module"]:
        stand(owner)
    owner.close()
    _take_on(told)
    return str(told["module"])


def _take_on(told: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(told["environ"])
    tempfile.tempdir = None  # where TMPDIR says now
    standstill._DONE_BY.clear()  # it begins by the code of now
    gc.set_threshold(*COLLECTS)  # as a run before had it a timer would grow
    os.chdir(told["folder"])
    sys.path[:1] = [os.getcwd(), *told["path"]]  # noqa: PTH109 (as `python -m` writes it)
    sys.argv = ["-m", *told["arguments"]]


def run(module: str) -> None:
    """Run the command and end at once, but for what was to be done at the end.

    To take all modules apart would touch, and so copy, all that the fork shares with the server.
    """
    code = _ended(module)
    _end()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _ended(module: str) -> int:
    """The exit code of a module that is run as a program."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
        if not isinstance(code, int):
            raise
        return code
    return 0


def _end() -> None:
    """Do what was to be done at the end."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()


if __name__ == "__main__":
    del sys.path[0]  # the folder of this script
    for module in PRELOADED:
        importlib.import_module(module)
    keep_compiled_templates()
    keep_checked_templates()
    keep_compiled_statements()
    use_a_sample()
    gc.collect()
    gc.freeze()  # collections in the forks need not look at what was imported
    if program := serve(socket.socket(fileno=int(sys.argv[1]))):
        run(program)
