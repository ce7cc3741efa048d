"""PURE. What sending an issue is decided by: replies, waits, messages, signatures, tokens."""
