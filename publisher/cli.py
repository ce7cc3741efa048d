"""ENTRY. The commands: they read options, call a use case and say what it did; no decisions."""

from __future__ import annotations

import functools
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from publisher import __version__, console
from publisher.app import Clock, open_app
from publisher.articles import survey_articles
from publisher.config import Config, default_config, load_config
from publisher.config.kinds import split_listen
from publisher.errors import PublisherError
from publisher.issues import compose_issue, list_issues, preview_issue, show_issue
from publisher.publish import PublishOptions, check_site, publish
from publisher.starter import create_site

CONFIG_FILE = "publisher.yaml"
DEFECT = 70
HELP = {"help_option_names": ["-h", "--help"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """The options that every command takes."""

    config_file: Path | None
    clock: Clock
    time_is_told: bool
    quiet: bool
    verbose: bool

    def config(self) -> Config:
        """The configuration, or the default one where a folder has only `articles/`."""
        if self.config_file is not None:
            return load_config(self.config_file)
        if Path(CONFIG_FILE).exists() or not Path("articles").is_dir():
            return load_config(Path(CONFIG_FILE))
        return default_config(Path())


class _Instant(click.ParamType[datetime]):
    """An instant as RFC 3339 writes it (section 5.6)."""

    name = "RFC3339"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-03-20T07:00:00+07:00", param, ctx)
        if instant.tzinfo is None:
            self.fail(f"{value!r} has no offset; write Z or +07:00 behind it", param, ctx)
        if not 1970 <= instant.year <= 9000:
            self.fail(f"{value!r} is out of range", param, ctx)
        return instant.astimezone(UTC)


def make_clock(start: datetime | None) -> Clock:
    """The clock of a run: the machine's, or one that starts at an instant and ticks."""
    if start is None:
        return lambda: datetime.now(UTC).replace(microsecond=0)
    began = time.monotonic()

    def ticking() -> datetime:
        elapsed = timedelta(seconds=int(time.monotonic() - began))
        return start.replace(microsecond=0) + elapsed

    return ticking


def common_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the common options and our way to end: messages and exit codes."""

    @click.option(
        "--config",
        "config_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help=f"The configuration (default: {CONFIG_FILE}).",
    )
    @click.option("--now", type=_Instant(), help="Let the clock start at this instant.")
    @click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
    @click.option("-v", "--verbose", is_flag=True, help="Say more.")
    @functools.wraps(command)
    def wrapped(
        *,
        config_file: Path | None,
        now: datetime | None,
        quiet: bool,
        verbose: bool,
        **options: Any,
    ) -> None:
        common = Common(
            config_file=config_file,
            clock=make_clock(now),
            time_is_told=now is not None,
            quiet=quiet,
            verbose=verbose,
        )
        try:
            command(common, **options)
        except PublisherError as error:
            console.say_error(error)
            sys.exit(error.exit_code if error.exit_code != 3 else 1)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception:  # noqa: BLE001 (whatever is none of ours is a defect, and is shown whole)
            traceback.print_exc()
            click.echo(
                "this is a defect of publisher: please report it with the lines above", err=True
            )
            sys.exit(DEFECT)

    return wrapped


def require_utf8(arguments: list[str]) -> None:
    """File names are UTF-8, whatever the locale says: start again in Python's UTF-8 mode.

    In another encoding one file would have another path, and so another id, on each machine.
    """
    if sys.getfilesystemencoding().lower().replace("-", "") != "utf8":
        command = [sys.executable, "-X", "utf8", "-m", "publisher", *arguments]
        os.execv(sys.executable, command)  # noqa: S606 (ourselves, with our own arguments)


def command_line() -> None:
    """The command `publisher`."""
    require_utf8(sys.argv[1:])
    main()


@click.group(context_settings=HELP)
@click.version_option(__version__, prog_name="publisher")
def main() -> None:
    """A folder of articles becomes feeds, pages and an email-ready digest."""


@main.command("publish", context_settings=HELP)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write there instead of the configured folder.",
)
@click.option("--dry-run", is_flag=True, help="Print what would change; change nothing.")
@click.option("--strict", is_flag=True, help="Write nothing when an article is refused.")
@click.option("--full", is_flag=True, help="Read every article again.")
@click.option(
    "--wait",
    "wait_seconds",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.0,
    help="Wait so long for another run to end.",
)
@common_options
def publish_command(
    common: Common,
    *,
    output: Path | None,
    dry_run: bool,
    strict: bool,
    full: bool,
    wait_seconds: float,
) -> None:
    """Read all sources; write feeds, pages and due issues."""
    options = PublishOptions(
        output=output,
        dry_run=dry_run,
        strict=strict,
        full=full,
        wait_seconds=wait_seconds,
        any_time=common.time_is_told,
    )
    with console.progress_display(quiet=common.quiet) as progress:
        report = publish(common.config(), options, clock=common.clock, progress=progress)
    console.say_problems(report.problems)
    if not common.quiet:
        console.say_warnings(report.warnings, verbose=common.verbose)
        console.say_report(report, dry_run=dry_run, verbose=common.verbose)
    sys.exit(report.exit_code)


@main.command("articles")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--explain", metavar="FILE", help="Say of one file where each field came from.")
@common_options
def articles_command(common: Common, as_json: bool, explain: str | None) -> None:
    """One line per candidate file: what was read, or why not."""
    config = common.config()
    with (
        console.progress_display(quiet=common.quiet) as progress,
        open_app(config, clock=common.clock, progress=progress, aside=True) as app,
    ):
        survey = survey_articles(app)
    if explain is not None:
        candidate = survey.find(explain, {s.name: s.path for s in config.sources})
        lines = [console.candidate_json(candidate)] if as_json else console.explain(candidate)
        for line in lines:
            console.say(line)
        sys.exit(3 if candidate.problem else 0)
    show = console.candidate_json if as_json else console.candidate_line
    for candidate in survey.candidates:
        console.say(show(candidate))
    if not as_json and not common.quiet:
        console.say(", ".join(f"{n} {state}" for state, n in survey.counts.items() if n))
    sys.exit(3 if survey.problems else 0)


@main.command("check")
@click.option("--strict", is_flag=True, help="Exit 1 instead of 3 when an article is refused.")
@common_options
def check_command(common: Common, strict: bool) -> None:
    """Check configuration, articles, templates and state; change nothing."""
    with console.progress_display(quiet=common.quiet) as progress:
        survey = check_site(common.config(), clock=common.clock, progress=progress)
    console.say_problems(survey.problems)
    if not common.quiet:
        console.say_warnings(survey.warnings, verbose=common.verbose)
        states = ", ".join(f"{n} {state}" for state, n in survey.counts.items() if n)
        console.say(f"configuration, templates and state are good; articles: {states or 'none'}")
    if survey.problems:
        sys.exit(1 if strict else 3)


@main.command("schedule")
@common_options
def schedule_command(common: Common) -> None:
    """Rebuild on a timer and make issues at their times, until SIGTERM."""
    from publisher.schedule import run_schedule  # noqa: PLC0415 (only here is APScheduler needed)

    level = "debug" if common.verbose else "error" if common.quiet else "info"
    run_schedule(common.config(), clock=common.clock, level=level)


class _Listen(click.ParamType[tuple[str, int]]):
    """A host and a port."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        try:
            return split_listen(value)
        except ValueError:
            self.fail(f"{value!r} is no host and port; write 127.0.0.1:8000", param, ctx)


@main.command("serve")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    type=_Listen(),
    help="Listen there instead of at web.listen; port 0 is any free one.",
)
@common_options
def serve_command(common: Common, listen: tuple[str, int] | None) -> None:
    """Serve output/ over HTTP, until SIGTERM."""
    from publisher.asgi import run_serve  # noqa: PLC0415 (only here are Starlette and uvicorn needed)

    config = common.config()
    host, port = listen or split_listen(config.web.listen)
    level = "debug" if common.verbose else "error" if common.quiet else "info"
    run_serve(config, host=host, port=port, level=level)


@main.command("init")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@common_options
def init_command(common: Common, folder: Path) -> None:
    """Make a new site: a configuration, two articles and a newsletter."""
    create_site(folder, common.clock())
    if not common.quiet:
        console.say(f"{folder} is ready: edit {folder / CONFIG_FILE}, then run there: publish")


@main.group("issue")
def issue_group() -> None:
    """The issues of a newsletter."""


@issue_group.command("list")
@click.argument("newsletter")
@common_options
def issue_list_command(common: Common, newsletter: str) -> None:
    """The issues that were made."""
    for line in list_issues(common.config(), newsletter, clock=common.clock):
        console.say(line)


@issue_group.command("show")
@click.argument("newsletter")
@click.argument("number", type=click.IntRange(1, 10**9))
@common_options
def issue_show_command(common: Common, newsletter: str, number: int) -> None:
    """One issue as text."""
    console.say(show_issue(common.config(), newsletter, number, clock=common.clock), end="")


@issue_group.command("preview")
@click.argument("newsletter")
@common_options
def issue_preview_command(common: Common, newsletter: str) -> None:
    """The next issue as text, as it would be made now."""
    console.say(preview_issue(common.config(), newsletter, clock=common.clock), end="")


@issue_group.command("compose")
@click.argument("newsletter")
@common_options
def issue_compose_command(common: Common, newsletter: str) -> None:
    """Make the next issue now; the next publish writes its files."""
    line = compose_issue(common.config(), newsletter, clock=common.clock)
    if not common.quiet:
        console.say(line)


def publish_main() -> None:
    """The command `publish`: the same as `publisher publish`."""
    require_utf8(["publish", *sys.argv[1:]])
    publish_command(prog_name="publish")
