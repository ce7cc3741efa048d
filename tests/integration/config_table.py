"""Writes the table of configuration keys in docs/reference.md from publisher.config.specs.

Run as a script it replaces the table; test_docs holds the file to it.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from publisher.config.outputs import OUTPUT_TYPES, OutputSpec, PluginOutputSpec
from publisher.config.sources import SOURCE_TYPES, PluginSpec, SourceSpec
from publisher.config.specs import Config

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference.md"
BEGIN = "<!-- keys: made by tests/integration/config_table.py -->\n"
END = "<!-- end of keys -->\n"


def config_table() -> str:
    """One row for each key, parents before their children."""
    rows = [f"| `{name}` | {about} | {default} |" for name, about, default in keys(Config, "", {})]
    return "\n".join(["| key | what it is | default |", "| --- | --- | --- |", *rows]) + "\n"


def keys(spec: type, prefix: str, shown: dict[type, str]) -> Iterator[tuple[str, str, str]]:
    """Name, meaning and default of every key below a spec; `[]` stands for each of a list.

    A spec that was shown before, under another name, is only referred to.
    """
    hints = typing.get_type_hints(spec)
    for field in dataclasses.fields(spec):
        if "about" not in field.metadata:
            continue
        name = prefix + (field.metadata["name"] or field.name)
        inner, suffix = inner_spec(hints[field.name])
        about = field.metadata["about"] + choices(hints[field.name])
        if inner in shown:
            about += f" (keys as in `{shown[inner]}`)"
        yield name + suffix, about, _default(field)
        if inner is not None and inner not in shown:
            shown[inner] = name + suffix
            yield from keys(inner, f"{name}{suffix}.", shown)
        if inner in TYPED:
            yield from keys_by_type(f"{name}{suffix}.", inner, shown)


TYPED: dict[type | None, tuple[str, str, Mapping[str, type], type]] = {
    SourceSpec: ("source", "`files`", SOURCE_TYPES, PluginSpec),
    OutputSpec: ("output", "**required**", OUTPUT_TYPES, PluginOutputSpec),
}
"""What has keys by its type: how it is called, the type where none is named, all types."""


def keys_by_type(
    prefix: str, spec: type | None, shown: dict[type, str]
) -> Iterator[tuple[str, str, str]]:
    """The keys that only some types have, each with those types."""
    what, usual, known, plugin = TYPED[spec]
    common = {field.name for field in dataclasses.fields(typing.cast("type", spec))}
    types = ", ".join(f"`{name}`" for name in known)
    yield (
        f"{prefix}type",
        f"the kind of {what} ({types}, or one of an installed plug-in)",
        usual,
    )
    for one in dict.fromkeys((*known.values(), plugin)):
        names = ", ".join(f"`{name}`" for name, its in known.items() if its is one)
        names = names or "plug-ins"
        for name, about, default in keys(one, prefix, shown):
            inner = name.removeprefix(prefix).split(".")[0].removesuffix("[]")
            is_own_url = inner == "url" and "url" in {f.name for f in dataclasses.fields(one)}
            if is_own_url or inner not in {*common, "type", "url"}:
                yield name, f"of {names}: {about}", default


def inner_spec(hint: Any) -> tuple[type | None, str]:
    """The spec that a key's value is made of, and how its name goes on."""
    hint = _without_none(hint)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return typing.cast("type", hint), ""
    if origin is tuple and dataclasses.is_dataclass(args[0]):
        return typing.cast("type", args[0]), "[]"
    if origin is Mapping and dataclasses.is_dataclass(args[1]):
        return typing.cast("type", args[1]), ".ID"
    return None, ""


def _without_none(hint: Any) -> Any:
    """What an optional key holds when it is set."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(hint) if a is not type(None))
    return hint


def choices(hint: Any) -> str:
    """The values a key can have, where they are few."""
    if typing.get_origin(hint) is tuple:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is not typing.Literal:
        return ""
    return " (" + ", ".join(f"`{choice}`" for choice in typing.get_args(hint)) + ")"


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default_factory is not dataclasses.MISSING:
        made = field.default_factory()
        if dataclasses.is_dataclass(made) or not made:
            return ""
        return "one: " + ", ".join(f"`{spec.name}`" for spec in made)
    if field.default is dataclasses.MISSING:
        return "**required**"
    return _shown(field.default)


def _shown(value: Any) -> str:
    match value:
        case None | "" | ():
            return ""
        case bool():
            return f"`{str(value).lower()}`"
        case time():
            return f'`"{value:%H:%M}"`'
        case int() if value >= 1_000_000:
            return f"`{value // 1_000_000}MB`"
        case timedelta() if value < timedelta(minutes=1):
            return f"`{int(value.total_seconds())}s`"
        case timedelta():
            minutes = int(value.total_seconds()) // 60
            return f"`{minutes}m`" if minutes % 60 else f"`{minutes // 60}h`"
        case tuple():
            return "`[" + ", ".join(value) + "]`"
    shown = str(value).replace("|", r"\|")  # else the row would have a cell more
    return f"`{shown}`"


def with_table(text: str) -> str:
    """The reference with the table in its place."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{config_table()}\n{END}{after}"


if __name__ == "__main__":
    REFERENCE.write_text(with_table(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
