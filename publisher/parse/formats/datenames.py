"""PURE. How the months and weekdays of a language are called, in all forms that a text has.

Babel (CLDR) has one form of each name; texts have inflected ones, regional ones and spellings
of their own. Those are here, from the grammars of their languages.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from babel import Locale, UnknownLocaleError

_SPOKEN_ELSEWHERE = {
    "ar": ("ar", "ar_LB", "ar_MA", "ar_DZ"),
    "de": ("de", "de_AT"),
    "es": ("es", "es_PE"),
    "no": ("nb",),
    "sr": ("sr", "sr_Latn"),
    "tl": ("fil",),
    "bs": ("bs", "hr"),
}
"""Locales whose names differ from those of the language at large."""

_OTHER_WEEKDAYS = {"jum'at": 4, "jum’at": 4, "ahad": 6}
"""Indonesian and Malay spellings that CLDR lacks; 0 is Monday."""

_FINNISH = "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu"

_SERBIAN = (
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra"
)

_OTHER_MONTHS = {
    "ar": "يناير فبراير مارس ابريل/نيسان مايو/ايار يونيو يوليو اغسطس/اب سبتمبر/ايلول"
    " اكتوبر نوفمبر ديسمبر",
    "be": "студзень люты сакавік красавік май/травень чэрвень ліпень жнівень верасень"
    " кастрычнік лістапад снежань",
    "bs": _SERBIAN,
    "cs": "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
    "de": "jänner/jan feber/feb mär apr mai jun jul aug sept/sep okt nov dez",
    "el": "ιανουάριος/γενάρη φεβρουάριος/φλεβάρη μάρτιος/μάρτη απρίλιος/απρίλη μάιος/μάη"
    " ιούνιος/ιούνη ιούλιος/ιούλη αύγουστος σεπτέμβριος/σεπτέμβρη οκτώβριος/οκτώβρη"
    " νοέμβριος/νοέμβρη δεκέμβριος/δεκέμβρη",
    "en": "jan feb mar apr may jun jul aug sept oct nov dec",
    "es": "ene feb mar abr may jun jul ago sept/set oct nov dic",
    "et": "jaanuaril veebruaril märtsil aprillil mail juunil juulil augustil septembril"
    " oktoobril novembril detsembril",
    "eu": "urtarrilaren otsailaren martxoaren apirilaren maiatzaren ekainaren uztailaren"
    " abuztuaren irailaren urriaren azaroaren abenduaren",
    "fa": "ژانویه فوریه مارس اوریل/آوریل مه/می ژوئن ژوئیه/جولای اوت/آگوست سپتامبر اکتبر"
    " نوامبر دسامبر",
    "fi": " ".join(f"{stem}kuu/{stem}kuun/{stem}kuussa" for stem in _FINNISH.split()),
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितम्बर/सितंबर अक्तूबर/अक्टूबर नवम्बर/नवंबर दिसम्बर/दिसंबर",
    "hr": "siječanj veljača ožujak travanj svibanj lipanj srpanj kolovoz rujan listopad"
    " studeni prosinac",
    "hy": "հունվար փետրվար մարտ ապրիլ մայիս հունիս հուլիս օգոստոս սեպտեմբեր հոկտեմբեր"
    " նոյեմբեր դեկտեմբեր",
    "id": "jan pebruari/peb mar apr mei jun jul agt/agst/ags sep okt nopember/nop des",
    "ka": "იანვარს თებერვალს მარტს აპრილს მაისს ივნისს ივლისს აგვისტოს სექტემბერს ოქტომბერს"
    " ნოემბერს დეკემბერს",
    "lt": "sausis vasaris kovas balandis gegužė birželis liepa rugpjūtis rugsėjis spalis"
    " lapkritis gruodis",
    "lv": "janvārī februārī martā aprīlī maijā jūnijā jūlijā augustā septembrī oktobrī novembrī"
    " decembrī",
    "pl": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik"
    " listopad grudzień",
    "ru": "январь/янв февраль/фев март/мар апрель май июнь/июн июль/июл август сентябрь/сен"
    " октябрь/окт ноябрь/ноя декабрь/дек",
    "sk": "január február marec apríl máj jún júl august september október november december",
    "sl": "januarja februarja marca aprila maja junija julija avgusta septembra oktobra"
    " novembra decembra",
    "sr": f"{_SERBIAN} јануара фебруара марта априла маја јуна јула августа септембра октобра"
    " новембра децембра",
    "uk": "січень лютий березень квітень травень червень липень серпень вересень жовтень"
    " листопад грудень",
}
"""Language -> its months from January on, once or twice; `/` parts forms of one."""

_ENDINGS = {
    "ru": "а>у",
    "uk": "а>у",
    "be": "а>у",
    "sr": "а>у a>u",
    "pl": "a>ę",
    "cs": "a>u e>i",
    "sk": "a>u",
    "hr": "a>u",
    "bs": "a>u",
    "sl": "a>o",
    "sv": ">en",
    "da": ">en",
    "nb": ">en",
    "no": ">en",
    "fi": ">na",
    "et": ">l",
    "lt": "is>į",
    "ka": "ი>ს",
}
"""Language -> what the end of a weekday's name becomes where something happens on it."""

