"""GROUND. What no single key of publisher.yaml can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from publisher.config.mailing import BouncesSpec
from publisher.config.mailsources import mail_findings
from publisher.config.newsletters import newsletter_findings
from publisher.config.operation import AlertsSpec
from publisher.config.outputchecks import output_findings
from publisher.config.paths import circle_findings, misplaced, path_problem
from publisher.config.selections import Finding, unknown_sources
from publisher.config.site import SiteSpec
from publisher.config.sourcechecks import source_findings
from publisher.config.specs import Config, FeedSpec
from publisher.config.themes import theme_findings
from publisher.patterns import pattern

_OUR_FOLDERS = pattern(
    r"(?:tags|authors|languages|newsletters|media|page|sitemap)/|feeds/\Z|(?:.*/)?(?:archive|page)/"
)

_LONGEST_BOUNCES = 19  # 64 letters, without the + and the token's 44 of delivery.verp

_NAME = "give one of them another name"
_PLACE = (
    "take one of the two out; files that are to be another source go into a folder of their own"
)
_FOLDER = "set `path:` of one of them to another folder"


def findings(config: Config) -> Iterator[Finding]:
    """Everything in a configuration that does not fit together."""
    circles = tuple(circle_findings(config))
    yield from circles
    told = {at for at, _, _ in circles}
    for name in ("output", "state", "record"):
        place = config.path(getattr(config, name))
        problem = misplaced(config, name) or path_problem(config, name, place)
        if problem and (name,) not in told:
            yield (name,), f"{name}: {problem}", "give it a place of its own"
    yield from theme_findings(config.site.theme)
    yield from _repeated("sources", [s.name for s in config.sources], "name", _NAME)
    yield from source_findings(config.sources)
    yield from mail_findings(config.sources)
    yield from _repeated("outputs", [o.name for o in config.outputs], "name", _NAME)
    yield from output_findings(config.outputs)
    yield from _repeated("sources", [s.place for s in config.sources], "path", _PLACE)
    yield from _repeated("feeds", [f.name for f in config.feeds], "name", _NAME)
    yield from _repeated("feeds", [f.path for f in config.feeds], "folder", _FOLDER)
    yield from _repeated("hub", config.hub, "address", "take one of them out")
    names = [n.name for n in config.newsletters]
    yield from _repeated("newsletters", names, "name", _NAME)
    yield from _smtp_findings(config)
    if not any(feed.name == "main" for feed in config.feeds):
        yield ("feeds",), "feeds: the feed 'main' is missing", "add - name: main"
    for i, feed in enumerate(config.feeds):
        yield from _feed_findings(i, feed)
        yield from _podcast_findings(i, feed, config.site)
        yield from unknown_sources(("feeds", i), feed.select, config.sources)
    for i, newsletter in enumerate(config.newsletters):
        yield from newsletter_findings(i, newsletter, config.sources)
    if config.bounces is not None:
        yield from _bounces_findings(config.bounces)
    if config.alerts is not None:
        yield from _alerts_findings(config, config.alerts)


def _smtp_findings(config: Config) -> Iterator[Finding]:
    smtp = config.smtp
    if smtp is None:
        return
    if smtp.folder is not None:
        problem = path_problem(config, "smtp.folder", config.path(smtp.folder))
        if problem:
            yield ("smtp", "folder"), f"smtp.folder: {problem}", "such as folder: outbox"
    bounds = (("port", smtp.port, 65_535), ("connections", smtp.connections, 100))
    for name, value, most in bounds:
        if not 1 <= value <= most:
            yield ("smtp", name), f"smtp.{name}: expected 1 to {most}", None
    for name in ("per_minute", "per_domain"):
        if getattr(smtp, name) < 0:
            yield ("smtp", name), f"smtp.{name}: expected 0 or more", "0: no limit"
    if smtp.timeout.total_seconds() < 1:
        yield ("smtp", "timeout"), "smtp.timeout: expected 1s or more", None
    if smtp.retry.factor < 1:
        yield ("smtp", "retry", "factor"), "smtp.retry.factor: expected 1 or more", None
    named = [smtp.password_env, smtp.password_file]
    if None not in named:
        message = "smtp: password_env and password_file both name the password"
        yield ("smtp", "password_file"), message, "take one of them out"
    elif smtp.username is None and any(named):
        yield ("smtp",), "smtp: a password without a username", "add username:"


def _repeated(section: str, values: Sequence[str], what: str, mend: str) -> Iterator[Finding]:
    counted = Counter(values)
    for i, value in enumerate(values):
        if counted[value] > 1 and value in values[:i]:
            yield (section, i), f"{section}: the {what} {value!r} stands here twice", mend


def _feed_findings(i: int, feed: FeedSpec) -> Iterator[Finding]:
    if not 1 <= feed.limit <= 1000:
        yield ("feeds", i, "limit"), f"feeds[{i}].limit: expected 1 to 1000", None
    if _OUR_FOLDERS.match(f"{feed.path}/"):
        message = f"feeds[{i}].path: {feed.path!r} is a folder of the site's own"
        yield ("feeds", i, "path"), message, "name another, such as feeds/politics"
    if len(set(feed.formats)) < len(feed.formats):
        yield (
            ("feeds", i, "formats"),
            f"feeds[{i}].formats: one stands here twice",
            "take it out once",
        )


def _podcast_findings(i: int, feed: FeedSpec, site: SiteSpec) -> Iterator[Finding]:
    podcast = feed.podcast
    if podcast is None:
        return
    where, place = f"feeds[{i}].podcast", ("feeds", i, "podcast")
    if "rss" not in feed.formats:
        message = f"{where}: a podcast is followed by RSS, and this feed has no such format"
        yield ("feeds", i, "formats"), message, "add rss to its formats"
    if not (feed.language or site.language):
        message = f"{where}: no directory lists a podcast without a language"
        yield place, message, "set `language:` of the feed, or site.language"
    if podcast.image is None and site.image is None:
        message = f"{where}: no directory lists a podcast without a cover"
        yield place, message, "set `image:` of the podcast, or site.image"
    if not podcast.category:
        message = f"{where}.category: no directory lists a podcast without one"
        yield (*place, "category"), message, "write category: News, for example"
    if podcast.complete and podcast.new_feed_url:
        message = f"{where}: a feed that moved is not complete here"
        yield (*place, "complete"), message, "take out complete, or new_feed_url"


def _alerts_findings(config: Config, alerts: AlertsSpec) -> Iterator[Finding]:
    if alerts.mail is None and alerts.webhook is None:
        yield ("alerts",), "alerts: nobody is told", "add mail: or webhook:, or take alerts out"
    if alerts.mail is not None and config.smtp is None:
        yield ("alerts", "mail"), "alerts.mail: there is no relay that takes it", "add smtp:"
    if alerts.mail is not None and alerts.sender is None and not config.newsletters:
        yield ("alerts", "mail"), "alerts.mail: nobody is named that it is from", "add from:"
    if alerts.password_env is not None and alerts.password_file is not None:
        message = "alerts: password_env and password_file both name the secret"
        yield ("alerts", "password_file"), message, "take one of them out"


def _bounces_findings(bounces: BouncesSpec) -> Iterator[Finding]:
    if len(bounces.address.rpartition("@")[0]) > _LONGEST_BOUNCES:
        message = f"bounces.address: at most {_LONGEST_BOUNCES} letters before the @"
        mend = "each message's own address has 45 more there, and 64 is what mail systems take"
        yield ("bounces", "address"), message, mend
    if len(bounces.mailboxes) > 1:
        message = f"bounces: {' and '.join(bounces.mailboxes)}: expected one mailbox"
        yield ("bounces", bounces.mailboxes[1]), message, "name the one that they come to"
    if bounces.soft_limit < 1:
        yield ("bounces", "soft_limit"), "bounces.soft_limit: expected 1 or more", None
