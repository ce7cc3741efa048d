"""kill -9 at any moment: files stay whole, the next run mends, nothing is made twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from tests.sites import CONFIG, NEWSLETTER, NOW, Site

KILLS = 12


def test_killed_at_random_moments_nothing_is_half_or_twice(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + NEWSLETTER)
    reference = Site(site.folder.parent / "reference")
    reference.write("publisher.yaml", CONFIG + NEWSLETTER)
    for one in (site, reference):
        for number in range(120):
            one.article(f"a{number:03}.md", "Text. " * 200, date=f"2026-10-{number % 28 + 1:02}")
    began = time.monotonic()
    reference.publish()
    whole = {name: data for name, (data, _) in reference.tree().items()}
    length = time.monotonic() - began

    chance = random.Random(20261122)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "publisher", "publish", "-q", "--now", NOW],
            cwd=site.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3, 1.1) * length)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for name, (data, _) in site.tree().items() if site.output("").exists() else ():
            if not name.startswith(".staged/"):
                assert data == whole[name], name
        if (site.folder / "published.jsonl").exists():
            site.record()
    site.publish()
    assert {name: data for name, (data, _) in site.tree().items()} == whole
    issues = [line for line in site.record() if "newsletter" in line]
    assert [line["number"] for line in issues] == [1]
    assert "0 written, 0 removed" in site.publish().out
    assert json.loads(site.output("feed.json").read_bytes())["items"]
