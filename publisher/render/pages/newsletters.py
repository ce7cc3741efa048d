"""PURE. The archive of a newsletter and the page of each issue."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from markupsafe import Markup

from publisher.config import IssueScheduleSpec, NewsletterSpec
from publisher.config.kinds import WEEKDAYS
from publisher.config.schedules import read_day_of_month
from publisher.feeds import Feed
from publisher.mailbox import read_mailbox
from publisher.model import Artifact, RecordedIssue, in_sections
from publisher.render.pages.body import in_steps
from publisher.render.pages.chrome import (
    Subscription,
    archive_folder,
    archive_path,
    issue_path,
    subscriptions,
)
from publisher.render.pages.feedpage import follow
from publisher.render.pages.paging import Leaf, leaves
from publisher.render.pages.press import Draw, Head, Page, Press
from publisher.render.view import SiteView
from publisher.render.words import Words

_COLON = re.compile(r"\s*[:：]\s*")


def newsletter_artifacts(press: Press, view: SiteView) -> Iterable[Artifact]:
    """The archive pages and issue pages of every newsletter, in the newsletter's own language.

    Their fingerprints hold what the record knows of an issue; issues are loaded when drawn.
    """
    yield from _rhythm_pages(press, view)
    for newsletter in view.newsletters:
        issues = view.issues.get(newsletter.name, ())
        feed = _feed(newsletter, view)
        told = (feed.spec, feed.title) if feed else None
        for leaf in leaves(issues[::-1], archive_folder(newsletter)):
            yield press.page(
                leaf.path,
                "web/newsletter.html",
                shows=(newsletter, leaf, told),
                draw=_draw_archive(newsletter, leaf, view),
                language=newsletter.language,
            )
        for place, issue in enumerate(issues):
            older = issues[place - 1] if place else None
            newer = issues[place + 1] if place + 1 < len(issues) else None
            yield press.page(
                issue_path(newsletter, issue.number),
                "web/issue.html",
                shows=(newsletter, issue, _number(older), _number(newer), told),
                draw=_draw_issue(newsletter, issue, older, newer, view),
                language=newsletter.language,
            )


def _rhythm_pages(press: Press, view: SiteView) -> Iterable[Artifact]:
    """The page of each newsletter that has rhythms: all of them, to choose one."""
    whole = {
        stream.rhythm_of.name: stream.rhythm_of for stream in view.newsletters if stream.rhythm_of
    }
    for newsletter in whole.values():
        newest = [view.issues.get(stream.name, ())[-1:] for stream in newsletter.streams()]
        yield press.page(
            archive_path(newsletter),
            "web/rhythms.html",
            shows=(newsletter, newest),
            draw=_draw_rhythms(newsletter, view),
            language=newsletter.language,
        )


def _draw_rhythms(newsletter: NewsletterSpec, view: SiteView) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        sender = read_mailbox(newsletter.from_)
        shown = [
            {
                "title": rhythm.shown_title,
                "href": page.to(archive_path(stream)),
                "often": how_often(page.words, stream.schedule),
                "newest": next(
                    (
                        _listed(page, stream, issue, view)
                        for issue in view.issues.get(stream.name, ())[-1:]
                    ),
                    None,
                ),
            }
            for rhythm, stream in zip(newsletter.rhythms, newsletter.streams(), strict=True)
        ]
        return page.site_head(newsletter.title), {
            "name": newsletter.name,
            "title": newsletter.title,
            "sender": sender.name or sender.email,
            "rhythms": shown,
        }

    return draw


def how_often(words: Words, schedule: IssueScheduleSpec) -> str:
    """When a newsletter comes, as a sentence without its full stop."""
    if schedule.cron:
        return words.gettext("At set times")
    if schedule.every == "article":
        return words.gettext("With every article")
    at = words.clock(schedule.at)
    if schedule.every == "day":
        return words.gettext("Every day at %(time)s", time=at)
    if schedule.every == "weekday":
        return words.gettext("Monday to Friday at %(time)s", time=at)
    if schedule.every == "week":
        day = words.weekday(WEEKDAYS.index(schedule.on or "monday"))
        return words.gettext("Every week: %(weekday)s at %(time)s", weekday=day, time=at)
    which = read_day_of_month(schedule.on or "1")
    if which.weekday is not None:
        return _on_weekday(words, which.number, words.weekday(which.weekday), at)
    if which.number < 0:
        return words.gettext("Every month: the last day at %(time)s", time=at)
    return words.gettext(
        "Every month: day %(day)s at %(time)s", day=words.number(which.number), time=at
    )


def without_name(subject: str, name: str) -> str:
    """A subject without a name and a colon before it, as each language sets one."""
    found = _COLON.match(subject, len(name)) if subject.startswith(name) else None
    return subject[found.end() :] if found and found.end() < len(subject) else subject


def _on_weekday(words: Words, number: int, day: str, at: str) -> str:
    """A whole sentence for each: what stands around a weekday's name differs with its gender."""
    if number == 1:
        return words.gettext("Every month: the first %(weekday)s at %(time)s", weekday=day, time=at)
    if number == 2:
        return words.gettext(
            "Every month: the second %(weekday)s at %(time)s", weekday=day, time=at
        )
    if number == 3:
        return words.gettext("Every month: the third %(weekday)s at %(time)s", weekday=day, time=at)
    if number == 4:
        return words.gettext(
            "Every month: the fourth %(weekday)s at %(time)s", weekday=day, time=at
        )
    return words.gettext("Every month: the last %(weekday)s at %(time)s", weekday=day, time=at)


