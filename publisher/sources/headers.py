"""EDGE. The ids that the files of a folder have, without reading more than their heads."""

from __future__ import annotations

from pathlib import Path

from publisher.errors import ArticleError
from publisher.parse.headers.fields import MEANINGS, gather
from publisher.parse.headers.header import MAX_HEADER, split_header
from publisher.parse.headers.values import Text

_SUFFIXES = ("*.md", "*.markdown")


def ids_in(folder: Path) -> dict[str, str]:
    """The path of each file below a folder by its `id:`; none for a folder that is not there.

    Raises OSError.
    """
    found: dict[str, str] = {}
    for pattern in _SUFFIXES:
        for file in sorted(folder.rglob(pattern)):
            if not file.is_file():
                continue
            with file.open("rb") as stream:
                head = stream.read(2 * MAX_HEADER).decode("utf-8-sig", "ignore")
            id_ = _id_of(head.replace("\r\n", "\n"))
            if id_:
                found.setdefault(id_, file.relative_to(folder).as_posix())
    return found


def _id_of(head: str) -> str:
    try:
        fields = gather(split_header(head, "", MEANINGS).pairs, MEANINGS)
    except ArticleError:
        return ""
    value = fields["id"].value if "id" in fields else None
    return value.text.strip() if isinstance(value, Text) else ""
