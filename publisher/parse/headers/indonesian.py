"""PURE. The words that Indonesian newsrooms write at the head of an article.

They count where the header tells its title in them, or its date and no title, so that a key of the
author's own in a header of other words stays the author's. Lines without a fence are a header only
if each of their keys is known: the box of a book or a film has a title and a writer, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from publisher.parse.headers.header import KEY_LINE, Header, lines_header, split_header
from publisher.parse.headers.values import Pairs, is_empty, normalise_key
from publisher.patterns import pattern

_SYNONYMS = {
    "title": "judul",
    "date": "tanggal tanggalterbit tanggaltayang tanggalpublikasi",
    "updated": "diperbarui",
    "draft": "draf",
    "summary": "ringkasan deskripsi",
    "authors": "penulis wartawan pewarta reporter oleh",
    "tags": "label topik katakunci",
    "categories": "kategori rubrik kanal",
    "language": "bahasa",
}
_AFTER_ALL = 50
"""Added to the rank of these words: those of publisher.parse.headers.fields come first."""

WORDS: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        word: (ours, _AFTER_ALL + rank)
        for ours, words in _SYNONYMS.items()
        for rank, word in enumerate(words.split())
    }
)
"""Normalised key -> our name and its rank, as in fields.MEANINGS."""

_KEYS = frozenset(WORDS)

_PASSED_OVER = dict.fromkeys(
    ["editor", "redaktur", "penyunting", "penyelia", "fotografer", "foto", "sumber", "lokasi"],
    ("", 0),
)
"""What such a header tells besides, of which nothing is made."""

_DATE = pattern(
    r"(?:[^\d\s]{1,20} ){0,2}"
    r"(?:\d{1,2}(?:\D\d{1,2}\D|\D{1,15})\d{4}|\d{4}\D\d{1,2}\D\d{1,2})(?!\d).{0,25}"
)
_MOST_LINES = 20


def split_article(text: str, file: str, known: Mapping[str, tuple[str, int]]) -> Header:
    """Take the header off an article, as `split_header` does; lines in these words are one, too.

    What only looks like a header is told in a warning. Raises ArticleError.
    """
    header = split_header(text, file, known)
    if header.kind != "none" or not KEY_LINE.match(text):
        return header
    words = {**_PASSED_OVER, **WORDS, **known}
    found = lines_header(text, file, words)
    if found is not None and all(normalise_key(key.text) in words for key, _ in found.pairs):
        return found
    told = _looks_like_one(text, words)
    return replace(header, warnings=(*header.warnings, told)) if told else header


def with_these_words(
    pairs: Pairs, known: Mapping[str, tuple[str, int]]
) -> Mapping[str, tuple[str, int]]:
    """`known`, and these words where a header tells its title, or else its date, in them alone."""
    if _KEYS.isdisjoint([normalise_key(key.text) for key, _ in pairs]):  # as in most headers
        return known
    keys = {normalise_key(key.text) for key, value in pairs if not is_empty(value)}
    told = {known[key][0] for key in keys if key in known}
    said = {WORDS[key][0] for key in keys if key in WORDS and key not in known}
    is_theirs = "title" not in told and ("title" in said or "date" in said - told)
    return {**WORDS, **known} if is_theirs else known


def is_word(key: str) -> bool:
    """Whether a key is one of these words, so that its value is Indonesian, too."""
    return normalise_key(key) in WORDS


def _looks_like_one(text: str, words: Mapping[str, tuple[str, int]]) -> str:
    """The warning about the first lines, where all have a key and one tells a title or a date."""
    block = text.partition("\n\n")[0].rstrip("\n").split("\n", _MOST_LINES)
    lines = [KEY_LINE.fullmatch(line) for line in block]
    pairs = [(line[1], line[2].strip()) for line in lines if line is not None]
    if not 2 <= len(pairs) == len(lines) <= _MOST_LINES:
        return ""
    is_told = any(words.get(normalise_key(key), ("",))[0] == "title" for key, _ in pairs)
    if not is_told and not any(_DATE.fullmatch(value) for _, value in pairs):
        return ""
    strange = [key for key, _ in pairs if normalise_key(key) not in words]
    return (
        f"lines 1 to {len(lines)} look like a header and are shown as text, for of their keys "
        f"{', '.join(strange)} {'is' if len(strange) == 1 else 'are'} not known: put a line --- "
        "above and below them to make them the header, and say in `map:` of the source what each "
        "key is that is not read; or put the headline above them"
    )
