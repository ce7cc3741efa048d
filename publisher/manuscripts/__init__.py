"""PURE. An article -> the file that an author would have written: Markdown below YAML fields."""
