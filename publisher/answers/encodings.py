"""PURE. Which content coding a client gets (RFC 9110, section 12.5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from publisher.answers.values import Variant

_ITEM = re.compile(
    r"\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*(?:;\s*[Qq]\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?\Z"
)
_PREFERENCE = ("", "gzip", "br")
"""Of what is equally welcome, the later one: brotli is the smaller."""


@lru_cache(maxsize=128)
def accepted(field: bytes | None) -> Mapping[str, float]:
    """Coding -> weight of an Accept-Encoding field; `""` is no coding. What is malformed is left.

    Without the field, no coding is the only sure one. Few clients write it differently from others,
    so that reading it once will do.
    """
    weights: dict[str, float] = {}
    if field is not None:
        for item in field.decode("latin-1").split(","):
            found = _ITEM.match(item)
            if found:
                name = found[1].lower()
                name = {"identity": "", "x-gzip": "gzip"}.get(name, name)
                weights[name] = float(found[2] or 1)
    others = weights.pop("*", 0.0)
    for name in ("gzip", "br") if others else ():
        weights.setdefault(name, others)
    # What is not named is acceptable, but any coding that is named is what the client asked for.
    weights.setdefault("", 0.0005)
    return weights


def choose(variants: Sequence[Variant], field: bytes | None) -> Variant:
    """The most welcome variant that there is; the plain one where none is."""
    weights = accepted(field)
    best = max(
        variants, key=lambda v: (weights.get(v.encoding, 0.0), _PREFERENCE.index(v.encoding))
    )
    return best if weights.get(best.encoding, 0.0) else variants[0]
