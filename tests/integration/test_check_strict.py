"""What `check --strict` refuses: all that `publish --strict` does, and what only it looks at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sites import CONFIG, NEWSLETTER, UNJUDGED, Site

MakeSite = Callable[..., Site]

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
