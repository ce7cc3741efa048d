"""Addresses within the site, and lists in pages."""

from __future__ import annotations

from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.render.pages.links import absolute, nearer, relative
from publisher.render.pages.paging import LEAST, PAGE, leaves

SITE = "https://courier.example/news/"
NAMES = st.text("abc-é:?#% 1", min_size=1, max_size=6).filter(lambda name: name.strip(". "))
PATHS = st.builds(
    lambda folders, name: "/".join([*folders, name]),
    st.lists(NAMES, max_size=4),
    st.one_of(st.just("index.html"), NAMES),
)


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("index.html", "index.html", "./"),
        ("index.html", "feeds/index.html", "feeds/"),
        ("index.html", "rss.xml", "rss.xml"),
        ("2026/11/20/a/index.html", "index.html", "../../../../"),
        ("2026/11/20/a/index.html", "2026/11/20/b/index.html", "../b/"),
        ("2026/11/20/a/index.html", "media/site.css", "../../../../media/site.css"),
        ("about.html", "rss.xml", "rss.xml"),
    ],
)
def test_relative(here: str, there: str, expected: str) -> None:
    assert relative(here, there) == expected


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/")))
def test_every_letter_is_quoted_as_in_any_address(name: str) -> None:
    quoted = quote(name, safe="/!$&'()*+,;=@~")
    assert relative("a/b/index.html", f"a/c/{name}-") == f"../c/{quoted}-"


@given(PATHS, PATHS)
def test_a_relative_address_leads_where_the_absolute_one_does(here: str, there: str) -> None:
    assert urljoin(absolute(SITE, here), relative(here, there)) == absolute(SITE, there)
    shown = unquote(absolute(SITE, there).removeprefix(SITE))
    assert shown == there or shown + "index.html" == there


@pytest.mark.parametrize(
    ("here", "url", "expected"),
    [
        ("a/index.html", SITE + "media/boat.jpg", "../media/boat.jpg"),
        ("index.html", SITE, "./"),
        ("a/index.html", SITE + "a/#b", "#b"),
        ("a/index.html", SITE + "c/#b", "../c/#b"),
        ("index.html", "https://courier.example/other.jpg", "https://courier.example/other.jpg"),
        ("index.html", "https://elsewhere.example/boat.jpg", "https://elsewhere.example/boat.jpg"),
    ],
)
def test_only_our_own_addresses_are_brought_nearer(here: str, url: str, expected: str) -> None:
    assert nearer(SITE, here, url) == expected


@given(st.integers(0, 200))
def test_leaves_hold_everything_once_in_order_and_are_chained(count: int) -> None:
    items = list(range(count, 0, -1))
    made = leaves(items, "weekly/")
    assert [item for leaf in made for item in leaf.items] == items
    assert made[0].path == "weekly/index.html"
    assert min(count, LEAST) <= len(made[0].items) < LEAST + PAGE
    assert all(len(leaf.items) == PAGE for leaf in made[1:])
    assert [leaf.older for leaf in made] == [leaf.path for leaf in made[1:]] + [""]
    assert [leaf.newer for leaf in made] == [""] + [leaf.path for leaf in made[:-1]]


@given(st.integers(0, 200))
def test_a_new_item_leaves_the_older_pages_as_they_are(count: int) -> None:
    before = leaves(list(range(count, 0, -1)), "")
    after = leaves(list(range(count + 1, 0, -1)), "")
    kept = {leaf.number: (leaf.path, leaf.items, leaf.older) for leaf in after[1:]}
    for leaf in before[1:]:
        assert kept[leaf.number] == (leaf.path, leaf.items, leaf.older)
