"""PURE. What the pages and mails of one run are drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from publisher.config import NewsletterSpec, SiteSpec
from publisher.feeds import Feed
from publisher.model import Asset, Entry, LoadBody, LoadIssue, RecordedIssue, Redirect, Tombstone
from publisher.render.words import Words
from publisher.renditions import Gallery, Logo
from publisher.shown import Entries
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """A site at one instant.

    `entries` are those of the index and the main feed's order, newest first, `marks` the
    fingerprints of all there are, by id;
    `aged` have a page still but are listed nowhere (expired), `withdrawn` only a page that
    says so; `redirects` lead on from old addresses. `feeds` are all there are, those configured
    first. `words` gives our own in a language (None: the site's). `issues` are the
    frozen issues of each newsletter, oldest first. `logo` and `image` are the
    site's own pictures, copied to the output; `gallery` holds those of articles. Bodies
    and issues are fetched only when something is drawn. `sign_up` is the address of the page to
    subscribe by mail; only where the configuration says that it is served beside the
    other pages (`sign_up_form`), have these forms that lead there.

    Where only the words of some articles were `revised` (ids), `entries` are `Entries`, and what
    shows none of these articles need not be looked at.
    """

    site: SiteSpec
    feeds: tuple[Feed, ...]
    newsletters: tuple[NewsletterSpec, ...]
    entries: Sequence[Entry]
    marks: Mapping[str, str]
    aged: tuple[Entry, ...]
    withdrawn: tuple[Tombstone, ...]
    issues: Mapping[str, tuple[RecordedIssue, ...]]
    logo: Logo | None
    image: Asset | None
    words: Callable[[str | None], Words]
    gallery: Gallery
    load_body: LoadBody
    load_issue: LoadIssue
    redirects: tuple[Redirect, ...] = ()
    sign_up: str = ""
    sign_up_form: bool = False
    revised: frozenset[str] | None = None

    def concerns(self, entries: Sequence[Entry]) -> bool:
        """Whether what shows these may be otherwise than it was."""
        if self.revised is None:
            return True
        ids = entries.ids if isinstance(entries, Entries) else [entry.id for entry in entries]
        return not self.revised.isdisjoint(ids)

    def places(self) -> Sequence[int]:
        """Where those of `entries` are whose pages may be otherwise than they were: the revised
        ones, and those beside them."""
        if self.revised is None or not isinstance(self.entries, Entries):
            return range(len(self.entries))
        revised = [place for place, id_ in enumerate(self.entries.ids) if id_ in self.revised]
        beside = {place + step for place in revised for step in (-1, 0, 1)}
        return sorted(beside.intersection(range(len(self.entries))))
