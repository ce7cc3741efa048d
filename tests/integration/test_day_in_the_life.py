"""A scheduler, a server, a relay and people who write, for ten minutes of real time."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.relays import Relay, relay
from tests.serving import Serving, ask, wait_until
from tests.sites import CONFIG, Site
from tests.timers import Timer

MINUTES = 10
EACH = """\
newsletters:
  - name: flash
    title: The Flash
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    schedule: {every: article}
    checks: {spam-score: off}
schedule: {rebuild: 5s, watch: true, listen: "127.0.0.1:0"}
"""
READERS = ("ann@example.com", "bob@example.com")


class Day:
    """The site as its readers and its operator see it, held against what was written."""

    def __init__(self, site: Site, there: Relay) -> None:
        self.site = site
        self.relay = there
        self.chance = random.Random(26)
        self.good: dict[str, str] = {}
        self.refused: set[str] = set()
        self.written = 0
        smtp = f"smtp: {{host: 127.0.0.1, port: {there.port}, security: none}}\n"
        self.config = CONFIG + EACH + smtp
        site.write("publisher.yaml", self.config)
        site.write("list.csv", "email\n" + "\n".join(READERS) + "\n")
        taken = ("subscribers", "import", "list.csv", "--newsletter", "flash", "--confirmed")
        assert site.run(*taken, now=None).code == 0
        self.add()
        self.timer = Timer(site, None)
        self.server = Serving(site)
        said = self.timer.wait_for("event=schedule.listening")
        found = re.search(r"address=(\S+)", said)
        assert found
        self.monitor = found[1]

    def end(self) -> None:
        for process in (self.timer.process, self.server.process):
            if process.poll() is None:
                process.terminate() if hasattr(process, "terminate") else process.kill()
                process.wait()

    # -- what people do

    def add(self) -> None:
        self.written += 1
        name = f"a{self.written}.md"
        self.good[name] = f"Tide {self.written}"
        self._write(name)

    def edit(self) -> None:
        name = self._any()
        self.good[name] += "!"
        self._write(name)

    def break_one(self) -> None:
        """One that was good keeps its last good version; a new one is not there at all."""
        name = self._any() if self.chance.random() < 0.5 else f"new{self.written}.md"
        self.refused.add(name)
        self.site.write(f"articles/{name}", "---\ntitle: [\n---\n")

    def mend(self) -> None:
        for name in sorted(self.refused):
            self.refused.discard(name)
            if name in self.good:
                self.good[name] += "."
                self._write(name)
            else:
                (self.site.folder / "articles" / name).unlink()

    def remove(self) -> None:
        if len(self.good) > 2:
            name = self._any()
            self.refused.discard(name)
            del self.good[name]
            (self.site.folder / "articles" / name).unlink()

    def _any(self) -> str:
        return self.chance.choice(sorted(self.good))

    def _write(self, name: str) -> None:
        self.refused.discard(name)
        date = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60))
        self.site.article(name, "Salt and wind. " * 50, title=self.good[name], date=date)

    # -- what must be so

    def titles(self) -> set[str]:
        reply = ask(self.server.address, "/feed.json")
        if reply.status == 404:  # only before the first run
            return set()
        feed = json.loads(reply.body)
        return {entry["title"] for entry in feed["items"]}

    def health(self) -> dict[str, object]:
        said: dict[str, object] = json.loads(ask(self.monitor, "/healthz").body)
        return said

    def numbers(self, address: str) -> dict[tuple[str, str], float]:
        text = ask(address, "/metrics").body.decode()
        return {
            (sample.name, "".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def settle(self) -> None:
        """Everybody sees what was written, within seconds."""
        wait_until(lambda: self.titles() == set(self.good.values()), 20)
        wait_until(lambda: self._counted() == (len(self.good), len(self.refused)), 20)
        wait_until(lambda: self.relay.count() == len(READERS) * self.written, 20)
        assert self.health()["status"] == "ok", self.health()

    def _counted(self) -> tuple[float, float]:
        found = self.numbers(self.monitor)
        # Whose newest version is broken counts as refused, and is shown all the same.
        hidden = len(self.refused & set(self.good))
        listed = found["publisher_articles", "listed"] + hidden
        return listed, found["publisher_articles", "refused"]

    def break_configuration(self) -> None:
        self.site.write("publisher.yaml", "site: {title: [\n")
        wait_until(lambda: self.health()["status"] == "attention", 20)
        assert self.titles() == set(self.good.values())
        self.site.write("publisher.yaml", self.config)
        wait_until(lambda: self.health()["status"] == "ok", 20)

    def break_template(self) -> None:
        place = self.site.write("templates/web/article.html", "{% if %}")
        kinds = lambda: [one["kind"] for one in self.health()["troubles"]]  # type: ignore[attr-defined]  # noqa: E731
        wait_until(lambda: kinds() == ["rebuild"], 20)
        assert self.titles() == set(self.good.values())
        place.unlink()
        wait_until(lambda: not kinds(), 20)


@pytest.mark.long
def test_a_day_in_the_life(make_site: Callable[..., Site], tmp_path: Path) -> None:
    with relay(tmp_path / "relay.log") as there:
        day = Day(make_site(), there)
        try:
            usual = (day.add, day.add, day.edit, day.edit, day.break_one, day.mend, day.remove)
            rare = (day.break_configuration, day.break_template)
            memory: list[tuple[float, float, float]] = []
            began = time.monotonic()
            steps = 0
            while time.monotonic() - began < MINUTES * 60:
                day.chance.choice(usual)()
                day.settle()
                if steps % 15 == 7:
                    day.chance.choice(rare)()
                steps += 1
                resident = [
                    day.numbers(address)["process_resident_memory_bytes", ""]
                    for address in (day.monitor, day.server.address)
                ]
                memory.append((time.monotonic() - began, *resident))
            assert there.copies() == dict.fromkeys(READERS, day.written)
            print(f"{steps} steps, {day.written} articles, {there.count()} mails")
            for which, name in ((1, "timer"), (2, "server")):
                early = median(one[which] for one in memory if 120 < one[0] < 240)
                late = median(one[which] for one in memory if one[0] > MINUTES * 60 - 120)
                print(
                    f"{name}: {early / 1e6:.1f} MB after two minutes, {late / 1e6:.1f} at the end"
                )
                # Each article adds to both: its line of the record, its files in memory.
                assert late < early * 1.05 + 30_000 * day.written, name
            assert day.timer.said().count("event=publish.defect") == 0
        finally:
            day.end()
