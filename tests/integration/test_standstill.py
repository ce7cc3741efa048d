"""A run that would do nothing is found out by looking at files: whatever changed is noticed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.errors import TemplateError
from publisher.model import BuildPlan
from publisher.outputs.directory import DirectoryOutput
from publisher.publishing.publish import PublishOptions, publish
from publisher.publishing.still import Revised, Still, find_still
from publisher.readings import FileStat
from publisher.store import standstill
from publisher.store.lastrun import read_last_run
from publisher.store.standstill import Ahead
from tests.command import TIMEOUT
from tests.picture_samples import png
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.standing import LATER, kept, run, settled, stands_still

LOGO = CONFIG + "  theme: {logo: art/logo.png}\n"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(LOGO, {"art/logo.png": png(64, 64), "articles/boat.png": png(3, 2)})
    site.article("one.md", body="![A boat](boat.png)")
    site.article("two.md", date="2026-11-02")
    site.write("templates/web/site.css", (Path("templates/web/site.css")).read_bytes())
    return site


ASIDE = (
    "import sys\n"
    "from publisher.cli.commands import main\n"
    "from publisher.store import standstill\n"
    "from publisher.system import aside\n"
    "standstill._WORTH_A_COPY, standstill._MOMENT_NS = 0, -(10**18)\n"
    "aside.processors = lambda: 2\n"
    "main(sys.argv[1:])\n"
)


def run_aside(site: Site, *arguments: str) -> str:
    """What `publish` says where a copy of the process looks at output/."""
    done = subprocess.run(
        [sys.executable, "-c", ASIDE, "publish", *arguments],
        cwd=site.folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    return done.stdout


def test_a_copy_of_the_process_sees_the_same(site: Site) -> None:
    settled(site)
    before = kept(site).stat().st_mtime_ns
    assert "0 written, 0 removed" in run_aside(site, "--now", LATER)
    assert kept(site).stat().st_mtime_ns == before
    site.article("one.md", "Another text.")
    assert "1 read" in run_aside(site, "--now", LATER)
    found = site.tree()
    assert "Another text." in site.output("rss.xml").read_text(encoding="utf-8")
    site.publish("--full", "--now", LATER)
    assert site.tree() == found
    site.output("rss.xml").unlink()
    assert "1 written" in run_aside(site, "--now", LATER)
    assert site.tree().keys() == found.keys()


@pytest.mark.parametrize("worth_a_copy", [0, 1000])
@pytest.mark.parametrize("name", ["one.md", "80.md"])
def test_what_a_run_needs_is_fetched_once_and_only_where_it_does_something(
    site: Site, monkeypatch: pytest.MonkeyPatch, worth_a_copy: int, name: str
) -> None:
    """Also where what changed is none of those that are asked first."""
    monkeypatch.setattr("publisher.store.standstill._WORTH_A_COPY", worth_a_copy)
    monkeypatch.setattr("publisher.system.aside.processors", lambda: 2)
    for number in range(81):
        site.article(f"{number}.md")
    settled(site)
    fetched: list[str] = []

    def found() -> Still | Revised | None:
        return find_still(
            site.folder / "publisher.yaml",
            datetime.fromisoformat(LATER),
            ahead=Ahead(lambda: fetched.append(name), lambda files, _: " ".join(files).encode()),
        )

    assert isinstance(found(), Still)
    assert fetched == []
    site.article(name, "Another text.")
    site.settle()
    revised = found()
    assert isinstance(revised, Revised)
    assert [Path(path).name for path in revised.found.changed] == [name]
    assert fetched == [name]
    assert revised.found.read == os.fsencode(site.folder.resolve() / "articles" / name)
    site.output("rss.xml").unlink()
    assert found() is None, "more than one article is otherwise"


def test_what_changed_last_and_the_newest_articles_are_asked_first(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while a run fetches what it needs is seen where it looks afterwards."""
    monkeypatch.setattr("publisher.store.standstill._WORTH_A_COPY", 0)
    monkeypatch.setattr("publisher.system.aside.processors", lambda: 1)
    dates = {"old.md": "2026-10-01", "new.md": "2026-11-20", "newer.md": "2026-11-21"}
    dates |= {f"{number}.md": "2026-11-10" for number in range(60)} | {"last.md": "2026-10-02"}
    for name, date in dates.items():
        site.article(name, date=date)
    settled(site)

    def write(name: str) -> None:
        site.article(name, f"Written when {next(clock)} o'clock had passed.", date=dates[name])

    def is_asked_first(name: str) -> bool:
        write(name)
        site.settle()
        found = find_still(
            site.folder / "publisher.yaml",
            datetime.fromisoformat(LATER),
            ahead=Ahead(lambda: write("30.md"), lambda *_: b""),
        )
        assert isinstance(found, Revised)
        seen = {Path(path).name for path in found.found.changed}
        assert seen in ({name}, {name, "30.md"})
        run(site)
        return "30.md" in seen

    clock = count(1)
    assert is_asked_first("last.md")
    assert is_asked_first("newer.md")
    assert is_asked_first("new.md"), "also where a run over one article was the last"
    assert not is_asked_first("old.md")
    assert is_asked_first("old.md"), "now it changed last"


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


