"""Mail that comes back: from the envelope of a delivery to the reader who gets no more."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.delivery.tokens import sign_confirmation
from publisher.self_service.signups import SelfService, Wish
from publisher.store.notices import Asked
from publisher.store.secrets import read_keys
from publisher.wiring.stores import Stores
from tests import returning
from tests.bounce_samples import SAMPLES
from tests.mailings import Mailed, later
from tests.relays import Relay, relay
from tests.returning import ADDRESS, BLOCKED, COMPLAINT, FULL, HARD, Returns, shown

there = returning.there


# ---------------------------------------------------------------- from envelope to verdict


def test_each_delivery_has_its_own_address_of_return(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    mailed.readers(3)
    first, second = returns.mail(), returns.mail()
    senders = [*first.values(), *second.values()]
    assert len(set(senders)) == 6
    assert all(re.fullmatch(r"bounces\+[a-z2-7]{44}@courier\.example", one) for one in senders)


def test_without_bounces_mail_comes_back_to_its_sender(mailed: Mailed, there: Relay) -> None:
    mailed.use(there)
    mailed.readers(2)
    mailed.site.publish()
    mailed.deliver()
    assert {taken.sender for taken in there.taken()} == {"news@courier.example"}
    ran = mailed.site.run("bounces")
    assert ran.code == 2
    assert "there is no `bounces` in publisher.yaml" in ran.err


def test_every_shape_leads_to_the_right_reader(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    readers = mailed.readers(len(SAMPLES) + 5)
    back = returns.mail()
    for n, sample in enumerate(SAMPLES):
        raw = sample.raw(back[readers[n]], readers[n])
        returns.put(f"{n}", raw.replace(b"{TO}", back[readers[n]].upper().encode()))

    said = returns.read()

    kinds = Counter(sample.kind for sample in SAMPLES)
    gone = {readers[n] for n, s in enumerate(SAMPLES) if s.kind in ("hard", "complaint")}
    counted = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds))
    assert said == f"{counted}; {len(gone)} readers suppressed"
    assert returns.gone() == gone
    assert returns.read() == "nothing new came back"


def test_who_is_suppressed_gets_no_more_and_no_list_brings_them_back(
    mailed: Mailed, there: Relay
) -> None:
    returns = Returns(mailed, there)
    hard, complains, stays = mailed.readers(3)
    back = returns.mail()
    returns.put("1", HARD.raw(back[hard], hard))
    returns.put("2", COMPLAINT.raw(back[complains], complains))
    assert returns.read() == "1 complaint, 1 hard; 2 readers suppressed"
    assert returns.gone() == {hard, complains}
    assert returns.why(hard) == (
        f"hard bounce: issue 1 of weekly: 5.1.1 smtp; 550 5.1.1 <{hard}>: "
        "Recipient address rejected: User unknown in virtual mailbox table"
    )
    assert returns.why(complains) == "complaint: issue 1 of weekly: abuse"
    mailed.readers(3)
    assert returns.gone() == {hard, complains}
    assert list(returns.mail()) == [stays]


def test_what_waits_for_them_is_not_sent(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    hard, _ = mailed.readers(2)
    back = returns.mail()
    returns.site.article("more.md", "More.", date="2026-11-23")
    returns.site.publish(now="2026-11-23T08:00:00Z")
    returns.put("1", HARD.raw(back[hard], hard))
    returns.read(now="2026-11-23T08:00:00Z")
    assert mailed.states() == {"sent": 2, "pending": 1, "skipped": 1}


# ---------------------------------------------------------------- soft ones


def test_soft_bounces_suppress_when_three_issues_in_a_row_came_back(
    mailed: Mailed, there: Relay
) -> None:
    returns = Returns(mailed, there)
    full, blocked, _ = mailed.readers(3)
    for n in range(3):
        assert returns.gone() == set()
        back = returns.mail()
        returns.put(f"{n}", FULL.raw(back[full], full))
        returns.put(f"{n}b", BLOCKED.raw(back[blocked], blocked))
        returns.put(f"{n}c", FULL.raw(back[full], full) + b"again, by another system\n")
        suppressed = "1 reader" if n == 2 else "0 readers"
        assert returns.read() == f"1 blocked, 2 soft; {suppressed} suppressed"
    assert returns.gone() == {full}
    assert returns.why(full).startswith("soft bounces: issue 3 of weekly: 5.2.2 smtp; 552 5.2.2")


@pytest.mark.long
def test_an_issue_that_arrived_begins_the_count_anew(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    for n, comes_back in enumerate([True, True, False, True, True]):
        back = returns.mail()
        if comes_back:
            returns.put(f"{n}", FULL.raw(back[reader], reader))
            returns.read()
    assert returns.gone() == set()
    back = returns.mail()
    returns.put("last", FULL.raw(back[reader], reader))
    returns.read()
    assert returns.gone() == {reader}


def test_the_order_in_which_they_come_back_says_nothing(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    backs = [returns.mail() for _ in range(3)]
    for n in (2, 0, 1):
        assert returns.gone() == set()
        returns.put(f"{n}", FULL.raw(backs[n][reader], reader))
        returns.read()
    assert returns.gone() == {reader}


@pytest.mark.long
def test_old_bounces_of_one_who_gets_mail_again_suppress_nobody(
    mailed: Mailed, there: Relay
) -> None:
    """The mailbox is read late: by then a newer issue has arrived for long enough."""
    returns = Returns(mailed, there)
    (reader,) = mailed.readers(1)
    backs = [returns.mail() for _ in range(4)]
    for n in range(3):
        returns.put(f"{n}", FULL.raw(backs[n][reader], reader))
    assert returns.read(now="2026-12-12T09:00:00Z") == "3 soft; 0 readers suppressed"
    assert returns.gone() == set()


def test_the_limit_is_the_site_s(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there, "maildir: returned, soft_limit: 1")
    full, blocked = mailed.readers(2)
    back = returns.mail()
    returns.put("1", FULL.raw(back[full], full))
    returns.put("2", BLOCKED.raw(back[blocked], blocked))
    returns.read()
    assert returns.gone() == {full}


def test_what_the_relay_itself_refuses_counts_as_soft(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "rcpt550=1") as there:
        returns = Returns(mailed, there, "maildir: returned, soft_limit: 2")
        mailed.readers(2)
        returns.mail()
        assert returns.read() == "2 refused; 0 readers suppressed"
        assert returns.read() == "nothing new came back"
        returns.mail()
        assert returns.read() == "2 refused; 2 readers suppressed"
        assert len(returns.gone()) == 2


# ---------------------------------------------------------------- forged, repeated, too late


def test_forged_ones_change_nothing(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    reader, other = mailed.readers(2)
    back = returns.mail()
    signed = back[reader]
    forged = [
        ADDRESS,
        signed[:-30] + ("a" if signed[-30] != "a" else "b") + signed[-29:],
        signed.replace("bounces+", "bounces-"),
        signed.replace("courier.example", "courier.test"),
        f"{reader.replace('@', '=')}@courier.example",
    ]
    for n, to in enumerate(forged):
        returns.put(f"hard{n}", HARD.raw(to, reader))
        returns.put(f"complaint{n}", COMPLAINT.raw(to, reader))
    # who has a message may say that it came back, of themselves and nobody else
    returns.put("own", HARD.raw(signed, other))
    assert returns.read() == "1 hard, 10 unsigned; 1 reader suppressed"
    assert returns.gone() == {reader}


def test_a_message_read_twice_changes_nothing_the_second_time(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    full, hard = mailed.readers(2)
    back = returns.mail()
    messages = {"1": FULL.raw(back[full], full), "2": HARD.raw(back[hard], hard)}
    for _ in range(2):
        for name, raw in messages.items():
            returns.put(name, raw)
        said = returns.read()
    assert said == "2 again; 0 readers suppressed"
    evidence = shown(returns.site, hard)["evidence"]
    assert [one["what"] for one in evidence] == ["imported", "suppressed"]


def test_one_who_has_gone_and_one_who_was_erased_stay_so(mailed: Mailed, there: Relay) -> None:
    returns = Returns(mailed, there)
    erased, stays = mailed.readers(2)
    back = returns.mail()
    returns.site.run("subscribers", "erase", erased)
    returns.put("1", HARD.raw(back[erased], erased))
    assert returns.read() == "1 hard; 0 readers suppressed"
    assert "nobody here has the address" in returns.site.run("subscribers", "show", erased).err
    returns.put("2", HARD.raw(back[stays], stays))
    returns.read()
    returns.site.run("subscribers", "erase", stays)
    for file in (returns.site.folder / ".publisher").rglob("*"):
        if file.is_file():
            for address in (erased, stays):
                assert address.encode() not in file.read_bytes(), file


# ---------------------------------------------------------------- mails about subscriptions


@contextmanager
def pages(mailed: Mailed, hours: float = 0) -> Iterator[SelfService]:
    """What readers' pages stand on, so many hours after NOW."""
    now = datetime.fromisoformat(later(hours * 3600))
    config = load_config(mailed.site.folder / "publisher.yaml")
    with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
        yield SelfService(config, stores.database)


