"""Our words: the fallback rule, dates, plurals, and catalogues without a gap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2.ext import extract_from_ast

from publisher.languages import own_name
from publisher.render.environment import make_environment
from publisher.render.words import best_catalogue, full_tag, make_words, text_direction
from tests.page_samples import CATALOGUES, ROOT

LANGUAGES = ("en", "id", "ar", "de", "fr", "es", "pt", "ru", "tr", "hi", "ja", "zh", "zh-Hant")
PLURAL_CLASSES = ("zero", "one", "two", "few", "many", "other")  # in the order of CLDR
NUMBERS = range(201)

# What a language says exactly as English does.
_SUBJECT = "%(newsletter)s: %(article)s"
SAME_AS_ENGLISH = {
    "id": {_SUBJECT},
    "ar": {_SUBJECT},
    "de": {"Newsletter", "Feeds", _SUBJECT},
    "es": {"Feeds", _SUBJECT},
    "fr": {
        *("Newsletter", "Newsletters", "Pages", "Articles", "Corrections"),
        "%(site)s, page %(number)s",
    },
    "pt": {"Newsletter", "Newsletters", "Feeds", _SUBJECT},
    "ru": {_SUBJECT},
    "tr": {_SUBJECT},
    "hi": {_SUBJECT},
}
LATIN_NAMES = {"RSS", "Atom", "JSON", "Feed"}

# What no sentence of a language may hold: signs of another one's typography.
_ASCII_SIGNS = r"[,.;:!?()]"
WRONG_SIGNS = {
    "en": r"[«»„]",
    "id": r"[«»„]",
    "ar": r"[“”„,;?]",
    "de": r"[«»”]",
    "fr": r"(?<!\u202f)[:;?!»]|«(?!\u202f)|[“”„]",
    "es": r"[“”„]",
    "pt": r"[«»„]",
    "ru": r"[“”„]",
    "tr": r"[«»„]",
    "hi": r"[.«»„]",
    "ja": _ASCII_SIGNS + r"|[“”«»]",
    "zh": _ASCII_SIGNS + r"|[「」«»]",
    "zh-Hant": _ASCII_SIGNS + r"|[“”«»]",
}
PAIRS = ("“”", "«»", "「」", "《》", "（）", "¿?", "¡!")
# Character sets that hold the letters of one way to write and not those of another.
CHARACTER_SETS = {"zh": "gb2312", "zh-Hant": "big5", "ja": "shift_jis"}
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
            ("nl", "en", "March 20, 2021"),
            ("de-AT", "de-AT", "20. März 2021"),
            ("fr", "fr", "20 mars 2021"),
            ("es-MX", "es-MX", "20 de marzo de 2021"),
            ("pt-PT", "pt-PT", "20 de março de 2021"),
            ("ru", "ru", "20 марта 2021\u202fг."),
            ("tr", "tr", "20 Mart 2021"),
            ("hi", "hi", "20 मार्च 2021"),
            ("ja", "ja", "2021年3月20日"),
            ("zh-CN", "zh-CN", "2021年3月20日"),
            ("ar-Latn", "en", "March 20, 2021"),
            ("en-Shaw", "en", "March 20, 2021"),
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

    @pytest.mark.parametrize(
        ("tag", "unsubscribe"),
        [
            *[(tag, "退订") for tag in ("zh", "zh-CN", "zh-SG", "zh-Hans", "zh-Hans-TW")],
            *[(tag, "取消訂閱") for tag in ("zh-Hant", "zh-TW", "zh-HK", "zh-mo", "zh-Hant-CN")],
        ],
    )
    def test_chinese_is_spoken_in_the_characters_that_are_read(
        self, tag: str, unsubscribe: str
    ) -> None:
        words = make_words(tag, CATALOGUES)
        assert (words.language, words.gettext("Unsubscribe")) == (tag, unsubscribe)

    def test_a_catalogue_in_another_script_never_stands_in(self) -> None:
        assert best_catalogue("zh-TW", ["zh", "en"]) == "en"
        assert best_catalogue("zh", ["zh-Hant", "en"]) == "en"
        assert best_catalogue("sr", ["sr-Latn", "sr-Cyrl", "en"]) == "sr-Cyrl"

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

    def test_a_month_is_a_heading_also_where_its_name_is_written_small(self) -> None:
        months = {tag: make_words(tag, CATALOGUES).month(WHEN) for tag in LANGUAGES}
        assert months == {
            "en": "March 2021",
            "id": "Maret 2021",
            "ar": "مارس 2021",
            "de": "März 2021",
            "fr": "Mars 2021",
            "es": "Marzo de 2021",
            "pt": "Março de 2021",
            "ru": "Март 2021\u202fг.",
            "tr": "Mart 2021",
            "hi": "मार्च 2021",
            "ja": "2021年3月",
            "zh": "2021年3月",
            "zh-Hant": "2021年3月",
        }

    def test_sentences_stand_apart_unless_their_full_stop_is_wide(self) -> None:
        close = {tag for tag in (*LANGUAGES, "zh-TW") if not make_words(tag, CATALOGUES).gap}
        assert close == {"ja", "zh", "zh-Hant", "zh-TW"}
        assert make_words("en", CATALOGUES).gap == " "

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


def catalogue(language: str) -> Catalog:
    with (ROOT / "publisher/locales" / f"{language}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def sentences(language: str) -> Iterator[tuple[str, str]]:
    """Every sentence and plural form with the English that it stands for."""
    for message in messages(language):
        if isinstance(message.id, tuple):
            yield from ((message.id[1], form) for form in message.string)
        else:
            yield message.id, message.string


def forms(language: str) -> dict[int, int]:
    """Which form the catalogue's own rule chooses for each number, as our words show it."""
    header = CATALOGUES[language].decode().partition("\n\n")[0]
    numbered = (f'msgstr[{form}] "{form}"' for form in range(catalogue(language).num_plurals))
    message = "\n".join((header, "", 'msgid "one"', 'msgid_plural "many"', *numbered, ""))
    words = make_words(language, {language: message.encode()})
    return {n: int(words.ngettext("one", "many", n)) for n in NUMBERS}


