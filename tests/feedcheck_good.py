"""Good feeds by hand, full of everything that the rules look at: not one has a finding."""
# ruff: noqa: E501 - feeds as they stand

from __future__ import annotations

RSS_URL = "https://courier.example/rss.xml"
ATOM_URL = "https://courier.example/atom.xml"
JSON_URL = "https://courier.example/feed.json"

RSS = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:fh="http://purl.org/syndication/history/1.0"
  xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
  <channel>
    <title>The Courier &#x26; Post</title>
    <link>https://courier.example/</link>
    <description>News from the coast</description>
    <atom:link href="https://courier.example/rss.xml" rel="self" type="application/rss+xml"/>
    <atom:link href="https://hub.example/" rel="hub"/>
    <language>en-GB</language>
    <copyright>The Courier</copyright>
    <managingEditor>ed@courier.example (Ed Itor)</managingEditor>
    <webMaster>web@courier.example (Web Master)</webMaster>
    <pubDate>Sat, 21 Mar 2026 09:00:00 +0700</pubDate>
    <lastBuildDate>Sat, 21 Mar 2026 09:00:00 +0700</lastBuildDate>
    <category>News</category>
    <generator>by hand</generator>
    <docs>https://www.rssboard.org/rss-specification</docs>
    <cloud domain="rpc.example" port="80" path="/RPC2" registerProcedure="ping" protocol="soap"/>
    <ttl>60</ttl>
    <image>
      <url>https://courier.example/logo.png</url>
      <title>The Courier &#x26; Post</title>
      <link>https://courier.example/</link>
      <width>88</width>
      <height>31</height>
    </image>
    <skipHours><hour>0</hour><hour>23</hour></skipHours>
    <skipDays><day>Sunday</day></skipDays>
    <sy:updatePeriod>hourly</sy:updatePeriod>
    <sy:updateFrequency>2</sy:updateFrequency>
    <item>
      <title>Piers &#x26; &#x3C;b>boats&#x3C;/b></title>
      <link>https://courier.example/pier/</link>
      <guid isPermaLink="false">tag:courier.example,2026:pier.md</guid>
      <pubDate>Fri, 20 Mar 2026 07:30:00 +0700</pubDate>
      <author>sari@courier.example (Sari Dewi)</author>
      <dc:creator>Sari Dewi</dc:creator>
      <dc:language>id</dc:language>
      <category>pier</category>
      <category domain="https://courier.example/tags/">news</category>
      <comments>https://courier.example/pier/#comments</comments>
      <source url="https://other.example/rss.xml">Other</source>
      <description>Open &amp;amp; free</description>
      <content:encoded>&lt;p&gt;The &lt;a href="https://courier.example/p"&gt;pier&lt;/a&gt; is &lt;em&gt;open&lt;/em&gt;.&lt;/p&gt;</content:encoded>
      <enclosure url="https://courier.example/a.mp3" length="1200" type="audio/mpeg"/>
      <media:thumbnail url="https://courier.example/pier.jpg" width="640" height="480"/>
      <media:content url="https://courier.example/pier.jpg" medium="image" type="image/jpeg"/>
    </item>
    <item>
      <title>Fog</title>
      <link>https://courier.example/fog/</link>
      <guid>https://courier.example/fog/</guid>
      <pubDate>Thu, 19 Mar 2026 00:30:00 GMT</pubDate>
      <description><![CDATA[<p>Fog, 5 < 6, <img src="https://courier.example/f.png" alt=""></p>]]></description>
    </item>
  </channel>
