"""sitemap.xml and robots.txt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from lxml import etree

from publisher.feeds import FeedKind
from publisher.model import Entry
from publisher.render.pages.sitemap import sitemap_artifacts, sitemap_places
from publisher.render.view import SiteView
from tests.factories import SITE_URL, make_feed, make_newsletter
from tests.page_samples import NEWEST, artifacts, make_entries, make_issue, make_view

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read(data: bytes) -> dict[str, str | None]:
    """Addresses and when they changed, in the file's order."""
    root = etree.fromstring(data)
    return {one.findtext(f"{NAMESPACE}loc"): one.findtext(f"{NAMESPACE}lastmod") for one in root}


def sitemap(view: SiteView) -> dict[str, str | None]:
    return read(artifacts(view)["sitemap.xml"].render())


def test_every_page_worth_finding_with_its_date() -> None:
    entries = make_entries(2, updated=NEWEST + timedelta(hours=1))
    view = make_view(*entries, newsletters=(make_newsletter(),), issues={"weekly": [make_issue(1)]})
    assert sitemap(view) == {
        SITE_URL: "2026-11-20T08:00:00+07:00",
        f"{SITE_URL}feeds/": None,
        f"{SITE_URL}newsletters/weekly/": "2026-11-27T07:00:00+07:00",
        f"{SITE_URL}newsletters/weekly/1/": "2026-11-27T07:00:00+07:00",
        entries[0].url: "2026-11-20T08:00:00+07:00",
        entries[1].url: "2026-11-20T08:00:00+07:00",
    }


def test_the_pages_of_feeds_but_not_those_of_older_articles_behind_them() -> None:
    entries = make_entries(40)
    feeds = (
        make_feed(*entries),
        make_feed(*entries, name="harbour", path="harbour"),
        make_feed(*entries, name="tags/a", path="tags/a", kind=FeedKind.TAG, about="a"),
    )
    found = sitemap(make_view(feeds=feeds))
    assert list(found) == [
        SITE_URL,
        *(f"{SITE_URL}{path}/" for path in ("feeds", "harbour", "tags/a")),
    ]


def test_articles_that_live_elsewhere_are_not_ours_to_list() -> None:
    (entry,) = make_entries(1, path="", url="https://elsewhere.example/")
    assert sitemap(make_view(entry)).keys() == {SITE_URL, f"{SITE_URL}feeds/"}


def test_addresses_are_escaped() -> None:
    (entry,) = make_entries(1, url=f"{SITE_URL}a/?b=1&c=<2>")
    assert entry.url in sitemap(make_view(entry))


def test_a_site_of_many_articles_has_several_files_that_stay_when_it_grows() -> None:
    def files(entries: Sequence[Entry]) -> dict[str, bytes]:
        made = sitemap_artifacts(SITE_URL, list(sitemap_places(make_view(*entries))), most=10)
        return {artifact.path: artifact.render() for artifact in made}

    before, after = files(make_entries(26)[1:]), files(make_entries(26))
    assert list(before) == ["sitemap/1.xml", "sitemap/2.xml", "sitemap/3.xml", "sitemap.xml"]
    assert list(read(before["sitemap.xml"])) == [f"{SITE_URL}sitemap/{n}.xml" for n in (1, 2, 3)]
    assert before["sitemap/1.xml"] == after["sitemap/1.xml"]
    listed = [url for path in list(before)[:-1] for url in read(before[path])]
    assert len(listed) == len(set(listed)) == 25 + 2


def test_robots_names_the_sitemap() -> None:
    text = artifacts(make_view())["robots.txt"].render().decode()
    assert text == f"User-agent: *\nAllow: /\n\nSitemap: {SITE_URL}sitemap.xml\n"
