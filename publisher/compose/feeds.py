"""PURE. Every feed of a site: those configured, and one for each tag, author, newsletter …

The articles are gone through once for each configured feed and once for all derived
ones together, however many tags there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from publisher.compose.archives import Placed, extend_bounds, share_out
from publisher.compose.entries import find_tombstones, in_feed
from publisher.config import Config, FeedSpec, NewsletterSpec, Selection
from publisher.feeds import Feed, FeedKind, FeedPart
from publisher.fingerprint import fingerprint
from publisher.languages import own_name
from publisher.model import (
    Article,
    Author,
    Entry,
    LoadIssue,
    Record,
    RecordedFeed,
    RecordedIssue,
    State,
    Tombstone,
)
from publisher.slugs import make_slug
from publisher.values import dataclass

ISSUE = "issue:"
"""Begins the body key of an entry that stands for an issue: `issue:NEWSLETTER/NUMBER`."""

T = TypeVar("T", bound=Placed)
History = Mapping[str, Sequence[RecordedIssue]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A feed to be: its articles, newest first, and what is left of those taken back."""

    spec: FeedSpec
    kind: FeedKind
    about: str = ""
    language: str | None = None
    articles: Sequence[Article] = ()
    tombstones: Sequence[Tombstone] = ()


def compose_feeds(
    config: Config,
    *,
    articles: Sequence[Article],
    listed: Sequence[Article],
    entries: Mapping[str, Entry],
    marks: Mapping[str, str],
    record: Record,
    history: History,
    load_issue: LoadIssue,
) -> tuple[tuple[Feed, ...], tuple[RecordedFeed, ...]]:
    """All feeds, and what the record remembers of feeds after this.

    `listed` is newest first, `entries` are by id, as are their `marks`, which change when they
    do; `history` has the issues of each newsletter, oldest first, which are loaded only when a
    document is drawn.
    """
    known = {feed.feed: feed for feed in record.feeds}
    feeds = []
    for plan in _plans(config, articles, listed, record):
        line = _line(known, config, plan, [a.place for a in plan.articles])
        known[line.feed] = line
        parts = _parts(
            [entries[article.id] for article in plan.articles],
            line.archives,
            mark=lambda entry: marks[entry.id],
            load=tuple,
            tombstones=plan.tombstones,
        )
        feeds.append(_feed(config, plan, line, parts))
    for newsletter in config.streams:
        plan = _Plan(
            spec=_derived(config, FeedKind.NEWSLETTER, newsletter.name, newsletter.title),
            kind=FeedKind.NEWSLETTER,
            about=newsletter.title,
            language=newsletter.language or config.site.language,
        )
        issues = [_Numbered(issue) for issue in reversed(history.get(newsletter.name, ()))]
        line = _line(known, config, plan, [issue.place for issue in issues])
        known[line.feed] = line
        parts = _parts(
            issues,
            line.archives,
            mark=lambda issue: fingerprint(issue.issue),
            load=partial(_issue_entries, newsletter, config.site.url, line.address, load_issue),
        )
        feeds.append(_feed(config, plan, line, parts))
    return tuple(feeds), tuple(known[name] for name in sorted(known))


def _plans(
    config: Config, articles: Sequence[Article], listed: Sequence[Article], record: Record
) -> Iterator[_Plan]:
    tombstones = find_tombstones(record)
    retracted = {a.id: a for a in articles if a.state is State.RETRACTED}
    for spec in config.feeds:
        yield _Plan(
            spec=spec,
            kind=FeedKind.CONFIGURED,
            language=spec.language or config.site.language,
            articles=in_feed(listed, spec),
            tombstones=[t for t in tombstones if _stood_in(spec, retracted.get(t.id))],
        )
    buried = {t.id: t for t in tombstones}
    gone = [a for id_, a in retracted.items() if id_ in buried]
    told = [*listed, *gone]  # a feed whose last article was taken back is still there to say so
    for kind, names in _names(config, told):
        groups, shown = _grouped(names, told)
        kept, _ = _grouped(names, listed)
        left, _ = _grouped(names, gone)
        for key, slug in _slugs(kind, groups, shown, record.feeds):
            yield _Plan(
                spec=_derived(config, kind, slug, _title(config, kind, shown[key]), shown[key]),
                kind=kind,
                about=shown[key],
                language=shown[key] if kind is FeedKind.LANGUAGE else config.site.language,
                articles=kept.get(key, ()),
                tombstones=[buried[a.id] for a in left.get(key, ())],
            )


def _stood_in(spec: FeedSpec, article: Article | None) -> bool:
    """Whether a retracted article was of a feed; one whose file is gone only of a feed of all."""
    if article is None:
        return spec.select == Selection()
    return bool(in_feed([article], spec))


Names = Callable[[Article], Iterable[str]]


def _names(config: Config, articles: Sequence[Article]) -> Iterator[tuple[FeedKind, Names]]:
    wanted = config.feeds_for
    if wanted.tags:
        yield FeedKind.TAG, lambda article: article.document.tags
    if wanted.authors:
        yield FeedKind.AUTHOR, lambda article: (a.name for a in article.document.authors)
    if wanted.languages:
        used = {a.document.language for a in articles}
        yield FeedKind.LANGUAGE, lambda article: _tags_of(article.document.language, used)


def _tags_of(language: str | None, used: Collection[str | None]) -> list[str]:
    """A tag and the plain language before it, where articles are in that too: en-GB and en."""
    plain = (language or "").partition("-")[0]
    return list(dict.fromkeys(tag for tag in (language, plain) if tag and tag in used))


