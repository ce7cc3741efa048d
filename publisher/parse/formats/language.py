"""PURE. The language of a text, or none where there is doubt: a wrong one costs more than none."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from publisher.patterns import pattern

LETTERS = 200
"""Fewer letters than this are not asked: titles and one-liners are guessed wrong too often."""

_READ = 1000
"""Characters that are read at a time: more makes the detector less certain, not more."""

_DENSE = pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters that count twice: a text of them is half as long."""

_KIN_WORDS = {
    "id": "bahwa karena bisa mengatakan rupiah rp usai jumat jum'at rabu senin minggu agustus"
    " desember kantor mobil uang kabupaten kecamatan",
    "ms": "bahawa kerana boleh ringgit rm ialah jumaat isnin ahad ogos disember pejabat wang"
    " baharu",
}
_KIN = {tag: frozenset(words.split()) for tag, words in _KIN_WORDS.items()}
"""Languages that the detector cannot keep apart, and words that only one of each pair has."""

_CLEARLY = 2
"""So many more of one language's words decide."""

_WORD = pattern(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

_EAST_ASIAN = frozenset({"ja", "ko", "zh"})
"""Also the answer (ja) for a text in which the detector found nothing to read."""

_BCP47 = {"iw": "he", "no": "nb", "ji": "yi", "in": "id", "jw": "jv", "mo": "ro", "sh": "sr-Latn"}
"""What the detector calls otherwise than the language subtag registry does."""


def detect_language(text: str) -> str | None:
    """The BCP 47 tag of a text with at least LETTERS letters; None when unsure.

    Asks twice about a long text; two answers that differ are none.
    """
    tags = {_certain(text[start : start + _READ]) for start in (0, _READ)} - {None}
    return tags.pop() if len(tags) == 1 else None


def _certain(sample: str) -> str | None:
    if sum(map(str.isalpha, sample)) + len(_DENSE.findall(sample)) < LETTERS:
        return None
    found = _detector().FindLanguage(sample)
    tag = _BCP47.get(str(found.language), str(found.language))
    if tag in _KIN:
        return _nearer(sample) or (tag if found.is_reliable else None)
    if not found.is_reliable or (tag in _EAST_ASIAN and not _is_east_asian(sample)):
        return None
    return tag


def _nearer(sample: str) -> str | None:
    """Which of the languages that are kin a text is in, by the words that only one has."""
    said = [word.replace("’", "'") for word in _WORD.findall(sample.lower())]
    counts = sorted((sum(w in words for w in said), tag) for tag, words in _KIN.items())
    (fewer, _), (most, tag) = counts[-2:]
    return tag if most >= fewer + _CLEARLY else None


def _is_east_asian(sample: str) -> bool:
    return any("\u2e80" <= character <= "\ud7ff" for character in sample)


@lru_cache(maxsize=1)
def _detector() -> Any:
    import gcld3  # noqa: PLC0415 - loads a model of some megabytes; most sites declare a language

    return gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=_READ)
