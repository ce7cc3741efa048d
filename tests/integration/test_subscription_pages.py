"""The pages of readers by real HTTP, with a relay behind them: come, choose, leave; nobody else."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import re
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import html5lib
import pytest
import sqlalchemy as sa

from publisher.config.load import load_config
from publisher.delivery.tokens import CONFIRM_SECONDS, Keys, Token, sign, sign_confirmation
from publisher.errors import StoreUnreachable
from publisher.mailing.deliver import deliver
from publisher.self_service.signups import Preferences, SelfService, Wish
from publisher.store.engine import open_sqlite
from publisher.store.lapses import forget_unconfirmed
from publisher.store.notices import Asked, SignUpLimits
from publisher.store.secrets import read_keys
from publisher.store.subscribers import SubscriberStore
from publisher.subscriptions import suppress_reader
from publisher.wiring.stores import Stores
from tests.mailings import SMTP, Mailed, later
from tests.postgres import fresh, postgresql_server
from tests.relays import Relay, relay
from tests.serving import Reply, Serving, serving, wait_until
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.smtp_servers import SmtpServer, serving_smtp

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


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_from_the_form_to_the_last_issue(
    kind: str, make_site: Callable[..., Site], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Subscribe, confirm from the mail that arrived, get an issue, change, leave with one click."""
    where = "sqlite" if kind == "sqlite" else request.getfixturevalue("database")
    mailed = site_with(make_site, SECOND, where)
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        text = (mailed.site.folder / "publisher.yaml").read_text()
        mailed.site.write("publisher.yaml", text.replace(UNJUDGED, UNJUDGED + SECOND))
        mailed.site.publish()
        with serving(mailed.site, "--now", NOW) as server:
            desk = Desk(mailed, server)
            form = desk.get("/subscribe")
            check_page(form)
            assert "Your mail address" in words(form)
            sent = desk.post("/subscribe", {"email": "Ann@Harbour.Example", "newsletter": "weekly"})
            check_page(sent)
            assert (sent.status, "two days" in words(sent)) == (200, True)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "pending"}

            ran = mailed.deliver()
            assert (ran.code, ran.out) == (0, "about subscriptions: 1 sent\nnothing to send\n")
            (message,) = mails(tmp_path)
            assert message["Subject"] == "Confirm your subscription"
            assert message["From"] == "The Example Courier <news@courier.example>"
            assert message["List-Unsubscribe"] is None
            confirm = links(message)["confirm"]
            question = desk.get(confirm)
            check_page(question)
            assert "You asked to get The Weekly Courier at Ann@harbour.example." in words(question)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "pending"}
            done = desk.post(confirm, {})
            check_page(done)
            assert "You are subscribed" in words(done)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "active"}

            mailed.site.article("tide.md", "A text about tides.", date="2026-11-01")
            ran = mailed.site.run("issue", "compose", "weekly", now=later(3600))
            assert ran.code == 0, ran.err
            assert mailed.deliver(after=3600).out == "1 sent\n"
            issue = mails(tmp_path)[1]
            own = links(issue)
            assert f"<https://courier.example{own['unsubscribe']}>" == issue["List-Unsubscribe"]

            page = desk.get(own["preferences"])
            check_page(page)
            assert "Ann@harbour.example" in words(page)
            saved = desk.post(
                own["preferences"],
                {"what": "save", "newsletter": "daily", "pause": "2030-01-31", "language": "fr"},
            )
            check_page(saved)
            assert 'lang="fr"' in saved.body.decode()
            assert 'value="2030-01-31"' in saved.body.decode()
            assert states(mailed, "Ann@harbour.example") == {
                "weekly": "unsubscribed",
                "daily": "active",
            }
            data = json.loads(desk.get(own["preferences"] + "?data").body)
            assert data["subscriber"]["email"] == "Ann@harbour.example"
            assert [one["state"] for one in data["deliveries"]] == ["sent"]
            evidence = data["subscriptions"]["weekly"]["evidence"]
            assert [one["what"] for one in evidence] == [
                "requested", "confirmed", "unsubscribed", "changed",
            ]  # fmt: skip
            assert evidence[1]["wording"].startswith("You asked to get The Weekly Courier")

            back = desk.post(own["preferences"], {"what": "save", "newsletter": "weekly"})
            assert back.status == 200
            assert states(mailed, "Ann@harbour.example")["weekly"] == "active"
            mailed.site.article("gull.md", "A text about gulls.", date="2026-11-02")
            assert mailed.site.run("issue", "compose", "weekly", now=later(7200)).code == 0
            for _ in range(2):
                reply = desk.post(own["unsubscribe"], ONE_CLICK)
                assert (reply.status, reply.body) == (200, b"unsubscribed\n")
                assert "set-cookie" not in reply.headers
            assert mailed.deliver(after=7200).out == "nothing to send\n"
            assert len(mails(tmp_path)) == 2


