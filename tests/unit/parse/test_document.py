"""Whole articles: encodings, titles, dates, states, addresses, bodies, origins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.fingerprint import content_hash, dump, fingerprint, load
from publisher.model import Asset, Document
from publisher.parse.clean.references import ArticleFile, LookUp
from publisher.parse.document import Parsed, Skipped, parse_document
from publisher.parse.summary import cut

SITE = SiteSpec(title="T", url="https://x.example/", language="en", timezone="Asia/Jakarta")
BOAT = Asset(
    path="media/1f/boat.jpg",
    origin="boat.jpg",
    source="s",
    media_type="image/jpeg",
    length=9,
    width=4,
    height=3,
)


def nothing(_: str) -> Asset | ArticleFile | None:
    return None


def read(
    text: str | bytes,
    file: str = "2021-03-20-launch-day.md",
    *,
    site: SiteSpec = SITE,
    look_up: LookUp = nothing,
    **source: Any,
) -> Parsed | Skipped:
    raw = text if isinstance(text, bytes) else text.encode()
    return parse_document(
        raw, file, site=site, source=FilesSpec(name="s", **source), look_up=look_up
    )


def parsed(text: str | bytes, file: str = "2021-03-20-launch-day.md", **kwargs: Any) -> Parsed:
    found = read(text, file, **kwargs)
    assert isinstance(found, Parsed)
    return found


def document(text: str | bytes, file: str = "2021-03-20-launch-day.md", **kwargs: Any) -> Document:
    return parsed(text, file, **kwargs).document


def refusal(text: str | bytes, file: str = "2021-03-20-launch-day.md", **kw: Any) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        read(text, file, **kw)
    assert caught.value.mend
    assert caught.value.where is not None
    assert caught.value.where.file == file
    return caught.value


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize(
    "raw",
    [
        "---\ntitle: Été\n---\nÀ bientôt.\n".encode(),
        "---\ntitle: Été\n---\nÀ bientôt.\n".encode("utf-8-sig"),
        "---\ntitle: Été\n---\nÀ bientôt.\n".encode("utf-16"),
        b"\xfe\xff" + "---\ntitle: Été\n---\nÀ bientôt.\n".encode("utf-16-be"),
        "---\r\ntitle: Été\r\n---\r\nÀ bientôt.\r\n".encode(),
        "---\rtitle: Été\r---\rÀ bientôt.\r".encode(),
        "---\ntitle: E\u0301te\u0301\n---\nA\u0300 biento\u0302t.\n".encode(),
    ],
)
def test_encodings_line_ends_and_composed_letters(raw: bytes) -> None:
    found = parsed(raw)
    assert found.document.title == "Été"
    assert found.body_html.strip() == "<p>À bientôt.</p>"
    assert found.document.content_hash == content_hash(raw)
    assert found.document.warnings == ()


@pytest.mark.parametrize(
    ("raw", "place", "guess"),
    [
        ("---\ntitle: café\n---\n".encode("cp1252"), (2, 11), "WINDOWS-1252"),
        ("---\ntitle: “x” — l’été\n---\n".encode("cp1252"), (2, 8), "WINDOWS-1252"),
        ("title: Привет мир, как дела\n".encode("cp1251"), (1, 8), "WINDOWS-1251"),
        ("title: これはテストです\n".encode("shift_jis"), (1, 8), "SHIFT_JIS"),
        ("title: これはテストです\n".encode("euc_jp"), (1, 8), "EUC-JP"),
        ("---\ntitle: 这是一个测试文件\n".encode("gb18030"), (2, 8), "GB18030"),
        ("a\u4e00b".encode("utf-16-le") * 8 + b"\xff", None, "UTF-16LE"),
    ],
)
def test_other_encodings_are_refused_with_place_and_guess(
    raw: bytes, place: tuple[int, int] | None, guess: str
) -> None:
    error = refusal(raw)
    assert error.where is not None
    if place:
        assert (error.where.line, error.where.column) == place
    assert "is no valid UTF-8" in error.message
    assert f"it looks like {guess}" in error.message or not place
    assert "save the file as UTF-8" in (error.mend or "")


def test_broken_utf16_is_refused() -> None:
    assert "UTF-16" in refusal(b"\xff\xfea").message


def test_characters_that_no_feed_can_hold_are_removed() -> None:
    found = parsed("---\ntitle: a\x07b\n---\nOne\x00 two\ufffe.\x0b\n")
    assert found.document.title == "ab"
    assert "One two." in found.body_html
    assert any("control characters" in w for w in found.document.warnings)


def test_escaped_control_characters_are_removed_too() -> None:
    found = document('---\ntitle: "a\\u0007b\\nc"\ntags: ["x\\u0000y"]\n---\nText.\n')
    assert found.title == "ab c"
    assert found.tags == ("xy",)
    assert [warning.partition(",")[0] for warning in found.warnings] == [
        "line 2: control characters",
        "line 3: control characters",
    ]
    assert document('{"title": "a\\ud800b"}\nText.\n').title == "ab"
    assert not document('---\ntitle: "a\\tb"\n---\nText \\0.\n').warnings


# ---------------------------------------------------------------- title and body


def test_the_title_is_the_field() -> None:
    found = document("---\ntitle: ' The  Title '\n---\nText.\n")
    assert found.title == "The Title"
    assert found.origins["title"] == "field:2"


def test_a_heading_that_repeats_the_title_is_taken_out() -> None:
    found = parsed("---\ntitle: The Title\n---\n\n# The *title*\n\nText.\n\n# Other\n")
    assert "The" not in found.body_html
    assert "Other" in found.body_html


def test_another_heading_stays() -> None:
    assert "Introduction" in parsed("---\ntitle: T\n---\n# Introduction\n\nText.\n").body_html


def test_without_a_field_the_first_heading_is_the_title() -> None:
    found = parsed("---\ndate: 2021-01-01\n---\nLead.\n\n# The *Title* & more\n\nText.\n\n# Next\n")
    assert found.document.title == "The Title & more"
    assert found.document.origins["title"] == "text:6"
    assert "Title" not in found.body_html
    assert "Next" in found.body_html


@pytest.mark.parametrize(
    ("file", "title", "origin"),
    [
        ("2021-03-20-launch-day.md", "Launch day", "filename"),
        ("x/2021-03-20-über_uns/index.md", "Über uns", "folder"),
        ("2021-03-20.md", "2021 03 20", "filename"),
    ],
)
def test_the_name_is_the_last_resort(file: str, title: str, origin: str) -> None:
    found = document("Text.\n", file)
    assert found.title == title
    assert found.origins["title"] == origin


def test_neither_title_nor_text_is_refused() -> None:
    assert "no title and no text" in refusal("---\ndate: 2021-01-01\n---\n\n").message


def test_a_title_alone_or_a_picture_alone_is_an_article() -> None:
    assert document("---\ntitle: T\n---\n").title == "T"
    assert document("![](boat.jpg)\n", look_up={"boat.jpg": BOAT}.get).assets == (BOAT,)


# ---------------------------------------------------------------- summary


@pytest.mark.parametrize("mark", ["<!-- more -->", "<!--more-->", "<!-- truncate -->"])
def test_the_summary_may_end_at_a_mark(mark: str) -> None:
    found = parsed(f"---\ntitle: T\n---\nOne *bold* word.\n\nTwo.\n\n{mark}\n\nThree.\n")
    assert found.document.summary == "One bold word. Two."
    assert found.document.origins["summary"] == "text"
    assert "Three." in found.body_html


def test_the_summary_is_the_first_paragraph_cut_at_a_word() -> None:
    found = document("---\ntitle: T\n---\n## Head\n\n" + "word " * 100 + "\n\nMore.\n")
    assert found.summary.endswith("word…")
    assert 270 < len(found.summary) <= 280


def test_mark_up_in_a_summary_field_is_taken_out() -> None:
    found = document('---\ntitle: T\nsummary: "<p>One &amp; <b>two</b></p>"\n---\nText.\n')
    assert found.summary == "One & two"
    assert document("---\ntitle: T\nsummary: 1 < 2\n---\nText.\n").summary == "1 < 2"


def test_readings_beside_letters_are_no_words_of_a_summary_or_title() -> None:
    found = document(
        "# <ruby>港<rt>みなと</rt></ruby>\n\n<ruby>漢<rt>かん</rt></ruby>です。\n",
        "2026-01-01-a.md",
    )
    assert (found.title, found.summary) == ("港", "漢です。")


def test_what_is_struck_out_is_marked_in_a_summary_and_title() -> None:
    found = document("# ~~Friday~~ Saturday\n\nFor ~~10~~ 30 euros.\n", "2026-01-01-a.md")
    assert (found.title, found.summary) == ("~~Friday~~ Saturday", "For ~~10~~ 30 euros.")


def test_cut() -> None:
    assert cut("short", 10) == "short"
    assert cut("exactly 10", 10) == "exactly 10"
    assert cut("one two, three", 9) == "one two…"
    assert cut("語" * 20, 10) == "語" * 9 + "…"


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("file", "header", "date", "text", "origin"),
    [
        ("a.md", "date: 2020-01-02 03:04", "2020-01-02T03:04:00+07:00", "2020-01-02 03:04",
         "field:3"),
        ("2021-03-20-a.md", "", "2021-03-20T00:00:00+07:00", "2021-03-20", "filename"),
        ("20210320T1015-a.md", "", "2021-03-20T10:15:00+07:00", "20210320T1015", "filename"),
        ("20210320T1015Z-a.md", "", "2021-03-20T10:15:00+00:00", "20210320T1015Z", "filename"),
        ("2021-3-20-a/index.md", "", "2021-03-20T00:00:00+07:00", "2021-3-20", "folder"),
        ("a.md", "permalink: /2021/03/20/b/", "2021-03-20T00:00:00+07:00", "2021/03/20", "path"),
        ("news/2021/03/20/a.md", "", "2021-03-20T00:00:00+07:00", "2021/03/20", "folder"),
        ("2021-03-20-a.md", "date: 2021-03-21T01:00:00Z", "2021-03-21T01:00:00+00:00",
         "2021-03-21T01:00:00Z", "field:3"),
    ],
)  # fmt: skip
def test_where_dates_come_from(file: str, header: str, date: str, text: str, origin: str) -> None:
    found = document(f"---\ntitle: T\n{header}\n---\nText.\n", file)
    assert found.date is not None
    assert (found.date.isoformat(), found.date_text) == (date, text)
    assert found.origins["published"] == origin
    assert found.warnings == ()


def test_a_field_far_from_the_name_warns_and_counts() -> None:
    found = document("---\ntitle: T\ndate: 2021-04-01\n---\nText.\n")
    assert found.date_text == "2021-04-01"
    assert "2021-03-20" in found.warnings[0]


def test_a_clear_day_with_a_bad_time_warns() -> None:
    found = document("---\ntitle: T\ndate: 2019-07-09 18::48::00\n---\nText.\n", "a.md")
    assert found.date is not None
    assert found.date.isoformat() == "2019-07-09T00:00:00+07:00"
    assert found.warnings[0].startswith("line 3: date '2019-07-09 18::48::00'")


def test_without_a_zone_it_is_utc_with_one_warning() -> None:
    site = replace(SITE, timezone=None)
    found = document(
        "---\ntitle: T\ndate: 2021-03-20\nupdated: 2021-03-21\n---\nText.\n", site=site
    )
    assert found.date is not None
    assert found.date.isoformat() == "2021-03-20T00:00:00+00:00"
    assert len(found.warnings) == 1
    assert "read as UTC" in found.warnings[0]
    assert not document("---\ntitle: T\ndate: 2021-03-20T00:00Z\n---\nText.\n", site=site).warnings


def test_the_zone_of_the_source_comes_first() -> None:
    found = document("Text.\n", timezone="America/New_York")
    assert found.date is not None
    assert found.date.isoformat() == "2021-03-20T00:00:00-04:00"


def test_no_date_is_refused_unless_it_is_a_draft() -> None:
    error = refusal("---\nlayout: x\ntitle: T\n---\nText.\n", "a.md")
    assert error.message == "has no date"
    assert error.where is not None
    assert error.where.line == 3
    assert error.mend == (
        "add date: YYYY-MM-DD, rename to YYYY-MM-DD-slug.md, or list it under exclude:"
    )
    draft = document("---\ntitle: T\ndraft: true\n---\nText.\n", "a.md")
    assert draft.draft
    assert draft.date is None


@pytest.mark.parametrize("file", ["_drafts/a.md", "drafts/a.md", "news/Drafts/a.md"])
def test_folders_of_drafts(file: str) -> None:
    found = document("---\ntitle: T\n---\nText.\n", file)
    assert found.draft
    assert found.origins["draft"] == "folder"


def test_drafts_without_a_date_have_addresses_of_their_own() -> None:
    one, two = (document("---\ntitle: T\n---\nx\n", f"drafts/{n}/index.md") for n in "ab")
    assert one.address != two.address


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("file", "header", "slug", "origin"),
    [
        ("2021-03-20-Launch Day.md", "", "launch-day", "filename"),
        ("2021-03-20-a/index.md", "", "a", "folder"),
        ("2021-03-20-a.html.markdown", "", "a", "filename"),
        ("2021-03-20-a.id.md", "", "a.id", "filename"),
        ("2021-03-20.md", "", "the-title", "field:2"),
        ("2021-03-20-a.md", "slug: state-of-rust-0.11.0", "state-of-rust-0.11.0", "field:3"),
        ("2021-03-20-a.md", "slug: ../../x", "x", "field:3"),
    ],
)
def test_slugs(file: str, header: str, slug: str, origin: str) -> None:
    found = document(f"---\ntitle: The Title\n{header}\n---\nText.\n", file)
    assert found.slug == slug
    assert found.address == f"2021/03/20/{slug}/"
    assert found.origins["slug"] == origin
    assert found.origins["url"] == "config"


@pytest.mark.parametrize(
    ("header", "address", "canonical"),
    [
        ("permalink: /about/us/", "about/us/", False),
        ("url: https://x.example/a/b.html", "a/b.html", False),
        ("path: blog/a", "blog/a", False),
        ("permalink: /:year/:title/", "2021/launch-day/", False),
        ("permalink: pretty", "2021/03/20/launch-day/", False),
        ("canonical_url: https://other.example/a?b=c", "https://other.example/a?b=c", True),
        ("canonical: /a/\nurl: /b/", "a/", False),
    ],
)
def test_fields_that_give_the_address(header: str, address: str, canonical: bool) -> None:
    found = document(f"---\ntitle: T\n{header}\n---\nText.\n")
    assert (found.address, found.canonical) == (address, canonical)


def test_a_pattern_that_is_not_ours_is_a_warning() -> None:
    found = document("---\ntitle: T\npermalink: /{{ page.x }}/\n---\nText.\n")
    assert found.address == "2021/03/20/launch-day/"
    assert "not filled in" in found.warnings[0]


def test_the_pattern_of_the_source() -> None:
    assert document("Text.\n", pattern="/{slug}.html").address == "launch-day.html"


# ---------------------------------------------------------------- what is no article


def test_redirects_are_skipped() -> None:
    found = read("---\nredirect: /blog/other\n---\n", "a.md")
    assert found == Skipped(message="line 2: a redirect, no article")
    assert isinstance(read("---\ntitle: T\nredirect: /x\n---\nText.\n"), Parsed)


@pytest.mark.parametrize("file", ["assets/page.html", "a/b.htm", "notes/a.txt"])
def test_pages_and_texts_without_a_header_below_the_top_are_assets(file: str) -> None:
    assert isinstance(read("<p>2021</p>", file), Skipped)
    text = "---\ntitle: T\ndate: 2021-01-01\n---\n<p>Text</p>"
    assert isinstance(read(text, file.replace(".txt", ".html")), Parsed)


def test_beside_an_index_they_are_assets_too() -> None:
    found = read("<p>x</p>", "a.html", look_up={"index.md": ArticleFile(file="index.md")}.get)
    assert isinstance(found, Skipped)


# ---------------------------------------------------------------- the rest


def test_links_pictures_and_neighbours() -> None:
    files = {"news/boat.jpg": replace(BOAT, origin="news/boat.jpg"),
             "news/b.md": ArticleFile(file="news/b.md")}  # fmt: skip
    found = parsed(
        "---\ntitle: T\n---\n![A boat](boat.jpg) [b](b.md) [c](#c) [d](d)\n",
        "news/2021-03-20-a.md",
        look_up=files.get,
    )
    assert 'src="https://x.example/media/1f/boat.jpg"' in found.body_html
    assert 'href="publisher-article:news/b.md"' in found.body_html
    assert 'href="https://x.example/2021/03/20/a/d"' in found.body_html
    assert found.document.article_links == ("news/b.md",)
    assert ("news/b.md", "article news/b.md") in found.document.needs


def test_shortcodes_by_policy() -> None:
    text = "---\ntitle: T\n---\n\nOne.\n\n{% unheard_of x %}\n\nTwo.\n"
    assert "unheard_of" not in parsed(text).body_html
    assert "unheard_of" in parsed(text, shortcodes="keep").body_html
    error = refusal(text, shortcodes="refuse")
    assert error.where is not None
    assert error.where.line == 7


def test_mdx_loses_its_imports_but_not_those_in_code() -> None:
    found = parsed(
        "---\ntitle: T\n---\nimport Tabs from '@theme/Tabs';\n\nexport const x = 1\n\nText.\n\n"
        "```js\nimport a from 'b';\n```\n",
        "2021-03-20-a.mdx",
    )
    assert "Tabs" not in found.body_html
    assert "export" not in found.body_html
    assert "import a from" in found.body_html


def test_rst_is_read_by_its_own_fields() -> None:
    found = parsed(
        "State of things\n===============\n\n"
        ":date: 2014-07-15 15:40\n:tags: a, b\n:slug: state-0.1\n"
        ":authors: Jane, John\n\nHello *there*.\n",
        "state.rst",
    )
    assert found.document.title == "State of things"
    assert found.document.tags == ("a", "b")
    assert [a.name for a in found.document.authors] == ["Jane", "John"]
    assert found.document.address == "2014/07/15/state-0.1/"
    assert found.document.origins["published"] == "field:4"
    assert "<em>there</em>" in found.body_html


def test_html_is_read_by_its_meta_data() -> None:
    found = parsed(
        '<html lang="id"><head><title>Site | T</title>\n'
        '<meta property="og:title" content="The Title">\n'
        '<meta property="article:published_time" content="2021-03-20T10:15:00+07:00">\n'
        '<meta property="article:tag" content="one"><meta property="article:tag" content="two">\n'
        "</head><body><nav>Menu</nav>"
        "<article><h1>The Title</h1><p>Text.</p></article></body></html>",
        "page.html",
        site=replace(SITE, language=None),
    )
    assert found.document.title == "The Title"
    assert found.document.date_text == "2021-03-20T10:15:00+07:00"
    assert found.document.tags == ("one", "two")
    assert found.document.language == "id"
    assert found.document.origins["language"] == "text"
    assert found.body_html.strip() == "<p>Text.</p>"


NEWS = """\
Harbour Opens Again

