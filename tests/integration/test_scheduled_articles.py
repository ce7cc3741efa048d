"""An article with a date to come is nowhere before its minute, in its zone; at it, everywhere."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import brotli
import pytest

from tests.picture_samples import photo, saved
from tests.sites import Site

SITE = """\
site: {title: The Courier, url: https://courier.example/, description: News, language: en}
sources: [{name: articles, path: articles, timezone: ZONE}]
feeds:
  - {name: main, limit: 50}
  - {name: short, content: summary, formats: [rss, json]}
feeds_for: {tags: true, authors: true, languages: true}
newsletters:
  - name: each
    title: Each of them
    from: The Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    timezone: ZONE
    schedule: {every: article}
    checks: {spam-score: off}
web: {compress: [gzip, brotli]}
"""

CASES = {
    "America/New_York": {
        "2026-03-08 02:30": "2026-03-08T07:30:00Z",  # skipped: half an hour into the hour after
        "2026-11-01 01:30": "2026-11-01T05:30:00Z",  # comes twice: the first time
        "2026-11-01T01:30:00-05:00": "2026-11-01T06:30:00Z",
    },
    "Europe/Berlin": {
        "2026-03-29 02:30": "2026-03-29T01:30:00Z",
        "2026-03-29T02:30:00+02:00": "2026-03-29T00:30:00Z",
        "2026-10-25 02:30": "2026-10-25T00:30:00Z",
        "2026-10-25T02:30:00+01:00": "2026-10-25T01:30:00Z",
    },
    "Europe/Helsinki": {
        "2026-03-29 03:30": "2026-03-29T01:30:00Z",
        "2026-10-25 03:30": "2026-10-25T00:30:00Z",
        "2026-10-25 04:00": "2026-10-25T02:00:00Z",
    },
    "Australia/Lord_Howe": {
        "2026-04-05 01:45": "2026-04-04T14:45:00Z",  # half an hour comes twice
        "2026-04-05T01:45:00+10:30": "2026-04-04T15:15:00Z",
        "2026-10-04 02:15": "2026-10-03T15:45:00Z",  # and half an hour is skipped
    },
    "Pacific/Apia": {
        "2011-04-02 03:30": "2011-04-02T13:30:00Z",
        "2011-09-24 03:30": "2011-09-24T14:30:00Z",
        "2011-12-30 12:00": "2011-12-30T22:00:00Z",  # a day that was left out: noon of the 31st
    },
    "Asia/Jakarta": {
        "2026-10-25": "2026-10-24T17:00:00Z",
        "2026-10-25 02:30": "2026-10-24T19:30:00Z",
        "2026-10-25T02:30:00Z": "2026-10-25T02:30:00Z",
    },
}
"""Dates as they are written, by the zone of their source, and when that is."""

QUICK = ("Australia/Lord_Howe",)
"""A zone of half an hour; the others take longer, not other ways."""

EVERYWHERE = (
    *("rss.xml", "atom.xml", "feed.json", "index.html", "feeds/short/rss.xml", "sitemap.xml"),
    *("feeds.opml", "feeds/short/feed.json", "feeds/index.html"),
)
"""Documents of the whole site in which an article, or a feed of its tag, stands."""


class Secret:
    """An article whose every word is found nowhere else."""

    def __init__(self, site: Site, number: int, date: str, **more: str) -> None:
        self.word = f"quagga{number}"
        fields = {
            "title": f"Titular {self.word}",
            "date": f'"{date}"' if " " in date else date,
            "summary": f"Summarily {self.word}",
            "tags": f"[topic-{self.word}, shared]",
            "author": f"Author {self.word}",
            "image": f"{self.word}.png",
            "image_alt": f"Seen by {self.word}",
            "aliases": f"/formerly/{self.word}.html",
        }
        picture = photo(640 + number, 360)
        site.write(f"articles/{self.word}.png", saved(picture, "PNG"))
        site.article(
            f"{self.word}.md",
            f"Bodily {self.word}.\n\n![Inline {self.word}]({self.word}.png)",
            **fields | more,
        )


def words_of(path: Path) -> Iterator[str]:
    """A file as people and programs see it: its path, and its text as sent and as unpacked."""
    data = path.read_bytes()
    yield path.as_posix()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".br":
        data = brotli.decompress(data)
    yield data.decode("utf-8", "replace")
    if ".eml" in path.suffixes:
        for part in message_from_bytes(data, policy=policy.default).walk():
            yield str(part.items())
            if part.get_content_maintype() == "text":
                yield part.get_content()


def where(site: Site, word: str) -> set[str]:
    """The files under output/ that hold a word, or have it in their names."""
    root = site.output("")
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and any(word in text for text in words_of(path))
    }


def media(site: Site) -> set[str]:
    return {name for name in site.tree() if name.startswith("media/")}


def told_by_the_record(site: Site, word: str) -> list[str]:
    """What the record says of it beside its path, its address and its id."""
    lines = [line for line in site.record() if word in line.get("path", "")]
    kept = [
        str({key: value for key, value in line.items() if key not in ("path", "address", "id")})
        for line in lines
    ]
    return [text for text in kept if word in text]


@pytest.mark.parametrize(
    "zone",
    [pytest.param(zone, marks=() if zone in QUICK else pytest.mark.long) for zone in CASES],
)
def test_it_is_nowhere_before_its_minute_and_everywhere_at_it(
    make_site: Callable[..., Site], zone: str
) -> None:
    site = make_site(SITE.replace("ZONE", zone))
    site.article("open.md", date="2010-11-01", tags="[shared]")
    secrets = {}
    for number, (date, instant) in enumerate(CASES[zone].items()):
        secrets[datetime.fromisoformat(instant)] = Secret(site, number, date)
    for minute, secret in sorted(secrets.items()):
        before = f"{minute - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
        site.publish_here(now=before)
        pictures = media(site)
        for other_minute, other in secrets.items():
            if other_minute >= minute:
                assert where(site, other.word) == set(), before
                assert told_by_the_record(site, other.word) == []
                line = next(one for one in site.record() if other.word in one.get("path", ""))
                assert not line.get("place")
        site.publish_here(now=f"{minute:%Y-%m-%dT%H:%M:%SZ}")
        found = where(site, secret.word)
        assert set(EVERYWHERE) <= found
        assert {f"tags/topic-{secret.word}/rss.xml", f"authors/author-{secret.word}/rss.xml"} <= (
            found
        )
        assert {name + end for name in EVERYWHERE for end in (".gz", ".br")} <= found
        assert [name for name in found if name.endswith("email.eml")]
        assert media(site) - pictures, "its pictures"
        assert told_by_the_record(site, secret.word) == []


def test_nobody_leads_to_it_before(make_site: Callable[..., Site]) -> None:
    """Not a link in an article that is out, nor a change, nor a new name of its file."""
    site = make_site(SITE.replace("ZONE", "Europe/Berlin"))
    secret = Secret(site, 7, "2026-10-25 02:30")
    site.article("open.md", f"See [what comes]({secret.word}.md).", date="2026-10-01")
    site.publish_here(now="2026-10-20T00:00:00Z")
    linking = where(site, secret.word)
    assert linking <= where(site, "what comes"), "what the author of the other wrote, at most"
    for path in linking:
        text = "".join(words_of(site.output(path)))
        assert "titular" not in text.lower(), path
        assert "2026/10/25" not in text, path
    Secret(site, 7, "2026-10-25 02:30", summary="Changed quagga7")
    site.article("open.md", "See what comes.", date="2026-10-01")
    site.publish_here(now="2026-10-21T00:00:00Z")
    assert where(site, secret.word) == set()
    (site.folder / "articles/quagga7.md").rename(site.folder / "articles/renamed.md")
    site.publish_here(now="2026-10-25T00:29:59Z")
    assert where(site, secret.word) == set()
    site.publish_here(now="2026-10-25T00:30:00Z")
    assert "rss.xml" in where(site, secret.word)


@pytest.mark.parametrize(
    ("zone", "expires", "instant"),
    [
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00Z"),
        ("Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45:00Z"),
        ("Asia/Jakarta", "2026-10-25", "2026-10-24T17:00:00Z"),
    ],
)
def test_what_expires_leaves_all_lists_at_its_minute(
    make_site: Callable[..., Site], zone: str, expires: str, instant: str
) -> None:
    site = make_site(SITE.replace("ZONE", zone))
    site.article("open.md", date="2025-11-01", tags="[shared]")
    Secret(site, 1, "2026-01-01", expires=f'"{expires}"')
    minute = datetime.fromisoformat(instant).astimezone(UTC)
    site.publish_here(now=f"{minute - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}")
    lists = {name for name in EVERYWHERE if name != "sitemap.xml"}
    assert lists <= where(site, "quagga1")
    site.publish_here(now=instant)
    found = where(site, "quagga1")
    mailed = {name for name in found if name.startswith("newsletters/")}
    own = {name for name in found if name.startswith(("2026/01/01/", "formerly/", "media/"))}
    stays = {"2026/01/01/quagga1/index.html", "formerly/quagga1.html"}
    assert stays <= own, "its page stays, and what leads to it"
    assert found - mailed - own <= {"sitemap.xml", "sitemap.xml.gz", "sitemap.xml.br"}
