"""USE CASE. The mails about subscriptions that wait: sent one by one, until none is due.

A missing one blocks a person, so one that may have arrived is sent again at once, with the same
bytes and Message-ID.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import get_args

import jinja2

from publisher.config import Config, NewsletterSpec
from publisher.delivery.dkim import SigningKey, signed
from publisher.delivery.tokens import CONFIRM_SECONDS, Token, sign, sign_confirmation
from publisher.delivery.verdicts import judge, wait_before
from publisher.delivery.verp import return_address
from publisher.errors import PublisherError, RelayUnreachable, StoreError, TemplateError
from publisher.links.readers import reader_link
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.fields import address
from publisher.mime.notice import notice_message
from publisher.model import DeliveryState, Notice, Reader, Reply, SubscriptionState
from publisher.render.environment import make_environment
from publisher.render.mail.notice import NoticeKind, NoticeSheet
from publisher.render.words import make_words
from publisher.sources.theme import Theme, read_theme
from publisher.store.engine import Database
from publisher.store.notices import Notices
from publisher.store.secrets import read_keys
from publisher.store.subscribers import SubscriberStore
from publisher.transport.opening import relay_of
from publisher.transport.session import Envelope, Session
from publisher.values import dataclass

_MOST_DOUBTS = 5
"""How often one is sent of which nobody knows whether it arrived."""

_RELAY_SECONDS = 30.0
"""How long one waits that the relay put off for reasons of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How mail leaves: a session with the relay, signatures, what Message-IDs are made of, and
    the address that mail comes back to, "" where that is the newsletter's own."""

    open_session: Callable[[], Session]
    signing: Sequence[SigningKey]
    identity: Callable[[str, int], str]
    bounces: str = ""


@dataclass(slots=True, kw_only=True)
class NoticeReport:
    """What became of those that were due: sent, deferred, failed, skipped; the relay's trouble."""

    counts: Counter[str] = field(default_factory=Counter)
    trouble: str = ""


class NoticeSender:
    """Sends what is due, whenever it is told to."""

    def __init__(self, config: Config, database: Database, post: Post) -> None:
        smtp = relay_of(config)
        self._retry = smtp.retry
        self._post = post
        self._notices = Notices(database)
        self._letters = _Letters(config, database, post)
        # A sender that died gives way when no message can have taken so long.
        self._hold = max(timedelta(minutes=2), 5 * smtp.timeout)
        self.report = NoticeReport()

    def send(
        self, limit: int | None = None, should_stop: Callable[[], bool] = lambda: False
    ) -> int:
        """All that are due, or so many, or until told to stop; gives how many were sent.

        Raises StoreError, TemplateError.
        """
        session: Session | None = None
        self.report.trouble = ""
        sent = 0
        try:
            while not should_stop() and (limit is None or sent < limit):
                notice = self._notices.claim(self._hold)
                if notice is None:
                    break
                if self._is_over(notice):
                    self._settle(notice, DeliveryState.SKIPPED, "its link is good no more")
                    continue
                try:
                    letter = self._letters.letter(notice)
                except (StoreError, TemplateError):
                    raise  # which holds up all of them, until it is mended
                except PublisherError as error:
                    self._settle(notice, DeliveryState.FAILED, str(error))
                    continue
                if letter is None:
                    self._settle(notice, DeliveryState.SKIPPED, "nothing to be said any more")
                    continue
                try:
                    if session is None or not session.is_open:
                        session = self._post.open_session()
                except RelayUnreachable as error:
                    self.report.trouble = f"{error}; {error.mend}" if error.mend else str(error)
                    self._notices.settle(notice, "pending", tries=notice.tries, wait=0, reply="")
                    break
                state = self._came_of(notice, _handed_over(session, *letter))
                sent += state is DeliveryState.SENT
                if state is DeliveryState.PENDING:
                    break
        finally:
            if session is not None:
                session.close()
        return sent

    def _is_over(self, notice: Notice) -> bool:
        """Whether the link to confirm has ended while the mail waited: it would lead nowhere."""
        claimed = notice.due - round(self._hold.total_seconds() * 1000)
        return notice.kind == "confirm" and claimed - notice.queued > CONFIRM_SECONDS * 1000

    def _came_of(self, notice: Notice, reply: Reply) -> DeliveryState:
        verdict = judge(reply)
        said, tries = str(reply), notice.tries + 1
        if verdict.state is DeliveryState.PENDING:
            self.report.trouble = f"the relay says at {reply.stage}: {reply}"
            self._notices.settle(
                notice, "pending", tries=notice.tries, wait=_RELAY_SECONDS, reply=said
            )
            return verdict.state
        wait: float | None = 0.0
        if verdict.state is DeliveryState.DOUBTFUL:
            wait = 0.0 if tries < _MOST_DOUBTS else None
        elif verdict.state is DeliveryState.DEFERRED:
            wait = wait_before(tries, self._retry, mailing=0, subscriber=notice.subscriber)
        else:
            self._settle(notice, verdict.state, said)
            return verdict.state
        if wait is None:
            self._settle(notice, DeliveryState.FAILED, f"given up after {tries} attempts: {said}")
            return DeliveryState.FAILED
        self.report.counts["deferred"] += verdict.state is DeliveryState.DEFERRED
        self._notices.settle(notice, "pending", tries=tries, wait=wait, reply=said)
        return verdict.state

    def _settle(self, notice: Notice, state: DeliveryState, reply: str) -> None:
        self.report.counts[state.value] += 1
        self._notices.settle(notice, state.value, tries=notice.tries + 1, wait=0, reply=reply)


