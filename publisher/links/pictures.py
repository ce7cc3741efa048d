"""GROUND. The pictures that HTML shows: where they are, and how a mail names those inside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

from publisher.links.ascii import ascii_domain
from publisher.patterns import pattern

_PICTURE = pattern(r"""<img(?=[\s/])(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ATTRIBUTE = pattern(r"""([^\s=<>"'/]+)(\s*=\s*)("[^"]*"|'[^']*')""")


def content_id(hash_: str, sender: str) -> str:
    """The Content-ID of a part, without its brackets: a hash of its bytes at the sender's domain.

    In HTML it is named by `cid:` before it (RFC 2392 section 2): hash and domain have no character
    that would have to be escaped there.
    """
    return f"{hash_}@{ascii_domain(sender.rpartition('@')[2])}"


def picture_addresses(html: str) -> list[str]:
    """The addresses of the pictures that HTML shows by <img>, each once, in their order."""
    found: dict[str, None] = {}

    def look(address: str) -> str:
        found[address] = None
        return address

    with_picture_addresses(html, look)
    return list(found)


def with_picture_addresses(html: str, change: Callable[[str], str]) -> str:
    """The HTML with the address of each <img> changed; nothing else in it is another."""

    def attribute(found: re.Match[str]) -> str:
        name, between, value = found.groups()
        if name.lower() != "src":
            return found[0]
        address = unescape(value[1:-1])
        changed = change(address)
        return found[0] if changed == address else f'{name}{between}"{escape(changed)}"'

    return _PICTURE.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)
