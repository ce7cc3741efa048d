"""A reader's own yes: who comes back only by it, and what becomes of those who never say it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from publisher.delivery.tokens import sign_confirmation
from publisher.self_service.signups import Preferences
from publisher.store.engine import open_sqlite
from publisher.store.lapses import forget_unconfirmed
from publisher.store.notices import Asked
from tests import subscribing
from tests.mailings import Mailed, later
from tests.postgres import fresh
from tests.relays import relay
from tests.serving import Reply
from tests.sites import Site
from tests.subscribing import (
    ONE_CLICK,
    SECOND,
    Desk,
    a_wish,
    dump,
    keys,
    links,
    mails,
    self_service,
    service_seconds,
    site_with,
    states,
    suppress,
    token_of,
    words,
)

mailed = subscribing.mailed
desk = subscribing.desk
database = subscribing.database


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
