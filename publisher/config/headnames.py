"""GROUND. What an issue's subject and preheader can name of what they see: `entries[0].title`.

A template is looked through without being drawn, so that what it names is told before there is an
issue, and also where it is drawn for some issues alone. Of what nothing is known nothing is said.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from jinja2 import nodes

from publisher.config.site import SiteSpec
from publisher.config.specs import NewsletterSpec
from publisher.model import Entry
from publisher.nearest import nearest

Kind = Any
"""The type of a value as an annotation says it; None where it is not known."""


_origin: Callable[[Kind], Kind] = typing.get_origin


class Section(typing.TypedDict):
    """A section of an issue as such a template sees it."""

    title: str
    entries: tuple[Entry, ...]


_SEEN: Mapping[str, Kind] = MappingProxyType(
    {"newsletter": NewsletterSpec, "site": SiteSpec, "number": int, "date": str}
    | {"entries": tuple[Entry, ...], "sections": tuple[Section, ...]}
)
_CALLED: Mapping[Kind, str] = MappingProxyType(
    {NewsletterSpec: "the newsletter", SiteSpec: "the site", Entry: "an entry"}
    | {Section: "a section", tuple: "a list", list: "a list"}
    | {str: "a text", int: "a number", datetime: "a time"}
)
_ONE_OF = ("first", "last", "random", "min", "max")
_ALL_OF = ("sort", "list", "reverse", "unique", "select", "reject", "selectattr", "rejectattr")
_BY_NAME = ("map", "sort", "unique", "min", "max", "sum", "join", "groupby")
"""Filters that take a name of each item of a list; `selectattr` and `rejectattr` always do."""


def strange_name(tree: nodes.Template) -> str | None:
    """What a template names that is not there, in words; None where there is nothing such."""
    look = _Look(tree)
    look.through(tree, _SEEN)
    return look.problem


def no_such_name(kind: Kind, name: str) -> str:
    """That nothing of a value is called so, with the nearest name or those that there are."""
    bare = _origin(kind) or kind
    said = f"nothing of {_CALLED.get(bare, 'that')} is named {name!r}"
    if name in _fields(_item_of(kind)):
        return f"{said}; each of what is in it has one, such as that of [0].{name}"
    known = _fields(bare)
    near = nearest(name, known)
    if near:
        return f"{said} (did you mean {near}?)"
    return f"{said} (there are {', '.join(known)})" if known else said


class _Look:
    """One look through a template; `problem` is the first that is found."""

    def __init__(self, tree: nodes.Template) -> None:
        self.problem: str | None = None
        self._asked = set(_asked_for(tree))
        self._set = set(_set_names(tree))

    def through(self, node: nodes.Node, names: Mapping[str, Kind]) -> None:
        """Look at a node and all below it; `names` are the kinds of what has a name there."""
        if isinstance(node, nodes.For):
            self.through(node.iter, names)
            names = self._in_loop(node, names)
            below: Iterator[nodes.Node] = (
                inner for inner in node.iter_child_nodes() if inner is not node.iter
            )
        else:
            self._kind(node, names)
            below = node.iter_child_nodes()
        for inner in below:
            if self.problem is None:
                self.through(inner, names)

    def _in_loop(self, node: nodes.For, names: Mapping[str, Kind]) -> Mapping[str, Kind]:
        item = _item_of(self._kind(node.iter, names))
        is_one = isinstance(node.target, nodes.Name)
        return {**names, **{one.name: item if is_one else None for one in _names_in(node.target)}}

    def _kind(self, node: nodes.Node, names: Mapping[str, Kind]) -> Kind:
        """The kind of what an expression gives. Notes what it names and is not there."""
        if isinstance(node, nodes.Name):
            return None if node.name in self._set else names.get(node.name)
        if isinstance(node, nodes.Getattr):
            return self._named(self._kind(node.node, names), node.attr)
        if isinstance(node, nodes.Getitem):
            return self._at(self._kind(node.node, names), node.arg)
        if isinstance(node, nodes.Filter) and node.node is not None:
            return self._filtered(self._kind(node.node, names), node)
        return None

    def _named(self, kind: Kind, name: str) -> Kind:
        bare = _origin(kind) or kind
        if not isinstance(bare, type) or name in self._asked or _has_any_name(bare):
            return None
        if name in _fields(bare):
            return _plain(typing.get_type_hints(bare).get(name))
        is_whole = not (_fields(bare) and bare.__subclasses__())  # else one of these may have it
        if is_whole and not hasattr(bare, name) and self.problem is None:
            self.problem = no_such_name(kind, name)
        return None

    def _at(self, kind: Kind, arg: nodes.Node) -> Kind:
        if isinstance(arg, nodes.Slice):
            return kind
        if isinstance(arg, nodes.Const):
            return self._named(kind, arg.value) if isinstance(arg.value, str) else _item_of(kind)
        return None

    def _filtered(self, kind: Kind, node: nodes.Filter) -> Kind:
        given: dict[str, nodes.Node] = {str(one.key): one.value for one in node.kwargs}
        by = given.get("attribute")
        if node.name in ("selectattr", "rejectattr", "groupby") and node.args:
            by = node.args[0]
        known = node.name in (*_BY_NAME, "selectattr", "rejectattr") and "default" not in given
        if known and isinstance(by, nodes.Const) and isinstance(by.value, str):
            for way in by.value.split(","):
                self._follow(_item_of(kind), way.strip())
        if node.name in _ONE_OF:
            return _item_of(kind)
        return kind if node.name in _ALL_OF else None

    def _follow(self, kind: Kind, way: str) -> None:
        for step in way.split("."):
            kind = _item_of(kind) if step.isdecimal() else self._named(kind, step)


def _has_any_name(kind: type) -> bool:
    return issubclass(kind, Mapping) and not typing.is_typeddict(kind)


def _fields(kind: Kind) -> tuple[str, ...]:
    """The names that a value was made with."""
    if not isinstance(kind, type):
        return ()
    if typing.is_typeddict(kind):
        return tuple(kind.__annotations__)
    if issubclass(kind, msgspec.Struct):
        return kind.__struct_fields__
    fields = dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
    return tuple(field.name for field in fields)


def _item_of(kind: Kind) -> Kind:
    """The kind of each item of a list."""
    arguments = typing.get_args(kind) if _origin(kind) is tuple else ()
    return _plain(arguments[0]) if arguments else None


def _plain(hint: Kind) -> Kind:
    """An annotation without None; None for one of several others."""
    if _origin(hint) in (typing.Union, types.UnionType):
        others = [one for one in typing.get_args(hint) if one is not types.NoneType]
        return others[0] if len(others) == 1 else None
    return hint


def _asked_for(tree: nodes.Template) -> Iterator[str]:
    """Names of which a template itself asks whether they are there."""
    for node in tree.find_all((nodes.Test, nodes.Filter)):
        if node.name in ("defined", "undefined", "default", "d"):
            inner = node.node
            if isinstance(inner, nodes.Getattr):
                yield inner.attr
            elif isinstance(inner, nodes.Getitem) and isinstance(inner.arg, nodes.Const):
                yield str(inner.arg.value)


def _set_names(tree: nodes.Template) -> Iterator[str]:
    """Names that are given by something else than a loop: of these nothing is known."""
    in_loops = {id(name) for loop in tree.find_all(nodes.For) for name in _names_in(loop.target)}
    for node in tree.find_all(nodes.Name):
        if node.ctx != "load" and id(node) not in in_loops:
            yield node.name


def _names_in(target: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(target, nodes.Name):
        yield target
    yield from target.find_all(nodes.Name)
