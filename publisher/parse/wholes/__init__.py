"""PURE. Files whose header and text are not one after the other: notebooks, office, AsciiDoc."""
