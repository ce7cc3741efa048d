"""Slugs and addresses."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.addresses import address_path, quote_address
from publisher.parse.address import (
    NotAPathError,
    fill_jekyll_pattern,
    fill_pattern,
    is_template,
    read_address,
)
from publisher.slugs import MAX_SLUG, make_slug

SITE = "https://x.example/blog/"
WHEN = datetime(2021, 3, 5, 0, 30, tzinfo=timezone(timedelta(hours=7)))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("hello-world", "hello-world"),
        ("Hello, World!", "hello-world"),
        ("state-of-rust-0.11.0", "state-of-rust-0.11.0"),
        ("snake_case", "snake_case"),
        ("Été à Łódź – Straße", "ete-a-lodz-strasse"),
        ("Smørrebrød & Ærø", "smorrebrod-aero"),
        ("It’s O'Brien", "its-obrien"),
        ("Привет мир", "привет-мир"),
        ("中国 新闻", "中国-新闻"),
        ("한국어", "한국어"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("مرحبا بالعالم", "مرحبا-بالعالم"),
        ("ｆｕｌｌ", "full"),
        ("a/b\\c", "a-b-c"),
        ("..", "article-"),
        ("...a...b...", "a.b"),
        ("🎉", "article-"),
        ("100%", "100"),
        ("", "article-"),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    made = make_slug(text)
    assert made.startswith(slug) if slug.endswith("article-") else made == slug


def test_long_slugs_are_cut_and_stay_apart() -> None:
    one, two = make_slug("word " * 40 + "one"), make_slug("word " * 40 + "two")
    assert one != two
    assert one.startswith("word-word-")
    assert len(one) <= MAX_SLUG
    assert len(make_slug("語" * 100).encode()) <= 180


@given(st.text(max_size=300))
def test_any_text_gives_a_slug_that_can_be_a_folder(text: str) -> None:
    slug = make_slug(text)
    assert 0 < len(slug) <= MAX_SLUG
    assert len(slug.encode()) <= 180
    assert not set(slug) & set('/\\%?#:*"<>| ')
    assert slug.strip("-._") == slug
    assert ".." not in slug
    assert make_slug(slug) == slug


def test_patterns_use_the_day_in_the_articles_own_offset() -> None:
    pattern = "/{year}/{month}/{day}/{slug}/"
    assert fill_pattern(pattern, WHEN, "a", "en") == "2021/03/05/a/"
    assert fill_pattern("/{slug}.html", None, "a", "en") == "a.html"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/a/b/", "a/b/"),
        ("a/b", "a/b"),
        ("/a.html", "a.html"),
        ("/a/index.html", "a/"),
        ("//x.example/blog/a/", "a/"),
        ("/a//./b/", "a/b/"),
        ("https://x.example/blog/a/", "a/"),
        ("HTTP://X.example/blog/a/", "a/"),
        ("/caf%C3%A9/", "café/"),
        ("/新聞/", "新聞/"),
        ("/", ""),
        ("https://x.example/blog/", ""),
    ],
)
def test_addresses_under_the_site(text: str, address: str) -> None:
    assert read_address(text, SITE) == (address, False)


@pytest.mark.parametrize(
    "text",
    ["https://elsewhere.example/a", "https://x.example/shop/a", "https://x.example:8443/blog/a"],
)
def test_addresses_elsewhere_stay_whole(text: str) -> None:
    assert read_address(text, SITE) == (text, True)


@pytest.mark.parametrize(
    "text",
    [
        "../a",
        "/a/../../b",
        "/%2e%2e/a",
        "/a?b",
        "/a#b",
        "mailto:a@x.example",
        "javascript:alert(1)",
        "ftp://x.example/a",
        "https://",
        "https://[x/",
        "https://x.example:99999/a",
        "https://x.example/blog/?p=1",
        "https://else where.example/",
        "/a\\b",
        "/100%25",
        "/a\x00b",
        "/" + "a" * 300,
        "/%ff",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(NotAPathError):
        read_address(text, SITE)


@given(st.text(max_size=60))
def test_any_text_is_a_safe_path_or_refused(text: str) -> None:
    try:
        address, elsewhere = read_address(text, SITE)
    except NotAPathError:
        return
    if not elsewhere:
        parts = address_path(address).split("/")
        assert ".." not in parts
        assert not address.startswith("/")
        assert quote_address(address).isascii()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("/:year/:month/:title/", "2021/03/a/"),
        (":title.html", "a.html"),
        ("/:title/{x}/", "a/{x}/"),
        ("/news/:year-:month-:day-:slug", "news/2021-03-05-a"),
        ("/:categories/:title/", None),
        ("/:short_year/:i_month/:i_day/:title:output_ext", "21/3/5/a.html"),
        ("/:year/:y_day/:hour:minute/:title", None),
        ("/blog/{{ page.fileSlug }}/", "blog/a/"),
        ("/blog/{{ title | slugify }}/index.html", "blog/a/"),
        ("/blog/{{ page.inputPath }}/", None),
    ],
)
def test_patterns_of_other_tools(text: str, address: str | None) -> None:
    assert is_template(text)
    assert fill_jekyll_pattern(text, WHEN, "a") == address


def test_a_pattern_with_a_date_needs_one() -> None:
    assert fill_jekyll_pattern("/:year/:title/", None, "a") is None
    assert not is_template("https://x.example/a:b")
