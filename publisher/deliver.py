"""USE CASE. Claim -> send -> record, until nothing is due.

Nothing here knows what was sent before: the ledger does. So it may be killed at any instant
and run twice at once; it goes on where the ledger says.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from functools import partial
from pathlib import Path

from publisher.config import Config, SmtpSpec
from publisher.delivery.pacing import MOST_FAILED, WINDOW
from publisher.delivery.verp import bounces_address
from publisher.errors import PublisherError, StoreUnreachable
from publisher.letters import Letters, message_identity
from publisher.model import DeliveryState, LoadIssue, Recipient, Reply
from publisher.notices import NoticeSender, Post
from publisher.sending.desk import Desk
from publisher.sending.lane import Lane, Means
from publisher.sending.worker import worker_alive, working
from publisher.sending.writer import Writer
from publisher.store.engine import Database
from publisher.store.lapses import forget_unconfirmed
from publisher.store.ledger import Ledger
from publisher.store.mailings import SHARD_SIZE, Mailings
from publisher.store.place import is_another_place
from publisher.store.secrets import read_keys
from publisher.transport.opening import relay_of, session_opener
from publisher.unknown import unknown_issues
from publisher.values import dataclass

DOUBT_SECONDS = 15 * 60.0
"""How long a delivery stays in doubt before it is sent again: by then the relay has let go of
the session in which it may have been taken (RFC 5321 section 4.5.3.2.7: five minutes)."""

_TOO_MANY = (
    f"the relay turned down more than {MOST_FAILED} of {WINDOW} for good; look why "
    "(`publisher ledger --csv`) before the list is burnt"
)

_COPIED = (
    "the state folder was copied or set back: what it says is unsent may have been sent since; "
    "`publisher issue resume` sends it"
)
_STALE = (
    "nothing of it was sent for longer than `max_late`: it may be stale, or sent from elsewhere; "
    "`publisher issue resume` sends the rest"
)

_PATIENCE = 15 * 60.0
"""Seconds without any message accepted after which a relay that is away ends the run; as long is
waited for the database."""

_FIRST_BACK_OFF = 1.0
_LONGEST_BACK_OFF = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a run sent, and what it left. `trouble` is the relay's, "" where it had none.

    `notices` counts the mails about subscriptions, `counts` the issues. `unknown` are issues
    that were frozen elsewhere: nobody knows whom they were sent to.
    """

    counts: Counter[str] = field(default_factory=Counter)
    trouble: str = ""
    notices: Counter[str] = field(default_factory=Counter)
    unknown: Sequence[PublisherError] = ()

    @property
    def exit_code(self) -> int:
        """0 all that was due is sent; 3 something failed, waits, or is in doubt."""
        unsent = ("deferred", "failed", "doubtful", "pending")
        left = sum(self.counts[state] + self.notices[state] for state in unsent)
        return 3 if left or self.trouble or self.unknown else 0


def deliver(
    config: Config,
    database: Database,
    load_issue: LoadIssue,
    *,
    limit: int | None = None,
    resend_unknown: bool = False,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
    should_stop: Callable[[], bool] = lambda: False,
    lease_seconds: float | None = None,
) -> DeliveryReport:
    """Send what is due until nothing is, or `limit` messages. Raises PublisherError.

    A server of the database that is away is waited for, up to a quarter of an hour, unless there
    is a limit.

    An issue whose deliveries another state folder had is not sent, and named, unless
    `resend_unknown`. Shards are held for `lease_seconds`; without it for as long as the relay's
    timeout asks.
    """
    counts: Counter[str] = Counter()
    known = -1
    while True:
        try:
            return _deliver(
                config,
                database,
                load_issue,
                counts,
                limit=limit,
                resend_unknown=resend_unknown,
                progress=progress,
                should_stop=should_stop,
                lease_seconds=lease_seconds,
            )
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
    progress: Callable[[str, int, int], None],
    should_stop: Callable[[], bool],
    lease_seconds: float | None,
) -> DeliveryReport:
    smtp = relay_of(config)
    ledger = Ledger(database)
    state = config.path(config.state) / "workers"
    mailings = Mailings(database)
    paused = _pause_what_may_be_sent(config, database, mailings)
    unknown = unknown_issues(config, mailings, resend=resend_unknown)
    letters = Letters(config, database, mailings, load_issue)
    notices = NoticeSender(
        config,
        database,
        Post(
            open_session=session_opener(config),
            signing=letters.signing,
            identity=partial(message_identity, read_keys(database, "message-id")),
            bounces=bounces_address(config),
        ),
    )
    forget_unconfirmed(database)
    with working(state) as owner:
        first = notices.send(limit)  # people wait for these
        if limit is not None:
            limit -= first
        between = notices.send if limit is None else lambda: None
        run = _Run(
            config,
            smtp,
            ledger,
            mailings,
            letters,
            counts=counts,
            owner=owner,
            workers=state,
            lease_seconds=lease_seconds or max(120.0, 10 * smtp.timeout.total_seconds()),
            between=between,
        )
        report = run.work(limit, progress, should_stop) if limit != 0 else DeliveryReport()
        trouble = paused or report.trouble or notices.report.trouble
        return replace(report, notices=notices.report.counts, trouble=trouble, unknown=unknown)


