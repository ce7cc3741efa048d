"""The mailboxes that mail comes back to: read once, left as is due, named if they cannot be."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests import returning
from tests.dovecot import PASSWORD as DOVECOT_PASSWORD
from tests.dovecot import dovecot
from tests.mail_servers import PASSWORD, MailServer
from tests.mailings import Mailed
from tests.relays import Relay
from tests.returning import HARD, VACATION, Returns

there = returning.there


def folder_of(returns: Returns, name: str) -> list[str]:
    return sorted(path.name for path in (returns.folder / name).iterdir())


def some(returns: Returns) -> tuple[list[bytes], str]:
    """Mail of three kinds, and the one that is to be suppressed."""
    hard, away = returns.mailed.readers(2)
    back = returns.mail()
    mail = [
        HARD.raw(back[hard], hard),
        VACATION.raw(back[away], away),
        b"Subject: hello\r\n\r\n.\r\n..\r\nFrom here on\r\n",
    ]
    return mail, hard


def test_maildir_what_was_read_is_in_cur_and_seen(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    returns.put("1.a", mail[0])
    (returns.folder / "cur" / "2.b:2,R").write_bytes(mail[1])
    (returns.folder / "cur" / "3.c:2,S").write_bytes(b"seen by somebody else")
    (returns.folder / "tmp" / "4.d").write_bytes(mail[0])
    assert returns.read() == "1 hard, 1 other; 1 reader suppressed"
    assert folder_of(returns, "new") == []
    assert folder_of(returns, "cur") == ["1.a:2,S", "2.b:2,RS", "3.c:2,S"]
    assert returns.gone() == {hard}


def test_what_is_no_file_in_a_maildir_is_passed_over(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    os.mkfifo(returns.folder / "new" / "0.pipe")
    (returns.folder / "new" / "0.folder").mkdir()
    returns.put("1.a", mail[0])
    assert returns.read() == "1 hard; 1 reader suppressed"
    assert returns.gone() == {hard}


def test_a_mail_in_an_odd_character_set_holds_up_no_other(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    odd = b"Content-Type: text/plain; charset=idna\r\n\r\ncaf\xe9 I am away\r\n"
    returns.put("1.a", mail[0])
    to = re.search(rb"(?im)^to:.*bounces\+.*$", mail[0])
    assert to is not None
    returns.put("2.b", b"From: a@b.example\r\n" + to[0].strip() + b"\r\n" + odd)
    assert returns.read() == "1 hard, 1 other; 1 reader suppressed"
    assert returns.gone() == {hard}


def mbox(*messages: bytes) -> bytes:
    written = b""
    for raw in messages:
        lines = raw.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
        quoted = [b">" + x if x.lstrip(b">").startswith(b"From ") else x for x in lines]
        written += b"From MAILER-DAEMON Mon Nov 23 08:00:00 2026\n" + b"\n".join(quoted) + b"\n\n"
    return written


def test_mbox_what_was_added_is_read_and_the_file_stays(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there, "mbox: mail/bounces")
    mail, hard = some(returns)
    file = returns.site.write("mail/bounces", b"")
    assert returns.read() == "nothing new came back"
    file.write_bytes(mbox(mail[1], mail[2]))
    before = file.stat()
    assert returns.read() == "1 other, 1 unsigned; 0 readers suppressed"
    assert (file.stat().st_mtime_ns, file.read_bytes()) == (before.st_mtime_ns, mbox(*mail[1:]))
    assert returns.read() == "nothing new came back"
    with file.open("ab") as appending:
        appending.write(mbox(mail[0]))
    assert returns.read() == "1 hard; 1 reader suppressed"
    file.write_bytes(mbox(mail[0], mail[2]))  # begun anew
    assert returns.read() == "1 again, 1 unsigned; 0 readers suppressed"
    assert returns.gone() == {hard}


def test_mbox_a_file_of_another_form_is_refused(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there, "mbox: publisher.yaml")
    some(returns)
    ran = returns.site.run("bounces")
    assert ran.code == 3
    assert "publisher.yaml: cannot be read: it is not in mbox form" in ran.err


def over(kind: str, port: int, security: str = "none") -> str:
    return (
        f"{kind}: {{host: 127.0.0.1, port: {port}, security: {security}, username: bounces, "
        "password_env: BOUNCES_PASSWORD, timeout: 5s}"
    )


def test_imap_what_was_read_is_seen(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    with MailServer("imap", mail) as server:
        returns.use(over("imap", server.port))
        said = returns.read(BOUNCES_PASSWORD=PASSWORD)
        assert said == "1 hard, 1 other, 1 unsigned; 1 reader suppressed"
        assert [one.flags for one in server.stored] == [{r"\Seen"}] * 3
        assert returns.read(BOUNCES_PASSWORD=PASSWORD) == "nothing new came back"
    assert returns.gone() == {hard}


@pytest.mark.service
def test_imap_as_dovecot_speaks_it(
    mailed: Mailed, there: Relay, program: Callable[[str], str]
) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    with dovecot(program("dovecot")) as server:
        returns.use(over("imap", server.port))
        for n, raw in enumerate(mail):
            server.put(f"{n}.mail", raw)
        said = returns.read(BOUNCES_PASSWORD=DOVECOT_PASSWORD)
        assert said == "1 hard, 1 other, 1 unsigned; 1 reader suppressed"
        assert server.seen() == ["0.mail", "1.mail", "2.mail"]
        assert returns.read(BOUNCES_PASSWORD=DOVECOT_PASSWORD) == "nothing new came back"
    assert returns.gone() == {hard}


def test_pop3_what_told_of_a_delivery_is_deleted_and_the_rest_stays(
    mailed: Mailed, there: Relay
) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    long_line = b"Subject: long\r\n\r\n" + b"x" * 5000 + b"\r\n"
    large = b"Subject: large\r\n\r\n" + b"x\r\n" * 400_000
    with MailServer("pop3", [mail[0], long_line, mail[1], large, mail[2]]) as server:
        returns.use(over("pop3", server.port))
        said = returns.read(BOUNCES_PASSWORD=PASSWORD)
        assert said == "1 hard, 1 other, 1 unsigned; 1 reader suppressed"
        assert [one.raw for one in server.stored] == [long_line, mail[1], large, mail[2]]
        server.commands.clear()
        assert returns.read(BOUNCES_PASSWORD=PASSWORD) == "nothing new came back"
        assert not [line for line in server.commands if line.startswith("RETR")]
    assert returns.gone() == {hard}


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        ("imap", "STORE"),
        pytest.param("pop3", "RETR 2", marks=pytest.mark.long),
        ("pop3", "QUIT"),
    ],
)
def test_a_line_that_breaks_loses_nothing(mailed: Mailed, there: Relay, kind: str, at: str) -> None:
    returns = Returns(mailed, there)
    mail, hard = some(returns)
    with MailServer(kind, mail, drop_at=at) as server:
        returns.use(over(kind, server.port))
        broken = returns.site.run("bounces", now=returns.now, env={"BOUNCES_PASSWORD": PASSWORD})
        assert broken.code == (0 if at == "QUIT" else 3)
        assert returns.gone() == {hard}
        said = returns.read(BOUNCES_PASSWORD=PASSWORD)
        assert said.startswith("1 again")
        assert said.endswith("; 0 readers suppressed")
    assert returns.gone() == {hard}


@contextmanager
def encrypted(kind: str, security: str, folder: Path) -> Iterator[MailServer]:
    """A server with a certificate of an authority that only `folder`/ca.pem knows."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with MailServer(kind, [b"Subject: hello\r\n"], tls=context, security=security) as server:
        yield server


