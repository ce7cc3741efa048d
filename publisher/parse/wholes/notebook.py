"""PURE. A Jupyter notebook -> its header and its HTML, not yet sanitised.

The header is that of the first cell (fastpages: a heading, a quotation, a list of fields; Quarto:
YAML in a raw cell) or the notebook's own metadata. Code is shown with what came of it: text,
tables and pictures; scripts and widgets are left out. nbformat raises old versions to the fourth.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from importlib import import_module
from typing import Any

from publisher.parse.headers.values import Pairs, Text, as_value
from publisher.values import dataclass

_LONGEST_OUTPUT = 20_000
"""Characters of one output that are shown."""

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_FAST_TITLE = re.compile(r"\s*#[ \t]+(?P<title>[^\n]+)\n")
_FAST_SUMMARY = re.compile(r"\s*>[ \t]*(?P<summary>[^\n]+)(?:\n|\Z)")
_FAST_FIELD = re.compile(r"[ \t]*-[ \t]+(?P<name>[\w-]+):[ \t]*(?P<value>[^\n]*)(?:\n|\Z)")
_QUARTO = re.compile(r"#\|[ \t]*(?P<name>[\w-]+):[ \t]*(?P<value>\w+)")
_FLAG = re.compile(r"#[ \t]*(?P<flag>hide|hide_input|hide_output|hide-input|hide-output)[ \t]*\Z")
_NO_CELL = frozenset({"hide", "remove_cell", "remove-cell", "hide_cell", "hide-cell"})
_NO_INPUT = frozenset({"hide_input", "hide-input", "remove_input", "remove-input"})
_NO_OUTPUT = frozenset({"hide_output", "hide-output", "remove_output", "remove-output"})
_LEFT_OUT = "an output that is neither text nor table nor picture is left out"


class NotebookError(ValueError):
    """What is no notebook, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookParts:
    """`header` is text that begins like an article's file, `fields` are what the notebook tells
    elsewhere; `html` is all of its cells."""

    header: str
    fields: Pairs
    html: str
    warnings: tuple[str, ...]


def read_notebook(text: str, markdown_to_html: Callable[[str], str]) -> NotebookParts:
    """Read a notebook of version 3 or 4. Raises NotebookError.

    Raises ModuleNotFoundError without nbformat, for a version before 4.
    """
    told = _loaded(text)
    metadata = _mapping(told.get("metadata"))
    cells = [cell for cell in told["cells"] if isinstance(cell, Mapping)]
    header, fields, begins = "", _fields_of(metadata), 0
    if cells:
        source = _joined(cells[0].get("source"))
        if cells[0].get("cell_type") in ("raw", "markdown") and source.lstrip().startswith("---"):
            header, begins = source.lstrip(), 1
        elif cells[0].get("cell_type") == "markdown" and (fast := _fastpages(source)) is not None:
            header, begins = fast, 1
    language = str(_mapping(metadata.get("kernelspec")).get("language") or "")
    language = str(_mapping(metadata.get("language_info")).get("name") or language)
    writer = _Writer(language, markdown_to_html)
    html = "\n".join(piece for cell in cells[begins:] for piece in writer.cell(cell))
    return NotebookParts(
        header=header, fields=fields, html=html, warnings=tuple(dict.fromkeys(writer.warnings))
    )


def _loaded(text: str) -> Mapping[str, Any]:
    try:
        told = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotebookError(f"cannot be read as JSON: {error}") from error
    version = told.get("nbformat") if isinstance(told, dict) else None
    if not isinstance(version, int):
        raise NotebookError("is JSON, but no notebook: it has no nbformat")
    if version < 4:
        told = _raised(text)
    if not isinstance(told.get("cells"), list):
        raise NotebookError("has no cells")
    return told  # type: ignore[no-any-return]


def _raised(text: str) -> Any:
    """An older notebook as one of version 4."""
    nbformat: Any = import_module("nbformat")  # an extra, and 0.2 s: few notebooks are so old

    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise NotebookError(f"of an old version cannot be read: {error}") from error


def _fields_of(metadata: Mapping[str, Any]) -> Pairs:
    """What the metadata say of the article: Nikola's own, else what Jupyter has names for."""
    own = _mapping(metadata.get("nikola"))
    names = ("title", "date", "authors", "tags", "description", "slug", "lang")
    told = {name: metadata[name] for name in names if metadata.get(name)}
    told.update(own)
    return tuple((Text(name, 0, 0), as_value(value)) for name, value in told.items())


