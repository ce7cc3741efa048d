"""GROUND. The keys about running for months: the timer, and who is told when a person is needed."""

from __future__ import annotations

from datetime import timedelta

from publisher.config import kinds
from publisher.config.keys import key
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerSpec:
    """The timer."""

    rebuild: timedelta = key(
        "how often feeds and pages are made anew", kinds.duration, default=timedelta(minutes=10)
    )
    watch: bool = key(
        "also when a file of a source, a template or a note changes; needs the extra `watch`",
        default=False,
    )
    listen: str | None = key(
        "host and port where `publisher schedule` answers /healthz and /metrics",
        kinds.listen,
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsSpec:
    """Who is told, once for each cause and once more when it is over."""

    mail: str | None = key(
        "the address that is told, through the relay of `smtp`", kinds.mail_address, default=None
    )
    sender: str | None = key(
        "who the message is from; else the first newsletter's `from`",
        kinds.mailbox,
        default=None,
        name="from",
    )
    webhook: str | None = key("the address that is told by POST, as JSON", kinds.link, default=None)
    password_env: str | None = key(
        "the variable of the environment with the secret that signs what is posted",
        kinds.line,
        default=None,
    )
    password_file: str | None = key("the file that holds it", kinds.line, default=None)
