"""PURE. A catalogue of our words, the bytes of a .po file, as gettext asks it.

Babel reads .po files too, with a parser for mail, and takes a tenth of a short run for it. Ours
have no contexts, and nothing in them is fuzzy or obsolete; tests hold each against Babel.
"""

from __future__ import annotations

import gettext
import io
import json
import struct
from collections.abc import Iterator

from publisher.patterns import pattern

_KEYWORD = pattern(r"(?:msgid |msgid_plural |msgstr(?:\[\d\])? )?")
_MO = 0x950412DE
"""How a compiled catalogue begins (GNU gettext manual, "The Format of GNU MO Files")."""


def read_catalogue(data: bytes) -> gettext.GNUTranslations:
    """The translations. Raises ValueError for a line that is none of a catalogue."""
    entries = [(ids, texts) for ids, texts in _entries(data.decode("utf-8")) if all(texts)]
    return gettext.GNUTranslations(io.BytesIO(_compiled(entries)))


def _entries(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Each message, in one form or two, with its translation in one form or several."""
    ids: list[str] = []
    texts: list[str] = []
    current = ids
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        keyword, _, quoted = line.partition('"')
        if not (quoted.endswith('"') and _KEYWORD.fullmatch(keyword)):
            raise ValueError(f"no line of a catalogue: {line}")
        if keyword == "msgid " and texts:
            yield ids, texts
            ids, texts = [], []
        if keyword:
            current = texts if keyword.startswith("msgstr") else ids
            current.append("")
        # the escapes of JSON are those of C, as far as we use them
        current[-1] += json.loads(f'"{quoted}') if "\\" in quoted else quoted[:-1]
    if texts:
        yield ids, texts


def _compiled(entries: list[tuple[list[str], list[str]]]) -> bytes:
    """The same as the library reads it: two tables of lengths and places, then the strings."""
    strings = [
        "\0".join(parts).encode("utf-8") for part in zip(*entries, strict=True) for parts in part
    ]
    count = len(entries)
    place = 28 + 8 * len(strings)
    tables = []
    for string in strings:
        tables += [len(string), place]
        place += len(string) + 1
    head = struct.pack("<7I", _MO, 0, count, 28, 28 + 8 * count, 0, 28)
    return head + struct.pack(f"<{len(tables)}I", *tables) + b"\0".join(strings) + b"\0"
