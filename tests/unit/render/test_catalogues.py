"""Our catalogues say what Babel reads in them."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from publisher.render.catalogues import Catalogue

FILES = sorted(Path(__file__).resolve().parents[3].joinpath("publisher", "locales").glob("*.po"))

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'


def by_babel(data: bytes) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(data), abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_says_what_babel_reads(file: Path) -> None:
    data = file.read_bytes()
    ours, theirs = Catalogue(data), by_babel(data)
    assert f"plural={ours.plural_rule};" == theirs.info()["plural-forms"].partition("; ")[2]
    for message in read_po(io.BytesIO(data)):
        if isinstance(message.id, tuple):
            for n in (0, 1, 2, 3, 5, 11, 21, 22, 100, 103, 1_000_000):
                assert ours.ngettext(*message.id, n) == theirs.ngettext(*message.id, n)
        elif message.id:
            assert ours.gettext(message.id) == theirs.gettext(message.id)


def test_escapes_and_lines_are_joined() -> None:
    text = HEAD + '\nmsgid "a \\"b\\"\\n"\n"c"\nmsgstr ""\n"ä\\\\"\n"\\tö"\n'
    assert Catalogue(text.encode()).gettext('a "b"\nc') == "ä\\\tö"


def test_a_message_with_a_plural_and_one_without_are_asked_both_ways() -> None:
    """A site's own templates ask as they like."""
    text = (
        HEAD + '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '\nmsgid "boat"\nmsgid_plural "boats"\nmsgstr[0] "Boot"\nmsgstr[1] "Boote"\n'
        '\nmsgid "sea"\nmsgstr "Meer"\n'
    )
    ours, theirs = Catalogue(text.encode()), by_babel(text.encode())
    for n in (0, 1, 2):
        assert ours.ngettext("boat", "boats", n) == theirs.ngettext("boat", "boats", n)
        assert ours.ngettext("sea", "seas", n) == theirs.ngettext("sea", "seas", n)
    arabic = next(file for file in FILES if file.stem == "ar").read_bytes()
    for message in read_po(io.BytesIO(arabic)):
        one = message.id[0] if isinstance(message.id, tuple) else message.id
        if one:
            assert Catalogue(arabic).gettext(one) == by_babel(arabic).gettext(one)


def test_what_is_not_translated_stays() -> None:
    text = HEAD + '\nmsgid "one"\nmsgstr ""\n\nmsgid "two"\nmsgstr "zwei"\n'
    words = Catalogue(text.encode())
    assert (words.gettext("one"), words.gettext("two")) == ("one", "zwei")


def test_a_line_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="msgctxt"):
        Catalogue((HEAD + '\nmsgctxt "x"\nmsgid "one"\nmsgstr "eins"\n').encode()).gettext("one")
