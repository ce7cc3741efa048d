"""A feed that we did not write, to show which faults are the readers' own."""

from __future__ import annotations

from pathlib import Path

from tests.readers.reading import Read

PATH = "by-hand/rss.xml"
_FEED = """\
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel>
<title>By hand</title>
<link>https://hand.example/</link>
<description>Two entries</description>
<item>
<title>Salt &#x26; &#x3C;Pepper></title>
<link>https://hand.example/salt/</link>
<description>Text.</description>
<guid isPermaLink="false">urn:x-hand:salt</guid>
<pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate>
<content:encoded>Text.</content:encoded>
</item>
<item>
<title><![CDATA[AT&amp;T as written]]></title>
<link>https://hand.example/moon/</link>
<description>Text.</description>
<guid isPermaLink="false">urn:x-hand:moon</guid>
<pubDate>Sun, 20 Jul 1969 20:17:40 GMT</pubDate>
<content:encoded>Text.</content:encoded>
</item>
</channel>
</rss>
"""
ENTRIES = (
    Read(
        id="urn:x-hand:salt",
        title="Salt & <Pepper>",
        url="https://hand.example/salt/",
        published=1_793_527_200,
        updated=None,
        text="Text.",
    ),
    Read(
        id="urn:x-hand:moon",
        title="AT&amp;T as written",
        url="https://hand.example/moon/",
        published=-14_182_940,
        updated=None,
        text="Text.",
    ),
)
FAULTS = {
    "liferea": {"Salt &", "AT&T as written"},
    "rss2email": {"AT&T as written"},
    "newsboat": {4_280_784_356},
}
"""What readers make of these entries that they do not say."""


def write(folder: Path) -> None:
    """Put the feed at PATH below a folder."""
    (folder / PATH).parent.mkdir()
    (folder / PATH).write_text(_FEED, "utf-8")
