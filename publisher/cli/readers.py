"""ENTRY. The commands about readers: who they are, lists in and out, and their end."""

from __future__ import annotations

import json
import sys
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.errors import SubscriptionError
from publisher.model import SubscriptionState
from publisher.progress import progress_display
from publisher.readers import clean_address, clean_words
from publisher.rosters import Line
from publisher.system.whole import opened_whole

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.model import Reader
    from publisher.store.subscribers import SubscriberStore
    from publisher.wiring.stores import Stores

_PRIVATE = 0o600
"""Of a new file that holds addresses: it is its owner's alone."""

# SQLAlchemy, a third of a second, is imported by the commands that need it.

_NEWSLETTERS = click.option(
    "--newsletter", "newsletters", metavar="NAME", multiple=True, help="For this newsletter."
)
_CONFIRMED = click.option(
    "--confirmed", is_flag=True, help="They have agreed, and you can show it: make them active."
)


def _store(stores: Stores) -> SubscriberStore:
    from publisher.store.subscribers import SubscriberStore  # noqa: PLC0415

    return SubscriberStore(stores.database)


@click.group("subscribers", context_settings=HELP)
def subscribers_group() -> None:
    """The readers of newsletters."""


@subscribers_group.command("add")
@click.argument("email", metavar="ADDRESS")
@click.option("--name", default="", help="The reader's name.")
@click.option(
    "--language", default="", help="Of mail about subscriptions; issues have the newsletter's own."
)
@_NEWSLETTERS
@_CONFIRMED
@common_options
def add_command(
    common: Common,
    *,
    email: str,
    name: str,
    language: str,
    newsletters: tuple[str, ...],
    confirmed: bool,
) -> None:
    """Add one reader."""
    from publisher.subscriptions import add_reader, check_newsletters  # noqa: PLC0415

    config = common.config()
    chosen = newsletters or tuple(spec.name for spec in config.newsletters[:1])
    check_newsletters(config, chosen)
    line = Line(
        email=clean_address(email),
        name=clean_words("name", name)[:200],
        language=clean_words("language", language)[:35],
    )
    with closing(common.stores(config)) as stores:
        reader = add_reader(
            config,
            _store(stores),
            line,
            newsletters=chosen,
            confirmed=confirmed,
            now=common.clock(),
        )
    if not common.quiet:
        for one in _told(reader, common.clock()):
            console.say(console.plain_line(one))
        if not confirmed and any(
            one.state is SubscriptionState.PENDING for one in reader.subscriptions.values()
        ):
            console.say_warnings([_UNCONFIRMED], verbose=common.verbose)


@subscribers_group.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@_NEWSLETTERS
@_CONFIRMED
@click.option("--dry-run", is_flag=True, help="Say what would become of each line; keep nothing.")
@common_options
def import_command(
    common: Common,
    *,
    file: Path,
    newsletters: tuple[str, ...],
    confirmed: bool,
    dry_run: bool,
) -> None:
    """Take a CSV file of readers, also as listmonk, Mailchimp, Ghost, Substack or Buttondown
    export it."""
    from publisher.subscriptions import check_newsletters, import_readers  # noqa: PLC0415

    config = common.config()
    check_newsletters(config, newsletters)
    with (
        closing(common.stores(config)) as stores,
        progress_display(quiet=common.quiet) as progress,
    ):
        report = import_readers(
            config,
            _store(stores),
            file,
            newsletters=newsletters,
            confirmed=confirmed,
            dry_run=dry_run,
            now=common.clock(),
            told=console.say_error,
            progress=progress,
        )
    if not common.quiet:
        verb = "would be " if dry_run else ""
        parts = ", ".join(f"{report.counts[what]} {verb}{what}" for what in sorted(report.counts))
        console.say(f"{report.lines} lines: {parts or 'nobody'}")
        warnings = [_UNHEEDED.format(title) for title in report.unheeded]
        warnings += [_UNCONFIRMED] if report.counts["new"] and not confirmed else []
        console.say_warnings(warnings, verbose=common.verbose)
    sys.exit(report.exit_code)


