"""Why an article is in the coming issue, or why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.compose.digests import compose_digest, new_articles
from publisher.compose.edits import edited
from publisher.compose.entries import make_entries, newest_first
from publisher.compose.past import Past
from publisher.compose.reasons import Part, Placement, place_articles
from publisher.config import SectionSpec, Selection
from publisher.model import Digest, Draft, RecordedBeginning, RecordedIssue
from tests.factories import NOW, make_article, make_newsletter

UNTOUCHED = Draft(newsletter="weekly")


def articles(count: int, **changes):
    return newest_first(
        make_article(file=f"{n:02}.md", address=f"{n}/", date=NOW - timedelta(days=n), **changes)
        for n in range(1, count + 1)
    )


def issue(number: int, *, items=(), passed=()) -> RecordedIssue:
    return RecordedIssue(
        newsletter="weekly",
        number=number,
        slot=NOW,
        items=tuple(a.id for a in items),
        passed=tuple(a.id for a in passed),
        checksum="",
    )


def place(
    listed, issues=(), *, beginning=None, cut=0, draft=UNTOUCHED, **changes
) -> tuple[Placement, ...]:
    newsletter = make_newsletter(**changes)
    past = Past(issues=tuple(issues), beginning=beginning)
    digest: Digest | None = compose_digest(
        newsletter,
        edited(new_articles(newsletter, listed, slot=NOW, done=past.done), draft),
        listed,
        make_entries(listed),
        slot=NOW,
        first=past.last is None,
        passed=draft.passed,
    )
    shown = digest.entries[: len(digest.entries) - cut] if digest else ()
    text = "\n\n".join(f"{entry.title}\n{entry.url}" for entry in shown)
    return place_articles(newsletter, listed, past, slot=NOW, draft=draft, digest=digest, text=text)


def told(placements) -> dict[str, str]:
    return {p.article.document.title: p.reason or p.part.name for p in placements}


def test_every_listed_article_is_placed_once_what_is_in_first() -> None:
    listed = articles(6)
    past = [issue(1, items=listed[4:5], passed=listed[5:])]
    placed = place(listed, past, max_items=2)
    assert [p.article for p in placed] == [*listed]
    assert [p.part for p in placed] == [Part.SHOWN] * 2 + [Part.LINKED] * 2 + [Part.LEFT] * 2
    assert told(placed) == {
        "01": "SHOWN",
        "02": "SHOWN",
        "03": "over max_items (2)",
        "04": "over max_items (2)",
        "05": "already in issue 1",
        "06": "passed over when issue 1 was made",
    }


def test_what_the_mail_had_no_room_for_is_behind_the_link() -> None:
    placed = place(articles(3), cut=1)
    assert [p.part for p in placed] == [Part.SHOWN, Part.SHOWN, Part.LINKED]
    assert "no room" in placed[2].reason


def test_an_address_that_mail_has_in_ascii_is_found_there() -> None:
    own = make_article(file="a.md", url="https://bücher.example/straße/")
    newsletter = make_newsletter()
    digest = compose_digest(newsletter, [own], [own], make_entries([own]), slot=NOW, first=True)
    text = "A\n\nhttps://xn--bcher-kva.example/stra%C3%9Fe/\n"
    (placed,) = place_articles(
        newsletter, [own], Past(), slot=NOW, draft=UNTOUCHED, digest=digest, text=text
    )
    assert placed.part is Part.SHOWN


def test_the_first_issue_says_that_it_passes_over_the_rest() -> None:
    assert told(place(articles(3), max_items=2))["03"] == (
        "the first issue has no room for it, and passes over it for good"
    )


def test_what_was_published_before_the_newsletter_began_says_so_also_when_issues_came() -> None:
    listed = articles(3)
    beginning = RecordedBeginning(newsletter="weekly", began=NOW, passed=(listed[2].id,))
    assert told(place(listed, beginning=beginning)) == {
        "01": "SHOWN",
        "02": "SHOWN",
        "03": "published before the newsletter began",
    }
    past = [issue(1, items=listed[1:2], passed=listed[2:])]
    assert told(place(listed, past, beginning=beginning)) == {
        "01": "SHOWN",
        "02": "already in issue 1",
        "03": "published before the newsletter began",
    }


def test_sections_are_named_and_what_none_takes_is_left() -> None:
    listed = newest_first(
        make_article(
            file=f"{n}.md", address=f"{n}/", date=NOW - timedelta(days=n), tags=tags, pinned=n == 3
        )
        for n, tags in enumerate((("sea",), ("town",), ("sea",), ("other",)), start=1)
    )
    sections = (
        SectionSpec(title="By the sea", select=Selection(tags=("sea",)), max_items=1),
        SectionSpec(title="In town", select=Selection(tags=("town",))),
    )
    past = [issue(1)]
    placed = place(listed, past, sections=sections)
    assert [(p.article.document.title, p.section, p.reason) for p in placed] == [
        ("3", "By the sea", ""),
        ("2", "In town", ""),
        ("1", "", "over max_items (30), or over that of each section that takes it"),
        ("4", "", "no section takes it"),
    ]


def test_what_editors_took_out_says_so() -> None:
    listed = articles(3)
    draft = Draft(newsletter="weekly", dropped=(listed[0].id,), passed=(listed[1].id,))
    assert told(place(listed, [issue(1)], draft=draft)) == {
        "03": "SHOWN",
        "01": "taken out by an editor: it waits for the issue after this one",
        "02": "taken out by an editor, for good",
    }


def test_too_few_wait() -> None:
    (placed,) = place(articles(1), min_items=2)
    assert (placed.part, placed.reason) == (Part.LEFT, "waits: fewer than min_items (2) are new")


def test_an_article_that_wants_in_no_digest_says_so_itself() -> None:
    (placed,) = place(articles(1, digest=False))
    assert placed.reason == "digest: false in its header"


@pytest.mark.parametrize(
    ("selection", "reason"),
    [
        (Selection(tags=("sea", "coast")), "not selected: has none of tags [sea, coast]"),
        (Selection(not_tags=("town",)), "not selected: has one of not_tags [town]"),
        (Selection(languages=("id",)), "not selected: has none of languages [id]"),
        (Selection(authors=("Marit",)), "not selected: has none of authors [Marit]"),
        (Selection(sections=("Laut",)), "not selected: has none of sections [Laut]"),
        (Selection(sources=("wire",)), "not selected: has none of sources [wire]"),
        (Selection(tags=("town",), sources=("wire",)), "not selected: has none of sources [wire]"),
    ],
)
def test_the_key_of_the_selection_is_named(selection: Selection, reason: str) -> None:
    (placed,) = place(articles(1, tags=("Town",), language="en"), select=selection)
    assert placed.reason == reason
