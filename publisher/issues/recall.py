"""USE CASE. The issues that there are: record and state brought together, shown, kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from publisher.articles import Survey
from publisher.compose.digests import over_for_good, recompose_digest
from publisher.compose.past import Past, begin, level_streams
from publisher.config import NewsletterSpec
from publisher.errors import ArticleError, PublisherError, RecordError, SourceError
from publisher.model import (
    Issue,
    IssuePicture,
    LoadIssue,
    Note,
    Record,
    RecordedBeginning,
    RecordedIssue,
)
from publisher.patterns import pattern
from publisher.record import require_as_read, save_record
from publisher.renditions import Logo, mail_rendition
from publisher.values import dataclass
from publisher.wiring.app import App

if TYPE_CHECKING:
    from publisher.issues.proofing import ProofedIssue

History = Mapping[str, tuple[RecordedIssue, ...]]
"""The issues of each newsletter, oldest first."""

_MEDIA = pattern(r"media/[0-9a-f]{16}/[A-Za-z0-9._-]+\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """The issues at `now`: `history` includes the `new` ones, which are not frozen yet.

    `remade` are recorded issues that this state folder did not have (a fresh
    clone): made again from today's articles. `quiet` are slots that are over
    with too little to say. `problems` hold the issues that they name: their articles wait.
    `held` are the due issues that a person has to look at, by `NEWSLETTER NUMBER`, and why.
    `proofs` are all issues that were drawn to be frozen, with what the checks found; those
    that a check holds are not among `new`. `waiting` are due and wait for an editor.
    `beginnings` are by newsletter: those in the record, and those of now, which a run that
    publishes puts there (`with_beginnings`). `over` are ids by newsletter: what some of its rhythms
    have told and some have not, and none will any more. `former` are ids by stream, as of `Past`.
    """

    history: History
    new: tuple[Issue, ...] = ()
    remade: tuple[Issue, ...] = ()
    quiet: tuple[tuple[str, datetime], ...] = ()
    warnings: tuple[str, ...] = ()
    problems: tuple[PublisherError, ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    proofs: tuple[ProofedIssue, ...] = ()
    waiting: tuple[Issue, ...] = ()
    beginnings: Mapping[str, RecordedBeginning] = field(default_factory=dict)
    over: Mapping[str, frozenset[str]] = field(default_factory=dict)
    former: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def past(self, newsletter: str) -> Past:
        """What lies behind the next issue of a newsletter."""
        return Past(
            issues=self.history.get(newsletter, ()),
            beginning=self.beginnings.get(newsletter),
            former=self.former.get(newsletter, frozenset()),
        )

    @property
    def is_settled(self) -> bool:
        """Whether none is left out, or held for a person or by a check."""
        is_held = any(True for proof in self.proofs for _ in proof.problems())
        return not (self.problems or self.held or is_held)

    def made(self) -> tuple[RecordedIssue, ...]:
        """The lines of the new ones."""
        new = {(issue.newsletter, issue.number) for issue in self.new}
        past = (line for lines in self.history.values() for line in lines)
        return tuple(line for line in past if (line.newsletter, line.number) in new)

    def unfrozen(self) -> Mapping[tuple[str, int], Issue]:
        """The issues that exist only in memory so far."""
        return {(i.newsletter, i.number): i for i in (*self.remade, *self.new)}


def recall_issues(app: App, survey: Survey) -> Issues:
    """The issues that there are; none is made."""
    history, remade, warnings = _recall(app, survey)
    issues = Issues(
        history=history,
        remade=tuple(remade),
        warnings=tuple(warnings),
        beginnings=_beginnings(app, survey, history),
        former=_former(app, history),
    )
    return replace(issues, over=_over(app, survey, issues))


def _former(app: App, history: History) -> dict[str, frozenset[str]]:
    """What each stream's readers were told by others of its newsletter: by the first one while
    theirs was not there, and by those that are no more, whose readers the first one has.

    Of another rhythm that is no more it counts only before the stream began, so that its own
    readers miss nothing by what came later. A newsletter with rhythms and the same one without
    have no readers at the same time: between these all counts, also where the one was there before
    and came back.
    """
    former: dict[str, frozenset[str]] = {}
    for stream in app.config.streams:
        own = stream.list_name
        issues = [
            issue
            for name in _past_streams(history, stream)
            for issue in history[name]
            if stream.name in issue.also_for
        ]
        if stream.is_first:
            began = next((issue.slot for issue in history.get(stream.name, ())), None)
            issues += (
                issue
                for name in gone_streams(app, history, stream)
                for issue in history[name]
                if began is None or issue.slot < began or own in (name, stream.name)
            )
        if issues:
            former[stream.name] = frozenset(id_ for i in issues for id_ in (*i.items, *i.passed))
    return former


def gone_streams(app: App, history: History, newsletter: NewsletterSpec) -> tuple[str, ...]:
    """The streams that a newsletter had and has no more, by name; its first one has their
    readers."""
    there = {stream.name for stream in app.config.streams}
    return tuple(sorted(set(_past_streams(history, newsletter)) - there))


def _past_streams(history: History, newsletter: NewsletterSpec) -> list[str]:
    """The streams that a newsletter has issues of, by name: of today's, and of those before."""
    own = newsletter.list_name
    return [name for name in history if name == own or name.startswith(f"{own}/")]


