"""EDGE. The versions of the libraries that are installed beside us.

importlib.metadata reads and parses the whole description of each, with a parser for mail: 20 ms in
every run. The version stands in the name of the folder too (PyPA: Recording installed projects).
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from functools import cache


def version_of(name: str) -> str:
    """The version of an installed distribution, as importlib.metadata has it.

    Raises importlib.metadata.PackageNotFoundError.
    """
    found = version_if_there(name)
    if found:
        return found
    # one that was installed in another form, such as a zip file, an egg or a hook of an editor
    from importlib.metadata import version  # noqa: PLC0415 (see above)

    return version(name)


def version_if_there(name: str) -> str:
    """The same, "" for one that is not there, or not in the usual form."""
    versions = (_described(place).get(_normal(name)) for place in sys.path)
    return next(filter(None, versions), "")


@cache
def _described(place: str) -> dict[str, str]:
    """The distributions of a folder of sys.path, by their names."""
    found: dict[str, str] = {}
    with suppress(OSError):  # a zip file, or nothing at all
        for entry in os.listdir(place or "."):  # noqa: PTH208 (a Path of each takes as long again)
            if entry.endswith(".dist-info"):
                name, _, version = entry.removesuffix(".dist-info").rpartition("-")
                found.setdefault(_normal(name), version)
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()