def test_a_configuration_saved_after_it_was_read_is_not_lost(site: Site) -> None:
    """It may wait for another run, and so for long, before it looks at anything."""
    config = load_config(site.folder / "publisher.yaml")
    configured(site)
    publish(
        config,
        PublishOptions(any_time=True),
        clock=lambda: datetime.fromisoformat(NOW),
        progress=lambda _what, _done, _total: None,
    )
    assert b"Carrier" not in site.output("index.html").read_bytes()
    assert "index.html" in run(site).written
    assert b"Carrier" in site.output("index.html").read_bytes()
    assert stands_still(site)


def test_it_is_noted_as_a_run(site: Site) -> None:
    settled(site)
    last = read_last_run(site.folder / ".publisher")
    assert last is not None
    assert last.good == datetime.fromisoformat(LATER)
    assert last.articles["listed"] == 2


def edited(site: Site) -> None:
    site.article("one.md", body="Other text.")


def same_size(site: Site) -> None:
    file = site.folder / "articles/two.md"
    before = file.stat()
    file.write_text(file.read_text().replace("Some", "Same"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def added(site: Site) -> None:
    site.article("more/three.md")


def removed(site: Site) -> None:
    (site.folder / "articles/two.md").unlink()


def renamed(site: Site) -> None:
    (site.folder / "articles/two.md").rename(site.folder / "articles/2.md")


def swapped(site: Site) -> None:
    one, two = (site.folder / f"articles/{name}.md" for name in ("one", "two"))
    aside = site.folder / "aside"
    one.rename(aside)
    two.rename(one)
    aside.rename(two)


def picture(site: Site) -> None:
    site.write("articles/boat.png", png(4, 2))


def sidecar(site: Site) -> None:
    site.write("articles/two.yaml", "title: Another\n")


def linked(site: Site) -> None:
    (site.folder / "articles/three.md").symlink_to("two.md")


def configured(site: Site) -> None:
    site.write("publisher.yaml", LOGO.replace("Courier", "Carrier"))


def logo(site: Site) -> None:
    site.write("art/logo.png", png(65, 64))


def template(site: Site) -> None:
    site.write("templates/web/site.css", "body { color: green }")


def new_template(site: Site) -> None:
    site.write("templates/web/_partials/footer.html", "<footer>Ours</footer>")


def page_gone(site: Site) -> None:
    site.output("index.html").unlink()


def page_changed(site: Site) -> None:
    site.output("rss.xml").write_text("broken")


def output_gone(site: Site) -> None:
    site.output("").rename(site.folder / "elsewhere")


def record_changed(site: Site) -> None:
    record = site.folder / "published.jsonl"
    record.write_bytes(record.read_bytes() + b"\n")


def record_gone(site: Site) -> None:
    (site.folder / "published.jsonl").unlink()


def state_gone(site: Site) -> None:
    (site.folder / ".publisher").rename(site.folder / ".elsewhere")


def cache_gone(site: Site) -> None:
    (site.folder / ".publisher/build.db").unlink()


def somebody_else(site: Site) -> None:
    site.write(".publisher/publisher.db-wal", b"an issue was approved")


def half_written(site: Site) -> None:
    kept(site).write_bytes(kept(site).read_bytes()[:-20])


def of_another_form(site: Site) -> None:
    kept(site).write_text(json.dumps(json.loads(kept(site).read_bytes()) | {"form": 0}))


def tool(site: Site) -> None:
    site.write("hugo.toml", "")


def vault(site: Site) -> None:
    site.write("articles/.obsidian/app.json", "{}")


def note(site: Site) -> None:
    site.write("issues/weekly/next.md", "A word before.")


def hidden_template(site: Site) -> None:
    """It is none: nothing is drawn by it, and nobody looks at it."""
    site.write("templates/.parts/note.html", "A note.")


CHANGES = (
    *(edited, same_size, added, removed, renamed, swapped, picture, sidecar, linked, configured),
    *(logo, template, new_template, page_gone, page_changed, output_gone, record_changed),
    *(
        record_gone,
        state_gone,
        cache_gone,
        somebody_else,
        half_written,
        of_another_form,
        note,
        tool,
        vault,
    ),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_noticed(site: Site, change: Callable[[Site], None]) -> None:
    settled(site)
    change(site)
    assert not stands_still(site)
    tree = {path: data for path, (data, _) in site.tree().items()}
    run(site, full=True)
    assert {path: data for path, (data, _) in site.tree().items()} == tree
    assert stands_still(site)


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"date": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
        ({"expires": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
        ({"updated": "2026-11-22T10:00:00Z"}, "2026-11-22T10:00:00Z"),
    ],
)
def test_what_time_alone_changes_is_noticed(site: Site, fields: dict[str, str], when: str) -> None:
    site.article("timed.md", **fields)
    settled(site)
    assert stands_still(site, now="2026-11-22T09:59:59Z")
    assert not stands_still(site, now=when)
    assert stands_still(site, now="2027-11-22T09:59:59Z")


def test_no_newsletter_misses_its_slot(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    run(site, now=NOW)
    site.article("two.md", date="2026-11-22")
    run(site, now=NOW)
    assert stands_still(site)
    assert stands_still(site, now="2026-11-22T23:59:59Z")
    assert len(run(site, now="2026-11-23T00:00:00Z").issues) == 1, "Monday at seven in Jakarta"


def test_a_clock_that_was_set_back_is_noticed(site: Site) -> None:
    settled(site)
    assert not stands_still(site, now="2026-11-22T07:59:59Z")


def test_a_folder_that_only_a_link_shows_is_looked_into_by_every_run(site: Site) -> None:
    """The link ends in a hidden one; a file in it says nothing of itself by the folder's time."""
    hidden = site.folder / "articles/.content/posts"
    hidden.mkdir(parents=True)
    (site.folder / "articles/posts").symlink_to(hidden)
    article = site.article(".content/posts/fog.md")
    site.settle()
    run(site, now=NOW)
    assert b"Fog" in site.output("index.html").read_bytes()
    with article.open("a") as text:
        text.write("\nMore of it.\n")
    site.settle()
    assert run(site).opened == 1
    assert b"More of it." in site.output("rss.xml").read_bytes()


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


def test_a_record_that_others_write_meanwhile_is_noticed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git pull` does while files are moved into place."""
    applied = DirectoryOutput.apply
    record = site.folder / "published.jsonl"

    def pulled(output: DirectoryOutput, plan: BuildPlan) -> tuple[str, ...]:
        written = applied(output, plan)
        record.write_bytes(record.read_bytes() + b"\n")
        return written

    site.settle()
    with monkeypatch.context() as patched:
        patched.setattr(DirectoryOutput, "apply", pulled)
        run(site, now=NOW)
    assert not stands_still(site)


def test_the_code_of_before_leaves_nothing_behind_for_that_of_now(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer runs on by the modules that it has, whatever was installed meanwhile."""
    settled(site)
    with monkeypatch.context() as installed:
        installed.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
        for _ in range(2):
            run(site)
            assert not kept(site).exists()
        installed.setattr(standstill, "_DONE_BY", [])
        assert not stands_still(site), "the new one looks at all"
        assert stands_still(site)


def test_a_place_of_libraries_may_change_while_a_process_runs(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compiled for the first time changes its time; that is looked into once."""
    libraries = tmp_path / "site-packages"
    libraries.mkdir()
    monkeypatch.syspath_prepend(str(libraries))
    settled(site)
    (libraries / "__pycache__").mkdir()
    assert not stands_still(site)
    assert stands_still(site)


def test_a_second_name_of_its_code_is_no_change(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a backup makes one, or a build of a package."""
    package = tmp_path / "package"
    shutil.copytree(standstill._PACKAGE / "store", package)
    monkeypatch.setattr(standstill, "_PACKAGE", package)
    monkeypatch.setattr(standstill, "_DONE_BY", [])
    settled(site)
    (tmp_path / "second").hardlink_to(package / "build.py")
    assert stands_still(site)
    (package / "build.py").write_text("")
    assert not stands_still(site)


def test_other_code_is_noticed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(site)
    monkeypatch.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
    assert not stands_still(site)


def test_code_that_is_replaced_while_a_run_goes_on_is_noticed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(site)
    site.article("one.md", body="![A boat](boat.png)\n\nMore.")
    site.settle()
    drawn = DirectoryOutput.apply

    def replaced(output: DirectoryOutput, plan: BuildPlan) -> tuple[str, ...]:
        monkeypatch.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
        return drawn(output, plan)

    monkeypatch.setattr(DirectoryOutput, "apply", replaced)
    assert run(site).opened == 1
    assert not stands_still(site), "what was done was done by the code before"


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


def test_of_many_files_those_are_named_that_hold_something_else(
    make_site: Callable[..., Site],
) -> None:
    files = {f"articles/{place:03}.png": png(2, 2) for place in range(260)}
    site = make_site(CONFIG, files)
    site.article("one.md")
    settled(site)
    others = {f"articles/{place:03}.png" for place in (0, 99, 100, 101, 259)}
    for name in others:
        site.write(name, png(3, 2))
    site.settle()
    found = find_still(
        site.folder / "publisher.yaml",
        datetime.fromisoformat(LATER),
        state=site.folder / ".publisher",
    )
    assert isinstance(found, Revised)
    top = f"{(site.folder / 'articles').resolve()}/"
    assert set(found.found.changed) == {top + name.removeprefix("articles/") for name in others}
    below = found.found.seen.inputs.below(top)
    assert below is not None
    lie = (site.folder / "articles/099.png").stat()
    assert list(below) == sorted(below), "as sources list them"
    assert below["099.png"] == FileStat(lie.st_mtime_ns, lie.st_ctime_ns, lie.st_size, lie.st_ino)
    assert "one.md" in below
    assert len(below) == len(files) + 1
    with pytest.raises(KeyError):
        below["two.md"]
