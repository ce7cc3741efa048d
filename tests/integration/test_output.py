"""output/ on disk: whole files, ours only, untouched when unchanged."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from errno import EPERM
from pathlib import Path

import pytest

from publisher.errors import OutputBusy, OutputError, TemplateError
from publisher.model import Artifact, ManifestEntry
from publisher.outputs.directory import DirectoryOutput
from publisher.outputs.lock import hold_lock
from publisher.outputs.remembered import Remembered
from publisher.outputs.sight import GITIGNORE
from publisher.plan import make_plan
from publisher.store.build import BuildStore
from tests.disks import fill, small_disk


class Site:
    """An output with its ledger; each `publish` is a run of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder = tmp_path / "output"
        self.state = tmp_path / "state" / "build.db"
        self.steps: list[tuple[str, int, int]] = []

    def publish(self, **files: str | None) -> list[str]:
        """Publish name=text; gives the paths that were written."""
        wanted = [_artifact(name.replace("__", "/"), text) for name, text in files.items()]
        store = BuildStore(self.state)
        try:
            output = DirectoryOutput(
                self.folder,
                store,
                lambda what, done, total: self.steps.append((what, done, total)),
                site_url="https://x.example/",
            )
            plan = make_plan(wanted, output.manifest(), output.intact())
            with output.stage(plan):
                output.apply(plan)
            store.commit()
            return [a.path for a in plan.write]
        finally:
            store.close()

    def files(self) -> dict[str, str]:
        return {
            p.relative_to(self.folder).as_posix(): p.read_text(encoding="utf-8")
            for p in sorted(self.folder.rglob("*"))
            if p.is_file() and p.name != ".gitignore"
        }

    def touched(self, path: str) -> tuple[int, int, int]:
        """What changes when a file is written, and not when it is read."""
        stat = (self.folder / path).stat()
        return stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns


def _artifact(path: str, text: str | None) -> Artifact:
    def render() -> bytes:
        if text is None:
            raise TemplateError("cannot be drawn")
        return text.encode()

    return Artifact(path=path, media_type="text/plain", fingerprint=str(text), render=render)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_files_are_written_kept_and_removed(site: Site) -> None:
    assert site.publish(a="1", b__c__d="2") == ["a", "b/c/d"]
    before = site.touched("a")
    assert site.publish(a="1", e="3") == ["e"]
    assert site.files() == {"a": "1", "e": "3"}
    assert site.touched("a") == before
    assert not (site.folder / "b").exists()
    assert (site.folder / ".gitignore").read_text(encoding="utf-8") == GITIGNORE


def test_a_file_that_cannot_be_drawn_leaves_everything_as_it_was(site: Site) -> None:
    site.publish(a="1", b="1")
    with pytest.raises(TemplateError):
        site.publish(a="2", b=None)
    assert site.files() == {"a": "1", "b": "1"}
    assert sorted(p.name for p in site.folder.iterdir()) == [".gitignore", "a", "b"]


PAGE = '<link rel="canonical" href="https://x.example/">'


def test_a_generated_folder_whose_ledger_is_lost_is_known_by_sight(site: Site) -> None:
    files = {"index.html": PAGE, "robots.txt": "1", "old__index.html": PAGE}
    site.publish(**files)
    (site.folder / "CNAME").write_text("theirs", encoding="utf-8")
    before = (site.folder / "index.html").stat()
    site.state.unlink()
    files.pop("old__index.html")
    assert site.publish(**files) == ["index.html", "robots.txt"]
    after = (site.folder / "index.html").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert site.files() == {"index.html": PAGE, "robots.txt": "1", "CNAME": "theirs"}


def test_only_a_feed_of_this_site_is_taken_for_ours(site: Site) -> None:
    feed = "<rss><channel><link>https://x.example/tags/boats/</link>"
    site.publish(**{"index.html": PAGE, "tags__boats__rss.xml": feed})
    (site.folder / "blog").mkdir()
    (site.folder / "blog" / "rss.xml").write_text("theirs", encoding="utf-8")
    site.state.unlink()
    site.publish(**{"index.html": PAGE})
    assert site.files() == {"index.html": PAGE, "blog/rss.xml": "theirs"}


def test_the_folder_of_another_site_is_not_taken_over(site: Site, tmp_path: Path) -> None:
    site.publish(**{"index.html": PAGE.replace("x.example", "other.example")})
    site.state.unlink()
    with pytest.raises(OutputError, match="was not written by publisher"):
        site.publish(**{"index.html": PAGE})


def test_what_was_written_after_a_backup_is_known_when_it_is_put_back(site: Site) -> None:
    site.publish(**{"index.html": PAGE})
    backup = site.state.read_bytes()
    site.publish(**{"index.html": PAGE + "2", "new__index.html": PAGE})
    (site.folder / "CNAME").write_text("theirs", encoding="utf-8")
    (site.folder / "blog").mkdir()
    (site.folder / "blog" / "rss.xml").write_text("theirs", encoding="utf-8")
    site.state.write_bytes(backup)
    with pytest.raises(OutputError, match="CNAME: was not written by publisher"):
        site.publish(**{"index.html": PAGE + "2", "CNAME": "ours"})
    site.publish(**{"index.html": PAGE + "2", "new__index.html": PAGE})
    theirs = {"CNAME": "theirs", "blog/rss.xml": "theirs"}
    assert site.files() == {"index.html": PAGE + "2", "new/index.html": PAGE} | theirs


