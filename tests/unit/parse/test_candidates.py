"""Which files of a folder are articles, and why the others are not."""

from __future__ import annotations

import pytest

from publisher.config import FilesSpec
from publisher.parse.candidates import sort_out


def verdicts(*files: str, **changes: object) -> dict[str, str]:
    return dict(sort_out(files, FilesSpec(name="s", **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "file",
    ["a.md", "a.markdown", "a.mdown", "a.mkd", "a.mdx", "a.rst", "a.txt", "a.html", "a.HTM"],
)
def test_articles_are_known_by_their_suffix(file: str) -> None:
    assert verdicts(file, f"_posts/2020/{file}") == {file: "", f"_posts/2020/{file}": ""}


def test_other_files_are_assets_and_not_listed() -> None:
    assert verdicts("a.png", "data.json", "Makefile", "a.md.bak", "a.yaml") == {}


@pytest.mark.parametrize("file", ["a.ipynb", "a.adoc", "a.asciidoc", "a.docx"])
def test_formats_that_tools_and_offices_write_are_read(file: str) -> None:
    assert verdicts(file) == {file: ""}


@pytest.mark.parametrize("file", ["a.doc", "a.ODT", "2026/a.rtf", "2026-11-20-a.pages"])
def test_what_a_word_processor_saves_otherwise_is_told_and_not_read(file: str) -> None:
    assert "can save it as .docx" in verdicts(file)[file]
    assert "excluded" in verdicts(file, exclude=("**",))[file]


def test_a_name_without_a_beginning_has_no_such_format() -> None:
    assert verdicts(".pages", "news/.pages", "rtf") == {}


@pytest.mark.parametrize("file", ["~$report.docx", "news/~$a.docx", "~$a.doc"])
def test_the_lock_of_an_open_document_is_passed_over(file: str) -> None:
    assert "document open" in verdicts(file)[file]


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "readme.rst",
        "docs/README.id.md",
        "LICENSE.txt",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "CODE_OF_CONDUCT.md",
        "code-of-conduct.md",
    ],
)
def test_files_about_the_folder_are_passed_over(file: str) -> None:
    assert "about the folder" in verdicts(file)[file]


def test_section_pages_and_hidden_files_are_passed_over() -> None:
    found = verdicts("news/_index.md", "_index.id.md", ".draft.md", ".obsidian/a.md", "_posts/a.md")
    assert "section" in found["news/_index.md"]
    assert "section" in found["_index.id.md"]
    assert "hidden" in found[".draft.md"]
    assert "hidden" in found[".obsidian/a.md"]
    assert found["_posts/a.md"] == ""


def test_a_folder_named_like_an_article_beside_it_holds_its_assets() -> None:
    found = verdicts("gopher.md", "gopher/notes.md", "gopher/deep/more.html", "gophers/a.md")
    assert found["gopher/notes.md"] == "lies in the folder of assets of gopher.md"
    assert found["gopher/deep/more.html"] == "lies in the folder of assets of gopher.md"
    assert found["gopher.md"] == found["gophers/a.md"] == ""


def test_a_file_that_is_passed_over_owns_no_folder() -> None:
    assert verdicts("README.md", "README/a.md")["README/a.md"] == ""


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("all.md", ["all.md"], ["x/all.md", "all.mdx"]),
        ("archive/**", ["archive/a.md", "archive/b/c.md"], ["archives/a.md", "a.md"]),
        ("archive", ["archive/a.md"], ["archive.md"]),
        ("archive/", ["archive/a.md"], ["archive.md"]),
        ("./archive/*", ["archive/a.md", "archive/b/c.md"], ["b/archive/a.md"]),
        ("**/*.html", ["a.html", "x/y/a.html"], ["a.htm"]),
        ("*.html", ["a.html"], ["x/a.html"]),
        ("**/old/*.md", ["old/a.md", "x/old/a.md"], ["old/x/a.md", "gold/a.md"]),
        ("202?/a.md", ["2021/a.md"], ["202/a.md"]),
        ("[ab].md", ["a.md", "b.md"], ["c.md"]),
        ("[!ab].md", ["c.md"], ["a.md"]),
        ("[z-a].md", ["[z-a].md"], ["z.md"]),
        ("a+b(c).md", ["a+b(c).md"], ["aab(c).md"]),
    ],
)
def test_globs(pattern: str, taken: list[str], left: list[str]) -> None:
    out = verdicts(*taken, *left, exclude=(pattern,))
    assert {f for f, why in out.items() if "exclude" in why} == set(taken)
    only = verdicts(*taken, *left, include=(pattern,))
    assert {f for f, why in only.items() if not why} == set(taken)


def test_exclude_wins_over_include() -> None:
    found = verdicts("a.md", "b.md", include=("*.md",), exclude=("b.md",))
    assert found["a.md"] == ""
    assert "exclude" in found["b.md"]


def test_the_order_is_that_of_the_files() -> None:
    assert list(verdicts("b.md", "a.md", "c.png")) == ["b.md", "a.md"]
