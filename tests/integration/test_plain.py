"""`publish` without options does what it does with one that changes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import TIMEOUT
from tests.sites import CONFIG, Site

ROOT = Path(__file__).resolve().parents[2]

PLAIN = (["publisher", "publish"], ["publish"])
WITH_AN_OPTION = ["publisher", "publish", "--wait", "0"]

PROGRAM = """
import sys
sys.argv = {arguments!r}
from publisher import __main__ as program
{first}
program.publish_program() if sys.argv[0] == "publish" else program.publisher_program()
"""


def run(
    folder: Path, arguments: list[str], first: str = "", **streams: int
) -> subprocess.CompletedProcess[str]:
    """The program with these arguments, which does something `first`."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=arguments, first=first)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=TIMEOUT,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )


def both(site: Site, first: str = "", **streams: int) -> list[tuple[int, str, str]]:
    """How it ends and what is said, without and with an option, each in a copy of the folder, which
    stands in its place."""
    came = []
    aside = site.folder.rename(site.folder.with_name("aside"))
    for told in (["publish"], WITH_AN_OPTION):
        shutil.copytree(aside, site.folder, symlinks=True)
        done = run(site.folder, told, first, **streams)
        shutil.rmtree(site.folder)
        came.append((done.returncode, done.stdout, done.stderr))
    aside.rename(site.folder)
    return came


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG)
    site.article("one.md")
    site.settle()
    return site


def published(site: Site) -> None:
    assert run(site.folder, WITH_AN_OPTION).returncode == 0
    site.settle()
    assert run(site.folder, WITH_AN_OPTION).returncode == 0


def as_it_is(site: Site) -> None:
    """Nothing is done to it."""


def broken(site: Site) -> None:
    site.write("articles/two.md", "---\ntitle: [never closed\n---\nText.\n")


def with_a_wrong_one(site: Site) -> None:
    site.write("publisher.yaml", "site: {tittle: Harbour}\n")


def without_anything(site: Site) -> None:
    (site.folder / "publisher.yaml").unlink()
    shutil.rmtree(site.folder / "articles")


@pytest.mark.parametrize(
    ("change", "code"),
    [(as_it_is, 0), (broken, 3), (with_a_wrong_one, 2), (without_anything, 2)],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_the_same_is_said_and_it_ends_the_same(
    site: Site, change: Callable[[Site], None], code: int
) -> None:
    change(site)
    plain, usual = both(site)
    assert plain == usual
    assert plain[0] == code, plain


def test_it_stands_still_and_goes_on_the_same(site: Site) -> None:
    published(site)
    still = [run(site.folder, told) for told in (["publish"], WITH_AN_OPTION)]
    assert still[0].stdout == still[1].stdout
    assert ": 0 written" in still[0].stdout
    assert [done.stderr for done in still] == ["", ""]
    site.article("one.md", "Another text.")
    assert run(site.folder, ["publish"]).returncode == 0
    assert "Another text." in site.output("feed.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("ends", "code"), [("KeyboardInterrupt", 1), ("BrokenPipeError", 1)], ids=str
)
def test_what_ends_it_is_told_the_same(site: Site, ends: str, code: int) -> None:
    """An interrupt, and a reader of what is said who has gone."""
    first = (
        "from publisher.cli import once\n"
        "def ended(*_, **__):\n"
        f"    raise {ends}(32, 'Broken pipe')\n"
        "once.look_ahead = ended\n"
    )
    plain, usual = both(site, first)
    assert plain == usual
    assert plain[0] == code


def test_an_interrupt_of_what_is_imported_is_told_the_same(site: Site) -> None:
    first = (
        "class Interrupted:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'publisher.publishing.still':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
    )
    plain, usual = both(site, first)
    assert plain == usual
    assert (plain[0], plain[2]) == (1, "\nError: interrupted\n")


def test_a_shell_that_completes_publishes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_PUBLISH_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "publish --str")
    monkeypatch.setenv("COMP_CWORD", "1")
    done = run(site.folder, ["publish"])
    assert done.stdout == "plain,--strict\n"
    assert not (site.folder / "output").exists()


def test_who_starts_us_may_ignore_how_processes_end(site: Site) -> None:
    for number in range(100):
        site.article(f"{number}.md")
    ignoring = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)"
    done = run(site.folder, ["publish", "--jobs", "3"], ignoring)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_defect_is_shown_whole(site: Site) -> None:
    first = "from publisher.cli import once\nonce.look_ahead = None\n"
    plain, usual = both(site, first)
    assert plain[0] == usual[0] == 70
    assert plain[2].splitlines()[-2:] == usual[2].splitlines()[-2:]
    assert "TypeError" in plain[2]


def test_nobody_hears_it(site: Site) -> None:
    heard, told = os.pipe()
    os.close(heard)
    try:
        plain, usual = both(site, stdout=told)
    finally:
        os.close(told)
    assert plain == usual
    assert plain[0] == 1


def test_a_full_disk_behind_the_output_is_told(site: Site) -> None:
    with Path("/dev/full").open("w") as full:
        plain, usual = both(site, stdout=full.fileno())
    assert plain == usual
    assert "standard output cannot be written" in plain[2]


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_no_options_are_read_where_there_are_none(site: Site, arguments: list[str]) -> None:
    published(site)
    note = "import atexit, json\natexit.register(lambda: print(json.dumps(sorted(sys.modules))))"
    done = run(site.folder, arguments, note)
    modules = json.loads(done.stdout.splitlines()[-1])
    assert "publisher.publishing.still" in modules
    assert "click" not in modules
    assert "publisher.publishing.publish" not in modules


def test_an_option_is_read_wherever_it_stands(site: Site) -> None:
    assert "publish [OPTIONS]" in run(site.folder, ["publish", "--help"]).stdout
    done = run(site.folder, ["publisher", "publish", "--quiet"])
    assert (done.returncode, done.stdout) == (0, "")
