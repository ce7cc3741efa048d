"""A site whose mail comes back: to the envelopes of its deliveries, in a mailbox that it reads.

Fixtures are here too: a file of tests takes one under its name, as `there = returning.there`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.bounce_samples import SAMPLES
from tests.mailings import Mailed
from tests.relays import Relay, relay
from tests.sites import NOW, Site

BY_NAME = {sample.name: sample for sample in SAMPLES}
HARD = BY_NAME["Postfix: unknown"]
FULL = BY_NAME["Postfix: full"]
BLOCKED = BY_NAME["Postfix: blocklist"]
COMPLAINT = BY_NAME["ARF: Yahoo"]
VACATION = BY_NAME["vacation (RFC 3834)"]
ADDRESS = "bounces@courier.example"
MONDAYS = ["2026-11-22", "2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14", "2026-12-21"]
"""The first issue is made at once, the others at their slot."""


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Relay]:
    with relay(tmp_path / "log") as running:
        yield running


class Returns:
    """A site that mails issues, and a Maildir that they come back to."""

    def __init__(self, mailed: Mailed, there: Relay, more: str = "maildir: returned") -> None:
        self.mailed, self.site, self.relay = mailed, mailed.site, there
        self.issues, self.now = 0, NOW
        self.use(more)
        self.folder = self.site.folder / "returned"
        for name in ("new", "cur", "tmp"):
            (self.folder / name).mkdir(parents=True)

    def use(self, more: str) -> None:
        self.mailed.use(self.relay, f"bounces: {{address: {ADDRESS}, {more}}}\n")

    def mail(self) -> dict[str, str]:
        """Make and send the next issue; gives each reader's address of return."""
        day = MONDAYS[self.issues]
        self.issues += 1
        self.site.article(f"issue{self.issues}.md", f"Text {self.issues}.", date=day)
        self.now = f"{day}T08:00:00Z"
        self.site.publish(now=self.now)
        before = len(self.relay.taken())
        self.site.run("deliver", now=self.now)
        return {taken.recipient: taken.sender for taken in self.relay.taken()[before:]}

    def put(self, name: str, raw: bytes) -> None:
        (self.folder / "new" / name).write_bytes(raw)

    def read(self, now: str | None = None, code: int = 0, **env: str) -> str:
        ran = self.site.run("bounces", now=now or self.now, env=env)
        assert ran.code == code, (ran.out, ran.err)
        return ran.out.strip()

    def gone(self) -> set[str]:
        """Who is suppressed."""
        rows = csv.DictReader(io.StringIO(self.site.run("subscribers", "export").out))
        return {row["email"] for row in rows if row["state"] == "suppressed"}

    def why(self, email: str) -> str:
        """The last evidence of a reader."""
        how: str = shown(self.site, email)["evidence"][-1]["how"]
        return how


def shown(site: Site, email: str) -> dict[str, Any]:
    told = json.loads(site.run("subscribers", "show", email, "--json").out)
    only: dict[str, Any] = told["subscriptions"]["weekly"]
    return only
