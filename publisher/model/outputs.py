"""GROUND. What is written: the files of output/ and a plan for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from publisher.model.values import Value
from publisher.values import dataclass


class Artifact(Value, frozen=True, kw_only=True, gc=True):
    """One file of output/: `fingerprint` changes whenever the bytes could; `render` makes them.

    What is to be drawn `apart` needs nothing but the values it holds and bodies of articles, so
    that another process may draw it.
    """

    path: str
    media_type: str
    fingerprint: str
    render: Callable[[], bytes]
    apart: bool = False


class ManifestEntry(Value, frozen=True, kw_only=True):
    """What we wrote last time at one path. `fingerprint` is "" while a write is under way."""

    fingerprint: str
    size: int
    mtime_ns: int


Manifest = Mapping[str, ManifestEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """What a run does to output/: three disjoint sets of paths."""

    write: tuple[Artifact, ...]
    keep: tuple[str, ...]
    remove: tuple[str, ...]
