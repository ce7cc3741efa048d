"""Whatever happens over many days, an article is in one issue at most, and none is lost."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import publisher.publishing.publish as running
from publisher.compose.slots import next_slot
from publisher.config.load import load_config
from publisher.outputs.directory import DirectoryOutput
from publisher.publishing.publish import PublishOptions, publish
from publisher.store.build import BuildStore
from publisher.store.issues import IssueStore
from tests.sites import CONFIG, NEWSLETTER, Site

SCHEDULES = (
    '{every: week, on: monday, at: "07:00"}',
    '{every: day, at: "02:30"}',
    "{every: article}",
    "{every: month, on: last friday}",
    '{cron: "30 1,13 * * *"}',
    "{every: weekday}",
)
SETTINGS = (
    "",
    "    min_items: 3\n",
    "    max_items: 2\n",
    "    sections: [{title: Sea, select: {tags: [sea]}, max_items: 1}, {title: Rest}]\n",
    "    on_late: skip\n    max_late: 1h\n",
)
ONLY_NEW = "    only_new: true\n"
WEAK_PLACES = (
    (IssueStore, "freeze"),
    (IssueStore, "pass_slot"),
    (running, "save_record"),
    (DirectoryOutput, "_claim"),
    (DirectoryOutput, "_remove"),
    (DirectoryOutput, "_replace"),
    (BuildStore, "commit"),
)


class Crash(BaseException):
    """The process is gone at once: nothing handles it."""


class Newsroom:
    """A site whose people do anything, from a seed."""

    def __init__(self, site: Site, seed: int, *, only_new: bool = False) -> None:
        self.site = site
        self.chance = random.Random(seed)
        self.only_new = only_new
        self.began: list[dict[str, Any]] = []
        self.now = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
        self.count = 0
        self.files: dict[str, dict[str, str]] = {}

    def live(self, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.write()
        for _ in range(days):
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4))):
                self.act()
            self.pass_time()
            if self.chance.random() < 0.15:
                with crashing(self.chance, monkeypatch):
                    self.publish()
            self.publish()

    def act(self) -> None:
        usual = (self.write, self.write, self.edit, self.rename, self.correct)
        self.chance.choice((*usual, *usual, self.hide, self.turn))()

    def write(self) -> None:
        self.count += 1
        day = self.now + timedelta(days=self.chance.choice((0, 0, 0, -1, -40, -900, 3)))
        fields = {"title": f"Article {self.count}", "date": day.isoformat()}
        if self.chance.random() < 0.4:
            fields["tags"] = "[sea]"
        if self.chance.random() < 0.1:
            fields["pinned"] = "true"
        self.save(f"a{self.count}.md", fields)

    def edit(self) -> None:
        if self.files:
            name = self.pick()
            self.save(name, self.files[name] | {"title": f"Edited {self.chance.random()}"})

    def correct(self) -> None:
        if self.files:
            name = self.pick()
            self.save(name, self.files[name] | {"correction": f"It was {self.chance.random()}."})

    def rename(self) -> None:
        if self.files:
            old = self.pick()
            new = f"r{self.chance.randrange(10**9)}.md"
            (self.site.folder / "articles" / old).rename(self.site.folder / "articles" / new)
            self.files[new] = self.files.pop(old)

    def hide(self) -> None:
        """A draft again, until somebody writes it anew or corrects it."""
        if self.files:
            name = self.pick()
            self.site.article(name, **self.files[name] | {"draft": "true"})

    def turn(self) -> None:
        """Want only what is new, or no longer: nothing comes of it once there is a beginning."""
        self.only_new = not self.only_new
        self.configure()

    def configure(self) -> None:
        path = self.site.folder / "publisher.yaml"
        kept = path.read_text("utf-8").replace(ONLY_NEW, "")
        path.write_text(kept + ONLY_NEW * self.only_new, "utf-8")

    def pass_time(self) -> None:
        hours = self.chance.choice((1, 5, 12, 24, 24, 24, 24, 72, 400, -3))
        self.now += timedelta(hours=hours, minutes=self.chance.randrange(60))

    def publish(self) -> None:
        instant = self.now
        try:
            publish(
                load_config(self.site.folder / "publisher.yaml"),
                PublishOptions(any_time=True, tell_hubs=False),
                clock=lambda: instant,
                progress=lambda _what, _done, _total: None,
            )
        finally:
            if (self.site.folder / "published.jsonl").exists():
                self.look_at_the_beginning()

    def look_at_the_beginning(self) -> None:
        """It is there before any issue or never, and stays as it is."""
        lines = self.site.record()
        began = [line for line in lines if "began" in line]
        assert began[: len(self.began)] == self.began
        if began != self.began:
            assert not [line for line in lines if "number" in line]
            placed = {line["id"] for line in lines if line.get("place")}
            assert [set(line["passed"]) for line in began] == [placed]
        self.began = began

    def pick(self) -> str:
        return self.chance.choice(sorted(self.files))

    def save(self, name: str, fields: dict[str, str]) -> None:
        self.files[name] = fields
        self.site.article(name, **fields)


@contextmanager
def crashing(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The block may end in the middle: before, or right after, something is kept."""
    owner, name = chance.choice(WEAK_PLACES)
    real, is_after = getattr(owner, name), chance.random() < 0.5

    def crash(*arguments: object, **named: object) -> None:
        if is_after:
            real(*arguments, **named)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, crash)
        try:
            yield
        except Crash:
            return