def _over(app: App, survey: Survey, issues: Issues) -> dict[str, frozenset[str]]:
    """What keeps rhythms apart for ever: asked here, while there are articles to ask."""
    over = {}
    for spec in app.config.newsletters:
        first, *others = (issues.past(stream.name).done for stream in spec.streams())
        if apart := first.union(*others) - first.intersection(*others):
            over[spec.name] = over_for_good(spec, apart, survey.articles)
    return over


def _beginnings(app: App, survey: Survey, history: History) -> dict[str, RecordedBeginning]:
    """Those that are recorded, whatever the configuration says today, and those of now."""
    known = {one.newsletter: one for one in survey.record.beginnings}
    new = (
        newsletter
        for newsletter in app.config.streams
        if newsletter.only_new and newsletter.name not in known.keys() | history.keys()
    )
    return known | {n.name: begin(n, survey.record.articles, survey.now) for n in new}


def _recall(
    app: App, survey: Survey
) -> tuple[dict[str, tuple[RecordedIssue, ...]], list[Issue], list[str]]:
    """What record and state know of past issues, brought together.

    The record is right, for ids may be others now; but where it has another issue of a number that
    readers got from here (it was merged), that one counts: what they got they get no second time.
    """
    frozen = {(i.newsletter, i.number): i for i in frozen_issues(app)}
    recorded = {(i.newsletter, i.number): i for i in survey.record.issues}
    warnings = []
    for key in sorted(frozen.keys() & recorded.keys()):
        if frozen[key].checksum != recorded[key].checksum and app.issues.was_sent(*key):
            recorded[key] = frozen[key]
            warnings.append(
                f"issue {key[1]} of {key[0]} was another in the record than readers got from here; "
                "theirs is put there"
            )
    specs = {n.name for n in app.config.streams}
    times = {(i.newsletter, i.slot.isoformat()): i.number for i in frozen.values()}
    lost = []
    for key, line in recorded.items():
        if key in frozen or key[0] not in specs:
            continue
        number = times.setdefault((line.newsletter, line.slot.isoformat()), line.number)
        if number == line.number:
            lost.append(line)
            continue
        warnings.append(
            f"issue {line.number} of {line.newsletter} is in the record, but issue {number} has "
            "its time: it is not shown"
        )
    remade, said = _remake(app, survey, lost) if lost else ([], [])
    warnings += said
    history: dict[str, tuple[RecordedIssue, ...]] = {}
    for key in sorted(frozen.keys() | recorded.keys()):
        known = recorded.get(key) or frozen[key]
        history[key[0]] = (*history.get(key[0], ()), known)
    return history, remade, warnings


def _remake(
    app: App, survey: Survey, lost: Sequence[RecordedIssue]
) -> tuple[list[Issue], list[str]]:
    """Recorded issues that this state folder did not have, and what to say of them."""
    # what draws a mail is as much as all else, and issues are lost rarely
    from publisher.issues.issuing import draw_issue  # noqa: PLC0415
    from publisher.media import Embedder  # noqa: PLC0415

    embedder = Embedder(app, survey)
    specs = {n.name: n for n in app.config.streams}
    remade: list[Issue] = []
    warnings: list[str] = []
    for line in lost:
        newsletter = specs[line.newsletter]
        digest = recompose_digest(newsletter, line, survey.articles, survey.entries)
        if digest is None:
            warnings.append(
                f"issue {line.number} of {line.newsletter} is in the record, but none of its "
                "articles is left: it is not shown"
            )
            continue
        digest = replace(digest, note=_note_again(app, newsletter, line))
        issue = draw_issue(app, survey, newsletter, digest, line.number, embedder=embedder)
        remade.append(replace(issue, checksum=line.checksum, also_for=line.also_for))
        if issue.checksum != line.checksum:
            warnings.append(
                f"issue {line.number} of {line.newsletter} was made again from today's articles, "
                "which are not word for word what it said"
            )
    return remade, warnings


def _note_again(app: App, newsletter: NewsletterSpec, line: RecordedIssue) -> Note | None:
    """The very note that a recorded issue had, if it is still there."""
    if not line.note:
        return None
    from publisher.issues.issuing import note_for  # noqa: PLC0415 (see above)

    try:
        return note_for(app, newsletter, line.slot, lambda mark: mark == line.note)
    except (ArticleError, SourceError):
        return None  # then the issue is not word for word what it said, and is named for that


def frozen_issues(app: App) -> tuple[RecordedIssue, ...]:
    """The issues that the state has; a site without newsletters has none to ask for."""
    return app.issues.issues() if app.config.newsletters else ()


def shown_issues(app: App, issues: Issues) -> History:
    """The issues of each configured newsletter that can be shown, oldest first."""
    there = issues.unfrozen().keys() | {(i.newsletter, i.number) for i in frozen_issues(app)}
    return {
        n.name: tuple(
            i for i in issues.history.get(n.name, ()) if (i.newsletter, i.number) in there
        )
        for n in app.config.streams
    }


