"""GROUND. What languages are called, by CLDR (UTS 35): in another language, and by themselves.

Babel is imported when it is first asked: many runs have no question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_OWN_NAMES = {"Indonesia": "Bahasa Indonesia", "Melayu": "Bahasa Melayu"}
"""Names of CLDR (language data, "localeDisplayNames") that alone are those of lands."""


def locale_of(tag: str) -> Locale | None:
    """What CLDR knows of a language; None where it knows nothing."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 (see above)

    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def name_in(tag: str, locale: Locale | None) -> str:
    """What a language is called in a locale, or by itself for None; the tag where nobody knows."""
    own = locale_of(tag)
    return (own.get_display_name(locale) if own else None) or tag


def is_known(tag: str) -> bool:
    """Whether CLDR knows a language by that tag."""
    return locale_of(tag) is not None


def own_name(tag: str) -> str:
    """What a language calls itself, as a heading; the tag where nobody knows it."""
    name = name_in(tag, None)
    name = _OWN_NAMES.get(name, name)
    return name[:1].upper() + name[1:]
