"""What becomes of the entries of a feed."""

from __future__ import annotations

from dataclasses import dataclass

from publisher.compose.changes import Change, Ground, compare_documents
from publisher.config import FeedSpec, Selection
from tests.factories import make_article

SPEC = FeedSpec(name="main", limit=2)


@dataclass(frozen=True)
class Said:
    title: str
    mark: str


def documents(**held: str) -> dict[int, dict[str, Said]]:
    """`d0="ab"` is a document 0 with the entries a and b; a capital is another version."""
    return {
        int(name[1:]): {key.lower(): Said(title=key.lower(), mark=key) for key in keys}
        for name, keys in held.items()
    }


def ground(**changes: object) -> Ground:
    values = {"articles": {}, "lines": {}, "fates": {}, "folders": {}, "zone": "UTC"}
    return Ground(**(values | changes))


def told(before, after, spec=SPEC, known=None) -> list[tuple[str, Change, int]]:
    found = compare_documents(spec, before, after, known or ground())
    return [(one.id, one.change, one.document) for one in found]


def test_each_entry_is_told_once() -> None:
    before, after = documents(d0="cba"), documents(d0="dC", d1="b")
    assert told(before, after) == [
        ("d", Change.IN, 0),
        ("c", Change.CHANGED, 0),
        ("b", Change.ARCHIVED, 1),
        ("a", Change.OUT, 0),
    ]


def test_one_that_goes_to_the_archive_with_another_text_says_both() -> None:
    other = next(compare_documents(SPEC, documents(d0="b"), documents(d0="", d1="b"), ground()))
    assert other.why == "over the limit of 2: to archive 1"
    found = compare_documents(SPEC, documents(d0="b"), documents(d0="", d1="B"), ground())
    assert [e.why for e in found] == ["over the limit of 2: to archive 1, and changed"]


def test_what_is_the_same_is_not_told() -> None:
    assert told(documents(d0="ba", d1="z"), documents(d0="ba", d1="z")) == []


def test_an_old_article_that_comes_in_stands_in_its_archive() -> None:
    assert told(documents(d3="xz"), documents(d3="xyz")) == [("y", Change.IN, 3)]


def test_an_edit_in_an_archive_is_an_edit() -> None:
    assert told(documents(d3="x"), documents(d3="X")) == [("x", Change.CHANGED, 3)]


def test_one_that_no_longer_meets_the_choice_says_which_key_keeps_it_out() -> None:
    spec = FeedSpec(name="sea", select=Selection(tags=("sea", "coast")))
    known = ground(articles={"a": make_article(tags=("land",))})
    (out,) = compare_documents(spec, documents(d0="a"), documents(d0=""), known)
    assert out.why == "has none of tags [sea, coast]"


def test_what_nobody_knows_has_no_reason() -> None:
    (out,) = compare_documents(SPEC, documents(d0="a"), documents(d0=""), ground())
    assert (out.why, out.file, out.title) == ("", "", "a")
