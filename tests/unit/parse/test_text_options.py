"""`text:` of a source: captions, related articles and junk of plain texts, each left in or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.config import FilesSpec, SiteSpec, TextSpec
from publisher.parse.document import Beside, Parsed, parse_document
from publisher.parse.formats.plaintext import PlainText, read_plaintext
from publisher.parse.headers.sidecar import write_sidecar

SITE = SiteSpec(title="T", url="https://x.example/", timezone="Europe/Berlin")
NOTHING = TextSpec(captions=False, related=False, junk=False)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and what of it is of each kind, in order."""

    language: str
    text: str
    captions: tuple[str, ...]
    related: tuple[str, ...]
    junk: tuple[str, ...]


ENGLISH = Sample(
    "en",
    """BC-LAMPS:1

Harbour Gets Its Lamps Back

After eleven dark winters the pier of Stillhaven is lit again from end to end.

STILLHAVEN, March 7 - The lamps went on at dusk on Thursday, 7 March 2024, and half the town came.
Photo: The pier on Thursday evening. (Photo: Mara Quill)

Share this article

Read also: The keeper who counted waves

They are powered by the tide, which nobody has to pay for, and which comes twice a day. ***

48

Copyright 2024, all rights reserved

Related
A ferry with a library
""",
    ("Photo: The pier on Thursday evening. (Photo: Mara Quill)",),
    ("Read also: The keeper who counted waves", "Related", "A ferry with a library"),
    ("BC-LAMPS:1", "Share this article", "48", "Copyright 2024, all rights reserved"),
)
INDONESIAN = Sample(
    "id",
    """Pasar Terapung Buka Kembali

Setelah tiga tahun ditutup, pasar terapung di Muara Lintang dibuka kembali untuk umum.

Muara Lintang - Para pedagang mendayung sebelum fajar pada Sabtu, 20 Maret 2021, dan membawa sayur.

Foto: Perahu pertama tiba. (Foto: Sari Wening)

Bagikan artikel ini

Baca juga: Jembatan bambu selesai

Menurut mereka, sungai kini lebih bersih daripada ketika pasar itu ditutup dahulu.

Berita terkait
Nelayan menanam bakau
Sekolah di atas air
""",
    ("Foto: Perahu pertama tiba. (Foto: Sari Wening)",),
    (
        "Baca juga: Jembatan bambu selesai",
        "Berita terkait",
        "Nelayan menanam bakau",
        "Sekolah di atas air",
    ),
    ("Bagikan artikel ini",),
)
GERMAN = Sample(
    "de",
    """Die Windmühle mahlt wieder

Nach langer Pause dreht sich die Windmühle von Grünsiel, und es gibt wieder eigenes Mehl.

Grünsiel (ks) - Am Samstag, 20. März 2021, kam das erste Korn auf die Steine, und der Wind reichte.

Der Müller am Morgen. (Foto: Jonte Harms)

Teilen

Lesen Sie auch: Ein Deich aus Muscheln

Das Mehl wird auf dem Markt verkauft, solange es reicht, und danach erst wieder im Herbst.

Alle Rechte vorbehalten
""",
    ("Der Müller am Morgen. (Foto: Jonte Harms)",),
    ("Lesen Sie auch: Ein Deich aus Muscheln",),
    ("Teilen", "Alle Rechte vorbehalten"),
)
SAMPLES = [ENGLISH, INDONESIAN, GERMAN]
IDS = [sample.language for sample in SAMPLES]


def read(text: str, taken: TextSpec, language: str | None = None) -> PlainText:
    return read_plaintext(text, first_line=1, language=language, taken=taken)


