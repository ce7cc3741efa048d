"""USE CASE. An issue that is drawn, but not frozen -> what pre-flight finds in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from publisher.articles import Survey
from publisher.compose.entries import find_tombstones
from publisher.config import NewsletterSpec
from publisher.errors import IssueError, Location
from publisher.mime import SAMPLE_TOKEN, fill, mailed_html, sample_files
from publisher.model import Asset, Issue, RecordedIssue, State
from publisher.preflight import (
    SPAM,
    Finding,
    Proof,
    check_mail,
    files_of,
    is_held,
    level_of,
    own_paths,
    read_mail,
)
from publisher.render.words import make_words
from publisher.renditions import mail_rendition
from publisher.system.spamassassin import judge
from publisher.values import dataclass
from publisher.wiring.app import App

REASON = "You receive %(title)s because you subscribed to it."
"""Our sentence, as the templates of mails ask for it."""

SHOWN_OF_MANY = 3
"""So many places that one check found are told."""

_FEEDS = ("tags/", "authors/", "languages/", "feeds/", "page/", "archive/", "sitemap/")
_FILES = ("index.html", "rss.xml", "atom.xml", "feed.json", "feeds.opml", "sitemap.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofedIssue:
    """An issue and everything that its checks found."""

    issue: Issue
    findings: tuple[Finding, ...]

    @property
    def held(self) -> bool:
        """Whether the issue is not to be frozen: its articles wait."""
        return is_held(self.findings)

    @property
    def place(self) -> str:
        """Where it is, or would be, in output/."""
        return f"newsletters/{self.issue.newsletter}/{self.issue.number}"

    def problems(self) -> Iterator[IssueError]:
        """The errors that hold it, a few for each check."""
        for finding in _few(self.findings):
            if finding.level == "error":
                where = Location(file=self.place)
                yield IssueError(f"held: {finding}", where=where, mend=finding.mend)

    def warnings(self) -> Iterator[str]:
        """What is told of it, a few for each check."""
        for finding in _few(self.findings):
            if finding.level == "warn":
                yield f"{self.place}: {finding}"

    def told(self) -> Sequence[Finding]:
        """A few findings of each check, the last one saying how many more there are."""
        return list(_few(self.findings))


def proof_issue(
    app: App,
    survey: Survey,
    newsletter: NewsletterSpec,
    issue: Issue,
    past: Sequence[RecordedIssue],
    *,
    spam: bool = False,
) -> ProofedIssue:
    """Hold an issue against the checks; SpamAssassin takes a second or two, so only with `spam`."""
    config = app.config
    words = make_words(config.language_of(newsletter), app.theme.catalogues)
    files = sample_files(
        issue.rendered,
        number=issue.number,
        slot=issue.digest.slot,
        newsletter=newsletter,
        mail_url=config.mail_url,
    )
    proof = Proof(
        issue=issue,
        newsletter=newsletter,
        site=config.site,
        mail_url=config.mail_url,
        token=SAMPLE_TOKEN,
        html=fill(
            mailed_html(issue.rendered, newsletter), token=SAMPLE_TOKEN, mail_url=config.mail_url
        ),
        text=files["email.txt"].decode(),
        message=files["email.eml"],
        now=max(survey.now, issue.digest.slot),  # one that is approved ahead is mailed in time
        language=words.language,
        reason=words.gettext(REASON, title=newsletter.title),
        held=frozenset(i for one in past for i in one.items),
        pictures={asset.path: asset for asset in _assets(app, survey, issue)},
        said=tuple(_said(app, issue)),
        judgement=(
            judge(files["email.eml"]) if spam and level_of(newsletter, SPAM) != "off" else None
        ),
    )
    mail = read_mail(proof)
    issues = {past_issue.number for past_issue in past} | {issue.number}
    known = _Known(app, survey, proof.pictures, newsletter.name, issues)
    paths = frozenset(f for path in own_paths(mail) for f in files_of(path) if known.has(f))
    return ProofedIssue(issue=issue, findings=check_mail(mail, paths=paths))


class _Known:
    """What output/ will hold after this run, as far as a mail may link to it."""

    def __init__(
        self,
        app: App,
        survey: Survey,
        media: Collection[str],
        newsletter: str,
        numbers: Collection[int],
    ) -> None:
        self._app = app
        self._media = media
        feeds = tuple(f"{feed.path}/" for feed in app.config.feeds if feed.path)
        self._feeds = (*_FEEDS, *feeds)  # which of them have a page, the whole run knows
        self._pages = {entry.path for entry in survey.entries.values()}
        self._pages |= {tombstone.path for tombstone in find_tombstones(survey.record)}
        self._pages |= set(_FILES)
        lists = {f"newsletters/{spec.list_name}/" for spec in app.config.streams}
        for folder in lists | {f"newsletters/{spec.name}/" for spec in app.config.streams}:
            self._pages |= {folder + name for name in _FILES[:4]}
        folder = f"newsletters/{newsletter}/"
        self._pages |= {f"{folder}{number}/index.html" for number in numbers}

    def has(self, file: str) -> bool:
        """Whether a file of output/ will be there, ours or one that somebody else put there."""
        if file in self._pages or file in self._media or file.startswith(self._feeds):
            return True
        there = self._app.config.path(self._app.config.output) / file
        return file not in self._written and ".." not in file and there.is_file()

    @cached_property
    def _written(self) -> Collection[str]:
        return self._app.open_output().manifest()


def _said(app: App, issue: Issue) -> Iterator[str]:
    """The texts of authors in the mail that the digest does not hold: whole articles."""
    if app.config.newsletter(issue.newsletter).template_name == "single":
        yield from (app.body(entry) for entry in issue.digest.entries)


def _assets(app: App, survey: Survey, issue: Issue) -> Iterator[Asset]:
    """Our own pictures: those that mails are drawn with, then those that are copied."""
    site, logo = app.config.site, app.pictures.logo
    for shown_one in issue.digest.entries:
        picture = shown_one.picture
        if picture is not None and picture.url.startswith(site.url):
            path = picture.url.removeprefix(site.url)
            yield _drawn(path, picture.media_type, picture.width, picture.height)
    if logo is not None and logo.mailed is not None:
        form = logo.mailed
        yield _drawn(form.path, form.media_type, form.width, form.height)
    shown = [a for a in survey.articles if a.state in (State.LISTED, State.EXPIRED)]
    mailed = {path for path, _ in issue.rendered.pictures}
    for article in shown if mailed else ():
        forms = (mail_rendition(asset) for asset in article.document.assets)
        for form in (form for form in forms if form and form.path in mailed):
            yield _drawn(form.path, form.media_type, form.width, form.height)
    yield from chain.from_iterable(article.document.assets for article in shown)
    own = (logo.asset if logo else None, app.pictures.image)
    yield from (picture for picture in own if picture is not None)


def _drawn(path: str, media_type: str, width: int, height: int) -> Asset:
    return Asset(
        path=path,
        origin="",
        source="",
        media_type=media_type,
        length=0,  # at most what mails may have: publisher.renditions
        width=width,
        height=height,
    )


def _few(findings: Sequence[Finding]) -> Iterator[Finding]:
    counted = Counter(finding.check for finding in findings)
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.check] += 1
        more = counted[finding.check] - SHOWN_OF_MANY
        if seen[finding.check] < SHOWN_OF_MANY or more <= 0:
            yield finding
        elif seen[finding.check] == SHOWN_OF_MANY:
            yield replace(finding, detail=f"{finding.detail} (and {more} more like this)")
