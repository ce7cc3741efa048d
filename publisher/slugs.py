"""GROUND. The part of an address that is made from a name or title.

Latin letters lose their marks (é, ß, ø become e, ss, o), other scripts stay as they
are, since a made-up romanisation can be read by nobody; all else becomes a hyphen.
A slug is never empty, never `..`, and has at most 100 characters and 180 bytes (a
file name on disk may have 255); what is cut ends in six digits of a hash, so that
two long names stay two addresses.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from publisher.patterns import pattern

MAX_SLUG = 100
MAX_SLUG_BYTES = 180

_PLAIN_SLUG = pattern(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "ng",
        "ı": "i",
        "’": "",
        "'": "",
    }
)


def make_slug(text: str, *, nameless: str = "article") -> str:
    """The part of an address that is made from a name or title.

    A text without a letter or digit gives `nameless` and a hash of the text.
    """
    if len(text) <= MAX_SLUG and _PLAIN_SLUG.match(text):
        return text
    folded = unicodedata.normalize("NFC", text.lower().translate(_LETTERS))
    slug = "".join(_slug_letter(letter) for letter in folded)
    slug = re.sub(r"\.{2,}", ".", re.sub(r"[-._]*-[-._]*", "-", slug)).strip("-._")
    if not slug:
        return f"{nameless}-{_short_hash(text)}"
    if len(slug) > MAX_SLUG or len(slug.encode()) > MAX_SLUG_BYTES:
        return _cut(slug, text)
    return slug


def _slug_letter(letter: str) -> str:
    """A letter as it stands in a slug: plain Latin, another script's own, or a hyphen."""
    if letter.isascii():
        return letter if letter.isalnum() or letter in "._" else "-"
    plain = unicodedata.normalize("NFKD", letter)
    if plain[0].isascii():
        return "".join(c for c in plain.lower() if c.isascii() and c.isalnum())
    return letter if unicodedata.category(letter)[0] in "LMN" else "-"


def _cut(slug: str, text: str) -> str:
    """A slug cut at a hyphen where there is one, and marked by a hash of the whole."""
    room = MAX_SLUG - 7
    short = slug[:room]
    while len(short.encode()) > MAX_SLUG_BYTES - 7:
        short = short[:-1]
    head = short.rpartition("-")[0]
    return f"{(head if len(head) > room // 2 else short).rstrip('-._')}-{_short_hash(text)}"


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
