"""A newsletter whose issues hold only what was published after it began."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher.config.load import load_config
from publisher.publishing.idimport import import_ids
from publisher.store.issues import IssueStore
from tests.sites import CONFIG, NEWSLETTER, UNJUDGED, Site

ONLY_NEW = NEWSLETTER + "    only_new: true\n"
WEEKLY = 'schedule: {every: week, on: monday, at: "07:00"}'
BEFORE = "2026-11-20T00:00:00Z"
SLOT = "2026-11-23T00:00:00Z"


class Killed(BaseException):
    """The process is gone at once: nothing handles it."""


def begun(make_site: Callable[..., Site], config: str = ONLY_NEW) -> Site:
    """A site with two old articles, published once."""
    site = make_site(CONFIG + config)
    site.article("old.md", date="2026-11-01")
    site.article("older.md", date="2025-01-01")
    site.publish_here(now=BEFORE)
    return site


def beginnings(site: Site) -> list[dict]:
    return [line for line in site.record() if "began" in line]


def issues(site: Site) -> list[dict]:
    return [line for line in site.record() if "number" in line]


def files(ids: list[str]) -> list[str]:
    return [id_.rpartition("/")[2] for id_ in ids]


def passed(line: dict) -> list[str]:
    return sorted(files(line["passed"]))


def held(site: Site) -> list[list[str]]:
    return [files(issue["items"]) for issue in issues(site)]


def test_it_begins_with_the_first_run_and_has_no_issue_of_what_there_was(
    make_site: Callable[..., Site],
) -> None:
    site = begun(make_site)
    (line,) = beginnings(site)
    assert (line["newsletter"], line["began"]) == ("weekly", BEFORE)
    assert passed(line) == ["old.md", "older.md"]
    assert issues(site) == []


def test_the_first_issue_comes_at_its_time_with_all_that_is_new_whatever_its_date(
    make_site: Callable[..., Site],
) -> None:
    site = begun(make_site, ONLY_NEW + "    max_items: 2\n")
    site.article("new.md", date="2026-11-21")
    site.article("newer.md", date="2026-11-22")
    site.article("back-dated.md", date="2024-01-01")
    report = site.publish_here(now="2026-11-22T23:59:59Z")
    assert issues(site) == []
    assert report.next_slots["weekly"] == datetime.fromisoformat(SLOT)
    site.publish_here(now=SLOT)
    assert held(site) == [["newer.md", "new.md", "back-dated.md"]]
    assert (issues(site)[0]["number"], passed(issues(site)[0])) == (
        1,
        ["old.md", "older.md"],
    )
    site.article("next.md", date="2026-11-24")
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert held(site)[1:] == [["next.md"]]
    assert len(beginnings(site)) == 1


def test_what_is_not_there_when_it_begins_but_was_published_before_is_no_news(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG)
    site.article("gone.md", date="2026-11-01")
    site.article("hidden.md", date="2026-11-02")
    site.publish_here(now="2026-11-10T00:00:00Z")
    site.write("publisher.yaml", CONFIG + ONLY_NEW)
    kept = (site.folder / "articles" / "gone.md").read_bytes()
    (site.folder / "articles" / "gone.md").unlink()
    site.article("hidden.md", date="2026-11-02", draft="true")
    site.article("coming.md", date="2026-11-22")
    site.publish_here(now=BEFORE)
    assert passed(beginnings(site)[0]) == ["gone.md", "hidden.md"]
    site.write("articles/gone.md", kept)
    site.article("hidden.md", date="2026-11-02")
    site.publish_here(now=SLOT)
    assert held(site) == [["coming.md"]]


def test_a_fresh_clone_goes_on_from_the_same_beginning(make_site: Callable[..., Site]) -> None:
    site = begun(make_site)
    before = beginnings(site)
    shutil.rmtree(site.folder / ".publisher")
    shutil.rmtree(site.folder / "output")
    site.article("new.md", date="2026-11-21")
    site.publish_here(now="2026-11-21T12:00:00Z")
    assert beginnings(site) == before
    site.publish_here(now=SLOT)
    assert held(site) == [["new.md"]]


@pytest.mark.parametrize(
    ("place", "began"),
    [
        ("publisher.publishing.publish.save_record", SLOT),
        ("publisher.outputs.directory.DirectoryOutput._replace", BEFORE),
    ],
)
def test_a_run_that_is_killed_has_begun_it_or_has_not(
    make_site: Callable[..., Site],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    began: str,
) -> None:
    """Before the record is kept nothing has begun; once it is, the run after it only goes on."""

    def kill(*_arguments: object) -> None:
        raise Killed

    site = make_site(CONFIG + ONLY_NEW)
    site.article("old.md", date="2026-11-01")
    with monkeypatch.context() as patch:
        patch.setattr(place, kill)
        with pytest.raises(Killed):
            site.publish_here(now=BEFORE)
    site.article("new.md", date="2026-11-21")
    site.publish_here(now=SLOT)
    assert [line["began"] for line in beginnings(site)] == [began]
    assert held(site) == ([["new.md"]] if began == BEFORE else [])


def test_a_first_issue_that_is_frozen_but_not_recorded_is_the_same_one(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = begun(make_site)
    site.article("new.md", date="2026-11-21")
    real = IssueStore.freeze

    def kill(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(IssueStore, "freeze", kill)
        with pytest.raises(Killed):
            site.publish_here(now=SLOT)
    site.article("late.md", date="2026-11-22")
    site.publish_here(now="2026-11-23T01:00:00Z")
    assert held(site) == [["new.md"]]
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert held(site) == [["new.md"], ["late.md"]]


def test_a_lost_record_brings_back_nothing_old_once_an_issue_is_made(
    make_site: Callable[..., Site],
) -> None:
    site = begun(make_site)
    site.article("new.md", date="2026-11-21")
    site.publish_here(now=SLOT)
    (site.folder / "published.jsonl").unlink()
    site.article("next.md", date="2026-11-24")
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert held(site) == [["new.md"], ["next.md"]]


def test_turning_it_on_when_issues_exist_changes_nothing(
    make_site: Callable[..., Site],
) -> None:
    site = begun(make_site, NEWSLETTER)
    assert held(site) == [["old.md", "older.md"]]
    site.write("publisher.yaml", CONFIG + ONLY_NEW)
    site.article("new.md", date="2026-11-21")
    site.publish_here(now=SLOT)
    assert (beginnings(site), held(site)[1:]) == ([], [["new.md"]])


def test_turning_it_off_once_it_began_changes_nothing(make_site: Callable[..., Site]) -> None:
    site = begun(make_site)
    site.write("publisher.yaml", CONFIG + NEWSLETTER)
    site.article("new.md", date="2026-11-21")
    site.publish_here(now="2026-11-22T00:00:00Z")
    assert held(site) == []
    site.publish_here(now=SLOT)
    assert held(site) == [["new.md"]]


def test_each_article_is_an_issue_after_the_beginning(make_site: Callable[..., Site]) -> None:
    site = begun(make_site, ONLY_NEW.replace(WEEKLY, "schedule: {every: article}"))
    site.article("new.md", date="2026-11-21T08:00:00+07:00")
    site.article("back-dated.md", date="2024-01-01")
    site.publish_here(now="2026-11-21T12:00:00Z")
    assert [(files(i["items"]), i["slot"]) for i in issues(site)] == [
        (["back-dated.md"], "2026-11-20T07:00:01+07:00"),
        (["new.md"], "2026-11-21T08:00:00+07:00"),
    ]


def test_each_rhythm_begins_when_it_is_first_known(make_site: Callable[..., Site]) -> None:
    rhythms = "rhythms:\n      - {name: daily, every: day}\n"
    site = begun(make_site, ONLY_NEW.replace(WEEKLY, rhythms))
    site.article("between.md", date="2026-11-20T12:00:00+07:00")
    later = rhythms + "      - {name: weekly, every: week}\n"
    site.write("publisher.yaml", CONFIG + ONLY_NEW.replace(WEEKLY, later))
    site.publish_here(now="2026-11-20T12:00:00Z")
    told = {line["newsletter"]: passed(line) for line in beginnings(site)}
    assert told == {
        "weekly/daily": ["old.md", "older.md"],
        "weekly/weekly": ["between.md", "old.md", "older.md"],
    }
    site.article("new.md", date="2026-11-21")
    site.publish_here(now=SLOT)
    made = {i["newsletter"]: files(i["items"]) for i in issues(site)}
    assert made == {"weekly/daily": ["new.md", "between.md"], "weekly/weekly": ["new.md"]}


def test_only_a_run_that_publishes_begins_it(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + ONLY_NEW)
    site.article("old.md", date="2026-11-01")
    for command in (("issue", "compose", "weekly"), ("issue", "approve", "weekly")):
        ran = site.run(*command, now=BEFORE)
        assert (ran.code, ran.out) == (0, "nothing new for weekly: no issue\n")
    site.publish("--dry-run", now=BEFORE)
    assert not (site.folder / "published.jsonl").exists()


def test_an_editor_is_told_why_an_article_is_not_in(make_site: Callable[..., Site]) -> None:
    site = begun(make_site)
    assert "no issue of weekly was made yet" in site.run("issue", "list", "weekly").out
    site.article("new.md", date="2026-11-21", title="The tide")
    ran = site.run("issue", "items", "weekly", now="2026-11-22T00:00:00Z")
    assert ran.out.splitlines() == ["  1  The tide  (new.md)"]
    ran = site.run("issue", "items", "weekly", "--explain", now="2026-11-22T00:00:00Z")
    assert ran.out.splitlines() == [
        "  1  The tide  (new.md)",
        "  -  Old  (old.md): published before the newsletter began",
        "  -  Older  (older.md): published before the newsletter began",
    ]


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (
            "max_items: 1",
            ["  1  Fog  (a.md)", "  2 + Rain  (b.md): over max_items (1)"],
        ),
        (
            "min_items: 3",
            [
                "  1 - Fog  (a.md): waits: fewer than min_items (3) are new",
                "  2 - Rain  (b.md): waits: fewer than min_items (3) are new",
            ],
        ),
    ],
)
def test_each_article_is_listed_once_with_its_reason(
    make_site: Callable[..., Site], limit: str, told: list[str]
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("old.md", date="2026-11-01")
    site.publish(now="2026-11-20T00:00:00Z")
    site.write("publisher.yaml", CONFIG + UNJUDGED + f"    {limit}\n")
    site.article("a.md", date="2026-11-21", title="Fog")
    site.article("b.md", date="2026-11-21", title="Rain")
    ran = site.run("issue", "items", "weekly", "--explain", now="2026-11-22T00:00:00Z")
    assert ran.out.splitlines() == [*told, "  -  Old  (old.md): already in issue 1"]


def test_ids_that_are_taken_over_are_passed_over_too(make_site: Callable[..., Site]) -> None:
    site = begun(make_site)
    feed = site.output("atom.xml").read_text("utf-8").replace("articles/old.md", "other/old.md")
    site.write("feed.xml", feed)
    import_ids(
        load_config(site.folder / "publisher.yaml"),
        [str(site.folder / "feed.xml")],
        clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        progress=lambda _what, _done, _total: None,
    )
    assert any("other/old.md" in id_ for id_ in beginnings(site)[0]["passed"])
    site.article("new.md", date="2026-11-21")
    site.publish_here(now=SLOT)
    assert held(site) == [["new.md"]]