</rss>
"""

ATOM = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"
  xmlns:fh="http://purl.org/syndication/history/1.0"
  xmlns:at="http://purl.org/atompub/tombstones/1.0" xml:lang="en-GB">
  <id>https://before.example/atom.xml</id>
  <title type="text">The Courier &amp; Post</title>
  <subtitle>News from the coast</subtitle>
  <updated>2026-03-21T09:00:00+07:00</updated>
  <author><name>The Courier</name><uri>https://courier.example/</uri></author>
  <contributor><name>Ed</name><email>ed@courier.example</email></contributor>
  <link href="https://courier.example/" rel="alternate" type="text/html" hreflang="en"/>
  <link href="https://courier.example/atom.xml" rel="self" type="application/atom+xml"/>
  <link href="https://hub.example/" rel="hub"/>
  <category term="news" label="News"/>
  <generator uri="https://courier.example/" version="1">by hand</generator>
  <icon>https://courier.example/icon.png</icon>
  <logo>https://courier.example/logo.png</logo>
  <rights>The Courier</rights>
  <entry xml:lang="id">
    <id>tag:courier.example,2026:pier.md</id>
    <title type="text">Piers &amp; &lt;b&gt;boats&lt;/b&gt;</title>
    <updated>2026-03-21T09:00:00+07:00</updated>
    <published>2026-03-20T07:30:00+07:00</published>
    <author><name>Sari Dewi</name><email>sari@courier.example</email></author>
    <link href="https://courier.example/pier/" rel="alternate" type="text/html"/>
    <link href="https://courier.example/a.mp3" rel="enclosure" type="audio/mpeg" length="1200"/>
    <category term="pier"/>
    <summary type="text">Open &amp; free</summary>
    <content type="html">&lt;p&gt;The &lt;a href="https://courier.example/p"&gt;pier&lt;/a&gt; is &lt;em&gt;open&lt;/em&gt;.&lt;/p&gt;</content>
    <media:thumbnail url="https://courier.example/pier.jpg" width="640" height="480"/>
    <media:content url="https://courier.example/pier.jpg" medium="image" type="image/jpeg"/>
  </entry>
  <entry>
    <id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>
    <title>Fog</title>
    <updated>2026-03-19T00:30:00.5Z</updated>
    <link href="https://courier.example/fog/" rel="alternate" type="text/html"/>
    <published>2026-03-19T00:30:00Z</published>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Fog, <a href="https://courier.example/f">all</a> day</p></div></content>
  </entry>
  <at:deleted-entry ref="tag:courier.example,2026:gone.md" when="2026-03-20T09:00:00Z">
    <at:comment>Withdrawn</at:comment>
  </at:deleted-entry>
</feed>
"""

JSON = b"""\
{
  "version": "https://jsonfeed.org/version/1.1",
  "title": "The Courier & Post",
  "home_page_url": "https://courier.example/",
  "feed_url": "https://courier.example/feed.json",
  "description": "News from the coast",
  "user_comment": "A feed",
  "next_url": "https://courier.example/archive/2/feed.json",
  "icon": "https://courier.example/icon.png",
  "favicon": "https://courier.example/favicon.ico",
  "authors": [{"name": "The Courier", "url": "https://courier.example/", "avatar": "https://courier.example/a.png"}],
  "language": "en-GB",
  "expired": false,
  "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
  "_publisher": {"about": "https://courier.example/"},
  "items": [
    {
      "id": "tag:courier.example,2026:pier.md",
      "url": "https://courier.example/pier/",
      "external_url": "https://other.example/pier",
      "title": "Piers & boats",
      "content_html": "<p>The <a href=\\"https://courier.example/p\\">pier</a> is <em>open</em>.</p>",
      "summary": "Open & free",
      "image": "https://courier.example/pier.jpg",
      "banner_image": "https://courier.example/banner.jpg",
      "date_published": "2026-03-20T07:30:00+07:00",
      "date_modified": "2026-03-21T09:00:00+07:00",
      "authors": [{"name": "Sari Dewi"}],
      "tags": ["pier", "news"],
      "language": "id",
      "attachments": [
        {"url": "https://courier.example/a.mp3", "mime_type": "audio/mpeg", "title": "A", "size_in_bytes": 1200, "duration_in_seconds": 60.5}
      ],
      "_publisher": {"correction": ""}
    },
    {
      "id": "https://courier.example/fog/",
      "url": "https://courier.example/fog/",
      "title": "Fog",
      "content_text": "",
      "date_published": "2026-03-19T00:30:00Z"
    }
  ]
}
"""

