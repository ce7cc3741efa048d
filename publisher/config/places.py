"""GROUND. Where each key of publisher.yaml stands."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from publisher.errors import Location

Steps = tuple[str | int, ...]
"""The way to a value: keys of mappings, places in lists."""


def location(node: yaml.Node, file: str) -> Location:
    """Where a node begins."""
    mark = node.start_mark
    return Location(file=file, line=mark.line + 1, column=mark.column + 1)


def node_at(node: yaml.Node, *path: str | int) -> yaml.Node:
    """The node at a path of keys and places, or the deepest one there is."""
    for step in path:
        inner = next((below for name, below in _below(node) if name == step), None)
        if inner is None:
            return node
        node = inner
    return node


def places(node: yaml.Node, file: str) -> dict[Steps, Location]:
    """The value of each key and each item of a list, by the way to it."""
    return {steps: location(inner, file) for steps, inner in _all_below(node, ())}


def _all_below(node: yaml.Node, steps: Steps) -> Iterator[tuple[Steps, yaml.Node]]:
    for step, inner in _below(node):
        yield (*steps, step), inner
        yield from _all_below(inner, (*steps, step))


def _below(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        named = (pair for pair in node.value if isinstance(pair[0], yaml.ScalarNode))
        yield from ((key.value, value) for key, value in named)
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
