"""Links to confirm, and what they confirm; the box that limits count by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import readers
from publisher.delivery.tokens import (
    CONFIRM_SECONDS,
    TOKEN_LENGTH,
    Keys,
    Token,
    sign,
    sign_confirmation,
    verify,
    verify_confirmation,
)
from publisher.model import Evidence, Reader, Subscriber, SubscriptionState

KEYS = Keys(current=1, secrets={1: b"s" * 32})
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SECONDS = st.integers(0, 2**32 - 1)


class TestConfirmation:
    @given(st.integers(1, 2**48 - 1), SECONDS, st.integers(0, 2**33))
    def test_is_good_for_two_days(self, subscriber: int, issued: int, now: int) -> None:
        token = sign_confirmation(subscriber, issued, KEYS)
        assert len(token) == TOKEN_LENGTH
        found = verify_confirmation(token, KEYS, now)
        assert (found is not None) == (now <= issued + CONFIRM_SECONDS)
        assert found is None or (found.subscriber, found.issued) == (subscriber, issued)

    @given(SECONDS)
    def test_and_the_readers_token_never_stand_in_for_each_other(self, number: int) -> None:
        assert verify(sign_confirmation(7, number, KEYS), "reader", KEYS) is None
        own = sign(Token(subscriber=7, mailing=number), "reader", KEYS)
        assert verify_confirmation(own, KEYS, number) is None


def evidence(hours: float) -> Evidence:
    return Evidence(when=NOW + timedelta(hours=hours), what="requested", how="the form")


def test_what_was_asked_for_after_the_mail_is_not_confirmed_by_it() -> None:
    reader = Reader(subscriber=Subscriber(id=1, email="a@x.example", created=NOW))
    reader = readers.requested(reader, "weekly", "", evidence(0))
    reader = readers.requested(reader, "daily", "", evidence(2))
    after = readers.confirmed_since(reader, NOW + timedelta(hours=1), evidence(3))
    states = {name: one.state for name, one in after.subscriptions.items()}
    assert states == {"weekly": SubscriptionState.ACTIVE, "daily": SubscriptionState.PENDING}


@pytest.mark.parametrize(
    "address",
    ["ann.lee@x.example", "AnnLee@X.example", "annlee+news@x.example", "a.n.n.lee+a+b@x.EXAMPLE"],
)
def test_variants_of_a_box_are_one(address: str) -> None:
    assert readers.one_box(address) == "annlee@x.example"


def test_a_provider_of_two_names_has_one_box_of_each() -> None:
    assert readers.one_box("Ann.Lee+a@GoogleMail.com") == readers.one_box("annlee@gmail.com")


def test_wide_letters_make_no_other_box() -> None:
    assert readers.one_box("ａnn＋tag@x.example") == "ann@x.example"
