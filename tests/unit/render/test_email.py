"""The mail of an issue, read as a mail program and as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from publisher.config import SiteSpec, ThemeSpec
from publisher.errors import TemplateError
from publisher.links.pictures import picture_addresses, with_picture_addresses
from publisher.links.readers import PREFERENCES, UNSUBSCRIBE
from publisher.model import Author, DigestSection, Note, Picture
from publisher.palette import make_palette
from publisher.render.email import HTML_LIMIT
from publisher.render.environment import make_environment
from publisher.render.mail.rows import Detail
from publisher.render.mail.sample import sample_sheets
from tests.factories import SITE_URL, make_entry, make_newsletter
from tests.mail_samples import (
    ROOT,
    blocks,
    draw,
    draw_entries,
    environment,
    filled_size,
    mail_templates,
    make_digest,
    parse,
    seen,
)

WEB = f"{SITE_URL}newsletters/weekly/12/"
PICTURE = Picture(url=f"{SITE_URL}media/boat.jpg", alt="A boat", width=1200, height=675)


def hrefs(html: str) -> list[str]:
    return [a.get("href") for a in parse(html).iter("a")]


def titles(html: str) -> list[str]:
    return [seen(h2) for h2 in parse(html).iter("h2")]


class TestHtml:
    def test_says_what_it_is(self) -> None:
        page = parse(draw().html)
        article = page.find(".//div[@role='article']")
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        assert article.get("aria-label") == page.findtext(".//title")
        assert page.findtext(".//title") == "The Weekly Courier · Issue 12"
        assert [seen(h1) for h1 in page.iter("h1")] == ["The Weekly Courier"]
        assert "Issue 12 · November 23, 2026" in seen(page)

    def test_each_entry_is_a_heading_with_a_link_a_line_about_it_and_its_summary(self) -> None:
        authors = (Author(name="Mara"), Author(name="Tom"))
        page = parse(draw_entries(make_entry(section="Harbour", authors=authors)).html)
        (block,) = blocks(page)
        link = block.find("h2/a")
        about, summary = block.findall("p")
        assert (link.text, link.get("href")) == ("Article 1", f"{SITE_URL}2026/11/01/1/")
        assert seen(about) == "Mara and Tom · November 1 · Harbour"
        assert seen(summary) == "The summary of article 1."

    def test_an_entry_does_not_say_again_which_section_it_stands_under(self) -> None:
        entries = make_entry(section="Harbour"), make_entry(number=2, section="Pier")
        sections = (DigestSection(title="Harbour", size=2),)
        rendered = draw(make_digest(*entries, sections=sections))
        about = [seen(p) for p in parse(rendered.html).iter("p") if "Redaksi" in seen(p)]
        assert about == ["Redaksi · November 1", "Redaksi · November 1 · Pier"]
        assert "Article 1\nRedaksi · November 1\n" in rendered.text

    def test_no_level_of_headings_is_missing(self) -> None:
        note = Note(html="<h3>Before all</h3><p>Text</p>", file="next.md", mark="")
        digest = make_digest(note=note, sections=(DigestSection(title="Harbour", size=1),))
        page = parse(
            draw(
                digest,
                newsletter=make_newsletter(template="single"),
                load_body=lambda _entry: "<h3>In it</h3><h5>Deeper</h5>",
            ).html
        )
        headings = [
            (e.tag, seen(e)) for e in page.iter() if e.tag in ("h1", "h2", "h3", "h4", "h5")
        ]
        assert headings == [
            ("h1", "The Weekly Courier"),
            ("h2", "Before all"),
            ("h2", "Harbour"),
            ("h3", "Article 1"),
            ("h4", "In it"),
            ("h5", "Deeper"),
        ]

    def test_a_strict_parser_reads_every_template(self) -> None:
        sheets = list(sample_sheets(environment()))
        assert {sheet.html_template for sheet in sheets} == {
            f"email/{name}.mjml" for name in ("digest", "briefing", "single")
        }
        for sheet in sheets:
            assert parse(sheet.html(sheet.rows(Detail()))).find(".//h1") is not None

    def test_footer_says_why_from_whom_where_and_how_to_leave(self) -> None:
        html = draw().html
        shown = seen(parse(html))
        assert "You receive The Weekly Courier because you subscribed to it." in shown
        assert parse(html).findall(".//bdi")[-1].text == "1 Pier Road, Example Harbour"
        assert hrefs(html)[-3:] == [WEB, PREFERENCES, UNSUBSCRIBE]

    def test_fetches_nothing_but_pictures(self) -> None:
        html = draw_entries(make_entry(picture=PICTURE)).html
        page = parse(html)
        assert not page.findall(".//link") + page.findall(".//script")
        assert "@import" not in html
        assert "url(" not in html

    def test_preheader_is_hidden_and_padded(self) -> None:
        page = parse(draw().html)
        first = page.find(".//div[@role='article']/div")
        assert first.text.startswith("What else there is\u034f\u200c\u00a0")
        assert "display:none" in first.get("style")

    def test_without_a_preheader_there_is_no_hidden_text(self) -> None:
        assert "display:none" not in draw(make_digest(preheader="")).html

    def test_dark_colours_outweigh_those_of_the_attributes(self) -> None:
        html = draw().html
        assert '<meta name="color-scheme" content="light dark" />' in html
        rules = html.partition("@media (prefers-color-scheme: dark)")[2].partition("</style>")[0]
        colours = [line for line in rules.splitlines() if "color" in line]
        assert colours
        assert all("!important" in line for line in colours)

    def test_face_follows_the_site(self) -> None:
        serif = draw(site=SiteSpec(title="C", url=SITE_URL, theme=ThemeSpec(fonts="serif")))
        sans = draw(site=SiteSpec(title="C", url=SITE_URL, theme=ThemeSpec(fonts="sans")))
        assert "Charter" in serif.html
        assert "Charter" not in sans.html

    def test_is_small(self) -> None:
        entries = [
            make_entry(number=n, section="Harbour", summary="word " * 60) for n in range(1, 31)
        ]
        size = len(draw_entries(*entries).html.encode())
        assert size < 45_000
        assert (size - len(draw_entries(*entries[:1]).html.encode())) / 29 < 1_200

    def test_a_date_of_another_year_names_it(self) -> None:
        when = make_entry().published.replace(year=2021)
        assert "November 1, 2021" in draw_entries(make_entry(published=when)).html


class TestPictures:
    def images(self, *entries: object, **changes: object) -> list[dict[str, str]]:
        page = parse(draw_entries(*entries, **changes).html)
        return [dict(img.attrib) for img in page.iter("img")]

    def test_only_the_first_entry_has_one(self) -> None:
        entries = [make_entry(number=n, picture=PICTURE) for n in (1, 2)]
        (image,) = self.images(*entries)
        assert (image["src"], image["alt"], image["width"]) == (PICTURE.url, "A boat", "552")

    def test_a_narrow_one_keeps_its_width(self) -> None:
        (image,) = self.images(make_entry(picture=replace(PICTURE, width=320)))
        assert image["width"] == "320"

    @pytest.mark.parametrize(
        ("size", "shown"),
        [((1200, 675), ("552", "310")), ((300, 400), ("300", "400")), ((0, 0), ("552", None))],
    )
    def test_its_place_is_kept_free(
        self, size: tuple[int, int], shown: tuple[str, str | None]
    ) -> None:
        picture = replace(PICTURE, width=size[0], height=size[1])
        (image,) = self.images(make_entry(picture=picture))
        assert (image["width"], image.get("height")) == shown
        assert "height:auto" in image["style"]  # where the width gives way, on a phone

    def test_alt_is_there_even_when_empty(self) -> None:
        (image,) = self.images(make_entry(picture=replace(PICTURE, alt="")))
        assert image["alt"] == ""

    @pytest.mark.parametrize(
        "changes",
        [
            {"media_type": "image/webp"},
            {"url": f"{SITE_URL}boat.svg"},
            {"url": f"{SITE_URL}boat"},
            {"url": "data:image/png;base64,AAAA", "media_type": "image/png"},
            {"url": "http://[bad/boat.png"},
        ],
    )
    def test_what_some_mail_programs_cannot_show_is_left_out(self, changes: dict[str, str]) -> None:
        assert self.images(make_entry(picture=replace(PICTURE, **changes))) == []


class TestLanguages:
    def test_an_entry_in_another_language_says_so_and_turns(self) -> None:
        page = parse(draw_entries(make_entry(), make_entry(number=2, language="ar")).html)
        own, foreign = blocks(page)
        assert (own.get("lang"), own.get("dir")) == (None, None)
        assert (foreign.get("lang"), foreign.get("dir")) == ("ar", "rtl")
        assert "text-align:right" in foreign.get("style")
        assert foreign.find("p").get("lang") == "en"

    def test_a_newsletter_from_right_to_left(self) -> None:
        page = parse(draw(language="ar").html)
        assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
        assert "direction:ltr" not in draw(language="ar").html
        assert "العدد 12" in page.findtext(".//title")

    @pytest.mark.parametrize("language", ["en", "id", "ar"])
    def test_every_sentence_is_translated(self, language: str) -> None:
        english = {
            "Unsubscribe",
            "Read this issue on the web",
            "Change your subscription",
            "You receive The Weekly Courier because you subscribed to it.",
        }
        shown = draw(language=language).text
        assert [word in shown for word in english] == [language == "en"] * len(english)

    @pytest.mark.parametrize(
        ("language", "count", "expected"),
        [
            ("en", 1, "and 1 more article on the web"),
            ("en", 1_200, "and 1,200 more articles on the web"),
            ("id", 3, "dan 3 artikel lagi di web"),
            ("ar", 2, "ومقالان آخران على الموقع"),
            ("ar", 11, "و11 مقالًا آخر على الموقع"),
        ],
    )
    def test_what_had_no_room_is_counted_and_linked(
        self, language: str, count: int, expected: str
    ) -> None:
        rendered = draw(make_digest(overflow=(make_entry(),) * count), language=language)
        (link,) = [a for a in parse(rendered.html).iter("a") if seen(a) == expected]
        assert link.get("href") == WEB
        assert f"{expected}\n{WEB}\n" in rendered.text

    def test_a_tag_that_is_none_declares_nothing(self) -> None:
        page = parse(draw_entries(make_entry(language='x" onload="y')).html)
        assert [block.get("lang") for block in blocks(page)] == [None]


class TestHostileText:
    @pytest.mark.parametrize(
        "text",
        [
            "👩‍👩‍👧‍👦 family",
            "हिन्दी में",
            "Cafe\u0301 au lait",
            "soft\u00adhyphen and\u00a0space",
            "She said \"yes\" & 'no' <b>x</b>",
            "back\\slash \\u{200d} \\n",
            "{{ entry.title }} {% include 'x' %} {# no #}",
            "<mj-include path='x'/><mj-text>",
            "</a></h2></mj-text></mj-column>",
            "<!-- comment --> ]]> <![CDATA[ x ]]>",
            "&amp; &#60; &nbsp; %(count)s %s",
            "مرحبا \u202eabc\u202c \u2067x\u2069",
            "日本語の見出し、とても長い。",
        ],
    )
    def test_is_shown_as_written(self, text: str) -> None:
        picture = replace(PICTURE, alt=text)
        entry = make_entry(
            title=text, summary=text, section=text, authors=(Author(name=text),), picture=picture
        )
        rendered = draw(make_digest(entry, preheader=text, subject=text))
        page = parse(rendered.html)
        about, summary = blocks(page)[0].findall("p")
        assert page.findtext(".//h2/a") == text
        assert summary.text == text
        assert [bdi.text for bdi in about] == [text, "November 1", text]
        assert page.find(".//img").get("alt") == text
        assert rendered.subject == text
        assert " ".join(rendered.text.split()).count(" ".join(text.split())) >= 2
        assert "<mj-" not in rendered.html
        assert "{{" not in rendered.html

    def test_controls_and_line_breaks_become_one_clean_line(self) -> None:
        title = "One\r\ntwo\x00\x0b \ud800three\ufffe\U0001ffff\u2028four"
        rendered = draw_entries(make_entry(title=title))
        assert titles(rendered.html) == ["One two three four"]
        assert "\nOne two three four\n" in rendered.text

    def test_a_placeholder_in_a_title_is_not_the_readers(self) -> None:
        rendered = draw_entries(make_entry(title=UNSUBSCRIBE, url=f"{UNSUBSCRIBE}?x"))
        assert (rendered.html.count(UNSUBSCRIBE), rendered.text.count(UNSUBSCRIBE)) == (1, 1)

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            (
                "https://x.example/a b/é?q=<\"'>&r=%zz%41",
                "https://x.example/a%20b/%C3%A9?q=%3C%22'%3E&r=%25zz%41",
            ),
            ("https://bücher.example/#ü", "https://xn--bcher-kva.example/#%C3%BC"),
            ("javascript:alert(1)", WEB),
            ("https://x.example/" + "a" * 3000, WEB),
            ("http://[bad/", WEB),
        ],
    )
    def test_addresses_are_such_that_every_program_takes(self, url: str, expected: str) -> None:
        rendered = draw_entries(make_entry(url=url))
        assert hrefs(rendered.html)[0] == expected
        assert f"\n{expected}\n" in rendered.text


class TestSize:
    def shapes(self, count: int, **changes: object) -> tuple[int, int, int, bool]:
        """Entries, characters of the longest summary and title, and whether there is a picture."""
        entries = [make_entry(number=n, **changes) for n in range(1, count + 1)]
        entries[0] = replace(entries[0], picture=replace(PICTURE, alt="A boat. " * 50))
        rendered = draw_entries(*entries)
        assert filled_size(rendered) <= HTML_LIMIT
        page = parse(rendered.html)
        shown = blocks(page)
        summaries = [seen(p) for block in shown for p in block.findall("p")[1:]]
        longest = max((len(summary) for summary in summaries), default=0)
        assert [seen(a) for a in page.iter("a")][-1] == "Unsubscribe"
        return (
            len(shown),
            longest,
            max(len(title) for title in titles(rendered.html)),
            bool(page.findall(".//img")),
        )

    def test_gives_up_summaries_then_the_picture_then_long_titles_then_entries(self) -> None:
        summary = "word " * 100
        assert self.shapes(80, summary=summary) == (80, 180, 10, True)
        assert self.shapes(102, summary=summary) == (102, 90, 11, True)
        assert self.shapes(115, summary=summary) == (115, 0, 11, True)
        shapes = ((n, self.shapes(n, summary=summary)) for n in range(124, 140))
        most, shape = next(found for found in shapes if not found[1][3])
        assert shape == (most, 0, 11, False)
        count, longest, _, pictured = self.shapes(200, summary=summary)
        assert (longest, pictured) == (0, False)
        assert 110 < count < 200
        assert self.shapes(30, summary=summary, title="word " * 1000)[:3] == (30, 0, 120)

    def test_what_was_cut_is_counted_in_both_parts(self) -> None:
        entries = [make_entry(number=n) for n in range(1, 201)]
        rendered = draw(make_digest(*entries, overflow=(make_entry(),) * 7))
        shown = titles(rendered.html)
        line = f"and {207 - len(shown)} more articles on the web"
        assert line in seen(parse(rendered.html))
        assert line in rendered.text
        assert rendered.text.count("\nArticle ") == len(shown)

    def test_long_links_of_readers_count(self) -> None:
        mail_url = "https://courier.example/" + "a" * 1500 + "/"
        entries = [make_entry(number=n) for n in range(1, 201)]
        assert filled_size(draw_entries(*entries, mail_url=mail_url), mail_url) <= HTML_LIMIT

    def test_a_frame_that_alone_is_too_large_is_refused(self) -> None:
        with pytest.raises(TemplateError, match="without any entry has") as caught:
            draw(newsletter=make_newsletter(postal_address="x" * 100_000))
        assert caught.value.mend


class TestText:
    def test_reads_like_a_letter(self) -> None:
        entry = make_entry(section="Harbour", summary="The night ferry is back. " * 6)
        assert draw(make_digest(entry, overflow=(entry,))).text == (
            "The Weekly Courier\n"
            "Issue 12 · November 23, 2026\n"
            "\n"
            f"{'-' * 72}\n"
            "\n"
            "Article 1\n"
            "Redaksi · November 1 · Harbour\n"
            "\n"
            "The night ferry is back. The night ferry is back. The night ferry is\n"
            "back. The night ferry is back. The night ferry is back. The night ferry\n"
            "is back.\n"
            "\n"
            "https://courier.example/2026/11/01/1/\n"
            "\n"
            "\n"
            "and 1 more article on the web\n"
            f"{WEB}\n"
            "\n"
            "\n"
            f"{'-' * 72}\n"
            "\n"
            "You receive The Weekly Courier because you subscribed to it.\n"
            "1 Pier Road, Example Harbour\n"
            "\n"
            "Read this issue on the web\n"
            f"{WEB}\n"
            "\n"
            "Change your subscription\n"
            f"{PREFERENCES}\n"
            "\n"
            "Unsubscribe\n"
            f"{UNSUBSCRIBE}\n"
        )

    def test_a_long_address_stays_on_one_line(self) -> None:
        url = f"{SITE_URL}{'long-' * 40}address/"
        assert f"\n{url}\n" in draw_entries(make_entry(url=url)).text


class TestTemplatesOfASite:
    def draw_with(self, name: str, text: str) -> None:
        draw(environment=make_environment(mail_templates() | {name: text}))

    def test_html_without_a_way_to_leave_is_refused(self) -> None:
        with pytest.raises(TemplateError, match=r"templates/email/digest\.mjml: .*unsubscribe"):
            self.draw_with("email/_footer.mjml", "")

    @pytest.mark.parametrize("lost", ["links.unsubscribe", "newsletter.postal_address"])
    def test_text_without_what_laws_ask_is_refused(self, lost: str) -> None:
        text = mail_templates()["email/_layout.txt"].replace(lost, "number")
        with pytest.raises(TemplateError, match=lost):
            self.draw_with("email/_layout.txt", text)

    def test_mjml_that_is_not_well_formed_is_refused_with_its_name(self) -> None:
        with pytest.raises(TemplateError, match=r"templates/email/digest\.mjml: MRML refuses"):
            self.draw_with("email/_footer.mjml", "<mj-text><p>no end</mj-text>")

    def test_a_tag_that_mrml_does_not_know_is_refused(self) -> None:
        with pytest.raises(TemplateError, match="mj-foo"):
            self.draw_with("email/_footer.mjml", "<mj-foo>x</mj-foo>")

    def test_literal_attributes_are_made_safe_too(self) -> None:
        part = mail_templates()["email/_footer.mjml"]
        image = '<mj-image src="https://x.example/a.png" alt="Zoe\u0301 \\ हिन्दी" width="10px" />'
        rendered = draw(
            environment=make_environment(mail_templates() | {"email/_footer.mjml": image + part})
        )
        assert parse(rendered.html).find(".//img").get("alt") == "Zoe\u0301 \\ हिन्दी"


def test_a_player_is_a_link_in_the_words_of_the_mail() -> None:
    rendered = draw(
        language="fr",
        newsletter=make_newsletter(template="single"),
        load_body=lambda _entry: '<audio src="https://x.example/a.mp3" title="Le port"></audio>',
    )
    (link,) = [a for a in parse(rendered.html).iter("a") if a.get("href", "").endswith(".mp3")]
    assert link.text == "Écouter\u202f: Le port"
    assert link.get("style") == f"color:{make_palette('#9c2f1b').light.accent}"
    assert "\nÉcouter\u202f: Le port [https://x.example/a.mp3]\n" in rendered.text


def test_same_bytes_whatever_the_hash_seed_and_the_time_zone() -> None:
    program = (
        "from tests.mail_samples import *\n"
        "from hashlib import sha256\n"
        "from publisher.mime import sample_files\n"
        "files = sample_files(draw(language='ar'), number=12, slot=SLOT,"
        " newsletter=make_newsletter(), mail_url=SITE_URL)\n"
        "print(sha256(repr(sorted(files.items())).encode()).hexdigest())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Jakarta"))
    }
    assert len(printed) == 1


def test_what_is_named_by_content_ids_fits_too() -> None:
    """A Content-ID may be longer than the address that it stands for."""
    site = SiteSpec(title="T", url="https://a.example/")
    body = "".join(f'<img src="https://a.example/{n}.png" alt="">' for n in range(540))
    entry = make_entry(url="https://a.example/1/")
    shown = []
    for embed in (False, True):
        newsletter = make_newsletter(template="single", embed=embed)
        rendered = draw(
            make_digest(entry), newsletter=newsletter, site=site, load_body=lambda _: body
        )
        shown.append(picture_addresses(rendered.html))
        named = with_picture_addresses(rendered.html, lambda _: f"cid:{'0' * 32}@courier.example")
        assert filled_size(rendered) <= HTML_LIMIT
        assert not embed or filled_size(replace(rendered, html=named)) <= HTML_LIMIT
    assert [len(found) for found in shown] == [540, 0], "too long, it is a link to the page"
