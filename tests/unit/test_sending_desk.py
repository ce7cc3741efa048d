"""The desk that lanes share: who is next, who rests, what is left of a shard."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from publisher.config import RetrySpec, SmtpSpec
from publisher.delivery.pacing import IN_A_ROW, MOST_FAILED
from publisher.model import DeliveryState, Lease, Recipient
from publisher.sending.desk import Desk
from publisher.sending.tray import lease_time

LEASE = Lease(mailing=1, shard=0, epoch=1, deadline=0)


def recipients(*domains: str) -> list[Recipient]:
    return [
        Recipient(
            mailing=1, shard=0, subscriber=number, email=f"r{number}@{domain}", name="", tries=0
        )
        for number, domain in enumerate(domains)
    ]


def a_desk(waiting: Sequence[Recipient], *, per_domain: int = 0, limit: int | None = None) -> Desk:
    retry = RetrySpec(first=timedelta(minutes=5), factor=2, give_up=timedelta(hours=1))
    desk = Desk(
        SmtpSpec(host="relay.example", per_domain=per_domain, retry=retry), Counter(), limit=limit
    )
    desk.add(LEASE, waiting, lease_time() + 60)
    return desk


def take(desk: Desk) -> Recipient:
    taken = desk.take(wait=False)
    assert taken is not None
    return taken


def test_no_more_lanes_than_said_send_to_one_domain() -> None:
    """Eight lanes, two of them at most with one domain; nobody is left out."""
    desk = a_desk(recipients(*["big.example"] * 60, *["a.example", "b.example"] * 10), per_domain=2)
    busy: Counter[str] = Counter()
    most: Counter[str] = Counter()
    lock = threading.Lock()

    def lane() -> int:
        sent = 0
        while (one := desk.take(wait=True)) is not None:
            with lock:
                busy[one.domain] += 1
                most[one.domain] = max(most[one.domain], busy[one.domain])
            time.sleep(0.001)
            with lock:
                busy[one.domain] -= 1
            desk.done(one, DeliveryState.SENT)
            sent += 1
        return sent

    with ThreadPoolExecutor(8) as pool:
        lanes = [pool.submit(lane) for _ in range(8)]
        while not desk.finished():
            desk.wait(0.05)
        desk.close()
        assert sum(one.result(timeout=30) for one in lanes) == 80
    assert most["big.example"] == 2
    assert max(most.values()) == 2


def test_a_lane_may_take_the_next_of_its_own_domain() -> None:
    """The next message is offered with the end of the one in hand: it is the same connection."""
    desk = a_desk(recipients("big.example", "big.example", "big.example"), per_domain=1)
    first, second = take(desk), take(desk)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(desk.take, wait=False).result() is None
        desk.done(first, DeliveryState.SENT)
        desk.done(second, DeliveryState.SENT)
        assert pool.submit(desk.take, wait=False).result() is not None


def test_a_domain_that_puts_off_one_after_another_rests_and_no_other() -> None:
    slow = IN_A_ROW + 5
    desk = a_desk(recipients(*["slow.example"] * slow, *["quick.example"] * 3))
    for _ in range(IN_A_ROW):
        one = take(desk)
        desk.judged(one, DeliveryState.DEFERRED)
        desk.done(one, DeliveryState.DEFERRED)
    assert take(desk).domain == "quick.example"
    (waiting,) = desk.put_off()
    assert {one.domain for one in waiting.recipients} == {"slow.example"}
    assert len(waiting.recipients) == slow - IN_A_ROW
    assert 299 < waiting.seconds <= 300
    assert desk.counts["deferred"] == IN_A_ROW
    assert desk.put_off()[0].recipients == waiting.recipients, "the ledger may not have taken it"
    desk.noted(waiting)
    assert desk.counts["deferred"] == slow
    assert desk.put_off() == []

    later = Lease(mailing=1, shard=1, epoch=1, deadline=0)
    desk.add(later, recipients("slow.example", "quick.example"), lease_time() + 60)
    assert [len(one.recipients) for one in desk.put_off()] == [1]


def test_a_mailing_that_is_turned_down_stops_and_what_is_in_hand_ends() -> None:
    """The shard is given back only when every lane has noted what it had begun."""
    desk = a_desk(recipients(*["a.example"] * 100))
    in_hand = take(desk)
    for _ in range(MOST_FAILED + 1):
        one = take(desk)
        desk.judged(one, DeliveryState.FAILED)
        desk.done(one, DeliveryState.FAILED)
    assert desk.failing() == {1}
    assert desk.failing() == {1}, "it is told until the ledger has it"
    desk.paused(1)
    assert desk.failing() == set()
    assert desk.take(wait=False) is None
    assert desk.finished() == []
    desk.done(in_hand, DeliveryState.SENT)
    assert desk.finished() == [LEASE]


def test_who_is_given_back_to_a_stopped_mailing_is_not_sent_to() -> None:
    desk = a_desk(recipients("a.example", "a.example"))
    one, other = take(desk), take(desk)
    desk.put_back(one)
    desk.drop(1)
    assert desk.take(wait=False) is None
    desk.put_back(other)
    assert desk.take(wait=False) is None
    assert desk.finished() == [LEASE]


def test_a_person_can_have_it_go_on() -> None:
    desk = a_desk(recipients(*["a.example"] * 100))
    desk.trust({1})
    for _ in range(50):
        one = take(desk)
        desk.judged(one, DeliveryState.FAILED)
        desk.done(one, DeliveryState.FAILED)
    assert desk.failing() == set()
    assert desk.take(wait=False) is not None


def test_what_another_took_over_is_not_in_hand_any_more() -> None:
    desk = a_desk(recipients("a.example", "a.example"), limit=1)
    one = take(desk)
    assert not desk.is_drained()
    desk.lost(one)
    assert desk.is_drained()
    assert desk.leases() == {}


def later_lease(epoch: int) -> Lease:
    return replace(LEASE, epoch=epoch)


def late(desk: Desk) -> Desk:
    """Its lease is over, by this process's clock."""
    desk.extended(list(desk.leases().values()), lease_time() - 1)
    return desk