def check(room: Newsroom) -> None:
    """Each article once, and after enough time each in an issue or passed over at the first."""
    for name, fields in room.files.items():
        room.save(name, fields)  # nothing is hidden any more
    room.now += timedelta(days=70)
    room.publish()
    for _ in range(3):  # an issue needs something to say: what waits comes along
        room.write()
    room.now = in_time(room)
    room.publish()
    lines = room.site.record()
    issues = [line for line in lines if "number" in line]
    held = Counter(item for issue in issues for item in issue["items"])
    assert [item for item, times in held.items() if times > 1] == []
    assert [issue["number"] for issue in issues] == list(range(1, len(issues) + 1))
    slots = [datetime.fromisoformat(issue["slot"]) for issue in issues]
    assert slots == sorted(set(slots))
    passed = {item for line in (*room.began, *issues) for item in line["passed"]}
    assert not room.began or not passed & set(held), "no news when it began"
    done = set(held) | passed
    published = {line["id"] for line in lines if line.get("path") in room.files and line["place"]}
    assert published - done == set(), "lost"


def in_time(room: Newsroom) -> datetime:
    """A minute after the first slot of some days from now."""
    config = load_config(room.site.folder / "publisher.yaml")
    (newsletter,) = config.newsletters
    later = room.now + timedelta(days=5)
    slot = next_slot(newsletter.schedule, config.zone_of(newsletter), later)
    return (slot or later).astimezone(UTC) + timedelta(minutes=1)


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(n, marks=pytest.mark.long) for n in range(2, 20))]
)
def test_no_article_is_mailed_twice_and_none_is_lost(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    room = newsroom(make_site, seed)
    room.live(12, monkeypatch)
    check(room)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 130))
def test_the_same_over_a_thousand_days(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Thirty newsrooms of some 35 runs each, a day apart on average or much more."""
    room = newsroom(make_site, seed)
    begin = room.now
    room.live(35, monkeypatch)
    assert room.now - begin > timedelta(days=20)
    check(room)


def newsroom(make_site: Callable[..., Site], seed: int) -> Newsroom:
    schedule = SCHEDULES[seed % len(SCHEDULES)]
    setting = SETTINGS[seed % len(SETTINGS)]
    if "article" in schedule and "min_items" in setting:
        setting = ""
    spec = NEWSLETTER.replace('{every: week, on: monday, at: "07:00"}', schedule)
    room = Newsroom(make_site(CONFIG + spec + setting), seed, only_new=seed % 4 < 2)
    room.configure()
    return room
