"""What mailing an issue costs: beside Postfix's own sender, a bare signature, and no ledger."""

from __future__ import annotations

import subprocess
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from unittest.mock import patch

import sqlalchemy as sa
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from publisher.mime import message
from publisher.model import Lease
from publisher.store.engine import Database
from publisher.store.ledger import Batch, Freed, Ledger
from publisher.store.tables import shard
from tests.benchmarks.contest import Contest, Job
from tests.benchmarks.mailing_site import (
    MESSAGE_BYTES,
    SESSIONS,
    MailedSite,
    Sink,
    fill_one,
    make_issue,
    program,
    reader,
    template_of,
    token,
)
from tests.factories import SITE_URL, make_newsletter
from tests.signing import rsa_key

MESSAGES = 5_000
_POSTFIX = ("smtp-sink", "smtp-source")

CONTESTS = (
    Contest(
        what=f"messages of 30 kB handed over, {SESSIONS} sessions",
        ours="deliveries:delivered",
        anchor="deliveries:sent_by_postfix",
        anchor_is="smtp-source into the same sink",
        size=MESSAGES,
        clock="wall",
        goal=4.0,
        why="A quarter of the speed of Postfix's smtp-source, which makes one message and waits "
        "for nobody's ledger.",
        rate="messages",
        needs=_POSTFIX,
    ),
    Contest(
        what="the same, signed with RSA-2048",
        ours="deliveries:delivered_signed",
        anchor="deliveries:signatures",
        anchor_is="as many bare RSA-2048 signatures",
        size=MESSAGES,
        goal=3.27,
        why="1,000 signed messages a second and core, where a bare signature took 306 µs.",
        rate="messages",
        needs=_POSTFIX[:1],
    ),
    Contest(
        what="the same, not signed: what the ledger costs",
        ours="deliveries:delivered",
        anchor="deliveries:delivered_without_a_ledger",
        anchor_is="the same with a ledger that writes nothing",
        size=MESSAGES,
        clock="wall",
        goal=1.1,
        why="The ledger costs a tenth at most of what is handed over without it.",
        rate="messages",
        needs=_POSTFIX[:1],
    ),
    Contest(
        what="the same, signed: what the ledger costs",
        ours="deliveries:delivered_signed",
        anchor="deliveries:delivered_signed_without_a_ledger",
        anchor_is="the same with a ledger that writes nothing",
        size=MESSAGES,
        clock="wall",
        goal=1.1,
        why="So are issues sent for which no relay signs.",
        rate="messages",
        needs=_POSTFIX[:1],
    ),
    Contest(
        what="a reader's message, from the issue's template",
        ours="deliveries:filled",
        anchor="deliveries:built_anew",
        anchor_is="the same, laid out anew",
        size=1_000,
        goal=0.02,
        why="A message is filled in microseconds and laid out in milliseconds.",
        rate="messages",
    ),
)


def delivered(size: int) -> Job:
    """Ours: `publisher deliver` of a frozen issue that nobody has had."""
    return _delivery(size)


def delivered_signed(size: int) -> Job:
    """Ours: the same with a signature for each message."""
    return _delivery(size, signed=True)


def delivered_without_a_ledger(size: int) -> Job:
    """The anchor: the same lanes and the same sink, and nothing is written down."""
    return _delivery(size, within=lambda: patch("publisher.mailing.sender.Ledger", NoLedger))


def delivered_signed_without_a_ledger(size: int) -> Job:
    """The anchor: the same with a signature for each message."""
    return _delivery(
        size, signed=True, within=lambda: patch("publisher.mailing.sender.Ledger", NoLedger)
    )


def sent_by_postfix(size: int) -> Job:
    """The anchor: smtp-source, with as many sessions that stay open and messages as long."""
    sink = Sink()
    head, _, body = fill_one(template_of(make_issue().rendered)).partition(b"\r\n\r\n")
    assert len(head) + len(body) >= MESSAGE_BYTES - 4
    command = [program("smtp-source"), "-d", "-N", "-s", str(min(SESSIONS, size)), "-m", str(size)]
    command += ["-l", str(len(body)), "-f", "news@courier.example", "-t", "reader@d1.example"]

    def work() -> Iterator[bytes]:
        before = sink.taken
        subprocess.run([*command, f"127.0.0.1:{sink.port}"], check=True, timeout=300)
        yield str(sink.taken - before).encode()

    return Job(work=work, facts=_messages, close=sink.close, tell=True)


