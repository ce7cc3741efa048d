"""The page of a feed: what it is, how to follow it, and its entries to read at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from publisher.config import Selection
from publisher.feeds import Feed, FeedKind
from publisher.model import Author, Correction, Enclosure, Entry, Picture
from publisher.render.pages.body import as_part, for_page
from publisher.render.pages.readers import reader_links
from tests.factories import SITE_URL, make_feed, make_newsletter, make_part
from tests.page_samples import (
    NEWEST,
    artifacts,
    by_class,
    changed,
    draw,
    leads_to,
    make_entries,
    make_issue,
    make_view,
    seen,
)

TIDES = "tags/tides/index.html"


def derived(kind: FeedKind, about: str, slug: str, *entries: Entry, **changes: Any) -> Feed:
    """The feed of a tag, author or language."""
    path = f"{kind.value}/{slug}"
    values: dict[str, Any] = {
        "name": path,
        "path": path,
        "kind": kind,
        "about": about,
        "title": f"The Example Courier: {about}",
    }
    return make_feed(*entries, **(values | changes))


def tides(*entries: Entry, **changes: Any) -> Feed:
    return derived(FeedKind.TAG, "tides", "tides", *entries, **changes)


def site(*feeds: Feed, entries: Sequence[Entry] = (), **changes: Any) -> Any:
    return make_view(*entries, feeds=(make_feed(*entries), *feeds), **changes)


def announced(page: Element) -> list[str | None]:
    return [one.get("href") for one in page.findall(".//link[@rel='alternate']")]


class TestWhichPages:
    def test_every_feed_has_one_but_the_main_feed_and_those_of_newsletters(self) -> None:
        newsletter = derived(FeedKind.NEWSLETTER, "Weekly", "weekly", name="weekly")
        view = site(
            tides(),
            derived(FeedKind.AUTHOR, "Mara", "mara"),
            derived(FeedKind.LANGUAGE, "id", "id", language="id"),
            make_feed(name="harbour", title="Harbour", path="harbour"),
            newsletter,
            newsletters=(make_newsletter(),),
        )
        without = artifacts(make_view(newsletters=(make_newsletter(),))).keys()
        assert artifacts(view).keys() - without == {
            TIDES,
            "authors/mara/index.html",
            "languages/id/index.html",
            "harbour/index.html",
        }

    def test_a_main_feed_in_a_folder_of_its_own_has_one_too(self) -> None:
        view = make_view(feeds=(make_feed(name="main", path="news"),))
        assert "news/index.html" in artifacts(view)


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("kind", "about", "expected"),
        [
            (FeedKind.TAG, "tides", "Tagged “tides”"),
            (FeedKind.TAG, "{0} %(x)s <b>", "Tagged “{0} %(x)s <b>”"),
            (FeedKind.AUTHOR, "عمر", "Articles by عمر"),
            (FeedKind.LANGUAGE, "id", "Bahasa Indonesia"),
            (FeedKind.LANGUAGE, "x-own", "X-own"),
        ],
    )
    def test_its_title_in_our_words(self, kind: FeedKind, about: str, expected: str) -> None:
        page = draw(site(derived(kind, about, "s")), f"{kind.value}/s/index.html")
        assert seen(page.find(".//h1")) == expected
        assert page.findtext(".//title") == f"{expected} · The Example Courier"

    def test_a_configured_one_has_its_own_title_and_description(self) -> None:
        feed = make_feed(name="h", title="Harbour", path="h", description="What the sea brings")
        page = draw(site(feed), "h/index.html")
        assert seen(page.find(".//h1")) == "Harbour"
        assert seen(by_class(page, "standfirst")[0]) == "What the sea brings"
        assert page.find(".//meta[@name='description']").get("content") == "What the sea brings"

    def test_the_page_of_a_language_speaks_it(self) -> None:
        feed = derived(FeedKind.LANGUAGE, "ar", "ar", *make_entries(1), language="ar")
        page = draw(site(feed), "languages/ar/index.html")
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
        assert seen(page.find(".//h1")) == "العربية"
        assert seen(by_class(page, "label")[0]) == "كيف تتابعنا"

    def test_what_is_in_it(self) -> None:
        tag = draw(site(tides(select=Selection(tags=("tides",)), limit=7)), TIDES)
        assert "The newest 7 articles, in full. Copy" in seen(by_class(tag, "follow")[0])

    def test_the_authors_own_page_elsewhere(self) -> None:
        entries = make_entries(2, authors=(Author(name="MARA", url="https://mara.example/"),))
        page = draw(site(derived(FeedKind.AUTHOR, "Mara", "m", *entries)), "authors/m/index.html")
        assert page.find(".//a[@rel='author']").get("href") == "https://mara.example/"

    def test_one_without_articles_says_so(self) -> None:
        page = draw(site(tides()), TIDES)
        assert seen(by_class(page, "nothing")[0]) == "Nothing has been published here yet."


class TestHowToFollow:
    def test_each_format_rss_first_whatever_order_it_is_configured_in(self) -> None:
        page = draw(site(tides(formats=("json", "atom", "rss"))), TIDES)
        rows = page.findall(".//dl/div")
        assert [(seen(row.find("dt")), seen(row.find("dd/code"))) for row in rows] == [
            ("RSS", f"{SITE_URL}tags/tides/rss.xml"),
            ("Atom", f"{SITE_URL}tags/tides/atom.xml"),
            ("JSON Feed", f"{SITE_URL}tags/tides/feed.json"),
        ]

    def test_readers_by_link_take_the_rss_address(self) -> None:
        page = draw(site(tides()), TIDES)
        links = by_class(page, "readers")[0].findall(".//a")
        address = "https%3A%2F%2Fcourier.example%2Ftags%2Ftides%2Frss.xml"
        assert {seen(link): link.get("href") for link in links} == {
            "Feedly": f"https://feedly.com/i/subscription/feed%2F{address}",
            "Inoreader": f"https://www.inoreader.com/?add_feed={address}",
            "NewsBlur": f"https://www.newsblur.com/?url={address}",
            "The Old Reader": f"https://theoldreader.com/feeds/subscribe?url={address}",
            "Feedbin": f"https://feedbin.com/?subscribe={address}",
            "a feed reader on this device": f"feed:{SITE_URL}tags/tides/rss.xml",
        }

    def test_one_format_is_the_address_and_json_feed_is_offered_to_no_reader(self) -> None:
        page = draw(site(tides(formats=("json",))), TIDES)
        assert "Copy the address into your feed reader." in seen(by_class(page, "follow")[0])
        assert by_class(page, "readers") == []

    def test_an_address_with_a_query_or_another_script_stays_one_value(self) -> None:
        for reader in reader_links("https://x.example/%D8%B9/?a=1&b=2")[:-1]:
            assert reader.href.endswith("https%3A%2F%2Fx.example%2F%25D8%25B9%2F%3Fa%3D1%26b%3D2")

    def test_announces_its_own_feed_first(self) -> None:
        page = draw(site(tides(formats=("atom",))), TIDES)
        assert announced(page) == [
            f"{SITE_URL}tags/tides/atom.xml",
            f"{SITE_URL}rss.xml",
            f"{SITE_URL}atom.xml",
            f"{SITE_URL}feed.json",
        ]

    def test_the_archive_of_a_newsletter_tells_how_to_follow_its_feed(self) -> None:
        feed = derived(FeedKind.NEWSLETTER, "Weekly", "weekly", title="Weekly")
        view = site(feed, newsletters=(make_newsletter(),), issues={"weekly": [make_issue(1)]})
        page = draw(view, "newsletters/weekly/index.html")
        assert seen(page.find(".//dl//code")) == f"{SITE_URL}newsletters/weekly/rss.xml"
        for path in ("newsletters/weekly/index.html", "newsletters/weekly/1/index.html"):
            links = announced(draw(view, path))
            assert links[0] == f"{SITE_URL}newsletters/weekly/rss.xml"
            assert len(links) == len(set(links)) == 6


class TestEntries:
    def test_the_newest_in_full_then_the_others_in_a_list(self) -> None:
        entries = make_entries(9)
        bodies = {entry.body_key: f"<p>{'word ' * 900}</p>" for entry in entries}
        page = draw(site(tides(*entries), bodies=bodies), TIDES)
        wholes = by_class(page, "whole")
        assert [seen(one.find(".//h2")) for one in wholes] == [e.title for e in entries[:3]]
        rows = by_class(page, "entry")
        assert [seen(row.find(".//h3")) for row in rows] == [e.title for e in entries[3:]]

    def test_one_is_in_full_however_long_it_is(self) -> None:
        entries = make_entries(2)
        bodies = {entry.body_key: f"<p>{'word ' * 20_000}</p>" for entry in entries}
        page = draw(site(tides(*entries), bodies=bodies), TIDES)
        assert len(by_class(page, "whole")) == 1
        assert len(by_class(page, "entry")) == 1

    def test_a_feed_of_summaries_has_none_in_full(self) -> None:
        page = draw(site(tides(*make_entries(3), content="summary")), TIDES)
        assert by_class(page, "whole") == []
        assert len(by_class(page, "entry")) == 3

    def test_an_entry_in_full_says_what_its_own_page_says(self) -> None:
        (entry,) = make_entries(
            1,
            section="Harbour",
            picture=Picture(url=f"{SITE_URL}media/boat.jpg", alt="A boat", caption="At dawn"),
            enclosures=(
                Enclosure(url=f"{SITE_URL}media/a.mp3", length=5, media_type="audio/mpeg"),
            ),
            corrections=(Correction(text="It was nine.", when=NEWEST.replace(day=21)),),
            updated=NEWEST.replace(day=21),
        )
        page = draw(site(tides(entry)), TIDES)
        (whole,) = by_class(page, "whole")
        assert seen(by_class(whole, "section")[0]) == "Harbour"
        assert seen(by_class(whole, "standfirst")[0]) == entry.summary
        assert seen(by_class(whole, "byline")[0]) == "By Redaksi Corrected November 21, 2026"
        assert whole.find(".//figure/img").get("src") == "../../media/boat.jpg"
        assert seen(by_class(whole, "corrections")[0]) == (
            "Correction, November 21, 2026: It was nine."
        )
        assert by_class(whole, "attached")[0].find(".//a").get("href") == "../../media/a.mp3"
        assert whole.find(".//h2/a").get("href") == "../../2026/11/20/1/"

    def test_in_another_language_it_says_so(self) -> None:
        page = draw(site(tides(*make_entries(1, language="ar"))), TIDES)
        words = by_class(by_class(page, "whole")[0], "words")[0]
        assert (words.get("lang"), words.get("dir")) == ("ar", "rtl")
        assert {one.get("lang") for one in by_class(words, "byline")[0]} == {"en"}

    def test_headings_stay_below_the_title_and_ids_apart(self) -> None:
        entries = make_entries(2)
        bodies = {
            entry.body_key: '<h1 id="top">A</h1><h3>B</h3><p id="fn">'
            f'<a href="{entry.url}#fn">1</a>'
            f' <a href="{entries[0].url}#fn">other</a></p>'
            for entry in entries
        }
        page = draw(site(tides(*entries), bodies=bodies), TIDES)
        first, second = by_class(page, "body")
        for body in (first, second):
            assert [one.tag for one in body.iter() if re.fullmatch("h[1-6]", one.tag)] == [
                "h3",
                "h5",
            ]
        ids = [one.get("id") for one in page.iter() if one.get("id")]
        assert len(ids) == len(set(ids)) == 5
        assert [a.get("href") for a in first.iter("a")] == ["#e1-fn", "#e1-fn"]
        assert [a.get("href") for a in second.iter("a")] == ["#e2-fn", "../../2026/11/20/2/#fn"]

    def test_is_small(self) -> None:
        summary = "الميناء يحصي ما يتركه المد " * 20
        entries = make_entries(25, summary=summary, title=summary[:90], section="الميناء")
        bodies = {entry.body_key: f"<p>{summary * 3}</p>" for entry in entries}
        feed = derived(FeedKind.LANGUAGE, "ar", "ar", *entries, language="ar")
        made = artifacts(site(feed, bodies=bodies))
        assert len(made["languages/ar/index.html"].render()) < 30_000


class TestOlderEntries:
    def test_are_on_pages_that_stay(self) -> None:
        entries = make_entries(60)
        view = site(tides(*entries))
        first, last = draw(view, TIDES), draw(view, "tags/tides/page/1/index.html")
        assert first.find(".//link[@rel='next']").get("href") == "page/2/"
        assert last.find(".//link[@rel='prev']").get("href") == "../2/"
        assert last.find(".//link[@rel='next']") is None
        assert seen(last.find(".//h1")) == "Tagged “tides”"
        assert last.find(".//h1/a").get("href") == "../../"
        assert last.findtext(".//title") == "Tagged “tides”, page 1 · The Example Courier"
        assert by_class(last, "whole") == by_class(last, "follow") == []
        shown = [
            seen(one.find(".//h3"))
            for n in (2, 1)
            for one in by_class(draw(view, f"tags/tides/page/{n}/index.html"), "entry")
        ]
        assert shown == [entry.title for entry in entries[20:]]

    def test_those_in_archives_follow_by_date(self) -> None:
        entries = make_entries(9)
        parts = (
            make_part(*entries[:3], entries[8]),
            make_part(*entries[3:8], number=1),
        )
        page = draw(site(tides(parts=parts)), TIDES)
        titles = [seen(one) for one in page.iter("h2") if one.get("class") == "title"]
        assert titles == [entry.title for entry in entries]


class TestFingerprints:
    def test_an_edit_touches_the_pages_that_show_it(self) -> None:
        entries = make_entries(30)
        body = (*entries[:29], replace(entries[29], body_key="other"))
        title = (*entries[:29], replace(entries[29], title="Other"))
        newest = (replace(entries[0], body_key="other"), *entries[1:])
        before = site(tides(*entries))
        assert changed(before, site(tides(*body))) == set()
        assert changed(before, site(tides(*title))) == {"tags/tides/page/1/index.html"}
        assert changed(before, site(tides(*newest))) == {TIDES}

    def test_a_new_article_touches_the_first_page_and_the_list_of_feeds(self) -> None:
        entries = make_entries(31)
        assert changed(site(tides(*entries[1:])), site(tides(*entries))) == {
            TIDES,
            "feeds/index.html",
        }

    def test_an_author_who_gets_a_page_touches_what_shows_the_name(self) -> None:
        one, two = make_entries(2)
        one = replace(one, authors=(Author(name="Mara"),))
        mara = derived(FeedKind.AUTHOR, "Mara", "mara", one)
        before = site(tides(one), entries=(one, two))
        assert changed(before, site(tides(one), mara, entries=(one, two))) == {
            "index.html",
            "feeds/index.html",
            "feeds.opml",
            "sitemap.xml",
            "authors/mara/index.html",
            TIDES,
            one.path,
        }

    def test_are_made_without_bodies(self) -> None:
        def refuse(*_: object) -> str:
            raise AssertionError("loaded")

        artifacts(site(tides(*make_entries(3)), load_body=refuse))


class TestLinks:
    def view(self, **changes: Any) -> Any:
        one, two = make_entries(
            2, tags=("Tides", "quiet"), language="id", authors=(Author(name="Mara"),)
        )
        feeds = (
            tides(one, two),
            derived(FeedKind.AUTHOR, "Mara", "mara", one, two),
            derived(FeedKind.LANGUAGE, "id", "id", one, two, language="id"),
            derived(FeedKind.LANGUAGE, "en", "en", language="en"),
        )
        return site(*feeds, entries=(one, two), **changes)

    def test_tags_and_authors_of_an_article_lead_to_their_pages(self) -> None:
        view = self.view()
        path = view.entries[0].path
        page = draw(view, path)
        tags = by_class(page, "tags")[0]
        assert seen(tags) == "Tags: Tides quiet"
        assert [leads_to(path, a.get("href")) for a in tags.iter("a")] == [TIDES]
        author = page.find(".//a[@rel='author']")
        assert leads_to(path, author.get("href")) == "authors/mara/index.html"
        more = by_class(page, "more")[0].find("a")
        assert (seen(more), more.get("lang")) == ("Bahasa Indonesia", "id")
        assert leads_to(path, more.get("href")) == "languages/id/index.html"

    def test_the_structured_data_names_the_authors_page(self) -> None:
        view = self.view()
        data = artifacts(view)[view.entries[0].path].render().decode()
        assert f'"name":"Mara","url":"{SITE_URL}authors/mara/"' in data

    def test_an_article_announces_its_own_feeds_in_one_format_each(self) -> None:
        view = self.view()
        assert announced(draw(view, view.entries[0].path))[3:] == [
            f"{SITE_URL}languages/id/rss.xml",
            f"{SITE_URL}authors/mara/rss.xml",
            f"{SITE_URL}tags/tides/rss.xml",
        ]

    def test_authors_in_lists_lead_to_their_pages_but_not_elsewhere(self) -> None:
        page = draw(self.view())
        assert [a.get("href") for p in by_class(page, "meta") for a in p.iter("a")] == [
            "authors/mara/"
        ] * 2
        elsewhere = make_entries(2, authors=(Author(name="Tom", url="https://tom.example/"),))
        page = draw(make_view(*elsewhere))
        assert [a for p in by_class(page, "meta") for a in p.iter("a")] == []

    def test_names_in_an_issue_are_as_frozen_as_the_issue(self) -> None:
        view = self.view(
            newsletters=(make_newsletter(),),
            issues={"weekly": [make_issue(1, *self.view().entries)]},
        )
        page = draw(view, "newsletters/weekly/1/index.html")
        assert [a for p in by_class(page, "meta") for a in p.iter("a")] == []

    def test_the_front_page_of_a_site_in_several_languages_names_them(self) -> None:
        (row,) = by_class(draw(self.view()), "tongues")
        assert [(seen(a), a.get("href"), a.get("hreflang")) for a in row] == [
            ("Bahasa Indonesia", "languages/id/", "id"),
            ("English", "languages/en/", "en"),
        ]
        only = derived(FeedKind.LANGUAGE, "id", "id", language="id")
        assert by_class(draw(site(only)), "tongues") == []

    def test_every_inner_link_leads_to_a_file(self) -> None:
        view = self.view()
        made = artifacts(view)
        files = made.keys() | {
            f"{feed.spec.path}/{name}".removeprefix("/")
            for feed in view.feeds
            for name in ("rss.xml", "atom.xml", "feed.json")
        }
        for path in made:
            if path.endswith(".html"):
                for element in draw(view, path).iter():
                    href = element.get("href") or ""
                    if href and not re.match(r"[a-z]+:|#", href):
                        assert leads_to(path, href) in files, (path, href)


class TestTheFrontPageAnnounces:
    def test_all_feeds_in_all_formats_when_there_is_room(self) -> None:
        page = draw(site(tides(), derived(FeedKind.AUTHOR, "Mara", "mara")))
        assert announced(page) == [
            f"{SITE_URL}{path}{name}"
            for path in ("", "tags/tides/", "authors/mara/")
            for name in ("rss.xml", "atom.xml", "feed.json")
        ]
        assert page.find(".//link[@rel='outline']").get("href") == "feeds.opml"

    @pytest.mark.parametrize(("count", "expected"), [(59, 3 + 59), (60, 3)])
    def test_fewer_when_there_are_many(self, count: int, expected: int) -> None:
        feeds = [derived(FeedKind.TAG, f"tag {n}", f"tag-{n}") for n in range(count)]
        entries = make_entries(20)
        made = artifacts(site(*feeds, entries=entries))
        assert len(announced(draw(site(*feeds, entries=entries)))) == expected
        assert len(made["index.html"].render()) < 30_000

    def test_none_of_them_on_the_pages_of_older_articles(self) -> None:
        view = site(tides(), entries=make_entries(40))
        assert len(announced(draw(view, "page/1/index.html"))) == 3


class TestTheListOfFeeds:
    def test_groups_those_that_no_one_configured_by_name(self) -> None:
        entries = make_entries(3)
        view = site(
            tides(*entries),
            derived(FeedKind.TAG, "Boats", "boats", formats=("atom",)),
            derived(FeedKind.LANGUAGE, "ar", "ar", language="ar"),
            derived(FeedKind.NEWSLETTER, "Weekly", "weekly", title="Weekly"),
            make_feed(name="harbour", title="Harbour", path="feeds/harbour"),
            newsletters=(make_newsletter(),),
        )
        page = draw(view, "feeds/index.html")
        assert [seen(one) for one in by_class(page, "label")][1:] == [
            "The Example Courier",
            "Harbour",
            "Weekly",
            "Languages",
            "Tags",
        ]
        assert "Every issue of the newsletter, as it comes out." in seen(page)
        languages, tags = by_class(page, "rows")
        assert [seen(one) for one in tags] == ["Boats 0 Atom", "tides 3 RSS Atom JSON Feed"]
        link = languages.find(".//a")
        assert (seen(link), link.get("lang"), link.get("dir")) == ("العربية", "ar", "rtl")
        hrefs = [a.get("href") for a in tags.iter("a")]
        assert hrefs[:3] == ["../tags/boats/", "../tags/boats/atom.xml", "../tags/tides/"]
        opml = page.find(".//a[@type='text/x-opml']")
        assert opml.get("href") == "../feeds.opml"
        assert page.find(".//link[@rel='outline']").get("href") == "../feeds.opml"

    def test_a_thousand_tags_are_names_that_lead_to_their_pages(self) -> None:
        feeds = [derived(FeedKind.TAG, f"tag {n:04}", f"tag-{n}") for n in range(1000)]
        page = draw(site(*feeds), "feeds/index.html")
        (names,) = by_class(page, "names")
        assert len(names) == len(list(names.iter("a"))) == 1000
        assert len(artifacts(site(*feeds))["feeds/index.html"].render()) < 90_000


class TestBodyAsPart:
    def test_what_looks_like_an_attribute_within_a_value_is_none(self) -> None:
        body = '<p title="a id=" lang="en" id="x">id="y" <a href="#x" title="href=">1</a></p>'
        part = as_part(body, url=SITE_URL, prefix="e1-", level=3)
        assert part == body.replace('id="x"', 'id="e1-x"')

    def test_addresses_are_compared_as_they_mean(self) -> None:
        url = f"{SITE_URL}it's/?a=1&b=2"
        body = f'<a href="{url.replace("&", "&amp;")}#fn">1</a><a name="fn">x</a>'
        part = as_part(body, url=url, prefix="e2-", level=3)
        assert part == '<a href="#e2-fn">1</a><a name="e2-fn">x</a>'

    def test_low_headings_stay_and_none_sinks_below_the_sixth(self) -> None:
        def levels(body: str) -> list[str]:
            return re.findall(r"<h(\d)", as_part(body, url=SITE_URL, prefix="", level=3))

        assert levels("<h4>a</h4><h5>b</h5>") == ["4", "5"]
        assert levels("<h1>a</h1><h2>b</h2><h6>c</h6>") == ["3", "4", "6"]

    def test_a_page_shortens_only_addresses(self) -> None:
        body = f'<p title="x src="><img alt="href={SITE_URL}" src="{SITE_URL}a.png"></p>'
        page = for_page(
            body,
            table="Table",
            home=SITE_URL,
            near=lambda url: url.removeprefix(SITE_URL),
            srcset=lambda _: "",
            column=860,
        )
        assert page == f'<p title="x src="><img alt="href={SITE_URL}" src="a.png"></p>'
