"""PURE. Text and HTML made safe: decoded, balanced, sanitised, every reference absolute."""
