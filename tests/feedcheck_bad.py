"""A bad feed for every rule and each of its formats, made of a good one by one change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from publisher.feedcheck import LIMIT
from tests.feedcheck_good import (
    ARCHIVE_URLS,
    ARCHIVES,
    ATOM,
    ATOM_URL,
    JSON,
    JSON_URL,
    PODCAST,
    RSS,
    RSS_URL,
)

NOW = datetime(2026, 3, 21, 1, 0, tzinfo=UTC)
_URLS = {"rss": RSS_URL, "atom": ATOM_URL, "json": JSON_URL}
_FEEDS = {"rss": RSS, "atom": ATOM, "json": JSON}
_DEEP = "<b>" * 3000 + "</b>" * 3000


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A document that breaks one rule, and the others that cannot but break with it."""

    rule: str
    format: str
    data: bytes
    url: str | None = None
    now: datetime | None = None
    own: bool = False
    limit: int = LIMIT
    also: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.rule}-{self.format}"


def _bad(rule: str, format_: str, *changes: str, of: bytes | None = None, **more: Any) -> Bad:
    """A good feed in which `changes`, taken in pairs, replace what they name once."""
    data = _FEEDS[format_] if of is None else of
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old.encode() in data, f"{rule}: {old}"
        data = data.replace(old.encode(), new.encode(), 1)
    more.setdefault("url", _URLS[format_])
    more["also"] = frozenset(more.get("also", "").split())
    return Bad(rule=rule, format=format_, data=data, **more)


def bad_feeds() -> Iterator[Bad]:
    """All of them."""
    yield from _documents()
    yield from _entries()
    yield from _links()
    yield from _values()
    yield from _bodies()
    yield from _history()
    yield from _media()
    yield from _podcasts()


def _documents() -> Iterator[Bad]:
    yield Bad(rule="empty-document", format="any", data=b" \n")
    yield Bad(rule="not-a-feed", format="any", data=b"<!DOCTYPE html>\n<html><p>Gone</html>")
    yield Bad(rule="older-format", format="any", data=b'<rss version="0.91"><channel/></rss>')
    yield _bad("well-formed", "rss", "</channel>", "")
    yield _bad("well-formed", "atom", "Courier &amp;", "Courier &")
    yield _bad("well-formed", "json", '"title": "Fog",', '"title": "Fog"')
    for name, feed in _FEEDS.items():
        yield Bad(rule="too-large", format=name, data=feed, limit=len(feed) - 1)
        latin = feed.replace(b"News from", b"N\xe9ws from")
        yield Bad(rule="encoding", format=name, data=latin, url=_URLS[name])
        yield _bad("control-character", name, "News from", "News \x92 from")
    for name in ("rss", "atom"):
        yield _bad("text-before-declaration", name, "<?xml", "\n<?xml")
        yield _bad("obscure-encoding", name, 'encoding="UTF-8"', 'encoding="EUC-JP"')
        yield _bad("entity-declaration", name, "?>", '?><!DOCTYPE x [<!ENTITY a "b">]>')
        yield _bad("beyond-parser-limits", name, "Fog</", f"Fog{_DEEP}</")
        yield _bad(
            "namespace-misspelt",
            name,
            "xmlns:fh",
            'xmlns:m="http://search.yahoo.com/mrss" xmlns:fh',
        )
    yield Bad(rule="byte-order-mark", format="json", data=b"\xef\xbb\xbf" + JSON, url=JSON_URL)
    yield _bad("atom-namespace", "atom", "www.w3.org/2005/Atom", "www.w3.org/Atom")
    yield _bad(
        "unknown-element",
        "rss",
        *(
            "<sy:updateFrequency>2</sy:updateFrequency>",
            "<sy:UpdateFrequency>2</sy:UpdateFrequency>",
        ),
    )
    yield _bad("unknown-element", "rss", "<item>", "<item><pubdate>now</pubdate>")
    yield _bad("unknown-element", "rss", "<item>", "<item><dc:Creator>S</dc:Creator>")
    yield _bad("unknown-element", "atom", "<entry>", "<entry><pubDate>now</pubDate>")
    yield _bad("repeated-element", "rss", "<ttl>", "<ttl>5</ttl><ttl>")
    yield _bad("repeated-element", "rss", "<title>Fog", "<title>Mist</title><title>Fog")
    yield _bad("repeated-element", "rss", "</channel>", "</channel><channel/>")
    yield _bad("repeated-element", "atom", "<title>Fog", "<title>Mist</title><title>Fog")
    yield _bad("rss-version", "rss", 'version="2.0"', 'version="3.0"')
    yield Bad(rule="channel-missing", format="rss", data=b'<rss version="2.0"/>')
    yield _bad("item-outside-channel", "rss", "</channel>", "</channel><item/>")
    yield _bad("json-version", "json", "version/1.1", "version/7")
    yield _bad("items-missing", "json", '"items": [', '"_items": [')
    for old, new in (
        ('"expired": false', '"expired": "no"'),
        ('"language": "en-GB"', '"language": null'),
        ('"id": "https://courier.example/fog/"', '"id": 7'),
        ('"tags": ["pier"', '"tags": [5'),
        ('"tags": ["pier", "news"]', '"tags": "pier"'),
        ('[{"name": "Sari Dewi"}]', '["Sari Dewi"]'),
        ('"size_in_bytes": 1200', '"size_in_bytes": "1200"'),
        ('{"type": "WebSub", "url": "https://hub.example/"}', '"https://hub.example/"'),
    ):
        yield _bad("json-type", "json", old, new)
    yield _bad("json-key-unknown", "json", '"summary"', '"sumary"')
    yield _bad("json-key-unknown", "json", '"_publisher": {"about"', '"publisher": {"about"')