def _fastpages(source: str) -> str | None:
    """The header of a first cell that is a heading with fields below it; None for any other."""
    title = _FAST_TITLE.match(source if source.endswith("\n") else source + "\n")
    if title is None:
        return None
    lines, rest = [f"title: {json.dumps(title['title'].strip(), ensure_ascii=False)}"], source
    rest = source[title.end() :]
    summary = _FAST_SUMMARY.match(rest)
    if summary:
        written = summary["summary"].strip().strip("\"'")
        lines.append(f"summary: {json.dumps(written, ensure_ascii=False)}")
        rest = rest[summary.end() :].lstrip("\n")
    found = _FAST_FIELD.match(rest)
    if not summary and not found:
        return None
    while found:
        lines.append(f"{found['name']}: {found['value'].strip()}")
        rest = rest[found.end() :]
        found = _FAST_FIELD.match(rest)
    return "---\n" + "\n".join(lines) + f"\n---\n{rest}"


class _Writer:
    """Cells as HTML, with what a person should know of them."""

    def __init__(self, language: str, markdown_to_html: Callable[[str], str]) -> None:
        self._class = f' class="language-{escape(language)}"' if language else ""
        self._markdown = markdown_to_html
        self.warnings: list[str] = []

    def cell(self, cell: Mapping[str, Any]) -> Iterator[str]:
        """One cell, in pieces."""
        source = _joined(cell.get("source"))
        flags = _flags(cell, source)
        if flags & _NO_CELL:
            return
        if cell.get("cell_type") == "markdown":
            yield self._markdown(_with_attachments(source, _mapping(cell.get("attachments"))))
        elif cell.get("cell_type") == "code":
            code = "\n".join(ln for ln in source.split("\n") if not _is_instruction(ln)).strip("\n")
            if code and not flags & _NO_INPUT:
                yield f"<pre><code{self._class}>{escape(code)}\n</code></pre>"
            outputs = cell.get("outputs")
            if isinstance(outputs, list) and not flags & _NO_OUTPUT:
                for output in outputs:
                    yield from self._output(_mapping(output))

    def _output(self, output: Mapping[str, Any]) -> Iterator[str]:
        kind = output.get("output_type")
        if kind == "stream":
            yield _preformatted(_joined(output.get("text")))
        elif kind == "error":
            yield _preformatted(f"{output.get('ename', '')}: {output.get('evalue', '')}")
        elif kind in ("display_data", "execute_result"):
            yield from self._shown(_mapping(output.get("data")))

    def _shown(self, data: Mapping[str, Any]) -> Iterator[str]:
        """The best of the forms in which a result is told."""
        picture = next((kind for kind in _PICTURES if data.get(kind)), None)
        if picture is not None:
            written = "".join(_joined(data[picture]).split())
            alt = escape(_joined(data.get("text/plain")).strip("<>")[:200])
            yield f'<p><img src="data:{picture};base64,{written}" alt="{alt}"></p>'
        elif "<table" in (html := _joined(data.get("text/html"))):
            yield html
        elif data.get("text/markdown"):
            yield self._markdown(_joined(data["text/markdown"]))
        elif data.get("text/latex") or data.get("text/plain"):
            yield _preformatted(_joined(data.get("text/latex") or data.get("text/plain")))
        elif html and "<script" not in html:
            yield html
        elif data:
            self.warnings.append(_LEFT_OUT)


def _flags(cell: Mapping[str, Any], source: str) -> set[str]:
    """What the cell asks to be left out, in the words of fastpages, Quarto and Jupyter Book."""
    tags = _mapping(cell.get("metadata")).get("tags")
    flags = {str(tag) for tag in tags} if isinstance(tags, list) else set()
    for line in source.split("\n")[:10]:
        found = _FLAG.match(line.strip())
        if found:
            flags.add(found["flag"])
        said = _QUARTO.match(line.strip())
        if said and said["value"].lower() == "false":
            flags |= {
                "include": {"hide"},
                "echo": {"hide_input"},
                "output": {"hide_output"},
            }.get(said["name"], set())
    return flags


def _is_instruction(line: str) -> bool:
    return _FLAG.match(line.strip()) is not None or line.startswith("#|")


def _with_attachments(source: str, attachments: Mapping[str, Any]) -> str:
    """Markdown whose `attachment:` addresses are what they stand for."""
    for name, forms in attachments.items():
        for kind, data in _mapping(forms).items():
            written = "".join(_joined(data).split())
            source = source.replace(f"attachment:{name}", f"data:{kind};base64,{written}")
    return source


def _preformatted(text: str) -> str:
    text = _ESCAPES.sub("", text)
    cut = text[:_LONGEST_OUTPUT] + ("\n…" if len(text) > _LONGEST_OUTPUT else "")
    return f"<pre>{escape(cut)}</pre>" if cut.strip() else ""


def _joined(told: Any) -> str:
    """Notebooks write a text as one string or as its lines."""
    if isinstance(told, Sequence) and not isinstance(told, str):
        return "".join(str(line) for line in told)
    return told if isinstance(told, str) else ""


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}
