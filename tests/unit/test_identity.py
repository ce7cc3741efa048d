"""Ids that never move, dates that stay, states at an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from publisher.addresses import reserved_by
from publisher.errors import ArticleError
from publisher.identity.identify import Identified, identify
from publisher.model import Correction, Record, RecordedIssue, State
from publisher.readings import Reading
from tests.factories import NOW, SITE_URL, make_document, make_reading, make_recorded

JAKARTA = timezone(timedelta(hours=7))


def run(*readings, record: Record | None = None, now: datetime = NOW) -> Identified:
    return identify(list(readings), record or Record(), site_url=SITE_URL, now=now)


def again(first: Identified, *readings, now: datetime = NOW + timedelta(days=1)) -> Identified:
    return run(*readings, record=first.record, now=now)


def test_a_new_article_gets_a_tag_uri_of_host_year_source_and_path() -> None:
    date = datetime(2021, 1, 1, 3, 0, tzinfo=JAKARTA)
    article = run(make_reading(file="news/bé ta.md", date=date)).articles[0]
    assert article.id == "tag:courier.example,2021:articles/news/b%C3%A9%20ta.md"


def test_the_authors_own_id_wins() -> None:
    article = run(make_reading(id="urn:uuid:1")).articles[0]
    assert article.id == "urn:uuid:1"


def test_an_id_stays_through_retitle_new_slug_new_date_and_new_domain() -> None:
    first = run(make_reading())
    changed = make_reading(
        content_hash="other",
        text_hash="other",
        title="Another",
        address="x/",
        slug="x",
        date=datetime(2020, 1, 1, tzinfo=UTC),
    )
    later = identify([changed], first.record, site_url="http://new.example/", now=NOW)
    assert later.articles[0].id == first.articles[0].id
    assert later.articles[0].url == "http://new.example/x/"


def test_a_file_that_is_moved_into_another_source_is_known_by_its_content() -> None:
    first = run(make_reading(file="a.md"), make_reading(file="b.md"))
    moved = make_reading(file="b.md", source="archive")
    later = again(first, make_reading(file="a.md"), moved)
    ids = {article.document.file: article.id for article in first.articles}
    assert {article.document.file: article.id for article in later.articles} == ids
    where = [(line.source, line.path) for line in later.record.articles]
    assert where == [("archive", "b.md"), ("articles", "a.md")]
    assert later.suspicions == ()


def test_a_copy_in_another_source_is_an_article_of_its_own() -> None:
    first = run(make_reading(file="a.md"))
    copy = make_reading(file="a.md", source="archive", address="other/")
    later = again(first, make_reading(file="a.md"), copy)
    assert len({article.id for article in later.articles}) == 2


def test_a_renamed_file_is_known_by_its_content() -> None:
    first = run(make_reading(file="a.md"))
    later = again(first, make_reading(file="b.md", content_hash="content-a.md"))
    assert later.articles[0].id == first.articles[0].id
    assert [line.path for line in later.record.articles] == ["b.md"]
    assert later.suspicions == ()


def test_renamed_and_edited_in_one_step_is_new_and_said() -> None:
    first = run(make_reading(file="a.md"))
    later = again(first, make_reading(file="b.md"))
    assert later.articles[0].id != first.articles[0].id
    assert f"`id: {first.articles[0].id}`" in later.suspicions[0][1]


def test_the_id_of_a_file_that_is_gone_makes_a_renamed_and_edited_file_the_same_article() -> None:
    first = run(make_reading(file="a.md"), make_reading(file="c.md", address="c/"))
    edited = {"file": "b.md", "text_hash": "other", "id": first.articles[0].id}
    later = again(first, make_reading(**edited), make_reading(file="c.md", address="c/"))
    assert later.suspicions == ()
    assert [(line.path, line.place) for line in later.record.articles] == [("b.md", 1), ("c.md", 2)]
    assert later.articles[0].updated == NOW + timedelta(days=1)


def test_an_id_that_is_written_after_the_file_came_as_a_new_article_heals_that() -> None:
    first = run(make_reading(file="a.md"))
    other = again(first, make_reading(file="b.md", content_hash="other", text_hash="other"))
    assert len({line.id for line in other.record.articles}) == 2
    healed = again(other, make_reading(file="b.md", text_hash="other", id=first.articles[0].id))
    assert [(line.id, line.place) for line in healed.record.articles] == [(first.articles[0].id, 1)]


def test_a_new_file_at_an_old_path_does_not_take_the_id_of_the_moved_one() -> None:
    first = run(make_reading(file="a.md"))
    moved = again(first, make_reading(file="b.md", content_hash="content-a.md"))
    both = again(
        moved,
        make_reading(file="b.md", content_hash="content-a.md"),
        make_reading(file="a.md", content_hash="fresh", address="fresh/"),
    )
    ids = {a.document.file: a.id for a in both.articles}
    assert ids["b.md"] == "tag:courier.example,2026:articles/a.md"
    assert ids["a.md"] == "tag:courier.example,2026:articles/a.md;2"


def test_the_date_is_kept_when_only_the_zone_of_the_reading_changed() -> None:
    written = "2026-11-01"
    first = run(make_reading(date=datetime(2026, 11, 1, tzinfo=UTC), date_text=written))
    later = again(
        first, make_reading(date=datetime(2026, 11, 1, tzinfo=JAKARTA), date_text=written)
    )
    assert later.articles[0].published == datetime(2026, 11, 1, tzinfo=UTC)
    moved = again(first, make_reading(date=datetime(2026, 11, 2, tzinfo=JAKARTA)))
    assert moved.articles[0].published == datetime(2026, 11, 2, tzinfo=JAKARTA)


def test_updated_moves_with_the_text_and_with_nothing_else() -> None:
    first = run(make_reading())
    assert first.articles[0].updated == first.articles[0].published
    restyled = again(first, make_reading(content_hash="new", body_key="new"))
    assert restyled.articles[0].updated == first.articles[0].updated
    edited = again(first, make_reading(text_hash="new"))
    assert edited.articles[0].updated == NOW + timedelta(days=1)
    rebuilt = again(edited, make_reading(text_hash="new"), now=NOW + timedelta(days=9))
    assert rebuilt.articles[0].updated == NOW + timedelta(days=1)


def test_the_authors_updated_wins_but_is_never_in_the_future_or_before_publication() -> None:
    day = timedelta(days=1)
    assert run(make_reading(updated=NOW - day)).articles[0].updated == NOW - day
    future = run(make_reading(updated=NOW + day)).articles[0]
    assert future.updated == future.published
    early = run(make_reading(updated=datetime(2000, 1, 1, tzinfo=UTC))).articles[0]
    assert early.updated == early.published


def test_edits_of_a_draft_do_not_count_as_updates() -> None:
    draft = run(make_reading(draft=True))
    listed = again(draft, make_reading(text_hash="finished"))
    assert listed.articles[0].updated == listed.articles[0].published


def test_states_follow_from_draft_date_expiry_and_now() -> None:
    def state(**changes) -> State:
        return run(make_reading(**changes)).articles[0].state

    assert state() is State.LISTED
    assert state(draft=True) is State.DRAFT
    assert state(draft=True, date=None, date_text="") is State.DRAFT
    assert state(date=NOW) is State.LISTED
    assert state(date=NOW + timedelta(seconds=1)) is State.SCHEDULED
    assert state(expires=NOW) is State.EXPIRED
    assert state(expires=NOW + timedelta(seconds=1)) is State.LISTED


def test_places_follow_the_order_of_first_publication() -> None:
    early = make_reading(file="early.md", date=datetime(2026, 1, 1, tzinfo=UTC), address="1/")
    late = make_reading(file="late.md", address="2/")
    draft = make_reading(file="draft.md", draft=True, address="3/")
    first = run(late, early, draft)
    places = {line.path: line.place for line in first.record.articles}
    assert places == {"early.md": 1, "late.md": 2, "draft.md": 0}
    backdated = make_reading(file="old.md", date=datetime(1999, 1, 1, tzinfo=UTC), address="4/")
    later = again(first, late, early, backdated, make_reading(file="draft.md", address="3/"))
    places = {line.path: line.place for line in later.record.articles}
    assert places == {"early.md": 1, "late.md": 2, "old.md": 3, "draft.md": 4}


def test_two_new_articles_with_one_address_are_both_refused_by_name() -> None:
    found = run(make_reading(file="a.md", address="x/"), make_reading(file="b.md", address="x/"))
    assert found.articles == ()
    assert [c.file for c in found.clashes] == ["a.md", "b.md"]
    assert "a.md and b.md have the same address" in found.clashes[0].problem.message
    assert found.record.articles == ()


def test_files_of_one_name_that_clash_are_told_apart_by_their_sources() -> None:
    other = make_reading(file="a.md", source="archive", address="x/")
    found = run(make_reading(file="a.md", address="x/"), other)
    told = {clash.problem.message.removesuffix(": x/index.html") for clash in found.clashes}
    assert len(told) == 1
    assert sorted(told.pop().removesuffix(" have the same address").split(" and ")) == [
        "a.md of the source archive",
        "a.md of the source articles",
    ]


def test_a_published_article_survives_a_newcomer_with_its_address() -> None:
    first = run(make_reading(file="b.md", address="x/"))
    later = again(
        first, make_reading(file="a.md", address="x/"), make_reading(file="b.md", address="x/")
    )
    assert [a.document.file for a in later.articles] == ["b.md"]
    assert len(later.clashes) == 2


def test_two_articles_with_one_id_are_refused() -> None:
    found = run(
        make_reading(file="a.md", id="x:1"), make_reading(file="b.md", id="x:1", address="y/")
    )
    assert [c.file for c in found.clashes] == ["a.md", "b.md"]


def told(*ids: str) -> RecordedIssue:
    return RecordedIssue(
        newsletter="weekly", number=1, slot=NOW, items=ids, passed=(), checksum="", corrected=()
    )


@pytest.mark.parametrize(
    ("ids", "after"),
    [
        pytest.param(("x:1", "x:3"), ("x:1", "x:3"), id="one has another id"),
        pytest.param(("x:2", "x:1"), ("x:2", "x:1"), id="they change theirs"),
        pytest.param(("x:2", "x:3"), ("x:2", "x:3"), id="one has what was the other's"),
        pytest.param(("x:1", "x:1"), ("x:1", "x:2"), id="both have one, for a while"),
    ],
)
def test_what_issues_told_goes_by_the_ids_that_articles_have_now(
    ids: tuple[str, str], after: tuple[str, str]
) -> None:
    files = ("a.md", "b.md")
    first = run(*(make_reading(file=f, id=f"x:{n}", address=f) for n, f in enumerate(files, 1)))
    record = replace(first.record, issues=(told("x:1", "x:2"),))
    changed = [make_reading(file=f, id=i, address=f) for f, i in zip(files, ids, strict=True)]
    later = run(*changed, record=record)
    assert set(later.record.issues[0].items) >= set(after)
    back = [make_reading(file=f, id=i, address=f) for f, i in zip(files, after, strict=True)]
    healed = run(*back, record=later.record)
    assert {line.id for line in healed.record.articles} == set(after)
    assert set(healed.record.issues[0].items) >= set(after), "none of them counts as new"


def test_an_address_of_the_sites_own_is_refused() -> None:
    for address in ("feeds/politics/", "newsletters/", "index.html", "media/x/"):
        found = run(make_reading(address=address))
        assert found.articles == ()
        assert "the site's own" in found.clashes[0].problem.message


def test_a_file_that_can_no_longer_be_read_keeps_its_last_good_version() -> None:
    first = run(make_reading())
    problem = ArticleError("broken")
    broken = replace(make_reading(), document=None, problem=problem, good=make_document())
    later = again(first, broken)
    assert later.articles[0].id == first.articles[0].id
    assert later.record == first.record


def test_lines_of_deleted_files_stay_so_that_they_come_back_as_themselves() -> None:
    first = run(make_reading())
    gone = again(first)
    assert gone.articles == ()
    assert gone.record == first.record
    back = again(gone, make_reading(file="elsewhere.md", content_hash="content-launch.md"))
    assert back.articles[0].id == first.articles[0].id


def test_a_second_look_changes_nothing() -> None:
    readings = [make_reading(file=f"{n}.md", address=f"{n}/") for n in range(5)]
    first = run(*readings)
    assert again(first, *reversed(readings)).record == first.record
    assert make_recorded().place == 1


def test_a_renamed_file_whose_old_path_holds_another_article_keeps_its_id() -> None:
    first = run(make_reading(file="a.md"))
    moved = make_reading(file="z.md", content_hash="content-a.md")
    other = make_reading(
        file="a.md", content_hash="other", address="other/", date=datetime(2026, 11, 9, tzinfo=UTC)
    )
    later = again(first, moved, other)
    ids = {a.document.file: a.id for a in later.articles}
    assert ids["z.md"] == first.articles[0].id
    assert ids["a.md"] != first.articles[0].id


def test_a_copy_of_an_article_that_was_then_edited_is_the_new_one() -> None:
    first = run(make_reading(file="a.md"))
    copy = make_reading(file="copy.md", content_hash="content-a.md", address="copy/")
    edited = make_reading(file="a.md", content_hash="edited", text_hash="edited")
    later = again(first, copy, edited)
    ids = {a.document.file: a.id for a in later.articles}
    assert ids["a.md"] == first.articles[0].id
    assert ids["copy.md"] != first.articles[0].id


def test_drafts_and_scheduled_articles_clash_with_nobody() -> None:
    found = run(
        make_reading(file="a.md", address="x/", id="urn:x:1"),
        make_reading(file="_drafts/a.md", address="x/", id="urn:x:1", draft=True),
        make_reading(file="later.md", address="x/", date=NOW + timedelta(days=1)),
    )
    assert found.clashes == ()
    assert len(found.articles) == 3


def test_hidden_addresses_are_refused() -> None:
    for address in (".git/hooks/", ".gitignore", "a/.staged/x/"):
        found = run(make_reading(address=address))
        assert "is hidden" in found.clashes[0].problem.message
    assert run(make_reading(address=".well-known/x/")).clashes == ()


def test_an_address_inside_the_file_of_another_is_refused_for_both() -> None:
    found = run(
        make_reading(file="a.md", address="x.html"),
        make_reading(file="b.md", address="x.html/y/"),
        make_reading(file="c.md", address="z/"),
    )
    assert [a.document.file for a in found.articles] == ["c.md"]
    assert {c.file for c in found.clashes} == {"a.md", "b.md"}


def test_a_clash_names_the_line_to_change() -> None:
    found = run(
        make_reading(file="a.md", address="x/", origins={"slug": "field:4"}),
        make_reading(file="b.md", address="x/"),
    )
    assert [c.problem.where.line for c in found.clashes] == [4, 1]


def test_a_published_article_edited_into_the_place_of_another_keeps_its_last_good_version() -> None:
    a, b = make_reading(file="a.md", address="a/"), make_reading(file="b.md", address="b/")
    first = run(a, b)
    moved = replace(
        make_reading(file="a.md", address="b/", content_hash="new", text_hash="new", title="New"),
        good=a.document,
    )
    later = again(first, moved, b)
    assert {x.document.file: x.url for x in later.articles} == {
        "a.md": SITE_URL + "a/",
        "b.md": SITE_URL + "b/",
    }
    assert {x.document.title for x in later.articles} == {"A", "B"}
    assert later.reverted == (("articles", "a.md"),)
    assert later.record == first.record


def test_a_file_that_is_no_article_any_more_leaves() -> None:
    first = run(make_reading())
    skipped = replace(make_reading(), document=None, skipped="a redirect", good=make_document())
    assert again(first, skipped).articles == ()


def test_a_retracted_article_leaves_a_line_with_the_time_and_the_last_address() -> None:
    first = run(make_reading())
    (line,) = first.record.articles
    assert line.address == "2026/11/01/launch/"
    taken_back = run(make_reading(retract=True, address="elsewhere/"), record=first.record)
    (article,) = taken_back.articles
    (line,) = taken_back.record.articles
    assert article.state is State.RETRACTED
    assert (line.retracted, line.address) == (NOW, "2026/11/01/launch/")
    later = NOW + timedelta(days=3)
    again = run(make_reading(retract=True), record=taken_back.record, now=later)
    assert again.record.articles[0].retracted == NOW
    restored = run(make_reading(), record=again.record, now=later)
    assert restored.articles[0].state is State.LISTED
    assert restored.record.articles[0].retracted is None
    assert restored.articles[0].id == article.id


def test_a_retraction_by_command_holds_while_the_file_says_nothing() -> None:
    line = make_recorded(retracted=NOW, by_command=True)
    result = run(make_reading(), record=Record(articles=(line,)))
    assert result.articles[0].state is State.RETRACTED
    assert result.record.articles[0].retracted == NOW
    assert result.record.articles[0].by_command


def test_what_was_never_published_is_kept_back_without_a_trace() -> None:
    result = run(make_reading(retract=True))
    assert result.articles[0].state is State.RETRACTED
    assert result.record.articles[0].retracted is None
    assert result.record.articles[0].place == 0


def test_a_correction_is_dated_when_first_seen_and_moves_updated() -> None:
    first = run(make_reading())
    told = {"corrections": (Correction(text="It was blue."),), "text_hash": "other"}
    later = NOW + timedelta(days=1)
    second = run(make_reading(**told), record=first.record, now=later)
    assert second.articles[0].corrections == (Correction(text="It was blue.", when=later),)
    assert second.articles[0].updated == later
    third = run(make_reading(**told), record=second.record, now=later + timedelta(days=9))
    assert third.articles == second.articles
    assert third.record == second.record


def test_a_correction_moves_updated_past_what_the_author_wrote_there() -> None:
    when = datetime(2026, 11, 20, tzinfo=UTC)
    corrections = (Correction(text="It was blue.", when=when),)
    updated = datetime(2026, 11, 2, tzinfo=UTC)
    result = run(make_reading(corrections=corrections, updated=updated))
    assert result.articles[0].updated == when
    assert result.record.articles[0].corrections == ()


def test_a_correction_that_came_with_the_article_is_as_old_as_that() -> None:
    (article,) = run(make_reading(corrections=(Correction(text="Misprint."),))).articles
    assert article.corrections[0].when == article.published


class TestPlacesOfFeeds:
    """A feed in a folder of its own choice has its page and documents there."""

    RESERVED = reserved_by(["news", ""])

    def run(self, *readings: Reading, record: Record | None = None) -> Identified:
        return identify(
            list(readings),
            record or Record(),
            site_url=SITE_URL,
            now=NOW,
            reserved=self.RESERVED,
        )

    @pytest.mark.parametrize(
        "address", ["news/", "news", "news/index.html", "news/page/2/", "news/archive/x/"]
    )
    def test_an_article_there_is_refused_by_name(self, address: str) -> None:
        found = self.run(make_reading(file="a.md", address=address), make_reading(file="b.md"))
        assert [a.document.file for a in found.articles] == ["b.md"]
        (clash,) = found.clashes
        assert clash.file == "a.md"
        assert clash.problem.message == f"the address /{address} is the site's own"

    def test_articles_in_the_folder_beside_it_are_welcome(self) -> None:
        found = self.run(make_reading(address="news/fog/"), make_reading(file="b.md", address="n/"))
        assert len(found.articles) == 2
        assert found.clashes == ()

    def test_one_that_lives_elsewhere_has_no_place_here(self) -> None:
        reading = make_reading(address="https://x.example/news/", canonical=True)
        assert self.run(reading).clashes == ()

    def test_one_published_there_before_the_feed_came_leaves_and_keeps_its_line(self) -> None:
        reading = make_reading(address="news/")
        first = identify([reading], Record(), site_url=SITE_URL, now=NOW)
        later = self.run(reading, record=first.record)
        assert later.articles == ()
        assert len(later.clashes) == 1
        assert later.record == first.record

    def test_one_edited_into_the_place_stays_where_it_was(self) -> None:
        reading = make_reading(address="fog/")
        first = self.run(reading)
        moved = replace(
            make_reading(address="news/", content_hash="new", text_hash="new"),
            good=reading.document,
        )
        later = self.run(moved, record=first.record)
        assert [a.url for a in later.articles] == [SITE_URL + "fog/"]
        assert later.reverted == (("articles", "launch.md"),)
        assert later.record == first.record
