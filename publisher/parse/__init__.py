"""PURE. The bytes of an article file -> a document, field by field with its origin."""

from publisher.parse.clean.sanitise import ArticleFile, LookUp
from publisher.parse.document import Parsed, Skipped, parse_document

__all__ = ["ArticleFile", "LookUp", "Parsed", "Skipped", "parse_document"]