def _draw_archive(newsletter: NewsletterSpec, leaf: Leaf[RecordedIssue], view: SiteView) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        words = page.words
        feed = _feed(newsletter, view)
        sender = read_mailbox(newsletter.from_)
        often = how_often(words, newsletter.schedule)
        head = page.site_head(
            newsletter.title,
            description=often,
            previous=leaf.newer,
            following=leaf.older,
            feeds=_announced(page, feed),
        )
        return head, {
            "newsletter": newsletter,
            "sender": sender.name or sender.email,
            "often": often,
            "number": leaf.number,
            "issues": [_listed(page, newsletter, issue, view) for issue in leaf.items],
            **(follow(page, feed) if feed else {"subscriptions": (), "readers": ()}),
        }

    return draw


def _draw_issue(
    newsletter: NewsletterSpec,
    recorded: RecordedIssue,
    older: RecordedIssue | None,
    newer: RecordedIssue | None,
    view: SiteView,
) -> Draw:
    def draw(page: Page) -> tuple[Head, dict[str, object]]:
        digest = view.load_issue(newsletter.name, recorded.number).digest
        head = page.site_head(
            digest.subject,
            description=digest.preheader,
            previous=_path(newsletter, older),
            following=_path(newsletter, newer),
            feeds=_announced(page, _feed(newsletter, view)),
        )
        heading = without_name(digest.subject, newsletter.title)
        own, alone = Markup(), ""
        if digest.entries and heading == digest.entries[0].title:
            own = page.language(digest.entries[0].language)
            rest = (digest.entries[1:], digest.overflow, digest.note, digest.sections)
            alone = "" if any(rest) else page.link(digest.entries[0])
        return head, {
            "newsletter": newsletter,
            "mailed": page.to(posixpath.dirname(page.path) + "/email.html"),
            "archive": page.to(archive_path(newsletter)),
            "number": page.words.number(recorded.number),
            "date": page.time(recorded.slot, page.words.long_date(recorded.slot)),
            "subject": digest.subject,
            "heading": heading,
            "alone": alone,
            "attributes": own or Markup(' dir="auto"'),
            "note": Markup(in_steps(digest.note.html, highest=2)) if digest.note else "",  # noqa: S704 - sanitised
            "sections": [
                {
                    "title": title,
                    "entries": [page.card(e, whole_summary=True, frozen=True) for e in entries],
                }
                for title, entries in in_sections(digest)
            ],
            "overflow": [page.card(entry, frozen=True) for entry in digest.overflow],
            "corrected": digest.corrected,
        }

    return draw


def _listed(
    page: Page, newsletter: NewsletterSpec, recorded: RecordedIssue, view: SiteView
) -> dict[str, object]:
    digest = view.load_issue(newsletter.name, recorded.number).digest
    return {
        "number": page.words.number(recorded.number),
        "href": page.to(issue_path(newsletter, recorded.number)),
        "date": page.time(recorded.slot, page.words.long_date(recorded.slot)),
        "subject": digest.subject,
    }


def _feed(newsletter: NewsletterSpec, view: SiteView) -> Feed | None:
    """The feed of a newsletter's issues: its page is the archive."""
    path = archive_path(newsletter)
    return next((feed for feed in view.feeds if feed.page_path == path), None)


def _announced(page: Page, feed: Feed | None) -> tuple[Subscription, ...]:
    """The feeds of every page, the newsletter's own first."""
    own = subscriptions(page.chrome.url, feed) if feed else ()
    return (*own, *(one for one in page.chrome.subscriptions if one not in own))


def _number(issue: RecordedIssue | None) -> int | None:
    return issue.number if issue else None


def _path(newsletter: NewsletterSpec, issue: RecordedIssue | None) -> str:
    return issue_path(newsletter, issue.number) if issue else ""
