"""What `publisher plan` tells is what the runs do: no less, no more, whatever the site is like."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from publisher.config.load import load_config
from publisher.errors import PublisherError
from publisher.issues.drafts import approve_issue, drop_item
from publisher.issues.forecast import Coming, coming
from tests.sites import Site

START = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)
DAYS = 14
"""Across both ends of summer time: Berlin's on 25 October, New York's on 1 November."""

SITE = """\
site:
  title: The Example Courier
  url: https://courier.example/
  language: en
  timezone: {zone}
feeds: [{{name: main, limit: 1000, formats: [json]}}]
newsletters:
"""
NEWSLETTER = """\
  - name: n{number}
    title: Newsletter {number}
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    checks: {{spam-score: off}}
    timezone: {zone}
    schedule: {schedule}
{more}"""
ZONES = ("Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
SCHEDULES = (
    '{every: week, on: thursday, at: "07:00"}',
    '{every: day, at: "02:30"}',
    '{every: weekday, at: "18:45"}',
    '{every: month, on: "28", at: "06:00"}',
    '{cron: "30 1 * * 0,3"}',
    "{every: article}",
)
MORE = (
    "",
    "    only_new: true\n",
    "    max_items: 2\n",
    "    min_items: 2\n",
    "    review: true\n",
    "    select: {tags: [sea]}\n",
    "    sections: [{title: S, select: {tags: [sea]}}, {title: L, select: {tags: [land]}}]\n",
)


def stamp(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


class World:
    """A site made by chance, looked at from outside before and after each run."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site = site
        self.chance = random.Random(seed)
        zone = self.chance.choice(ZONES)
        text = SITE.format(zone=zone)
        for number in range(1, 4):
            schedule = self.chance.choice(SCHEDULES)
            more = self.chance.choice(MORE)
            if seed % 4 == 3 and number == 1:
                schedule, more = SCHEDULES[0], "    review: true\n"
            if "article" in schedule:
                more = more.replace("    min_items: 2\n", "")
            text += NEWSLETTER.format(
                number=number, zone=self.chance.choice(ZONES), schedule=schedule, more=more
            )
        site.write("publisher.yaml", text)
        for number in range(24):
            self.article(number)
        self.entries: dict[str, Any] = {}
        self.issues: dict[tuple[str, int], list[str]] = {}

    def article(self, number: int) -> None:
        date = START + timedelta(minutes=self.chance.randrange(-8 * 1440, DAYS * 1440))
        fields = {"date": stamp(date), "tags": self.chance.choice(("[sea]", "[land]", "[air]"))}
        if self.chance.random() < 0.3:
            ends = date + timedelta(minutes=self.chance.randrange(-600, 6 * 1440))
            fields["expires"] = stamp(ends)
        if self.chance.random() < 0.2:
            fields["updated"] = stamp(date + timedelta(minutes=self.chance.randrange(6 * 1440)))
        if self.chance.random() < 0.2:
            fields["digest"] = "false"
        if self.chance.random() < 0.2:
            fields["pinned"] = "true"
        self.site.article(f"a{number:02}.md", f"Text {number}.", **fields)

    def tell(self) -> list[Coming]:
        return coming(
            load_config(self.site.folder / "publisher.yaml"),
            DAYS,
            clock=lambda: START,
            progress=lambda _what, _done, _total: None,
        )

    def edit(self) -> None:
        """An editor takes something out of a coming issue, where there is something."""
        config = load_config(self.site.folder / "publisher.yaml")
        for name in ("n1", "n2"):
            # nothing may be new, or each article be an issue
            with suppress(PublisherError):
                drop_item(config, name, "1", for_good=name == "n2", clock=lambda: START)

    def approve(self) -> None:
        """An editor approves what comes: it stays as it is until then, or asks again."""
        config = load_config(self.site.folder / "publisher.yaml")
        for spec in config.streams:
            if spec.review and not spec.schedule.is_for_each:
                with suppress(PublisherError):
                    approve_issue(config, spec.name, clock=lambda: START)
        self.issues = self.made()  # one that was due is made by that

    def made(self) -> dict[tuple[str, int], list[str]]:
        return {
            (line["newsletter"], line["number"]): line["items"]
            for line in self.site.record()
            if "number" in line
        }

    def run(self, at: datetime) -> set[tuple[str, str, tuple[str, ...]]]:
        """What is another after a run: each article that came, went or changed, each issue."""
        entries, issues = self.entries, self.issues
        self.site.publish_here(now=at.isoformat())
        feed = json.loads(self.site.output("feed.json").read_text(encoding="utf-8"))
        paths = {line["id"]: line["path"] for line in self.site.record() if "path" in line}
        self.entries = {f"articles/{paths[one['id']]}": one for one in feed["items"]}
        self.issues = self.made()
        said = {("appears", name, ()) for name in self.entries.keys() - entries.keys()}
        said |= {("leaves", name, ()) for name in entries.keys() - self.entries.keys()}
        said |= {
            ("changes", name, ())
            for name in entries.keys() & self.entries.keys()
            if entries[name] != self.entries[name]
        }
        said |= {
            ("issue", f"{name} {number}", tuple(self.issues[name, number]))
            for name, number in self.issues.keys() - issues.keys()
        }
        return said


def expected(events: list[Coming]) -> set[tuple[str, str, tuple[str, ...]]]:
    found = set()
    for event in events:
        if event.what == "issue" and not event.why:
            found.add(("issue", f"{event.name} {event.number}", tuple(event.articles)))
        elif event.what == "changes" or (event.what != "issue" and not event.why):
            found.add((event.what, event.name, ()))
    return found


@pytest.mark.parametrize(
    "seed", [2, *(pytest.param(n, marks=pytest.mark.long) for n in (0, 1, *range(3, 40)))]
)
def test_runs_do_what_was_told_at_the_times_that_were_told_and_nothing_else(
    make_site: Callable[..., Site], seed: int
) -> None:
    world = World(make_site(""), seed)
    if seed % 4:
        world.run(START - timedelta(days=2))
        world.run(START - timedelta(minutes=30))
    if seed % 4 == 2:
        world.edit()
    if seed % 4 == 3:
        world.approve()
    told: dict[datetime, list[Coming]] = defaultdict(list)
    for event in world.tell():
        told[event.at.astimezone(UTC)].append(event)
    assert any(told.values())
    between = [START + timedelta(hours=hour) for hour in range(0, DAYS * 24, 60)]
    for at in sorted({*told, *between}):
        done = world.run(at)
        if at == START:  # what became of articles before is for `publish --dry-run` to tell
            done = {one for one in done if one[0] == "issue"}
        assert done == expected(told[at]), at
