"""Other code than that of the last run is noticed, and only other code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.model import BuildPlan
from publisher.outputs.directory import DirectoryOutput
from publisher.store import standstill
from tests import standing
from tests.sites import Site
from tests.standing import kept, run, settled, stands_still

_no_waiting = standing.no_waiting
site = standing.site


def test_the_code_of_before_leaves_nothing_behind_for_that_of_now(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer runs on by the modules that it has, whatever was installed meanwhile."""
    settled(site)
    with monkeypatch.context() as installed:
        installed.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
        for _ in range(2):
            run(site)
            assert not kept(site).exists()
        installed.setattr(standstill, "_DONE_BY", [])
        assert not stands_still(site), "the new one looks at all"
        assert stands_still(site)


def test_a_place_of_libraries_may_change_while_a_process_runs(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compiled for the first time changes its time; that is looked into once."""
    libraries = tmp_path / "site-packages"
    libraries.mkdir()
    monkeypatch.syspath_prepend(str(libraries))
    settled(site)
    (libraries / "__pycache__").mkdir()
    assert not stands_still(site)
    assert stands_still(site)


def test_a_second_name_of_its_code_is_no_change(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a backup makes one, or a build of a package."""
    package = tmp_path / "package"
    shutil.copytree(standstill._PACKAGE / "store", package)
    monkeypatch.setattr(standstill, "_PACKAGE", package)
    monkeypatch.setattr(standstill, "_DONE_BY", [])
    settled(site)
    (tmp_path / "second").hardlink_to(package / "build.py")
    assert stands_still(site)
    (package / "build.py").write_text("")
    assert not stands_still(site)


def test_other_code_is_noticed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    settled(site)
    monkeypatch.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
    assert not stands_still(site)


def test_code_that_is_replaced_while_a_run_goes_on_is_noticed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(site)
    site.article("one.md", body="![A boat](boat.png)\n\nMore.")
    site.settle()
    drawn = DirectoryOutput.apply

    def replaced(output: DirectoryOutput, plan: BuildPlan) -> tuple[str, ...]:
        monkeypatch.setattr(standstill, "_PACKAGE", Path(standstill.__file__).parent)
        return drawn(output, plan)

    monkeypatch.setattr(DirectoryOutput, "apply", replaced)
    assert run(site).opened == 1
    assert not stands_still(site), "what was done was done by the code before"
