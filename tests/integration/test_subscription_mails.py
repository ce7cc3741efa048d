"""Mails about subscriptions on their way: put off, refused, in doubt, true no more."""

from __future__ import annotations

import email
import email.policy
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.errors import StoreUnreachable
from publisher.mailing.deliver import deliver
from publisher.store.subscribers import SubscriberStore
from publisher.wiring.stores import Stores
from tests import subscribing
from tests.mailings import SMTP, Mailed, later
from tests.relays import Relay, relay
from tests.serving import serving
from tests.sites import CONFIG, NOW, UNJUDGED
from tests.smtp_servers import SmtpServer, serving_smtp
from tests.subscribing import Desk, a_wish, links, post, self_service, states

mailed = subscribing.mailed
desk = subscribing.desk


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
