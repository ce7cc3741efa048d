"""Full dates in the words of many languages."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from publisher.parse.formats.calendars import from_persian
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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "pada Sabtu, 20 Maret 2021."),
        ("id", "Sabtu tanggal 20 Maret 2021"),
        ("ms", "Sabtu, 20 Mac 2021"),
        ("en", "Saturday, March 20, 2021"),
        ("de", "Samstag, den 20. März 2021"),
        ("de", "am Samstag, dem 20. Mär. 2021"),
        ("fr", "le samedi 20 mars 2021"),
        ("es", "sábado 20 de marzo de 2021"),
        ("es", "20 de marzo del 2021"),
        ("pt", "20 de março de 2021"),
        ("it", "sabato 20 marzo 2021"),
        ("nl", "zaterdag 20 maart 2021"),
        ("ru", "в субботу, 20 марта 2021 года"),
        ("ru", "20 мар. 2021"),
        ("uk", "у суботу, 20 березня 2021 року"),
        ("be", "20 сакавіка 2021 года"),
        ("pl", "w sobotę, 20 marca 2021 r."),
        ("cs", "v sobotu 20. března 2021"),
        ("cs", "20. 3. 2021"),
        ("sk", "v sobotu 20. marca 2021"),
        ("sl", "v soboto, 20. marca 2021"),
        ("hr", "u subotu, 20. ožujka 2021."),
        ("hr", "20. 3. 2021."),
        ("sr", "20. марта 2021."),
        ("sr-Latn", "u subotu, 20. marta 2021."),
        ("bs", "20. marta 2021."),
        ("bg", "20 март 2021 г."),
        ("mk", "20 март 2021"),
        ("ro", "sâmbătă, 20 martie 2021"),
        ("hu", "2021. március 20-án, szombaton"),
        ("hu", "2021. március 20., szombat"),
        ("hu", "2021. 03. 20."),
        ("el", "το Σάββατο, 20 Μαρτίου 2021"),
        ("el", "20 Μάρτη 2021"),
        ("el", "20/3/2021"),
        ("tr", "20 Mart 2021 Cumartesi"),
        ("az", "20 mart 2021"),
        ("az", "2021-ci il 20 mart"),
        ("kk", "2021 ж. 20 наурыз"),
        ("kk", "2021 жылғы 20 наурыз"),
        ("uz", "2021-yil 20-mart"),
        ("uz", "20-mart, 2021"),
        ("fi", "lauantaina 20. maaliskuuta 2021"),
        ("fi", "20.3.2021"),
        ("et", "laupäeval, 20. märtsil 2021"),
        ("lv", "2021. gada 20. martā"),
        ("lv", "2021. gada 20. marts"),
        ("lt", "2021 m. kovo 20 d."),
        ("sv", "lördagen den 20 mars 2021"),
        ("da", "lørdag den 20. marts 2021"),
        ("nb", "lørdag 20. mars 2021"),
        ("nn", "20. mars 2021"),
        ("is", "20. mars 2021"),
        ("sq", "20 mars 2021"),
        ("ca", "20 de març del 2021"),
        ("eu", "2021eko martxoaren 20a"),
        ("gl", "20 de marzo de 2021"),
        ("cy", "20 Mawrth 2021"),
        ("ga", "20 Márta 2021"),
        ("mt", "20 ta’ Marzu 2021"),
        ("hy", "20 մարտի, 2021"),
        ("ka", "2021 წლის 20 მარტს"),
        ("ka", "20 მარტი, 2021"),
        ("he", "20 במרץ 2021"),
        ("he", "יום שבת, 20 במרץ 2021"),
        ("ar", "السبت 20 مارس 2021"),
        ("ar", "٢٠ آذار ٢٠٢١"),
        ("ar", "20 آذار/مارس 2021"),
        ("fa", "شنبه ۲۰ مارس ۲۰۲۱"),
        ("fa", "۳۰ اسفند ۱۳۹۹"),
        ("fa", "شنبه، ۳۰ اسفند ماه ۱۳۹۹"),
        ("ur", "20 مارچ 2021"),
        ("hi", "20 मार्च 2021"),
        ("hi", "शनिवार, २० मार्च २०२१"),
        ("bn", "২০ মার্চ ২০২১"),
        ("ta", "20 மார்ச் 2021"),
        ("te", "20 మార్చి 2021"),
        ("mr", "२० मार्च २०२१"),
        ("gu", "20 માર્ચ 2021"),
        ("kn", "20 ಮಾರ್ಚ್ 2021"),
        ("ml", "2021 മാർച്ച് 20"),
        ("pa", "20 ਮਾਰਚ 2021"),
        ("ne", "२०२१ मार्च २०"),
        ("si", "2021 මාර්තු 20"),
        ("th", "วันเสาร์ที่ 20 มีนาคม 2564"),
        ("th", "๒๐ มีนาคม พ.ศ. ๒๕๖๔"),
        ("th", "20 มี.ค. 2564"),
        ("lo", "20 ມີນາ 2021"),
        ("km", "20 មីនា 2021"),
        ("my", "၂၀၂၁ ခုနှစ် မတ်လ ၂၀ ရက်"),
        ("vi", "ngày 20 tháng 3 năm 2021"),
        ("vi", "Thứ Bảy, ngày 20 tháng 3 năm 2021"),
        ("vi", "20/3/2021"),
        ("ja", "2021年3月20日（土）"),
        ("ja", "令和3年3月20日"),
        ("zh", "2021年3月20日星期六"),
        ("zh", "二〇二一年三月二十日"),
        ("zh-Hant", "民國110年3月20日"),
        ("ko", "2021년 3월 20일(토)"),
        ("ko", "2021. 3. 20."),
        ("fil", "Marso 20, 2021"),
        ("fil", "ika-20 ng Marso 2021"),
        ("sw", "Jumamosi, 20 Machi 2021"),
        ("sw", "tarehe 20 Machi 2021"),
        ("af", "Saterdag 20 Maart 2021"),
        ("zu", "20 Mashi 2021"),
        ("mn", "2021 оны гуравдугаар сарын 20"),
        ("ky", "20-март 2021"),
        ("lb", "20. Mäerz 2021"),
        ("am", "20 ማርች 2021"),
    ],
)
def test_the_twentieth_of_march_in_seventy_languages(language: str, text: str) -> None:
    (found,) = find_dates(text, language)
    assert found.date == SATURDAY
    assert found.weekday


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "в пятницу, 20 марта 2021"),
        ("pl", "w piątek, 20 marca 2021"),
        ("cs", "v neděli 20. března 2021"),
        ("fi", "perjantaina 20. maaliskuuta 2021"),
        ("th", "วันศุกร์ที่ 20 มีนาคม 2564"),
        ("vi", "Chủ nhật, ngày 20 tháng 3 năm 2021"),
        ("hu", "2021. március 20-án, pénteken"),
        ("ko", "2021년 3월 20일(일)"),
        ("ja", "2021年3月20日（日）"),
        ("de", "am Freitag, dem 20. März 2021"),
        ("hi", "रविवार, २० मार्च २०२१"),
        ("sv", "fredagen den 20 mars 2021"),
        ("he", "יום שישי, 20 במרץ 2021"),
        ("el", "την Παρασκευή, 20 Μαρτίου 2021"),
        ("en", "Friday, the 20th of March 2021"),
    ],
)
def test_a_weekday_in_its_case_is_held_against_the_calendar(language: str, text: str) -> None:
    (found,) = find_dates(text, language)
    assert found.date == SATURDAY
    assert not found.weekday


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fil", "3/4/2021"),  # the month first, or not
        ("sv", "20/3/2021"),
        ("en", "5 May 2564"),  # Buddhist years are those of Thai texts
        ("he", "ז' בניסן תשפ\"א"),
        ("ar", "7 شعبان 1442"),
        ("fa", "۳۰ اسفند ۱۴۰۰"),  # no leap year
        ("bn", "৬ চৈত্র ১৪২৭"),
        ("ne", "२०७७ चैत ७"),
        ("ja", "昭和20年8月15日"),
        ("ja", "令和3年13月1日"),
        ("kk", "2021 20"),
        ("zh", "二〇二一年三月"),
    ],
)
def test_what_could_be_meant_otherwise_is_not_read(language: str, text: str) -> None:
    assert [found.date for found in find_dates(text, language)] == []


@pytest.mark.parametrize(
    ("year", "month", "day", "date"),
    [
        (1399, 12, 30, dt.date(2021, 3, 20)),
        (1400, 1, 1, dt.date(2021, 3, 21)),
        (1403, 12, 30, dt.date(2025, 3, 20)),
        (1349, 1, 1, dt.date(1970, 3, 21)),
        (1357, 11, 22, dt.date(1979, 2, 11)),
        (1400, 12, 30, None),
        (1300, 1, 1, None),
        (1400, 13, 1, None),
    ],
)
def test_persian_dates(year: int, month: int, day: int, date: dt.date | None) -> None:
    assert from_persian(year, month, day) == date


def test_a_year_that_ends_a_sentence_is_not_that_of_the_next_date() -> None:
    (found,) = find_dates("So it was in 2020. március 5, 2021", "hu")
    assert found.date == dt.date(2021, 3, 5)