@pytest.mark.parametrize(
    ("kind", "security"),
    [
        ("imap", "tls"),
        pytest.param("imap", "starttls", marks=pytest.mark.long),
        pytest.param("pop3", "tls", marks=pytest.mark.long),
        ("pop3", "starttls"),
    ],
)
def test_a_password_leaves_only_under_tls_to_a_known_server(
    mailed: Mailed, there: Relay, tmp_path: Path, kind: str, security: str
) -> None:
    returns = Returns(mailed, there)
    with encrypted(kind, security, tmp_path) as server:
        returns.use(over(kind, server.port, security))
        ran = returns.site.run("bounces", env={"BOUNCES_PASSWORD": PASSWORD})
        assert ran.code == 3
        assert "certificate" in ran.err.lower()
        assert not [line for line in server.commands if PASSWORD in line]
        known = {"SSL_CERT_FILE": str(tmp_path / "ca.pem"), "BOUNCES_PASSWORD": PASSWORD}
        assert returns.read(**known) == "1 unsigned; 0 readers suppressed"


@pytest.mark.parametrize(
    ("mailbox", "code", "part"),
    [
        ("maildir: nowhere", 3, "nowhere: cannot be read: it is no Maildir"),
        ("mbox: nowhere", 3, "nowhere: cannot be read: No such file or directory"),
        ("soft_limit: 3", 2, "bounces: no mailbox is named"),
        (over("imap", 1), 3, "imap 127.0.0.1: cannot be read: "),
        (over("pop3", 1), 3, "pop3 127.0.0.1: cannot be read: "),
        (over("pop3", 1).replace("BOUNCES_P", "NO_P"), 2, "the environment has no NO_PASSWORD"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_named(
    mailed: Mailed, there: Relay, mailbox: str, code: int, part: str
) -> None:
    returns = Returns(mailed, there)
    returns.use(mailbox)
    ran = returns.site.run("bounces", env={"BOUNCES_PASSWORD": PASSWORD})
    assert (ran.code, part in ran.err) == (code, True), ran.err
    assert "mend:" in ran.err


@pytest.mark.parametrize("kind", ["imap", "pop3"])
def test_a_wrong_password_is_told_as_the_server_does(
    mailed: Mailed, there: Relay, kind: str
) -> None:
    returns = Returns(mailed, there)
    with MailServer(kind, []) as server:
        returns.use(over(kind, server.port))
        ran = returns.site.run("bounces", env={"BOUNCES_PASSWORD": "guess"})
    assert ran.code == 3
    assert "wrong name or password" in ran.err
    assert "guess" not in ran.err


def test_a_password_may_stand_in_a_file(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    returns.site.write("secrets/bounces", f"{PASSWORD}\n").chmod(0o600)
    with MailServer("imap", []) as server:
        returns.use(
            over("imap", server.port).replace(
                "password_env: BOUNCES_PASSWORD", "password_file: secrets/bounces"
            )
        )
        assert returns.read() == "nothing new came back"
