"""Where it is looked for what changed: first, aside, and among many files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from publisher.publishing.still import Revised, Still, find_still
from publisher.readings import FileStat
from publisher.store.standstill import Ahead
from tests import standing
from tests.command import TIMEOUT
from tests.picture_samples import png
from tests.sites import CONFIG, Site
from tests.standing import LATER, kept, run, settled

_no_waiting = standing.no_waiting
site = standing.site

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
    meanwhile = ExitStack()

    def found() -> Still | Revised | None:
        return find_still(
            site.folder / "publisher.yaml",
            datetime.fromisoformat(LATER),
            ahead=Ahead(
                lambda: fetched.append(name), lambda files, *_: " ".join(files).encode(), meanwhile
            ),
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
    with meanwhile:
        assert revised.found.all_lie()
    site.output("rss.xml").unlink()
    revised = found()
    with meanwhile:
        is_known_late = isinstance(revised, Revised) and not revised.found.all_lie()
    assert revised is None or is_known_late, "more than one article is otherwise"


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
        meanwhile = ExitStack()
        found = find_still(
            site.folder / "publisher.yaml",
            datetime.fromisoformat(LATER),
            ahead=Ahead(lambda: write("30.md"), lambda *_: b"", meanwhile),
        )
        assert isinstance(found, Revised)
        meanwhile.close()
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
