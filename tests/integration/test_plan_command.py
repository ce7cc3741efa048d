"""`publisher plan`: what it says will happen is what happens, and it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.mailings import Mailed
from tests.sites import CONFIG, NOW, UNJUDGED, Site

DAILY = """\
  - name: daily
    title: The Daily Courier
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    schedule: {every: day, at: "06:00"}
    min_items: 2
    checks: {spam-score: off}
"""


def events(site: Site, *options: str, now: str = NOW) -> list[dict[str, Any]]:
    ran = site.run("plan", "--json", *options, now=now)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_it_tells_what_appears_what_leaves_and_which_issues_come(mailed: Mailed) -> None:
    site = mailed.site
    mailed.readers(3)
    site.article("gone.md", date="2026-11-01", expires="2026-11-25T12:00:00+07:00")
    site.article("soon.md", date="2026-11-24T09:00:00+07:00")
    site.article("later.md", date="2027-03-01")
    site.publish()
    before = site.tree(".")
    assert site.run("plan").out.splitlines() == [
        "2026-11-23T07:00+07:00  issue 2 of weekly not made: 0 of at least 1 articles",
        "2026-11-24T09:00+07:00  articles/soon.md appears: Soon",
        "2026-11-25T12:00+07:00  articles/gone.md leaves: Gone",
        "2026-11-30T07:00+07:00  issue 2 of weekly: 1 article, 3 readers",
    ]
    assert site.tree(".") == before
    assert [one["what"] for one in events(site, "--days", "2")] == ["issue", "appears"]


def test_what_it_says_is_what_comes_to_pass(make_site: Callable[..., Site]) -> None:
    """Three weeks, published at each time that was told: the same issues, the same articles."""
    site = make_site(CONFIG + UNJUDGED + DAILY)
    for day in range(1, 28, 2):
        site.article(f"a{day:02}.md", date=f"2026-11-{day:02}T10:00:00+07:00")
    start = "2026-11-05T00:00:00Z"
    told = events(site, "--days", "21", now=start)
    made = [one for one in told if one["what"] == "issue" and one["why"] is None]
    assert len(made) >= 8
    for one in told:
        site.publish_here(now=one["at"])
    record = [line for line in site.record() if "number" in line]
    found = {(line["newsletter"], line["number"]): set(line["items"]) for line in record}
    assert found == {(one["name"], one["issue"]): set(one["articles"]) for one in made}


def test_each_article_by_itself(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + UNJUDGED.replace('{every: week, on: monday, at: "07:00"}', "{every: article}")
    )
    site.article("one.md", date="2026-11-01")
    site.publish()
    for hour in ("08:00", "09:30"):
        site.article(f"at{hour[:2]}.md", date=f"2026-11-23T{hour}:00+07:00")
    assert [(one["at"], one["issue"]) for one in events(site) if one["what"] == "issue"] == [
        ("2026-11-23T08:00:00+07:00", 2),
        ("2026-11-23T09:30:00+07:00", 3),
    ]


def test_nothing_to_come_is_said(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    assert site.run("plan").out == "nothing in the next 14 days\n"


def test_an_issue_that_a_check_would_hold_is_told_before(make_site: Callable[..., Site]) -> None:
    free = UNJUDGED.replace("news@courier.example", "courier@gmail.com")
    site = make_site(CONFIG + UNJUDGED)
    site.article("first.md")
    site.publish()
    site.article("second.md", date="2026-11-21")
    site.write("publisher.yaml", CONFIG + free)
    (told,) = events(site, "--days", "5")
    assert told["at"] == "2026-11-23T07:00:00+07:00"
    assert "held" in told["why"]
    assert "freemail-sender" in told["why"]
    assert site.run("publish", now=told["at"]).code == 3
    assert [line["number"] for line in site.record() if "number" in line] == [1]


def test_what_is_due_already_is_made_by_the_next_run(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("first.md")
    told, _ = events(site, "--days", "1", now=NOW)
    assert (told["issue"], told["why"]) == (1, None)
    assert datetime.fromisoformat(told["at"]) == datetime.fromisoformat(NOW)


def test_one_that_is_too_late_is_told_as_skipped(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + "    on_late: skip\n")
    site.article("first.md")
    site.publish()
    site.article("second.md", date="2026-11-22T22:00:00+07:00")
    late = "2026-11-24T00:00:00Z"
    assert (
        events(site, "--days", "2", now=late)[0]["why"] == "it is later than max_late, and skipped"
    )


def test_what_is_not_made_time_after_time_is_told_once(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + DAILY)
    site.article("first.md")
    site.article("second.md")
    site.publish()
    site.article("third.md", date="2026-11-26")
    lines = site.run("plan", "--days", "8").out.splitlines()
    assert lines == [
        (
            "2026-11-23T06:00+07:00  issue 2 of daily not made: 0 of at least 2 articles; "
            "3 times, until 2026-11-25T06:00+07:00"
        ),
        "2026-11-23T07:00+07:00  issue 2 of weekly not made: 0 of at least 1 articles",
        "2026-11-26T00:00+07:00  articles/third.md appears: Third",
        (
            "2026-11-26T06:00+07:00  issue 2 of daily not made: 1 of at least 2 articles; "
            "5 times, until 2026-11-30T06:00+07:00"
        ),
        "2026-11-30T07:00+07:00  issue 2 of weekly: 1 article, 0 readers",
    ]


def test_an_article_that_dates_its_own_change_changes_then(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md", updated="2026-11-25T08:00:00+07:00")
    site.article("never.md", date="2026-11-26", expires="2026-11-25")
    site.publish()
    assert site.run("plan").out.splitlines() == [
        "2026-11-25T08:00+07:00  articles/one.md changes: One (its `updated` says so)",
        (
            "2026-11-26T00:00+07:00  articles/never.md appears: Never "
            "(it has expired by then: only its page comes)"
        ),
    ]
    before = site.output("rss.xml").read_bytes(), site.output("atom.xml").read_bytes()
    site.publish(now="2026-11-25T00:59:00Z")
    assert (site.output("rss.xml").read_bytes(), site.output("atom.xml").read_bytes()) == before
    site.publish(now="2026-11-25T01:00:00Z")
    assert site.output("atom.xml").read_bytes() != before[1]
    site.publish(now="2026-11-26T01:00:00Z")
    assert site.output("2026/11/26/never/index.html").exists()
    assert "Never" not in site.output("atom.xml").read_text(encoding="utf-8")


def test_one_under_review_is_told_as_waiting(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + "    review: true\n")
    site.article("first.md")
    waits = "waits for `publisher issue approve weekly`"
    assert [one["why"] for one in events(site)] == [waits]
    site.run("issue", "approve", "weekly")
    site.article("second.md", date="2026-11-22T20:00:00+07:00")
    assert [one["why"] for one in events(site, "--days", "2")][-1:] == [waits]
    later = "2026-11-22T14:00:00Z"
    assert site.run("issue", "approve", "weekly", now=later).code == 0
    assert [one["why"] for one in events(site, "--days", "2", now=later)] == [None]
