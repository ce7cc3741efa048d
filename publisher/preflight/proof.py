"""PURE. All that the checks of an issue look at, as one value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime

from publisher.config import NewsletterSpec, SiteSpec
from publisher.links.readers import reader_link
from publisher.model import Asset, Issue
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What SpamAssassin said: its points and the rules that gave them; or why it did not run."""

    score: float = 0.0
    rules: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An issue as it would be mailed to the sample reader, and what is known around it.

    `html`, `text` and `message` have the links of a reader with `token` in them.
    `language` is that of our own words, `reason` our sentence that says why one gets
    the mail. `held` are the ids that earlier issues hold. `paths` are the files under
    the site that will be there (None: it is not known, and no link counts as dead);
    `pictures` are those of our own pictures that we know, by that path. `said` are
    further texts of authors in the mail, beside those of the digest.
    `judgement` is None where SpamAssassin was not asked.
    """

    issue: Issue
    newsletter: NewsletterSpec
    site: SiteSpec
    mail_url: str
    token: str
    html: str
    text: str
    message: bytes
    now: datetime
    language: str
    reason: str = ""
    held: Collection[str] = frozenset()
    paths: Collection[str] | None = None
    pictures: Mapping[str, Asset] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    judgement: Judgement | None = None

    @property
    def reader_links(self) -> tuple[str, str]:
        """The two addresses that answer only this reader: to unsubscribe, to change."""
        return (
            reader_link(self.mail_url, "unsubscribe", self.token),
            reader_link(self.mail_url, "preferences", self.token),
        )
