"""Mail that comes back: from the envelope of a delivery to the reader who gets no more."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from publisher.config.load import load_config
from publisher.delivery.tokens import sign_confirmation
from publisher.self_service.signups import SelfService, Wish
from publisher.store.notices import Asked
from publisher.store.secrets import read_keys
from publisher.wiring.stores import Stores
from tests.bounce_samples import SAMPLES
from tests.dovecot import PASSWORD as DOVECOT_PASSWORD
from tests.dovecot import dovecot
from tests.mail_servers import PASSWORD, MailServer
from tests.mailings import Mailed, later
from tests.relays import Relay, relay
from tests.sites import NOW, Site

BY_NAME = {sample.name: sample for sample in SAMPLES}
HARD = BY_NAME["Postfix: unknown"]
FULL = BY_NAME["Postfix: full"]
BLOCKED = BY_NAME["Postfix: blocklist"]
COMPLAINT = BY_NAME["ARF: Yahoo"]
VACATION = BY_NAME["vacation (RFC 3834)"]
ADDRESS = "bounces@courier.example"
MONDAYS = ["2026-11-22", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]
"""The first issue is made at once, the others at their slot."""


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Relay]:
    with relay(tmp_path / "log") as running:
        yield running


class Returns:
    """A site that mails issues, and a Maildir that they come back to."""

    def __init__(self, mailed: Mailed, there: Relay, more: str = "maildir: returned") -> None:
        self.mailed, self.site, self.relay = mailed, mailed.site, there
        self.issues, self.now = 0, NOW
        self.use(more)
        self.folder = self.site.folder / "returned"
        for name in ("new", "cur", "tmp"):
            (self.folder / name).mkdir(parents=True)

    def use(self, more: str) -> None:
        self.mailed.use(self.relay, f"bounces: {{address: {ADDRESS}, {more}}}\n")

    def mail(self) -> dict[str, str]:
        """Make and send the next issue; gives each reader's address of return."""
        day = MONDAYS[self.issues]
        self.issues += 1
        self.site.article(f"issue{self.issues}.md", f"Text {self.issues}.", date=day)
        self.now = f"{day}T08:00:00Z"
        self.site.publish(now=self.now)
        before = len(self.relay.taken())
        self.site.run("deliver", now=self.now)
        return {taken.recipient: taken.sender for taken in self.relay.taken()[before:]}

    def put(self, name: str, raw: bytes) -> None:
        (self.folder / "new" / name).write_bytes(raw)

    def read(self, now: str | None = None, code: int = 0, **env: str) -> str:
        ran = self.site.run("bounces", now=now or self.now, env=env)
        assert ran.code == code, (ran.out, ran.err)
        return ran.out.strip()

    def gone(self) -> set[str]:
        """Who is suppressed."""
        rows = csv.DictReader(io.StringIO(self.site.run("subscribers", "export").out))
        return {row["email"] for row in rows if row["state"] == "suppressed"}

    def why(self, email: str) -> str:
        """The last evidence of a reader."""
        how: str = shown(self.site, email)["evidence"][-1]["how"]
        return how


def shown(site: Site, email: str) -> dict[str, Any]:
    told = json.loads(site.run("subscribers", "show", email, "--json").out)
    only: dict[str, Any] = told["subscriptions"]["weekly"]
    return only


# ---------------------------------------------------------------- from envelope to verdict


