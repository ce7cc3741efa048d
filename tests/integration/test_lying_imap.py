"""An IMAP server that answers as none should: nothing is lost in silence, nothing hangs."""

from __future__ import annotations

import re
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

import pytest

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.mail_sources import newsletter
from tests.sites import NOW, Site

CONFIG = """\
site: {title: Paper, url: "https://paper.example/", language: en, timezone: UTC}
sources:
  - name: inbox
    type: imap
    from: news.example
    every: 1s
    imap: {host: 127.0.0.1, port: %d, security: none, username: jane, password_env: MAIL_PASSWORD,
           timeout: 2s}
"""


def mails(count: int) -> dict[int, bytes]:
    return {
        number: newsletter(
            message_id=f"<{number}@news.example>", subject=f"Tides {number}"
        ).replace(b"\n", b"\r\n")
        for number in range(1, count + 1)
    }


MAILS = mails(3)


class Liar:
    """A folder of mails. `answers` replace what it says to the commands that hold a word."""

    def __init__(self, answers: Mapping[str, Callable[[_Session, str, str], None]]) -> None:
        self.answers = dict(answers)
        self.validity = "7"
        self.mails = MAILS
        self.given: list[int] = []
        """The UIDs of the mails that were asked for, in full."""


class _Session(socketserver.StreamRequestHandler):
    owner: Liar
    disable_nagle_algorithm = True  # answers are many small writes

    def handle(self) -> None:
        self.say("* OK ready")
        try:
            while line := self.rfile.readline().decode("ascii", "replace").strip():
                tag, _, rest = line.partition(" ")
                own = [told for word, told in self.owner.answers.items() if word in rest]
                (own[0] if own else _honest)(self, tag, rest)
        except OSError:
            return  # the other side has had enough

    def say(self, *lines: str) -> None:
        for line in lines:
            self.wfile.write(line.encode() + b"\r\n")

    def fetched(self, number: int, item: str, raw: bytes) -> None:
        self.say(f"* {number} FETCH (UID {number} {item} {{{len(raw)}}}")
        self.wfile.write(raw)
        self.say(")")


def _honest(session: _Session, tag: str, rest: str) -> None:
    if rest.startswith("CAPABILITY"):
        session.say("* CAPABILITY IMAP4rev1")
    elif rest.startswith("EXAMINE"):
        session.say(
            f"* {len(session.owner.mails)} EXISTS",
            f"* OK [UIDVALIDITY {session.owner.validity}] valid",
        )
    elif rest.startswith("UID SEARCH"):
        session.say(f"* SEARCH {' '.join(map(str, session.owner.mails))}")
    elif found := re.match(r"UID FETCH ([\d,]+) \(UID BODY\.PEEK\[(HEADER)?\]", rest):
        for number in map(int, found[1].split(",")):
            raw = session.owner.mails[number]
            if found[2]:
                session.fetched(number, "BODY[HEADER]<0>", raw.partition(b"\r\n\r\n")[0])
            else:
                session.owner.given.append(number)
                session.fetched(number, "BODY[]<0>", raw)
    session.say(f"{tag} OK done")


@contextmanager
def lying(**answers: Callable[[_Session, str, str], None]) -> Iterator[tuple[Liar, int]]:
    owner = Liar({word.replace("_", " "): told for word, told in answers.items()})
    handler = type("Handler", (_Session,), {"owner": owner})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = False  # so that each is over, and its line closed, at the end
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield owner, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "secret")


def run(site: Site, hour: int = 8) -> PublishReport:
    return publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True),
        clock=lambda: datetime.fromisoformat(f"2026-11-22T{hour:02}:00:00+00:00"),
        progress=lambda *_: None,
    )


def _uid_after(session: _Session, tag: str, rest: str) -> None:
    if "HEADER" not in rest:
        return _honest(session, tag, rest)
    for number, mail in MAILS.items():
        head = mail.partition(b"\r\n\r\n")[0]
        session.say(f"* {number} FETCH (BODY[HEADER]<0> {{{len(head)}}}")
        session.wfile.write(head)
        session.say(f" UID {number})")
    return session.say(f"{tag} OK done")


def _one_of_three(session: _Session, tag: str, rest: str) -> None:
    if "HEADER" not in rest:
        return _honest(session, tag, rest)
    session.fetched(2, "BODY[HEADER]<0>", MAILS[2].partition(b"\r\n\r\n")[0])
    return session.say(f"{tag} OK done")


def _no_text(session: _Session, tag: str, rest: str) -> None:
    if "HEADER" in rest:
        return _honest(session, tag, rest)
    return session.say("* 1 FETCH (UID 1 BODY[]<0> NIL)", f"{tag} OK done")


def _huge(session: _Session, tag: str, rest: str) -> None:
    session.say("* 1 FETCH (UID 1 BODY[HEADER]<0> {99999999999}")


def _drops_in(session: _Session, tag: str, rest: str) -> None:
    session.say("* 1 FETCH (UID 1 BODY[HEADER]<0> {100000}")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        session.wfile.write(b"x")  # fails when the other side is gone
        time.sleep(0.1)


