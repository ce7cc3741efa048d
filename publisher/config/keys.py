"""GROUND. How a spec declares one key of publisher.yaml."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

REQUIRED: Any = object()


def key(
    about: str, kind: Callable[[str], Any] | None = None, *, default: Any = REQUIRED, name: str = ""
) -> Any:
    """One key: what it is for, how it is read, its default; `name` where Python has the word."""
    metadata = {"about": about, "kind": kind, "name": name}
    if default is REQUIRED:
        return field(metadata=metadata)
    if callable(default):
        return field(metadata=metadata, default_factory=default)
    return field(metadata=metadata, default=default)
