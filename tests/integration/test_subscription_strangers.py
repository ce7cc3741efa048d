"""Programs that open every link, forged tokens, the curious: they change and learn nothing."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest

from publisher.delivery.tokens import CONFIRM_SECONDS, sign_confirmation
from tests import subscribing
from tests.mailings import Mailed
from tests.relays import relay
from tests.serving import serving, wait_until
from tests.sites import NOW
from tests.subscribing import (
    ONE_CLICK,
    Desk,
    a_wish,
    dump,
    keys,
    links,
    mails,
    post,
    self_service,
    service_seconds,
    states,
    token_of,
    words,
)

mailed = subscribing.mailed
desk = subscribing.desk


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


def test_a_link_that_only_its_reader_has_is_in_no_log(mailed: Mailed) -> None:
    mailed.readers(1)
    token = token_of(mailed, "reader0@d0.example")
    with serving(mailed.site, "-v") as server:
        assert server.ask(f"/preferences/{token}").status == 200
        wait_until(lambda: "event=serve.request" in server.said())
        assert "/preferences/…" in server.said()
        assert token not in server.said()
