"""Issues of a newsletter: made once, frozen, each article in at most one."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, NEWSLETTER, UNJUDGED, Site


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(CONFIG + UNJUDGED)
    for number in range(1, 4):
        site.article(f"a{number}.md", date=f"2026-11-0{number}")
    site.publish(now="2026-11-20T00:00:00Z")
    return site


def issues(site: Site) -> list[dict]:
    return [line for line in site.record() if "newsletter" in line]


def files(line: dict) -> list[str]:
    return [i.rpartition("/")[2] for i in line["items"]]


def test_the_first_issue_comes_with_the_first_run_whatever_the_hour(site: Site) -> None:
    (first,) = issues(site)
    assert (first["number"], first["slot"]) == (1, "2026-11-20T07:00:00+07:00")
    assert files(first) == ["a3.md", "a2.md", "a1.md"]


def test_later_issues_come_at_their_slots_with_what_is_new(site: Site) -> None:
    site.article("new.md", date="2026-11-21")
    site.article("back-dated.md", date="2025-01-01")
    site.publish(now="2026-11-22T23:59:59Z")
    assert len(issues(site)) == 1
    ran = site.publish(now="2026-11-23T00:00:00Z")
    assert "issue 2 of weekly: 2 articles" in ran.out
    second = issues(site)[1]
    assert second["slot"] == "2026-11-23T07:00:00+07:00"
    assert files(second) == ["new.md", "back-dated.md"]
    site.publish(now="2026-11-23T01:00:00Z")
    assert len(issues(site)) == 2


def test_a_machine_that_was_off_makes_one_late_issue(site: Site) -> None:
    site.article("new.md", date="2026-11-21")
    site.publish(now="2026-12-30T00:00:00Z")
    assert [i["slot"] for i in issues(site)][1:] == ["2026-12-28T07:00:00+07:00"]


def test_a_slot_with_nothing_new_stays_closed(site: Site) -> None:
    site.publish(now="2026-11-23T00:00:00Z")
    site.article("dated-before-the-slot.md", date="2026-11-22")
    site.publish(now="2026-11-24T00:00:00Z")
    assert len(issues(site)) == 1
    site.publish(now="2026-11-30T00:00:00Z")
    assert files(issues(site)[1]) == ["dated-before-the-slot.md"]


def test_a_frozen_issue_is_beyond_the_reach_of_edits(site: Site) -> None:
    mail = site.output("newsletters/weekly/1/email.eml").read_bytes()
    page = site.output("newsletters/weekly/1/index.html").read_text(encoding="utf-8")
    site.article("a1.md", "Edited.", title="Retitled", date="2026-11-01")
    (site.folder / "articles" / "a2.md").unlink()
    site.publish("--full", now="2026-11-20T05:00:00Z")
    assert site.output("newsletters/weekly/1/email.eml").read_bytes() == mail
    assert "Retitled" not in page
    assert site.output("newsletters/weekly/1/index.html").read_text(encoding="utf-8") == page


def test_compose_makes_an_issue_now_and_publish_writes_its_files(site: Site) -> None:
    site.article("new.md", date="2026-11-20")
    ran = site.run("issue", "compose", "weekly", now="2026-11-20T06:00:00Z")
    assert "issue 2 of weekly: The Weekly Courier: New" in ran.out
    assert not site.output("newsletters/weekly/2").exists()
    again = site.run("issue", "compose", "weekly", now="2026-11-20T06:00:01Z")
    assert (again.code, again.out) == (0, "nothing new for weekly: no issue\n")
    site.publish(now="2026-11-20T06:00:02Z")
    assert "New" in site.output("newsletters/weekly/2/email.txt").read_text(encoding="utf-8")


def test_preview_list_and_show(site: Site) -> None:
    site.article("new.md", date="2026-11-20")
    preview = site.run("issue", "preview", "weekly", now="2026-11-20T06:00:00Z")
    assert "New" in preview.out
    assert len(issues(site)) == 1
    listed = site.run("issue", "list", "weekly", now="2026-11-20T06:00:00Z")
    assert listed.out.split()[:3] == ["1", "2026-11-20T07:00+07:00", "3"]
    shown = site.run("issue", "show", "weekly", "1", now="2026-11-20T06:00:00Z")
    assert "A3" in shown.out
    assert site.run("issue", "show", "weekly", "7").code == 1
    unknown = site.run("issue", "list", "daily")
    assert unknown.code == 2
    assert "configured: weekly" in unknown.err


def test_a_fresh_clone_goes_on_with_the_next_number(site: Site, tmp_path) -> None:
    clone = Site(tmp_path / "clone")
    for name in ("publisher.yaml", "published.jsonl"):
        clone.write(name, (site.folder / name).read_bytes())
    for file in (site.folder / "articles").iterdir():
        clone.write(f"articles/{file.name}", file.read_bytes())
    clone.article("new.md", date="2026-11-21")
    clone.publish(now="2026-11-23T00:00:00Z")
    assert [i["number"] for i in issues(clone)] == [1, 2]
    assert files(issues(clone)[1]) == ["new.md"]
    for name in ("email.eml", "email.html", "email.txt"):
        path = f"newsletters/weekly/1/{name}"
        assert clone.output(path).read_bytes() == site.output(path).read_bytes()


def test_an_issue_made_but_not_recorded_is_known_all_the_same(site: Site) -> None:
    kept = [line for line in site.record() if "newsletter" not in line]
    site.write("published.jsonl", "".join(json.dumps(line) + "\n" for line in kept))
    site.publish(now="2026-11-20T05:00:00Z")
    assert [i["number"] for i in issues(site)] == [1]


EACH = NEWSLETTER.replace(
    'schedule: {every: week, on: monday, at: "07:00"}', "schedule: {every: article}"
)


def test_every_article_can_be_an_issue_of_its_own(make_site: Callable[..., Site]) -> None:
    assert EACH != NEWSLETTER
    site = make_site(CONFIG + EACH)
    for number in range(1, 4):
        site.article(f"a{number}.md", date=f"2026-11-0{number}")
    site.publish_here(now="2026-11-20T00:00:00Z")
    assert [files(issue) for issue in issues(site)] == [["a3.md"]]
    site.article("new.md", date="2026-11-21T08:00:00+07:00")
    site.article("newer.md", date="2026-11-21T09:00:00+07:00")
    site.article("back-dated.md", date="2025-01-01")
    site.publish_here(now="2026-11-21T12:00:00Z")
    assert [(files(issue), issue["slot"]) for issue in issues(site)[1:]] == [
        (["back-dated.md"], "2026-11-20T07:00:01+07:00"),
        (["new.md"], "2026-11-21T08:00:00+07:00"),
        (["newer.md"], "2026-11-21T09:00:00+07:00"),
    ]
    site.publish_here(now="2026-11-21T13:00:00Z")
    assert len(issues(site)) == 4


@pytest.mark.parametrize(
    ("on_late", "slots", "said"),
    [
        ("send", ["2026-11-23T07:00:00+07:00"], ""),
        ("skip", [], "is skipped"),
        ("hold", [], "waits for"),
    ],
)
def test_what_becomes_of_a_time_that_the_machine_slept_through(
    make_site: Callable[..., Site], on_late: str, slots: list[str], said: str
) -> None:
    site = make_site(CONFIG + NEWSLETTER + f"    on_late: {on_late}\n    max_late: 2h\n")
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    site.article("new.md", date="2026-11-21")
    report = site.publish_here(now="2026-11-23T03:00:00Z")
    assert [issue["slot"] for issue in issues(site)[1:]] == slots
    assert said in "".join(report.warnings)
    site.publish_here(now="2026-11-30T02:00:00Z")
    assert files(issues(site)[-1]) == ["new.md"]
    assert len(issues(site)) == 2


def test_an_article_that_is_an_issue_of_its_own_is_never_late(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + EACH + "    on_late: skip\n    max_late: 1h\n")
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    site.article("days-ago.md", date="2026-11-12")
    site.publish_here(now="2026-11-21T00:00:00Z")
    assert [files(issue) for issue in issues(site)] == [["old.md"], ["days-ago.md"]]


def test_sections_and_corrections_stand_in_mail_text_page_and_feed(
    make_site: Callable[..., Site],
) -> None:
    sections = (
        "    sections:\n      - {title: Sea & sand, select: {tags: [sea]}}\n      - title: Rest\n"
    )
    site = make_site(CONFIG + NEWSLETTER + sections)
    site.article("old.md", date="2026-11-01", title="Three boats")
    site.publish_here(now="2026-11-20T00:00:00Z")
    site.article("old.md", date="2026-11-01", title="Three boats", correction="There were <four>.")
    site.article("sea.md", date="2026-11-21", title="The tide", tags="[sea]")
    site.article("land.md", date="2026-11-22", title="The hill")
    site.publish_here(now="2026-11-23T00:00:00Z")
    folder = site.output("newsletters/weekly/2")
    text = (folder / "email.txt").read_text("utf-8")
    said = ["Sea & sand", "The tide", "Rest", "The hill", "Corrections", "There were <four>."]
    assert in_order(text, said)
    escaped = [
        part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in said
    ]
    for name in ("email.html", "index.html"):
        page = (folder / name).read_text("utf-8")
        assert in_order(page[page.index("<h1") :], escaped), name
    atom = site.output("newsletters/weekly/atom.xml").read_text("utf-8")
    assert in_order(html_of(atom), escaped)
    site.publish_here(now="2026-11-24T00:00:00Z")
    site.article("next.md", date="2026-11-25")
    site.publish_here(now="2026-11-30T00:00:00Z")
    third = site.output("newsletters/weekly/3/email.txt").read_text("utf-8")
    assert "Corrections" not in third
    assert "Sea & sand" not in third


def html_of(atom: str) -> str:
    return html.unescape(atom[atom.index("<content") :])


def in_order(text: str, parts: list[str]) -> bool:
    place = 0
    for part in parts:
        place = text.find(part, place)
        if place < 0:
            return False
    return True


def test_an_editors_note_stands_in_one_issue(site: Site) -> None:
    site.write("issues/weekly/next.md", "---\nsubject: 'No. {{ number }}'\n---\nDear *readers*.\n")
    site.article("new.md", date="2026-11-21", title="The tide")
    site.publish_here(now="2026-11-23T00:00:00Z")
    folder = site.output("newsletters/weekly/2")
    assert "Dear readers." in (folder / "email.txt").read_text("utf-8")
    for name in ("email.html", "index.html"):
        page = (folder / name).read_text("utf-8")
        assert in_order(page[page.index("<h1") :], ["Dear <em>readers</em>.", "The tide"]), name
    atom = site.output("newsletters/weekly/atom.xml").read_text("utf-8")
    assert in_order(html_of(atom), ["Dear <em>readers</em>.", "The tide"])
    assert '<title type="text">No. 2</title>' in atom
    site.article("newer.md", date="2026-11-24")
    site.write("issues/weekly/2026-12-07.md", "In time.\n")
    site.publish_here(now="2026-11-30T00:00:00Z")
    site.article("newest.md", date="2026-12-01")
    site.publish_here(now="2026-12-07T00:00:00Z")
    texts = [
        site.output(f"newsletters/weekly/{number}/email.txt").read_text("utf-8")
        for number in (3, 4)
    ]
    assert "Dear" not in texts[0] + texts[1]
    assert "In time." in texts[1]
    assert [bool(issue.get("note")) for issue in issues(site)] == [False, True, False, True]


def test_a_note_that_cannot_be_used_holds_its_issue_and_nothing_else(site: Site) -> None:
    site.write("issues/weekly/next.md", "---\ntitle: X\n---\nHello\n")
    site.article("new.md", date="2026-11-21")
    ran = site.publish(now="2026-11-23T00:00:00Z", code=3)
    assert "issues/weekly/next.md:2" in ran.err
    assert len(issues(site)) == 1
    assert site.output("2026/11/21/new/index.html").exists()
    site.write("issues/weekly/next.md", "Hello\n")
    site.publish(now="2026-11-23T01:00:00Z")
    assert files(issues(site)[1]) == ["new.md"]


def test_a_fresh_clone_makes_an_issue_with_note_and_sections_again(
    make_site: Callable[..., Site],
) -> None:
    sections = "    sections: [{title: Sea, select: {tags: [sea]}}, {title: Rest}]\n"
    site = make_site(CONFIG + NEWSLETTER + sections)
    site.write("issues/weekly/next.md", "Dear readers.\n")
    site.article("sea.md", date="2026-11-01", tags="[sea]")
    site.article("land.md", date="2026-11-02")
    site.publish_here(now="2026-11-20T00:00:00Z")
    before = site.output("newsletters/weekly/1/email.html").read_bytes()
    shutil.rmtree(site.folder / ".publisher")
    shutil.rmtree(site.folder / "output")
    report = site.publish_here(now="2026-11-21T00:00:00Z")
    assert site.output("newsletters/weekly/1/email.html").read_bytes() == before
    assert [w for w in report.warnings if "issue" in w] == []


@pytest.mark.parametrize(
    ("template", "holds", "lacks"),
    [
        ("digest", "A summary of it.", "whole text"),
        ("briefing", "The tide", "A summary of it."),
        ("single", "whole <em>text</em>", "A summary of it."),
    ],
)
def test_the_templates_of_a_mail(
    make_site: Callable[..., Site], template: str, holds: str, lacks: str
) -> None:
    site = make_site(CONFIG + NEWSLETTER + f"    template: {template}\n")
    site.article("a.md", body="The whole *text*.", title="The tide", summary="A summary of it.")
    site.publish_here()
    folder = site.output("newsletters/weekly/1")
    page = (folder / "email.html").read_text("utf-8")
    shown = page[page.index("<h1") :]  # the preheader before it is the first summary
    assert holds in shown
    assert lacks not in shown
    text = (folder / "email.txt").read_text("utf-8")
    assert holds.replace("<em>", "").replace("</em>", "") in text
    assert lacks not in text


RHYTHMS = """\
newsletters:
  - name: courier
    title: The Courier
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    rhythms:
      - {name: daily, title: every · day, every: day, at: "07:00"}
      - {name: weekly, every: week, on: monday, at: "07:00"}