def test_a_uid_may_stand_after_what_it_names(make_site: Callable[..., Site]) -> None:
    with lying(UID_FETCH=_uid_after) as (_, port):
        assert run(make_site(CONFIG % port)).counts["listed"] == 3


@pytest.mark.parametrize(
    ("answer", "listed", "named"),
    [(_one_of_three, 1, "(2: UID 1, 3)"), (_no_text, 0, "(3: UID 1, 2, 3)")],
)
def test_mails_that_are_listed_and_not_given_are_told_and_asked_for_again(
    answer: Callable[[_Session, str, str], None],
    listed: int,
    named: str,
    make_site: Callable[..., Site],
) -> None:
    with lying(UID_FETCH=answer) as (owner, port):
        site = make_site(CONFIG % port)
        report = run(site)
        assert (report.counts["listed"], report.exit_code) == (listed, 3)
        assert f"lists mails that it does not give {named}" in str(report.problems[0])
        owner.answers.clear()
        report = run(site, 9)
        assert (report.counts["listed"], report.exit_code) == (3, 0)


def test_mails_taken_out_while_they_are_fetched_are_no_trouble(
    make_site: Callable[..., Site],
) -> None:
    searched = []

    def search(session: _Session, tag: str, rest: str) -> None:
        searched.append(rest)
        session.say(f"* SEARCH {'1 2 3' if len(searched) == 1 else '2'}", f"{tag} OK done")

    with lying(UID_FETCH=_one_of_three, SEARCH=search) as (_, port):
        report = run(make_site(CONFIG % port))
        assert (report.counts["listed"], report.exit_code) == (1, 0)


@pytest.mark.parametrize("validity", ["0", "4294967295", "99999999999", "9" * 5000, "x"])
def test_any_uidvalidity_does(validity: str, make_site: Callable[..., Site]) -> None:
    with lying() as (owner, port):
        owner.validity = validity
        assert run(make_site(CONFIG % port)).counts["listed"] == 3


def test_more_is_announced_than_there_is_room_for(make_site: Callable[..., Site]) -> None:
    with lying(UID_FETCH=_huge) as (_, port):
        report = run(make_site(CONFIG % port))
    assert "announces 99999999999 bytes at once" in str(report.problems[0])


def test_a_byte_now_and_then_holds_nobody(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("publisher.sources.mailcopies._MOST_SECONDS", 1.0)
    with lying(UID_FETCH=_drops_in) as (_, port):
        began = time.monotonic()
        report = run(make_site(CONFIG % port))
    assert time.monotonic() - began < 20
    assert "has not given everything within 1 seconds" in str(report.problems[0])


def test_a_folder_of_the_same_numbers_is_not_taken_for_the_one_before(
    make_site: Callable[..., Site],
) -> None:
    with lying() as (_, port):
        site = make_site(CONFIG % port)
        assert run(site).counts["listed"] == 3
        home = CONFIG.replace("from: news.example", "from: home.example")
        site.write("publisher.yaml", home % port)
        assert run(site, 9).counts["listed"] == 0


@pytest.mark.parametrize(
    "points",  # the first, the last of a batch, the first of another, the last
    [[1, 51], pytest.param([1, 50, 51, 120], marks=pytest.mark.long)],
    ids=str,
)
def test_killed_in_the_midst_of_a_mail_nothing_is_lost_and_nothing_comes_twice(
    make_site: Callable[..., Site], points: list[int]
) -> None:
    killed: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def kill_at_points(session: _Session, tag: str, rest: str) -> None:
        number = int(rest.split()[2].partition(",")[0])
        if "HEADER" in rest or number not in points or number in killed:
            return _honest(session, tag, rest)
        killed.append(number)
        raw = session.owner.mails[number]
        session.say(f"* {number} FETCH (UID {number} BODY[]<0> {{{len(raw)}}}")
        session.wfile.write(raw[: len(raw) // 2])
        session.wfile.flush()
        return running[-1].kill()

    with lying(UID_FETCH=kill_at_points) as (owner, port):
        owner.mails = mails(121)
        site = make_site(CONFIG % port)
        command = [sys.executable, "-m", "publisher", "publish", "--now", NOW]
        for number in points:
            running.append(subprocess.Popen(command, cwd=site.folder, stderr=subprocess.DEVNULL))
            assert running[-1].wait(60) == -signal.SIGKILL
            assert killed[-1] == number
            assert not site.output("atom.xml").exists()
        report = run(site)
        assert (report.counts["listed"], report.problems) == (121, ())
        assert owner.given == list(range(1, 122)), "each is asked for until it is kept, no longer"
        assert site.output("atom.xml").exists()
        assert run(site, hour=9).counts["listed"] == 121
    titles = [line["title"] for line in site.articles()]
    assert sorted(titles) == sorted(f"Tides {number}" for number in owner.mails)
    ids = [line["id"] for line in site.record() if line.get("path")]
    assert len(ids) == len(set(ids)) == 121