def test_a_page_that_its_author_replaced_is_not_removed(site: Site) -> None:
    site.publish(a="1", b="1")
    (site.folder / "b").write_text("theirs now", encoding="utf-8")
    site.publish(a="1")
    assert site.files() == {"a": "1", "b": "theirs now"}


def test_removal_does_not_follow_links_out(site: Site, tmp_path: Path) -> None:
    site.publish(a="1", b__c="2")
    mine = tmp_path / "mine"
    (site.folder / "b").rename(mine)
    (site.folder / "b").symlink_to(mine)
    site.publish(a="1")
    assert (mine / "c").read_text(encoding="utf-8") == "2"


def test_nothing_is_moved_when_something_is_in_the_way(site: Site) -> None:
    site.publish(a="1", b="1")
    (site.folder / "b").unlink()
    (site.folder / "b").mkdir()
    (site.folder / "b" / "theirs").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="theirs: was not written"):
        site.publish(a="2", b="2")
    assert site.files() == {"a": "1", "b/theirs": "x"}
    (site.folder / "c").write_text("a file where a folder must go", encoding="utf-8")
    with pytest.raises(OutputError, match="output/c: was not written"):
        site.publish(a="2", c__d="2")
    assert site.files()["a"] == "1"
    assert not (site.folder / ".publisher-staged").exists()


def test_no_gitignore_is_put_beside_the_files_of_others(site: Site) -> None:
    site.folder.mkdir()
    (site.folder / "theirs").write_text("x", encoding="utf-8")
    site.publish(a="1")
    site.publish(a="2")
    assert not (site.folder / ".gitignore").exists()


def test_a_damaged_or_deleted_file_of_ours_is_mended(site: Site) -> None:
    site.publish(a="1", b="1")
    (site.folder / "a").write_text("tampered", encoding="utf-8")
    (site.folder / "b").unlink()
    assert site.publish(a="1", b="1") == ["a", "b"]
    assert site.files() == {"a": "1", "b": "1"}


def test_files_of_others_are_never_touched(site: Site) -> None:
    site.publish(a__b="1")
    (site.folder / "CNAME").write_text("x", encoding="utf-8")
    (site.folder / "a" / "note").write_text("y", encoding="utf-8")
    site.publish(c="2")
    assert site.files() == {"CNAME": "x", "a/note": "y", "c": "2"}
    with pytest.raises(OutputError, match="was not written by publisher"):
        site.publish(c="2", CNAME="ours")
    assert site.files()["CNAME"] == "x"


def test_a_folder_full_of_other_things_is_not_taken_over(site: Site) -> None:
    site.folder.mkdir()
    (site.folder / "a").write_text("theirs", encoding="utf-8")
    with pytest.raises(OutputError, match="was not written by publisher"):
        site.publish(a="ours")
    assert site.files() == {"a": "theirs"}


def test_a_link_that_leads_out_is_not_followed(site: Site, tmp_path: Path) -> None:
    site.publish(a="1")
    outside = tmp_path / "outside"
    outside.mkdir()
    (site.folder / "b").symlink_to(outside)
    with pytest.raises(OutputError, match="would lie outside"):
        site.publish(a="1", b__c="2")
    assert list(outside.iterdir()) == []


def test_a_file_becomes_a_folder_and_back(site: Site) -> None:
    site.publish(a="1")
    site.publish(a__b="2")
    assert site.files() == {"a/b": "2"}
    site.publish(a="3")
    assert site.files() == {"a": "3"}


def test_what_a_killed_run_left_is_cleared_away(site: Site) -> None:
    site.publish(a="1")
    staged = site.folder / ".publisher-staged" / "deep"
    staged.mkdir(parents=True)
    (staged / "half").write_text("…", encoding="utf-8")
    site.publish(a="1")
    assert not (site.folder / ".publisher-staged").exists()


def test_a_name_that_the_disk_does_not_take_changes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(a="1")
    monkeypatch.setattr(os, "pathconf", lambda *_: 143)  # as on an encrypted home
    with pytest.raises(OutputError, match="143 bytes") as told:
        site.publish(a="2", **{"b__" + "é" * 72: "1"})
    assert told.value.mend
    assert site.files() == {"a": "1"}
    site.publish(a="2", **{"b__" + "é" * 71: "1"})
    assert site.files()["a"] == "2"


def test_an_unwritable_output_is_an_error_of_ours(site: Site) -> None:
    site.folder.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        site.publish(a="1")


@pytest.fixture
def parted(site: Site) -> Iterator[Site]:
    """A folder within the output is another disk."""
    with small_disk(site.folder / "media", "1m"):
        yield site


