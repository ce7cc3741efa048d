"""Each rule finds what breaks it, and a good feed breaks none."""

from __future__ import annotations

import re

import pytest

from publisher.feedcheck import GROUPS, RULES, check_feed
from tests.feedcheck_bad import Bad, bad_feeds
from tests.feedcheck_good import GOOD

BAD = list(bad_feeds())


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_feed_breaks_its_rule_and_no_other(bad: Bad) -> None:
    findings = check_feed(bad.data, url=bad.url, now=bad.now, own=bad.own, limit=bad.limit)
    assert {finding.rule for finding in findings} == {bad.rule} | bad.also, findings
    for finding in findings:
        assert finding.severity == RULES[finding.rule].severity


def test_every_rule_has_a_bad_feed_in_each_of_its_formats() -> None:
    wanted = {
        (rule.name, format_)
        for rule in RULES.values()
        for format_ in rule.formats
        if format_ != "together"  # tests of the agreement have these
    }
    tried = {(bad.rule, bad.format) for bad in BAD}
    assert wanted - tried == set()
    assert tried - wanted == set()


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("own", [False, True])
def test_a_good_feed_has_no_finding(name: str, own: bool) -> None:
    data, url = GOOD[name]
    findings = check_feed(data, url=url, own=own)
    assert [f for f in findings if not (own and RULES[f.rule].own)] == []
    assert check_feed(data) == findings


def test_rules_have_names_and_words_that_can_be_read() -> None:
    assert sum(map(len, GROUPS.values())) == len(RULES), "a name stands twice"
    for name, rule in RULES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert rule.formats
        assert rule.says.endswith(".")
        assert rule.mend.endswith(".")
        assert rule.source
        assert not (rule.own and rule.guess)
