"""A disk without room: it is named, what was published stays as it was, and the next run goes on.

Fault F8; that of the ledger while mail is sent is in test_delivery_faults.py.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher.store.engine import open_sqlite_at_rest
from tests.command import Ran
from tests.disks import fill, free, small_disk
from tests.integration.test_schedule import Timer, titles
from tests.mailings import later
from tests.serving import serving, wait_until
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.subscribing import post

ARTICLES = 60
PLACES = {
    "output": "output: {disk}/output\n",
    "state": "state: {disk}/state\n",
    "record": "record: {disk}/published.jsonl\n",
}
TOO_LITTLE = (
    r"error: {place}\S*: cannot be (written|used|opened|made): the disk at {disk} has too little "
    r"room: [0-9.]+ (bytes|kB|MB) of 2[01]\.[0-9] MB are free\n"
    r"mend:  make room there, then do it again: "
)
WEEK = 7 * 86400
_PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "20m") as folder:
        yield folder


@dataclass
class Crowded:
    """A site of which something lies on a small disk: `place` says what, "all" for everything."""

    site: Site
    disk: Path
    place: str
    output: str
    weeks: int = 0

    def change(self) -> None:
        """A week later: a third is edited, one article is added, one goes, an issue is due."""
        self.weeks += 1
        for number in range(self.weeks % 3, ARTICLES, 3):
            write(self.site, number, self.weeks)
        (self.site.folder / f"articles/a{self.weeks:03}.md").unlink(missing_ok=True)
        monday = later(self.weeks * WEEK - 6 * 86400)[:10]
        self.site.article(f"new{self.weeks:03}.md", f"New in week {self.weeks}.", date=monday)

    @property
    def now(self) -> str:
        return later(self.weeks * WEEK)

    def tree(self) -> dict[str, tuple[bytes, int]]:
        return self.site.tree(self.output)

    def files(self) -> set[str]:
        """What lies on the disk and in the site beside articles, SQLite's logs, and what a run
        leaves for a quicker next one."""
        roots = {self.site.folder, self.disk}
        names = {p.relative_to(r).as_posix() for r in roots for p in r.rglob("*") if p.is_file()}
        passing = ("articles/", "db-", "standstill.", "templates/")
        return {n for n in names if not any(one in n for one in passing)}

    def issues(self) -> list[int]:
        return [line["number"] for line in self.record() if "newsletter" in line]

    def record(self) -> list[dict[str, object]]:
        if self.place == "record":
            return Site(self.disk).record()
        return self.site.record()


def write(site: Site, number: int, version: int) -> None:
    text = f"Version {version} of {number}. " * 60
    site.article(f"a{number:03}.md", text, date=f"2026-10-{number % 28 + 1:02}")


@pytest.fixture
def crowd(make_site: Callable[..., Site], disk: Path) -> Callable[[str], Crowded]:
    def make(place: str) -> Crowded:
        site = Site(disk / "site") if place == "all" else make_site()
        more = PLACES.get(place, "").format(disk=os.path.relpath(disk, site.folder))
        site.write("publisher.yaml", CONFIG + UNJUDGED + more)
        for number in range(ARTICLES):
            write(site, number, 0)
        output = f"{disk}/output" if place == "output" else "output"
        crowded = Crowded(site=site, disk=disk, place=place, output=output)
        site.publish()
        return crowded

    return make


def fails_and_goes_on(crowded: Crowded, left: int, *, must_fail: bool = True) -> int:
    """One round: so much room is left, a run fails and harms nothing, and the next one does it."""
    site, before, record = crowded.site, crowded.tree(), crowded.record()
    files, issues = crowded.files(), crowded.issues()
    crowded.change()
    ballast = fill(crowded.disk, left)
    files.add("ballast")
    for _ in range(2):
        room = free(crowded.disk)
        ran = site.run("publish", now=crowded.now)
        if ran.code == 0 and not must_fail:
            assert crowded.tree() != before
            break
        assert ran.code == 1, (left, ran)
        told = TOO_LITTLE.format(place=".*", disk=re.escape(str(crowded.disk)))
        assert re.fullmatch(told + ".*\n", ran.err), (left, ran.err)
        assert crowded.tree() == before, left
        assert crowded.files() == files
        ids = {line["id"] for line in crowded.record() if "id" in line}
        assert ids >= {line["id"] for line in record if "id" in line}, "no id is forgotten"
        # what the database keeps of such a run is not half a site
        assert free(crowded.disk) >= room - 1_000_000, "what was drawn aside has gone"
    ballast.unlink()
    site.publish(now=crowded.now)
    assert crowded.issues() == [*issues, len(issues) + 1]
    again = crowded.tree()
    assert "0 written, 0 removed" in site.publish(now=crowded.now).out
    assert crowded.tree() == again
    return ran.code


def is_as_from_nothing(crowded: Crowded) -> None:
    """What lies in output/ is what a run that reads everything anew makes."""
    made = {name: data for name, (data, _) in crowded.tree().items()}
    crowded.site.publish("--full", "--output", "../elsewhere", now=crowded.now)
    assert {n: data for n, (data, _) in crowded.site.tree("../elsewhere").items()} == made
    shutil.rmtree(crowded.site.folder.parent / "elsewhere")


def levels_of(place: str) -> list[int]:
    """Room for nothing of a run, for ever more of it, and for all of it."""
    most = {"all": 2_400_000, "output": 1_600_000, "state": 1_200_000, "record": 120_000}[place]
    return [most * step // 24 for step in range(25)]


def replaced(folder: Path, kept: Path) -> None:
    """All that is in a folder is as it was kept, and the folder is the same."""
    for there in folder.iterdir():
        shutil.rmtree(there) if there.is_dir() else there.unlink()
    shutil.copytree(kept, folder, dirs_exist_ok=True)


@pytest.mark.parametrize(
    "place", ["all", *(pytest.param(place, marks=pytest.mark.long) for place in PLACES)]
)
def test_a_full_disk_is_named_and_costs_nothing_but_the_run(
    crowd: Callable[[str], Crowded], place: str
) -> None:
    """F8: no room at all, room for a file or two, and for less than half of what is needed."""
    crowded = crowd(place)
    levels = {
        "all": (0, 8192, 500_000),
        "output": (0, 400_000),
        "state": (0, 8192, 200_000),
        "record": (0,),
    }
    for left in levels[place]:
        fails_and_goes_on(crowded, left)
    is_as_from_nothing(crowded)


@pytest.mark.long
@pytest.mark.parametrize("place", ["all", *PLACES])
def test_at_every_level_it_is_all_or_nothing(crowd: Callable[[str], Crowded], place: str) -> None:
    """Room that runs out at two dozen moments of a run, the last of which is after its end."""
    crowded = crowd(place)
    codes = [fails_and_goes_on(crowded, left, must_fail=False) for left in levels_of(place)]
    is_as_from_nothing(crowded)
    assert (codes[0], codes[-1]) == (1, 0), codes


@pytest.mark.long
@pytest.mark.parametrize("place", ["all", *PLACES])
def test_more_room_is_never_worse(
    crowd: Callable[[str], Crowded], tmp_path: Path, place: str
) -> None:
    """The very same run at each level, and page by page up to where there is enough: what comes
    last lacked room when files were in place. From one week to the next what a run needs differs
    by more than a level: what is edited, what the databases have free, and whether the run before
    left word for a quicker next one, which it does not where a file had just been written."""
    crowded = crowd(place)
    crowded.change()
    folders = (crowded.disk, crowded.site.folder)
    for number, folder in enumerate(folders):
        shutil.copytree(folder, tmp_path / f"kept{number}")

    def code_of(left: int) -> int:
        for number, folder in enumerate(folders):
            replaced(folder, tmp_path / f"kept{number}")
        before = crowded.tree()
        fill(crowded.disk, left)
        ran = crowded.site.run("publish", now=crowded.now)
        if ran.code == 1:
            assert crowded.tree() == before, (left, ran.err)
        return ran.code

    levels = levels_of(place)
    codes = [code_of(left) for left in levels]
    assert codes == sorted(codes, reverse=True)
    assert set(codes) == {0, 1}
    enough = codes.index(0)
    codes = [code_of(left) for left in range(levels[enough - 1], levels[enough], _PAGE)]
    assert codes == sorted(codes, reverse=True)


@pytest.mark.parametrize("left", [0, 4096, 300_000])
def test_a_first_run_on_a_full_disk_begins_again(disk: Path, left: int) -> None:
    site = Site(disk / "site")
    site.write("publisher.yaml", CONFIG)
    for number in range(ARTICLES):
        write(site, number, 0)
    ballast = fill(disk, left)
    ran = site.run("publish")
    assert ran.code == 1
    assert re.match(TOO_LITTLE.format(place=".*", disk=re.escape(str(disk))), ran.err)
    assert not site.output("").exists() or set(site.tree()) <= {".gitignore"}
    ballast.unlink()
    site.publish()
    assert site.output(".gitignore").read_text("utf-8") == "*\n!.gitignore\n"
    assert len(site.record()) >= ARTICLES


@pytest.mark.parametrize("logged", ["elsewhere", pytest.param("there", marks=pytest.mark.long)])
def test_a_timer_goes_on_by_itself_when_there_is_room(
    crowd: Callable[[str], Crowded], tmp_path: Path, logged: str
) -> None:
    """Also where its log lies on the full disk, and can say nothing."""
    crowded = crowd("all")
    site = crowded.site
    text = (site.folder / "publisher.yaml").read_text("utf-8")
    site.write("publisher.yaml", text + "schedule: {rebuild: 1s}\n")
    log = tmp_path / "timer.log" if logged == "elsewhere" else site.folder / "timer.log"
    timer = Timer(site, NOW, str(log))
    try:
        timer.wait_for("event=publish.done")
        before = crowded.tree()
        ballast = fill(crowded.disk, 12_288)
        site.article("late.md", "Too late.", title="Late", date="2026-11-21")
        if logged == "elsewhere":
            said = timer.wait_for("event=publish.failed")
            assert f"the disk at {crowded.disk} has too little room" in said
            assert "make room there" in said
        else:
            time.sleep(4)  # some runs that fail
        assert crowded.tree() == before
        ballast.unlink()
        wait_until(lambda: "Late" in titles(site))
        timer.end(signal.SIGTERM)
        assert timer.process.returncode == 0
        assert "Traceback" not in log.read_text("utf-8")
    finally:
        if timer.process.poll() is None:
            timer.process.kill()
            timer.process.wait()


def test_a_backup_that_has_no_room_leaves_nothing(crowd: Callable[[str], Crowded]) -> None:
    """Neither of itself nor of its work; no more does one to another disk, or a restore."""
    crowded = crowd("state")
    site, disk = crowded.site, crowded.disk
    file, other, good = disk / "state.zip", site.folder / "other.zip", site.folder / "state.zip"
    assert site.run("backup", str(good)).code == 0
    files = crowded.files()
    state = sum(path.stat().st_size for path in (disk / "state").glob("*.db"))
    for target, left in ((file, 0), (file, state // 2), (file, state), (other, 8192)):
        ballast = fill(disk, left)
        ran = site.run("backup", str(target))
        assert ran.code == 1
        assert re.match(TOO_LITTLE.format(place=".*", disk=re.escape(str(disk))), ran.err), ran.err
        ballast.unlink()
        assert crowded.files() == files
    (disk / "state").rename(disk / "old")
    for left in (8192, state // 2):
        ballast = fill(disk, left)
        ran = site.run("restore", str(good))
        assert ran.code == 1
        assert f"the disk at {disk} has too little room" in ran.err
        ballast.unlink()
        assert {p.name for p in (disk / "state").iterdir()} <= {"lock"}
    assert site.run("restore", str(good)).code == 0
    assert "0 written, 0 removed" in site.publish().out


def test_what_a_killed_backup_leaves_goes_with_the_next(crowd: Callable[[str], Crowded]) -> None:
    """It holds readers' addresses; what else lies there is none of its business."""
    crowded = crowd("state")
    state = crowded.disk / "state"
    for name in ("backup-x1y2z3a4/publisher.db", "backup-x1y2z3a4/build.db-wal"):
        crowded.site.write(str(state / name), "half")
    crowded.site.write(str(state / "backup-of-mine/notes.txt"), "mine")
    assert crowded.site.run("backup", "state.zip").code == 0
    assert [p.name for p in state.glob("backup-*")] == ["backup-of-mine"]


