"""A site with readers, driven as its user does: a list in, an issue made, mail out."""

from __future__ import annotations

import csv
import io
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.command import Process, start_warm
from tests.relays import Relay
from tests.sites import CONFIG, NOW, UNJUDGED, Site

SMTP = (
    "smtp: {{host: 127.0.0.1, port: {port}, security: none, connections: {connections}, "
    "timeout: 2s, retry: {{first: 1m, factor: 2, give_up: 30m}}}}\n"
)


CONNECTIONS = 4


def later(seconds: float) -> str:
    """An instant after NOW."""
    return (datetime.fromisoformat(NOW) + timedelta(seconds=seconds)).isoformat()


@dataclass(frozen=True)
class Mailed:
    """A site whose newsletter has readers."""

    site: Site
    connections: int
    database: str

    def readers(self, count: int, domains: int = 7) -> list[str]:
        """So many active readers, from a file."""
        addresses = [f"reader{n}@d{n % domains}.example" for n in range(count)]
        lines = [f"{address},Reader {n}" for n, address in enumerate(addresses)]
        self.site.write("readers.csv", "email,name\n" + "\n".join(lines) + "\n")
        taken = ("subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed")
        said = self.site.folder / "import.log"
        with said.open("wb") as log:
            process = start_warm((*taken, "--now", NOW), self.site.folder, os.environ, log.fileno())
        assert process.wait(900) == 0, said.read_text(encoding="utf-8")
        said.unlink()
        return addresses

    def use(self, relay: Relay, more: str = "") -> None:
        """Hand mail to that relay."""
        text = config(relay.port, self.connections) + f"database: {self.database}\n"
        self.site.write("publisher.yaml", text + more)

    def deliver(self, *arguments: str, after: float = 0) -> Any:
        """`publisher deliver`, so many seconds after NOW."""
        return self.site.run("deliver", *arguments, now=later(after))

    def start(self, after: float = 0) -> Delivering:
        """The same without waiting for its end, in a process group of its own."""
        said = self.site.folder / f"deliver-{time.monotonic_ns()}.log"
        with said.open("wb") as log:
            process = start_warm(
                ("deliver", "--now", later(after)),
                self.site.folder,
                os.environ,
                log.fileno(),
                session=True,
            )
        return Delivering(process=process, log=said)

    def ledger(self) -> list[dict[str, str]]:
        """`publisher ledger --csv`."""
        ran = self.site.run("ledger", "--csv")
        assert ran.code == 0, ran.err
        return list(csv.DictReader(io.StringIO(ran.out)))

    def states(self) -> Counter[str]:
        """How many deliveries are in which state."""
        return Counter(row["state"] for row in self.ledger())


@dataclass(frozen=True)
class Delivering:
    """A delivery that runs."""

    process: Process
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.poll()

    def ended(self, timeout: float = 60) -> tuple[int, str]:
        """Its exit code and what it said, when it has ended."""
        code = self.process.wait(timeout)
        return code, self.log.read_text(encoding="utf-8")


def kill(delivering: Delivering) -> None:
    """SIGKILL to the whole group of a delivery; one that has ended meanwhile needs none."""
    with suppress(ProcessLookupError):
        os.killpg(delivering.pid, signal.SIGKILL)
    delivering.process.wait(30)


def config(port: int, connections: int = 4) -> str:
    """publisher.yaml with a newsletter and a relay."""
    return CONFIG + UNJUDGED + SMTP.format(port=port, connections=connections)


def found_against(mailed: Mailed, relay: Relay, addresses: list[str]) -> Counter[str]:
    """The relay's log held against the ledger: lost, outside, untrue (RELIABILITY's words).

    lost: nobody took it, and the ledger does not say that it is still open. outside: a copy too
    many of a message that was never in doubt. untrue: `sent` and never seen, or seen and the
    ledger says that it surely was not sent.
    """
    copies, rows = relay.copies(), {row["recipient"]: row for row in mailed.ledger()}
    found: Counter[str] = Counter()
    for address in addresses:
        state, seen = rows[address]["state"], copies[address]
        found[state] += 1
        found["copies"] += max(0, seen - 1)
        if state == "sent" and not seen:
            found["untrue"] += 1
        if seen and state in ("pending", "claimed", "deferred", "failed", "skipped"):
            found["untrue"] += 1
        if not seen and state == "sent":
            found["lost"] += 1
    by_text = {(m.recipient, m.message_id, m.text_hash) for m in relay.taken()}
    found["different"] = len(by_text) - len({m.recipient for m in relay.taken()})
    return found
