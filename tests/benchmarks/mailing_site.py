"""Sites with a frozen issue and its readers, and Postfix's smtp-sink that takes their mail."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from publisher.cli.commands import main
from publisher.config import Config
from publisher.config.load import load_config
from publisher.delivery.tokens import TOKEN_LENGTH
from publisher.links.readers import PREFERENCES, UNSUBSCRIBE
from publisher.mime import Mailbox, MessageTemplate, make_template
from publisher.model import Digest, Issue, Readership, RenderedIssue
from publisher.store.engine import Database, open_postgresql, open_sqlite
from publisher.store.issues import IssueStore
from publisher.store.mailings import Mailings, Wake
from tests.factories import SITE_URL, make_entry, make_newsletter
from tests.postgres import find_postgresql, running
from tests.signing import DOMAIN, rsa_key, write_key
from tests.sites import CONFIG, NOW, UNJUDGED

SESSIONS = 10
MESSAGE_BYTES = 30_000
LIST = "weekly"
INITDB = "initdb"
"""What is looked for to know whether PostgreSQL's server is there."""

_COUNTED = re.compile(rb"mesg=(\d+)")
_PATIENCE = 30.0

_PARAGRAPH = (
    "The harbour has a new light, and whoever comes home late sees it from the last hill before "
    "the town; so says the keeper, who has counted the boats for thirty years."
)


def freeze(database: Database, wake: Wake | None = None) -> None:
    """An issue for all readers, of which the pages are in place."""
    IssueStore(database).freeze(make_issue(), readers=Readership(list=LIST))
    mailings = Mailings(database, wake)
    for one in mailings.waiting():
        mailings.let_go(one.id, _PATIENCE, "stale")


@dataclass(frozen=True, slots=True)
class MailedSite:
    """A folder with publisher.yaml and, once `freeze` was called, an issue with its deliveries.

    `address` is its database, as publisher.yaml names it.
    """

    address: str = "sqlite"
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="bench-")))

    def configure(self, port: int, *, signed: bool = False) -> None:
        """Hand mail to a relay of this machine, with a signature of RSA-2048 or none."""
        text = CONFIG + UNJUDGED + f"database: {self.address}\n"
        text += (
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none, connections: {SESSIONS}}}\n"
        )
        if signed:
            write_key(self.folder / "rsa.pem", rsa_key())
            text += f"dkim: {{domain: {DOMAIN}, selector: rsa, key_file: rsa.pem}}\n"
        (self.folder / "publisher.yaml").write_text(text, encoding="utf-8")

    @property
    def config(self) -> Config:
        """What publisher.yaml says."""
        return load_config(self.folder / "publisher.yaml")

    @property
    def file(self) -> Path:
        """The database, where it is a file."""
        return self.config.path(self.config.state) / "publisher.db"

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database, for as long as the block is."""
        if self.address == "sqlite":
            self.file.parent.mkdir(parents=True, exist_ok=True)
            opened = open_sqlite(self.file, lambda: round(time.time() * 1000))
        else:
            opened = open_postgresql(self.address)
        with closing(opened) as database:
            yield database

    def add_readers(self, count: int) -> None:
        """So many active ones, put in by SQL: an import would take minutes."""
        people = f"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO subscriber (email, box, name, language, timezone, fields, created)
            SELECT 'reader' || i || '@d' || (i % 97) || '.example', '{"0" * 22}' || ({10**9} + i),
                'Reader ' || i, '', '', '{{}}', 0 FROM n"""
        active = f"""
            INSERT INTO subscription
            SELECT id, '{LIST}', '', '', 'active', 0, 0, NULL, NULL, '[]' FROM subscriber"""
        with self.database() as database, database.writing() as connection:
            connection.execute(sa.text(people))
            connection.execute(sa.text(active))

    def freeze(self) -> None:
        """An issue for all of them."""
        with self.database() as database:
            freeze(database)

    def rewind(self) -> None:
        """As if nothing had been sent."""
        with self.database() as database:
            with database.writing() as connection:
                connection.execute(
                    sa.text("UPDATE delivery SET state = 'pending', tries = 0, due = 0")
                )
                connection.execute(sa.text("UPDATE shard SET owner = '', deadline = 0"))
            self.tidy(database)

    def tidy(self, database: Database) -> None:
        """Have the database done with what was written so far, which it would do some time."""
        with database.reading() as connection:
            if database.is_sqlite:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
            else:
                connection.execute(sa.text("VACUUM ANALYZE"))
                connection.execute(sa.text("CHECKPOINT"))

    def count(self, where: str = "true") -> int:
        """How many deliveries there are of which that is so."""
        with self.database() as database, database.reading() as connection:
            found = connection.execute(sa.text(f"SELECT count(*) FROM delivery WHERE {where}"))
            return int(found.scalar_one())

    def run(self, *arguments: str) -> None:
        """A command in this very process. Raises AssertionError where it fails."""
        handlers = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
        told = ["--config", str(self.folder / "publisher.yaml"), "--quiet"]
        try:
            main([*arguments, *told], standalone_mode=False)
        except SystemExit as end:
            if end.code:
                raise AssertionError(f"{arguments} ended with {end.code}") from end
        finally:
            for name, handler in handlers.items():
                signal.signal(name, handler)

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.folder)


