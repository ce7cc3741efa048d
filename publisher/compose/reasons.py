"""PURE. Why an article is in the coming issue of a newsletter, or why not."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from publisher.compose.entries import select
from publisher.compose.past import Past
from publisher.config import FeedSpec, NewsletterSpec, Selection
from publisher.links.ascii import ascii_url
from publisher.model import Article, Digest, Draft, in_sections
from publisher.values import dataclass


class Part(enum.Enum):
    """What becomes of an article in the coming issue."""

    SHOWN = "in the mail"
    LINKED = "in the issue, behind the link to the rest"
    LEFT = "not in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One listed article and its part in the coming issue.

    `reason` is empty for what is shown; `section` is the heading under which it stands.
    """

    article: Article
    part: Part
    reason: str = ""
    section: str = ""


def place_articles(
    newsletter: NewsletterSpec,
    listed: Sequence[Article],
    past: Past,
    *,
    slot: datetime,
    draft: Draft,
    digest: Digest | None,
    text: str,
) -> tuple[Placement, ...]:
    """Every listed article with its part: what is in first, in its order, then the rest.

    `past` is what lies behind it, `slot` its time, `draft` what editors said of it, `digest` what
    it says (None: there is none yet) and `text` its text part, which names each article that the
    mail shows. Where each article is an issue `digest` is None, and whoever asks knows which are
    due.
    """
    by_id = {article.id: article for article in listed}
    told = frozenset(text.split())
    sections = in_sections(digest) if digest else []
    placed: list[Placement] = []
    headed = [(title, e) for title, entries in sections for e in entries if e.id in by_id]
    for title, entry in headed:
        is_shown = is_mailed(entry.url, told)
        placed.append(
            Placement(
                article=by_id[entry.id],
                part=Part.SHOWN if is_shown else Part.LINKED,
                reason="" if is_shown else "the mail had no room for it (100,000 bytes)",
                section=title,
            )
        )
    over = f"over max_items ({newsletter.max_items})"
    if newsletter.sections:
        over += ", or over that of each section that takes it"
    placed += [
        Placement(
            article=by_id[entry.id],
            part=Part.LINKED,
            reason=over,
        )
        for entry in (digest.overflow if digest else ())
        if entry.id in by_id
    ]
    held = {placement.article.id for placement in placed}
    rest = [article for article in listed if article.id not in held]
    return (*placed, *_left_out(newsletter, rest, past, slot, draft=draft, digest=digest))


def is_mailed(url: str, words: Collection[str]) -> bool:
    """Whether an entry of that address is shown by the mail whose text has those words."""
    return _as_mailed(url) in words


def _as_mailed(url: str) -> str:
    """An address as a mail has it: in ASCII where it can be."""
    try:
        return ascii_url(url)
    except ValueError:
        return url


def _left_out(
    newsletter: NewsletterSpec,
    rest: Sequence[Article],
    past: Past,
    slot: datetime,
    *,
    draft: Draft,
    digest: Digest | None,
) -> Iterator[Placement]:
    done = why_done(past)
    selected = {article.id for article in select(rest, newsletter.select)}
    passed = frozenset(digest.passed) if digest else frozenset[str]()
    for article in rest:
        if article.id in done:
            reason = done[article.id]
        elif not article.document.digest:
            reason = "digest: false in its header"
        elif article.id not in selected:
            reason = f"not selected: {unmet(newsletter.select, article)}"
        elif newsletter.sections and not any(
            select([article], section.select) for section in newsletter.sections
        ):
            reason = "no section takes it"
        elif article.id in draft.passed:
            reason = "taken out by an editor, for good"
        elif article.id in draft.dropped:
            reason = "taken out by an editor: it waits for the issue after this one"
        elif article.id in passed:
            reason = "the first issue has no room for it, and passes over it for good"
        elif article.published is not None and article.published > slot:
            time = slot.isoformat(timespec="minutes")
            reason = f"published after the time of this issue, {time}: it waits for the one after"
        elif newsletter.schedule.is_for_each and past.last is not None:
            reason = "is an issue of its own, after this one"
        elif newsletter.schedule.is_for_each:
            reason = "the first issue is the newest article, and passes over the others for good"
        else:
            reason = f"waits: fewer than min_items ({newsletter.min_items}) are new"
        yield Placement(article=article, part=Part.LEFT, reason=reason)


def why_done(past: Past) -> Mapping[str, str]:
    """What is settled for good, by id."""
    done = dict.fromkeys(past.former, "told, or passed over, in another rhythm of the newsletter")
    for issue in past.issues:
        done |= dict.fromkeys(issue.passed, f"passed over when issue {issue.number} was made")
    if past.beginning:
        done |= dict.fromkeys(past.beginning.passed, "published before the newsletter began")
    for issue in past.issues:
        done |= dict.fromkeys(issue.items, f"already in issue {issue.number}")
    return done


def why_not_in(feed: FeedSpec, article: Article) -> str:
    """Why a feed of the configuration does not take an article."""
    if article.document.feeds:
        return f"not among the feeds that it names: {', '.join(article.document.feeds)}"
    return unmet(feed.select, article)


def unmet(selection: Selection, article: Article) -> str:
    """The first key of `select` that keeps the article out, with what it asks for."""
    asked = {
        "not_tags": selection.not_tags,
        "tags": selection.tags,
        "authors": selection.authors,
        "languages": selection.languages,
        "sources": selection.sources,
        "sections": selection.sections,
    }
    for name, values in asked.items():
        if values and not select([article], Selection(**{name: values})):
            verb = "has one of" if name == "not_tags" else "has none of"
            return f"{verb} {name} [{', '.join(values)}]"
    return "select leaves it out"