def test_a_list_of_readers_is_taken_in_again(crowd: Callable[[str], Crowded]) -> None:
    """Some may have been taken in, in pieces; nobody is lost and nobody is there twice."""
    crowded = crowd("state")
    site = crowded.site
    lines = "".join(f"reader{n}@d{n % 9}.example,Reader {n}\n" for n in range(8000))
    site.write("list.csv", "email,name\n" + lines)
    taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    for left in (0, 400_000):
        ballast = fill(crowded.disk, left)
        ran = site.run(*taken)
        assert ran.code == 1
        assert f"the disk at {crowded.disk} has too little room" in ran.err
        ballast.unlink()
        assert len(site.run("subscribers", "export").out.splitlines()) < 8001
    assert site.run(*taken).code == 0
    assert len(site.run("subscribers", "export").out.splitlines()) == 8001


def test_messages_in_a_folder_without_room_wait(crowd: Callable[[str], Crowded]) -> None:
    crowded = crowd("record")
    site, folder = crowded.site, crowded.disk / "mail"
    text = (site.folder / "publisher.yaml").read_text("utf-8")
    site.write("publisher.yaml", text + f"smtp: {{folder: {folder}}}\n")
    site.write("list.csv", "email\nann@example.com\nbob@example.com\n")
    site.run("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    crowded.change()
    site.publish(now=crowded.now)
    folder.mkdir(exist_ok=True)
    ballast = fill(crowded.disk)
    ran = site.run("deliver", now=crowded.now)
    assert ran.code in (1, 3)
    assert f"the disk at {crowded.disk} has too little room" in ran.out + ran.err
    assert list(folder.iterdir()) == []
    ballast.unlink()
    assert site.run("deliver", now=later(WEEK + 3600)).code == 0
    assert len(list(folder.glob("*.eml"))) == 2


def test_the_server_goes_on_serving(crowd: Callable[[str], Crowded]) -> None:
    """A sign-up is not taken where it cannot be kept; pages are there as ever."""
    crowded = crowd("state")
    site = crowded.site
    text = (site.folder / "publisher.yaml").read_text("utf-8")
    site.write("publisher.yaml", text + "smtp: {host: 127.0.0.1, port: 1, security: none}\n")
    site.publish()
    with serving(site) as server:
        assert server.ask("/subscribe").status == 200
        ballast = fill(crowded.disk)
        form = {"email": "ann@example.com", "newsletter": "weekly"}
        assert post(server, "/subscribe", form).status == 503
        assert server.ask("/rss.xml").status == 200
        ballast.unlink()
        assert post(server, "/subscribe", form).status == 200


def test_how_things_are_is_told_without_room(disk: Path) -> None:
    site = Site(disk / "site")
    site.write("publisher.yaml", CONFIG + UNJUDGED)
    add = ("subscribers", "add", "ann@x.example", "--newsletter", "weekly", "--confirmed")
    site.article("one.md")
    assert site.run(*add).code == 0
    site.publish()
    state = site.folder / ".publisher"
    (state / "publisher.db").rename(site.folder / "kept.db")
    ballast = fill(disk)
    for there in (False, True):
        if there:
            (site.folder / "kept.db").replace(state / "publisher.db")
        ran = site.run("status")
        assert (ran.code, ran.err) == (0, "")
        assert "needs you (disk): the disk of state has 0 MB of room left" in ran.out
        assert ("issue 1 of weekly: 1 pending" in ran.out) is there
        listed = "issue 1 of weekly to ann@x.example: pending, 0 attempts\n" if there else ""
        assert site.run("ledger") == Ran(code=0, out=listed, err="")
    row = site.run("ledger", "--csv").out.splitlines()[1].split(",")
    assert row == ["ann@x.example", "weekly", "1", "pending", "0", "", ""], "no message was made"
    ballast.unlink()
    assert site.run("ledger").out == listed
    named = site.run("ledger", "--csv").out
    fill(disk)
    assert named.splitlines()[1].split(",")[5]
    assert site.run("ledger", "--csv").out == named


def test_how_things_are_is_told_from_a_disk_that_is_only_read(disk: Path) -> None:
    site = Site(disk / "site")
    site.write("publisher.yaml", CONFIG + UNJUDGED)
    site.article("one.md")
    site.publish()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    ran = site.run("status")
    assert (ran.code, ran.err) == (0, "")
    assert "issue 1 of weekly: nothing to send" in ran.out
    for option in ((), ("--csv",)):
        ran = site.run("ledger", *option)
        assert (ran.code, ran.err) == (0, "")


def test_what_needs_a_person_is_told_though_the_database_cannot_be_read(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    site.publish()
    (site.folder / ".publisher/publisher.db").write_bytes(b"no database" * 1000)
    site.article("bad.md", date="no date")
    (site.folder / "articles").rename(site.folder / "elsewhere")
    site.publish(code=2)
    ran = site.run("status")
    assert ran.code == 1
    assert "needs you (state): " in ran.out
    assert "needs you (source): a source cannot be read: " in ran.out
    assert "publisher.db: cannot be used: file is not a database" in ran.err


def test_a_database_behind_a_link_has_its_log_where_the_link_leads(
    make_site: Callable[..., Site],
) -> None:
    """What waits in the log counts, also where nothing can be made beside it."""
    site = make_site(CONFIG)
    site.run("deliver")
    link, real = site.folder / ".publisher/publisher.db", site.folder / "real.db"
    link.rename(real)
    link.symlink_to(real)
    there = open_sqlite_at_rest(link, lambda: 0)
    assert there is not None
    there.close()
    Path(f"{real}-wal").write_bytes(b"waits")
    assert open_sqlite_at_rest(link, lambda: 0) is None
