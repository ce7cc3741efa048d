"""Feeds that mean harm (RELIABILITY S1, S3): nothing runs, nothing inside is reached."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from html import escape

import feedparser
import html5lib
import pytest

from publisher.errors import FetchError
from publisher.fetching import fetch, not_inward, public_only
from tests.feed_servers import FeedServer, Page
from tests.sites import Site
from tests.web_servers import RawServer, answer, saying

SITE = 'site: {title: Planet, url: "https://planet.example/", language: en, timezone: UTC}\n'
VECTORS = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg></p><style><a id='</style><img src=x onerror=alert(1)>'>",
    "<math><mtext><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=a(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<img src=x onerror=alert(1)>",
    "<img src='jav\tascript:alert(1)'>",
    "<img srcset='x 1x, javascript:alert(1) 2x'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "<a href=' &#1; javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='https://evil.example/a.css'>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='data:text/html,<script>alert(1)</script>'>",
    "<form action='https://evil.example/'><button formaction='javascript:alert(1)'>x</button>",
    "<template><script>alert(1)</script></template>",
    "<xmp><p title='</xmp><script>alert(1)</script>'>",
    "<plaintext><script>alert(1)</script>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<a href='publisher-article:own.md'>x</a>",
    "<details ontoggle=alert(1) open>x",
    "<video><source onerror=alert(1)></video>",
    "{{ 7 * 7 }}{% raw %}",
    "]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)
_RUNS = ("script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg")


def rss() -> str:
    def item(number: int, vector: str) -> str:
        text = escape(vector)
        return (
            f"<item><guid>r{number}</guid><title>{text}</title><link>https://r.example/{number}"
            f"</link><author>{text}</author><category>{text}</category><description>{text}"
            f"</description><content:encoded><![CDATA[{vector.replace(']]>', '')}]]>"
            f"</content:encoded><pubDate>1 Nov 2026 10:00:00 GMT</pubDate>"
            f"<enclosure url='javascript:alert(1)' type='{text.replace(chr(39), '')}'/></item>"
        )

    items = "".join(item(n, vector) for n, vector in enumerate(VECTORS))
    return f"<rss version='2.0'><channel><title>{escape(VECTORS[0])}</title>{items}</channel></rss>"


def atom(kind: str) -> str:
    def entry(number: int, vector: str) -> str:
        text = escape(vector)
        content = f"<div xmlns='http://www.w3.org/1999/xhtml'>{vector}</div>"
        content = content if kind == "xhtml" else text
        return (
            f"<entry><id>javascript:alert({number})</id><title type='{kind}'>{content}</title>"
            f"<link href='https://{kind}.example/{number}'/><link rel='enclosure' "
            f"href='data:text/html,x'/><author><name>{text}</name><uri>javascript:alert(1)</uri>"
            f"</author><category term='{text.replace(chr(39), '')}'/>"
            f"<published>2026-11-01T10:00:00Z</published><updated>2026-11-01T10:00:00Z</updated>"
            f"<content type='{kind}'>{content}</content></entry>"
        )

    # one entry that is not well-formed would hide those behind it
    wellformed = (2, 7, 9, 10, 11, 12, 13, 15, 32, 33) if kind == "xhtml" else range(len(VECTORS))
    entries = "".join(
        entry(
            n,
            vector
            if kind != "xhtml"
            else vector.replace("=x", "='x'").replace("=alert(1)>", "='alert(1)'/>"),
        )
        for n, vector in enumerate(VECTORS)
        if n in wellformed
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{kind}</title>{entries}</feed>"


def json_feed() -> str:
    items = [
        {
            "id": f"j{n}",
            "url": f"https://j.example/{n}",
            "external_url": "javascript:alert(1)",
            "title": vector,
            "summary": vector,
            "content_html": vector,
            "image": "javascript:alert(1)",
            "authors": [{"name": vector, "url": "javascript:alert(1)"}],
            "tags": [vector],
            "language": vector,
            "date_published": "2026-11-01T10:00:00Z",
            "attachments": [{"url": "javascript:alert(1)", "mime_type": vector}],
        }
        for n, vector in enumerate(VECTORS)
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1", "title": "J", "items": items})


def runs(html: str) -> Iterator[str]:
    """What of a text would run, by another parser than ours."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    for element in tree.iter():
        if isinstance(element.tag, str):
            if element.tag.rpartition("}")[2] in _RUNS:
                yield f"<{element.tag}>"
            for name, value in element.attrib.items():
                bare = "".join(value.split()).lower()
                if str(name).lower().startswith("on") or str(name) in ("style", "srcdoc"):
                    yield f"{name}={value}"
                if bare.startswith(("javascript:", "vbscript:", "data:text")):
                    yield f"{name}={value}"


