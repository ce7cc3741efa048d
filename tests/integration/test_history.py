"""Dates from git, where the source asks for them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import CONFIG, Site

GIT = CONFIG + "sources:\n  - {name: articles, date: [field, git]}\n"


@pytest.fixture
def git(program: Callable[[str], str]) -> Callable[..., None]:
    found = program("git")

    def run(folder: Path, *arguments: str, at: str = "2020-01-02T03:04:05+07:00") -> None:
        who = {f"GIT_{role}_{what}": "a@b.example" for role in ("AUTHOR", "COMMITTER")
               for what in ("NAME", "EMAIL")}  # fmt: skip
        dates = {"GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        env = {**os.environ, **who, **dates, "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run([found, "-C", str(folder), *arguments], check=True, env=env, timeout=60)

    return run


def commit(git: Callable[..., None], folder: Path, at: str) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "x", at=at)


def test_the_first_commit_is_the_date(
    make_site: Callable[..., Site], git: Callable[..., None]
) -> None:
    site = make_site(GIT)
    git(site.folder, "init", "--quiet")
    site.article("old name.md", date="", title="Old")
    site.article("dated.md", date="2026-11-01")
    commit(git, site.folder, "2020-01-02T03:04:05+07:00")
    (site.folder / "articles/old name.md").rename(site.folder / "articles/new.md")
    site.article("2019-01-01-später.md", date="", title="Later")
    commit(git, site.folder, "2021-05-06T07:08:09Z")
    site.article("uncommitted.md", date="")
    ran = site.publish(code=3)
    told = {line["file"]: line for line in site.articles()}
    assert told["new.md"]["published"] == "2020-01-02T03:04:05+07:00"
    assert told["new.md"]["from"]["published"] == "git"
    assert told["2019-01-01-später.md"]["published"] == "2021-05-06T07:08:09+00:00"
    assert told["dated.md"]["published"].startswith("2026-11-01")
    assert "articles/uncommitted.md:2: has no date" in ran.err


def test_a_shallow_clone_tells_no_date(
    make_site: Callable[..., Site], git: Callable[..., None], tmp_path: Path
) -> None:
    site = make_site(GIT)
    git(site.folder, "init", "--quiet")
    for number in (1, 2):
        site.article(f"{number}.md", date="")
        commit(git, site.folder, f"202{number}-01-01T00:00:00Z")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", site.folder.as_uri(), str(clone))
    ran = Site(clone).run("publish")
    assert ran.code == 3
    assert "this clone is shallow" in ran.err
    assert "git fetch --unshallow" in ran.err


def test_without_a_repository_it_is_said(make_site: Callable[..., Site]) -> None:
    site = make_site(GIT)
    site.article("one.md", date="")
    assert "git does not tell it" in site.publish(code=3).err
