"""Processes for which the modes of files hold, also where root runs the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.sites import NOW, Site

_RIGHTS = "-dac_override,-dac_read_search,-fowner"


def held_to_modes(command: Sequence[str]) -> list[str]:
    """A command as it is started for that."""
    rights = ["setpriv", f"--bounding-set={_RIGHTS}"] if os.geteuid() == 0 else []
    return [*rights, *command]


def run_bound_by_modes(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m publisher` so."""
    command = held_to_modes([sys.executable, "-m", "publisher", *arguments, "--now", NOW])
    return subprocess.run(
        command, cwd=site.folder, capture_output=True, text=True, timeout=120, check=False
    )
