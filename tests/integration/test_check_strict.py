"""What `check --strict` refuses: all that `publish --strict` does, and what only it looks at."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.errors import OutputError
from publisher.publishing.publish import publish
from publisher.publishing.runs import PublishOptions
from publisher.publishing.sitecheck import check_site
from tests.sites import CONFIG, NEWSLETTER, UNJUDGED, Site

MakeSite = Callable[..., Site]
AT = datetime(2026, 11, 22, 8, tzinfo=UTC)

EACH = UNJUDGED.replace('{every: week, on: monday, at: "07:00"}', "{every: article}")


def codes(site: Site, *, now: str | None = "2026-11-22T08:00:00Z") -> tuple[int, int]:
    """How both end, `check` first, which changes nothing."""
    checked = site.run("check", "--strict", now=now)
    return checked.code, site.run("publish", "--strict", now=now).code


def test_spamassassin_is_asked_by_check_alone(
    make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "spamassassin"
    fake.write_text(
        '#!/bin/sh\necho "X-Spam-Status: Yes, score=9.0 required=5.0 tests=A version=4"'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    site = make_site(CONFIG + NEWSLETTER + "    checks: {spam-score: error}\n")
    site.article("one.md")
    assert codes(site) == (1, 0)


def test_each_article_that_would_be_an_issue_of_its_own_is_looked_at(make_site: MakeSite) -> None:
    checks = "{spam-score: off, filler-text: error}\n    max_items: 1"
    site = make_site(CONFIG + EACH.replace("{spam-score: off}", checks))
    site.article("one.md")
    site.publish()
    site.article("two.md", "Lorem ipsum dolor sit amet.", date="2026-11-21")
    site.article("three.md", date="2026-11-22")
    ran = site.run("check", "--strict")
    assert "error: newsletters/weekly/2: filler-text" in ran.err
    assert codes(site) == (1, 1)


def test_what_holds_the_next_issue_is_told_once(make_site: MakeSite) -> None:
    site = make_site(CONFIG + UNJUDGED.replace("news@courier.example", "courier@gmail.com"))
    site.article("one.md")
    assert site.run("check", "--strict").err.count("freemail-sender") == 1
    assert codes(site) == (1, 1)


def test_a_clock_that_was_set_back_stops_both(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("one.md", date="2126-11-01")
    site.publish(now="2126-11-02T08:00:00Z")
    assert codes(site, now=None) == (1, 1)
    assert "the clock says" in site.run("check", now=None).err
    assert codes(site, now="2126-11-02T07:00:00Z") == (0, 0), "the time is told"


def test_a_file_of_somebody_else_in_the_way_stops_both(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    site.write("output/index.html", "Theirs.")
    assert codes(site) == (1, 1)
    checked, published = site.run("check").err, site.run("publish").err
    assert "output/index.html" in checked
    assert checked == published


@pytest.mark.parametrize("is_first", [True, False])
def test_a_name_that_the_disk_does_not_take_stops_all_three(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch, *, is_first: bool
) -> None:
    """Also before there is a folder that could be asked."""
    site = make_site(CONFIG)
    site.article("one.md")
    if not is_first:
        site.publish_here()
    site.article("two.md", url="/" + "é" * 72)
    config = load_config(site.folder / "publisher.yaml")
    monkeypatch.setattr(os, "pathconf", lambda *_: 143)  # as on an encrypted home

    def checked() -> None:
        check_site(config, clock=lambda: AT, progress=lambda *_: None)

    def published(*, dry_run: bool) -> None:
        options = PublishOptions(dry_run=dry_run)
        publish(config, options, clock=lambda: AT, progress=lambda *_: None)

    told = []
    for look in (checked, partial(published, dry_run=True), partial(published, dry_run=False)):
        with pytest.raises(OutputError, match="143 bytes") as raised:
            look()
        told.append((str(raised.value), raised.value.mend))
        assert site.output("index.html").exists() is not is_first
    assert len(set(told)) == 1
