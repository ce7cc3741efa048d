"""`archives: false`: the newest entries alone; archives that come back are as they were."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, Site

WITH = CONFIG + "feeds: [{name: main, limit: 5}]\nfeeds_for: {tags: true}\n"
WITHOUT = CONFIG + "feeds: [{name: main, limit: 5, archives: false}]\nfeeds_for: {tags: true}\n"
FORMATS = ("rss.xml", "atom.xml", "feed.json")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(WITHOUT)
    for number in range(1, 13):
        site.article(f"{number:02}.md", date=f"2026-10-{number:02}", tags="[sea]")
    return site


def archives(site: Site) -> list[str]:
    return [path for path in site.tree() if "archive/" in path]


@pytest.mark.parametrize("folder", ["", "tags/sea/"])
def test_the_newest_entries_are_all_there_is(site: Site, folder: str) -> None:
    site.publish_here()
    assert archives(site) == []
    rss, atom, feed = (site.output(folder + name).read_text("utf-8") for name in FORMATS)
    assert rss.count("<item>") == atom.count("<entry") == 5
    assert [item["title"] for item in json.loads(feed)["items"]] == ["12", "11", "10", "09", "08"]
    for document in (rss, atom):
        assert "prev-archive" not in document
        assert "fh:complete" not in document, "there is more"
    assert "next_url" not in json.loads(feed)
    ran = site.run("check-feed", *(str(site.output(folder + name)) for name in FORMATS))
    assert ran.code == 0, ran.out


def test_a_feed_that_holds_all_says_so(site: Site) -> None:
    for number in range(1, 8):
        (site.folder / f"articles/{number:02}.md").unlink()
    site.publish_here()
    assert "fh:complete" in site.output("rss.xml").read_text("utf-8")


def test_archives_come_back_as_they_were(site: Site) -> None:
    site.write("publisher.yaml", WITH)
    site.publish_here()
    before = site.tree()
    assert archives(site)
    site.write("publisher.yaml", WITHOUT)
    site.publish_here()
    assert archives(site) == []
    site.write("publisher.yaml", WITH)
    site.publish_here()
    after = site.tree()
    assert {p: data for p, (data, _) in after.items()} == {p: d for p, (d, _) in before.items()}


def test_it_is_told_why_an_article_is_in_no_feed(site: Site) -> None:
    site.publish_here()
    told = site.run("articles", "--explain", "articles/01.md").out
    assert "over the limit of 5, and the feed has no archives" in told
    site.article("13.md", date="2026-10-13", tags="[sea]")
    plan = json.loads(site.run("publish", "--dry-run", "--json").out)
    main = next(feed for feed in plan["feeds"] if feed["feed"] == "main")
    out = next(entry for entry in main["entries"] if entry["change"] == "out")
    assert (out["file"], out["why"]) == ("articles/08.md", "over the limit of 5")
