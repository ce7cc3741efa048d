"""The old addresses of an article: what is one, where it counts from, and what is left out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.addresses import address_path
from publisher.config import FilesSpec, SiteSpec
from publisher.model import Document
from publisher.parse.address import MOST_ALIASES
from publisher.parse.document import Parsed, parse_document
from publisher.parse.headers.values import Items, Text
from publisher.parse.items import Item, parse_item

SITE = SiteSpec(title="T", url="https://x.example/blog/", language="en", timezone="Asia/Jakarta")


def read(header: str, file: str = "2021-03-20-fog.md", **source: Any) -> Document:
    raw = (header if header.startswith(("+++", "{")) else f"---\n{header}\n---\nText.\n").encode()
    spec = FilesSpec(name="s", **source)
    found = parse_document(raw, file, site=SITE, source=spec, look_up=lambda _: None)
    assert isinstance(found, Parsed)
    return found.document


def read_one(text: str, **source: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    document = read(f"aliases:\n  - {Quoted(text)}", **source)
    return document.aliases, document.warnings


class Quoted:
    """A text as YAML in double quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        signs = (c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in self.text)
        return f'"{"".join(signs)}"'


@pytest.mark.parametrize(
    ("text", "alias"),
    [
        ("/old/page.html", "old/page.html"),
        ("/old/page/", "old/page/"),
        ("/old/page", "old/page"),
        ("/old/page/index.html", "old/page/"),
        ("/old/page.php", "old/page.php"),
        ("  /old/ ", "old/"),
        ("/a//b/./c", "a/b/c"),
        ("https://x.example/blog/old/", "old/"),
        ("http://X.example/blog/old/", "old/"),
        ("//x.example/blog/old/", "old/"),
        ("/caf%C3%A9/", "café/"),
        ("/cafe\u0301/", "café/"),
        ("/古い/記事", "古い/記事"),
        ("/old./", "old./"),
        ("/Old/PAGE/", "Old/PAGE/"),
        ("/con/nul.html", "con/nul.html"),
        ("before", "2021/03/20/before"),
        ("before/", "2021/03/20/before/"),
        ("./before.html", "2021/03/20/before.html"),
        ("../", "2021/03/"),
        ("../../2020/fog/", "2021/2020/fog/"),
        ("../../../fog", "fog"),
    ],
)
def test_what_is_an_old_address(text: str, alias: str) -> None:
    assert read_one(text) == ((alias,), ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("../../../../fog", "leads out of the site"),
        ("../../../../../../etc/passwd", "leads out of the site"),
        ("/../x", "leads out of the site"),
        ("/%2e%2e/x", "leads out of the site"),
        ("%2e%2e/x", "leads out of the site"),
        ("/..%2f..%2fetc/passwd", "leads out of the site"),
        ("//evil.example/", "is on another site"),
        ("https://evil.example/blog/old/", "is on another site"),
        ("https://x.example/old/", "is on another site"),
        ("https://x.example.evil.example/blog/", "is on another site"),
        ("https://[::1", "is no address"),
        ("javascript:alert(1)", "no web address"),
        ("data:text/html,x", "no web address"),
        ("mailto:a@x.example", "no web address"),
        ("/old?p=1", "has a ? or #"),
        ("?p=1", "has a ? or #"),
        ("/old#here", "has a ? or #"),
        ("/:year/:title/", "is a pattern"),
        ("/{{ page.fileSlug }}/", "is a pattern"),
        ("/", "the site's own front page"),
        ("/index.html", "the site's own front page"),
        ("https://x.example/blog/", "the site's own front page"),
        ("/index.xml", "names a feed"),
        ("/feed.JSON", "names a feed"),
        ("/index.xml/", "names a feed"),
        ("Low water", "is a name"),
        ("/a\\b", "has a character in it"),
        ("/a<b>", "has a character in it"),
        ("/a%00b", "has a character in it"),
        ("/100%", "has a character in it"),
        ("/%ff/", "has a character in it"),
        ("/" + "x" * 181, "is too long"),
        ("/" + "x/" * 600, "is too long"),
    ],
)
def test_what_is_none_is_left_out_with_its_line(text: str, why: str) -> None:
    aliases, warnings = read_one(text)
    assert aliases == ()
    assert len(warnings) == 1
    assert warnings[0].startswith("line 3: aliases ")
    assert why in warnings[0]
    assert warnings[0].endswith(", and is left out")
    assert len(warnings[0]) < 300
    assert warnings[0].isprintable()


def test_both_fields_count_wherever_they_stand_and_say_where() -> None:
    document = read("aliases: /a\nextra:\n  redirect_from:\n    - /b/\n    - /a/\n    - /c.html")
    assert document.aliases == ("a", "b/", "c.html")
    assert document.origins["aliases"] == "field:2, field:5"
    assert document.warnings == ()


@pytest.mark.parametrize("header", ["title: A", "aliases:", "aliases: []", 'aliases: [""]'])
def test_without_any_there_is_no_origin(header: str) -> None:
    document = read(header)
    assert (document.aliases, document.warnings) == ((), ())
    assert "aliases" not in document.origins


