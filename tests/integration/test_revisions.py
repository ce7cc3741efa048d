"""A run after which the words of some articles are others looks at no other article."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.config.load import load_config
from publisher.errors import OutputError, PublisherError, StoreError
from publisher.outputs.directory import DirectoryOutput
from publisher.publishing import rereading
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.publishing.still import Revised, find_still
from publisher.store import standstill
from publisher.store.build import BuildStore
from publisher.store.lastrun import read_last_run
from tests import runs
from tests.picture_samples import png
from tests.runs import Surveys, publish_here
from tests.sites import CONFIG, NOW, UNJUDGED, Site

surveys = runs.surveys

LATER = "2026-11-22T09:00:00Z"
MANY = """\
feeds: [{name: main, limit: 4}, {name: pier, path: pier, select: {tags: [pier]}}]
feeds_for: {tags: true, authors: true, languages: true}
"""
WHOLE = "---\ntitle: {name}\ndate: 2026-11-0{day}\nauthor: Ana\ntags: [pier, sea]\n---\n\n{body}\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + MANY)
    for day in range(1, 9):
        put(site, day, f"What happened on day {day}.")
    site.write("articles/boat.png", png(30, 20))
    site.article("boat.md", body="![A boat](boat.png)\n\nSee [the first](day1.md).")
    site.article("kapal.md", body="Sebuah kapal.", language="id", translation="boat")
    site.article("over.md", body="Long ago.", expires="2026-11-20")
    site.article("later.md", body="Not yet.", date="2026-12-24")
    site.article("old.md", aliases="[/once/]")
    site.article("draft.md", body="Not at all.", draft="true")
    site.settle()
    run(site, now=NOW)
    return site


def put(site: Site, day: int, body: str) -> Path:
    return site.write(f"articles/day{day}.md", WHOLE.format(name=f"Day {day}", day=day, body=body))


def run(site: Site, *, now: str = LATER, ahead: bool = True, full: bool = False) -> PublishReport:
    instant = datetime.fromisoformat(now).astimezone(UTC)
    options = PublishOptions(any_time=True, full=full)
    report = publish_here(site, instant, options, ahead=ahead and not full)
    site.settle()
    return report


def built_anew(site: Site, *, now: str = LATER) -> tuple[dict[str, bytes], bytes]:
    """What a run over all gives, of the same folder and record as they were before."""
    run(site, now=now, full=True)
    return {name: data for name, (data, _) in site.tree().items()}, record(site)


def record(site: Site) -> bytes:
    return (site.folder / "published.jsonl").read_bytes()


def state_of(site: Site) -> tuple[dict[str, bytes], bytes]:
    return {name: data for name, (data, _) in site.tree().items()}, record(site)


def copy_of(site: Site, folder: Path) -> Site:
    shutil.copytree(site.folder, folder, symlinks=True)
    return Site(folder)


def revise_one(site: Site) -> None:
    put(site, 8, "What really happened.")


def revise_the_oldest(site: Site) -> None:
    put(site, 1, "What really happened, *long ago*, and <https://else.example/>.")


def revise_three(site: Site) -> None:
    for day in (1, 4, 7):
        put(site, day, "What really happened.\n\n> Quoted.")


def revise_beside_a_picture(site: Site) -> None:
    site.article("boat.md", body="![A boat](boat.png)\n\nSee [the very first](day1.md) of them.")


def revise_a_version(site: Site) -> None:
    site.article("kapal.md", body="Dua kapal.", language="id", translation="boat")


def only_touched(site: Site) -> None:
    (site.folder / "articles/day3.md").touch()


def revised_before_1970(site: Site) -> None:
    os.utime(put(site, 3, "What really happened."), ns=(-(10**18), -(10**18)))


def retitled(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("title: Day 2", "title: Day two"))


def corrected(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("tags:", "correction: It was day 3.\ntags:"))


def with_another_link(site: Site) -> None:
    put(site, 6, "See [the second](day2.md).")


def dated_again(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("tags:", "updated: 2026-11-21\ntags:") + "More.\n")


REVISIONS = (
    *(revise_one, revise_the_oldest, revise_three, revise_beside_a_picture),
    *(revise_a_version, only_touched, revised_before_1970, retitled),
    *(corrected, with_another_link, dated_again),
)


@pytest.mark.parametrize("ahead", [True, False], ids=["command", "timer"])
@pytest.mark.parametrize("edit", REVISIONS, ids=lambda edit: str(edit.__name__))
def test_only_what_shows_the_words_is_drawn(
    site: Site, surveys: Surveys, tmp_path: Path, edit: Callable[[Site], None], ahead: bool
) -> None:
    before = site.tree()
    edit(site)
    site.settle()
    other = copy_of(site, tmp_path / "other")
    report = run(site, ahead=ahead)
    assert surveys.count == 0, "it looked at all articles"
    assert state_of(site) == built_anew(other)
    changed = {name for name, kept in site.tree().items() if before[name] != kept}
    assert set(report.written) == changed
    assert report.opened == (3 if edit is revise_three else 1)
    assert report.kept == len(before.keys() - {".gitignore"}) - len(changed)
    assert report.counts["listed"] == 11
    again = run(site, ahead=ahead)
    assert (again.opened, again.written, surveys.count) == (0, (), 1), "1 is the full build"


def test_issues_stay_as_they_were_sent(site: Site, surveys: Surveys, tmp_path: Path) -> None:
    site.write("publisher.yaml", CONFIG + MANY + UNJUDGED + "web: {compress: [gzip]}\n")
    run(site)  # makes the first issue
    run(site)
    surveys.count = 0
    revise_one(site)
    site.settle()
    other = copy_of(site, tmp_path / "other")
    report = run(site)
    assert surveys.count == 0
    assert not [name for name in report.written if name.startswith("newsletters/")]
    assert state_of(site) == built_anew(other)


def test_one_revision_follows_another_and_is_taken_back(
    site: Site, surveys: Surveys, tmp_path: Path
) -> None:
    first = state_of(site)
    for body in ("Other words.", "Words still other.", "What happened on day 5."):
        put(site, 5, body)
        site.settle()
        run(site)
    assert surveys.count == 0
    other = copy_of(site, tmp_path / "other")
    assert state_of(site) == built_anew(other)
    assert state_of(site)[0]["2026/11/05/day5/index.html"] != first[0]["2026/11/05/day5/index.html"]


def redated(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("2026-11-02", "2026-11-12"))


def retagged(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("[pier, sea]", "[pier, fish]"))


def with_another_picture(site: Site) -> None:
    site.write("articles/boat.png", png(40, 20))


def without_its_picture(site: Site) -> None:
    site.article("boat.md", body="See [the first](day1.md).")


def with_a_link_to_nothing(site: Site) -> None:
    put(site, 6, "![Nothing](nothing.png)")


def added(site: Site) -> None:
    site.article("more.md")


def removed(site: Site) -> None:
    (site.folder / "articles/day2.md").unlink()


def renamed(site: Site) -> None:
    (site.folder / "articles/day2.md").rename(site.folder / "articles/second.md")


def swapped(site: Site) -> None:
    one, two = (site.folder / f"articles/day{day}.md" for day in (1, 2))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)


def broken(site: Site) -> None:
    site.write("articles/day2.md", "---\ntitle: Day 2\ndate: 2026-02-31\n---\nText.\n")


def withdrawn(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    site.write("articles/day2.md", text.replace("tags:", "retract: true\ntags:"))


def corrected_in_time(site: Site) -> None:
    text = (site.folder / "articles/day2.md").read_text()
    told = "correction: {text: It was day 3., date: 2026-12-24}"
    site.write("articles/day2.md", text.replace("tags:", f"{told}\ntags:"))


def retitled_with_an_alias(site: Site) -> None:
    text = (site.folder / "articles/old.md").read_text()
    site.write("articles/old.md", text.replace("title: Old", "title: Older"))


def expired_revised(site: Site) -> None:
    site.article("over.md", body="Longer ago.", expires="2026-11-20")


def draft_revised(site: Site) -> None:
    site.article("draft.md", body="Not at all, no.", draft="true")


def configured(site: Site) -> None:
    site.write("publisher.yaml", (CONFIG + MANY).replace("limit: 4", "limit: 5"))


def one_and_another(site: Site) -> None:
    revise_one(site)
    retagged(site)


def one_and_new(site: Site) -> None:
    revise_one(site)
    added(site)


MORE = (
    *(redated, retagged, with_another_picture, without_its_picture, retitled_with_an_alias),
    *(with_a_link_to_nothing, added, removed, renamed, swapped, broken, withdrawn),
    *(corrected_in_time, expired_revised, draft_revised, configured, one_and_another, one_and_new),
)


@pytest.mark.parametrize("edit", MORE, ids=lambda edit: str(edit.__name__))
def test_whatever_is_more_than_words_is_looked_at_whole(
    site: Site, surveys: Surveys, tmp_path: Path, edit: Callable[[Site], None]
) -> None:
    edit(site)
    site.settle()
    other = copy_of(site, tmp_path / "other")
    run(site)
    assert surveys.count == 1
    assert state_of(site) == built_anew(other)


def test_what_a_copy_looked_into_is_not_looked_into_again(
    site: Site, surveys: Surveys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Wherever that is done: there is no copy where an earlier test left a thread."""
    note = tmp_path / "asked"
    find = rereading.find_edits

    def noting(*arguments: Any) -> Any:
        with note.open("a") as asked:
            asked.write(".")
        return find(*arguments)

    monkeypatch.setattr("publisher.system.aside.processors", lambda: 2)
    monkeypatch.setattr(rereading, "find_edits", noting)
    retagged(site)
    site.settle()
    run(site)
    assert (note.read_text(), surveys.count) == (".", 1)


