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
