"""GROUND. The keys of `outputs`: further places that hold what output/ holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from publisher.config import kinds
from publisher.config.keys import key
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSpec:
    """A further place; the keys that every type has."""

    name: str = key("how it is called in messages", kinds.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSpec(OutputSpec):
    """A bucket of a service that speaks the protocol of Amazon's S3."""

    type: Literal["s3"] = key("the kind of output")
    bucket: str = key("the bucket's name", kinds.bucket)
    endpoint: str | None = key(
        "the address of the service; without it Amazon's", kinds.origin, default=None
    )
    region: str | None = key("the region that the bucket is in", kinds.line, default=None)
    prefix: str = key(
        "the folder in the bucket; without it the bucket itself", kinds.inner_path, default=""
    )
    access_key_env: str | None = key(
        "the variable of the environment that holds the id of the access key; without one "
        "what the environment of Amazon's tools says",
        kinds.line,
        default=None,
    )
    access_key_file: str | None = key("the file that holds it", kinds.line, default=None)
    secret_key_env: str | None = key(
        "the variable of the environment that holds the secret key", kinds.line, default=None
    )
    secret_key_file: str | None = key("the file that holds it", kinds.line, default=None)
    timeout: timedelta = key(
        "how long to wait for an answer", kinds.duration, default=timedelta(seconds=30)
    )
    attempts: int = key(
        "how often it is asked when it is in trouble, with longer and longer waits between",
        default=6,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginOutputSpec(OutputSpec):
    """What a plug-in writes to; its type is named by an entry point (publisher.plugin)."""

    type: str = key("the kind of output")
    options: Mapping[str, Any] = key("what the plug-in is told: its own keys", default=dict)


OUTPUT_TYPES: Mapping[str, type[OutputSpec]] = MappingProxyType({"s3": BucketSpec})
"""Each `type` of an output and its keys."""
