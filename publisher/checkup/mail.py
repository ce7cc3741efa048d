"""USE CASE. The relay and the keys: reached, encrypted, logged in; strong enough and ours."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator

from publisher.checkup.check import Check, finding, good, unknown
from publisher.config import Config, SmtpSpec
from publisher.delivery.domains import Address
from publisher.errors import ConfigError, RelayUnreachable
from publisher.transport.keys import PublicHalf, read_public_half
from publisher.transport.opening import greeting_name
from publisher.transport.passwords import password_of
from publisher.transport.smtp import open_session

RIGHT_BITS = 2048

Keys = dict[str, PublicHalf]
"""The public half of each key that could be read, by its selector."""


def look_at_relay(config: Config) -> tuple[list[Check], Address | None]:
    """The checks, and the relay's address where there is a relay that answers."""
    smtp = config.smtp
    if smtp is None:
        return [finding("relay", "smtp", "there is none", "name it: smtp: {host: …}")], None
    if smtp.folder is not None:
        return [_folder(config, smtp.folder)], None
    about = f"{smtp.host}:{smtp.port}"
    try:
        password = password_of(config, smtp, "smtp")
        session = open_session(smtp, password=password, greeting_name=greeting_name(config))
    except (ConfigError, RelayUnreachable) as error:
        return [finding("relay", about, str(error), error.mend or "see smtp:")], None
    peer = ipaddress.ip_address(session.peer.partition("%")[0])
    session.close()
    return [good("relay", about, "answers"), *_privacy(smtp, about, peer)], peer


def _privacy(smtp: SmtpSpec, about: str, peer: Address) -> Iterator[Check]:
    if smtp.security != "none":
        yield good("tls", about, "its certificate is good")
    elif peer.is_loopback:
        yield good("tls", about, "none, and the relay is this machine")
    else:
        said = "mail" + (" and the password travel" if smtp.username else " travels") + " in clear"
        yield finding("tls", about, said, "smtp.security: starttls, or tls")
    if smtp.username:
        yield good("login", about, f"takes {smtp.username}")


def _folder(config: Config, folder: str) -> Check:
    place = config.path(folder)
    while not place.exists():
        place = place.parent
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        said = f"{place} cannot be written in"
        return finding("relay", folder, said, "name a folder that this user may write in")
    return good("relay", folder, "none: messages are written to this folder, and go nowhere")


def look_at_keys(config: Config) -> tuple[list[Check], Keys]:
    """The checks, and the public halves of the keys."""
    spec = config.dkim
    if spec is None:
        said = "no dkim: the relay signs, or nobody does"
        return [unknown("key", "dkim", said, "see that it signs, or set dkim:")], {}
    named = [(spec.selector, spec.key_file), *((one.selector, one.key_file) for one in spec.also)]
    checks, keys = [], {}
    for selector, file in named:
        try:
            half = read_public_half(config.path(file))
        except ConfigError as error:
            checks.append(finding("key", file, str(error), error.mend or "see dkim:"))
            continue
        keys[selector] = half
        if half.kind == "rsa" and half.bits < RIGHT_BITS:
            said = f"RSA of {half.bits} bits, which some receivers no longer take"
            checks.append(finding("key", file, said, f"make one of {RIGHT_BITS} bits"))
        else:
            kind = f"RSA of {half.bits} bits" if half.kind == "rsa" else "Ed25519"
            checks.append(good("key", file, f"{kind}, readable by its owner alone"))
    if len(keys) == len(named) and all(half.kind == "ed25519" for half in keys.values()):
        said = "Ed25519 alone: many receivers verify RSA only (RFC 8463 section 5)"
        checks.append(finding("key", "dkim", said, "add an RSA key under dkim.also"))
    return checks, keys
