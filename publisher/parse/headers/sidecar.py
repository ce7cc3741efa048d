"""PURE. The sidecar of an article that has no header: `fog.yaml` beside `fog.txt`.

It holds the fields of a header, and of a news text the lines that are not its body. Where it
stands, nothing is inferred.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import field

from publisher.errors import ArticleError, Location
from publisher.fingerprint import fingerprint
from publisher.model import Document, Inferred
from publisher.parse.clean.decode import decode
from publisher.parse.formats.layout import Layout
from publisher.parse.headers.header import MAX_HEADER
from publisher.parse.headers.values import Items, Pairs, Table, Text, Value, normalise_key
from publisher.parse.headers.yamlheader import read_yaml
from publisher.patterns import pattern
from publisher.values import dataclass

_LINES = pattern(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?")
_MOST = 100_000
"""Lines that ranges can name: a text of more is none."""

_KNOWN = ("of", "left_out", "captions", "dateline")
_MEND_LINES = "write lines of the text such as [1, 3, 26-36], or take `text:` away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What a sidecar says. `layout` is None where the text's is to be inferred all the same."""

    file: str
    pairs: Pairs
    layout: Layout | None
    warnings: tuple[str, ...] = field(default=())


def read_sidecar(raw: bytes, file: str, text: str) -> Sidecar:
    """Read the sidecar of an article whose decoded text is `text`.

    Raises ArticleError, with a place in the sidecar, for what cannot be read.
    """
    told, warnings = decode(raw, file)
    if len(told) > MAX_HEADER:
        raise ArticleError(
            f"is longer than {MAX_HEADER // 1024} KiB, and no sidecar of an article",
            where=Location(file=file, line=1),
            mend="rename it, or keep only the fields of the article",
        )
    pairs, more = read_yaml(told, file, 1)
    name = file.rpartition("/")[2]
    noted = [f"{name}: {warning}" for warning in (*warnings, *more)]
    layout = None
    found = next(((k, v) for k, v in pairs if normalise_key(k.text) == "text"), None)
    if found is not None:
        key, value = found
        layout, of = _read_layout(value, file)
        if of and of != text_mark(text):
            noted.append(
                f"{name}: line {key.line}: the text was changed since its lines were written "
                "down: they are inferred again; correct `text:`, or take it away"
            )
            layout = None
    return Sidecar(file=file, pairs=pairs, layout=layout, warnings=tuple(noted))


def text_mark(text: str) -> str:
    """What tells whether the lines of a text are still those that a sidecar names."""
    return fingerprint(text)[:16]


def write_sidecar(document: Document, raw: bytes) -> tuple[str, tuple[str, ...]]:
    """What was inferred of an article, as the text of its sidecar; and the names of it.

    `document` is what was read of `raw` without a sidecar.
    """
    name = document.file.rpartition("/")[2]
    origins = document.origins
    lines = [
        f"# What was read in {name}. Correct it here: this counts, nothing is inferred any more.",
    ]
    names = []
    for key, value, origin in (
        ("title", _quoted(document.title), origins.get("title", "")),
        ("date", _date(document), origins.get("published", "")),
        ("language", document.language or "", origins.get("language", "")),
        ("summary", _quoted(document.summary), origins.get("summary", "")),
        ("authors", _names(document), origins.get("authors", "")),
    ):
        if not value:
            lines += _missing(key, origin)
        elif _is_inferred(origin, key):
            written = f": {document.date_text}" if key == "date" and "text" in origin else ""
            lines.append(f"{key}: {value}  # {_whence(origin)}{_comment(written)}")
            names.append(key)
    if name.lower().endswith(".txt"):
        lines += _layout_lines(document.inferred, name, text_mark(decode(raw, name)[0]))
        names.append("text")
    return "\n".join(lines) + "\n", tuple(names)


def _is_inferred(origin: str, key: str) -> bool:
    if key in ("summary", "authors"):
        return origin.startswith("text:")  # else a summary is drawn from the body as that changes
    return not origin.startswith(("field", "sidecar", "config"))


