"""A net for increments: whatever was edited, in whatever order, a run gives what a full build does.

Each seed makes a small site and a sequence of edits (`edits`, `settings`). After each of them the
incremental run is held against a full build of a copy at the same clock: every byte of output/,
published.jsonl, what is counted and what is refused. At the end a run over what did not change must
write nothing. A failure names the seed and the fewest edits that still fail.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.increments.judge import (
    Tale,
    UnequalError,
    live,
    make_tale,
    make_tale_of_words,
    shortened,
)

QUICK = range(1)
ALL = range(500)
QUICK_WORDS = range(1)
ALL_WORDS = range(100)


def held(tale: Tale, folder: Path) -> int:
    try:
        return live(tale, folder)
    except UnequalError:
        shorter, failure = shortened(tale, folder)
        pytest.fail(f"seed {tale.seed}: {failure}\n{shorter}", pytrace=False)


@pytest.mark.parametrize("seed", QUICK)
def test_after_any_edits_a_run_gives_what_a_full_build_gives(seed: int, tmp_path: Path) -> None:
    assert held(make_tale(seed), tmp_path)


@pytest.mark.parametrize("seed", QUICK_WORDS)
def test_after_words_were_changed_too(seed: int, tmp_path: Path) -> None:
    assert held(make_tale_of_words(seed), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", [seed for seed in ALL_WORDS if seed not in QUICK_WORDS])
def test_after_many_words_were_changed_too(seed: int, tmp_path: Path) -> None:
    assert held(make_tale_of_words(seed), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", [seed for seed in ALL if seed not in QUICK])
def test_after_many_more_edits_too(seed: int, tmp_path: Path) -> None:
    assert held(make_tale(seed), tmp_path)
