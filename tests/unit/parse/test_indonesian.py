"""Headers in the words of an Indonesian newsroom, and texts that only begin like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.parse.document import Parsed
from tests.unit.parse.test_document import SITE, document, parsed, refusal

TEXT = """\
Jakarta - Pelabuhan dibuka lagi pada Sabtu setelah badai menutupnya selama sembilan hari.

Pelabuhan akan tetap buka, kata kepala kantor itu.
"""
HEADER = """\
Judul: Pelabuhan Dibuka Lagi
Tanggal: Kamis, 12 Maret 2026 10:30 WIB
Penulis: Siti Aminah
Editor: Budi
Kategori: Nusantara
Tag: laut, pelabuhan
Ringkasan: Pelabuhan buka lagi.

"""


def shown(found: Parsed) -> str:
    return found.document.title + found.document.summary + found.body_html


@pytest.mark.parametrize("file", ["kabar.txt", "kabar.md"])
@pytest.mark.parametrize("language", ["id", "en", None])
def test_its_lines_are_read_as_a_header(file: str, language: str | None) -> None:
    found = parsed(HEADER + TEXT, file, site=replace(SITE, language=language))
    told = found.document
    assert told.title == "Pelabuhan Dibuka Lagi"
    assert told.date is not None
    assert told.date.isoformat() == "2026-03-12T10:30:00+07:00"
    assert [author.name for author in told.authors] == ["Siti Aminah"]
    assert (told.categories, told.tags) == (("Nusantara",), ("laut", "pelabuhan"))
    assert told.summary == "Pelabuhan buka lagi."
    assert told.origins["title"] == "field:1"
    assert "Judul" not in found.body_html
    assert "Editor" not in found.body_html
    assert told.warnings == ()


def test_a_fence_may_be_around_it_with_keys_of_its_own() -> None:
    told = document(f"---\njudul: Kapal\ntanggal: 3/4/2026\nnaskah: 12\n---\n{TEXT}", "kabar.md")
    assert told.title == "Kapal"
    assert told.date is not None
    assert told.date.date().isoformat() == "2026-04-03"


def test_a_date_that_cannot_be_read_is_refused_at_its_line() -> None:
    error = refusal(f"Judul: Kapal\nTanggal: 12 Foo 2026\n\n{TEXT}", "kabar.txt")
    assert error.where is not None
    assert (error.where.line, error.message) == (2, "Tanggal '12 Foo 2026' can't be read")


def test_a_draft_stays_one() -> None:
    assert document(f"Judul: Kapal\nTanggal: 2026-03-12\nStatus: draf\n\n{TEXT}", "a.txt").draft


def test_in_a_header_of_other_words_they_are_the_authors_own() -> None:
    told = document(
        f"---\ntitle: T\ndate: 2026-03-12\npenulis: A\nkategori: B\n---\n{TEXT}", "a.md"
    )
    assert (told.authors, told.categories, told.tags) == ((), (), ())


def test_a_title_and_a_day_that_are_read_stay_what_they_are() -> None:
    told = document(f"---\ntitle: T\ntanggal: besok\npenulis: A\n---\n{TEXT}", "2026-03-12-a.md")
    assert (told.origins["published"], told.authors) == ("filename", ())


def test_a_day_that_nothing_else_tells_is_read_all_the_same() -> None:
    told = document(f"---\ntitle: T\ntanggal: 12 Maret 2026\npenulis: A\n---\n{TEXT}", "a.md")
    assert (told.origins["published"], told.authors) == ("field:3", ())
    error = refusal(f"---\ntitle: T\ntanggal: 12 Foo 2026\n---\n{TEXT}", "a.md")
    assert error.message == "tanggal '12 Foo 2026' can't be read"


def test_the_sources_own_names_come_first() -> None:
    told = document(
        f"---\njudul: Kapal\ntanggal: 2026-03-12\nnama: Perahu\n---\n{TEXT}",
        "a.md",
        map={"nama": "title"},
    )
    assert told.title == "Perahu"


@pytest.mark.parametrize(
    "beginning",
    [
        "Catatan: naskah ini disunting.\n\n",
        "Penulis: Siti Aminah\nEditor: Budi\n\n",
        "Tanggal: belum pasti\nLokasi: Jakarta\n\n",
    ],
)
def test_lines_that_tell_neither_title_nor_date_are_text(beginning: str) -> None:
    found = parsed(beginning + TEXT, "2026-03-12-kabar.txt")
    assert found.document.warnings == ()
    assert beginning.split("\n", maxsplit=1)[0] in shown(found)


@pytest.mark.parametrize(
    ("beginning", "keys"),
    [
        ("Judul: Laut Bercerita\nPenulis: Leila S. Chudori\nPenerbit: KPG\n\n", "Penerbit is"),
        ("Titel: Das Boot\nDatum: 12.3.2026\nAutor: Uwe\n\n", "Titel, Datum, Autor are"),
    ],
)
def test_what_may_be_a_header_is_text_and_told(beginning: str, keys: str) -> None:
    found = parsed(beginning + TEXT, "2026-03-12-kabar.txt")
    (warning,) = found.document.warnings
    assert warning.startswith("lines 1 to 3 look like a header and are shown as text")
    assert f"{keys} not known" in warning
    assert "`map:`" in warning
    assert beginning.split("\n", maxsplit=1)[0] in shown(found)


NEWS = f"Pelabuhan Dibuka Lagi\n\n{TEXT}\n"


def names(found: Parsed) -> list[str]:
    return [author.name for author in found.document.authors]


@pytest.mark.parametrize(
    "end",
    [
        "Penulis: Siti Aminah\n",
        "Pewarta : Siti Aminah\nEditor: Budi Santoso\nCOPYRIGHT © KABAR 2026\n",
        "Editor: Budi\n\nReporter: Siti Aminah\n\nBerita terkait\nKapal Karam\n",
    ],
)
def test_who_wrote_a_text_is_read_at_its_end(end: str) -> None:
    found = parsed(NEWS + end, "2026-03-12-kabar.txt")
    assert names(found) == ["Siti Aminah"]
    assert found.document.origins["authors"].startswith("text:")
    assert "Siti Aminah" not in found.body_html
    assert ("Editor" in found.body_html) == ("Editor" in end)


def test_a_line_that_says_more_stays_and_is_read() -> None:
    found = parsed(NEWS + "Penulis: Siti Aminah, S.H. | Editor: Budi\n", "2026-03-12-kabar.txt")
    assert names(found) == ["Siti Aminah, S.H."]
    assert "Penulis: Siti Aminah" in found.body_html


@pytest.mark.parametrize(
    "end",
    [
        "Penulis: Leila S. Chudori\nPenerbit: KPG\n",
        "Penulis: seorang dosen.\n",
        "Penulis: Seorang dosen yang pernah tinggal di kota itu selama dua puluh tahun lamanya\n",
        "Editor: Budi\n",
        "Penulis adalah dosen.\n",
    ],
)
def test_other_ends_are_text(end: str) -> None:
    found = parsed(NEWS + end, "2026-03-12-kabar.txt")
    assert names(found) == []
    assert end.partition("\n")[0] in found.body_html


def test_who_is_named_in_the_header_counts_and_the_line_stays() -> None:
    found = parsed(f"{HEADER}{TEXT}\nPenulis: Orang Lain\n", "kabar.txt")
    assert names(found) == ["Siti Aminah"]
    assert "Orang Lain" in found.body_html
