"""A run that would do nothing is found out by looking at files; it tells what the last one told."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from publisher.errors import TemplateError
from publisher.publishing.still import find_still
from publisher.store import standstill
from publisher.store.lastrun import read_last_run
from tests import standing
from tests.sites import CONFIG, NOW, Site
from tests.standing import LATER, kept, run, settled, stands_still

_no_waiting = standing.no_waiting
site = standing.site


def test_nothing_changed_says_the_same_again(site: Site) -> None:
    site.write("articles/bad.md", "---\ntitle: Bad\ndate: 2026-02-30\n---\nText.\n")
    site.article("odd.md", body="![Not there](missing.png)")
    first = run(site, now=NOW, code=3)
    tree = site.tree()
    again = run(site, code=3)
    assert again.counts == first.counts
    assert list(map(str, again.problems)) == list(map(str, first.problems))
    assert [p.mend for p in again.problems] == [p.mend for p in first.problems]
    assert again.warnings == first.warnings
    assert again.kept == len(first.written)
    assert again.output == first.output
    assert again.now == datetime.fromisoformat(LATER)
    assert site.tree() == tree


def test_what_a_run_tells_once_is_not_told_again(site: Site) -> None:
    """What another run finds in the record, a run that does nothing must not go on saying."""
    settled(site)
    site.article("moved.md", "Another text, which was the first.")
    (site.folder / "articles/one.md").unlink()
    suspicion = "articles/moved.md: may be one.md, renamed and edited in one step"
    assert [told for told in run(site).warnings if told.startswith(suspicion)] != []
    for _ in range(2):
        assert run(site).warnings == ()
    assert stands_still(site)


def test_it_is_noted_as_a_run(site: Site) -> None:
    settled(site)
    last = read_last_run(site.folder / ".publisher")
    assert last is not None
    assert last.good == datetime.fromisoformat(LATER)
    assert last.articles["listed"] == 2


def hidden_template(site: Site) -> None:
    """It is none: nothing is drawn by it, and nobody looks at it."""
    site.write("templates/.parts/note.html", "A note.")


def test_a_hidden_template_is_none(site: Site) -> None:
    site.write("templates/web/footer.html", '{% include ".parts/note.html" %}')
    site.write("templates/.parts/note.html", "A note.")
    site.settle()
    with pytest.raises(TemplateError):
        run(site)


RESOURCE_FORK = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        \xff\xfe{% broken"
"""What macOS puts beside each file on a disk of another kind (AppleDouble)."""


def test_what_macos_puts_beside_templates_is_none(site: Site) -> None:
    """It has their endings, and is no text."""
    site.write("templates/web/_partials/footer.html", "<footer>Ours</footer>")
    settled(site)
    tree = site.tree()
    for name in ("._web.html", "web/._site.css", "web/_partials/._footer.html", "._.DS_Store"):
        site.write(f"templates/{name}", RESOURCE_FORK)
    site.write("articles/._one.md", RESOURCE_FORK)
    site.settle()
    assert stands_still(site)
    run(site, full=True)
    assert site.tree() == tree
    assert site.run("check").code == 0
    site.write("templates/web/_partials/footer.html", "<footer>Others</footer>")
    assert not stands_still(site)
    assert b"<footer>Others</footer>" in site.output("index.html").read_bytes()
    assert stands_still(site)


def test_what_a_template_of_feeds_includes_is_a_part_of_feeds(site: Site) -> None:
    site.write("templates/feeds/entry.html", '{{ body }}{% include "shared/byline.html" %}')
    site.write("templates/shared/byline.html", "<p>By one.</p>")
    settled(site)
    assert b"By one." in site.output("rss.xml").read_bytes()
    site.write("templates/shared/byline.html", "<p>By another.</p>")
    site.settle()
    run(site)
    assert b"By another." in site.output("rss.xml").read_bytes()
    tree = {path: data for path, (data, _) in site.tree().items()}
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree


def test_of_two_that_changed_at_once_the_sitemap_tells_the_same_as_a_full_build(site: Site) -> None:
    """The same instant in another zone is written otherwise."""
    site.article("one.md", updated="2026-11-19T10:00:00Z")
    site.article("two.md", date="2026-11-02", updated="2026-11-20T12:00:00+02:00")
    settled(site)
    site.article("one.md", "Other text.", updated="2026-11-20T10:00:00Z")
    site.settle()
    assert run(site).opened == 1
    tree = {path: data for path, (data, _) in site.tree().items()}
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree


@pytest.mark.parametrize("other", ["2026-11-18T12:00:00+02:00", "2026-11-18T05:00:00-05:00"])
@pytest.mark.parametrize("more", [{"updated": "2026-11-20T10:00:00Z"}, {}])
def test_the_same_instant_in_another_zone_is_told_as_a_full_build_does(
    site: Site, other: str, more: dict[str, str]
) -> None:
    """Also where another article changed later, so that the home page's time stays."""
    site.article("one.md", date="2026-11-01", updated="2026-11-18T10:00:00Z")
    site.article("two.md", date="2026-11-02", **more)
    site.article("three.md", date="2026-11-01T08:00:00Z")
    settled(site)
    site.article("one.md", "Other text.", date="2026-11-01", updated=other)
    site.settle()
    assert run(site).opened == 1
    tree = {path: data for path, (data, _) in site.tree().items()}
    assert other.encode() in site.output("sitemap.xml").read_bytes()
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree
    site.article("three.md", date=other)
    site.settle()
    run(site)
    tree = {path: data for path, (data, _) in site.tree().items()}
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree


@pytest.mark.parametrize("option", ["full", "strict", "dry_run"])
def test_a_run_of_another_kind_looks_at_everything(site: Site, option: str) -> None:
    site.settle()
    run(site, strict=True)
    settled(site)
    report = run(site, **{option: True})
    assert report.opened == (2 if option == "full" else 0)
    if option == "dry_run":
        assert stands_still(site), "it changed nothing"


def test_what_was_written_a_moment_ago_is_looked_at_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standstill, "_MOMENT_NS", 3_600 * 10**9)
    run(site, now=NOW)
    assert not kept(site).exists()


@pytest.mark.parametrize(
    "more",
    [
        "hub: https://hub.example/\n",
        "sources:\n  - {name: a, path: articles, date: [field, git]}\n",
        "sources:\n  - {name: a, path: articles}\n  - {name: t, type: csv, path: t.csv}\n",
    ],
)
def test_what_files_do_not_decide_is_looked_at(make_site: Callable[..., Site], more: str) -> None:
    site = make_site(CONFIG + more, {"t.csv": "id,title,date\n1,Row,2026-11-01\n"})
    site.article("one.md")
    run(site, now=NOW)
    assert not kept(site).exists()


def test_a_run_that_failed_leaves_nothing_behind(site: Site) -> None:
    settled(site)
    site.write("templates/web/article.html", "{% broken")
    with pytest.raises(Exception, match=r"article\.html"):
        run(site)
    assert not kept(site).exists()


def test_a_folder_whose_name_is_no_text_harms_nothing(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    odd = Path(os.fsdecode(os.fsencode(site.folder) + b"\xff"))
    site.folder.rename(odd)
    site = Site(odd)
    site.settle()
    assert run(site).written
    assert run(site).written == ()


def test_a_state_folder_of_another_name_is_found(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + "state: kept\n")
    site.article("one.md")
    instant = datetime.fromisoformat(NOW)
    run(site, now=NOW)
    assert find_still(site.folder / "publisher.yaml", instant) is not None
    site.write("publisher.yaml", "state: [")
    assert find_still(site.folder / "publisher.yaml", instant) is None
