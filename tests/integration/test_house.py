"""The house: pins, the wheel, the sample site, the commands of a fresh checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from publisher import __version__
from tests.integration.sample_record import copy_sample, make_record
from tests.sites import NOW, Site

ROOT = Path(__file__).resolve().parents[2]
PINS = sorted((ROOT / "requirements").glob("*.txt"))


def run(
    *command: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=900
    )


def clean_environment(home: Path) -> dict[str, str]:
    """What a shell has after login, and how this machine reaches its package index."""
    kept = {k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.endswith("_proxy")}
    return kept | {"PATH": os.defpath + ":/usr/local/bin", "HOME": str(home), "LANG": "C.UTF-8"}


# ---------------------------------------------------------------- pins


@pytest.mark.parametrize("file", PINS, ids=lambda f: f.name)
def test_every_pin_has_hashes_and_no_host(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    pins = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert pins
    for pin in pins:
        assert re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", pin), pin
        assert "://" not in pin, pin


def test_every_dependency_is_pinned_at_or_above_its_floor() -> None:
    text = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for dependency in project["dependencies"]:
        found = re.match(r"([\w.-]+)>=([\d.]+)", dependency)
        assert found, dependency
        name, floor = found.groups()
        assert _numbers(pins[re.sub(r"[._]", "-", name.lower())]) >= _numbers(floor), dependency


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


# ---------------------------------------------------------------- the wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    built = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    assert built.returncode == 0, built.stderr
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_templates_words_and_starter(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for top in ("templates", "publisher"):
        for path in (ROOT / top).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                inside = path.relative_to(ROOT).as_posix().removeprefix("publisher/")
                assert f"publisher/{inside}" in names
    assert not [n for n in names if not re.match(r"publisher(-[\d.]+\.dist-info)?/", n)]


def test_the_wheel_publishes_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    python = _environment_beside_the_checkout(tmp_path / "env")
    installed = run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--no-compile",  # three starts compile what they import
        wheel,
        cwd=tmp_path,
    )
    assert installed.returncode == 0, installed.stderr
    publisher, env = python.parent / "publisher", clean_environment(tmp_path)

    version = run(publisher, "--version", cwd=tmp_path, env=env)
    assert version.stdout.strip().endswith(__version__)
    made = run(publisher, "init", "paper", "--now", NOW, cwd=tmp_path, env=env)
    assert made.returncode == 0, made.stderr
    done = run(python.parent / "publish", "--now", NOW, cwd=tmp_path / "paper", env=env)

    assert (done.returncode, done.stderr) == (0, "")
    for name in ("index.html", "atom.xml", "rss.xml", "feed.json", "feeds/index.html"):
        assert (tmp_path / "paper" / "output" / name).stat().st_size > 0


def _environment_beside_the_checkout(folder: Path) -> Path:
    """An environment that sees the libraries of this one, but not the checkout itself."""
    venv.create(folder, with_pip=False)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    # A path in a .pth file is searched, but .pth files in it (the editable checkout) are not read.
    (site_packages / "libraries.pth").write_text("\n".join(sorted(libraries)), encoding="utf-8")
    return folder / "bin" / "python"


# ---------------------------------------------------------------- the sample site


@pytest.fixture
def sample(tmp_path: Path) -> Site:
    """The sample site as a clone has it: without state and output."""
    site = copy_sample(tmp_path / "sample")
    shutil.copy(ROOT / "published.jsonl", site.folder)
    return site


def test_the_sample_site_publishes_without_a_word_and_its_record_is_complete(sample: Site) -> None:
    record = (sample.folder / "published.jsonl").read_bytes()

    ran = sample.publish(cold=True)

    assert ran.err == ""
    assert (sample.folder / "published.jsonl").read_bytes() == record
    assert sample.output("newsletters/weekly/1/email.eml").is_file()


def test_the_sample_sites_record_is_what_publishing_it_gives(tmp_path: Path) -> None:
    made = make_record(tmp_path / "sample")
    assert made == (ROOT / "published.jsonl").read_bytes(), (
        "write it anew: python -m tests.integration.sample_record"
    )


def test_the_sample_site_fills_every_path_of_the_output(sample: Site) -> None:
    sample.publish()

    formats = {"rss.xml", "atom.xml", "feed.json"}
    for folder in (
        *("", "feeds/water", "newsletters/weekly", "tags/harbour", "authors/raka-siregar"),
        *("languages/en", "languages/id", "languages/ar"),
    ):
        names = {file.name for file in sample.output(folder).iterdir()}
        assert formats | {"index.html"} <= names, folder
    for name in ("feeds/index.html", "feeds.opml", "sitemap.xml", "robots.txt"):
        assert sample.output(name).is_file()
    withdrawn = sample.output("2026/11/22/no-ferry-on-sunday/index.html").read_text("utf-8")
    assert "This article was withdrawn" in withdrawn
    assert "No ferry on Sunday" not in withdrawn
    assert "Corrected" in sample.output("2026/11/20/the-ferry-that-waits/index.html").read_text(
        "utf-8"
    )
    announced = sample.output("index.html").read_text("utf-8")
    for file in sample.output("").rglob("*"):
        path = file.relative_to(sample.output("")).as_posix()
        if file.name in formats and "archive/" not in path:
            assert f'href="https://courier.example/{quote(path)}"' in announced
        if file.suffix == ".html" and file.name == "index.html":
            assert file.stat().st_size < 30_000, path


def test_the_sample_site_shows_every_format_language_and_state(sample: Site) -> None:
    articles = sample.articles()
    states = [a["state"] for a in articles]
    listed = [a for a in articles if a["state"] == "listed"]
    assert len(listed) >= 12
    assert (states.count("draft"), states.count("scheduled")) == (1, 1)
    assert set(states) == {"listed", "draft", "scheduled", "retracted"}
    assert {a["language"] for a in listed} == {"en", "id", "ar"}
    assert {Path(a["file"]).suffix for a in listed} == {".md", ".html", ".rst", ".txt"}
    assert all(a["title"] and a["summary"] and a["authors"] and a["tags"] for a in listed)
    assert not [a for a in listed if a["warnings"]]
    heads = {
        (sample.folder / "articles").joinpath(p).read_text(encoding="utf-8")[:3]
        for p in (a["file"] for a in listed)
        if p.endswith(".md")
    }
    assert {"---", "+++", "{\n ", "Tit"} <= heads


# ---------------------------------------------------------------- a fresh checkout


@pytest.mark.long
def test_make_publishes_and_checks_in_a_fresh_checkout(tmp_path: Path) -> None:
    checkout = tmp_path / "a folder with spaces"
    _copy_what_git_would(checkout)
    env = clean_environment(tmp_path)
    run("git", "init", "--quiet", cwd=checkout)
    run("git", "add", "--all", cwd=checkout)

    for target in ("publish", "check"):
        made = run("make", "-s", target, cwd=checkout, env=env)
        assert made.returncode == 0, (target, made.stdout, made.stderr)
    again = run("make", "publish", cwd=checkout, env=env)

    assert "pip" not in again.stdout
    assert (checkout / "output" / "index.html").is_file()
    changed = run("git", "status", "--porcelain", cwd=checkout).stdout.splitlines()
    assert not [line for line in changed if not line.startswith("A ")]


def _copy_what_git_would(folder: Path) -> None:
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT)
    assert listed.returncode == 0, listed.stderr
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def test_a_python_that_is_too_old_is_told_so(tmp_path: Path, program: Callable[[str], str]) -> None:
    old = tmp_path / "python"
    old.write_text(f'#!/bin/sh\n[ "$1" = -c ] && exit 1\nexec {sys.executable} "$@"\n')
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements"):
        (tmp_path / name).symlink_to(ROOT / name)

    made = run(program("make"), "publish", f"PYTHON={old}", cwd=tmp_path)

    assert made.returncode != 0
    assert "needs Python 3.11 or later" in made.stderr
    assert not (tmp_path / ".venv").exists()
