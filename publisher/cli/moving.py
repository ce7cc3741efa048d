"""ENTRY. The command that moves articles in from another tool."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.config.kinds import absolute_url
from publisher.config.load import default_config
from publisher.progress import progress_display

# The readers of exports are imported by the command that needs them: a plain `publish` must not
# pay for them.

KINDS = (
    "wxr",
    "squarespace",
    "ghost",
    "substack",
    "medium",
    "blogger",
    "buttondown",
    "beehiiv",
)
_SHOWN = 10


class _Address(click.ParamType[str]):
    """An absolute address, of a site."""

    name = "URL"

    def convert(self, value: object, param: object, ctx: object) -> str:
        try:
            return absolute_url(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is not {error}", param, ctx)  # type: ignore[arg-type]


@click.command("import", context_settings=HELP)
@click.argument("kind", metavar="KIND", type=click.Choice(KINDS))
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--to",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of the articles; made when it is not there.",
)
@click.option(
    "--old-url",
    type=_Address(),
    help="Where the articles were until now; addresses below it are kept.",
)
@click.option("--pictures", is_flag=True, help="Fetch pictures that are not in the export.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@common_options
def import_command(
    common: Common,
    *,
    kind: str,
    path: Path,
    to: Path,
    old_url: str | None,
    pictures: bool,
    dry_run: bool,
) -> None:
    """Write what another tool exported as a folder of Markdown files."""
    from publisher.imports import ImportOptions, import_export  # noqa: PLC0415

    config = common.config() if common.has_config else default_config(Path())
    options = ImportOptions(
        kind=kind, path=path, to=to, old_url=old_url or "", pictures=pictures, dry_run=dry_run
    )
    with progress_display(quiet=common.quiet) as progress:
        result = import_export(config, options, progress=progress)
    console.say_problems(result.problems)
    if not common.quiet:
        console.say_warnings(result.warnings, verbose=common.verbose)
        _say_all("withheld", [f"{one.name}: {one.why}" for one in result.withheld], common)
        _say_all("there already", result.there, common)
        if common.verbose:
            _say_all("would write" if dry_run else "wrote", result.written, common)
        for line in result.summary(dry_run=dry_run):
            console.say(line)
    sys.exit(result.exit_code)


def _say_all(what: str, lines: list[str], common: Common) -> None:
    """Each of some, or of many the first with how many more there are."""
    shown = lines if common.verbose or len(lines) <= _SHOWN else lines[:_SHOWN]
    for line in shown:
        console.say(console.plain_line(f"{what}: {line}"))
    if len(shown) < len(lines):
        kinds = Counter(line.rpartition("' ")[2] for line in lines[len(shown) :])
        most = "; ".join(f"{count} {why}" for why, count in kinds.most_common(3))
        told = f" ({most})" if what == "withheld" else ""
        console.say(
            console.plain_line(f"{what}: {len(lines) - len(shown)} more{told}; -v names all")
        )
