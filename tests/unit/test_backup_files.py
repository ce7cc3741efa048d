"""What is no backup is refused by name, however it looks."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from publisher.backups import verify_backup
from publisher.errors import StoreError

ABOUT = {
    "format": 1,
    "publisher": "0.1.0",
    "made": "2026-11-22T08:00:00+00:00",
    "site": "https://paper.example/",
    "files": {"publisher.db": "0"},
}


@pytest.mark.parametrize(
    "about",
    [
        json.dumps({**ABOUT, "files": {}}),
        json.dumps({**ABOUT, "files": None}),
        json.dumps({**ABOUT, "files": ["publisher.db"]}),
        json.dumps({**ABOUT, "made": "yesterday"}),
        json.dumps({**ABOUT, "made": 5}),
        json.dumps({name: value for name, value in ABOUT.items() if name != "site"}),
        "[" * 200_000,
    ],
    ids=["no-database", "no-files", "a-list", "no-date", "a-number", "no-site", "deep"],
)
def test_a_table_of_contents_that_is_none(tmp_path: Path, about: str) -> None:
    file = tmp_path / "paper.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backup.json", about)
    with pytest.raises(StoreError, match="is no backup"):
        verify_backup(file)


@pytest.mark.parametrize(("place", "value"), [(8, 1), (10, 99)], ids=["encrypted", "packed"])
def test_an_archive_that_cannot_be_unpacked(tmp_path: Path, place: int, value: int) -> None:
    file = tmp_path / "paper.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backup.json", json.dumps(ABOUT))
    raw = bytearray(file.read_bytes())
    raw[raw.find(b"PK\x01\x02") + place] = value
    file.write_bytes(raw)
    with pytest.raises(StoreError, match="is no backup"):
        verify_backup(file)
