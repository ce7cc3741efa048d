"""USE CASE. The mailbox that mail comes back to is read once, and what it says is done.

A message may be read twice and a run killed at any instant: each step changes nothing the second
time, and the mailbox learns that a message was read when all steps are on disk.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from publisher import readers
from publisher.config import BouncesSpec, Config
from publisher.delivery.bouncing import Notice, NoticeKind, read_notice
from publisher.delivery.causes import Cause, cause_of
from publisher.delivery.strikes import reason_to_suppress
from publisher.delivery.tokens import Token
from publisher.delivery.verp import bounces_address, returned_to
from publisher.errors import ConfigError, MailboxError
from publisher.mailboxes import Inbox, Incoming, mailbox_name, open_inbox
from publisher.model import COMPLAINT, Evidence, Reader
from publisher.store.bounces import BounceStore, Noted
from publisher.store.engine import Database
from publisher.store.secrets import read_keys
from publisher.store.subscribers import SubscriberStore
from publisher.transport.passwords import password_of
from publisher.values import dataclass

AGAIN, STRANGE, REFUSED = "again", "strange", "refused"
"""What is counted beside the kinds of notices: read before; of a delivery that never was, or a
mail to a reader who was forgotten since; no message, but a delivery that the relay itself
refused."""

_ABOUT = "a mail about subscriptions"
_PIECE = 50
_PIECE_BYTES = 8 * 1024 * 1024

_WORDS = {
    NoticeKind.HARD: "there is no such mailbox",
    NoticeKind.SOFT: "the mailbox did not take it",
    NoticeKind.BLOCKED: "the sender or the message was refused",
    NoticeKind.COMPLAINT: "the reader called it unwanted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BouncesReport:
    """What was read: `counts` by kind of notice, and `again`, `strange`, `refused`; how many
    readers were `suppressed`; `trouble` where the mailbox could not be read to its end."""

    counts: Counter[str] = field(default_factory=Counter)
    suppressed: int = 0
    trouble: MailboxError | None = None

    @property
    def exit_code(self) -> int:
        """0 all was read; 3 the mailbox could not be, or not to its end."""
        return 3 if self.trouble else 0


def read_bounces(
    config: Config,
    database: Database,
    *,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> BouncesReport:
    """Read what is new in the mailbox, and suppress whom it says to.

    Raises ConfigError where none is configured, StoreError.
    """
    bounces = config.bounces
    if bounces is None:
        raise ConfigError(
            "there is no `bounces` in publisher.yaml",
            mend="add bounces: {address: bounces@your.domain, maildir: PATH}, or mbox, imap, pop3",
        )
    store = BounceStore(database)
    reading = _Reading(config, bounces, database, store)
    server = bounces.imap or bounces.pop3
    key = f"bounces.{'imap' if bounces.imap else 'pop3'}"
    password = password_of(config, server, key) if server else None
    name = mailbox_name(bounces)
    reading.take_refused()
    before = store.mark(name)
    trouble: MailboxError | None = None
    try:
        inbox = open_inbox(config, bounces, password, before)
        try:
            reading.read(inbox, progress)
        finally:
            mark = inbox.close()
            if mark != before:
                store.save_mark(name, mark)
    except MailboxError as error:
        trouble = error
    return BouncesReport(counts=reading.counts, suppressed=reading.suppressed, trouble=trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suppressing:
    """A reader who gets no more, and why: in short, and as evidence."""

    reader: Reader
    reason: str
    how: str
    evidence: Evidence


class _Reading:
    """One run over a mailbox."""

    def __init__(
        self, config: Config, bounces: BouncesSpec, database: Database, store: BounceStore
    ) -> None:
        self._store = store
        self._subscribers = SubscriberStore(database)
        self._keys = read_keys(database, "bounce")
        self._address = bounces_address(config)
        self._soft_limit = bounces.soft_limit
        self.counts: Counter[str] = Counter()
        self.suppressed = 0

    def read(self, inbox: Inbox, progress: Callable[[str, int, int], None]) -> None:
        """Every message that is new there."""
        for piece in _pieces(inbox.messages()):
            for message, said in zip(piece, self._take(piece), strict=True):
                self.counts[said] += 1
                inbox.done(message, ours=said not in (NoticeKind.UNSIGNED, NoticeKind.OTHER))
            progress("reading", self.counts.total(), 0)

    def take_refused(self) -> None:
        """What came back before it had left counts as soft, whatever the relay says of it: it may
        be the relay that is wrong, and then it is wrong about everyone."""
        refused = self._store.refused()
        for start in range(0, len(refused), _PIECE):
            notices = [
                (token, Notice(kind=_of_relay(reply), token=token, words=reply))
                for token, reply in refused[start : start + _PIECE]
            ]
            self.counts[REFUSED] += sum(self._do(notices))

    def _take(self, piece: Sequence[Incoming]) -> list[str]:
        """Do what messages say; gives what each was."""
        said: list[str] = []
        fresh: dict[str, tuple[Token, Notice]] = {}
        places: dict[str, int] = {}
        read = [
            (read_notice(message.raw, self._token_in), hashlib.sha256(message.raw).hexdigest())
            for message in piece
        ]
        known = self._store.known([digest for _, digest in read])
        for place, (notice, digest) in enumerate(read):
            is_news = notice.token is not None and notice.kind is not NoticeKind.OTHER
            said.append(AGAIN if is_news and digest in known else notice.kind.value)
            if is_news and notice.token is not None and digest not in known:
                known.add(digest)
                fresh[digest] = notice.token, notice
                places[digest] = place
        stood = dict(zip(fresh, self._do(list(fresh.values())), strict=True))
        self._store.remember({digest: fresh[digest][0] for digest in fresh if stood[digest]})
        for digest, place in places.items():
            if not stood[digest]:
                said[place] = STRANGE
        return said

    def _do(self, notices: Sequence[tuple[Token, Notice]]) -> list[bool]:
        """Keep notices and suppress whom they say to; gives which are of deliveries that were."""
        if not notices:
            return []
        noted = self._store.note(notices)
        whom: dict[int, _Suppressing] = {}
        for (token, notice), of_issue in zip(notices, noted, strict=True):
            if of_issue is not None and token.subscriber not in whom:
                found = self._judge(token.subscriber, notice, of_issue)
                if found is not None:
                    whom[token.subscriber] = found
        if whom:
            self._suppress(whom)
        return [of_issue is not None for of_issue in noted]

    def _judge(self, subscriber: int, notice: Notice, noted: Noted) -> _Suppressing | None:
        reason = reason_to_suppress(notice, noted.past, self._soft_limit, noted.now)
        reader = self._subscribers.by_id(subscriber) if reason else None
        if reader is None:
            return None  # or erased meanwhile: barred already, and nothing of theirs is left
        proved = readers.proved(reader)
        if proved is not None and reason != COMPLAINT:
            # Their address took mail then: what was sent before says nothing of it.
            past = [one for one in noted.past if one.sent >= proved]
            is_over = noted.sent is not None and noted.sent < proved
            if is_over or not reason_to_suppress(notice, past, self._soft_limit, noted.now):
                return None
        issue = f"issue {noted.number} of {noted.newsletter}" if noted.number else _ABOUT
        told = notice.words or _WORDS[notice.kind]
        code = f"{notice.status} " if notice.status else ""
        # Of an erased reader the hash of the address and `how` stay: no words of others in it.
        return _Suppressing(
            reader=reader,
            reason=reason,
            how=f"{issue} {code}".strip(),
            evidence=Evidence(
                when=noted.now, what="suppressed", how=f"{reason}: {issue}: {code}{told}"
            ),
        )

    def _suppress(self, whom: Mapping[int, _Suppressing]) -> None:
        self._subscribers.suppress_all(
            (one.reader.subscriber.email, one.reason, one.how) for one in whom.values()
        )
        changed = self._subscribers.change(
            [one.reader for one in whom.values()],
            lambda known, barred: (
                readers.suppressed(known, whom[known.subscriber.id].evidence) if barred else None
            ),
        )
        self.suppressed += sum(one is not None for one in changed)

    def _token_in(self, text: str) -> Token | None:
        return returned_to(text, self._address, self._keys)


def _of_relay(reply: str) -> NoticeKind:
    is_blocked = cause_of("", reply) is Cause.BLOCKED
    return NoticeKind.BLOCKED if is_blocked else NoticeKind.SOFT


def _pieces(messages: Iterator[Incoming]) -> Iterator[list[Incoming]]:
    """Messages that are dealt with in one go: a commit takes as long for one as for fifty."""
    piece: list[Incoming] = []
    try:
        for message in messages:
            piece.append(message)
            if len(piece) == _PIECE or sum(len(one.raw) for one in piece) > _PIECE_BYTES:
                yield piece
                piece = []
    except MailboxError:
        if piece:
            yield piece
        raise
    if piece:
        yield piece