def _pause_what_may_be_sent(config: Config, database: Database, mailings: Mailings) -> str:
    """Send nothing that may have been sent from where the state was before; a person decides.

    Gives what to say, "" where nothing was paused.
    """
    if database.is_sqlite and is_another_place(config.path(config.state), database):
        return _COPIED if mailings.pause_unfinished(_COPIED) else ""
    stale = [
        mailings.pause_stale(newsletter.name, newsletter.max_late.total_seconds(), _STALE)
        for newsletter in config.streams
    ]
    return _STALE if any(stale) else ""


class _Run:
    """One run: its desk, its writer, its lanes."""

    def __init__(
        self,
        config: Config,
        smtp: SmtpSpec,
        ledger: Ledger,
        mailings: Mailings,
        letters: Letters,
        *,
        counts: Counter[str],
        owner: str,
        workers: Path,
        lease_seconds: float,
        between: Callable[[], object],
    ) -> None:
        self._config = config
        self._smtp = smtp
        self._ledger = ledger
        self._mailings = mailings
        self._owner = owner
        self._workers = workers
        self._letters = letters
        self._counts = counts
        self._between = between
        # A message that is begun when half of the lease is over must have ended with it: its
        # text, and the answers to its commands, may each take the whole timeout.
        self._lease_seconds = lease_seconds
        self._stopped: list[str] = []

    def work(
        self,
        limit: int | None,
        progress: Callable[[str, int, int], None],
        should_stop: Callable[[], bool],
    ) -> DeliveryReport:
        smtp = self._smtp
        desk = Desk(smtp, self._counts, limit=limit)
        writer = Writer(self._ledger, desk.leases, desk.busy)
        means = Means(
            desk=desk,
            writer=writer,
            letter=self._letters.letter,
            open_session=session_opener(self._config),
            retry=smtp.retry,
            now=_ticking(self._ledger.now()),
            refused=lambda recipient, reply: self._refused(desk, recipient, reply),
        )
        lanes: list[Lane] = []
        try:
            self._feed(desk, means, lanes, progress, should_stop)
        finally:
            desk.close()
            for lane in lanes:
                lane.join()
            writer.close()
            for lease in desk.leases().values():
                self._ledger.release(lease)
        for lane in lanes:
            if lane.failure is not None:
                raise lane.failure
        self._go_slower(desk)
        trouble = "; ".join(self._stopped) or desk.trouble
        return DeliveryReport(counts=desk.counts, trouble=trouble)

    def _feed(
        self,
        desk: Desk,
        means: Means,
        lanes: list[Lane],
        progress: Callable[[str, int, int], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """Claim shards while there are any, hold their leases on, give the finished ones back."""
        extended = time.monotonic()
        self._settle(desk)
        total = self._ledger.due()
        while not desk.is_stopping:
            if should_stop():
                desk.stop()
                break
            self._go_slower(desk)
            for lease in desk.finished():
                self._ledger.release(lease)
            claimed = desk.waiting() < SHARD_SIZE and self._claim(desk)
            while claimed and len(lanes) < self._smtp.connections:
                lanes.append(Lane(means, len(lanes)))
                lanes[-1].start()
            held = list(desk.leases().values())
            if not claimed and not held:
                break
            if time.monotonic() - desk.last_success > _PATIENCE and desk.trouble:
                desk.stop()
                break
            if time.monotonic() - extended > self._lease_seconds / 6:
                extended = time.monotonic()
                self._ledger.extend(held, self._lease_seconds)
                desk.extended(held, extended + self._lease_seconds / 2)
                self._settle(desk)
                self._between()
                total = max(total, sum(desk.counts.values()) + self._ledger.due())
            if not claimed:
                desk.wait(0.2)
            if desk.is_drained():
                break
            progress("sending", sum(desk.counts.values()), total)

    def _go_slower(self, desk: Desk) -> None:
        """Note whose domain rests, and stop a mailing of which too many were turned down."""
        for waiting in desk.put_off():
            self._ledger.put_off(waiting.lease, waiting.recipients, waiting.seconds)
            desk.noted(waiting)
        for id_ in desk.failing():
            self._mailings.pause(id_, _TOO_MANY)
            self._stopped.append(_TOO_MANY)

    def _settle(self, desk: Desk) -> None:
        """What dead processes held is free; what is in doubt for long enough is due or held."""
        doubtful = self._ledger.take_over(
            self._owner, lambda name: not worker_alive(self._workers, name)
        )
        if doubtful:
            self._counts[DeliveryState.DOUBTFUL.value] += doubtful
        mailings = self._mailings.all()
        desk.trust({mailing.id for mailing in mailings if mailing.state == "resumed"})
        rules = {
            mailing.id: self._letters.newsletter(mailing).in_doubt
            for mailing in mailings
            if self._letters.is_known(mailing)
        }
        self._ledger.settle_doubt(rules, DOUBT_SECONDS)

    def _claim(self, desk: Desk) -> bool:
        asked = time.monotonic()
        lease = self._ledger.claim(self._owner, self._lease_seconds, self._letters.known())
        if lease is None:
            return False
        desk.add(lease, self._ledger.recipients(lease), asked + self._lease_seconds / 2)
        return True

    def _refused(self, desk: Desk, recipient: Recipient, reply: Reply) -> None:
        """The relay takes nothing from this sender: stop that mailing, do not burn the list."""
        self._mailings.pause(recipient.mailing, f"the relay takes nothing of it: {reply}")
        desk.drop(recipient.mailing)


def _ticking(start: int) -> Callable[[], int]:
    """The ledger's clock without asking it for each message."""
    began = time.monotonic()
    return lambda: start + int((time.monotonic() - began) * 1000)
