"""PURE. What only shows between articles: one id or one address for two of them.

Drafts and scheduled articles clash with nobody until they are shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from publisher.addresses import RESERVED, address_path, folders_of, is_hidden
from publisher.errors import ArticleError, Location
from publisher.model import Article, State
from publisher.values import dataclass

Key = tuple[str, str]
_SHOWN = (State.LISTED, State.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A file that is refused for what only shows between articles."""

    source: str
    file: str
    problem: ArticleError


def are_apart(articles: Iterable[Article], reserved: tuple[str, ...] = ()) -> bool:
    """Whether nothing clashes and there are no doubles: then the others need not be asked.

    So it is in nearly every run, and to see it takes a fifth of their time.
    """
    ours = RESERVED + reserved
    marks: list[str] = []
    pages: list[str] = []
    for article in articles:
        document = article.document
        is_shown = article.state in _SHOWN
        if is_shown:
            marks.append(article.id)
        if document.canonical:
            marks += _places(article) if is_shown else ()
            continue
        place = address_path(document.address)
        if place.startswith(ours) or is_hidden(place):
            return False
        if is_shown:
            marks.append(place)
            pages.append(place)
    return len(set(marks)) == len(marks) and folders_of(pages).isdisjoint(pages)


def in_order(articles: Iterable[Article]) -> list[Article]:
    """By id, and those of one id by file."""
    return sorted(articles, key=lambda a: (a.id, a.document.file))


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
    seen: set[str] = set()
    kept = []
    for article in in_order(articles):
        marks = {article.id, *_places(article)} if article.state in _SHOWN else set()
        if seen.isdisjoint(marks):
            kept.append(article)
        seen |= marks
    return kept


def takes_own_place(article: Article, reserved: tuple[str, ...] = ()) -> bool:
    """Whether the page of an article would lie where the site itself writes."""
    document = article.document
    return not document.canonical and address_path(document.address).startswith(RESERVED + reserved)


def _findings(
    articles: Sequence[Article], reserved: tuple[str, ...]
) -> Iterator[tuple[Article, str, str]]:
    shown = [a for a in articles if a.state in _SHOWN]
    paged = [a for a in shown if not a.document.canonical]
    for article in articles:
        document = article.document
        place = address_path(document.address)
        if takes_own_place(article, reserved):
            yield article, f"the address /{document.address} is the site's own", _OTHER_ADDRESS
        elif not document.canonical and is_hidden(place):
            yield article, f"the address /{document.address} is hidden", _OTHER_ADDRESS
    for group in _groups(shown, lambda a: a.id):
        for article in group:
            yield article, f"{_names(group)} have the same id: {article.id}", _OTHER_ID
    placed = [a for a in shown if _places(a)]
    for group in _groups(placed, _place):
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


def _stacked(articles: Sequence[Article]) -> Iterator[tuple[Article, Article]]:
    """Pairs of which one is a file where the other needs a folder."""
    files = {_place(article): article for article in articles}
    for path, article in files.items():
        folder = path.rpartition("/")[0]
        while folder:
            if folder in files:
                yield files[folder], article
            folder = folder.rpartition("/")[0]


def _groups(articles: Sequence[Article], value: Callable[[Article], str]) -> list[list[Article]]:
    groups: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        groups[value(article)].append(article)
    return [group for group in groups.values() if len(group) > 1]


def _names(articles: Iterable[Article]) -> str:
    """Their files, with their sources where those of several have one name."""
    documents = [a.document for a in articles]
    if len({document.file for document in documents}) == len(documents):
        return " and ".join(document.file for document in documents)
    return " and ".join(
        f"{document.file} of the source {document.source}" for document in documents
    )


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
