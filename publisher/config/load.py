"""GROUND. Read publisher.yaml by the specs, with a place for every finding.

The YAML is only composed, never constructed: all scalars stay text with their
line and column, and each is then read by its key's own kind. So `language: no`
is Norwegian, and every refusal can say where.
"""

from __future__ import annotations

import dataclasses
import errno
import re
import stat
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from publisher.config import kinds
from publisher.config.checks import findings
from publisher.config.composing import compose
from publisher.config.outputs import OUTPUT_TYPES, OutputSpec, PluginOutputSpec
from publisher.config.paths import circle_findings
from publisher.config.places import location, node_at, places
from publisher.config.plugins import installed_types
from publisher.config.site import SiteSpec
from publisher.config.sourcechecks import author_doubts
from publisher.config.sources import SOURCE_TYPES, PluginSpec, SourceSpec
from publisher.config.specs import Config, mark_of
from publisher.errors import ConfigError, Location
from publisher.nearest import nearest
from publisher.plugin import GROUP, OUTPUT_GROUP

T = TypeVar("T")
_MISSING = object()
_EMPTY = ("", "~", "null")
_SWITCH = {"true": True, "yes": True, "false": False, "no": False}

_ALSO_CALLED = MappingProxyType(
    {"wordpress": "wxr", "rss": "feed", "atom": "feed", "folder": "files", "markdown": "files"}
    | {"blogspot": "blogger", "mail": "mbox", "sqlite3": "sqlite"}
)
"""What people write for the type of a source -> what it is."""


class _Reader:
    """Walks nodes and specs side by side and gathers every finding."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[ConfigError] = []

    def refuse(self, node: yaml.Node, message: str, mend: str | None = None) -> Any:
        self.findings.append(ConfigError(message, where=location(node, self.file), mend=mend))
        return _MISSING

    # -- structures

    def pairs(
        self, node: yaml.Node, what: str, first: str = "NAME"
    ) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Key -> (key node, value node) of a mapping; `first` is one that could be there."""
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        if not isinstance(node, yaml.MappingNode):
            said = f"{what}: expected keys with values, found {_describe(node)}"
            self.refuse(node, said, _mend_no_keys(node, first))
            return found
        for key_node, value_node in node.value:
            name = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if name in found:
                self.refuse(key_node, f"{what}: {name!r} stands here twice", "remove one of them")
            found.setdefault(name, (key_node, value_node))
        return found

    def struct(self, node: yaml.Node, spec: type[T], what: str, **given: Any) -> T:
        """One dataclass of specs from a mapping node."""
        known = _keys(spec)
        pairs = self.pairs(node, what, next(iter(known)))
        hints = typing.get_type_hints(spec, include_extras=True)
        values: dict[str, Any] = dict(given)
        for name, (key_node, value_node) in pairs.items():
            field = known.get(name)
            if field is None:
                mend = _mend_unknown(name, known, hints)
                self.refuse(key_node, f"{what}: unknown key {name!r}", mend)
            elif not _is_empty(value_node) or _is_lost_colour(value_node, field):
                value = self.value(
                    value_node, hints[field.name], field.metadata["kind"], _join(what, name)
                )
                if value is not _MISSING:
                    values[field.name] = value
        for name, field in known.items():
            needed = (
                field.default is dataclasses.MISSING
                and field.default_factory is dataclasses.MISSING
            )
            if needed and field.name not in values:
                mend = f"it is {field.metadata['about']}"
                if name not in pairs:
                    self.refuse(node, f"{what}: the key {name!r} is missing", mend)
                elif _is_empty(pairs[name][1]):
                    mend += (
                        "; what begins with #, & or ! needs quotes"
                        if field.metadata["kind"]
                        else ""
                    )
                    said = f"{_join(what, name)}: nothing stands there"
                    self.refuse(pairs[name][0], said, mend)
                values[field.name] = None
        return spec(**values)

    def top_path(self, node: yaml.Node, i: int, name: str) -> None:
        """Refuse that a further feed says of itself that it lies where the main one does."""
        if not _is_empty(node):
            message = f"feeds[{i}].path: only the feed main can lie at the top of output/"
            self.refuse(node, message, f"write feeds/{name}, as it is without `path:`")

    def typed(self, node: yaml.Node, hint: Any, what: str) -> Any:
        """What has keys by its `type`; nobody knows those of a type that is refused."""
        known, plugin, group, kind = _TYPED[hint]
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        told = next((value for name, value in pairs if name.value == "type"), None)
        if told is None or _is_empty(told):
            return self.struct(node, next(iter(known.values())), what)
        name = told.value if isinstance(told, yaml.ScalarNode) else ""
        if name in known:
            return self.struct(node, known[name], what)
        if name in installed_types(group):
            return self.struct(node, plugin, what)
        mend = f"correct it, or install the plug-in that has this type into {sys.prefix}"
        return self.scalar(told, str, kind, f"{what}.type", mend)  # which refuses it

    def value(self, node: yaml.Node, hint: Any, kind: Any, what: str) -> Any:
        """One value of any type that specs use."""
        origin, args = typing.get_origin(hint), typing.get_args(hint)
        if hint is Any:
            return self.free(node, what)
        if origin in (typing.Union, types.UnionType):
            return self.value(node, next(a for a in args if a is not type(None)), kind, what)
        if hint in _TYPED:
            return self.typed(node, hint, what)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.struct(node, hint, what)
        if origin is tuple:
            return self.sequence(node, args[0], kind, what)
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return self.mapping(node, args[0], args[1], kind, what)
        return self.scalar(node, hint, kind, what)

    def mapping(self, node: yaml.Node, names: Any, hint: Any, kind: Any, what: str) -> Any:
        """Values by names: of one's own choice, or those that `names` is annotated with."""
        known = names.__metadata__[0] if typing.get_origin(names) is typing.Annotated else None
        values = {}
        for name, (key_node, value_node) in self.pairs(node, what).items():
            if known is not None and name not in known:
                self.refuse(key_node, f"{what}: unknown key {name!r}", _nearest(name, known))
                continue
            values[name] = self.value(value_node, hint, kind, _join(what, name))
        return values

    def free(self, node: yaml.Node, what: str) -> Any:
        """What somebody else reads: texts as they are written, lists, and values by names."""
        if isinstance(node, yaml.MappingNode):
            pairs = self.pairs(node, what).items()
            return {name: self.free(value, _join(what, name)) for name, (_, value) in pairs}
        if isinstance(node, yaml.SequenceNode):
            return tuple(self.free(inner, f"{what}[]") for inner in node.value)
        return "" if _is_empty(node) else node.value

    def sequence(self, node: yaml.Node, hint: Any, kind: Any, what: str) -> Any:
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not isinstance(node, yaml.SequenceNode) and dataclasses.is_dataclass(hint):
            return self.refuse(
                node,
                f"{what}: expected a list, found {_describe(node)}",
                'begin each item with "- "',
            )
        values = [self.value(n, hint, kind, f"{what}[{i}]") for i, n in enumerate(nodes)]
        return tuple(v for v in values if v is not _MISSING)

    def scalar(
        self, node: yaml.Node, hint: Any, kind: Any, what: str, mend: str | None = None
    ) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            said = f"{what}: expected one value, found {_describe(node)}"
            return self.refuse(node, said, _mend_many(node))
        text = node.value
        try:
            if typing.get_origin(hint) is typing.Literal:
                return _choice(text, typing.get_args(hint))
            if hint is bool:
                return _switch(text)
            if hint is int:
                return _whole(text)
            return kind(text) if kind else text
        except ValueError as error:
            return self.refuse(node, f"{what}: expected {error}, found {text!r}", mend)


