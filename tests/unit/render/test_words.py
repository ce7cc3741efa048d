"""Our words: the fallback rule, dates, plurals, and catalogues without a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2.ext import extract_from_ast

from publisher.languages import own_name
from publisher.render.environment import make_environment
from publisher.render.words import best_catalogue, full_tag, make_words, text_direction
from tests.page_samples import CATALOGUES, ROOT

LANGUAGES = ("en", "id", "ar")
WHEN = datetime(2021, 3, 20, 23, 30, tzinfo=timezone(timedelta(hours=7)))
TAGS = st.from_regex(
    r"[A-Za-z]{2,8}(-[A-Za-z]{4})?(-[A-Za-z]{2}|-[0-9]{3})?(-x-[a-z]{1,8})?", fullmatch=True
)


class TestFallback:
    @pytest.mark.parametrize(
        ("tag", "language", "long_date"),
        [
            (None, "en", "March 20, 2021"),
            ("en", "en", "March 20, 2021"),
            ("en-GB", "en-GB", "20 March 2021"),
            ("en-GB-oxendict", "en-GB-oxendict", "20 March 2021"),
            ("id", "id", "20 Maret 2021"),
            ("ID-id", "ID-id", "20 Maret 2021"),
            ("ar-EG", "ar-EG", "20 مارس 2021"),
            ("fr", "en", "March 20, 2021"),
            ("ar-Latn", "en", "March 20, 2021"),
            ("tlh", "en", "March 20, 2021"),
        ],
    )
    def test_a_tag_is_cut_until_a_catalogue_serves_it_else_we_speak_english(
        self, tag: str | None, language: str, long_date: str
    ) -> None:
        words = make_words(tag, CATALOGUES)
        assert (words.language, words.long_date(WHEN)) == (language, long_date)

    def test_a_catalogue_of_the_whole_tag_comes_before_that_of_its_language(self) -> None:
        assert best_catalogue("pt-BR", ["pt", "pt-BR", "en"]) == "pt-BR"
        assert best_catalogue("pt-PT", ["pt", "pt-BR", "en"]) == "pt"

    def test_a_region_or_language_that_babel_does_not_know_has_the_dates_of_the_nearest(
        self,
    ) -> None:
        assert make_words("id-ZZ-x-own", CATALOGUES).long_date(WHEN) == "20 Maret 2021"
        words = make_words("tlh", {"tlh": CATALOGUES["id"]})
        assert (words.language, words.gettext("Newsletter")) == ("tlh", "Buletin")
        assert words.long_date(WHEN) == "March 20, 2021"

    def test_without_any_catalogue_we_speak_the_english_of_the_source(self) -> None:
        assert make_words("id", {}).gettext("Feeds") == "Feeds"

    @given(TAGS)
    def test_every_tag_has_words_dates_and_a_direction(self, tag: str) -> None:
        words = make_words(tag, CATALOGUES)
        assert words.gettext("Feeds")
        assert words.long_date(WHEN)
        assert words.direction in ("ltr", "rtl")


class TestSentences:
    def test_values_are_put_in_by_name(self) -> None:
        assert make_words("id", CATALOGUES).gettext("Issue %(number)s", number="7") == "Edisi 7"

    def test_a_sentence_without_values_may_hold_a_percent_sign(self) -> None:
        assert make_words("en", CATALOGUES).gettext("100 %") == "100 %"

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            (0, "ولا مقالات أخرى"),
            (1, "ومقال آخر"),
            (2, "ومقالان آخران"),
            (3, "و3 مقالات أخرى"),
            (11, "و11 مقالًا آخر"),
            (100, "و100 مقال آخر"),
            (103, "و103 مقالات أخرى"),
        ],
    )
    def test_arabic_has_six_forms(self, number: int, expected: str) -> None:
        words = make_words("ar", CATALOGUES)
        forms = ("And %(number)s more article", "And %(number)s more articles")
        assert words.ngettext(*forms, number, number=words.number(number)) == expected


class TestDates:
    def test_dates_in_the_offset_they_carry(self) -> None:
        words = make_words("en-GB", CATALOGUES)
        assert words.long_date(WHEN) == "20 March 2021"
        assert words.short_date(WHEN) == "20 March"
        assert words.month(date(2021, 3, 1)) == "March 2021"
        assert words.clock(WHEN) == words.clock(time(23, 30)) == "23:30"

    def test_weekdays_lists_and_numbers(self) -> None:
        words = make_words("id", CATALOGUES)
        assert (words.weekday(0), words.weekday(6)) == ("Senin", "Minggu")
        assert words.join(["A", "B", "C"]) == "A, B, dan C"
        assert words.join([]) == ""
        assert words.number(12345) == "12.345"

    def test_languages_are_called_in_this_one_or_by_themselves(self) -> None:
        words = make_words("id", CATALOGUES)
        assert words.language_name("ar") == "Arab"
        assert words.language_name("x-own") == "x-own"
        names = {tag: own_name(tag) for tag in ("id", "ar", "fr", "en-GB", "tlh", "x-own")}
        assert names == {
            "id": "Bahasa Indonesia",
            "ar": "العربية",
            "fr": "Français",
            "en-GB": "English (United Kingdom)",
            "tlh": "Tlh",
            "x-own": "X-own",
        }

    def test_digits_of_dates_and_numbers_are_the_same(self) -> None:
        words = make_words("ar", CATALOGUES)
        assert words.number(20) in words.long_date(datetime(2021, 3, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("tag", "direction"),
    [
        *[(tag, "rtl") for tag in ("ar", "he", "fa", "ur", "dv", "ckb", "pa-PK", "ms-Arab", "yi")],
        *[(tag, "ltr") for tag in ("en", "pa", "ar-Latn", "zh-Hant", "az", "x-own", None)],
    ],
)
def test_the_script_decides_the_direction(tag: str | None, direction: str) -> None:
    assert text_direction(tag) == direction


def test_a_tag_is_filled_up_with_what_is_likely() -> None:
    assert full_tag("id") == ("id", "Latn", "ID")
    assert full_tag("zh-TW") == ("zh", "Hant", "TW")
    assert full_tag("en-150") == ("en", "Latn", "150")
    assert full_tag("tlh-x-own")[0] == "tlh"


def messages(language: str) -> list[Message]:
    with (ROOT / "publisher/locales" / f"{language}.po").open("rb") as file:
        return [message for message in read_po(file, abort_invalid=True) if message.id]


def said() -> Iterator[tuple[str | tuple[str, str], str]]:
    """Every sentence that a template or a module asks for, and where."""
    environment = make_environment({})
    for file in sorted((ROOT / "templates").rglob("*.*")):
        tree = environment.parse(file.read_text(encoding="utf-8"))
        for line, function, found in extract_from_ast(tree, ("_", "ngettext")):
            yield _id(function, found), f"{file.name}:{line}"
    for file in sorted((ROOT / "publisher").rglob("*.py")):
        with file.open("rb") as source:
            for line, function, found, _ in extract_python(
                source, ("_", "gettext", "ngettext"), (), {}
            ):
                if isinstance(_first(found), str):
                    yield _id(function, found), f"{file.name}:{line}"


def _first(found: object) -> object:
    return found[0] if isinstance(found, tuple) else found


def _id(function: str | None, found: object) -> str | tuple[str, str]:
    assert isinstance(found, str | tuple)
    if function == "ngettext":
        return (str(found[0]), str(found[1]))
    return str(_first(found))


def places(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogues:
    def test_holds_every_sentence_that_is_said_and_no_other(self, language: str) -> None:
        wanted = dict(said())
        held = {message.id for message in messages(language)}
        assert {wanted[one]: one for one in wanted.keys() - held} == {}
        assert held - wanted.keys() == set()

    def test_every_message_is_translated_and_none_is_a_guess(self, language: str) -> None:
        for message in messages(language):
            strings = message.string if isinstance(message.id, tuple) else (message.string,)
            assert all(strings), message.id
            assert not message.fuzzy, message.id

    def test_every_plural_form_is_there(self, language: str) -> None:
        forms = {"en": 2, "id": 1, "ar": 6}[language]
        for message in messages(language):
            if isinstance(message.id, tuple):
                assert len(message.string) == forms, message.id

    def test_the_same_places_for_values(self, language: str) -> None:
        for message in messages(language):
            if isinstance(message.id, tuple):
                assert places(message.string[-1]) == places(message.id[1]), message.id
                assert all(places(one) <= places(message.id[1]) for one in message.string)
            else:
                assert places(message.string) == places(message.id), message.id


def test_english_says_what_the_source_says() -> None:
    for message in messages("en"):
        assert message.string == message.id


def test_every_catalogue_is_tested() -> None:
    assert sorted(CATALOGUES) == sorted(LANGUAGES)
