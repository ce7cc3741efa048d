"""EDGE. A lane: one connection to the relay, one message after the other.

For each: offer it, note the intent, send the text, note what came of it. The note of one
message's result and of the next one's intent is one request; the end of one text and the next
offer are one group of commands. Before the text leaves the intent is on disk (RFC 1047: who
dies later cannot know whether the relay took the message).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from publisher.config import RetrySpec
from publisher.delivery.verdicts import judge, wait_before
from publisher.errors import IssueUnsendable, PublisherError, RelayUnreachable, StoreError
from publisher.model import Blame, DeliveryState, Recipient, Reply, Result, Stage
from publisher.sending.desk import Desk
from publisher.sending.writer import Noted, Request, Writer
from publisher.transport.session import Envelope, Session
from publisher.values import dataclass

LONGEST_BACK_OFF = 15.0
"""Seconds between two attempts to reach a relay that is away, at most."""

_FIRST_BACK_OFF = 0.5

_BREATH = 30_000
"""Milliseconds that a message waits which the relay was too busy to take to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message ready to be sent; without `dots` no line of it begins with one."""

    envelope: Envelope
    text: bytes
    dots: bool = True


@dataclass(frozen=True, slots=True)
class _Hand:
    """The recipient whose turn it is, with the letter, and the relay's word on the offer."""

    recipient: Recipient
    letter: Letter
    offered: Reply | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is being written: the last result, and the next intent."""

    held: tuple[Recipient, Result] | None
    intent: Recipient | None
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a lane works with. `letter` may raise PublisherError for an address of no use, and
    IssueUnsendable, of which `unsendable` is told; `refused` of a relay that takes nothing."""

    desk: Desk
    writer: Writer
    letter: Callable[[Recipient], Letter]
    open_session: Callable[[], Session]
    retry: RetrySpec
    now: Callable[[], int]
    refused: Callable[[Recipient, Reply], None]
    unsendable: Callable[[Recipient, IssueUnsendable], None]


