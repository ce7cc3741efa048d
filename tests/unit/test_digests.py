"""What an issue says: new by id, newest first, within limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.compose.digests import (
    compose_digest,
    digest_checksum,
    recompose_digest,
    recorded_issue,
)
from publisher.compose.entries import make_entries, newest_first
from publisher.config import Selection
from publisher.model import Issue, RenderedIssue
from tests.factories import NOW, make_article, make_newsletter


def articles(count: int, **changes):
    return newest_first(
        make_article(file=f"{n:02}.md", address=f"{n}/", date=NOW - timedelta(days=n), **changes)
        for n in range(1, count + 1)
    )


def compose(listed, *, done=(), first=False, slot=NOW, **changes):
    return compose_digest(
        make_newsletter(**changes),
        listed,
        make_entries(listed),
        slot=slot,
        done=set(done),
        first=first,
    )


def names(entries) -> list[str]:
    return [e.title for e in entries]


def test_the_first_issue_holds_the_newest_and_passes_over_the_rest() -> None:
    listed = articles(5)
    digest = compose(listed, first=True, max_items=2)
    assert names(digest.entries) == ["01", "02"]
    assert digest.overflow == ()
    assert digest.passed == tuple(sorted(a.id for a in listed[2:]))


def test_the_first_issue_passes_over_what_its_selection_leaves_out_too() -> None:
    indonesian = articles(1, language="id")
    listed = newest_first([*indonesian, make_article(file="en.md", address="en/", language="en")])
    digest = compose(listed, first=True, select=Selection(languages=("id",)))
    assert names(digest.entries) == ["01"]
    assert digest.passed == (listed[1].id,)


def test_later_issues_hold_all_that_is_new_the_rest_as_overflow() -> None:
    listed = articles(5)
    digest = compose(listed, done=[listed[0].id], max_items=2)
    assert names(digest.entries) == ["02", "03"]
    assert names(digest.overflow) == ["04", "05"]
    assert digest.passed == ()


def test_new_is_by_id_so_a_back_dated_article_is_not_lost() -> None:
    listed = articles(3)
    digest = compose(listed, done=[listed[0].id, listed[1].id])
    assert names(digest.entries) == ["03"]


def test_what_comes_after_the_slot_waits() -> None:
    listed = articles(2)
    digest = compose(listed, slot=NOW - timedelta(days=1, seconds=1))
    assert names(digest.entries) == ["02"]


def test_fewer_than_min_items_make_no_issue() -> None:
    assert compose(articles(2), min_items=3) is None
    assert compose([], first=True) is None


def test_an_article_can_be_kept_from_mail() -> None:
    listed = articles(2, digest=False)
    assert compose(listed) is None


def test_subject_and_preheader_follow_from_the_entries() -> None:
    digest = compose(articles(6))
    assert digest.subject == "The Weekly Courier: 01"
    assert digest.preheader == "02 · 03 · 04"
    alone = compose(articles(1))
    assert alone.preheader == "About 01."


def test_a_recorded_issue_is_made_again_with_the_same_checksum() -> None:
    listed = articles(4)
    newsletter = make_newsletter(max_items=3)
    entries = make_entries(listed)
    digest = compose_digest(newsletter, listed, entries, slot=NOW, done=set(), first=False)
    issue = Issue(
        newsletter="weekly",
        number=1,
        digest=digest,
        rendered=RenderedIssue(subject="", html="", text=""),
        checksum=digest_checksum(digest),
    )
    assert recompose_digest(newsletter, recorded_issue(issue), entries) == digest
    fewer = make_entries(listed[1:])
    other = recompose_digest(newsletter, recorded_issue(issue), fewer)
    assert digest_checksum(other) != issue.checksum
    assert recompose_digest(newsletter, recorded_issue(issue), {}) is None


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        (Selection(), True),
        (Selection(tags=("Sea", "x")), True),
        (Selection(tags=("land",)), False),
        (Selection(not_tags=("SEA",)), False),
        (Selection(languages=("pt",)), True),
        (Selection(languages=("pt-PT",)), False),
        (Selection(sections=("News",)), True),
        (Selection(sources=("other",)), False),
        (Selection(authors=("nobody",)), False),
    ],
)
def test_selections(selection: Selection, taken: bool) -> None:
    listed = articles(1, tags=("sea",), language="pt-BR", categories=("news",))
    assert (compose(listed, select=selection) is not None) is taken
