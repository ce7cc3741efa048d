"""GROUND. publisher.yaml -> Config: frozen specs that the pure functions take as they are.

`specs` (with `site` and `podcast`) says which keys there are, `kinds` how a scalar is read,
`load` turns a file into a Config or a ConfigError that names line, column and the nearest known
key; it is imported by those who read one.
"""

from publisher.config.mailing import (
    BouncesSpec,
    DkimKeySpec,
    DkimSpec,
    ImapSpec,
    Pop3Spec,
    RetrySpec,
    SmtpSpec,
)
from publisher.config.operation import AlertsSpec, TimerSpec
from publisher.config.outputs import BucketSpec, OutputSpec, PluginOutputSpec
from publisher.config.paths import path_problem
from publisher.config.podcast import FundingSpec, OwnerSpec, PersonSpec, PodcastSpec
from publisher.config.site import AuthorSpec, DarkSpec, SiteSpec, ThemeSpec
from publisher.config.sources import (
    ExportSpec,
    FeedSourceSpec,
    FilesSpec,
    ImapSourceSpec,
    LimitSpec,
    MailboxSpec,
    MailSpec,
    PluginSpec,
    SourceDefaults,
    SourceSpec,
    TableSpec,
    TextSpec,
    WxrSpec,
)
from publisher.config.specs import (
    TEMPLATES,
    Config,
    FeedsForSpec,
    FeedSpec,
    IssueScheduleSpec,
    NewsletterSpec,
    SectionSpec,
    Selection,
    WebSpec,
)

__all__ = [
    "TEMPLATES",
    "AlertsSpec",
    "AuthorSpec",
    "BouncesSpec",
    "BucketSpec",
    "Config",
    "DarkSpec",
    "DkimKeySpec",
    "DkimSpec",
    "ExportSpec",
    "FeedSourceSpec",
    "FeedSpec",
    "FeedsForSpec",
    "FilesSpec",
    "FundingSpec",
    "ImapSourceSpec",
    "ImapSpec",
    "IssueScheduleSpec",
    "LimitSpec",
    "MailSpec",
    "MailboxSpec",
    "NewsletterSpec",
    "OutputSpec",
    "OwnerSpec",
    "PersonSpec",
    "PluginOutputSpec",
    "PluginSpec",
    "PodcastSpec",
    "Pop3Spec",
    "RetrySpec",
    "SectionSpec",
    "Selection",
    "SiteSpec",
    "SmtpSpec",
    "SourceDefaults",
    "SourceSpec",
    "TableSpec",
    "TextSpec",
    "ThemeSpec",
    "TimerSpec",
    "WebSpec",
    "WxrSpec",
    "path_problem",
]
