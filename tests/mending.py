"""Files that are refused, each for one reason, and the same files mended as they were told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.office_samples import docx, paragraph

Files = Mapping[str, bytes | None]
"""By path; None takes one away."""

HEAD = "---\ntitle: T\ndate: 2026-11-01\n"
CLOSE = "---\n\nText.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """One refusal. `told` is the mend that must be told, `mended` what doing it makes of the
    files; the article then is `file` (or `becomes`). `line` is the one that is named, 0 for none.
    """

    name: str
    told: str
    file: str
    broken: Files
    mended: Files
    line: int = 1
    becomes: str = ""
    state: str = "listed"
    source: Mapping[str, Any] = field(default_factory=dict)
    mended_source: Mapping[str, Any] | None = None


def _yaml(name: str, told: str, line: int, broken: str, mended: str, **source: Any) -> Mending:
    """A header between `---`: the lines after title and date that are wrong, and then right."""
    return _whole(
        name, told, line, f"{HEAD}{broken}\n{CLOSE}", f"{HEAD}{mended}\n{CLOSE}", **source
    )


def _whole(
    name: str, told: str, line: int, broken: str, mended: str, *, suffix: str = "md", **source: Any
) -> Mending:
    file = f"{name}.{suffix}"
    return Mending(
        name=name,
        told=told,
        line=line,
        file=file,
        broken={file: broken.encode("utf-8", "surrogateescape")},
        mended={file: mended.encode()},
        source=source,
    )


def _sidecar(name: str, told: str, broken: str, mended: str, *, line: int = 1) -> Mending:
    """A plain text without a date, and the sidecar that is to say it."""
    text = b"The pier is open again\n\nBoats may land there, and the ferry does.\n"
    mended = mended if "date:" in mended else f"{mended}\ndate: 2026-11-01"
    return Mending(
        name=name,
        told=told,
        line=line,
        file=f"{name}.txt",
        broken={f"{name}.txt": text, f"{name}.yaml": broken.encode()},
        mended={f"{name}.yaml": mended.encode()},
    )


_LONG = "x: " + "y" * 70_000
_BOXES = "a:\n  b:\n    c:\n" + "".join(" " * (2 * n) + "d:\n" for n in range(3, 25))
_CELL = {"cell_type": "markdown", "metadata": {}, "source": ["# A notebook\n", "\n", "- date: x"]}
_NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [_CELL]}
_DATES = "write YYYY-MM-DD, or YYYY-MM-DDThh:mm:ss+hh:mm"
_NO_DATE = "add date: YYYY-MM-DD, rename to YYYY-MM-DD-slug.md, or list it under exclude:"
_QUOTE = "put the value in quotes"
_PATH = "write url: /path/of/the/article/"
_TOML = 'write `key = "value"`; text stands in quotes, dates do not'
_JSON = 'write {"key": "value", …} with straight quotes and no comma at the end'
_AS_UTF8 = (
    "save the file as UTF-8, for instance by: "
    "iconv -f WINDOWS-1252 -t UTF-8 'encoding.md' >as-utf-8 && mv as-utf-8 'encoding.md'"
)
_CORRECTION = 'write correction: "what was wrong", or a list of {date: YYYY-MM-DD, text: "…"}'
_ESCAPE = "put the title in single quotes, or write \\\\ for a backslash"
_NOTHING = "write something, or list it under exclude:"
_CSV = "id,title,date,body\n"

_GOOD = f"{HEAD}{CLOSE}"
_GOOD_TOML = '+++\ntitle = "T"\ndate = 2026-11-01\n+++\nT'
_MERGE = "write `<<: *name` with the name of an anchored mapping"
_DROP = "take it out, or set `shortcodes: drop` for the source"
_CLOSED = "close the header with a line ---"


def _dated(lines: str) -> str:
    return f"---\ndate: 2026-11-01\n{lines}\n{CLOSE}"


MENDINGS: tuple[Mending, ...] = (
    # ------------------------------------------------ the file
    _whole("empty", _NOTHING, 1, "  \n", f"{HEAD}{CLOSE}"),
    _whole("nothing", _NOTHING, 1, "---\ndate: 2026-11-01\n---\n", "---\ndate: 2026-11-01\n---\nT"),
    _whole("encoding", _AS_UTF8, 2, "---\ntitle: \udce9\n---\nT", _GOOD),
    Mending(
        name="bytes",
        told="save the file as UTF-8",
        file="bytes.md",
        broken={"bytes.md": b"\xff\xfe\x00\xd8a"},
        mended={"bytes.md": f"{HEAD}{CLOSE}".encode()},
    ),
    Mending(
        name="excluded",
        told=_NO_DATE,
        file="excluded.md",
        broken={"excluded.md": b"# No date\n\nText.\n"},
        mended={},
        mended_source={"exclude": ["excluded.md"]},
        state="skipped",
    ),
    Mending(
        name="renamed",
        told=_NO_DATE,
        file="renamed.md",
        broken={"renamed.md": b"# No date\n\nText.\n"},
        mended={"renamed.md": None, "2026-11-01-renamed.md": b"# No date\n\nText.\n"},
        becomes="2026-11-01-renamed.md",
    ),
    _whole("undated", _NO_DATE, 2, "---\ntitle: T\n---\nText.\n", f"{HEAD}{CLOSE}"),
    # ------------------------------------------------ where a header begins and ends
    _whole(
        "code",
        "write the header as YAML, between lines of ---",
        1,
        "---js\n{title: 'T'}\n---\nText.\n",
        f"{HEAD}{CLOSE}",
    ),
    _whole("open", _CLOSED, 1, f"{HEAD}\nText.\n", _GOOD),
    _whole(
        "long",
        _CLOSED,
        1,
        f"{HEAD}{_LONG}\n{CLOSE}",
        f"{HEAD}{CLOSE}{_LONG}",
    ),
    # ------------------------------------------------ YAML
    Mending(
        name="no-mapping",
        told="write `title: …` and so on",
        line=2,
        file="2026-11-01-no-mapping.md",
        broken={"2026-11-01-no-mapping.md": b"---\n!!seq\n- a\n---\nText.\n"},
        mended={"2026-11-01-no-mapping.md": b"---\ntitle: a\n---\nText.\n"},
    ),
    _yaml("documents", "remove the line", 4, "--- more", ""),
    _yaml("deep", "make it flatter", 24, _BOXES + "draft: false", "draft: false"),
    _yaml("alias", _QUOTE, 4, "summary: *star*", "summary: '*star*'"),
    _yaml("no-anchor", _QUOTE, 4, "tags: [*none]", "tags: ['*none']"),
    _yaml("anchor", _QUOTE, 4, "summary: &", "summary: '&'"),
    _yaml("tag", _QUOTE, 4, "summary: !own text", "summary: '!own text'"),
    _yaml("sign", _QUOTE, 4, "summary: @home", "summary: '@home'"),
    _yaml("many", "shorten it", 4, "x: [" + "a," * 11_000 + "]", "x: [a]"),
    _yaml("colon", "put the summary in quotes", 4, "summary: a: b", "summary: 'a: b'"),
    _yaml("tab", "indent with spaces", 5, "tags:\n\t- a", "tags:\n  - a"),
    _yaml("quote", "close the quote", 4, 'summary: "open', 'summary: "closed"'),
    _whole(
        "escape",
        _ESCAPE,
        2,
        '---\ntitle: "C:\\dir"\ndate: 2026-11-01\n---\nT',
        "---\ntitle: 'C:\\dir'\ndate: 2026-11-01\n---\nT",
    ),
    _yaml("no-pair", "write `key: value`", 4, "summary", "summary: text"),
    _yaml("bracket", f"close the bracket, or {_QUOTE}", 4, "tags: [a", "tags: [a]"),
    _yaml(
        "indent",
        f"indent it as they are, or {_QUOTE}",
        6,
        "tags:\n  - a\n x: b",
        "tags:\n  - a\nx: b",
    ),
    _yaml(
        "merge",
        "write `<<: *name` with the name of an anchored mapping",
        4,
        "<<: text",
        "x: &a {draft: false}\n<<: *a",
    ),
    _yaml("key", _QUOTE, 4, "? [a, b]\n: c", "'[a, b]': c"),
    _yaml("percent", _QUOTE, 4, "summary: %a", "summary: '%a'"),
    # ------------------------------------------------ TOML and JSON
    _whole(
        "toml",
        _TOML,
        2,
        "+++\ntitle = T\ndate = 2026-11-01\n+++\nT",
        '+++\ntitle = "T"\ndate = 2026-11-01\n+++\nT',
    ),
    _whole(
        "json",
        _JSON,
        1,
        '{"title": "T", "date": "2026-11-01",}\nT',
        '{"title": "T", "date": "2026-11-01"}\nT',
    ),
    _whole(
        "deep-toml",
        "make it flatter",
        2,
        "+++\nx = " + "[" * 30 + "]" * 30 + "\n+++\nT",
        _GOOD_TOML,
    ),
    _whole(
        "dotted-toml",
        "make it flatter",
        2,
        "+++\n" + ".".join("a" * 30) + " = 1\n+++\nT",
        _GOOD_TOML,
    ),
    # ------------------------------------------------ fields
    _yaml(
        "no-text",
        'put the value in quotes: summary: "…"',
        4,
        "summary: [a, b]",
        'summary: "[a, b]"',
    ),
    _yaml("switch", "write draft: true or false", 4, "draft: maybe", "draft: false"),
    _yaml("no-words", "write tags: [one, two]", 4, "tags: {a: b}", "tags: [a, b]"),
    _yaml("nobody", "write author: A Name", 4, "author: {twitter: jane}", "author: Jane Doe"),
    _yaml(
        "correction",
        _CORRECTION,
        4,
        "correction: {date: 2026-11-02}",
        "correction: Wrong.",
    ),
    _yaml("url", _PATH, 4, "url: ../../etc", "url: /a/path/of-it/"),
    _yaml("front", _PATH, 4, "url: /", "url: /a/path/of-another/"),
    _whole(
        "date",
        _DATES,
        3,
        "---\ntitle: T\ndate: 2026-13-40\n---\nT",
        "---\ntitle: T\ndate: 2026-11-01\n---\nT",
    ),
    _yaml("updated", _DATES, 4, "updated: soon", "updated: 2026-11-02T08:00:00+07:00"),
    _whole(
        "shortcode",
        "take it out, or set `shortcodes: drop` for the source",
        6,
        f"{HEAD}---\n\n{{{{< own >}}}}\n",
        f"{HEAD}---\n\nText.\n",
        shortcodes="refuse",
    ),
    Mending(
        name="dropped",
        told=_DROP,
        line=6,
        file="dropped.md",
        broken={"dropped.md": f"{HEAD}---\n\n{{{{< own >}}}}\n".encode()},
        mended={},
        source={"shortcodes": "refuse"},
        mended_source={"shortcodes": "drop"},
    ),
    # ------------------------------------------------ files that hold all in one
    Mending(
        name="notebook",
        told="open it in Jupyter and save it again",
        line=0,
        file="2026-11-01-notebook.ipynb",
        broken={"2026-11-01-notebook.ipynb": b'{"cells": '},
        mended={"2026-11-01-notebook.ipynb": json.dumps(_NOTEBOOK).encode()},
    ),
    Mending(
        name="word",
        told="open it in the word processor and save it again as .docx",
        line=0,
        file="2026-11-01-word.docx",
        broken={"2026-11-01-word.docx": b"PK no zip"},
        mended={"2026-11-01-word.docx": docx(paragraph("Text."), title="A word")},
    ),
    # ------------------------------------------------ files around articles
    Mending(
        name="data",
        told='write {"key": "value", …}, or give the file another name',
        file="data.md",
        broken={"data.md": f"{HEAD}{CLOSE}".encode(), "data.11tydata.json": b"[1]"},
        mended={"data.11tydata.json": b'{"tags": ["a"]}'},
    ),
    Mending(
        name="data-and-more",
        told="take away what stands behind the last }",
        file="data-and-more.md",
        broken={
            "data-and-more.md": f"{HEAD}{CLOSE}".encode(),
            "data-and-more.11tydata.json": b"{}\n{}",
        },
        mended={"data-and-more.11tydata.json": b"{}"},
    ),
    Mending(
        name="data-long",
        told="keep only the fields of articles in it, or give the file another name",
        file="data-long.md",
        broken={
            "data-long.md": f"{HEAD}{CLOSE}".encode(),
            "data-long.11tydata.json": b"{" + b" " * 70_000 + b"}",
        },
        mended={"data-long.11tydata.json": b"{}"},
    ),
    Mending(
        name="meta",
        told="write `.. title: …` and `.. date: YYYY-MM-DD`, each in a line",
        file="meta.rst",
        broken={"meta.rst": b"Text.\n", "meta.meta": b"Nothing.\n"},
        mended={"meta.meta": b".. title: T\n.. date: 2026-11-01\n"},
    ),
    # ------------------------------------------------ tables
    Mending(
        name="row",
        told="look at the quotes and commas of that line",
        file="a",
        line=2,
        broken={"row.csv": f"{_CSV}a,T,2026-11-01,Text,more\n".encode()},
        mended={"row.csv": f'{_CSV}a,T,2026-11-01,"Text,more"\n'.encode()},
        source={"type": "csv", "path": "row.csv"},
    ),
    Mending(
        name="line",
        told="look at the quotes, commas and braces of that line",
        file="f",
        line=1,
        broken={"line.json": b'{"id": "f", "title": "T", "date": "2026-11-01", "body": "Text}\n'},
        mended={"line.json": b'{"id": "f", "title": "T", "date": "2026-11-01", "body": "Text"}\n'},
        source={"type": "json", "path": "line.json"},
    ),
    Mending(
        name="no-id",
        told="give it one that no other row has, for it becomes part of an id",
        file="row 1",
        becomes="b",
        line=2,
        broken={"no-id.csv": f"{_CSV},T,2026-11-01,Text\n".encode()},
        mended={"no-id.csv": f"{_CSV}b,T,2026-11-01,Text\n".encode()},
        source={"type": "csv", "path": "no-id.csv"},
    ),
    Mending(
        name="twice",
        told="give each its own; the first one is the article",
        file="c~2",
        becomes="d",
        line=3,
        broken={"twice.csv": f"{_CSV}c,One,2026-11-01,One\nc,Two,2026-11-01,Two\n".encode()},
        mended={"twice.csv": f"{_CSV}c,One,2026-11-01,One\nd,Two,2026-11-01,Two\n".encode()},
        source={"type": "csv", "path": "twice.csv"},
    ),
    Mending(
        name="undated-row",
        told="give it a date where it lies, or name its field in `map:` of the source",
        file="e",
        line=2,
        broken={"undated.csv": b"id,title,when,body\ne,T,2026-11-01,Text\n"},
        mended={},
        source={"type": "csv", "path": "undated.csv"},
        mended_source={"type": "csv", "path": "undated.csv", "map": {"when": "date"}},
    ),
    Mending(
        name="row-of-nothing",
        told="give it a title or a text where it lies, or take it out there",
        file="g",
        line=2,
        broken={"nothing.csv": f"{_CSV}g,,2026-11-01,\n".encode()},
        mended={"nothing.csv": f"{_CSV}g,T,2026-11-01,\n".encode()},
        source={"type": "csv", "path": "nothing.csv"},
    ),
    # ------------------------------------------------ sidecars
    _sidecar(
        "sidecar-long", "rename it, or keep only the fields of the article", _LONG, "title: T"
    ),
    _sidecar(
        "sidecar-undated", "write date: YYYY-MM-DD there", "title: T", "title: T\ndate: 2026-11-01"
    ),
    _sidecar(
        "sidecar-word",
        "write one of of, left_out, captions, dateline",
        "date: 2026-11-01\ntext:\n  left: [1]",
        "date: 2026-11-01\ntext:\n  left_out: [1]",
        line=3,
    ),
    _sidecar(
        "sidecar-lines",
        "write lines of the text such as [1, 3, 26-36], or take `text:` away",
        "date: 2026-11-01\ntext:\n  left_out: [one]",
        "date: 2026-11-01\ntext:\n  left_out: [1]",
        line=3,
    ),
)
