"""PURE. Values -> the bytes of feeds, pages and mails."""
