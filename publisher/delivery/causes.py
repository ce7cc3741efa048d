"""PURE. Why a message did not arrive: whose fault it is, and whether that will pass.

By the enhanced status codes (RFC 3463, RFC 7504, RFC 7505), the most telling there are: many
systems write 5.0.0 where one should read it and the true code into their words. Where no code
says anything, by words. Of two readings the milder counts: whoever is suppressed by mistake
never learns of it, whoever bounces once more does no harm.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Cause(StrEnum):
    """From the mildest on. blocked: the sender or the message was refused, by a rule; that says
    nothing of the reader. soft: the mailbox cannot take it now. hard: there is no such mailbox.
    """

    BLOCKED = "blocked"
    SOFT = "soft"
    HARD = "hard"


_MILDEST_FIRST = list(Cause)
_CODE = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)", re.ASCII)
_MOST_CODES = 10

_HARD = {(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)}
"""No such mailbox, no such domain, no such form, moved away, takes no mail (RFC 7505), disabled."""

_OURS = {(1, 7), (1, 8), (1, 9)}
"""What is wrong with the sender's address."""

_OURS_WHOLLY = {6, 7}
"""Subjects that are about the message and about rules: content, and policy."""

_FULL = re.compile(
    r"\b(?:over ?quota|quota (?:is )?(?:exceeded|full)|exceeded (?:\w+ ){0,3}quota|out of storage"
    r"|(?:mail)?box (?:is |size )?(?:over|too |exceed|full)|insufficient (?:disk|system)"
    r"|receiving mail (?:at a rate|too (?:quickly|fast)))",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:spam|spamhaus|junk|unsolicited|policy|policies|reputation|block(?:ed|list|ing)?"
    r"|black ?list(?:ed)?|deny ?list(?:ed)?|dnsbl|rbl|denied|not authori[sz]ed|unauthenticated"
    r"|dmarc|dkim|spf|virus|malware|rate limit(?:ed)?|sender|too large|content)\b",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    r"\b(?:no such (?:user|recipient|mailbox|address|account|person|local user|domain)"
    r"|(?:user|recipient|mailbox|address|account|alias|domain)(?: name)? (?:is |was )?"
    r"(?:unknown|not found|not known|invalid|disabled|inactive|deactivated|suspended|unrouteable)"
    r"|(?:unknown|invalid|inactive|disabled|nonexistent|non-existent|unrouteable|unroutable)"
    r" (?:or \w+ )?(?:user|recipient|mailbox|address|account|domain|local part)"
    r"|(?:user|recipient|mailbox|address|account|alias|domain)(?: \S+)? "
    r"(?:does(?: not|n't) exist|is not (?:a )?(?:valid|known)|could(?: not|n't) be found)"
    r"|(?:does(?: not|n't)|doesn.t) have an? \S{1,40} account|no mailbox here by that name"
    r"|not a valid (?:user|recipient|mailbox|address)|couldn't be found|not listed in)\b",
    re.IGNORECASE,
)


def cause_of(status: str, text: str) -> Cause:
    """What a status code and the words beside it mean for a delivery that failed for good."""
    told = list(_CODE.finditer(f"{status} {text}"))[:_MOST_CODES]
    codes = {(int(code[1]), int(code[2]), int(code[3])) for code in told}
    telling = {code for code in codes if code[1] and code[2]}
    if telling:
        worst = min((_of_code(*code) for code in telling), key=_MILDEST_FIRST.index)
        return _softened(text) if worst is Cause.HARD else worst
    if any(code[0] == 4 for code in codes) or _FULL.search(text):
        return Cause.SOFT
    if _REFUSED.search(text):
        return Cause.BLOCKED
    return Cause.HARD if _UNKNOWN.search(text) else Cause.SOFT


def _of_code(kind: int, subject: int, detail: int) -> Cause:
    if subject in _OURS_WHOLLY or (subject, detail) in _OURS:
        return Cause.BLOCKED
    return Cause.HARD if kind == 5 and (subject, detail) in _HARD else Cause.SOFT


def _softened(text: str) -> Cause:
    """A code that says "gone for ever", unless the words beside it say something else."""
    if _FULL.search(text):
        return Cause.SOFT
    if _REFUSED.search(text) and not _UNKNOWN.search(text):
        return Cause.SOFT
    return Cause.HARD


def mildest(causes: list[Cause]) -> Cause:
    """Of several the one that does least."""
    return min(causes, key=_MILDEST_FIRST.index)