"""


def test_each_rhythm_has_issues_of_its_own(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG + RHYTHMS)
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    for day in (20, 21, 22):
        site.article(f"a{day}.md", date=f"2026-11-{day}T12:00:00+07:00")
        site.publish_here(now=f"2026-11-{day + 1}T00:00:00Z")
    made = [(i["newsletter"], i["number"], files(i)) for i in issues(site)]
    assert made == [
        ("courier/daily", 1, ["old.md"]),
        ("courier/daily", 2, ["a20.md"]),
        ("courier/daily", 3, ["a21.md"]),
        ("courier/daily", 4, ["a22.md"]),
        ("courier/weekly", 1, ["old.md"]),
        ("courier/weekly", 2, ["a22.md", "a21.md", "a20.md"]),
    ]
    for name in ("index.html", "daily/index.html", "weekly/2/email.eml", "weekly/atom.xml"):
        assert site.output(f"newsletters/courier/{name}").exists(), name
    page = site.output("newsletters/courier/index.html").read_text("utf-8")
    assert in_order(
        page, ["<h1>The Courier</h1>", 'href="daily/"', ">every · day<", 'href="weekly/"']
    )
    eml = site.output("newsletters/courier/weekly/2/email.eml").read_text("ascii")
    assert "\nMessage-ID: <courier.weekly.2." in eml
    assert "<courier.weekly.courier.example>" in eml
    assert "https://courier.example/newsletters/courier/weekly/2/" in eml.replace("=\n", "")
    ran = site.run("issue", "list", "courier/daily", now="2026-11-24T00:00:00Z")
    assert len(ran.out.splitlines()) == 4
    assert "configured: courier/daily, courier/weekly" in site.run("issue", "list", "courier").err


@pytest.fixture
def merged(make_site, tmp_path) -> tuple[Site, Site]:
    """Two machines made issue 2 of Monday, each with an article of its own; one has a reader."""
    site = make_site(CONFIG + UNJUDGED)
    site.article("old.md", date="2026-11-01")
    site.publish_here(now="2026-11-20T00:00:00Z")
    site.write("readers.csv", "email\nreader@x.example\n")
    taken = ("subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed")
    assert site.run(*taken).code == 0
    laptop = Site(tmp_path / "laptop")
    kept = shutil.ignore_patterns(".publisher", "output")
    shutil.copytree(site.folder, laptop.folder, ignore=kept)
    for machine, name in ((site, "ours.md"), (laptop, "theirs.md")):
        machine.article("both.md", date="2026-11-21")
        machine.article(name, date="2026-11-21")
        machine.publish_here(now="2026-11-23T00:00:00Z")
    return site, laptop


def merge(here: Site, there: Site, *more: dict) -> None:
    """The articles of both, and the issues of the other one."""
    known = {line["id"]: line for line in here.record() if "id" in line}
    lines = {line["id"]: line for line in there.record() if "id" in line} | known
    told = [*lines.values(), *issues(there), *more]
    here.write("published.jsonl", "".join(json.dumps(line) + "\n" for line in told))
    shutil.copytree(there.folder / "articles", here.folder / "articles", dirs_exist_ok=True)


def test_what_readers_got_comes_no_second_time_whatever_a_merge_says(
    merged: tuple[Site, Site],
) -> None:
    site, laptop = merged
    merge(site, laptop)
    assert files(issues(site)[1]) == ["both.md", "theirs.md"]
    (said,) = site.publish_here(now="2026-11-24T00:00:00Z").warnings
    assert "issue 2 of weekly was another in the record than readers got from here" in said
    assert site.publish_here(now="2026-11-30T00:00:00Z").warnings == ()
    assert [files(issue) for issue in issues(site)[1:]] == [["both.md", "ours.md"], ["theirs.md"]]


def test_where_nobody_got_an_issue_from_here_the_record_is_right(
    merged: tuple[Site, Site],
) -> None:
    """Else two machines would write it in turn."""
    site, laptop = merged
    merge(laptop, site)
    assert laptop.publish_here(now="2026-11-24T00:00:00Z").warnings == ()
    assert files(issues(laptop)[1]) == ["both.md", "ours.md"]


def test_an_issue_of_another_machine_at_the_time_of_ours_stops_no_run(
    merged: tuple[Site, Site],
) -> None:
    site, laptop = merged
    (_, second) = (line for line in laptop.record() if "newsletter" in line)
    merge(site, laptop, second | {"number": 3})
    said = site.publish_here(now="2026-11-24T00:00:00Z").warnings
    assert "issue 3 of weekly is in the record, but issue 2 has its time: it is not shown" in said
    site.article("new.md", date="2026-11-25")
    site.publish_here(now="2026-11-30T00:00:00Z")
    assert [(i["number"], files(i)) for i in issues(site)[3:]] == [(4, ["new.md"])]


def test_an_id_that_an_author_adds_makes_no_article_new(site: Site) -> None:
    site.settle()
    site.article("a1.md", date="2026-11-01", id="tag:courier.example,2026:one")
    site.article("a2.md", "Another text.", date="2026-11-02", id="tag:courier.example,2026:two")
    site.publish(now="2026-11-21T00:00:00Z")
    site.publish(now="2026-11-23T00:00:00Z")
    assert files(issues(site)[1]) == ["tag:courier.example,2026:two"], "which another text may be"
    assert files(issues(site)[0]) == ["a3.md", "a2.md", "tag:courier.example,2026:one"]


def test_an_article_that_moves_to_another_source_is_not_mailed_again(site: Site) -> None:
    sources = "".join(
        f"  - {{name: {n}, type: files, path: {n}}}\n" for n in ("articles", "archive")
    )
    site.write("publisher.yaml", CONFIG + "sources:\n" + sources + UNJUDGED)
    (site.folder / "archive").mkdir()
    (site.folder / "articles/a1.md").rename(site.folder / "archive/a1.md")
    site.article("new.md", date="2026-11-21")
    site.publish_here(now="2026-11-23T00:00:00Z")
    assert files(issues(site)[1]) == ["new.md"]


def test_an_id_that_two_articles_have_mails_none_of_them_again(site: Site) -> None:
    site.settle()
    same = {"id": "tag:courier.example,2026:same"}
    site.article("a1.md", date="2026-11-01", **same)
    site.article("b1.md", date="2026-11-01", **same)
    for day in (23, 30):
        assert "have the same id" in site.publish(now=f"2026-11-{day}T00:00:00Z", code=3).err
        assert [files(issue) for issue in issues(site)] == [["a3.md", "a2.md", "a1.md"]]
    site.settle()
    (site.folder / "articles" / "b1.md").unlink()
    site.publish(now="2026-12-07T00:00:00Z")
    told = [files(issue) for issue in issues(site)]
    assert told == [["a3.md", "a2.md", "tag:courier.example,2026:same"]], "and it is known by it"
