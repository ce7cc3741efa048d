"""What happens to a reader's subscriptions: a state is left only by the way out of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import readers
from publisher.errors import PublisherError
from publisher.model import Evidence, Reader, Subscriber, SubscriptionState, Suppression

START = datetime(2026, 11, 1, tzinfo=UTC)
S = SubscriptionState
NEW = Reader(subscriber=Subscriber(email="ann@example.com", created=START))


def why(what: str, hours: int = 0) -> Evidence:
    return Evidence(when=START + timedelta(hours=hours), what=what, how="a test")


def state(reader: Reader) -> SubscriptionState | None:
    one = reader.subscriptions.get("weekly")
    return one.state if one else None


Step = Callable[[Reader, int], Reader]
STEPS: dict[str, Step] = {
    "request": lambda r, n: readers.requested(r, "weekly", "", why("requested", n)),
    "confirm": lambda r, n: readers.confirmed(r, "weekly", why("confirmed", n)),
    "import active": lambda r, n: readers.imported(r, "weekly", "", S.ACTIVE, why("imported", n)),
    "import pending": lambda r, n: readers.imported(r, "weekly", "", S.PENDING, why("imported", n)),
    "import gone": lambda r, n: readers.imported(
        r, "weekly", "", S.UNSUBSCRIBED, why("imported", n)
    ),
    "unsubscribe": lambda r, n: readers.unsubscribed(r, "weekly", why("unsubscribed", n)),
    "suppress": lambda r, n: readers.suppressed(r, why("suppressed", n)),
    "request to return": lambda r, n: readers.requested(
        r, "weekly", "", why("requested", n), returns=True
    ),
    "return": lambda r, n: readers.returned(r, why("unsubscribed", n)),
    "lapse": lambda r, n: readers.lapsed(r, why("lapsed", n), barred=False),
    "lapse, barred": lambda r, n: readers.lapsed(r, why("lapsed", n), barred=True),
}
ALLOWED = {
    (None, "request"): S.PENDING,
    (None, "import active"): S.ACTIVE,
    (None, "import pending"): S.PENDING,
    (None, "import gone"): S.UNSUBSCRIBED,
    (S.PENDING, "confirm"): S.ACTIVE,
    (S.PENDING, "import active"): S.ACTIVE,
    (S.PENDING, "import gone"): S.UNSUBSCRIBED,
    (S.PENDING, "unsubscribe"): S.UNSUBSCRIBED,
    (S.PENDING, "suppress"): S.SUPPRESSED,
    (S.ACTIVE, "import gone"): S.UNSUBSCRIBED,
    (S.ACTIVE, "unsubscribe"): S.UNSUBSCRIBED,
    (S.ACTIVE, "suppress"): S.SUPPRESSED,
    (S.UNSUBSCRIBED, "request"): S.PENDING,
    (S.UNSUBSCRIBED, "suppress"): S.SUPPRESSED,
    (None, "request to return"): S.PENDING,
    (S.UNSUBSCRIBED, "request to return"): S.PENDING,
    (S.SUPPRESSED, "request to return"): S.PENDING,
    (S.SUPPRESSED, "return"): S.UNSUBSCRIBED,
}
"""The ways there are that ask for nothing but the state; see `allowed` for the rest."""


def hour(n: int) -> datetime:
    return START + timedelta(hours=n)


def allowed(reader: Reader, name: str) -> SubscriptionState | None:
    """What a step makes of a reader; where no way leads on they stay as they were."""
    before = state(reader)
    if before is S.PENDING:
        known = reader.subscriptions["weekly"]
        if name == "import active" and known.ended is not None:
            return S.PENDING  # they had left: somebody else's wish opens no way for a file
        if name.startswith("lapse"):
            if known.ended is not None:
                return S.SUPPRESSED if "barred" in name else S.UNSUBSCRIBED
            return S.PENDING if any(e.what == "imported" for e in known.evidence) else None
    return ALLOWED.get((before, name), before)


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_any_history_goes_only_by_these_ways(names: list[str]) -> None:
    reader = NEW
    for hour, name in enumerate(names):
        before, reader = reader, STEPS[name](reader, hour)
        assert state(reader) == allowed(before, name)
        one = reader.subscriptions.get("weekly")
        if one is None:
            continue
        assert len(one.evidence) <= 20
        assert (one.confirmed is not None) >= (one.state is S.ACTIVE)
        assert (one.ended is not None) >= (one.state in (S.UNSUBSCRIBED, S.SUPPRESSED))
        assert (one.ended is None) >= (one.state is S.ACTIVE)
        if reader is not before:
            assert one.evidence[-1].when == START + timedelta(hours=hour)


def test_who_asks_anew_gets_the_next_issue_whatever_they_paused_then() -> None:
    reader = STEPS["confirm"](STEPS["request"](NEW, 0), 1)
    reader = readers.paused(reader, "weekly", hour(900), why("changed", 2))
    assert STEPS["request"](reader, 3).subscriptions["weekly"].paused_until == hour(900)
    again = STEPS["confirm"](STEPS["request"](STEPS["unsubscribe"](reader, 3), 4), 5)
    assert state(again) is S.ACTIVE
    assert again.subscriptions["weekly"].paused_until is None


@pytest.mark.parametrize(
    ("reason", "how", "may"),
    [
        ("erased", "", True), ("hard bounce", "issue 1 of weekly 5.1.1", True),
        ("soft bounces", "issue 3 of weekly", True), ("complaint", "issue 1 of weekly", False),
        ("by hand", "by hand", False), ("hard bounce", "by hand", False), ("", "", False),
    ],
)  # fmt: skip
def test_who_may_come_back_by_their_own_yes(reason: str, how: str, may: bool) -> None:
    assert readers.may_return(Suppression(reason=reason, since=START, how=how)) is may


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Ann@Example.COM ", "Ann@example.com"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("o'neil+tag@example.com", "o'neil+tag@example.com"),
        ("ann@例え。jp", "ann@xn--r8jz45g.jp"),
        ("ann@ｍｙ－site．example", "ann@my-site.example"),
        ("ann@paral·lel.example", "ann@xn--parallel-koa.example"),
        ("ann@ニュース・店.example", "ann@xn--zck9awe3dd6611e.example"),
        ("\ufeffann@example.com\u200b\u202c", "ann@example.com"),
    ],
)
def test_an_address_is_kept_in_one_form(written: str, kept: str) -> None:
    assert readers.clean_address(written) == kept


@pytest.mark.parametrize(
    "written",
    ["", "ann", "@example.com", "ann@", "ann@localhost", "a b@example.com", "ann@exa mple.com",
     "ann@example.com\nBcc: all@example.com", "ann\x00@example.com", "a@b@c.example",
     "x" * 65 + "@example.com", "ann@" + "x" * 64 + ".example", "ann@-example.com", "ann@a..b",
     "ann@127.0.0.1",
     "ann@example-.com", "ann@exa\u200bmple.com", "ann@exam\u00adple.com", "j\ufffdrg@example.com",
     "x" * 64 + "@" + ("ü" * 30 + ".") * 5 + "example",
     '"a b"@example.com', "ann@example.com>", "<ann@example.com",
     "\u201cann@example.com\u201d", "ann@example.com\u201d", "\u00abann\u00bb@example.com",
     "ann@my\u2013site.example", "ann@example\u2026com", "o\u2019neil@example.com"],
)  # fmt: skip
def test_what_no_relay_takes_is_refused(written: str) -> None:
    with pytest.raises(PublisherError):
        readers.clean_address(written)


def test_a_box_is_known_however_it_is_written_and_by_nobody_else() -> None:
    assert readers.box_of("Ann@example.com", b"k") == readers.box_of("ann@EXAMPLE.com", b"k")
    assert readers.box_of("ann@example.com", b"k") != readers.box_of("ann@example.com", b"other")
    assert "ann" not in readers.box_of("ann@example.com", b"k")
