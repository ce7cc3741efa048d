"""GROUND. What no single key of a source can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from publisher.config.selections import Finding
from publisher.config.site import AuthorSpec
from publisher.config.sources import FeedSourceSpec, SourceSpec, TableSpec
from publisher.nearest import nearest

_MOST_ITEMS = 1000


def source_findings(sources: Sequence[SourceSpec]) -> Iterator[Finding]:
    """Keys of a source that do not fit together."""
    for i, source in enumerate(sources):
        if isinstance(source, TableSpec) and source.type == "sqlite" and not source.query:
            message = f"sources[{i}]: a source of SQLite needs the key 'query'"
            yield ("sources", i), message, "such as query: SELECT id, title, body FROM articles"
        if isinstance(source, FeedSourceSpec):
            yield from _feed_findings(i, source)


def author_doubts(
    sources: Sequence[SourceSpec], authors: Mapping[str, AuthorSpec]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Default authors that are nearly one of the site's: each may be a name all the same."""
    known = {one.lower(): one for id_, spec in authors.items() for one in (spec.name, id_)}
    for i, source in enumerate(sources):
        for j, name in enumerate(source.defaults.authors):
            is_known = name.lower() in authors or name in known.values()
            near = nearest(name.lower(), known, likeness=0.8)
            if near and not is_known:
                said = f"{name!r} is none of site.authors, and is taken as a name"
                hint = f"(did you mean {known[near]!r}?)"
                steps = ("sources", i, "defaults", "authors", j)
                yield steps, f"sources[{i}].defaults.authors: {said} {hint}"


def _feed_findings(i: int, source: FeedSourceSpec) -> Iterator[Finding]:
    at = ("sources", i)
    if source.type == "opml" and (source.url is None) is (source.path is None):
        message = f"sources[{i}]: a list of feeds lies at `url`, or in the file `path`"
        yield at, message, "name one of the two"
    if source.type != "opml" and source.url is None:
        yield at, f"sources[{i}]: the key 'url' is missing", "such as https://example.net/atom.xml"
    if source.type != "opml" and source.path is not None:
        message = f"sources[{i}]: `path` is of a list of feeds alone"
        yield at, message, "write type: opml, or take `path` out"
    if source.full_text and not source.rights:
        message = f"sources[{i}]: full_text publishes the texts of others, and nothing says why"
        yield at, message, "say by what right with `rights:`, such as rights: CC BY 4.0"
    if source.every.total_seconds() < 60:
        yield (*at, "every"), f"sources[{i}].every: expected 1m or more", None
    if not 1 <= source.limit.items <= _MOST_ITEMS:
        message = f"sources[{i}].limit.items: expected 1 to {_MOST_ITEMS}"
        yield (*at, "limit", "items"), message, None
    if source.limit.timeout.total_seconds() > 120:
        yield (*at, "limit", "timeout"), f"sources[{i}].limit.timeout: expected 2m or less", None
