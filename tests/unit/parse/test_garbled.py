"""Texts that were saved in another encoding on their way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.parse.clean.garbled import garbled, may_be_garbled
from tests.unit.parse.test_document import document

HEAD = "---\ntitle: T\ndate: 2026-11-01\n---\n"
MEND = "saved in another encoding? Write it as it should be, and save the file as UTF-8"


@pytest.mark.parametrize(
    ("right", "shown"),
    [
        ("It\xe2\x80\x99s the caf\xc3\xa9.", None),
        ("It’s done.", "Itâ€™s"),
        ("“Done”, she said.", "â€œDoneâ€\x9d,"),
        ("The café is open.", "cafÃ©"),
        ("Été 2026", "Ã‰tÃ©"),
        ("La acción", "acciÃ³n"),
        ("25 °C, ©", "Â°C,"),
        ("Привет, мир", "ÐŸÑ€Ð¸Ð²ÐµÑ‚,"),
        ("مرحبا", "Ù…Ø±Ø\xadØ¨Ø§"),
        ("Done 👍", "ðŸ‘\x8d"),
    ],
)
def test_utf8_that_was_read_as_windows_1252_is_told(right: str, shown: str | None) -> None:
    wrong = right
    if shown is not None:
        wrong = "".join(
            bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in right.encode()
        )
    warnings = document(f"{HEAD}Good.\n\n{wrong}\n", "a.md").warnings
    told = [one for one in warnings if MEND in one]
    assert len(told) == 1
    assert told[0].startswith("line 7: ")
    if shown is not None:
        assert repr(shown) in told[0]


def test_letters_that_were_lost_are_told_with_how_many_lines_there_are() -> None:
    (warning,) = document(
        f"{HEAD}The caf\ufffd.\n\nAnd J\ufffdrg.\n\nMore: \ufffd\n", "a.md"
    ).warnings
    assert warning == f"line 5: 'caf\ufffd.' (and 2 more lines): {MEND}"


@given(st.text(alphabet="aé \n`\ufffdÃÂâ€ÐÑØÙðŸ\x80\x9f³©°", max_size=12) | st.text())
def test_a_look_at_the_bytes_passes_over_none(text: str) -> None:
    assert may_be_garbled(text.encode()) or not garbled(text)


def test_most_texts_need_no_more_than_a_look_at_their_bytes() -> None:
    assert not may_be_garbled("Über naïve 20 € — “quoted”, château, España, дождь 霧".encode())


def test_utf16_that_holds_them_is_told() -> None:
    (warning,) = document(f"{HEAD}The cafÃ©.\n".encode("utf-16"), "a.md").warnings
    assert warning.endswith(MEND)


@pytest.mark.parametrize(
    "text",
    [
        "SÃO PAULO, A MANHÃ, «AMANHû, “AMANHÔ, AMANHÃ… AMANHÃ – NAÇÃO",
        "Âge, ROMÂNIA, «Â», ÂME",
        "âge, pâté, 5 € à Paris, Ðorđe, Ñandú, ØRSTED, Ù, ðá, España",
        "Việt Nam: ÂM NHẠC, TÃ, ĐÃ",
        "It prints\n\n\t�=�\n\nand `cafÃ©`, or\n\n```\ncafÃ©\n```\n",
        "Ñ, Ð; Ù: Ø° Ø50",
    ],
)
def test_letters_that_people_write_are_not(text: str) -> None:
    assert document(f"{HEAD}{text}\n", "a.md").warnings == ()
