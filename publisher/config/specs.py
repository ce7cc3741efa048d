"""GROUND. The keys of publisher.yaml, their kinds and their defaults.

The dataclasses are the reference: `load` reads by them, the documentation's table
is made from them. `about` of a field is its line in that table.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from publisher.checklist import CHECKS, Level
from publisher.config import kinds
from publisher.config.keys import key
from publisher.config.mailing import BouncesSpec, DkimSpec, SmtpSpec
from publisher.config.operation import AlertsSpec, TimerSpec
from publisher.config.outputs import OutputSpec
from publisher.config.podcast import PodcastSpec
from publisher.config.site import SiteSpec
from publisher.config.sources import FilesSpec, SourceSpec
from publisher.errors import ConfigError, Location
from publisher.model import Readership
from publisher.values import dataclass

TEMPLATES = "templates"
"""The folder of the site's own templates where it names no other; it need not be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which articles: each list that is given must match; not_tags must not."""

    tags: tuple[str, ...] = key("with one of these tags", kinds.line, default=())
    not_tags: tuple[str, ...] = key("with none of these tags", kinds.line, default=())
    authors: tuple[str, ...] = key("by one of these names", kinds.line, default=())
    languages: tuple[str, ...] = key("in one of these languages", kinds.language, default=())
    sources: tuple[str, ...] = key("from one of these sources", kinds.name, default=())
    sections: tuple[str, ...] = key("in one of these categories", kinds.line, default=())