def test_what_a_copy_failed_of_is_told_as_ever(site: Site) -> None:
    """Also to those who look at how things are, and not a second time after half a minute more."""
    revise_one(site)
    site.settle()
    with closing(sqlite3.connect(site.folder / ".publisher/build.db")) as cache:
        cache.execute("PRAGMA user_version = 9999")
    for _ in range(2):
        with pytest.raises(StoreError, match="newer publisher"):
            run(site)
        last = read_last_run(site.folder / ".publisher")
        assert last is not None
        assert "newer publisher" in last.failed


def test_a_revision_that_cannot_be_written_is_made_up_for(
    site: Site, surveys: Surveys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(site, 5, "Other words.")
    site.settle()
    other = copy_of(site, tmp_path / "other")
    with monkeypatch.context() as patch:

        def failing(*_: object) -> None:
            raise OutputError("the disk is full")

        patch.setattr(DirectoryOutput, "apply", failing)
        with pytest.raises(PublisherError):
            run(site)
    report = run(site)
    assert surveys.count == 1, "it went by what a run left behind that did not end"
    assert report.exit_code == 0
    assert state_of(site) == built_anew(other)


def test_the_record_is_written_only_where_it_changes(site: Site, surveys: Surveys) -> None:
    file = site.folder / "published.jsonl"
    before = file.stat()
    only_touched(site)
    site.settle()
    assert run(site).opened == 1
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert surveys.count == 0


def test_what_another_run_did_meanwhile_counts(
    site: Site, surveys: Surveys, tmp_path: Path
) -> None:
    put(site, 5, "Other words.")
    site.settle()
    config = load_config(site.folder / "publisher.yaml")
    assert config.file is not None
    found = find_still(config.file, datetime.fromisoformat(LATER))
    assert isinstance(found, Revised)
    put(site, 6, "Others too.")
    site.settle()
    run(site)
    other = copy_of(site, tmp_path / "other")
    publish(
        config,
        PublishOptions(any_time=True, is_new=True, revised=found),
        clock=lambda: datetime.fromisoformat(LATER),
        progress=lambda _what, _done, _total: None,
    )
    assert surveys.count == 1
    assert state_of(site) == built_anew(other)


def test_of_several_sources_no_text_is_left_in_the_cache(site: Site, surveys: Surveys) -> None:
    site.write(
        "publisher.yaml",
        CONFIG + MANY + "sources: [{name: articles}, {name: notes, path: notes}]\n",
    )
    site.write("notes/note.md", "---\ntitle: Note\ndate: 2026-11-03\n---\nA note.\n")
    run(site)
    surveys.count = 0
    path = site.folder / ".publisher/build.db"
    with closing(BuildStore(path, aside=True)) as build:
        (was,) = (known.reading.document for known in build.files("notes").values())
        assert was is not None
        assert "A note." in build.body(was.body_key)
    revise_one(site)
    site.write("notes/note.md", "---\ntitle: Note\ndate: 2026-11-03\n---\nAnother note.\n")
    site.settle()
    run(site)
    assert surveys.count == 0
    assert b"Another note." in site.output("2026/11/03/note/index.html").read_bytes()
    lacks = pytest.raises(StoreError, match="lacks an article's text")
    with closing(BuildStore(path, aside=True)) as build, lacks:
        build.body(was.body_key)


def test_a_configuration_saved_meanwhile_counts(
    site: Site, surveys: Surveys, tmp_path: Path
) -> None:
    revise_one(site)
    site.settle()
    found = find_still(site.folder / "publisher.yaml", datetime.fromisoformat(LATER))
    assert isinstance(found, Revised)
    configured(site)
    site.settle()
    other = copy_of(site, tmp_path / "other")
    publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True, is_new=True, revised=found),
        clock=lambda: datetime.fromisoformat(LATER),
        progress=lambda _what, _done, _total: None,
    )
    assert surveys.count == 1
    assert state_of(site) == built_anew(other)


