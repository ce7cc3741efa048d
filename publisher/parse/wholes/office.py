"""PURE. A Word document (.docx) -> its HTML and what it says of itself, not yet sanitised.

mammoth turns styles to elements by their meaning, and writes pictures into the text as `data:`.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from datetime import date
from html import escape, unescape
from io import BytesIO
from xml.parsers.expat import ExpatError

from lxml import etree

from publisher.values import dataclass

MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes that a document may unpack to."""

_LONGEST_TITLE = 200
"""Characters of a first paragraph that is read as the title."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_CORE = "docProps/core.xml"
_NAMES = {"creator": "author", "keywords": "tags", "language": "lang", "description": "summary"}
_JUNK = re.compile(r"(?:microsoft word\b.*|document ?\d*|untitled.*|.*\.docx?)\Z", re.IGNORECASE)
_FIRST = re.compile(r"\s*<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class OfficeError(ValueError):
    """What is no document, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeParts:
    """The text; what its properties tell, by name; the day on which it was made."""

    html: str
    fields: tuple[tuple[str, str], ...]
    made: date | None


def read_docx(raw: bytes) -> OfficeParts:
    """Read a document. Raises OfficeError, and ModuleNotFoundError without mammoth."""
    import mammoth  # noqa: PLC0415 (an extra, and 0.1 s)

    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            _refuse_traps(package)
            told = package.read(_CORE) if _CORE in package.namelist() else b"<none/>"
            core = {
                str(e.tag).rpartition("}")[2]: e.text or "" for e in etree.fromstring(told, _PARSER)
            }
        html = str(mammoth.convert_to_html(BytesIO(raw)).value)
    except OfficeError:
        raise
    # mammoth asks for what a whole document has: parts, attributes, numbers
    except (
        *(zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, ExpatError, RecursionError),
        *(LookupError, AttributeError, TypeError, ValueError, OSError, NotImplementedError),
    ) as error:
        raise OfficeError(f"cannot be read as .docx: {error}") from error
    title = "" if _JUNK.match(core.get("title", "")) else core.get("title", "").strip()
    fields = [(ours, core[theirs].strip()) for theirs, ours in _NAMES.items() if core.get(theirs)]
    return OfficeParts(
        html=html if "<h1" in html else _headed(html, title), fields=tuple(fields), made=_made(core)
    )


def _refuse_traps(package: zipfile.ZipFile) -> None:
    """Refuse what no word processor writes: a package that explodes, XML with entities."""
    if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
        raise OfficeError(f"unpacks to more than {MOST_UNPACKED // 2**20} MiB")
    for part in package.infolist():
        if part.filename.endswith((".xml", ".rels")):
            with package.open(part) as file:
                if b"<!" in file.read(4096).replace(b"<!--", b""):
                    raise OfficeError(f"has declarations in {part.filename}, which are not read")


def _headed(html: str, title: str) -> str:
    """The text under a heading: the document's own title, else a first paragraph like one."""
    if title:
        return f"<h1>{escape(title)}</h1>{html}"
    first = _FIRST.match(html)
    line = unescape(_TAG.sub("", first[1])).strip() if first else ""
    is_title = (
        0 < len(line) <= _LONGEST_TITLE
        and line[-1] not in ".,;:"
        and "<img" not in html[: len(line)]
    )
    if first is None or not is_title or not html[first.end() :].strip():
        return html
    return f"<h1>{first[1]}</h1>{html[first.end() :]}"


def _made(core: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(core.get("created", "")[:10])
    except ValueError:
        return None