def _entries() -> Iterator[Bad]:
    yield _bad("id-missing", "atom", "<id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>", "")
    yield _bad("id-missing", "atom", "<id>https://before.example/atom.xml</id>", "")
    yield _bad("id-missing", "json", '"id": "https://courier.example/fog/",', "")
    yield _bad("id-missing", "json", '"id": "https://courier.example/fog/",', '"id": "",')
    yield _bad("guid-missing", "rss", "<guid>https://courier.example/fog/</guid>", "")
    yield _bad("id-not-iri", "atom", "tag:courier.example,2026:pier.md", "pier")
    yield _bad("id-not-iri", "atom", "urn:uuid:60", " urn:uuid:60")
    yield _bad(
        "id-repeated", "rss", ">tag:courier.example,2026:pier.md", ">https://courier.example/fog/"
    )
    yield _bad(
        "id-repeated",
        "atom",
        *("urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6", "tag:courier.example,2026:pier.md"),
    )
    yield _bad(
        "id-repeated", "json", "tag:courier.example,2026:pier.md", "https://courier.example/fog/"
    )
    yield _bad("guid-not-permalink", "rss", '<guid isPermaLink="false">', "<guid>")
    yield _bad("title-missing", "rss", "<title>The Courier &#x26; Post</title>", "")
    yield _bad("title-missing", "atom", "<title>Fog</title>", "")
    yield _bad("title-missing", "json", '"title": "The Courier & Post",', "")
    yield _bad("entry-title-missing", "rss", "<title>Fog</title>", "", own=True)
    yield _bad("entry-title-missing", "json", '"title": "Fog",', "", own=True)
    fog = RSS[RSS.index(b"<description><![") : RSS.index(b"</item>\n  </channel")].decode()
    yield _bad("title-or-description-missing", "rss", "<title>Fog</title>", "", fog, "")
    yield _bad("description-missing", "rss", "<description>News from the coast</description>", "")
    yield _bad("channel-link-missing", "rss", "<link>https://courier.example/</link>", "")
    yield _bad("home-page-missing", "json", '"home_page_url": "https://courier.example/",', "")
    yield _bad(
        "home-is-the-feed",
        "rss",
        *("<link>https://courier.example/<", "<link>https://courier.example/rss.xml<"),
        *("<link>https://courier.example/<", "<link>https://courier.example/rss.xml<"),
    )
    yield _bad(
        "home-is-the-feed", "atom", 'href="https://courier.example/" rel', f'href="{ATOM_URL}" rel'
    )
    yield _bad(
        "home-is-the-feed",
        "json",
        '"https://courier.example/",\n  "feed',
        f'"{JSON_URL}",\n  "feed',
    )
    yield _bad("updated-missing", "atom", "<updated>2026-03-19T00:30:00.5Z</updated>", "")
    yield _bad(
        "updated-missing",
        "atom",
        "<updated>2026-03-21T09:00:00+07:00</updated>\n  <author>",
        "<author>",
    )
    yield _bad(
        "date-missing", "rss", "<pubDate>Thu, 19 Mar 2026 00:30:00 GMT</pubDate>", "", own=True
    )
    yield _bad("date-missing", "atom", "<published>2026-03-19T00:30:00Z</published>", "", own=True)
    yield _bad(
        "date-missing",
        "json",
        *(',\n      "date_published": "2026-03-19T00:30:00Z"', ""),
        own=True,
    )
    yield _bad("updated-behind-entries", "rss", "<lastBuildDate>Sat, 21", "<lastBuildDate>Thu, 19")
    yield _bad("updated-behind-entries", "atom", "<updated>2026-03-21", "<updated>2026-03-20")
    yield _bad("updated-not-newest", "atom", "<updated>2026-03-21", "<updated>2026-03-22", own=True)
    yield _bad("published-after-updated", "atom", "<published>2026-03-20", "<published>2026-04-20")
    yield _bad("published-after-updated", "json", 'ed": "2026-03-20', 'ed": "2026-04-20')
    feed_author = "<author><name>The Courier</name><uri>https://courier.example/</uri></author>"
    yield _bad("author-missing", "atom", feed_author, "")
    yield _bad("author-name-missing", "atom", "<name>Sari Dewi</name>", "")
    yield _bad("author-name-missing", "atom", "<name>Sari Dewi</name>", "<name> </name>")
    yield _bad("author-empty", "json", '[{"name": "Sari Dewi"}]', "[{}]")
    authors = JSON[JSON.index(b'"authors": [{"name": "The') : JSON.index(b'"language": "en')]
    yield _bad("author-deprecated", "json", authors.decode(), '"author": {"name": "C"},')
    yield _bad("author-without-mailbox", "rss", "sari@courier.example (Sari Dewi)", "Sari Dewi")
    yield _bad("author-without-mailbox", "rss", "ed@courier.example (Ed Itor)", "Ed Itor")
    yield _bad(
        "mailbox-without-name", "rss", "web@courier.example (Web Master)", "web@courier.example"
    )
    yield _bad("mail-invalid", "atom", "<email>sari@courier.example", "<email>mailto:sari")
    yield _bad(
        "source-without-url", "rss", '<source url="https://other.example/rss.xml"', "<source"
    )
    yield _bad("content-missing", "json", '"content_text": "",', "")
    pier = '<link href="https://courier.example/pier/" rel="alternate" type="text/html"/>'
    content = ATOM[ATOM.index(b"<content") : ATOM.index(b"</content>") + 10].decode()
    yield _bad("content-or-alternate-missing", "atom", pier, "", content, "")
    xhtml = ATOM[ATOM.index(b'<content type="xhtml') : ATOM.rindex(b"</content>") + 10].decode()
    yield _bad("text-missing", "atom", xhtml, "")
    yield _bad(
        "summary-missing",
        "atom",
        xhtml,
        '<content src="https://courier.example/f" type="image/png"/>',
    )
    yield _bad("summary-missing", "atom", xhtml, '<content type="image/png">AAAA</content>')


