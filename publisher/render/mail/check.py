"""PURE. What is wrong with a mail template, by line: MRML itself is silent about most of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from html.parser import HTMLParser
from typing import NoReturn

import jinja2
from jinja2 import nodes

from publisher.errors import Location, TemplateError
from publisher.nearest import nearest
from publisher.render.mail.grammar import NEEDED, REFUSED, TAGS, VALUES
from publisher.render.mail.origins import read_origins

DEEPEST = 100
"""Elements within each other: far more, and MRML's stack overflows, which ends the process."""

_ATTRIBUTE = re.compile(
    r"""(?P<name>[^\s=/>"']+)(?P<is>\s*=\s*(?:"(?P<a>[^"]*)"|'(?P<b>[^']*)'|[^\s>"']*))?"""
)
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
_BY_JINJA = ("loop", "self", "super", "caller", "varargs", "kwargs")
_QUOTE = 'write its value in quotes, such as alt=""'


class _Fault(Exception):
    """What is wrong at a place of a text, and how to mend it."""

    def __init__(self, message: str, mend: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.place = place


def check_mjml_source(environment: jinja2.Environment, name: str) -> None:
    """Check one template as written, also what no sample draws: every tag and attribute alone.

    Raises TemplateError with file and line for the first that is unknown, refused or misspelt.
    """
    assert environment.loader is not None, "make_environment sets it"
    source, _, _ = environment.loader.get_source(environment, name)
    fault = _first_fault(_Reader(), _without_jinja(environment, name, source))
    if fault is not None:
        where = Location(file=f"templates/{name}", line=fault.place[0])
        raise TemplateError(fault.message, where=where, mend=fault.mend)


def check_mjml_document(name: str, mjml: str, *, marked: Callable[[], str]) -> None:
    """Check a rendered document, in which included parts stand in their places.

    `marked` draws it again with marks (publisher.render.mail.origins), for the line of what
    is wrong. Raises TemplateError with that file and line for the first tag that is misplaced,
    not closed or lacks something, for values that mean nothing, and for text that MRML refuses.
    """
    fault = _first_fault(_Document(), mjml)
    if fault is None:
        return
    origins = read_origins(marked())
    again = _first_fault(_Document(), origins.text)
    where = None
    if again is not None and again.message == fault.message:
        where = origins.at(_offset(origins.text, again.place))
    raise TemplateError(
        fault.message, where=where or Location(file=f"templates/{name}"), mend=fault.mend
    )


def check_names(environment: jinja2.Environment, known: Collection[str]) -> None:
    """Check that no template of mails names what none has, also where no sample comes by.

    `known` is what their context holds; whatever one of them sets is known in all.
    Raises TemplateError with file and line.
    """
    names = environment.list_templates(filter_func=lambda name: name.startswith("email/"))
    trees = {name: _tree(environment, name) for name in names}
    given = {*known, *environment.globals, *_BY_JINJA}
    given |= {found for tree in trees.values() for found in _set_in(tree)}
    for name, tree in trees.items():
        guarded = set(_guarded(tree))
        for node in tree.find_all(nodes.Name):
            if node.ctx == "load" and node.name not in given and id(node) not in guarded:
                raise TemplateError(
                    f"nothing is named {node.name!r}",
                    where=Location(file=f"templates/{name}", line=node.lineno),
                    mend=_nearest(node.name, given),
                )


def _tree(environment: jinja2.Environment, name: str) -> nodes.Template:
    assert environment.loader is not None, "make_environment sets it"
    return environment.parse(environment.loader.get_source(environment, name)[0], name)


def _guarded(tree: nodes.Template) -> Iterator[int]:
    """The nodes of names that may be missing: `is defined` and `| default` ask for that."""
    tests = (node for node in tree.find_all(nodes.Test) if node.name in ("defined", "undefined"))
    filters = (node for node in tree.find_all(nodes.Filter) if node.name in ("default", "d"))
    yield from (id(node.node) for node in (*tests, *filters))


def _set_in(tree: nodes.Template) -> Iterator[str]:
    """The names that a template gives to something."""
    yield from (node.name for node in tree.find_all(nodes.Name) if node.ctx != "load")
    yield from (node.name for node in tree.find_all(nodes.Macro))
    yield from (node.target for node in tree.find_all(nodes.Import))
    for node in tree.find_all(nodes.FromImport):
        yield from (found if isinstance(found, str) else found[1] for found in node.names)


def _first_fault(reader: _Reader, text: str) -> _Fault | None:
    try:
        reader.read(text)
    except _Fault as fault:
        return fault
    return None


def _offset(text: str, place: tuple[int, int]) -> int:
    """The character of a line, from 1, and a column."""
    line, column = place
    before = text.split("\n")[: line - 1]
    return sum(len(one) + 1 for one in before) + column


def _without_jinja(environment: jinja2.Environment, name: str, source: str) -> str:
    """The template's own text, every Jinja construct blank, each piece on its own line."""
    text = ""
    for line, kind, value in environment.lex(source, name):
        if kind == "data":
            text += "\n" * (line - 1 - text.count("\n")) + value
        else:
            text += " "
    return text


class _Reader(HTMLParser):
    """Looks at each tag alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)

    def read(self, text: str) -> None:
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _is_html(tag) or tag == "mj-":  # whose name Jinja writes
            return
        self._check_tag(tag)
        for attribute, _ in attrs:
            if re.fullmatch("[a-z-]+", attribute):  # not one whose name Jinja writes
                self._check_attribute(tag, attribute)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_comment(self, data: str) -> None:
        if "<mj-" in data:
            self.refuse(
                "a comment holds tags of MJML, which MRML leaves in the mail", "write {# … #}"
            )

    def _check_tag(self, tag: str) -> None:
        if tag in REFUSED:
            self.refuse(f"<{tag}> cannot be used in mail", REFUSED[tag])
        if tag not in TAGS:
            self.refuse(f"there is no tag <{tag}>", _nearest(tag, TAGS))
        written = (self.get_starttag_text() or "")[1 : len(tag) + 1]
        if written != tag:
            self.refuse(f"there is no tag <{written}>", f"write <{tag}>, in small letters")

    def _check_attribute(self, tag: str, attribute: str) -> None:
        if tag == "mj-style" and attribute == "inline":
            self.refuse(
                "mj-style inline has no effect", "write style attributes, or leave out `inline`"
            )
        if attribute not in TAGS[tag].attributes:
            self.refuse(
                f"<{tag}> has no attribute {attribute!r}", _nearest(attribute, TAGS[tag].attributes)
            )

    def refuse(self, message: str, mend: str, place: tuple[int, int] | None = None) -> NoReturn:
        raise _Fault(message, mend, place or self.getpos())


class _Document(_Reader):
    """Looks at a whole document: where tags stand, that they are closed, what attributes say."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, tuple[int, int]]] = []
        self.seen: Counter[str] = Counter()
        self.classes: set[str] = set()
        self.wanted: list[tuple[str, tuple[int, int]]] = []
        self.css = ""

    def read(self, text: str) -> None:
        super().read(text)
        if self.open:
            self._refuse_unclosed()
        for tag in ("mjml", "mj-body"):
            if not self.seen[tag]:
                place = "the mail" if tag == "mjml" else "<mjml>"
                self.refuse(f"{place} has no <{tag}>", "compare it with the theme's template")
        for name, where in self.wanted:
            if name not in self.classes:
                known = _nearest(name, self.classes)
                self.refuse(f"there is no mj-class {name!r}", known, where)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._enter(tag)  # reads the attributes itself: HTML's parser is more lenient than MRML's
        if tag not in _VOID:
            self.open.append((tag, self.getpos()))

    def handle_startendtag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._enter(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self.open and self.open[-1][0] == tag:
            if tag == "mj-style":
                self._check_css(self.open[-1][1])
            self.open.pop()
        elif tag in (name for name, _ in self.open):
            self._refuse_unclosed()
        else:
            inside = f"inside <{self._parent}>" if self.open else "with nothing open"
            self.refuse(f"</{tag}> stands {inside}", "close tags in the order they were opened")

    def handle_data(self, data: str) -> None:
        if self._parent == "mj-style":
            self.css += data
        elif data.strip("\ufeff \t\r\n"):
            self._check_free(f"the text {data.strip()[:30]!r}")
            if "<" in data:
                self.refuse("a < stands alone in the text", "write &lt;")

    def handle_decl(self, decl: str) -> None:
        self._refuse_declaration(f"<!{decl}>")

    def unknown_decl(self, data: str) -> None:
        self._refuse_declaration(f"<![{data}]>")

    def handle_pi(self, data: str) -> None:
        self._refuse_declaration(f"<?{data}>")

    @property
    def _parent(self) -> str:
        return self.open[-1][0] if self.open else ""

    def _enter(self, tag: str) -> None:
        """Look at a tag that begins here, and at its attributes."""
        attributes = dict(self._attributes(tag))
        if _is_html(tag):
            self._check_free(f"<{tag}>")
            if len(self.open) >= DEEPEST:
                self.refuse(f"more than {DEEPEST} elements within each other", "write fewer")
        else:
            self._check_tag(tag)
            self._check_place(tag)
            for attribute, value in attributes.items():
                self._check_attribute(tag, attribute)
                self._check_value(attribute, value)
        is_default = self._parent == "mj-attributes" and tag != "mj-class"
        for needed in NEEDED.get(tag, ()):
            if needed not in attributes and not is_default:
                self.refuse(f"<{tag}> has no {needed}", f'write {needed}="…"')
        if tag == "mj-class":
            self.classes.add(attributes["name"])
        for name in attributes.get("mj-class", "").split():
            self.wanted.append((name, self.getpos()))

    def _attributes(self, tag: str) -> Iterator[tuple[str, str]]:
        """The attributes as MRML reads them: quoted, once each, in small letters."""
        text = (self.get_starttag_text() or "").rstrip("/>")
        seen = set()
        for found in _ATTRIBUTE.finditer(text, len(tag) + 1):
            name, value = found["name"], found["a"] if found["b"] is None else found["b"]
            if value is None and (found["is"] or not _is_html(tag)):
                self.refuse(f"the attribute {name!r} of <{tag}> has no quotes", _QUOTE)
            if name in seen:
                self.refuse(f"<{tag}> has the attribute {name!r} twice", "take one of them out")
            seen.add(name)
            yield name, value or ""

    def _check_place(self, tag: str) -> None:
        parents, parent = TAGS[tag].parents, self._parent
        if parent not in parents:
            place = f"directly in <{parent}>" if parent else "at the top"
            self.refuse(f"<{tag}> stands {place}", f"its place is in <{'> or <'.join(parents)}>")
        if tag in ("mjml", "mj-head", "mj-body", "mj-title"):
            if self.seen[tag]:
                self.refuse(f"<{tag}> stands here twice", "take one of them out")
            if tag == "mj-head" and self.seen["mj-body"]:
                self.refuse("<mj-head> stands after <mj-body>", "put it before")
            self.seen[tag] += 1

    def _check_value(self, attribute: str, value: str) -> None:
        pattern, meaning = VALUES.get(attribute, (".*", ""))
        if not re.fullmatch(pattern, value.strip(), re.DOTALL):
            self.refuse(f"{attribute}={value!r} means nothing", f"write {meaning}")

    def _check_css(self, place: tuple[int, int]) -> None:
        """Mail programs drop all of a style sheet for one mistake, and fetch what it names."""
        if self.css.count("{") != self.css.count("}"):
            self.refuse("the braces in <mj-style> do not match", "close each { by a }", place)
        if re.search(r"@import|url\(", self.css):
            mend = "take it out: a third party would learn of each opening"
            self.refuse("<mj-style> names a file of the web", mend, place)
        self.css = ""

    def _check_free(self, what: str) -> None:
        """HTML and text may stand only where MRML copies them as they are."""
        parent = self._parent
        if not parent:
            self.refuse(f"{what} stands outside <mjml>", "put it into <mj-text> or <mj-raw>")
        if not _is_html(parent) and not TAGS[parent].holds_html:
            self.refuse(
                f"{what} stands directly in <{parent}>", "put it into <mj-text> or <mj-raw>"
            )

    def _refuse_unclosed(self) -> NoReturn:
        tag, place = self.open[-1]
        self.refuse(f"<{tag}> is never closed", f"write </{tag}>", place)

    def _refuse_declaration(self, text: str) -> NoReturn:
        self.refuse(f"{text[:30]} is refused by MRML", "take it out")


def _is_html(tag: str) -> bool:
    return tag != "mjml" and not tag.startswith("mj-")


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = nearest(name, names)
    return f"did you mean {near!r}?" if near else f"known are: {', '.join(names) or 'none'}"
