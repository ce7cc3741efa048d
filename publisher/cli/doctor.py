"""ENTRY. The command `doctor`."""

from __future__ import annotations

import dataclasses
import ipaddress
import sys
from typing import Any

import click

from publisher import console
from publisher.cli import HELP
from publisher.cli.common import Common
from publisher.cli.options import common_options
from publisher.delivery.domains import Address


class _Resolver(click.ParamType[tuple[str, int]]):
    """A DNS server: an address, and a port where it is not 53."""

    name = "ADDRESS[:PORT]"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        address, _, port = (
            str(value).rpartition(":") if str(value).count(":") == 1 else (value, "", "53")
        )
        try:
            return str(ipaddress.ip_address(address)), int(port)
        except ValueError:
            self.fail(f"{value!r} is no address; write 127.0.0.1 or 127.0.0.1:5353", param, ctx)


class _Sender(click.ParamType[Address]):
    """An IP address."""

    name = "ADDRESS"

    def convert(self, value: Any, param: Any, ctx: Any) -> Address:
        try:
            return ipaddress.ip_address(value)
        except ValueError:
            self.fail(f"{value!r} is no IP address", param, ctx)


@click.command("doctor", context_settings=HELP)
@click.option("--address", type=_Sender(), help="Where mail leaves from, if not the relay's own.")
@click.option(
    "--resolver", type=_Resolver(), help="The DNS server to ask (default: this machine's)."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@common_options
def doctor_command(
    common: Common, *, address: Address | None, resolver: tuple[str, int] | None, as_json: bool
) -> None:
    """Look at what stands between this set-up and an inbox; change nothing."""
    from publisher.checkup import examine  # noqa: PLC0415
    from publisher.transport.names import Resolver  # noqa: PLC0415

    checks = []
    for check in examine(
        common.config(), lambda: Resolver(resolver), clock=common.clock, sender=address
    ):
        checks.append(check)
        if as_json or (common.quiet and check.found != "finding"):
            continue
        console.say(console.plain_line(f"{check.found:8} {check.name} {check.about}: {check.said}"))
        if check.mend:
            console.say(console.plain_line(f"         do: {check.mend}"))
    if as_json:
        told = [dataclasses.asdict(check) for check in checks]
        console.say(console.json_text(told, indent=2))
    sys.exit(3 if any(check.found == "finding" for check in checks) else 0)
