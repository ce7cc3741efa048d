"""PURE. An export of Ghost: tables as JSON, which are joined here."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    fields,
    is_later,
    read_json,
    short,
    unreadable,
    utc,
    with_suffix,
    withheld,
)
from publisher.parse.items import Item, ItemFound
from publisher.values import dataclass

_HOME = "__GHOST_URL__"
_GATE = re.compile(
    r"<!--\s{0,9}kg-gated-block:begin(?P<who>[^>]{0,999})-->"
    r".*?(?:<!--\s{0,9}kg-gated-block:end\s{0,9}-->|\Z)",
    re.DOTALL,
)
_FOR_ALL = "nonMember:true"
_MOST_GATES = 1_000
"""Marks of such blocks in one text; one with more is none that Ghost wrote."""

_MILLISECONDS = re.compile(r"[0-9]{11,14}\Z")
_OBJECT_ID = re.compile(r"[0-9a-f]{24}\Z")
"""The id of a post since Ghost 1.0: what its feed tells as the guid."""

_OPEN = {"published", "scheduled"}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """What belongs to a post, by the post's id."""

    authors: Mapping[str, list[str]]
    tags: Mapping[str, list[str]]
    meta: Mapping[str, Row]
    users: Mapping[str, str]
    language: str


def read_ghost(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The posts of an export. Raises ExportError for what is none."""
    data = _data(files)
    tables = _Tables(
        users={_told(user, "id"): _told(user, "name") for user in _rows(data, "users")},
        authors=_joined(data, "posts_authors", "author_id", _names(data, "users")),
        tags=_joined(data, "posts_tags", "tag_id", _names(data, "tags")),
        meta={_told(meta, "post_id"): meta for meta in _rows(data, "posts_meta")},
        language=_setting(data, "locale") or _setting(data, "lang"),
    )
    for post in _rows(data, "posts"):
        yield _post(post, tables, origin)


def _data(files: Files) -> Row:
    """The tables of the first JSON file that has posts."""
    for name in with_suffix(files, ".json"):
        told = read_json(files.read(name), name)
        databases = told.get("db") if isinstance(told, dict) else None
        if isinstance(databases, list) and databases:
            told = databases[0]
        data = told.get("data", told) if isinstance(told, dict) else None
        if isinstance(data, dict) and isinstance(data.get("posts"), list):
            return data
    raise ExportError(
        "is no export of Ghost: it holds no JSON with posts",
        mend="name the .json file that Settings, Export gave",
    )


def _rows(data: Row, table: str) -> Iterator[Row]:
    rows = data.get(table)
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _told(row: Row, column: str) -> str:
    value = row.get(column)
    if isinstance(value, bool):
        return "1" if value else ""
    return value.strip() if isinstance(value, str) else ""


def _names(data: Row, table: str) -> Mapping[str, str]:
    """The names of users or tags by their ids; tags that are not shown are not there."""
    return {
        _told(row, "id"): _told(row, "name")
        for row in _rows(data, table)
        if _told(row, "visibility") != "internal" and not _told(row, "name").startswith("#")
    }


def _joined(data: Row, table: str, key: str, names: Mapping[str, str]) -> Mapping[str, list[str]]:
    """The names that belong to each post, in the order that the table sorts them in."""
    ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in _rows(data, table):
        name = names.get(_told(row, key))
        order = _told(row, "sort_order")
        if name:
            rank = int(order) if order.isascii() and order.isdecimal() and len(order) < 9 else 0
            ranked[_told(row, "post_id")].append((rank, name))
    return {
        post: [name for _, name in sorted(pairs, key=lambda pair: pair[0])]
        for post, pairs in ranked.items()
    }


def _setting(data: Row, key: str) -> str:
    return next((_told(r, "value") for r in _rows(data, "settings") if _told(r, "key") == key), "")


def _post(post: Row, tables: _Tables, origin: Origin) -> ItemFound:
    id_ = _told(post, "id")
    title = _told(post, "title")
    name = id_ or _told(post, "uuid") or _told(post, "slug") or short(title) or "a post"
    meta = tables.meta.get(id_, {})
    why = _why_withheld(post, meta)
    if why:
        return withheld(name, f"{short(title)!r} {why}")
    html = _told(post, "html")
    if not html and (_told(post, "lexical") or _told(post, "mobiledoc")):
        return unreadable(
            name,
            f"{short(title)!r} has no HTML, only what Ghost's editor wrote",
            "open it in Ghost and save it, which makes its HTML; then export again",
        )
    html, gated = _for_all(html)
    warnings = (f"{gated} parts that only members see are left out",) if gated else ()
    return Item(
        name=name,
        fields=fields(_fields(post, meta, tables, origin)),
        body=_at_home(html, origin),
        form="fragment",
        base_url=origin.old_url,
        warnings=warnings,
        earlier_id=f"urn:uuid:{_told(post, 'uuid').lower()}",
    )


def _why_withheld(post: Row, meta: Row) -> str:
    kind = _told(post, "type") or ("page" if _told(post, "page") in ("1", "true") else "post")
    status = _told(post, "status")
    if kind != "post":
        return f"is of the type {short(kind)!r}, no post"
    if "visibility" in post and _told(post, "visibility") != "public":
        told = _told(post, "visibility") or "nothing"
        return f"is for members or payers (visibility: {short(told)})"
    if status == "sent" or _told(meta, "email_only") in ("1", "true"):
        return "went out by mail alone"
    if status not in _OPEN | {"draft"}:
        return f"has the status {short(status)!r}, which is not known to be for everybody"
    return ""


def _for_all(html: str) -> tuple[str, int]:
    """The text without blocks that Ghost shows to members alone, and how many those were."""
    if "kg-gated-block" not in html:
        return html, 0
    if html.count("kg-gated-block") > _MOST_GATES:
        return "", 1
    gated = 0

    def cut(found: re.Match[str]) -> str:
        nonlocal gated
        if _FOR_ALL in found["who"].replace(" ", ""):
            return found[0]
        gated += 1
        return ""

    return _GATE.sub(cut, html), gated


def _at_home(text: str, origin: Origin) -> str:
    return text.replace(_HOME, (origin.old_url or origin.site_url).rstrip("/"))


def _fields(post: Row, meta: Row, tables: _Tables, origin: Origin) -> dict[str, object]:
    id_, slug = _told(post, "id"), _told(post, "slug")
    published, updated = _time(post, "published_at"), _time(post, "updated_at")
    canonical = _at_home(_told(post, "canonical_url"), origin)
    is_open = _told(post, "status") in _OPEN
    picture = _at_home(_told(post, "feature_image") or _told(post, "image"), origin)
    alt = _told(meta, "feature_image_alt") or _told(post, "feature_image_alt")
    author = tables.users.get(_told(post, "author_id"), "")
    return {
        "title": _told(post, "title"),
        "date": published,
        "updated": updated if published and is_later(updated, published) else "",
        "draft": "" if is_open else "true",
        "slug": slug,
        "url": origin.address(origin.old_page(f"{slug}/")) if slug else "",
        "canonical": origin.address(canonical) or canonical,
        "authors": tables.authors.get(id_) or author,
        "tags": tables.tags.get(id_, []),
        "language": _told(post, "locale") or tables.language,
        "summary": _told(post, "custom_excerpt"),
        "image": {"url": picture, "alt": alt} if picture else "",
        "id": id_ if _OBJECT_ID.match(id_) else _told(post, "uuid"),
    }


def _time(post: Row, column: str) -> str:
    """A time of UTC; the first versions wrote milliseconds."""
    text = _told(post, column)
    if _MILLISECONDS.match(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC).isoformat()
    return utc(text)
