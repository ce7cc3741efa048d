"""PURE. What only shows between articles: one id or one address for two of them.

Drafts and scheduled articles clash with nobody until they are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from publisher.addresses import RESERVED, address_path, folders_of, is_hidden
from publisher.errors import ArticleError, Location
from publisher.model import Article, State

Key = tuple[str, str]
_SHOWN = (State.LISTED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A file that is refused for what only shows between articles."""

    source: str
    file: str
    problem: ArticleError


def find_clashes(articles: Sequence[Article], reserved: tuple[str, ...] = ()) -> list[Clash]:
    """Every file whose article cannot stand beside the others, each once.

    `reserved` are beginnings of paths that the site's own feeds take beside RESERVED.
    """
    found: dict[Key, ArticleError] = {}
    for article, message, mend in _findings(articles, reserved):
        where = Location(file=article.document.file, line=_line(article))
        found.setdefault(_key(article), ArticleError(message, where=where, mend=mend))
    return [Clash(source=s, file=f, problem=problem) for (s, f), problem in found.items()]


def without_doubles(articles: Iterable[Article]) -> list[Article]:
    """Of articles that all claim one id or address, the one with the lowest id keeps it."""
    ordered = sorted(articles, key=lambda a: (a.id, a.document.file))
    marks = [mark for a in ordered if a.state in _SHOWN for mark in (a.id, *_places(a))]
    if len(set(marks)) == len(marks):  # as it nearly always is
        return ordered
    seen: set[str] = set()
    kept = []
    for article in ordered:
        own = {article.id, *_places(article)} if article.state in _SHOWN else set()
        if seen.isdisjoint(own):
            kept.append(article)
        seen |= own
    return kept


def takes_own_place(article: Article, reserved: tuple[str, ...] = ()) -> bool:
    """Whether the page of an article would lie where the site itself writes."""
    document = article.document
    return not document.canonical and address_path(document.address).startswith(RESERVED + reserved)


def _findings(
    articles: Sequence[Article], reserved: tuple[str, ...]
) -> Iterator[tuple[Article, str, str]]:
    ours = RESERVED + reserved
    shown: list[tuple[str, Article]] = []
    placed: list[tuple[str, Article]] = []
    paged: dict[str, Article] = {}
    for article in articles:
        document = article.document
        is_shown = article.state in _SHOWN
        if is_shown:
            shown.append((article.id, article))
        if document.canonical:
            if is_shown:
                placed += [(place, article) for place in _places(article)]
            continue
        place = address_path(document.address)
        if is_shown:
            placed.append((place, article))
            paged[place] = article
        if place.startswith(ours):
            yield article, f"the address /{document.address} is the site's own", _OTHER_ADDRESS
        elif is_hidden(place):
            yield article, f"the address /{document.address} is hidden", _OTHER_ADDRESS
    for group in _groups(shown):
        for article in group:
            yield article, f"{_names(group)} have the same id: {article.id}", _OTHER_ID
    for group in _groups(placed):
        for article in group:
            yield (
                article,
                f"{_names(group)} have the same address: {_place(article)}",
                _OTHER_ADDRESS,
            )
    for pair in _stacked(paged):
        for article in pair:
            message = f"the address of one of {_names(pair)} lies inside the other's file"
            yield article, message, _OTHER_ADDRESS


_OTHER_ADDRESS = "give it another `slug:` or `url:`"
_OTHER_ID = "give one of them another `id:`"


def _place(article: Article) -> str:
    return article.url if article.document.canonical else address_path(article.document.address)


def _places(article: Article) -> tuple[str, ...]:
    """What no other may have; articles of others may lead to one page, where nothing of ours is."""
    is_elsewhere = article.document.foreign is not None and article.document.canonical
    return () if is_elsewhere else (_place(article),)


def _stacked(files: Mapping[str, Article]) -> Iterator[tuple[Article, Article]]:
    """Pairs of which one is a file where the other needs a folder."""
    if files.keys().isdisjoint(folders_of(files)):
        return
    for path, article in files.items():
        folder = path.rpartition("/")[0]
        while folder:
            if folder in files:
                yield files[folder], article
            folder = folder.rpartition("/")[0]


def _groups(valued: Sequence[tuple[str, Article]]) -> list[list[Article]]:
    """Those that have a value in common."""
    if len({value for value, _ in valued}) == len(valued):
        return []
    groups: dict[str, list[Article]] = defaultdict(list)
    for value, article in valued:
        groups[value].append(article)
    return [group for group in groups.values() if len(group) > 1]


def _names(articles: Iterable[Article]) -> str:
    return " and ".join(a.document.file for a in articles)


def _line(article: Article) -> int:
    """The line that a person would change: of the address, the slug or the title."""
    origins = article.document.origins
    for name in ("url", "slug", "title"):
        _, _, line = origins.get(name, "").partition("field:")
        if line.isdecimal():
            return int(line)
    return 1


def _key(article: Article) -> Key:
    return article.document.source, article.document.file
