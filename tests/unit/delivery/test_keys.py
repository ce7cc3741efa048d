"""Key files: only what is safe and what receivers take is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from publisher.config.load import load_config
from publisher.errors import ConfigError
from publisher.transport.keys import read_key
from publisher.transport.opening import relay_of
from publisher.transport.passwords import password_of
from tests.signing import ed25519_key, rsa_key, write_key
from tests.sites import CONFIG


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_key(path, domain="courier.example", selector="s")
    assert caught.value.mend
    assert caught.value.where is not None
    assert caught.value.where.file == str(path)
    assert "PRIVATE" not in str(caught.value)
    return f"{caught.value} {caught.value.mend}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    said = refusal(write_key(tmp_path / "key.pem", ed25519_key(), mode))
    assert f"mode {mode:o}" in said
    assert "chmod 600" in said


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_of_ours_alone_is_taken(tmp_path: Path, mode: int) -> None:
    path = write_key(tmp_path / "key.pem", ed25519_key(), mode)
    assert read_key(path, domain="d.example", selector="s").algorithm == "ed25519-sha256"


def test_what_is_no_key_for_mail_is_refused(tmp_path: Path) -> None:
    def written(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        path.chmod(0o600)
        return path

    assert "No such file" in refusal(tmp_path / "missing.pem")
    assert "Is a directory" in refusal(tmp_path)
    assert "no private key" in refusal(written("text.pem", b"hello\n"))
    locked = rsa_key().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    assert "no private key" in refusal(written("locked.pem", locked))
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    assert "neither RSA nor Ed25519" in refusal(written("curve.pem", curve))


P = int(
    "FCE143D85F2EF9A85B6D16653172F16A860F1523D9A7CA1A"
    "0E29459258B756F16E28658007562A0294ECB2C785E6F369",
    16,
)
Q = int(
    "C2CC1B38122AEEDBCC6761B38B64B9BBB34E345C37634169"
    "1C9345A97E11A7FD3254520FDA23B08C73AC58A9283CCEFB",
    16,
)
"""Two primes of 384 bits: the library makes no key as short as that any more."""


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    d = rsa.rsa_recover_private_exponent(65537, P, Q)
    numbers = rsa.RSAPrivateNumbers(
        P,
        Q,
        d,
        rsa.rsa_crt_dmp1(d, P),
        rsa.rsa_crt_dmq1(d, Q),
        rsa.rsa_crt_iqmp(P, Q),
        rsa.RSAPublicNumbers(65537, P * Q),
    )
    assert "768 bits" in refusal(write_key(tmp_path / "short.pem", numbers.private_key()))


@pytest.mark.parametrize(("mode", "taken"), [(0o600, True), (0o640, True), (0o644, False)])
def test_a_password_that_everybody_may_read_is_refused(
    tmp_path: Path, mode: int, taken: bool
) -> None:
    (tmp_path / "publisher.yaml").write_text(
        CONFIG + "smtp: {username: us, password_file: secret}\n"
    )
    (tmp_path / "secret").write_text("zz-canary\n")
    (tmp_path / "secret").chmod(mode)
    config = load_config(tmp_path / "publisher.yaml")
    if taken:
        assert password_of(config, relay_of(config), "smtp") == "zz-canary"
        return
    with pytest.raises(ConfigError, match=f"mode {mode:o}") as caught:
        password_of(config, relay_of(config), "smtp")
    assert "zz-canary" not in str(caught.value)