def _grouped(
    names: Names, articles: Sequence[Article]
) -> tuple[dict[str, list[Article]], dict[str, str]]:
    """Articles by name without regard to case, and each name as first published."""
    groups: dict[str, list[Article]] = defaultdict(list)
    shown: dict[str, tuple[int, str]] = {}
    for article in articles:
        for name, key in {name.casefold(): name for name in names(article)}.items():
            groups[name].append(article)
            written = (article.place, key)
            shown[name] = min(shown.get(name, written), written)
    return groups, {key: name for key, (_, name) in shown.items()}


def _slugs(
    kind: FeedKind,
    groups: Mapping[str, Sequence[Article]],
    shown: Mapping[str, str],
    recorded: Iterable[RecordedFeed],
) -> list[tuple[str, str]]:
    """Each group with its part of an address: the one that it had, and nobody else ever gets.

    Where two new ones want the same, the older group has it.
    """
    ours = [line for line in recorded if line.feed.startswith(f"{kind.value}/")]
    owned = {line.about: line.feed.partition("/")[2] for line in ours if line.about}
    taken = set(owned.values())
    oldest_first = sorted(groups, key=lambda k: (min(a.place for a in groups[k]), k))
    for key in oldest_first:
        if key in owned:
            continue
        is_tag = kind is FeedKind.LANGUAGE
        slug = base = shown[key] if is_tag else make_slug(key, nameless=kind.value)
        number = 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        owned[key] = slug
    return [(key, owned[key]) for key in oldest_first]


def _title(config: Config, kind: FeedKind, about: str) -> str:
    name = own_name(about) if kind is FeedKind.LANGUAGE else about
    return f"{config.site.title}: {name}"


def _derived(
    config: Config, kind: FeedKind, slug: str, title: str, about: str | None = None
) -> FeedSpec:
    """The spec of a feed that no one wrote: the main feed's, with a choice of its own."""
    main = next(feed for feed in config.feeds if feed.name == "main")
    path = f"{kind.value}/{slug}"
    choices = {FeedKind.TAG: "tags", FeedKind.AUTHOR: "authors", FeedKind.LANGUAGE: "languages"}
    chosen = Selection(**{choices[kind]: (about,)}) if about and kind in choices else Selection()
    return replace(
        main,
        name=path,
        path=path,
        title=title,
        description=None,
        language=None,
        podcast=None,
        select=chosen,
    )


_GROUPED = (FeedKind.TAG, FeedKind.AUTHOR, FeedKind.LANGUAGE)


def _line(
    known: Mapping[str, RecordedFeed], config: Config, plan: _Plan, places: Sequence[int]
) -> RecordedFeed:
    """The record's line of a feed, with the archives that are due now."""
    spec = plan.spec
    address = config.site.url + (f"{spec.path}/" if spec.path else "")
    line = known.get(spec.name) or RecordedFeed(feed=spec.name, address=address)
    return replace(
        line,
        archives=extend_bounds(line.archives, places, spec.limit),
        about=plan.about.casefold() if plan.kind in _GROUPED else "",
    )


def _parts(
    members: Sequence[T],
    bounds: Sequence[int],
    *,
    mark: Callable[[T], str],
    load: Callable[[Sequence[T]], tuple[Entry, ...]],
    tombstones: Sequence[Tombstone] = (),
) -> tuple[FeedPart, ...]:
    """The documents of a feed, the subscription document first, then archives from the newest."""
    held = share_out(members, bounds)
    left = share_out(tombstones, bounds)
    count = len(bounds)
    return tuple(
        FeedPart(
            number=index + 1 if index < count else 0,
            marks=tuple(map(mark, held[index])),
            load=partial(load, held[index]),
            tombstones=tuple(left[index]),
            last=bounds[index] if index < count else 0,
        )
        for index in range(count, -1, -1)
    )


def _feed(config: Config, plan: _Plan, line: RecordedFeed, parts: tuple[FeedPart, ...]) -> Feed:
    spec = plan.spec
    return Feed(
        spec=spec,
        kind=plan.kind,
        about=plan.about,
        title=spec.title or config.site.title,
        description=_description(spec) or config.site.description,
        language=plan.language,
        first_url=line.address,
        parts=parts,
    )


def _description(spec: FeedSpec) -> str | None:
    return (spec.podcast.description if spec.podcast else None) or spec.description


@dataclass(frozen=True, slots=True)
class _Numbered:
    """An issue with its number as its place: that is the order of its publication."""

    issue: RecordedIssue

    @property
    def place(self) -> int:
        return self.issue.number


def _issue_entries(
    newsletter: NewsletterSpec,
    site_url: str,
    first_url: str,
    load_issue: LoadIssue,
    issues: Sequence[_Numbered],
) -> tuple[Entry, ...]:
    return tuple(
        _issue_entry(newsletter, site_url, first_url, load_issue, one.issue) for one in issues
    )


def _issue_entry(
    newsletter: NewsletterSpec,
    site_url: str,
    first_url: str,
    load_issue: LoadIssue,
    recorded: RecordedIssue,
) -> Entry:
    """An issue as an entry of its newsletter's feed: its id is made as those of articles are."""
    digest = load_issue(newsletter.name, recorded.number).digest
    place = f"{newsletter.name}/{recorded.number}"
    host = urlsplit(first_url).hostname or "localhost"
    return Entry(
        id=f"tag:{host},{recorded.slot.year}:newsletters/{place}",
        url=f"{site_url}newsletters/{place}/",
        title=digest.subject,
        summary=digest.preheader,
        published=recorded.slot,
        updated=recorded.slot,
        body_key=f"{ISSUE}{place}",
        authors=(Author(name=newsletter.title),),
        language=newsletter.language,
        place=recorded.number,
    )
