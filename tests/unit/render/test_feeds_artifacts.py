"""Where feeds lie, when they change, and that nothing but the input decides their bytes."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import FeedError
from publisher.model import Artifact, Entry
from publisher.render.environment import make_environment
from publisher.render.feeds import (
    FORMATS,
    feed_artifacts,
    feed_path,
    feed_url,
)
from publisher.render.words import make_words
from tests import factories
from tests.feed_samples import make_entry, make_feed, make_site, render_feeds

ROOT = Path(__file__).resolve().parents[3]


def unread(entry: Entry) -> str:
    pytest.fail(f"the body of {entry.id} was loaded")


def artifacts(**changes: Any) -> tuple[Artifact, ...]:
    values: dict[str, Any] = {
        "feed": make_feed(),
        "entries": (make_entry(),),
        "site": make_site(),
        "image_of": lambda _spec: None,
        "load_body": unread,
        "environment": make_environment({"feeds/entry.html": "{{ body }}"}),
    }
    values |= changes
    site = values["site"]
    feed = factories.make_feed(
        *values.pop("entries"), spec=values.pop("feed"), title=site.title, language=site.language
    )
    words = {"words": lambda language: make_words(language, {}), "catalogues_hash": ""}
    return tuple(feed_artifacts([feed], **(words | values)))


def test_a_feed_lies_in_its_folder() -> None:
    assert [feed_path(make_feed(), f) for f in FORMATS] == ["rss.xml", "atom.xml", "feed.json"]
    politics = make_feed(name="politics", path="feeds/politics")
    assert feed_path(politics, "atom") == "feeds/politics/atom.xml"
    assert feed_path(politics, "rss", 3) == "feeds/politics/archive/3/rss.xml"
    assert feed_path(make_feed(), "json", 1) == "archive/1/feed.json"
    assert feed_url(make_site().url, politics, "json") == (
        "https://courier.example/feeds/politics/feed.json"
    )
    bound = make_site(url="https://bücher.example/")
    assert feed_url(bound.url, make_feed(), "rss") == "https://xn--bcher-kva.example/rss.xml"


def test_there_is_one_artifact_for_each_format_asked_for() -> None:
    made = artifacts(feed=make_feed(path="f", formats=("json", "rss")))
    assert [(a.path, a.media_type) for a in made] == [
        ("f/feed.json", "application/feed+json"),
        ("f/rss.xml", "application/rss+xml"),
    ]
    assert len({a.fingerprint for a in made}) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"entries": ()},
        {"entries": (make_entry(title="Another"),)},
        {"entries": (make_entry(body_key="another"),)},
        {"site": make_site(title="Another")},
        {"site": make_site(copyright="Another")},
        {"feed": make_feed(content="summary")},
        {"image_of": lambda _spec: "https://courier.example/logo.png"},
        {"environment": make_environment({"feeds/entry.html": "{{ body }}<hr>"})},
    ],
)
def test_a_fingerprint_changes_with_what_the_feed_shows(changes: dict[str, Any]) -> None:
    assert [a.fingerprint for a in artifacts()] == [a.fingerprint for a in artifacts()]
    changed = artifacts(**changes)
    assert {a.fingerprint for a in changed}.isdisjoint(a.fingerprint for a in artifacts())


def test_a_fingerprint_does_not_change_with_what_the_feed_does_not_show() -> None:
    environment = make_environment({"feeds/entry.html": "{{ body }}", "web/base.html": "x"})
    site = dataclasses.replace(make_site(), image="media/logo.png")
    before = [a.fingerprint for a in artifacts()]
    assert [a.fingerprint for a in artifacts(environment=environment, site=site)] == before


def test_two_entries_with_one_id_are_named() -> None:
    with pytest.raises(FeedError, match=r"the rule id-repeated in tag:courier\.example,2026"):
        render_feeds(make_entry(), make_entry(title="Another"))


@pytest.mark.parametrize(
    ("template", "rule"),
    [
        ("{{ body }}<script>alert(1)</script>", "unsafe-element"),
        ('{{ body }}<a href="more.html">more</a>', "relative-reference"),
    ],
)
def test_a_template_that_would_break_a_rule_is_refused_with_rule_and_entry(
    template: str, rule: str
) -> None:
    with pytest.raises(FeedError, match=r"breaks the rule (\S+) in tag:\S+pier\.md") as caught:
        render_feeds(make_entry(), template=template)
    assert f"the rule {rule} in" in str(caught.value)
    assert "templates/feeds/" in str(caught.value.mend)


def test_a_day_stays_that_day_in_every_format() -> None:
    midnight = datetime(2021, 3, 20, tzinfo=timezone(timedelta(hours=7)))
    feeds = render_feeds(make_entry(published=midnight, updated=midnight))
    assert b"<pubDate>Sat, 20 Mar 2021 00:00:00 +0700</pubDate>" in feeds["rss"]
    assert b"<published>2021-03-20T00:00:00+07:00</published>" in feeds["atom"]
    assert b'"date_published": "2021-03-20T00:00:00+07:00"' in feeds["json"]


DRAW = """
import hashlib, locale

def refuse(*arguments, **keywords):
    raise AssertionError("the locale of the whole process was touched")

locale.setlocale = refuse
from tests.feed_samples import make_site, many_entries, render_feeds
feeds = render_feeds(*many_entries(7), site=make_site(language="ar"))
for name, data in feeds.items():
    print(name, hashlib.sha256(data).hexdigest())
"""


def digests(**settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_neither_hash_seed_zone_locale_nor_clock_decide_the_bytes() -> None:
    one = digests(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    other = digests(PYTHONHASHSEED="2", TZ="Asia/Jakarta", LC_ALL="C.UTF-8", LANG="de_DE.UTF-8")
    assert one == other
    assert one.count("\n") == len(FORMATS)


def test_feedgen_is_imported_only_to_write_a_feed() -> None:
    script = (
        "import sys; import publisher.render.feeds; "
        "print(sorted({'feedgen.feed', 'lxml.etree', 'dateutil'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == "[]\n"
