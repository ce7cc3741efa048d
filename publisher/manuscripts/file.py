"""PURE. An article that was read -> its file, which is read again to see that it says the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from publisher.config import FilesSpec, SiteSpec, SourceSpec
from publisher.errors import ArticleError
from publisher.manuscripts.frontmatter import front_matter
from publisher.manuscripts.markdown import keep_html, to_markdown
from publisher.model import Document
from publisher.parse.clean.fragment import plain_text
from publisher.parse.document import Parsed, parse_document
from publisher.values import dataclass

_HEAD = "its head is not read as it was written: look at {}"
_TEXT = "its text is not quite the same in Markdown: look at it"
_COMPARED = ("title", "date", "updated", "draft", "authors", "tags", "categories", "own_id", "slug")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """A file to be written, and what a person should look at."""

    text: str
    warnings: tuple[str, ...] = ()


def file_name(document: Document) -> str:
    """`YYYY-MM-DD-slug`, by the article's own day; `draft-slug` where there is none."""
    begins = f"{document.date:%Y-%m-%d}" if document.date is not None else "draft"
    return f"{begins}-{document.slug}"


def write_file(
    document: Document, body: str, name: str, *, id_: str, site: SiteSpec, source: SourceSpec
) -> Manuscript:
    """The file of an article whose finished HTML is `body`; read again as `name` it is the same.

    A text that Markdown would change is written as HTML, which Markdown takes as it is.
    """
    origins: Mapping[str, str] = document.origins
    head = front_matter(document, id_=id_, picture=document.picture, about=origins)
    spec = FilesSpec(
        name=source.name,
        language=source.language,
        timezone=source.timezone,
        pattern=source.pattern,
        categories=source.categories,
        defaults=source.defaults,
    )
    wanted = replace(document, id=id_ or document.own_id)
    warnings: tuple[str, ...] = ()
    text, again = _first_same(head, body, name, site, spec)
    if again is None or _bare(again.body_html) != _bare(body):
        warnings = (_TEXT,)
    differing = [
        field
        for field in _COMPARED
        if again is None or getattr(again.document, field) != getattr(wanted, field)
    ]
    if differing:
        warnings += (_HEAD.format(", ".join(differing).replace("own_id", "id")),)
    return Manuscript(text=text, warnings=warnings)


def _first_same(
    head: str, body: str, name: str, site: SiteSpec, spec: FilesSpec
) -> tuple[str, Parsed | None]:
    """The file in Markdown when it says the same, else the one in HTML; and how it is read."""
    for write in (to_markdown, keep_html):
        written = write(body)
        text = f"{head}\n{written}\n" if written else head
        again = _read(text, name, site, spec)
        if again is not None and _bare(again.body_html) == _bare(body):
            break
    return text, again


def _read(text: str, name: str, site: SiteSpec, spec: FilesSpec) -> Parsed | None:
    raw = text.encode("utf-8", "ignore")
    try:
        read = parse_document(raw, name, site=site, source=spec, look_up=lambda _: None)
    except ArticleError:
        return None
    return read if isinstance(read, Parsed) else None


def _bare(html: str) -> str:
    """The letters alone; composed, as those of every file are when it is read."""
    return unicodedata.normalize("NFC", "".join(plain_text(html, with_readings=True).split()))
