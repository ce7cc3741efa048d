"""PURE. The rules of the field, held against any RSS, Atom or JSON feed.

`check_feed` names every rule that a document breaks, `disagreements` what the
formats of one feed say differently, and `RULES` has for each name what the
rule says, what to do and who says so.
"""

from publisher.feedcheck.agree import disagreements
from publisher.feedcheck.check import LIMIT, check_feed
from publisher.feedcheck.finding import Finding
from publisher.feedcheck.reading import read_feed
from publisher.feedcheck.rule import Rule
from publisher.feedcheck.rules import GROUPS, RULES

__all__ = [
    "GROUPS",
    "LIMIT",
    "RULES",
    "Finding",
    "Rule",
    "check_feed",
    "disagreements",
    "read_feed",
]
