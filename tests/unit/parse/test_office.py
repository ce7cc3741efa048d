"""Word documents: meaning by styles, what the properties tell, traps refused."""

from __future__ import annotations

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.model import Document
from publisher.parse.document import AMONG_ASSETS, Parsed, Skipped, parse_document
from tests.office_samples import W, docx, paragraph

pytest.importorskip("mammoth", reason="mammoth reads Word documents")

SITE = SiteSpec(title="T", url="https://x.example/", timezone="UTC")


def read(raw: bytes, file: str = "wall.docx") -> tuple[Document, str]:
    found = parse_document(raw, file, site=SITE, source=FilesSpec(name="s"), look_up=lambda _: None)
    assert isinstance(found, Parsed)
    return found.document, found.body_html


def test_properties_and_text() -> None:
    document, html = read(docx(paragraph("First."), paragraph("Second."), title="The wall"))
    assert document.title == "The wall"
    assert document.tags == ("sea", "stone")
    assert [author.name for author in document.authors] == ["Ada Reef"]
    assert document.date is not None
    assert document.date.isoformat() == "2022-04-05T00:00:00+00:00"
    assert html == "<p>First.</p><p>Second.</p>"


def test_a_first_line_like_a_headline_is_the_title() -> None:
    document, html = read(docx(paragraph("Wall stands again"), paragraph("It does.")))
    assert (document.title, html) == ("Wall stands again", "<p>It does.</p>")


@pytest.mark.parametrize("junk", ["Microsoft Word - wall final 2.docx", "Document1", "Untitled"])
def test_titles_that_nobody_wrote_do_not_count(junk: str) -> None:
    document, _ = read(docx(paragraph("The headline"), paragraph("Text."), title=junk))
    assert document.title == "The headline"


def test_the_date_in_the_name_comes_first() -> None:
    document, _ = read(docx(paragraph("A"), paragraph("B.")), "2020-01-02-wall.docx")
    assert document.date is not None
    assert document.date.isoformat() == "2020-01-02T00:00:00+00:00"


def test_below_the_first_level_it_goes_with_an_article() -> None:
    found = parse_document(
        docx(paragraph("A form")),
        "forms/a.docx",
        site=SITE,
        source=FilesSpec(name="s"),
        look_up=lambda _: None,
    )
    assert found == Skipped(message=AMONG_ASSETS)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04",
        docx(paragraph("A"))[:-30],
        docx(**{"word/document.xml": "<no"}),
        docx(**{"word/document.xml": '<!DOCTYPE a [<!ENTITY e "ee">]><a>&e;</a>'}),
        docx(**{"word/document.xml": "<a/>"}),
        docx(**{"_rels/.rels": "<a/>", "word/document.xml": f'<w:document xmlns:w="{W}"/>'}),
        docx("<w:p>" * 5000 + "</w:p>" * 5000),
    ],
)
def test_what_is_no_document_is_refused(raw: bytes) -> None:
    with pytest.raises(ArticleError) as caught:
        read(raw)
    assert caught.value.mend


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.parse.wholes.office.MOST_UNPACKED", 100_000)
    with pytest.raises(ArticleError, match="unpacks to more than"):
        read(docx(paragraph("A"), **{"word/media/a.bin": b"\0" * 200_000}))
