"""PURE. What RSS, Atom and JSON of one feed say differently."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from publisher.feedcheck.finding import Finding, Report, one_finding
from publisher.feedcheck.reading import Said, SaidFeed, read_atom, read_json, read_rss

_READ: Mapping[str, Callable[[bytes], SaidFeed]] = {
    "rss": read_rss,
    "atom": read_atom,
    "json": read_json,
}
_COMPARED = (
    ("url", "url-differs"),
    ("title", "title-differs"),
    ("content", "content-differs"),
    ("summary", "summary-differs"),
    ("published", "published-differs"),
    ("authors", "authors-differ"),
    ("tags", "tags-differ"),
    ("language", "language-differs"),
)


def disagreements(
    rss: bytes | None = None, atom: bytes | None = None, json: bytes | None = None
) -> tuple[Finding, ...]:
    """What the formats of one feed say differently; never raises.

    A format that is left out is not compared. One that cannot be read is the
    only finding: `check_feed` says what is wrong with it.
    """
    said = {}
    for name, data in (("rss", rss), ("atom", atom), ("json", json)):
        if data is not None:
            try:
                said[name] = _READ[name](data)
            except ValueError as error:
                return one_finding("entries-differ", f"{name} cannot be read: {error}")
    report = Report()
    _compare_feeds(report, said)
    ids = {name: [entry.id for entry in feed.entries] for name, feed in said.items()}
    if len({tuple(one) for one in ids.values()}) > 1:
        report.add("entries-differ", detail=_first_difference(ids))
    else:
        for entries in zip(*(feed.entries for feed in said.values()), strict=True):
            _compare(report, dict(zip(said, entries, strict=True)))
    return tuple(report.found)


def _compare_feeds(report: Report, said: Mapping[str, SaidFeed]) -> None:
    for name, rule in (("title", "feed-title-differs"), ("home", "home-differs")):
        values = {format_: getattr(feed, name) for format_, feed in said.items()}
        if len(set(values.values())) > 1:
            report.add(rule, detail=_shown(values))


def _compare(report: Report, entries: Mapping[str, Said]) -> None:
    report.place = next(iter(entries.values())).id
    all_said = list(entries.values())
    first = all_said[0]
    for name, rule in _COMPARED:
        value = getattr(first, name)
        for other in all_said[1:]:
            if getattr(other, name) != value:
                report.add(
                    rule, detail=_shown({f: getattr(said, name) for f, said in entries.items()})
                )
                break
    enclosures = {name: said.enclosures for name, said in entries.items()}
    whole = [value for name, value in enclosures.items() if name != "rss"]
    longest = max(whole, key=len, default=())
    if any(value != longest for value in whole) or (
        whole and "rss" in enclosures and not _is_one_of(enclosures["rss"], longest)
    ):
        report.add("enclosures-differ", detail=_shown(enclosures))
    changed = {name: said.updated for name, said in entries.items() if name != "rss"}
    if len(set(changed.values())) > 1:
        report.add("updated-differs", detail=_shown(changed))


def _is_one_of(shown: tuple[Any, ...], all_there_are: tuple[Any, ...]) -> bool:
    """RSS has room for one enclosure: which of several is the writer's choice."""
    return len(shown) == min(1, len(all_there_are)) and all(one in all_there_are for one in shown)


def _first_difference(ids: Mapping[str, list[str]]) -> str:
    counts = {name: len(one) for name, one in ids.items()}
    for number, row in enumerate(zip(*ids.values(), strict=False), 1):
        if len(set(row)) > 1:
            return f"entry {number}: " + _shown(dict(zip(ids, row, strict=True)))
    return f"entries: {_shown(counts)}"


def _shown(values: Mapping[str, Any]) -> str:
    """Where texts are long, from a little before they part."""
    texts = {
        name: value if isinstance(value, str) else str(value) for name, value in values.items()
    }
    shortest = min(map(len, texts.values()))
    same = next(
        (at for at in range(shortest) if len({text[at] for text in texts.values()}) > 1), shortest
    )
    start = max(0, same - 20)
    return "; ".join(f"{name} {text[start : start + 50]!r}" for name, text in texts.items())
