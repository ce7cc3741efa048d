"""What a process finds around it: a TZ that names no zone, streams that have not every letter."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import publishing
from tests.command import TIMEOUT
from tests.publishing import MakeSite
from tests.sites import CONFIG, NOW, UNJUDGED, Site

site = publishing.site

TITLE = "Zażółć 日本 é 🐟"


def in_encoding(
    site: Site, *arguments: str, encoding: str, now: str | None = NOW
) -> subprocess.CompletedProcess[bytes]:
    """A process of the command whose streams have an encoding; what it says as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *arguments, *(("--now", now) if now else ())],
        cwd=site.folder,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert b"Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.parametrize(
    ("zone", "command"),
    [
        ("{site}/publisher.yaml", "check"),
        ("{site}/publisher.yaml", "publish"),
        ("{site}/publisher.yaml", "plan"),
        ("{site}/publisher.yaml", "deliver"),
        (":{site}/publisher.yaml", "check"),
        ("articles", "check"),
        ("pipe", "check"),
        ("cut", "check"),
    ],
)
def test_a_zone_that_is_none_is_utc_as_the_system_has_it(
    zone: str, command: str, make_site: MakeSite
) -> None:
    site = make_site(CONFIG + UNJUDGED + "smtp: {folder: outbox}\n")
    site.article("one.md")
    os.mkfifo(site.folder / "pipe")
    site.write("cut", Path("/usr/share/zoneinfo/Asia/Jakarta").read_bytes()[:60])
    ran = site.run(command, env={"TZ": zone.format(site=site.folder)})
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(("told", "seen"), [("articles", "UTC"), ("Asia/Tokyo", "Asia/Tokyo")])
def test_another_program_is_told_the_zone_that_is_meant(
    told: str, seen: str, make_site: MakeSite
) -> None:
    turn = "[sh, -c, 'cat >/dev/null; echo \"<p>$TZ</p>\"']"
    site = make_site(CONFIG + f"sources: [{{name: articles, asciidoc: {turn}}}]\n")
    site.write("articles/a.adoc", "= Title\n:date: 2026-11-01\n\nText.\n")
    ran = site.run("publish", env={"TZ": told})
    assert ran.code == 0, ran
    page = next(site.output("2026").rglob("index.html")).read_text(encoding="utf-8")
    assert f"<p>{seen}</p>" in page


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_what_cannot_be_spelled_is_told_by_its_number(encoding: str, site: Site) -> None:
    site.article("fish.md", title=TITLE)
    site.write("articles/ż.md", "No date.")
    assert in_encoding(site, "--help", encoding=encoding, now=None).returncode == 0
    for command in (("articles",), ("publish",), ("publish", "--dry-run")):
        done = in_encoding(site, *command, encoding=encoding)
        assert done.returncode in (0, 3), done
    out = in_encoding(site, "articles", encoding=encoding).stdout.decode(encoding)
    assert ("日本" if encoding == "utf-8" else r" \u65e5\u672c ") in out
    assert (r" \u00e9 " if encoding == "ascii" else " é ") in out


def test_a_folder_whose_name_is_no_text_is_told_by_its_bytes(tmp_path: Path) -> None:
    site = Site(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    site.write("publisher.yaml", CONFIG)
    site.article("one.md")
    done = in_encoding(site, "publish", encoding="utf-8")
    assert done.returncode == 0
    assert b"/caf\xe9/output: " in done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_json_says_the_same_in_each_encoding(encoding: str, site: Site) -> None:
    site.article("fish.md", title=TITLE)
    done = in_encoding(site, "articles", "--json", encoding=encoding)
    lines = done.stdout.decode(encoding).splitlines()
    assert TITLE in [json.loads(line).get("title") for line in lines]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_a_list_of_readers_is_whole_or_refused(encoding: str, make_site: MakeSite) -> None:
    """It is data that goes on elsewhere: no letter of a name becomes another."""
    site = make_site(CONFIG + UNJUDGED)
    added = ("subscribers", "add", "z@reader.example", "--name", "Zażółć", "--newsletter", "weekly")
    assert in_encoding(site, *added, "--confirmed", encoding="utf-8").returncode == 0
    done = in_encoding(site, "subscribers", "export", encoding=encoding)
    if encoding == "utf-8":
        rows = csv.DictReader(io.StringIO(done.stdout.decode()))
        assert [row["name"] for row in rows] == ["Zażółć"]
        return
    assert done.returncode == 1
    told = b"error: standard output cannot be written in latin-1, which has no U+017C\n"
    assert told in done.stderr
    assert b"mend:  set PYTHONIOENCODING=utf-8" in done.stderr
    file = in_encoding(site, "subscribers", "export", "list.csv", encoding=encoding)
    assert file.returncode == 0
    assert "Zażółć" in (site.folder / "list.csv").read_text(encoding="utf-8")
