"""The measuring of whole sites does what it says, with few articles and a stand-in for the peers.

The peers themselves are no part of the tests: whoever measures installs them.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.measuring import ROOT
from tests.benchmarks.sites import contest, corpus, showing
from tests.benchmarks.sites.contest import Wanted, find_peers, hold_sites, make_field
from tests.benchmarks.sites.corpus import Corpus, make_corpus
from tests.benchmarks.sites.environment import PeersMissingError
from tests.benchmarks.sites.lines import LINES
from tests.benchmarks.sites.processes import Run, RunFailedError, run
from tests.benchmarks.sites.programs import Program, ours
from tests.benchmarks.sites.proof import (
    Entry,
    WorkNotDoneError,
    feeds,
    prove,
    prove_change,
    prove_equal,
)
from tests.benchmarks.sites.rounds import hold_rounds
from tests.benchmarks.sites.showing import show_rounds
from tests.benchmarks.sites.timer import running

SIZE = 60
"""More than the feeds hold."""
HOLD = """
import os, sys, time
held = bytearray(40 << 20)
held[::4096] = b"x" * len(held[::4096])
if os.fork() == 0:
    more = bytearray(40 << 20)
    more[::4096] = b"x" * len(more[::4096])
    time.sleep(0.3)
    os._exit(0)
os.wait()
"""
"""A process of 40 MiB, whose child shares them and has as much of its own."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Corpus, Program, Run]:
    """Few articles, and what ours makes of them."""
    if not corpus.MAKER.is_file():
        pytest.skip("the shared material (corpora, seeds) is not beside the project")
    work = tmp_path_factory.mktemp("sites")
    articles = make_corpus(SIZE, work / "corpus")
    program = ours(articles, work / "ours")
    return articles, program, program.anew()


@pytest.fixture
def copy(made: tuple[Corpus, Program, Run], tmp_path: Path) -> Path:
    """What ours made, to be spoilt."""
    return shutil.copytree(made[1].output, tmp_path / "output")


def test_ours_does_the_work(made: tuple[Corpus, Program, Run]) -> None:
    articles, program, cost = made
    prove(program.name, program.output, articles)
    assert f"{SIZE} read" in cost.said
    assert cost.wall > 0
    assert cost.cpu > 0
    assert {name: len(entries) for name, entries in feeds(program.output).items()} == {
        "rss.xml": 50,
        "atom.xml": 50,
        "feed.json": 50,
    }


def test_a_page_that_is_missing_is_told(made: tuple[Corpus, Program, Run], copy: Path) -> None:
    page = next(copy.glob(f"*/*/*/{made[0].newest[3]}"))
    shutil.rmtree(page)
    with pytest.raises(WorkNotDoneError, match=f"A: {SIZE - 1} pages for {SIZE} articles"):
        prove("A", copy, made[0])


def test_a_page_without_all_of_the_text_is_told(
    made: tuple[Corpus, Program, Run], copy: Path
) -> None:
    page = next(copy.glob(f"*/*/*/{made[0].newest[3]}/index.html"))
    page.write_text(page.read_text("utf-8").partition("</p>")[0], encoding="utf-8")
    with pytest.raises(WorkNotDoneError, match=f"the page of {made[0].newest[3]}: .* letters of"):
        prove("A", copy, made[0])


@pytest.mark.parametrize("spoilt", ["order", "number", "text"])
def test_a_feed_with_less_than_asked_is_told(
    made: tuple[Corpus, Program, Run], copy: Path, spoilt: str
) -> None:
    file = copy / "feed.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    items = document["items"]
    if spoilt == "order":
        items[0], items[1] = items[1], items[0]
    elif spoilt == "number":
        items.pop()
    else:
        items[7]["content_html"] = "<p>A summary.</p>"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(WorkNotDoneError, match=r"feed\.json"):
        prove("A", copy, made[0])


def test_a_change_that_is_not_shown_is_told(made: tuple[Corpus, Program, Run], copy: Path) -> None:
    slug = made[0].newest[0]
    text = feeds(copy)["feed.json"][0]
    assert text == Entry(slug, text.text)
    prove_change("A", copy, slug, f"Serial {int(slug.rpartition('-')[2])}.")
    with pytest.raises(WorkNotDoneError, match=f"changed in {slug} is not shown"):
        prove_change("A", copy, slug, "never written")


def test_folders_with_other_bytes_or_files_are_not_equal(copy: Path, tmp_path: Path) -> None:
    other = shutil.copytree(copy, tmp_path / "other")
    prove_equal(copy, other)
    (other / "rss.xml").write_bytes(b"other")
    with pytest.raises(WorkNotDoneError, match=r"rss\.xml is not the same"):
        prove_equal(copy, other)
    (other / "rss.xml").unlink()
    with pytest.raises(WorkNotDoneError, match="hold other files"):
        prove_equal(copy, other)


def test_an_article_is_changed_for_as_long_as_it_is_needed(
    made: tuple[Corpus, Program, Run],
) -> None:
    file = made[0].files[made[0].newest[0]]
    before = file.read_bytes()
    with made[0].changed("More words.") as slug:
        assert slug == made[0].newest[0]
        assert file.read_bytes() == before + b"\nMore words.\n"
    assert file.read_bytes() == before


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc that tells it")
def test_a_timer_says_what_a_change_costs(made: tuple[Corpus, Program, Run]) -> None:
    articles, program, _ = made
    with running(program) as timer, articles.changed("For the timer.") as slug:
        cost = timer.publishes()
        prove_change("A", program.output, slug, "For the timer.")
    assert 0 < cost.wall < 60
    assert cost.cpu > 0
    assert 10 < cost.peak < 1000
    program.again()