def test_toml_and_json_have_them_too() -> None:
    toml = '+++\ntitle = "A"\naliases = ["/a", "/b"]\n+++\nText.\n'
    assert read(toml).aliases == ("a", "b")
    assert read('{"title": "A", "params": {"aliases": "/a"}}\nText.\n').aliases == ("a",)


def test_an_article_is_at_its_own_address_already() -> None:
    document = read("aliases: [/2021/03/20/fog/, /2021/03/20/fog, fog/index.html, /x]")
    assert (document.aliases, document.warnings) == (("x",), ())


@pytest.mark.parametrize("header", ["redirect_from: old/", "alias: old/"])
def test_jekyll_and_hexo_count_from_the_root(header: str) -> None:
    assert read(header).aliases == ("old/",)


def test_an_article_without_folder_counts_from_the_root() -> None:
    assert read("url: /fog.html\naliases: old.html").aliases == ("old.html",)


def test_so_does_zola_and_who_names_the_field_himself() -> None:
    assert read("aliases: [old/]", dialect="zola").aliases == ("old/",)
    assert read("formerly: [old/]", map={"formerly": "aliases"}).aliases == ("old/",)


def test_in_a_vault_aliases_are_names() -> None:
    header = "publish: true\naliases: [Low water, /old/]\nalias: /x/\nredirect_from: /y/"
    document = read(header, dialect="obsidian")
    assert (document.aliases, document.warnings) == (("y/",), ())
    document = read("publish: true\nalias: /x/", dialect="obsidian")
    assert (document.aliases, document.warnings) == ((), ())


def test_one_word_is_a_name_where_others_are_and_an_address_elsewhere() -> None:
    document = read("aliases: [Harbour, Low water, /old/, page.html]\nredirect_from: Older")
    assert document.aliases == ("old/", "2021/03/20/page.html", "Older")
    assert [w for w in document.warnings if "'Harbour' is a name" in w]
    assert [w for w in document.warnings if "'Low water' is a name" in w]
    assert read("aliases: [Harbour, older]").aliases == ("2021/03/20/Harbour", "2021/03/20/older")
    assert read("aliases: [Harbour, a b]", dialect="zola").aliases[0] == "Harbour"


def test_pelican_writes_them_in_one_line() -> None:
    raw = b"Title: A\nDate: 2021-03-20\nAlias: /a/, /b.html\n\nText.\n"
    found = parse_document(
        raw, "a.md", site=SITE, source=FilesSpec(name="s"), look_up=lambda _: None
    )
    assert isinstance(found, Parsed)
    assert found.document.aliases == ("a/", "b.html")


def test_a_cell_of_a_table_holds_several() -> None:
    fields = {"title": "A", "date": "2021-03-20", "aliases": "/a/, /b.html,"}
    found = Item(
        name="a",
        fields=tuple((Text(name, 0, 0), Text(text, 0, 0)) for name, text in fields.items()),
        body="Text.",
        form="md",
    )
    document = parse_item(found, site=SITE, source=SPEC, look_up=lambda _: None).document
    assert document.aliases == ("a/", "b.html")


def test_one_that_lives_elsewhere_has_only_those_from_the_root() -> None:
    document = read("url: https://y.example/fog\naliases: [/old, older]")
    assert document.aliases == ("old",)
    assert "the article lives elsewhere" in document.warnings[0]


def test_a_table_is_no_address() -> None:
    document = read("aliases:\n  - {from: /a}\n  - /b")
    assert document.aliases == ("b",)
    assert document.warnings[0].startswith("line 3: ")


def test_ten_thousand_are_bounded_and_so_are_the_words_about_them() -> None:
    aliases = tuple(Text(f"/old/{number}/", 0, 0) for number in range(10_000))
    document = parse_item(item(aliases), site=SITE, source=SPEC, look_up=lambda _: None).document
    assert document.aliases == tuple(f"old/{number}/" for number in range(MOST_ALIASES))
    assert document.warnings == ("1000 old addresses are read, 9000 more left out",)
    aliases = tuple(Text(f"/{number}?x", 0, 0) for number in range(10_000))
    document = parse_item(item(aliases), site=SITE, source=SPEC, look_up=lambda _: None).document
    assert document.aliases == ()
    assert len(document.warnings) == 12


SPEC = FilesSpec(name="s")


def item(aliases: tuple[Text, ...]) -> Item:
    fields = [("title", Text("A", 0, 0)), ("date", Text("2021-03-20", 0, 0))]
    return Item(
        name="a",
        fields=tuple(
            (Text(name, 0, 0), value)
            for name, value in [*fields, ("aliases", Items(aliases, 0, 0))]
        ),
        body="Text.",
        form="md",
    )


@given(st.lists(st.text(max_size=40), max_size=5))
def test_whatever_is_written_stays_under_the_site(texts: list[str]) -> None:
    found = parse_item(
        item(tuple(Text(text, 0, 0) for text in texts)),
        site=SITE,
        source=SPEC,
        look_up=lambda _: None,
    )
    for alias in found.document.aliases:
        path = address_path(alias)
        parts = path.split("/")
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(parts)
        assert path.isprintable()
        assert "\\" not in path
        assert all(len(part.encode()) < 200 for part in parts)
