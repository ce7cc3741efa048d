"""PURE. Which pictures of an article come to lie beside it, and its text with their new places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

from publisher.model import Document
from publisher.slugs import make_slug
from publisher.values import dataclass

_IMG = re.compile(r"<img\b[^<>]*>")
_SRC = re.compile(r' src="([^"]*)"')
_SRCSET = re.compile(r' (?:srcset|sizes)="[^"]*"')
_CHOICE = re.compile(r"<picture\b[^<>]*>(?:\s*<source\b[^<>]*>)*\s*(<img\b[^<>]*>)\s*</picture>")
_LINKED = re.compile(r'(<a\b[^<>]* href=")([^"]*)("[^<>]*>\s*)(?=<img\b)')
_SUFFIXES = {
    "image/avif": "avif",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}

Picture = tuple[bytes, str]
"""The bytes of a picture, and their media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An article with the files that go beside it, by their paths."""

    document: Document
    body: str
    files: dict[str, bytes]


def place_pictures(
    document: Document, body: str, folder: str, find: Callable[[str], Picture | None]
) -> Placed:
    """Let an article show what lies beside it, where `find` gives it.

    `folder` is where its pictures are to lie. What is not found is shown from where it was.
    """
    files: dict[str, bytes] = {}
    places: dict[str, str] = {}

    def place(url: str) -> str:
        if url not in places:
            places[url] = url
            found = find(url)
            if found is not None:
                path = f"{folder}/{_file_name(url, *found)}"
                files[path] = found[0]
                places[url] = quote(path)
        return places[url]

    def shown(tag: re.Match[str]) -> str:
        source = _SRC.search(tag[0])
        if not source:
            return tag[0]
        url = unescape(source[1])
        here = place(url)
        if here == url:
            return tag[0]
        written = tag[0].replace(source[0], f' src="{escape(here)}"', 1)
        return _SRCSET.sub("", written)

    def chosen(choice: re.Match[str]) -> str:
        """Of forms of one picture the one that is here."""
        source = _SRC.search(choice[1])
        url = unescape(source[1]) if source else ""
        return choice[1] if url and place(url) != url else choice[0]

    def linked(link: re.Match[str]) -> str:
        """A link around a picture leads to the larger one; where that is here too, to it."""
        url = unescape(link[2])
        is_picture = url.lower().rpartition(".")[2] in (*_SUFFIXES.values(), "jpeg")
        return f"{link[1]}{escape(place(url))}{link[3]}" if is_picture else link[0]

    body = _IMG.sub(shown, _LINKED.sub(linked, _CHOICE.sub(chosen, body)))
    lead = document.picture
    if lead is not None:
        document = replace(document, picture=replace(lead, url=place(lead.url)))
    return Placed(document=document, body=body, files=files)


def _file_name(url: str, data: bytes, media_type: str) -> str:
    """The picture's own name, and a little of its hash: two of one name are two."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    stem = make_slug(name.rpartition(".")[0] or name, nameless="picture")
    mark = hashlib.sha256(data).hexdigest()[:8]
    return f"{stem[:60]}-{mark}.{_SUFFIXES[media_type]}"
