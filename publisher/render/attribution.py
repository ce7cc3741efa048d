"""PURE. Whose an article of somebody else is, as pages and mails say it."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from publisher.links.promises import is_honest
from publisher.model import Author, Entry
from publisher.patterns import pattern
from publisher.render.words import Words
from publisher.values import dataclass

LONGEST = 60
"""Characters of a feed's title that are shown with each of its articles."""

_JOINERS = "\u200c\u200d"
"""What is not seen, and yet part of words and pictures."""

_WITHOUT_JOINERS = dict.fromkeys(map(ord, _JOINERS))

_ADDRESS = pattern(r"https?://\S*", re.IGNORECASE)
_SEEN = frozenset("LNPS")
"""Kinds of characters of which something is seen: letters, numbers, signs."""
_NOT_TEXT = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A feed of somebody else by its `name`; `url` is its home page, "" where none is to be linked.

    `authors` are those of the article, without one who is called as the feed is.
    """

    name: str
    url: str
    authors: tuple[Author, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Our words around the name of a feed; `opening` are those before it where they come first."""

    before: str
    opening: str
    after: str


def find_attribution(entry: Entry) -> Attribution | None:
    """Whose an article is; None for our own, and for one whose feed has nothing to be named by."""
    feed = entry.foreign
    if feed is None:
        return None
    title = " ".join("".join(filter(_is_said, feed.title)).split())
    if _ADDRESS.fullmatch(title) or not any(unicodedata.category(c)[0] in _SEEN for c in title):
        hosts = map(_host, (feed.url, feed.feed_url, title, entry.url))
        title = next(filter(None, hosts), "")
    if not title:
        return None
    alike = [author.name.casefold() for author in entry.authors] == [title.casefold()]
    return Attribution(
        name=title,
        url=feed.url if is_honest(feed.url, title.translate(_WITHOUT_JOINERS)) else "",
        authors=() if alike else entry.authors,
    )


def words_around(words: Words) -> Around:
    """How a language says whose an article is."""
    before, _, after = words.gettext("from %(feed)s", feed="\0").partition("\0")
    return Around(before=before, opening=before[:1].upper() + before[1:], after=after)


def _is_said(character: str) -> bool:
    """Whether a character is text: no control, nor what turns the direction of what follows.

    (Isolated, a name needs none of these; one left open would turn our own words.)
    """
    return (
        character.isspace()
        or character in _JOINERS
        or unicodedata.category(character) not in _NOT_TEXT
    )


def _host(url: str) -> str:
    """The host of an address as people know it, "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
