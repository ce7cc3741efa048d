"""PURE. The bytes of a file -> its header and its body, by what the file is written in.

What reads notebooks, AsciiDoc and office documents is imported for the first of them.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from publisher.errors import ArticleError, Location, install
from publisher.parse.clean.decode import decode
from publisher.parse.headers.header import Header, split_header
from publisher.parse.headers.indonesian import split_article
from publisher.parse.headers.values import Pairs, Text, without_places
from publisher.values import dataclass

BINARY = frozenset({"docx"})
"""Forms that are no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file's header with its body, the form of that body, and the day it was made if it says."""

    header: Header
    form: str
    made: date | None = None
    warnings: tuple[str, ...] = ()


def form_of(file: str) -> str:
    """What a file is written in: its suffix."""
    return file.rpartition(".")[2].lower()


def open_file(
    raw: bytes, file: str, known: Mapping[str, tuple[str, int]], html: str = ""
) -> Opened:
    """Read what a file holds. `known` are the field names that we read (fields.MEANINGS), `html` is
    what a converter has made of it, where one was asked.

    Raises ArticleError for what cannot be read.
    """
    form = form_of(file)
    if form in BINARY:
        return _office(raw, file)
    text, warnings = decode(raw, file)
    if not text.strip():
        raise ArticleError(
            "is empty",
            where=Location(file=file, line=1),
            mend="write something, or list it under exclude:",
        )
    match form:
        case "ipynb":
            opened = _notebook(text, file, known)
        case "adoc" | "asciidoc":
            opened = _asciidoc(text, file, known, html)
        case _:
            opened = Opened(header=split_article(text, file, known), form=form)
    return replace(opened, warnings=(*warnings, *opened.warnings)) if warnings else opened


def _notebook(text: str, file: str, known: Mapping[str, tuple[str, int]]) -> Opened:
    from publisher.parse.formats.markdown import markdown_to_html
    from publisher.parse.wholes.notebook import NotebookError, read_notebook

    try:
        parts = read_notebook(text, markdown_to_html)
    except NotebookError as error:
        raise ArticleError(
            str(error), where=Location(file=file), mend="open it in Jupyter and save it again"
        ) from error
    except ModuleNotFoundError as error:
        raise _lacks(file, "nbformat", "notebooks") from error
    header = split_header(parts.header, file, known)
    inner = markdown_to_html(header.body) if parts.header else ""
    names = {key.text.lower() for key, _ in header.pairs}
    pairs = without_places(header.pairs)
    pairs += tuple(pair for pair in parts.fields if pair[0].text.lower() not in names)
    header = replace(header, pairs=pairs, body=inner + parts.html, body_line=0)
    return Opened(header=header, form="html", warnings=parts.warnings)


def _asciidoc(text: str, file: str, known: Mapping[str, tuple[str, int]], html: str) -> Opened:
    from publisher.parse.wholes.asciidoc import asciidoc_to_html, split_asciidoc

    header = split_header(text, file, known)
    if header.kind != "none":  # Hugo and Jekyll have front matter above AsciiDoc
        above = split_asciidoc(header.body)
        line = header.body_line + above.body_line - 1
        names = {key.text for key, _ in header.pairs}
        pairs: Pairs = (*header.pairs, *(p for p in above.pairs if p[0].text not in names))
    else:
        above = split_asciidoc(text)
        line, pairs = above.body_line, above.pairs
    body = html or asciidoc_to_html(above.body)
    kind = header.kind if header.kind != "none" else "lines" if pairs else "none"
    return Opened(
        header=replace(header, kind=kind, pairs=pairs, body=body, body_line=line), form="html"
    )


def _office(raw: bytes, file: str) -> Opened:
    from publisher.parse.wholes.office import OfficeError, read_docx

    try:
        parts = read_docx(raw)
    except OfficeError as error:
        raise ArticleError(
            str(error),
            where=Location(file=file),
            mend="open it in the word processor and save it again as .docx",
        ) from error
    except ModuleNotFoundError as error:
        raise _lacks(file, "mammoth", "docx") from error
    pairs = tuple((Text(name, 0, 0), Text(value, 0, 0)) for name, value in parts.fields)
    header = Header(kind="none", pairs=pairs, body=parts.html, body_line=0)
    return Opened(header=header, form="html", made=parts.made)


def _lacks(file: str, library: str, extra: str) -> ArticleError:
    return ArticleError(
        f"needs the library {library}",
        where=Location(file=file),
        mend=f"{install(extra)}; or list it under exclude:",
    )
