"""EDGE. What articles are read by."""

from __future__ import annotations

from publisher import __version__
from publisher.system.installed import version_if_there, version_of

READ_BY = (
    __version__,
    *(
        version_of(name)
        for name in ("babel", "cld3-py", "comrak", "docutils", "lxml", "nh3", "pyyaml", "tzdata")
    ),
    *(version_if_there(name) for name in ("mammoth", "nbformat")),
)
"""What decides beside its bytes what is read from an article: a newer one reads it again, and one
that was not there before reads what was refused for want of it."""
