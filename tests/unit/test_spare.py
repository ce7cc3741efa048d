"""Folders among the system's temporary ones: whose they are, and when they go."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from publisher.system.spare import Spare


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_made_when_it_is_asked_for_and_goes_at_the_end(temporary: Path) -> None:
    with closing(Spare("verify")) as spare:
        assert spare.path is None
        assert list(temporary.iterdir()) == []
        folder = spare.make()
        assert folder == spare.make() == spare.path
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "publisher.db").write_bytes(b"reader@x.example")
    assert list(temporary.iterdir()) == []


def test_a_process_that_reads_beside_writes_to_the_same_folder(temporary: Path) -> None:
    with closing(Spare("pieces")) as spare:
        copy = pickle.loads(pickle.dumps(spare))
        assert copy.make() == spare.path
        assert list(temporary.iterdir()) == [spare.path]
    assert list(temporary.iterdir()) == []


def test_one_in_use_is_left_alone_and_one_of_the_dead_is_not(temporary: Path) -> None:
    left = [temporary / f"publisher-{kind}-abcd_123" for kind in ("verify", "pieces")]
    for folder in left:
        folder.mkdir(mode=0o700)
        (folder / "publisher.db").write_bytes(b"reader@x.example")
    with closing(Spare("verify")) as one, closing(Spare("pieces")) as other:
        assert [one.make(), other.make()] == [one.path, other.path]
        assert set(temporary.iterdir()) == {one.path, other.path}


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("publisher-verify-abcd_123", 0o755),  # mkdtemp gives rights to nobody else
        ("publisher-verify-mine", 0o700),
        ("publisher-postgresql-abcd_123", 0o700),
        ("my-publisher-verify-abcd_123", 0o700),
    ],
)
def test_what_is_another_s_stays(temporary: Path, name: str, mode: int) -> None:
    (temporary / name).mkdir(mode=mode)
    (temporary / "elsewhere").mkdir(mode=0o700)
    (temporary / "publisher-verify-link_123").symlink_to(temporary / "elsewhere")
    with closing(Spare("verify")) as spare:
        spare.make()
    assert {path.name for path in temporary.iterdir()} == {
        name,
        "elsewhere",
        "publisher-verify-link_123",
    }
