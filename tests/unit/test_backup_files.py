"""What is no backup is refused by name, however it looks."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from publisher.config import Config
from publisher.config.load import load_config
from publisher.errors import StoreError
from publisher.upkeep import backups
from publisher.upkeep.backups import make_backup, restore_backup, verify_backup
from publisher.wiring.stores import Stores
from tests.sites import CONFIG

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


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class TestWhatUnpacksToMuch:
    """A file of some kilobytes may unpack to all the room there is."""

    def test_is_not_unpacked(self, tmp_path: Path) -> None:
        file = packed(tmp_path / "paper.zip", zeros=65 << 20)
        assert file.stat().st_size < 100_000
        with pytest.raises(StoreError, match="it would unpack to 65 MB"):
            verify_backup(file)

    def test_and_has_no_room_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = packed(tmp_path / "paper.zip", zeros=2 << 20)
        monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(9 << 20, 8 << 20, 1 << 20))
        with pytest.raises(
            StoreError, match=r"unpacks to 2 MB: the disk at .* has too little room"
        ):
            verify_backup(file)

    def test_and_says_that_it_is_small(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = packed(tmp_path / "paper.zip", zeros=3 << 20)
        raw = bytearray(file.read_bytes())
        place = raw.find(b"PK\x01\x02", raw.find(b"PK\x01\x02") + 1)
        raw[place + 24 : place + 28] = (1000).to_bytes(4, "little")
        file.write_bytes(raw)
        sizes: list[int] = []

        def hashed(path: Path) -> str:
            sizes.append(path.stat().st_size)
            return ""

        monkeypatch.setattr(backups, "_hash", hashed)
        with pytest.raises(StoreError, match="damaged"):
            verify_backup(file)
        assert max(sizes, default=0) <= 1000

    def test_as_a_table_of_contents(self, tmp_path: Path) -> None:
        file = tmp_path / "paper.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("backup.json", json.dumps(ABOUT) + " " * (1 << 20) + "]")
            archive.writestr("publisher.db", "")
        with pytest.raises(StoreError, match=r"publisher\.db is not what it was"):
            verify_backup(file)  # the end of it was not read


def packed(file: Path, *, zeros: int) -> Path:
    empty = bytes(zeros)
    about = {**ABOUT, "files": {"publisher.db": hashlib.sha256(empty).hexdigest()}}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("backup.json", json.dumps(about))
        archive.writestr("publisher.db", empty)
    return file


def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "paper.zip"
    os.mkfifo(pipe)
    raised: list[Exception] = []

    def verify() -> None:
        try:
            verify_backup(pipe)
        except StoreError as error:
            raised.append(error)

    waiting = threading.Thread(target=verify, daemon=True)
    waiting.start()
    waiting.join(5)
    assert "is no file" in str(raised[0])


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "publisher.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / ".publisher").mkdir()
    return load_config(tmp_path / "publisher.yaml")


def test_a_backup_does_not_lie_where_everybody_reads(config: Config, tmp_path: Path) -> None:
    (tmp_path / "output/more").mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to(tmp_path / "output")
    for place in ("output/paper.zip", "output/more/paper.zip", "elsewhere/paper.zip"):
        with closing(Stores(config, now)) as stores:
            with pytest.raises(StoreError, match="where everybody can read it"):
                make_backup(config, stores, tmp_path / place, now)
            assert not (tmp_path / place).exists()


@pytest.mark.parametrize("left", ["-wal", "-journal"])
def test_what_is_left_of_another_database_is_not_taken_over(
    config: Config, tmp_path: Path, left: str
) -> None:
    """SQLite would write it into the one that is put there: also that its issues were not sent."""
    state = tmp_path / ".publisher"
    with closing(Stores(config, now)) as stores:
        make_backup(config, stores, tmp_path / "paper.zip", now)
    for file in state.iterdir():
        file.unlink()
    (state / f"publisher.db{left}").write_bytes(b"of another one")
    with (
        closing(Stores(config, now)) as stores,
        pytest.raises(StoreError, match=f"publisher.db{left}: is there already"),
    ):
        restore_backup(config, stores, tmp_path / "paper.zip", now)
    (state / f"publisher.db{left}").unlink()
    with closing(Stores(config, now)) as stores:
        restore_backup(config, stores, tmp_path / "paper.zip", now)
    assert (state / "publisher.db").exists()


def now() -> datetime:
    return datetime(2026, 11, 22, 8, tzinfo=UTC)
