"""Small disks, and what fills them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of its own at a folder, as large as `mount` is told ("20m"), while the block runs.

    Where nobody may mount it the test skips, or fails if services are due.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextlib.contextmanager
def read_only_place(folder: Path) -> Iterator[None]:
    """A folder is a disk of its own that is only read, while the block runs; or as above."""
    _mount("--bind", str(folder), str(folder))
    try:
        _mount("-o", "remount,bind,ro", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*told: str) -> None:
    try:
        subprocess.run(["mount", *told], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail("no disk can be mounted here, and REQUIRE_SERVICES=1")
        pytest.skip("only root, where it may mount, has disks of its own")


def free(disk: Path) -> int:
    """Bytes of room that are left."""
    return shutil.disk_usage(disk).free


def fill(disk: Path, left: int = 0) -> Path:
    """Write a file until there is so much room left, in bytes; gives the file."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as raw, contextlib.suppress(OSError):
        while (more := free(disk) - left) > 0:
            raw.write(b"\0" * min(more, 65536))
    return ballast
