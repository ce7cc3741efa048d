"""GROUND. Tags of languages: BCP 47, which is RFC 5646."""

from __future__ import annotations

from functools import lru_cache

from publisher.languages import tag_of_name
from publisher.patterns import pattern

_LANGUAGE = pattern(
    r"(?:(?:[A-Za-z]{2,3}|[A-Za-z]{4}|[A-Za-z]{5,8})"  # language
    r"|(?i:ar|kok|lv|ms|sgn|sw|uz|zh)-[A-Za-z]{3})"  # an extended one: there are none of others
    r"(?:-[A-Za-z]{4})?"  # script
    r"(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"  # region
    r"(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"  # variants
    r"(?:-[A-WYZa-wyz0-9](?:-[A-Za-z0-9]{2,8})+)*"  # extensions
    r"(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?\Z"  # private use
)
_PRIVATE = pattern(r"[Xx](?:-[A-Za-z0-9]{1,8})+\Z")
_OLD = (
    "en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao"
    " i-tay i-tsu sgn-be-fr sgn-be-nl sgn-ch-de no-bok no-nyn zh-min zh-min-nan"
)
"""Grandfathered tags that are formed otherwise; no other will come."""

_LONGEST_LANGUAGE = 3
"""Letters of the first part of a tag: longer ones may be registered, and none is."""


@lru_cache(maxsize=1024)
def is_language_tag(tag: str) -> bool:
    """Whether a tag is well-formed (RFC 5646 section 2.1), with extended parts where there are
    some."""
    return bool(_LANGUAGE.match(tag) or _PRIVATE.match(tag)) or tag.lower() in _OLD.split()


def read_tag(text: str) -> str:
    """A tag of a language that somebody wrote; `_` is read as `-`.

    Raises ValueError for what is none, such as the name of a language, with the tag that it has.
    """
    tag = text.strip().replace("_", "-")
    if is_language_tag(tag) and len(tag.partition("-")[0]) <= _LONGEST_LANGUAGE:
        return tag
    meant = tag_of_name(text.strip())
    hint = f" (did you mean {meant}?)" if meant else ""
    raise ValueError(f"a language tag such as en, id or pt-BR{hint}")
