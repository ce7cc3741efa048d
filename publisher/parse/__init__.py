"""PURE. The bytes of an article file -> a document, field by field with its origin."""

from publisher.parse.clean.references import (
    ArticleFile,
    Found,
    LookUp,
    RefusedFile,
    fingerprint_found,
)
from publisher.parse.document import (
    AMONG_ASSETS,
    ASSET_SUFFIXES,
    Beside,
    Parsed,
    Skipped,
    goes_with_article,
    has_header,
    parse_document,
)
from publisher.parse.headers.sidecar import SUFFIXES as SIDECAR_SUFFIXES
from publisher.parse.headers.sidecar import write_sidecar
from publisher.parse.items import Item, ItemFound, Unreadable, Withheld, parse_item
from publisher.parse.note import parse_note

__all__ = [
    "AMONG_ASSETS",
    "ASSET_SUFFIXES",
    "SIDECAR_SUFFIXES",
    "ArticleFile",
    "Beside",
    "Found",
    "Item",
    "ItemFound",
    "LookUp",
    "Parsed",
    "RefusedFile",
    "Skipped",
    "Unreadable",
    "Withheld",
    "fingerprint_found",
    "goes_with_article",
    "has_header",
    "parse_document",
    "parse_item",
    "parse_note",
    "write_sidecar",
]
