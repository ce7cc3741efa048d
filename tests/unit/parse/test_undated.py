"""Articles without a date, or with half of one: what was seen is told."""

from __future__ import annotations

import pytest

from tests.unit.parse.test_document import document, refusal


@pytest.mark.parametrize(
    ("text", "line", "seen", "mend"),
    [
        (
            "---\ntitle: T\nDatum: 12. Foo 2026\n---\nText.\n",
            3,
            "Datum: 12. Foo 2026 in line 3 is no field that is read",
            "write it as date: YYYY-MM-DD, or say `map: {Datum: date}` for the source",
        ),
        (
            "---\ntitle: T\ndate:\n---\nText.\n",
            2,
            "date in line 3 is empty",
            "write date: YYYY-MM-DD there",
        ),
        (
            "Harbour Opens Again\n\nIt opened on Monday, 20 March 2021.\n",
            3,
            "'Monday, 20 March 2021' in line 3 is not taken: it fell on another weekday",
            "correct it, or put the day before the name: YYYY-MM-DD-a.txt",
        ),
    ],
)
def test_without_a_date_it_is_told_what_was_seen(
    text: str, line: int, seen: str, mend: str
) -> None:
    error = refusal(text, "a.txt")
    assert error.where is not None
    assert (error.where.line, error.message) == (line, f"has no date; {seen}")
    assert error.mend == mend


@pytest.mark.parametrize("name", ["2026-13-01-fog.md", "20260230-fog.md", "2026-11-01T2500-fog.md"])
def test_a_name_that_begins_with_no_day_is_told(name: str) -> None:
    error = refusal("---\ntitle: T\n---\nText.\n", name)
    assert error.message.startswith("has no date; the name begins with 20")
    assert "which can't be read" in error.message


@pytest.mark.parametrize(
    ("name", "told"),
    [("2026-11-01-25-00-00-fog.md", "25-00-00"), ("2026-11-01 24.30 fog.md", "24.30")],
)
def test_a_time_in_the_name_that_is_none_is_told(name: str, told: str) -> None:
    found = document("---\ntitle: T\n---\nText.\n", name)
    assert found.date is not None
    assert found.date.isoformat() == "2026-11-01T00:00:00+07:00"
    (warning,) = found.warnings
    assert warning.startswith(f"{told} behind the day in the name is no time")
    assert document("---\ntitle: T\ndate: 2026-11-01\n---\nText.\n", name).warnings == ()


@pytest.mark.parametrize("name", ["2026-11-01 99.50 fog.md", "2026-11-01-25-fogs.md"])
def test_another_number_in_the_name_is_none(name: str) -> None:
    assert document("---\ntitle: T\n---\nText.\n", name).warnings == ()
