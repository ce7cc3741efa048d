"""PURE. What is wrong with a mail template, by line: MRML itself is silent about most of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NoReturn

import jinja2

from publisher.errors import Location, TemplateError
from publisher.render.mail.grammar import REFUSED, TAGS


def check_mjml_source(environment: jinja2.Environment, name: str) -> None:
    """Check one template as written; a part without <mjml> may begin anywhere.

    Raises TemplateError with file and line for the first unknown, refused or misplaced
    tag, the first unknown attribute, and for text where MRML would misplace it.
    """
    assert environment.loader is not None, "make_environment sets it"
    source, _, _ = environment.loader.get_source(environment, name)
    _Reader(name).check(_without_jinja(environment, name, source))


def check_mjml_document(name: str, mjml: str) -> None:
    """Check a rendered document, in which included parts stand in their places.

    Raises TemplateError as `check_mjml_source` does, without a line.
    """
    _Reader(name, rendered=True).check(mjml)


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
    """Walks the tags. `rendered` documents must begin with <mjml> and have no lines to name."""

    def __init__(self, name: str, *, rendered: bool = False) -> None:
        super().__init__()
        self.name = name
        self.rendered = rendered
        self.open: list[str] = []

    def check(self, text: str) -> None:
        self.feed(text)
        self.close()
        if self.open:
            self._refuse(f"<{self.open[-1]}> is never closed", f"write </{self.open[-1]}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._is_html(tag):
            self._check_free(f"<{tag}>")
            return
        self._check_tag(tag)
        for attribute, _ in attrs:
            self._check_attribute(tag, attribute)
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if not self._is_html(tag):
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._is_html(tag):
            return
        if not self.open or self.open[-1] != tag:
            inside = f"inside <{self.open[-1]}>" if self.open else "with nothing open"
            self._refuse(f"</{tag}> stands {inside}", "close tags in the order they were opened")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._check_free(f"the text {data.strip()[:30]!r}")

    @staticmethod
    def _is_html(tag: str) -> bool:
        return tag != "mjml" and not tag.startswith("mj-")

    def _check_tag(self, tag: str) -> None:
        if tag in REFUSED:
            self._refuse(f"<{tag}> cannot be used in mail", REFUSED[tag])
        if tag not in TAGS:
            self._refuse(f"there is no tag <{tag}>", _nearest(tag, TAGS))
        parents = TAGS[tag].parents
        parent = self.open[-1] if self.open else ""
        starts_a_part = not self.open and not self.rendered
        if parent not in parents and not starts_a_part:
            place = f"directly in <{parent}>" if parent else "at the top"
            self._refuse(f"<{tag}> stands {place}", f"its place is in <{'> or <'.join(parents)}>")

    def _check_attribute(self, tag: str, attribute: str) -> None:
        if tag == "mj-style" and attribute == "inline":
            self._refuse(
                "mj-style inline has no effect", "write style attributes, or leave out `inline`"
            )
        if attribute not in TAGS[tag].attributes:
            self._refuse(
                f"<{tag}> has no attribute {attribute!r}", _nearest(attribute, TAGS[tag].attributes)
            )

    def _check_free(self, what: str) -> None:
        """HTML and text may stand only where MRML copies them as they are."""
        if self.open and not TAGS[self.open[-1]].holds_html:
            self._refuse(
                f"{what} stands directly in <{self.open[-1]}>", "put it into <mj-text> or <mj-raw>"
            )

    def _refuse(self, message: str, mend: str) -> NoReturn:
        line = 0 if self.rendered else self.getpos()[0]
        where = Location(file=f"templates/{self.name}", line=line)
        raise TemplateError(message, where=where, mend=mend)


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names) or 'none'}"
