"""News texts in many languages, with what is right in each, written before the rules for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.parse.clean.decode import decode
from publisher.parse.formats.plaintext import PlainText, read_plaintext

TEXTS = Path(__file__).resolve().parents[1] / "data" / "newstexts"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((TEXTS / "expected.yaml").read_text("utf-8"))

ENOUGH = 0.95

_FIGURE = re.compile(r"<figure><figcaption>(.*?)</figcaption></figure>", re.DOTALL)
_CREDIT = re.compile(r"<small>(.*?)</small>")
_PARAGRAPH = re.compile(r"<(p|li|h2)>(.*?)</\1>", re.DOTALL)
_DATELINE = re.compile(r"<p><b>(.*?)</b>")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a text: what is right, and what was read."""

    name: str
    right: str
    read: str

    @property
    def is_right(self) -> bool:
        beginning, dots, end = self.right.partition(" … ")
        if not dots:
            return self.read == self.right
        return self.read.startswith(beginning) and self.read.endswith(end)


def read(name: str) -> PlainText:
    text, _ = decode((TEXTS / f"{name}.txt").read_bytes(), name)
    return read_plaintext(text, first_line=1, language=EXPECTED[name].get("declared"))


def bare(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html)).strip(" -–—＝=")


def side_by_side(name: str, right: list[str], read: list[str]) -> Iterator[Part]:
    """One part for each that is expected, and one for each that is too many."""
    for number in range(max(len(right), len(read))):
        yield Part(
            f"{name} {number + 1}",
            right[number] if number < len(right) else "",
            read[number] if number < len(read) else "",
        )


def parts(name: str) -> Iterator[Part]:
    expected, found = EXPECTED[name], read(name)
    yield Part("title", expected["title"], found.title)
    yield Part("summary", expected["summary"], found.summary)
    yield Part("language", expected["language"], found.language or "")
    yield Part("date", str(expected["date"]), str(found.date))
    yield Part("dateline", expected["dateline"], bare("".join(_DATELINE.findall(found.html)[:1])))
    figures = _FIGURE.findall(found.html)
    yield from side_by_side(
        "caption", [c for c, _ in expected["captions"]], [bare(_CREDIT.sub("", f)) for f in figures]
    )
    yield from side_by_side(
        "credit",
        [c for _, c in expected["captions"]],
        [unescape("".join(_CREDIT.findall(f))) for f in figures],
    )
    yield from side_by_side(
        "paragraph", expected["paragraphs"], [bare(p) for _, p in _PARAGRAPH.findall(found.html)]
    )
    whole = f"{found.title}\n{found.summary}\n{found.html}\n{found.body_text}"
    for words in expected["absent"]:
        yield Part(f"without {words!r}", "", words if words in whole else "")


def test_twenty_texts_in_ten_languages() -> None:
    assert {path.stem for path in TEXTS.glob("*.txt")} == set(EXPECTED)
    assert len(EXPECTED) >= 20
    assert len({e["language"].partition("-")[0] for e in EXPECTED.values()}) >= 10


def test_of_all_parts_nearly_all_are_right() -> None:
    read = [(name, part) for name in EXPECTED for part in parts(name)]
    wrong = [(name, part) for name, part in read if not part.is_right]
    listed = "\n".join(f"{n}: {p.name}: {p.read!r} is not {p.right!r}" for n, p in wrong)
    right = len(read) - len(wrong)
    assert right >= ENOUGH * len(read), f"{right} of {len(read)} parts are right\n{listed}"


@pytest.mark.parametrize("name", EXPECTED)
def test_title_and_date_are_right_in_every_text(name: str) -> None:
    wrong = [p for p in parts(name) if p.name in ("title", "date") and not p.is_right]
    assert wrong == []
