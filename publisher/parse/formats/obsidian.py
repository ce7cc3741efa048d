"""PURE. The Markdown of an Obsidian vault -> Markdown: links and pictures by the names of notes,
comments, tags in the text, marks of blocks. Code stays as it is.

A name stands for a file anywhere in the vault; `ANYWHERE` before it says so to who looks it up.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from publisher.parse.clean.references import ANYWHERE
from publisher.values import dataclass

_PIECE = re.compile(
    r"(?P<code>^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`++)[^\n]{0,2000}?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<comment>%%.*?%%)"
    r"|(?P<embed>!?)\[\[(?P<target>[^\[\]|#\n]*)(?:#(?P<part>[^\[\]|\n]*))?"
    r"(?:\|(?P<label>[^\[\]\n]*))?\]\]"
    r"|(?P<block>[ \t]\^[A-Za-z0-9-]+$)"
    r"|(?:(?<=\s)|(?<=\A))#(?P<tag>[\w/-]*[^\W\d][\w/-]*)",
    re.MULTILINE | re.DOTALL,
)
_SIZE = re.compile(r"(?P<width>\d{1,5})(?:x\d{1,5})?\Z")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|svg|bmp)\Z", re.IGNORECASE)
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_NO_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultText:
    """Markdown that every tool reads, and the tags that stand in it."""

    text: str
    tags: tuple[str, ...]


def turn_vault(text: str) -> VaultText:
    """Turn what only Obsidian reads."""
    tags: dict[str, None] = {}

    def turned(found: re.Match[str]) -> str:
        if found["code"]:
            return found[0]
        if found["tag"]:
            tags[found["tag"].strip("/")] = None
            return found[0]
        return _linked(found) if found["target"] is not None else ""

    return VaultText(text=_PIECE.sub(turned, text), tags=tuple(tags))


def _linked(found: re.Match[str]) -> str:
    target, part, label = found["target"].strip(), found["part"] or "", found["label"] or ""
    size = _SIZE.match(label.strip())
    if found["embed"] and _PICTURE.search(target):
        alt = "" if size else label or target.rpartition("/")[2]
        width = f' width="{size["width"]}"' if size else ""
        return f'<img src="{ANYWHERE}{escape(quote(target))}" alt="{escape(alt)}"{width}>'
    shown = label or " > ".join(piece for piece in (target, part.lstrip("^")) if piece)
    shown = re.sub(r"([\\\[\]*_`<>])", r"\\\1", shown)
    anchor = "" if part.startswith("^") else _anchor(part.rpartition("#")[2])
    file = target if _FILE.search(target) else f"{target}.md"
    place = f"{ANYWHERE}{quote(file)}" if target else ""
    return f"[{shown}](<{place}{'#' if anchor else ''}{anchor}>)" if place or anchor else shown


def _anchor(heading: str) -> str:
    """The id that a heading gets when it is rendered."""
    return _NO_ANCHOR.sub("", heading.strip().lower()).replace(" ", "-")