_UNHEEDED = (
    "the column {!r} is kept with the readers, and nothing else: if it says who is not to be "
    "mailed, call it unsubscribed, bounced or status, and import the file once more"
)
_UNCONFIRMED = (
    "whoever is new waits, and gets no mail: --confirmed takes those who agreed, where you can "
    "show that they did"
)


@subscribers_group.command("export")
@click.argument("file", metavar="[FILE]", type=click.Path(path_type=Path), required=False)
@common_options
def export_command(common: Common, *, file: Path | None) -> None:
    """Write all readers as CSV, to FILE or standard output."""
    from publisher.subscriptions import export_readers  # noqa: PLC0415

    with (
        closing(common.stores(reads=True)) as stores,
        console.writable(str(file) if file else console.STDOUT),
        opened_whole(file, mode=_PRIVATE)
        if file
        else nullcontext(console.standard_output()) as out,
    ):
        count = export_readers(_store(stores), out)
        out.flush()
    if file and not common.quiet:
        console.say(f"{count} readers in {file}")


@subscribers_group.command("show")
@click.argument("email", metavar="ADDRESS")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, with all the evidence.")
@common_options
def show_command(common: Common, *, email: str, as_json: bool) -> None:
    """Say all that is known of one reader."""
    from publisher.subscriptions import address_here  # noqa: PLC0415

    with closing(common.stores(reads=True)) as stores:
        store = _store(stores)
        address = address_here(store, email)
        reader = store.of(address)
        barred = None if reader else store.suppression(address)
    if reader is None:
        since = (
            f"; it is suppressed since {barred.since:%Y-%m-%d} ({barred.reason})" if barred else ""
        )
        raise SubscriptionError(f"nobody here has the address {email}{since}")
    if as_json:
        console.say(console.json_text(_object(reader), indent=2))
    else:
        for one in _told(reader, common.clock()):
            console.say(console.plain_line(one))


@subscribers_group.command("erase")
@click.argument("email", metavar="ADDRESS")
@common_options
def erase_command(common: Common, *, email: str) -> None:
    """Forget a reader: nothing stays but a keyed hash, so that no import brings them back."""
    from publisher.subscriptions import address_here  # noqa: PLC0415

    with closing(common.stores()) as stores:
        store = _store(stores)
        there = store.erase(address_here(store, email))
    if not common.quiet:
        console.say("erased" if there else "nobody had that address; it stays barred from now on")


@subscribers_group.command("suppress")
@click.argument("email", metavar="ADDRESS")
@click.option("--reason", default="by hand", help="Why.")
@common_options
def suppress_command(common: Common, *, email: str, reason: str) -> None:
    """Never mail an address again."""
    from publisher.subscriptions import address_here, suppress_reader  # noqa: PLC0415

    with closing(common.stores()) as stores:
        why = clean_words("reason", reason)
        store = _store(stores)
        suppress_reader(store, address_here(store, email), why, now=common.clock())
    if not common.quiet:
        console.say("suppressed")


def _told(reader: Reader, now: datetime) -> list[str]:
    person = reader.subscriber
    who = f"{person.name} <{person.email}>" if person.name else person.email
    lines = [who + (f", {person.language}" if person.language else "")]
    for one in reader.subscriptions.values():
        stream = f"{one.newsletter}/{one.rhythm}" if one.rhythm else one.newsletter
        since = one.ended or one.confirmed or one.requested
        if one.state is SubscriptionState.PENDING:
            since = one.requested
        more = ""
        if one.paused_until is not None and one.paused_until > now:
            more += f", paused until {one.paused_until.isoformat()}"
        if one.next_rhythm:
            more += f", wants {one.newsletter}/{one.next_rhythm}"
        lines.append(f"  {stream}: {one.state.value} since {since.isoformat()}{more}")
    return lines


def _object(reader: Reader) -> dict[str, Any]:
    from publisher.fingerprint import dump  # noqa: PLC0415

    told: dict[str, Any] = json.loads(dump(reader))
    return told