def _links() -> Iterator[Bad]:
    own = (
        '<atom:link href="https://courier.example/rss.xml" rel="self" type="application/rss+xml"/>'
    )
    hub = '<atom:link href="https://hub.example/" rel="hub"/>'
    yield _bad("self-link-missing", "rss", own, "", hub, "")
    yield _bad("hub-without-self", "rss", own, "", also="self-link-missing")
    own_atom = own.replace("atom:", "").replace("rss.", "atom.").replace("rss+", "atom+")
    hub_atom = hub.replace("atom:", "")
    yield _bad("self-link-missing", "atom", own_atom, "", hub_atom, "")
    yield _bad("hub-without-self", "atom", own_atom, "", also="self-link-missing")
    own_json = '"feed_url": "https://courier.example/feed.json",'
    hubs = '"hubs": [{"type": "WebSub", "url": "https://hub.example/"}],'
    yield _bad("self-link-missing", "json", own_json, "", hubs, "")
    yield _bad("hub-without-self", "json", own_json, "", also="self-link-missing")
    for name in _FEEDS:
        yield _bad("self-link-wrong", name, url="https://courier.example/elsewhere")
    yield _bad("self-link-repeated", "rss", own, own + own.replace("rss.xml", "rss2.xml"))
    yield _bad(
        "self-link-repeated", "atom", own_atom, own_atom + own_atom.replace("m.xml", "m2.xml")
    )
    yield _bad("hub-incomplete", "json", '"type": "WebSub", ', "")
    yield _bad("link-without-href", "rss", 'href="https://hub.example/" ', "")
    yield _bad("link-without-href", "atom", 'href="https://hub.example/" ', "")
    yield _bad("link-rel-invalid", "rss", 'rel="hub"', 'rel="hub related"')
    yield _bad("link-rel-invalid", "atom", 'rel="hub"', 'rel=""')
    home = '<link href="https://courier.example/" rel="alternate" type="text/html" hreflang="en"/>'
    yield _bad("alternate-missing", "atom", home, "")
    yield _bad("alternate-unwritten", "atom", home, home.replace(' rel="alternate"', ""))
    pier = '<link href="https://courier.example/pier/" rel="alternate" type="text/html"/>'
    yield _bad("alternate-unwritten", "atom", pier, pier.replace(' rel="alternate"', ""))
    yield _bad(
        "alternate-repeated",  # as feedgen 1.0 writes an entry with an enclosure
        "atom",
        *(pier, '<link href="https://courier.example/pier/"/>'),
        *(' rel="enclosure" type="audio/mpeg" length="1200"', ""),
        also="alternate-unwritten",
    )
    yield _bad("alternate-repeated", "atom", home, home + home)
    pdf = pier.replace("text/html", "application/pdf")
    yield _bad("alternate-several", "atom", pier, pier + pdf)
    yield _bad(
        "entry-link-missing", "rss", "<link>https://courier.example/fog/</link>", "", own=True
    )
    yield _bad("entry-link-missing", "atom", pier, "", own=True)
    yield _bad(
        "entry-link-missing",
        "json",
        *('"url": "https://courier.example/fog/",', ""),
        own=True,
    )
    yield _bad("next-url-is-itself", "json", "archive/2/feed.json", "feed.json")