def ask(service: SelfService, *emails: str) -> None:
    for n, email in enumerate(emails):
        wish = Wish(email=email, newsletters=["weekly"], wording="Subscribe", network=f"{n}")
        assert service.ask(wish) is Asked.MAILED


def test_mails_about_subscriptions_come_back_to_their_readers(mailed: Mailed, there: Relay) -> None:
    """Dead addresses and people who call the question unwanted are not asked again."""
    returns = Returns(mailed, there)
    (active,) = mailed.readers(1)
    full, dead, annoyed, gone = (f"{name}@x.example" for name in ("full", "dead", "cross", "gone"))
    with pages(mailed) as service:
        ask(service, full, dead, annoyed, gone, active)
    mailed.deliver()
    back = {taken.recipient: taken.sender for taken in there.taken()}
    assert len(set(back.values())) == 5
    assert all(
        re.fullmatch(r"bounces\+[a-z2-7]{44}@courier\.example", one) for one in back.values()
    )
    returns.site.run("subscribers", "erase", gone)
    for n in range(3):
        returns.put(f"full{n}", FULL.raw(back[full], full) + b"%d\n" % n)
    for name, email, sample in (
        ("1", dead, HARD), ("2", annoyed, COMPLAINT), ("3", gone, HARD), ("4", active, HARD),
        ("5", full, BLOCKED),
    ):  # fmt: skip
        returns.put(name, sample.raw(back[email], email))
    said = "1 blocked, 1 complaint, 2 hard, 3 soft, 1 strange; 3 readers suppressed"
    assert returns.read() == said
    assert returns.read() == "nothing new came back"
    assert returns.gone() == {dead, annoyed, active}
    assert returns.why(dead).startswith("hard bounce: a mail about subscriptions: 5.1.1 ")
    assert returns.why(annoyed) == "complaint: a mail about subscriptions: abuse"
    assert shown(returns.site, full)["state"] == "pending"

    told = json.loads(returns.site.run("status", "--json").out)
    assert told["notices"] == {"waiting": 0, "failed": 0}
    assert told["bounces"] == {"blocked": 0, "soft": 1, "hard": 2, "complaint": 1}
    assert told["suppressed"] == 3
    lines = returns.site.run("status").out.splitlines()[-2:]
    assert lines == ["came back: 1 complaint, 2 hard, 1 soft", "3 readers suppressed"]

    with pages(mailed, hours=30) as service:
        ask(service, dead, active)
        wish = Wish(email=annoyed, newsletters=["weekly"], wording="Subscribe", network="")
        assert service.ask(wish) is Asked.HEARD
    told = json.loads(returns.site.run("status", "--json").out)
    assert told["notices"] == {"waiting": 2, "failed": 0}
    assert "about subscriptions: 2 waiting" in returns.site.run("status").out


def test_who_confirmed_anew_begins_at_none(mailed: Mailed, there: Relay) -> None:
    """The issues that came back before they proved that their address takes mail are over."""
    returns = Returns(mailed, there, "maildir: returned, soft_limit: 2")
    (reader,) = mailed.readers(1)
    for n in range(2):
        back = returns.mail()
        returns.put(f"{n}", FULL.raw(back[reader], reader))
        returns.read()
    assert returns.gone() == {reader}
    with pages(mailed, hours=48) as service:
        ask(service, reader)
        seconds = int(service.now().timestamp())
        token = sign_confirmation(1, seconds, read_keys(service._database, "reader"))
        assert service.confirm(token, wording="", network="") is not None
    returns.put("late", HARD.raw(back[reader], reader))
    assert returns.read(now=later(49 * 3600)) == "1 hard; 0 readers suppressed"
    assert returns.gone() == set()
    for n in range(2):
        assert returns.gone() == set()
        returns.put(f"again{n}", FULL.raw(returns.mail()[reader], reader))
        returns.read()
    assert returns.gone() == {reader}