def issue_loader(app: App, issues: Issues) -> LoadIssue:
    """Gives an issue by newsletter and number, frozen or about to be. It raises StoreError."""
    unfrozen = issues.unfrozen()

    def load_issue(newsletter: str, number: int) -> Issue:
        return unfrozen.get((newsletter, number)) or app.issues.load(newsletter, number)

    return load_issue


def shown_pictures(issue: Issue, logo: Logo | None) -> tuple[IssuePicture, ...]:
    """The pictures under output/ that the mail and the page of an issue show.

    The logo, that of today, is of no article.
    """
    html = issue.rendered.html
    found = []
    if logo and logo.mailed and logo.mailed.path in html:
        found.append(
            IssuePicture(
                newsletter=issue.newsletter,
                number=issue.number,
                path=logo.mailed.path,
                article="",
            )
        )
    for place, entry in enumerate(issue.digest.entries):
        path = entry.picture and _MEDIA.search(entry.picture.url)
        if path and (not place or path[0] in html):  # the page shows the first one's in any case
            found.append(
                IssuePicture(
                    newsletter=issue.newsletter,
                    number=issue.number,
                    path=path[0],
                    article=entry.id,
                )
            )
    known = {picture.path for picture in found}
    found += [
        IssuePicture(newsletter=issue.newsletter, number=issue.number, path=path, article=id_)
        for path, id_ in issue.rendered.pictures
        if path not in known
    ]
    return tuple(found)


def kept_pictures(app: App, survey: Survey, issues: Issues) -> tuple[IssuePicture, ...]:
    """The pictures that issues show, but those of articles that were taken back alone."""
    logo = app.pictures.logo
    unfrozen = (p for issue in (*issues.remade, *issues.new) for p in shown_pictures(issue, logo))
    withdrawn = {line.id for line in survey.record.articles if line.retracted is not None}
    frozen = app.issues.pictures() if app.config.newsletters else ()
    shown = (*frozen, *unfrozen)
    if all(p.article not in withdrawn for p in shown):
        return shown
    assets = survey.gallery.assets
    forms = (mail_rendition(asset) for asset in assets.values())
    still = {*assets, *(form.path for form in forms if form)}
    return tuple(p for p in shown if p.article not in withdrawn or p.path in still)


def freeze_issues(app: App, issues: Issues, record: Record, *, composed: bool = False) -> Record:
    """Keep the new issues for good; gives the record that names them. `composed` are those that a
    command made, which publishes nothing. Raises StoreError."""
    logo = app.pictures.logo
    for issue in issues.remade:
        app.issues.freeze(issue, shown_pictures(issue, logo))
    for place, issue in enumerate(issues.new):
        spec = app.config.newsletter(issue.newsletter)
        to_come = {(one.newsletter, one.number) for one in issues.new[place + 1 :]}
        level = _level_rhythms(spec, issues, to_come)
        readers = replace(spec.readers, level=level)
        app.issues.freeze(issue, shown_pictures(issue, logo), readers, composed=composed)
    for newsletter, slot in issues.quiet:
        app.issues.pass_slot(newsletter, slot)
    return with_issues(record, issues)


def keep_made(app: App, survey: Survey, issues: Issues) -> None:
    """Keep the new issues of a command for good, and save the record that names them.

    Raises StoreError, and RecordError where another program wrote it meanwhile: before anything
    is kept, or behind that, which it says.
    """
    path = app.config.path(app.config.record)
    require_as_read(path, survey.record_read)
    record = freeze_issues(app, issues, survey.record, composed=True)
    try:
        save_record(path, record, survey.record_read)
    except RecordError as error:
        made = " and ".join(f"issue {one.number} of {one.newsletter}" for one in issues.new)
        raise RecordError(
            f"{error.message}; {made} is made, and stands only in the state so far",
            where=error.where,
            mend="run `publisher publish`, which names it there; do not make it once more",
        ) from error


def _level_rhythms(
    newsletter: NewsletterSpec, issues: Issues, to_come: Collection[tuple[str, int]]
) -> tuple[tuple[str, str], ...]:
    """The rhythms of a newsletter that are level before those issues are frozen."""
    if newsletter.rhythm_of is None:
        return ()
    pasts = {}
    for stream in newsletter.rhythm_of.streams():
        past = issues.past(stream.name)
        made = tuple(i for i in past.issues if (i.newsletter, i.number) not in to_come)
        pasts[stream.readers.rhythm] = replace(past, issues=made)
    return level_streams(pasts, issues.over.get(newsletter.list_name, ()))


def with_issues(record: Record, issues: Issues) -> Record:
    """The record with all issues; those of newsletters that are no longer configured stay."""
    return replace(record, issues=tuple(i for past in issues.history.values() for i in past))


def with_beginnings(record: Record, issues: Issues) -> Record:
    """The record with the beginnings of newsletters, those of now included."""
    return replace(record, beginnings=tuple(issues.beginnings.values()))