@cache
def said() -> tuple[tuple[str | tuple[str, str], str], ...]:
    """Every sentence that a template or a module asks for, and where."""
    return tuple(_said())


def _said() -> Iterator[tuple[str | tuple[str, str], str]]:
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


def places(text: str) -> list[str]:
    """The names of the values that a sentence takes, sorted, as often as it takes them."""
    return sorted(re.findall(r"%\((\w+)\)s", text))


def bare(text: str) -> str:
    """A sentence without the places for its values."""
    return re.sub(r"%\(\w+\)s", "", text)


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
            assert all(one and one == one.strip() for one in strings), message.id
            assert not message.fuzzy, message.id

    def test_says_what_english_says_only_where_it_is_known_to(self, language: str) -> None:
        same = {english for english, text in sentences(language) if text == english}
        if language != "en":
            assert same == SAME_AS_ENGLISH.get(language, set())

    def test_every_plural_form_is_there(self, language: str) -> None:
        count = catalogue(language).num_plurals
        for message in messages(language):
            if isinstance(message.id, tuple):
                assert len(message.string) == count, message.id

    def test_the_plural_rule_is_that_of_cldr(self, language: str) -> None:
        rule = Locale.parse(language, sep="-").plural_form
        classes = {n: rule(n) for n in NUMBERS}
        named = [name for name in PLURAL_CLASSES if name in classes.values()]
        assert catalogue(language).num_plurals == len(named)
        assert {n: named[form] for n, form in forms(language).items()} == classes

    def test_the_same_places_for_values(self, language: str) -> None:
        for message in messages(language):
            if not isinstance(message.id, tuple):
                assert places(message.string) == places(message.id), message.id
        assert "%" not in "".join(bare(text) for _, text in sentences(language))

    def test_a_form_leaves_its_number_out_only_where_it_stands_for_no_other(
        self, language: str
    ) -> None:
        chosen = forms(language)
        for message in messages(language):
            if isinstance(message.id, tuple):
                for form, text in enumerate(message.string):
                    stands_for = [n for n in NUMBERS if chosen[n] == form and n > 0]
                    if places(text) or len(stands_for) > 1:
                        assert places(text) == places(message.id[1]), text

    def test_ends_as_english_ends(self, language: str) -> None:
        full_stop = {"hi": "।", "ja": "。", "zh": "。", "zh-Hant": "。"}.get(language, ".")
        for english, text in sentences(language):
            assert text.endswith(full_stop) == english.endswith("."), text
            assert text.endswith((":", "：")) or not english.endswith(":"), text

    def test_is_set_with_the_signs_of_its_language(self, language: str) -> None:
        for _, text in sentences(language):
            assert not re.search(WRONG_SIGNS[language], bare(text)), text
            assert not re.search(r"""["'`]|\.\.\.|  """, text), text
            if language == "de":
                assert text.count("„") == text.count("“"), text
            else:
                assert all(text.count(first) == text.count(last) for first, last in PAIRS), text

    def test_is_written_in_its_own_letters(self, language: str) -> None:
        script = full_tag(language)[1]
        for _, text in sentences(language):
            text.encode(CHARACTER_SETS.get(language, "utf-8"))
            latin = set(re.findall(r"[A-Za-z]+", bare(text)))
            assert script == "Latn" or latin <= LATIN_NAMES, text

    def test_is_named_as_it_says(self, language: str) -> None:
        assert f'"Language: {language}\\n"' in CATALOGUES[language].decode()


def test_english_says_what_the_source_says() -> None:
    for message in messages("en"):
        assert message.string == message.id


def test_every_catalogue_is_tested_and_told_of() -> None:
    assert sorted(CATALOGUES) == sorted(LANGUAGES)
    told = (ROOT / "docs/explanation.md").read_text(encoding="utf-8")
    assert [tag for tag in LANGUAGES if f"`{tag}`" not in told] == []