def open_site(opened: ExitStack, *, on_postgresql: bool) -> MailedSite:
    """A site, on a server of its own or a file; gone when `opened` is closed."""
    address = "sqlite"
    if on_postgresql:
        programs = find_postgresql()
        assert programs is not None
        address = opened.enter_context(running(programs)).address
    site = MailedSite(address=address)
    opened.callback(site.close)
    return site


def open_frozen_site(
    opened: ExitStack, size: int, *, on_postgresql: bool, port: int = 1
) -> MailedSite:
    site = open_site(opened, on_postgresql=on_postgresql)
    site.configure(port)
    site.add_readers(size)
    site.freeze()
    return site


class Sink:
    """A running smtp-sink, which counts what it takes."""

    def __init__(self) -> None:
        self.port = _free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sink-")
        self._counts = Path(self._folder.name, "counts")
        user = ["-u", "nobody"] if os.geteuid() == 0 else []  # it does not run as root
        with self._counts.open("wb") as counts:
            self._process = subprocess.Popen(
                [program("smtp-sink"), *user, "-c", f"127.0.0.1:{self.port}", "100"],
                stdout=counts,
                stderr=subprocess.DEVNULL,
            )
        self._await_greeting()

    @property
    def taken(self) -> int:
        """How many messages it has had so far."""
        with self._counts.open("rb") as counts:
            counts.seek(max(0, counts.seek(0, os.SEEK_END) - 200))
            found = _COUNTED.findall(counts.read())
        return int(found[-1]) if found else 0

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def _await_greeting(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                with closing(socket.create_connection(("127.0.0.1", self.port), 1)) as line:
                    line.recv(100)
                    return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.02)


def program(name: str) -> str:
    """The path of a program of Postfix's or PostgreSQL's. Raises FileNotFoundError."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    server = find_postgresql()
    if found is None and server is not None:
        found = shutil.which(name, path=server)
    if found is None:
        of = "PostgreSQL" if name == INITDB else "Postfix"
        raise FileNotFoundError(f"{name} is not installed (it comes with {of})")
    return found


@cache
def make_issue() -> Issue:
    """One whose messages have MESSAGE_BYTES, in HTML and text."""
    paragraphs = 1
    while len(fill_one(template_of(rendered(paragraphs)))) < MESSAGE_BYTES:
        paragraphs += 1
    return Issue(
        newsletter=LIST,
        number=1,
        digest=Digest(
            newsletter=LIST,
            slot=datetime.fromisoformat(NOW),
            subject="The Weekly Courier",
            preheader="What else there is",
            entries=(make_entry(),),
        ),
        checksum="c",
        rendered=rendered(paragraphs),
    )


def template_of(issue: RenderedIssue) -> MessageTemplate:
    """The message of an issue without its reader."""
    return make_template(
        issue,
        number=1,
        slot=datetime.fromisoformat(NOW),
        newsletter=make_newsletter(),
        mail_url=SITE_URL,
        token_length=TOKEN_LENGTH,
    )


def fill_one(template: MessageTemplate, number: int = 1000) -> bytes:
    """A reader's message."""
    return template.fill(to=reader(number), token=token(number), identity=f"{number:032x}")


def reader(number: int) -> Mailbox:
    """A reader as `add_readers` makes them."""
    return Mailbox(name=f"Reader {number}", email=f"reader{number}@d{number % 97}.example")


def token(number: int) -> str:
    """What stands in a reader's links."""
    return f"{number:x}".rjust(TOKEN_LENGTH, "t")


def rendered(paragraphs: int) -> RenderedIssue:
    """What readers get, with their links at the head and the foot."""
    links = (UNSUBSCRIBE, PREFERENCES)
    return RenderedIssue(
        subject="The Weekly Courier",
        html=_html([_PARAGRAPH] * paragraphs, links),
        text="\n\n".join([*links, *[_PARAGRAPH] * (paragraphs // 2), *links]) + "\n",
    )


def _html(paragraphs: Sequence[str], links: Sequence[str]) -> str:
    shown = "".join(f'<p style="margin:0 0 12px 0">{paragraph}</p>\n' for paragraph in paragraphs)
    own = "".join(f'<p><a href="{link}">{link}</a></p>\n' for link in links)
    return f"<!doctype html><html><body>\n{own}{shown}{own}</body></html>\n"


def _free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def told(number: int) -> bytes:
    """What a job says: how many it did."""
    return str(number).encode()


def done(pieces: Iterable[bytes]) -> Mapping[str, object]:
    """Those many."""
    (count,) = pieces
    return {"done": int(count)}
