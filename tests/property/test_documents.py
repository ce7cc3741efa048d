"""Any bytes, under any name, end in a document, a refusal or a skip, and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.addresses import address_path, quote_address
from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.fingerprint import dump, load
from publisher.model import Document
from publisher.parse.candidates import sort_out
from publisher.parse.clean.decode import one_line
from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.document import Parsed, Skipped, parse_document
from publisher.parse.headers import header

SITE = SiteSpec(title="T", url="https://x.example/", language="en", timezone="Asia/Jakarta")
SOURCE = FilesSpec(name="s")

FILES = ("2021-03-20-a.md", "a.md", "b/index.mdx", "a.html", "a.txt", "drafts/x.md", "a/b.htm")

SEEDS = (
    """---
title: "A title"
date: 2021-03-20T10:15:00+07:00
tags: [a, b]
author: {name: Jane, url: https://jane.example/}
image: boat.jpg
---

# A title

Text.
""",
    '+++\ntitle = "A title"\ndate = 2021-03-20\n[extra]\nauthors = ["Jane"]\n+++\nText.\n',
    '{"title": "A title", "date": "2021-03-20", "tags": ["a"]}\nText.\n',
    "Title: A title\nDate: 2021-03-20 10:15\nTags: a; b\n\nText\n====\n\n<b>more</b>\n",
    "title: A title\ndate: 2013/7/13 20:46:25\ntags:\n- a\n---\nText <!-- more --> more.\n",
    "A title\n=======\n\n:date: 2014-07-15 15:40\n:tags: a\n\nText *there*.\n",
    "---\na: &a {b: c}\nd: {<<: *a}\npermalink: /:year/:title/\nlang: zh_tw\n---\n{{< x >}}\n",
)
SCRAPS = st.sampled_from(
    ["---\n", "+++\n", "{", "}", "[", "]", "&a ", "*a", ": ", "\t", "\n", "'", '"', "#", "|",
     "\x00", "\x85", "\u2028", "\ufeff", "\ud7ff", "<script>", "<h1>", "{%", "{{", "}}", ";;;\n",
     "2021-13-40", "é", "e\u0301", "\\u0000", "- ", "? ", "%", "`", "title: ", "date: ", "../"]
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good article with a few scraps put in or letters taken out."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 8))
        text = text[:at] + draw(SCRAPS | st.text(max_size=4)) + text[at + cut :]
    return text.encode("utf-8", "surrogatepass")


def read(raw: bytes, file: str) -> Parsed | Skipped | ArticleError:
    try:
        return parse_document(raw, file, site=SITE, source=SOURCE, look_up=lambda _: None)
    except ArticleError as error:
        return error


def check(raw: bytes, file: str) -> None:
    found = read(raw, file)
    if isinstance(found, ArticleError):
        assert found.where is not None
        assert found.where.file == file
        assert found.mend
        assert "\n" not in found.message
        return
    if isinstance(found, Skipped):
        assert found.message
        return
    assert isinstance(found, Parsed)
    check_document(found.document)
    assert "<script" not in found.body_html.lower()


def check_document(document: Document) -> None:
    assert document.title
    assert document.draft or document.date is not None
    for text in (document.title, document.summary, *document.tags, document.slug):
        assert text == " ".join(text.split())
        text.encode("utf-8")
    for when in (document.date, document.updated, document.expires):
        assert when is None or when.utcoffset() is not None
    if not document.canonical:
        assert document.address
        assert ".." not in address_path(document.address).split("/")
        assert quote_address(document.address).isascii()
    assert load(dump(document), Document) == document


@given(mutated(), st.sampled_from(FILES))
@settings(max_examples=200)
@example(SEEDS[5].encode(), "a.rst")
@example(b"---\n" + b"[" * 60_000, "a.md")
@example(b"---\ntitle: x\n" + b"- " * 30_000 + b"\n---\n", "a.md")
@example(b'{"a":' * 10_000, "a.md")
def test_mutated_articles(raw: bytes, file: str) -> None:
    check(raw, file)


@given(st.binary(max_size=400), st.sampled_from(FILES))
def test_any_bytes(raw: bytes, file: str) -> None:
    check(raw, file)


@given(
    title=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1),
    tags=st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1), max_size=4
    ),
)
def test_what_is_written_in_quotes_is_read_back(title: str, tags: list[str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    fields = f"title: {quoted(title)}\ntags: [{', '.join(map(quoted, tags))}]"
    raw = f"---\n{fields}\n---\nText.\n".encode()
    found = parse_document(raw, "2021-03-20-a.md", site=SITE, source=SOURCE, look_up=lambda _: None)
    assert isinstance(found, Parsed)
    assert {tag.casefold() for tag in found.document.tags} <= {
        normal(tag).casefold() for tag in tags
    }
    if normal(title):
        assert found.document.title == normal(title)


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(st.text(st.characters() | st.sampled_from("a  \t\n\xa0\u3000\u200b\x1c\x85\u0301\ud800")))
def test_one_line_is_words_with_a_space_between(text: str) -> None:
    shown = " ".join(without_forbidden(" ".join(text.split())).split())
    assert one_line(text) == unicodedata.normalize("NFC", shown)


@given(
    st.lists(
        st.sampled_from(
            ["title", ":", " ", "\t", "\n", "#", "'", '"', "{", "&", "!", "<<:", "-", "1"]
        )
        | st.characters()
    ).map("".join),
    st.sampled_from(["\n---\nText", "\n", ""]),
)
def test_the_first_line_that_says_anything_begins_a_header(text: str, end: str) -> None:
    text += end
    found = header._ENDS["---"].search(text)
    lines = map(str.strip, text[: found.start() if found else len(text)].split("\n"))
    first = next((line for line in lines if line and not line.startswith("#")), None)
    begins = found is not None if first is None else bool(header._YAML_LINE.match(first))
    assert header._begins_like_yaml(text, 0, found) == begins


@given(st.lists(st.text(max_size=30)), st.lists(st.text(min_size=1, max_size=12), max_size=3))
def test_any_names_and_globs_are_sorted_out(files: list[str], globs: list[str]) -> None:
    source = FilesSpec(name="s", include=tuple(globs), exclude=tuple(globs[:1]))
    assert set(sort_out(files, source)) <= set(files)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_seeds_are_good(seed: str, file: str) -> None:
    check(seed.encode(), file)