def load_config(file: Path) -> Config:
    """Read and check a configuration.

    Raises ConfigError with the first finding; the rest are its `others`.
    """
    try:
        if stat.S_ISFIFO(file.stat().st_mode):  # which might be waited for without end
            raise ConfigError(
                "cannot be read: it is a pipe",
                where=Location(file=str(file)),
                mend="name a file: the configuration is read more than once",
            )
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}",
            where=Location(file=str(file)),
            mend=_mend_unreadable(file, error),
        ) from error
    return parse_config(raw, file)


def _mend_unreadable(file: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "let this user read it, or run as the user whose site it is"
    if isinstance(error, FileNotFoundError) and file.is_symlink():
        return f"it is a link to {file.readlink()}, which is not there: have it lead to the file"
    if error.errno == errno.ELOOP:
        return "it is a link that leads in a circle: have it lead to the file"
    return "name the file with --config, or make one with `publisher init`"


def parse_config(raw: bytes, file: Path) -> Config:
    """The same from bytes; `file` gives the root folder and the name in messages."""
    node = compose(raw, str(file))
    reader = _Reader(str(file))
    config = reader.struct(
        node,
        Config,
        "the configuration",
        root=file.resolve().parent,
        file=file.absolute(),
        mark=mark_of(raw),
        places=places(node, str(file)),
    )
    if not reader.findings:
        for i, feed in enumerate(config.feeds):
            if not feed.path and feed.name != "main" and ("feeds", i, "path") in config.places:
                reader.top_path(node_at(node, "feeds", i, "path"), i, feed.name)
        config = _complete(config)
        for path, message, mend in findings(config):
            reader.refuse(node_at(node, *path), message, mend)
    if reader.findings:
        first, *rest = reader.findings
        raise ConfigError(first.message, where=first.where, mend=first.mend, others=rest)
    return config


def default_config(folder: Path) -> Config:
    """The configuration of a folder that has `articles/` and no publisher.yaml."""
    name = folder.resolve().name
    title = name.replace("-", " ").replace("_", " ").strip() or "My articles"
    warning = (
        "no publisher.yaml here: the title is the folder's name and site.url is "
        "http://localhost:8000/; write a publisher.yaml with site.title and site.url"
    )
    config = Config(
        root=folder.resolve(),
        site=SiteSpec(title=title[:1].upper() + title[1:], url="http://localhost:8000/"),
        warnings=(warning,),
    )
    for _, message, mend in circle_findings(config):
        raise ConfigError(message, mend=mend)
    return config


def _complete(config: Config) -> Config:
    """Fill what follows from other keys: the folders of named feeds, and what is in doubt."""
    feeds = tuple(
        feed
        if feed.path or feed.name == "main"
        else dataclasses.replace(feed, path=f"feeds/{feed.name}")
        for feed in config.feeds
    )
    doubts = (
        f"{config.place(*steps)}: {said}"
        for steps, said in author_doubts(config.sources, config.site.authors)
    )
    return dataclasses.replace(config, feeds=feeds, warnings=(*config.warnings, *doubts))


def _nearest(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"did you mean {near!r}?" if near else "known keys: " + ", ".join(known)


def _mend_unknown(name: str, known: Mapping[str, Any], hints: Mapping[str, Any]) -> str:
    """What to do about a key that there is not: it may be that of a level below, indented less."""
    odd = next((letter for letter in name if letter.isspace() and letter != " "), None)
    if odd and name != name.strip():
        return f"U+{ord(odd):04X} is no space: indent with spaces"
    for key, field in known.items():
        spec = hints[field.name]
        if isinstance(spec, type) and dataclasses.is_dataclass(spec) and name in _keys(spec):
            return f"it belongs below {key}: indent it"
    return _nearest(name, known)


def _mend_no_keys(node: yaml.Node, first: str) -> str:
    """What to do where keys should be, such as `first`."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        return 'take the "- " away'
    if isinstance(node, yaml.ScalarNode) and re.search(r"\w:(?!//)\S", node.value):
        return "a space belongs behind each colon"
    return f"write keys with values, such as {first}: …"


def _mend_many(node: yaml.Node) -> str | None:
    """What to do where one value should be and several are."""
    if not (isinstance(node, yaml.CollectionNode) and node.flow_style):
        return None
    if isinstance(node, yaml.SequenceNode):
        return "write one of them; a text that begins with [ needs quotes"
    return "a text that begins with { needs quotes"


def _keys(spec: type) -> dict[str, dataclasses.Field[Any]]:
    fields = dataclasses.fields(spec)
    return {f.metadata["name"] or f.name: f for f in fields if "about" in f.metadata}


def _join(what: str, name: str) -> str:
    return name if what == "the configuration" else f"{what}.{name}"


def _is_empty(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _EMPTY


def _is_lost_colour(node: yaml.Node, field: dataclasses.Field[Any]) -> bool:
    """Whether nothing is left of a colour: without quotes its # begins a comment."""
    return field.metadata["kind"] is kinds.colour and node.value == ""


def _describe(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "keys with values"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return repr(node.value)


def _choice(
    text: str, choices: tuple[str, ...], also: Mapping[str, str] = MappingProxyType({})
) -> str:
    """`also` are other words for one of the choices."""
    if text not in choices:
        near = also.get(text.lower()) or nearest(text, choices)
        hint = f" (did you mean {near}?)" if near else ""
        raise ValueError("one of " + ", ".join(choices) + hint)
    return text


def _source_type(text: str) -> str:
    return _choice(text, (*SOURCE_TYPES, *installed_types(GROUP)), _ALSO_CALLED)


def _output_type(text: str) -> str:
    return _choice(text, (*OUTPUT_TYPES, *installed_types(OUTPUT_GROUP)))


_TYPED: Mapping[Any, tuple[Mapping[str, type], type, str, Callable[[str], str]]] = {
    SourceSpec: (SOURCE_TYPES, PluginSpec, GROUP, _source_type),
    OutputSpec: (OUTPUT_TYPES, PluginOutputSpec, OUTPUT_GROUP, _output_type),
}
"""What has keys by its `type`: the types of ours, the spec of others, where these are named."""


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCH:
        raise ValueError("true or false")
    return _SWITCH[text.lower()]


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ValueError("a whole number")
    return int(text)
