"""What arrives by a form: typed, sent from elsewhere, in any language, slow or endless."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests import subscribing
from tests.mailings import Mailed
from tests.serving import Serving, serving
from tests.sites import Site
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
