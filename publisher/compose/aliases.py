"""PURE. Which old addresses lead on to articles, and which are taken by something else.

What is published has its address: an article, a notice, what the site itself writes. An old
address is only ever lent. Drafts and scheduled articles have none until they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field

from publisher.addresses import RESERVED, address_path, is_hidden
from publisher.compose.entries import page_path
from publisher.model import Article, Redirect, State, Tombstone
from publisher.patterns import pattern
from publisher.values import dataclass

_SHOWN = (State.LISTED, State.EXPIRED)
_OWN = (*RESERVED, "404.html")
"""What the site writes, and the page by which the server says that there is none."""

_TWIN = pattern(r"\.html\.(?:gz|br)(?:/|\Z)")
"""Where the compressed twin of a page would lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LostAlias:
    """An old address of an article that leads nowhere, and why."""

    source: str
    file: str
    message: str


@dataclass(slots=True)
class _Ground:
    """Who has which file, and which folders the files lie in."""

    files: dict[str, str] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)

    def take(self, path: str, holder: str) -> None:
        self.files.setdefault(path, holder)
        for folder in _folders(path):
            self.folders.setdefault(folder, holder)

    def holder(self, path: str) -> str:
        """Who has this file, or one that it would have to lie in, or in it; "" for nobody."""
        if path in self.files:
            return self.files[path]
        if path in self.folders:
            return self.folders[path]
        return next((self.files[one] for one in _folders(path) if one in self.files), "")


def find_redirects(
    articles: Sequence[Article],
    tombstones: Sequence[Tombstone] = (),
    reserved: tuple[str, ...] = (),
) -> tuple[tuple[Redirect, ...], tuple[LostAlias, ...]]:
    """The pages at old addresses, and the old addresses that are not to be had.

    `reserved` are beginnings of paths that the site's feeds take (publisher.addresses). Of two
    articles with one old address the older has it, by date and then by file. The old addresses of
    an article that was taken back lead to its notice, and give way to all others.
    """
    named = [a for a in articles if a.document.aliases]
    if not named:
        return (), ()
    ground = _Ground()
    for article in articles:
        path = page_path(article)
        if path and article.state in _SHOWN:
            ground.take(path, f"is the address of {article.document.file}")
    notices = {one.id: one.path for one in tombstones if one.path}
    for path in notices.values():
        ground.take(path, "is where a notice says that an article was taken back")
    redirects: list[Redirect] = []
    lost: list[LostAlias] = []
    for article in sorted((a for a in named if a.state in _SHOWN), key=_age):
        for alias, path in _paths(article):
            why = _taken(path, ground, reserved)
            if why:
                lost.append(_lost(article, alias, why))
                continue
            ground.take(path, f"is an old address of {article.document.file} too, which is older")
            redirects.append(_redirect(article, path))
    retracted = [a for a in named if a.state is State.RETRACTED and a.id in notices]
    for article in sorted(retracted, key=_age):
        for _, path in _paths(article):
            if not _taken(path, ground, reserved):
                ground.take(path, "")
                redirects.append(Redirect(path=path, to=notices[article.id]))
    return tuple(redirects), tuple(lost)


def _age(article: Article) -> tuple[float, str, str]:
    when = article.published.timestamp() if article.published is not None else 0.0
    return when, article.document.file, article.document.source


def _paths(article: Article) -> Iterator[tuple[str, str]]:
    return ((alias, address_path(alias)) for alias in article.document.aliases)


def _taken(path: str, ground: _Ground, reserved: tuple[str, ...]) -> str:
    """What else there is at a path, as the rest of a sentence; "" for nothing."""
    if path.startswith(_OWN + reserved) or _TWIN.search(path):
        return "is the site's own"
    if is_hidden(path):
        return "is hidden"
    return ground.holder(path)


def _redirect(article: Article, path: str) -> Redirect:
    document = article.document
    return Redirect(
        path=path,
        to=page_path(article),
        url=article.url,
        title=document.title,
        language=document.language,
    )


def _lost(article: Article, alias: str, why: str) -> LostAlias:
    document = article.document
    return LostAlias(
        source=document.source,
        file=document.file,
        message=f"the old address /{alias} {why}, so no page there leads on to this article",
    )


def _folders(path: str) -> Iterator[str]:
    """The folders that a file lies in."""
    place = path.rpartition("/")[0]
    while place:
        yield place
        place = place.rpartition("/")[0]