PODCAST = b"""\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
  xmlns:podcast="https://podcastindex.org/namespace/1.0">
  <channel>
    <title>The Courier aloud</title>
    <link>https://courier.example/aloud/</link>
    <description>Read out</description>
    <atom:link href="https://courier.example/rss.xml" rel="self" type="application/rss+xml"/>
    <language>en</language>
    <itunes:author>The Courier</itunes:author>
    <itunes:image href="https://courier.example/cover.jpg"/>
    <itunes:category text="News"><itunes:category text="Daily News"/></itunes:category>
    <itunes:explicit>false</itunes:explicit>
    <itunes:type>episodic</itunes:type>
    <itunes:owner><itunes:name>Ed</itunes:name><itunes:email>ed@courier.example</itunes:email></itunes:owner>
    <itunes:block>Yes</itunes:block>
    <podcast:guid>ead4c236-bf58-58c6-a2c6-a6b28d128cb6</podcast:guid>
    <podcast:locked owner="ed@courier.example">yes</podcast:locked>
    <podcast:funding url="https://courier.example/give/">Give</podcast:funding>
    <podcast:person role="host">Sari Dewi</podcast:person>
    <item>
      <title>One</title>
      <link>https://courier.example/aloud/1/</link>
      <guid isPermaLink="false">tag:courier.example,2026:one.md</guid>
      <pubDate>Fri, 20 Mar 2026 07:30:00 +0000</pubDate>
      <description>The first</description>
      <enclosure url="https://courier.example/1.mp3" length="0" type="audio/mpeg"/>
      <itunes:duration>1:02:03</itunes:duration>
      <itunes:episode>1</itunes:episode>
      <itunes:season>1</itunes:season>
      <itunes:episodeType>full</itunes:episodeType>
      <itunes:explicit>true</itunes:explicit>
      <itunes:image href="https://courier.example/1.jpg"/>
      <podcast:transcript url="https://courier.example/1.vtt" type="text/vtt" language="en"/>
      <podcast:chapters url="https://courier.example/1.json" type="application/json+chapters"/>
      <podcast:season name="Beginnings">1</podcast:season>
      <podcast:episode display="1b">1.5</podcast:episode>
      <podcast:soundbite startTime="1.0" duration="30.5">Hear</podcast:soundbite>
    </item>
  </channel>
</rss>
"""


def _with(feed: bytes, before: bytes, *links: str) -> bytes:
    """More elements before the one that begins with `before`."""
    assert feed.count(before) >= 1, before
    return feed.replace(before, "".join(links).encode() + before, 1)


def _link(prefix: str, relation: str, path: str) -> str:
    return f'<{prefix}link rel="{relation}" href="https://courier.example/{path}"/>'


