"""What is left at the address of an article that was taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from publisher.model import Tombstone
from tests.factories import SITE_URL, make_feed
from tests.page_samples import artifacts, by_class, changed, draw, make_entries, make_view, seen

PATH = "2026/11/20/gone/index.html"


def gone(path: str = PATH, **changes: Any) -> Tombstone:
    values: dict[str, Any] = {
        "id": "tag:courier.example,2026:articles/gone.md",
        "when": datetime(2026, 11, 21, 20, 0, tzinfo=UTC),
        "place": 1,
    }
    return Tombstone(path=path, **(values | changes))


def test_the_page_says_so_with_the_date_and_nothing_else() -> None:
    page = draw(make_view(withdrawn=(gone(),)), PATH)
    assert seen(page.find(".//h1")) == "This article was withdrawn"
    assert seen(by_class(page, "byline")[0]) == "November 21, 2026"
    assert page.find(".//meta[@name='robots']").get("content") == "noindex"
    assert page.findall(".//meta[@property]") == []
    assert page.find(".//script") is None
    link = by_class(page, "withdrawn")[0].find(".//p/a")
    assert link.get("href") == "../../../../"


def test_the_date_is_that_of_the_site() -> None:
    view = make_view(withdrawn=(gone(),), site={"timezone": "Asia/Jakarta"})
    time = draw(view, PATH).find(".//time")
    assert seen(time) == "November 22, 2026"
    assert time.get("datetime") == "2026-11-22T03:00:00+07:00"


def test_it_is_in_our_words() -> None:
    page = draw(make_view(withdrawn=(gone(),), site={"language": "ar"}), PATH)
    assert (page.get("dir"), seen(page.find(".//h1"))) == ("rtl", "سُحب هذا المقال")


def test_other_pages_may_be_found() -> None:
    assert draw(make_view()).find(".//meta[@name='robots']") is None


def test_the_sitemap_does_not_hold_it() -> None:
    made = artifacts(make_view(withdrawn=(gone(),)))
    assert PATH in made
    assert b"gone" not in made["sitemap.xml"].render()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "2026/11/20/1/index.html",
        "index.html",
        "harbour/index.html",
        "2026/11/20/1/index.html/x/index.html",
        "2026/11",
        "about.html/x/index.html",
    ],
)
def test_there_is_none_where_something_else_lies_or_it_lived_elsewhere(path: str) -> None:
    about = make_entries(1, path="about.html", url=f"{SITE_URL}about.html")
    feeds = (make_feed(), make_feed(name="harbour", path="harbour"))
    view = make_view(*make_entries(1), feeds=feeds, aged=about)
    assert artifacts(replace(view, withdrawn=(gone(path),))).keys() == artifacts(view).keys()


def test_two_that_had_one_address_one_after_the_other_leave_one_page() -> None:
    other = gone(id="tag:courier.example,2026:articles/other.md", place=2)
    assert PATH in artifacts(make_view(withdrawn=(gone(), other)))


def test_another_article_may_be_taken_back_without_touching_it() -> None:
    before = make_view(withdrawn=(gone(),))
    after = make_view(withdrawn=(gone(), gone("2026/11/20/other/index.html", id="x", place=2)))
    assert changed(before, after) == {"2026/11/20/other/index.html"}
