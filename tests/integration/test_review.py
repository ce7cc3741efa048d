"""Editors: an issue under review waits, is arranged, approved as it stands, or cancelled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

DUE = "2026-11-23T00:00:00Z"
"""Monday 07:00 in Jakarta."""
BEFORE = "2026-11-22T00:00:00Z"
TIME = 'schedule: {every: week, on: monday, at: "07:00"}'


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """Issue 1 is made; three articles are new since."""
    site = make_site(CONFIG + UNJUDGED)
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    site.write("publisher.yaml", CONFIG + UNJUDGED + "    review: true\n")
    for number in range(1, 4):
        site.article(f"a{number}.md", date=f"2026-11-20T0{number}:00:00+07:00", title=f"A{number}")
    return site


def held(site: Site) -> list[list[str]]:
    lines = [line for line in site.record() if "newsletter" in line]
    return [[item.rpartition("/")[2] for item in line["items"]] for line in lines]


def issue(site: Site, *words: str, now: str = BEFORE, code: int = 0) -> str:
    ran = site.run("issue", *words, now=now)
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return ran.out + ran.err


def test_an_issue_under_review_waits_until_it_is_approved(site: Site) -> None:
    report = site.publish_here(now=DUE)
    assert "waits for `publisher issue approve weekly`" in "".join(report.warnings)
    assert len(held(site)) == 1
    assert "issue 2: The Weekly Courier: A3" in issue(site, "approve", "weekly", now=DUE)
    assert held(site)[1] == ["a3.md", "a2.md", "a1.md"]
    site.publish_here(now="2026-11-23T01:00:00Z")
    assert site.output("newsletters/weekly/2/email.eml").exists()
    assert "nothing new" in issue(site, "approve", "weekly", now="2026-11-23T02:00:00Z")
    assert len(held(site)) == 2


def test_what_was_approved_ahead_is_made_in_time_if_it_is_still_the_same(site: Site) -> None:
    said = issue(site, "approve", "weekly", "2")
    assert "approved as it stands, for 2026-11-23T07:00+07:00" in said
    report = site.publish_here(now=DUE)
    assert report.warnings == ()
    assert held(site)[1] == ["a3.md", "a2.md", "a1.md"]


@pytest.mark.parametrize("change", ["text", "new", "note", "template", "words", "edit"])
def test_a_later_change_asks_again(site: Site, change: str) -> None:
    issue(site, "approve", "weekly")
    if change == "text":
        site.article("a1.md", date="2026-11-20T01:00:00+07:00", title="A1, but other")
    elif change == "new":
        site.article("a4.md", date="2026-11-21")
    elif change == "note":
        site.write("issues/weekly/next.md", "Dear readers.\n")
    elif change == "template":
        settings = CONFIG + UNJUDGED + "    review: true\n    template: single\n"
        site.write("publisher.yaml", settings)
    elif change == "words":
        settings = CONFIG + UNJUDGED.replace("1 Pier Road", "9 Pier Road")
        site.write("publisher.yaml", settings + "    review: true\n")
    else:
        issue(site, "drop", "weekly", "1")
    report = site.publish_here(now=DUE)
    assert "waits for" in "".join(report.warnings)
    assert len(held(site)) == 1
    issue(site, "approve", "weekly", now=DUE)
    assert len(held(site)) == 2


@pytest.mark.parametrize(("edit", "done"), [("approve", "approved"), ("drop", "arranged")])
def test_an_issue_that_editors_saw_to_does_not_go_by_without_a_word(
    site: Site, edit: str, done: str
) -> None:
    issue(site, edit, "weekly", *(["1"] if edit == "drop" else []))
    for number in range(1, 4):
        (site.folder / f"articles/a{number}.md").unlink()
    report = site.publish_here(now=DUE)
    said = f"issue 2 of weekly, due 2026-11-23T07:00:00+07:00, was {done}, but has fewer articles"
    assert [said in warning for warning in report.warnings] == [True]
    assert len(held(site)) == 1
    assert site.publish_here(now="2026-11-23T01:00:00Z").warnings == ()


def test_the_items_of_a_draft_can_be_dropped_moved_and_pinned(site: Site) -> None:
    assert issue(site, "items", "weekly").split() == [
        *("1", "A3", "(a3.md)", "2", "A2", "(a2.md)", "3", "A1", "(a1.md)")
    ]
    assert issue(site, "pin", "weekly", "a1.md").split()[1::3] == ["A1", "A3", "A2"]
    assert issue(site, "move", "weekly", "1", "2").split()[1::3] == ["A3", "A1", "A2"]
    assert issue(site, "drop", "weekly", "2").split()[1::3] == ["A3", "A2"]
    issue(site, "approve", "weekly", now=DUE)
    assert held(site)[1] == ["a3.md", "a2.md"]
    assert issue(site, "items", "weekly", now=DUE).split()[1::3] == ["A1"]


def test_an_item_is_known_by_the_path_that_a_person_sees(site: Site) -> None:
    """As the shell completes it and `issue show` writes it; alike names of two sources are told."""
    two = "sources: [{name: articles, path: articles}, {name: more, path: more}]\n"
    site.write("publisher.yaml", CONFIG + two + UNJUDGED + "    review: true\n")
    text = (site.folder / "articles/a1.md").read_text().replace("A1", "B1")
    site.write("more/a1.md", text.replace("2026-11-20", "2026-11-21"))
    assert issue(site, "items", "weekly").split()[1::3] == ["B1", "A3", "A2", "A1"]
    said = issue(site, "drop", "weekly", "a1.md", code=1)
    assert "a1.md names 2 articles of the next issue of weekly" in said
    assert issue(site, "drop", "weekly", "articles/a1.md").split()[1::3] == ["B1", "A3", "A2"]
    assert issue(site, "drop", "weekly", "./more/a1.md").split()[1::3] == ["A3", "A2"]


def test_what_is_dropped_for_good_is_in_no_later_issue(site: Site) -> None:
    issue(site, "drop", "weekly", "a2.md", "--for-good")
    issue(site, "approve", "weekly", now=DUE)
    assert held(site)[1] == ["a3.md", "a1.md"]
    assert "nothing is new" in issue(site, "items", "weekly", now=DUE)


def test_what_is_dropped_from_the_first_issue_waits_for_the_second(
    make_site: Callable[..., Site],
) -> None:
    """All else that it does not hold is passed over for good."""
    site = make_site(CONFIG + UNJUDGED + "    review: true\n    max_items: 2\n")
    for number in range(1, 6):
        site.article(f"a{number}.md", date=f"2026-11-0{number}", title=f"A{number}")
    issue(site, "drop", "weekly", "a5.md")
    issue(site, "drop", "weekly", "a3.md", "--for-good")
    issue(site, "approve", "weekly")
    assert held(site) == [["a4.md", "a2.md"]]
    assert issue(site, "items", "weekly").split()[1::3] == ["A5"]
    issue(site, "approve", "weekly")
    site.publish_here(now=DUE)
    assert held(site)[1:] == [["a5.md"]]


@pytest.mark.parametrize("command", ["approve", "compose", "preview"])
def test_too_few_articles_are_not_called_none(site: Site, command: str) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + "    review: true\n    min_items: 4\n")
    said = issue(site, command, "weekly")
    assert said == "3 of at least 4 articles are new for weekly: no issue\n"


def test_a_cancelled_issue_leaves_its_articles_to_the_next(site: Site) -> None:
    assert "is cancelled" in issue(site, "cancel", "weekly", now=DUE)
    assert site.publish_here(now="2026-11-23T05:00:00Z").warnings == ()
    site.publish_here(now="2026-11-30T00:00:00Z")
    issue(site, "approve", "weekly", now="2026-11-30T00:00:00Z")
    assert held(site)[1] == ["a3.md", "a2.md", "a1.md"]


def test_what_no_issue_is_to_have_stays_out_when_one_is_cancelled(site: Site) -> None:
    issue(site, "drop", "weekly", "a3.md", "--for-good", now=DUE)
    issue(site, "drop", "weekly", "a2.md", now=DUE)
    said = issue(site, "cancel", "weekly", now=DUE)
    assert "its articles wait, but those that were taken out for good" in said
    assert issue(site, "items", "weekly", now=DUE).split()[1::3] == ["A2", "A1"]
    site.publish_here(now="2026-11-30T00:00:00Z")
    issue(site, "approve", "weekly", now="2026-11-30T00:00:00Z")
    assert held(site)[1] == ["a2.md", "a1.md"]


def test_cancelling_before_the_time_forgets_edits_and_approval(site: Site) -> None:
    issue(site, "drop", "weekly", "1")
    issue(site, "approve", "weekly")
    assert "forgotten" in issue(site, "cancel", "weekly")
    assert issue(site, "items", "weekly").split()[1::3] == ["A3", "A2", "A1"]
    assert "waits for" in "".join(site.publish_here(now=DUE).warnings)


def test_the_first_issue_waits_too(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + "    review: true\n")
    site.article("a.md", date="2026-11-01")
    assert "issue 1 of weekly" in "".join(site.publish_here(now=BEFORE).warnings)
    issue(site, "approve", "weekly", now="2026-11-22T05:00:00Z")
    assert held(site) == [["a.md"]]


def test_cancelling_the_first_issue_says_that_it_has_no_time_to_pass(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED + "    review: true\n")
    for name in ("a", "b"):
        site.article(f"{name}.md", date="2026-11-01", title=name.upper())
    issue(site, "drop", "weekly", "1")
    said = issue(site, "cancel", "weekly")
    assert said.startswith("edits and approval of the first issue of weekly are forgotten; it has")
    assert issue(site, "items", "weekly").split()[1::3] == ["A", "B"]
    assert "issue 1 of weekly" in "".join(site.publish_here(now=BEFORE).warnings)


def test_an_issue_that_is_over_for_being_late_is_no_news_that_is_not_there(site: Site) -> None:
    late = CONFIG + UNJUDGED + "    review: true\n    on_late: skip\n    max_late: 2h\n"
    site.write("publisher.yaml", late)
    said = issue(site, "approve", "weekly", now="2026-11-23T03:00:00Z", code=1)
    assert "due 2026-11-23T07:00:00+07:00 is later than `max_late`" in said
    assert "mend:  `publisher issue compose weekly` makes one" in said
    assert len(held(site)) == 1
    issue(site, "compose", "weekly", now="2026-11-23T03:00:00Z")
    assert len(held(site)) == 2


def test_what_is_previewed_of_an_issue_that_is_due_is_what_is_approved(site: Site) -> None:
    """It has nothing that came after its time, as `items` says."""
    site.article("late.md", date="2026-11-23T08:00:00+07:00", title="Late")
    now = "2026-11-23T02:00:00Z"
    previewed = issue(site, "preview", "weekly", now=now)
    assert issue(site, "items", "weekly", now=now).split()[1::3] == ["A3", "A2", "A1"]
    assert "Late" not in previewed
    issue(site, "approve", "weekly", now=now)
    assert issue(site, "show", "weekly", "2", "--text", now=now) == previewed


def test_of_an_issue_that_is_skipped_what_comes_in_the_next_is_listed(site: Site) -> None:
    """Its articles wait for that, and go with those that came since."""
    late = CONFIG + UNJUDGED + "    on_late: skip\n    max_late: 1h\n"
    site.write("publisher.yaml", late)
    site.article("late.md", date="2026-11-23T08:00:00+07:00", title="Late")
    now = "2026-11-23T02:00:00Z"
    assert "Late" in issue(site, "preview", "weekly", now=now)
    assert "Late" in issue(site, "items", "weekly", now=now)
    site.publish_here(now=now)
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert held(site)[1:] == [["late.md", "a3.md", "a2.md", "a1.md"]]


def test_of_an_issue_for_which_too_little_came_what_comes_in_the_next_is_listed(site: Site) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + "    min_items: 4\n")
    site.article("late.md", date="2026-11-23T08:00:00+07:00", title="Late")
    now = "2026-11-23T02:00:00Z"
    assert "Late" in issue(site, "preview", "weekly", now=now)
    assert "Late" in issue(site, "items", "weekly", now=now)
    few = "3 of at least 4 articles are new for weekly: no issue\n"
    assert issue(site, "approve", "weekly", now=now) == few
    site.publish_here(now=now)
    assert len(held(site)) == 1
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert held(site)[1:] == [["late.md", "a3.md", "a2.md", "a1.md"]]


def test_where_each_article_is_an_issue_the_first_of_those_that_wait_is_previewed(
    site: Site,
) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED.replace(TIME, "schedule: {every: article}"))
    previewed = issue(site, "preview", "weekly")
    site.publish_here(now=BEFORE)
    assert held(site)[1:] == [["a1.md"], ["a2.md"], ["a3.md"]]
    assert issue(site, "show", "weekly", "2", "--text") == previewed


def test_two_issues_of_one_time_are_refused_as_that(site: Site) -> None:
    issue(site, "drop", "weekly", "1")
    issue(site, "compose", "weekly")
    said = issue(site, "compose", "weekly", code=1)
    assert "issue 2 of weekly has this very time, 2026-11-22T07:00+07:00" in said
    assert len(held(site)) == 2
    issue(site, "compose", "weekly", now="2026-11-22T00:00:01Z")
    assert held(site)[1:] == [["a2.md", "a1.md"], ["a3.md"]]


def test_a_late_issue_can_be_held_for_a_person(site: Site) -> None:
    config = CONFIG + UNJUDGED + "    on_late: hold\n    max_late: 2h\n"
    site.write("publisher.yaml", config)
    report = site.publish_here(now="2026-11-23T03:00:00Z")
    assert "waits for" in "".join(report.warnings)
    issue(site, "approve", "weekly", now="2026-11-23T04:00:00Z")
    assert len(held(site)) == 2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("drop", "weekly", "nothing.md"), "is no article of the next issue of weekly"),
        (("drop", "weekly", "9"), "is no article of the next issue of weekly"),
        (("approve", "weekly", "1"), "that waits is number 2, not 1"),
        (("cancel", "weekly", "7"), "that waits is number 2, not 7"),
        (("items", "daily"), "there is no newsletter 'daily'"),
    ],
)
def test_what_is_not_there_is_named(site: Site, words: tuple[str, ...], message: str) -> None:
    ran = site.run("issue", *words, now=BEFORE)
    assert ran.code in (1, 2)
    assert message in ran.err


@pytest.fixture
def each(make_site: Callable[..., Site]) -> Site:
    """Every article is an issue, under review; two wait."""
    each = UNJUDGED.replace('{every: week, on: monday, at: "07:00"}', "{every: article}")
    site = make_site(CONFIG + each + "    review: true\n")
    site.article("old.md", date="2026-11-01")
    issue(site, "approve", "weekly")
    site.article("a.md", date="2026-11-21")
    site.article("b.md", date="2026-11-21")
    return site


def test_where_each_article_is_an_issue_there_is_nothing_to_arrange(each: Site) -> None:
    report = each.publish_here(now=BEFORE)
    assert [warning.split(",")[0] for warning in report.warnings] == [
        "issue 2 of weekly",
        "issue 3 of weekly",
    ]
    assert len(report.held) == 2
    assert each.run("issue", "drop", "weekly", "1", now=BEFORE).code == 2
    issue(each, "approve", "weekly")
    assert held(each) == [["old.md"], ["a.md"], ["b.md"]]


def test_where_each_article_is_an_issue_none_is_said_to_be_cancelled(each: Site) -> None:
    said = issue(each, "cancel", "weekly", code=2)
    assert "none can pass: every article of weekly is an issue of its own" in said
    assert "".join(each.publish_here(now=BEFORE).warnings).count("waits for") == 2


def test_a_number_approves_that_issue_alone(each: Site) -> None:
    assert "issue 2: " in issue(each, "approve", "weekly", "2")
    assert held(each) == [["old.md"], ["a.md"]]
    assert "issue 3: " in issue(each, "approve", "weekly", "3")
    assert held(each) == [["old.md"], ["a.md"], ["b.md"]]


def test_edits_that_another_version_made_can_be_forgotten(site: Site) -> None:
    """As the message says that they can."""
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as database, database:
        database.execute("INSERT INTO draft VALUES ('weekly', CAST('{\"said\": 1}' AS BLOB))")
    site.write("articles/late.md", "---\ntitle: Late\ndate: 2026-11-22\n---\nText.\n")
    ran = site.publish(now=DUE, code=3)
    assert "`publisher issue cancel weekly` forgets the edits" in ran.err
    assert len(held(site)) == 1, "nobody knows what it was to be"
    assert "Late" in site.output("rss.xml").read_text(encoding="utf-8"), "only the issue waits"
    for command in (["check"], ["plan"], ["publish", "--dry-run"]):
        ran = site.run(*command, now=DUE)
        assert "the draft of weekly was edited with another version" in ran.out + ran.err
    assert "is cancelled" in issue(site, "cancel", "weekly", now=DUE)
    site.publish(now="2026-11-23T01:00:00Z")


@pytest.mark.parametrize("column", ["recorded", "issue"])
def test_an_issue_that_another_version_froze_is_named_and_nothing_is_thrown_away(
    site: Site, column: str
) -> None:
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as database, database:
        database.execute(f"UPDATE issue SET {column} = CAST('{{\"of\": 1}}' AS BLOB)")
    for said in (issue(site, "list", "weekly", code=1), site.publish("--full", code=1).err):
        assert "error: issue 1 of weekly was frozen by another version" in said
        assert "mend:  use that version, or a later one\n" in said


def test_notes_that_are_no_folder_are_told(site: Site) -> None:
    site.write("issues", "Dear readers.\n")
    assert "issues: is no folder of notes, as `issues:` says" in site.publish().err


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("weekly/nxt.md", "one is called next.md, or YYYY-MM-DD.md by the day of its issue"),
        ("weekly/2026-11-3.md", "one is called next.md, or YYYY-MM-DD.md by the day of its issue"),
        ("weekly/2026-11-31.md", "one is called next.md, or YYYY-MM-DD.md by the day of its issue"),
        ("weekli/next.md", "there is no newsletter weekli; did you mean weekly?"),
        ("other/2027-01-04.md", "there is no newsletter other"),
        ("next.md", "one lies in issues/NEWSLETTER/"),
        ("weekly/late/next.md", "one lies in issues/NEWSLETTER/"),
    ],
)
def test_a_note_that_no_issue_will_take_is_named(site: Site, note: str, said: str) -> None:
    site.write(f"issues/{note}", "Dear readers.\n")
    assert f"issues/{note}: is a note for no issue: {said}\n" in site.publish().err
    assert f"issues/{note}: is a note for no issue: {said}\n" in site.run("check").err


@pytest.mark.parametrize(
    "note",
    [
        "weekly/next.md",
        "weekly/2026-11-02.md",
        "ended/2026-11-02.md",
        ".x/next.md",
        "a.txt",
        "README.md",
    ],
)
def test_other_notes_are_not_spoken_of(site: Site, note: str) -> None:
    site.write(f"issues/{note}", "Dear readers.\n")
    assert "is a note" not in site.publish().err


def test_the_notes_of_a_rhythm_lie_in_its_own_folder(make_site: Callable[..., Site]) -> None:
    rhythms = "rhythms: [{name: daily, every: day}, {name: weekly, every: week}]"
    letter = UNJUDGED.replace("name: weekly", "name: news").replace(TIME, rhythms)
    site = make_site(CONFIG + letter)
    site.article("old.md", date="2026-11-01")
    site.write("issues/news/daily/next.md", "Dear readers of each day.\n")
    site.write("issues/news/2026-11-02.md", "From before there were rhythms.\n")
    site.write("issues/news/next.md", "For which of them?\n")
    site.write("issues/news/weakly/next.md", "A slip.\n")
    said = site.publish().err
    mail = site.output("newsletters/news/daily/1/email.txt").read_text(encoding="utf-8")
    assert "Dear readers of each day." in mail
    told = dict(line.split(": is a note for no issue: ") for line in said.splitlines())
    assert told == {
        "warning: issues/news/next.md": "one lies in issues/news/daily/ or issues/news/weekly/",
        "warning: issues/news/weakly/next.md": (
            "there is no newsletter news/weakly; did you mean news/weekly?"
        ),
    }


def test_an_issue_that_was_just_made_says_that_an_editor_may_have_had_an_article_wait(
    site: Site,
) -> None:
    issue(site, "drop", "weekly", "a2.md", now=DUE)
    issue(site, "approve", "weekly", now=DUE)
    assert held(site)[1] == ["a3.md", "a1.md"]
    told = issue(site, "show", "weekly", "2", now=DUE).splitlines()
    why = told[told.index("    - A2 (articles/a2.md)") - 1]
    assert "an editor may have had it wait (`issue drop`)" in why
