"""What an issue says: new by id, newest first, within limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from publisher.compose.digests import (
    compose_digest,
    digest_checksum,
    find_corrected,
    new_articles,
    over_for_good,
    recompose_digest,
    recorded_issue,
    under_new_ids,
)
from publisher.compose.entries import make_entries, newest_first
from publisher.config import SectionSpec, Selection
from publisher.model import (
    Correction,
    Issue,
    Record,
    RecordedBeginning,
    RecordedIssue,
    RenderedIssue,
    State,
    in_sections,
)
from tests.factories import NOW, make_article, make_newsletter


def articles(count: int, **changes):
    return newest_first(
        make_article(file=f"{n:02}.md", address=f"{n}/", date=NOW - timedelta(days=n), **changes)
        for n in range(1, count + 1)
    )


def compose(listed, *, done=(), first=False, slot=NOW, **changes):
    newsletter = make_newsletter(**changes)
    new = new_articles(newsletter, listed, slot=slot, done=set(done))
    return compose_digest(newsletter, new, listed, make_entries(listed), slot=slot, first=first)


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


def test_pinned_articles_lead_whatever_their_date() -> None:
    listed = newest_first(
        [*articles(2), make_article(file="old.md", date=NOW - timedelta(days=9), pinned=True)]
    )
    assert names(compose(listed).entries) == ["Old", "01", "02"]


SECTIONS = (
    SectionSpec(title="Sea", select=Selection(tags=("sea",)), max_items=2),
    SectionSpec(title="Ships", select=Selection(tags=("ships", "sea")), max_items=1),
    SectionSpec(title="Land", select=Selection(tags=("land",))),
)


def in_parts(digest) -> list[tuple[str, list[str]]]:
    return [(title, names(entries)) for title, entries in in_sections(digest)]


def test_an_article_stands_in_the_first_section_that_takes_it_and_has_room() -> None:
    listed = newest_first([*articles(5, tags=("sea",)), make_article(file="l.md", tags=("land",))])
    digest = compose(listed, sections=SECTIONS)
    assert in_parts(digest) == [("Sea", ["01", "02"]), ("Ships", ["03"]), ("Land", ["L"])]
    assert names(digest.overflow) == ["04", "05"]


def test_what_no_section_takes_is_not_for_this_newsletter() -> None:
    listed = newest_first([*articles(1, tags=("sea",)), make_article(file="x.md", tags=("air",))])
    digest = compose(listed, sections=SECTIONS)
    assert in_parts(digest) == [("Sea", ["01"])]
    assert digest.overflow == ()
    assert compose(listed[1:], sections=SECTIONS) is None


def test_the_newest_have_the_room_of_an_issue_whatever_their_section() -> None:
    listed = newest_first([*articles(3, tags=("land",)), make_article(file="s.md", tags=("sea",))])
    digest = compose(listed, sections=SECTIONS, max_items=3)
    assert in_parts(digest) == [("Land", ["01", "02", "03"])]
    assert names(digest.overflow) == ["S"]


def corrected(article, *texts: str):
    said = tuple(Correction(text=text, when=NOW) for text in texts)
    return replace(article, corrections=said)


def test_what_was_corrected_since_is_told_once_by_the_next_issue() -> None:
    listed = articles(3)
    first = issue_of(compose(listed[1:]), 1)
    listed = (listed[0], corrected(listed[1], "It was two."), *listed[2:])
    told = find_corrected(listed, [first])
    assert [(c.title, c.text) for c in told] == [("02", "It was two.")]
    second = issue_of(replace(compose(listed[:1]), corrected=told), 2)
    assert find_corrected(listed, [first, second]) == ()
    listed = (listed[0], corrected(listed[1], "It was two.", "No, three."), *listed[2:])
    assert [c.text for c in find_corrected(listed, [first, second])] == ["No, three."]


def test_a_correction_that_the_issue_itself_carried_is_no_news() -> None:
    listed = (corrected(articles(1)[0], "It was two."),)
    assert find_corrected(listed, [issue_of(compose(listed), 1)]) == ()
    assert find_corrected(listed, []) == ()


def issue_of(digest, number: int):
    return recorded_issue(
        Issue(
            newsletter="weekly",
            number=number,
            digest=digest,
            rendered=RenderedIssue(subject="", html="", text=""),
            checksum=digest_checksum(digest),
        )
    )


def test_what_came_to_digests_later_changes_no_checksum_in_the_records_there_are() -> None:
    digest = replace(compose(articles(2)), subject="The Weekly Courier: 01", preheader="02")
    assert digest_checksum(digest) == "28788a29668a28378c9475887b52ae61"


@pytest.mark.parametrize("sections", [(), SECTIONS])
def test_a_recorded_issue_is_made_again_with_the_same_checksum(sections) -> None:
    older = corrected(make_article(file="older.md", date=NOW - timedelta(days=30)), "Not so.")
    listed = newest_first(
        [*articles(3, tags=("sea",)), make_article(file="l.md", tags=("land",)), older]
    )
    newsletter = make_newsletter(max_items=3, sections=sections)
    entries = make_entries(listed)
    told = find_corrected(listed, [issue_of(compose([replace(older, corrections=())]), 1)])
    digest = replace(
        compose(listed, done={older.id}, max_items=3, sections=sections), corrected=told
    )
    assert digest.corrected
    line = issue_of(digest, 2)
    assert recompose_digest(newsletter, line, listed, entries) == digest
    other = recompose_digest(newsletter, line, listed[1:], make_entries(listed[1:]))
    assert digest_checksum(other) != line.checksum
    assert recompose_digest(newsletter, line, [], {}) is None


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


@pytest.mark.parametrize(
    ("changes", "is_over"),
    [
        ({}, False),
        ({"state": State.SCHEDULED}, False),
        ({"state": State.DRAFT}, False),
        ({"state": State.EXPIRED}, True),
        ({"state": State.RETRACTED}, True),
        ({"digest": False}, True),
        ({"language": "id"}, True),
        ({"tags": ("sea",)}, True),
    ],
)
def test_what_no_issue_will_tell_any_more(changes, is_over) -> None:
    of_article = {"tags": ("land",), "language": "en"} | changes
    state = of_article.pop("state", State.LISTED)
    article = replace(make_article(file="a.md", address="a/", **of_article), state=state)
    section = SectionSpec(title="Land", select=Selection(tags=("land",)))
    newsletter = make_newsletter(select=Selection(languages=("en",)), sections=(section,))
    found = over_for_good(newsletter, {article.id, "gone"}, [article])
    assert found == ({article.id, "gone"} if is_over else {"gone"})


def test_new_ids_make_nothing_new_that_was_told() -> None:
    told = Correction(text="It is 3 km.", when=NOW - timedelta(days=1))
    article = replace(make_article(file="a.md", address="a/"), corrections=(told,))
    issue = RecordedIssue(
        newsletter="weekly",
        number=1,
        slot=NOW,
        items=(article.id,),
        passed=("other", "passed"),
        checksum="c",
    )
    beginning = RecordedBeginning(newsletter="daily", began=NOW, passed=("a", "passed"))
    (listed,) = find_corrected([article], [issue])
    digest = compose_digest(
        make_newsletter(),
        [article],
        [article],
        make_entries([article]),
        slot=NOW,
        first=False,
        corrected=(listed,),
    )
    assert digest is not None
    rendered = RenderedIssue(subject="s", html="", text="")
    carried = recorded_issue(
        Issue(newsletter="weekly", number=2, digest=digest, rendered=rendered, checksum="d")
    )
    record = Record(issues=(issue, carried), beginnings=(beginning,))
    ids = {article.id: "mine", "passed": "x"}
    after = under_new_ids(record, ids, {article.id: [told.text]})
    assert [one.items for one in after.issues] == [("mine",), ("mine",)]
    assert after.issues[0].passed == ("other", "x")
    assert after.beginnings[0].passed == ("a", "x")
    assert find_corrected([replace(article, id="mine")], after.issues) == ()
    assert under_new_ids(record, {}, {}) == record
