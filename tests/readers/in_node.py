"""Feed readers that are packages of npm: `npm ci` puts them into node/node_modules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.readers.commands import run
from tests.readers.in_python import readings_of
from tests.readers.reading import Readings

NODE = Path(__file__).resolve().parent / "node"
PACKAGES = NODE / "node_modules"


def read_in_node(package: str, addresses: Sequence[str], home: Path) -> Readings:
    """The entries that a package gives for each address."""
    home.mkdir(parents=True, exist_ok=True)
    command = ("node", str(NODE / "read.mjs"), package)
    return readings_of(run(command, home, given="\n".join(addresses)))
