"""PURE. The formats of a text, each to HTML: Markdown, reStructuredText, HTML, plain news text."""
