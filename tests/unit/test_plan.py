"""What to write, keep and remove."""

from __future__ import annotations

import pytest

from publisher.errors import OutputError
from publisher.model import Artifact, ManifestEntry
from publisher.plan import make_plan


def artifact(path: str, fingerprint: str = "1") -> Artifact:
    return Artifact(path=path, media_type="text/plain", fingerprint=fingerprint, render=bytes)


def entry(fingerprint: str = "1") -> ManifestEntry:
    return ManifestEntry(fingerprint=fingerprint, size=1, mtime_ns=1)


def test_what_changed_or_is_damaged_is_written_the_rest_kept_or_removed() -> None:
    manifest = {p: entry() for p in ("same", "changed", "damaged", "gone/b", "gone/a")}
    wanted = [artifact("same"), artifact("changed", "2"), artifact("damaged"), artifact("new")]
    plan = make_plan(wanted, manifest, {"same", "changed", "gone/a"})
    assert [a.path for a in plan.write] == ["changed", "damaged", "new"]
    assert plan.keep == ("same",)
    assert plan.remove == ("gone/a", "gone/b")


def test_a_write_that_was_cut_short_is_done_again() -> None:
    plan = make_plan([artifact("a")], {"a": entry("")}, {"a"})
    assert [a.path for a in plan.write] == ["a"]


def test_planning_the_result_again_changes_nothing() -> None:
    wanted = [artifact("a"), artifact("b/c")]
    manifest = {a.path: entry(a.fingerprint) for a in wanted}
    plan = make_plan(wanted, manifest, manifest.keys())
    assert (plan.write, plan.remove) == ((), ())


@pytest.mark.parametrize("paths", [("a", "a"), ("a", "a/b"), ("a/b/c", "a")])
def test_no_path_is_written_twice_or_as_file_and_folder(paths: tuple[str, str]) -> None:
    with pytest.raises(OutputError):
        make_plan([artifact(p) for p in paths], {}, set())
