"""ENTRY. `publisher articles`: what was read of each file, or why not.

What each of its forms needs beside the survey is imported when that form is asked for.
"""
# ruff: noqa: PLC0415 (see above)

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from publisher import console
from publisher.articles import Survey, survey_articles, write_sidecars
from publisher.cli.common import Common
from publisher.cli.explanations import article_json, article_lines, sidecar_json, sidecar_line
from publisher.cli.options import common_options
from publisher.progress import progress_display
from publisher.wiring.app import App, open_app


@click.command("articles")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--explain",
    metavar="FILE",
    help="One file: where each field came from, what else was seen, which output it is in.",
)
@click.option(
    "--watch", "watches", is_flag=True, help="Then say what changes, until interrupted (Ctrl-C)."
)
@click.option(
    "--write-sidecar",
    "sidecars",
    is_flag=True,
    help="Write down what was inferred of each FILE, or of every article without a header, "
    "in FILE's name with .yaml, to be corrected.",
)
@click.argument("files", metavar="[FILE…]", nargs=-1)
@common_options
def articles_command(
    common: Common,
    *,
    as_json: bool,
    explain: str | None,
    watches: bool,
    sidecars: bool,
    files: tuple[str, ...],
) -> None:
    """One line per candidate file: what was read, or why not."""
    if (files and not sidecars) or (sidecars and (watches or explain is not None)):
        raise click.UsageError("FILE belongs to --write-sidecar, which stands alone")
    if watches and (as_json or explain is not None):
        raise click.UsageError("--watch shows all files as lines; name it alone")
    if watches:
        from publisher.cli.mending import watch_articles

        watch_articles(common)
        return
    if explain is not None:
        sys.exit(_explain(common, explain, as_json=as_json))
    if sidecars:
        sys.exit(_write_sidecars(common, files, as_json=as_json))
    with _surveyed(common) as (_, survey):
        pass  # what is told is told when progress is no longer shown
    if as_json:
        for candidate in survey.candidates:
            console.say(console.candidate_json(candidate))
    else:
        console.say_survey(survey, quiet=common.quiet, verbose=common.verbose)
    sys.exit(3 if survey.problems or survey.outages else 0)


@contextmanager
def _surveyed(common: Common) -> Iterator[tuple[App, Survey]]:
    """The articles as they are now; nothing is kept."""
    with (
        progress_display(quiet=common.quiet) as progress,
        open_app(common.config(), clock=common.clock, progress=progress, aside=True) as app,
    ):
        yield app, survey_articles(app)


def _explain(common: Common, name: str, *, as_json: bool) -> int:
    """Say all of one file; gives the exit code."""
    from publisher.publishing.explanations import explain_article

    with _surveyed(common) as (app, survey):
        candidate = survey.find(name, {s.name: s.place for s in app.config.sources})
        outputs = explain_article(app, survey, candidate)
    show = article_json if as_json else article_lines
    for line in show(candidate, outputs):
        console.say(line)
    return 3 if candidate.problem else 0


def _write_sidecars(common: Common, names: Sequence[str], *, as_json: bool) -> int:
    """Write down what was inferred; gives the exit code."""
    with _surveyed(common) as (app, survey):
        outcomes = [*write_sidecars(app, survey, names)]
    for outcome in outcomes:
        console.say(sidecar_json(outcome) if as_json else sidecar_line(outcome))
    if not outcomes and not as_json:
        console.say("no article is without a header and a sidecar")
    return 3 if any(o.written is None or o.written.lacks_date for o in outcomes) else 0
