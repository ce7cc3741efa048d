"""Sidecars: what they say comes first, and what is wrong in one is told with its place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.model import Inferred
from publisher.parse.document import Beside, Parsed, Skipped, parse_document
from publisher.parse.headers.sidecar import write_sidecar

SITE = SiteSpec(title="T", url="https://x.example/", timezone="Asia/Jakarta")
SOURCE = FilesSpec(name="s")
FIRST = "LONDON - The transport minister opened the longest bridge of the region on 20 March 2021."
SECOND = "It joins two districts in the east that a river has kept apart since anyone can remember."
TEXT = f"""Bridge Opens

After six years of work the longest bridge of the region is open.
The bridge at night. (Photo: AP)

{FIRST}

Read also: The old ferry

{SECOND}

Related
Another Bridge
"""


def parsed(
    text: str = TEXT, sidecar: str | None = None, file: str = "fog.txt", site: SiteSpec = SITE
) -> Parsed:
    beside = (f"{file.rpartition('.')[0]}.yaml", sidecar.encode()) if sidecar is not None else None
    found = parse_document(
        text.encode(),
        file,
        site=site,
        source=SOURCE,
        look_up=lambda _: None,
        beside=Beside(sidecar=beside),
    )
    assert isinstance(found, Parsed)
    return found


def refusal(sidecar: str, text: str = TEXT) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        parsed(text, sidecar)
    return caught.value


def origins(found: Parsed) -> Mapping[str, str]:
    return found.document.origins


def test_fields_of_a_sidecar_come_first_with_their_lines() -> None:
    found = parsed(sidecar="# by hand\ntitle: The Bridge\ntags: [sea, road]\nauthor: Jane Doe\n")
    document = found.document
    assert document.title == "The Bridge"
    assert document.tags == ("sea", "road")
    assert [author.name for author in document.authors] == ["Jane Doe"]
    assert origins(found) | {
        "title": "sidecar:2",
        "tags": "sidecar:3",
        "authors": "sidecar:4",
        "published": "text:6",
        "summary": "text:3",
    } == origins(found)
    assert found.body_html == parsed().body_html  # the headline stays out of the body


def test_what_was_inferred_is_told_by_lines() -> None:
    assert parsed().document.inferred == (
        Inferred(part="title", first=1, last=1, text="Bridge Opens"),
        Inferred(part="summary", first=3, last=3, text=TEXT.split("\n")[2]),
        Inferred(part="caption", first=4, last=4, text="The bridge at night. (Photo: AP)"),
        Inferred(part="dateline", first=6, last=6, text="LONDON"),
        Inferred(part="date", first=6, last=6, text="20 March 2021"),
        Inferred(part="left out", first=8, last=8, text="Read also: The old ferry"),
        Inferred(part="left out", first=12, last=13, text="Related"),
    )


def test_with_what_was_written_down_nothing_is_inferred() -> None:
    before = parsed()
    text, told = write_sidecar(before.document, TEXT.encode())
    assert told == ("title", "date", "summary", "text")
    after = parsed(sidecar=text)
    assert after.body_html == before.body_html
    assert after.document.date == before.document.date
    assert after.document.inferred == ()
    assert after.document.warnings == before.document.warnings
    assert {o.partition(":")[0] for o in origins(after).values()} == {
        "sidecar", "filename", "config",
    }  # fmt: skip


def test_a_person_corrects_lines_and_dateline() -> None:
    sidecar = (
        "title: The Bridge\ndate: 2021-03-21\ntext:\n  left_out: 1, 3-4, 8, 12-13\n"
        "  captions: [10]\n  dateline: LONDON - The\n"
    )
    html = parsed(sidecar=sidecar).body_html
    assert html.startswith("<p><b>LONDON - The</b> transport minister")
    assert html.endswith(f"<figure><figcaption>{SECOND}</figcaption></figure>")
    assert "Photo" not in html


def test_lines_of_a_text_that_was_changed_are_not_used() -> None:
    text, _ = write_sidecar(parsed().document, TEXT.encode())
    changed = TEXT.replace("Bridge Opens\n", "Bridge Opens\n\nBy Jane Doe\n")
    found = parsed(changed, sidecar=text)
    assert "<p>By Jane Doe</p>" in found.body_html
    assert "Another Bridge" not in found.body_html
    (warning,) = found.document.warnings
    assert warning.startswith("fog.yaml: line 6: the text was changed")
    assert found.document.inferred


def test_other_line_ends_and_a_mark_are_no_change() -> None:
    text, _ = write_sidecar(parsed().document, TEXT.encode())
    found = parsed("\ufeff" + TEXT.replace("\n", "\r\n"), sidecar=text)
    assert found.document.warnings == ()
    assert found.document.inferred == ()


def test_a_declared_language_is_not_written_down() -> None:
    site = SiteSpec(title="T", url="https://x.example/", timezone="UTC", language="en")
    text, told = write_sidecar(parsed(site=site).document, TEXT.encode())
    assert "language" not in told
    assert "language" not in text


def test_markdown_without_a_header_has_one_too() -> None:
    plain = "# Fog\n\nThe ferry waits.\n"
    before = parsed(plain, file="2021-03-20-fog.md")
    text, told = write_sidecar(before.document, plain.encode())
    assert told == ("title", "date")
    after = parsed(plain, text.replace('"Fog"', '"More Fog"'), file="2021-03-20-fog.md")
    assert after.document.title == "More Fog"
    assert origins(after)["published"] == "sidecar:3"
    assert after.body_html == before.body_html


def test_a_header_wins_and_the_sidecar_is_named() -> None:
    found = parsed("Title: Fog\nDate: 2021-03-20\n\nThe ferry waits.\n", "title: Mist\n")
    assert found.document.title == "Fog"
    assert found.document.warnings == ("fog.yaml is not read: the article has a header of its own",)


def test_with_a_sidecar_a_text_among_assets_is_an_article() -> None:
    def read(beside: tuple[str, bytes] | None) -> object:
        return parse_document(
            TEXT.encode(),
            "a/b.txt",
            site=SITE,
            source=SOURCE,
            look_up=lambda _: None,
            beside=Beside(sidecar=beside),
        )

    assert isinstance(read(None), Skipped)
    assert isinstance(read(("a/b.yaml", b"title: Fog\n")), Parsed)


@pytest.mark.parametrize(
    ("sidecar", "place", "message"),
    [
        ("title: Fog: thick\n", (1, 11), "has a second colon"),
        ("title: Fog\ndate: 2021-13-40\n", (2, 7), "has no month 13"),
        ("- a\n", (1, 1), "key: value"),
        ("text: 3\n", (1, 7), "no table of lines"),
        ("text:\n  left_out: [1, x]\n", (2, 17), "'x' is no line"),
        ("text:\n  left_out: 9-3\n", (2, 13), "'9-3' is no line"),
        ("text:\n  captions: [{a: b}]\n", (2, 14), "is no line"),
        ("text:\n  captions: 1-9999999\n", (2, 13), "is no line"),
        ("text:\n  dateline: [a]\n", (2, 13), "is no text"),
        ("text:\n  lead: 3\n", (2, 3), "text.lead is not known"),
        ("text:\n  left_out: {a: b}\n", (2, 13), "names no lines"),
        ("a: " + "x" * 70_000, (1, 0), "longer than 64 KiB"),
    ],
)
def test_a_broken_sidecar_is_told_with_its_place(
    sidecar: str, place: tuple[int, int], message: str
) -> None:
    error = refusal(sidecar)
    assert error.where is not None
    assert (error.where.file, error.where.line, error.where.column) == ("fog.yaml", *place)
    assert message in error.message
    assert error.mend


def test_a_sidecar_without_the_missing_date_says_where_to_write_it() -> None:
    error = refusal("title: Fog\n", "Fog\n\nNo day is named here.\n")
    assert str(error) == "fog.yaml:1: has no date"
    assert error.mend == "write date: YYYY-MM-DD there"


def test_what_is_odd_in_a_sidecar_is_told_of_it() -> None:
    found = parsed(sidecar="title: Fog\ntitle: Mist\ndate: 2021-03-20 at noon\n")
    assert found.document.title == "Mist"
    assert [warning.partition(": ")[0] for warning in found.document.warnings] == ["fog.yaml"] * 2


def test_the_authors_at_the_end_of_a_text_are_written_down() -> None:
    text = f"{FIRST}\n\n{SECOND}\n\nPenulis: Siti Aminah\nEditor: Budi\n"
    before = parsed(text)
    written, told = write_sidecar(before.document, text.encode())
    assert 'authors: ["Siti Aminah"]  # line 5' in written
    assert "authors" in told
    after = parsed(text, written)
    assert after.document.authors == before.document.authors
    assert after.body_html == before.body_html