def bare(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def parsed(sample: Sample, taken: TextSpec, sidecar: str | None = None) -> Parsed:
    found = parse_document(
        sample.text.encode(),
        "a.txt",
        site=SITE,
        source=FilesSpec(name="s", text=taken),
        look_up=lambda _: None,
        beside=Beside(sidecar=("a.yaml", sidecar.encode()) if sidecar is not None else None),
    )
    assert isinstance(found, Parsed)
    return found


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
@pytest.mark.parametrize(
    ("captions", "related", "junk"), [*product((True, False), repeat=3)], ids=str
)
def test_each_option_keeps_what_it_is_about_and_nothing_else(
    sample: Sample, captions: bool, related: bool, junk: bool
) -> None:
    found = read(sample.text, TextSpec(captions=captions, related=related, junk=junk))
    body = bare(found.html)
    for line in sample.captions:
        assert line in body
    assert ("<figure>" in found.html) is captions
    for line in sample.related:
        assert (line in body) is not related, line
    for line in sample.junk:
        assert (line in body) is not junk, line


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_what_an_article_is_called_and_dated_does_not_hang_on_it(sample: Sample) -> None:
    whole, kept = (read(sample.text, taken) for taken in (TextSpec(), NOTHING))
    assert whole.title
    assert whole.summary
    assert whole.date
    assert (kept.title, kept.summary, kept.date, kept.language) == (
        whole.title, whole.summary, whole.date, whole.language,
    )  # fmt: skip
    assert ("<b>" in kept.html) is ("<b>" in whole.html) is True  # the dateline


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_nothing_is_told_that_was_not_done(sample: Sample) -> None:
    lines = sample.text.split("\n")

    def told(taken: TextSpec) -> set[str]:
        return {
            lines[number - 1]
            for one in read(sample.text, taken).inferred
            if one.part in ("caption", "left out")
            for number in range(one.first, one.last + 1)
        } - {""}

    assert told(TextSpec()) == {*sample.captions, *sample.related, *sample.junk}
    assert told(TextSpec(captions=False)) == {*sample.related, *sample.junk}
    assert told(TextSpec(junk=False)) >= {*sample.captions, *sample.related}
    assert told(TextSpec(related=False)) == {*sample.captions, *sample.junk}
    assert told(NOTHING) == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
@pytest.mark.parametrize(
    "taken",
    [TextSpec(captions=False), TextSpec(related=False), TextSpec(junk=False), NOTHING],
    ids=["captions", "related", "junk", "all"],
)
def test_a_sidecar_written_of_it_says_the_same(sample: Sample, taken: TextSpec) -> None:
    before = parsed(sample, taken)
    sidecar, _ = write_sidecar(before.document, sample.text.encode())
    assert parsed(sample, taken, sidecar).body_html == before.body_html


def test_a_sidecar_that_names_lines_comes_before_the_options() -> None:
    number = GERMAN.text.split("\n").index("Teilen") + 1
    picture = GERMAN.text.split("\n").index(GERMAN.captions[0]) + 1
    sidecar = f"date: 2021-03-20\ntext:\n  left_out: [1, {number}]\n  captions: [{picture}]\n"
    html = parsed(GERMAN, NOTHING, sidecar).body_html
    assert "<p>Teilen</p>" not in html
    assert "<figure><figcaption>Der Müller am Morgen." in html
    assert "Alle Rechte vorbehalten" in html


def test_lines_of_a_sidecar_that_are_out_of_date_are_read_by_the_options() -> None:
    html = parsed(GERMAN, NOTHING, "text:\n  of: 0123456789abcdef\n  left_out: [1]\n").body_html
    assert "<p>Teilen</p>" in html
    assert "<figure>" not in html


def test_a_button_among_related_articles_goes_with_them() -> None:
    text = "The Lamp\n\nIt is lit.\n\nRelated\nA ferry\nShare\nAn oar\n"
    assert "Share" not in read(text, TextSpec(junk=False)).html
    kept = read(text, TextSpec(related=False))
    assert bare(kept.html).endswith("Related A ferry An oar")


def test_a_picture_before_the_dateline_is_not_taken_for_it() -> None:
    text = (
        "The Lamp\n\nOstrava from above. (Photo: AP)\n\nOstrava - The lamp of the mine is lit"
        " again, says the mayor.\n"
    )
    html = read(text, TextSpec(captions=False), "en").html
    assert html.startswith("<p>Ostrava from above. (Photo: AP)</p>")
    assert "<p><b>Ostrava</b> - The lamp" in html


_PROSE = st.lists(
    st.sampled_from(["lamp", "tide", "pier", "winter", "keeper", "Fluss", "Lampe", "malam"]),
    min_size=1,
    max_size=18,
).map(lambda told: " ".join(told).capitalize() + ".")
_STRAY = st.sampled_from(
    [line for s in SAMPLES for line in (*s.captions, *s.related, *s.junk)]
    + ["The end. -30-", "Fin. ***", "(完)", "End", "Read more", "Iklan", "xx", "12", "BREAKING"]
)


@given(
    st.lists(st.one_of(_PROSE, _STRAY), max_size=14),
    st.lists(st.sampled_from(["\n", "\n\n"]), min_size=14, max_size=14),
)
def test_with_all_of_them_false_no_word_is_lost(lines: list[str], gaps: list[str]) -> None:
    written = "The Lamp\n\n" + "".join(line + gap for line, gap in zip(lines, gaps, strict=False))
    found = read(written, NOTHING, "en")
    shown = f"{found.title} {found.summary} {bare(found.html)}"
    assert sorted(words(shown)) == sorted(words(written))
    assert not [one for one in found.inferred if one.part in ("caption", "left out")]
