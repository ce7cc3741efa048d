"""The pins: whoever installs them has them all, whatever Python and machine they have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "requirements"
PIN = re.compile(r"^([A-Za-z0-9._-]+==[^ ]+)(.*?)^(?=\S|\Z)", re.MULTILINE | re.DOTALL)
HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})\b")


def pins() -> Iterator[tuple[str, str, frozenset[str]]]:
    """The file, the pin, and the hashes of what may be installed for it."""
    for file in sorted(FOLDER.glob("*.txt")):
        for found in PIN.finditer(file.read_text("utf-8") + "\n"):
            yield file.name, found[1], frozenset(HASH.findall(found[2]))


def test_what_is_pinned_twice_may_be_installed_from_the_same_files() -> None:
    """One file had only the wheel of the Python that it was made with, and no other could."""
    by_pin: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for file, pin, hashes in pins():
        by_pin[pin][file] = hashes
    assert len(by_pin) > 100, "else the test would prove nothing"
    other = {
        pin: {file: len(hashes) for file, hashes in files.items()}
        for pin, files in by_pin.items()
        if len({*files.values()}) > 1
    }
    assert other == {}