class _Letters:
    """The messages: drawn from what is true of their readers when they are sent."""

    def __init__(self, config: Config, database: Database, post: Post) -> None:
        self._config = config
        self._database = database
        self._subscribers = SubscriberStore(database)
        self._post = post

    @cached_property
    def _theme(self) -> Theme:
        return read_theme(self._config.path(self._config.templates))

    @cached_property
    def _environment(self) -> jinja2.Environment:
        return make_environment(self._theme.templates)

    def letter(self, notice: Notice) -> tuple[Envelope, bytes] | None:
        """The message; None where its reader is gone, or there is nothing left to be said."""
        reader = self._subscribers.by_id(notice.subscriber)
        if reader is None:
            return None
        kind = next(one for one in get_args(NoticeKind) if one == notice.kind)
        newsletters = self._newsletters(reader, kind)
        if not newsletters:
            return None
        language = reader.subscriber.language or self._config.language_of(newsletters[0])
        rendered = NoticeSheet(
            kind=kind,
            newsletters=newsletters,
            link=self._link(notice, kind),
            site=self._config.site,
            words=make_words(language, self._theme.catalogues),
            palette=self._config.site.theme.palette,
            environment=self._environment,
        ).rendered()
        to = Mailbox(name=reader.subscriber.name, email=reader.subscriber.email)
        text = notice_message(
            rendered,
            newsletter=newsletters[0],
            to=to,
            when=datetime.fromtimestamp(notice.queued // 1000, UTC),
            identity=self._post.identity(f"notice|{notice.id}", notice.subscriber),
        )
        if self._post.signing:
            text = signed(text, self._post.signing, notice.queued // 1000)
        sender = address(read_mailbox(newsletters[0].from_))
        if self._post.bounces:
            whose = Token(subscriber=notice.subscriber)
            sender = return_address(self._post.bounces, whose, read_keys(self._database, "bounce"))
        return Envelope(sender=sender, recipient=address(to, utf8=True), size=len(text)), text

    def _newsletters(self, reader: Reader, kind: NoticeKind) -> list[NewsletterSpec]:
        """Those that it is about, each as its reader gets it: of several rhythms theirs."""
        told = SubscriptionState.PENDING if kind == "confirm" else SubscriptionState.ACTIVE
        return [
            spec.stream_of(one.rhythm)
            for spec in self._config.newsletters
            if (one := reader.subscriptions.get(spec.name)) is not None and one.state is told
        ]

    def _link(self, notice: Notice, kind: NoticeKind) -> str:
        keys = read_keys(self._database, "reader")
        if kind == "confirm":
            issued = -(-notice.queued // 1000)  # up: what was asked for in that second is meant too
            token = sign_confirmation(notice.subscriber, issued, keys)
            return reader_link(self._config.mail_url, "confirm", token)
        token = sign(Token(subscriber=notice.subscriber), "reader", keys)
        return reader_link(self._config.mail_url, "preferences", token)


def _handed_over(session: Session, envelope: Envelope, text: bytes) -> Reply:
    """The reply that decides over one message."""
    offered = session.offer(envelope)
    if offered.code // 100 != 2:
        if session.is_open:
            session.reset()
        return offered
    return session.send(text)[0]
