# ruff: noqa: E501 (pieces of messages)
"""Whatever lies in a mailbox, it ends in a listing or a refusal, soon, and nothing in it runs."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from lxml import html as lxml_html

from publisher.config import SiteSpec, SourceSpec
from publisher.errors import ArticleError
from publisher.parse.items import Item, Unreadable, Withheld, parse_item
from publisher.parse.mails import Rules, Wanted, read_letter
from tests.mail_sources import READER, newsletter

SITE = SiteSpec(title="Paper", url="https://paper.example/", timezone="UTC")
RULES = Rules(wanted=Wanted())
SPEC = SourceSpec(name="inbox")
RUNS = frozenset(("script", "style", "iframe", "svg", "form", "object", "embed", "math"))

PLAIN = newsletter(html="", text="Hello.\n\n> quoted\n\n* one\n\nhttps://a.example/?utm_source=x\n")
REPORT = (
    b"From: a@b.example\r\nDate: Sun, 1 Nov 2026 09:30:00 +0000\r\nMessage-ID: <r@b>\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n'
    + PLAIN
    + b"\r\n--b\r\nContent-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: uuencode"
    b"\r\n\r\nbegin 644 a\r\n#86)C\r\nend\r\n--b--\r\n"
)
SEEDS = (newsletter(), PLAIN, REPORT)
PIECES = (
    b"\r\n", b"\n\n", b"\0", b"\xff\xfe", b"=?utf-8?B?//8=?=", b"=?x?q?=", b"boundary=", b"--b\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"charset=punycode", b"charset=\xff", b"Date: \r\n",
    b"Subject: =?utf-8?q?=0A=00?=\r\n", b"<script>alert(1)</script>", b"<svg onload=alert(1)>",
    b"<img src=x onerror=alert(1)>", b'<a href="javascript:alert(1)">x</a>', b"<table><tr><td>",
    b"</td></table>", b"<!--[if mso]>", b"<![CDATA[", b"<div style='display:none'>", b"&#0;", b"(((",
    b"From ", b"Message-ID: <" + b"x" * 300 + b">\r\n", b"To: " + READER.encode() + b"\r\n", b"\x1b[2J",
    b"filename*=utf-8''%2e%2e%2f", b"filename*0=a; filename*9=b", b"https://[", b"http://a@b/", b"=\r\n",
)  # fmt: skip


def mutated(chance: random.Random) -> bytes:
    raw = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                raw[place:place] = chance.choice(PIECES) * chance.choice((1, 1, 2, 40))
            case 1:
                del raw[place : place + chance.randint(1, 400)]
            case 2:
                raw[place : place + 1] = bytes([chance.randrange(256)])
            case 3:
                other = chance.choice(SEEDS)
                begin = chance.randrange(len(other))
                raw[place:place] = other[begin : begin + chance.randint(1, 2000)]
            case _:
                raw[place:] = raw[place:].upper() if chance.random() < 0.1 else raw[place:][::1]
    return bytes(raw)


def check_html(html: str) -> None:
    for element in lxml_html.fragment_fromstring(html, create_parent="div").iter():
        assert element.tag not in RUNS, html
        for name, value in element.attrib.items():
            assert not name.startswith("on"), html
            assert name != "style", html
            assert not value.strip().lower().startswith(("javascript:", "vbscript:")), html


def check(raw: bytes) -> None:
    began = time.process_time()
    found = read_letter(raw, RULES, place="cur/1")
    told: list[ArticleError] = [found.problem] if isinstance(found, Unreadable) else []
    assert found.name
    assert found.name.isprintable(), found.name
    if isinstance(found, Item):
        try:
            parsed = parse_item(found, site=SITE, source=SPEC, look_up=lambda _: None)
        except ArticleError as error:
            told.append(error)
        else:
            check_html(parsed.body_html)
    else:
        assert isinstance(found, Unreadable | Withheld)
    assert all(error.mend for error in told)
    assert time.process_time() - began < 1


def go(count: int, seed: int) -> None:
    chance = random.Random(seed)
    for n in range(count):
        raw = mutated(chance)
        try:
            check(raw)
        except BaseException:
            print(f"message {n} of seed {seed}:", raw)
            raise


def test_some_mutated_messages_end_well() -> None:
    go(150, seed=7)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_many_mutated_messages_end_well(seed: int) -> None:
    go(1_500, seed=seed)


VECTORS = (
    "<script>alert(1)</script>", "<ScRiPt src=//a.example/x></sCrIpT>", "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>", "<img src=x:x onerror=alert(1)//", '<img src="x`y" onerror=alert(1)>',
    "<svg onload=alert(1)>", "<svg/onload=alert(1)//", "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>", "<body onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>', '<a href="java\tscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>', '<a href=" \x01javascript:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>', "<iframe src=javascript:alert(1)>",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<base href=//evil.example/>",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">', "<link rel=stylesheet href=//e.example>",
    "<style>@import '//e.example';</style>", '<p style="background:url(javascript:alert(1))">x</p>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<form action=javascript:alert(1)><input>",
    "<textarea><img src=x onerror=alert(1)></textarea>", "<title><img src=x onerror=alert(1)></title>",
    "<template><script>alert(1)</script></template>", "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>", "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<video><source onerror=alert(1)></video>", "<details open ontoggle=alert(1)>x</details>",
    "<table background='javascript:alert(1)'><tr><td>x</td></tr></table>", "<input autofocus onfocus=alert(1)>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>",
    "<button formaction=javascript:alert(1)>x</button>", "<isindex action=javascript:alert(1) type=image>",
    "<marquee onstart=alert(1)>x</marquee>", "<a href='https://a.example/' ping='//e.example' onclick=x>y</a>",
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_nothing_that_a_mail_says_runs(number: int) -> None:
    vector = VECTORS[number]
    shapes = (f"<p>Text {vector} end</p>", f"<table><tr><td>{vector}</td></tr></table>", vector)
    for shape in shapes:
        check(newsletter(html=f"<html><body>{shape}</body></html>"))
    check(newsletter(html="", text=f"Text {vector} end"))
    name = "".join(letter for letter in vector if letter.isprintable())
    found = read_letter(
        newsletter(subject=name, List_Id=f"{name[:60]} <a.example>", Archived_At=f"<{name[:80]}>"),
        RULES,
        place="",
    )
    assert isinstance(found, Item)
    assert "url" not in {key.text for key, _ in found.fields}


HOSTILE: tuple[Callable[[], bytes], ...] = (
    lambda: b"From: a@b.example\nDate: 1 Nov 2026 09:30 +0000\nContent-Type: text/html\n\n"
    + b"<p>" * 200_000,
    lambda: b"From: a@b.example\nDate: 1 Nov 2026 09:30 +0000\nContent-Type: text/html\n\n"
    + b"<a href='https://a.example/unsubscribe'>unsubscribe</a>" * 20_000,
    lambda: b"From: a@b.example\nDate: 1 Nov 2026 09:30 +0000\nContent-Type: text/html\n\n"
    + b"<div><span>" * 20_000 + b"x" + b"</span></div>" * 20_000,
    lambda: b"From: a@b.example\nDate: 1 Nov 2026 09:30 +0000\n\n" + b"https://a.example/" * 100_000,
    lambda: b"From: a@b.example\nDate: 1 Nov 2026 09:30 +0000\n\n" + b"> " * 500_000,
)  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_large_hostile_texts_end_soon(number: int) -> None:
    began = time.process_time()
    read_letter(HOSTILE[number](), RULES, place="cur/1")
    assert time.process_time() - began < 10
