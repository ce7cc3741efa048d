"""PURE. JSON Feed of our own, held against the rules while it is read.

What the rules ask of a value is said here as the type of a field, so that the reader of JSON, which
is C, asks it. What it refuses may be sound all the same: then the rules are asked, as for any feed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from publisher.config.tags import is_language_tag
from publisher.feedcheck.canonical import is_sound_body
from publisher.feedcheck.values import rfc3339

_Some = Annotated[str, Meta(min_length=1)]
_Url = Annotated[
    str,
    Meta(
        pattern=r"\Ahttps?://[A-Za-z0-9._~@:\[\]-]++"
        r"(?:[/?#](?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]++|%[0-9A-Fa-f]{2})*+)?+\Z"
    ),
]
_MediaType = Annotated[
    str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9!#$^_.+-]*+/[A-Za-z0-9][A-Za-z0-9!#$^_.+-]*+\Z")
]
_Count = Annotated[int, Meta(ge=0)]


class _Author(Struct, forbid_unknown_fields=True, gc=False):
    name: _Some
    url: _Url | UnsetType = UNSET


class _Attachment(Struct, forbid_unknown_fields=True, gc=False):
    url: _Url
    mime_type: _MediaType
    title: _Some | UnsetType = UNSET
    size_in_bytes: _Count | UnsetType = UNSET
    duration_in_seconds: _Count | UnsetType = UNSET


class _Item(Struct, forbid_unknown_fields=True, gc=False):
    id: _Some
    url: _Url
    title: _Some
    date_published: str
    date_modified: str
    summary: _Some | UnsetType = UNSET
    content_html: str | UnsetType = UNSET
    content_text: str | UnsetType = UNSET
    image: _Url | UnsetType = UNSET
    authors: list[_Author] | UnsetType = UNSET
    tags: list[_Some] = []
    language: str | UnsetType = UNSET
    attachments: list[_Attachment] | UnsetType = UNSET
    source: Any = msgspec.field(name="_source", default=UNSET)


class _Feed(Struct, forbid_unknown_fields=True, gc=False):
    items: list[_Item]
    version: Any = UNSET
    title: Any = UNSET
    home_page_url: Any = UNSET
    feed_url: Any = UNSET
    description: Any = UNSET
    next_url: Any = UNSET
    icon: Any = UNSET
    authors: Any = UNSET
    language: Any = UNSET
    hubs: Any = UNSET


_DECODER = msgspec.json.Decoder(_Feed)


def read(data: bytes) -> _Feed | None:
    """A document of which the items are sound, each by itself but for what is asked below."""
    try:
        return _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def head_of(feed: _Feed) -> Mapping[str, Any]:
    """What it says before its items, as a document that has none."""
    said = {name: getattr(feed, name) for name in feed.__struct_fields__}
    return {name: value for name, value in said.items() if value is not UNSET} | {"items": []}


def items_are_sound(feed: _Feed, memo: set[int]) -> bool:
    """Whether all items keep every rule for sure; `memo` as that of `check_feed`."""
    ids = {item.id for item in feed.items if not item.id.isspace()}
    return len(ids) == len(feed.items) and all(_is_sound(item, memo) for item in feed.items)


def _is_sound(item: _Item, memo: set[int]) -> bool:
    body = item.content_html
    if body is UNSET:
        if item.content_text is UNSET:
            return False
    elif not is_sound_body(body, memo):
        return False
    if any(map(str.isspace, item.tags)):
        return False
    first, last = _rfc3339(item.date_published), _rfc3339(item.date_modified)
    if first is None or last is None or first > last:
        return False
    return item.language is UNSET or is_language_tag(item.language)


_rfc3339 = lru_cache(maxsize=1024)(rfc3339)