def test_nobody_is_handed_out_under_a_lease_that_may_be_over() -> None:
    desk = late(a_desk(recipients("a.example")))
    assert desk.take(wait=False) is None
    assert desk.finished() == []
    with ThreadPoolExecutor(1) as pool:
        lane = pool.submit(desk.take, wait=True)
        desk.extended([LEASE], lease_time() + 60)
        assert lane.result(30) is not None


def test_lanes_do_not_wait_for_a_lease_when_nothing_more_is_added() -> None:
    desk = late(a_desk(recipients("a.example")))
    desk.close()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(desk.take, wait=True).result(30) is None
    assert desk.leases() != {}, "it is to be given back"


def test_a_shard_is_told_as_finished_until_it_was_given_back() -> None:
    desk = a_desk(recipients("a.example"))
    desk.done(take(desk), DeliveryState.SENT)
    assert desk.finished() == desk.finished() == [LEASE]
    desk.let_go(later_lease(0))
    assert desk.finished() == [LEASE]
    desk.let_go(LEASE)
    assert desk.finished() == []
    assert desk.leases() == {}


def test_who_is_in_hand_is_sent_to_once_though_the_shard_comes_back() -> None:
    """Another took it over and gave it back while lanes had two of it in hand."""
    three = recipients("a.example", "b.example", "c.example")
    desk = a_desk(three)
    one, other = take(desk), take(desk)
    desk.let_go(LEASE)
    desk.add(later_lease(3), three, lease_time() + 60)
    desk.put_back(other)
    handed = [take(desk), take(desk)]
    assert {r.email for r in (one, *handed)} == {r.email for r in three}
    assert desk.take(wait=False) is None
    for recipient in (one, *handed):
        assert desk.finished() == []
        desk.done(recipient, DeliveryState.SENT)
    assert desk.finished() == [later_lease(3)]


def test_who_is_given_back_of_a_lost_shard_is_nobody_s() -> None:
    desk = a_desk(recipients("a.example", "b.example"))
    one, other = take(desk), take(desk)
    desk.lost(one)
    desk.put_back(other)
    assert desk.waiting() == 0
    desk.give_up_blocked(0)


def test_what_was_lost_of_an_old_lease_leaves_the_new_one_alone() -> None:
    two = recipients("a.example", "b.example")
    desk = a_desk(two)
    one = take(desk)
    desk.add(later_lease(3), two, lease_time() + 60)
    desk.lost(one)
    assert list(desk.leases().values()) == [later_lease(3)]
    desk.done(take(desk), DeliveryState.SENT)
    assert desk.finished() == [later_lease(3)], "whoever it was is due in the ledger still"


class Granted:
    """Turns without end, and lanes for the domains that others have not."""

    def __init__(self, *domains: str) -> None:
        self.domains = domains

    def left(self) -> float:
        return 0.0

    def take(self) -> None:
        pass

    def lanes(self, domain: str) -> float:
        return 1 if domain in self.domains else 0


def test_a_shard_all_of_whose_domains_others_have_is_given_back() -> None:
    """Not one of which somebody is in hand, or could be."""
    turns = Granted("free.example")
    desk = Desk(SmtpSpec(host="relay.example", per_domain=1), Counter(), turns=turns)
    for number, domains in enumerate((["taken.example"], ["taken.example", "free.example"])):
        lease = Lease(mailing=1, shard=number, epoch=1, deadline=0)
        waiting = [replace(one, shard=number) for one in recipients(*domains * 2)]
        desk.add(lease, waiting, lease_time() + 60)

    def given_up(seconds: float) -> list[int]:
        desk.give_up_blocked(seconds)
        return [lease.shard for lease in desk.finished()]

    assert given_up(60) == []
    assert given_up(0) == [0]
    desk.let_go(desk.finished()[0])
    assert desk.wanted() == {"taken.example": 2, "free.example": 2}
    in_hand = take(desk)
    turns.domains = ()
    assert given_up(0) == [], "somebody is in hand"
    desk.done(in_hand, DeliveryState.SENT)
    assert given_up(0) == [1]
    assert desk.take(wait=False) is None