def _values() -> Iterator[Bad]:
    yield _bad("blank-value", "rss", "<title>Fog</title>", "<title> </title>")
    yield _bad("blank-value", "rss", ">News from the coast<", "><")
    yield _bad("blank-value", "rss", ">https://courier.example/fog/<", "><")
    yield _bad("blank-value", "rss", "<language>en-GB<", "<language><")
    yield _bad("blank-value", "atom", ">The Courier &amp; Post<", "> <")
    yield _bad("blank-value", "json", '"title": "Fog"', '"title": ""')
    yield _bad("blank-value", "json", '"avatar": "https://courier.example/a.png"', '"avatar": ""')
    yield _bad("category-blank", "rss", "<category>pier", "<category> ")
    yield _bad("category-blank", "rss", "<category>News", "<category>")
    yield _bad("category-blank", "atom", 'term="pier"', 'term=""')
    yield _bad("category-blank", "atom", 'term="pier"', 'label="pier"')
    yield _bad("category-blank", "json", '["pier"', '[" "')
    for text in ("2026-03-20", "Fri, 30 Feb 2026 07:30:00 GMT", "Fri, 20 Mar 2026 07:30:00 CEST"):
        yield _bad("date-invalid", "rss", "Fri, 20 Mar 2026 07:30:00 +0700", text)
    for text in (
        "2026-03-19",
        "2026-02-30T00:00:00Z",
        "2026-03-19T00:30:00",
        "2026-03-19 00:30:00Z",
    ):
        yield _bad("date-invalid", "atom", "2026-03-19T00:30:00Z", text)
        yield _bad("date-invalid", "json", "2026-03-19T00:30:00Z", text)
    yield _bad("date-invalid", "atom", "+07:00</published>", "+00:19:32</published>")
    yield _bad("weekday-wrong", "rss", "Fri, 20", "Thu, 20")
    yield _bad("date-ambiguous", "rss", "Fri, 20 Mar 2026", "Fri, 20 Mar 26")
    yield _bad("date-ambiguous", "rss", "00:30:00 GMT", "00:30:00 A")
    yield _bad("date-ambiguous", "rss", "00:30:00 GMT", "00:30:00 UTC")
    yield _bad("date-in-future", "rss", now=NOW)
    yield _bad("date-in-future", "atom", now=NOW)
    yield _bad("date-in-future", "json", now=NOW)
    for text in ("https://courier.example/a b/", "https://courier.example/100%/", "https:///x"):
        yield _bad("address-invalid", "rss", "https://courier.example/fog/<", f"{text}<")
        yield _bad("address-invalid", "atom", "https://courier.example/fog/", text)
        yield _bad(
            "address-invalid", "json", '"url": "https://courier.example/fog/', f'"url": "{text}'
        )
    yield _bad("address-not-absolute", "rss", "<link>https://courier.example/fog/<", "<link>/fog/<")
    yield _bad("address-not-absolute", "rss", 'url="https://courier.example/a.mp3"', 'url="a.mp3"')
    yield _bad(
        "address-not-absolute", "json", '"url": "https://courier.example/fog/', '"url": "/fog/'
    )
    yield _bad("address-relative", "atom", "https://courier.example/fog/", "/fog/")
    yield _bad(
        "address-not-ascii",
        "rss",
        "<link>https://courier.example/fog",
        "<link>https://courier.example/ö",
        own=True,
    )
    yield _bad(
        "address-not-ascii", "atom", "https://courier.example/fog/", "https://öl.example/", own=True
    )
    yield _bad(
        "address-not-ascii",
        "json",
        '"url": "https://courier.example/fog',
        '"url": "https://courier.example/ö',
        own=True,
    )
    yield _bad("language-invalid", "rss", "<language>en-GB", "<language>en_GB")
    yield _bad("language-invalid", "rss", "<dc:language>id", "<dc:language>Bahasa Indonesia")
    yield _bad("language-invalid", "atom", 'xml:lang="id"', 'xml:lang="id_ID"')
    yield _bad("language-invalid", "atom", 'hreflang="en"', 'hreflang="English please"')
    yield _bad("language-invalid", "json", '"language": "id"', '"language": "in Indonesian"')
    yield _bad("media-type-invalid", "rss", 'type="audio/mpeg"', 'type="mp3"')
    yield _bad("media-type-invalid", "atom", 'type="audio/mpeg"', 'type="mp3"')
    yield _bad("media-type-invalid", "json", '"audio/mpeg"', '"mp3"')
    yield _bad("boolean-invalid", "rss", 'isPermaLink="false"', 'isPermaLink="no"')
    yield _bad("ttl-invalid", "rss", "<ttl>60", "<ttl>an hour")
    yield _bad("skip-invalid", "rss", "<hour>23", "<hour>25")
    yield _bad("skip-invalid", "rss", "<day>Sunday", "<day>Sun")
    yield _bad("text-input", "rss", "<ttl>", "<textInput/><ttl>")
    yield _bad("cloud-incomplete", "rss", ' port="80"', "")
    yield _bad("update-period-invalid", "rss", ">hourly<", ">often<")
    yield _bad("update-period-invalid", "rss", "ncy>2<", "ncy>None<")


