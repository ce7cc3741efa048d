"""GROUND. Stable hashes of model values: equal values, equal text, on every machine and Python."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
HASH_LENGTH = 32
"""Characters of what `fingerprint` and `hash_of` give."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_making = threading.Lock()


def fingerprint(*values: Any) -> str:
    """Hash any mix of dataclasses, structs, mappings, sequences and scalars: 32 hex digits.

    Times count with their offset. Raises TypeError for a value without a stable form.
    """
    return hash_of(_encoder.encode(values))


def hash_of(data: bytes) -> str:
    """The hash that `fingerprint` gives, of bytes: 32 hex digits."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def content_hash(data: bytes) -> str:
    """SHA-256 of bytes, as in the record: 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def dump(value: Any) -> bytes:
    """Serialise a model value so that `load` gives an equal one; offsets of times are kept."""
    return _encoder.encode(value)


def load(data: bytes, kind: type[T]) -> T:
    """Read what `dump` wrote. Raises msgspec.ValidationError when the shape differs."""
    return loader(kind)(data)


def loader(kind: type[T]) -> Callable[[bytes], T]:
    """What reads values of a kind as `load` does: for where there are thousands."""
    decoder = _decoders.get(kind)
    if decoder is None:
        with _making:  # msgspec 0.22 crashes where two threads first meet a dataclass at once
            decoder = _decoders.setdefault(kind, msgspec.json.Decoder(kind))
    decode: Callable[[bytes], T] = decoder.decode
    return decode
