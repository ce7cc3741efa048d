"""USE CASE. All looks, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from publisher.checkup.check import Check, finding
from publisher.checkup.domains import look_at_domain, look_at_envelope, look_at_sender
from publisher.checkup.mail import look_at_keys, look_at_relay
from publisher.checkup.site import (
    look_at_postal_addresses,
    look_at_secrets,
    look_at_state,
    look_at_web,
)
from publisher.config import Config
from publisher.delivery.domains import Address, Names
from publisher.delivery.verp import bounces_address
from publisher.errors import ConfigError, TransportError
from publisher.mailbox import read_mailbox
from publisher.mime.fields import address as ascii_address


def examine(
    config: Config,
    open_names: Callable[[], Names],
    *,
    clock: Callable[[], datetime],
    sender: Address | None = None,
) -> Iterator[Check]:
    """What was found, as it is found. It asks the relay, the DNS and `web.url`, and nobody else.

    `sender` is the address that mail leaves from, where it is not the relay's own.
    """
    yield look_at_state(config)
    yield from look_at_secrets(config)
    yield from look_at_postal_addresses(config)
    if not config.newsletters:
        return
    relay, peer = look_at_relay(config)
    yield from relay
    checks, keys = look_at_keys(config)
    yield from checks
    domains = {
        ascii_address(read_mailbox(spec.from_)).rpartition("@")[2].lower()
        for spec in config.newsletters
    }
    try:
        names = open_names()
        for domain in sorted(domains):
            yield from look_at_domain(
                domain, names, dkim=config.dkim, keys=keys, sender=sender or peer
            )
        envelope = bounces_address(config).rpartition("@")[2].lower()
        if envelope and envelope not in domains:
            yield from look_at_envelope(envelope, names, sender=sender or peer)
        yield look_at_sender(sender or peer, names)
    except (ConfigError, TransportError) as error:
        yield finding("dns", "", str(error), error.mend or "see that this machine's DNS answers")
    yield from look_at_web(config, clock())
