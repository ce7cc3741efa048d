"""Full dates in the words of many languages."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from publisher.parse.formats.textdates import find_dates

SATURDAY = dt.date(2021, 3, 20)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "pada Sabtu, 20 Maret 2021."),
        ("id", "Sabtu (20/03/2021)"),
        ("id", "20-3-2021"),
        ("en", "on Saturday, March 20, 2021,"),
        ("en", "the 20th of March 2021"),
        ("en", "20\nMarch 2021"),
        ("en-GB", "20/03/2021"),
        (None, "2021-03-20T10:00"),
        ("de", "Samstag, den 20. März 2021"),
        ("de", "am 20.03.2021"),
        ("fr", "samedi 20 mars 2021"),
        ("es", "sábado 20 de marzo de 2021"),
        ("pt", "20 de março de 2021"),
        ("pt-BR", "20/03/2021"),
        ("nl", "zaterdag 20 maart 2021"),
        ("ms", "Sabtu, 20 Mac 2021"),
        ("tr", "20 Mart 2021 Cumartesi"),
        ("ru", "20 марта 2021 года"),
        ("ja", "2021年3月20日（土）"),
        ("zh", "2021年3月20日星期六"),
        ("ko", "2021년 3월 20일"),
        ("ar", "السبت 20 مارس 2021"),
        ("ar", "٢٠ مارس ٢٠٢١"),
        ("ar", "20 آذار/مارس 2021"),
        ("th", "20 มีนาคม 2564"),
        ("fi", "20. maaliskuuta 2021"),
        ("vi", "20 tháng 3 năm 2021"),
        ("id", "20 March 2021"),
        ("qq-no such", "20 March 2021"),
    ],
)
def test_the_twentieth_of_march(language: str | None, text: str) -> None:
    (found,) = find_dates(text, language)
    assert found.date == SATURDAY
    assert found.weekday
    assert text[found.start :].startswith(found.text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "sejak April 2020"),
        ("id", "20 Maret"),
        ("en", "3/4/2021"),
        ("en", "20/03/2021"),
        ("ja", "20/03/2021"),
        ("id", "31 Februari 2021"),
        ("id", "99/99/2021"),
        ("id", "17 Agustus 1945"),
        ("id", "versi 1.20.3.2021 atau 20.3.2021.5"),
        ("en", "120 March 20215"),
        ("en", "Decembering 5, 2021"),
    ],
)
def test_what_is_no_full_date(language: str, text: str) -> None:
    assert list(find_dates(text, language)) == []


@pytest.mark.parametrize(
    "text",
    ["Minggu, 20 Maret 2021", "Jum'at (20/3/2021)", "Fri, 20 Mar 2021", "20 Maret 2021 (Ahad)"],
)
def test_a_weekday_that_disagrees_is_told(text: str) -> None:
    (found,) = find_dates(text, "id")
    assert not found.weekday
    assert found.text == text


def test_dates_come_in_the_order_of_the_text() -> None:
    text = "Rapat 5 Mei 2021 menyusul pertemuan 20 Maret 2021."
    assert [found.date.month for found in find_dates(text, "id")] == [5, 3]


def test_what_is_read_does_not_depend_on_languages_read_before() -> None:
    code = (
        "from publisher.parse.formats.textdates import find_dates\n"
        "for language in {!r}:\n"
        "    list(find_dates('', language))\n"
        "print([f.text for f in find_dates('20 Mart 2021, 20 Mar 2021, 20 三月 2021', 'tr')])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code.format(before)], capture_output=True, check=True
        ).stdout
        for before in (["tr"], ["zh", "ja", "tr"])
    }
    assert len(answers) == 1
