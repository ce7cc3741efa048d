"""A site whose readers have pages, served and asked as a browser asks; its mails and its tokens.

Fixtures are here too. A file of tests takes one under its name, as `desk = subscribing.desk`; with
`desk` it takes `mailed`, for the one that all files here have is on two databases.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import html5lib
import pytest
import sqlalchemy as sa

from publisher.config.load import load_config
from publisher.delivery.tokens import Keys, Token, sign
from publisher.self_service.signups import SelfService, Wish
from publisher.store.engine import open_sqlite
from publisher.store.notices import SignUpLimits
from publisher.store.secrets import read_keys
from publisher.store.subscribers import SubscriberStore
from publisher.subscriptions import suppress_reader
from publisher.wiring.stores import Stores
from tests.mailings import SMTP, Mailed, later
from tests.postgres import postgresql_server
from tests.serving import Reply, Serving, serving
from tests.sites import CONFIG, NOW, UNJUDGED, Site

SECOND = """\
  - name: daily
    title: The Daily Courier
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    schedule: {every: day, at: "06:00"}
    language: id
"""
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass(frozen=True)
class Desk:
    """A site whose pages are served, at a time that stands still but for the tests' own."""

    mailed: Mailed
    server: Serving

    def get(self, path: str, **fields: str) -> Reply:
        return self.server.ask(path, **fields)

    def post(self, path: str, form: Mapping[str, str], **fields: str) -> Reply:
        return post(self.server, path, form, **fields)

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        return dump(self.mailed)


def post(server: Serving, path: str, form: Mapping[str, str], **fields: str) -> Reply:
    """A form as a browser sends it."""
    import http.client

    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request("POST", path, urlencode(form), headers)
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, told, response.read())
    finally:
        connection.close()


def dump(mailed: Mailed) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    address = mailed.database
    if address == "sqlite":
        if not (mailed.site.folder / ".publisher/publisher.db").exists():
            return {}
        address = f"sqlite:///{mailed.site.folder}/.publisher/publisher.db"
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            names = sorted(sa.inspect(connection).get_table_names())
            return {
                name: sorted(
                    map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}")), key=repr
                )
                for name in names
            }
    finally:
        engine.dispose()


def site_with(make_site: Callable[..., Site], more: str = "", database: str = "sqlite") -> Mailed:
    text = CONFIG + UNJUDGED + more + SMTP.format(port=1, connections=2)
    site = make_site(text + f"database: {database}\n")
    site.article("fog.md", "A text about fog.")
    return Mailed(site=site, connections=2, database=database)


@pytest.fixture
def mailed(make_site: Callable[..., Site]) -> Mailed:
    return site_with(make_site)


@pytest.fixture
def desk(mailed: Mailed) -> Iterator[Desk]:
    with serving(mailed.site, "--now", NOW) as server:
        yield Desk(mailed, server)


def keys(mailed: Mailed) -> Keys:
    """What tokens are signed with."""
    there = open_sqlite(mailed.site.folder / ".publisher/publisher.db", lambda: 0)
    try:
        return read_keys(there, "reader")
    finally:
        there.close()


def token_of(mailed: Mailed, address: str, mailing: int = 0) -> str:
    """The token that stands in a reader's issues."""
    rows = {row[1]: int(str(row[0])) for row in dump(mailed)["subscriber"]}
    return sign(Token(subscriber=rows[address], mailing=mailing), "reader", keys(mailed))


def states(mailed: Mailed, address: str) -> dict[str, str]:
    ran = mailed.site.run("subscribers", "export")
    lines = [line.split(",") for line in ran.out.splitlines()]
    assert lines[0][4:7] == ["newsletter", "rhythm", "state"]
    return {line[4]: line[6] for line in lines[1:] if line[0] == address}


def mails(folder: Path) -> list[email.message.EmailMessage]:
    """What the relay kept, in the order in which it came."""
    files = sorted(folder.glob("mail-*.eml"), key=lambda file: int(file.stem.partition("-")[2]))
    found = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
    assert all(isinstance(one, email.message.EmailMessage) for one in found)
    return found  # type: ignore[return-value]


def links(message: email.message.EmailMessage) -> dict[str, str]:
    """The links to the reader's own pages, by page: path and token."""
    plain = message.get_body(("plain",))
    assert plain is not None
    found = re.findall(
        r"https://courier\.example/((confirm|preferences|unsubscribe)/\S+)", plain.get_content()
    )
    return {page: f"/{path}" for path, page in found}


@contextmanager
def self_service(
    mailed: Mailed, hours: float, limits: SignUpLimits | None = None
) -> Iterator[SelfService]:
    """What the pages stand on, so many hours after NOW."""
    now = datetime.fromisoformat(later(hours * 3600))
    config = load_config(mailed.site.folder / "publisher.yaml")
    with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
        yield SelfService(config, stores.database, limits)


def service_seconds(service: SelfService) -> int:
    return int(service.now().timestamp())


def a_wish(email: str, network: str = "203.0.113.0/24") -> Wish:
    return Wish(email=email, newsletters=["weekly"], wording="Subscribe", network=network)


def suppress(mailed: Mailed, email: str, reason: str, how: str) -> None:
    """As what came back does it, or a person."""
    now = datetime.fromisoformat(NOW)
    there = open_sqlite(
        mailed.site.folder / ".publisher/publisher.db", lambda: int(now.timestamp() * 1000)
    )
    try:
        suppress_reader(SubscriberStore(there), email, reason, now=now, how=how)
    finally:
        there.close()


def words(reply: Reply) -> str:
    """What a page says, without its head."""
    text = reply.body.decode()
    assert "<script" not in text
    main = re.search(r"(?s)<main.*</main>", text)
    assert main
    return " ".join(re.sub(r"<[^>]*>", " ", main[0]).split())


def check_page(reply: Reply) -> None:
    html5lib.HTMLParser(strict=True).parse(reply.body)
    fields = reply.headers
    assert fields["cache-control"] == "no-store"
    assert fields["referrer-policy"] == "no-referrer"
    assert fields["x-robots-tag"] == "noindex"
    assert fields["x-content-type-options"] == "nosniff"
    assert fields["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in fields["content-security-policy"]
    assert "location" not in fields
    assert "set-cookie" not in fields


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgresql_server() as there:
        yield there.address
