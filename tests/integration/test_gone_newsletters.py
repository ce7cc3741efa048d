"""A newsletter that had issues, or a state that had readers, is told once where it is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

FIRST, NEXT, LAST = (f"2026-11-{day}T08:00:00Z" for day in (17, 18, 19))
GONE = "publisher.yaml has no newsletter weekly any more, of which 1 issue was made: its pages go"
RENAMED = "if it is digest now, call it weekly again"
LOST = "published.jsonl tells of 1 issue, and the state of none: it is new, or was lost."
RHYTHMS = """\
  - name: news
    title: The News
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    rhythms: [{name: daily, every: day}, {name: slow, every: week}]
"""


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    assert site.output("newsletters/weekly/1/index.html").exists()
    return site


def test_another_name_is_told_before_and_when_the_pages_go(site: Site) -> None:
    site.write("publisher.yaml", (CONFIG + UNJUDGED).replace("name: weekly", "name: digest"))
    for command in ("check", "publish"):
        ran = site.run(command, now=NEXT)
        assert (ran.code, ran.err.count(GONE), ran.err.count(RENAMED)) == (0, 1, 1)
    assert not site.output("newsletters/weekly").exists()
    for now in (NEXT, LAST):
        assert "weekly" not in site.publish(now=now).err


def test_of_one_that_ended_no_other_name_is_asked_for(site: Site) -> None:
    text = CONFIG + UNJUDGED
    site.write("publisher.yaml", text[: text.index("newsletters:")])
    ran = site.publish(now=NEXT)
    assert GONE in ran.err
    assert "call it" not in ran.err


def test_its_rhythms_are_told_as_one(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + RHYTHMS)
    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    site.write("publisher.yaml", CONFIG + UNJUDGED + RHYTHMS.replace("name: news", "name: other"))
    err = site.publish(now=NEXT).err
    assert err.count("no newsletter news any more, of which 2 issues were made") == 1
    assert "if it is other now, call it news again" in err


@pytest.mark.parametrize(
    ("before", "after", "stream"),
    [
        (RHYTHMS, RHYTHMS.replace(", {name: slow, every: week}", ""), "news/slow"),
        (RHYTHMS.replace("rhythms: [{name: daily, every: day}, {name: slow, every: week}]",
                         "schedule: {every: day}"), RHYTHMS, "news"),
    ],
    ids=["one goes", "the first come"],
)  # fmt: skip
def test_other_rhythms_take_pages_away(
    make_site: Callable[..., Site], before: str, after: str, stream: str
) -> None:
    site = make_site(CONFIG + UNJUDGED + before)
    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    site.write("publisher.yaml", CONFIG + UNJUDGED + after)
    told = f"news has other rhythms, and 1 issue was made as {stream}: the pages of these go"
    assert told in site.run("check", now=NEXT).err
    err = site.publish(now=NEXT).err
    assert (err.count(told), "any more" in err) == (1, False)
    assert told not in site.publish(now=LAST).err


@pytest.mark.parametrize("mails", [True, False], ids=["mail goes out here", "none does"])
def test_a_state_that_is_lost_is_told_where_it_had_readers(
    make_site: Callable[..., Site], *, mails: bool
) -> None:
    site = make_site(CONFIG + UNJUDGED + ("smtp: {folder: outbox}\n" if mails else ""))
    site.article("one.md", date="2026-11-15")
    assert LOST not in site.publish(now=FIRST).err
    (site.folder / ".publisher").rename(site.folder / ".publisher-lost")
    for command in ("check", "publish"):
        ran = site.run(command, now=NEXT)
        assert (ran.code, ran.err.count(LOST)) == (0, mails)
    site.article("two.md", date="2026-11-17")
    for command in ("check", "publish"):
        assert LOST not in site.run(command, now=LAST).err


@pytest.mark.parametrize("folder", ["outbox", ""])
def test_so_it_is_by_status_before_and_after_that_run(
    make_site: Callable[..., Site], folder: str
) -> None:
    site = make_site(CONFIG + UNJUDGED + (f"smtp: {{folder: {folder}}}\n" if folder else ""))
    told = f"needs you (state): {LOST}"

    def says_so(now: str) -> bool:
        ran = site.run("status", now=now)
        assert ran.code == 0
        return told in ran.out

    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    add = ("subscribers", "add", "ann@x.example", "--newsletter", "weekly", "--confirmed")
    assert site.run(*add, now=FIRST).code == 0
    assert site.run("backup", "state.zip", now=FIRST).code == 0
    assert not says_so(FIRST)
    (site.folder / ".publisher").rename(site.folder / ".publisher-lost")
    assert [says_so(NEXT), says_so(NEXT)] == [bool(folder)] * 2, "asking changes nothing"
    for _ in range(2):
        site.publish(now=NEXT)
        assert says_so(NEXT) is bool(folder)
    site.run("publish", "--full", now=NEXT)
    assert says_so(NEXT) is bool(folder)
    (site.folder / ".publisher").rename(site.folder / ".publisher-new")
    assert site.run("restore", "state.zip", now=NEXT).code == 0
    assert not says_so(NEXT)


def test_a_lost_state_is_forgotten_by_the_next_issue(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + "smtp: {folder: outbox}\n")
    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    (site.folder / ".publisher").rename(site.folder / ".publisher-lost")
    site.article("two.md", date="2026-11-17")
    site.publish(now=NEXT)
    assert LOST in site.run("status", now=NEXT).out
    site.publish(now="2026-11-23T08:00:00Z")
    assert site.output("newsletters/weekly/2/index.html").exists()
    assert LOST not in site.run("status", now="2026-11-23T08:00:00Z").out


def test_a_fresh_clone_is_no_state_that_is_lost(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + UNJUDGED + "smtp: {folder: outbox}\n")
    site.article("one.md", date="2026-11-15")
    site.publish(now=FIRST)
    for name in (".publisher", "output"):
        (site.folder / name).rename(site.folder / f"{name}-elsewhere")
    for command in ("check", "publish"):
        assert LOST not in site.run(command, now=NEXT).err
    assert LOST not in site.run("status", now=NEXT).out
