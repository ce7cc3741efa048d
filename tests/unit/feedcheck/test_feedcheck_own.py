"""Our own output, as feeds and as whole sites, breaks no rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from publisher.feedcheck import check_feed, disagreements
from publisher.model import Entry
from tests.feed_samples import (
    feed_addresses,
    make_entry,
    make_feed,
    make_site,
    many_entries,
    render_feeds,
)
from tests.property.test_feeds import BODIES, ENTRIES
from tests.sites import CONFIG, NEWSLETTER, Site

ADDRESSES = feed_addresses()
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SITES = {
    "one": render_feeds(make_entry(), image_url="https://courier.example/i.png"),
    "many": render_feeds(*many_entries(20)),
    "none": render_feeds(),
    "summaries": render_feeds(make_entry(), feed=make_feed(content="summary")),
    "odd titles": render_feeds(make_entry(title="Use <here> & &amp; &c; for <b>bold</b>")),
    "bare": render_feeds(make_entry(authors=(), tags=(), enclosures=(), picture=None)),
    "no language": render_feeds(
        make_entry(language="ar"), site=make_site(language=None, description="")
    ),
}


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize("format_", ADDRESSES)
def test_a_rendered_feed_has_no_finding(name: str, format_: str) -> None:
    assert check_feed(SITES[name][format_], url=ADDRESSES[format_], now=NOW, own=True) == ()


@pytest.mark.parametrize("name", SITES)
def test_rendered_formats_agree(name: str) -> None:
    assert disagreements(*(SITES[name][format_] for format_ in ("rss", "atom", "json"))) == ()


@given(entry=ENTRIES, body=BODIES)
def test_whatever_an_entry_says_its_feeds_have_no_finding(entry: Entry, body: str) -> None:
    feeds = render_feeds(entry, body=body)
    memo: set[int] = set()
    for format_, address in ADDRESSES.items():
        assert check_feed(feeds[format_], url=address, own=True, memo=memo) == ()
    assert disagreements(feeds["rss"], feeds["atom"], feeds["json"]) == ()


def test_a_published_site_has_no_finding(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + NEWSLETTER + "feeds:\n  - name: main\n  - name: short\n    content: summary\n"
    )
    site.article(
        "fog.md", "A *foggy* [day](/x/) & a `<script>`[^1].\n\n[^1]: A note.\n", tags="[a, b & c]"
    )
    site.article("a <b>title.md", "![A boat](boat.png)\n\n- [x] done\n", title="'1 < 2 &amp; 3'")
    site.write("articles/boat.png", b"\x89PNG\r\n\x1a\n" + bytes(60))
    site.publish()
    found = 0
    for folder in (site.output(""), site.output("feeds/short")):
        base = "https://courier.example/" + folder.relative_to(site.output("")).as_posix() + "/"
        data = [(folder / name).read_bytes() for name in ("rss.xml", "atom.xml", "feed.json")]
        for name, one in zip(("rss.xml", "atom.xml", "feed.json"), data, strict=True):
            url = base.replace("/./", "/") + name
            assert check_feed(one, url=url, now=NOW, own=True) == ()
            found += one.count(b"fog")
        assert disagreements(*data) == ()
    assert found


def test_the_golden_sites_feeds_have_no_finding() -> None:
    folder = Path(__file__).resolve().parents[2] / "golden" / "sites"
    feeds = [
        path
        for pattern in ("rss.xml", "atom.xml", "feed.json")
        for path in sorted(folder.rglob(pattern))
    ]
    assert feeds
    for path in feeds:
        for own in (False, True):
            assert check_feed(path.read_bytes(), now=NOW, own=own) == (), path
