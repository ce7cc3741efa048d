"""Versions are those that importlib.metadata tells."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import pytest

from publisher.system.installed import version_of


def test_every_distribution_has_its_version() -> None:
    names = {one.name for one in importlib.metadata.distributions()}
    assert len(names) > 20
    for name in names:
        assert version_of(name) == importlib.metadata.version(name)


@pytest.mark.parametrize("name", ["Some.Thing", "some-thing", "SOME__thing"])
def test_a_name_may_be_written_otherwise(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some_thing-1.2rc3.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert version_of(name) == "1.2rc3"


def test_the_first_on_the_path_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for place, version in (("one", "2"), ("two", "1")):
        (tmp_path / place / f"thing-{version}.dist-info").mkdir(parents=True)
    places = [str(tmp_path / name) for name in ("gone", "one", "two")]
    monkeypatch.setattr(sys, "path", places)
    assert version_of("thing") == "2"


def test_one_in_another_form_is_found_as_the_library_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "old.egg-info"
    folder.mkdir()
    (folder / "PKG-INFO").write_text("Metadata-Version: 1.0\nName: old\nVersion: 0.9\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert version_of("old") == "0.9"


def test_what_is_not_there_is_told() -> None:
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        version_of("no-such-thing-anywhere")
