"""The archive of a newsletter and its issues on the web."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from publisher.config import IssueScheduleSpec
from publisher.model import DigestSection, Entry, Note, Picture
from publisher.render.pages.newsletters import how_often, without_name
from publisher.render.view import SiteView
from publisher.render.words import make_words
from tests.factories import SITE_URL, make_newsletter
from tests.page_samples import (
    CATALOGUES,
    artifacts,
    by_class,
    changed,
    draw,
    make_entries,
    make_issue,
    make_view,
    seen,
)

PICTURE = Picture(url=f"{SITE_URL}media/boat.jpg", alt="A boat", width=1200, height=800)


def make_archive(count: int, **changes):
    newsletter = make_newsletter(**changes)
    return make_view(
        newsletters=(newsletter,), issues={"weekly": [make_issue(n + 1) for n in range(count)]}
    )


class TestArchive:
    def test_says_who_sends_it_how_often_and_how_to_get_it(self) -> None:
        page = draw(make_archive(1), "newsletters/weekly/index.html")
        assert seen(page.find(".//h1")) == "The Weekly Courier"
        byline = seen(by_class(page, "byline")[0]).replace("\u202f", " ")
        assert byline == "From The Courier Every week: Monday at 7:00 AM"
        assert "Every issue can be read here." in seen(page)

    def test_its_form_asks_for_this_newsletter(self) -> None:
        view = replace(
            make_archive(1), sign_up="https://letters.example/subscribe", sign_up_form=True
        )
        form = draw(view, "newsletters/weekly/index.html").find(".//form")
        assert form.get("action") == "https://letters.example/subscribe"
        (hidden,) = [one for one in form.iter("input") if one.get("type") == "hidden"]
        assert (hidden.get("name"), hidden.get("value")) == ("newsletter", "weekly")

    def test_a_sender_without_a_name_is_known_by_the_address(self) -> None:
        page = draw(make_archive(1, from_="news@courier.example"), "newsletters/weekly/index.html")
        assert "From news@courier.example" in seen(by_class(page, "byline")[0])

    def test_lists_issues_newest_first_with_number_date_and_subject(self) -> None:
        page = draw(make_archive(2), "newsletters/weekly/index.html")
        assert [seen(row) for row in by_class(page, "entry")] == [
            "December 4, 2026 Subject 2 Issue 2",
            "November 27, 2026 Subject 1 Issue 1",
        ]
        links = [row.find(".//a").get("href") for row in by_class(page, "entry")]
        assert links == ["2/", "1/"]

    def test_before_the_first_issue(self) -> None:
        page = draw(make_archive(0), "newsletters/weekly/index.html")
        assert "The first issue is still to come." in seen(page)

    def test_a_long_archive_is_paged(self) -> None:
        view = make_archive(33)
        first = draw(view, "newsletters/weekly/index.html")
        older = draw(view, "newsletters/weekly/page/1/index.html")
        assert len(by_class(first, "entry")) + len(by_class(older, "entry")) == 33
        assert by_class(first, "turn")[0].find("a").get("href") == "page/1/"
        assert by_class(older, "turn")[0].find("a").get("href") == "../../"

    def test_in_the_newsletters_own_language(self) -> None:
        view = make_archive(1, language="ar")
        page = draw(view, "newsletters/weekly/1/index.html")
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
        assert "العدد 1" in seen(page)
        assert draw(view).get("lang") == "en"


class TestIssue:
    def test_entries_as_mailed_and_the_rest_after_them(self) -> None:
        first, second, *rest = make_entries(5, picture=PICTURE, section="Harbour")
        issue = make_issue(1, first, second, overflow=tuple(rest))
        view = make_view(newsletters=(make_newsletter(),), issues={"weekly": [issue]})
        page = draw(view, "newsletters/weekly/1/index.html")
        assert [seen(one) for one in page.iter("h2")] == [
            first.title,
            second.title,
            "And 3 more articles",
        ]
        assert [seen(one) for one in page.iter("h3")] == [entry.title for entry in rest]
        row = by_class(page, "entry")[0]
        assert row.find(".//a").get("href") == "../../../2026/11/20/5/"
        assert seen(row) == (
            "November 20, 2026 Article 5 The summary of article 5. Harbour Redaksi"
        )
        assert len(list(page.iter("img"))) == 1

    def test_an_article_alone_has_its_headline_once(self) -> None:
        (entry,) = make_entries(1)
        page = draw(self.of(entry), "newsletters/weekly/1/index.html")
        (heading,) = page.iter("h1")
        assert (seen(heading), heading.find(".//a").get("href")) == (
            entry.title,
            "../../../2026/11/20/1/",
        )
        assert list(page.iter("h2")) == []
        assert seen(by_class(page, "entry")[0]) == (
            "November 20, 2026 The summary of article 1. Redaksi"
        )

    @pytest.mark.parametrize(
        "more",
        [
            {"overflow": tuple(make_entries(1))},
            {"note": Note(html="<p>Dear readers.</p>", file="next.md", mark="")},
            {"sections": (DigestSection(title="Harbour", size=1),)},
            {"subject": "The week in one article"},
        ],
    )
    def test_where_something_stands_between_it_has_it_again(self, more: dict[str, Any]) -> None:
        (entry,) = make_entries(1)
        page = draw(self.of(entry, **more), "newsletters/weekly/1/index.html")
        assert [seen(one) for one in by_class(page, "title")][:1] == [entry.title]
        (heading,) = page.iter("h1")
        assert heading.find(".//a") is None

    def of(self, entry: Entry, **more: Any) -> SiteView:
        issue = make_issue(1, entry, **{"subject": entry.title, **more})
        return make_view(newsletters=(make_newsletter(),), issues={"weekly": [issue]})

    def test_says_once_which_newsletter_and_which_section_it_is(self) -> None:
        entries = make_entries(2, section="Harbour")
        sections = (DigestSection(title="Harbour", size=1), DigestSection(title="Else", size=1))
        note = Note(html="<h1>Late</h1><h4>Later</h4>", file="next.md", mark="")
        subject = "The Weekly Courier: a boat"
        issue = make_issue(1, *entries, sections=sections, subject=subject, note=note)
        view = make_view(newsletters=(make_newsletter(),), issues={"weekly": [issue]})
        page = draw(view, "newsletters/weekly/1/index.html")
        assert [seen(one) for one in page.iter("h1")] == ["a boat"]
        assert [seen(one) for one in page.iter("h2")] == ["Late", "Harbour", "Else"]
        assert "Later" in [seen(one) for one in page.iter("h3")]
        assert page.findtext(".//title") == "The Weekly Courier: a boat · The Example Courier"
        assert [seen(one) for one in by_class(page, "meta")] == ["Redaksi", "Harbour Redaksi"]

    @pytest.mark.parametrize(
        ("subject", "language", "attributes"),
        [
            ("The Weekly Courier: Article 1", "ar", {"lang": "ar", "dir": "rtl"}),
            ("Article 1", "ar", {"lang": "ar", "dir": "rtl"}),
            ("The Weekly Courier: Article 1", "en", {"dir": "auto"}),
            ("The Weekly Courier: Article 1", None, {"dir": "auto"}),
            ("The Weekly Courier: Article 1 and more", "ar", {"dir": "auto"}),
        ],
    )
    def test_its_heading_is_in_the_language_of_the_article_that_it_names(
        self, subject: str, language: str | None, attributes: dict[str, str]
    ) -> None:
        (entry,) = make_entries(1, language=language)
        issue = make_issue(1, entry, subject=subject)
        view = make_view(newsletters=(make_newsletter(),), issues={"weekly": [issue]})
        heading = draw(view, "newsletters/weekly/1/index.html").find(".//h1")
        assert heading.attrib == attributes

    def test_knows_its_newsletter_its_mail_and_its_neighbours(self) -> None:
        page = draw(make_archive(3), "newsletters/weekly/2/index.html")
        links = {seen(a): a.get("href") for a in page.find(".//main").iter("a")}
        assert links["The Weekly Courier"] == "../"
        assert links["See it as it was mailed"] == "email.html"
        assert links["Previous issue"] == "../1/"
        assert links["Next issue"] == "../3/"

    def test_the_only_issue_has_no_way_on(self) -> None:
        page = draw(make_archive(1), "newsletters/weekly/1/index.html")
        assert by_class(page, "turn") == []

    def test_a_new_issue_touches_the_archive_itself_its_neighbour_and_the_sitemap(self) -> None:
        assert changed(make_archive(2), make_archive(3)) == {
            "newsletters/weekly/index.html",
            "newsletters/weekly/2/index.html",
            "newsletters/weekly/3/index.html",
            "sitemap.xml",
        }

    def test_a_new_article_touches_no_issue(self) -> None:
        issues = {"weekly": [make_issue(1)]}
        newsletters = (make_newsletter(),)
        one = make_view(*make_entries(3)[1:], newsletters=newsletters, issues=issues)
        two = make_view(*make_entries(3), newsletters=newsletters, issues=issues)
        assert not [path for path in changed(one, two) if path.startswith("newsletters/")]

    def test_newsletters_without_issues_have_an_archive_all_the_same(self) -> None:
        view = make_view(newsletters=(make_newsletter(), make_newsletter(name="daily")))
        assert {"newsletters/weekly/index.html", "newsletters/daily/index.html"} <= artifacts(
            view
        ).keys()


@pytest.mark.parametrize(
    ("subject", "heading"),
    [
        ("The Weekly: a boat: home", "a boat: home"),
        ("The Weekly\u00a0: a boat", "a boat"),
        ("The Weekly：a boat", "a boat"),
        ("The Weekly", "The Weekly"),
        ("The Weekly: ", "The Weekly: "),
        ("The Weekly boat", "The Weekly boat"),
        ("A boat in The Weekly: home", "A boat in The Weekly: home"),
    ],
)
def test_a_heading_is_the_subject_without_the_name_that_stands_above_it(
    subject: str, heading: str
) -> None:
    assert without_name(subject, "The Weekly") == heading


@pytest.mark.parametrize(
    ("schedule", "english", "indonesian"),
    [
        ({"every": "day"}, "Every day at 07:00", "Setiap hari pukul 07.00"),
        ({"every": "weekday"}, "Monday to Friday at 07:00", "Senin sampai Jumat pukul 07.00"),
        ({"every": "week"}, "Every week: Monday at 07:00", "Setiap pekan: Senin pukul 07.00"),
        (
            {"every": "week", "on": "friday"},
            "Every week: Friday at 07:00",
            "Setiap pekan: Jumat pukul 07.00",
        ),
        ({"every": "month"}, "Every month: day 1 at 07:00", "Setiap bulan: tanggal 1 pukul 07.00"),
        (
            {"every": "month", "on": "15"},
            "Every month: day 15 at 07:00",
            "Setiap bulan: tanggal 15 pukul 07.00",
        ),
        (
            {"every": "month", "on": "last"},
            "Every month: the last day at 07:00",
            "Setiap bulan: hari terakhir pukul 07.00",
        ),
        *[
            (
                {"every": "month", "on": f"{which} friday"},
                f"Every month: the {which} Friday at 07:00",
                f"Setiap bulan: hari Jumat {indonesian} pukul 07.00",
            )
            for which, indonesian in (
                ("first", "pertama"),
                ("second", "kedua"),
                ("third", "ketiga"),
                ("fourth", "keempat"),
                ("last", "terakhir"),
            )
        ],
        ({"every": "article"}, "With every article", "Setiap kali ada artikel"),
        ({"cron": "0 7 1,15 * *"}, "At set times", "Pada waktu yang ditetapkan"),
    ],
)
def test_how_often(schedule: dict[str, str], english: str, indonesian: str) -> None:
    spec = IssueScheduleSpec(**schedule, at=time(7, 0))
    assert how_often(make_words("en-GB", CATALOGUES), spec) == english
    assert how_often(make_words("id", CATALOGUES), spec) == indonesian
