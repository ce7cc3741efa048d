"""A run over changed words draws before it is known whether all that was written lies there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config import load
from publisher.outputs import drawing
from publisher.publishing.publish import PublishOptions, PublishReport
from publisher.store import standstill
from publisher.system import aside
from tests import runs, standing
from tests.runs import Surveys, publish_here
from tests.sites import CONFIG, Site
from tests.standing import LATER, stands_still

_no_waiting = standing.no_waiting
surveys = runs.surveys


@pytest.fixture
def site(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> Site:
    """Of which a copy of the process looks at the output, and nobody draws alone."""
    monkeypatch.setattr(standstill, "_WORTH_A_COPY", 0)
    monkeypatch.setattr(aside, "processors", lambda: 2)
    monkeypatch.setattr(drawing, "_ENOUGH", 1)
    site = make_site(CONFIG)
    for number in range(30):
        site.article(f"{number}.md", f"Text {number}.")
    site.settle()
    publish(site)
    return site


def publish(site: Site, *, jobs: int = 1, full: bool = False) -> PublishReport:
    options = PublishOptions(any_time=True, full=full, jobs=jobs)
    instant = datetime.fromisoformat(LATER).astimezone(UTC)
    report = publish_here(site, instant, options, ahead=not full)
    assert report.exit_code == 0
    site.settle()
    return report


def one_is_gone(site: Site, _: pytest.MonkeyPatch) -> None:
    site.output("2026/11/01/8/index.html").unlink()


def a_folder_is_gone(site: Site, _: pytest.MonkeyPatch) -> None:
    shutil.rmtree(site.output("2026"))


def one_is_another(site: Site, _: pytest.MonkeyPatch) -> None:
    site.output("rss.xml").write_bytes(b"<rss/>")


def all_are_gone(site: Site, _: pytest.MonkeyPatch) -> None:
    shutil.rmtree(site.folder / "output")


def the_program_is_another(_: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = standstill._code_mark
    monkeypatch.setattr(standstill, "_code_mark", lambda: f"{mark()}, and another library")


@pytest.mark.parametrize("revised", [1, 25])
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "change", [one_is_gone, a_folder_is_gone, one_is_another, all_are_gone, the_program_is_another]
)
def test_all_is_looked_at_again(
    site: Site,
    surveys: Surveys,
    *,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    change: Callable[[Site, pytest.MonkeyPatch], None],
    jobs: int,
    revised: int,
) -> None:
    """By what was there before: what was drawn meanwhile is nothing."""
    surveys.count = 0
    for number in range(revised):
        site.article(f"{number}.md", f"Other text {number}.")
    site.settle()
    other = Site(shutil.copytree(site.folder, tmp_path / "other"))
    publish(site, jobs=jobs)
    assert surveys.count == 0, "else the test would prove nothing"
    for number in range(revised):
        site.article(f"{number}.md", f"Words of {number} again.")
        other.article(f"{number}.md", f"Words of {number} again.")
    site.settle()
    other.settle()
    change(site, monkeypatch)
    publish(site, jobs=jobs)
    assert surveys.count == 1
    publish(other, full=True)
    assert [(name, data) for name, (data, _) in site.tree().items()] == [
        (name, data) for name, (data, _) in other.tree().items()
    ]
    records = [(of.folder / "published.jsonl").read_bytes() for of in (site, other)]
    assert records[0] == records[1]
    assert stands_still(site)


def test_the_configuration_is_not_read_again(
    site: Site, surveys: Surveys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run before left behind what it says; of another nothing is left."""
    surveys.count = 0
    site.article("1.md", "Other text.")
    site.settle()
    with monkeypatch.context() as patched:
        patched.setattr(load, "parse_config", None)
        assert publish(site).opened == 1
    assert surveys.count == 0
    site.write("publisher.yaml", CONFIG.replace("The Example Courier", "The Other Courier"))
    site.article("1.md", "Text of another courier.")
    site.settle()
    publish(site)
    assert surveys.count == 1
    assert b"The Other Courier" in site.output("rss.xml").read_bytes()
    assert b"Text of another courier." in site.output("rss.xml").read_bytes()
