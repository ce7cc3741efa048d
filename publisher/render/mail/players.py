"""PURE. Films and recordings in a text: no mail plays them, so each becomes a link with words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from publisher.render.mail.addresses import mail_url
from publisher.render.mail.text import plain
from publisher.values import dataclass

PLAYERS = frozenset(("audio", "video"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerWords:
    """What players are called in the language of a mail."""

    audio: str = "Audio"
    video: str = "Video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """A player as a link. `name` is its title, else "Video" with the host that it is on."""

    name: str
    url: str


def read_player(element: Any, words: PlayerWords, web_url: str) -> Player:
    """An element `audio` or `video`: its file, or `web_url` where mail has no link for that."""
    kind = words.audio if element.tag == "audio" else words.video
    sources = (element, *element.iterchildren("source"))
    found = (mail_url(source.get("src", "")) for source in sources)
    url = next((url for url in found if url and url.startswith("https:")), web_url)
    title = plain(element.get("title", ""))
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Player(name=f"{kind}: {title}" if title else f"{kind} ({host})", url=url)
