"""PURE. A relay's reply -> what becomes of the delivery (RFC 5321 sections 4.2 and 4.5.4)."""

from __future__ import annotations

import hashlib

from publisher.config import RetrySpec
from publisher.model import Blame, DeliveryState, Reply, Stage, Verdict

_SHUTTING_DOWN = 421
_TOO_MANY_RECIPIENTS = 452


def judge(reply: Reply) -> Verdict:
    """What a reply means for the delivery whose turn it was.

    Nothing heard after the text is doubt: the relay may own the message (RFC 1047). Before
    the text nothing has left, so that the delivery waits as it was. 421 is the relay's own
    trouble at any stage; it is an answer, so that even after the text there is no doubt.
    """
    if reply.code == 0:
        if reply.stage is Stage.TEXT:
            return Verdict(state=DeliveryState.DOUBTFUL, blame=Blame.RELAY)
        return Verdict(state=DeliveryState.PENDING, blame=Blame.RELAY)
    kind = reply.code // 100
    if reply.code == _SHUTTING_DOWN:
        return Verdict(state=DeliveryState.PENDING, blame=Blame.RELAY)
    if reply.stage is Stage.TEXT and kind == 2:
        return Verdict(state=DeliveryState.SENT)
    if reply.stage in (Stage.GREETING, Stage.SENDER):
        return Verdict(state=DeliveryState.PENDING, blame=Blame.RELAY, refused=kind == 5)
    if kind == 4:
        return Verdict(state=DeliveryState.DEFERRED, blame=Blame.RECIPIENT)
    if kind == 5:
        return Verdict(state=DeliveryState.FAILED, blame=Blame.RECIPIENT)
    if reply.stage is Stage.TEXT:
        return Verdict(state=DeliveryState.DOUBTFUL, blame=Blame.RELAY)  # no SMTP any more
    return Verdict(state=DeliveryState.PENDING, blame=Blame.RELAY)


def wait_before(tries: int, retry: RetrySpec, *, mailing: int, subscriber: int) -> float | None:
    """Seconds until the attempt after `tries` of them, None where it is time to give up.

    They grow by `factor`, and differ by up to a fifth from reader to reader, so that a
    relay that was away does not get all of them at one instant.
    """
    wait = retry.first.total_seconds()
    total = 0.0
    most = retry.give_up.total_seconds()
    for _ in range(tries - 1):
        total += wait
        wait *= retry.factor
        if total > most:
            return None
    if total + wait > most:
        return None
    mark = hashlib.blake2b(f"{mailing}/{subscriber}/{tries}".encode(), digest_size=2).digest()
    return wait * (0.9 + 0.2 * int.from_bytes(mark, "big") / 0xFFFF)
