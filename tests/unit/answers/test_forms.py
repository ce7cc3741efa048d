"""Forms as browsers and mail programs send them, and what is told of where they come from."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.answers.forms import accepted_languages, is_foreign, network_of, read_form

PLAIN = "application/x-www-form-urlencoded"
OWN = {"letters.example"}


class TestForm:
    def test_fields_may_come_several_times(self) -> None:
        form = read_form(PLAIN + "; charset=utf-8", b"a=1&b=%C3%A9+x&a=2&c")
        assert form == {"a": ["1", "2"], "b": ["é x"], "c": [""]}

    def test_multipart(self) -> None:
        body = (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9\r\n'
            b'--x\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n--x--\r\n'
        )
        assert read_form("multipart/form-data; boundary=x", body) == {"a": ["é"], "b": ["2"]}

    def test_values_and_fields_have_an_end(self) -> None:
        assert len(read_form(PLAIN, b"a=" + b"x" * 9000)["a"][0]) == 2000
        assert read_form(PLAIN, b"&".join(b"a=1" for _ in range(300))) == {}

    @given(st.binary(max_size=300), st.sampled_from([PLAIN, "multipart/form-data; boundary=x", ""]))
    def test_nothing_breaks_it(self, body: bytes, kind: str) -> None:
        read_form(kind, body)
        read_form(kind, b"--x\r\n" + body + b"\r\n--x--\r\n")


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"origin": "https://letters.example"}, False),
        ({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"}, False),
        ({"origin": "https://evil.example", "host": "letters.example"}, True),
        ({"origin": "https://letters.example.evil.example"}, True),
        ({"origin": "null"}, False),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, True),
        ({"origin": "https://letters.example", "sec-fetch-site": "same-site"}, True),
    ],
)
def test_foreign_pages(headers: dict[str, str], *, foreign: bool) -> None:
    assert is_foreign(headers, OWN) is foreign


class TestNetwork:
    @pytest.mark.parametrize(
        ("peer", "forwarded", "network"),
        [
            ("203.0.113.77", "", "203.0.113.0/24"),
            ("203.0.113.77", "198.51.100.1", "203.0.113.0/24"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.0/24"),
            ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.0/24"),
            ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("10.0.0.7", "[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.77", "", "203.0.113.0/24"),
            ("127.0.0.1", "", ""),
            ("127.0.0.1", "unknown", ""),
            ("", "", ""),
        ],
    )
    def test_of(self, peer: str, forwarded: str, network: str) -> None:
        assert network_of(peer, forwarded) == network

    @given(st.ip_addresses())
    def test_no_whole_address_is_kept(self, address: object) -> None:
        kept = network_of(str(address), "")
        assert not kept or ipaddress.ip_network(kept).num_addresses >= 256

    @given(st.text(max_size=60))
    def test_whatever_is_forwarded(self, text: str) -> None:
        network_of("127.0.0.1", text)


def test_languages_by_their_weight() -> None:
    assert accepted_languages("de;q=0.5, ar-EG, en;q=0, x y, fr;q=zz, id;q=0.7") == [
        "ar-EG",
        "id",
        "de",
    ]
    assert accepted_languages("") == []