The harbour opened again after the storm had closed it for nine long days.

Jakarta - The harbour opened again on Saturday after the storm had closed it for nine days.

It will stay open, the office said on Saturday, 20 March 2021.
"""


def test_plain_text_tells_its_title_lead_and_date() -> None:
    found = parsed(NEWS, "news.txt")
    assert found.document.title == "Harbour Opens Again"
    assert found.document.summary.startswith("The harbour opened again after")
    assert found.document.date is not None
    assert found.document.date.isoformat() == "2021-03-20T00:00:00+07:00"
    assert found.document.date_text == "Saturday, 20 March 2021"
    assert found.document.address == "2021/03/20/news/"
    assert {"title": "text:1", "summary": "text:3", "published": "text:7"}.items() <= (
        found.document.origins.items()
    )
    assert "Harbour Opens Again" not in found.body_html


def test_a_plain_text_may_have_a_header() -> None:
    found = parsed(
        "Title: Ends with a stop.\nDate: 2020-05-06\n\n" + NEWS.partition("\n\n")[2], "news.txt"
    )
    assert found.document.title == "Ends with a stop."
    assert found.document.date_text == "2020-05-06"
    assert found.document.origins["summary"] == "text:4"
    assert "Headline" not in found.body_html
    assert "stay open" in found.body_html


def test_a_plain_text_without_any_date_is_refused() -> None:
    assert refusal("Harbour Opens Again\n\nToday.\n", "news.txt").message == "has no date"


LETTERS = "The harbour opened again after the storm had closed it for nine long days. " * 8


def test_a_language_is_detected_only_when_none_is_declared() -> None:
    site = replace(SITE, language=None)
    found = document(f"---\ntitle: T\n---\n{LETTERS}\n", site=site)
    assert (found.language, found.origins["language"]) == ("en", "detected")
    assert document("---\ntitle: T\n---\nShort.\n", site=site).language is None
    assert document(f"---\ntitle: T\nlang: id\n---\n{LETTERS}\n", site=site).language == "id"


@pytest.mark.parametrize(
    ("text", "site", "header", "warned"),
    [
        ("הסירה חזרה לנמל אחרי שנה.", "en", "", "counts as en"),
        ("عاد القارب إلى الميناء مع GPS.", "pt-BR", "", "counts as pt-BR"),
        ("الميناء.", None, "", "has no language that is known"),
        ("עברית " * 100, "en", "", "counts as en"),
        ("הסירה חזרה לנמל.", "en", "lang: he\n", ""),
        ("הסירה חזרה לנמל.", "en", "lang: en\n", ""),
        ("عاد القارب.", "ar-EG", "", ""),
        ("The word for harbour is ميناء, and for boat it is قارب.", "en", "", ""),
        ("港の船。", "en", "", ""),
        ("Été à Sète.", "fr", "", ""),
    ],
)
def test_a_text_that_runs_the_other_way_than_its_language_is_told(
    text: str, site: str | None, header: str, warned: str
) -> None:
    written = f"---\ntitle: 1\n{header}---\n{text}\n"
    (*found,) = document(written, site=replace(SITE, language=site)).warnings
    told = f"its text runs from right to left, and {warned}: name its own with `language:`"
    assert found == ([told] if warned else [])


def test_a_header_comes_before_what_the_body_tells() -> None:
    found = document(
        "---\ntitle: Ours\ndate: 2020-01-01\n---\n<h1>Theirs</h1><p>Text</p>", "page.html"
    )
    assert (found.title, found.date_text) == ("Ours", "2020-01-01")


def test_hashes_tell_text_from_form() -> None:
    one = parsed("---\ntitle: T\n---\nOne two.\n")
    form = parsed("---\ntitle: T\nlayout: wide\n---\nOne\n**two**.\n")
    text = parsed("---\ntitle: T\n---\nOne three.\n")
    assert one.document.text_hash == form.document.text_hash != text.document.text_hash
    assert one.document.content_hash != form.document.content_hash
    assert one.document.body_key == fingerprint(one.body_html) != form.document.body_key


def test_a_document_survives_the_cache() -> None:
    found = document("---\ntitle: T\ndate: 2021-03-20 10:15\nby: Jane\nimage: boat.jpg\n---\nx\n",
                     look_up={"boat.jpg": BOAT}.get)  # fmt: skip
    assert load(dump(found), Document) == found


def test_what_a_body_says_of_its_language_wins_over_the_configuration() -> None:
    site = SiteSpec(title="X", url="https://x.example/", language="en", timezone="UTC")
    page = b'<html lang="ar"><meta property="article:published_time" content="2026-01-01">'
    page += b"<body><h1>T</h1><p>x</p></body></html>"
    rst = b"Title\n=====\n\n:date: 2026-01-01\n:lang: id\n\nText.\n"
    for raw, file, language in ((page, "a.html", "ar"), (rst, "a.rst", "id")):
        parsed = parse_document(
            raw, file, site=site, source=FilesSpec(name="articles"), look_up=lambda _: None
        )
        assert isinstance(parsed, Parsed)
        assert parsed.document.language == language


def test_the_meta_elements_of_a_page_can_keep_it_back() -> None:
    page = (
        b'<html><head><title>T</title><meta name="date" content="2026-01-01">%s'
        b'<meta name="category" content="News"><meta name="slug" content="own"></head>'
        b"<body><p>x</p></body></html>"
    )
    for meta in (b'<meta name="status" content="draft">', b'<meta name="draft" content="true">'):
        parsed = read(page % meta, "a.html")
        assert isinstance(parsed, Parsed)
        assert parsed.document.draft
        assert (parsed.document.categories, parsed.document.slug) == (("News",), "own")


def test_the_title_alone_has_the_first_level() -> None:
    parsed = read("---\ntitle: T\n---\n\nText.\n\n# Part\n\n## Section\n")
    assert isinstance(parsed, Parsed)
    assert '<h2 id="part">Part</h2>' in parsed.body_html
    assert "<h1" not in parsed.body_html


def test_an_empty_file_is_refused_as_empty() -> None:
    with pytest.raises(ArticleError, match="is empty"):
        read(" \n\n")


def test_a_link_to_a_file_that_is_not_there_is_named_by_line() -> None:
    parsed = read("---\ntitle: T\n---\n\n[f](file.pdf) [page](../about/) [top](/x.html)\n")
    assert isinstance(parsed, Parsed)
    assert parsed.document.warnings == ("line 5: there is no file 'file.pdf' beside the article",)
