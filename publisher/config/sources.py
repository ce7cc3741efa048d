"""GROUND. The keys of `sources`: some that every source has, others by its `type`.

A type is a class here; `SOURCE_TYPES` says which name is which. What reading an article goes by
stands in `SourceSpec`, so that every kind of source gives articles that are read alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from publisher.config import kinds
from publisher.config.keys import key
from publisher.config.mailing import ImapSpec
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDefaults:
    """What an article of a source has when it says nothing itself."""

    authors: tuple[str, ...] = key("names, or ids of site.authors", kinds.line, default=())
    tags: tuple[str, ...] = key("tags", kinds.line, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSpec:
    """What is recognised in the body of a plain text; without it, it stays there as text."""

    captions: bool = key("show captions and credits of pictures as such", default=True)
    related: bool = key("leave out related articles, and references to them", default=True)
    junk: bool = key(
        "leave out buttons, advertisements, notices of rights, signs of the end", default=True
    )


Dialect = Literal[
    "auto", "jekyll", "hugo", "pelican", "eleventy", "zola", "hexo", "nikola", "obsidian"
]


DEFAULT_PATTERN = "/{year}/{month}/{day}/{slug}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """Where articles come from; the keys that every type has."""

    name: str = key("part of ids, so never changed", kinds.name)
    language: str | None = key(
        "of articles that name none; else the site's, else found", kinds.language, default=None
    )
    timezone: str | None = key("for dates without offset", kinds.zone, default=None)
    pattern: str = key(
        "the address of an article: `{slug}`, and as you like `{year}`, `{month}`, `{day}`,"
        " `{language}`",
        kinds.address_pattern,
        default=DEFAULT_PATTERN,
        name="url",
    )
    dialect: Dialect = key("whose conventions the texts follow", default="auto")
    categories: Literal["separate", "tags", "ignore"] = key(
        "what categories are: apart from tags, tags too, or nothing", default="separate"
    )
    split_authors: bool = key('read "A, B" as two authors', default=False)
    shortcodes: Literal["drop", "keep", "refuse"] = key(
        "what to do with a template command that is not known", default="drop"
    )
    text: TextSpec = key("what is recognised in plain texts", default=TextSpec)
    defaults: SourceDefaults = key("for what an article leaves out", default=SourceDefaults)
    map: Mapping[str, str] = key("own field names: theirs to ours", kinds.line, default=dict)

    @property
    def place(self) -> str:
        """What messages put before the name of an article: where a person finds it."""
        return self.name

    @property
    def paths(self) -> tuple[str, ...]:
        """The files and folders that it reads, relative to the configuration's folder."""
        return ()


