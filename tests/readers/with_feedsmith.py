"""npm feedsmith 3.0. It tells everything, in all three formats, text verbatim."""

from __future__ import annotations

from functools import partial

from tests.readers.in_node import PACKAGES, read_in_node
from tests.readers.reading import FORMATS, Driver

FEEDSMITH = Driver(
    name="feedsmith",
    formats=FORMATS,
    programs=("node",),
    packages=(PACKAGES / "feedsmith",),
    read=partial(read_in_node, "feedsmith"),
)
