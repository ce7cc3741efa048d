"""Two versions on one site: the older one refuses by name, or works; nothing is half of each (F32).

The older program is this repository's own of an earlier day, from before the readers' database.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from publisher.store.build import MIGRATIONS as BUILD_MIGRATIONS
from publisher.store.schema import MIGRATIONS
from tests.command import TIMEOUT, Ran
from tests.conftest import ROOT
from tests.integration.test_schedule import Timer
from tests.postgres import fresh, postgresql_server
from tests.serving import previewing, serving, wait_until
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.subscribing import post

SAFELY: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""As Python 3.11.4 and later unpack, where nothing may lie outside of the folder."""

OLDER = "40f0f5f53c04646b7d8a5ad2b9d94b4dcd4b9c04"
NEWER = 99

MORE = (
    "smtp: {folder: mail}\nschedule: {rebuild: 1s}\n"
    "bounces: {address: bounces@courier.example, mbox: returned}\n"
)
OF_THE_CACHE = (
    *("publish", "publish --dry-run", "publish --deliver", "check", "articles", "plan"),
    *("import-ids output/atom.xml", "issue preview weekly", "issue compose weekly"),
    *("issue list weekly", "issue show weekly 1", "test-send weekly ann@example.com"),
)
OF_THE_DATABASE = (
    *("publish", "publish --dry-run", "publish --deliver", "check", "plan", "deliver", "bounces"),
    *("status", "ledger --csv", "backup new.zip", "issue list weekly", "issue show weekly 1"),
    *("issue compose weekly", "issue preview weekly", "test-send weekly ann@example.com"),
    *("subscribers export", "subscribers add bob@example.com", "subscribers show ann@example.com"),
    *("subscribers import list.csv", "subscribers erase ann@example.com"),
    "subscribers suppress ann@example.com",
)


