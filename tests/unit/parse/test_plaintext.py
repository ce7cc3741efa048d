"""News texts in the shape of the seed, and others."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from publisher.parse.formats.newswords import RELATED_BY_LANGUAGE, SEE_ALSO_BY_LANGUAGE
from publisher.parse.formats.plaintext import PlainText, read_plaintext

SATURDAY = dt.date(2021, 3, 20)

LEAD = "The transport minister opened the longest bridge of the region after six years of work."
FIRST = (
    "The transport minister opened the longest bridge of the region on Saturday, 20 March 2021,"
    " after six years of work by four thousand people."
)
SECOND = "It joins two districts in the east that a river has kept apart since anyone can remember."


def read(*blocks: str, language: str | None = "en", first_line: int = 1) -> PlainText:
    return read_plaintext("\n\n".join(blocks), first_line=first_line, language=language)


@pytest.mark.parametrize(
    "head",
    [
        "LONDON - ",
        "LONDON – ",
        "LONDON — ",
        "LONDON -- ",
        "LONDON—",
        "London, England - ",
        "LONDON, 20 March (Reuters) — ",
        "New York, March 20 - ",
        "Rio de Janeiro (AFP) - ",
        "القاهرة - ",
        "東京 - ",
        "Москва — ",
        "Москва. 12 апреля. Вестник — ",
        "SAINT-AUBRAC, 1er février (GD) – ",
        "MONTEFOSCO, 9 NOV. - ",
        "(Reuters) - ",
        "Berlin (dpa) – ",
        "Jakarta, Kabar.com - ",
        "नई दिल्ली, 20 मार्च (भाषा) - ",
    ],
)
def test_a_dateline_marks_what_stands_before_it_as_the_lead(head: str) -> None:
    parts = read("Bridge Opens", LEAD, head + "Nothing of that is said again.", SECOND)
    assert (parts.summary, parts.summary_line) == (LEAD, 3)
    place = head.rstrip("-–— ")
    assert parts.html.startswith(f"<p><b>{place}</b>")
    assert LEAD not in parts.html
    assert LEAD in parts.body_text


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("KALKSTEIN. Die Bahn fährt wieder.", "KALKSTEIN"),
        ("KUIKKALAHTI 8.6. Sauna on auki.", "KUIKKALAHTI 8.6."),
        ("Grönskär. Fyren på Grönskär lyser igen.", "Grönskär"),
        ("हरिपुर, 5 अक्टूबर (लोकवाणी)। पुस्तकालय खुल गया।", "हरिपुर, 5 अक्टूबर (लोकवाणी)"),
        ("【白浜町＝本紙】鐘が鳴った。", "【白浜町＝本紙】"),
        ("［東京　１日　通信］ - 鐘が鳴った。", "［東京 １日 通信］"),
        ("(서울=들꽃뉴스) 한지우 기자 = 다리가 놓였다.", "(서울=들꽃뉴스) 한지우 기자"),
        ("[서울=들꽃] 한지우 기자 = 다리가 놓였다.", "[서울=들꽃] 한지우 기자"),
        ("新华社北京9月7日电（记者 陈予安）书店开门。", "新华社北京9月7日电（记者 陈予安）"),
    ],
)
def test_datelines_without_a_dash(text: str, dateline: str) -> None:
    html = read("Bridge Opens", text, SECOND).html
    assert html.startswith(f"<p><b>{dateline}</b>")
    assert re.sub("<[^>]*>", "", html.split("\n")[0]) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "NATO met on Monday. It was short.",
        "Nobody. Then the door opened.",
        "It rained. It rained all day.",
        "2024. That was the year.",
        "In 2020, 20 March (a Friday) it rained.",
    ],
)
def test_sentences_that_are_no_dateline(text: str) -> None:
    assert "<b>" not in read("Bridge Opens", text, SECOND).html


@pytest.mark.parametrize(
    "head",
    [
        "He said - ",
        "The minister - who is old - ",
        "A B C D E - ",
        "London-based firms ",
        "It — ",
        ", - ",
    ],
)
def test_what_is_no_dateline(head: str) -> None:
    parts = read("Bridge Opens", LEAD, head.lower() + "nothing of that is said again.")
    assert parts.summary == ""


def test_a_first_paragraph_that_repeats_the_lead_marks_it_too() -> None:
    parts = read("Bridge Opens", LEAD, FIRST, SECOND)
    assert parts.summary == LEAD
    assert parts.html == f"<p>{FIRST}</p>\n<p>{SECOND}</p>"


def test_without_such_a_sign_there_is_no_lead() -> None:
    parts = read("Bridge Opens", f"LONDON - {FIRST}", SECOND)
    assert (parts.summary, parts.summary_line) == ("", 0)
    assert parts.html.count("<p>") == 2
    assert read("Bridge Opens", SECOND, FIRST).summary == ""


def test_a_paragraph_as_long_as_an_article_is_no_lead() -> None:
    whole = " ".join([LEAD] * 12)
    text = read("Bridge opens", whole, f"LONDON - {FIRST}", SECOND)
    assert text.summary == ""
    assert whole in text.html


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("JAKARTA, 2 November 2026 - Fog.", "Fog."),
        ("JAKARTA, 2 November 2026 - 10:15 WIB", ""),
        ("Jakarta, 2 November 2026", ""),
    ],
)
def test_a_text_of_one_word_behind_a_dateline_is_a_text(line: str, body: str) -> None:
    text = read("Weather", line)
    assert text.date == dt.date(2026, 11, 2)
    assert body in text.html
    assert bool(body) == bool(text.html)


def test_a_byline_is_no_lead() -> None:
    parts = read("Bridge Opens", "By Jane Doe", LEAD, f"LONDON - {FIRST}")
    assert parts.summary == LEAD
    assert parts.html.startswith("<p>By Jane Doe</p>")
    assert read("Bridge Opens", "Short one", f"LONDON - {FIRST}").summary == ""


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Bridge Opens\n\nText.", "Bridge Opens"),
        ("\n\n# Bridge Opens #1\n\nText.", "Bridge Opens #1"),
        ("Bridge Opens\n============\n\nText.", "Bridge Opens"),
        ("Bridge Opens\n============\nText.", "Bridge Opens"),
        (f"Bridge Opens\n{LEAD}\n\nText.", "Bridge Opens"),
        ("0\n\nBridge Opens?\n\nText.", "Bridge Opens?"),
        ("Bridge Opens", "Bridge Opens"),
        ("It is a sentence.\n\nText.", ""),
        ("一つの文。\n\n本文。", ""),
        ("x" * 201 + "\n\nText.", ""),
        (f"{LEAD[:-1]}\nand more\n\nText.", ""),
        ("", ""),
        ("[]\n\n***", ""),
    ],
)
def test_the_title_is_the_first_line_when_it_reads_like_one(text: str, title: str) -> None:
    assert read(text).title == title


@pytest.mark.parametrize(
    "slug",
    [
        "BC-BRIDGE:1 - 2ndLd",
        "BRIDGE-OPENING/",
        "dpa0123 3 pl 245",
        "bridge-opens-2",
        "AP-US--Bridge",
    ],
)
def test_a_slug_of_the_wire_is_no_title(slug: str) -> None:
    for between in ("\n\n", "\n"):
        parts = read(f"{slug}{between}Bridge Opens", FIRST)
        assert (parts.title, parts.html) == ("Bridge Opens", f"<p>{FIRST}</p>")
    assert read(slug, FIRST).title == slug


@pytest.mark.parametrize("title", ["COVID-19 Returns", "State-of-the-art", "Bridge-opening"])
def test_a_title_with_hyphens_is_no_slug(title: str) -> None:
    assert read(title, FIRST).title == title


def test_lines_are_those_of_the_file() -> None:
    parts = read("\nBridge Opens", LEAD, FIRST, first_line=10)
    assert (parts.title_line, parts.summary_line, parts.date_line) == (11, 13, 15)


@pytest.mark.parametrize(
    "heading",
    ["Related", "RELATED ARTICLES:", "Berita terkait", "مواضيع ذات صلة", "関連記事", "相关阅读",
     "** Lire aussi **", "Ähnliche Artikel", "Noticias relacionadas", "Leia também",
     "Gerelateerd", "İlgili haberler".replace("İ", "I").replace("I", "i"), "Читайте также",
     "관련기사", "Berita berkaitan"],
)  # fmt: skip
def test_from_related_articles_to_the_end_nothing_is_kept(heading: str) -> None:
    parts = read("Bridge Opens", FIRST, f"{heading}\nOther\nOn 1 May 2020 it rained.", SECOND)
    assert parts.html == f"<p>{FIRST}</p>"
    assert parts.date == SATURDAY


@pytest.mark.parametrize("language", RELATED_BY_LANGUAGE)
def test_related_headings_of_a_language(language: str) -> None:
    for heading in RELATED_BY_LANGUAGE[language]:
        for written in (heading, heading.upper() + ":", f"▶ {heading.capitalize()}"):
            parts = read("Bridge Opens", FIRST, f"{written}\nOther")
            assert parts.html == f"<p>{FIRST}</p>", written
            assert f"<p>{FIRST}</p>" in read("Bridge Opens", FIRST, f"{heading}.").html


@pytest.mark.parametrize("language", SEE_ALSO_BY_LANGUAGE)
def test_references_amid_the_text_of_a_language(language: str) -> None:
    for heading in SEE_ALSO_BY_LANGUAGE[language]:
        for written in (f"{heading}: Other", f"{heading.upper()}\nOther", f"({heading}: Other)"):
            parts = read("Bridge Opens", FIRST, written, SECOND, SECOND + " Yes.")
            assert parts.html == f"<p>{FIRST}</p>\n<p>{SECOND}</p>\n<p>{SECOND} Yes.</p>", written


def test_headings_are_known_in_more_than_fifteen_languages() -> None:
    assert len(RELATED_BY_LANGUAGE) > 30
    assert len(SEE_ALSO_BY_LANGUAGE) > 30


def test_titles_below_a_reference_that_stands_alone_go_with_it() -> None:
    parts = read("Bridge Opens", FIRST, "Baca juga:", "Other", "Third", SECOND, SECOND + " Yes.")
    assert parts.html.count("<p>") == 3
    assert "Other" not in parts.html
    assert "Third" not in parts.html


def test_related_articles_may_follow_the_last_line_at_once() -> None:
    parts = read("Bridge Opens", f"{FIRST}\nRelated\nOther")
    assert parts.html == f"<p>{FIRST}</p>"


def test_a_reference_amid_the_text_takes_only_itself_along() -> None:
    parts = read(
        "Bridge Opens", FIRST, "Baca juga:\nOther", SECOND, "Read also: Another", SECOND + " Yes."
    )
    assert parts.html == f"<p>{FIRST}</p>\n<p>{SECOND}</p>\n<p>{SECOND} Yes.</p>"


def test_a_reference_after_which_no_prose_comes_ends_the_article() -> None:
    assert read("Bridge Opens", FIRST, "Baca juga", "Other", "More").html == f"<p>{FIRST}</p>"


def test_a_text_that_begins_with_such_a_word_is_not_lost() -> None:
    assert read("Related", FIRST).title == "Related"


@pytest.mark.parametrize(
    "junk",
    [
        "[]", "***", "* * *", "###", "-30-", "0", "17", "Share", "Komentar", "ADVERTISEMENT",
        "Comments (12)", "3 komentar", "Yorumlar (4)", "Facebook Twitter WhatsApp", "シェアする",
        "댓글", "Поделиться", "Udostępnij", "（完）", "(끝)", "ENDS", "gk/ms",
        "All rights reserved.", "저작권자 ⓒ 들꽃뉴스, 무단전재 및 재배포 금지",
        "【责任编辑：王一鸣】", "TAG: kopi, petani", "Dapatkan berita lain. Klik di sini.",
    ],
)  # fmt: skip
def test_junk_goes_also_at_the_end_of_a_paragraph(junk: str) -> None:
    parts = read("Bridge Opens", FIRST, junk, f"{SECOND} []")
    assert parts.html == f"<p>{FIRST}</p>\n<p>{SECOND}</p>"


def test_a_caption_may_have_a_sign_of_the_end_behind_it() -> None:
    html = read("Bridge Opens", FIRST, "Bridge at dawn. (Photo: AP) []").html
    assert html.endswith("Bridge at dawn. <small>(Photo: AP)</small></figcaption></figure>")


def test_captions_become_figures_and_are_neither_lead_nor_date() -> None:
    parts = read("Bridge Opens", f"{LEAD}\nBridge on 1 May 2020. (Photo: AP)", f"LONDON - {FIRST}")
    assert parts.summary == LEAD
    assert parts.date == SATURDAY
    assert parts.html.startswith("<figure><figcaption>Bridge on 1 May 2020. <small>(Photo: AP)")
    assert "Photo" not in parts.body_text


def test_lines_that_were_wrapped_are_one_paragraph() -> None:
    wrapped = FIRST.replace("Saturday, 20 ", "Saturday, 20\n").replace(" after", "\nafter")
    parts = read("Bridge Opens", f"It was long\nawaited:\nthere it is.\n\n{wrapped}")
    assert parts.html.count("<p>") == 2
    assert FIRST in parts.html
    assert parts.date_line == 7
    assert parts.date_text == "Saturday, 20 March 2021"


def test_long_lines_are_a_paragraph_each() -> None:
    assert read("Bridge Opens", f"{FIRST}\n{SECOND}").html.count("<p>") == 2


def test_headings_lists_quotations_and_addresses() -> None:
    parts = read(
        "Bridge Opens",
        FIRST,
        "WHAT COMES NEXT",
        "- one & two\n- three",
        "3. c\n4. d\n   goes on",
        "> said\n> she",
        "NO HEADING AT ALL!",
        "See https://x.example/a?b=1&c=2.",
    )
    assert parts.html.split("\n")[1:] == [
        "<h2>WHAT COMES NEXT</h2>",
        "<ul><li>one &amp; two</li><li>three</li></ul>",
        '<ol start="3"><li>c</li><li>d goes on</li></ol>',
        "<blockquote><p>said she</p></blockquote>",
        "<p>NO HEADING AT ALL!</p>",
        '<p>See <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>.</p>',
    ]


def test_a_line_that_is_only_the_date_is_not_of_the_body() -> None:
    parts = read("Judul", "Sabtu, 20 Maret 2021 10:15 WIB", "Isi.", language="id")
    assert (parts.date, parts.date_line) == (SATURDAY, 3)
    assert parts.html == "<p>Isi.</p>"


def test_a_date_whose_weekday_disagrees_is_refused_and_told() -> None:
    parts = read("Judul", "Pada Minggu, 20 Maret 2021, dan 21 Maret 2021.", language="id")
    assert parts.date == dt.date(2021, 3, 21)
    assert parts.wrong_weekdays == ((3, "Minggu, 20 Maret 2021"),)
    assert parts.warnings == (
        "line 3: 'Minggu, 20 Maret 2021' is not taken as the date: it fell on another weekday",
    )


def test_without_a_date_there_is_none() -> None:
    parts = read("Bridge Opens", "In March 2021.")
    assert (parts.date, parts.date_line, parts.date_text) == (None, 0, "")


def test_markup_is_text() -> None:
    assert read("T", "<script>x</script> & y").html == (
        "<p>&lt;script&gt;x&lt;/script&gt; &amp; y</p>"
    )