def _missing(key: str, origin: str) -> Iterator[str]:
    if key == "date":
        yield "date:  # none was found: write YYYY-MM-DD"
    elif key == "language" and not origin:
        yield "# language:  # not known for certain"


def _whence(origin: str) -> str:
    kind, _, line = origin.partition(":")
    if line:
        return f"line {line}"
    return {
        "filename": "from the file's name",
        "folder": "from the folder's name",
        "path": "from the address",
        "detected": "found from the words",
    }.get(kind, "from the text")


def _quoted(text: str) -> str:
    """A text in double quotes, as JSON and YAML both read it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f") if text else ""


def _names(document: Document) -> str:
    return f"[{', '.join(_quoted(author.name) for author in document.authors)}]"


def _comment(text: str) -> str:
    return " ".join(text.split())


def _date(document: Document) -> str:
    when = document.date
    if when is None:
        return ""
    has_time = any((when.hour, when.minute, when.second))
    return when.isoformat() if has_time else when.date().isoformat()


def _layout_lines(inferred: Iterable[Inferred], name: str, mark: str) -> Iterator[str]:
    told: dict[str, list[str]] = {"left out": [], "captions": []}
    dateline = ""
    for one in inferred:
        run = str(one.first) if one.first == one.last else f"{one.first}-{one.last}"
        if one.part in ("title", "summary", "left out"):
            told["left out"].append(run)
        elif one.part == "caption":
            told["captions"].append(run)
        elif one.part == "dateline":
            dateline = one.text
    yield f"text:  # the lines of {name} that are not simply its body"
    yield f"  of: {mark}  # the text they are of; when that changes, they are inferred again"
    left_out = ", ".join(told["left out"])
    yield f"  left_out: [{left_out}]  # title, summary, and what is not of the article"
    yield f"  captions: [{', '.join(told['captions'])}]"
    yield f"  dateline: {_quoted(dateline) or ' # none'}"


def _read_layout(found: Value, file: str) -> tuple[Layout, str]:
    if not isinstance(found, Table):
        raise _refusal("text is no table of lines", found, file)
    values: dict[str, Value] = {}
    for key, value in found.pairs:
        if key.text not in _KNOWN:
            raise ArticleError(
                f"text.{key.text} is not known",
                where=Location(file=file, line=key.line, column=key.column),
                mend=f"write one of {', '.join(_KNOWN)}",
            )
        values[key.text] = value
    layout = Layout(
        left_out=_read_lines(values.get("left_out"), file),
        captions=_read_lines(values.get("captions"), file),
        dateline=" ".join(_read_text(values.get("dateline"), file).split()),
    )
    return layout, _read_text(values.get("of"), file)


def _read_lines(value: Value | None, file: str) -> frozenset[int]:
    if value is None:
        return frozenset()
    if isinstance(value, Table):
        raise _refusal("names no lines", value, file)
    parts = value.values if isinstance(value, Items) else _parted(value)
    lines: set[int] = set()
    for part in parts:
        found = _LINES.fullmatch(part.text.strip()) if isinstance(part, Text) else None
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if not 1 <= first <= last <= _MOST:
            raise _refusal(f"{_said(part)} is no line of a text", part, file)
        lines.update(range(first, last + 1))
    return frozenset(lines)


def _parted(value: Text) -> tuple[Text, ...]:
    parts = value.text.split(",") if value.text.strip() else []
    return tuple(value._replace(text=part) for part in parts)


def _read_text(value: Value | None, file: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, Text):
        raise _refusal("is no text", value, file)
    return value.text


def _said(value: Value) -> str:
    return repr(value.text) if isinstance(value, Text) else "a list or table"


def _refusal(message: str, value: Value, file: str) -> ArticleError:
    return ArticleError(
        message, where=Location(file=file, line=value.line, column=value.column), mend=_MEND_LINES
    )