def test_a_folder_within_may_be_another_disk(parted: Site) -> None:
    assert parted.publish(media__a="1", media__b__c="1", d="1") == ["media/a", "media/b/c", "d"]
    before = parted.touched("media/a")
    assert parted.publish(media__a="1", media__b__c="2", media__b__e="3") == [
        *("media/b/c", "media/b/e")
    ]
    assert parted.files() == {"media/a": "1", "media/b/c": "2", "media/b/e": "3"}
    assert parted.touched("media/a") == before
    assert parted.publish(media__a="1", media__b__c="2", media__b__e="3") == []
    assert parted.publish(media__a__f="4") == ["media/a/f"]
    assert parted.publish(media__a="5") == ["media/a"]
    assert [path.name for path in (parted.folder / "media").rglob("*")] == ["a"]
    assert parted.publish(d="1") == ["d"]
    assert list((parted.folder / "media").iterdir()) == []


def test_a_file_on_another_disk_is_whole_or_as_it_was(parted: Site) -> None:
    parted.publish(media__a="1", d="1")
    ballast = fill(parted.folder / "media")
    with pytest.raises(OutputError, match=f"the disk at {parted.folder}/media has too little room"):
        parted.publish(media__a="2" * 9000, d="2")
    assert (parted.folder / "media/a").read_text(encoding="utf-8") == "1"
    assert sorted(p.name for p in (parted.folder / "media").iterdir()) == ["a", "ballast"]
    ballast.unlink()
    assert parted.publish(media__a="2" * 9000, d="2") == ["media/a", "d"]


def test_a_run_that_fails_half_way_does_not_say_that_all_is_as_it_was(parted: Site) -> None:
    parted.publish(d="1", media__a="1")
    ballast = fill(parted.folder / "media")
    with pytest.raises(OutputError) as told:
        parted.publish(d="2", media__a="2" * 9000)
    assert parted.files()["d"] == "2"
    assert "what is not in place yet is put there by the next run" in (told.value.mend or "")
    assert "as it was" not in f"{told.value}{told.value.mend}"
    ballast.unlink()


def test_another_disk_need_not_take_times_and_modes(
    parted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object, **_more: object) -> None:
        raise PermissionError(EPERM, "Operation not permitted")

    monkeypatch.setattr(shutil, "copystat", unable)
    assert parted.publish(media__a="1") == ["media/a"]
    assert parted.publish(media__a="1") == []


def test_what_a_killed_run_had_copied_goes_with_its_folder(parted: Site) -> None:
    parted.publish(media__b__c="1")
    (parted.folder / "media/b/.publisher-copied").write_text("half", encoding="utf-8")
    parted.publish(d="1")
    assert list((parted.folder / "media").iterdir()) == []


def test_one_run_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lock"
    with hold_lock(path):
        with pytest.raises(OutputBusy) as caught, hold_lock(path):
            pass
        assert caught.value.exit_code == 75
        with pytest.raises(OutputBusy), hold_lock(path, 0.2):
            pass
    with hold_lock(path), path.open("ab") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_each_file_is_told_when_it_is_drawn_and_when_it_is_put_in_place(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.publish(a="1", b="2")
    assert site.steps == [
        ("drawing", 1, 2),
        ("drawing", 2, 2),
        ("writing", 1, 2),
        ("writing", 2, 2),
    ]


@pytest.mark.parametrize(("ended_at", "there"), [("drawing", []), ("writing", ["a.txt", "b.txt"])])
def test_who_ends_the_run_while_files_are_put_in_place_waits_for_the_last(
    tmp_path: Path, ended_at: str, there: list[str]
) -> None:
    class Ended(Exception):
        pass

    def step(what: str, _done: int, _total: int) -> None:
        if what == ended_at:
            raise Ended

    wanted = [_artifact(name, "text") for name in ("a.txt", "b.txt")]
    store = BuildStore(tmp_path / "state" / "build.db")
    output = DirectoryOutput(tmp_path / "output", store, step, site_url="https://x.example/")
    plan = make_plan(wanted, output.manifest(), output.intact())
    with suppress(Ended), output.stage(plan):
        output.apply(plan)
    store.close()
    assert sorted(p.name for p in (tmp_path / "output").glob("*.txt")) == there


def test_what_was_written_last_time_stays_so_for_who_asked(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.publish(a="1", b="2")
    store = BuildStore(site.state)
    try:
        key = str(site.folder.resolve())
        remembered = Remembered(store, key)
        assert remembered
        before, lacking = remembered["a"], remembered.get("c")
        assert lacking is None
        assert "b" not in store.entries(key, ["a", "c"])
        new = ManifestEntry(fingerprint="f", size=3, mtime_ns=4)
        store.save_written(key, [("a", new), ("c", new)])
        assert remembered["a"] == before, "before all were asked for"
        assert set(remembered) == {"a", "b"}
        assert (remembered["a"], len(remembered)) == (before, 2), "and after it"
        assert not Remembered(store, "elsewhere")
        assert dict(Remembered(store, "elsewhere")) == {}
    finally:
        store.close()
