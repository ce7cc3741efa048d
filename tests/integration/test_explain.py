"""Why an article is in an output, or is not: `articles --explain`, `issue show`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest

from tests.sites import CONFIG, UNJUDGED, Site

MakeSite = Callable[..., Site]
FEEDS = """\
feeds:
  - {name: main, limit: 3}
  - {name: sea, select: {tags: [sea], not_tags: [draft]}}
feeds_for: {tags: true, authors: true, languages: true}
"""
MORE = """\
    max_items: 2
    sections:
      - {title: Sea, select: {tags: [sea]}}
      - {title: Land, select: {tags: [land]}}
  - name: each
    title: Each Courier
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    checks: {spam-score: off}
    schedule: {every: article}
    only_new: true
"""
BEGAN = "2026-11-08T08:00:00Z"
NOW = "2026-11-22T08:00:00Z"


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Five articles when the newsletters begin; three since."""
    site = make_site(CONFIG + FEEDS + UNJUDGED + MORE)
    for n, tag in enumerate(("sea", "land", "sea", "land", "air"), start=1):
        site.article(f"a{n}.md", date=f"2026-11-0{n}", tags=f"[{tag}]", author="Ann Smith")
    site.publish_here(now=BEGAN)
    site.article("b1.md", date="2026-11-10", tags="[land]")
    site.article("b2.md", date="2026-11-11", tags="[land]", pinned="true")
    site.article("b3.md", date="2026-11-12", tags="[sea]")
    site.article("b4.md", date="2026-11-12", tags="[sea]", digest="false")
    return site


def outputs(site: Site, file: str, now: str = NOW) -> dict[str, dict[str, Any]]:
    ran = site.run("articles", "--json", "--explain", file, now=now)
    shown = json.loads(ran.out)["outputs"]
    return {f"{one['output']} {one['name']}": one for one in shown}


def lines(site: Site, file: str, now: str = NOW) -> list[str]:
    text = site.run("articles", "--explain", file, now=now).out
    return [" ".join(line.split()) for line in text.partition("as a run would")[2].splitlines()[1:]]


def test_each_output_says_whether_an_article_is_in_it_and_why(site: Site) -> None:
    assert lines(site, "a1.md", BEGAN) == [
        "page in 2026/11/01/a1/index.html",
        "feed main in over the limit of 3: in archive 1",
        "feed sea in",
        "feed tags/sea in",
        "feed authors/ann-smith in over the limit of 3: in archive 1",
        "feed languages/en in over the limit of 3: in archive 1",
        "newsletter weekly not in passed over when issue 1 was made",
        "newsletter each not in published before the newsletter began",
    ]
    assert lines(site, "a5.md", BEGAN)[2:4] == [
        "feed sea not in not selected: has none of tags [sea]",
        "feed tags/air in",
    ]
    assert lines(site, "a4.md", BEGAN)[-2:-1] == [
        "newsletter weekly in issue 1, number 2, under “Land”"
    ]


def test_it_says_in_which_issue_an_article_will_be(site: Site) -> None:
    assert lines(site, "b3.md")[-2:] == [
        "newsletter weekly comes issue 2, at the next run, under “Sea”",
        "newsletter each comes issue 3, by itself, at the next run",
    ]
    assert lines(site, "b1.md")[-2] == (
        "newsletter weekly comes issue 2, at the next run, over max_items (2), or over that of "
        "each section that takes it"
    )
    assert lines(site, "b4.md")[-2:] == [
        "newsletter weekly not in digest: false in its header",
        "newsletter each not in digest: false in its header",
    ]
    site.publish_here(now=NOW)
    assert lines(site, "b1.md")[-2:] == [
        "newsletter weekly in issue 2, behind the link to the rest: over max_items: 2 are shown",
        "newsletter each in issue 1, number 1",
    ]


