"""PURE. reStructuredText -> HTML and docinfo fields, not yet sanitised (docutils)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

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
_COMMENT_FIELD = re.compile(r"([a-z][\w-]*): +(\S.*)")
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
    from docutils import core  # noqa: PLC0415 - takes a quarter of a second; few sites have rst

    try:
        tree = core.publish_doctree(text, settings_overrides=_SETTINGS)
        fields = tuple(_take_fields(tree))
        warnings = tuple(dict.fromkeys(_take_messages(tree)))
        title = tree.get("title", "")
        _plainer(tree)
        return RstParts(title=title, fields=fields, html=_body(tree), warnings=warnings)
    except RecursionError:
        shown = f"<pre>{escape(text, quote=False)}</pre>"
        warning = "nests deeper than reStructuredText can be read, so it is shown as it is"
        return RstParts(title="", fields=(), html=shown, warnings=(warning,))


def _body(tree: Any) -> str:
    from docutils import core  # noqa: PLC0415 - see read_rst
    from docutils.writers import html5_polyglot  # noqa: PLC0415 - see read_rst

    writer = html5_polyglot.Writer()
    core.publish_from_doctree(tree, writer=writer, settings_overrides=_SETTINGS)
    return _CODE.sub(r'<pre><code class="language-\1">', writer.parts["body"])


def _take_fields(tree: Any) -> Iterator[tuple[str, str, int]]:
    """Take the fields before the text out of a document."""
    from docutils import nodes  # noqa: PLC0415 - see read_rst

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
    from docutils import nodes  # noqa: PLC0415 - see read_rst

    for problem in list(tree.findall(nodes.problematic)):
        problem.parent.replace(problem, nodes.Text(_without_role(problem.astext())))
    for message in list(tree.findall(nodes.system_message)):
        yield from _told(message)
        unknown = _UNKNOWN.match(message.children[0].astext())
        literals = message.findall(nodes.literal_block) if unknown else ()
        paragraphs = [p for literal in literals for p in _paragraphs(literal.astext())]
        message.parent.replace(message, paragraphs)
    for message in tree.transform_messages:
        yield from _told(message)


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
    from docutils import nodes  # noqa: PLC0415 - see read_rst

    for note in list(tree.findall(nodes.Admonition)):
        if not isinstance(note, nodes.admonition | nodes.system_message):
            note.parent.replace(note, nodes.block_quote("", *note.children))


def _paragraphs(directive: str) -> list[Any]:
    """The text inside a directive as paragraphs."""
    from docutils import nodes  # noqa: PLC0415 - see read_rst

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
