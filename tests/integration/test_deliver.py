"""Delivery against a relay that fails in every way, on both databases."""

from __future__ import annotations

import random
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from publisher.config.load import load_config
from publisher.store.tables import issue
from publisher.wiring.stores import Stores
from tests.mailings import CONNECTIONS, Mailed, found_against, kill
from tests.relays import relay
from tests.sites import NOW

BOTH = pytest.mark.parametrize("mailed", ["sqlite", "postgresql"], indirect=True)
"""For what databases could do differently; all else runs on SQLite, and on both in the long run."""


@BOTH
def test_everyone_gets_it_once_and_the_ledger_says_so(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(40)
        mailed.site.publish()
        assert mailed.states() == {"pending": 40}
        ran = mailed.deliver()
        assert (ran.code, ran.out) == (0, "40 sent\n")
        assert there.copies() == dict.fromkeys(addresses, 1)
        assert mailed.states() == {"sent": 40}
        ids = {row["recipient"]: row["message_id"] for row in mailed.ledger()}
        assert {m.recipient: m.message_id for m in there.taken()} == ids
        assert len(set(ids.values())) == 40
        again = mailed.deliver()
        assert (again.code, again.out) == (0, "nothing to send\n")
        assert len(there.taken()) == 40


def test_readers_who_come_after_the_freeze_get_the_next_issue(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.site.publish()
        mailed.readers(3)
        assert mailed.deliver().out == "nothing to send\n"
        mailed.site.article("tide.md", "A text about tides.", date="2026-11-23")
        mailed.site.publish(now="2026-11-23T01:00:00Z")
        assert mailed.deliver(after=86400).out == "3 sent\n"
        assert {row["issue"] for row in mailed.ledger()} == {"2"}


@pytest.mark.parametrize(
    ("rule", "state", "code"),
    [
        ("rcpt451=1", "deferred", 3),
        ("rcpt550=1", "failed", 3),
        ("data451=1", "deferred", 3),
        ("data554=1", "failed", 3),
        ("accdrop=1", "doubtful", 3),
        ("losedrop=1", "doubtful", 3),
        ("accgarb=1", "doubtful", 3),
    ],
)
def test_what_a_relay_says_is_what_the_ledger_holds(
    mailed: Mailed, tmp_path: Path, rule: str, state: str, code: int
) -> None:
    with relay(tmp_path / "log", rule) as there:
        mailed.use(there)
        mailed.readers(6)
        mailed.site.publish()
        ran = mailed.deliver()
        assert (ran.code, ran.out) == (code, f"6 {state}\n")
        assert mailed.states() == {state: 6}


def test_what_was_put_off_is_tried_again_and_given_up_at_last(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log", "rcpt451=0.5", "heal=2") as there:
        mailed.use(there)
        addresses = mailed.readers(20)
        mailed.site.publish()
        first = mailed.states()
        mailed.deliver()
        first = mailed.states()
        assert first["deferred"] + first["sent"] == 20
        assert first["deferred"] > 3
        assert mailed.deliver(after=30).out == "nothing to send\n"
        assert mailed.deliver(after=70).code == 3
        assert mailed.deliver(after=70 + 140).code == 0
        assert there.copies() == dict.fromkeys(addresses, 1)
        assert {row["attempts"] for row in mailed.ledger()} == {"1", "3"}


@pytest.mark.parametrize(("rule", "copies"), [("resend", 2), ("hold", 1)])
def test_doubt_is_named_and_ends_by_the_rule(
    mailed: Mailed, tmp_path: Path, rule: str, copies: int
) -> None:
    with relay(tmp_path / "log", "accdrop=1", "heal=1") as there:
        mailed.use(there)
        text = (mailed.site.folder / "publisher.yaml").read_text()
        mailed.site.write(
            "publisher.yaml", text.replace("    checks:", f"    in_doubt: {rule}\n    checks:")
        )
        addresses = mailed.readers(5)
        mailed.site.publish()
        assert mailed.deliver().out == "5 doubtful\n"
        assert mailed.site.run("status").out.count("in doubt: issue 1 of weekly to reader") == 5
        lines = mailed.site.run("ledger").out.splitlines()
        assert len(lines) == len(mailed.ledger())
        assert (
            sum("of weekly to reader" in line and ": doubtful, 1 attempt" in line for line in lines)
            == 5
        )
        assert mailed.deliver(after=14 * 60).out == "nothing to send\n"
        mailed.deliver(after=16 * 60)
        assert there.copies() == dict.fromkeys(addresses, copies)
        assert mailed.states() == {"sent" if rule == "resend" else "held": 5}
        assert found_against(mailed, there, addresses)["different"] == 0
        if rule == "hold":
            ran = mailed.site.run("issue", "resume", "weekly", "1", "--held")
            assert "5 that were held are sent again" in ran.out
            assert mailed.deliver(after=17 * 60).out == "5 sent\n"


def test_a_relay_with_limits_takes_all_and_nobody_is_blamed(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "greet421=3", "perconn=7") as there:
        mailed.use(there)
        addresses = mailed.readers(60)
        mailed.site.publish()
        mailed.deliver()
        mailed.deliver(after=60)
        mailed.deliver(after=120)
        assert there.copies() == dict.fromkeys(addresses, 1)
        assert {row["attempts"] for row in mailed.ledger()} == {"1"}


def test_who_leaves_meanwhile_gets_nothing(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        gone, erased, *_ = mailed.readers(10)
        mailed.site.publish()
        mailed.site.run("subscribers", "suppress", gone)
        mailed.site.run("subscribers", "erase", erased)
        assert mailed.deliver().out == "8 sent\n"
        assert mailed.states() == {"sent": 8, "skipped": 2}
        assert not {gone, erased} & set(there.copies())


def test_two_at_once_send_everything_once(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(1100)
        mailed.site.publish()
        both = [mailed.start(), mailed.start()]
        for process in both:
            assert process.ended()[0] == 0
        assert there.copies() == dict.fromkeys(addresses, 1)


def test_publish_sends_where_it_is_told_to(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(3)
        assert mailed.site.publish("--deliver", "--dry-run").code == 0
        assert not there.taken()
        assert mailed.site.publish("--deliver").out.endswith("3 sent\n")
        assert there.copies() == dict.fromkeys(addresses, 1)


def test_without_a_relay_nothing_is_sent_and_the_key_is_named(
    mailed: Mailed, tmp_path: Path
) -> None:
    mailed.readers(1)
    text = (mailed.site.folder / "publisher.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("smtp:")]
    mailed.site.write("publisher.yaml", "\n".join(lines) + "\n")
    mailed.site.publish()
    ran = mailed.deliver()
    assert (ran.code, "smtp is not set" in ran.err) == (2, True)
    assert mailed.states() == {"pending": 1}


def test_a_relay_that_refuses_the_sender_pauses_the_issue(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "mail550=1") as there:
        mailed.use(there)
        mailed.readers(50)
        mailed.site.publish()
        # one that is not paused is not let off the pauses to come
        ran = mailed.site.run("issue", "resume", "weekly", "1")
        assert (ran.code, ran.out) == (0, "issue 1 of weekly is not paused\n")
        ran = mailed.deliver()
        assert ran.code == 3
        assert "issue 1 of weekly: the relay takes nothing of it: 550" in ran.err
        assert mailed.states() == {"pending": 50}
        assert "paused: the relay takes nothing of it: 550" in mailed.site.run("status").out
    with relay(tmp_path / "log2") as there:
        mailed.use(there)
        waits = mailed.deliver()
        assert (waits.code, waits.out) == (3, "")
        assert "issue 1 of weekly is paused, 50 wait" in waits.err
        assert mailed.site.run("issue", "resume", "weekly", "2").code == 1
        unknown = mailed.site.run("issue", "resume", "weekli", "1")
        assert (unknown.code, "there is no newsletter 'weekli'" in unknown.err) == (2, True)
        assert mailed.site.run("issue", "resume", "weekly", "1").code == 0
        assert mailed.deliver().out == "50 sent\n"


def test_a_limit_is_kept(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.readers(20)
        mailed.site.publish()
        assert mailed.deliver("--limit", "7").out == "7 sent\n"
        assert len(there.taken()) == 7
        assert mailed.deliver().out == "13 sent\n"


@pytest.mark.parametrize(
    ("readers", "kills"), [(1200, 2), pytest.param(100_000, 20, marks=pytest.mark.long)]
)
def test_killed_at_random_nobody_is_lost_and_doubt_is_bounded(
    mailed: Mailed, tmp_path: Path, readers: int, kills: int
) -> None:
    chance = random.Random(kills)
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(readers)
        mailed.site.publish()
        for number in range(kills):
            process = mailed.start()
            before = there.count()
            while there.count() < before + readers // (2 * kills):
                assert process.poll() is None, process.ended()
                time.sleep(0.02)
            time.sleep(chance.random() * 0.1)
            kill(process)
            doubtful = mailed.states()
            assert doubtful["sending"] + doubtful["doubtful"] <= CONNECTIONS * (number + 1)
        mailed.start().ended(3600)
        named = mailed.states()["doubtful"]
        assert named <= CONNECTIONS * kills
        found = found_against(mailed, there, addresses)
        assert (found["lost"], found["untrue"], found["copies"]) == (0, 0, 0)
        mailed.start(after=16 * 60).ended(3600)
        found = found_against(mailed, there, addresses)
        assert found["sent"] == readers
        assert (found["lost"], found["untrue"], found["different"]) == (0, 0, 0)
        assert found["copies"] <= named


@pytest.mark.parametrize("fault", ["version", "address"])
def test_an_issue_of_which_no_message_can_be_made_fails_for_no_reader(
    mailed: Mailed, tmp_path: Path, fault: str
) -> None:
    """Another version froze it, or the site has an address now that no header holds."""

    def rename(old: bytes, new: bytes) -> None:
        config = load_config(mailed.site.folder / "publisher.yaml")
        with (
            closing(Stores(config, lambda: datetime.fromisoformat(NOW))) as stores,
            stores.database.writing() as connection,
        ):
            frozen: bytes = connection.execute(sa.select(issue.c.issue)).scalar_one()
            connection.execute(sa.update(issue).values(issue=frozen.replace(old, new)))

    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(30)
        mailed.site.publish()
        if fault == "version":
            rename(b'"entries":', b'"items":')
        else:
            mailed.use(there, f"web: {{url: 'https://courier.example/{'long/' * 200}'}}\n")
        ran = mailed.deliver()
        assert ran.code == 3, (ran.code, ran.out, ran.err)
        assert "issue 1 of weekly: no message of it can be made" in ran.err
        assert there.taken() == []
        assert mailed.states() == {"pending": 30}
        why = {"version": "was frozen by another version", "address": "List-Unsubscribe"}[fault]
        assert why in mailed.site.run("status").out
        waits = mailed.deliver(after=60)
        assert (waits.code, waits.out) == (3, ""), "a person has to look"
        assert "issue 1 of weekly is paused, 30 wait" in waits.err
        if fault == "version":
            rename(b'"items":', b'"entries":')
        else:
            mailed.use(there)
        assert mailed.site.run("issue", "resume", "weekly", "1").code == 0
        assert mailed.deliver(after=120).out == "30 sent\n"
        assert there.copies() == dict.fromkeys(addresses, 1)
