"""The page of an article."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model import Author, Correction, Enclosure, ForeignFeed, Picture
from publisher.render.pages.body import for_page, repeats
from publisher.render.pages.press import clip
from publisher.render.structured import news_article
from tests.factories import SITE_URL, make_entry, make_logo
from tests.page_samples import artifacts, by_class, changed, draw, make_entries, make_view, seen

PICTURE = Picture(
    url=f"{SITE_URL}media/boat.jpg?a=1&b=2",
    alt="A boat",
    caption="Boats at dawn",
    credit="Photo: Rina",
    width=1200,
    height=800,
)


PIECES = {
    "Text": "Text",
    "<p>": "<p>",
    "</p>": "</p>",
    f' href="{SITE_URL}x" ': f' href="{SITE_URL}x" ',
    f'="{SITE_URL}': f'="{SITE_URL}',
    f'<a href="{SITE_URL}">x</a>': '<a href="/">x</a>',
    f'<a title="a" href="{SITE_URL}a/#b" id="c">x</a>': '<a title="a" href="/a/#b" id="c">x</a>',
    f'<video src="{SITE_URL}v" poster="{SITE_URL}p" controls="">': (
        '<video src="/v" poster="/p" controls="">'
    ),
    f'<q cite="{SITE_URL}x">': f'<q cite="{SITE_URL}x">',
    f'<img alt=" src=" src="{SITE_URL}m.jpg">': '<img alt=" src=" src="/m.jpg">',
    f'<a title="{SITE_URL}" href="https://a.example/">': (
        f'<a title="{SITE_URL}" href="https://a.example/">'
    ),
}
"""Pieces of bodies, with what a page has for them."""


def draw_article(entry, body="<p>Text.</p>", **changes):
    return draw(make_view(entry, bodies={entry.body_key: body}, **changes), entry.path)


def meta(page, name):
    found = page.find(f".//meta[@property='{name}']")
    return None if found is None else found.get("content")


class TestArticle:
    def test_title_standfirst_authors_and_date(self) -> None:
        authors = (Author(name="Mara", url="https://mara.example/"), Author(name="Tom & Co"))
        page = draw_article(*make_entries(1, authors=authors, section="Harbour"))
        (article,) = page.iter("article")
        assert seen(article.find("header/h1")) == "Article 1"
        assert seen(by_class(article, "standfirst")[0]) == "The summary of article 1."
        assert seen(by_class(article, "byline")[0]) == "By Mara and Tom & Co November 20, 2026"
        assert article.find(".//a[@rel='author']").get("href") == "https://mara.example/"
        assert page.findtext(".//title") == "Article 1 · The Example Courier"

    def test_the_body_stands_as_it_was_given(self) -> None:
        page = draw_article(make_entry(), '<p id="x">One <em>two</em> &amp; three.</p>')
        assert seen(by_class(page, "body")[0]) == "One two & three."
        assert page.find(".//p[@id='x']/em") is not None

    @pytest.mark.parametrize(
        ("later", "expected"),
        [
            (timedelta(0), None),
            (timedelta(hours=3), "Updated 10:00 AM"),
            (timedelta(days=2), "Updated November 22, 2026"),
        ],
    )
    def test_updated_is_shown_when_it_is_true(self, later: timedelta, expected: str | None) -> None:
        (entry,) = make_entries(1)
        page = draw_article(replace(entry, updated=entry.updated + later))
        byline = seen(by_class(page, "byline")[0]).replace("\u202f", " ")
        assert ("Updated" in byline) == (expected is not None)
        assert (expected or "") in byline
        assert (meta(page, "article:modified_time") is not None) == (expected is not None)

    @pytest.mark.parametrize(
        ("days", "updated", "expected"),
        [
            ((2,), 2, "Corrected November 22, 2026"),
            ((1, 3), 3, "Corrected November 23, 2026"),
            ((1,), 5, "Corrected November 21, 2026"),
            ((0,), 0, ""),
            ((0,), 2, "Updated November 22, 2026"),
            ((9,), 2, "Updated November 22, 2026"),
        ],
    )
    def test_corrected_is_said_in_place_of_updated_when_it_is_true(
        self, days: tuple[int, ...], updated: int, expected: str
    ) -> None:
        (entry,) = make_entries(1)
        corrections = tuple(
            Correction(text=f"Note {day}.", when=entry.published + timedelta(days=day))
            for day in days
        )
        page = draw_article(
            replace(
                entry,
                corrections=corrections,
                updated=entry.published + timedelta(days=updated),
            )
        )
        byline = seen(by_class(page, "byline")[0])
        assert byline == f"By Redaksi November 20, 2026 {expected}".strip()
        assert len(by_class(page, "corrections")[0]) == len(days)

    def test_corrections_stand_after_the_text_with_their_dates(self) -> None:
        seen_at = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
        (entry,) = make_entries(1, updated=seen_at)
        page = draw_article(
            replace(entry, corrections=(Correction(text="It was <nine>.", when=seen_at),))
        )
        article = next(page.iter("article"))
        assert [one.get("class") for one in article][-2:] == ["body", "corrections"]
        (note,) = by_class(page, "corrections")
        assert seen(note) == "Correction, November 22, 2026: It was <nine>."
        assert note.find(".//time").get("datetime") == "2026-11-22T03:00:00+07:00"
        data = json.loads(page.findtext(".//script[@type='application/ld+json']"))
        assert data["correction"] == [
            {
                "@type": "CorrectionComment",
                "text": "It was <nine>.",
                "datePublished": "2026-11-21T20:00:00+00:00",
            }
        ]
        assert data["dateModified"] == "2026-11-21T20:00:00+00:00"

    def test_the_lead_picture_with_caption_and_credit(self) -> None:
        page = draw_article(make_entry(picture=PICTURE))
        (figure,) = by_class(page, "opening")
        image = figure.find("img")
        assert image.get("src") == "../../../../media/boat.jpg?a=1&b=2"
        assert (image.get("alt"), image.get("width")) == ("A boat", "1200")
        assert seen(figure.find("figcaption")) == "Boats at dawn Photo: Rina"

    def test_the_lead_picture_is_not_shown_twice(self) -> None:
        body = f'<figure><img src="{SITE_URL}media/boat.jpg?a=1&amp;b=2" alt=""></figure>'
        assert by_class(draw_article(make_entry(picture=PICTURE), body), "opening") == []

    def test_tags_attachments_and_neighbours(self) -> None:
        entries = make_entries(
            3,
            tags=("tides", "boats"),
            enclosures=(
                Enclosure(url=f"{SITE_URL}media/a.mp3", length=5, media_type="audio/mpeg"),
            ),
        )
        page = draw(make_view(*entries), entries[1].path)
        assert seen(by_class(page, "tags")[0]) == "Tags: tides boats"
        assert by_class(page, "attached")[0].find(".//a").get("type") == "audio/mpeg"
        before, after = by_class(page, "beside")[0].findall("a")
        assert (seen(before), before.get("href")) == (
            f"Previous article {entries[2].title}",
            "../../16/1/",
        )
        assert (seen(after), after.get("href")) == (
            f"Next article {entries[0].title}",
            "../../20/3/",
        )

    def test_a_neighbour_that_lives_elsewhere_is_linked_there(self) -> None:
        here, there = make_entries(2)
        page = draw(make_view(here, replace(there, path="", url="https://x.example/")), here.path)
        assert by_class(page, "beside")[0].find("a").get("href") == "https://x.example/"

    def test_in_its_own_language_within_the_page(self) -> None:
        page = draw_article(make_entry(language="ar"))
        (article,) = page.iter("article")
        assert (page.get("lang"), article.get("lang"), article.get("dir")) == ("en", "ar", "rtl")
        assert {one.get("lang") for one in by_class(article, "byline")[0]} == {"en"}
        assert meta(page, "og:locale") == "ar_EG"

    def test_an_expired_article_has_a_page_without_neighbours_and_is_listed_nowhere(self) -> None:
        aged = make_entry(number=9)
        view = make_view(*make_entries(2), aged=(aged,))
        made = artifacts(view)
        assert by_class(draw(view, aged.path), "beside") == []
        assert aged.url.encode() not in made["sitemap.xml"].render()
        assert aged.title.encode() not in made["index.html"].render()

    def test_an_article_that_lives_elsewhere_has_no_page(self) -> None:
        before = artifacts(make_view()).keys()
        assert artifacts(make_view(make_entry(path=""))).keys() == before

    def test_a_page_may_be_a_file_of_its_own_name(self) -> None:
        entry = make_entry(path="about.html", url=f"{SITE_URL}about.html")
        page = draw_article(entry)
        assert page.find(".//p[@class='name']/a").get("href") == "./"


class TestFingerprint:
    def test_holds_neither_what_is_not_shown_of_the_neighbours_nor_of_the_site(self) -> None:
        one, two, three = make_entries(3)
        view = make_view(one, two, three)
        edited = make_view(one, two, replace(three, summary="Other", tags=("new",)))
        assert changed(view, edited) == {"index.html", three.path}
        assert changed(view, make_view(one, two, three, site={"description": "x"})) == {
            "index.html"
        }

    @given(
        st.fixed_dictionaries(
            {
                "title": st.text(min_size=1, max_size=9),
                "summary": st.text(max_size=9),
                "tags": st.lists(st.text("ab", min_size=1), max_size=2).map(tuple),
                "section": st.text("ab", max_size=2),
            }
        )
    )
    def test_any_text_makes_a_page(self, values) -> None:
        entry = make_entry(**values)
        text = artifacts(make_view(entry))[entry.path].render().decode()
        assert text.endswith("</html>\n")
        assert "<script>" not in text


class TestStructuredData:
    def article(self, **changes):
        entry = make_entry(**changes)
        page = draw_article(entry, logo=make_logo(path="media/logo.png"))
        return json.loads(page.findtext(".//script[@type='application/ld+json']"))

    def test_says_what_the_page_says(self) -> None:
        data = self.article(
            authors=(Author(name="Mara", url="https://mara.example/"),),
            picture=PICTURE,
            tags=("tides",),
            section="Harbour",
        )
        assert data == {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": "Article 1",
            "description": "The summary of article 1.",
            "url": f"{SITE_URL}2026/11/01/1/",
            "mainEntityOfPage": f"{SITE_URL}2026/11/01/1/",
            "datePublished": "2026-11-01T09:00:00+00:00",
            "dateModified": "2026-11-01T09:00:00+00:00",
            "author": [{"@type": "Person", "name": "Mara", "url": "https://mara.example/"}],
            "publisher": {
                "@type": "Organization",
                "name": "The Example Courier",
                "url": SITE_URL,
                "logo": f"{SITE_URL}media/logo.png",
            },
            "image": [PICTURE.url],
            "inLanguage": "en",
            "articleSection": "Harbour",
            "keywords": ["tides"],
        }

    @pytest.mark.parametrize(
        ("feed", "origin"),
        [
            (
                ForeignFeed(id="tag:f.example,2026:1", title="Friends", url="https://f.example/"),
                {"@type": "WebSite", "name": "Friends", "url": "https://f.example/"},
            ),
            (
                ForeignFeed(id="tag:f.example,2026:1", title="Friends"),
                {"@type": "WebSite", "name": "Friends"},
            ),
            (None, None),
        ],
    )
    def test_it_names_the_feed_of_others_that_an_article_is_from(
        self, feed: ForeignFeed | None, origin: object
    ) -> None:
        data = self.article(foreign=feed)
        assert data.get("isBasedOn") == origin
        assert data["publisher"]["name"] == "The Example Courier", "whose page it is"

    @given(st.text())
    def test_no_text_leaves_the_script(self, title: str) -> None:
        text = news_article(
            make_entry(title=title + "</script><!--"),
            site="x",
            site_url=SITE_URL,
            logo_url="",
            language=None,
        )
        assert "<" not in text
        assert json.loads(text)["headline"] == title + "</script><!--"

    def test_open_graph(self) -> None:
        page = draw_article(make_entry(picture=PICTURE, tags=("a", "b"), section="Harbour"))
        assert meta(page, "og:type") == "article"
        assert meta(page, "og:url") == f"{SITE_URL}2026/11/01/1/"
        assert meta(page, "og:image") == PICTURE.url
        assert meta(page, "og:image:alt") == "A boat"
        assert meta(page, "article:section") == "Harbour"
        assert len(page.findall(".//meta[@property='article:tag']")) == 2
        assert page.find(".//link[@rel='canonical']").get("href") == f"{SITE_URL}2026/11/01/1/"


class TestBody:
    @pytest.mark.parametrize(
        ("body", "summary", "expected"),
        [
            ("<p>The tide is out. More.</p>", "The tide is out.", True),
            ("<p>The <em>tide</em> is&nbsp;out,\n and in</p>", "The tide is out…", True),
            ("<p>JAKARTA, Courier - The tide is out.</p>", "The tide is out.", True),
            (
                "<figure><img><figcaption>x</figcaption></figure><p>Tide &amp; sea</p>",
                "Tide & sea",
                True,
            ),
            ("<h2>Tides</h2><p>The tide is out.</p>", "The tide is out.", True),
            ("<p>One</p><p>Two</p>", "One Two", True),
            ("<p>The tide is out.</p>", "A note on water.", False),
            (f"<p>{'word ' * 100}The tide is out.</p>", "The tide is out.", False),
            (f"<p>{'<b></b>' * 200}The tide is out.</p>", "The tide is out.", True),
            (f"<p>{'x ' * 20}</p><pre>{'y ' * 900}</pre><p>The tide</p>", "The tide", True),
            (f"<figure><figure>a</figure>{'b ' * 900}</figure><p>Tide</p>", "Tide", False),
            ("", "The tide is out.", False),
            ("<p>Text</p>", "", True),
        ],
    )
    def test_whether_the_text_repeats_the_summary(
        self, body: str, summary: str, expected: bool
    ) -> None:
        assert repeats(body, summary) is expected

    def test_tables_scroll_in_a_named_box_and_code_is_reached_by_key(self) -> None:
        body = '<table class="a"><tr><td><table></table></td></tr></table><pre class="b">x</pre>'
        page = for_page(
            body, table='A "table"', home=SITE_URL, near=str, srcset=lambda _: "", column=860
        )
        assert page.count('<div class="scroll"') == page.count("</table></div>") == 2
        assert 'aria-label="A &#34;table&#34;"><table class="a">' in page
        assert '<pre tabindex="0" class="b">' in page

    @given(st.lists(st.sampled_from(sorted(PIECES))))
    def test_addresses_are_shortened_wherever_they_stand(self, body: list[str]) -> None:
        shown = for_page(
            "".join(body),
            table="",
            home=SITE_URL,
            near=lambda url: url.replace(SITE_URL, "/"),
            srcset=None,
            column=860,
        )
        assert shown == "".join(PIECES[one] for one in body)

    def test_our_own_addresses_are_relative_and_the_others_stay(self) -> None:
        entry = make_entry()
        body = (
            f'<p><a href="{entry.url}#fn-1" id="x">1</a> <a href="{SITE_URL}a/?b=1&amp;c=2">a</a>'
            f' <a href="https://elsewhere.example/">b</a>'
            f' <img alt="{SITE_URL}" src="{SITE_URL}m.jpg">'
            f' src="{SITE_URL}"</p>'
        )
        page = draw_article(entry, body)
        (text,) = by_class(page, "body")
        links = [a.get("href") for a in text.iter("a")]
        assert links == ["#fn-1", "../../../../a/?b=1&c=2", "https://elsewhere.example/"]
        image = text.find(".//img")
        assert (image.get("src"), image.get("alt")) == ("../../../../m.jpg", SITE_URL)
        assert seen(text).endswith(f'src="{SITE_URL}"')


@given(st.text(), st.integers(1, 50))
def test_clipped_text_is_short_and_a_beginning(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))