def all_links(message: email.message.EmailMessage) -> set[str]:
    """Every address in a mail that leads to the site: its fields, both its texts, all attributes
    of the HTML."""
    found = set(re.findall(r"<(https?://[^>]+)>", " ".join(map(str, message.values()))))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    found |= set(re.findall(r"https?://[^\s<>\"']+", plain.get_content()))
    tree = html5lib.parse(html.get_content(), namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            shown = {v for k, v in element.attrib.items() if not k.startswith("xmlns")}
            found |= {value for value in shown if value.startswith("http")}
    assert {urlsplit(link).netloc for link in found} == {"courier.example"}
    return {link.removeprefix("https://courier.example") for link in found}


@pytest.mark.parametrize("often", [15, pytest.param(100, marks=pytest.mark.long)])
def test_a_scanner_of_all_links_again_and_again_changes_no_row(
    mailed: Mailed, tmp_path: Path, often: int
) -> None:
    """Every link of an issue, and of a mail that asks to confirm, as those mails arrived."""
    import http.client

    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        mailed.readers(1)
        mailed.site.publish()
        with serving(mailed.site, "--now", NOW) as server:
            post(server, "/subscribe", {"email": "ann@harbour.example"})
            mailed.deliver()
            asks, issue = mails(tmp_path)
            paths = all_links(issue) | all_links(asks)
            pages = {path.split("/")[1] for path in paths}
            assert pages >= {"unsubscribe", "preferences", "confirm", "2026", "newsletters"}
            own = [path for path in paths if path.split("/")[1] in ("unsubscribe", "preferences")]
            times = dict.fromkeys(paths, often)
            for more in ("List-Unsubscribe=One-Click", "what=erase", "what=save", "data", "erase"):
                times |= {f"{path}?{more}": 3 for path in own}
            before = dump(mailed)
            assert states(mailed, "ann@harbour.example") == {"weekly": "pending"}
            connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
            for path, count in times.items():
                for method in ("GET", "HEAD", "OPTIONS"):
                    for _ in range(count):
                        connection.request(method, path)
                        response = connection.getresponse()
                        response.read()
                        assert response.status in (200, 204), (method, path)
            connection.close()
            assert dump(mailed) == before


class TestTokens:
    def test_every_bit_counts_and_a_token_has_one_purpose(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        confirm = sign_confirmation(1, 2_000_000_000, keys(mailed))
        before = desk.dump()
        raw = base64.urlsafe_b64decode(token)
        for bit in range(len(raw) * 8):
            changed = bytearray(raw)
            changed[bit // 8] ^= 1 << bit % 8
            forged = base64.urlsafe_b64encode(changed).decode()
            assert desk.post(f"/unsubscribe/{forged}", ONE_CLICK).status == 404, bit
        assert desk.post(f"/unsubscribe/{confirm}", {}).status == 404
        assert desk.post(f"/preferences/{confirm}", {"what": "erase"}).status == 404
        assert desk.post(f"/confirm/{token}", {}).status == 404
        for odd in ("x", "%00", "%C3%A9", token + "A", token[:-1], token.lower(), "../" + token):
            assert desk.get(f"/unsubscribe/{odd}").status == 404
        assert desk.dump() == before

    def test_of_old_keys_open_the_readers_pages_for_ever(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        path = mailed.site.folder / ".publisher/publisher.db"
        with closing(sqlite3.connect(path)) as there, there:
            there.execute(
                "INSERT INTO secret (purpose, secret, created) VALUES ('reader', 'new', 9)"
            )
        assert "reader0@d0.example" in words(desk.get(f"/preferences/{token}"))
        assert desk.post(f"/unsubscribe/{token}", ONE_CLICK).status == 200
        assert states(mailed, "reader0@d0.example") == {"weekly": "unsubscribed"}

    def test_to_confirm_ends_after_two_days_and_works_once(
        self, desk: Desk, mailed: Mailed
    ) -> None:
        desk.post("/subscribe", {"email": "ann@harbour.example"})
        own = token_of(mailed, "ann@harbour.example")
        now = int(dump(mailed)["notice"][0][3] / 1000)  # type: ignore[operator]
        old = sign_confirmation(1, now - CONFIRM_SECONDS - 60, keys(mailed))
        good = sign_confirmation(1, now, keys(mailed))
        for method in ("GET", "POST"):
            assert desk.server.ask(f"/confirm/{old}", method).status == 404
        early = sign_confirmation(1, now - 3600, keys(mailed))  # before anybody asked
        assert desk.post(f"/confirm/{early}", {}).status == 404
        assert states(mailed, "ann@harbour.example") == {"weekly": "pending"}
        assert desk.post(f"/confirm/{good}", {}).status == 200
        assert desk.post(f"/confirm/{good}", {}).status == 200
        assert states(mailed, "ann@harbour.example") == {"weekly": "active"}
        assert desk.post(f"/unsubscribe/{own}", {}).status == 200
        assert desk.post(f"/confirm/{good}", {}).status == 404
        assert states(mailed, "ann@harbour.example") == {"weekly": "unsubscribed"}

    def test_to_confirm_a_newsletter_that_was_renamed_lead_to_the_form(
        self, mailed: Mailed
    ) -> None:
        with self_service(mailed, 0) as service:
            service.ask(a_wish("ann@x.example"))
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
        there = mailed.site.folder / "publisher.yaml"
        renamed = there.read_text(encoding="utf-8").replace("name: weekly\n", "name: digest\n", 1)
        there.write_text(renamed, encoding="utf-8")
        with serving(mailed.site, "--now", NOW) as server:
            for reply in (server.ask(f"/confirm/{token}"), post(server, f"/confirm/{token}", {})):
                assert (reply.status, "Subscribe by mail" in words(reply)) == (404, True)
        assert states(mailed, "ann@x.example") == {"weekly": "pending"}

    def test_the_sample_is_told_to_be_one(self, desk: Desk) -> None:
        for page in ("confirm", "unsubscribe", "preferences"):
            assert "This is a sample" in words(desk.get(f"/{page}/sample"))
            assert "This is a sample" in words(desk.post(f"/{page}/sample", {}))
        assert desk.post("/unsubscribe/sample", ONE_CLICK).status == 200


class TestLeaving:
    def test_by_the_button(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        question = desk.get(f"/unsubscribe/{token}")
        check_page(question)
        assert "reader0@d0.example will get no more issues of The Weekly Courier." in words(
            question
        )
        done = desk.post(f"/unsubscribe/{token}", {})
        check_page(done)
        assert "You have unsubscribed" in words(done)
        assert states(mailed, "reader0@d0.example") == {"weekly": "unsubscribed"}

    def test_who_has_left_already_is_told_so(self, make_site: Callable[..., Site]) -> None:
        mailed = site_with(make_site, SECOND)
        mailed.readers(1)
        mailed.site.run(
            "subscribers", "add", "reader0@d0.example", "--newsletter", "daily", "--confirmed"
        )
        mailed.site.publish()
        gone = "No more issues of The Weekly Courier are sent to reader0@d0.example, but for one"
        with serving(mailed.site, "--now", NOW) as server:
            weekly = next(row[0] for row in dump(mailed)["mailing"] if row[3] == "weekly")
            path = f"/unsubscribe/{token_of(mailed, 'reader0@d0.example', int(str(weekly)))}"
            all_of_it = f"/unsubscribe/{token_of(mailed, 'reader0@d0.example')}"
            assert post(server, path, ONE_CLICK).status == 200
            before = dump(mailed)
            for page in (server.ask(path), post(server, path, {})):
                check_page(page)
                assert "You have unsubscribed" in words(page)
                assert gone in words(page)
                assert "<button" not in page.body.decode()
            assert dump(mailed) == before
            both = post(server, all_of_it, {}, Accept_Language="en")
            assert "of The Daily Courier are sent to reader0@d0.example" in words(both)
            for page in (server.ask(all_of_it), post(server, all_of_it, {})):
                assert "You have unsubscribed Nothing is mailed to this address." in words(page)
            mailed.site.run("subscribers", "erase", "reader0@d0.example")
            erased = server.ask(path)
            check_page(erased)
            assert "You have unsubscribed Nothing is mailed to this address." in words(erased)

    def test_one_click_as_multipart(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        field = b'Content-Disposition: form-data; name="List-Unsubscribe"'
        body = b"--b\r\n%s\r\n\r\nOne-Click\r\n--b--\r\n" % field
        request = (
            b"POST /unsubscribe/%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Origin: https://mail.example\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n%s"
            % (token.encode(), len(body), body)
        )
        parts = urlsplit(desk.server.address)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as line:
            line.sendall(request)
            assert line.recv(4096).startswith(b"HTTP/1.1 200 ")
        assert states(mailed, "reader0@d0.example") == {"weekly": "unsubscribed"}

    def test_of_one_newsletter_leaves_the_other(self, make_site: Callable[..., Site]) -> None:
        mailed = site_with(make_site, SECOND)
        mailed.readers(1)
        mailed.site.run(
            "subscribers", "add", "reader0@d0.example", "--newsletter", "daily", "--confirmed"
        )
        mailed.site.publish()
        with serving(mailed.site) as server:
            weekly = next(row[0] for row in dump(mailed)["mailing"] if row[3] == "weekly")
            token = token_of(mailed, "reader0@d0.example", int(str(weekly)))
            assert post(server, f"/unsubscribe/{token}", ONE_CLICK).status == 200
        assert states(mailed, "reader0@d0.example") == {"weekly": "unsubscribed", "daily": "active"}

    def test_of_a_newsletter_that_is_configured_no_more(
        self, make_site: Callable[..., Site]
    ) -> None:
        """Renamed, and its readers moved by their list: an old link still ends what comes."""
        mailed = site_with(make_site, SECOND)
        mailed.readers(1)
        mailed.site.publish()
        there = mailed.site.folder / "publisher.yaml"
        renamed = there.read_text(encoding="utf-8").replace("name: weekly\n", "name: digest\n", 1)
        there.write_text(renamed, encoding="utf-8")
        listed = mailed.site.run("subscribers", "export").out.replace(",weekly,", ",digest,")
        mailed.site.write("moved.csv", listed)
        assert mailed.site.run("subscribers", "import", "moved.csv", "--confirmed").code == 0
        with serving(mailed.site) as server:
            weekly = next(row[0] for row in dump(mailed)["mailing"] if row[3] == "weekly")
            token = token_of(mailed, "reader0@d0.example", int(str(weekly)))
            page = words(server.ask(f"/unsubscribe/{token}"))
            assert "will get no more issues of The Weekly Courier" in page
            assert post(server, f"/unsubscribe/{token}", ONE_CLICK).status == 200
        assert states(mailed, "reader0@d0.example") == {
            "weekly": "unsubscribed",
            "digest": "unsubscribed",
        }

    def test_erased_readers_can_still_say_so(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        assert "be forgotten" in words(desk.get(f"/preferences/{token}?erase"))
        assert dump(mailed)["subscriber"]
        gone = desk.post(f"/preferences/{token}", {"what": "erase"})
        check_page(gone)
        assert "You are erased" in words(gone)
        assert dump(mailed)["subscriber"] == []
        before = desk.dump()
        for _ in range(2):
            assert desk.post(f"/unsubscribe/{token}", ONE_CLICK).status == 200
            assert "You have unsubscribed" in words(desk.post(f"/unsubscribe/{token}", {}))
        assert "Nothing is mailed" in words(desk.post(f"/preferences/{token}", {"what": "save"}))
        assert desk.dump() == before
        files = [file for file in mailed.site.folder.rglob("*") if file.is_file()]
        held = [file for file in files if b"reader0@d0" in file.read_bytes()]
        assert [file.name for file in held] == ["readers.csv"]

    def test_who_is_suppressed_cannot_be_brought_back(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        mailed.site.run("subscribers", "suppress", "reader0@d0.example")
        page = desk.post(f"/preferences/{token}", {"what": "save", "newsletter": "weekly"})
        assert "Nothing is mailed to this address." in words(page)
        assert states(mailed, "reader0@d0.example") == {"weekly": "suppressed"}


def test_a_pause_is_a_day_to_come(desk: Desk, mailed: Mailed) -> None:
    mailed.readers(1)
    path = f"/preferences/{token_of(mailed, 'reader0@d0.example')}"
    kept = {"what": "save", "newsletter": "weekly"}
    for bad in ("2020-01-01", "soon", "2026-11-22", "9999-12-31", "2026-11-31"):
        reply = desk.post(path, kept | {"pause": bad})
        assert (reply.status, "This is no date to come." in words(reply)) == (422, True)
        check_page(reply)
    assert desk.post(path, kept | {"pause": "2026-12-24"}).status == 200
    assert "2026-12-23T17:00:00" in mailed.site.run("subscribers", "export").out
    assert desk.post(path, kept | {"pause": ""}).status == 200
    assert "2026-12-23" not in mailed.site.run("subscribers", "export").out


def test_a_pause_that_came_by_a_list_may_be_further_ahead(desk: Desk, mailed: Mailed) -> None:
    site = mailed.site
    site.write("list.csv", "email,paused_until\nann@harbour.example,2040-01-01\n")
    site.run("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    path = f"/preferences/{token_of(mailed, 'ann@harbour.example')}"
    assert 'value="2040-01-01"' in desk.get(path).body.decode()
    saved = {"what": "save", "newsletter": "weekly", "pause": "2040-01-01", "language": "de"}
    assert desk.post(path, saved).status == 200
    exported = site.run("subscribers", "export").out
    assert "2040-01-01T00:00:00+00:00" in exported
    assert desk.post(path, saved | {"pause": "2040-01-02"}).status == 422


class TestWhoComesBack:
    def ask(self, desk: Desk, address: str = "reader0@d0.example") -> bytes:
        reply = desk.post("/subscribe", {"email": address})
        assert reply.status == 200
        return reply.body.replace(address.encode(), b"ADDRESS")

    def confirm(self, desk: Desk, tmp_path: Path) -> Reply:
        """Push the button that the mail leads to."""
        with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
            desk.mailed.use(there)
            desk.mailed.deliver()
        (message,) = mails(tmp_path)
        return desk.post(links(message)["confirm"], {})

    def take(self, mailed: Mailed) -> str:
        """The list that had them once."""
        ran = mailed.site.run(
            "subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed"
        )
        assert ran.code == 0
        return str(ran.out)

    def test_who_was_erased_by_their_own_yes_and_by_no_list(
        self, desk: Desk, mailed: Mailed, tmp_path: Path
    ) -> None:
        mailed.readers(1)
        old = token_of(mailed, "reader0@d0.example")
        desk.post(f"/preferences/{old}", {"what": "erase"})
        assert "1 suppressed" in self.take(mailed)
        assert dump(mailed)["subscriber"] == []
        assert self.ask(desk) == self.ask(desk, "new@d1.example")
        assert "1 suppressed" in self.take(mailed)
        assert states(mailed, "reader0@d0.example") == {"weekly": "pending"}
        ran = mailed.site.run("subscribers", "add", "reader0@d0.example", "--confirmed")
        assert (ran.code, "come back by the form" in ran.err) == (1, True)
        mailed.site.run("subscribers", "erase", "new@d1.example")
        assert [row[1] for row in dump(mailed)["suppression"]] == ["erased", "erased"]

        assert "You are subscribed" in words(self.confirm(desk, tmp_path))
        assert states(mailed, "reader0@d0.example") == {"weekly": "active"}
        assert len(dump(mailed)["suppression"]) == 1
        assert "1 unchanged" in self.take(mailed)
        desk.post(f"/unsubscribe/{old}", ONE_CLICK)
        desk.post(f"/preferences/{old}", {"what": "erase"})
        assert states(mailed, "reader0@d0.example") == {"weekly": "active"}, "a link of nobody"

    def test_whose_address_did_not_take_mail(self, make_site: Callable[..., Site]) -> None:
        mailed = site_with(make_site, SECOND)
        mailed.readers(1)
        reader = "reader0@d0.example"
        mailed.site.run("subscribers", "add", reader, "--newsletter", "daily", "--confirmed")
        suppress(mailed, reader, "hard bounce", "issue 1 of weekly")
        with self_service(mailed, 0) as service:
            assert service.ask(a_wish(reader)) is Asked.MAILED
            assert states(mailed, reader) == {"weekly": "pending", "daily": "suppressed"}
            token = token_of(mailed, reader)
            wanted = Preferences(newsletters=["weekly"], paused_until=None, language="")
            saved = service.prefer(token, wanted, network="")
            assert saved is not None
            assert saved.reader is None, "an old link proves nothing of today"
            assert "1 suppressed" in self.take(mailed)
            assert states(mailed, reader) == {"weekly": "pending", "daily": "suppressed"}
            assert dump(mailed)["suppression"]
            confirm = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(confirm, wording="", network="") is not None
            assert states(mailed, reader) == {"weekly": "active", "daily": "unsubscribed"}
            assert dump(mailed)["suppression"] == []
            both = Preferences(newsletters=["weekly", "daily"], paused_until=None, language="")
            service.prefer(token, both, network="")
            assert states(mailed, reader) == {"weekly": "active", "daily": "active"}
        told = mailed.site.run("subscribers", "show", reader, "--json").out
        assert "suppressed (hard bounce) until its owner confirmed" in told

    def test_who_complained_or_was_barred_by_hand_is_not_even_asked(self, mailed: Mailed) -> None:
        mailed.readers(3)
        barred = [("complaint", "issue 1 of weekly"), ("by hand", "by hand"), ("erased", "by hand")]
        for n, (reason, how) in enumerate(barred):
            mailed.site.run("subscribers", "erase", f"reader{n}@d{n}.example")
            suppress(mailed, f"reader{n}@d{n}.example", reason, how)
        before = dump(mailed)
        with self_service(mailed, 0) as service:
            for n in range(3):
                assert service.ask(a_wish(f"reader{n}@d{n}.example")) is Asked.HEARD
            assert service.ask(a_wish("new@d1.example")) is Asked.MAILED
        after = dump(mailed)
        assert after["suppression"] == before["suppression"]
        assert [row[1] for row in after["subscriber"]] == ["new@d1.example"]
        assert len(after["notice"]) == 1

    def test_whom_a_list_calls_suppressed(self, mailed: Mailed) -> None:
        lines = "dead@d0.example,,cleaned\nangry@d1.example,2024-01-02,bounced\n"
        mailed.site.write("list.csv", f"email,complained,status\n{lines}")
        ran = mailed.site.run("subscribers", "import", "list.csv", "--newsletter", "weekly")
        assert ran.code == 0, ran.err
        with self_service(mailed, 0) as service:
            assert service.ask(a_wish("angry@d1.example")) is Asked.HEARD
            assert service.ask(a_wish("dead@d0.example")) is Asked.MAILED
            assert [row[2] for row in dump(mailed)["notice"]] == ["confirm"]
            confirm = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(confirm, wording="", network="") is not None
        assert states(mailed, "dead@d0.example") == {"weekly": "active"}
        assert states(mailed, "angry@d1.example") == {"weekly": "suppressed"}

    def test_who_complains_of_the_question_does_not_come_back(
        self, desk: Desk, mailed: Mailed
    ) -> None:
        mailed.readers(1)
        mailed.site.run("subscribers", "erase", "reader0@d0.example")
        self.ask(desk)
        ((id_, *_),) = dump(mailed)["subscriber"]
        path = f"/confirm/{sign_confirmation(int(str(id_)), int(time.time()), keys(mailed))}"
        assert "You asked to get" in words(desk.get(path))
        suppress(mailed, "reader0@d0.example", "complaint", "a mail about subscriptions")
        assert desk.post(path, {}).status == 404
        assert states(mailed, "reader0@d0.example") == {"weekly": "suppressed"}
        ((_, reason, *_),) = dump(mailed)["suppression"]
        assert reason == "complaint"

    def test_an_erasure_gives_strangers_no_more_mails(self, mailed: Mailed) -> None:
        asked = []
        for days in range(5):
            with self_service(mailed, days * 25) as service:
                asked.append(service.ask(a_wish("ann@x.example")))
            mailed.site.run("subscribers", "erase", "ann@x.example")
        assert asked == [Asked.MAILED] * 3 + [Asked.HEARD] * 2
        assert dump(mailed)["subscriber"] == []

    def test_an_erasure_by_ones_own_link_is_an_answer(self, mailed: Mailed) -> None:
        mailed.readers(1)
        for days in range(3):
            with self_service(mailed, days * 25) as service:
                assert service.ask(a_wish("reader0@d0.example")) is Asked.MAILED
        with self_service(mailed, 100) as service:
            assert service.ask(a_wish("reader0@d0.example")) is Asked.HEARD
            assert service.erase(token_of(mailed, "reader0@d0.example"))
            assert dump(mailed)["sign_up"] == []
            assert service.ask(a_wish("reader0@d0.example")) is Asked.MAILED


def test_a_database_that_is_away_costs_nobody_the_mail_that_asks(
    mailed: Mailed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes in the midst of a mail: what was claimed is mailed when that claim is over."""

    def away(_store: SubscriberStore, _id: int) -> None:
        raise StoreUnreachable("is away")

    with relay(tmp_path / "log") as there:
        mailed.use(there)
        with self_service(mailed, 0) as service:
            service.ask(a_wish("a@x.example"))
        config = load_config(mailed.site.folder / "publisher.yaml")
        now = datetime.fromisoformat(later(1))
        with closing(Stores(config, lambda: now)) as stores, monkeypatch.context() as gone:
            gone.setattr(SubscriberStore, "by_id", away)
            with pytest.raises(StoreUnreachable):
                deliver(config, stores.database, stores.issues.load, limit=1)
        assert there.taken() == []
        mailed.deliver(after=600)
        assert [message.recipient for message in there.taken()] == ["a@x.example"]


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_who_pauses_while_an_issue_is_sent_does_not_get_it_meanwhile(
    kind: str, make_site: Callable[..., Site], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Those who paused before it was frozen do not either; a pause that is over is none."""
    where = "sqlite"
    if kind == "postgresql":
        where = fresh(request.getfixturevalue("database"), "pausing")
    mailed = site_with(make_site, database=where)
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(3)
        mailed.site.publish()
        config = load_config(mailed.site.folder / "publisher.yaml")
        now = datetime.fromisoformat(NOW)
        with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
            service = SelfService(config, stores.database)
            for address, seconds in zip(addresses, (86400, 300), strict=False):
                reader = SubscriberStore(stores.database).of(address)
                assert reader is not None
                whose = Token(subscriber=reader.subscriber.id)
                token = sign(whose, "reader", read_keys(stores.database, "reader"))
                until = datetime.fromisoformat(later(seconds))
                wish = Preferences(newsletters=["weekly"], paused_until=until, language="")
                assert service.prefer(token, wish, network="") is not None
        assert mailed.deliver(after=600).out == "2 sent, 1 skipped\n"
        assert there.copies() == dict.fromkeys(addresses[1:], 1)


class TestNobodyConfirms:
    def forget(self, mailed: Mailed, days: float) -> int:
        now = int(datetime.fromisoformat(later(days * 86400)).timestamp() * 1000)
        there = open_sqlite(mailed.site.folder / ".publisher/publisher.db", lambda: now)
        try:
            return forget_unconfirmed(there)
        finally:
            there.close()

    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
    def test_within_a_month_it_is_forgotten_and_the_limit_stays(
        self,
        kind: str,
        make_site: Callable[..., Site],
        tmp_path: Path,
        request: pytest.FixtureRequest,
    ) -> None:
        where = "sqlite"
        if kind == "postgresql":
            where = fresh(request.getfixturevalue("database"), "unconfirmed")
        mailed = site_with(make_site, database=where)
        with relay(tmp_path / "log") as there:
            mailed.use(there)
            with self_service(mailed, 0) as service:
                service.ask(a_wish("zz-canary@x.example"))
            with self_service(mailed, 25) as service:
                service.ask(a_wish("zz-canary@x.example"))
            mailed.deliver(after=90_000)
            mailed.deliver(after=30.9 * 86400)
            assert states(mailed, "zz-canary@x.example") == {"weekly": "pending"}
            assert mailed.deliver(after=31.1 * 86400).out == "nothing to send\n"
        kept = dump(mailed)
        assert kept["subscriber"] == kept["subscription"] == kept["notice"] == []
        for file in (mailed.site.folder / ".publisher").rglob("*"):
            assert not file.is_file() or b"zz-canary" not in file.read_bytes(), file
        with self_service(mailed, 24 * 40) as service:
            assert service.ask(a_wish("zz-canary@x.example")) is Asked.MAILED
        with self_service(mailed, 24 * 90) as service:
            assert service.ask(a_wish("zz-canary@x.example")) is Asked.HEARD
        assert len(dump(mailed)["sign_up"]) == 4

    def test_what_was_asked_for_after_the_mail_is_forgotten_with_it(
        self, make_site: Callable[..., Site]
    ) -> None:
        mailed = site_with(make_site, SECOND)
        with self_service(mailed, 0) as service:
            assert service.ask(a_wish("ann@x.example")) is Asked.MAILED
        with self_service(mailed, 12) as service:
            daily = replace(a_wish("ann@x.example"), newsletters=["daily"])
            assert service.ask(daily) is Asked.HEARD
        assert states(mailed, "ann@x.example") == {"weekly": "pending", "daily": "pending"}
        assert self.forget(mailed, 29.9) == 0
        assert self.forget(mailed, 30.1) == 1
        assert dump(mailed)["subscriber"] == dump(mailed)["subscription"] == []

    def test_who_was_here_before_is_as_before(self, mailed: Mailed) -> None:
        mailed.readers(3)
        mailed.site.write("waits.csv", "email\nwaits@x.example\n")
        mailed.site.run("subscribers", "import", "waits.csv", "--newsletter", "weekly")
        left, bounced, active = (f"reader{n}@d{n}.example" for n in range(3))
        with self_service(mailed, 0) as service:
            service.leave(token_of(mailed, left), how="a test", network="")
            suppress(mailed, bounced, "hard bounce", "issue 1 of weekly")
            for address in (left, bounced, active, "waits@x.example", "new@x.example"):
                assert service.ask(a_wish(address)) is Asked.MAILED
        mailed.site.write("list.csv", f"email\n{left}\n{bounced}\n")
        told = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
        assert mailed.site.run(*told).code == 0
        for address in (left, bounced, "waits@x.example", "new@x.example"):
            assert states(mailed, address) == {"weekly": "pending"}, "by no list"
        assert self.forget(mailed, 29.9) == 0
        assert self.forget(mailed, 30.1) == 1
        assert self.forget(mailed, 30.2) == 0
        assert states(mailed, left) == {"weekly": "unsubscribed"}
        assert states(mailed, bounced) == {"weekly": "suppressed"}
        assert states(mailed, active) == {"weekly": "active"}
        assert states(mailed, "waits@x.example") == {"weekly": "pending"}
        assert states(mailed, "new@x.example") == {}
        assert mailed.site.run(*told).code == 0
        assert states(mailed, left) == {"weekly": "unsubscribed"}


class TestNobodyLearnsWhoReads:
    def test_all_addresses_get_the_same_answer(self, desk: Desk, mailed: Mailed) -> None:
        mailed.readers(2)
        mailed.site.run("subscribers", "suppress", "reader1@d1.example")
        desk.post("/subscribe", {"email": "pending@d1.example"})
        told = {}
        for address in (
            "reader0@d0.example",
            "reader1@d1.example",
            "pending@d1.example",
            "new@d1.example",
        ):
            for _ in range(3):
                reply = desk.post("/subscribe", {"email": address})
                assert reply.status == 200
                told[reply.body.replace(address.encode(), b"ADDRESS")] = address
        assert len(told) == 1

    def test_the_mail_tells_the_rest(self, mailed: Mailed, tmp_path: Path) -> None:
        with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
            mailed.use(there)
            mailed.readers(2)
            mailed.site.run("subscribers", "suppress", "reader1@d1.example")
            with serving(mailed.site, "--now", NOW) as server:
                for address in ("reader0@d0.example", "reader1@d1.example", "new@d1.example"):
                    post(server, "/subscribe", {"email": address})
                mailed.deliver()
                known, new = mails(tmp_path)
                assert (known["To"], known["Subject"]) == (
                    "Reader 0 <reader0@d0.example>",
                    "You are subscribed already",
                )
                assert server.ask(links(known)["preferences"]).status == 200
                assert (new["To"], list(links(new))) == ("new@d1.example", ["confirm"])


@pytest.mark.parametrize("offers", [("SMTPUTF8", "8BITMIME"), ()])
def test_letters_of_any_script_before_the_at(
    mailed: Mailed, desk: Desk, offers: tuple[str, ...]
) -> None:
    server = SmtpServer(offers=offers)
    desk.post("/subscribe", {"email": "josé@bücher.example"})
    desk.post("/subscribe", {"email": "bob@x.example"})
    with serving_smtp(server):
        mailed.site.write(
            "publisher.yaml", CONFIG + UNJUDGED + SMTP.format(port=server.port, connections=1)
        )
        ran = mailed.deliver()
    if not offers:
        assert "1 sent, 1 failed" in ran.out, ran.out
        return
    assert "about subscriptions: 2 sent" in ran.out, ran.out
    assert "RCPT TO:<josé@xn--bcher-kva.example>" in server.heard("RCPT")
    text = next(text for text in server.texts if "josé".encode() in text)
    message = email.message_from_bytes(text, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert "josé@xn--bcher-kva.example" in text.decode()
    assert desk.post(links(message)["confirm"], {}).status == 200
    assert states(mailed, "josé@xn--bcher-kva.example") == {"weekly": "active"}


class TestLimits:
    def test_nine_boxes_and_many_wishes_are_nine_mails(self, desk: Desk, mailed: Mailed) -> None:
        for number in range(90):
            box, way = divmod(number, 9)
            address = ("ann@x{}.example", "ann+tag@x{}.example", "a.nn@X{}.example")[way % 3]
            network = f"198.51.{number}.7" if number < 60 else f"2001:db8:{number:x}::1"
            reply = desk.post(
                "/subscribe", {"email": address.format(box % 9)}, X_Forwarded_For=network
            )
            assert reply.status == 200
        rows = dump(mailed)
        assert len(rows["notice"]) == 9
        assert len(rows["subscriber"]) == 9

    def test_a_network_an_hour(self, desk: Desk, mailed: Mailed) -> None:
        answers = [
            desk.post(
                "/subscribe", {"email": f"a{n}@x{n}.example"}, X_Forwarded_For=f"203.0.113.{n}"
            )
            for n in range(60)
        ]
        assert [reply.status for reply in answers] == [200] * 20 + [429] * 40
        check_page(answers[-1])
        assert answers[-1].headers["retry-after"] == "3600"
        assert len(dump(mailed)["sign_up"]) == 20
        assert (
            desk.post("/subscribe", {"email": "b@x.example"}, X_Forwarded_For="203.0.114.1").status
            == 200
        )
        for _ in range(30):
            assert desk.get("/subscribe", X_Forwarded_For="203.0.113.9").status == 200
        assert b"203.0.113.9" not in (mailed.site.folder / ".publisher/publisher.db").read_bytes()
        evidence = json.dumps([str(row) for row in dump(mailed)["subscription"]])
        assert "203.0.113.0/24" in evidence
        assert "serve.too-many-sign-ups" in desk.server.said()

    def test_a_box_a_day_and_three_unheeded_also_after_a_restart(self, mailed: Mailed) -> None:
        counts = []
        for hours in (0, 1, 25, 50, 75, 1000):
            with self_service(mailed, hours) as service:
                service.ask(a_wish("ann@x.example"))
            counts.append(len(dump(mailed)["notice"]))
        assert counts == [1, 1, 2, 3, 3, 3]
        assert [row[2] for row in dump(mailed)["sign_up"]] == ["", "", "", "203.0.113.0/24"]

    def test_a_yes_makes_room_for_the_next_wish_of_a_day(
        self, make_site: Callable[..., Site]
    ) -> None:
        """Another newsletter on the same day. No other link does so, and five mails are enough."""
        mailed = site_with(make_site, SECOND)
        weekly, daily = a_wish("ann@x.example"), a_wish("ann@x.example")
        daily = replace(daily, newsletters=["daily"])

        def confirm(service: SelfService) -> None:
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(token, wording="", network="") is not None

        with self_service(mailed, 0) as service:
            assert service.ask(weekly) is Asked.MAILED
        own = token_of(mailed, "ann@x.example")
        with self_service(mailed, 1) as service:
            confirm(service)
        with self_service(mailed, 2) as service:
            assert service.ask(daily) is Asked.MAILED
        with self_service(mailed, 3) as service:
            assert service.ask(daily) is Asked.HEARD, "this one nobody confirmed"
            left = Preferences(newsletters=["weekly"], paused_until=None, language="")
            assert service.prefer(own, left, network="")
            assert service.ask(daily) is Asked.HEARD, "and that they do not want it is no yes"
        with self_service(mailed, 27) as service:
            assert service.ask(daily) is Asked.MAILED
        with self_service(mailed, 28) as service:
            confirm(service)
            assert service.leave(own, how="a test", network="")
        with self_service(mailed, 29) as service:
            assert service.ask(daily) is Asked.HEARD, "who has left since is not asked at once"

    def test_five_mails_a_day_are_enough_for_anybody(self, make_site: Callable[..., Site]) -> None:
        names = [f"daily{number}" for number in range(7)]
        mailed = site_with(make_site, "".join(SECOND.replace("daily", name) for name in names))
        counts = []
        for hours, name in enumerate(names):
            with self_service(mailed, 2 * hours) as service:
                wish = replace(a_wish("ann@x.example"), newsletters=[name])
                counts.append(service.ask(wish))
            with self_service(mailed, 2 * hours + 1) as service:
                token = sign_confirmation(1, service_seconds(service), keys(mailed))
                assert service.confirm(token, wording="", network="") is not None
        assert counts == [Asked.MAILED] * 5 + [Asked.HEARD] * 2

    def test_a_click_opens_the_way_again(self, mailed: Mailed) -> None:
        for hours in (0, 25, 50):
            with self_service(mailed, hours) as service:
                assert service.ask(a_wish("ann@x.example")) is Asked.MAILED
        with self_service(mailed, 80) as service:
            assert service.ask(a_wish("ann@x.example")) is Asked.HEARD
            wanted = Preferences(newsletters=(), paused_until=None, language="")
            assert service.prefer(token_of(mailed, "ann@x.example"), wanted, network="")
            assert service.ask(a_wish("ann@x.example")) is Asked.MAILED

    def test_a_domain_an_hour(self, mailed: Mailed) -> None:
        limits = SignUpLimits(domain_hour=5, provider_hour=8)

        def ask(service: SelfService, n: int, domain: str) -> Asked:
            return service.ask(a_wish(f"a{n}@{domain}", network=f"{domain} {n}"))

        with self_service(mailed, 0, limits) as service:
            for domain, room in (("x.example", 5), ("Gmail.com", 8), ("y.example", 5)):
                found = [ask(service, n, domain) for n in range(room + 2)]
                assert found == [Asked.MAILED] * room + [Asked.TOO_MANY] * 2
            assert ask(service, 8, "googlemail.com") is Asked.TOO_MANY
            assert ask(service, 0, "X.example") is Asked.TOO_MANY, "who is known is told the same"
            confirm = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(confirm, wording="", network="") is not None
            assert ask(service, 7, "x.example") is Asked.TOO_MANY, "nor whether one has answered"
        with self_service(mailed, 1.1, limits) as service:
            assert ask(service, 9, "x.example") is Asked.MAILED
        kept = [row[3] for row in dump(mailed)["sign_up"]]
        assert len(list(filter(None, kept))) == 1, "of what is older no domain is kept"
        assert "example" not in "".join(map(str, kept))

    def test_all_together_an_hour(self, mailed: Mailed) -> None:
        limits = SignUpLimits(all_hour=5)
        with self_service(mailed, 0, limits) as service:
            found = [service.ask(a_wish(f"a{n}@x.example", network=f"{n}")) for n in range(7)]
        assert found == [Asked.MAILED] * 5 + [Asked.TOO_MANY] * 2
        with self_service(mailed, 1.1, limits) as service:
            assert service.ask(a_wish("b@x.example")) is Asked.MAILED

    def test_two_at_once_are_one_mail(self, mailed: Mailed) -> None:
        with self_service(mailed, 0) as service, ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: service.ask(a_wish("ann@x.example")), range(16)))
        assert Counter(found) == {Asked.MAILED: 1, Asked.HEARD: 15}

    def test_programs_that_fill_in_everything_are_thanked(self, desk: Desk, mailed: Mailed) -> None:
        before = desk.dump()
        trapped = desk.post("/subscribe", {"email": "a@x.example", "website": "https://x.example"})
        assert desk.dump() == before
        real = desk.post("/subscribe", {"email": "a@x.example", "website": ""})
        assert (trapped.status, trapped.body) == (200, real.body)


class TestForms:
    @pytest.mark.parametrize(
        "address",
        [
            "",
            "x",
            "a@b",
            "a b@x.example",
            "a@x.example\r\nBcc: b@x.example",
            "a" * 300 + "@x.example",
        ],
    )
    def test_what_is_no_address_is_said_beside_the_field(self, desk: Desk, address: str) -> None:
        reply = desk.post("/subscribe", {"email": address})
        check_page(reply)
        assert (reply.status, "This is no mail address." in words(reply)) == (422, True)

    def test_what_was_typed_is_text(self, desk: Desk) -> None:
        reply = desk.post("/subscribe", {"email": '"><img src=x onerror=alert(1)>@'})
        assert b"<img" not in reply.body
        check_page(reply)

    def test_one_field_elsewhere_leads_to_the_rest(self, make_site: Callable[..., Site]) -> None:
        mailed = site_with(make_site, SECOND)
        mailed.site.publish()
        with serving(mailed.site) as server:
            asked = post(server, "/subscribe", {"email": "ann@x.example"})
            check_page(asked)
            assert (asked.status, "Choose at least one." in words(asked)) == (200, False)
            assert b'value="ann@x.example"' in asked.body
            none = post(server, "/subscribe", {"email": "ann@x.example", "whole": "yes"})
            assert (none.status, "Choose at least one." in words(none)) == (422, True)
            both = {"email": "ann@x.example", "newsletter": "daily"}
            assert post(server, "/subscribe", both).status == 200
            assert states(mailed, "ann@x.example") == {"daily": "pending"}

    def test_in_the_language_of_the_browser(self, desk: Desk, mailed: Mailed) -> None:
        page = desk.get("/subscribe", Accept_Language="tlh, ar-EG;q=0.9, de;q=0.8")
        assert b'<html lang="ar-EG" dir="rtl">' in page.body
        assert b'<html lang="en"' in desk.get("/subscribe", Accept_Language="tlh").body
        desk.post("/subscribe", {"email": "ann@x.example"}, Accept_Language="de, en;q=0.5")
        assert dump(mailed)["subscriber"][0][4] == "de"

    def test_a_language_that_was_not_touched_stays_as_it_was(
        self, desk: Desk, mailed: Mailed
    ) -> None:
        desk.post("/subscribe", {"email": "ann@x.example"}, Accept_Language="de-AT")
        path = f"/preferences/{token_of(mailed, 'ann@x.example')}"
        assert b'<option value="de" lang="de" selected>' in desk.get(path).body
        for chosen, kept in (("de", "de-AT"), ("fr", "fr"), ("tlh", "")):
            desk.post(path, {"what": "save", "newsletter": "weekly", "language": chosen})
            assert dump(mailed)["subscriber"][0][4] == kept

    def test_foreign_pages_may_send_a_sign_up_and_nothing_else(
        self, desk: Desk, mailed: Mailed
    ) -> None:
        mailed.readers(1)
        token = token_of(mailed, "reader0@d0.example")
        before = desk.dump()
        for fields in (
            {"Origin": "https://evil.example"},
            {"Origin": "null", "Sec_Fetch_Site": "cross-site"},
        ):
            for path in (f"/unsubscribe/{token}", f"/preferences/{token}"):
                for form in ({}, {"what": "erase"}, {"what": "save"}):
                    refused = desk.post(path, form, **fields)
                    check_page(refused)
                    assert (refused.status, "Nothing was changed" in words(refused)) == (403, True)
                    assert b'<a class="way" href="?">Open our page</a>' in refused.body
        assert desk.dump() == before
        own = {"Origin": "null", "Sec_Fetch_Site": "same-origin"}
        assert (
            desk.post(
                f"/preferences/{token}", {"what": "save", "newsletter": "weekly"}, **own
            ).status
            == 200
        )
        foreign = {"Origin": "https://friend.example", "Sec_Fetch_Site": "cross-site"}
        assert desk.post("/subscribe", {"email": "b@x.example"}, **foreign).status == 200
        assert desk.post(f"/unsubscribe/{token}", ONE_CLICK, **foreign).status == 200

    def test_a_form_has_an_end(self, desk: Desk, mailed: Mailed) -> None:
        before = desk.dump()
        assert desk.post("/subscribe", {"email": "a@x.example", "x": "y" * 70_000}).status == 413
        assert desk.post("/subscribe", {f"f{n}": "" for n in range(300)}).status == 422
        assert desk.server.ask("/subscribe", "PUT").status == 405
        assert desk.dump() == before


def slow_forms(server: Serving, count: int) -> list[socket.socket]:
    """Forms that have begun, and do not go on."""
    parts = urlsplit(server.address)
    begun = b"POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail="
    lines = []
    for _ in range(count):
        lines.append(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60))
        lines[-1].sendall(begun)
    return lines


def test_slow_forms_keep_nobody_out(desk: Desk) -> None:
    lines = slow_forms(desk.server, 300)
    try:
        assert desk.post("/subscribe", {"email": "ann@x.example"}).status == 200
    finally:
        for line in lines:
            line.close()


@pytest.mark.long
def test_a_slow_form_is_given_up(desk: Desk) -> None:
    (line,) = slow_forms(desk.server, 1)
    with line:
        assert line.recv(64).startswith(b"HTTP/1.1 408 ")


def test_without_a_newsletter_these_addresses_lead_nowhere(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", "A text about fog.")
    site.publish()
    with serving(site) as server:
        for path in ("/subscribe", "/confirm/x", "/unsubscribe/x", "/preferences/x"):
            assert server.ask(path).status == 404
        assert server.ask("/subscribe", "POST").status == server.ask("/none", "POST").status
    assert not (site.folder / ".publisher/publisher.db").exists()


def test_a_database_that_is_away_costs_these_pages_alone(desk: Desk, mailed: Mailed) -> None:
    mailed.readers(1)
    token = token_of(mailed, "reader0@d0.example")
    (mailed.site.folder / ".publisher/publisher.db").write_bytes(b"broken" * 1000)
    reply = desk.post(f"/unsubscribe/{token}", ONE_CLICK)
    assert (reply.status, reply.headers["retry-after"]) == (503, "60")
    assert desk.get("/healthz").status == 200
    assert "serve.no-database" in desk.server.said()


def test_a_link_that_only_its_reader_has_is_in_no_log(mailed: Mailed) -> None:
    mailed.readers(1)
    token = token_of(mailed, "reader0@d0.example")
    with serving(mailed.site, "-v") as server:
        assert server.ask(f"/preferences/{token}").status == 200
        wait_until(lambda: "event=serve.request" in server.said())
        assert "/preferences/…" in server.said()
        assert token not in server.said()


class TestNotices:
    def asked(self, mailed: Mailed, there: Relay, count: int) -> None:
        mailed.use(there)
        mailed.site.publish()
        with serving(mailed.site, "--now", NOW) as server:
            for number in range(count):
                post(server, "/subscribe", {"email": f"a{number}@x.example"})

    def test_in_doubt_it_is_sent_again_at_once_with_the_same_bytes(
        self, mailed: Mailed, tmp_path: Path
    ) -> None:
        with relay(tmp_path / "log", "accdrop=1", "heal=2") as there:
            self.asked(mailed, there, 1)
            ran = mailed.deliver()
            assert ran.out.startswith("about subscriptions: 1 sent")
            assert len(there.taken()) == 3
            assert len({(m.message_id, m.text_hash) for m in there.taken()}) == 1

    def test_what_is_refused_or_put_off_is_said(self, mailed: Mailed, tmp_path: Path) -> None:
        with relay(tmp_path / "log", "rcpt451=1", "heal=1") as there:
            self.asked(mailed, there, 2)
            ran = mailed.deliver()
            assert (ran.code, ran.out) == (3, "about subscriptions: 2 deferred\nnothing to send\n")
            ran = mailed.deliver(after=120)
            assert (ran.code, ran.out) == (0, "about subscriptions: 2 sent\nnothing to send\n")
            assert mailed.deliver(after=240).out == "nothing to send\n"
        with relay(tmp_path / "log2", "rcpt550=1") as there:
            mailed.use(there)
            with serving(mailed.site, "--now", later(90000)) as server:
                post(server, "/subscribe", {"email": "a7@x.example"})
            ran = mailed.deliver(after=90000)
            assert (ran.code, ran.out.splitlines()[0]) == (3, "about subscriptions: 1 failed")

    def test_nothing_is_said_that_is_true_no_more(self, mailed: Mailed, tmp_path: Path) -> None:
        with relay(tmp_path / "log") as there:
            self.asked(mailed, there, 3)
            mailed.site.run("subscribers", "erase", "a0@x.example")
            mailed.site.run("subscribers", "suppress", "a1@x.example")
            mailed.deliver()
            assert [m.recipient for m in there.taken()] == ["a2@x.example"]

    def test_a_limit_counts_them_too(self, mailed: Mailed, tmp_path: Path) -> None:
        with relay(tmp_path / "log") as there:
            mailed.readers(3)
            self.asked(mailed, there, 2)
            assert mailed.deliver("--limit", "1").out.startswith("about subscriptions: 1 sent")
            assert len(there.taken()) == 1
            mailed.deliver("--limit", "2")
            assert len(there.taken()) == 3


def test_the_pages_are_of_the_site_that_is_configured(mailed: Mailed) -> None:
    config = load_config(mailed.site.folder / "publisher.yaml")
    mailed.site.publish()
    with serving(mailed.site) as server:
        page = server.ask("/subscribe").body.decode()
        assert f"· {config.site.title}</title>" in page
        for href in re.findall(r'href="((?!data:|#)[^"]+)"', page):
            assert server.ask("/" + href.removeprefix("./")).status == 200, href
