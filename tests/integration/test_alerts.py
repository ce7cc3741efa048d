"""What needs a person is told once for each cause, by mail and by POST, and that it is over."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.model import Trouble
from publisher.schedule.bell import Bell
from publisher.store.engine import Database, open_sqlite
from publisher.upkeep.alerts import Told, settle_alerts, tell_alerts
from publisher.wiring.stores import Stores
from tests.relays import relay
from tests.serving import wait_until
from tests.sites import CONFIG, UNJUDGED, Site
from tests.timers import Timer
from tests.web_servers import RawServer, answer, saying

SECRET = "tide-tables"


class Desk:
    """A site whose alerts go to a folder and a server of ours, and a clock that is told."""

    def __init__(self, folder: Path, hook: RawServer) -> None:
        self.outbox = folder / "outbox"
        self.hook = hook
        self.seconds = 1_795_000_000
        self.database: Database = open_sqlite(folder / "publisher.db", lambda: self.seconds * 1000)
        (folder / "publisher.yaml").write_text(
            CONFIG + UNJUDGED + "smtp: {folder: outbox}\n" + alerts(hook), encoding="utf-8"
        )
        self.config = load_config(folder / "publisher.yaml")

    def look(self, *troubles: Trouble) -> list[str]:
        """One look at these troubles; what was in the way of telling."""
        self.seconds += 60
        settle_alerts(self.database, troubles)
        return [str(trouble) for trouble in tell_alerts(self.config, self.database).troubles]

    def instant(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def mails(self) -> list[EmailMessage]:
        files = sorted(self.outbox.rglob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]

    def posts(self) -> list[tuple[str, str]]:
        told = [json.loads(body_of(request)) for request in self.hook.requests]
        return [(one["event"], one["cause"]) for one in told]


def alerts(hook: RawServer) -> str:
    return (
        f"alerts: {{mail: desk@courier.example, webhook: '{hook.address}', password_env: HOOK}}\n"
    )


def body_of(request: bytes) -> bytes:
    return request.partition(b"\r\n\r\n")[2]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("HOOK", SECRET)
    with RawServer(saying(answer("204 No Content"))) as hook:
        desk = Desk(tmp_path, hook)
        yield desk
        desk.database.close()


LATE = Trouble(kind="late", of="weekly", text="the issue of weekly due 07:00 is not made")
DISK = Trouble(kind="disk", of="output", text="the disk of output has 12 MB of room left")


def test_once_for_each_cause_and_once_when_it_is_over(desk: Desk) -> None:
    for _ in range(3):
        assert desk.look(LATE) == []
    assert len(desk.mails()) == 1
    assert desk.posts() == [("alert", "late: weekly")]
    desk.look(LATE, DISK)
    assert desk.posts()[1:] == [("alert", "disk: output")]
    for _ in range(7):
        desk.look(DISK)
    assert desk.posts()[2:] == [("all-clear", "late: weekly")]
    assert len(desk.mails()) == 3
    assert desk.look() == []
    desk.seconds += 600
    desk.look()
    assert desk.posts()[3:] == [("all-clear", "disk: output")]
    desk.look(LATE)  # anew: it is another time
    assert desk.posts()[4:] == [("alert", "late: weekly")]


def test_what_comes_and_goes_is_one_cause(desk: Desk) -> None:
    for _ in range(20):
        desk.look(DISK)
        desk.look()
    assert desk.posts() == [("alert", "disk: output")]
    assert len(desk.mails()) == 1


def test_the_mail_says_what_and_answers_no_robot(desk: Desk) -> None:
    desk.look(LATE, DISK)
    (mail,) = desk.mails()
    assert mail["To"] == "desk@courier.example"
    assert mail["From"] == "The Example Courier <news@courier.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith("The Example Courier: ")
    assert mail["Subject"].endswith("(and 1 more)")
    text = mail.get_content()
    assert LATE.text in text
    assert DISK.text in text


def test_a_post_is_signed(desk: Desk) -> None:
    desk.look(LATE)
    (request,) = desk.hook.requests
    header, _, body = request.partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in header.decode("ascii").lower().split("\r\n")[1:])
    stamp, _, mark = fields["publisher-signature"].partition(",")
    signed = stamp.removeprefix("t=").encode() + b"." + body
    assert mark == "v1=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert fields["content-type"] == "application/json"
    assert json.loads(body)["text"] == LATE.text


def test_who_cannot_be_told_is_told_later_and_nobody_else_again(desk: Desk) -> None:
    desk.hook.script = saying(answer("500 Internal Server Error"))
    for _ in range(3):
        assert desk.look(LATE) == ["alerts.webhook answered 500"]
    assert len(desk.mails()) == 1
    asked = len(desk.hook.requests)
    desk.hook.script = saying(answer())
    assert desk.look(LATE) == []
    assert len(desk.hook.requests) == asked + 1
    desk.look(LATE)
    assert (len(desk.hook.requests), len(desk.mails())) == (asked + 1, 1)


def test_what_is_over_before_anybody_heard_of_it_is_not_told(desk: Desk) -> None:
    desk.hook.script = saying(answer("500 Internal Server Error"))
    desk.look(LATE)
    desk.hook.script = saying(answer())
    asked = len(desk.hook.requests)
    desk.look()
    desk.seconds += 600
    desk.look()
    assert len(desk.hook.requests) == asked
    assert "over: " in desk.mails()[-1]["Subject"]  # the mail was told


def test_a_secret_that_is_not_there_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK")
    (said,) = desk.look(LATE)
    assert "HOOK" in said
    assert len(desk.mails()) == 1


def test_a_database_that_cannot_be_used_is_told_all_the_same(desk: Desk) -> None:
    bell = Bell(desk.instant)

    def look(*troubles: Trouble) -> None:
        desk.seconds += 60
        with closing(Stores(desk.config, desk.instant, time_is_told=True)) as stores:
            bell.ring(desk.config, stores, troubles)

    look(LATE)
    place = desk.config.path(desk.config.state) / "publisher.db"
    good = place.read_bytes()
    place.write_bytes(b"no database " * 1000)
    for _ in range(3):
        look(LATE, DISK)
    assert desk.posts() == [
        ("alert", "late: weekly"),
        ("alert", "disk: output"),
        ("alert", "state"),
    ]
    place.write_bytes(good)
    for _ in range(7):
        look(LATE)
    assert desk.posts()[3:] == [("all-clear", "disk: output"), ("all-clear", "state")]
    bell.close()


def test_a_timer_that_ends_while_it_tells_lets_it_be_told_and_tells_no_more(desk: Desk) -> None:
    """Whoever is told may take longer to answer than the timer waits."""
    bell = Bell(desk.instant)
    place = desk.config.path(desk.config.state) / "publisher.db"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"no database " * 1000)

    def slow(connection: socket.socket, _request: bytes) -> None:
        bell.close()
        connection.sendall(answer("204 No Content"))

    desk.hook.script = slow
    with closing(Stores(desk.config, desk.instant, time_is_told=True)) as stores:
        told = bell.ring(desk.config, stores, [DISK])
        assert {one.cause for one in told.alerts} == {"disk: output", "state"}
        assert bell.ring(desk.config, stores, [DISK]) == Told()
    assert desk.posts() == [("alert", "disk: output"), ("alert", "state")]


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("alerts: {}\n", "nobody is told"),
        ("alerts: {mail: a@courier.example}\n", "there is no relay"),
        (
            "alerts: {webhook: 'https://x.example/', password_env: A, password_file: b}\n",
            "both name the secret",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(
    make_site: Callable[..., Site], yaml: str, said: str
) -> None:
    ran = make_site(CONFIG + yaml).run("check")
    assert ran.code == 2
    assert said in ran.err
    assert "publisher.yaml:7" in ran.err


def test_the_timer_tells_of_an_issue_that_a_check_holds(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    with relay(tmp_path / "relay.log") as there, RawServer(saying(answer())) as hook:
        smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none}}\n"
        more = smtp + alerts(hook) + "schedule: {rebuild: 1h}\n"
        site = make_site(CONFIG + UNJUDGED + more)
        site.article("one.md", "[Pay here](https://bank.example/)", title="https://evil.example/")
        timer = Timer(site, "2026-11-22T08:00:00Z", env={"HOOK": SECRET})
        try:
            said = timer.wait_for("event=alert.raised")
            wait_until(lambda: len(hook.requests) == 1)
            told = json.loads(body_of(hook.requests[0]))
            assert told["cause"] == "held: weekly 1"
            assert "deceiving-link" in told["text"]
            wait_until(lambda: there.count() == 1)
            assert "event=issue.held" in said
        finally:
            timer.end()


def test_the_timer_tells_of_a_state_that_is_lost(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    with relay(tmp_path / "relay.log") as there, RawServer(saying(answer())) as hook:
        smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none}}\n"
        site = make_site(CONFIG + UNJUDGED + smtp + alerts(hook) + "schedule: {rebuild: 1h}\n")
        site.article("one.md")
        site.publish(now="2026-11-20T08:00:00Z")
        (site.folder / ".publisher").rename(site.folder / ".publisher-lost")
        timer = Timer(site, "2026-11-20T09:00:00Z", env={"HOOK": SECRET})
        try:
            timer.wait_for("event=alert.raised")
            wait_until(lambda: len(hook.requests) == 1)
            told = json.loads(body_of(hook.requests[0]))
            assert told["cause"] == "state: readers"
            assert "`publisher restore FILE` puts a backup in its place" in told["text"]
        finally:
            timer.end()
