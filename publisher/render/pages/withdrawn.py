"""PURE. The page that says of an article that it was taken back, at the address that it had."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from zoneinfo import ZoneInfo

from publisher.model import Artifact, Tombstone
from publisher.render.pages.press import Draw, Head, Page, Press
from publisher.render.view import SiteView


def withdrawn_artifacts(press: Press, view: SiteView, taken: Collection[str]) -> Iterable[Artifact]:
    """A page for each article that was withdrawn, unless its place is wanted for something else.

    `taken` are the paths of all other files. No word of the article is left; search
    engines are asked to forget the address.
    """
    if not view.withdrawn:
        return
    files = set(taken)
    folders = {folder for path in taken for folder in _folders(path)}
    for tombstone in view.withdrawn:
        path = tombstone.path
        if path and path not in files | folders and files.isdisjoint(_folders(path)):
            files.add(path)
            folders.update(_folders(path))
            yield press.page(
                path,
                "web/withdrawn.html",
                shows=(tombstone.when, view.site.timezone),
                draw=_draw(tombstone, view.site.timezone or "UTC"),
            )


def _draw(tombstone: Tombstone, zone: str) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        when = tombstone.when.astimezone(ZoneInfo(zone))
        head = Head(
            title=page.words.gettext("This article was withdrawn"),
            canonical=page.url,
            hidden=True,
        )
        return head, {"date": page.time(when, page.words.long_date(when))}

    return draw


def _folders(path: str) -> Iterable[str]:
    """The folders that a file lies in."""
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))
