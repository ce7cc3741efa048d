"""An article that lies there twice is told, for both are mailed."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

TOLD = (
    "warning: articles/{}: holds what '{}' holds, to the byte, and counts as an article of its own"
)


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + UNJUDGED)
    site.article("fog.md", date="2026-11-01")
    return site


def copy(site: Site, name: str, to: str) -> None:
    shutil.copy(site.folder / "articles" / name, site.folder / "articles" / to)


def test_a_copy_is_told_with_both_files_by_the_run_that_finds_it(site: Site) -> None:
    site.publish()
    copy(site, "fog.md", "a-fog.md")
    told = TOLD.format("a-fog.md", "fog.md")
    for command in ("articles", "check", "publish"):
        ran = site.run(command)
        assert (ran.code, ran.err.count(told)) == (0, 1), command
        assert TOLD.format("fog.md", "a-fog.md") not in ran.err, "which was there before"
    for command in ("articles", "check", "publish"):
        assert "to the byte" not in site.run(command).err
    copy(site, "fog.md", "b-fog.md")
    assert "to the byte" not in site.run("articles", "-q").err


def test_of_files_that_are_all_new_the_first_is_no_copy(site: Site) -> None:
    for number in range(12):
        copy(site, "fog.md", f"g{number}.md")
    err = site.publish().err
    assert "12 files: holds what 'fog.md' holds, to the byte" in err
    assert TOLD.format("fog.md", "g0.md") not in err


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-11-01-tide.md", "2026-11-08-tide.md"),
        ("2026-11-01-tide.en.md", "2026-11-01-tide.id.md"),
    ],
    ids=["another day", "another language"],
)
def test_what_is_said_twice_on_purpose_is_not_told(site: Site, first: str, second: str) -> None:
    for name in (first, second):
        site.write(f"articles/{name}", "# The tide\n\nHigh at nine.\n")
    assert "to the byte" not in site.publish().err


def test_a_renamed_file_and_a_draft_are_no_copies(site: Site) -> None:
    site.article("draft.md", date="2026-11-02", draft="true")
    site.publish()
    (site.folder / "articles/fog.md").rename(site.folder / "articles/mist.md")
    copy(site, "draft.md", "other-draft.md")
    assert "to the byte" not in site.publish().err


def test_a_copy_that_is_refused_says_that_alone(site: Site) -> None:
    site.article("tide.md", date="2026-11-02", id="tag:courier.example,2026:tide")
    site.publish()
    copy(site, "tide.md", "other-tide.md")
    ran = site.publish(code=3)
    assert "have the same id" in ran.err
    assert "to the byte" not in ran.err
