"""Where the peers are installed: an environment of their own, kept between runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.measuring import ROOT

REQUIREMENTS = ROOT / "requirements"
_PATIENCE = 600
# As the Makefile does it: only wheels, by hash; feedgen is pure Python in a source archive.
_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
_INSTALL = (*_PIP, "install", "--require-hashes", "--no-deps", "--only-binary", ":all:")
_FROM_SOURCE = ("--no-binary", "feedgen", "--use-pep517", "--no-build-isolation")


class PeersMissingError(Exception):
    """The peers could not be installed."""


def usual_folder() -> Path:
    """A folder of the user's own below the system's temporary one."""
    return Path(tempfile.gettempdir()) / f"publisher-peers-{os.getuid()}"


def prepare_environment(folder: Path, say: Callable[[str], None]) -> Path:
    """The environment with what requirements/peers.txt pins. Raises PeersMissingError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PeersMissingError(f"{folder} is somebody else's: name another with --peers")
    env, note = folder / "env", folder / "installed"
    wanted = _pinned()
    if note.is_file() and note.read_text(encoding="utf-8") == wanted:
        return env
    say(f"installing the peers into {env}")
    note.unlink(missing_ok=True)
    shutil.rmtree(env, ignore_errors=True)
    python = str(env / "bin" / "python")
    _do(sys.executable, "-m", "venv", str(env))
    _do(python, *_INSTALL, "--requirement", str(REQUIREMENTS / "build.txt"))
    _do(python, *_INSTALL, *_FROM_SOURCE, "--requirement", str(REQUIREMENTS / "peers.txt"))
    note.write_text(wanted, encoding="utf-8")
    return env


def _pinned() -> str:
    """What the environment depends on, as a hash."""
    found = hashlib.sha256(sys.version.encode())
    for name in ("build.txt", "peers.txt"):
        found.update((REQUIREMENTS / name).read_bytes())
    return found.hexdigest()


def _do(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    except subprocess.CalledProcessError as error:
        last = error.stderr.strip().rpartition("\n")[2]
        raise PeersMissingError(f"the peers cannot be installed: {last}") from error
    except subprocess.TimeoutExpired as error:
        raise PeersMissingError(f"the peers cannot be installed in {_PATIENCE} s") from error
