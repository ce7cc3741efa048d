"""Addresses in mail."""

from __future__ import annotations

import pytest

from publisher.links.ascii import ascii_domain, ascii_url
from publisher.links.pictures import content_id, picture_addresses, with_picture_addresses
from publisher.links.promises import is_fit_for_mail, is_honest
from publisher.links.readers import PREFERENCES, UNSUBSCRIBE, fill, reader_link


def test_fill_puts_in_both_links_of_a_reader() -> None:
    text = f"{UNSUBSCRIBE} and {PREFERENCES} and {UNSUBSCRIBE}"
    assert fill(text, token="a.B-9_~", mail_url="https://x.example/m/") == (
        "https://x.example/m/unsubscribe/a.B-9_~"
        " and https://x.example/m/preferences/a.B-9_~"
        " and https://x.example/m/unsubscribe/a.B-9_~"
    )


@pytest.mark.parametrize("token", ["", "a b", "a/b", "a\r\nb", "é", "a\n"])
def test_fill_refuses_what_is_no_token(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        fill("", token=token, mail_url="https://x.example/")


def test_a_readers_link_needs_no_escaping_anywhere() -> None:
    link = reader_link("https://bücher.example/a&b'c/", "unsubscribe", "t")
    assert link == "https://xn--bcher-kva.example/a%26b%27c/unsubscribe/t"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/", "https://x.example/"),
        (" https://x.example/a?b=c&d#e ", "https://x.example/a?b=c&d#e"),
        ("http://u@x.example:8080/é", "http://u@x.example:8080/%C3%A9"),
        ("https://x.example/%41%zz%", "https://x.example/%41%25zz%25"),
        ('https://x.example/\\<>"^`{|}', "https://x.example/%5C%3C%3E%22%5E%60%7B%7C%7D"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://x.example/\ud800", "https://x.example/"),
    ],
)
def test_ascii_url(url: str, expected: str) -> None:
    assert ascii_url(url) == expected


@pytest.mark.parametrize(
    "url",
    ["", "/a", "ftp://x.example/", "javascript:x", "https://", "https://x.example/" + "a" * 2000],
)
def test_ascii_url_refuses(url: str) -> None:
    with pytest.raises(ValueError, match=r"http or https|longer"):
        ascii_url(url)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("Courier.example", "Courier.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("bu\u0308cher.example", "xn--bcher-kva.example"),
        ("ｘ.example", "x.example"),
    ],
)
def test_ascii_domain(domain: str, expected: str) -> None:
    assert ascii_domain(domain) == expected


@pytest.mark.parametrize(
    ("url", "text", "honest", "for_mail"),
    [
        ("https://a.example/", "The Pier", True, True),
        ("http://a.example/", "The Pier", True, False),
        ("https://a.org/", "www.a.org", True, True),
        ("https://blog.a.org/", "a.org", True, True),
        ("https://b.org/", "a.org", False, False),
        ("https://b.example/", "https://a.example/x", False, False),
        ("https://a@b.example/", "The Pier", False, False),
        ("mailto:a@b.example", "The Pier", False, False),
        ("https://[b/", "The Pier", False, False),
        ("", "The Pier", False, False),
        ("https://pier/", "The Pier", True, False),
        ("https://pier.local/", "The Pier", True, False),
        ("https://192.168.1.2/", "The Pier", True, False),
        ("https://t.co/a", "The Pier", True, False),
        ("https://a.example/?x=1&utm_source=b", "The Pier", True, False),
        ("https://a.example/", "Here!", True, False),
    ],
)
def test_an_address_under_words_that_others_chose(
    url: str, text: str, honest: bool, for_mail: bool
) -> None:
    assert (is_honest(url, text), is_fit_for_mail(url, text)) == (honest, for_mail)


@pytest.mark.parametrize(
    ("html", "changed"),
    [
        ('<img src="https://a.example/b">', '<img src="cid:1">'),
        ("<img alt=a src='https://a.example/b' />", '<img alt=a src="cid:1" />'),
        ('<IMG\nSRC = "https://a.example/b">', '<IMG\nSRC = "cid:1">'),
        ('<img/src="https://a.example/b"/>', '<img/src="cid:1"/>'),
        ('<img alt="a > b" src="https://a.example/b">', '<img alt="a > b" src="cid:1">'),
        (
            """<img alt="it says src='https://a.example/b'" src="https://a.example/b">""",
            """<img alt="it says src='https://a.example/b'" src="cid:1">""",
        ),
        (
            '<!--[if mso]><img src="https://a.example/b"><![endif]-->',
            '<!--[if mso]><img src="cid:1"><![endif]-->',
        ),
    ],
)
def test_the_address_of_a_picture_is_another_and_nothing_else(html: str, changed: str) -> None:
    assert picture_addresses(html) == ["https://a.example/b"]
    assert with_picture_addresses(html, lambda _: "cid:1") == changed


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://a.example/b">a</a>',
        '<image src="https://a.example/b">',
        '<imgs src="https://a.example/b">',
        '&lt;img src="https://a.example/b">',
        '<img data-src="https://a.example/b">',
        '<img srcset="https://a.example/b">',
        '<img alt="src=https://a.example/b">',
        '<img src="https://a.example/b',
        "<img " + 'a="' * 50_000,
        "<img " * 20_000,
        '<img "' * 20_001,
    ],
)
def test_what_is_no_picture_stays_as_it_is(html: str) -> None:
    assert picture_addresses(html) == []
    assert with_picture_addresses(html, lambda _: "cid:1") == html


def test_addresses_of_pictures_are_read_and_written_as_html_has_them() -> None:
    html = '<img src="https://a.example/?a=1&amp;b=&quot;"><img src="https://a.example/?a=1&b=2">'
    assert picture_addresses(html) == ['https://a.example/?a=1&b="', "https://a.example/?a=1&b=2"]
    assert with_picture_addresses(html, lambda url: url) == html
    assert '<img src="x&amp;&quot;">' in with_picture_addresses(html, lambda _: 'x&"')


def test_a_content_id_is_ascii() -> None:
    assert content_id("0f", "news@courier.example") == "0f@courier.example"
    assert content_id("0f", "n@büro.example") == "0f@xn--bro-hoa.example"
