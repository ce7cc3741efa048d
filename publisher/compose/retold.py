"""PURE. Why an article is in an issue that was made, or is not: what is known of it today.

The issue and the record are certain. What an article's header, the configuration or an editor said
then is not kept; where a reason rests on what they say today, it says so, and where nothing is
known, that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from publisher.compose.entries import select
from publisher.compose.past import Past
from publisher.compose.reasons import Part, is_mailed, unmet, why_done
from publisher.config import NewsletterSpec
from publisher.model import Article, Entry, Issue, RecordedIssue, State, in_sections
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """An article and what became of it in an issue. `number` counts those that it holds, from 1.

    `file` is the article's under its source, "" where it is gone; `section` the heading under
    which it stands.
    """

    id: str
    title: str
    part: Part
    reason: str
    file: str = ""
    source: str = ""
    section: str = ""
    number: int = 0


def retell_issue(
    newsletter: NewsletterSpec,
    issue: Issue,
    past: Past,
    articles: Sequence[Article],
) -> tuple[Retold, ...]:
    """What the issue holds, in its order; then what it does not hold and was published by then.

    `past` has all issues that were made, this one included; `articles` are those of today.
    """
    line = next(one for one in past.issues if one.number == issue.number)
    before = Past(
        issues=tuple(one for one in past.issues if one.number < issue.number),
        beginning=past.beginning,
        former=past.former,
    )
    by_id = {article.id: article for article in articles}
    told = [*_held(issue, line, before, by_id)]
    later = [one for one in past.issues if one.number > issue.number]
    held = {one.id for one in told}
    rest = sorted(
        (a for a in articles if a.id not in held and _was_out(a, issue.digest.slot)),
        key=lambda a: (a.published, a.id),
        reverse=True,
    )
    reasons = _Reasons(newsletter=newsletter, line=line, before=before, later=later)
    told += [_left(article, reasons.of(article)) for article in rest]
    return tuple(told)


def _was_out(article: Article, slot: datetime) -> bool:
    return article.place > 0 and article.published is not None and article.published <= slot


def _held(
    issue: Issue, line: RecordedIssue, before: Past, by_id: Mapping[str, Article]
) -> Iterator[Retold]:
    words = frozenset(issue.rendered.text.split())
    number = 0
    for title, entries in in_sections(issue.digest):
        for entry in entries:
            number += 1
            shown = is_mailed(entry.url, words)
            why = _why_new(entry, before) + _pinned(by_id.get(entry.id))
            yield _one(
                entry,
                by_id,
                part=Part.SHOWN if shown else Part.LINKED,
                reason=why if shown else "the mail had no room for it (100,000 bytes)",
                section=title,
                number=number,
            )
    for entry in issue.digest.overflow:
        number += 1
        reason = f"over max_items: {len(issue.digest.entries)} are shown"
        yield _one(entry, by_id, part=Part.LINKED, reason=reason, number=number)
    there = {e.id for e in (*issue.digest.entries, *issue.digest.overflow)}
    for id_ in line.items:
        if id_ not in there:
            number += 1
            yield Retold(
                id=id_,
                title=id_,
                part=Part.LINKED,
                reason="it was in this issue, which was made again from the record without it: "
                "the article is shown no more",
                number=number,
            )


def _one(
    entry: Entry,
    by_id: Mapping[str, Article],
    *,
    part: Part,
    reason: str,
    number: int,
    section: str = "",
) -> Retold:
    article = by_id.get(entry.id)
    return Retold(
        id=entry.id,
        title=entry.title,
        part=part,
        reason=reason,
        file=article.document.file if article else "",
        source=article.document.source if article else "",
        section=section,
        number=number,
    )


def _why_new(entry: Entry, before: Past) -> str:
    if before.issues:
        last = before.issues[-1]
        if entry.published > last.slot:
            return f"published since issue {last.number}"
        return f"published before issue {last.number}, and in none until this one"
    if before.beginning:
        return "published since the newsletter began"
    return "there was no issue before"


def _pinned(article: Article | None) -> str:
    return "; pinned by its header of today" if article and article.document.pinned else ""


def _left(article: Article, reason: str) -> Retold:
    document = article.document
    return Retold(
        id=article.id,
        title=document.title,
        part=Part.LEFT,
        reason=reason,
        file=document.file,
        source=document.source,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reasons:
    """Why articles are not in one issue, by what came `before` it, in its `line`, and `later`."""

    newsletter: NewsletterSpec
    line: RecordedIssue
    before: Past
    later: Sequence[RecordedIssue]

    def of(self, article: Article) -> str:
        """The surest reason there is."""
        done = why_done(self.before)
        if article.id in done:
            return done[article.id]
        if article.id in self.line.passed:
            if self.before.last is None:
                return (
                    "passed over for good, as the first issue does with all that it does not hold"
                )
            return "taken out by an editor, for good"
        expires = article.document.expires
        if expires is not None and expires <= self.line.slot:
            return "expired by then"
        after = self._later(article.id)
        if after:
            return after
        today = self._today(article)
        if today:
            return f"{today} (as things are today)"
        return (
            "nobody wrote down why: an editor may have had it wait (`issue drop`), or it came "
            "later, with an earlier date"
        )

    def _later(self, id_: str) -> str:
        for issue in self.later:
            if id_ in issue.items:
                return f"it is in issue {issue.number}; why it waited was not written down"
            if id_ in issue.passed:
                return f"taken out by an editor before issue {issue.number}, for good"
        return ""

    def _today(self, article: Article) -> str:
        if article.state is State.RETRACTED:
            return "retracted"
        if article.state is State.DRAFT:
            return "a draft"
        if not article.document.digest:
            return "digest: false in its header"
        if not select([article], self.newsletter.select):
            return f"not selected: {unmet(self.newsletter.select, article)}"
        sections = self.newsletter.sections
        if sections and not any(select([article], section.select) for section in sections):
            return "no section takes it"
        return ""