def stamp(file: Path, version: int) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an issue, a reader and a backup."""
    site = Site(tmp_path_factory.mktemp("made") / "site")
    site.write("publisher.yaml", CONFIG + UNJUDGED + MORE)
    site.write("returned", "")
    site.write("list.csv", "email\nann@example.com\n")
    site.article("one.md")
    site.publish()
    taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    assert site.run(*taken).code == 0
    assert site.run("backup", "state.zip").code == 0
    site.article("two.md", date="2026-11-20")
    return site.folder


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Site:
    return Site(shutil.copytree(made, tmp_path / "site"))


def everything(site: Site) -> dict[str, bytes]:
    """All that a command could change, but SQLite's shared memory, an empty log, and what is noted
    of the last run."""
    passed_over = ("-shm", ".log", "/last-run.json")
    return {
        name: data
        for name, (data, _) in site.tree(".").items()
        if not name.endswith(passed_over) and data
    }


def refuses(site: Site, commands: tuple[str, ...], told: str) -> None:
    before = everything(site)
    for line in commands:
        ran = site.run(*line.split())
        assert ran.code == 1, (line, ran)
        assert ran.err.startswith(f"error: {told}"), (line, ran.err)
        assert "\nmend:  use that version" in ran.err
        assert everything(site) == before, line


@pytest.mark.parametrize(
    ("name", "commands", "known"),
    [
        ("publisher.db", OF_THE_DATABASE, len(MIGRATIONS)),
        ("build.db", OF_THE_CACHE, len(BUILD_MIGRATIONS)),
    ],
)
def test_a_newer_state_is_refused_by_name_and_left_as_it_is(
    site: Site, name: str, commands: tuple[str, ...], known: int
) -> None:
    file = site.folder / ".publisher" / name
    stamp(file, NEWER)
    said = f"was written by a newer publisher (schema {NEWER}, known here: {known})"
    refuses(site, commands, f"{file}: {said}")
    timer = Timer(site, NOW)
    try:
        assert f"{file}: {said}" in timer.wait_for("event=publish.failed")
    finally:
        timer.end(signal.SIGKILL)
    with previewing(site) as preview:
        wait_until(lambda: said in preview.said())
    with serving(site) as server:
        assert server.ask("/rss.xml").status == 200, "what was published is served"
        if name == "publisher.db":
            form = {"email": "bob@example.com", "newsletter": "weekly"}
            assert post(server, "/subscribe", form).status == 503
            wait_until(lambda: said in server.said())
    stamp(file, known)
    assert site.run("publish").code == 0
    assert json.loads(site.output("feed.json").read_bytes())["items"][0]["title"] == "Two"


@pytest.mark.long
def test_a_newer_postgresql_database_is_refused_by_name(site: Site, server: str) -> None:
    import psycopg

    address = fresh(server, "versions")
    site.write("publisher.yaml", CONFIG + UNJUDGED + MORE + f"database: {address}\n")
    assert site.run("status").code == 0
    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO schema_version VALUES (%s)", (NEWER,))
    told = f"was written by a newer publisher (schema {NEWER}, known here: {len(MIGRATIONS)})"
    refuses(site, OF_THE_DATABASE, f"{address}: {told}")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql_server() as there:
        yield there.address


@pytest.mark.parametrize("what", ["format", "publisher.db", "build.db"])
def test_a_newer_backup_is_refused_by_name(site: Site, tmp_path: Path, what: str) -> None:
    newer = site.folder / "newer.zip"
    rewrite(site.folder / "state.zip", newer, what, tmp_path / "unpacked")
    shutil.rmtree(site.folder / ".publisher")
    for command in ("verify", "restore"):
        ran = site.run(command, str(newer))
        assert ran.code == 1
        assert ran.err.startswith(f"error: {newer}: was made by a newer publisher (")
        assert "mend:  use that version" in ran.err
        left = site.folder / ".publisher"
        assert not left.exists() or {path.name for path in left.iterdir()} <= {"lock"}
    assert site.run("restore", "state.zip").code == 0


def rewrite(backup: Path, newer: Path, what: str, folder: Path) -> None:
    """The same backup as a newer version would have made it."""
    import hashlib

    with zipfile.ZipFile(backup) as archive:
        archive.extractall(folder)
    about = json.loads((folder / "backup.json").read_text("utf-8"))
    if what == "format":
        about |= {"format": NEWER, "publisher": "9.0.0"}
    else:
        stamp(folder / what, NEWER)
        about["files"][what] = hashlib.sha256((folder / what).read_bytes()).hexdigest()
    (folder / "backup.json").write_text(json.dumps(about), "utf-8")
    with zipfile.ZipFile(newer, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)


@pytest.mark.parametrize("newsletter", ["one.md", "weekly"])
def test_a_newer_record_is_refused_and_nothing_of_it_is_lost(site: Site, newsletter: str) -> None:
    """A field that is unknown here would be gone with the next run."""
    record = site.folder / "published.jsonl"
    lines = record.read_text("utf-8").splitlines()
    (number,) = (n for n, line in enumerate(lines) if f'"{newsletter}"' in line[:200])
    lines[number] = lines[number][:-1] + ',"mood":"serene"}'
    record.write_text("\n".join(lines) + "\n", "utf-8")
    told = f"{record}:{number + 1}: was written by a newer publisher (unknown here: mood)"
    refuses(site, ("publish", "publish --dry-run", "check", "articles"), told)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """The command of the older program: `older(site, "publish")`."""
    folder = tmp_path_factory.mktemp("older")
    taken = ["git", "-C", str(ROOT), "archive", OLDER, "publisher", "templates"]
    try:
        archive = subprocess.run(taken, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"the history of this repository, with {OLDER[:7]} in it, is not here")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, **SAFELY)

    def run(site: Site, *arguments: str, code: int = 0) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "publisher", *arguments, "--now", NOW],
            cwd=site.folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == code, (done.stdout, done.stderr)
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

    return run


def ids(site: Site) -> dict[str, tuple[str, str]]:
    """Of each article its id and when it was published."""
    return {a["path"]: (a["id"], a["published"]) for a in site.record() if "path" in a}


def test_this_version_takes_over_and_the_older_one_then_refuses(
    older: Callable[..., Ran], make_site: Callable[..., Site]
) -> None:
    """With a newsletter: its issues stay as they are, none is made anew."""
    site = make_site(CONFIG + UNJUDGED)
    for name in ("one.md", "two.md"):
        site.article(name)
    older(site, "publish")
    before, known, mailed = everything(site), ids(site), site.tree("output/newsletters/weekly/1")
    site.publish()
    assert ids(site) == known
    assert [line["number"] for line in site.record() if "newsletter" in line] == [1]
    assert site.tree("output/newsletters/weekly/1")["email.txt"] == mailed["email.txt"]
    assert site.run("status").code == 0
    assert "0 written, 0 removed" in site.publish().out
    site.article("three.md", date="2026-11-20")
    before = everything(site)
    for line in ("publish", "articles", "issue list weekly"):
        ran = older(site, *line.split(), code=1)
        assert "publisher.db: was written by a newer publisher (schema " in ran.err
        assert everything(site) == before, line
    site.publish()
    assert ids(site).items() >= known.items()


def test_the_older_one_takes_over_a_site_without_newsletters(
    older: Callable[..., Ran], make_site: Callable[..., Site]
) -> None:
    """There is no database that it could not read; this one then takes over what it made of it."""
    site = make_site(CONFIG)
    known: dict[str, tuple[str, str]] = {}
    for turn, publish in enumerate((site.publish, lambda: older(site, "publish"), site.publish)):
        site.article(f"a{turn}.md", date=f"2026-11-{turn + 1:02}")
        publish()
        assert ids(site).items() >= known.items()
        known = ids(site)
        titles = {i["title"] for i in json.loads(site.output("feed.json").read_bytes())["items"]}
        assert titles == {f"A{number}" for number in range(turn + 1)}
    made = {name: data for name, (data, _) in site.tree().items()}
    site.publish("--full", "--output", "elsewhere")
    assert {name: data for name, (data, _) in site.tree("elsewhere").items()} == made
    ran = older(site, "publish", code=1)
    assert "publisher.db: was written by a newer publisher (schema " in ran.err
    assert {name: data for name, (data, _) in site.tree().items()} == made
