"""Each command started as its user starts it; and as most tests do, which must be the same."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.command import Ran, run_cold, run_warm
from tests.sites import CONFIG, NEWSLETTER, NOW, Site

BROKEN = "broken.yaml"

COMMANDS = {
    "publish": "",
    "publish --full -v": "wrote rss.xml",
    "publish --jobs 2": "unchanged",
    "publish --nothing": "python -m publisher publish",
    "articles --json": '"title": "Café"',
    "check": "are good",
    f"schedule --config {BROKEN}": "unknown key 'sites'",
    "init paper": "paper is ready",
    "check-feed output/rss.xml": "output/rss.xml",
    "check-feed -": "",
    "import-ids output/atom.xml": "were the same",
    "retract articles/one.md": "articles/one.md",
    "serve --listen nowhere": "is no host and port",
    "issue compose weekly": "issue",
    "issue show weekly 1": "Café",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("published") / "site")
    site.write("publisher.yaml", CONFIG + NEWSLETTER)
    site.write(BROKEN, "sites: {}\n")
    site.article("one.md")
    site.article("café.md", "Text with ü, — and 🙂.", title="Café")
    site.publish_here()
    site.article("two.md", date="2026-11-21")
    return site.folder


@pytest.mark.parametrize("line", COMMANDS)
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
def test_it_says_what_it_is(run: object, tmp_path: Path) -> None:
    assert callable(run)
    assert run(["--version"], tmp_path, os.environ).out.startswith("publisher, version ")


def test_what_python_reads_when_it_starts_is_read_by_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    told = "import time:"
    assert told not in site.run("--version", now=None).err
    assert told in site.run("--version", now=None, env={"PYTHONPROFILEIMPORTTIME": "1"}).err
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    assert told in site.run("--version", now=None).err
