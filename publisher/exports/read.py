"""PURE. Which reader reads which export. Each is imported by the runs that have such an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from publisher.exports.common import Files, Origin
from publisher.parse.items import ItemFound

Reader = Callable[[Files, Origin], Iterator[ItemFound]]


def read_export(kind: str, files: Files, origin: Origin) -> Iterator[ItemFound]:
    """What lies in an export of a tool. Raises ExportError, also after what could be read."""
    if kind == "squarespace" and origin.paragraphs == "auto":
        origin = replace(origin, paragraphs="never")  # it has no editor of bare lines
    yield from _reader(kind)(files, origin)


def _reader(kind: str) -> Reader:
    match kind:
        case "wxr" | "squarespace":
            from publisher.exports.wxr import read_wxr  # noqa: PLC0415

            return read_wxr
        case "ghost":
            from publisher.exports.ghost import read_ghost  # noqa: PLC0415

            return read_ghost
        case "substack":
            from publisher.exports.substack import read_substack  # noqa: PLC0415

            return read_substack
        case "medium":
            from publisher.exports.medium import read_medium  # noqa: PLC0415

            return read_medium
        case "blogger":
            from publisher.exports.blogger import read_blogger  # noqa: PLC0415

            return read_blogger
        case "buttondown":
            from publisher.exports.buttondown import read_buttondown  # noqa: PLC0415

            return read_buttondown
        case "beehiiv":
            from publisher.exports.beehiiv import read_beehiiv  # noqa: PLC0415

            return read_beehiiv
    raise AssertionError(f"no export is of the kind {kind}")
