"""PURE. What the names of the files in a folder say of the articles in it, before one is read.

It takes a look at each of thousands of names, and is the same for as long as they are: so who knows
that no file came or went goes by what was found before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from publisher.config import FilesSpec
from publisher.model import Value
from publisher.parse.candidates import SIDECAR_SUFFIXES
from publisher.parse.versions import Version, find_versions

_PEOPLE = ("authors.yml", "authors.yaml")
_DATA = {"eleventy": (".11tydata.json", ".json"), "auto": (".11tydata.json",)}
"""Of files with data of an article, by dialect."""


class Outline(Value, frozen=True, kw_only=True):
    """`sidecars` by the paths of their articles without suffix, `versions` by their files.

    `data` are the suffixes of files with data of an article or a folder, none where there is no
    such file; `has_meta` tells of headers in files of their own, `is_bundle` of an article that
    stands for the whole folder. `people_file` lists its authors, "" without one.
    """

    sidecars: Mapping[str, str]
    versions: Mapping[str, Version]
    data: tuple[str, ...]
    has_meta: bool
    people_file: str
    is_bundle: bool


def make_outline(files: Collection[str], verdicts: Mapping[str, str], spec: FilesSpec) -> Outline:
    """`files` are all that lie in the folder, `verdicts` those of the candidates among them."""
    sidecars = [file for file in files if file.endswith(SIDECAR_SUFFIXES)]
    data = _DATA.get(spec.dialect, ())
    may_have_meta = spec.dialect in ("auto", "nikola")
    return Outline(
        sidecars={
            stem: stem + suffix
            for suffix in reversed(SIDECAR_SUFFIXES)  # the first counts where there are two
            for stem in (f.removesuffix(suffix) for f in sidecars if f.endswith(suffix))
        },
        versions=find_versions(file for file, verdict in verdicts.items() if not verdict),
        data=data if any(file.endswith(data) for file in files) else (),
        has_meta=may_have_meta and any(file.endswith(".meta") for file in files),
        people_file=next((name for name in _PEOPLE if name in files), ""),
        is_bundle="index.md" in files,
    )
