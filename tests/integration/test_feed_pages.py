"""Pages of feeds on a whole site: their addresses, their links, and what a change touches."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.sites import CONFIG, NOW, Site

FEEDS = """\
feeds:
  - name: main
  - name: news
    path: news
    title: The news
feeds_for: {tags: true, authors: true, languages: true}
"""
LATER = "2026-11-23T08:00:00Z"
SOON = "2026-11-22T09:00:00Z"


def changed(site: Site, run: Callable[[], object]) -> set[str]:
    """The files of output/ that a run writes, adds or removes."""
    before = site.tree()
    run()
    after = site.tree()
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


class TestTheAddressOfAFeed:
    def test_an_article_there_is_refused_and_everything_else_published(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG + FEEDS)
        site.article("a.md", url="/news/")
        site.article("b.md", url="/news/fog/")
        ran = site.publish(code=3)
        assert "articles/a.md:4" in ran.err
        assert "the address /news/ is the site's own" in ran.err
        assert "The news" in site.output("news/index.html").read_text("utf-8")
        assert site.output("news/fog/index.html").is_file()

    def test_one_that_was_there_before_the_feed_is_named_and_comes_back_when_it_moves(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG)
        site.article("a.md", url="/news/")
        site.article("b.md")
        site.publish()
        ids = [line["id"] for line in site.record() if "path" in line]
        site.write("publisher.yaml", CONFIG + FEEDS)
        ran = site.publish(code=3, now=SOON)
        assert "the address /news/ is the site's own" in ran.err
        assert "A</a>" not in site.output("news/index.html").read_text("utf-8")
        site.article("a.md", url="/news/a/")
        site.publish(now=LATER)
        assert site.output("news/a/index.html").is_file()
        assert [line["id"] for line in site.record() if "path" in line] == ids


class TestWhatIsWritten:
    def test_a_second_run_writes_nothing(self, make_site: Callable[..., Site]) -> None:
        site = make_site(CONFIG + FEEDS)
        for name in ("a", "b"):
            site.article(f"{name}.md", tags="[tides, مدّ]", author="Mara")
        site.publish()
        assert changed(site, lambda: site.publish(now=LATER)) == set()

    def test_an_edit_touches_the_pages_of_its_own_feeds_only(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG + FEEDS)
        site.article("a.md", tags="[tides]", author="Mara", lang="en")
        site.article("b.md", tags="[boats]", author="Tom", lang="id")
        site.publish()
        site.article("a.md", "Other text.", tags="[tides]", author="Mara", lang="en")
        pages = {
            path
            for path in changed(site, lambda: site.publish(now=LATER))
            if path.endswith((".html", ".opml"))
        }
        assert pages == {
            "2026/11/01/a/index.html",
            "authors/mara/index.html",
            "index.html",
            "languages/en/index.html",
            "news/index.html",
            "tags/tides/index.html",
        }

    def test_footnotes_of_articles_in_any_script_stay_within_a_page_of_several(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG + FEEDS)
        for name in ("مدّ", "café"):
            site.article(f"{name}.md", "Text.[^n]\n\n[^n]: The note.", tags="[tides]", title=name)
        site.publish()
        page = site.output("tags/tides/index.html").read_text("utf-8")
        ids = re.findall(r' id="([^"]+)"', page)
        assert len(ids) == len(set(ids)) == 1 + 2 * 2
        links = re.findall(r'<a [^>]*href="#([^"]+)"[^>]*class="footnote|href="#(e\d-[^"]+)"', page)
        assert len(links) == 4
        assert {a or b for a, b in links} <= set(ids)


class TestWithdrawn:
    def test_the_page_says_so_until_another_article_takes_the_address(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG)
        site.article("a.md", "A secret.", title="Top secret", slug="fog")
        site.article("b.md")
        site.publish()
        site.article("a.md", "A secret.", title="Top secret", slug="fog", retract="true")
        site.publish(now=SOON)
        page = site.output("2026/11/01/fog/index.html").read_text("utf-8")
        assert "This article was withdrawn" in page
        assert '<meta name="robots" content="noindex">' in page
        assert "ecret" not in page
        assert "fog" not in site.output("sitemap.xml").read_text("utf-8")
        site.article("c.md", "Other fog.", title="Fog", slug="fog")
        site.publish(now=LATER)
        assert "Other fog." in site.output("2026/11/01/fog/index.html").read_text("utf-8")

    def test_now_of_the_run_is_the_date_where_the_site_is(
        self, make_site: Callable[..., Site]
    ) -> None:
        site = make_site(CONFIG)
        site.article("a.md")
        site.publish(now=NOW)
        site.article("a.md", retract="true")
        site.publish(now="2026-11-22T20:00:00Z")
        page = site.output("2026/11/01/a/index.html").read_text("utf-8")
        assert "November 23, 2026" in page
