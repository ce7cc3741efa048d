"""Keys that mail is signed with, what the DNS says of them, and judges of signatures."""

from __future__ import annotations

import base64
import functools
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

DOMAIN = "courier.example"


@functools.cache
def rsa_key(bits: int = 2048) -> RSAPrivateKey:
    """One for all tests of a process: making one takes a quarter of a second."""
    return generate_private_key(65537, bits)


@functools.cache
def ed25519_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def write_key(path: Path, key: RSAPrivateKey | Ed25519PrivateKey, mode: int = 0o600) -> Path:
    """The key in PEM."""
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(mode)
    return path


def published(key: RSAPrivateKey | Ed25519PrivateKey) -> str:
    """The TXT record of the key's public half (RFC 6376 section 3.6.1, RFC 8463 section 4)."""
    if isinstance(key, RSAPrivateKey):
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"


@dataclass(frozen=True)
class Signing:
    """Two keys in a site's folder, as publisher.yaml names them and as the DNS would."""

    config: str
    records: Mapping[str, str]


def signing(folder: Path) -> Signing:
    """Write an RSA and an Ed25519 key, rsa.pem and ed.pem."""
    write_key(folder / "rsa.pem", rsa_key())
    write_key(folder / "ed.pem", ed25519_key())
    return Signing(
        config=(
            f"dkim: {{domain: {DOMAIN}, selector: rsa, key_file: rsa.pem, "
            "also: [{selector: ed, key_file: ed.pem}]}\n"
        ),
        records={
            f"rsa._domainkey.{DOMAIN}": published(rsa_key()),
            f"ed._domainkey.{DOMAIN}": published(ed25519_key()),
        },
    )


def dkimpy_says(raw: bytes, records: Mapping[str, str]) -> list[bool]:
    """Whether each signature of a message holds, the first one first."""

    def txt(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")].encode()

    judge = dkim.DKIM(raw)
    count = sum(name.lower() == b"dkim-signature" for name, _ in judge.headers)
    return [_holds(raw, index, txt) for index in range(count)]


def _holds(raw: bytes, index: int, txt: object) -> bool:
    try:
        return bool(dkim.DKIM(raw).verify(index, dnsfunc=txt))
    except dkim.DKIMException:
        return False


def opendkim_says(opendkim: str, raw: bytes, records: Mapping[str, str], folder: Path) -> str:
    """OpenDKIM's line about a message, of which it names the first signature alone.

    It ends with 0 whatever it found.
    """
    folder.mkdir(exist_ok=True)
    (folder / "m.eml").write_bytes(raw)
    (folder / "keys").write_text("".join(f"{name} {txt}\n" for name, txt in records.items()))
    (folder / "conf").write_text(f"Mode v\nSyslog no\nTestPublicKeys {folder}/keys\n")
    ran = subprocess.run(
        [opendkim, "-x", folder / "conf", "-t", folder / "m.eml"],
        capture_output=True,
        text=True,
        check=True,
    )
    return (ran.stdout + ran.stderr).partition("m.eml: ")[2].strip()
