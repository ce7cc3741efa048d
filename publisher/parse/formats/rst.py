"""PURE. reStructuredText -> HTML and docinfo fields, not yet sanitised (docutils)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from docutils import core, nodes
from docutils.writers import html5_polyglot

from publisher.values import dataclass

_SETTINGS = {
    "_disable_config": True,
    "docinfo_xform": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "initial_header_level": 2,
    "line_length_limit": 10_000_000,
    "math_output": "LaTeX",
    "raw_enabled": False,
    "report_level": 5,
    "sectsubtitle_xform": False,
    "syntax_highlight": "none",
    "traceback": True,
    "warning_stream": False,
}
_ROLE = re.compile(r":[\w:+.-]+:`(?P<after>[^`]*)`|`(?P<before>[^`]*)`:[\w:+.-]+:")
_TARGET = re.compile(r"\s*<[^<>]*>\Z")
_UNKNOWN = re.compile(r'(?:Unknown directive type|Unknown interpreted text role) "([^"]+)"')
_CODE = re.compile(r'<pre class="code ([\w+#.-]+) literal-block"><code>')
_CELL = re.compile(r"<(t[dh])([^>]*)><p>((?:(?!</?p>).)*)</p>\s*</\1>", re.DOTALL)
_COMMENT_FIELD = re.compile(r"([a-z][\w-]*): +(\S.*)")
_LONG_WORD = re.compile(r"\S{100,}")
_MAY_BEGIN = re.compile(r"[-'/:{]")
"""What a reference may stand behind: docutils looks for its end from each of them anew."""

_MOST_STEPS = 4_000_000
"""Those of a word times its letters, over all words: some 0.3 s."""

_RULE = re.compile(r"^([^\w\s])\1*[ \t]*$", re.MULTILINE)
_MOST_RULES = 500
"""Lines that may be those of headings: docutils takes quadratic time to look through them."""

_BETWEEN = re.compile(r"\n[ \t]*\n")
_MARK = re.compile(r"""(?<![^\s'"([{<\-/:])(?:\*\*?|`|\||_`)(?=\S)|(?<=\w)_(?!\w)""")
"""Where words may become bold, a link or the like: for each docutils looks through the rest of its
paragraph."""

_MOST_LOOKED_THROUGH = 200_000_000
"""Letters that it may so look through: some 2 s."""

_DIRECTIVE_HEAD = re.compile(r"\.\.[^\n]*\n?(?:[ \t]+:[\w-]+:[^\n]*\n?)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RstParts:
    """What a reStructuredText document holds; a field is (name, value, line from 1)."""

    title: str
    fields: tuple[tuple[str, str, int], ...]
    html: str
    warnings: tuple[str, ...] = ()


def read_rst(text: str) -> RstParts:
    """Read a document: its single top heading is the title, its first field list the fields.

    Nikola's `.. title: x` comments are fields too. Unknown roles and directives become
    text with a warning; a document that docutils cannot read at all is shown as it is.
    """
    if sum(map(_steps, _LONG_WORD.findall(text))) > _MOST_STEPS:
        return _as_it_is(text, "has longer words than reStructuredText can be read with")
    if len(_RULE.findall(text)) > _MOST_RULES:
        return _as_it_is(text, "has more headings than reStructuredText can be read with")
    if sum(map(_looked_through, _BETWEEN.split(text))) > _MOST_LOOKED_THROUGH:
        return _as_it_is(text, "has more marks in a paragraph than docutils can look through")
    try:
        tree = core.publish_doctree(text, settings_overrides=_SETTINGS)
        fields = tuple(_take_fields(tree))
        warnings = tuple(dict.fromkeys(_take_messages(tree)))
        title = tree.get("title", "")
        _plainer(tree)
        return RstParts(title=title, fields=fields, html=_body(tree), warnings=warnings)
    except RecursionError:
        return _as_it_is(text, "nests deeper than reStructuredText can be read")


def _as_it_is(text: str, why: str) -> RstParts:
    shown = f"<pre>{escape(text, quote=False)}</pre>"
    return RstParts(title="", fields=(), html=shown, warnings=(f"{why}, so it is shown as it is",))


def _steps(word: str) -> int:
    return len(_MAY_BEGIN.findall(word)) * len(word)


def _looked_through(paragraph: str) -> int:
    return len(_MARK.findall(paragraph)) * len(paragraph)


_COUNTED = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


class _Translator(html5_polyglot.HTMLTranslator):
    """Writes headings and footnotes in the shape that Markdown's have."""

    def visit_section(self, _node: nodes.section) -> None:
        self.section_level += 1

    def depart_section(self, _node: nodes.section) -> None:
        self.section_level -= 1

    def visit_title(self, node: nodes.title) -> None:
        if not isinstance(node.parent, nodes.section):
            super().visit_title(node)
            return
        tag = f"h{min(6, self.section_level + self.initial_header_level - 1)}"
        self.body.append(self.starttag(node, tag, "", ids=node.parent["ids"][:1]))
        self.context.append(f"</{tag}>\n")

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        super().visit_enumerated_list(node)
        kind = _COUNTED.get(node.get("enumtype", ""))
        if kind:
            self.body[-1] = self.body[-1].replace("<ol", f'<ol type="{kind}"', 1)

    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        link = self.starttag(node, "a", "", href="#" + node["refid"])
        self.body.append(f'<sup class="footnote-ref">{link}')

    def depart_footnote_reference(self, _node: nodes.footnote_reference) -> None:
        self.body.append("</a></sup>")

    def visit_footnote(self, node: nodes.footnote) -> None:
        if not isinstance(_neighbour(node, -1), nodes.footnote):
            self.body.append('<section class="footnotes"><ol>\n')
        label = node.children[0].astext()
        tag = self.starttag(node, "li", "", value=label)
        self.body.append(tag if label.isdecimal() else self.starttag(node, "li", ""))

    def depart_footnote(self, node: nodes.footnote) -> None:
        for reference in node["backrefs"]:
            self.body.append(f'<a href="#{escape(reference)}" class="footnote-backref">↩</a> ')
        self.body.append("</li>\n")
        if not isinstance(_neighbour(node, 1), nodes.footnote):
            self.body.append("</ol></section>\n")

    def visit_label(self, node: nodes.label) -> None:
        if isinstance(node.parent, nodes.footnote):
            raise nodes.SkipNode
        super().visit_label(node)


def _neighbour(node: nodes.Element, step: int) -> nodes.Node | None:
    siblings = node.parent.children
    place = siblings.index(node) + step
    return siblings[place] if 0 <= place < len(siblings) else None


def _body(tree: Any) -> str:
    writer = html5_polyglot.Writer()
    writer.translator_class = _Translator
    core.publish_from_doctree(tree, writer=writer, settings_overrides=_SETTINGS)
    html = _CODE.sub(r'<pre><code class="language-\1">', writer.parts["body"])
    return _CELL.sub(r"<\1\2>\3</\1>", html)


def _take_fields(tree: Any) -> Iterator[tuple[str, str, int]]:
    """Take the fields before the text out of a document."""
    for node in list(tree.children):
        if isinstance(node, nodes.comment):
            if found := _COMMENT_FIELD.fullmatch(node.astext()):
                yield found[1], found[2].strip(), node.line or 0
        elif isinstance(node, nodes.field_list):
            for field in node.children:
                name, value = (child.astext() for child in field.children)
                yield name, " ".join(value.split()), field.line or 0
            tree.remove(node)
            return
        elif not isinstance(node, nodes.title | nodes.system_message):
            return


def _take_messages(tree: Any) -> Iterator[str]:
    """Take docutils' own messages out of the text and put back what they are about."""
    # all of a parent at once: to replace them one by one takes quadratic time
    for parent in _parents(tree.findall(nodes.problematic)):
        parent[:] = [_without_problem(child) for child in parent.children]
    messages = list(tree.findall(nodes.system_message))
    for parent in _parents(messages):
        parent[:] = [kept for child in parent.children for kept in _without_message(child)]
    for message in messages:
        yield from _told(message)
    for message in tree.transform_messages:
        yield from _told(message)


def _parents(found: Iterable[Any]) -> list[Any]:
    return list({id(node.parent): node.parent for node in found}.values())


def _without_problem(node: Any) -> Any:
    """A node, or in place of what could not be read as markup its text."""
    is_problem = isinstance(node, nodes.problematic)
    return nodes.Text(_without_role(node.astext())) if is_problem else node


def _without_message(node: Any) -> list[Any]:
    """What is kept in place of a node: itself, or the text of a directive that is not known."""
    if not isinstance(node, nodes.system_message):
        return [node]
    unknown = _UNKNOWN.match(node.children[0].astext())
    literals = node.findall(nodes.literal_block) if unknown else ()
    return [p for literal in literals for p in _paragraphs(literal.astext())]


def _told(message: Any) -> Iterator[str]:
    """One of docutils' messages as a warning of ours; hints are not worth one."""
    if message["level"] < 2:
        return
    text = message.children[0].astext()
    unknown = _UNKNOWN.match(text)
    told = f"{unknown[1]}: unknown, kept as text" if unknown else text.partition("\n")[0]
    line = message.get("line")
    yield f"line {line}: {told}" if line else told


def _plainer(tree: Any) -> None:
    """Turn admonitions into quotations: their headings would be English words of ours."""
    for note in list(tree.findall(nodes.Admonition)):
        if not isinstance(note, nodes.admonition | nodes.system_message):
            note.parent.replace(note, nodes.block_quote("", *note.children))


def _paragraphs(directive: str) -> list[Any]:
    """The text inside a directive as paragraphs."""
    content = textwrap.dedent(_DIRECTIVE_HEAD.sub("", directive, count=1)).strip()
    parts = re.split(r"\n\s*\n", content) if content else []
    return [nodes.paragraph("", part) for part in parts]


def _without_role(text: str) -> str:
    """`:ref:`text <target>`` as its text."""
    found = _ROLE.fullmatch(text)
    if not found:
        return text
    inner = found["after"] or found["before"] or ""
    return _TARGET.sub("", inner) or inner