def test_each_delivery_has_its_own_address_of_return(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mailed.readers(3)
    first, second = returns.mail(), returns.mail()
    senders = [*first.values(), *second.values()]
    assert len(set(senders)) == 6
    assert all(re.fullmatch(r"bounces\+[a-z2-7]{44}@courier\.example", one) for one in senders)


def test_without_bounces_mail_comes_back_to_its_sender(mailed: Mailed, there: Relay) -> None:
    mailed.use(there)
    mailed.readers(2)
    mailed.site.publish()
    mailed.deliver()
    assert {taken.sender for taken in there.taken()} == {"news@courier.example"}
    ran = mailed.site.run("bounces")
    assert ran.code == 2
    assert "there is no `bounces` in publisher.yaml" in ran.err


def test_every_shape_leads_to_the_right_reader(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    readers = mailed.readers(len(SAMPLES) + 5)
    back = returns.mail()
    for n, sample in enumerate(SAMPLES):
        raw = sample.raw(back[readers[n]], readers[n])
        returns.put(f"{n}", raw.replace(b"{TO}", back[readers[n]].upper().encode()))

    said = returns.read()

    kinds = Counter(sample.kind for sample in SAMPLES)
    gone = {readers[n] for n, s in enumerate(SAMPLES) if s.kind in ("hard", "complaint")}
    counted = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds))
    assert said == f"{counted}; {len(gone)} readers suppressed"
    assert returns.gone() == gone
    assert returns.read() == "nothing new came back"


def test_who_is_suppressed_gets_no_more_and_no_list_brings_them_back(
    mailed: Mailed, there: Relay
) -> None:
    returns = Returns(mailed, there)
    hard, complains, stays = mailed.readers(3)
    back = returns.mail()
    returns.put("1", HARD.raw(back[hard], hard))
    returns.put("2", COMPLAINT.raw(back[complains], complains))
    assert returns.read() == "1 complaint, 1 hard; 2 readers suppressed"
    assert returns.gone() == {hard, complains}
    assert returns.why(hard) == (
        f"hard bounce: issue 1 of weekly: 5.1.1 smtp; 550 5.1.1 <{hard}>: "
        "Recipient address rejected: User unknown in virtual mailbox table"
    )
    assert returns.why(complains) == "complaint: issue 1 of weekly: abuse"
    mailed.readers(3)
    assert returns.gone() == {hard, complains}
    assert list(returns.mail()) == [stays]


