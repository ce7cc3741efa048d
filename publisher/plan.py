"""PURE. Wanted artifacts against the last manifest: what to write, keep and remove."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from publisher.addresses import folders_of
from publisher.errors import OutputError
from publisher.model import Artifact, BuildPlan, Manifest


def make_plan(wanted: Sequence[Artifact], manifest: Manifest, intact: Collection[str]) -> BuildPlan:
    """Plan one run.

    `manifest` is what we wrote last time, `intact` the paths of it that still lie
    there as we left them. Raises OutputError when two artifacts want one path, or
    one wants as a file what another needs as a folder.
    """
    paths = _distinct(wanted)
    write, keep = [], []
    for artifact in wanted:
        known = manifest.get(artifact.path)
        if known and known.fingerprint == artifact.fingerprint and artifact.path in intact:
            keep.append(artifact.path)
        else:
            write.append(artifact)
    return BuildPlan(
        write=tuple(write),
        keep=tuple(keep),
        remove=tuple(sorted(p for p in manifest if p not in paths)),
    )


def _distinct(wanted: Sequence[Artifact]) -> set[str]:
    paths: set[str] = set()
    for artifact in wanted:
        if artifact.path in paths:
            raise OutputError(f"two things want to be written to {artifact.path}")
        paths.add(artifact.path)
    both = paths & folders_of(paths)
    if both:
        raise OutputError(f"{min(both)} would have to be a file and a folder at once")
    return paths