def test_a_link_that_leads_elsewhere_now_is_noticed(site: Site, surveys: Surveys) -> None:
    folder = site.folder / "articles"
    shutil.copytree(folder, site.folder / "first")
    shutil.copytree(folder, site.folder / "second")
    shutil.rmtree(folder)
    folder.symlink_to("first")
    run(site)
    (site.folder / "second/more.md").write_text("---\ntitle: More\ndate: 2026-11-03\n---\nText.\n")
    assert run(site).opened == 0
    surveys.count = 0
    folder.unlink()
    folder.symlink_to("second")
    report = run(site)
    assert surveys.count == 1
    assert "2026/11/03/more/index.html" in report.written


def test_an_included_file_is_a_part_of_others(site: Site, surveys: Surveys, tmp_path: Path) -> None:
    """Whoever includes an article has its words."""
    site.article("part.md", body="A part.")
    site.article("whole.md", body="Before it. {% include_relative part.md %}")
    run(site)
    surveys.count = 0
    site.article("part.md", body="Another part.")
    site.settle()
    other = copy_of(site, tmp_path / "other")
    run(site)
    assert surveys.count == 1
    assert b"Another part." in site.output("2026/11/01/whole/index.html").read_bytes()
    assert state_of(site) == built_anew(other)


def test_what_a_revision_includes_is_a_part_of_others_too(site: Site, tmp_path: Path) -> None:
    put(site, 6, "Before it.\n\n{% include_relative day2.md %}")
    site.settle()
    run(site)
    put(site, 2, "Another part.")
    site.settle()
    other = copy_of(site, tmp_path / "other")
    run(site)
    assert b"Another part." in site.output("2026/11/06/day6/index.html").read_bytes()
    assert state_of(site) == built_anew(other)


