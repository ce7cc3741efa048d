"""Old addresses of articles: the pages that lead on, what they give way to, when they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import html5lib
import pytest

from tests.browser import Page, browsing, find_browser
from tests.looking import axe_violations, heading_levels, overhang, said
from tests.serving import serving
from tests.sites import CONFIG, NOW, UNJUDGED, Site

MakeSite = Callable[..., Site]
LATER = "2026-11-23T08:00:00Z"
URL = "https://courier.example/"


def where(site: Site, words: str) -> set[str]:
    """The files of output/ that have words in them or in their names."""
    return {
        name for name, (data, _) in site.tree().items() if words in name or words.encode() in data
    }


def redirects(site: Site) -> dict[str, str]:
    """Each page that leads on, and where a browser is then."""
    found = {}
    for name, (data, _) in site.tree().items():
        refresh = (
            head(data, ".//meta[@http-equiv='refresh']", "content") if b"<html" in data else ""
        )
        if refresh:
            found[name] = refresh.removeprefix("0; url=")
    return found


def head(page: bytes, what: str, attribute: str) -> str:
    root = html5lib.parse(page, namespaceHTMLElements=False)
    element = root.find(what)
    return "" if element is None else element.get(attribute)


def test_each_old_address_leads_on(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article(
        "fog.md",
        title="Nebel & <Dunst>",
        language="de",
        aliases="[/old/page.html, /old/page/, /older, before, /caf%C3%A9/]",
        redirect_from="/jekyll.html",
    )
    site.publish()
    assert redirects(site) == {
        "old/page.html": "../2026/11/01/fog/",
        "old/page/index.html": "../../2026/11/01/fog/",
        "older/index.html": "../2026/11/01/fog/",
        "2026/11/01/before/index.html": "../fog/",
        "café/index.html": "../2026/11/01/fog/",
        "jekyll.html": "2026/11/01/fog/",
    }
    page = site.output("old/page.html").read_bytes()
    html5lib.HTMLParser(strict=True).parse(page.decode())
    assert head(page, ".", "lang") == "de"
    assert head(page, ".//link[@rel='canonical']", "href") == f"{URL}2026/11/01/fog/"
    assert head(page, ".//meta[@name='robots']", "content") == "noindex"
    assert head(page, ".//main//a", "href") == "../2026/11/01/fog/"
    assert "Dieser Artikel ist umgezogen" in page.decode()
    assert ">Nebel &amp; &lt;Dunst&gt;</a>" in page.decode()
    others = {"old/page.html", "2026/11/01/fog/index.html"}
    for listing in ("sitemap.xml", "rss.xml", "atom.xml", "feed.json", "index.html"):
        assert "old/page" not in site.output(listing).read_text("utf-8")
    assert not where(site, "jekyll.html") - others - {"jekyll.html"}


def test_only_what_differs_is_written_and_what_is_gone_is_removed(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="[/a/, /b/]")
    site.article("pier.md", date="2026-11-02")
    site.publish()
    before = site.tree()
    site.publish(now=LATER)
    assert site.tree() == before
    site.article("fog.md", aliases="[/b/, /c/]")
    report = site.publish_here(now=LATER)
    assert (report.written, report.removed) == (("c/index.html",), ("a/index.html",))
    after = site.tree()
    assert {n: after[n] for n in after if n in before} == {
        n: before[n] for n in before if n in after
    }
    site.article("fog.md")
    assert set(site.publish_here(now=LATER).removed) == {"b/index.html", "c/index.html"}
    assert redirects(site) == {}


@pytest.mark.parametrize("fields", [{"draft": "true"}, {"date": "2026-11-23T07:00:00Z"}])
def test_nothing_stands_there_before_the_article_is_public(
    make_site: MakeSite, fields: dict[str, str]
) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="[/formerly/, /other/]", **fields)
    site.article("pier.md", aliases="/other/")
    ran = site.publish()
    assert "other" not in ran.err
    assert redirects(site) == {"other/index.html": "../2026/11/01/pier/"}
    assert not where(site, "formerly")
    site.publish(now=LATER)
    assert ("formerly/index.html" in redirects(site)) is ("date" in fields)


def test_they_stay_when_the_article_leaves_the_lists(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="/old/", expires="2026-11-22T09:00:00Z")
    site.publish()
    before = site.output("old/index.html").read_bytes()
    site.publish(now=LATER)
    assert site.output("old/index.html").read_bytes() == before


def test_those_of_what_was_taken_back_lead_to_the_notice_and_say_nothing_else(
    make_site: MakeSite,
) -> None:
    site = make_site(CONFIG)
    site.article("wrong.md", title="A lie", language="de", aliases="[/old/, /both/]")
    site.article("never.md", title="Never out", retract="true", aliases="/never/")
    site.article("pier.md", date="2026-11-02", aliases="/2026/11/01/wrong/")
    site.publish()
    assert redirects(site).keys() == {"old/index.html", "both/index.html"}
    site.article(
        "wrong.md", title="A lie", language="de", aliases="[/old/, /both/]", retract="true"
    )
    site.article("other.md", date="2026-11-03", aliases="/both/")
    ran = site.publish(now=LATER)
    assert redirects(site) == {
        "old/index.html": "../2026/11/01/wrong/",
        "both/index.html": "../2026/11/03/other/",
    }
    assert "pier.md: the old address /2026/11/01/wrong/ is where a notice says" in ran.err
    page = site.output("old/index.html").read_text("utf-8")
    assert "This article was withdrawn" in page
    assert "lie" not in page
    assert f">{URL}2026/11/01/wrong/</a>" in page
    (site.folder / "articles/wrong.md").unlink()
    site.publish(now="2026-11-24T08:00:00Z")
    assert "old/index.html" not in redirects(site)


def test_an_article_that_lives_elsewhere_may_have_lived_here(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", url="https://other.example/fog?a=1&b=2", aliases="/old/")
    site.publish()
    assert redirects(site) == {"old/index.html": "https://other.example/fog?a=1&b=2"}
    page = site.output("old/index.html").read_bytes()
    link = head(page, ".//link[@rel='canonical']", "href")
    assert link == "https://other.example/fog?a=1&b=2"


def test_a_quotation_mark_in_front_is_part_of_the_address(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", url='"/\'tis/"', aliases="/old.html")
    site.publish()
    assert redirects(site) == {"old.html": "./'tis/"}


SECOND = "feeds: [{name: main}, {name: harbour, path: harbour}]\nfeeds_for: {tags: true}\n"


TAKEN = {
    "/2026/11/02/pier/": "is the address of pier.md",
    "/2026/11/02/pier/index.html/x": "is the address of pier.md",
    "/about.html": "is the address of about.md",
    "/about.html/more/": "is the address of about.md",
    "/tags/harbour/": "is the site's own",
    "/tags/nobody/": "is the site's own",
    "/page/1/": "is the site's own",
    "/feeds/": "is the site's own",
    "/harbour/": "is the site's own",
    "/media/x.html": "is the site's own",
    "/newsletters/weekly/": "is the site's own",
    "/404.html": "is the site's own",
    "/2026/11/02/pier/index.html.gz/": "is the site's own",
    "/.git/config.html": "is hidden",
}


def test_what_is_published_has_its_address(make_site: MakeSite) -> None:
    site = make_site(CONFIG + SECOND + UNJUDGED + "web: {compress: [gzip]}\n")
    site.article("pier.md", date="2026-11-02", tags="[harbour]")
    site.article("about.md", date="2026-11-03", url="/about.html")
    site.article("fog.md")
    site.publish()
    before = site.tree()
    site.article("fog.md", aliases="".join(f"\n  - {alias}" for alias in TAKEN))
    ran = site.publish()
    assert site.tree() == before
    told = [line for line in ran.err.splitlines() if "old address" in line]
    assert told == [
        f"warning: articles/fog.md: the old address {alias} {why}, so no page there leads on to "
        "this article"
        for alias, why in TAKEN.items()
    ]
    assert all(line in site.run("check").err for line in told)


def test_of_two_the_older_has_it_and_a_file_is_no_folder(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("b.md", date="2026-11-03", aliases="[/x/, /y.html, /X/]")
    site.article("c.md", date="2026-11-02", aliases="[/x, /y.html/z/]")
    site.article("a.md", date="2026-11-03", aliases="[/y.html]")
    ran = site.publish()
    assert redirects(site) == {
        "x/index.html": "../2026/11/02/c/",
        "y.html/z/index.html": "../../2026/11/02/c/",
        "X/index.html": "../2026/11/03/b/",
    }
    told = sorted(line for line in ran.err.splitlines() if "old address" in line)
    for line, (file, alias) in zip(
        told, [("a.md", "/y.html"), ("b.md", "/x/"), ("b.md", "/y.html")], strict=True
    ):
        assert f"articles/{file}: the old address {alias} is an old address of c.md too" in line


def test_an_old_address_gives_way_to_a_new_article_and_comes_back(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="/old/")
    site.publish()
    site.article("new.md", "Quite new.", url="/old/")
    site.publish()
    assert redirects(site) == {}
    assert "Quite new." in site.output("old/index.html").read_text("utf-8")
    (site.folder / "articles/new.md").unlink()
    site.publish()
    assert redirects(site) == {"old/index.html": "../2026/11/01/fog/"}


def test_explain_and_json_tell_them_with_their_origin(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="[/old/, /older.html]", redirect_from="/x/")
    told = site.articles()[0]
    assert told["aliases"] == ["/old/", "/older.html", "/x/"]
    assert told["from"]["aliases"] == "field:4, field:5"
    ran = site.run("articles", "--explain", "fog.md")
    assert "  aliases: /old/, /older.html, /x/  (from field:4, field:5)\n" in ran.out


def test_a_thousand_of_one_article_take_no_time(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    listed = "".join(f"\n  - /old/{number}/" for number in range(3_000))
    site.article("fog.md", aliases=listed)
    ran = site.publish()
    assert "1000 old addresses are read, 2000 more left out" in ran.err
    assert len(redirects(site)) == 1_000


def test_a_vault_makes_none(make_site: MakeSite) -> None:
    site = make_site(CONFIG + "sources: [{name: articles, dialect: obsidian}]\n")
    site.article("fog.md", publish="true", aliases="[Mist, /old/]")
    ran = site.publish()
    assert redirects(site) == {}
    assert "Mist" not in ran.err


def test_nor_does_a_folder_that_obsidian_keeps(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="[Mist]", redirect_from="/older/")
    site.publish()
    assert len(redirects(site)) == 2
    site.write("articles/.obsidian/app.json", "{}")
    ran = site.publish()
    assert list(redirects(site)) == ["older/index.html"]
    assert "dialect: obsidian" in ran.err
    assert "Mist" not in ran.err


def test_the_server_sends_the_page(make_site: MakeSite) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", aliases="[/old/, /old.html]")
    site.publish()
    with serving(site) as server:
        for path in ("/old/", "/old.html"):
            reply = server.ask(path)
            assert reply.status == 200
            assert head(reply.body, ".//meta[@http-equiv='refresh']", "content")
        assert server.ask("/old").status == 308


@pytest.fixture
def tab(program: Callable[[str], str], tmp_path: Path) -> Iterator[Page]:
    with browsing(program(find_browser()), tmp_path, tmp_path / "browser") as page:
        yield page


@pytest.mark.service
def test_a_browser_is_led_on_and_one_that_stays_reads_where_to(
    make_site: MakeSite, tab: Page, axe: str
) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", "All of the fog.", title="Fog", language="fr", aliases="/old/page.html")
    site.publish(now=NOW)
    tab.folder = site.output("")
    tab.open(f"{URL}old/page.html")
    tab.arrive("/2026/11/01/fog/")
    assert "All of the fog." in said(tab)
    tab.change = lambda html: html.replace('http-equiv="refresh"', 'name="refresh"')
    tab.look(320)
    tab.open(f"{URL}old/page.html")
    assert tab.run("location.pathname") == "/old/page.html"
    assert "Cet article a changé d’adresse" in said(tab)
    assert axe_violations(tab, axe) == []
    assert overhang(tab) == 0
    assert heading_levels(tab) == [1]
    assert tab.run("document.querySelector('main a').href") == f"{URL}2026/11/01/fog/"
    assert tab.missing == []
