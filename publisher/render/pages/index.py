"""PURE. The front page and the pages of older articles behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.config import NewsletterSpec
from publisher.model import Artifact, Entry
from publisher.render.pages.chrome import archive_path
from publisher.render.pages.newsletters import how_often
from publisher.render.pages.paging import Leaf, leaves
from publisher.render.pages.press import Card, Draw, Head, Page, Press, on_card
from publisher.render.view import SiteView

LONG = 10
"""From so many entries on a list is grouped by month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries under one heading, which is "" for a list that is short."""

    heading: str
    cards: tuple[Card, ...]


def index_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """index.html and page/N/index.html. A page's fingerprint holds the entries that it lists."""
    newsletters = [(one.name, one.title, one.schedule) for one in view.newsletters]
    for leaf in leaves(view.entries, ""):
        yield press.page(
            leaf.path,
            "web/index.html",
            shows=(
                (leaf.number, leaf.newer, leaf.older),
                [on_card(entry) for entry in leaf.items],
                view.site.description,
                newsletters,
            ),
            draw=_draw(leaf, view),
        )


def _draw(leaf: Leaf[Entry], view: SiteView) -> Draw:
    site = view.site

    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        title = (
            words.gettext("%(site)s, page %(number)s", site=site.title, number=str(leaf.number))
            if leaf.number
            else site.title
        )
        lead = leaf.items[:1] if not leaf.number else ()
        rest = leaf.items[len(lead) :]
        head = page.site_head(
            title, description=site.description, previous=leaf.newer, following=leaf.older
        )
        return head, {
            "description": site.description,
            "number": leaf.number,
            "newest": words.long_date(leaf.items[0].published) if leaf.items else "",
            "lead": page.card(lead[0], whole_summary=True) if lead else None,
            "groups": _groups(page, rest),
            "newsletters": [_shown(page, newsletter) for newsletter in view.newsletters],
        }

    return draw


def _groups(page: Page, entries: Sequence[Entry]) -> tuple[Group, ...]:
    if len(entries) < LONG:
        return (_group(page, "", entries),) if entries else ()
    return tuple(
        _group(page, page.words.month(some[0].published), some) for some in _by_month(entries)
    )


def _group(page: Page, heading: str, entries: Sequence[Entry]) -> Group:
    return Group(heading=heading, cards=tuple(page.card(entry) for entry in entries))


def _by_month(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries, newest first, by their local month.

    Entries of several zones are not in the order of their local dates: one whose
    month seems later than that of its group stays in it.
    """
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and _month(entry) >= _month(groups[-1][0]):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _month(entry: Entry) -> tuple[int, int]:
    return entry.published.year, entry.published.month


def _shown(page: Page, newsletter: NewsletterSpec) -> dict[str, str]:
    return {
        "title": newsletter.title,
        "href": page.to(archive_path(newsletter)),
        "often": how_often(page.words, newsletter.schedule),
    }
