"""`publish --dry-run`: what it tells is what the run then does; and it tells it calmly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.mailings import Mailed
from tests.sites import CONFIG, UNJUDGED, Site

MakeSite = Callable[..., Site]
FEEDS = """\
feeds:
  - {name: main, limit: 10}
  - {name: sea, limit: 5, select: {tags: [sea]}, formats: [rss]}
feeds_for: {tags: true, authors: true, languages: true}
"""
FIRST = "2026-11-01T08:00:00Z"
THEN = "2026-11-02T08:00:00Z"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Thirty articles, published; then one of each change."""
    site = make_site(CONFIG + FEEDS + UNJUDGED + "    max_items: 4\n")
    for n in range(1, 31):
        plain(site, n)
    site.publish_here(now=FIRST)
    site.article("new.md", date="2026-11-02", tags="[sea]")
    plain(site, 30, "Another text.")
    plain(site, 29, tags="[sand]")
    plain(site, 28, retract="true")
    plain(site, 27, draft="true")
    plain(site, 26, expires="2026-11-02T10:00:00+07:00")
    plain(site, 24, date="2026-12-24")
    (site.folder / "articles/a25.md").unlink()
    for n in range(31, 36):
        site.article(f"a{n}.md", date="2026-11-02", tags="[sea]")
    return site


def plain(site: Site, n: int, text: str = "Some text.", **more: str) -> None:
    tags = "[sea]" if n % 3 == 0 else "[land]"
    fields = {"date": f"2026-10-{n:02}T08:00:00+07:00", "tags": tags, "author": "Ann Smith"}
    site.article(f"a{n:02}.md", text, **(fields | more))


def told(site: Site, *options: str, now: str = THEN, code: int = 0) -> Any:
    return json.loads(site.publish("--dry-run", "--json", *options, now=now, code=code).out)


def held(site: Site, name: str) -> set[str]:
    """The ids in all documents of a feed."""
    folder = site.output("" if name == "main" else name if "/" in name else f"feeds/{name}")
    found: set[str] = set()
    for path in (*folder.glob("rss.xml"), *folder.glob("archive/*/rss.xml")):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"<guid[^>]*>([^<]*)</guid>", text))
    return found


def test_the_run_does_what_was_told(site: Site) -> None:
    plan = told(site)
    names = {feed["feed"] for feed in plan["feeds"]}
    assert {"main", "sea", "tags/sea", "tags/sand", "authors/ann-smith"} <= names
    before = {name: held(site, name) for name in names}
    files = {name: data for name, (data, _) in site.tree().items()}
    (issue,) = plan["issues"]
    ran = site.publish(now=THEN)
    for feed in plan["feeds"]:
        after = held(site, feed["feed"])
        came = {one["id"] for one in feed["entries"] if one["change"] == "in"}
        went = {one["id"] for one in feed["entries"] if one["change"] == "out"}
        assert came == after - before[feed["feed"]], feed["feed"]
        assert went == before[feed["feed"]] - after, feed["feed"]
    now = {name: data for name, (data, _) in site.tree().items()}
    assert set(plan["files"]["new"]) == now.keys() - files.keys()
    assert set(plan["files"]["removed"]) == files.keys() - now.keys()
    changed = {name for name in now.keys() & files.keys() if now[name] != files[name]}
    assert set(plan["files"]["changed"]) == changed
    count = len(plan["files"]["new"]) + len(changed)
    assert f"{count} written, {len(plan['files']['removed'])} removed" in ran.out
    line = next(one for one in site.record() if one.get("number") == issue["issue"] == 2)
    assert (len(line["items"]), line["slot"]) == (issue["articles"], issue["at"])
    again = told(site)
    assert (again["files"]["new"], again["feeds"], again["issues"]) == ([], [], [])


def test_each_entry_that_goes_has_its_reason(site: Site) -> None:
    plan = told(site)
    main = next(feed for feed in plan["feeds"] if feed["feed"] == "main")
    whys = {one["file"]: one["why"] for one in main["entries"] if one["change"] == "out"}
    assert whys == {
        "articles/a28.md": "retracted 2026-11-02T15:00+07:00",
        "articles/a27.md": "a draft",
        "articles/a26.md": "expired 2026-11-02T10:00+07:00",
        "articles/a25.md": "its file is gone",
        "articles/a24.md": "scheduled: not before 2026-12-24T00:00+07:00",
    }
    aged = {one["file"]: one for one in main["entries"] if one["change"] == "archived"}
    assert aged
    for one in aged.values():
        assert one["why"] == f"over the limit of 10: to archive {one['archive']}"
    assert [one["file"] for one in main["entries"] if one["change"] == "changed"] == [
        "articles/a30.md",
        "articles/a29.md",
    ]
    land = next(feed for feed in plan["feeds"] if feed["feed"] == "tags/land")
    whys = {one["file"]: one["why"] for one in land["entries"]}
    assert whys["articles/a29.md"] == "has none of tags [land]"


