"""Whose an article of somebody else is: said on pages, in lists and in mails, safely."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Author, Entry, ForeignFeed
from publisher.preflight import check_issue
from publisher.render.attribution import LONGEST, find_attribution, words_around
from publisher.render.words import make_words
from tests.factories import make_entry, make_newsletter
from tests.mail_samples import CATALOGUES, blocks, make_digest, parse
from tests.mail_samples import draw as draw_mail
from tests.page_samples import artifacts, by_class, changed, draw, make_view, seen
from tests.preflight_samples import ENTRIES, make_proof

ANN = (Author(name="Ann Lee"),)
HOME = "https://friends.example/"


def feed(title: str = "Friends’ Blog", url: str = HOME, **told: object) -> ForeignFeed:
    values = {"id": "tag:friends.example,2026:feed", "feed_url": f"{HOME}atom.xml"} | told
    return ForeignFeed(title=title, url=url, **values)


def foreign(title: str = "Friends’ Blog", url: str = HOME, /, **changes: object) -> Entry:
    told = {"authors": ANN, "url": f"{HOME}1", "path": ""} | changes
    return make_entry(foreign=feed(title, url), **told)


def name_of(title: str, url: str = HOME, **told: object) -> str:
    found = find_attribution(make_entry(foreign=feed(title, url, **told)))
    assert found is not None
    return found.name


def linked(element: Element) -> list[tuple[str, str | None]]:
    return [(seen(a), a.get("href")) for a in element.iter("a")]


class TestName:
    def test_an_article_of_our_own_is_nobody_elses(self) -> None:
        assert find_attribution(make_entry()) is None

    @pytest.mark.parametrize(
        ("title", "name"),
        [
            ("  Friends’\n Blog ", "Friends’ Blog"),
            ("", "friends.example"),
            ("\u200b \u2060", "friends.example"),
            ("https://www.other.example/feed?x=1", "friends.example"),
            ("\u202egolB\u202c \u2066Friends", "golB Friends"),
            ("Fri\u00adends\x00", "Friends"),
            ("👩\u200d🚀 می\u200cنویسم", "👩\u200d🚀 می\u200cنویسم"),
        ],
    )
    def test_it_is_the_title_or_the_host(self, title: str, name: str) -> None:
        assert name_of(title) == name

    def test_the_host_is_that_of_what_is_known(self) -> None:
        assert name_of("", "", feed_url="https://www.feeds.example/a") == "feeds.example"
        assert name_of("https://b.example/", "", feed_url="") == "b.example"
        entry = foreign("", "", url="https://where.example/1")
        bare = replace(entry, foreign=feed("", "", feed_url=""))
        assert find_attribution(bare).name == "where.example"
        assert find_attribution(replace(bare, url="urn:x:1")) is None

    @pytest.mark.parametrize(
        ("title", "url", "is_linked"),
        [
            ("Friends", HOME, True),
            ("Friends", "http://friends.example/", True),
            ("friends.org", "https://www.friends.org/", True),
            ("friends.org", "https://elsewhere.example/", False),
            ("friends.o\u200drg", "https://elsewhere.example/", False),
            ("Node.js", "https://node.example/", True),
            ("Friends", "https://friends.org@elsewhere.example/", False),
            ("Friends", "javascript:alert(1)", False),
            ("Friends", "", False),
        ],
    )
    def test_only_an_honest_address_is_linked(self, title: str, url: str, is_linked: bool) -> None:
        assert bool(find_attribution(foreign(title, url)).url) is is_linked

    def test_one_who_is_called_as_the_feed_is_is_named_once(self) -> None:
        assert find_attribution(foreign("ann lee")).authors == ()
        both = (*ANN, Author(name="Bo"))
        assert find_attribution(foreign("Ann Lee", authors=both)).authors == both

    @given(st.text(max_size=40), st.text(max_size=40))
    def test_any_title_and_address(self, title: str, url: str) -> None:
        found = find_attribution(foreign(title, url))
        assert found is not None
        assert found.name
        assert not re.search(r"[\x00-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", found.name)
        assert found.url in ("", url)


class TestWords:
    @pytest.mark.parametrize("language", sorted(CATALOGUES))
    def test_each_language_says_it_around_the_name(self, language: str) -> None:
        around = words_around(make_words(language, CATALOGUES))
        assert around.before.strip()
        assert around.opening[1:] == around.before[1:]
        assert "%" not in around.before + around.after


class TestPages:
    def test_a_list_names_the_feed_beside_the_author(self) -> None:
        page = draw(make_view(make_entry(), foreign(number=2)))
        (own, its) = by_class(page, "meta")
        assert linked(own) == []
        assert " ".join(seen(its).split()) == "Ann Lee from Friends’ Blog"
        assert linked(its) == [("Friends’ Blog", HOME)]
        assert its.find(".//a/bdi") is not None

    def test_the_leading_article_too(self) -> None:
        (its,) = by_class(draw(make_view(foreign())), "meta")
        assert seen(its).split()[:5] == ["Ann", "Lee", "from", "Friends’", "Blog"]

    def test_alone_it_begins_with_a_capital(self) -> None:
        (its,) = by_class(draw(make_view(foreign(authors=()))), "meta")
        assert seen(its).strip().startswith("From Friends’ Blog")

    def test_a_page_of_its_own_says_it(self) -> None:
        entry = replace(foreign(), path="2026/11/01/1/index.html")
        page = draw(make_view(entry), entry.path)
        (byline,) = by_class(page, "byline")
        assert "By Ann Lee from Friends’ Blog" in " ".join(seen(byline).split())
        assert linked(byline) == [("Friends’ Blog", HOME)]

    def test_what_it_shows_decides_whether_a_list_is_drawn_again(self) -> None:
        entry = foreign()
        again = replace(feed(), updated=datetime(2026, 11, 9, tzinfo=UTC), rights="CC BY")
        other = replace(feed(), title="Another")
        before = make_view(entry)
        assert "index.html" not in changed(before, make_view(replace(entry, foreign=again)))
        assert "index.html" in changed(before, make_view(replace(entry, foreign=other)))

    @pytest.mark.parametrize(
        "title", ['<script>alert(1)</script>"', "&lt;b>&amp;", "{{ 7 * 7 }}", "{0} {name} %(feed)s"]
    )
    def test_a_hostile_title_is_text(self, title: str) -> None:
        page = draw(make_view(foreign(title)))
        (its,) = by_class(page, "meta")
        assert title in seen(its)
        assert not its.findall(".//script")

    def test_a_long_title_is_cut(self) -> None:
        (its,) = by_class(draw(make_view(foreign("slow tides " * 30))), "meta")
        ((shown, _),) = linked(its)
        assert len(shown) <= LONGEST
        assert shown.endswith("…")

    def test_many_of_them_keep_the_front_page_small(self) -> None:
        entries = [
            foreign("A Chronicle of Slow Tides and of Ferries that Wait", number=n, id=f"tag:{n}")
            for n in range(200)
        ]
        view = make_view(*entries)
        assert len(artifacts(view)["index.html"].render()) < 30_000


class TestMails:
    def meta(self, entry: Entry, **changes: object) -> Element:
        (block,) = blocks(parse(draw_mail(make_digest(entry), **changes).html))
        return block.find("p")

    def test_a_digest_says_it_between_author_and_date(self) -> None:
        drawn = draw_mail(make_digest(foreign()))
        assert "Ann Lee · from Friends’ Blog · November 1\n" in drawn.text
        meta = self.meta(foreign())
        assert seen(meta) == "Ann Lee · from Friends’ Blog · November 1"
        assert linked(meta) == [("Friends’ Blog", HOME)]

    def test_alone_it_begins_with_a_capital(self) -> None:
        drawn = draw_mail(make_digest(foreign("Ann Lee")))
        assert "\nFrom Ann Lee · November 1\n" in drawn.text
        assert seen(self.meta(foreign("Ann Lee"))) == "From Ann Lee · November 1"

    def test_headlines_and_whole_articles_say_it_too(self) -> None:
        assert (
            seen(self.meta(foreign(), newsletter=make_newsletter(template="briefing")))
            == "From Friends’ Blog · November 1"
        )
        drawn = draw_mail(make_digest(foreign()), newsletter=make_newsletter(template="briefing"))
        assert "\nFrom Friends’ Blog · November 1\n" in drawn.text
        drawn = draw_mail(make_digest(foreign()), newsletter=make_newsletter(template="single"))
        assert "Ann Lee · from Friends’ Blog · November 1\n" in drawn.text

    def test_in_arabic_each_name_keeps_its_direction(self) -> None:
        meta = self.meta(foreign(language="en"), language="ar")
        assert seen(meta).startswith("Ann Lee · نقلًا عن Friends’ Blog · ")
        assert meta.find(".//a/bdi") is not None

    @pytest.mark.parametrize(
        ("title", "url"),
        [
            ("Friends", "http://friends.example/"),
            ("Friends", "https://localhost/blog"),
            ("Friends", "https://intranet/blog"),
            ("Friends", "https://127.0.0.1/blog"),
            ("Friends", "https://bit.ly/xyz"),
            ("Friends", f"{HOME}?utm_source=rss"),
            ("Friends", "https://a:b@friends.example/"),
            ("Friends", "https://reader.invalid/unsubscribe"),
            ("bank.com", HOME),
            ("Here", HOME),
            ("!!!", HOME),
        ],
    )
    def test_no_address_that_a_check_would_mind_is_linked(self, title: str, url: str) -> None:
        entry = foreign(title, url)
        assert linked(self.meta(entry)) == []
        assert title in draw_mail(make_digest(entry)).text

    @pytest.mark.parametrize("template", ["digest", "briefing", "single"])
    def test_a_mail_with_them_passes_every_check(self, template: str) -> None:
        titles = ["Friends’ Blog", "مدوّنة الميناء!", "", "bank.com", "More", "slow " * 50]
        entries = [
            foreign(t, id=f"tag:{n}", url=f"{HOME}{n}", title=f"The tide at pier {n}")
            for n, t in enumerate(titles)
        ]
        digest = make_digest(*ENTRIES, *entries)
        drawn = draw_mail(digest, newsletter=make_newsletter(template=template))
        proof = make_proof(digest, html=lambda _: drawn.html, text=lambda _: drawn.text)
        assert [str(finding) for finding in check_issue(proof)] == []
