"""PURE. A catalogue of our words, the bytes of a .po file, as gettext asks it.

Babel reads .po files too, with a parser for mail, and takes a tenth of a short run for it. Ours
have no contexts, and nothing in them is fuzzy or obsolete; tests hold each against Babel.
"""

from __future__ import annotations

import gettext
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from publisher.patterns import pattern

_KEYWORD = pattern(r"(?:msgid |msgid_plural |msgstr(?:\[\d\])? )?")
_PLURAL = pattern(r"^Plural-Forms:.*\bplural=([^;\n]+)", re.MULTILINE)
_GERMANIC = "n != 1"
"""The rule of English, for a catalogue that names none."""


class Catalogue(gettext.NullTranslations):
    """Messages with their translations: one text, or for a message with a plural one for each
    class of numbers.

    Read when it is first asked for, for many are at hand and few are; who asks then gets a
    ValueError for a line that is none of a catalogue.
    """

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def gettext(self, message: str) -> str:
        """The translation of a message, that for one where it has a plural; itself without any."""
        texts, plurals = self._translations
        found = texts.get(message)
        if found is None and message in plurals:
            return plurals[message][self._class_of(1)]
        return message if found is None else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation for a number, by the language's own rule."""
        found = self._translations[1].get(msgid1)
        return found[self._class_of(n)] if found else super().ngettext(msgid1, msgid2, n)

    @cached_property
    def plural_rule(self) -> str:
        """How the class of a number `n` is told (GNU gettext manual, "Plural forms")."""
        told = _PLURAL.search(self._translations[0].get("", ""))
        return told[1].strip() if told else _GERMANIC

    @cached_property
    def _class_of(self) -> Callable[[int], int]:
        return gettext.c2py(self.plural_rule)

    @cached_property
    def _translations(self) -> tuple[Mapping[str, str], Mapping[str, list[str]]]:
        texts: dict[str, str] = {}
        plurals: dict[str, list[str]] = {}
        for ids, said in _entries(self._data.decode("utf-8")):
            if all(said):
                if len(ids) == 1:
                    texts[ids[0]] = said[0]
                else:
                    plurals[ids[0]] = said
        return texts, plurals


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
