"""`publisher articles` as the place to look: refusals, what else was seen, what changes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest

from tests.command import TIMEOUT
from tests.sites import CONFIG, NOW, Site


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG)


def test_refusals_of_one_cause_are_told_once_with_every_place(site: Site) -> None:
    for n in range(12):
        site.article(f"{n}.md", date=f"2026-13-{n + 1:02}")
    site.article("bad.md", draft="perhaps")
    ran = site.run("articles")
    assert ran.code == 3
    assert ran.out.splitlines()[-1] == "13 refused"
    assert (
        "error: 12 articles: date '…' has no month" in ran.err or "12 articles: date …" in ran.err
    )
    for n in range(12):
        assert f"articles/{n}.md:3:7" in ran.err
    assert "articles/bad.md:4:8: draft is 'perhaps', not true or false" in ran.err
    assert ran.err.count("mend:") == 2


def test_what_lost_is_explained(site: Site) -> None:
    site.article("2026-10-01-a.md", "# Heading", title="Field", pubDate="2026-09-01", lang="id")
    ran = site.run("articles", "--explain", "2026-10-01-a.md")
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    place = next(i for i, line in enumerate(lines) if line.startswith("published:"))
    assert lines[place + 1 : place + 3] == [
        "also seen: pubDate: 2026-09-01 (line 4)",
        "also seen: 2026-10-01 (filename)",
    ]
    assert "also seen: en (config)" in lines
    shown = json.loads(site.run("articles", "--explain", "2026-10-01-a.md", "--json").out)
    assert shown["seen"]["language"] == ["en (config)"]


def test_nothing_is_seen_where_nothing_lost(site: Site) -> None:
    site.article("a.md")
    assert "also seen" not in site.run("articles", "--explain", "a.md").out


def test_a_row_is_explained_by_its_name(make_site: Callable[..., Site]) -> None:
    source = "sources:\n  - {name: t, type: csv, path: a.csv, row: nr}\n"
    site = make_site(
        CONFIG + source, {"a.csv": "nr,title,date,posted,body\n7,A,2026-11-01,2026-10-01,x\n"}
    )
    assert "also seen: posted: 2026-10-01 (line 2)" in site.run("articles", "--explain", "7").out


def test_watching_goes_with_neither_form(site: Site) -> None:
    assert site.run("articles", "--watch", "--json").code == 2


HEARING = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
"""What is started in the background may have been told to ignore interrupts."""

TOLD = [sys.executable, "-c", HEARING + "from publisher.cli.commands import main; main()"]
POLLED = [
    sys.executable,
    "-c",
    HEARING + "sys.modules['watchfiles'] = None; from publisher.cli.commands import main; main()",
]


@pytest.mark.parametrize("start", [TOLD, pytest.param(POLLED, marks=pytest.mark.long)])
def test_what_changes_is_told_until_interrupted(site: Site, start: list[str]) -> None:
    site.article("a.md")
    site.article("b.md", date="2026-13-01")
    command = [*start, "articles", "--watch", "--now", NOW]
    with subprocess.Popen(
        command, cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        patience = threading.Timer(TIMEOUT, process.kill)
        patience.start()
        try:
            told = [process.stdout.readline() for _ in range(5)]
            assert told[0].startswith("listed     a.md"), told
            assert told[-1] == "1 listed, 1 refused\n", told
            site.article("b.md", date="2026-11-02")
            assert process.stdout.readline().rstrip().endswith("B  (was refused)")
            assert process.stdout.readline() == "2 listed\n"
            site.write("publisher.yaml", CONFIG + "wrong: 1\n")
            assert "unknown key 'wrong'" in process.stdout.readline()
            assert "mend:" in process.stdout.readline()
            site.write("publisher.yaml", CONFIG)
            (site.folder / "articles/a.md").unlink()
            assert process.stdout.readline() == "gone       a.md\n"
            assert process.stdout.readline() == "1 listed\n"
        finally:
            process.send_signal(signal.SIGINT)
            patience.cancel()
        rest = process.stdout.read()
        assert (process.wait(timeout=30), rest) == (0, "")


OVERLAP = """\
site: {title: T, url: "https://courier.example/", timezone: UTC}
sources:
  - {name: all, path: texts, url: "/all/{slug}/"}
  - {name: news, path: texts/news/../news}
"""


def test_a_file_of_two_sources_is_one_article(make_site: Callable[..., Site]) -> None:
    files = {"texts/news/a.md": "---\ndate: 2026-11-01\n---\nA\n", "texts/b.md": "no header"}
    site = make_site(OVERLAP, files)
    told = {(line["source"], line["file"]): line["state"] for line in site.articles()}
    assert told == {
        ("all", "b.md"): "refused",
        ("all", "news/a.md"): "skipped",
        ("news", "a.md"): "listed",
    }
    assert "the sources news and all read the same files, such as a.md" in site.run("check").err


def test_a_source_added_later_takes_no_article_of_another(make_site: Callable[..., Site]) -> None:
    files = {"texts/news/a.md": "---\ndate: 2026-11-01\n---\nA\n"}
    site = make_site(OVERLAP.rpartition("  - ")[0], files)
    site.publish()
    before, record = site.tree(), site.record()
    site.write("publisher.yaml", OVERLAP)
    site.publish()
    assert (site.tree(), site.record()) == (before, record)


def test_a_map_that_leads_nowhere_is_told(make_site: Callable[..., Site]) -> None:
    config = 'site: {title: T, url: "https://courier.example/", timezone: UTC}\n'
    config += "sources:\n  - {name: a, map: {date: tanggal, judul: Title}}\n"
    site = make_site(config, {"articles/a.md": "---\ndate: 2026-11-01\n---\nA\n"})
    err = site.run("check").err
    assert "the source a has the map date: tanggal, and 'tanggal' is no field" in err
    assert "judul" not in err


def test_a_link_to_a_folder_elsewhere_is_told(site: Site) -> None:
    site.article("a.md")
    site.write("elsewhere/b.md", "---\ndate: 2026-11-01\n---\nB\n")
    (site.folder / "articles/old").symlink_to("../elsewhere")
    assert [line["file"] for line in site.articles()] == ["a.md"]
    told = "articles/old: is a link to a folder elsewhere, in which nothing is read; make it a"
    assert told in site.run("check").err


@pytest.mark.parametrize("name", ["fog.md", "deep/it's fog.md"])
def test_a_file_in_another_encoding_is_mended_by_the_line_that_is_told(
    site: Site, name: str
) -> None:
    site.write(
        f"articles/{name}", "---\ntitle: Café\ndate: 2026-11-01\n---\nÀ la mer.".encode("cp1252")
    )
    ran = site.run("publish")
    assert ran.code == 3
    (mend,) = [line for line in ran.err.splitlines() if line.startswith("mend:")]
    subprocess.run(["/bin/sh", "-c", mend.partition("by: ")[2]], cwd=site.folder, check=True)
    assert site.run("publish").code == 0
    assert "Café" in {one["title"] for one in site.articles()}


def test_many_files_in_another_encoding_are_one_cause(site: Site) -> None:
    for number in range(12):
        site.write(f"articles/{number}.md", b"---\ntitle: Caf\xe9\n---\nText.")
    ran = site.run("publish")
    assert ran.err.count("mend:") == 1
    assert "12 articles: is no valid UTF-8" in ran.err
