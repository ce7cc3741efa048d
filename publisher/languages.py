"""GROUND. What languages are called, by CLDR (UTS 35): in another language, and by themselves.

Babel is imported when it is first asked: many runs have no question.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_OWN_NAMES = {"Indonesia": "Bahasa Indonesia", "Melayu": "Bahasa Melayu"}
"""Names of CLDR (language data, "localeDisplayNames") that alone are those of lands."""


_ALSO_CALLED = MappingProxyType({"bahasa": "id", "farsi": "fa", "mandarin": "zh"})
_SPEAKERS = (
    "ar bg bn bs ca cs cy da de el es et eu fa fi fil fr ga gl he hi hr hu hy id is it ja ka ko lt"
    " lv mk ms nb nl nn no pl pt ro ru sk sl sq sr sv sw ta th tr uk ur vi zh"
)
"""Languages that are known by what they call themselves: to ask each that there is takes long."""


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


def tag_of_name(name: str) -> str | None:
    """The tag of a language by what it is called in English, or by itself."""
    english = locale_of("en")
    called = {
        **(_names_by(english) if english else {}),
        **{own_name(tag).casefold(): tag for tag in _SPEAKERS.split()},
        **_ALSO_CALLED,
    }
    return called.get(name.casefold())


def _names_by(locale: Locale) -> dict[str, str]:
    return {name.casefold(): tag.replace("_", "-") for tag, name in locale.languages.items()}
