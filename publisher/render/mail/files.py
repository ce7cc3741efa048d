"""PURE. The files that come with an article as links of a mail: to listen, to watch, to open."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from babel.units import format_unit

from publisher.links.promises import is_fit_for_mail
from publisher.model import Enclosure, Entry, main_enclosure
from publisher.render.mail.addresses import mail_url
from publisher.render.mail.players import Phrase, player_words
from publisher.render.mail.text import plain, shorten
from publisher.render.words import Words
from publisher.values import dataclass

MOST_FILES = 10
"""Files of an article in a mail; its page has all of them."""

_LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFile:
    """A file: the words around its name, and how long and how large it is, where that is known."""

    before: str
    name: str
    after: str
    url: str
    about: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words and the name."""
        return self.before + self.name + self.after


def make_files(entry: Entry, *, words: Words, page: str) -> tuple[RowFile, ...]:
    """The files of an entry. What a mail should not link to leads to the article's `page`."""
    if not entry.enclosures:
        return ()
    main = main_enclosure(entry.enclosures)
    episode = entry.episode.duration if entry.episode is not None else 0
    return tuple(
        _make_file(one, one.duration or (episode if one is main else 0), words=words, page=page)
        for one in entry.enclosures[:MOST_FILES]
    )


def _make_file(one: Enclosure, seconds: int, *, words: Words, page: str) -> RowFile:
    url = mail_url(one.url)
    name = shorten(plain(one.title) or _file_name(one.url), _LONGEST)
    phrase = _phrase(one.media_type, words)
    about = (_playing_time(seconds, words), _size(one.length, words))
    return RowFile(
        before=phrase.before,
        name=name,
        after=phrase.after,
        url=url if url is not None and is_fit_for_mail(url, phrase.of(name)) else page,
        about=tuple(filter(None, about)),
    )


def _phrase(media_type: str, words: Words) -> Phrase:
    said = player_words(words)
    if media_type.startswith("audio/"):
        return said.listen
    if media_type.startswith("video/"):
        return said.watch
    return Phrase(before=words.gettext("Attached:") + words.gap)


def _file_name(url: str) -> str:
    parts = urlsplit(url)
    return plain(unquote(parts.path.rpartition("/")[2])) or parts.netloc


def _playing_time(seconds: int, words: Words) -> str:
    """In minutes, as long as it may be: what readers plan with."""
    if not seconds:
        return ""
    unit, value = ("minute", round(seconds / 60)) if seconds >= 60 else ("second", seconds)
    return format_unit(value, f"duration-{unit}", length="short", locale=words.locale)


def _size(length: int, words: Words) -> str:
    """In units of 1000, to two places."""
    if not length:
        return ""
    unit, of_it = ("kilobyte", 1000) if length < 1_000_000 else ("megabyte", 1_000_000)
    value = length / of_it
    shown = round(value, 1) if value < 10 else round(value)
    return format_unit(shown, f"digital-{unit}", length="short", locale=words.locale)
