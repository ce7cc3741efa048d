"""EDGE. What a round came to, as events of the log (docs/reference.md, "The timer's log")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.errors import FeedError, IssueError, SourceError
from publisher.publishing.fetches import FetchReport
from publisher.publishing.pings import PingOutcome, PingReport
from publisher.publishing.publish import PublishReport

if TYPE_CHECKING:
    from publisher.mailing.bounces import BouncesReport
    from publisher.mailing.deliver import DeliveryReport
    from publisher.upkeep.alerts import Told


def tell_run(log: Any, report: PublishReport, woken_by: str, seconds: float) -> None:
    """A run that published, and took so many seconds."""
    for problem in report.problems:
        if isinstance(problem, FeedError):
            log.warning("feed.refused", error=str(problem), mend=problem.mend)
        elif isinstance(problem, IssueError):
            log.warning("issue.held", error=str(problem), mend=problem.mend)
        elif isinstance(problem, SourceError):
            log.debug("source.away", error=str(problem), mend=problem.mend)
        else:
            log.warning("article.refused", error=str(problem), mend=problem.mend)
    for warning in report.warnings:
        tell = log.warning if warning in report.news else log.debug
        tell("publish.warning", text=warning)
    for issue in report.issues:
        log.info(
            "issue.composed",
            newsletter=issue.newsletter,
            issue=issue.number,
            entries=len(issue.items),
        )
    for path in report.written:
        log.debug("file.written", path=path)
    log.info(
        "publish.done",
        woken_by=woken_by,
        listed=report.counts["listed"],
        read=report.opened,
        written=len(report.written),
        removed=len(report.removed),
        seconds=round(seconds, 3),
    )


def tell_fetches(log: Any, report: FetchReport) -> None:
    """A round of asking feeds of others."""
    for text in report.said:
        log.warning("fetch.said", text=text)
    for text in report.failed:
        log.warning("fetch.deferred", error=text)
    if report.asked:
        changed = ",".join(report.changed)
        log.info("fetch.done", asked=report.asked, failed=len(report.failed), changed=changed)


def tell_delivery(log: Any, report: DeliveryReport) -> None:
    """A round of sending."""
    if report.counts:
        log.info("delivery.done", **report.counts)
    if report.trouble:
        log.warning("delivery.trouble", error=report.trouble)
    for unknown in report.unknown:
        log.warning("delivery.unknown", error=str(unknown), mend=unknown.mend)


def tell_bounces(log: Any, report: BouncesReport) -> None:
    """A look into the mailbox of what came back."""
    if report.counts:
        log.info("bounces.done", suppressed=report.suppressed, **report.counts)
    if report.trouble:
        log.warning("bounces.trouble", error=str(report.trouble), mend=report.trouble.mend)


def tell_pings(log: Any, pings: PingReport) -> None:
    """A round of telling hubs."""
    for outcome in pings.outcomes:
        _tell_outcome(log, outcome)
    for warning in pings.warnings:
        log.debug("publish.warning", text=warning)


def _tell_outcome(log: Any, outcome: PingOutcome) -> None:
    hub, topic = outcome.ping.hub, outcome.ping.topic
    if outcome.verdict == "sent":
        log.info("hub.pinged", hub=hub, topic=topic)
    elif outcome.due is None:
        log.warning("hub.given_up", hub=hub, topic=topic, error=outcome.reason)
    else:
        next_try = outcome.due.isoformat(timespec="seconds")
        log.warning("hub.deferred", hub=hub, topic=topic, error=outcome.reason, next_try=next_try)


def tell_alerts(log: Any, told: Told) -> None:
    """What the alerts told."""
    for one in told.alerts:
        event = "alert.raised" if one.over is None else "alert.over"
        log.warning(event, cause=one.cause, text=one.text)
    for trouble in told.troubles:
        log.error("alert.failed", error=str(trouble), mend=trouble.mend)
