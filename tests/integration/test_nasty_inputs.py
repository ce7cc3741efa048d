"""Inputs that break others harm only themselves: refused by name, or right in all three formats.

The cases and what must come of them are in tests/nasty/. Here they are published among
fifty good articles: all in one site, and (long) in batches and each alone.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import feedparser
import pytest

from publisher.parse import document
from publisher.sources.folder import read_file
from tests.feed_rules import check_feed, disagreements
from tests.nasty import ALL
from tests.nasty.cases import Case, Published, Refused, Skipped, Waiting
from tests.nasty.judge import (
    FEEDS,
    GOOD,
    Result,
    counts,
    findings,
    good_shown,
    make_good_site,
    run,
)
from tests.sites import NEWSLETTER, Site

BATCHES = 4
SECONDS = 5.0
"""For one case among fifty articles: it takes a tenth of that, or half for 5 MB."""

BatchOf = Callable[[Case], tuple[Result, list[Case]]]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What the fifty good articles give by themselves."""
    return run(make_good_site(tmp_path_factory.mktemp("clean")))


@pytest.fixture(scope="module")
def batch_of(tmp_path_factory: pytest.TempPathFactory) -> BatchOf:
    """The published batch of a case; each batch takes every fourth, so that all are mixed."""

    @cache
    def published(number: int) -> tuple[Result, list[Case]]:
        cases = list(ALL[number::BATCHES])
        site = make_good_site(tmp_path_factory.mktemp(f"batch-{number}"))
        for case in cases:
            case.write(site.folder / "articles")
        return run(site), cases

    numbers = {case.name: place % BATCHES for place, case in enumerate(ALL)}
    return lambda case: published(numbers[case.name])


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Result]:
    """All cases in one site that has a newsletter too."""
    newsletter = NEWSLETTER.replace("schedule:", "max_items: 1000\n    schedule:")
    site = make_good_site(tmp_path_factory.mktemp("together"), extra=newsletter)
    for case in ALL:
        case.write(site.folder / "articles")
    return site, run(site)


def test_the_catalogue_is_whole() -> None:
    names = [case.name for case in ALL]
    assert len(set(names)) == len(names)
    files = [os.fsencode(file) for case in ALL for file in case.files]
    assert len(set(files)) == len(files)
    assert len(names) >= 120
    kinds = [type(outcome) for case in ALL for outcome in case.outcomes]
    assert {Published, Refused, Skipped, Waiting} == set(kinds)


# ---------------------------------------------------------------- in batches


@pytest.mark.long
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_each_case_comes_out_as_it_must(case: Case, batch_of: BatchOf) -> None:
    result, _ = batch_of(case)
    assert findings(case, result) == []


@pytest.mark.long
@pytest.mark.parametrize("case", ALL[:BATCHES], ids=lambda case: f"batch of {case.name}")
def test_the_good_articles_stay_as_they_are(case: Case, batch_of: BatchOf, clean: Result) -> None:
    result, cases = batch_of(case)
    assert good_shown(result) == good_shown(clean)
    assert {name: len(shown) for name, shown in good_shown(result).items()} == dict.fromkeys(
        FEEDS, GOOD
    )
    assert result.strays == []
    assert not Path("canary").exists()
    assert Counter(result.report.counts) == counts(cases)
    assert result.report.exit_code == 3


# ---------------------------------------------------------------- all in one site


def test_all_cases_in_one_site_harm_nobody(together: tuple[Site, Result], clean: Result) -> None:
    _, result = together
    assert [found for case in ALL for found in findings(case, result)] == []
    assert good_shown(result) == good_shown(clean)
    assert Counter(result.report.counts) == counts(ALL)
    assert result.strays == []
    assert not Path("canary").exists()
    assert result.report.exit_code == 3


