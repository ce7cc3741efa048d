"""PURE. Our own words, dates and numbers in a language: gettext catalogues and Babel.

Catalogues are .po files, read at the edge and handed in as bytes by language.

The fallback rule, one for words and dates alike: a tag is cut from its end until a
catalogue in its script is found (RFC 4647 section 3.4, "lookup": en-GB-oxendict, en-GB,
en); then the one of its language and script is taken, though the tag names none (zh-TW
and zh-HK are written as zh-Hant, and get nothing from zh). Where there is none, we
speak English and say so (`Words.language` is "en"). Dates follow the whole tag: en-GB
has the words of `en` and "20 March 2021".
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal

from publisher.languages import name_in
from publisher.render.catalogues import Catalogue
from publisher.values import dataclass

FALLBACK = "en"

_RIGHT_TO_LEFT = frozenset(
    {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}
)
_FULL_WIDTH = frozenset({"Bopo", "Hani", "Hans", "Hant", "Jpan"})


@lru_cache(maxsize=4096)
def _short_date(day: date, locale: Locale) -> str:
    """Articles of an issue share their days, and Babel looks each up anew."""
    return format_skeleton("MMMMd", day, locale=locale)


@lru_cache(maxsize=4096)
def _long_date(day: date, locale: Locale) -> str:
    return format_date(day, format="long", locale=locale)


@dataclass(frozen=True, slots=True)
class Words:
    """How we speak in one language.

    `language` is the tag to declare for what we say, `locale` what Babel knows of it.
    """

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def __hash__(self) -> int:
        """(That of a `Locale` takes ten times as long, and pages look things up by their words.)"""
        return hash(self.language)

    @property
    def direction(self) -> str:
        """ltr or rtl."""
        return text_direction(self.language)

    def gettext(self, message: str, **values: object) -> str:
        """Our sentence in this language, `%(name)s` in it replaced by the value of that name."""
        return _fill(self.catalogue.gettext(message), values)

    def ngettext(self, singular: str, plural: str, n: int, **values: object) -> str:
        """The sentence for a number, by the language's own plural rule; values as in `gettext`."""
        return _fill(self.catalogue.ngettext(singular, plural, n), values)

    def long_date(self, when: date | datetime) -> str:
        """A date in full, such as 20 March 2021, in the offset that `when` carries."""
        return _long_date(when.date() if isinstance(when, datetime) else when, self.locale)

    def short_date(self, when: date | datetime) -> str:
        """A date without year, such as 20 March."""
        return _short_date(when.date() if isinstance(when, datetime) else when, self.locale)

    def month(self, when: date | datetime) -> str:
        """A month and its year as a heading, such as March 2021 or Mars 2021."""
        name = format_skeleton("yMMMM", when, locale=self.locale)
        return name[:1].upper() + name[1:]

    @property
    def gap(self) -> str:
        """What stands between two sentences: nothing where the full stop is as wide as a letter."""
        return "" if _script(self.language) in _FULL_WIDTH else " "

    def weekday(self, number: int) -> str:
        """The name of a weekday, from 0 for Monday."""
        return str(get_day_names("wide", "stand-alone", self.locale)[number])

    def clock(self, when: time | datetime) -> str:
        """A time of day in hours and minutes, as `when` carries it."""
        return format_time(when.replace(tzinfo=None), format="short", locale=self.locale)

    def number(self, value: int) -> str:
        """A whole number with the language's separators, in the digits that its dates have."""
        return format_decimal(value, locale=self.locale)

    def language_name(self, tag: str) -> str:
        """What a language is called in this one; the tag where nobody knows it."""
        return name_in(tag, self.locale)

    def join(self, parts: Sequence[str]) -> str:
        """Several names as one phrase, such as "A, B and C"; "" for none."""
        return format_list(parts, locale=self.locale) if parts else ""


def make_words(language: str | None, catalogues: Mapping[str, bytes]) -> Words:
    """The words of a language, by the fallback rule above; of English for None."""
    tag = language or FALLBACK
    known = best_catalogue(tag, catalogues)
    spoken = tag if full_tag(known)[:2] == full_tag(tag)[:2] else known
    return Words(
        language=spoken,
        locale=_locale(spoken),
        catalogue=_read(catalogues[known]) if known in catalogues else gettext.NullTranslations(),
    )


def best_catalogue(tag: str, catalogues: Iterable[str]) -> str:
    """The name of the catalogue that serves a tag, by the fallback rule above."""
    by_name = {name.casefold(): name for name in catalogues}
    language, script, _ = full_tag(tag)
    for candidate in (*_shortened(tag), f"{language}-{script}".casefold()):
        if candidate in by_name and _script(candidate) == script:
            return by_name[candidate]
    return FALLBACK


@lru_cache(maxsize=1024)
def text_direction(language: str | None) -> str:
    """ltr or rtl for any language tag, also for those in which we have no words.

    (Asked of every entry of an issue, and likely subtags take a while to look up.)
    """
    return "rtl" if _script(language or FALLBACK) in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=1024)
def full_tag(tag: str) -> tuple[str, str, str]:
    """Language, script and territory of a tag; the likely ones where it names none, else "".

    The likely ones are CLDR's (UTS 35, "likely subtags").
    """
    language, *others = tag.split("-")
    language = language.lower()
    script = next((part.title() for part in others[:1] if _is_script(part)), "")
    territory = next((part.upper() for part in others[:2] if _is_territory(part)), "")
    likely = get_global("likely_subtags")
    found = next(
        (
            str(likely[key])
            for names in ((script, territory), (territory,), (script,), ())
            if (key := "_".join(filter(None, (language, *names)))) in likely
        ),
        "",
    )
    _, likely_script, likely_territory = found.split("_") if found else ("", "", "")
    return language, script or likely_script, territory or likely_territory


def _script(tag: str) -> str:
    return full_tag(tag)[1]


def _is_script(part: str) -> bool:
    return len(part) == 4 and part.isalpha()


def _is_territory(part: str) -> bool:
    return (len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit())


def _fill(message: str, values: Mapping[str, object]) -> str:
    return message % values if values else message


def _shortened(tag: str) -> tuple[str, ...]:
    """A tag and what is left when it is cut from the end, in small letters."""
    parts = tag.casefold().split("-")
    return tuple("-".join(parts[:n]) for n in range(len(parts), 0, -1))


def _locale(tag: str) -> Locale:
    """What Babel knows of a tag, cut from its end until it knows it; else English."""
    for candidate in _shortened(tag):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(FALLBACK)


_read = lru_cache(maxsize=64)(Catalogue)
"""A run asks for the words of one language several times, and to read them takes 2 ms."""