FeedFormat = Literal["rss", "atom", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """One feed in one or more formats."""

    name: str = key("the name; `main` is the site's own feed", kinds.name)
    title: str | None = key(
        "as shown in a feed reader; else the site's title", kinds.line, default=None
    )
    description: str | None = key(
        "one line on what it is; else the site's", kinds.line, default=None
    )
    language: str | None = key(
        "BCP 47 tag that it declares; else the site's", kinds.language, default=None
    )
    path: str = key(
        "its folder under output/; feeds/NAME unless set, output/ itself for `main` alone",
        kinds.output_folder,
        default="",
    )
    formats: tuple[FeedFormat, ...] = key("rss, atom, json", default=("rss", "atom", "json"))
    limit: int = key("the newest entries in it, 1 to 1000", default=50)
    archives: bool = key(
        "documents with all older entries, for feed readers that ask for them (RFC 5005)",
        default=True,
    )
    content: Literal["full", "summary"] = key("whole articles or summaries", default="full")
    select: Selection = key("which articles; all, when left out", default=Selection)
    podcast: PodcastSpec | None = key("makes it a podcast", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsForSpec:
    """Feeds of what articles say. They take limit, archives, formats, content from `main`."""

    tags: bool = key("one for each tag, at tags/SLUG/", default=False)
    authors: bool = key("one for each author, at authors/SLUG/", default=False)
    languages: bool = key("one for each language, at languages/TAG/", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueScheduleSpec:
    """When a newsletter's issues are made."""

    every: Literal["article", "day", "weekday", "week", "month"] = key(
        "how often; article: an issue for each", default="week"
    )
    on: str | None = key(
        "week: a weekday; month: a day from 1 to 31, last, first monday, last friday …",
        kinds.line,
        default=None,
    )
    at: time = key("local time of day", kinds.clock, default=time(7, 0))
    cron: str | None = key(
        "instead of the others: minute, hour, day, month, weekday", kinds.line, default=None
    )

    @property
    def is_for_each(self) -> bool:
        """Whether there is an issue for each article."""
        return self.every == "article" and not self.cron


CheckName = Annotated[str, tuple(CHECKS)]
"""A key that must be one of these names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RhythmSpec(IssueScheduleSpec):
    """One of the streams of a newsletter among which each reader chooses: a name and a schedule."""

    name: str = key("part of addresses, so never changed", kinds.name)
    title: str | None = key(
        "as shown behind the newsletter's; else the name", kinds.line, default=None
    )

    @property
    def shown_title(self) -> str:
        """What it is called behind the newsletter's title."""
        return self.title or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSpec:
    """A part of an issue with a heading of its own."""

    title: str = key("the heading", kinds.line)
    select: Selection = key("which of the newsletter's articles", default=Selection)
    max_items: int | None = key("what is over goes to the next section that takes it", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsletterSpec:
    """What one subscribes to by mail."""

    name: str = key("part of addresses, so never changed", kinds.name)
    title: str = key("the name as shown", kinds.line)
    from_: str = key("the sender", kinds.mailbox, name="from")
    postal_address: str = key("where the publisher can be written to, as laws ask", kinds.line)
    reply_to: str | None = key("where answers go", kinds.mailbox, default=None)
    schedule: IssueScheduleSpec = key("when issues are made", default=IssueScheduleSpec)
    rhythms: tuple[RhythmSpec, ...] = key(
        "instead of schedule: streams of issues of their own, of which each reader has one",
        default=(),
    )
    timezone: str | None = key("of the schedule; else the site's", kinds.zone, default=None)
    language: str | None = key("of our words in it; else the site's", kinds.language, default=None)
    select: Selection = key("which articles", default=Selection)
    sections: tuple[SectionSpec, ...] = key(
        "parts, in order; an article goes to the first that takes it, and to none otherwise",
        default=(),
    )
    template: Literal["digest", "briefing", "single"] | None = key(
        "digest: titles and summaries; briefing: titles alone; single: whole articles. "
        "Unless set, digest, or single where each article is an issue",
        default=None,
    )
    min_items: int = key("fewer new articles: no issue, they wait", default=1)
    max_items: int = key('more are linked as "and N more"', default=30)
    only_new: bool = key(
        "true: also the first issue holds only what is published after the newsletter began, "
        "which is at the first run that knows of it",
        default=False,
    )
    embed: bool = key(
        "true: the pictures of your own that it shows are sent inside the message, so that no "
        "server learns from them when it is opened; else they are fetched from the site",
        default=False,
    )
    checks: Mapping[CheckName, Level] = key(
        "how heavy each check before mailing is, by its name: error holds the issue, warn, off; "
        "docs/preflight.md lists them",
        default=dict,
    )
    review: bool = key(
        "true: an issue that is due waits for `publisher issue approve`", default=False
    )
    on_late: Literal["send", "skip", "hold"] = key(
        "when an issue is made more than max_late after its time", default="send"
    )
    max_late: timedelta = key(
        "how late is still in time", kinds.duration, default=timedelta(hours=12)
    )
    in_doubt: Literal["resend", "hold"] = key(
        "what to do where nobody knows whether the relay took a message: send it again after "
        "15 minutes, or hold it for a person to decide",
        default="resend",
    )
    subject: str | None = key(
        "a template over `newsletter`, `entries`, `sections`, `number` and `date`; unless set, "
        "`{{ newsletter.title }}: {{ entries[0].title }}` with the colon of the language",
        kinds.line,
        default=None,
    )
    preheader: str = key(
        "a template over the same: what a list of mails shows beside the subject",
        kinds.line,
        default="{{ entries[1:4] | map(attribute='title') | join(' · ') or entries[0].summary }}",
    )

    rhythm_of: NewsletterSpec | None = None
    """The newsletter that this is a rhythm of; no key, it follows from `rhythms`."""

    @property
    def list_name(self) -> str:
        """The newsletter's own name, also of one of its rhythms."""
        return self.rhythm_of.name if self.rhythm_of else self.name

    @property
    def readers(self) -> Readership:
        """Who gets its issues: of one of its rhythms (NAME/RHYTHM) those who chose it."""
        rhythm = self.name.removeprefix(self.list_name).removeprefix("/")
        rhythms = self.rhythm_of.rhythms if self.rhythm_of else self.rhythms
        names = tuple(one.name for one in rhythms)
        return Readership(list=self.list_name, rhythm=rhythm, rhythms=names)

    @property
    def is_first(self) -> bool:
        """Whether its issues go to those readers, too, whose rhythm is none that there is."""
        return self.readers.rhythms[:1] in ((), (self.readers.rhythm,))

    def streams(self) -> tuple[NewsletterSpec, ...]:
        """What has issues of its own: the newsletter, or each of its rhythms as NAME/RHYTHM."""
        if not self.rhythms:
            return (self,)
        return tuple(
            dataclasses.replace(
                self,
                name=f"{self.name}/{rhythm.name}",
                title=f"{self.title} · {rhythm.shown_title}",
                schedule=rhythm,
                rhythms=(),
                rhythm_of=self,
            )
            for rhythm in self.rhythms
        )

    def stream_of(self, rhythm: str) -> NewsletterSpec:
        """The stream of readers with that rhythm: the first, where it is none that there is."""
        streams = self.streams()
        return next((one for one in streams if one.readers.rhythm == rhythm), streams[0])

    @property
    def template_name(self) -> str:
        """The mail template: of templates/email/, without its suffix."""
        return self.template or ("single" if self.schedule.is_for_each else "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSpec:
    """Where output/ is served, and the subscription pages live."""

    url: str | None = key(
        "address that links in mail start with; else site.url", kinds.absolute_url, default=None
    )
    listen: str = key(
        "where `publisher serve` listens: host and port", kinds.listen, default="127.0.0.1:8000"
    )
    compress: tuple[Literal["gzip", "brotli"], ...] = key(
        "compressed twins of all text in output/, for nginx and Caddy", default=()
    )


def _default_sources() -> tuple[SourceSpec, ...]:
    return (FilesSpec(name="articles"),)


def _default_feeds() -> tuple[FeedSpec, ...]:
    return (FeedSpec(name="main"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole of publisher.yaml. `root` is its folder; paths in it are relative to that.

    `file` is where it was read from, None where there is none; `mark` the hash of its bytes, by
    which two that say the same are not told apart; `places` where each value stands in it.
    """

    root: Path
    file: Path | None = None
    mark: str = dataclasses.field(default="", compare=False)
    places: Mapping[tuple[str | int, ...], Location] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )
    site: SiteSpec = key("the publication")
    sources: tuple[SourceSpec, ...] = key("where articles come from", default=_default_sources)
    feeds: tuple[FeedSpec, ...] = key("what can be followed", default=_default_feeds)
    feeds_for: FeedsForSpec = key("further feeds, one for each", default=FeedsForSpec)
    hub: tuple[str, ...] = key(
        "WebSub hubs that are told of every change: an address, or a list", kinds.link, default=()
    )
    newsletters: tuple[NewsletterSpec, ...] = key("what is mailed", default=())
    issues: str = key(
        "the folder of editors' notes: NEWSLETTER/next.md, or NEWSLETTER/YYYY-MM-DD.md",
        kinds.line,
        default="issues",
    )
    output: str = key("the folder that is generated", kinds.line, default="output")
    outputs: tuple[OutputSpec, ...] = key(
        "further places that get all of output/, when it is written", default=()
    )
    record: str = key("the record of what was published", kinds.line, default="published.jsonl")
    state: str = key("database, cache and lock", kinds.line, default=".publisher")
    templates: str = key("what the site changes of the theme", kinds.line, default=TEMPLATES)
    web: WebSpec = key("serving, and the subscription pages", default=WebSpec)
    database: str = key(
        "sqlite: a file of the state folder; or postgresql://…", kinds.database, default="sqlite"
    )
    smtp: SmtpSpec | None = key(
        "the relay that mail is handed to; without it nothing is sent", default=None
    )
    dkim: DkimSpec | None = key("how messages are signed", default=None)
    bounces: BouncesSpec | None = key(
        "where mail comes back to; without it to the newsletter's own address", default=None
    )
    alerts: AlertsSpec | None = key("who is told that something needs a person", default=None)
    schedule: TimerSpec = key("the timer", default=TimerSpec)
    warnings: tuple[str, ...] = ()

    @property
    def mail_url(self) -> str:
        """What links in mail start with."""
        return self.web.url or self.site.url

    @property
    def streams(self) -> tuple[NewsletterSpec, ...]:
        """All that has issues: newsletters, and of those with rhythms each of these."""
        return tuple(stream for spec in self.newsletters for stream in spec.streams())

    def newsletter(self, name: str) -> NewsletterSpec:
        """The newsletter of a name, or its rhythm. Raises ConfigError with the names there are."""
        for spec in self.streams:
            if spec.name == name:
                return spec
        known = ", ".join(spec.name for spec in self.streams) or "none"
        raise ConfigError(f"there is no newsletter {name!r}", mend=f"configured: {known}")

    def zone_of(self, newsletter: NewsletterSpec) -> str:
        """The zone in which a newsletter's schedule is read."""
        return newsletter.timezone or self.site.timezone or "UTC"

    def language_of(self, newsletter: NewsletterSpec) -> str:
        """The language of our own words in a newsletter."""
        return newsletter.language or self.site.language or "en"

    def place(self, *steps: str | int) -> Location | None:
        """Where the value of a key stands, or what it would stand in; None where nothing of it is
        written."""
        while steps and steps not in self.places:
            steps = steps[:-1]
        return self.places.get(steps)

    def place_of(self, newsletter: NewsletterSpec, key: str) -> Location | None:
        """Where a key of a newsletter stands, also of one of its rhythms."""
        names = [spec.name for spec in self.newsletters]
        return self.place("newsletters", names.index(newsletter.list_name), key)

    def path(self, relative: str) -> Path:
        """A path of the configuration as a path of this machine."""
        return self.root / relative


def mark_of(raw: bytes) -> str:
    """The hash of a configuration's bytes, as `Config.mark` has it."""
    return hashlib.sha256(raw).hexdigest()