@pytest.mark.parametrize(
    ("fields", "page", "why"),
    [
        ({"draft": "true"}, "a draft", "a draft"),
        ({"date": ""}, "no date", "no date"),
        ({"date": "2026-12-01"}, "scheduled: not before 2026-12-01T00:00+07:00", ""),
        (
            {"expires": "2026-11-20"},
            "2026/11/03/a3/index.html: expired 2026-11-20T00:00+07:00, but the page stays",
            "expired 2026-11-20T00:00+07:00",
        ),
        (
            {"retract": "true"},
            "retracted 2026-11-22T15:00+07:00: a notice stands there",
            "retracted: `retract: true` in its header",
        ),
    ],
)
def test_one_that_is_listed_nowhere_says_the_same_of_every_feed(
    site: Site, fields: dict[str, str], page: str, why: str
) -> None:
    site.article("a3.md", **({"date": "2026-11-03", "tags": "[sea]"} | fields))
    if "date" in fields and not fields["date"]:
        ran = site.run("articles", "--explain", "a3.md", now=NOW)
        assert ran.code == 3
        assert "as a run would leave it now (in the version published before):" in ran.out
        assert lines(site, "a3.md")[0] == "page in 2026/11/03/a3/index.html"
        return
    told = lines(site, "a3.md")
    standing = "in" if "expires" in fields else "not in"
    assert told[:2] == [f"page {standing} {page}", f"every feed not in {why or page}"]
    assert "newsletter weekly in issue 1, number 1, under “Sea”" in told  # which is frozen
    for one in outputs(site, "a3.md").values():
        if one["output"] != "newsletter":
            assert one["in"] is (one["output"] == "page" and standing == "in")
            assert one["why"]


def test_what_is_no_article_is_in_no_output(site: Site) -> None:
    site.article("bad.md", date="never")
    ran = site.run("articles", "--explain", "bad.md", now=NOW)
    assert ran.code == 3
    assert ran.out.splitlines()[-1] == "in no output"
    site.write("articles/_hidden.md", "Nothing.")
    assert site.run("articles", "--explain", "_hidden.md", now=NOW).out.endswith("in no output\n")
    elsewhere = {"canonical_url": "https://elsewhere.example/x"}
    site.article("there.md", date="2026-11-20", **elsewhere)
    assert lines(site, "there.md")[0] == (
        "page not in its page is elsewhere, at https://elsewhere.example/x"
    )


def test_what_explain_says_is_what_the_files_hold(site: Site) -> None:
    site.publish_here(now=NOW)
    for article in site.articles():
        for name, one in outputs(site, article["file"]).items():
            kind, _, path = name.partition(" ")
            if kind == "page":
                assert site.output(path).exists() is one["in"]
            elif kind == "feed" and not path.endswith("/"):
                folder = {"main": "", "sea": "feeds/sea/"}.get(path, f"{path}/")
                place = f"archive/{one['archive']}/" if one["archive"] else ""
                text = site.output(f"{folder}{place}atom.xml").read_text(encoding="utf-8")
                assert (f"<id>{article['id']}</id>" in text) is one["in"], (article, name)
            elif kind == "newsletter":
                made = [
                    line["number"]
                    for line in site.record()
                    if line.get("newsletter") == path and article["id"] in line.get("items", ())
                ]
                assert made == ([one["issue"]] if one["in"] else []), (article, name)


def shown(site: Site, number: int, *options: str) -> list[str]:
    ran = site.run("issue", "show", "weekly", str(number), *options, now=NOW)
    assert ran.code == 0, ran.err
    return ran.out.partition(f"\nissue {number} of weekly, ")[2].splitlines()


def test_an_issue_says_why_each_article_is_in_it_or_not(site: Site) -> None:
    assert shown(site, 1) == [
        "2026-11-08T15:00+07:00: 2 articles",
        "  Sea:",
        "  1   A3 (articles/a3.md): there was no issue before",
        "  Land:",
        "  2   A4 (articles/a4.md): there was no issue before",
        "3 were published by then and not in it:",
        "  passed over for good, as the first issue does with all that it does not hold:",
        "    - A5 (articles/a5.md)",
        "    - A2 (articles/a2.md)",
        "    - A1 (articles/a1.md)",
    ]
    site.run("issue", "drop", "weekly", "b3.md", now=NOW)
    site.publish_here(now=NOW)
    site.publish_here(now="2026-11-24T00:00:00Z")
    assert shown(site, 2)[:9] == [
        "2026-11-16T07:00+07:00: 2 articles",
        "  Land:",
        "  1   B2 (articles/b2.md): published since issue 1; pinned by its header of today",
        "  2   B1 (articles/b1.md): published since issue 1",
        "7 were published by then and not in it:",
        "  digest: false in its header (as things are today):",
        "    - B4 (articles/b4.md)",
        "  it is in issue 3; why it waited was not written down:",
        "    - B3 (articles/b3.md)",
    ]
    assert "  1   B3 (articles/b3.md): published before issue 2, and in none until this one" in (
        shown(site, 3)
    )
    assert "  already in issue 2:" in shown(site, 3)


