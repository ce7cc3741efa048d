"""PURE. The bytes of an article file -> a document, field by field with its origin."""

from publisher.parse.document import Parsed, Skipped, parse_document
from publisher.parse.sanitise import ArticleFile, LookUp

__all__ = ["ArticleFile", "LookUp", "Parsed", "Skipped", "parse_document"]
