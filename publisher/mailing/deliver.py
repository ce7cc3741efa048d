"""USE CASE. Claim -> send -> record, until nothing is due.

Nothing here knows what was sent before: the ledger does. So it may be killed at any instant
and run twice at once; it goes on where the ledger says.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field

from publisher.config import Config
from publisher.errors import PublisherError, StoreUnreachable
from publisher.mailing.letters import Letters
from publisher.mailing.sender import (
    Sender,
    is_copied,
    notice_sender,
    pause_copied,
    pause_what_may_be_sent,
)
from publisher.mailing.unknown import unknown_issues
from publisher.model import DeliveryState, LoadIssue
from publisher.sending.worker import working
from publisher.store.engine import Database
from publisher.store.lapses import forget_unconfirmed
from publisher.store.ledger import Ledger
from publisher.store.mailings import Mailings
from publisher.store.standing import read_paused, read_standing
from publisher.transport.opening import relay_of
from publisher.values import dataclass

_PATIENCE = 15 * 60.0
"""Seconds that a server of the database is waited for."""

_SILENT = 5.0
"""Seconds without a message that was taken, after which a person is told why."""

_FIRST_BACK_OFF = 1.0
_LONGEST_BACK_OFF = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a run sent, and what it left. `trouble` is the relay's, "" where it had none.

    `notices` counts the mails about subscriptions, `counts` the issues. `unknown` are issues
    that were frozen elsewhere: nobody knows whom they were sent to. `paused` says which were
    before already, and still wait: for a person, or for their pages.
    """

    counts: Counter[str] = field(default_factory=Counter)
    trouble: str = ""
    notices: Counter[str] = field(default_factory=Counter)
    unknown: Sequence[PublisherError] = ()
    paused: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 all that was due is sent; 3 something failed, waits, or is in doubt."""
        unsent = ("deferred", "failed", "doubtful", "pending")
        left = sum(self.counts[state] + self.notices[state] for state in unsent)
        return 3 if left or self.trouble or self.unknown or self.paused else 0


def deliver(
    config: Config,
    database: Database,
    load_issue: LoadIssue,
    *,
    limit: int | None = None,
    resend_unknown: bool = False,
    composed: bool = False,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    lease_seconds: float | None = None,
) -> DeliveryReport:
    """Send what is due until nothing is, or `limit` messages. Raises PublisherError.

    A server of the database that is away is waited for, up to a quarter of an hour, unless there
    is a limit.

    An issue whose deliveries another state folder had is not sent, and named, unless
    `resend_unknown`. One that a command made is sent before its pages are in place where `composed`
    says so. Shards are held for `lease_seconds`; without it for as long as the relay's
    timeout asks.
    """
    counts: Counter[str] = Counter()
    known = -1
    while True:
        try:
            report = _deliver(
                config,
                database,
                load_issue,
                counts,
                limit=limit,
                resend_unknown=resend_unknown,
                composed=composed,
                progress=progress,
                should_stop=should_stop,
                lease_seconds=lease_seconds,
            )
            if known >= 0:
                _count_doubt(counts, database)
        except StoreUnreachable:
            # Nothing leaves meanwhile. The next attempt is another worker to the ledger, and so
            # names what was being sent as in doubt.
            if counts.total() != known:
                known, since, back_off = counts.total(), time.monotonic(), _FIRST_BACK_OFF
            if limit is not None or should_stop() or time.monotonic() - since > _PATIENCE:
                raise
            progress("waiting for the database", 0, 0)
            _pause(back_off, should_stop)
            back_off = min(2 * back_off, _LONGEST_BACK_OFF)
        else:
            return report


def _count_doubt(counts: Counter[str], database: Database) -> None:
    """What the server wrote and could not say any more was not counted: all is, that is in doubt
    now."""
    there = sum((one.states for one in read_standing(database)), Counter[str]())
    doubtful = DeliveryState.DOUBTFUL.value
    counts[doubtful] = max(counts[doubtful], there[doubtful])


def _pause(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not should_stop():
        time.sleep(min(0.2, seconds))


def _deliver(
    config: Config,
    database: Database,
    load_issue: LoadIssue,
    counts: Counter[str],
    *,
    limit: int | None,
    resend_unknown: bool,
    composed: bool,
    progress: Callable[[str, int, int], None],
    should_stop: Callable[[], bool],
    lease_seconds: float | None,
) -> DeliveryReport:
    smtp = relay_of(config)
    workers = config.path(config.state) / "workers"
    mailings = Mailings(database)
    if composed:
        mailings.let_go_composed()
    were_paused = {one.id for one in mailings.all() if one.state == "paused"}
    paused = pause_what_may_be_sent(config, database, mailings)
    unknown = unknown_issues(config, mailings, resend=resend_unknown)
    letters = Letters(config, database, mailings, load_issue)
    notices = notice_sender(config, database, letters)
    forget_unconfirmed(database)
    with working(workers) as owner:
        first = notices.send(limit, should_stop)  # people wait for these
        if limit is not None:
            limit -= first
        trouble = ""
        if limit != 0:
            ledger = Ledger(database)
            sender = Sender(
                config,
                database,
                letters,
                owner=owner,
                workers=workers,
                lease_seconds=lease_seconds or max(120.0, 10 * smtp.timeout.total_seconds()),
                limit=limit,
                counts=counts,
            )

            def between() -> None:
                nonlocal paused
                if is_copied(config, database):
                    paused = pause_copied(mailings)
                    sender.desk.stop()
                elif limit is None:
                    notices.send(should_stop=should_stop)

            def still_due(done: int) -> int:
                return ledger.due(None if limit is None else max(0, limit - done))

            try:
                _feed(sender, still_due, between, progress, should_stop)
            finally:
                sender.close()
            trouble = sender.trouble
        return DeliveryReport(
            counts=counts if limit != 0 else Counter(),
            notices=notices.report.counts,
            trouble=paused or trouble or notices.report.trouble,
            unknown=unknown,
            paused=[
                f"issue {one.number} of {one.newsletter} is paused, {one.left} wait: {one.why}"
                for one in read_paused(database, were_paused)
            ],
        )


def _feed(
    sender: Sender,
    still_due: Callable[[int], int],
    between: Callable[[], object],
    progress: Callable[[str, int, int], None],
    should_stop: Callable[[], bool],
) -> None:
    """Take up shards while there are any, until all are done. Behind so many messages that this
    run has done `still_due` says how many more it may send."""
    desk = sender.desk
    sender.settle()
    total = still_due(0)
    while not desk.is_stopping:
        if should_stop():
            desk.stop()
            break
        if sender.tend():
            between()
            done = sum(desk.counts.values())
            total = max(total, done + still_due(done))
        claimed = sender.has_room and sender.take_up()
        if desk.is_drained() or not (claimed or desk.leases()):
            break
        if not claimed:
            desk.wait(0.2)
        waits = desk.trouble and time.monotonic() - desk.last_success > _SILENT
        what = f"waiting ({desk.trouble})" if waits else "sending"
        progress(what, sum(desk.counts.values()), total)