def test_what_was_over_max_items_stands_behind_the_link(site: Site) -> None:
    site.publish_here(now=NOW)
    told = shown(site, 2)
    assert "  behind the link to the rest:" in told
    assert "  3 + B1 (articles/b1.md): over max_items: 2 are shown" in told


def test_the_text_alone_and_the_object(site: Site) -> None:
    text = site.run("issue", "show", "weekly", "1", "--text", now=NOW).out
    whole = site.run("issue", "show", "weekly", "1", now=NOW).out
    assert whole.startswith(text + "\nissue 1 of weekly, ")
    told = json.loads(site.run("issue", "show", "weekly", "1", "--json", now=NOW).out)
    assert told["text"] == text
    assert [(one["file"], one["part"], one["number"]) for one in told["articles"]] == [
        ("articles/a3.md", "shown", 1),
        ("articles/a4.md", "shown", 2),
        ("articles/a5.md", "left out", None),
        ("articles/a2.md", "left out", None),
        ("articles/a1.md", "left out", None),
    ]


def test_many_of_one_reason_are_counted(make_site: MakeSite) -> None:
    site = make_site(CONFIG + UNJUDGED + "    max_items: 1\n")
    for n in range(40):
        site.article(f"a{n:02}.md")
    site.publish_here(now=NOW)
    assert len(shown(site, 1)) == 8
    assert shown(site, 1)[-1] == "    - … and 36 more (-v names all)"
    assert len(shown(site, 1, "-v")) == 43


def test_an_article_that_is_gone_is_told_where_the_issue_was_made_again(site: Site) -> None:
    site.publish_here(now=NOW)
    (site.folder / "articles/a3.md").unlink()
    assert "  1   A3: there was no issue before" in shown(site, 1)
    shutil.rmtree(site.folder / ".publisher")
    assert any("made again from the record without it" in line for line in shown(site, 1))


def test_what_came_after_the_time_of_an_issue_that_is_due_waits_for_the_one_after(
    site: Site,
) -> None:
    """The time is Monday, 07:00 in Jakarta; the run comes at noon."""
    site.article("b5.md", date="2026-11-23 09:00", tags="[sea]")
    noon = "2026-11-23T05:00:00Z"
    why = (
        "published after the time of this issue, 2026-11-23T07:00+07:00: it waits for the one after"
    )
    ran = site.run("issue", "items", "weekly", "--explain", now=noon)
    assert f"  -  B5  (b5.md): {why}\n" in ran.out
    assert "fewer than" not in ran.out
    assert lines(site, "b5.md", noon)[-2] == f"newsletter weekly not in {why}"
    site.publish_here(now=noon)
    assert lines(site, "b5.md", noon)[-2].startswith(
        "newsletter weekly comes issue 3, due 2026-11-30"
    )


def test_the_articles_that_are_issues_of_their_own_are_told_without_a_reason(site: Site) -> None:
    ran = site.run("issue", "items", "each", "--explain")
    assert ran.out.splitlines()[:4] == [
        "  1  B1  (b1.md)",
        "  2  B2  (b2.md)",
        "  3  B3  (b3.md)",
        "  -  B4  (b4.md): digest: false in its header",
    ]


def test_the_first_issue_of_a_newsletter_that_mails_each_article_passes_over_the_others(
    make_site: MakeSite,
) -> None:
    site = make_site(
        CONFIG + UNJUDGED.replace('every: week, on: monday, at: "07:00"', "every: article")
    )
    site.article("old.md", date="2026-11-01")
    site.article("new.md", date="2026-11-02")
    why = "the first issue is the newest article, and passes over the others for good"
    ran = site.run("issue", "items", "weekly", "--explain")
    assert ran.out.splitlines() == ["  1  New  (new.md)", f"  -  Old  (old.md): {why}"]
    assert lines(site, "old.md")[-1] == f"newsletter weekly not in {why}"


def test_a_plain_text_with_a_header_is_said_to_have_no_other_headline(make_site: MakeSite) -> None:
    site = make_site(CONFIG + UNJUDGED)
    text = "HARBOUR, 20 March 2026 - The ferry sails again.\n\nIt sails at nine.\n"
    site.write("articles/ferry.txt", f"Title: Ferry\nDate: 2026-11-20\n\n{text}")
    said = site.run("articles", "--explain", "ferry.txt").out
    assert "title: Ferry  (from field:1)\n" in said
    assert "line 4: dateline: HARBOUR, 20 March 2026\n" in said
    assert "Headline" not in said
