"""kill -9 at any moment: files stay whole, the next run mends, nothing is made twice."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest

from tests.command import run_killed
from tests.sites import CONFIG, NEWSLETTER, NOW, Site

ARTICLES = 120


def write(site: Site, number: int, version: int) -> None:
    site.article(
        f"a{number:03}.md", f"Version {version}. " * 200, date=f"2026-10-{number % 28 + 1:02}"
    )


@pytest.mark.parametrize("kills", [5, pytest.param(30, marks=pytest.mark.long)])
def test_killed_at_random_moments_nothing_is_half_or_twice(
    make_site: Callable[..., Site], kills: int
) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    for number in range(ARTICLES):
        write(site, number, 0)
    site.run("--version", now=None)  # so that what forks has been started
    began = time.monotonic()
    site.publish("--dry-run")
    length = time.monotonic() - began

    chance, killed = random.Random(20261122), 0
    for version in range(1, 4 * kills):
        if killed == kills:
            break
        for number in range(version, ARTICLES, 5):  # some are edited, one is deleted
            if (site.folder / "articles" / f"a{number:03}.md").exists():
                write(site, number, version)
        (site.folder / "articles" / f"a{version:03}.md").unlink()
        at = chance.uniform(0.05, 1.0) * length
        is_killed = run_killed(["publish", "-q", "--now", NOW], site.folder, os.environ, at)
        killed += is_killed
        length *= 1.1 if is_killed else 0.8  # towards what a run takes now
        for name, (data, _) in site.tree().items() if site.output("").exists() else ():
            if name.endswith(".html") and not name.startswith(".publisher-staged/"):
                assert data.rstrip().endswith(b"</html>"), name
        if (site.folder / "published.jsonl").exists():
            site.record()  # every line is whole

    assert killed == kills
    site.publish()
    after = {name: data for name, (data, _) in site.tree().items()}
    assert not any(name.startswith(".publisher-staged") for name in after)
    issues = [line for line in site.record() if "newsletter" in line]
    assert [line["number"] for line in issues] == [1]
    assert "0 written, 0 removed" in site.publish().out
    site.publish("--full", "--output", "elsewhere")
    assert {name: data for name, (data, _) in site.tree("elsewhere").items()} == after