def signatures(size: int) -> Job:
    """The anchor: what `cryptography` takes for the signatures alone."""
    key, scheme, algorithm = rsa_key(), padding.PKCS1v15(), hashes.SHA256()
    text = b"s" * 1_000  # as long as the headers that a signature covers

    def work() -> Iterator[bytes]:
        for _ in range(size):
            key.sign(text, scheme, algorithm)
        yield str(size).encode()

    return Job(work=work, facts=_messages, tell=True)


def filled(size: int) -> Job:
    """Ours: a message for each reader from one template."""
    template = template_of(make_issue().rendered)

    def work() -> Iterator[bytes]:
        for number in range(size):
            yield fill_one(template, number)

    return Job(work=work, facts=_lengths)


def built_anew(size: int) -> Job:
    """The anchor: each message laid out and encoded by itself."""
    rendered, newsletter = make_issue().rendered, make_newsletter()

    def work() -> Iterator[bytes]:
        for number in range(size):
            yield message(
                rendered,
                number=1,
                slot=make_issue().digest.slot,
                newsletter=newsletter,
                mail_url=SITE_URL,
                to=reader(number),
                token=token(number),
            )

    return Job(work=work, facts=_lengths)


def _delivery(
    size: int,
    *,
    signed: bool = False,
    within: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Job:
    sink, site = Sink(), MailedSite()
    site.configure(sink.port, signed=signed)
    site.add_readers(size)
    site.freeze()

    def work() -> Iterator[bytes]:
        before = sink.taken
        with within():
            site.run("deliver")
        yield str(sink.taken - before).encode()

    def close() -> None:
        sink.close()
        site.close()

    return Job(work=work, facts=_messages, rewind=site.rewind, close=close, tell=True)


def _messages(pieces: Iterable[bytes]) -> Mapping[str, object]:
    (taken,) = pieces
    return {"messages": int(taken)}


def _lengths(messages: Iterable[bytes]) -> Mapping[str, object]:
    """The parts of Message-IDs are not the same in both; all else is as long."""
    lengths = [len(one) for one in messages]
    return {"messages": len(lengths), "bytes": sum(lengths)}


class NoLedger(Ledger):
    """Knows who is to get what, and writes nothing down: what a sender without promises does."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        with database.reading() as connection:
            rows = connection.execute(sa.select(shard.c.mailing, shard.c.shard)).all()
        self._left = deque((row.mailing, row.shard) for row in rows)

    def claim(
        self,
        owner: str,
        seconds: float,
        newsletters: Sequence[str],
        place: tuple[int, int] | None = None,
    ) -> Lease | None:
        """The next shard, which nobody else asks for."""
        if not self._left:
            return None
        mailing, number = self._left.popleft()
        return Lease(mailing=mailing, shard=number, epoch=1, deadline=0)

    def take_over(
        self,
        owner: str,
        is_dead: Callable[[str], bool],
        has: Callable[[tuple[int, int]], bool] = lambda _: True,
    ) -> Freed:
        """Nothing is held."""
        return Freed(0, 0)

    def extend(self, leases: Iterable[Lease], seconds: float) -> list[Lease]:
        """Leases never end."""
        return list(leases)

    def release(self, lease: Lease) -> None:
        """Nothing is held."""

    def settle_doubt(self, rules: Mapping[int, str], after_seconds: float) -> Counter[str]:
        """Nothing is doubted."""
        return Counter()

    def write(
        self, batch: Batch, leases: Mapping[tuple[int, int], Lease]
    ) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
        """Everything stands; nothing is kept."""
        return {(one.mailing, one.subscriber) for one in batch.intents}, set()
