"""How mails and pages look, in a browser: axe, scroll, forced dark, without pictures or styles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest

from publisher.palette import make_palette
from publisher.render.mail.fragment import FragmentStyle, mail_fragment
from tests.browser import Page, Scheme, browsing, find_browser
from tests.look_samples import ALL, FEW, HELD, Letter, publish_letters
from tests.looking import (
    COLOURS,
    LANDMARKS,
    alternatives,
    axe_violations,
    faint_texts,
    heading_levels,
    overhang,
    said,
    strip_styles,
    without_dark,
)
from tests.readers.selection import asked
from tests.sites import Site

pytestmark = pytest.mark.service

WIDTHS = (320, 375, 600, 768, 1200)
NARROWEST = WIDTHS[0]
URL = "https://courier.example/"
SPOILT = """\
<!doctype html>
<title>Spoilt</title>
<body style="margin:0">
<h1>Read</h1>
<h3 style="color:#aaa;font-size:15px">Faint</h3>
<p style="width:400px">Wide</p>
<img src="a.png">
<img src="b.png" alt="Words that need more room" style="display:block;width:60px;height:20px">
"""
YEARS = ("Year", "2026")
COSTS = ("Cost", "1,150.00")
PLACES = ("Place", "https://www.example.org/what-the-ferry-cost-us")
LINES = """[...document.querySelectorAll('td td')].map(cell => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    return new Set([...text.getClientRects()].map(line => line.top)).size;
})"""
"""On how many lines each cell of a table has its words."""
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An issue as it is mailed, or as it stands on the web."""

    letter: Letter
    is_mail: bool

    @property
    def path(self) -> str:
        return self.letter.folder + ("email.html" if self.is_mail else "index.html")

    def __str__(self) -> str:
        return f"{self.letter.name}-{'mail' if self.is_mail else 'web'}"

    def axe(self, page: Page, axe: str, *, only: tuple[str, ...] = ()) -> list[str]:
        return axe_violations(page, axe, without=LANDMARKS if self.is_mail else (), only=only)


def views(letters: tuple[Letter, ...]) -> list[View]:
    return [View(letter=one, is_mail=is_mail) for one in letters for is_mail in (True, False)]


quickly = pytest.mark.parametrize("view", views(FEW), ids=str)
thoroughly = pytest.mark.parametrize("view", views(ALL), ids=str)
mails = pytest.mark.parametrize("view", [v for v in views(FEW) if v.is_mail], ids=str)
all_mails = pytest.mark.parametrize("view", [v for v in views(ALL) if v.is_mail], ids=str)


@pytest.fixture(scope="module")
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = Site(tmp_path_factory.mktemp("looks"))
    wanted = {view.letter for view in asked(request, "view")}
    publish_letters(site, [letter for letter in ALL if letter in FEW or letter in wanted])
    return site.output("")


@pytest.fixture(scope="module")
def tab(
    output: Path, program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    with browsing(program(find_browser()), output, tmp_path_factory.mktemp("browser")) as page:
        yield page


@pytest.fixture
def page(tab: Page) -> Iterator[Page]:
    """The one tab, as it was when it was opened."""
    yield tab
    tab.pictures, tab.change = True, str
    tab.force_dark(on=False)
    tab.look(375)


def test_what_is_wrong_is_seen(page: Page, axe: str) -> None:
    page.change, page.pictures = (lambda _html: SPOILT), False
    page.look(NARROWEST)
    page.open(URL)
    found = {one.partition(":")[0] for one in axe_violations(page, axe)}
    assert found >= {"color-contrast", "heading-order", "html-has-lang", "image-alt"}
    assert "heading-order" not in {
        v.partition(":")[0] for v in axe_violations(page, axe, only=COLOURS)
    }
    assert overhang(page) == 400 - NARROWEST
    assert heading_levels(page) == [1, 3]
    assert [text.partition(":")[0] for text in faint_texts(page)] == ["Faint"]
    (words,) = [one for one in alternatives(page) if one.alt]
    assert words.said == words.alt
    assert not words.fits
    strip_styles(page)
    assert overhang(page) == 0


@quickly
def test_axe_finds_nothing_in_light_and_dark(view: View, page: Page, axe: str) -> None:
    page.look(375)
    page.open(URL + view.path)
    assert view.axe(page, axe) == []
    page.look(375, "dark")
    assert view.axe(page, axe, only=COLOURS) == []


@quickly
def test_nothing_scrolls_sideways_and_no_picture_is_missing(view: View, page: Page) -> None:
    page.leave()
    page.open(URL + view.path)
    for width in WIDTHS:
        page.look(width)
        assert (width, overhang(page)) == (width, 0)
    # A mail names no icon, as a page does: now and then a browser asks for one by itself.
    by_itself = [f"{URL}favicon.ico"] if view.is_mail else []
    assert [url for url in page.missing if url not in by_itself] == []


@pytest.mark.parametrize(
    ("columns", "broken"),
    [
        ((YEARS, COSTS, PLACES), [False, False, True]),
        ((YEARS, COSTS, YEARS, COSTS), [False, False, False, False]),
        ((PLACES,), [True]),
        ((PLACES, PLACES), [True, True]),
    ],
)
def test_words_in_tables_of_mails_are_whole_where_there_is_room(
    columns: tuple[tuple[str, str], ...], broken: list[bool], page: Page
) -> None:
    rows = "".join(
        f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in zip(*columns, strict=True)
    )
    style = FragmentStyle(ui="sans-serif", leading=1.5, palette=make_palette())
    drawn = mail_fragment(f"<table>{rows}</table>", style, web_url=URL)
    cell = '<td style="padding:0 24px;word-break:break-word">'  # as MJML has it around all text
    page.change = lambda _html: f'<body style="margin:0"><table>{cell}{drawn}</td></table>'
    page.look(NARROWEST)
    page.open(URL)
    assert overhang(page) == 0
    lines = page.run(LINES)
    assert lines[: len(columns)] == [1] * len(columns)
    assert [one > 1 for one in lines[len(columns) :]] == broken


@quickly
def test_without_pictures_their_words_are_seen_and_nothing_is_lost(view: View, page: Page) -> None:
    page.look(NARROWEST)
    page.open(URL + view.path)
    shown = said(page)
    page.pictures = False
    page.open(URL + view.path)
    assert said(page) == shown
    assert overhang(page) == 0
    words = [one for one in alternatives(page) if one.alt]
    assert all(one.said == one.alt and one.shown and one.fits for one in words), words
    assert view.letter.template == "briefing" or view.letter.tongue.alt in {w.alt for w in words}


@quickly
def test_without_styles_it_reads_in_order(view: View, page: Page) -> None:
    page.look(NARROWEST)
    page.open(URL + view.path)
    strip_styles(page)
    assert overhang(page) == 0
    levels = heading_levels(page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels)), levels
    text, at = said(page), 0
    for words in in_order(view):
        found = text.find(words, at)
        assert found >= 0, (words, text[at : at + 200])
        at = found + len(words)


