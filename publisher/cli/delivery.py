"""ENTRY. The commands about sending: deliver, what came back, what the ledger says."""

from __future__ import annotations

import csv
import signal
import sys
import threading
from contextlib import closing
from typing import Any

import click

from publisher import console
from publisher.carried import safe_cell
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import RESEND_UNKNOWN, common_options
from publisher.config import Config
from publisher.delivery.strikes import KEPT
from publisher.errors import PublisherError, StoreError
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime.fields import full_address
from publisher.model import Health
from publisher.progress import progress_display
from publisher.system.signals import hear
from publisher.upkeep.health import take_stock

# SQLAlchemy, a third of a second, is imported by the commands that need it.


@click.command("deliver", context_settings=HELP)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Send at most N messages.")
@click.option("--resend-unknown", is_flag=True, help=RESEND_UNKNOWN)
@common_options
def deliver_command(common: Common, *, limit: int | None, resend_unknown: bool) -> None:
    """Send what is due until nothing is. Safe to kill, safe to run twice."""
    config = common.config()
    sys.exit(send_due(common, config, limit=limit, resend_unknown=resend_unknown, composed=True))


def send_due(
    common: Common,
    config: Config,
    *,
    limit: int | None = None,
    resend_unknown: bool = False,
    composed: bool = False,
) -> int:
    """Send, and say what came of it; gives the exit code. SIGTERM ends it after the messages in
    hand. `composed` is as in `deliver`."""
    from publisher.mailing.deliver import deliver  # noqa: PLC0415

    told = threading.Event()
    hear({signal.SIGTERM: told.set, signal.SIGINT: told.set})
    with (
        closing(common.stores(config)) as stores,
        progress_display(quiet=common.quiet) as progress,
    ):
        report = deliver(
            config,
            stores.database,
            stores.issues.load,
            limit=limit,
            resend_unknown=resend_unknown,
            composed=composed,
            progress=progress,
            should_stop=told.is_set,
        )
    console.say_problems(report.unknown)
    if not common.quiet:
        if report.notices:
            console.say("about subscriptions: " + console.delivery_line(report.notices))
        if report.counts or not (report.trouble or report.paused):
            console.say(console.delivery_line(report.counts))
    console.say_warnings(
        [*([report.trouble] if report.trouble else []), *report.paused], verbose=True
    )
    return report.exit_code


@click.command("bounces", context_settings=HELP)
@common_options
def bounces_command(common: Common) -> None:
    """Read the mailbox of bounces and complaints once; suppress whom they tell of."""
    from publisher.mailing.bounces import read_bounces  # noqa: PLC0415

    config = common.config()
    with (
        closing(common.stores(config)) as stores,
        progress_display(quiet=common.quiet) as progress,
    ):
        report = read_bounces(config, stores.database, progress=progress)
    if not common.quiet:
        console.say(console.bounces_line(report.counts, report.suppressed))
    if report.trouble:
        console.say_error(report.trouble)
    sys.exit(report.exit_code)


class _Address(click.ParamType[Mailbox]):
    """A mail address, with or without a name."""

    name = "ADDRESS"

    def convert(self, value: Any, param: Any, ctx: Any) -> Mailbox:
        try:
            mailbox = read_mailbox(value)
            full_address(mailbox, utf8=True)
        except PublisherError as error:
            self.fail(f"{error.message}; {error.mend}", param, ctx)
        return mailbox


@click.command("test-send", context_settings=HELP)
@click.argument("newsletter")
@click.argument("address", type=_Address())
@click.argument("number", type=click.IntRange(1, 10**9), required=False)
@common_options
def test_send_command(
    common: Common, newsletter: str, address: Mailbox, number: int | None
) -> None:
    """Send the next issue, or one that was made, to one address; the ledger is left alone."""
    from publisher.mailing.trial import send_trial  # noqa: PLC0415

    said = send_trial(common.config(), newsletter, address, number=number, clock=common.clock)
    if not common.quiet:
        console.say(console.plain_line(said))


@click.command("ledger", context_settings=HELP)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, with all that is known of each.")
@common_options
def ledger_command(common: Common, *, as_csv: bool) -> None:
    """Every delivery there ever was: to whom, of which issue, and what became of it."""
    from publisher.mailing.ledger import COLUMNS, ledger_table  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config, reads=True)) as stores:
        rows = ledger_table(config, stores.database)
        if not as_csv:
            for recipient, newsletter, issue, state, attempts, _, reply in rows:
                said = f": {reply}" if reply else ""
                times = "1 attempt" if attempts == "1" else f"{attempts} attempts"
                line = f"issue {issue} of {newsletter} to {recipient}: {state}, {times}{said}"
                console.say(console.plain_line(line))
            return
        with console.writable(console.STDOUT):
            stream = console.standard_output()
            out = csv.writer(stream, lineterminator="\n")
            out.writerow(COLUMNS)
            for row in rows:
                out.writerow([safe_cell(cell) for cell in row])
            stream.flush()


@click.command("status", context_settings=HELP)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@common_options
def status_command(common: Common, *, as_json: bool) -> None:
    """What is sent, due, late, in doubt, failed; what came back, who is suppressed."""
    from publisher.mailing.ledger import read_mail_status, read_status  # noqa: PLC0415

    config = common.config()
    with closing(common.stores(config, reads=True)) as stores:
        health = take_stock(config, stores, common.clock())
        try:
            issues, doubts = read_status(stores.database)
            mail = read_mail_status(config, stores.database)
        except StoreError:
            if not as_json:
                _say_troubles(health)
            raise
    if as_json:
        told: dict[str, Any] = {
            "issues": [
                {
                    "newsletter": one.newsletter,
                    "issue": one.number,
                    "states": dict(one.states),
                    "paused": one.why,
                }
                for one in issues
            ],
            "doubtful": [
                {
                    "newsletter": one.newsletter,
                    "issue": one.number,
                    "recipient": one.recipient,
                    "attempts": one.attempts,
                    "reply": one.reply,
                }
                for one in doubts
            ],
            "notices": {"waiting": mail.waiting, "failed": mail.failed},
            "bounces": {str(kind): mail.came_back[kind] for kind in KEPT},
            "suppressed": mail.suppressed,
            "strays": dict(mail.strays),
            "status": health.status,
            "rebuild_age_seconds": health.rebuild_age,
            "troubles": [
                {"kind": one.kind, "of": one.of, "text": one.text} for one in health.troubles
            ],
        }
        console.say(console.json_text(told, indent=2))
        return
    _say_troubles(health)
    if common.quiet:
        return
    for one in issues:
        console.say(f"issue {one.number} of {one.newsletter}: {console.delivery_line(one.states)}")
        if one.why:
            console.say(console.plain_line(f"  paused: {one.why}"))
    for doubt in doubts:
        console.say(
            console.plain_line(
                f"in doubt: issue {doubt.number} of {doubt.newsletter} to {doubt.recipient}: "
                f"{doubt.reply}"
            )
        )
    if not issues:
        console.say("no issue was frozen for readers yet")
    for line in console.mail_lines(mail.waiting, mail.failed, mail.came_back, mail.suppressed):
        console.say(line)
    for line in console.stray_lines(mail.strays):
        console.say(console.plain_line(line))


def _say_troubles(health: Health) -> None:
    for trouble in health.troubles:
        console.say(console.plain_line(f"needs you ({trouble.kind}): {trouble.text}"))