class Lane(threading.Thread):
    """Sends until the desk has nothing more; then `failure` is what ended it early, or None."""

    def __init__(self, means: Means, number: int) -> None:
        super().__init__(name=f"lane-{number}", daemon=True)
        self._means = means
        self._session: Session | None = None
        self._back_off = _FIRST_BACK_OFF
        self._result: tuple[Recipient, Result] | None = None
        self.failure: BaseException | None = None

    def run(self) -> None:
        """The thread: a defect or a ledger that cannot be written ends the lane, not the run."""
        try:
            self._work()
        except BaseException as failure:  # noqa: BLE001 (raised again by who waits for the lane)
            self.failure = failure
            self._means.desk.stop()
        finally:
            if self._session is not None:
                self._session.close()

    def _work(self) -> None:
        hand: _Hand | None = None
        while True:
            if hand is None:
                hand = self._take(wait=self._result is None)
                if hand is None:
                    if self._result is None:
                        return
                    self._note(None)
                    continue
            hand = self._serve(hand)

    def _take(self, *, wait: bool) -> _Hand | None:
        """The next recipient with a letter; those whose address cannot be mailed fail here."""
        desk = self._means.desk
        # of one that failed the desk learns when that is noted: it would be waited for in vain
        while (recipient := desk.take(wait=wait and self._result is None)) is not None:
            try:
                return _Hand(recipient, self._means.letter(recipient))
            except StoreError:
                raise  # it is not the address's fault
            except IssueUnsendable as error:
                self._means.unsendable(recipient, error)
                desk.put_back(recipient)
            except PublisherError as error:
                self._settle(recipient, DeliveryState.FAILED, str(error))
        return None

    def _serve(self, hand: _Hand) -> _Hand | None:
        """Offer and send one message; gives the next one where it was offered with it."""
        recipient = hand.recipient
        session = self._opened(recipient)
        if session is None:
            return None
        offered = hand.offered or session.offer(hand.letter.envelope)
        if offered.code // 100 != 2:
            self._turned_down(recipient, offered, session)
            return None
        asked = self._ask(recipient)
        # its letter is made while the disk has the intent
        following = self._take(wait=False) if session.pipelining else None
        noted = self._answered(asked)
        if noted is not Noted.STANDS:
            if noted is Noted.LEFT:
                self._means.desk.done(recipient, DeliveryState.SKIPPED)
            session.reset()
            return following
        if not self._means.desk.may_send(recipient):
            session.reset()
            self._take_back(recipient)
            return following
        reply, next_reply = session.send(
            hand.letter.text,
            following.letter.envelope if following else None,
            dots=hand.letter.dots,
        )
        self._came_of(recipient, reply)
        if following is None:
            return None
        if session.is_open and next_reply is not None:
            return _Hand(following.recipient, following.letter, next_reply)
        return following

    def _take_back(self, recipient: Recipient) -> None:
        """The lease may be over soon, and no byte of the text has left: as if it were not begun.
        It waits until the lease is held on; where it is lost already, others find it in doubt."""
        result = Result(
            mailing=recipient.mailing,
            shard=recipient.shard,
            subscriber=recipient.subscriber,
            state=DeliveryState.PENDING,
            tries=recipient.tries,
            due=self._means.now(),
            reply="not begun: the sender was held up",
        )
        noted, _ = self._means.writer.ask(result, None).wait()
        if noted is Noted.LOST:
            self._means.desk.lost(recipient)
        else:
            self._means.desk.put_back(recipient)

    def _opened(self, recipient: Recipient) -> Session | None:
        """The session; where there is none, the recipient goes back to the desk for a lane that has
        one (a relay may take fewer connections than we would use), and this lane waits a while."""
        if self._session is not None and self._session.is_open:
            return self._session
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._result is not None:
            self._note(None)
        try:
            self._session = self._means.open_session()
        except RelayUnreachable as error:
            desk = self._means.desk
            desk.troubled(f"{error}; {error.mend}" if error.mend else str(error))
            desk.put_back(recipient)
            desk.pause(self._back_off)
            self._back_off = min(self._back_off * 2, LONGEST_BACK_OFF)
            return None
        self._back_off = _FIRST_BACK_OFF
        return self._session

    def _turned_down(self, recipient: Recipient, reply: Reply, session: Session) -> None:
        """The relay does not take this one: for its reader's sake, or for its own."""
        verdict = judge(reply)
        if verdict.blame is Blame.RECIPIENT:
            self._came_of(recipient, reply)
            if session.is_open:
                session.reset()
            return
        desk = self._means.desk
        desk.troubled(f"the relay says at {reply.stage}: {reply}")
        desk.put_back(recipient)
        if verdict.refused:
            self._means.refused(recipient, reply)
        if session.is_open:
            session.close()
        if self._result is not None:
            self._note(None)
        desk.pause(1.0)

    def _came_of(self, recipient: Recipient, reply: Reply) -> None:
        """What a reply makes of the delivery; noted with the next intent, or alone."""
        verdict = judge(reply)
        said = str(reply) if reply.code else f"no answer at {reply.stage}: {reply}"
        if verdict.state is DeliveryState.PENDING and reply.stage is Stage.TEXT:
            said = f"put off: {reply}"
        self._means.desk.judged(recipient, verdict.state)
        counts = verdict.state is not DeliveryState.PENDING
        if not counts:
            self._means.desk.troubled(said)
        self._settle(recipient, verdict.state, said, counts=counts)

    def _settle(
        self, recipient: Recipient, state: DeliveryState, said: str, *, counts: bool = True
    ) -> None:
        """Remember what is to be noted; an attempt that the relay broke off does not count."""
        if self._result is not None:
            self._note(None)
        tries, due = recipient.tries + counts, self._means.now()
        if state is DeliveryState.DEFERRED:
            wait = wait_before(
                tries,
                self._means.retry,
                mailing=recipient.mailing,
                subscriber=recipient.subscriber,
            )
            if wait is None:
                state, said = DeliveryState.FAILED, f"given up after {tries} attempts: {said}"
            else:
                due += int(wait * 1000)
        elif state is DeliveryState.PENDING:
            due += _BREATH
        result = Result(
            mailing=recipient.mailing,
            shard=recipient.shard,
            subscriber=recipient.subscriber,
            state=state,
            tries=tries,
            due=due,
            reply=said,
        )
        self._result = (recipient, result)

    def _note(self, intent: Recipient | None) -> Noted:
        """Have the last result and the next intent written; raises StoreError where they cannot."""
        return self._answered(self._ask(intent))

    def _ask(self, intent: Recipient | None) -> _Asked:
        """Begin to have them written."""
        held, self._result = self._result, None
        return _Asked(held, intent, self._means.writer.ask(held[1] if held else None, intent))

    def _answered(self, asked: _Asked) -> Noted:
        """They are on disk; what became of the intent. Raises StoreError."""
        of_result, of_intent = asked.request.wait()
        held, desk = asked.held, self._means.desk
        if held is not None and of_result is Noted.STANDS:
            desk.done(held[0], held[1].state)
        for one, noted in ((held[0] if held else None, of_result), (asked.intent, of_intent)):
            if one is not None and noted is Noted.LOST:
                desk.lost(one)
        return of_intent
