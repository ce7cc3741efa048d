"""PURE. As much of CSS as mails use: rules, selectors, which of two declarations wins.

Read are selectors of types, classes, ids and attributes, with spaces and `>` between
them; a rule with any other (`:hover`, `+`) says nothing about a mail at rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from publisher.values import dataclass

Scheme = Literal["both", "light", "dark"]

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_ONE = r"#[\w-]+|\.[\w-]+|\[[^\]]*\]|:root"
_SIMPLE = re.compile(_ONE)
_COMPOUND = re.compile(rf"(?P<type>\*|[A-Za-z][\w-]*)?(?P<rest>(?:{_ONE})*)\Z")
_ATTRIBUTE = re.compile(r"\[\s*([\w-]+)\s*(?:([~^$*|]?=)\s*[\"']?([^\"'\]]*)[\"']?\s*)?\]\Z")
_SCHEME = re.compile(r"prefers-color-scheme\s*:\s*(light|dark)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One property and its value, in lower case."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """What one element must be: its tag ("" for any) and the simple selectors on it."""

    tag: str
    simple: tuple[str, ...]

    def matches(self, element: Any) -> bool:
        """Whether the element itself is one of these."""
        if self.tag and element.tag != self.tag:
            return False
        return all(_has(element, simple) for simple in self.simple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Declarations for one selector: compounds, the last for the element itself.

    `near` says for each compound but the first whether it is a child of the one before.
    """

    compounds: tuple[Compound, ...]
    near: tuple[bool, ...]
    declarations: tuple[Declaration, ...]
    scheme: Scheme

    @property
    def weight(self) -> tuple[int, int, int]:
        """Its specificity (Selectors 4, section 17): ids, classes, types."""
        simple = [s for compound in self.compounds for s in compound.simple]
        ids = sum(s.startswith("#") for s in simple)
        return ids, len(simple) - ids, sum(bool(c.tag) for c in self.compounds)

    def matches(self, element: Any, ancestors: Sequence[Any]) -> bool:
        """Whether the rule is for an element; `ancestors` from the root on."""
        if not self.compounds[-1].matches(element):
            return False
        return self._leads(len(self.compounds) - 1, len(ancestors), ancestors)

    def _leads(self, at: int, depth: int, ancestors: Sequence[Any]) -> bool:
        """Whether the compounds before `at` match ancestors above `depth`."""
        if at == 0:
            return True
        tried = range(depth - 1, -1, -1)
        for index in tried[:1] if self.near[at - 1] else tried:
            here = self.compounds[at - 1].matches(ancestors[index])
            if here and self._leads(at - 1, index, ancestors):
                return True
        return False


def read_sheet(css: str, scheme: Scheme = "both") -> Iterator[Rule]:
    """The rules of a style sheet in their order; those for widths and printers are left out."""
    text = _COMMENT.sub(" ", css)
    for head, body in _blocks(text):
        if head.startswith("@media"):
            found = _SCHEME.search(head)
            if found:
                yield from read_sheet(body, "dark" if found[1] == "dark" else "light")
        elif not head.startswith("@"):
            declarations = tuple(read_declarations(body))
            for selector in head.split(","):
                read = _selector(selector)
                if read is not None:
                    yield Rule(
                        compounds=read[0],
                        near=read[1],
                        declarations=declarations,
                        scheme=scheme,
                    )


def read_declarations(text: str) -> Iterator[Declaration]:
    """What stands in a style attribute, or between braces."""
    for part in text.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            value, mark, _ = value.strip().lower().partition("!")
            yield Declaration(name=name.strip().lower(), value=value.strip(), important=bool(mark))


def settle(
    rules: Sequence[Rule], inline: Sequence[Declaration], scheme: Scheme
) -> Mapping[str, str]:
    """The declarations that win for one element: `rules` match it, in the sheet's order."""
    ranked = [
        (declaration.important, False, rule.weight, declaration)
        for rule in rules
        if rule.scheme in ("both", scheme)
        for declaration in rule.declarations
    ]
    ranked += [(declaration.important, True, (0, 0, 0), declaration) for declaration in inline]
    ranked.sort(key=lambda one: one[:3])  # stable: of equals the later one wins
    return {declaration.name: declaration.value for *_, declaration in ranked}


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """What stands before and between each pair of outer braces."""
    start = 0
    while True:
        opened = text.find("{", start)
        if opened < 0:
            return
        depth, at = 1, opened + 1
        while depth and at < len(text):
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        # an at-rule without a block, such as @import, ends before the selector
        yield text[start:opened].rpartition(";")[2].strip(), text[opened + 1 : at - (not depth)]
        start = at


def _selector(text: str) -> tuple[tuple[Compound, ...], tuple[bool, ...]] | None:
    compounds: list[Compound] = []
    near: list[bool] = []
    child = False
    for word in re.sub(r"\s*>\s*", " > ", text.strip()).split():
        if word == ">":
            child = True
            continue
        found = _COMPOUND.match(word)
        if found is None:
            return None
        if compounds:
            near.append(child)
        child = False
        tag = (found["type"] or "").lower()
        compounds.append(
            Compound(tag="" if tag == "*" else tag, simple=tuple(_SIMPLE.findall(found["rest"])))
        )
    return (tuple(compounds), tuple(near)) if compounds and not child else None


def _has(element: Any, simple: str) -> bool:
    if simple == ":root":
        return bool(element.tag == "html")
    if simple[0] == "#":
        return bool(element.get("id") == simple[1:])
    if simple[0] == ".":
        return simple[1:] in element.get("class", "").split()
    found = _ATTRIBUTE.match(simple)
    if found is None:
        return False
    value: str | None = element.get(found[1])
    if value is None or not found[2]:
        return value is not None
    wanted: str = found[3]
    tests = {
        "=": value == wanted,
        "~=": wanted in value.split(),
        "^=": value.startswith(wanted),
        "$=": value.endswith(wanted),
        "*=": wanted in value,
        "|=": value == wanted or value.startswith(wanted + "-"),
    }
    return tests[found[2]]
