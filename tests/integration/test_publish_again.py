"""The next run: what it writes after an edit, a loss or time alone, and that all else stays."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime

import pytest

from publisher.config.load import load_config
from publisher.errors import PublisherError
from publisher.publishing.publish import publish
from publisher.publishing.runs import PublishOptions
from tests import publishing
from tests.publishing import titles
from tests.sites import NOW, Site

site = publishing.site


def test_a_second_run_writes_nothing_and_reads_nothing(site: Site) -> None:
    site.settle()
    site.publish()
    before, record = site.tree(), (site.folder / "published.jsonl").stat().st_mtime_ns
    ran = site.publish(now="2026-11-22T09:00:00Z")
    assert site.tree() == before
    assert (site.folder / "published.jsonl").stat().st_mtime_ns == record
    assert "0 written, 0 removed" in ran.out
    assert "; 0 read" in ran.out


def test_an_edit_changes_what_depends_on_it_and_equals_a_full_build(site: Site, tmp_path) -> None:
    for number in range(5, 40):
        site.article(
            f"article-{number}.md",
            f"Text of number {number}.",
            date=f"2026-10-{number % 28 + 1:02}",
        )
    site.publish()
    before = site.tree()
    path = site.folder / "articles" / "article-2.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Text of", "Changed text of"), encoding="utf-8"
    )
    site.publish(now="2026-11-22T10:00:00Z")
    after = site.tree()
    changed = {name for name in after if before.get(name) != after[name]}
    assert "2026/11/02/article-2/index.html" in changed
    assert {"rss.xml", "atom.xml", "feed.json"} <= changed
    others = {n for n in changed if n.endswith("/index.html") and n.startswith("2026/")}
    assert others == {"2026/11/02/article-2/index.html"}
    assert not {n for n in changed if n.startswith("newsletters/")}
    site.publish("--full", "--output", str(tmp_path / "other"), now="2026-11-22T11:00:00Z")
    fresh = {
        p.relative_to(tmp_path / "other").as_posix(): p.read_bytes()
        for p in (tmp_path / "other").rglob("*")
        if p.is_file()
    }
    assert fresh == {name: data for name, (data, _) in after.items()}


def test_a_fresh_clone_makes_the_same_bytes_and_leaves_the_record(site: Site, tmp_path) -> None:
    site.publish()
    clone = Site(tmp_path / "clone")
    for name in ("publisher.yaml", "published.jsonl"):
        clone.write(name, (site.folder / name).read_bytes())
    for file in (site.folder / "articles").iterdir():
        clone.write(f"articles/{file.name}", file.read_bytes())
    record = (clone.folder / "published.jsonl").read_bytes()
    clone.publish(now="2026-11-22T20:00:00Z")
    assert (clone.folder / "published.jsonl").read_bytes() == record
    assert {n: d for n, (d, _) in clone.tree().items()} == {
        n: d for n, (d, _) in site.tree().items()
    }


@pytest.mark.long  # as test_reproducible.py does it with another site
def test_builds_do_not_depend_on_zone_locale_hash_seed_or_file_order(site: Site, tmp_path) -> None:
    other = Site(tmp_path / "other")
    other.write("publisher.yaml", (site.folder / "publisher.yaml").read_bytes())
    for file in sorted((site.folder / "articles").iterdir(), reverse=True):
        other.write(f"articles/{file.name}", file.read_bytes())
    first = site.run("publish", env={"TZ": "Asia/Tokyo", "LANG": "C", "PYTHONHASHSEED": "1"})
    second = other.run(
        "publish", env={"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    )
    assert (first.code, second.code) == (0, 0)
    assert {n: d for n, (d, _) in site.tree().items()} == {
        n: d for n, (d, _) in other.tree().items()
    }


def test_a_scheduled_article_appears_in_the_first_run_at_its_time(site: Site) -> None:
    site.publish()
    site.publish(now="2026-12-23T16:59:59Z")
    assert "Later" not in titles(site)
    site.publish(now="2026-12-23T17:00:00Z")
    assert titles(site)[0] == "Later"


def by_the_clock(site: Site, now: str) -> None:
    """A run whose time nobody told it, as they are without --now."""
    publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(),
        clock=lambda: datetime.fromisoformat(now).astimezone(UTC),
        progress=lambda _what, _done, _total: None,
    )


def test_a_published_article_with_a_new_date_to_come_waits_for_it(site: Site) -> None:
    by_the_clock(site, NOW)
    before = {line["path"]: line["id"] for line in site.record() if "path" in line}
    site.article("article-4.md", "Text of number 4.", date="2027-02-01")
    for _ in range(2):  # the second knows of it by the record alone
        by_the_clock(site, NOW)
        assert titles(site) == ["Article-3", "Article-2", "Article-1"]
        assert not site.output("2026/11/04").exists()
        shutil.rmtree(site.folder / ".publisher")
    by_the_clock(site, "2027-01-31T16:59:59Z")
    assert "Article-4" not in titles(site)
    by_the_clock(site, "2027-01-31T17:00:00Z")
    assert titles(site)[0] == "Article-4"
    (line,) = (line for line in site.record() if line.get("path") == "article-4.md")
    assert line["id"] == before["article-4.md"]
    assert line["updated"] == line["published"] == "2027-02-01T00:00:00+07:00"
    with pytest.raises(PublisherError, match="are published already"):
        by_the_clock(site, NOW)
    assert titles(site)[0] == "Article-4"


def test_a_date_that_was_put_off_and_back_changes_nothing(site: Site) -> None:
    by_the_clock(site, NOW)
    record, feed = site.record(), site.output("atom.xml").read_bytes()
    for date in ("2027-02-01", "2026-11-04"):
        site.article("article-4.md", "Text of number 4.", date=date)
        by_the_clock(site, NOW)
    assert site.record() == record
    assert site.output("atom.xml").read_bytes() == feed


def test_a_deleted_article_leaves_and_nothing_else_changes_its_id(site: Site) -> None:
    site.publish()
    ids = {i["title"]: i["id"] for i in json.loads(site.output("feed.json").read_bytes())["items"]}
    (site.folder / "articles" / "article-4.md").unlink()
    site.publish()
    assert titles(site) == ["Article-3", "Article-2", "Article-1"]
    assert not site.output("2026/11/04").exists()
    again = json.loads(site.output("feed.json").read_bytes())["items"]
    assert all(ids[i["title"]] == i["id"] for i in again)


def test_the_state_can_be_deleted_without_harm(site: Site) -> None:
    import shutil

    site.publish()
    before = site.tree()
    shutil.rmtree(site.folder / ".publisher")
    site.publish()
    assert site.tree() == before


def test_what_is_drawn_anew_to_the_same_bytes_does_not_count_as_written(site: Site) -> None:
    from publisher.sources.theme import read_theme

    site.publish()
    before = site.tree()
    shipped = read_theme(site.folder / "none").templates["web/index.html"]
    site.write("templates/web/index.html", shipped + "{# the same but for this #}")
    ran = site.publish()
    assert site.tree() == before
    assert "0 written" in ran.out


def test_an_edit_into_the_place_of_another_harms_only_itself(site: Site) -> None:
    site.publish()
    before = site.tree()
    site.article("article-1.md", "Moved.", date="2026-11-02", slug="article-2")
    for arguments in ((), (), ("--full",)):
        ran = site.publish(*arguments, code=3)
        assert "article-1.md and article-2.md have the same address" in ran.err
        assert "(the version published before stays)" in ran.err
        assert site.tree() == before
    site.article("article-1.md", "Moved.", date="2026-11-02", slug="free")
    site.publish()
    assert site.output("2026/11/02/free/index.html").exists()
    assert not site.output("2026/11/01").exists()


def test_an_article_that_became_a_redirect_leaves(site: Site) -> None:
    site.publish()
    site.write("articles/article-4.md", "---\nredirect: /elsewhere/\n---\n")
    site.publish()
    assert "Article-4" not in titles(site)


def test_output_can_be_deleted_whatever_became_of_the_sources(site: Site) -> None:
    import shutil

    site.write("articles/boat.png", b"not really a picture")
    path = site.article("boat.md", "![A boat](boat.png)")
    site.publish()
    path.write_bytes(b"---\ntitle: [\n---\n")
    (site.folder / "articles" / "boat.png").unlink()
    site.publish(code=3)
    shutil.rmtree(site.folder / "output")
    site.publish(code=3)
    assert "Boat" in titles(site)


def test_full_draws_all_again_and_mends_what_was_tampered_with(site: Site) -> None:
    site.publish()
    before = site.tree()
    feed = site.output("rss.xml")
    stat = feed.stat()
    feed.write_bytes(feed.read_bytes().replace(b"Article-1", b"Artifice1"))
    os.utime(feed, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    site.publish("--full")
    after = site.tree()
    assert after["rss.xml"][0] == before["rss.xml"][0]
    assert {n: t for n, t in after.items() if n != "rss.xml"} == {
        n: t for n, t in before.items() if n != "rss.xml"
    }


def test_a_locale_that_is_not_utf8_changes_no_path(site: Site) -> None:
    site.article("éI.md")
    site.publish()
    before = site.tree(), site.record()
    ran = site.run("publish", env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert ran.code == 0, ran.err
    assert (site.tree(), site.record()) == before