_HTML = {
    "unsafe-element": (
        *(
            "<script>x</script>",
            '<form action="https://x.example/">y</form>',
            "<STYLE>p {}</STYLE>",
        ),
        '<embed src="https://x.example/">',
    ),
    "event-attribute": ("<b onclick='x'>y</b>", '<p ONLOAD = "x">y', "<svg onload=x></svg>"),
    "unsafe-address": (
        *('<a href="javascript:x">y</a>', "<a href=' Java\tScript:x'>y</a>"),
        *('<a href="&#106;avascript:x">y</a>', '<a href="data:text/html,x">y</a>'),
    ),
    "relative-reference": (
        *('<a href="/pier/">y</a>', "<img src=boat.png>", '<img src="//x.example/boat.png">'),
        *('<video poster="a.png"></video>', '<q cite="a">y</q>', '<a title=">" href="a">y</a>'),
        '<img srcset="https://x.example/1 1x, 2 2x">',
    ),
    "html-unbalanced": (*("<em>y", "y</em>", "<b><i>y</b></i>", "<div><p>y", "y</div>"),),
}


def _bodies() -> Iterator[Bad]:
    for rule, bodies in _HTML.items():
        for body in bodies:
            escaped = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            quoted = body.replace('"', '\\"').replace("\t", "\\t")
            yield _bad(rule, "rss", "&lt;p&gt;The", escaped + "&lt;p&gt;The")
            yield _bad(rule, "rss", "<p>Fog", body + "<p>Fog")
            yield _bad(rule, "atom", "&lt;p&gt;The", escaped + "&lt;p&gt;The")
            yield _bad(rule, "json", "<p>The", quoted + "<p>The")
    yield _bad("html-unbalanced", "rss", "&lt;/p&gt;</", "&lt;a hre</")
    yield _bad("html-unbalanced", "atom", "&lt;/p&gt;</", "&lt;/a</")
    yield _bad("html-unbalanced", "json", "</p>", "<a title='")
    yield _bad("unsafe-element", "atom", "<p>Fog", "<script/><p>Fog")
    yield _bad("event-attribute", "atom", "<p>Fog", '<p onclick="x">Fog')
    yield _bad("relative-reference", "atom", '"https://courier.example/f"', '"f"')
    for name, start in (("rss", "&lt;p&gt;The"), ("atom", "&lt;p&gt;The"), ("json", "<p>The")):
        link = "<a href='#1'>1</a>" if name == "json" else "&lt;a href='#1'&gt;1&lt;/a&gt;"
        yield _bad("fragment-reference", name, start, link + start, own=True)
    yield _bad("content-type-invalid", "atom", '<content type="html"', '<content type="CDATA"')
    yield _bad("content-type-invalid", "atom", 'y type="text"', 'y type="text/html"')
    yield _bad("xhtml-without-div", "atom", "<div xmlns", "x<div xmlns")
    yield _bad("xhtml-without-div", "atom", 'xmlns="http://www.w3.org/1999/xhtml"', "")
    yield _bad("markup-unescaped", "rss", "<title>Fog", "<title>Fog<b>!</b>")
    yield _bad("markup-unescaped", "rss", "<![CDATA[<p>Fog, 5 < 6,", "<p>Fog</p><![CDATA[")
    yield _bad("markup-unescaped", "atom", "<title>Fog", "<title>Fog<b>!</b>")
    yield _bad("markup-unescaped", "atom", 'type="xhtml"', 'type="html"')
    content = ATOM[ATOM.index(b'<content type="html"') : ATOM.index(b"&lt;p&gt;The")].decode()
    yield _bad("content-src-not-empty", "atom", content, '<content src="https://x.example/">')
    yield _bad("markup-in-plain-text", "rss", "<title>Fog", "<title>&lt;i&gt;Fog&lt;/i&gt;")
    yield _bad("markup-in-plain-text", "atom", "<title>Fog", "<title>&lt;i&gt;Fog&lt;/i&gt;")
    yield _bad("markup-in-plain-text", "json", '"title": "Fog', '"title": "<i>Fog</i>')
    yield _bad("markup-in-plain-text", "json", "Open & free", "Open<br>free")
    yield _bad("escaped-twice", "rss", "<title>Fog", "<title>Fog&amp;amp;")
    yield _bad("escaped-twice", "atom", "<title>Fog", "<title>Fog&amp;#8217;")
    yield _bad("escaped-twice", "json", '"title": "Fog', '"title": "Fog&#8217;')
    yield _bad("title-not-hexadecimal", "rss", "<title>Fog", "<title>Fog &lt; rain")
    yield _bad("title-not-hexadecimal", "rss", "<title>Fog", "<title>Fog &amp;fog;")
    encoded = RSS[RSS.index(b"<content:encoded") : RSS.index(b"</content:encoded>") + 18].decode()
    words = "<description>Open &amp;amp; free</description>"
    yield _bad("description-after-content", "rss", encoded, "", words, encoded + words)


