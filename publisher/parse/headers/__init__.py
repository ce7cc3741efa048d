"""PURE. What stands above a text: the header split off, and each field read by its own type."""
