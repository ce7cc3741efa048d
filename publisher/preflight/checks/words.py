"""PURE. What a mail says: nothing left over from making it, and in which language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from urllib.parse import quote

from publisher.preflight.drawn import bare, squash
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail, text_part
from publisher.render.mail.text import plain
from publisher.render.words import text_direction

_PLACEHOLDER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}|%\(\w+\)|%7B%7B|\\u\{|\$\{|\*\||\|\*|reader\.invalid"
    r"|\[object \w+\]|<mj-|<bound method|<(?:function|generator|built-in|macro)\b"
    r"|\b(?:None|undefined|NaN|Undefined)\b"
)
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|u|em|strong|ul|ol|li|img|h[1-6]|table|tr|td|blockquote|code)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|hellip|#\d+|#x[0-9a-f]+);", re.IGNORECASE
)
_FILLER = re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE)
_ATTRIBUTES = ("alt", "title", "aria-label", "href", "src", "content")
_EDGES = ".,;:!?()[]\"'«»“”‘’…"


def left_over_placeholder(mail: Mail) -> Faults:
    """left-over-placeholder. What authors wrote themselves does not count.

    The subject and the preheader are made from their words by templates, so
    these two do not count as theirs.
    """
    written = _written(mail)
    told = set()
    for where, text in _texts(mail):
        for found in _PLACEHOLDER.finditer(text):
            word = _word_around(text, found.start(), found.end())
            if bare(word).strip(_EDGES) not in written and (where, word) not in told:
                told.add((where, word))
                yield where, f"{_around(text, found.start())!r}"


def left_over_mjml(mail: Mail) -> Faults:
    """left-over-mjml."""
    for name in sorted(set(re.findall(rb"</?(mj-[a-z-]+|mjml)\b", mail.html))):
        yield "HTML", f"<{name.decode()}>"


def left_over_markup(mail: Mail) -> Faults:
    """left-over-markup."""
    for where, text in (
        ("subject", mail.subject),
        ("HTML", mail.drawn.visible()),
        ("text", squash(text_part(mail))),
    ):
        for pattern in (_TAG, _ENTITY):
            found = pattern.search(text)
            if found:
                yield where, f"{_around(text, found.start())!r}"


def filler_text(mail: Mail) -> Faults:
    """filler-text."""
    for where, text in (("subject", mail.subject), ("HTML", mail.drawn.visible())):
        found = _FILLER.search(text)
        if found:
            yield where, f"{_around(text, found.start())!r}"


def language(mail: Mail) -> Faults:
    """language."""
    said, wanted = mail.drawn.root.get("lang", ""), mail.proof.language
    if said.lower() != wanted.lower():
        yield "<html>", f"lang is {said!r}, the newsletter's is {wanted!r}"


def direction(mail: Mail) -> Faults:
    """direction."""
    said, wanted = mail.drawn.root.get("dir", ""), text_direction(mail.proof.language)
    if said.lower() != wanted:
        yield "<html>", f"dir is {said!r}, that of {mail.proof.language} is {wanted!r}"


def document_title(mail: Mail) -> Faults:
    """document-title."""
    title = next(mail.drawn.root.iter("title"), None)
    if title is None or not bare("".join(title.itertext())):
        yield "HTML", "no words in <title>"


def _texts(mail: Mail) -> Iterator[tuple[str, str]]:
    """Every text that a reader or a reader's machine gets to see, and where."""
    yield "subject", mail.subject
    for text in mail.drawn.texts:
        yield "HTML", squash(text.text)
    for element, _ in mail.drawn.elements:
        for name in _ATTRIBUTES:
            if element.get(name):
                yield f"<{element.tag} {name}>", squash(element.get(name))
    for title in mail.drawn.root.iter("title"):
        yield "<title>", squash("".join(title.itertext()))
    yield "text", squash(text_part(mail))


def _written(mail: Mail) -> str:
    """All words and addresses of people that the mail may hold, made fit for mail as there."""
    proof = mail.proof
    digest = replace(proof.issue.digest, subject="", preheader="")
    newsletter = replace(proof.newsletter, subject="", preheader="")  # templates
    strings = [plain(s) for s in _strings((digest, newsletter, proof.site, proof.said))]
    addresses = [quote(s, safe="/?:@!$&'()*+,;=-._~%") for s in strings if "://" in s]
    return bare(" ".join((*strings, *addresses)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _word_around(text: str, start: int, end: int) -> str:
    """The word, between spaces, that a place lies in."""
    return text[text.rfind(" ", 0, start) + 1 : end] + text[end:].partition(" ")[0]


def _around(text: str, at: int) -> str:
    start = max(0, at - 15)
    return ("…" if start else "") + text[start : at + 45] + ("…" if at + 45 < len(text) else "")
