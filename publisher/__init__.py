"""publisher: a folder of articles becomes feeds, pages and an email-ready digest.

ARCHITECTURE.md has the map; CONTRACT-level behaviour is in docs/reference.md.
"""

__version__ = "0.1.0"
