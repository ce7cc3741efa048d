"""Moving in without a reader noticing: ids of another tool's feed, in files and over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.readers.serving import served
from tests.sites import CONFIG, NEWSLETTER, Site

OLD = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>Old</title><link>http://old.example/</link><description>d</description>
<item><title>One</title><link>http://old.example/2026/11/01/one.html</link>
<guid isPermaLink="false">12 at http://old.example</guid>
<pubDate>Sun, 01 Nov 2026 00:00:00 +0700</pubDate></item>
<item><title>Two, as it was called</title><link>http://old.example/two/</link>
<guid>http://old.example/two/</guid>
<pubDate>Sun, 01 Nov 2026 00:00:00 +0700</pubDate></item>
<item><title>Gone</title><link>http://old.example/gone/</link>
<guid>http://old.example/gone/</guid></item>
</channel></rss>
"""

MakeSite = Callable[..., Site]


def moved(make_site: MakeSite) -> Site:
    site = make_site(CONFIG + NEWSLETTER, {"old.xml": OLD})
    for name in ("one", "two", "three"):
        site.article(f"{name}.md")
    return site


def ids(site: Site) -> dict[str, str]:
    return {line["path"]: line["id"] for line in site.record() if "path" in line}


def test_ids_are_taken_over_before_the_first_publication(make_site: MakeSite) -> None:
    site = moved(make_site)
    ran = site.run("import-ids", "old.xml")
    assert ran.code == 3
    assert "2 ids taken over" in ran.out
    assert "no article for Gone  http://old.example/gone/" in ran.out
    site.publish()
    assert ids(site)["one.md"] == "12 at http://old.example"
    assert ids(site)["two.md"] == "http://old.example/two/"
    assert ids(site)["three.md"].startswith("tag:courier.example,2026:")
    rss = site.output("rss.xml").read_text("utf-8")
    assert '<guid isPermaLink="false">12 at http://old.example</guid>' in rss
    assert '"id": "12 at http://old.example"' in site.output("feed.json").read_text("utf-8")
    assert "<id>data:,12%20at%20http%3A%2F%2Fold.example</id>" in site.output("atom.xml").read_text(
        "utf-8"
    )
    for name in ("rss.xml", "atom.xml", "feed.json"):
        checked = site.run(
            "check-feed", f"output/{name}", "--url", f"https://courier.example/{name}"
        )
        assert (checked.code, checked.out) == (0, f"output/{name}: no findings\n")
    assert site.run("import-ids", "old.xml").out.startswith("0 ids taken over, 2 were the same")


def test_taken_over_after_publication_no_issue_repeats_an_article(make_site: MakeSite) -> None:
    site = moved(make_site)
    site.publish()
    ran = site.run("import-ids", "old.xml")
    assert "who follows it already sees it once more" in ran.err
    before = [line["items"] for line in site.record() if "newsletter" in line]
    assert "http://old.example/two/" in before[0]
    site.publish(now="2026-11-30T08:00:00Z")
    assert len([line for line in site.record() if "newsletter" in line]) == 1


def test_a_dry_run_changes_nothing(make_site: MakeSite) -> None:
    site = moved(make_site)
    ran = site.run("import-ids", "--dry-run", "old.xml")
    assert "2 ids would be taken over" in ran.out
    assert not (site.folder / "published.jsonl").exists()


def test_a_feed_is_read_over_http(make_site: MakeSite, tmp_path: Path) -> None:
    site = moved(make_site)
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "old.xml").write_text(OLD, "utf-8")
    with served(tmp_path / "web") as web:
        assert "2 ids taken over" in site.run("import-ids", f"{web.address}old.xml").out
        missing = site.run("import-ids", f"{web.address}nothing.xml")
    assert missing.code == 1
    assert "answered 404" in missing.err


@pytest.mark.parametrize(
    ("content", "message"),
    [("<html><p>x</html>", "is no feed that can be read"), ("", "is no feed that can be read")],
)
def test_what_is_no_feed_is_named(make_site: MakeSite, content: str, message: str) -> None:
    site = moved(make_site)
    site.write("page.html", content)
    ran = site.run("import-ids", "page.html")
    assert ran.code == 1
    assert message in ran.err
    assert "publisher check-feed page.html" in ran.err


def test_an_id_of_the_article_s_own_wins(make_site: MakeSite) -> None:
    site = moved(make_site)
    site.article("one.md", id="tag:me,2020:one")
    ran = site.run("import-ids", "old.xml")
    assert "one.md has an `id:` of its own" in ran.err
    site.publish()
    assert ids(site)["one.md"] == "tag:me,2020:one"


def test_a_file_that_was_renamed_since_takes_its_line_along(make_site: MakeSite) -> None:
    site = moved(make_site)
    site.publish()
    (site.folder / "articles" / "one.md").rename(site.folder / "articles" / "eins.md")
    site.run("import-ids", "old.xml")
    site.publish()
    lines = {line["path"]: line for line in site.record() if "path" in line}
    assert set(lines) == {"two.md", "eins.md", "three.md"}
    assert lines["eins.md"]["id"] == "12 at http://old.example"
    assert sorted(line["place"] for line in lines.values()) == [1, 2, 3]


def test_a_new_file_at_the_path_of_a_renamed_one_leaves_that_its_id(make_site: MakeSite) -> None:
    site = moved(make_site)
    site.article("two.md", title="Another", date="2026-10-30")
    site.publish()
    articles = site.folder / "articles"
    (articles / "two.md").rename(articles / "zwei.md")
    site.article("two.md")
    before = {line["path"]: line for line in site.record() if "path" in line}["two.md"]
    site.run("import-ids", "old.xml")
    site.publish()
    lines = {line["path"]: line for line in site.record() if "path" in line}
    assert lines["two.md"]["id"] == "http://old.example/two/"
    after = lines["zwei.md"]
    assert (after["id"], after["place"]) == (before["id"], before["place"])


def test_the_address_is_the_id_where_a_feed_gives_no_other(make_site: MakeSite) -> None:
    site = moved(make_site)
    only_link = "<item><title>x</title><link>http://old.example/two/</link></item>"
    only_guid = "<item><title>y</title><guid>http://old.example/2026/11/01/one.html</guid></item>"
    head, _, tail = OLD.partition("<item>")
    site.write("old.xml", head + only_link + only_guid + tail[tail.rindex("</channel>") :])
    assert "2 ids taken over" in site.run("import-ids", "old.xml").out
    assert ids(site)["two.md"] == "http://old.example/two/"
    assert ids(site)["one.md"] == "http://old.example/2026/11/01/one.html"
