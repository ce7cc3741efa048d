"""USE CASE. What needs a person -> a mail and a POST, once for each cause, and an all-clear.

What could not be told is told the next time: somebody may hear of it twice, never not at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from publisher.config import AlertsSpec, Config
from publisher.errors import ConfigError, FetchError, PublisherError, TransportError
from publisher.fetching import post_json
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.fields import address
from publisher.mime.notice import plain_message
from publisher.model import Trouble
from publisher.store.alerts import Alert, AlertStore
from publisher.store.engine import Database
from publisher.transport.opening import session_opener
from publisher.transport.passwords import password_of
from publisher.transport.session import Envelope
from publisher.values import dataclass

_SIGNATURE = "Publisher-Signature"
_LONGEST = 160
"""Characters of a subject."""

MAIL, WEBHOOK = 1, 2
"""Who is told, as bits of the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told, once for each who was, and what stood in the way of telling."""

    alerts: Sequence[Alert] = ()
    troubles: Sequence[PublisherError] = ()


def settle_alerts(database: Database, troubles: Sequence[Trouble]) -> None:
    """These are all the troubles there are now. Raises StoreError."""
    AlertStore(database).settle({one.cause: one.text for one in troubles})


def tell_alerts(config: Config, database: Database) -> Told:
    """Tell of what is new and of what is over. Raises StoreError; what else fails is a trouble.

    Where one cannot be told, the other is told all the same, and only once.
    """
    spec, store = config.alerts, AlertStore(database)
    told: list[Alert] = []
    troubles: list[PublisherError] = []
    for channel, tell in ((MAIL, _by_mail), (WEBHOOK, _by_post)):
        if spec is None or (spec.mail if channel == MAIL else spec.webhook) is None:
            continue
        waiting = store.untold(channel)
        try:
            for some in tell(config, spec, waiting):
                store.told(channel, some)
                told += some
        except (ConfigError, FetchError, TransportError) as error:
            troubles.append(error)
    return Told(alerts=tuple(told), troubles=tuple(troubles))


def sentence(one: Alert) -> str:
    """One alert as a line for people."""
    return f"over: {one.text}" if one.over is not None else one.text


def _by_mail(
    config: Config, spec: AlertsSpec, alerts: Sequence[Alert]
) -> Iterator[Sequence[Alert]]:
    """All in one message."""
    if not alerts or spec.mail is None:
        return
    sender = read_mailbox(_sender(config, spec))
    to = Mailbox(email=spec.mail)
    first, more = sentence(alerts[0]), len(alerts) - 1
    subject = f"{config.site.title}: {first}"[:_LONGEST] + (f" (and {more} more)" if more else "")
    text = plain_message(
        subject,
        "".join(f"- {sentence(one)}\n" for one in alerts),
        sender=sender,
        to=to,
        when=_instant(max(one.over or one.since for one in alerts)),
        identity=uuid4().hex,  # each is a message of its own, also of what was told before
    )
    session = session_opener(config)()
    try:
        envelope = Envelope(sender=address(sender), recipient=address(to), size=len(text))
        reply = session.offer(envelope)
        if reply.code // 100 == 2:
            reply = session.send(text)[0]
        if reply.code // 100 != 2:
            raise TransportError(f"the relay does not take the alert: {reply}")
    finally:
        session.close()
    yield alerts


def _sender(config: Config, spec: AlertsSpec) -> str:
    if spec.sender is not None:
        return spec.sender
    if config.newsletters:
        return config.newsletters[0].from_
    raise ConfigError("alerts.from: nobody is named that the mail is from", mend="add from:")


def _by_post(
    config: Config, spec: AlertsSpec, alerts: Sequence[Alert]
) -> Iterator[Sequence[Alert]]:
    """Each by itself, in order."""
    if not alerts or spec.webhook is None:
        return
    secret = password_of(config, spec, "alerts")
    for one in alerts:
        told = {
            "site": config.site.url,
            "event": "alert" if one.over is None else "all-clear",
            "cause": one.cause,
            "text": one.text,
            "since": _instant(one.since).isoformat(),
            "over": None if one.over is None else _instant(one.over).isoformat(),
        }
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {_SIGNATURE: signature(secret, int(time.time()), body)} if secret else {}
        try:
            answer = post_json(spec.webhook, body, headers=headers, site_url=config.site.url)
        except FetchError as error:  # whose place would be in the log: who knows it can write there
            raise FetchError(f"alerts.webhook {error.message}", mend=error.mend) from error
        if answer.status // 100 != 2:
            raise FetchError(f"alerts.webhook answered {answer.status}")
        yield [one]


def signature(secret: str, seconds: int, body: bytes) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a dot and the body (RFC 2104)."""
    mark = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={mark}"


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC)
