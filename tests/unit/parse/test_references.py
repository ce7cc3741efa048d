"""What a reference stands for; the forms of addresses are tested through `sanitise`."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.parse.clean.references import ArticleFile, References


def references(site_url: str = "https://example.org") -> References:
    return References(
        base_url="https://example.org/a/#top",
        site_url=site_url,
        folder="",
        look_up={"b.md": ArticleFile(file="b.md")}.get,
    )


def test_a_mail_address_is_a_link_but_no_file() -> None:
    assert references().link("mailto:a@b.example") == "mailto:a@b.example"
    assert references().file("mailto:a@b.example") is None


def test_a_file_without_an_address_is_nothing() -> None:
    assert references().file("  ") is None
    assert references().candidates(" , ") is None
    assert references().candidates("javascript:x 1x") is None


def test_candidates_keep_their_descriptors() -> None:
    assert references().candidates("/a.png, /b.png 2x,\n/c.png 300w") == (
        "https://example.org/a.png, https://example.org/b.png 2x, https://example.org/c.png 300w"
    )


def test_a_fragment_of_the_page_itself_replaces_that_of_its_address() -> None:
    assert references().link("#x") == "https://example.org/a/#x"


def test_the_same_article_is_listed_once() -> None:
    found = references()
    assert found.link("b.md") == found.link("./b.md") == "publisher-article:b.md"
    assert list(found.articles) == ["b.md"]


def test_a_folder_of_its_own_is_not_looked_up() -> None:
    found = references()
    assert found.link("./") == "https://example.org/a/"
    assert found.needs == {}


@given(
    st.sampled_from(["https://h.example/a/b/", "https://h.example", "http://u@h:80/a?b#c", "x:y"]),
    st.sampled_from([None, "https://h.example/a", "https://h.example", "https:/", "x:", ""]),
    st.lists(st.sampled_from(["/", "a", ".", "..", ";", "-", "~x", "%41", "?", ":", " "])),
)
def test_an_address_from_the_root_is_joined_as_any_other(
    base: str, site: str | None, parts: list[str]
) -> None:
    path = "/" + "".join(parts)
    site = base if site is None else site
    found = References(base_url=base, site_url=site, folder="", look_up=lambda _: None)
    if path.startswith("//"):
        return
    before, mark, query = path.strip().replace(" ", "%20").partition("?")
    assert found.page(path) == urljoin(base.partition("#")[0], before + mark + query)


def test_backslashes_are_slashes() -> None:
    found = references()
    assert found.page("images\\a.png") == "https://example.org/a/images/a.png"
    assert list(found.needs) == ["images/a.png"]


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "https://h.example:99999/", "//", "//\U000191d3/", "//1.2.3.4.5/", "//a b/"],
)
def test_an_address_that_no_parser_takes_is_nothing(address: str) -> None:
    assert references().page(address) is None