def test_a_person_reads_what_matters_and_not_all_of_it(site: Site) -> None:
    lines = site.publish("--dry-run", now=THEN).out.splitlines()
    assert "feed main: 6 in, 5 out, 2 changed, 2 to the archive" in lines
    assert "  out       A27 (articles/a27.md): a draft" in lines
    assert "feed tags/sand (new): 1 in" in lines
    assert not [line for line in lines if "articles/a29.md" in line and "[land]" in line]
    assert lines[-2] == "issue 2 of weekly: 6 articles, 0 readers: The Weekly Courier: A31"
    assert re.search(
        r"/output: \d+ to write, \d+ to change, \d+ to remove, \d+ unchanged$", lines[-1]
    )
    assert len(lines) < 60
    every = site.publish("--dry-run", "-v", now=THEN).out
    assert "  out       A29 (articles/a29.md): has none of tags [land]" in every
    assert "more (-v" not in every


def test_a_first_run_of_many_is_told_in_few_lines(make_site: MakeSite) -> None:
    site = make_site(CONFIG + "feeds_for: {tags: true}\n")
    for n in range(200):
        site.article(f"a{n:03}.md", tags=f"[t{n % 30}]")
    before = site.tree(".")
    lines = site.publish("--dry-run").out.splitlines()
    assert len(lines) < 20
    assert "feed main (new): 200 in (150 of them in archives)" in lines
    assert "30 feeds under tags/: 200 in (-v shows each)" in lines
    assert site.tree(".") == before


def test_feeds_that_end_and_feeds_that_say_something_else(make_site: MakeSite) -> None:
    site = make_site(CONFIG + FEEDS)
    site.article("one.md", tags="[sea]")
    site.publish()
    site.write("publisher.yaml", CONFIG.replace("News from", "Word from"))
    lines = site.publish("--dry-run").out.splitlines()
    assert "feed main: the same entries, but it says something else of itself" in lines
    assert "feed sea: ends, nothing is in it any more; 1 out" in lines
    assert "feed tags/sea: ends, nothing is in it any more; 1 out" in lines


def test_readers_are_counted_and_what_stops_an_issue_is_named(mailed: Mailed) -> None:
    site = mailed.site
    mailed.readers(3)
    line = "issue 1 of weekly: 1 article, 3 readers: The Weekly Courier: Fog"
    assert line in site.publish("--dry-run").out.splitlines()
    (issue,) = told(site, now="2026-11-22T08:00:00Z")["issues"]
    assert (issue["readers"], issue["why"]) == (3, None)
    config = (site.folder / "publisher.yaml").read_text(encoding="utf-8")
    site.write("publisher.yaml", config.replace("    checks:", "    review: true\n    checks:"))
    ran = site.publish("--dry-run")
    assert f"{line} (not made: it waits for `publisher issue approve weekly`)" in ran.out
    assert site.publish().code == 0
    assert not [one for one in site.record() if "number" in one]


def test_a_strange_file_in_the_way_stops_it_as_it_stops_the_run(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    site.write("output/rss.xml", "somebody's own")
    dry = site.run("publish", "--dry-run")
    real = site.run("publish")
    assert (dry.code, dry.err) == (real.code, real.err) == (1, real.err)
    assert "was not written by publisher" in dry.err


def test_a_refused_article_is_in_the_object_and_in_the_exit_code(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    site.article("bad.md", date="never")
    plan = told(site, code=3)
    assert plan["exit"] == 3
    (problem,) = plan["problems"]
    assert (problem["file"], problem["line"]) == ("articles/bad.md", 3)
    strict = told(site, "--strict", code=1)
    assert strict["refused"] is True
    assert strict["files"]["new"] == []
    assert "nothing would be written: --strict" in site.publish("--dry-run", "--strict", code=1).out
    assert site.publish("--json", code=2).err.count("--dry-run") == 1


def test_a_document_that_somebody_spoilt_held_nothing(make_site: MakeSite) -> None:
    site = make_site(CONFIG + "feeds: [{name: main, formats: [rss]}]\n")
    site.article("one.md")
    site.publish()
    site.output("rss.xml").write_text("<rss", encoding="utf-8")
    (feed,) = told(site)["feeds"]
    assert [one["change"] for one in feed["entries"]] == ["in"]
