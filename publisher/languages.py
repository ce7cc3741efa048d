"""GROUND. What languages are called, by CLDR (UTS 35): in another language, and by themselves."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

_OWN_NAMES = {"Indonesia": "Bahasa Indonesia", "Melayu": "Bahasa Melayu"}
"""Names of CLDR (language data, "localeDisplayNames") that alone are those of lands."""


def name_in(tag: str, locale: Locale | None) -> str:
    """What a language is called in a locale, or by itself for None; the tag where nobody knows."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def is_known(tag: str) -> bool:
    """Whether CLDR knows a language by that tag."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def own_name(tag: str) -> str:
    """What a language calls itself, as a heading; the tag where nobody knows it."""
    name = name_in(tag, None)
    name = _OWN_NAMES.get(name, name)
    return name[:1].upper() + name[1:]