class _AtOnePath:
    """What all sources share that lie at one `path` of this machine."""

    __slots__ = ()

    path: str

    @property
    def place(self) -> str:
        """The file or folder."""
        return self.path.rstrip("/")

    @property
    def paths(self) -> tuple[str, ...]:
        """The file or folder alone."""
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSpec(_AtOnePath, SourceSpec):
    """What lies at one path of this machine."""

    path: str = key("the file or folder", kinds.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesSpec(LocalSpec):
    """A folder of articles."""

    type: Literal["files"] = key("the kind of source", default="files")
    path: str = key("the folder of the articles", kinds.line, default="articles")
    include: tuple[str, ...] = key("only files that match one of these", kinds.line, default=())
    exclude: tuple[str, ...] = key("no files that match one of these", kinds.line, default=())
    date: tuple[Literal["field", "filename", "path", "text", "git"], ...] = key(
        "where the date is looked for, in this order; `git`: the first commit of the file",
        default=("field", "filename", "path", "text"),
    )
    language_from: int = key(
        "which folder names the language of what lies in it: 1 for en/one.md, 0 for none", default=0
    )
    asciidoc: tuple[str, ...] = key(
        "the command that turns AsciiDoc into HTML, from its input to its output",
        kinds.line,
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec(LocalSpec):
    """A table of articles: each row is one, and `map` says what its columns are."""

    type: Literal["csv", "json", "sqlite"] = key("the kind of source")
    path: str = key("the file of the table", kinds.line)
    query: str = key(
        "the SELECT whose rows are the articles (`sqlite` alone)", kinds.line, default=""
    )
    row: str = key(
        "the column that names a row: never changed, never used twice", kinds.line, default="id"
    )
    body: str = key("the column of the text", kinds.line, default="body")
    format: Literal["html", "markdown", "text"] = key(
        "what the text is written in", default="markdown"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec(LocalSpec):
    """What another tool exported: a file, a zip file, or the folder that a zip file held."""

    type: Literal["ghost", "substack", "medium", "blogger", "buttondown", "beehiiv"] = key(
        "the kind of source"
    )
    path: str = key("the export: a file, a zip file, or the folder that it held", kinds.line)
    old_url: str | None = key(
        "where the articles were until now: relative links and pictures are looked for there, and"
        " addresses below it stay as they are under site.url",
        kinds.absolute_url,
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WxrSpec(ExportSpec):
    """An export of WordPress (WXR), or one of Squarespace, which writes the same."""

    type: Literal["wxr", "squarespace"] = key("the kind of source")  # type: ignore[assignment]
    paragraphs: Literal["auto", "always", "never"] = key(
        "make paragraphs of lines, as WordPress does for what was not written in blocks",
        default="auto",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSpec:
    """How much is taken from one feed."""

    items: int = key("the newest articles that are kept of each feed, 1 to 1000", default=20)
    bytes: kinds.Size = key(
        "the largest document, unpacked", kinds.size, default=kinds.Size(5_000_000)
    )
    timeout: timedelta = key(
        "how long one request may take, with its redirects",
        kinds.duration,
        default=timedelta(seconds=20),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSourceSpec(SourceSpec):
    """A feed of somebody else, or an OPML list of them."""

    pattern: str = DEFAULT_PATTERN  # for what has no address elsewhere
    type: Literal["feed", "jsonfeed", "opml"] = key("the kind of source")
    url: str | None = key("where the feed, or the list of feeds, lies", kinds.link, default=None)
    path: str | None = key(
        "the file of the list, instead of `url` (`opml` alone)", kinds.line, default=None
    )
    every: timedelta = key(
        "how often it is asked whether it changed", kinds.duration, default=timedelta(hours=1)
    )
    full_text: bool = key(
        "publish the whole texts, not summaries; then `rights` says by what right", default=False
    )
    rights: str = key(
        "of articles that tell none of their own, such as CC BY 4.0", kinds.line, default=""
    )
    allow_private: bool = key("it may lie in a private network, or on this machine", default=False)
    limit: LimitSpec = key("how much is taken", default=LimitSpec)

    @property
    def paths(self) -> tuple[str, ...]:
        """The file of a list, where it is one."""
        return (self.path,) if self.path else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSpec(SourceSpec):
    """Mails that somebody got; the keys that every kind of mailbox has."""

    senders: tuple[str, ...] = key(
        "only mails from these: addresses, or domains such as example.org",
        kinds.line,
        default=(),
        name="from",
    )
    list_id: tuple[str, ...] = key(
        "only mails of these lists, by what stands in <> of List-Id", kinds.line, default=()
    )
    everything: bool = key(
        "take every mail there is; else `from` or `list_id` must say whose",
        default=False,
        name="all",
    )
    verified_by: str | None = key(
        "only mails that this server found genuine: the name that it has in Authentication-Results",
        kinds.line,
        default=None,
    )
    personal: tuple[str, ...] = key(
        "words that name the reader, beside the addresses that a mail came to: never published",
        kinds.line,
        default=(),
    )
    addresses: bool = key("publish the addresses of authors with their names", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSpec(_AtOnePath, MailSpec):
    """A mailbox on this machine."""

    type: Literal["maildir", "mbox"] = key("the kind of source")
    path: str = key("the Maildir, or the file in mbox form; it is only read", kinds.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSourceSpec(MailSpec):
    """A folder of a mailbox that is read over IMAP."""

    type: Literal["imap"] = key("the kind of source")
    server: ImapSpec = key("where it is; it is only read, nothing is flagged", name="imap")
    every: timedelta = key(
        "how often a run asks for new mail", kinds.duration, default=timedelta(minutes=5)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSpec(SourceSpec):
    """A source that a plug-in reads; its type is named by an entry point (publisher.plugin)."""

    type: str = key("the kind of source")
    options: Mapping[str, Any] = key("what the plug-in is told: its own keys", default=dict)


SOURCE_TYPES: Mapping[str, type[SourceSpec]] = MappingProxyType(
    {"files": FilesSpec}
    | dict.fromkeys(("csv", "json", "sqlite"), TableSpec)
    | dict.fromkeys(("wxr", "squarespace"), WxrSpec)
    | dict.fromkeys(("ghost", "substack", "medium", "blogger", "buttondown", "beehiiv"), ExportSpec)
    | dict.fromkeys(("feed", "jsonfeed", "opml"), FeedSourceSpec)
    | {"maildir": MailboxSpec, "mbox": MailboxSpec, "imap": ImapSourceSpec}
)
"""Each `type` of a source and its keys; the first is meant where none is named."""
