"""Readers who leave, are erased or pause: what they get no more, and which old links still work."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publisher.config.load import load_config
from publisher.delivery.tokens import Token, sign
from publisher.self_service.signups import Preferences, SelfService
from publisher.store.secrets import read_keys
from publisher.store.subscribers import SubscriberStore
from publisher.wiring.stores import Stores
from tests import subscribing
from tests.mailings import Mailed, later
from tests.postgres import fresh
from tests.relays import relay
from tests.serving import serving
from tests.sites import NOW, Site
from tests.subscribing import (
    ONE_CLICK,
    SECOND,
    Desk,
    check_page,
    dump,
    post,
    site_with,
    states,
    token_of,
    words,
)

mailed = subscribing.mailed
desk = subscribing.desk
database = subscribing.database


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