@mails
def test_a_program_that_darkens_mails_itself_leaves_them_readable(view: View, page: Page) -> None:
    assert forced(page, view, 375) == []


@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "2026/11/22/en-2/index.html",
        "authors/omar-bawazir/index.html",
        "newsletters/digest-en/index.html",
    ],
)
def test_the_pages_of_the_site(path: str, page: Page, axe: str) -> None:
    page.leave()
    page.look(NARROWEST)
    page.open(URL + path)
    assert axe_violations(page, axe) == []
    assert overhang(page) == 0
    page.look(1200, "dark")
    assert axe_violations(page, axe, only=COLOURS) == []
    assert overhang(page) == 0
    assert page.missing == []


@quickly
def test_a_strict_parser_reads_it(view: View, output: Path) -> None:
    """No error at all is let pass: also what is written for Outlook is comments to it."""
    html = (output / view.path).read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(html)


@pytest.mark.long
@thoroughly
def test_a_strict_parser_reads_each(view: View, output: Path) -> None:
    test_a_strict_parser_reads_it(view, output)


@pytest.mark.long
@thoroughly
def test_axe_at_every_width(view: View, page: Page, axe: str) -> None:
    page.open(URL + view.path)
    for width in WIDTHS:
        for scheme in SCHEMES:
            page.look(width, scheme)
            assert (width, scheme, view.axe(page, axe)) == (width, scheme, [])
            assert (width, overhang(page)) == (width, 0)


@pytest.mark.long
@thoroughly
def test_without_pictures_or_styles_at_every_width(view: View, page: Page) -> None:
    test_without_styles_it_reads_in_order(view, page)
    test_without_pictures_their_words_are_seen_and_nothing_is_lost(view, page)
    for width in WIDTHS:
        page.look(width)
        assert (width, overhang(page)) == (width, 0)
        words = [one for one in alternatives(page) if one.alt]
        assert all(one.shown and one.fits for one in words), (width, words)


@pytest.mark.long
@all_mails
def test_every_text_can_be_read_by_what_is_seen_of_it(view: View, page: Page) -> None:
    for width in WIDTHS:
        assert (width, forced(page, view, width)) == (width, [])
    page.change = str
    page.force_dark(on=False)
    page.open(URL + view.path)
    for scheme in SCHEMES:
        page.look(375, scheme)
        assert (scheme, faint_texts(page)) == (scheme, [])


def forced(page: Page, view: View, width: int) -> list[str]:
    """Texts that are faint where a program knows nothing of our dark scheme, and makes one."""
    page.pictures, page.change = False, without_dark
    page.look(width)
    page.force_dark(on=True)
    page.open(URL + view.path)
    return faint_texts(page)


def in_order(view: View) -> Iterator[str]:
    """What a reader meets, from the first to the last."""
    tongue = view.letter.tongue
    yield tongue.title
    yield tongue.note.partition("*")[0].strip()
    shown = [*tongue.titles[1:], tongue.foreign[1]]
    yield tongue.sections[0]
    yield from shown[:2]
    yield tongue.sections[1]
    yield from shown[2:5]
    assert len(shown[:5]) + 1 == HELD
    yield tongue.sections[2]
    yield tongue.foreign[1]
    if not view.is_mail:
        yield shown[5]
    yield tongue.titles[0]
    yield tongue.corrected
    if view.is_mail:
        yield tongue.title
        yield tongue.address
