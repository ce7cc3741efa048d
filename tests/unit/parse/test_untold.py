"""Articles of which only the header is there."""

from __future__ import annotations

import pytest

from tests.unit.parse.test_document import BOAT, document


@pytest.mark.parametrize(
    ("text", "file", "line"),
    [
        ("---\ntitle: T\ndate: 2026-11-01\n---\n", "a.md", 5),
        ("---\ntitle: T\ndate: 2026-11-01\nsummary: S\n---\n<!-- later -->\n", "a.md", 6),
        ("Judul: T\nTanggal: 2026-11-01\n\n", "a.txt", 4),
        ("# T\n", "2026-11-01-a.md", 1),
    ],
)
def test_an_article_without_a_text_is_told(text: str, file: str, line: int) -> None:
    (warning,) = document(text, file).warnings
    assert warning.startswith(f"line {line}: there is no text")


@pytest.mark.parametrize(
    "more",
    [
        "draft: true",
        "image: boat.jpg",
        "audio: https://x.example/a.mp3",
        "retract: true",
        "url: https://elsewhere.example/a",
    ],
)
def test_what_is_told_otherwise_or_held_back_is_not(more: str) -> None:
    text = f"---\ntitle: T\ndate: 2026-11-01\n{more}\n---\n"
    found = document(text, "a.md", look_up={"boat.jpg": BOAT}.get)
    assert not any("no text" in warning for warning in found.warnings)
