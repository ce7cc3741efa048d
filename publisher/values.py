"""GROUND. `dataclass` as the standard library has it, whose functions are written when first used.

The library's own writes and compiles six functions for each class when a module is imported,
which costs a millisecond on a weak machine: a third of what a short command takes in all. Here
a frozen class begins with stand-ins. The first that is called has the library write the real one,
which takes its place: a run pays for what it uses. The first few values of a class are made
without a function for it, for of most there are no more. See docs/decisions/0026.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_FEW = 20
"""Values of a class until a function is written that makes them, which takes as long as 40 more."""

_OF_COMPARISON = ("__eq__", "__hash__")


def _dataclass(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
) -> Callable[[type], type]:
    """The library's decorator, as far as we use it."""
    if not frozen:
        return dataclasses.dataclass(slots=slots, kw_only=kw_only, eq=eq)

    def make(cls: type) -> type:
        own = frozenset(vars(cls))
        fields_only = dataclasses.dataclass(
            init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
        )
        made: type = fields_only(cls)
        late = ("__repr__", *_OF_COMPARISON) if eq else ("__repr__",)
        shared = {
            "__setattr__": _refuse_to_set,
            "__delattr__": _refuse_to_delete,
            "__getstate__": _state_of,
            "__setstate__": _take_state,
        }
        written = ((name, _stand_in(made, name)) for name in late)
        for name, function in (
            *written,
            ("__init__", _first_init(made, "__init__")),
            *shared.items(),
        ):
            if name not in own:
                setattr(made, name, function)
        return made

    return make


if TYPE_CHECKING:
    from dataclasses import dataclass  # what checks types knows this one, with all its rules
else:
    dataclass = _dataclass


def _stand_in(cls: type, name: str) -> Callable[..., Any]:  # Any: whatever the real one gives
    def late(*arguments: object, **named: object) -> Any:  # Any: see above
        written = _written(cls, name)
        setattr(cls, name, written)
        return written(*arguments, **named)

    return late


def _first_init(cls: type, init: str) -> Callable[..., None]:
    """What makes the first values of a class, field by field."""
    left = _FEW

    def late(made: Any, /, *arguments: object, **named: object) -> None:  # Any: of this class
        nonlocal left
        left -= 1
        given = _given(cls, arguments, named) if left >= 0 else None
        if given is None:
            written = _init_of(cls)
            setattr(cls, init, written)
            written(made, *arguments, **named)
            return
        for name, what in given.items():
            object.__setattr__(made, name, what)
        if hasattr(cls, "__post_init__"):
            made.__post_init__()

    return late


def _given(
    cls: type, arguments: tuple[object, ...], named: dict[str, object]
) -> dict[str, object] | None:
    """The value of each field; None where one is missing or too many: what is written for the class
    says which."""
    fields = dataclasses.fields(cls)
    by_place = [one.name for one in fields if one.init and not one.kw_only]
    known = named | dict(zip(by_place, arguments, strict=False))
    if len(known) < len(arguments) + len(named):
        return None
    given: dict[str, object] = {}
    for one in fields:
        if one.init and one.name in known:
            given[one.name] = known.pop(one.name)
        elif one.default_factory is not dataclasses.MISSING:
            given[one.name] = one.default_factory()
        elif one.default is not dataclasses.MISSING:
            given[one.name] = one.default
        elif one.init:
            return None
    return None if known else given


def _init_of(cls: type) -> Callable[..., None]:
    """What makes a value, with the parameters that the library would give it.

    The library writes two more functions with it, which we have; and it sets attributes by their
    names, which takes twice as long as by their slots.
    """
    scope: dict[str, Any] = {"missing_": dataclasses.MISSING, "set_": object.__setattr__}
    heads: dict[bool, list[str]] = {False: ["self"], True: []}
    lines: list[str] = []
    for one in dataclasses.fields(cls):
        parameter, value = _of_field(one, scope)
        if parameter:
            heads[bool(one.kw_only)].append(parameter)
        if value:
            lines.append(_setting(one.name, value, getattr(cls, one.name, None), scope))
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    head = ", ".join([*heads[False], "*", *heads[True]] if heads[True] else heads[False])
    text = "\n    ".join([f"def __init__({head}):", *(lines or ["pass"])])
    exec(text, scope)  # noqa: S102 (of nothing but the names of our own fields, as the library does)
    written: Callable[..., None] = scope["__init__"]
    written.__qualname__ = f"{cls.__qualname__}.__init__"
    return written


def _of_field(one: dataclasses.Field[Any], scope: dict[str, Any]) -> tuple[str, str]:
    """The parameter of a field, and the value that is set; "" where there is none."""
    name = one.name
    if one.default_factory is not dataclasses.MISSING:
        scope[f"make_{name}_"] = one.default_factory
        made = f"make_{name}_()"
        given = f"{made} if {name} is missing_ else {name}"
        return (f"{name}=missing_", given) if one.init else ("", made)
    if one.default is not dataclasses.MISSING:
        scope[f"default_{name}_"] = one.default
        return (f"{name}=default_{name}_", name) if one.init else ("", f"default_{name}_")
    return (name, name) if one.init else ("", "")


def _setting(name: str, value: str, slot: object, scope: dict[str, Any]) -> str:
    """The statement that gives a field its value."""
    if not isinstance(slot, MemberDescriptorType):
        return f"set_(self, {name!r}, {value})"
    scope[f"set_{name}_"] = slot.__set__
    return f"set_{name}_(self, {value})"


def _written(cls: type, name: str) -> Callable[..., Any]:  # Any: see above
    """One function of a class, which the library writes for a class with the same fields."""
    fields = [
        (one.name, object, dataclasses.field(repr=one.repr, hash=one.hash, compare=one.compare))
        for one in dataclasses.fields(cls)
    ]
    twin = dataclasses.make_dataclass(
        cls.__name__,
        fields,
        namespace={"__doc__": "Its functions are those of another."},
        init=False,
        repr=name == "__repr__",
        eq=name in _OF_COMPARISON,
        frozen=True,
    )
    written: Callable[..., Any] = vars(twin)[name]
    return written


def _refuse_to_set(_: object, name: str, value: object) -> None:
    del value
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state_of(value: Any) -> list[object]:  # Any: of a class that has fields
    """What is kept of a value that is pickled or copied."""
    return [getattr(value, one.name) for one in dataclasses.fields(value)]


def _take_state(value: Any, state: list[object]) -> None:  # Any: see above
    for one, what in zip(dataclasses.fields(value), state, strict=True):
        object.__setattr__(value, one.name, what)