ARCHIVES = {
    "rss": _with(
        RSS.replace(b"courier.example/rss.xml", b"courier.example/archive/2/rss.xml"),
        b"<language>",
        "<fh:archive/>",
        _link("atom:", "current", "rss.xml"),
        _link("atom:", "prev-archive", "archive/1/rss.xml"),
        _link("atom:", "next-archive", "archive/3/rss.xml"),
    ),
    "atom": _with(
        ATOM.replace(b"courier.example/atom.xml", b"courier.example/archive/2/atom.xml"),
        b"<category",
        "<fh:archive/>",
        _link("", "current", "atom.xml"),
        _link("", "prev-archive", "archive/1/atom.xml"),
    ),
}
ARCHIVE_URLS = {
    "rss": "https://courier.example/archive/2/rss.xml",
    "atom": "https://courier.example/archive/2/atom.xml",
}
GOOD = {
    "rss": (RSS, RSS_URL),
    "atom": (ATOM, ATOM_URL),
    "json": (JSON, JSON_URL),
    "podcast": (PODCAST, RSS_URL),
    "podcast by its older name": (
        PODCAST.replace(
            b"https://podcastindex.org/namespace/1.0",
            b"https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
        ),
        RSS_URL,
    ),
    "rss archive": (ARCHIVES["rss"], ARCHIVE_URLS["rss"]),
    "atom archive": (ARCHIVES["atom"], ARCHIVE_URLS["atom"]),
    "rss subscription": (
        _with(
            RSS,
            b"<language>",
            _link("atom:", "current", "rss.xml"),
            _link("atom:", "prev-archive", "archive/1/rss.xml"),
        ),
        RSS_URL,
    ),
    "atom subscription": (
        _with(ATOM, b"<category", _link("", "prev-archive", "archive/1/atom.xml")),
        ATOM_URL,
    ),
    "rss complete": (_with(RSS, b"<language>", "<fh:complete/>"), RSS_URL),
    "atom complete": (_with(ATOM, b"<category", "<fh:complete/>"), ATOM_URL),
    "atom page": (
        _with(
            ATOM,
            b"<category",
            _link("", "first", "atom.xml"),
            _link("", "next", "atom2.xml"),
            _link("", "last", "atom9.xml"),
        ),
        ATOM_URL,
    ),
    "atom without entries": (
        ATOM[: ATOM.index(b"<entry")].replace(b"2026-03-21T09:00:00+07:00", b"1970-01-01T00:00:00Z")
        + b"</feed>",
        ATOM_URL,
    ),
    "rss without items": (RSS[: RSS.index(b"<item>")] + b"</channel></rss>", RSS_URL),
    "json without items": (JSON[: JSON.index(b'"items"')] + b'"items": []}', JSON_URL),
    "atom in UTF-16": (
        ATOM.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
        ATOM_URL,
    ),
    "rss in Latin-1": (
        RSS.replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"').replace(b"Fog,", b"Caf\xe9,"),
        RSS_URL,
    ),
    "rss with a byte order mark": (b"\xef\xbb\xbf" + RSS, RSS_URL),
    "atom with xml:base": (
        ATOM.replace(
            b'<content type="html">', b'<content type="html" xml:base="https://courier.example/">'
        ).replace(b'&lt;a href="https://courier.example/p"', b'&lt;a href="/p"'),
        ATOM_URL,
    ),
    "atom with content elsewhere": (
        ATOM.replace(
            b'<content type="xhtml">',
            b'<summary>Fog</summary><content src="https://courier.example/f.png" type="image/png"/><!--',
        ).replace(b"</div></content>", b"-->"),
        ATOM_URL,
    ),
    "rss with imported guids": (
        RSS.replace(b"tag:courier.example,2026:pier.md", b"42 at some older site"),
        RSS_URL,
    ),
    "json with imported ids": (
        JSON.replace(b'"tag:courier.example,2026:pier.md"', b'"42"'),
        JSON_URL,
    ),
    "json 1.0": (
        JSON.replace(b"version/1.1", b"version/1").replace(
            b'"authors": [{"name": "Sari Dewi"}]', b'"author": {"name": "Sari Dewi"}'
        ),
        JSON_URL,
    ),
    "atom with a bare author's feed": (
        ATOM.replace(
            b"<author><name>The Courier</name><uri>https://courier.example/</uri></author>", b""
        ).replace(
            b"<title>Fog</title>",
            b"<title>Fog</title><source><author><name>Sari</name></author></source>",
        ),
        ATOM_URL,
    ),
    "rss with odd but right dates": (
        RSS.replace(b"Fri, 20 Mar 2026 07:30:00 +0700", b"20 Mar 2026 07:30 EST"),
        RSS_URL,
    ),
}
"""Feeds that break no rule, and where each is served."""
