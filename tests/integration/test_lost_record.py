"""Issues where the record is not the one by which earlier ones were made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

TIME = 'schedule: {every: week, on: monday, at: "07:00"}'
MONDAY = "2026-11-23T08:00:00Z"
MONDAY_AFTER = "2026-11-30T08:00:00Z"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """One of the two articles that issue 1 told has its id from a name that its file had; there is
    one that is new, and the record is lost."""
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    site.article("two.md")
    site.publish()
    (site.folder / "articles/one.md").rename(site.folder / "articles/first.md")
    site.publish()
    (site.folder / "published.jsonl").rename(site.folder / "committed.jsonl")
    site.publish()
    site.article("new.md", date="2026-11-22T20:00:00Z")
    return site


def told(site: Site) -> list[list[str]]:
    """The articles of each issue, by the files that their ids are of."""
    issues = [line for line in site.record() if "number" in line]
    return [sorted(item.rpartition("/")[2] for item in issue["items"]) for issue in issues]


def test_what_has_another_id_by_now_is_not_told_again(site: Site) -> None:
    for _ in range(2):
        ran = site.publish(now=MONDAY, code=3)
        assert "error: published.jsonl: does not know all that earlier issues of weekly" in ran.err
        assert "issue 2 is not made, for readers may know 1 of its 2 by another id: first.md" in (
            ran.err
        )
        assert "mend: put the record back" in ran.err.replace("  ", " ")
    assert "needs you (held): published.jsonl" in site.run("status", now=MONDAY).out
    assert told(site) == [["one.md", "two.md"]]


def test_with_the_record_put_back_the_issue_has_what_is_new(site: Site) -> None:
    site.publish(now=MONDAY, code=3)
    (site.folder / "committed.jsonl").replace(site.folder / "published.jsonl")
    assert "issue 2 of weekly: 1 article" in site.publish(now=MONDAY).out
    assert told(site) == [["one.md", "two.md"], ["new.md"]]


def test_what_is_dropped_for_good_lets_the_rest_be_told(site: Site) -> None:
    site.publish(now=MONDAY, code=3)
    assert site.run("issue", "drop", "weekly", "first.md", "--for-good", now=MONDAY).code == 0
    site.publish(now=MONDAY)
    site.article("newer.md", date="2026-11-29T20:00:00Z")
    site.publish(now=MONDAY_AFTER)
    assert told(site) == [["one.md", "two.md"], ["new.md"], ["newer.md"]]


def test_where_each_article_is_an_issue_what_was_told_is_kept_out_by_its_header(
    make_site: Callable[..., Site],
) -> None:
    each = "schedule: {every: article}"
    site = make_site(CONFIG + UNJUDGED.replace(TIME, each))
    site.article("one.md")
    site.publish()
    (site.folder / "articles/one.md").rename(site.folder / "articles/first.md")
    site.publish()
    (site.folder / "published.jsonl").unlink()
    ran = site.publish(code=3)
    assert "by another id: first.md" in ran.err
    assert "(`digest: false` in the article)" in ran.err
    site.article("first.md", digest="false")
    site.article("new.md", date="2026-11-22T20:00:00Z")
    site.publish(now=MONDAY)
    assert told(site) == [["one.md"], ["new.md"]]


def test_whoever_composes_it_lets_all_be_told(site: Site) -> None:
    site.publish(now=MONDAY, code=3)
    assert site.run("issue", "compose", "weekly", now=MONDAY).code == 0
    site.article("newer.md", date="2026-11-29T20:00:00Z")
    site.publish(now=MONDAY_AFTER)
    assert told(site) == [["one.md", "two.md"], ["first.md", "new.md"], ["newer.md"]]


def test_an_older_record_holds_nothing_where_ids_are_as_they_were(
    make_site: Callable[..., Site],
) -> None:
    """Of what it does not know the files are gone, or have the same ids again."""
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    site.publish()
    older = (site.folder / "published.jsonl").read_bytes()
    for name in ("two", "three"):
        site.article(f"{name}.md", date="2026-11-22T20:00:00Z")
    site.publish(now=MONDAY)
    site.write("published.jsonl", older)
    (site.folder / "articles/three.md").unlink()
    site.article("new.md", date="2026-11-29T20:00:00Z")
    site.publish(now=MONDAY_AFTER)
    assert told(site) == [["one.md"], ["three.md", "two.md"], ["new.md"]]
