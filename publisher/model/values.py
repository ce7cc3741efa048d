"""GROUND. What the values are made of that there are as many of as articles."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec


class _Fields:
    """The fields of a value as `dataclasses` knows them, found when they are asked for."""

    def __init__(self) -> None:
        self._known: dict[type[Any], dict[str, dataclasses.Field[Any]]] = {}

    def __get__(self, _: object, kind: type[Any]) -> dict[str, dataclasses.Field[Any]]:
        fields = self._known.get(kind)
        if fields is None:
            stand_in = dataclasses.make_dataclass(kind.__name__, kind.__struct_fields__)
            fields = self._known[kind] = {f.name: f for f in dataclasses.fields(stand_in)}
        return fields


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A frozen dataclass whose making, copying, comparing and reading is done in C.

    A run makes a dozen values of every article, changed or not: as dataclasses they take eight
    times as long to make, forty times as long to copy. `dataclasses.replace` and `fields` work;
    `msgspec.structs.replace` is for where thousands are copied. The garbage collector leaves them
    out, for frozen values of values hold no circle: what has a function or an exception in it
    says `gc=True`.
    """

    __dataclass_fields__ = _Fields()