def as_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def as_a_socket(file: Path) -> None:
    file.unlink()
    with closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(str(file))


@pytest.mark.parametrize("become", [as_a_pipe, as_a_socket])
def test_what_is_no_file_any_more_is_no_revision(
    site: Site, surveys: Surveys, become: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site.folder / "articles")  # the name of a socket has to be short
    become(Path("day4.md"))
    site.settle()
    report = run(site)
    assert surveys.count == 1
    assert "2026/11/04/day4/index.html" in report.removed


def test_a_file_whose_name_is_no_text_is_looked_at_whole(site: Site, surveys: Surveys) -> None:
    odd = os.fsencode(site.folder / "articles") + b"/\xff.png"
    Path(os.fsdecode(odd)).write_bytes(png(3, 3))
    site.settle()
    run(site)
    surveys.count = 0
    Path(os.fsdecode(odd)).write_bytes(png(5, 5))
    put(site, 8, "What really happened.")
    site.settle()
    assert run(site).opened == 1
    assert surveys.count == 1


BESIDE = {
    "side.txt": "It has its header beside it.\n",
    "side.yaml": "title: Side\ndate: 2026-11-03\n",
    "post.md": "It has its header in lines.\n",
    "post.meta": ".. title: Post\n.. date: 2026-11-04\n",
    "fog.md": WHOLE.format(name="Fog", day=5, body="Fog."),
    "fog.id.md": WHOLE.format(name="Kabut", day=5, body="Kabut."),
    "README.md": "What the folder is for.\n",
    "guide.md": WHOLE.format(name="Guide", day=6, body="[Read me](README.md), [fog](fog.md)."),
}


@pytest.mark.parametrize("name", ["side.txt", "post.md", "fog.md", "fog.id.md", "guide.md"])
def test_what_lies_beside_a_revision_counts_as_before(
    site: Site, surveys: Surveys, tmp_path: Path, name: str
) -> None:
    for file, text in BESIDE.items():
        site.write(f"articles/{file}", text)
    site.settle()
    assert {"2026/11/03/side/index.html", "2026/11/04/post/index.html"} <= {*run(site).written}
    surveys.count = 0
    site.write(f"articles/{name}", f"{BESIDE[name]}\nMore of [fog](fog.md).\n")
    site.settle()
    other = copy_of(site, tmp_path / "other")
    assert any(path.endswith("/index.html") for path in run(site).written)
    assert surveys.count == 0
    assert state_of(site) == built_anew(other)


def test_a_folder_may_have_another_name(site: Site, surveys: Surveys, tmp_path: Path) -> None:
    """What lies in a folder is read by the name of a link to it, too."""
    part = "---\ntitle: {}\ndate: 2026-11-03\n---\n{}\n"
    site.write("articles/coast/part.md", part.format("Part", "A part."))
    (site.folder / "articles/shore").symlink_to("coast")
    site.article("whole.md", body="Before it. {% include_relative shore/part.md %}")
    site.write("publisher.yaml", CONFIG + MANY + "sources: [{name: articles, exclude: [shore/**]}]")
    site.settle()
    assert not run(site).problems
    surveys.count = 0
    site.write("articles/coast/part.md", part.format("Part", "Another part."))
    site.settle()
    other = copy_of(site, tmp_path / "other")
    run(site)
    assert surveys.count == 1
    assert b"Another part." in site.output("2026/11/01/whole/index.html").read_bytes()
    assert state_of(site) == built_anew(other)


def test_the_command_does_so(site: Site) -> None:
    put(site, 5, "Other words.")
    site.settle()
    ran = site.publish(now=LATER)
    assert "; 1 read" in ran.out
    assert b"Other words." in site.output("2026/11/05/day5/index.html").read_bytes()
