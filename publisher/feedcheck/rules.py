"""PURE. The registry: every rule by its name, in the order in which documents list them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from publisher.feedcheck.catalogue import (
    agreement,
    bodies,
    document,
    entries,
    history,
    media,
    values,
)
from publisher.feedcheck.rule import Rule

GROUPS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "The document": document.RULES,
        "Entries, people and links": entries.RULES,
        "Values": values.RULES,
        "Text and HTML": bodies.RULES,
        "Archives and deletions": history.RULES,
        "Enclosures, pictures and podcasts": media.RULES,
        "The formats of one feed together": agreement.RULES,
    }
)
"""The rules under the headings of their documentation."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.name: rule for group in GROUPS.values() for rule in group}
)
"""Every rule by its name."""
