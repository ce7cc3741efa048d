"""Each command started as its user starts it; and as most tests do, which must be the same."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import tests.command
from tests.command import Ran, run_cold, run_warm, standing
from tests.sites import CONFIG, NOW, UNJUDGED, Site

BROKEN = "broken.yaml"
NOWHERE = "nowhere.yaml"
Run = Callable[[Sequence[str], Path, Mapping[str, str]], Ran]

COMMANDS = {
    "publish": "articles: 3 listed; 3 read",
    "publish --full -v": "wrote rss.xml",
    "publish --nothing": "python -m publisher publish",
    "articles --json": '"title": "Café"',
    "check": "are good",
    f"schedule --config {BROKEN}": "unknown key 'sites'",
    "init paper": "paper is ready",
    "check-feed output/rss.xml": "output/rss.xml",
    "import-ids output/atom.xml": "were the same",
    "import wxr nowhere.xml --to articles": "nowhere.xml' does not exist",
    "retract articles/one.md": "articles/one.md",
    "serve --listen nowhere": "is no host and port",
    "worker": "a worker shares its database with others, which SQLite cannot do",
    "bounces": "there is no `bounces` in publisher.yaml",
    f"test-send weekly r@x.example --config {NOWHERE}": "Connection refused",
    "migrate-store sqlite elsewhere.db": "both places are files",
    "issue compose weekly": "issue",
    "issue show weekly 1": "Café",
}
"""Each command, and what it says among other things."""
QUICK = ("publish", f"schedule --config {BROKEN}")
"""One that writes, and one that is told why it cannot begin; what each command does is asked by
tests of its own."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("published") / "site")
    site.write("publisher.yaml", CONFIG + UNJUDGED)
    site.write(BROKEN, "sites: {}\n")
    site.write(NOWHERE, CONFIG + UNJUDGED + "smtp: {host: 127.0.0.1, port: 1}\n")
    site.article("one.md")
    site.article("café.md", "Text with ü, — and 🙂.", title="Café")
    site.publish_here()
    site.article("two.md", date="2026-11-21")
    return site.folder


@pytest.mark.parametrize(
    "line",
    [pytest.param(line, marks=() if line in QUICK else pytest.mark.long) for line in COMMANDS],
)
def test_a_command_does_the_same_from_a_warm_start(
    line: str, published: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    done: list[tuple[Ran, dict[str, bytes]]] = []
    for run in (run_cold, run_warm):
        shutil.copytree(published, folder)
        ran = run([*line.split(), "--now", NOW], folder, os.environ)
        written = {name: data for name, (data, _) in Site(folder).tree(".").items()}
        done.append((ran, {n: d for n, d in written.items() if not n.startswith(".publisher/")}))
        shutil.rmtree(folder)
    assert done[0] == done[1]
    assert COMMANDS[line] in ran.out + ran.err


@pytest.mark.parametrize("run", [run_cold, run_warm])
def test_it_says_what_it_is(run: Run, tmp_path: Path) -> None:
    assert run(["--version"], tmp_path, os.environ).out.startswith("publisher, version ")


def test_a_command_that_there_is_not_is_told_with_the_nearest(tmp_path: Path) -> None:
    for told, said in (
        ("publsh", "No such command 'publsh'. Did you mean 'publish'?"),
        ("subscriber", "Did you mean 'subscribers'?"),
        ("--now 2026-11-27 publish", "Those of a command stand behind it: publish --now"),
        ("--verson", "Did you mean '--version'?"),
        ("xyz", "No such command 'xyz'.\n"),
        ("issue cancl weekly", "No such command 'cancl'. Did you mean 'cancel'?"),
        ("subscribers exprt", "No such command 'exprt'. Did you mean 'export'?"),
    ):
        ran = run_warm(told.split(), tmp_path, os.environ)
        assert ran.code == 2
        assert said in ran.err


def test_what_python_reads_when_it_starts_is_read_by_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    told = "import time:"
    assert told not in site.run("--version", now=None).err
    assert told in site.run("--version", now=None, env={"PYTHONPROFILEIMPORTTIME": "1"}).err
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    assert told in site.run("--version", now=None).err


def test_one_process_takes_runs_until_one_leaves_something_behind(
    published: Path, tmp_path: Path
) -> None:
    site = Site(shutil.copytree(published, tmp_path / "site"))
    said = site.run("articles", "--json")
    first = standing()
    assert site.run("nonsense").code == 2
    assert site.run("articles", "--json") == said
    assert standing() == first
    assert site.run("deliver", "--config", NOWHERE).code == 0  # it hears signals by a thread
    assert standing() == 0
    assert site.run("articles", "--json") == said
    assert standing() not in (0, first)


def test_runs_at_the_same_time_do_not_wait_for_each_other(published: Path, tmp_path: Path) -> None:
    site = Site(shutil.copytree(published, tmp_path / "site"))
    lock = site.folder / ".publisher" / "lock"
    with lock.open("ab") as ours, ThreadPoolExecutor(1) as beside:
        fcntl.flock(ours, fcntl.LOCK_EX)
        waiting = beside.submit(site.run, "publish", "--wait", "60")
        assert site.run("articles").code == 0
        assert not waiting.done()
        fcntl.flock(ours, fcntl.LOCK_UN)
        assert waiting.result().code == 0


def test_a_run_that_takes_too_long_is_ended(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(published, tmp_path / "site")
    lock = folder / ".publisher" / "lock"
    with monkeypatch.context() as patched, lock.open("ab") as ours:
        fcntl.flock(ours, fcntl.LOCK_EX)
        patched.setattr(tests.command, "TIMEOUT", 1.0)
        with pytest.raises(subprocess.TimeoutExpired):
            run_warm(["publish", "--wait", "60"], folder, os.environ)
    assert Site(folder).publish().err == ""


def test_quiet_commands_say_what_needs_a_person_and_nothing_else(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    add = ("subscribers", "add", "ann@x.example", "--newsletter", "weekly", "--confirmed")
    assert site.run(*add).code == 0
    site.publish()
    assert "issue 1 of weekly: 1 pending" in site.run("status").out
    assert site.run("status", "-q").out == ""
    for name in ("two.md", "three.md"):
        site.article(name, date="2026-11-20")
    for edit in (
        ("move", "weekly", "2", "1"),
        ("pin", "weekly", "2"),
        ("drop", "weekly", "1"),
        ("approve", "weekly"),
        ("cancel", "weekly"),
        ("resume", "weekly", "1"),
    ):
        ran = site.run("issue", *edit, "-q")
        assert (ran.code, ran.out, ran.err) == (0, "", ""), edit
    (site.folder / "articles").rename(site.folder / "elsewhere")
    site.publish(code=2)
    lines = site.run("status", "-q").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["needs you (source)"]
