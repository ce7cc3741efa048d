"""PURE. Films and recordings: no mail plays them, so each becomes a link that says what it does."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from publisher.render.mail.addresses import mail_url
from publisher.render.mail.text import plain
from publisher.render.words import Words
from publisher.values import dataclass

PLAYERS = frozenset(("audio", "video"))

_WATCHED = frozenset(
    ("dailymotion.com", "player.twitch.tv", "vimeo.com", "youtu.be", "youtube.com")
)
_HEARD = frozenset(("embed.podcasts.apple.com", "open.spotify.com", "w.soundcloud.com"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """The words around the name of a film or recording."""

    before: str
    after: str = ""

    def of(self, name: str) -> str:
        """The whole."""
        return self.before + name + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerWords:
    """How one language asks to listen and to watch."""

    listen: Phrase = Phrase(before="Listen: ")
    watch: Phrase = Phrase(before="Watch: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A player as a link: what to do, with its title or else the host that it is on."""

    text: str
    url: str


def player_words(words: Words) -> PlayerWords:
    """What a language says."""
    listen = words.gettext("Listen: %(name)s", name="\0")
    watch = words.gettext("Watch: %(name)s", name="\0")
    return PlayerWords(listen=_phrase(listen), watch=_phrase(watch))


def read_player(element: Any, words: PlayerWords, web_url: str) -> Player:
    """An element `audio` or `video`: its file, or `web_url` where mail has no link for that."""
    sources = (element, *element.iterchildren("source"))
    found = (mail_url(source.get("src", "")) for source in sources)
    url = next((url for url in found if url and url.startswith("https:")), web_url)
    phrase = words.listen if element.tag == "audio" else words.watch
    return Player(text=phrase.of(plain(element.get("title", "")) or _host(url)), url=url)


def embedded_words(url: str, words: PlayerWords) -> str:
    """What a link to a player in a frame says, by its host; "" where that is none we know."""
    host = _host(url)
    if host in _WATCHED:
        return words.watch.of(host)
    return words.listen.of(host) if host in _HEARD else ""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _phrase(said: str) -> Phrase:
    before, _, after = said.partition("\0")
    return Phrase(before=before, after=after)