def test_what_waits_for_them_is_not_sent(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    hard, _ = mailed.readers(2)
    back = returns.mail()
    returns.site.article("more.md", "More.", date="2026-11-23")
    returns.site.publish(now="2026-11-23T08:00:00Z")
    returns.put("1", HARD.raw(back[hard], hard))
    returns.read(now="2026-11-23T08:00:00Z")
    assert mailed.states() == {"sent": 2, "pending": 1, "skipped": 1}


# ---------------------------------------------------------------- soft ones


def test_soft_bounces_suppress_when_three_issues_in_a_row_came_back(
    mailed: Mailed, there: Relay
) -> None:
    returns = Returns(mailed, there)
    full, blocked, _ = mailed.readers(3)
    for n in range(3):
        assert returns.gone() == set()
        back = returns.mail()
        returns.put(f"{n}", FULL.raw(back[full], full))
        returns.put(f"{n}b", BLOCKED.raw(back[blocked], blocked))
        returns.put(f"{n}c", FULL.raw(back[full], full) + b"again, by another system\n")
        suppressed = "1 reader" if n == 2 else "0 readers"
        assert returns.read() == f"1 blocked, 2 soft; {suppressed} suppressed"
    assert returns.gone() == {full}
    assert returns.why(full).startswith("soft bounces: issue 3 of weekly: 5.2.2 smtp; 552 5.2.2")


@pytest.mark.long
def test_an_issue_that_arrived_begins_the_count_anew(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    for n, comes_back in enumerate([True, True, False, True, True]):
        back = returns.mail()
        if comes_back:
            returns.put(f"{n}", FULL.raw(back[reader], reader))
            returns.read()
    assert returns.gone() == set()
    back = returns.mail()
    returns.put("last", FULL.raw(back[reader], reader))
    returns.read()
    assert returns.gone() == {reader}


def test_the_order_in_which_they_come_back_says_nothing(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    backs = [returns.mail() for _ in range(3)]
    for n in (2, 0, 1):
        assert returns.gone() == set()
        returns.put(f"{n}", FULL.raw(backs[n][reader], reader))
        returns.read()
    assert returns.gone() == {reader}


@pytest.mark.long
def test_old_bounces_of_one_who_gets_mail_again_suppress_nobody(
    mailed: Mailed, there: Relay
) -> None:
    """The mailbox is read late: by then a newer issue has arrived for long enough."""
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    backs = [returns.mail() for _ in range(4)]
    for n in range(3):
        returns.put(f"{n}", FULL.raw(backs[n][reader], reader))
    assert returns.read(now="2026-12-12T09:00:00Z") == "3 soft; 0 readers suppressed"
    assert returns.gone() == set()


def test_the_limit_is_the_site_s(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there, "maildir: returned, soft_limit: 1")
    full, blocked = mailed.readers(2)
    back = returns.mail()
    returns.put("1", FULL.raw(back[full], full))
    returns.put("2", BLOCKED.raw(back[blocked], blocked))
    returns.read()
    assert returns.gone() == {full}


def test_what_the_relay_itself_refuses_counts_as_soft(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "rcpt550=1") as there:
        returns = Returns(mailed, there, "maildir: returned, soft_limit: 2")
        mailed.readers(2)
        returns.mail()
        assert returns.read() == "2 refused; 0 readers suppressed"
        assert returns.read() == "nothing new came back"
        returns.mail()
        assert returns.read() == "2 refused; 2 readers suppressed"
        assert len(returns.gone()) == 2


# ---------------------------------------------------------------- forged, repeated, too late


def test_forged_ones_change_nothing(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    reader, other = mailed.readers(2)
    back = returns.mail()
    signed = back[reader]
    forged = [
        ADDRESS,
        signed[:-30] + ("a" if signed[-30] != "a" else "b") + signed[-29:],
        signed.replace("bounces+", "bounces-"),
        signed.replace("courier.example", "courier.test"),
        f"{reader.replace('@', '=')}@courier.example",
    ]
    for n, to in enumerate(forged):
        returns.put(f"hard{n}", HARD.raw(to, reader))
        returns.put(f"complaint{n}", COMPLAINT.raw(to, reader))
    # who has a message may say that it came back, of themselves and nobody else
    returns.put("own", HARD.raw(signed, other))
    assert returns.read() == "1 hard, 10 unsigned; 1 reader suppressed"
    assert returns.gone() == {reader}


def test_a_message_read_twice_changes_nothing_the_second_time(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    full, hard = mailed.readers(2)
    back = returns.mail()
    messages = {"1": FULL.raw(back[full], full), "2": HARD.raw(back[hard], hard)}
    for _ in range(2):
        for name, raw in messages.items():
            returns.put(name, raw)
        said = returns.read()
    assert said == "2 again; 0 readers suppressed"
    evidence = shown(returns.site, hard)["evidence"]
    assert [one["what"] for one in evidence] == ["imported", "suppressed"]


def test_one_who_has_gone_and_one_who_was_erased_stay_so(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    erased, stays = mailed.readers(2)
    back = returns.mail()
    returns.site.run("subscribers", "erase", erased)
    returns.put("1", HARD.raw(back[erased], erased))
    assert returns.read() == "1 hard; 0 readers suppressed"
    assert "nobody here has the address" in returns.site.run("subscribers", "show", erased).err
    returns.put("2", HARD.raw(back[stays], stays))
    returns.read()
    returns.site.run("subscribers", "erase", stays)
    for file in (returns.site.folder / ".publisher").rglob("*"):
        if file.is_file():
            for address in (erased, stays):
                assert address.encode() not in file.read_bytes(), file


# ---------------------------------------------------------------- mails about subscriptions


@contextmanager
def pages(mailed: Mailed, hours: float = 0) -> Iterator[SelfService]:
    """What readers' pages stand on, so many hours after NOW."""
    now = datetime.fromisoformat(later(hours * 3600))
    config = load_config(mailed.site.folder / "publisher.yaml")
    with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
        yield SelfService(config, stores.database)


def ask(service: SelfService, *emails: str) -> None:
    for n, email in enumerate(emails):
        wish = Wish(email=email, newsletters=["weekly"], wording="Subscribe", network=f"{n}")
        assert service.ask(wish) is Asked.MAILED


def test_mails_about_subscriptions_come_back_to_their_readers(mailed: Mailed, there: Relay) -> None:
    """Dead addresses and people who call the question unwanted are not asked again."""
    returns = Returns(mailed, there)
    (active,) = mailed.readers(1)
    full, dead, annoyed, gone = (f"{name}@x.example" for name in ("full", "dead", "cross", "gone"))
    with pages(mailed) as service:
        ask(service, full, dead, annoyed, gone, active)
    mailed.deliver()
    back = {taken.recipient: taken.sender for taken in there.taken()}
    assert len(set(back.values())) == 5
    assert all(
        re.fullmatch(r"bounces\+[a-z2-7]{44}@courier\.example", one) for one in back.values()
    )
    returns.site.run("subscribers", "erase", gone)
    for n in range(3):
        returns.put(f"full{n}", FULL.raw(back[full], full) + b"%d\n" % n)
    for name, email, sample in (
        ("1", dead, HARD), ("2", annoyed, COMPLAINT), ("3", gone, HARD), ("4", active, HARD),
        ("5", full, BLOCKED),
    ):  # fmt: skip
        returns.put(name, sample.raw(back[email], email))
    said = "1 blocked, 1 complaint, 2 hard, 3 soft, 1 strange; 3 readers suppressed"
    assert returns.read() == said
    assert returns.read() == "nothing new came back"
    assert returns.gone() == {dead, annoyed, active}
    assert returns.why(dead).startswith("hard bounce: a mail about subscriptions: 5.1.1 ")
    assert returns.why(annoyed) == "complaint: a mail about subscriptions: abuse"
    assert shown(returns.site, full)["state"] == "pending"

    told = json.loads(returns.site.run("status", "--json").out)
    assert told["notices"] == {"waiting": 0, "failed": 0}
    assert told["bounces"] == {"blocked": 0, "soft": 1, "hard": 2, "complaint": 1}
    assert told["suppressed"] == 3
    lines = returns.site.run("status").out.splitlines()[-2:]
    assert lines == ["came back: 1 complaint, 2 hard, 1 soft", "3 readers suppressed"]

    with pages(mailed, hours=30) as service:
        ask(service, dead, active)
        wish = Wish(email=annoyed, newsletters=["weekly"], wording="Subscribe", network="")
        assert service.ask(wish) is Asked.HEARD
    told = json.loads(returns.site.run("status", "--json").out)
    assert told["notices"] == {"waiting": 2, "failed": 0}
    assert "about subscriptions: 2 waiting" in returns.site.run("status").out


def test_who_confirmed_anew_begins_at_none(mailed: Mailed, there: Relay) -> None:
    """The issues that came back before they proved that their address takes mail are over."""
    returns = Returns(mailed, there, "maildir: returned, soft_limit: 2")
    (reader,) = mailed.readers(1)
    for n in range(2):
        back = returns.mail()
        returns.put(f"{n}", FULL.raw(back[reader], reader))
        returns.read()
    assert returns.gone() == {reader}
    with pages(mailed, hours=48) as service:
        ask(service, reader)
        seconds = int(service.now().timestamp())
        token = sign_confirmation(1, seconds, read_keys(service._database, "reader"))
        assert service.confirm(token, wording="", network="") is not None
    returns.put("late", HARD.raw(back[reader], reader))
    assert returns.read(now=later(49 * 3600)) == "1 hard; 0 readers suppressed"
    assert returns.gone() == set()
    for n in range(2):
        assert returns.gone() == set()
        returns.put(f"again{n}", FULL.raw(returns.mail()[reader], reader))
        returns.read()
    assert returns.gone() == {reader}


# ---------------------------------------------------------------- mailboxes


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