def _history() -> Iterator[Bad]:
    for name, prefix, before in (("rss", "atom:", "<language>"), ("atom", "", "<category")):
        archive, url = ARCHIVES[name], ARCHIVE_URLS[name]

        def link(relation: str, address: str, prefix: str = prefix) -> str:
            return f'<{prefix}link rel="{relation}" href="{address}"/>'

        earlier = link("prev-archive", "https://courier.example/1")
        yield _bad(
            "archive-and-complete",
            name,
            before,
            "<fh:complete/>" + before,
            of=archive,
            url=url,
            also="complete-with-paging",
        )
        yield _bad("complete-with-paging", name, before, "<fh:complete/>" + earlier + before)
        yield _bad(
            "archive-without-current", name, 'rel="current"', 'rel="related"', of=archive, url=url
        )
        yield _bad(
            "history-link-to-itself", name, before, link("prev-archive", _URLS[name]) + before
        )
        yield _bad(
            "archive-is-current",
            name,
            "<fh:archive/>",
            "<fh:archive/>" + link("current", url),
            *(link("current", _URLS[name]), ""),
            of=archive,
            url=url,
        )
        yield _bad("history-link-repeated", name, before, earlier + earlier + before)
        yield _bad("history-link-relative", name, before, link("next", "/2") + before)
    yield _bad(
        "tombstone-incomplete", "atom", 'ref="tag:courier.example,2026:gone.md"', 'ref="gone"'
    )
    yield _bad("tombstone-incomplete", "atom", ' when="2026-03-20T09:00:00Z"', "")
    yield _bad("tombstone-of-an-entry", "atom", "gone.md", "pier.md")


