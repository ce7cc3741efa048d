"""Any mutation of a news text, and of its sidecar, ends in a listing or a refusal, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.parse.document import Beside, Parsed, Skipped, parse_document
from publisher.parse.headers.sidecar import write_sidecar

TEXTS = sorted((Path(__file__).parents[1] / "data" / "newstexts").glob("*.txt"))
SITE = SiteSpec(title="T", url="https://x.example/", timezone="Asia/Jakarta")
SOURCE = FilesSpec(name="s")
FILE, SIDECAR = "a.txt", "a.yaml"

SOON = 1.0
"""Seconds of the processor: the machine may have other work."""

LONG = 20_000
"""Characters: twice what a long article of the press has, in up to 7,000 paragraphs."""

SCRAPS = (
    *("\n", "\n\n", " - ", " – ", "--", "***", "[]", "###", "-30-", "(", ")", "[", "】"),
    *("/", "=", ":", "Foto: ", "© ", "Baca juga", "Read more\n", "関連記事", "2021年"),
    *("20 March 2021", "31.2.2021", "\r", "\ufeff", "\u2028", "\u0301", "İ", "ß", "１２", "๒๐"),
    *("\x00", "—", "title: ", "---\n", "text:", "left_out: [1-9]", "captions: 99-1", "{"),
    *("- ", "'", '"', "1-100000", "&a ", "*a"),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """A text whose lines and letters were moved, doubled, lost and mixed with scraps."""
    for _ in range(draw(st.integers(1, 8))):
        lines = text.split("\n")
        at, to = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        match draw(st.integers(0, 4)):
            case 0:
                lines.insert(to, lines.pop(at))
            case 1:
                lines[at] *= draw(st.integers(0, 40))
            case 2:
                lines[at] = lines[at].upper() if draw(st.booleans()) else lines[at][::-1]
            case _:
                place = draw(st.integers(0, len(lines[at])))
                scrap = draw(st.sampled_from(SCRAPS) | st.text(max_size=5))
                lines[at] = lines[at][:place] + scrap + lines[at][place + draw(st.integers(0, 9)) :]
        text = "\n".join(lines)
    return text


def read(raw: bytes, sidecar: bytes | None = None) -> Parsed | Skipped | ArticleError:
    began = time.process_time()
    found = read_once(raw, sidecar)
    if time.process_time() - began > SOON:  # or Python was looking for garbage just then
        began = time.process_time()
        read_once(raw, sidecar)
        assert time.process_time() - began < SOON
    if isinstance(found, ArticleError):
        assert found.where is not None
        assert found.where.file in (FILE, SIDECAR)
        assert found.mend
    return found


def read_once(raw: bytes, sidecar: bytes | None) -> Parsed | Skipped | ArticleError:
    beside = None if sidecar is None else (SIDECAR, sidecar)
    try:
        return parse_document(
            raw,
            FILE,
            site=SITE,
            source=SOURCE,
            look_up=lambda _: None,
            beside=Beside(sidecar=beside),
        )
    except ArticleError as error:
        return error


def check_mutated(data: st.DataObject) -> None:
    """A mutated text is read or refused; what is written down of it gives the same again."""
    text = data.draw(st.sampled_from(TEXTS)).read_text(encoding="utf-8")
    raw = data.draw(mutated(text)).encode("utf-8", "surrogatepass")
    found = read(raw)
    if not isinstance(found, Parsed):
        return
    written, _ = write_sidecar(found.document, raw)
    again = read(raw, written.encode())
    assert isinstance(again, Parsed), again
    assert again.body_html == found.body_html
    assert (again.document.title, again.document.summary) == (
        found.document.title,
        found.document.summary,
    )
    assert again.document.date == found.document.date
    assert again.document.language == found.document.language


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_mutated_texts(data: st.DataObject) -> None:
    check_mutated(data)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None)
@given(st.data())
def test_very_many_mutated_texts(data: st.DataObject) -> None:
    check_mutated(data)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_mutated_sidecars(data: st.DataObject) -> None:
    check_mutated_sidecar(data)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(st.data())
def test_very_many_mutated_sidecars(data: st.DataObject) -> None:
    check_mutated_sidecar(data)


def check_mutated_sidecar(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(TEXTS)).read_bytes()
    found = read(raw)
    assert isinstance(found, Parsed)
    written, _ = write_sidecar(found.document, raw)
    read(raw, data.draw(mutated(written)).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "scrap",
    [
        "a ", "A ", "(", "[", "/", "A/", "Foto: ", "© ", "20 ", "2021 ", "2021-", "1.", "-", " - ",
        "Reuters/", "[]", "A, ", "Sabtu, ", "20 Maret ", "一", "2021年", "(=", "Baca juga: ",
        "a-b/", "Mr. J. ", "http://", "\u0301", "İ", "20 Maret 2021 ",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "form", ["one line", "lines", pytest.param("blocks", marks=pytest.mark.long)]
)
def test_texts_of_one_scrap_are_soon_read(scrap: str, form: str) -> None:
    between = {"one line": "", "lines": "\n", "blocks": "\n\n"}[form]
    count = LONG // (len(scrap) + len(between))
    read(f"Headline\n\n{between.join([scrap] * count)}\n\n20 Maret 2021.".encode())
