"""PURE. The lead picture and the enclosures that a header names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from publisher.media_types import MEDIA_TYPES
from publisher.model import Asset, Enclosure, Picture
from publisher.parse.clean.decode import one_line
from publisher.parse.clean.fragment import ARTICLE_SCHEME
from publisher.parse.clean.references import References
from publisher.parse.headers.fields import Field, Notes, is_switch
from publisher.parse.headers.playtime import read_seconds
from publisher.parse.headers.values import Items, Table, Text, Value, normalise_key
from publisher.patterns import pattern

_ADDRESS_KEYS = ("url", "src", "path", "file", "image", "href", "link", "feature", "teaser")
_SHOWN = 100
_MEDIA_TYPE = pattern(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+\Z")
_NOT_RELATIVE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:|/")
BUNDLED = ("featured", "cover", "thumbnail")
"""What the names of pictures begin with that lead an article in whose folder they lie."""


def find_file(
    address: str, found: Field, notes: Notes, references: References
) -> tuple[str, Asset | None] | None:
    """The absolute address of a file and, when it is ours, the file; None with a warning."""
    url = references.file(address) if address else None
    if url is None and address in references.refused:
        return None
    if not url or not url.startswith(("http://", "https://")):
        notes.warn(found, f"{found.key}: {cut(address)!r} is no address of a file")
        return None
    if (references.link(address) or "").startswith(f"{ARTICLE_SCHEME}:"):
        notes.warn(
            found,
            f"{found.key}: {address!r} is read as an article of its own; list it under exclude:",
        )
        return None
    asset = references.assets.get(url)
    if asset is None and not _NOT_RELATIVE.match(address):
        url = references.file("/" + address) or url  # Jekyll means the site's folder
        asset = references.assets.get(url)
        if f"/{address}" in references.refused:
            return None
        if asset is None:
            notes.warn(found, f"{found.key}: there is no file {cut(address)!r} beside the article")
            return None
    if asset is None and address in references.missing:  # it may come, as one that is linked to
        notes.warn(found, f"{found.key}: {references.says_missing(cut(address))}")
    return url, asset


def cut(text: str) -> str:
    """A value as a message shows it, which a megabyte would drown."""
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _picture(url: str, asset: Asset | None, parts: dict[str, str]) -> Picture:
    return Picture(
        url=url,
        alt=parts.get("alt", ""),
        caption=parts.get("caption", ""),
        credit=parts.get("credit", ""),
        media_type=asset.media_type if asset else _type_of(url),
        width=asset.width if asset else 0,
        height=asset.height if asset else 0,
    )


def read_picture(found: Field, notes: Notes, references: References) -> Picture | None:
    """The picture of a field: an address, a map with alt and caption, or the first of a list."""
    value = found.value
    while isinstance(value, Items) and value.values:
        value = value.values[0]
    parts = parts_of(value)
    address = address_of(parts)
    if not address or (isinstance(value, Text) and is_switch(value)):
        return None
    place = find_file(address, found, notes, references)
    return _picture(*place, parts) if place else None


def find_bundled_picture(references: References) -> Picture | None:
    """The picture beside an index file whose name begins with featured, cover or thumbnail."""
    for name in BUNDLED:
        url = references.bundled(name)
        if url in references.assets:
            return _picture(url, references.assets[url], {})
    return None


def find_resource(found: Field, notes: Notes, references: References) -> Picture | None:
    """The picture that Hugo's `resources:` name or file as featured, cover or thumbnail."""
    for wanted in BUNDLED:
        for value in each_of(found.value):
            parts = parts_of(value)
            names = (parts.get("name", ""), parts.get("src", "").rpartition("/")[2])
            if any(name.lower().startswith(wanted) for name in names) and "src" in parts:
                if "*" in parts["src"]:
                    continue  # a pattern: what lies in the folder is looked for by its name
                place = find_file(parts["src"], found, notes, references)
                if place is not None:
                    caption = {"caption": parts.get("title", "")}
                    return _picture(*place, caption)
    return None


def read_enclosures(found: Field, notes: Notes, references: References) -> tuple[Enclosure, ...]:
    """The media files of a field; type and length of a local one are its own."""
    enclosures = {}
    for value in each_of(found.value):
        enclosure = _enclosure(parts_of(value), found, notes, references)
        if enclosure is not None:
            enclosures[enclosure.url] = enclosure
    return tuple(enclosures.values())


def _enclosure(
    parts: dict[str, str], found: Field, notes: Notes, references: References
) -> Enclosure | None:
    address = address_of(parts)
    place = find_file(address, found, notes, references)
    if place is None:
        return None
    url, asset = place
    title = parts.get("title", "")
    duration = read_seconds(parts.get("duration", "")) or 0
    if asset is not None:
        return Enclosure(
            url=url,
            length=asset.length,
            media_type=asset.media_type,
            title=title,
            duration=duration,
        )
    media_type = parts.get("type", "")
    if not _MEDIA_TYPE.match(media_type):
        media_type = _type_of(url)
    if not media_type:
        if normalise_key(found.key) in ("audio", "video", "podcast"):
            notes.warn(found, f"{found.key}: {address!r} is a page, no file; it is not attached")
            return None
        media_type = "application/octet-stream"
    length = parts.get("length", "") or parts.get("size", "") or parts.get("bytes", "")
    return Enclosure(
        url=url,
        length=int(length) if re.match(r"[0-9]{1,15}\Z", length) else 0,
        media_type=media_type.lower(),
        title=title,
        duration=duration,
    )


def each_of(value: Value) -> Iterator[Value]:
    """The values of a list, those of lists in it too, or the one value."""
    if isinstance(value, Items):
        for inner in value.values:
            yield from each_of(inner)
    elif not is_switch(value):
        yield value


def parts_of(value: Value) -> dict[str, str]:
    """What a map tells, by normalised key; a mere text is an address."""
    if isinstance(value, Table):
        return {
            normalise_key(key.text): one_line(inner.text)
            for key, inner in value.pairs
            if isinstance(inner, Text)
        }
    return {"url": one_line(value.text)} if isinstance(value, Text) else {}


def address_of(parts: dict[str, str]) -> str:
    """The address among the parts of a map, by whatever key."""
    return next((parts[key] for key in _ADDRESS_KEYS if parts.get(key)), "")


def _type_of(url: str) -> str:
    path = url.partition("?")[0].partition("#")[0]
    return MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "")
