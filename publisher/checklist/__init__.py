"""GROUND. The checks of an issue before it is mailed, which `publisher.preflight` does.

They stand here because the configuration must know their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from publisher.checklist import content, look, message
from publisher.checklist.check import Check, Level

__all__ = ["CHECKS", "GROUPS", "Check", "Level"]

GROUPS: Mapping[str, tuple[Check, ...]] = MappingProxyType(
    {
        "Size and what laws ask": message.SIZE,
        "The message": message.MESSAGE,
        "Links": content.LINKS,
        "Pictures": content.PICTURES,
        "Look": look.LOOK,
        "Words": content.WORDS,
        "Articles": content.ITEMS,
    }
)
"""The checks under the headings of their documentation."""

CHECKS: Mapping[str, Check] = MappingProxyType(
    {check.name: check for group in GROUPS.values() for check in group}
)
"""Every check by its name."""
