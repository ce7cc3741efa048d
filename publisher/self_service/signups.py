"""USE CASE. What readers do for themselves: ask, confirm, leave, choose, see and erase their data.

Whoever comes with a token is who its mail went to. Each change is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import Any

from publisher import readers
from publisher.config import Config, NewsletterSpec
from publisher.delivery.tokens import Token, verify, verify_confirmation
from publisher.errors import SubscriptionError
from publisher.fingerprint import dump
from publisher.model import Evidence, Reader, Subscriber, SubscriptionState, Suppression
from publisher.store.engine import Database
from publisher.store.notices import Asked, SignUpLimits, SignUps
from publisher.store.secrets import known_keys
from publisher.store.subscribers import SubscriberStore
from publisher.values import dataclass

_LISTED = (SubscriptionState.ACTIVE, SubscriptionState.PENDING)
_Change = Callable[[Reader, Suppression | None, datetime], Reader]
"""A reader, whether their address is suppressed, now -> what they become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a form asks for. `newsletters` are names, of one with rhythms NAME or NAME/RHYTHM."""

    email: str
    newsletters: Sequence[str]
    language: str = ""
    wording: str
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who came with a token: None was erased since. `newsletters` are those that it is about;
    `since` those that wait to be confirmed too, and were asked for after it was made."""

    reader: Reader | None
    newsletters: Sequence[str] = ()
    since: Sequence[str] = ()

    @property
    def gets_any(self) -> bool:
        """Whether issues of these newsletters go to them, or will when they confirm."""
        held = self.reader.subscriptions if self.reader else {}
        return any(name in held and held[name].state in _LISTED for name in self.newsletters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What a reader wants from now on; a language "" is that of each newsletter.

    `rhythms` are by newsletter; those that are not named stay.
    """

    newsletters: Sequence[str]
    rhythms: Mapping[str, str] = field(default_factory=dict)
    paused_until: datetime | None
    language: str


class SelfService:
    """The pages' way to the store. Every method may raise StoreError."""

    def __init__(
        self, config: Config, database: Database, limits: SignUpLimits | None = None
    ) -> None:
        self._config = config
        self._database = database
        self._subscribers = SubscriberStore(database)
        self._sign_ups = SignUps(database, self._subscribers, limits or SignUpLimits())

    def ask(self, wish: Wish) -> Asked:
        """Somebody wants an address to be subscribed; a mail tells its owner what follows.

        Where none may go, and one that asks them is good still, its page asks for this too. Of
        the suppressed only those are asked who may return, and stay suppressed until they
        confirm. Raises SubscriptionError for what is no address, or no newsletter.
        """
        wanted = [self._stream(name) for name in wish.newsletters]
        new = Reader(
            subscriber=Subscriber(
                email=readers.clean_address(wish.email),
                language=wish.language,
                created=self.now(),
            )
        )

        def decide(
            reader: Reader, barred: Suppression | None, now: datetime
        ) -> tuple[Reader | None, str]:
            if barred is not None and not readers.may_return(barred):
                return None, ""
            returns = barred is not None
            evidence = _requested(wish, now)
            after = reader
            for name, rhythm in wanted:
                after = readers.requested(after, name, rhythm, evidence, returns=returns)
            states = {after.subscriptions[name].state for name, _ in wanted}
            kind = "confirm" if SubscriptionState.PENDING in states else "known"
            if returns and kind == "known":
                return None, ""
            return (None if after == reader else after), kind

        def keep(reader: Reader, barred: Suppression | None, now: datetime) -> Reader | None:
            if barred is not None and not readers.may_return(barred):
                return None
            held = reader.subscriptions.values()
            if not any(one.state is SubscriptionState.PENDING for one in held):
                return None
            evidence = _requested(wish, now)
            after = reader
            for name, rhythm in wanted:
                if name not in reader.subscriptions:  # what was told in a mail stays as it was told
                    after = readers.requested(after, name, rhythm, evidence)
            return None if after == reader else after

        return self._sign_ups.ask(new, wish.network, decide, keep)

    def bearer(self, token: str) -> Bearer | None:
        """Who a link in an issue is for; None for a token that we never signed."""
        found = self._verified(token)
        if found is None:
            return None
        reader = self._subscribers.by_id(found.subscriber)
        return Bearer(reader=reader, newsletters=self._about(reader, found))

    def asker(self, token: str) -> Bearer | None:
        """Who a link to confirm is for, and what it would confirm of the newsletters that there
        are; None: forged or too old."""
        found = self._confirmation(token)
        if found is None:
            return None
        reader, issued = found
        own, since = readers.waiting(reader, issued) if reader else ([], [])
        names = [spec.name for spec in self._config.newsletters]
        own = [name for name in names if name in own]
        return Bearer(
            reader=reader,
            newsletters=own,
            since=[name for name in names if name in since] if own else [],
        )

    def confirm(
        self, token: str, *, wording: str, network: str, shown: Sequence[str] = ()
    ) -> Reader | None:
        """The owner of the address says yes; who may return is suppressed no more.

        Of what was asked for since the mail was made only what was `shown` to them begins. Gives
        the reader after it; None as `asker`.
        """
        found = self._confirmation(token)
        if found is None or found[0] is None:
            return None
        reader, issued = found

        def change(one: Reader, barred: Suppression | None, now: datetime) -> Reader:
            if barred is not None and not readers.may_return(barred):
                return one
            evidence = Evidence(
                when=now,
                what="confirmed",
                how=readers.BY_THEIR_MAIL,
                wording=wording,
                network=network,
            )
            after = readers.confirmed_since(one, issued, evidence, shown=shown)
            if barred is None or after == one:
                return after
            lifted = f"the address was suppressed ({barred.reason}) until its owner confirmed"
            return readers.returned(after, Evidence(when=now, what="unsubscribed", how=lifted))

        return self._changed(reader, change, lifts=True)

    def leave(self, token: str, *, how: str, network: str) -> Bearer | None:
        """No more of what the link's issue was of; of nothing, where it is of none.

        The same again, and for a reader who was erased, does nothing. None for a forged token.
        """
        found = self._verified(token)
        if found is None:
            return None
        reader = self._subscribers.by_id(found.subscriber)
        if reader is None:
            return Bearer(reader=None)
        names = self._about(reader, found)

        def change(one: Reader, _barred: Suppression | None, now: datetime) -> Reader:
            evidence = Evidence(when=now, what="unsubscribed", how=how, network=network)
            for name in names:
                one = readers.unsubscribed(one, name, evidence)
            return one

        after = self._changed(reader, change)
        return Bearer(reader=after, newsletters=names)

    def prefer(self, token: str, wanted: Preferences, *, network: str) -> Bearer | None:
        """What a reader chose on their page. None for a forged token.

        The bearer has no reader where nothing is mailed to them: erased, or suppressed.
        """
        found = self._verified(token)
        if found is None:
            return None
        reader = self._subscribers.by_id(found.subscriber)
        if reader is None:
            return Bearer(reader=None)

        is_barred = False

        def change(one: Reader, barred: Suppression | None, now: datetime) -> Reader:
            nonlocal is_barred
            is_barred = barred is not None
            if is_barred:
                return one
            evidence = Evidence(
                when=now, what="changed", how="the page of preferences", network=network
            )
            for spec in self._config.newsletters:
                if spec.name in wanted.newsletters:
                    known = one.subscriptions.get(spec.name)
                    rhythm = wanted.rhythms.get(spec.name, "")
                    if known is not None and known.state is SubscriptionState.ACTIVE and rhythm:
                        one = readers.wanting_rhythm(one, spec.name, rhythm, evidence)
                    rhythm = rhythm or (known.rhythm if known else _first_rhythm(spec))
                    one = readers.chosen(one, spec.name, rhythm, evidence)
                else:
                    left = replace(evidence, what="unsubscribed")
                    one = readers.unsubscribed(one, spec.name, left)
                one = readers.paused(one, spec.name, wanted.paused_until, evidence)
            return replace(one, subscriber=replace(one.subscriber, language=wanted.language))

        after = self._changed(reader, change)
        return Bearer(reader=None if is_barred else after)

    def erase(self, token: str) -> bool:
        """Forget the reader of a link. Gives False for a forged token."""
        found = self._verified(token)
        if found is None:
            return False
        reader = self._subscribers.by_id(found.subscriber)
        if reader is not None:
            _ = self._subscribers.secret
            with self._database.writing() as connection:
                self._sign_ups.heeded(connection, reader.subscriber.email)
            self._subscribers.erase(reader.subscriber.email)
        return True

    def own_data(self, reader: Reader) -> str:
        """All that is known of a reader, as JSON."""
        told: dict[str, Any] = json.loads(dump(reader))
        told["deliveries"] = list(self._subscribers.deliveries_of(reader.subscriber.id))
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"

    def now(self) -> datetime:
        """The instant by the clock of the database."""
        with self._database.reading() as connection:
            return _when(self._database.now(connection))

    def _verified(self, token: str) -> Token | None:
        keys = known_keys(self._database, "reader")
        return verify(token, "reader", keys) if keys else None

    def _confirmation(self, token: str) -> tuple[Reader | None, datetime] | None:
        keys = known_keys(self._database, "reader")
        now = int(self.now().timestamp())
        found = verify_confirmation(token, keys, now) if keys else None
        if found is None:
            return None
        return self._subscribers.by_id(found.subscriber), datetime.fromtimestamp(found.issued, UTC)

    def _about(self, reader: Reader | None, token: Token) -> list[str]:
        """The newsletter of the token's issue; all that the reader has where it is of none.

        So is one of a newsletter that is not configured any more: it may go on under another
        name, and what still comes is what they can mean.
        """
        name = self._subscribers.list_of(token.mailing) if token.mailing else None
        if name is not None and any(spec.name == name for spec in self._config.newsletters):
            return [name]
        held = reader.subscriptions.values() if reader else ()
        return [one.newsletter for one in held if one.state in _LISTED]

    def _changed(
        self,
        reader: Reader | None,
        change: _Change,
        *,
        lifts: bool = False,
    ) -> Reader | None:
        """The reader after a change; None where they were forgotten meanwhile.

        `lifts`: a change proves that the address may be mailed.
        """
        if reader is None:
            return None
        _ = self._subscribers.secret
        with self._database.writing() as connection:
            now = _when(self._database.now(connection))
            current: Reader | None = reader

            def changed(one: Reader, barred: Suppression | None) -> Reader | None:
                nonlocal current
                if one is reader or one.subscriber.id != reader.subscriber.id:
                    current = None  # or they would be made anew of what was read before
                    return None
                current = one
                after = change(one, barred, now)
                return None if after == one else after

            (after,) = self._subscribers.change_within(connection, [reader], changed)
            if lifts and after is not None:
                self._subscribers.lift(connection, reader.subscriber.email)
            self._sign_ups.heeded(connection, reader.subscriber.email)
        return after or current

    def _stream(self, name: str) -> tuple[str, str]:
        """A newsletter and its rhythm, by the name that a form has. Raises SubscriptionError."""
        for spec in self._config.newsletters:
            if name == spec.name:
                return spec.name, _first_rhythm(spec)
            for rhythm in spec.rhythms:
                if name == f"{spec.name}/{rhythm.name}":
                    return spec.name, rhythm.name
        raise SubscriptionError(f"there is no newsletter {name[:80]!r}")


def _requested(wish: Wish, now: datetime) -> Evidence:
    return Evidence(
        when=now, what="requested", how="the form", wording=wish.wording, network=wish.network
    )


def titles(config: Config, names: Sequence[str]) -> Mapping[str, str]:
    """The titles of newsletters by name; of one that is no longer configured its name."""
    known = {spec.name: spec.title for spec in config.newsletters}
    return {name: known.get(name, name) for name in names}


def _first_rhythm(spec: NewsletterSpec) -> str:
    return spec.rhythms[0].name if spec.rhythms else ""


def _when(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)
