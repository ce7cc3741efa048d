"""What records of the DNS mean: SPF, DMARC, alignment, keys."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

import pytest

from publisher.delivery.domains import Spf, aligned, dmarc_record, published_keys


class Told:
    """A DNS that knows what it is told: `txt name`, `mx name`, `a name`, `ptr address`."""

    def __init__(self, records: Mapping[str, Sequence[str] | str]) -> None:
        self.records = {k: [v] if isinstance(v, str) else list(v) for k, v in records.items()}

    def txt(self, name: str) -> list[str]:
        return self.records.get(f"txt {name}", [])

    def mx(self, name: str) -> list[str]:
        return self.records.get(f"mx {name}", [])

    def addresses(self, name: str) -> list[str]:
        return self.records.get(f"a {name}", [])

    def reverse(self, address: str) -> list[str]:
        return self.records.get(f"ptr {address}", [])


OTHERS = {
    "txt relay.example": "v=spf1 ip4:203.0.113.0/24 -all",
    "txt loop.example": "v=spf1 include:d.example -all",
    "txt two.example": ["v=spf1 -all", "v=spf1 ~all"],
    "a d.example": ["203.0.113.7", "2001:db8::7"],
    "mx d.example": ["mx.d.example"],
    "a mx.d.example": "203.0.113.9",
}


@pytest.mark.parametrize(
    ("record", "address", "verdict"),
    [
        ("v=spf1 ip4:203.0.113.7 -all", "203.0.113.7", "pass"),
        ("v=spf1 ip4:203.0.113.7 -all", "203.0.113.8", "fail"),
        ("v=spf1 ip4:203.0.113.0/24 ~all", "203.0.114.1", "softfail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8:1::1", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "203.0.113.7", "fail"),
        ("V=SPF1 A -ALL", "203.0.113.7", "pass"),
        ("v=spf1 a -all", "2001:db8::7", "pass"),
        ("v=spf1 a/24 -all", "203.0.113.200", "pass"),
        ("v=spf1 a//120 -all", "2001:db8::9", "pass"),
        ("v=spf1 a//120 -all", "203.0.113.9", "fail"),
        ("v=spf1 a:d.example/24//120 -all", "203.0.113.9", "pass"),
        ("v=spf1 a:mx.d.example -all", "203.0.113.7", "fail"),
        ("v=spf1 mx -all", "203.0.113.9", "pass"),
        ("v=spf1 mx/29 -all", "203.0.113.8", "pass"),
        ("v=spf1 include:relay.example -all", "203.0.113.77", "pass"),
        ("v=spf1 include:relay.example ?all", "198.51.100.1", "neutral"),
        ("v=spf1 redirect=relay.example", "203.0.113.77", "pass"),
        ("v=spf1 redirect=relay.example", "198.51.100.1", "fail"),
        ("v=spf1 exp=why.example -ip4:203.0.113.7 +all", "203.0.113.7", "fail"),
        ("v=spf1", "203.0.113.7", "neutral"),
        ("v=spf10 +all", "203.0.113.7", "none"),
        ("something else", "203.0.113.7", "none"),
        ("v=spf1 include:nowhere.example -all", "203.0.113.7", "permerror"),
        ("v=spf1 redirect=nowhere.example", "203.0.113.7", "permerror"),
        ("v=spf1 include:loop.example -all", "198.51.100.1", "permerror"),
        ("v=spf1 include:two.example -all", "203.0.113.7", "permerror"),
        ("v=spf1 ip4:203.0.113 -all", "203.0.113.7", "permerror"),
        ("v=spf1 ipv4:203.0.113.7 -all", "203.0.113.7", "permerror"),
    ],
)
def test_who_may_send(record: str, address: str, verdict: str) -> None:
    spf = Spf(Told(OTHERS | {"txt d.example": record}), ipaddress.ip_address(address))
    assert spf.ask("d.example") == verdict
    assert bool(spf.trouble) == (verdict == "permerror")


def test_every_question_is_counted() -> None:
    chain = {f"txt d{n}.example": f"v=spf1 a mx include:d{n + 1}.example -all" for n in range(4)}
    spf = Spf(Told(chain | {"txt d4.example": "v=spf1 ip4:203.0.113.7 exists:%{i}.x.example ~all"}))
    assert spf.ask("d0.example") == "fail"
    assert spf.lookups == 4 * 3 + 1


@pytest.mark.parametrize(
    ("signer", "author", "relaxed", "strict"),
    [
        ("d.example", "d.example", True, True),
        ("D.example", "d.EXAMPLE", True, True),
        ("d.example", "news.d.example", True, False),
        ("mail.d.example", "d.example", True, False),
        ("bad.example", "d.example", False, False),
        ("d.example", "bad.example", False, False),
    ],
)
def test_alignment(signer: str, author: str, relaxed: bool, strict: bool) -> None:
    assert aligned(signer, author, strict=False) == relaxed
    assert aligned(signer, author, strict=True) == strict


def test_dmarc_is_looked_for_upwards() -> None:
    names = Told(
        {
            "txt _dmarc.d.example": ["v=DMARC1; p=reject; adkim=s", "v=spf1 -all"],
            "txt _dmarc.example": "v=DMARC1; p=none",
        }
    )
    assert dmarc_record("a.b.d.example", names) == ("d.example", ["v=DMARC1; p=reject; adkim=s"])
    assert dmarc_record("other.example", names) == ("other.example", []), "no top level is asked"


def test_keys_are_read_with_their_defaults() -> None:
    texts = ["p=AB CD ;", "v=DKIM1; k=ed25519; p=", "v=DKIM2; p=x", "v=DMARC1; p=none", "hello"]
    assert list(published_keys(texts)) == [
        {"k": "rsa", "p": "ABCD"},
        {"k": "ed25519", "v": "DKIM1", "p": ""},
    ]
