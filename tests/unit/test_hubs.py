"""WebSub: which files are topics, and what a hub's reply means."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.config import SiteSpec
from publisher.publishing.hubs import (
    GIVE_UP_AFTER,
    PAUSES,
    Reply,
    is_due,
    judge,
    retry_after,
    topics,
)
from publisher.store.pings import Ping
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def ping(**changes: object) -> Ping:
    values = {"id": 1, "hub": "https://hub.example/", "topic": "https://c.example/rss.xml"}
    times = {"changed": NOW, "due": NOW, "tries": 0}
    return Ping(**(values | times | changes))  # type: ignore[arg-type]


def reply(status: int, **changes: timedelta) -> Reply:
    return Reply(status=status, reason="said so", **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "path",
    [
        "rss.xml", "atom.xml", "feed.json", "feeds/politics/rss.xml", "tags/sea/atom.xml",
        "newsletters/weekly/feed.json", "tags/archive/rss.xml", "languages/pt-BR/feed.json",
    ],
)  # fmt: skip
def test_subscription_documents_are_topics(path: str) -> None:
    site = SiteSpec(title="The Courier", url="https://courier.example/paper/")
    assert topics(site, [path]) == (f"https://courier.example/paper/{path}",)


@pytest.mark.parametrize(
    "path",
    [
        "index.html", "sitemap.xml", "feeds.opml", "2026/11/20/fog/index.html",
        "archive/1/rss.xml", "archive/12/feed.json", "tags/sea/archive/3/atom.xml",
        "newsletters/weekly/archive/1/rss.xml", "media/3f2a/feed.json", "media/3f2a/rss.xml",
        "feeds/politics/my-rss.xml", "rss.xml/index.html",
    ],
)  # fmt: skip
def test_archives_pages_and_media_are_none(path: str) -> None:
    assert topics(SiteSpec(title="The Courier", url="https://courier.example/"), [path]) == ()


def test_a_topic_is_written_as_in_the_feed_s_self_link() -> None:
    site = SiteSpec(title="The Courier", url="https://courier.example/")
    assert topics(site, ["tags/kapal laut/ä/rss.xml"]) == (
        "https://courier.example/tags/kapal%20laut/%C3%A4/rss.xml",
    )


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_a_hub_that_says_yes_is_done(status: int) -> None:
    outcome = judge(ping(), reply(status), NOW)
    assert (outcome.verdict, outcome.due) == ("sent", None)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 405, 410, 422])
def test_a_hub_that_says_no_is_not_asked_again(status: int) -> None:
    outcome = judge(ping(), reply(status), NOW)
    assert (outcome.verdict, outcome.due) == ("given_up", None)


@pytest.mark.parametrize("status", [0, 302, 408, 429, 500, 502, 503, 504])
def test_everything_else_is_tried_again(status: int) -> None:
    outcome = judge(ping(), reply(status), NOW)
    assert (outcome.verdict, outcome.due) == ("deferred", NOW + MINUTE)


def test_the_pauses_grow_and_end_a_day_after_the_change() -> None:
    now, waited = NOW, []
    for tries in range(100):
        outcome = judge(ping(tries=tries), reply(500), now)
        if outcome.due is None:
            break
        waited.append(outcome.due - now)
        now = outcome.due
    assert tuple(waited[: len(PAUSES)]) == PAUSES
    assert outcome.verdict == "given_up"
    assert now == NOW + GIVE_UP_AFTER


def test_what_a_hub_asks_for_is_kept_within_reason() -> None:
    asked = judge(ping(), reply(429, wait=timedelta(minutes=20)), NOW)
    assert asked.due == NOW + timedelta(minutes=20)
    assert judge(ping(), reply(429, wait=timedelta(days=400)), NOW).due == NOW + PAUSES[-1]
    assert judge(ping(tries=3), reply(503, wait=MINUTE), NOW).due == NOW + PAUSES[3]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, 0),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 7 "}, 7),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "9" * 400}, 999_999_999),
        ({"retry-after": "Sun, 22 Nov 2026 08:05:00 GMT"}, 300),
        (
            {
                "retry-after": "Tue, 01 Dec 2099 00:02:00 GMT",
                "date": "Tue, 01 Dec 2099 00:00:00 GMT",
            },
            120,
        ),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"retry-after": "Sun, 99 Nov 2026 08:05:00 GMT"}, 0),
    ],
)
def test_retry_after_is_read_in_both_forms(headers: dict[str, str], wait: int) -> None:
    now = NOW.replace(year=2026, month=11, day=22, hour=8, minute=0, second=0, microsecond=0)
    assert retry_after(headers, now) == timedelta(seconds=wait)


def test_a_new_ping_is_due_at_once_a_failed_one_at_its_time_or_by_a_clock_put_back() -> None:
    assert is_due(ping(), NOW)
    assert is_due(ping(due=NOW + MINUTE), NOW)
    assert is_due(ping(tries=1, due=NOW - MINUTE), NOW)
    assert not is_due(ping(tries=1, due=NOW + MINUTE), NOW)
    assert is_due(ping(tries=1, due=NOW + timedelta(days=300)), NOW)
