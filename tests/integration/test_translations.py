"""Articles in several languages: told by folders or authors, with links from one to the other."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.sites import CONFIG, Site

FOLDERS = CONFIG + "sources:\n  - {name: articles, language_from: 1}\n"


def alternates(site: Site, path: str) -> list[tuple[str, str]]:
    page = site.output(path).read_text()
    return re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)


def test_folders_name_languages(make_site: Callable[..., Site]) -> None:
    site = make_site(FOLDERS)
    for language, title in (("en", "Harbour"), ("id", "Pelabuhan"), ("pt_br", "Porto")):
        site.article(f"{language}/news/harbour.md", title=title)
    site.article("img/note.md", title="Note")
    site.publish()
    told = {line["file"]: line for line in site.articles()}
    assert told["id/news/harbour.md"]["language"] == "id"
    assert told["id/news/harbour.md"]["from"]["language"] == "folder"
    assert told["pt_br/news/harbour.md"]["language"] == "pt-BR"
    assert told["img/note.md"]["language"] == "en"
    assert told["img/note.md"]["url"] == "https://courier.example/2026/11/01/note/"
    urls = [
        (tag, f"https://courier.example/{tag.lower()}/2026/11/01/harbour/")
        for tag in ("en", "id", "pt-BR")
    ]
    for tag in ("en", "id", "pt-br"):
        assert alternates(site, f"{tag}/2026/11/01/harbour/index.html") == urls
    page = site.output("en/2026/11/01/harbour/index.html").read_text()
    assert re.search('hreflang="id" lang="id"[^>]*>Bahasa Indonesia</a>', page)
    assert not alternates(site, "2026/11/01/note/index.html")


def test_authors_name_what_belongs_together(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("harbour.md", lang="en", translationKey="h1")
    site.article("pelabuhan.md", lang="id", translationKey="h1")
    site.article("hafen.md", lang="de")
    site.publish()
    assert [tag for tag, _ in alternates(site, "2026/11/01/harbour/index.html")] == ["en", "id"]
    assert not alternates(site, "2026/11/01/hafen/index.html")


def test_one_slug_in_two_languages_is_one_article(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("a.md", lang="en", slug="harbour", date="2026-11-01")
    site.article("b.md", lang="id", slug="harbour", date="2026-11-02")
    site.article("c.md", lang="en", slug="fog", date="2026-11-03")
    site.article("d.md", lang="en", slug="fog", date="2026-11-04")
    site.publish()
    assert [tag for tag, _ in alternates(site, "2026/11/02/harbour/index.html")] == ["en", "id"]
    assert not alternates(site, "2026/11/03/fog/index.html")


def test_a_version_that_goes_is_not_linked_any_more(make_site: Callable[..., Site]) -> None:
    site = make_site(FOLDERS)
    site.article("en/harbour.md")
    gone = site.article("id/harbour.md")
    site.publish()
    gone.unlink()
    site.publish()
    assert not alternates(site, "en/2026/11/01/harbour/index.html")


def test_the_language_may_stand_anywhere_in_the_address(make_site: Callable[..., Site]) -> None:
    spec = "  - {name: articles, language_from: 1, url: '/{slug}/{language}/'}\n"
    site = make_site(f"{CONFIG}sources:\n{spec}")
    site.article("en/harbour.md")
    site.article("id/harbour.md")
    site.publish()
    assert site.output("harbour/en/index.html").exists()
    assert site.output("harbour/id/index.html").exists()


FEEDS = CONFIG + "feeds:\n  - name: main\n  - {name: sea, select: {tags: [sea]}}\n  - name: desk\n"


def test_an_author_names_the_feeds(make_site: Callable[..., Site]) -> None:
    site = make_site(FEEDS)
    site.article("one.md", tags="[sea]")
    site.article("two.md", tags="[sea]", feeds="[desk, Main]")
    site.article("three.md", feeds="[dusk]")
    ran = site.publish()
    assert "articles/three.md: there is no feed 'dusk'" in ran.err
    entries = {
        name: {title for title in ("One", "Two", "Three") if f">{title}<" in text}
        for name, path in (("main", ""), ("sea", "feeds/sea/"), ("desk", "feeds/desk/"))
        for text in [site.output(f"{path}atom.xml").read_text()]
    }
    assert entries == {"main": {"One", "Two"}, "sea": {"One"}, "desk": {"One", "Two"}}
    told = site.run("articles", "--explain", "articles/two.md").out
    assert "not among the feeds that it names: desk, Main" in told


SPOKEN = {
    "en": "en", "zh_cn": "zh-CN", "zh_tw": "zh-TW", "pt": "pt", "pt_br": "pt-BR", "ar": "ar",
    "he": "he", "ja": "ja", "ko": "ko", "tr": "tr", "vi": "vi", "id": "id", "de": "de",
    "fr": "fr", "es": "es", "pl": "pl", "ru": "ru",
}  # fmt: skip
"""Folders as seventeen languages have them, and the tags that they mean."""


def test_seventeen_languages_by_folders(make_site: Callable[..., Site]) -> None:
    config = CONFIG + "sources:\n  - {name: articles, language_from: 1, dialect: jekyll}\n"
    site = make_site(config)
    for folder in SPOKEN:
        header = "---\nlayout: news\ntitle: Release\n---\n\nVersion 3 is out.\n"
        site.write(f"articles/{folder}/news/_posts/2021-12-25-release.md", header)
    site.write("articles/en/news/_posts/2021-12-26-only-here.md", header)
    site.publish_here()
    told = {line["file"]: line for line in site.articles()}
    assert len(told) == len(SPOKEN) + 1
    for folder, tag in SPOKEN.items():
        line = told[f"{folder}/news/_posts/2021-12-25-release.md"]
        assert (line["state"], line["language"], line["from"]["language"]) == (
            "listed",
            tag,
            "folder",
        )
        assert line["published"].startswith("2021-12-25")
        assert line["url"] == f"https://courier.example/{tag.lower()}/2021/12/25/release/"
        assert line["categories"] == ["news"]
        linked = alternates(site, f"{tag.lower()}/2021/12/25/release/index.html")
        assert sorted(tag for tag, _ in linked if tag != "x-default") == sorted(SPOKEN.values())
    assert not alternates(site, "en/2021/12/26/only-here/index.html")


def test_seventeen_languages_by_the_names_of_files(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    for suffix in SPOKEN:
        name = "release.md" if suffix == "en" else f"release.{suffix.replace('_', '-')}.md"
        site.article(name, title="Release")
    site.article("v1.0.md", title="One")
    site.article("node.js.md", title="Node")
    site.article("note.id.md", title="Catatan")
    site.article("trip/index.ja.md", title="Trip")
    site.publish_here()
    told = {line["file"]: line for line in site.articles()}
    for suffix, tag in SPOKEN.items():
        name = "release.md" if suffix == "en" else f"release.{suffix.replace('_', '-')}.md"
        line = told[name]
        place = "" if suffix == "en" else f"{tag.lower()}/"
        assert line["language"] == tag
        assert line["from"]["language"] == ("config" if suffix == "en" else "filename")
        assert line["url"] == f"https://courier.example/{place}2026/11/01/release/"
        linked = alternates(site, f"{place}2026/11/01/release/index.html")
        assert sorted(tag for tag, _ in linked if tag != "x-default") == sorted(SPOKEN.values())
    assert told["v1.0.md"]["url"].endswith("/2026/11/01/v1.0/")
    assert told["node.js.md"]["url"].endswith("/2026/11/01/node.js/")
    assert told["note.id.md"]["language"] == "id"  # others are named so in this folder
    assert told["trip/index.ja.md"]["language"] == "ja"
    assert told["trip/index.ja.md"]["url"].endswith("/ja/2026/11/01/trip/")


def test_a_version_that_comes_makes_the_other_be_read_again(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("fog.no.md", title="Tåke")
    site.publish_here()
    assert [line["language"] for line in site.articles()] == ["en"]
    site.article("fog.md", title="Fog")
    told = {line["file"]: line["language"] for line in site.articles()}
    assert told == {"fog.md": "en", "fog.no.md": "no"}
