"""GROUND. What no single key of `outputs` can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from publisher.config.outputs import BucketSpec, OutputSpec
from publisher.config.selections import Finding


def output_findings(outputs: Sequence[OutputSpec]) -> Iterator[Finding]:
    """What does not fit together in them."""
    for i, spec in enumerate(outputs):
        if not isinstance(spec, BucketSpec):
            continue
        if not 1 <= spec.attempts <= 20:
            mend = "write a number from 1 to 20"
            yield ("outputs", i, "attempts"), f"outputs[{i}].attempts: {spec.attempts}", mend
        for what in ("access_key", "secret_key"):
            if None not in (getattr(spec, f"{what}_env"), getattr(spec, f"{what}_file")):
                message = f"outputs[{i}]: {what}_env and {what}_file both name the key"
                yield ("outputs", i, f"{what}_file"), message, "take one of them out"
        named = [
            any(getattr(spec, f"{what}_{how}") is not None for how in ("env", "file"))
            for what in ("access_key", "secret_key")
        ]
        if any(named) and not all(named):
            message = f"outputs[{i}]: only one half of the key is named"
            mend = "name both access_key_… and secret_key_…, or neither"
            yield ("outputs", i), message, mend
