"""The front page, the feed list and what all pages share."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from publisher.config import Selection, ThemeSpec
from publisher.errors import TemplateError
from publisher.model import Author, Picture
from publisher.palette import make_palette
from publisher.render.environment import make_environment
from tests.factories import SITE_URL, make_asset, make_feed, make_logo, make_newsletter
from tests.page_samples import (
    artifacts,
    by_class,
    changed,
    draw,
    leads_to,
    make_entries,
    make_issue,
    make_view,
    seen,
    web_templates,
)

PICTURE = Picture(url=f"{SITE_URL}media/boat.jpg", alt="A boat", width=1200, height=800)
TWO_FEEDS = (
    make_feed(),
    make_feed(name="harbour", title="Harbour", path="feeds/harbour", formats=("atom",)),
)


def a_whole_site(**changes: object):
    entries = make_entries(40, tags=("tides",), section="Harbour")
    values = {
        "feeds": TWO_FEEDS,
        "newsletters": (make_newsletter(),),
        "issues": {"weekly": [make_issue(1, *entries[5:8]), make_issue(2, *entries[:5])]},
        "aged": make_entries(1, path="2020/01/01/old/index.html", number=99),
        "site": {"description": "News from the coast", "copyright": "© The Courier"},
    }
    return make_view(*entries, **(values | changes))


class TestIndex:
    def test_masthead_says_who_what_and_how_new(self) -> None:
        page = draw(a_whole_site())
        (front,) = by_class(page, "front")
        assert seen(front.find("h1")) == "The Example Courier"
        assert seen(by_class(front, "line")[0]) == "News from the coast"
        assert seen(by_class(front, "newest")[0]) == "November 20, 2026"

    def test_the_newest_article_leads_with_its_picture(self) -> None:
        first, second = make_entries(2, picture=PICTURE)
        page = draw(make_view(first, second))
        (lead,) = by_class(page, "lead")
        assert seen(lead.find(".//h2/a")) == first.title
        image = lead.find(".//img")
        assert (image.get("src"), image.get("width"), image.get("height")) == (
            "media/boat.jpg",
            "1200",
            "800",
        )
        assert len(list(page.iter("img"))) == 1

    def test_the_others_have_title_summary_author_date_and_section(self) -> None:
        _, second = make_entries(2, section="Harbour", authors=(Author(name="Mara"),))
        page = draw(make_view(*make_entries(1), second))
        (row,) = by_class(page, "entry")
        link = row.find(".//h3/a")
        assert (seen(link), link.get("href")) == (second.title, "2026/11/18/1/")
        assert seen(by_class(row, "summary")[0]) == second.summary
        assert seen(by_class(row, "date")[0]) == "November 18, 2026"
        assert row.find(".//time").get("datetime") == "2026-11-18T07:00:00+07:00"
        assert seen(by_class(row, "meta")[0]) == "Harbour Mara"

    def test_an_article_that_lives_elsewhere_is_linked_there(self) -> None:
        (entry,) = make_entries(1, path="", url="https://elsewhere.example/a?b=1&c=2")
        page = draw(make_view(entry))
        link = by_class(page, "lead")[0].find(".//h2/a")
        assert link.get("href") == "https://elsewhere.example/a?b=1&c=2"

    def test_a_long_summary_is_cut_between_words_in_the_list_only(self) -> None:
        entries = make_entries(2, summary="word " * 60)
        page = draw(make_view(*entries))
        long, short = (seen(one) for one in by_class(page, "summary"))
        assert len(long) > 200
        assert len(short) <= 120
        assert short.endswith("word…")

    def test_a_long_list_is_grouped_by_month(self) -> None:
        page = draw(make_view(*make_entries(14)))
        assert [seen(one) for one in by_class(page, "label")] == ["November 2026", "October 2026"]
        assert seen(by_class(page, "date")[0]) == "November 18"

    def test_local_dates_of_several_zones_do_not_split_a_month(self) -> None:
        east, west = timezone(timedelta(hours=12)), timezone(timedelta(hours=-10))
        start = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
        zones = [UTC, west, east, west, east, *[west] * 8]
        entries = [
            replace(entry, published=(start - timedelta(minutes=n)).astimezone(zone))
            for n, (entry, zone) in enumerate(zip(make_entries(13), zones, strict=True))
        ]
        labels = [seen(one) for one in by_class(draw(make_view(*entries)), "label")]
        assert labels == ["October 2026"]

    def test_older_articles_are_paged_and_chained(self) -> None:
        view = a_whole_site()
        first, second = draw(view), draw(view, "page/1/index.html")
        assert len(by_class(first, "entry") + by_class(first, "lead")) == 20 + 1
        assert first.find(".//link[@rel='next']").get("href") == "page/1/"
        assert second.find(".//link[@rel='prev']").get("href") == "../../"
        assert second.find(".//link[@rel='next']") is None
        assert seen(second.find(".//h1")) == "Older articles"
        assert second.findtext(".//title") == "The Example Courier, page 1 · The Example Courier"

    def test_a_site_without_articles_says_so(self) -> None:
        page = draw(make_view())
        assert seen(by_class(page, "nothing")[0]) == "Nothing has been published here yet."

    def test_newsletters_with_their_archive_and_rhythm(self) -> None:
        page = draw(a_whole_site())
        section = page.find(".//section[@id='newsletters']")
        link = section.find(".//h3/a")
        assert (seen(link), link.get("href")) == ("The Weekly Courier", "newsletters/weekly/")
        assert "Every week: Monday at" in seen(section)
        assert "Every issue can be read here." in seen(section)
        assert section.find(".//form") is None

    def test_who_wants_it_by_mail_is_led_to_the_page_for_it(self) -> None:
        there = make_view(newsletters=(make_newsletter(),), sign_up=f"{SITE_URL}subscribe")
        section = draw(there).find(".//section[@id='newsletters']")
        (link,) = [a for a in section.iter("a") if seen(a) == "Subscribe by mail"]
        assert link.get("href") == "subscribe"
        assert section.find(".//form") is None

    def test_where_forms_are_served_beside_it_one_field_is_enough(self) -> None:
        there = make_view(
            newsletters=(make_newsletter(),), sign_up=f"{SITE_URL}subscribe", sign_up_form=True
        )
        form = draw(there).find(".//section[@id='newsletters']//form")
        assert (form.get("method"), form.get("action")) == ("post", "subscribe")
        names = [(one.get("name"), one.get("type")) for one in form.iter("input")]
        assert names == [("email", "email"), ("website", "text")]


class TestEveryPage:
    def test_announces_every_feed_in_every_format(self) -> None:
        view = a_whole_site()
        wanted = [
            ("application/rss+xml", f"{SITE_URL}rss.xml"),
            ("application/atom+xml", f"{SITE_URL}atom.xml"),
            ("application/feed+json", f"{SITE_URL}feed.json"),
            ("application/atom+xml", f"{SITE_URL}feeds/harbour/atom.xml"),
        ]
        for path in artifacts(view):
            if path.endswith(".html"):
                links = draw(view, path).findall(".//link[@rel='alternate']")
                found = [(link.get("type"), link.get("href")) for link in links]
                own_first = path == "feeds/harbour/index.html"
                assert found == (wanted[3:] + wanted[:3] if own_first else wanted), path
                assert all(link.get("title") for link in links)

    def test_has_one_heading_one_main_a_skip_link_and_one_style_sheet(self) -> None:
        view = a_whole_site()
        for path in artifacts(view):
            if not path.endswith(".html"):
                continue
            page = draw(view, path)
            assert len(list(page.iter("h1"))) == 1, path
            assert len(list(page.iter("main"))) == 1, path
            assert page.find("body")[0].get("href") == "#main", path
            assert len(page.findall(".//link[@rel='stylesheet']")) == 1, path
            scripts = [one.get("type") for one in page.iter("script")]
            assert set(scripts) <= {"application/ld+json"}, path

    def test_every_inner_link_leads_to_a_file(self) -> None:
        view = a_whole_site()
        files = artifacts(view).keys() | {
            *("rss.xml", "atom.xml", "feed.json", "feeds/harbour/atom.xml"),
            *(f"newsletters/weekly/{n}/email.html" for n in (1, 2)),
        }
        for path in artifacts(view):
            if not path.endswith(".html"):
                continue
            page = draw(view, path)
            ids = {one.get("id") for one in page.iter() if one.get("id")}
            for element in page.iter():
                href = element.get("href") or ""
                if href.startswith("#"):
                    assert href[1:] in ids, (path, href)
                elif href and "://" not in href and not href.startswith("data:"):
                    assert leads_to(path, href) in files, (path, href)

    def test_is_small(self) -> None:
        summary = "الميناء يحصي ما يتركه المد " * 20
        entries = make_entries(31, summary=summary, title=summary[:90], section="الميناء")
        for path, artifact in artifacts(make_view(*entries, site={"language": "ar"})).items():
            assert path == "sitemap.xml" or len(artifact.render()) < 30_000, path

    def test_canonical_description_and_open_graph(self) -> None:
        page = draw(a_whole_site(image=make_asset(path="media/site.png")))
        properties = {
            one.get("property"): one.get("content") for one in page.findall(".//meta[@property]")
        }
        assert page.find(".//link[@rel='canonical']").get("href") == SITE_URL
        assert page.find(".//meta[@name='description']").get("content") == "News from the coast"
        assert properties["og:url"] == SITE_URL
        assert properties["og:locale"] == "en_US"
        assert properties["og:image"] == f"{SITE_URL}media/site.png"

    def test_a_logo_stands_for_the_name(self) -> None:
        logo = make_logo(path="media/logo.png", width=240, height=60, see_through=False)
        page = draw(a_whole_site(logo=logo), "feeds/index.html")
        image = page.find(".//img[@class='logo']")
        assert (image.get("src"), image.get("alt")) == ("../media/logo.png", "The Example Courier")
        assert (image.get("width"), image.get("height")) == ("240", "60")

    def test_one_that_can_be_seen_through_stands_on_the_light_paper_in_the_dark(self) -> None:
        view = a_whole_site(logo=make_logo(), site={"theme": ThemeSpec(paper="#fdf3c8")})
        assert draw(view).find(".//img[@class='logo plate']") is not None
        (style,) = (a for path, a in artifacts(view).items() if path.endswith(".css"))
        dark = style.render().decode().partition("prefers-color-scheme: dark")[2]
        assert re.search(r"\.logo\.plate \{[^}]*background: #fdf3c8;", dark)


class TestLanguage:
    def test_right_to_left_in_arabic_words_and_dates(self) -> None:
        page = draw(make_view(*make_entries(2), site={"language": "ar"}))
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
        assert seen(by_class(page, "newest")[0]) == "20 نوفمبر 2026"
        assert seen(by_class(page, "label")[0]) == "مقالات أخرى"

    def test_an_entry_in_another_language_says_so_and_our_words_in_it_do_too(self) -> None:
        page = draw(make_view(*make_entries(2, language="ar")))
        lead = by_class(page, "lead")[0].find("div")
        assert (lead.get("lang"), lead.get("dir")) == ("ar", "rtl")
        assert {one.get("lang") for one in lead.iter("span")} == {"en"}

    def test_a_site_in_a_language_without_words_keeps_its_own_for_its_own(self) -> None:
        page = draw(make_view(*make_entries(1), site={"language": "fa"}))
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        assert (page.find(".//h1").get("lang"), page.find(".//h1").get("dir")) == ("fa", "rtl")
        assert by_class(page, "lead")[0].find("div").get("lang") == "fa"

    def test_a_site_without_language_declares_none_for_its_articles(self) -> None:
        page = draw(make_view(*make_entries(1), site={"language": None}))
        assert page.get("lang") == "en"
        assert page.find(".//h1").get("lang") is None


class TestFeedList:
    def test_every_feed_with_its_addresses(self) -> None:
        page = draw(a_whole_site(), "feeds/index.html")
        assert [seen(one) for one in page.iter("code")] == [
            SITE_URL,
            f"{SITE_URL}rss.xml",
            f"{SITE_URL}atom.xml",
            f"{SITE_URL}feed.json",
            f"{SITE_URL}feeds/harbour/atom.xml",
        ]
        assert [seen(one) for one in by_class(page, "label")][1:] == [
            "The Example Courier",
            "Harbour",
        ]

    def test_what_is_in_a_feed(self) -> None:
        select = Selection(
            tags=("a", "b"),
            not_tags=("c",),
            sections=("S",),
            authors=("Mara",),
            languages=("id", "x-own"),
            sources=("articles",),
        )
        feed = make_feed(name="main", limit=1, content="summary", select=select)
        page = draw(make_view(feeds=(feed,)), "feeds/index.html")
        assert (
            "The newest article, in summary. With one of these tags: a and b. Without these tags:"
            " c. From these sections: S. By these authors: Mara. In these languages: Indonesian"
            " and x-own. From these sources: articles."
        ) in seen(page)


class TestStyle:
    def style(self, view) -> tuple[str, str]:
        made = artifacts(view)
        (path,) = (one for one in made if one.endswith(".css"))
        return path, made[path].render().decode()

    def test_has_the_colours_of_both_schemes(self) -> None:
        _, text = self.style(make_view(site={"theme": ThemeSpec(accent="#005a6e")}))
        palette = make_palette("#005a6e")
        for colour in (palette.light.accent, palette.dark.accent, palette.dark.paper):
            assert colour in text

    def test_its_name_follows_its_bytes(self) -> None:
        paths = {
            self.style(make_view(site={"theme": theme}))[0]
            for theme in (ThemeSpec(), ThemeSpec(fonts="sans"), ThemeSpec(accent="#005a6e"))
        }
        assert len(paths) == 3
        assert all(re.fullmatch(r"media/site-[0-9a-f]{12}\.css", path) for path in paths)
        assert self.style(make_view()) == self.style(make_view(*make_entries(3)))

    def test_knows_no_left_and_right(self) -> None:
        _, text = self.style(make_view())
        physical = re.findall(
            r"[\s{;](?:[a-z]+-(?:left|right)|left|right|(?:min-|max-)?(?:width|height))\s*:",
            re.sub(r"@media.*", "", text),
        )
        assert physical == []


class TestFingerprints:
    def test_the_same_site_gives_the_same_fingerprints_and_bytes(self) -> None:
        one, other = artifacts(a_whole_site()), artifacts(a_whole_site())
        assert {p: a.fingerprint for p, a in one.items()} == {
            p: a.fingerprint for p, a in other.items()
        }
        assert {p: a.render() for p, a in one.items()} == {p: a.render() for p, a in other.items()}

    def test_are_made_without_bodies_and_issues(self) -> None:
        def refuse(*_: object) -> str:
            raise AssertionError("loaded")

        artifacts(a_whole_site(load_body=refuse, load_issue=refuse))

    def test_a_new_article_touches_the_index_itself_its_neighbour_and_the_sitemap(self) -> None:
        before, after = make_entries(40)[1:], make_entries(40)
        assert changed(make_view(*before), make_view(*after)) == {
            "index.html",
            "sitemap.xml",
            after[0].path,
            after[1].path,
        }

    def test_an_edited_body_touches_its_own_page_only(self) -> None:
        entries = make_entries(40)
        edited = (entries[0], replace(entries[1], body_key="other"), *entries[2:])
        assert changed(make_view(*entries), make_view(*edited)) == {entries[1].path}

    def test_a_new_title_touches_the_neighbours_too(self) -> None:
        entries = make_entries(40)
        edited = (*entries[:30], replace(entries[30], title="Other"), *entries[31:])
        assert changed(make_view(*entries), make_view(*edited)) == {
            "page/1/index.html",
            entries[29].path,
            entries[30].path,
            entries[31].path,
        }

    def test_what_changes_the_bytes_changes_the_fingerprint(self) -> None:
        one = artifacts(a_whole_site())
        drawn = {path: artifact.render() for path, artifact in one.items()}
        for other in (
            a_whole_site(feeds=TWO_FEEDS[:1]),
            a_whole_site(site={"description": "Other", "copyright": "© The Courier"}),
            a_whole_site(newsletters=(make_newsletter(title="Other"),)),
            a_whole_site(logo=make_logo()),
            a_whole_site(logo=make_logo(see_through=False)),
            a_whole_site(site={"theme": ThemeSpec(fonts="sans")}),
        ):
            two = artifacts(other)
            for path in one.keys() & two.keys():
                if drawn[path] != two[path].render():
                    assert one[path].fingerprint != two[path].fingerprint, path

    def test_another_theme_touches_every_page(self) -> None:
        one, two = artifacts(make_view()), artifacts(make_view(), theme_hash="other")
        assert one["index.html"].fingerprint != two["index.html"].fingerprint


class TestTemplates:
    def test_a_site_may_replace_one_template(self) -> None:
        templates = {**web_templates(), "web/feeds.html": "{{ page.url }} {{ feeds | length }}"}
        made = artifacts(make_view(), environment=make_environment(templates))
        assert made["feeds/index.html"].render() == f"{SITE_URL}feeds/ 1".encode()

    @pytest.mark.parametrize(
        "name", ["web/index.html", "web/_partials/entry.html", "web/base.html"]
    )
    def test_a_mistake_in_one_is_named(self, name: str) -> None:
        templates = {**web_templates(), name: web_templates()[name] + "\n{{ nobody }}"}
        if name == "web/index.html":  # what stands outside the blocks of a page is not drawn
            templates[name] = templates[name].replace("{% block main %}", "{% block main %}{{ x }}")
        made = artifacts(make_view(*make_entries(3)), environment=make_environment(templates))
        with pytest.raises(TemplateError) as caught:
            made["index.html"].render()
        assert caught.value.where is not None
        assert caught.value.where.file == f"templates/{name}"
        assert caught.value.where.line > 1

    def test_a_mistake_in_the_style_sheet_is_found_at_once(self) -> None:
        templates = {**web_templates(), "web/site.css": "\n{{ palette.lihgt }}"}
        with pytest.raises(TemplateError, match="lihgt") as caught:
            artifacts(make_view(), environment=make_environment(templates))
        assert str(caught.value.where) == "templates/web/site.css:2"