_OTHER_DAYS = {
    "hu": "hétfőn kedden szerdán csütörtökön pénteken szombaton vasárnap",
    "vi": "thứ_2 thứ_3 thứ_4 thứ_5 thứ_6 thứ_7 cn",
    "ja": "月 火 水 木 金 土 日",
    "ko": "월 화 수 목 금 토 일",
    "zh": "周一 周二 周三 周四 周五 周六 周日",
    "hi": "सोमवार मंगलवार बुधवार बृहस्पतिवार/वीरवार शुक्रवार शनिवार रविवार/इतवार",
    "he": "שני שלישי רביעי חמישי שישי שבת ראשון",
    "th": "จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์ อาทิตย์",
}
"""Language -> weekdays from Monday on; `_` stands for a space."""

PERSIAN_MONTHS = MappingProxyType(
    {
        word: number
        for number, words in enumerate(
            [
                "فروردین",
                "اردیبهشت",
                "خرداد",
                "تیر",
                "مرداد/امرداد",
                "شهریور",
                "مهر",
                "آبان",
                "آذر",
                "دی",
                "بهمن",
                "اسفند",
            ],
            1,
        )
        for word in words.split("/")
    }
)


class Names(NamedTuple):
    """How a language writes dates: its names (casefolded; Monday is 0) and its orders."""

    months: dict[str, int]
    weekdays: dict[str, int]
    day_first: bool
    year_first: bool
    year_first_in_words: bool


@lru_cache(maxsize=64)
def names_of(tag: str) -> Names:
    """The names of a language (BCP 47), and the English ones behind them."""
    base = tag.partition("-")[0].lower()
    locales = _locales(tag, base)
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for language, locale in [(base, one) for one in locales] + [("en", Locale.parse("en"))]:
        for width in ("wide", "abbreviated"):
            _learn(months, locale.months["format"][width])
            _learn(weekdays, locale.days["format"][width])
        _learn_others(months, weekdays, language)
    for word, number in _OTHER_WEEKDAYS.items():
        weekdays.setdefault(word, number)
    short = _pattern(locales, "short")
    return Names(
        months,
        weekdays,
        day_first=short.startswith("d"),
        year_first=short.startswith("y"),
        year_first_in_words=_pattern(locales, "long").startswith("y"),
    )


def fold_name(name: str) -> str:
    """A name as it is looked up: composed, in small letters, without its abbreviating point."""
    return unicodedata.normalize("NFC", name).casefold().replace("i\u0307", "i").rstrip(".")


def _locales(tag: str, base: str) -> list[Locale]:
    known = []
    for name in dict.fromkeys((tag.replace("-", "_"), *_SPOKEN_ELSEWHERE.get(base, (base,)))):
        try:
            known.append(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return known


def _pattern(locales: list[Locale], width: str) -> str:
    """How the language itself (not our English besides it) writes a date, "" when not known."""
    if not locales:
        return ""
    return str(locales[0].date_formats[width].pattern).lstrip("\u200e\u200f")


def _learn(names: dict[str, int], given: dict[int, str]) -> None:
    for number, name in given.items():
        word = fold_name(name)
        has_digit = any(map(str.isdigit, word))
        if " " in word or not (has_digit or (len(word) == 1 and word.isascii())):
            names.setdefault(word, number)
            names.setdefault(word.replace("’", "'"), number)


def _learn_others(months: dict[str, int], weekdays: dict[str, int], language: str) -> None:
    for index, words in enumerate(_OTHER_MONTHS.get(language, "").split()):
        for word in words.split("/"):
            months.setdefault(fold_name(word), index % 12 + 1)
    for ending in _ENDINGS.get(language, "").split():
        before, _, after = ending.partition(">")
        for name, number in [*weekdays.items()]:
            if name.endswith(before) and len(name) > 3:
                weekdays.setdefault(name[: len(name) - len(before)] + after, number)
    for number, words in enumerate(_OTHER_DAYS.get(language, "").split()):
        for word in words.split("/"):
            weekdays.setdefault(fold_name(word.replace("_", " ")), number)