def _media() -> Iterator[Bad]:
    enclosure = '<enclosure url="https://courier.example/a.mp3" length="1200" type="audio/mpeg"/>'
    yield _bad("enclosure-url-missing", "rss", 'url="https://courier.example/a.mp3"', 'url=""')
    yield _bad("enclosure-url-missing", "json", '"url": "https://courier.example/a.mp3", ', "")
    yield _bad("enclosure-type-missing", "rss", ' type="audio/mpeg"', "")
    yield _bad("enclosure-type-missing", "json", '"mime_type": "audio/mpeg", ', "")
    yield _bad("enclosure-length-missing", "rss", ' length="1200"', "")
    yield _bad("enclosure-length-invalid", "rss", 'length="1200"', 'length="None"')
    yield _bad("enclosure-length-invalid", "atom", 'length="1200"', 'length="None"')
    yield _bad("enclosure-length-invalid", "json", '"size_in_bytes": 1200', '"size_in_bytes": -1')
    yield _bad(
        "enclosure-not-web", "rss", "https://courier.example/a.mp3", "ftp://courier.example/a"
    )
    yield _bad("enclosure-repeated", "rss", enclosure, enclosure + enclosure)
    yield _bad("image-incomplete", "rss", "<url>https://courier.example/logo.png</url>", "")
    yield _bad("image-differs", "rss", "png</url>\n      <title>The", "png</url>\n      <title>A")
    yield _bad("image-size-invalid", "rss", "<width>88", "<width>640")
    for name in ("rss", "atom"):
        thumbnail = '<media:thumbnail url="https://courier.example/pier.jpg"'
        yield _bad("media-url-missing", name, thumbnail, "<media:thumbnail")
        yield _bad("media-value-invalid", name, 'width="640"', 'width="640px"')
        yield _bad("media-value-invalid", name, 'medium="image"', 'medium="picture"')


def _podcasts() -> Iterator[Bad]:
    for rule, *changes in (
        ("itunes-image-invalid", "https://courier.example/1.jpg", "1.jpg"),
        ("itunes-explicit-invalid", "<itunes:explicit>true", "<itunes:explicit>clean"),
        ("itunes-duration-invalid", ">1:02:03<", ">an hour<"),
        ("itunes-value-invalid", ">episodic<", ">daily<"),
        ("itunes-value-invalid", ">full<", ">whole<"),
        ("itunes-value-invalid", "<itunes:episode>1", "<itunes:episode>0"),
        ("itunes-owner-without-mail", "<itunes:email>ed@courier.example</itunes:email>", ""),
        ("itunes-required-missing", "<itunes:explicit>false</itunes:explicit>", ""),
        ("itunes-required-missing", "<language>en</language>", ""),
        ("unknown-element", "<item>", "<item><itunes:Summary>x</itunes:Summary>"),
        ("podcast-guid-invalid", "ead4c236-bf58-58c6-a2c6-a6b28d128cb6", "y0ur-gu1d"),
        ("podcast-value-invalid", ">yes<", ">perhaps<"),
        ("podcast-value-invalid", ">1.5<", ">first<"),
        ("podcast-attribute-missing", ' type="text/vtt"', ""),
        ("podcast-attribute-missing", 'url="https://courier.example/give/"', ""),
        ("category-blank", 'text="Daily News"', 'text=""'),
        ("media-type-invalid", 'type="text/vtt"', 'type="vtt"'),
        ("blank-value", ">Sari Dewi<", "><"),
    ):
        yield _bad(rule, "rss", *changes, of=PODCAST)