def test_the_feeds_of_all_cases_break_no_rule_and_agree(together: tuple[Site, Result]) -> None:
    _, result = together
    for name, file in FEEDS.items():
        assert check_feed(result.feeds[name], f"https://courier.example/{file}") == []
    assert disagreements(*result.feeds.values()) == []
    assert len(result.shown["json"]) == counts(ALL)["listed"]


@pytest.mark.parametrize("format_", ["rss", "atom"])
def test_a_strict_reader_takes_the_feed_of_all_cases(
    format_: str, together: tuple[Site, Result]
) -> None:
    _, result = together
    feed = feedparser.parse(result.feeds[format_], sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo
    assert len(feed.entries) == counts(ALL)["listed"]
    titles = {entry.id: entry.title for entry in feed.entries}
    shown = {entry.id: entry.title for entry in result.shown[format_].values()}
    assert titles.keys() == shown.keys()


def test_the_mail_of_all_cases_is_made(together: tuple[Site, Result]) -> None:
    site, _ = together
    folder = site.output("newsletters/weekly/1")
    html = (folder / "email.html").read_text(encoding="utf-8")
    assert "<script" not in html.replace('<script type="application/ld+json">', "")
    mail = (folder / "email.eml").read_bytes()
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.replace(b"\r\n", b"")


def test_the_command_says_of_every_file_what_became_of_it(together: tuple[Site, Result]) -> None:
    site, _ = together
    lines = site.articles()
    said = {line["file"]: line for line in lines if not line["file"].startswith("good/")}
    expected = {outcome.file: outcome for case in ALL for outcome in case.outcomes}
    assert said.keys() == expected.keys()
    for file, outcome in expected.items():
        line = said[file]
        match outcome:
            case Published():
                assert line["state"] == "listed", line
                assert len(line["warnings"]) == len(outcome.warns), line
            case Refused():
                assert line["state"] == "refused", line
                assert outcome.says in line["message"], line
                assert line["line"] == outcome.line, line
                assert line["mend"], line
            case Skipped():
                assert line["state"] == "skipped", line
                assert outcome.says in line["message"], line
            case Waiting():
                assert line["state"] == outcome.state, line
    ran = site.run("publish")
    assert ran.code == 3
    for outcome in expected.values():
        if isinstance(outcome, Refused):
            assert f"articles/{outcome.file}".replace("\n", "\\n") in ran.err


def test_a_text_that_is_too_long_for_feed_readers_is_there_by_its_summary(tmp_path: Path) -> None:
    """They would give up the whole document."""
    site = make_good_site(tmp_path)
    opening = "Six words make a short one."
    site.article("long.md", f"{opening}\n\n" + "And here is more of them. " * 400_000, title="Long")
    result = run(site)
    (warning,) = (said for said in result.report.warnings if "long.md" in said)
    assert warning == (
        "articles/long.md: line 5: the text is longer than feed readers take, so that feeds have "
        "its summary; make several articles of it"
    )
    assert not result.report.problems
    for name, file in FEEDS.items():
        assert len(result.feeds[name]) < 1_000_000
        assert check_feed(result.feeds[name], f"https://courier.example/{file}") == []
    for shown in result.shown.values():
        assert len(shown) == GOOD + 1
        (long,) = (one for one in shown.values() if one.title == "Long")
        assert opening in long.content
    (page,) = site.folder.glob("output/**/long/index.html")
    assert "And here" in page.read_text("utf-8")


def test_a_defect_that_one_article_brings_to_light_costs_that_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_good_site(tmp_path)
    odd = site.article("odd.md", "First.", title="Odd")
    before = run(site)
    odd.write_text(odd.read_text().replace("First.", "Second."))
    site.article("odder.md", title="Odder")
    parse = document.parse_document

    def trip(raw: bytes, file: str, **rest: Any) -> document.Parsed | document.Skipped:
        if "odd" in file:
            raise ValueError("no such\nkey \udcff")
        return parse(raw, file, **rest)

    with monkeypatch.context() as patched:
        patched.setattr(document, "parse_document", trip)
        results = [run(site), run(site)]
    for result in results:
        said = [str(problem) for problem in result.report.problems]
        assert [one.partition(":")[0] for one in said] == ["articles/odd.md", "articles/odder.md"]
        assert re.search(
            r"by a defect of publisher: ValueError: no such key \\udcff \(sources/look\.py:\d+\) "
            r"\(the version published before stays\)$",
            said[0],
        )
        assert result.report.exit_code == 3
        assert result.shown == before.shown
    after = run(site)
    assert not after.report.problems, "each run tries it again"
    assert {"Odd", "Odder"} <= {one.title for one in after.shown["json"].values()}


# ---------------------------------------------------------------- what happens to files


def test_a_file_renamed_to_nasty_names_stays_the_same_entry(tmp_path: Path) -> None:
    site = make_good_site(tmp_path)
    place = site.article("wanderer.md", title="Wanderer")
    id_ = _id_of("Wanderer", run(site))
    for name in ("a\nb.md", "-rf.md", "cafe\u0301.md", "deep/er/%2e%2e.md", "🦆.md"):
        target = site.folder / "articles" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        place = place.rename(target)
        result = run(site)
        assert _id_of("Wanderer", result) == id_
        assert len(result.shown["rss"]) == GOOD + 1
        assert result.report.exit_code == 0


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root may read everything: the refusal of the system is put in by hand."""
    site = make_good_site(tmp_path)
    secret = site.article("secret.md")

    def refuse(path: str) -> bytes:
        if path.endswith(secret.name):
            raise PermissionError(13, "Permission denied", path)
        return read_file(path)

    monkeypatch.setattr("publisher.sources.look.read_file", refuse)
    result = run(site)
    (problem,) = result.report.problems
    assert str(problem) == "articles/secret.md: cannot be read: Permission denied"
    assert problem.mend
    assert len(result.shown["atom"]) == GOOD


def test_a_file_that_changes_or_goes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_good_site(tmp_path)
    moving = site.article("moving.md", "First.", title="Moving")
    going = site.article("going.md")

    def change_behind(path: str) -> bytes:
        if path.endswith(going.name):
            going.unlink(missing_ok=True)
        data = read_file(path)
        if path.endswith(moving.name) and b"First." in data:
            moving.write_bytes(data.replace(b"First.", b"Second."))
        return data

    monkeypatch.setattr("publisher.sources.look.read_file", change_behind)
    result = run(site)
    (problem,) = result.report.problems
    assert "going.md" in str(problem)
    assert len(result.shown["json"]) == GOOD + 1
    again = run(site)
    assert again.report.problems == ()
    id_ = _id_of("Moving", again)
    assert {f: again.shown[f][id_].content for f in FEEDS} == dict.fromkeys(FEEDS, "<p>Second.</p>")


def _id_of(title: str, result: Result) -> str:
    """The id of an entry by its title, which must be the same in every format."""
    ids = {e.id for shown in result.shown.values() for e in shown.values() if e.title == title}
    (id_,) = ids
    return id_


# ---------------------------------------------------------------- each alone


@pytest.mark.long
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_each_case_alone_among_fifty_good_articles(
    case: Case, tmp_path: Path, clean: Result
) -> None:
    site = make_good_site(tmp_path)
    case.write(site.folder / "articles")
    result = run(site)
    assert findings(case, result) == []
    assert good_shown(result) == good_shown(clean)
    assert result.strays == []
    assert not Path("canary").exists()
    assert Counter(result.report.counts) == counts([case])
    refused = any(isinstance(outcome, Refused) for outcome in case.outcomes)
    assert result.report.exit_code == (3 if refused else 0)
    assert result.seconds < SECONDS
    for name, file in FEEDS.items():
        assert check_feed(result.feeds[name], f"https://courier.example/{file}") == []
    assert disagreements(*result.feeds.values()) == []
