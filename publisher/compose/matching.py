"""PURE. Which of our articles is which entry of a feed that another tool made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from publisher.model import Article
from publisher.values import dataclass

_SUFFIX = re.compile(r"(?:/index)?\.(?:html?|php|aspx?)\Z|/index\Z", re.IGNORECASE)
T = TypeVar("T")
Key = tuple[object, ...] | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEntry:
    """An entry of another tool's feed: what identifies it to feed readers, and to us."""

    id: str
    url: str
    title: str
    day: date | None


def match_entries(
    entries: Sequence[ForeignEntry], articles: Sequence[Article]
) -> dict[str, Article]:
    """Each entry's article, by the entry's id: one that no other entry could mean as well.

    Looked for by the whole address, by its path (another host or scheme, a suffix more
    or less), by the last part of it and the day, by title and day, by title alone.
    """
    found: dict[str, Article] = {}
    for entry_key, article_key in _WAYS:
        taken = {article.id for article in found.values()}
        left = [e for e in entries if e.id not in found]
        ours = _by_key((a for a in articles if a.id not in taken), article_key)
        theirs = _by_key(left, entry_key)
        for key, some in theirs.items():
            matches = ours.get(key, [])
            if len(some) == 1 and len(matches) == 1:
                found[some[0].id] = matches[0]
    return found


def _by_key(values: Iterable[T], keys: Callable[[T], Key]) -> dict[Key, list[T]]:
    groups: dict[Key, list[T]] = defaultdict(list)
    for value in values:
        key = keys(value)
        if key is not None:
            groups[key].append(value)
    return groups


def _path(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = _SUFFIX.sub("", unquote(parts.path).rstrip("/")).rstrip("/").casefold()
    return path or None


def _last(url: str) -> str | None:
    path = _path(url)
    return path.rpartition("/")[2] if path else None


def _title(text: str) -> str | None:
    return " ".join(text.split()).casefold() or None


def _with_day(key: str | None, day: date | None) -> Key:
    return (key, day) if key and day else None


def _day(article: Article) -> date | None:
    return article.published.date() if article.published else None


_WAYS: tuple[tuple[Callable[[ForeignEntry], Key], Callable[[Article], Key]], ...] = (
    (lambda e: e.url or None, lambda a: a.url),
    (lambda e: _path(e.url), lambda a: _path(a.url)),
    (lambda e: _with_day(_last(e.url), e.day), lambda a: _with_day(_last(a.url), _day(a))),
    (lambda e: _with_day(_last(e.url), e.day), lambda a: _with_day(a.document.slug, _day(a))),
    (
        lambda e: _with_day(_title(e.title), e.day),
        lambda a: _with_day(_title(a.document.title), _day(a)),
    ),
    (lambda e: _last(e.url), lambda a: a.document.slug.casefold()),
    (lambda e: _title(e.title), lambda a: _title(a.document.title)),
)
