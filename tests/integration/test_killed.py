"""kill -9 at any moment: files stay whole, the next run mends, nothing is made twice."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, NEWSLETTER, NOW, Site

ARTICLES = 120


def write(site: Site, number: int, version: int) -> None:
    site.article(
        f"a{number:03}.md", f"Version {version}. " * 200, date=f"2026-10-{number % 28 + 1:02}"
    )


def killed_run(site: Site, seconds: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "publisher", "publish", "-q", "--now", NOW],
        cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("kills", [8, pytest.param(30, marks=pytest.mark.long)])
def test_killed_at_random_moments_nothing_is_half_or_twice(
    make_site: Callable[..., Site], kills: int
) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    for number in range(ARTICLES):
        write(site, number, 0)
    began = time.monotonic()
    site.publish("--dry-run", cold=True)  # from the start, as those that are killed
    length = time.monotonic() - began

    chance = random.Random(20261122)
    for version in range(1, kills + 1):
        for number in range(version, ARTICLES, 5):  # some are edited, one is deleted
            if (site.folder / "articles" / f"a{number:03}.md").exists():
                write(site, number, version)
        (site.folder / "articles" / f"a{version:03}.md").unlink()
        killed_run(site, chance.uniform(0.3, 2.0) * length)
        for name, (data, _) in site.tree().items() if site.output("").exists() else ():
            if name.endswith(".html") and not name.startswith(".publisher-staged/"):
                assert data.rstrip().endswith(b"</html>"), name
        if (site.folder / "published.jsonl").exists():
            site.record()  # every line is whole

    site.publish()
    after = {name: data for name, (data, _) in site.tree().items()}
    assert not any(name.startswith(".publisher-staged") for name in after)
    issues = [line for line in site.record() if "newsletter" in line]
    assert [line["number"] for line in issues] == [1]
    assert "0 written, 0 removed" in site.publish().out
    site.publish("--full", "--output", "elsewhere")
    assert {name: data for name, (data, _) in site.tree("elsewhere").items()} == after
