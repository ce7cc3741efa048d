"""Each check of an issue finds what is bad, and leaves alone what comes close and is good."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from publisher.checklist import CHECKS, GROUPS
from publisher.preflight import Judgement, check_issue, is_held
from publisher.preflight.checks import DONE_BY
from tests.factories import make_newsletter
from tests.preflight_cases import cases
from tests.preflight_samples import Case, add, make_proof

CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_finds_what_is_bad(case: Case) -> None:
    found = [f for f in check_issue(case.bad) if f.check == case.check]
    assert found
    for finding in found:
        assert finding.level == CHECKS[case.check].level
        assert finding.where
        assert finding.detail
        assert finding.mend == CHECKS[case.check].mend


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_leaves_alone_what_comes_close(case: Case) -> None:
    assert [str(f) for f in check_issue(case.good) if f.check == case.check] == []


def test_every_check_has_a_case_and_a_function() -> None:
    assert {case.check for case in CASES} == set(CHECKS) == set(DONE_BY)
    assert len(CHECKS) == sum(map(len, GROUPS.values())) >= 25


def test_checks_have_names_and_words_that_can_be_read() -> None:
    for check in CHECKS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)
        for words in (check.says, check.mend):
            assert re.match(r"[A-Z`]", words), words
            assert words.endswith("."), words
        assert check.source


def test_a_good_issue_has_no_finding() -> None:
    assert [str(f) for f in check_issue(make_proof())] == []


def test_a_newsletter_weighs_the_checks_itself() -> None:
    html = add("<form></form><h1>x</h1>")
    assert is_held(check_issue(make_proof(html=html)))
    lenient = make_newsletter(checks={"forbidden-element": "warn", "headings": "off"})
    findings = check_issue(make_proof(html=html, newsletter=lenient))
    assert [(f.check, f.level) for f in findings] == [("forbidden-element", "warn")]
    assert not is_held(findings)
    strict = make_newsletter(checks={"headings": "error", "forbidden-element": "off"})
    assert is_held(check_issue(make_proof(html=html, newsletter=strict)))


def test_errors_are_told_before_warnings() -> None:
    html = add("<h1>x</h1><form></form>")
    levels = [f.level for f in check_issue(make_proof(html=html))]
    assert levels == sorted(levels)
    assert len(set(levels)) == 2


def test_spamassassin_that_did_not_run_says_so_and_holds_nothing() -> None:
    judgement = Judgement(missing="spamassassin is not installed")
    (note,) = check_issue(make_proof(judgement=judgement))
    assert (note.level, note.mend) == ("note", None)
    assert "did not run: spamassassin is not installed" in str(note)
    off = make_newsletter(checks={"spam-score": "off"})
    assert check_issue(make_proof(judgement=judgement, newsletter=off)) == ()


@pytest.mark.parametrize(
    "html",
    ["", "no tag at all", "<", "<html>", "<!-- only -->", "<p style='color:'>a<b", "\x00\ud800"],
)
def test_no_html_is_too_broken_to_be_checked(html: str) -> None:
    findings = {f.check for f in check_issue(replace(make_proof(), html=html))}
    assert {"unsubscribe-shown", "no-items"} <= findings


def test_depth_and_length_are_no_trouble() -> None:
    deep = "<div><b>" * 3_000 + "word" + "</b></div>" * 3_000
    findings = {f.check for f in check_issue(replace(make_proof(), html=deep))}
    assert "unsubscribe-shown" in findings
