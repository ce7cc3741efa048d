"""PURE. A document -> the fields at the head of its file, as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from publisher.model import Author, Document, Enclosure, Picture

_WIDE = 1_000_000


def front_matter(
    document: Document, *, id_: str, picture: Picture | None, about: Mapping[str, str]
) -> str:
    """The head of a file, with its rules. `about` says which fields were told (origins)."""
    lines = ["---", _line("title", document.title)]
    if document.date is not None:
        lines.append(f"date: {document.date.isoformat()}")
    if document.updated is not None:
        lines.append(f"updated: {document.updated.isoformat()}")
    told: dict[str, Any] = {
        "draft": True if document.draft else None,
        "authors": [_author(author) for author in document.authors],
        "tags": list(document.tags),
        "categories": list(document.categories),
        "language": document.language if _was_told(about, "language") else None,
        "summary": document.summary if _was_told(about, "summary") else None,
        "slug": document.slug,
        "url": _address(document) if _was_told(about, "url") else None,
        "id": id_,
        "image": _picture(picture) if picture is not None else None,
        "enclosures": [_enclosure(one) for one in document.enclosures],
    }
    lines += [_line(name, value) for name, value in told.items() if value]
    return "\n".join([*lines, "---", ""])


def _was_told(about: Mapping[str, str], name: str) -> bool:
    return about.get(name, "").startswith("field")


def _address(document: Document) -> str:
    return document.address if document.canonical else f"/{document.address}"


def _line(name: str, value: Any) -> str:
    """One field on one line; a list or a map in brackets."""
    written: str = yaml.safe_dump(
        {name: value} if isinstance(value, (str, bool)) else value,
        allow_unicode=True,
        default_flow_style=not isinstance(value, (str, bool)),
        width=_WIDE,
        sort_keys=False,
    )
    return written.rstrip("\n") if isinstance(value, (str, bool)) else f"{name}: {written.strip()}"


def _author(author: Author) -> Any:
    if not author.email and not author.url:
        return author.name
    told = {"name": author.name, "email": author.email, "url": author.url}
    return {key: value for key, value in told.items() if value}


def _picture(picture: Picture) -> Any:
    told = {"url": picture.url, "alt": picture.alt, "caption": picture.caption}
    return {key: value for key, value in told.items() if value}


def _enclosure(one: Enclosure) -> Any:
    told = {"url": one.url, "type": one.media_type, "length": one.length, "title": one.title}
    return {key: value for key, value in told.items() if value}
