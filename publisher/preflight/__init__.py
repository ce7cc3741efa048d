"""PURE. Pre-flight: an issue held against every check before anything of it is mailed."""

from __future__ import annotations

from publisher.preflight.check import SPAM, check_issue, check_mail, is_held, level_of
from publisher.preflight.finding import Finding, Weight
from publisher.preflight.mail import read_mail
from publisher.preflight.paths import files_of, own_paths
from publisher.preflight.proof import Judgement, Proof

__all__ = [
    "SPAM",
    "Finding",
    "Judgement",
    "Proof",
    "Weight",
    "check_issue",
    "check_mail",
    "files_of",
    "is_held",
    "level_of",
    "own_paths",
    "read_mail",
]
