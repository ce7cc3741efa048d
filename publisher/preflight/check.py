"""PURE. Hold an issue against every check that its newsletter wants."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from publisher.checklist import CHECKS, Level
from publisher.config import NewsletterSpec
from publisher.preflight.checks import DONE_BY
from publisher.preflight.finding import Finding
from publisher.preflight.mail import Mail, read_mail
from publisher.preflight.proof import Proof

SPAM = "spam-score"
"""The one check that needs a program."""


def check_issue(proof: Proof) -> tuple[Finding, ...]:
    """Everything that the checks find, errors first, else in the order of the checklist."""
    return check_mail(read_mail(proof))


def check_mail(mail: Mail, *, paths: Collection[str] | None = None) -> tuple[Finding, ...]:
    """The same for a proof that is taken apart already; `paths` in place of the proof's own."""
    if paths is not None:
        mail = replace(mail, proof=replace(mail.proof, paths=paths))
    found = list(_findings(mail))
    return tuple(sorted(found, key=lambda finding: ("error", "warn", "note").index(finding.level)))


def level_of(newsletter: NewsletterSpec, name: str) -> Level:
    """How heavy a check is for a newsletter."""
    return newsletter.checks.get(name, CHECKS[name].level)


def is_held(findings: Sequence[Finding]) -> bool:
    """Whether an issue with these findings is not mailed."""
    return any(finding.level == "error" for finding in findings)


def _findings(mail: Mail) -> Iterator[Finding]:
    proof = mail.proof
    for name in CHECKS:
        level = level_of(proof.newsletter, name)
        if level == "off":
            continue
        for where, detail in DONE_BY[name](mail):
            yield Finding(check=name, level=level, where=where, detail=detail)
        if name == SPAM and proof.judgement is not None and proof.judgement.missing:
            yield Finding(
                check=name,
                level="note",
                where="message",
                detail=f"did not run: {proof.judgement.missing}",
            )
