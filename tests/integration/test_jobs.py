"""Several processes read articles: the same bytes, and none of them outlives its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from publisher.sources.side_by_side import WORTH_IT
from tests.picture_samples import png
from tests.sites import CONFIG, NOW, Site

PIXEL = png(1, 1)


def many(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG, {"articles/one.png": PIXEL, "articles/two.png": PIXEL + b"x"})
    for number in range(WORTH_IT + 10):
        picture = "one.png" if number % 2 else "two.png"
        site.article(f"{number:03}.md", body=f"![A picture]({picture}) Text {number}.")
    site.write("articles/bad.md", "---\ntitle: Bad\ndate: 2026-02-30\n---\nText.\n")
    return site


def test_the_number_of_processes_changes_no_byte(make_site: Callable[..., Site]) -> None:
    site = many(make_site)
    site.settle()
    said, trees, records = [], [], []
    for jobs in ("1", "3"):
        ran = site.publish("--full", "--jobs", jobs, "--output", f"out{jobs}", code=3)
        said.append((ran.out.replace(f"out{jobs}", "out"), ran.err))
        trees.append({path: data for path, (data, _) in site.tree(f"out{jobs}").items()})
        records.append((site.folder / "published.jsonl").read_bytes())
        (site.folder / "published.jsonl").unlink()
    assert said[0] == said[1]
    assert trees[0] == trees[1]
    assert records[0] == records[1]
    again = site.publish("--jobs", "3", "--output", "out3", code=3)
    assert "0 written" in again.out
    assert "; 0 read" in again.out


def test_no_process_outlives_a_killed_owner(make_site: Callable[..., Site]) -> None:
    site = many(make_site)
    command = [sys.executable, "-m", "publisher", "publish", "--jobs", "3", "--now", NOW]
    owner = subprocess.Popen(
        command, cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        children = wait_for(lambda: len(descendants(owner.pid)) >= 2 and descendants(owner.pid))
    finally:
        owner.kill()
        owner.wait()
    assert wait_for(lambda: not [pid for pid in children if is_running(pid)])
    site.publish(code=3)


def wait_for(condition: Callable[[], object]) -> object:
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen within 30 seconds"
        time.sleep(0.005)
    return found


def descendants(pid: int) -> list[int]:
    """All processes below one, by /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text("ascii", "replace")
            except OSError:
                continue  # it has ended
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found, level = [], [pid]
    while level:
        level = [child for child, parent in parents.items() if parent in level]
        found += level
    return found


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
        state = (
            Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
        )
    except OSError:
        return False
    return state != "Z"
