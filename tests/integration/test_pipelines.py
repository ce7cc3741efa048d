"""The recipes of docs/deploy for continuous integration, run against a repository in a folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cronsim import CronSim

from publisher.config import Config
from tests.conftest import ROOT
from tests.deploying import RECIPES, Recipe, read, run
from tests.sites import CONFIG, UNJUDGED, Site

OFFICIAL = {
    *("actions/checkout", "actions/setup-python", "actions/cache"),
    *("actions/upload-pages-artifact", "actions/deploy-pages"),
}


@dataclass(frozen=True)
class Forge:
    """A repository with a site in it, and runs of a recipe on clones of it."""

    folder: Path
    env: Mapping[str, str]
    recipe: Recipe

    def clone(self, name: str) -> Site:
        self.git("clone", "--quiet", "--branch", "main", self.folder / "origin.git", name)
        return Site(self.folder / name)

    def git(self, *arguments: str | Path, cwd: str = ".") -> str:
        done = run("git", *arguments, cwd=self.folder / cwd, env=self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def push(self, site: Site, text: str) -> None:
        self.git("add", "--all", cwd=site.folder.name)
        self.git("commit", "--quiet", "--message", text, cwd=site.folder.name)
        self.git("push", "--quiet", "origin", "HEAD:main", cwd=site.folder.name)

    def step(self, script: str, site: Site) -> subprocess.CompletedProcess[str]:
        return run("bash", "-eo", "pipefail", "-c", script, cwd=site.folder, env=self.env)

    def run(self, name: str) -> Site:
        site = self.clone(name)
        published = self.step(self.recipe.before, site)
        assert published.returncode == 0, (published.stdout, published.stderr)
        assert "articles/bad.md" in published.stderr
        kept = self.step(self.recipe.after, site)
        assert kept.returncode == 0, (kept.stdout, kept.stderr)
        return site

    def tip(self) -> str:
        return self.git("rev-parse", "main", cwd="origin.git")

    def record(self) -> str:
        return self.git("show", "main:published.jsonl", cwd="origin.git")


@pytest.fixture(
    params=[
        "github-pages.yml",
        pytest.param("gitlab-ci.yml", marks=pytest.mark.long),
    ]
)
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Forge:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "publisher").write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m publisher "$@"\n', encoding="utf-8"
    )
    (programs / "publisher").chmod(0o755)
    env = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "CI_DEFAULT_BRANCH": "main",
        "CI_SERVER_HOST": "gitlab.example",
        "CI_PROJECT_PATH": "coast/paper",
        "RECORD_TOKEN": "token",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{tmp_path}/origin.git.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://publisher:token@gitlab.example/coast/paper.git",
        # Runners have no name of their own: what commits there must say one.
        "GIT_CONFIG_KEY_1": "user.useConfigOnly",
        "GIT_CONFIG_VALUE_1": "true",
    }
    forge = Forge(tmp_path, env, RECIPES[request.param])
    forge.git("init", "--quiet", "--bare", "--initial-branch", "main", "origin.git")
    forge.git("config", "receive.advertisePushOptions", "true", cwd="origin.git")
    site = Site(tmp_path / "author")
    forge.git("clone", "--quiet", "origin.git", "author")
    forge.git("config", "user.name", "Ana", cwd="author")
    forge.git("config", "user.email", "ana@courier.example", cwd="author")
    site.write("publisher.yaml", CONFIG + UNJUDGED)
    site.write(".gitignore", "/output/\n/public/\n/.publisher/\n")
    site.article("fog.md")
    site.write("articles/bad.md", "---\ntitle: [\n---\n")  # left out, and stops nobody
    forge.git("checkout", "--quiet", "-B", "main", cwd="author")
    forge.push(site, "Begin")
    return forge


def test_the_record_is_kept_and_the_next_run_goes_on_from_it(forge: Forge) -> None:
    first = forge.run("one")
    begun, record = forge.tip(), forge.record()
    second = forge.run("two")

    output = forge.recipe.output
    assert len(record.splitlines()) > 2
    assert forge.tip() == begun, "nothing was new, and something was committed"
    for name in ("atom.xml", "index.html", "newsletters/weekly/1/email.eml"):
        made = [(site.folder / output / name).read_bytes() for site in (first, second)]
        assert made[0] == made[1], name


def test_what_is_pushed_meanwhile_is_not_lost(forge: Forge) -> None:
    site = forge.clone("one")
    assert forge.step(forge.recipe.before, site).returncode == 0
    author = Site(forge.folder / "author")
    author.article("rain.md")
    forge.push(author, "Rain")

    kept = forge.step(forge.recipe.after, site)

    assert kept.returncode == 0, kept.stderr
    assert "rain.md" in forge.git("ls-tree", "-r", "--name-only", "main", cwd="origin.git")
    assert "fog.md" in forge.record()


def test_a_run_that_fails_shows_nothing_and_keeps_nothing(forge: Forge) -> None:
    author = Site(forge.folder / "author")
    author.write("publisher.yaml", "sites: {}\n")
    forge.push(author, "Broken")

    site = forge.clone("one")
    done = forge.step(forge.recipe.before, site)

    assert done.returncode == 2
    assert not (site.folder / forge.recipe.output).exists()


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_keeps_the_state_and_mails_nothing(name: str) -> None:
    recipe = RECIPES[name]
    assert Config.__dataclass_fields__["state"].default in recipe.kept
    script = recipe.before + recipe.after
    assert "deliver" not in script
    assert "Mails nothing" in read(name)
    assert recipe.installs == "pip install --requirement requirements.txt"


def test_one_run_at_a_time_by_official_actions_with_the_rights_they_need() -> None:
    github = yaml.safe_load(read("github-pages.yml"))
    assert github["concurrency"] == {"group": "publish", "cancel-in-progress": False}
    assert github["permissions"] == {}
    rights = {name: job["permissions"] for name, job in github["jobs"].items()}
    assert rights == {
        "publish": {"contents": "write"},
        "deploy": {"pages": "write", "id-token": "write"},
    }
    uses = re.findall(r"uses: (\S+)@v\d+$", read("github-pages.yml"), re.MULTILINE)
    assert set(uses) == OFFICIAL
    assert len(uses) == read("github-pages.yml").count("uses:")
    triggers = github[True]  # YAML 1.1 reads `on` so
    checkout = github["jobs"]["publish"]["steps"][0]
    # The record of the run before is at the tip, not at the commit that woke this run.
    assert [checkout["with"]["ref"]] == triggers["push"]["branches"]
    for one_time in triggers["schedule"]:
        next(CronSim(one_time["cron"], datetime(2026, 11, 26, tzinfo=UTC)))
    assert all(job["timeout-minutes"] for job in github["jobs"].values())

    gitlab = yaml.safe_load(read("gitlab-ci.yml"))["pages"]
    assert gitlab["resource_group"]
    assert gitlab["interruptible"] is False
    assert gitlab["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