@pytest.mark.parametrize("full_text", ["true", "false"])
def test_nothing_that_runs_comes_through(full_text: str, make_site: Callable[..., Site]) -> None:
    feeds = {"rss": rss(), "html": atom("html"), "xhtml": atom("xhtml"), "json": json_feed()}
    with FeedServer(**{name: Page(text.encode()) for name, text in feeds.items()}) as server:
        sources = "".join(
            f"  - {{name: {name}, type: feed, url: {server.url(name)}, allow_private: true,"
            f" full_text: {full_text}, rights: x, limit: {{items: 100}}}}\n"
            for name in feeds
        )
        site = make_site(f"{SITE}sources:\n{sources}feeds:\n  - {{name: main, limit: 500}}\n")
        ran = site.run("publish")
    assert ran.code == 0, ran.err
    texts = []
    for entry in json.loads(site.output("feed.json").read_bytes())["items"]:
        texts.append(entry.get("content_html", ""))
        assert entry["url"].startswith("https://")
        assert "javascript:" not in json.dumps(entry.get("attachments", []))
    assert len(texts) > len(VECTORS) * 3
    parsed = feedparser.parse(site.output("atom.xml").read_bytes(), sanitize_html=False)
    texts += [content["value"] for entry in parsed.entries for content in entry.content]
    assert [found for text in texts for found in runs(f"<div>{text}</div>")] == []
    page = site.output("index.html").read_text()
    found = [one for one in runs(page) if one not in ("<meta>", "<link>", "<style>", "<svg>")]
    assert [one for one in found if one != "<script>"] == []
    assert "alert(1)</script>" not in page


# ---------------------------------------------------------------- addresses inside


INSIDE = (
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254", "198.18.0.1"),
    *("192.0.2.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "fe80::1", "fe80::1%lo"),
    *("fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "64:ff9b::127.0.0.1", "2002:7f00:1::"),
    *("2002:a00:1::1", "64:ff9b::a9fe:a9fe", "2001:db8::1", "2001:0:7f00:1::", "no address"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_of_the_public_web_is_refused(address: str) -> None:
    assert public_only(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "193.0.6.139", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_the_public_web_is_let_through(address: str) -> None:
    assert public_only(address) is None


def test_a_request_of_a_person_may_begin_inside_but_not_be_led_there() -> None:
    guard = not_inward()
    assert guard("127.0.0.1") is None
    assert guard("8.8.8.8") is None
    assert guard("127.0.0.1")


def resolving(monkeypatch: pytest.MonkeyPatch, port: int, *answers: str) -> None:
    """Let names have these addresses, one look-up after the other."""
    left = list(answers)

    def look_up(_host: str, _port: int, **_more: object) -> list[tuple[object, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(saying(answer())) as trap:
        resolving(monkeypatch, int(trap.address.strip("/").rpartition(":")[2]), "127.0.0.1")
        with pytest.raises(FetchError, match="must not be connected to"):
            fetch("http://rebind.example/", accept="*/*", guard=public_only)
        assert trap.requests == []


def test_a_name_that_changes_its_answer_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked at is what is connected to: here an address that nobody answers at."""
    with RawServer(saying(answer())) as trap:
        port = int(trap.address.strip("/").rpartition(":")[2])
        resolving(monkeypatch, port, "203.0.114.1", "127.0.0.1")
        monkeypatch.setattr(socket.socket, "connect", _refused(socket.socket.connect))
        with pytest.raises(FetchError, match="does not take connections"):
            fetch("http://rebind.example/", accept="*/*", guard=public_only)
        assert trap.requests == []


def _refused(connect: Callable[..., None]) -> Callable[..., None]:
    """A network without the outside: what is not this machine takes no connections."""

    def only_here(self: socket.socket, address: tuple[str, int]) -> None:
        if not address[0].startswith("127."):
            raise ConnectionRefusedError
        connect(self, address)

    return only_here


def test_redirects_and_lists_lead_nowhere_inside(make_site: Callable[..., Site]) -> None:
    """What lies in a list is asked as carefully as what the configuration names."""
    with RawServer(saying(answer())) as trap:
        urls = [trap.address, "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/"]
        outlines = "".join(f'<outline xmlUrl="{url}"/>' for url in urls)
        text = f"<opml><body>{outlines}</body></opml>"
        source = "  - {name: all, type: opml, path: list.opml}\n"
        site = make_site(f"{SITE}sources:\n{source}", {"list.opml": text})
        ran = site.publish(code=3)
        assert "must not be connected to" in ran.err
        assert trap.requests == []
