"""Text that is cut within words that are struck out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.parse.feeds.values import cut as cut_line
from publisher.parse.summary import cut
from publisher.render.feeds.text import shorten as shorten_in_feeds
from publisher.render.mail.text import shorten as shorten_in_mails
from publisher.render.pages.press import clip

Cut = Callable[[str, int], str]

CUTS: list[Cut] = [cut, cut_line, clip, shorten_in_feeds, shorten_in_mails]


@pytest.mark.parametrize("shorten", CUTS)
@given(
    words=st.lists(st.sampled_from(["ten", "euros and more", "a"]), min_size=1, max_size=12),
    struck=st.sets(st.integers(0, 11)),
    between=st.sampled_from([" ", ""]),
    limit=st.integers(8, 60),
)
def test_no_mark_is_left_alone_or_around_nothing(
    shorten: Cut, words: list[str], struck: set[int], between: str, limit: int
) -> None:
    text = between.join(
        f"~~{word}~~" if number in struck else word for number, word in enumerate(words)
    ).replace("~~~~", "")
    cut = shorten(text, limit)
    assert len(cut) <= limit + 1
    assert cut == text or cut.endswith("…")
    assert cut.replace("~~", "").count("~") == 0
    assert all(cut.split("~~")[1::2]), "nothing between two marks"
    assert cut.count("~~") % 2 == 0


@pytest.mark.parametrize("shorten", CUTS)
def test_what_is_cut_within_struck_words_ends_with_their_mark(shorten: Cut) -> None:
    shown = shorten("For ~~ten euros and some more~~ thirty", 24)
    assert shown.startswith("For ~~ten euros")
    assert shown.endswith("~~…")


def test_half_a_mark_leaves_no_space_before_what_says_that_more_came() -> None:
    text = "c.c aac a aaac ~~a~~ b ba bcb ~~acbacc~~"
    assert cut_line(text, 32) == "c.c aac a aaac ~~a~~ b ba bcb…"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("For ~~ten euros and more~~ thirty", 20, "For ~~ten euros~~…"),
        ("For ~~ten~~ thirty euros", 18, "For ~~ten~~…"),
        ("Not before ~~Monday evening~~ Friday", 16, "Not before…"),
        ("The sign ~~ is a wave, as is a ~", 22, "The sign ~~ is a…"),
    ],
)
def test_a_summary_ends_what_it_began(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected
