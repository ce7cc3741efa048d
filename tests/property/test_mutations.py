"""Files of every format, broken in every way: each ends in a listing or a refusal, within a second.

The mutations are of bytes, lines, brackets, nesting and repetition, drawn from a seed that is told
when one fails. The long run takes 100,000 of them.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.parse.around import Around, Data, read_data, read_meta, read_people_file
from publisher.parse.document import Beside, Parsed, Skipped, parse_document
from publisher.parse.headers.fields import MEANINGS
from tests.office_samples import docx, paragraph

SITE = SiteSpec(title="T", url="https://x.example/", timezone="Asia/Jakarta")
DIALECTS = ("auto", "jekyll", "hugo", "pelican", "eleventy", "zola", "hexo", "nikola", "obsidian")
SECONDS = 1.0
"""Of the processor, for one file."""

LONGEST, LONGEST_RST = 100_000, 15_000
"""Bytes: what is nothing but tags or, for docutils, paragraphs takes time for each of them."""

QUICK, LONG = 300, 100_000
SAMPLES = Path(__file__).resolve().parent.parent / "data" / "dialects"

_CELLS = [
    {"cell_type": "raw", "metadata": {}, "source": "---\ntitle: N\ndate: 2021-01-01\n---"},
    {"cell_type": "markdown", "metadata": {}, "source": ["# Head\n", "> lead\n", "- tags: [a]\n"]},
    {
        "cell_type": "code",
        "metadata": {},
        "execution_count": 1,
        "source": "print(1)",
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["1\n"]},
            {
                "output_type": "display_data",
                "metadata": {},
                "data": {
                    "text/html": "<table><tr><td>1</td></tr></table>",
                    "image/png": "iVBORw0K",
                },
            },
        ],
    },
]
OWN: tuple[tuple[str, bytes], ...] = (
    ("2021-03-20-a.ipynb", json.dumps({"nbformat": 4, "cells": _CELLS, "metadata": {}}).encode()),
    ("2021-03-20-a.docx", docx(paragraph("Head", "Heading1"), paragraph("Text."), title="Word")),
    (
        "a.adoc",
        (
            b"= Title: more\nJane Doe <j@x.example>; Budi\nv1.0, 2021-03-20\n:keywords: a, b\n\n"
            b"== Part\n\n* one\n** two\n\n|===\n|a |b\n|===\n\n----\ncode\n----\n\nimage::a.png[]\n"
        ),
    ),
    (
        "a.txt",
        (
            b"Judul berita\n\nTagar.id, Jakarta - Isi pada Sabtu, 20 Maret 2021.\n\nBaca juga"
            b"\n\nLain\n\nIlustrasi kapal (Foto: A/Getty)\n\nPenutup.\n"
        ),
    ),
    (
        "a.html",
        (
            b"<!doctype html><html lang=en><head><title>T</title><meta"
            b" property=article:published_time content=2021-03-20>"
            b'<script type="application/ld+json">{"@type":"NewsArticle",'
            b'"headline":"H","author":[{"name":"J"}]}</script></head><body><article>'
            b"<h1>H</h1><p>Text"
            b"<table><tr><td>a</table><svg><style></article></body></html>"
        ),
    ),
    (
        "2021-03-20-a.md",
        (
            b"# T\n\n> q\n\n- a\n  - b\n\n|a|b|\n|-|-|\n|1|2|\n\n[^1]: note\n\nText[^1] [l][r]"
            b" ![i](x.png)\n\n[r]: y.md\n\n:::note[T]\nx\n:::\n\n"
            b"{% highlight x %}\ny\n{% endhighlight %}\n\n"
            b"{{< figure src=a.png >}} [[Note|x]] %%c%% #tag {: .x} $x$ ~~s~~ <b>h</b>\n"
        ),
    ),
)
SCRAPS = tuple(
    scrap.encode()
    for scrap in (
        *("---\n", "+++\n", ";;;\n", "{", "}", "[", "]", "(", ")", "<", ">", "`", "```\n", "~~~\n"),
        *("*", "_", "&a ", "*a ", "<<: *a\n", "!!x ", "? ", "- ", ": ", "\t", "\n\n", "\r", "'"),
        *('"', "#", "|", "\\", "\x00", "\ufeff", "\u2028", "\u202e", "e\u0301", "<!--", "-->"),
        *("<script>", "<svg><style>", "<table><td>", "</p>", "<![CDATA[", "{%", "%}", "{{", "}}"),
        *(
            "{{<",
            ">}}",
            ":::",
            "::: a\n",
            ".. x::\n",
            ".. title: x\n",
            "====\n",
            "----\n",
            "|===\n",
        ),
        *("\n:a: b\n", "[[", "]]", "![[", "%%", "^", "$$", "date: 2021-13-40\n", "lang: xx\n"),
        *(
            "tags: [a\n",
            "draft: maybe\n",
            "\\u0000",
            "&#0;",
            "&#1;",
            "&#x1f;",
            "&#xfffe;",
            "&nbsp;",
            "%00",
            "../",
            "data:,x",
            "//",
        ),
    )
)
BRACKETS = (
    *(b"[]", b"{}", b"()", b"<>", b"[[]]", b"**", b"__", b"``", b"''", b'""', b"<b></b>"),
    *(b"<div></div>", b"> ", b"- ", b"  ", b"#", b"|", b"*[", b"![](", b"{%%}", b"{{}}", b":::\n"),
    *(b"<blockquote>", b"<ul><li>", b"\n- a\n  ", b"a: ", b"<!--", b"[^1]", b"$", b"~", b"\n1. "),
)

Mutation = Callable[[random.Random, bytes], bytes]


def _bytes(chance: random.Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(data)


def _scraps(chance: random.Random, raw: bytes) -> bytes:
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(raw) + 1)
        raw = raw[:at] + chance.choice(SCRAPS) + raw[at + chance.randint(0, 8) :]
    return raw


def _lines(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[at], lines[other] = lines[other], lines[at]
            case 1:
                lines.insert(at, lines[other])
            case 2 if len(lines) > 1:
                del lines[at]
            case 3:
                lines[at] = chance.choice((b" ", b"    ", b"\t", b"> ", b"- ")) + lines[at]
            case _:
                lines[at] += lines[other]
    return b"\n".join(lines)


def _nested(chance: random.Random, raw: bytes) -> bytes:
    pair = chance.choice(BRACKETS)
    depth = chance.choice((5, 50, 500, 5_000))
    half = (len(pair) + 1) // 2
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + pair[:half] * depth + b"x" + pair[half:] * depth + raw[at:]


def _repeated(chance: random.Random, raw: bytes) -> bytes:
    start = chance.randrange(len(raw) + 1)
    piece = raw[start : start + chance.randint(1, 40)] or b"a"
    times = chance.choice((10, 100, 1_000, 5_000))
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + piece * times + raw[at:]


def _cut(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _joined(chance: random.Random, raw: bytes) -> bytes:
    other = chance.choice(SEEDS)[1]
    return raw[: chance.randrange(len(raw) + 1)] + other[chance.randrange(len(other) + 1) :]


MUTATIONS: tuple[Mutation, ...] = (
    *(_bytes, _scraps, _scraps, _lines, _lines, _nested, _repeated, _cut, _joined),
)


def _seeds() -> Iterator[tuple[str, bytes]]:
    for path in sorted(SAMPLES.rglob("*")):
        name = path.name
        if path.suffix in (".md", ".mdx", ".markdown", ".rst", ".html", ".txt", ".json", ".meta"):
            yield name if name[:2].isdigit() else f"2021-03-20-{name}", path.read_bytes()
    yield from OWN


SEEDS = tuple(_seeds())


def read(raw: bytes, file: str, chance: random.Random) -> Parsed | Skipped | ArticleError:
    """Read one file as a source would, with a data file around it now and then."""
    source = FilesSpec(name="s", dialect=chance.choice(DIALECTS))  # type: ignore[arg-type]
    suffix = file.rpartition(".")[2]
    try:
        around = Around()
        if suffix in ("json", "meta"):
            data: Data = (
                read_data(raw, "d.json") if suffix == "json" else read_meta(raw, "d.meta", MEANINGS)
            )
            around = Around(data=(data,)) if suffix == "json" else Around(meta=data)
            raw, file = b"Text.\n", file.replace(suffix, "md")
        elif chance.random() < 0.02:
            around = Around(people=read_people_file(raw, "authors.yml"))
        return parse_document(
            raw,
            file,
            site=SITE,
            source=source,
            look_up=lambda _: None,
            beside=Beside(around=around),
        )
    except ArticleError as error:
        return error


def check(seed: int) -> float:
    """Mutate a file by a seed and read it; gives the seconds that it took."""
    chance = random.Random(seed)
    file, raw = chance.choice(SEEDS)
    most = LONGEST_RST if file.endswith(".rst") else LONGEST
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        raw = chance.choice(MUTATIONS)(chance, raw)[:most]
    start = time.process_time()
    found = read(raw, file, chance)
    seconds = time.process_time() - start
    if isinstance(found, ArticleError):
        assert found.where is not None
        assert found.mend
        assert "\n" not in found.message
    elif isinstance(found, Skipped):
        assert found.message
    else:
        assert found.document.title
        assert found.document.draft or found.document.date is not None
        assert "<script" not in found.body_html.lower()
        found.document.summary.encode("utf-8")
    return seconds


def run(seeds: range) -> None:
    slow = []
    for seed in seeds:
        try:
            if (seconds := check(seed)) > SECONDS:
                slow.append(f"seed {seed} takes {seconds:.1f} s")
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
    assert not slow, slow


def test_a_few_mutations() -> None:
    run(range(QUICK))


@pytest.mark.long
def test_a_hundred_thousand_mutations() -> None:
    run(range(LONG))


FOUND = {
    "headings with ids": ("a.md", "Posts\n---\n" * 4_000),
    "footnotes in footnotes": ("a.md", "[^" * 5_000 + "x" + "1]" * 5_000),
    "comments in titles": ("a.md", "---\n" + "title: T #c\n" * 3_000 + "---\nT"),
    "a long word": ("a.rst", "h" + "-01" * 5_000),
    "a long rule within a line": ("a.rst", "Texto. " + "-" * 4_400 + "x" + "-" * 4_400),
    "slashes": ("a.rst", "x" + "/" * 15_000),
    "braces": ("a.rst", "{" * 5_000 + "}" * 5_000),
    "headings of docutils": ("a.rst", "Hidden\n######\n\n" + ":d: \n######\n\n" * 937),
    "comments of MDX": ("a.mdx", "{/*" * 20_000),
    "components of MDX": ("a.mdx", "<A {{" * 10_000),
    "blanks in a tag": ("a.md", "{%" + " " * 50_000 + "{{<" + " " * 50_000 + "{{" + " " * 50_000),
    "tags full of blanks": ("a.md", ("{{< x" + " " * 1_900) * 50),
    "boxes": ("a.md", ":::a\n" * 20_000),
    "blanks in a header": ("a.md", "---\nti" + " " * 100_000),
    "blanks in a key": ("a.md", "---\nti" + " " * 60_000 + "x\n---\n# T\n"),
    "many related articles": ("a.txt", "Judul berita\n\n" + "Baca juga\n\nLain\n\nIl\n\n" * 4_500),
    "a control by its number": ("a.html", "<h1>T</h1>&#1;b"),
}
"""What took more than a second once, or ended the run."""


@pytest.mark.parametrize("name", FOUND)
def test_what_mutations_found(name: str) -> None:
    file, text = FOUND[name]
    read(b"# T\n", f"2021-03-20-{file}", random.Random(1))  # libraries are imported
    start = time.process_time()
    found = read(text.encode(), f"2021-03-20-{file}", random.Random(1))
    assert time.process_time() - start < SECONDS
    assert isinstance(found, Parsed | ArticleError)
