"""EDGE. What must stay ours: the keys that messages are signed with, the relay's password."""

from __future__ import annotations

import base64
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from publisher.config import Config
from publisher.delivery.dkim import SigningKey
from publisher.errors import ConfigError, Location, install
from publisher.values import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

LEAST_BITS = 1024
"""Bits of an RSA key that receivers still take (RFC 8301 section 3.2); 2048 is right."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHalf:
    """What of a key is published: `p` of its record (RFC 6376 section 3.6.1), and its size."""

    kind: Literal["rsa", "ed25519"]
    bits: int
    p: str


def read_key(file: Path, *, domain: str, selector: str) -> SigningKey:
    """An RSA or Ed25519 key in PEM. Raises ConfigError for one that is missing, readable by others,
    too short or of another kind."""
    rsa, ed25519 = _load(file)
    if rsa is not None:
        sign = _rsa_sign(rsa)
        return SigningKey(domain=domain, selector=selector, algorithm="rsa-sha256", sign=sign)
    assert ed25519 is not None, "it is one of both"
    return SigningKey(
        domain=domain, selector=selector, algorithm="ed25519-sha256", sign=ed25519.sign
    )


def read_public_half(file: Path) -> PublicHalf:
    """What the DNS should say of a key. Raises ConfigError as `read_key` does."""
    rsa, ed25519 = _load(file)
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 (only who signs)
        Encoding,
        PublicFormat,
    )

    if rsa is not None:
        form = PublicFormat.SubjectPublicKeyInfo
        data = rsa.public_key().public_bytes(Encoding.DER, form)
        return PublicHalf(kind="rsa", bits=rsa.key_size, p=base64.b64encode(data).decode("ascii"))
    assert ed25519 is not None, "it is one of both"
    data = ed25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)  # RFC 8463 section 4
    return PublicHalf(kind="ed25519", bits=256, p=base64.b64encode(data).decode("ascii"))


def _load(file: Path) -> tuple[RSAPrivateKey | None, Ed25519PrivateKey | None]:
    """The key as what it is: one of both."""
    where = Location(file=str(file))
    data = _read(file, where)
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519, rsa  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
        )
    except ModuleNotFoundError as error:
        raise ConfigError(
            "dkim: signing needs the library cryptography",
            mend=f"{install('dkim')}; or let the relay sign and take dkim: out",
        ) from error
    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"dkim: is no private key: {error}",
            where=where,
            mend="openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 makes one",
        ) from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None, key
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigError("dkim: neither RSA nor Ed25519", where=where, mend="make one of these")
    if key.key_size < LEAST_BITS:
        raise ConfigError(
            f"dkim: has {key.key_size} bits, receivers want {LEAST_BITS} at least",
            where=where,
            mend="make one of 2048 bits",
        )
    return key, None


def read_signing_keys(config: Config) -> Sequence[SigningKey]:
    """The keys that messages are signed with, none where the relay does. Raises ConfigError."""
    spec = config.dkim
    if spec is None:
        return ()
    named = [(spec.selector, spec.key_file), *((one.selector, one.key_file) for one in spec.also)]
    return [
        read_key(config.path(file), domain=spec.domain, selector=selector)
        for selector, file in named
    ]


def look_at_signing_keys(config: Config) -> tuple[Sequence[ConfigError], Sequence[str]]:
    """Why nothing could be signed, and what else is amiss: what is not on this machine at all may
    well be where the mail is sent."""
    try:
        read_signing_keys(config)
    except ConfigError as error:
        if not isinstance(error.__cause__, FileNotFoundError | ModuleNotFoundError):
            return (error,), ()
        return (), (f"{error}: where that is so, no mail is sent",)
    return (), ()


def _rsa_sign(key: RSAPrivateKey) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 (only who signs needs it)
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    scheme, algorithm = padding.PKCS1v15(), hashes.SHA256()
    return lambda text: key.sign(text, scheme, algorithm)


def _read(file: Path, where: Location) -> bytes:
    try:
        mode = file.stat().st_mode
        if stat.S_ISFIFO(mode):  # which might be waited for without end
            raise ConfigError(
                "dkim: is a pipe, which can be read once alone",
                where=where,
                mend="put the key into a file",
            )
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"dkim: cannot be read: {error.strerror}", where=where, mend="put the key there"
        ) from error
    if mode & _OTHERS:
        raise ConfigError(
            f"dkim: others than its owner may read or write it (mode {stat.S_IMODE(mode):o})",
            where=where,
            mend=f"chmod 600 {file}",
        )
    return data
