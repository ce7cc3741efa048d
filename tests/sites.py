"""A site in a folder, driven as its user does: files in, the command run, files out."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.command import Ran, run_cold, run_warm

CONFIG = """\
site:
  title: The Example Courier
  url: https://courier.example/
  description: News from the example coast
  language: en
  timezone: Asia/Jakarta
"""

NEWSLETTER = """\
newsletters:
  - name: weekly
    title: The Weekly Courier
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    schedule: {every: week, on: monday, at: "07:00"}
"""

UNJUDGED = NEWSLETTER + "    checks: {spam-score: off}\n"
"""The same for tests of what is not mail: SpamAssassin takes seconds."""

NOW = "2026-11-22T08:00:00Z"


@dataclass(frozen=True)
class Site:
    """A folder with publisher.yaml, articles/ and what comes of them."""

    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def article(self, name: str, body: str = "Some text.", **fields: str) -> Path:
        fields = {
            "title": name.rpartition("/")[2].partition(".")[0].title(),
            "date": "2026-11-01",
        } | fields
        header = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
        return self.write(f"articles/{name}", f"---\n{header}---\n\n{body}\n")

    def settle(self) -> None:
        """Let what was written grow old enough to be taken for unchanged after the next run.

        What changed in the last 20 ms before it was read is read again (`GRAIN_NS`).
        """
        time.sleep(0.03)

    def run(
        self,
        *arguments: str,
        now: str | None = NOW,
        env: Mapping[str, str] | None = None,
        cold: bool = False,
    ) -> Ran:
        """`python -m publisher`; in a warm process unless `cold`: see `run_warm`."""
        told = () if now is None else ("--now", now)
        start = run_cold if cold else run_warm
        ran = start((*arguments, *told), self.folder, {**os.environ, **(env or {})})
        assert "Traceback" not in ran.err, ran.err
        assert "by a defect of publisher" not in ran.err, ran.err
        return ran

    def publish(
        self, *arguments: str, now: str | None = NOW, code: int = 0, cold: bool = False
    ) -> Ran:
        ran = self.run("publish", *arguments, now=now, cold=cold)
        assert ran.code == code, (ran.code, ran.out, ran.err)
        return ran

    def publish_here(self, *, now: str = NOW) -> PublishReport:
        """The same without a process of its own, for tests of what is made, not of the command."""
        instant = datetime.fromisoformat(now).astimezone(UTC)
        report = publish(
            load_config(self.folder / "publisher.yaml"),
            PublishOptions(any_time=True),
            clock=lambda: instant,
            progress=lambda _what, _done, _total: None,
        )
        assert report.exit_code == 0, [str(problem) for problem in report.problems]
        return report

    def articles(self) -> list[dict[str, Any]]:
        ran = self.run("articles", "--json")
        assert ran.code in (0, 3), ran.err
        return [json.loads(line) for line in ran.out.splitlines()]

    def output(self, name: str) -> Path:
        return self.folder / "output" / name

    def tree(self, folder: str = "output") -> dict[str, tuple[bytes, int]]:
        """Every file of a folder: bytes and time of last change."""
        root = self.folder / folder
        return {
            p.relative_to(root).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns)
            for p in sorted(root.rglob("*"))
            if p.is_file()
        }

    def record(self) -> list[dict[str, Any]]:
        text = (self.folder / "published.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
