"""PURE. Small pieces of HTML as pages are put together from them; everything in them is escaped.

(Not by `Markup.format`: it reads its pattern anew each time, ten times as slow, and a page has
dozens of such pieces. What does not escape stays within this module.)
"""
# ruff: noqa: S704 (the one place where text is declared to be markup)

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from publisher.render.generated import put
from publisher.render.words import Words, text_direction

_PART = "\0"


def link(
    href: str, text: str, *, rel: str = "", hreflang: str = "", language: Markup | None = None
) -> Markup:
    """A link; `text` is escaped unless it is markup, `language` are its `lang` and `dir`."""
    before = f' rel="{put(rel)}"' if rel else ""
    after = f' hreflang="{put(hreflang)}"' if hreflang else ""
    return Markup(f'<a{before} href="{put(href)}"{after}{language or ""}>{put(text)}</a>')


def isolated(text: str, *, language: Markup | None = None) -> Markup:
    """Text of somebody else within ours, whose direction does not turn ours (HTML, `bdi`)."""
    return Markup(f"<bdi{language or ''}>{put(text)}</bdi>")


def time_element(when: datetime, text: str) -> Markup:
    """A date as people read it and as machines do."""
    return Markup(f'<time datetime="{when.isoformat()}">{put(text)}</time>')


@lru_cache(maxsize=1024)
def language_attributes(tag: str) -> Markup:
    """`lang` and `dir` of text in a language, each with a space before it."""
    return Markup(f' lang="{put(tag)}" dir="{text_direction(tag)}"')


def phrase(parts: Sequence[Markup], words: Words) -> Markup:
    """Several names as one phrase, such as "A, B and C"; "" for none."""
    first, *after = _around(words, len(parts))
    return Markup(first + "".join(f"{one}{then}" for one, then in zip(parts, after, strict=False)))


@lru_cache(maxsize=1024)
def _around(words: Words, count: int) -> tuple[str, ...]:
    """What stands before, between and after so many parts of a phrase, escaped.

    (Babel puts each phrase together anew, and each page has two.)
    """
    pieces = words.join([_PART] * count).split(_PART)
    return tuple(str(put(piece)) for piece in pieces)
