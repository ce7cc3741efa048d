"""PURE. The body of an article by its format -> HTML, and what the body itself tells."""

from __future__ import annotations

import datetime as dt
import re

from publisher.config import SourceSpec, TextSpec
from publisher.errors import ArticleError, Location
from publisher.model import Inferred
from publisher.parse.clean.fragment import plain_text
from publisher.parse.formats.directives import turn_directives
from publisher.parse.formats.markdown import loose_addresses, markdown_to_html
from publisher.parse.formats.shortcodes import Include, turn_shortcodes
from publisher.parse.headers.header import Header
from publisher.parse.headers.sidecar import Sidecar
from publisher.parse.headers.values import Items, Pairs, Text
from publisher.patterns import pattern
from publisher.values import dataclass

_H1 = pattern(r"<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)
_LEADING_H1 = pattern(r"\s*<h1[^>]*>(.*?)</h1>\s*", re.DOTALL)
_H1_TAG = pattern(r"<(/?)h1\b")
_HEADLINE = "Headline"
_LOOSE = "line {}: {} is text, for an address with a space stands in angle brackets: {}"
_HEADING_LINE = pattern(r"^(?:#[ \t]|\S.*\n=+[ \t]*$|<h1)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a body holds, not yet sanitised. Lines are those of the file, 0 when unknown.

    `title`, `summary`, `date` and `language` are what the text tells where no
    field does, `detected` is the language that it seems to have; `pairs` are
    fields that the format keeps in the body, `words` tags that stand in the text.
    `wrong_weekdays` are dates with their lines that are not taken for their weekday.
    """

    html: str
    title: str = ""
    title_line: int = 0
    summary: str = ""
    summary_line: int = 0
    date: dt.date | None = None
    date_line: int = 0
    date_text: str = ""
    language: str | None = None
    detected: str | None = None
    pairs: Pairs = ()
    words: tuple[str, ...] = ()
    wrong_weekdays: tuple[tuple[int, str], ...] = ()
    warnings: tuple[str, ...] = ()
    inferred: tuple[Inferred, ...] = ()


def read_body(
    header: Header,
    form: str,
    *,
    file: str,
    source: SourceSpec,
    title: str,
    language: str | None,
    sidecar: Sidecar | None = None,
    include: Include | None = None,
    signed: bool = False,
) -> Body:
    """Read a body by its form, a suffix; `title` and `language` are what is declared, `include`
    gives the files that it includes; `signed` says that its header names the authors.

    Raises ArticleError for a shortcode that the source refuses.
    """
    match form:
        case "rst":
            return _rst(header)
        case "html" | "htm":
            return _html(header)
        case "fragment":
            return Body(html=header.body)
        case "txt":
            return _plain(header, title, language, sidecar, source.text, signed=signed)
        case _:
            return _markdown(header, file, source, include)


def without_heading(html: str, title: str) -> str:
    """The body without a leading first-level heading that only repeats the title."""
    found = _LEADING_H1.match(html)
    if found and plain_text(found[1]).casefold() == title.casefold():
        return html[found.end() :]
    return html


def below_the_title(html: str) -> str:
    """The body with its first-level headings on the second level: the title has the first."""
    return _H1_TAG.sub(r"<\1h2", html) if "<h1" in html else html


def take_heading(body: Body, header: Header) -> Body:
    """The body with its first first-level heading as its title, taken out of the text."""
    found = _H1.search(body.html) if "<h1" in body.html else None
    title = plain_text(found[1]) if found else ""
    if found is None or not title:
        return body
    place = _HEADING_LINE.search(header.body)
    line = header.body.count("\n", 0, place.start()) + header.body_line if place else 0
    return Body(
        html=body.html[: found.start()] + body.html[found.end() :],
        title=title,
        title_line=line,
        language=body.language,
        pairs=body.pairs,
        words=body.words,
        warnings=body.warnings,
    )


def _markdown(header: Header, file: str, source: SourceSpec, include: Include | None) -> Body:
    text = header.body
    if file.lower().endswith(".mdx"):
        from publisher.parse.formats.mdx import turn_mdx  # noqa: PLC0415 (few sites have it)

        text = turn_mdx(text)
    words: tuple[str, ...] = ()
    if source.dialect == "obsidian":
        from publisher.parse.formats.obsidian import turn_vault  # noqa: PLC0415 (see above)

        vault = turn_vault(text)
        text, words = vault.text, vault.tags
    first = header.body_line or 1
    turned = turn_shortcodes(text, policy=source.shortcodes, first_line=first, include=include)
    for line, name in turned.refused:
        raise ArticleError(
            f"the shortcode {name} is not known",
            where=Location(file=file, line=line),
            mend="take it out, or set `shortcodes: drop` for the source",
        )
    html = markdown_to_html(turn_directives(turned.text))
    loose = tuple(
        _LOOSE.format(_line_of(said, header), said, said.replace(f"({address})", f"(<{address}>)"))
        for said, address in loose_addresses(html).items()
    )
    return Body(html=html, words=words, warnings=turned.warnings + loose)


def _line_of(words: str, header: Header) -> int:
    """The line on which the body says that; its first one, where it is written otherwise."""
    return (header.body_line or 1) + header.body.count("\n", 0, max(header.body.find(words), 0))


def _rst(header: Header) -> Body:
    # docutils takes a quarter of a second to import, and few sites have rst
    from publisher.parse.formats.rst import read_rst  # noqa: PLC0415

    parts = read_rst(header.body)
    return Body(
        html=parts.html,
        title=parts.title,
        title_line=header.body_line if parts.title else 0,
        pairs=_pairs(parts.fields, header.body_line),
        warnings=parts.warnings,
    )


def _html(header: Header) -> Body:
    # lxml.html, and few sites have pages
    from publisher.parse.formats.html import read_html  # noqa: PLC0415

    parts = read_html(header.body)
    return Body(
        html=parts.html,
        title=parts.title,
        pairs=_pairs(parts.fields, header.body_line),
        language=parts.language,
        warnings=parts.warnings,
    )


def _plain(
    header: Header,
    title: str,
    language: str | None,
    sidecar: Sidecar | None,
    taken: TextSpec,
    *,
    signed: bool,
) -> Body:
    """A news text; one with a title in its header has no headline, so it is lent one."""
    # its words are a hundred tables, and most sites have no plain text
    from publisher.parse.formats.plaintext import lay_out, read_plaintext  # noqa: PLC0415

    text, line = header.body, header.body_line
    is_lent = bool(title) and sidecar is None
    if sidecar is not None and sidecar.layout is not None:
        parts = lay_out(text, first_line=line, layout=sidecar.layout, taken=taken)
    else:
        if is_lent:
            text, line = f"{_HEADLINE}\n\n{text}", line - 2
        parts = read_plaintext(text, first_line=line, language=language, taken=taken, signed=signed)
    return Body(
        html=parts.html,
        title="" if is_lent else parts.title,
        title_line=0 if is_lent else parts.title_line,
        summary=parts.summary,
        summary_line=parts.summary_line,
        date=parts.date,
        date_line=parts.date_line,
        date_text=parts.date_text,
        detected=parts.language,
        pairs=_pairs(tuple(("authors", *author) for author in parts.authors), 1),
        wrong_weekdays=parts.wrong_weekdays,
        warnings=parts.warnings,
        inferred=tuple(one for one in parts.inferred if one.first >= header.body_line),
    )


def _pairs(fields: tuple[tuple[str, str, int], ...], first_line: int) -> Pairs:
    """Fields of the body as those of a header, with the lines of the file."""
    told: dict[str, list[Text]] = {}
    for name, value, line in fields:
        told.setdefault(name, []).append(Text(value, line + first_line - 1 if line else 0, 0))
    return tuple(
        (values[0]._replace(text=name), values[0] if len(values) == 1 else _items(values))
        for name, values in told.items()
    )


def _items(values: list[Text]) -> Items:
    return Items(tuple(values), values[0].line, 0)
