"""USE CASE. What is wrong with a site, found without changing anything of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from publisher.addresses import find_alike
from publisher.articles import Survey, refuse_a_clock_set_back, survey_articles
from publisher.compose.entries import page_path
from publisher.config import Config
from publisher.errors import FeedError, PublisherError
from publisher.issues.gone import gone_newsletters
from publisher.issues.newsletter import settle_issue_now, settle_issues
from publisher.issues.proofing import ProofedIssue
from publisher.model import Artifact, State
from publisher.plan import make_plan
from publisher.publishing.amiss import find_amiss
from publisher.publishing.feedsurvey import survey_feeds
from publisher.publishing.losses import lost_record, lost_state
from publisher.publishing.runs import as_output
from publisher.publishing.wanted import wanted_artifacts
from publisher.render.compressed import plain_of
from publisher.sources import Progress
from publisher.transport.keys import look_at_signing_keys
from publisher.transport.passwords import look_at_secret_files
from publisher.values import dataclass
from publisher.wiring.app import Clock, open_app


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What is wrong with a site: its survey, all problems, what a person should know besides, and
    the next issue of each newsletter.

    There is one only where enough is new. `refused` means that `--strict` was asked for and
    something is amiss with what is ours: a source that is away is not.
    """

    survey: Survey
    problems: tuple[PublisherError, ...]
    warnings: tuple[str, ...]
    proofs: tuple[ProofedIssue, ...]
    refused: bool

    @property
    def exit_code(self) -> int:
        """0 when all is well, 3 when something is amiss, 1 when `--strict` refuses it."""
        if self.refused:
            return 1
        return 3 if self.problems or any(proof.held for proof in self.proofs) else 0


def check_site(
    config: Config,
    *,
    clock: Clock,
    progress: Progress,
    strict: bool = False,
    any_time: bool = False,
) -> CheckReport:
    """Check configuration, state, articles, templates, feeds and next issues; change nothing.

    All that a run would write is drawn, on a copy. `strict` and `any_time` are as of
    PublishOptions. Raises the first PublisherError that would stop a run.
    """
    with open_app(config, clock=clock, progress=progress, aside=True) as app:
        survey = survey_articles(app)
        if not any_time:
            refuse_a_clock_set_back(survey)
        issues = settle_issues(app, survey)
        output = app.open_output()
        feeds, _ = survey_feeds(app, survey, issues)
        was_here = bool(output.manifest())
        intact = output.intact()
        wanted = wanted_artifacts(app, survey, issues, feeds, intact=intact, kept=output.kept)
        plan = make_plan(wanted, output.manifest(), intact)
        no_record = lost_record(config, was_here=was_here)
        no_state = lost_state(config, survey, issues, may_mail=was_here)
        output.refuse_unwritable(plan)
        broken = [as_output(error, config) for error in _draw_all(wanted)]
        coming = [settle_issue_now(app, survey, n, spam=True) for n in config.streams]
        told = {str(problem): problem for one in (*coming, issues) for problem in one.problems}
        proofs = tuple(_apart(issues.proofs, [proof for one in coming for proof in one.proofs]))
        amiss = find_amiss(survey, told.values(), proofs, strict=strict)
        unsigned, unsure = look_at_signing_keys(config)
        refused, missing = look_at_secret_files(config)
        faults = (*amiss.faults, *broken, *unsigned, *refused)
        return CheckReport(
            survey=survey,
            problems=(*amiss.outages, *faults),
            warnings=(
                *(said for said in (no_record, no_state) if said),
                *unsure,
                *missing,
                *survey.suspicions,
                *gone_newsletters(config, issues, plan.remove),
                *survey.warnings,
                *_alike(config, survey, wanted),
                *issues.warnings,
            ),
            proofs=proofs,
            refused=strict and (bool(faults) or any(proof.held for proof in proofs)),
        )


def _apart(due: Iterable[ProofedIssue], coming: Sequence[ProofedIssue]) -> Iterator[ProofedIssue]:
    """The next issues, and of those that are due what is found in them alone: each newsletter's
    next one has all that is new, where each article may be an issue of its own."""
    yield from coming
    known = {(proof.place, finding) for proof in coming for finding in proof.findings}
    for proof in due:
        findings = tuple(one for one in proof.findings if (proof.place, one) not in known)
        if findings:
            yield replace(proof, findings=findings)


_ALIKE = (
    "{} are one place on a disk that tells no case or no forms of a letter apart (macOS, Windows), "
    "and one overwrites the other there; if the site is to lie on such a disk, give one another "
    "`slug:` or `url:`"
)


def _alike(config: Config, survey: Survey, artifacts: Iterable[Artifact]) -> Iterator[str]:
    """What would be lost on some disks, by the files of the articles. It is no clash: elsewhere
    both are published, and no address ever moves by itself."""
    specs = {spec.name: spec for spec in config.sources}
    files = {
        page_path(a): f"{specs[a.document.source].place}/{a.document.file}"
        for a in survey.articles
        if a.state in (State.LISTED, State.EXPIRED)
    }
    # a twin lies beside its file, and what lies in media/ has a folder for each content
    paths = [a.path for a in artifacts if not plain_of(a.path) and not a.path.startswith("media/")]
    for group in find_alike(paths):
        named = [f"{path} (of {files[path]})" if path in files else path for path in group]
        yield _ALIKE.format(" and ".join(f"{config.output.rstrip('/')}/{one}" for one in named))


def _draw_all(artifacts: Iterable[Artifact]) -> list[FeedError]:
    """Draw everything and keep nothing: what of it would be left out."""
    broken = []
    for artifact in artifacts:
        try:
            artifact.render()
        except FeedError as error:
            broken.append(error)
    return broken
