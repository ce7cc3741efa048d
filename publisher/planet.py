"""PURE. Many sources into one: what two feeds hold, or two folders, is shown once.

One article is the same as another by its id, by where it leads, or by its title and page. Ours are
never doubles of what others hold: whoever names our id or address in a feed hides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from urllib.parse import parse_qsl, urlencode, urlsplit

from publisher.addresses import quote_address
from publisher.model import Document, Record
from publisher.readings import Reading

_TRACKING = ("utm_", "mtm_", "pk_")
_TRACKERS = frozenset({"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid"})
_PORTS = {"http": 80, "https": 443}


def without_overlaps(
    readings: Sequence[Reading], folders: Mapping[str, PurePath], record: Record
) -> tuple[tuple[Reading, ...], tuple[str, ...]]:
    """The readings, those skipped whose file another source reads too; and what to say of it.

    `folders` are those of the sources by name, absolute, in the config's order. A file is that of
    the source under which it was published; else of the innermost folder; else of the first.
    """
    if len(folders) < 2:
        return tuple(readings), ()
    published = {(line.source, line.path) for line in record.articles if line.place}
    order = {name: place for place, name in enumerate(folders)}
    by_file: dict[PurePath, list[Reading]] = defaultdict(list)
    for reading in readings:
        if not reading.skipped and reading.source in folders:
            by_file[folders[reading.source] / reading.file].append(reading)

    def rank(reading: Reading) -> tuple[bool, int, int]:
        depth = len(folders[reading.source].parts)
        is_new = (reading.source, reading.file) not in published
        return is_new, -depth, order[reading.source]

    skipped: dict[tuple[str, str], str] = {}
    told: dict[tuple[str, str], str] = {}
    for found in by_file.values():
        first, *others = sorted(found, key=rank)
        for other in others:
            skipped[other.source, other.file] = f"is read by the source {first.source} already"
            told.setdefault(
                (first.source, other.source),
                f"the sources {first.source} and {other.source} read the same files, such as"
                f" {first.file}: take one out, or leave them out of one by `exclude:`",
            )
    return _skipping(readings, skipped), tuple(told.values())


def without_doubles(
    readings: Sequence[Reading], sources: Iterable[str], record: Record, *, site_url: str
) -> tuple[Reading, ...]:
    """The readings, those skipped that another source has too. `sources` are in the config's order.

    Of doubles ours is shown; else the one that was published before, so that a source which is
    added later changes nothing; else that of the first source.
    """
    if not any(r.document and r.document.foreign for r in readings):
        return tuple(readings)
    order = {name: place for place, name in enumerate(sources)}
    published = {(line.source, line.path) for line in record.articles if line.place}

    def rank(reading: Reading) -> tuple[bool, bool, int]:
        assert reading.document is not None, "the others are left out"
        is_foreign = reading.document.foreign is not None
        is_new = (reading.source, reading.file) not in published
        return is_foreign, is_foreign and is_new, order.get(reading.source, len(order))

    holders: dict[tuple[str, str], Reading] = {}
    skipped: dict[tuple[str, str], str] = {}
    for reading in sorted((r for r in readings if r.document), key=rank):
        assert reading.document is not None, "the others are left out"
        marks = _marks(reading.document, site_url)
        first = _first(reading, marks, holders)
        if first is None:
            for mark in marks.items():
                holders.setdefault(mark, reading)
            continue
        what, other = first
        why = f"is in {other.source} too, as {other.file} (the same {what})"
        skipped[reading.source, reading.file] = why
    return _skipping(readings, skipped)


def _skipping(
    readings: Iterable[Reading], skipped: Mapping[tuple[str, str], str]
) -> tuple[Reading, ...]:
    return tuple(
        replace(r, document=None, problem=None, skipped=skipped[r.source, r.file], good=None)
        if (r.source, r.file) in skipped
        else r
        for r in readings
    )


def _first(
    reading: Reading, marks: Mapping[str, str], holders: Mapping[tuple[str, str], Reading]
) -> tuple[str, Reading] | None:
    """What of another feed is the same article, and by which mark."""
    assert reading.document is not None, "the caller sees to it"
    foreign = reading.document.foreign
    if foreign is None:
        return None
    for mark in marks.items():
        other = holders.get(mark)
        if other is None or other.document is None:
            continue
        feed = other.document.foreign
        is_other_feed = other.source != reading.source or feed is None or feed.id != foreign.id
        if mark[0] == "id" or is_other_feed:  # one feed may well lead to one page again and again
            return mark[0], other
    return None


def _marks(document: Document, site_url: str) -> Mapping[str, str]:
    """What an article is known by, by what messages call it."""
    marks = {"id": document.id} if document.id else {}
    address = document.address
    link, page = _normal(address if document.canonical else site_url + quote_address(address))
    marks["link"] = link
    marks["title and page"] = f"{page} {document.title.casefold()}"
    return marks


def _normal(url: str) -> tuple[str, str]:
    """An address as it is compared: without what leads to the same page anyway; and its page."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    port = parts.port or 0
    if port and port != _PORTS.get(parts.scheme):
        host += f":{port}"
    page = f"{host}{parts.path.rstrip('/')}"
    told = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(_TRACKING) and name not in _TRACKERS
    ]
    link = page + (f"?{urlencode(sorted(told))}" if told else "")
    return link + (f"#{parts.fragment}" if parts.fragment else ""), page
