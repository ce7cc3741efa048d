"""Feed readers that are Python packages, each in a process of its own.

What one changes in the interpreter (time-outs, expressions of the SGML parser) stays
there, and they run beside each other.

    python -m tests.readers.in_python MODULE < addresses > entries.json
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.readers.commands import run
from tests.readers.reading import Read, Readings

ROOT = Path(__file__).resolve().parents[2]


def read_in_python(module: str, addresses: Sequence[str], home: Path) -> Readings:
    """The entries that `fetch` of a module gives for each address."""
    home.mkdir(parents=True, exist_ok=True)
    command = (sys.executable, "-m", __name__, module)
    return readings_of(run(command, home, given="\n".join(addresses), cwd=ROOT))


def readings_of(text: str) -> Readings:
    """Entries in JSON, by address, as values."""
    return {address: [_entry(e) for e in entries] for address, entries in json.loads(text).items()}


def _entry(fields: dict[str, Any]) -> Read:
    enclosures = tuple((url, type_, length) for url, type_, length in fields.pop("enclosures"))
    return Read(**fields, enclosures=enclosures)


def main() -> None:
    """Read addresses, one a line; write the entries of each."""
    fetch = importlib.import_module(sys.argv[1]).fetch
    found = {address: [asdict(e) for e in fetch(address)] for address in sys.stdin.read().split()}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
