"""PURE. The bytes of an article file -> a document, field by field with its origin."""
