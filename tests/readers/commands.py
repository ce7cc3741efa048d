"""Programs as subprocesses: on loopback, with a home of their own, ended by us."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 400
"""Seconds that a program gets for all feeds together: it needs 5 to 25, more where it is busy."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """No locale, no settings and no proxy of the person who runs the tests."""
    home.mkdir(parents=True, exist_ok=True)
    known = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE")}
    return known | folders | more


def run(command: Sequence[str], home: Path, *, given: str = "", cwd: Path | None = None) -> str:
    """What a command prints. Raises AssertionError with its words when it fails."""
    done = subprocess.run(
        list(command),
        cwd=cwd or home,
        env=environment(home),
        input=given.encode(),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {said[-2000:]}"
    return done.stdout.decode("utf-8")