def test_a_timer_that_does_not_begin_is_told(tmp_path: Path) -> None:
    program = Program(name="A", version="1", folder=tmp_path, command=())
    with running(program) as timer, pytest.raises(RunFailedError, match="nothing was published"):
        timer.publishes()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="no /proc that tells it")
def test_memory_is_that_of_all_processes_and_what_they_share_counts_once(tmp_path: Path) -> None:
    cost = run((sys.executable, "-c", HOLD), tmp_path, {})
    assert 80 < cost.peak < 110


def test_time_and_cpu_have_those_of_children(tmp_path: Path) -> None:
    child = "import time; t = time.process_time()\nwhile time.process_time() - t < 0.2: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    cost = run((sys.executable, "-c", parent), tmp_path, {})
    assert cost.cpu > 0.2
    assert cost.wall > 0.2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="orphans go to another process")
def test_cpu_has_that_of_processes_that_outlive_the_command(tmp_path: Path) -> None:
    child = "import time; t = time.process_time()\nwhile time.process_time() - t < 0.3: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"
    cost = run((sys.executable, "-W", "ignore", "-c", parent), tmp_path, {})
    assert cost.cpu > 0.3


def test_a_command_that_fails_or_takes_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match=r"exit 3: no such thing"):
        run((sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"), tmp_path, {})
    began = time.monotonic()
    with pytest.raises(RunFailedError, match="exit -9"):
        run((sys.executable, "-c", "import time; time.sleep(60)"), tmp_path, {}, patience=0.3)
    assert time.monotonic() - began < 30


def test_variables_of_python_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = "import sys; print(sys.dont_write_bytecode)"
    assert run((sys.executable, "-c", code), tmp_path, {}).said == "False\n"


def test_without_the_shared_program_nothing_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "MAKER", ROOT.parent / "nowhere" / "make_corpus.py")
    said: list[str] = []
    assert hold_sites(Wanted(size=1, peers=tmp_path), said.append) == ""
    assert said[-1].startswith("sites: not held: the program that makes the articles is not")


def test_peers_that_cannot_be_had_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(contest, "prepare_environment", lambda *_: tmp_path / "env")
    assert find_peers(tmp_path, Corpus(tmp_path), tmp_path / "work", said.append) == {}
    assert [line.partition(":")[0] for line in said] == ["hugo", "pelican", "feedgen"]

    def fail(*_: object) -> Path:
        raise PeersMissingError("the peers cannot be installed: no network")

    monkeypatch.setattr(contest, "prepare_environment", fail)
    assert find_peers(tmp_path, Corpus(tmp_path), tmp_path / "work", said.append) == {}
    assert said[-1] == (
        "hugo, pelican, feedgen: not held: the peers cannot be installed: no network"
    )


def test_the_table_has_medians_spreads_and_verdicts_of_what_was_held() -> None:
    rounds = [
        {
            "ours full": Run(wall=wall, cpu=2 * wall, peak=50.0),
            "hugo full": Run(wall=4.0, cpu=8.0, peak=200.0),
        }
        for wall in (2.0, 1.0, 6.0)
    ]
    cells = "2.00 s (4.00 s), 50 MiB | Hugo | 4.00 s (8.00 s), 200 MiB"
    assert show_rounds(rounds).splitlines()[2:] == [
        f"| full build | {cells} | 0.50 (0.25 to 1.50) | at most 0.75 | met |",
        f"| full build: memory | {cells} | 0.25 (0.25 to 0.25) | at most 0.20 | missed |",
    ]


def test_memory_that_was_not_measured_is_no_line() -> None:
    rounds = [{key: Run(wall=1.0, cpu=1.0, peak=0.0) for key in ("ours full", "hugo full")}]
    assert [line.split(" | ")[0] for line in show_rounds(rounds).splitlines()[2:]] == [
        "| full build"
    ]


def test_the_conditions_say_where_and_how_much() -> None:
    told = showing.show_conditions(10_000, 5, 0.25)
    assert "load before it began: 0.2" in told
    assert "10,000 articles, rounds: 5" in told


@pytest.mark.long
def test_all_lines_are_held(shared: Path, tmp_path: Path) -> None:
    """Rounds as they are, where the stand-in of Hugo and Pelican takes what ours wrote."""
    articles = make_corpus(SIZE, tmp_path / "corpus")
    found: dict[str, Program] = {}
    wanted = Wanted(size=SIZE, rounds=2, peers=tmp_path, long=True)
    field = make_field(tmp_path, articles, found, wanted)
    code = "import shutil, sys; shutil.copytree(sys.argv[1], 'output', dirs_exist_ok=True)"
    for name in ("hugo", "pelican", "feedgen"):
        folder = tmp_path / name
        folder.mkdir()
        found[name] = Program(
            name=name,
            version="1",
            folder=folder,
            command=(sys.executable, "-c", code, str(field.ours.output)),
        )
    rounds = hold_rounds(field, wanted.rounds, lambda _: None)
    shown = show_rounds(rounds).splitlines()
    assert len(shown) == 2 + len(LINES)
    assert all(one["large full"].wall > 0 for one in rounds)
