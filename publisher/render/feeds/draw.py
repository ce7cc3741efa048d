"""PURE. Documents of feeds -> bytes; an entry that several feeds hold is drawn once.

Documents of the same time are drawn one after the other, whichever feed they are of: so what was
drawn last is what the next one holds too, and little has to be kept for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from publisher.config import FeedSpec, SiteSpec
from publisher.errors import FeedError, Location
from publisher.feedcheck import RULES, Finding, check_feed
from publisher.feeds import Feed, FeedPart
from publisher.model import Entry
from publisher.render.feeds.atom import draw_atom_entries, render_atom
from publisher.render.feeds.document import FeedDocument, make_document
from publisher.render.feeds.formats import feed_path
from publisher.render.feeds.json_feed import draw_json_entries, render_json
from publisher.render.feeds.rss import draw_rss_entries, render_rss
from publisher.render.feeds.written import Writer, WrittenEntry, updated_of
from publisher.values import dataclass

__all__ = ["FeedGround", "FeedPress", "Writer"]

MOST_KEPT = 12 * 1024 * 1024
"""Bytes of drawn entries that are kept for other feeds which hold them too: those last drawn."""

_MOST_SOUND = 20_000
"""Bodies, as such and as they stand in XML, that are known to keep the rules, so that they need
not be read again."""

_DRAW: Mapping[str, Callable[[FeedDocument, Sequence[WrittenEntry]], list[bytes]]] = {
    "rss": draw_rss_entries,
    "atom": lambda _document, entries: draw_atom_entries(entries),
    "json": lambda _document, entries: draw_json_entries(entries),
}
_RENDER: Mapping[str, Callable[[FeedDocument, Sequence[bytes]], bytes]] = {
    "rss": render_rss,
    "atom": render_atom,
    "json": render_json,
}

Drawn = Mapping[str, bytes]
"""An entry as it stands in a document, by format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedGround:
    """What all feeds of a site are drawn from beside their entries."""

    site: SiteSpec
    hubs: tuple[str, ...]
    image_of: Callable[[FeedSpec], str | None]
    writer: Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """One document of a feed in all of its formats: the head of each, and its entries.

    `finished` is the bytes of those formats that were asked for.
    """

    feed: Feed
    place: int
    heads: Mapping[str, FeedDocument]
    entries: Sequence[Drawn]
    finished: dict[str, bytes] = field(default_factory=dict)


class FeedPress:
    """Draws the documents of one run."""

    def __init__(self, ground: FeedGround) -> None:
        self._ground = ground
        self._last: _Drawing | None = None
        self._kept: OrderedDict[tuple[str, ...], Drawn] = OrderedDict()
        self._size = 0
        self._sound: set[int] = set()

    def draw(self, feed: Feed, place: int, format_: str) -> bytes:
        """The document at that place among the parts of a feed, held against the rules.

        Raises TemplateError for a broken feeds/entry.html, FeedError for what breaks a rule.
        """
        # its other formats, and its compressed twins, are asked for right before or after
        last = self._last
        if last is None or last.feed is not feed or last.place != place:
            last = self._last = self._prepare(feed, place)
        if format_ not in last.finished:
            last.finished[format_] = self._finish(last, format_)
        return last.finished[format_]

    def _finish(self, drawing: _Drawing, format_: str) -> bytes:
        head = drawing.heads[format_]
        data = _RENDER[format_](head, [entry[format_] for entry in drawing.entries])
        if len(self._sound) > _MOST_SOUND:
            self._sound.clear()
        findings = check_feed(data, url=head.links.self_url, own=True, memo=self._sound)
        if findings:
            number = drawing.feed.parts[drawing.place].number
            raise _refusal(feed_path(drawing.feed.spec, format_, number), findings)
        return data

    def _prepare(self, feed: Feed, place: int) -> _Drawing:
        ground, part = self._ground, feed.parts[place]
        entries = part.load()
        updated = max(map(updated_of, entries), default=None)
        heads: Mapping[str, FeedDocument] = {
            format_: make_document(
                feed,
                place,
                format_,
                updated=updated,
                site=ground.site,
                hubs=ground.hubs,
                image_url=ground.image_of(feed.spec),
            )
            for format_ in feed.spec.formats
        }
        drawn = self._draw_entries(feed.spec, part, entries, heads)
        return _Drawing(feed=feed, place=place, heads=heads, entries=drawn)

    def _draw_entries(
        self,
        spec: FeedSpec,
        part: FeedPart,
        entries: Sequence[Entry],
        heads: Mapping[str, FeedDocument],
    ) -> list[Drawn]:
        """Every entry in all formats of the feed, drawn now where no feed before had it."""
        kind = "podcast" if spec.podcast else "feed"
        keys = [(mark, spec.content, kind, *spec.formats) for mark in part.marks]
        missing = [i for i, key in enumerate(keys) if key not in self._kept]
        fresh: dict[tuple[str, ...], Drawn] = {}
        if missing:
            write = self._ground.writer.write
            written = [write(entries[i], full=spec.content == "full") for i in missing]
            columns = [_DRAW[format_](heads[format_], written) for format_ in spec.formats]
            for i, row in zip(missing, zip(*columns, strict=True), strict=True):
                fresh[keys[i]] = dict(zip(spec.formats, row, strict=True))
        found = [fresh.get(key) or self._kept[key] for key in keys]
        for key, one in zip(keys, found, strict=True):
            self._keep(key, one)
        return found

    def _keep(self, key: tuple[str, ...], drawn: Drawn) -> None:
        """Remember an entry as the last one, and let go of the first that there is no room for."""
        if key not in self._kept:
            self._kept[key] = drawn
            self._size += _size(drawn)
        self._kept.move_to_end(key)
        while self._size > MOST_KEPT:
            self._size -= _size(self._kept.popitem(last=False)[1])


def _size(drawn: Drawn) -> int:
    return sum(map(len, drawn.values()))


def _refusal(path: str, findings: Sequence[Finding]) -> FeedError:
    first, *others = findings
    rule = RULES[first.rule]
    entry = "" if first.place == "feed" else f" in {first.place}"
    more = f" (and {len(others)} more)" if others else ""
    detail = f": {first.detail}" if first.detail else ""
    return FeedError(
        f"breaks the rule {first.rule}{entry}{detail}{more}; what was published before stays",
        where=Location(file=path, line=first.line),
        mend=f"{rule.mend}; if templates/feeds/ is the theme's own, this is a defect of publisher",
    )
