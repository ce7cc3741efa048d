"""When a domain rests, and when a mailing stops."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from publisher.delivery.pacing import IN_A_ROW, LONGEST_REST, MOST_FAILED, WINDOW, Failures, Rests


def rested(rests: Rests, domain: str, now: float) -> float:
    """Put off as often as it takes; the seconds that follow."""
    while not rests.put_off(domain, now):
        pass
    return rests.left(domain, now)


class TestRests:
    def test_a_domain_rests_after_so_many_in_a_row(self) -> None:
        rests = Rests(first=60, factor=2)
        assert [rests.put_off("a", 5.0) for _ in range(IN_A_ROW)] == [False] * (IN_A_ROW - 1) + [
            True
        ]
        assert (rests.left("a", 5.0), rests.left("a", 45.0), rests.left("a", 65.0)) == (60, 20, 0)
        assert rests.left("b", 5.0) == 0

    def test_what_is_taken_between_begins_anew(self) -> None:
        rests = Rests(first=60, factor=2)
        for _ in range(IN_A_ROW * 3):
            assert not rests.put_off("a", 0) or rests.left("a", 0)
            rests.took("a")
        assert rests.left("a", 0) == 0

    def test_the_first_after_a_rest_is_a_trial_and_rests_grow_to_a_limit(self) -> None:
        rests, now, found = Rests(first=60, factor=2), 0.0, []
        found.append(rested(rests, "a", now))
        for _ in range(9):
            now += found[-1]
            assert rests.put_off("a", now)
            found.append(rests.left("a", now))
        assert found[:4] == [60, 120, 240, 480]
        assert found[-1] == LONGEST_REST

    def test_a_longer_first_wait_is_kept(self) -> None:
        assert rested(Rests(first=2 * LONGEST_REST, factor=2), "a", 0) == 2 * LONGEST_REST

    def test_others_that_were_in_hand_make_no_rest_longer(self) -> None:
        rests = Rests(first=60, factor=2)
        rested(rests, "a", 0)
        assert not any(rests.put_off("a", 1) for _ in range(50))
        assert rests.left("a", 1) == 59


class TestFailures:
    def test_five_of_a_hundred_are_borne(self) -> None:
        failures = Failures()
        for number in range(20 * WINDOW):
            assert not failures.are_too_many(1, failed=number % 20 == 0)

    def test_more_stop_the_mailing_and_no_other(self) -> None:
        failures = Failures()
        told = [failures.are_too_many(1, failed=True) for _ in range(MOST_FAILED + 1)]
        assert told == [False] * MOST_FAILED + [True]
        assert not failures.are_too_many(2, failed=True)

    @given(st.lists(st.booleans(), max_size=600))
    def test_it_is_told_just_where_a_window_holds_too_many(self, outcomes: list[bool]) -> None:
        failures = Failures()
        for place, failed in enumerate(outcomes):
            within = outcomes[max(0, place + 1 - WINDOW) : place + 1]
            expected = failed and within.count(True) > MOST_FAILED
            assert failures.are_too_many(1, failed=failed) is expected
