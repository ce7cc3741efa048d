"""PURE. What both XML formats share: how elements stand together, their text and their HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any

from publisher.feedcheck.finding import Report
from publisher.feedcheck.html import body_faults
from publisher.feedcheck.names import BASE, is_known, shown
from publisher.feedcheck.values import check_language
from publisher.patterns import pattern

Shape = tuple[str, ...]
"""The tags of an element's children, in order."""
Check = Callable[[Report, Any], object]
Fault = tuple[str, int, str]
"""A rule, the child that breaks it (-1: the parent), and what to say."""

_MARKUP = pattern(
    r"<(a|abbr|b|big|blockquote|cite|code|del|div|em|font|h[1-6]|i|li|p|pre|small|span|strike|"
    r"strong|sub|sup|tt|u|ul)(?:\s[^<>]*+)?>[^<]*+</\1\s*+>|<(?:br|hr|img)(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_REFERENCE = pattern(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|#[0-9]{2,5}|#x[0-9a-f]{2,5});",
    re.IGNORECASE,
)


def shape_faults(shape: Shape, parent: str, once: Collection[str]) -> list[Fault]:
    """What is wrong with the children whatever they say: repeated, unknown.

    Entries of a feed have few shapes, so this is asked once for each of them.
    """
    faults: list[Fault] = []
    counts = Counter(shape)
    first = {tag: place for place, tag in reversed([*enumerate(shape)])}
    for tag, count in counts.items():
        where = first[tag]
        if count > 1 and tag in once:
            second = shape.index(tag, where + 1)
            faults.append(("repeated-element", second, f"{shown(tag)} stands {count} times"))
        if not is_known(tag, parent):
            faults.append(("unknown-element", where, f"{shown(tag)} in {shown(parent)}"))
    return faults


def add_faults(
    report: Report, parent: Any, children: Sequence[Any], faults: Sequence[Fault]
) -> None:
    """Report what is wrong with a shape, at the very elements."""
    for name, where, detail in faults:
        report.add(name, parent if where < 0 else children[where], detail)


def check_body(report: Report, element: Any, body: str, *, based: bool = False) -> None:
    """Hold HTML against its rules, unless the memo knows that it is sound.

    `based`: an xml:base says what references are relative to.
    """
    key = hash(body)
    if key in report.memo:
        return
    faults = body_faults(body)
    if not faults:
        report.memo.add(key)
    for rule, detail in faults:
        if not (based and rule in ("relative-reference", "fragment-reference")):
            report.add(rule, element, detail)


def check_plain(report: Report, element: Any, text: str, what: str) -> None:
    """Look for markup, and for escapes that were meant to be read, in plain text."""
    if "&" in text and (found := _REFERENCE.search(text)):
        report.add("escaped-twice", element, f"{found[0]} in the {what} {text[:80]}")
    elif "<" in text and _MARKUP.search(text[:2000]):
        report.add("markup-in-plain-text", element, f"{what} {text[:80]}")


def check_text_only(report: Report, element: Any) -> None:
    """An element that holds text holds no elements."""
    if len(element):
        report.add("markup-unescaped", element, f"{shown(element[0].tag)} in {shown(element.tag)}")


def check_lang(report: Report, element: Any, value: str | None) -> None:
    """xml:lang is a tag, or empty, which takes a language back (XML 1.0 section 2.12)."""
    if value:
        check_language(report, value, element)


def is_based(element: Any) -> bool:
    """Whether an xml:base is in force."""
    while element is not None:
        if element.get(BASE):
            return True
        element = element.getparent()
    return False
