"""PURE. Rules about RSS, Atom and JSON of one feed: they say the same."""

from __future__ import annotations

from publisher.feedcheck.rule import TOGETHER, Rule, error

_SOURCE = "Our own rule: whichever format one reads, it is the same feed"


def _same(name: str, what: str) -> Rule:
    return error(
        name,
        TOGETHER,
        f"The formats of one feed {what}.",
        "Make all formats of a feed from the same values, in the same run.",
        _SOURCE,
    )


RULES: tuple[Rule, ...] = (
    _same("entries-differ", "hold the same entries in the same order, under the same ids"),
    _same("feed-title-differs", "have one title"),
    _same("home-differs", "link to one website"),
    _same("url-differs", "link an entry to the same page"),
    _same("title-differs", "give an entry the same title"),
    _same("content-differs", "give an entry the same body"),
    _same("summary-differs", "give an entry the same summary"),
    _same("published-differs", "date an entry the same"),
    _same("updated-differs", "(Atom and JSON) say the same of when an entry was changed"),
    _same("authors-differ", "name the same authors of an entry"),
    _same("tags-differ", "give an entry the same tags, in the same order"),
    _same("language-differs", "say the same of an entry's language"),
    _same("enclosures-differ", "have the same enclosures (RSS the first)"),
)
