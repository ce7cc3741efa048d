"""Notebooks: their header wherever it stands, their cells with what came of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.model import Document
from publisher.parse.clean.references import LookUp
from publisher.parse.document import Parsed, parse_document
from tests.picture_samples import png

SITE = SiteSpec(title="T", url="https://x.example/", language="en", timezone="Asia/Jakarta")
FILE = "_notebooks/2020-05-04-tides.ipynb"


def markdown(*lines: str, **more: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n".join(lines), **more}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


def shows(**data: str) -> dict[str, Any]:
    told = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": told, "metadata": {}}


def notebook(*cells: dict[str, Any], **metadata: Any) -> bytes:
    told = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return json.dumps(told).encode()


def read(raw: bytes, file: str = FILE, look_up: LookUp = lambda _: None) -> tuple[Document, str]:
    found = parse_document(raw, file, site=SITE, source=FilesSpec(name="s"), look_up=look_up)
    assert isinstance(found, Parsed)
    return found.document, found.body_html


def test_the_first_cell_of_fastpages_is_the_header() -> None:
    raw = notebook(
        markdown(
            "# Tides: a study",
            '> "How high, and when."',
            "",
            "- toc: true",
            "- categories: [sea, numbers]",
            "- author: Ada Reef",
            "- permalink: /tides/",
        ),
        markdown("## Data", "", "Some *text*."),
    )
    document, html = read(raw)
    assert document.title == "Tides: a study"
    assert document.summary == "How high, and when."
    assert document.categories == ("sea", "numbers")
    assert [author.name for author in document.authors] == ["Ada Reef"]
    assert document.address == "tides/"
    assert document.date is not None
    assert document.date.isoformat() == "2020-05-04T00:00:00+07:00"
    assert "How high" not in html
    assert "<em>text</em>" in html
    assert document.warnings == ()


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_yaml_in_the_first_cell_is_the_header(kind: str) -> None:
    head = {
        "cell_type": kind,
        "metadata": {},
        "source": "---\ntitle: Ebb\ndate: 2021-02-03\n---\nText",
    }
    document, html = read(notebook(head, markdown("More.")), "ebb.ipynb")
    assert document.title == "Ebb"
    assert html.replace("\n", "") == "<p>Text</p><p>More.</p>"


def test_the_notebooks_own_metadata_tell_what_no_cell_does() -> None:
    raw = notebook(markdown("Text."), nikola={"title": "Flow", "date": "2019-01-02", "tags": "a,b"})
    document, _ = read(raw, "flow.ipynb")
    assert (document.title, document.tags) == ("Flow", ("a", "b"))


def test_a_heading_alone_is_the_title() -> None:
    document, html = read(notebook(markdown("# Only a title"), markdown("Text.")))
    assert document.title == "Only a title"
    assert "Only a title" not in html


def test_code_stands_with_what_came_of_it() -> None:
    picture = base64.b64encode(png(8, 8)).decode()
    raw = notebook(
        markdown("# T"),
        code(
            "print('<b>')\n#| label: fig-1\nx < 1",
            {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\x1b[0m\n", "two\n"]},
            shows(text_html="<table><tr><td>1</td></tr></table>", text_plain="   1"),
            shows(image_png=picture, text_plain="<Figure size 8x8>"),
            shows(text_latex="$x^2$"),
            shows(text_html="<script>alert(1)</script><div id=w></div>"),
            {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": ["\x1b["]},
        ),
        kernelspec={"language": "python"},
    )
    document, html = read(raw)
    assert "print('&lt;b&gt;')\nx &lt; 1" in html.replace("&#x27;", "'")
    assert "label: fig-1" not in html
    assert "<pre>red\ntwo\n</pre>" in html
    assert "<td>1</td>" in html
    assert "$x^2$" in html
    assert "KeyError: 'x'" in html.replace("&#x27;", "'")
    assert "alert" not in html
    assert any("is left out" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        (code("#hide\nsecret", shows(text_plain="out")), set()),
        (code("#hide_input\nsecret", shows(text_plain="out")), {"out"}),
        (code("#hide_output\nsecret", shows(text_plain="out")), {"secret"}),
        (code("#| echo: false\nsecret", shows(text_plain="out")), {"out"}),
        (code("#| include: false\nsecret", shows(text_plain="out")), set()),
        (code("secret", shows(text_plain="out"), tags=("remove-input",)), {"out"}),
        (code("secret", shows(text_plain="out"), tags=("hide-cell",)), set()),
    ],
)
def test_what_the_author_hides_is_hidden(cell: dict[str, Any], kept: set[str]) -> None:
    _, html = read(notebook(markdown("# T"), markdown("Text."), cell))
    assert {word for word in ("secret", "out") if word in html} == kept


def test_an_attached_picture_is_taken_out() -> None:
    asked: list[str] = []
    picture = base64.b64encode(png(8, 8)).decode()
    cell = markdown("![a](attachment:a.png)", attachments={"a.png": {"image/png": picture}})
    read(notebook(markdown("# T"), cell), look_up=asked.append)
    assert f"data:image/png;base64,{picture}" in asked


def test_version_three_is_raised() -> None:
    pytest.importorskip("nbformat", reason="nbformat raises old notebooks")
    cells = [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["Old"]},
        {
            "cell_type": "code",
            "language": "python",
            "input": ["1 + 1"],
            "outputs": [],
            "metadata": {},
        },
    ]
    told = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    document, html = read(json.dumps(told).encode())
    assert document.title == "Old"
    assert "1 + 1" in html


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b'{"cells": []}',
        b'{"nbformat": 4, "cells": 5}',
        b'{"nbformat": 3, "worksheets": 7}',
        b'{"nbformat": 2}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_notebook_is_refused(raw: bytes) -> None:
    with pytest.raises(ArticleError) as caught:
        read(raw)
    assert caught.value.mend
