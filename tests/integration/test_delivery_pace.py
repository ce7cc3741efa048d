"""Going slower, stopping, and refusing: for one domain, one issue, one that nobody here knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.mailings import Mailed
from tests.relays import relay

IN_THE_FOLDER = pytest.mark.parametrize("mailed", ["sqlite"], indirect=True)
"""What is lost with the state folder; a PostgreSQL elsewhere still knows it."""


def test_a_domain_that_puts_everything_off_harms_only_its_own(
    mailed: Mailed, tmp_path: Path
) -> None:
    """It is asked ten times and some, not two hundred, and has everything in the end."""
    with relay(tmp_path / "log", "rcpt451=1", "only=d3.example", "heal=1") as there:
        mailed.use(there)
        addresses = mailed.readers(210)
        mailed.site.publish()
        ran = mailed.deliver()
        assert (ran.code, ran.out) == (3, "180 sent, 30 deferred\n")
        rows = [row for row in mailed.ledger() if row["state"] == "deferred"]
        asked = [row for row in rows if row["attempts"] == "1"]
        assert 10 <= len(asked) < 20
        assert {row["reply"] for row in rows if row["attempts"] == "0"} == {
            "waits: its domain put off one message after another"
        }
        for minutes in (2, 4, 8):
            mailed.deliver(after=60 * minutes)
        assert there.copies() == dict.fromkeys(addresses, 1)
        assert mailed.states() == {"sent": 210}


def test_an_issue_that_is_turned_down_stops_before_the_list_is_burnt(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log", "rcpt550=0.3") as there:
        mailed.use(there)
        addresses = mailed.readers(400)
        mailed.site.publish()
        ran = mailed.deliver()
        assert ran.code == 3
        assert "issue 1 of weekly: the relay turned down more than 10 of 200 for good" in ran.err
        states = mailed.states()
        assert 11 <= states["failed"] <= 11 + mailed.connections
        assert states["pending"] > 300
        told = mailed.site.run("status").out
        assert "paused: the relay turned down more than 10 of 200" in told
        waits = mailed.deliver(after=60)
        assert (waits.code, waits.out) == (3, "")
        assert "issue 1 of weekly is paused" in waits.err

        ran = mailed.site.run("issue", "resume", "weekly", "1")
        assert ran.code == 0, ran.err
        mailed.deliver(after=120)
        states = mailed.states()
        assert states["failed"] + states["sent"] == 400
        taken = {row["recipient"] for row in mailed.ledger() if row["state"] == "sent"}
        assert there.copies() == dict.fromkeys(taken, 1)
        assert len(addresses) == 400


@IN_THE_FOLDER
def test_an_issue_that_was_frozen_elsewhere_is_sent_only_when_told(
    mailed: Mailed, tmp_path: Path
) -> None:
    """A clone without the state folder: the record names the issue, and nobody whom it went to."""
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(3)
        mailed.site.publish("--deliver")
        assert there.copies() == dict.fromkeys(addresses, 1)
        shutil.rmtree(mailed.site.folder / ".publisher")
        nobody = mailed.site.publish("--deliver")
        assert "frozen elsewhere" not in nobody.err, "there is nobody to send it to"
        told = mailed.site.run("status").out
        assert "needs you (state): published.jsonl tells of 1 issue" in told

        addresses = mailed.readers(3)
        for ran in (mailed.deliver(), mailed.site.publish("--deliver", code=3)):
            assert ran.code == 3
            assert "issue 1 of weekly was frozen elsewhere" in ran.err
            assert "--resend-unknown" in ran.err
        assert len(there.taken()) == 3
        told = mailed.site.run("status").out
        assert "needs you (unsent): issue 1 of weekly is not sent: it was frozen elsewhere" in told

        ran = mailed.site.run("publish", "--resend-unknown")
        assert (ran.code, "--deliver" in ran.err) == (2, True)
        assert mailed.deliver("--resend-unknown").out == "3 sent\n"
        assert "needs you" not in mailed.site.run("status").out
        assert there.copies() == dict.fromkeys(addresses, 2)
        assert len({m.message_id for m in there.taken()}) == 6, "other readers, by their numbers"
        again = mailed.deliver("--resend-unknown")
        assert (again.code, again.out) == (0, "nothing to send\n")


@IN_THE_FOLDER
def test_a_newer_issue_makes_an_unknown_one_a_thing_of_the_past(
    mailed: Mailed, tmp_path: Path
) -> None:
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        mailed.site.publish()
        shutil.rmtree(mailed.site.folder / ".publisher")
        mailed.site.publish()
        mailed.readers(2)
        assert mailed.deliver().code == 3
        mailed.site.article("tide.md", "A text about tides.", date="2026-11-23")
        mailed.site.publish(now="2026-11-23T01:00:00Z")
        ran = mailed.deliver(after=86400)
        assert (ran.code, ran.out) == (0, "2 sent\n")
