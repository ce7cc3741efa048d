"""A site that is edited at random: its articles, its configuration, its clock, its publisher."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import PublisherError
from publisher.fingerprint import fingerprint
from publisher.parse import document as parsing
from publisher.parse.document import Parsed, parse_document
from publisher.publishing.publish import PublishOptions, PublishReport
from publisher.render import environment
from publisher.render.feeds import draw
from publisher.render.pages import opml, press, sitemap
from publisher.sources import look, side_by_side
from publisher.sources.read_by import READ_BY
from publisher.store import standstill
from publisher.system import aside as copies
from tests.picture_samples import jpeg, png
from tests.runs import publish_here
from tests.sites import Site

BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)
PICTURES = (jpeg(60, 40), jpeg(90, 60), png(40, 40), jpeg(700, 460), b"no picture at all")
WORDS = ("fog", "pier", "ferry", "salt", "lamp", "tide", "crane", "gull", "anchor", "kiln")
TAGS = ("harbour", "fish", "Weather", "music")
AUTHORS = ("Sari Dewi", "kim", "Ola Berg")
LANGUAGES = ("", "en", "de", "id")
EACH = {"every": "article"}
SCHEDULES = (
    {"every": "week", "on": "monday", "at": "07:00"},
    {"every": "day", "at": "06:30"},
    EACH,
)


STAIN = b"<!-- by hand -->"
"""What somebody adds to a file of output/."""


def words(rng: random.Random, count: int = 8) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count)).capitalize()


@dataclass(frozen=True)
class Article:
    """An article file as its author wrote it; a broken one has a header that cannot be read."""

    fields: dict[str, str]
    body: str
    broken: bool = False

    def text(self) -> str:
        header = "".join(f"{key}: {value}\n" for key, value in self.fields.items() if value)
        broken = "tags: [never closed\n" if self.broken else ""
        return f"---\n{header}{broken}---\n\n{self.body}\n"

    def but(self, **fields: str) -> Article:
        return replace(self, fields={**self.fields, **fields})


@dataclass
class World:
    """What edits change. `site` is the folder, `config` what publisher.yaml says.

    `renderer` and `reader` count the newer versions of what draws and of what reads that were
    installed. `stained` are files of output/ that somebody changed by hand since the last run,
    which was clean if it refused nothing.
    """

    site: Site
    config: dict[str, Any]
    now: datetime = BEGIN
    articles: dict[str, Article] = field(default_factory=dict)
    gone: list[tuple[str, Article]] = field(default_factory=list)
    renderer: int = 0
    reader: int = 0
    stained: set[str] = field(default_factory=set)
    is_clean: bool = True
    made: int = 0

    # -- what edits do

    def put(self, name: str, article: Article) -> None:
        self.articles[name] = article
        self.site.write(f"articles/{name}", article.text())

    def drop(self, name: str) -> Article:
        self.file(name).unlink()
        dropped = self.articles.pop(name)
        self._forget_dead_links()
        return dropped

    def move(self, old: str, new: str) -> None:
        target = self.file(new)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.file(old).rename(target)
        self.articles[new] = self.articles.pop(old)
        self._forget_dead_links()

    def _forget_dead_links(self) -> None:
        """They lie there still, but nobody can edit what they led to."""
        for name in [name for name in self.articles if not self.file(name).exists()]:
            del self.articles[name]

    def file(self, name: str) -> Path:
        return self.site.folder / "articles" / name

    def a_new_name(self, rng: random.Random) -> str:
        self.made += 1
        return f"{rng.choice(('', '', 'coast/', 'coast/east/'))}n{self.made}.md"

    def pick(self, rng: random.Random) -> str:
        """Any article; raises IndexError where there is none."""
        return rng.choice(sorted(self.articles))

    def set_up(self) -> None:
        self.site.write("publisher.yaml", json.dumps(self.config, indent=1) + "\n")

    def output_files(self) -> list[str]:
        root = self.site.folder / "output"
        return sorted(
            file.relative_to(root).as_posix()
            for file in root.rglob("*")
            if file.is_file() and file.name != ".gitignore"
        )

    def write_article(self, rng: random.Random, when: datetime | None = None) -> Article:
        """An article that says a little of everything."""
        when = when or self.now - timedelta(hours=rng.randrange(1, 900))
        body = [f"{words(rng, 12)}."]
        if rng.random() < 0.4 and self.articles:
            body.append(f"See [another](/{self.pick(rng)}).".replace("(/", "("))
        if rng.random() < 0.4:
            body.append(f"![A view]({rng.choice(('one.jpg', 'two.jpg', 'coast/three.png'))})")
        return Article(
            fields={
                "title": words(rng, 3),
                "date": when.strftime("%Y-%m-%d %H:%M"),
                "tags": f"[{', '.join(rng.sample(TAGS, rng.randrange(3)))}]",
                "author": rng.choice(AUTHORS),
                "language": rng.choice(LANGUAGES),
            },
            body="\n\n".join(body),
        )


def make_world(folder: Path, seed: int) -> World:
    """A site of a few articles; one in three has a newsletter."""
    rng = random.Random(seed)
    site = Site(folder)
    config: dict[str, Any] = {
        "site": {
            "title": "The Example Courier",
            "url": "https://courier.example/",
            "language": "en",
            "timezone": "Asia/Jakarta",
        },
        "feeds": [
            {"name": "main", "limit": rng.choice((2, 4, 50))},
            {"name": "fish", "formats": ["atom"], "select": {"tags": ["fish"]}},
        ],
        "feeds_for": {"tags": rng.random() < 0.5, "authors": rng.random() < 0.2},
    }
    if seed % 3 == 0:
        config["newsletters"] = [
            {
                "name": "letter",
                "title": "The Courier's Letter",
                "from": "The Courier <news@courier.example>",
                "postal_address": "1 Pier Road, Example Harbour",
                "schedule": rng.choice(SCHEDULES),
                "checks": {"spam-score": "off"},
            }
        ]
    world = World(site, config)
    world.set_up()
    for name in ("one.jpg", "coast/three.png"):
        site.write(f"articles/{name}", rng.choice(PICTURES[:3]))
    for _ in range(rng.randrange(5, 10)):
        world.put(world.a_new_name(rng), world.write_article(rng))
    world.put("later.md", world.write_article(rng, BEGIN + timedelta(days=rng.randrange(1, 9))))
    return world


Edit = Callable[[World, random.Random], None]


# -- runs


@dataclass(frozen=True)
class Outcome:
    """What a run gave: files, record, and what it said. `why` is why it was not done, or ""."""

    files: dict[str, bytes]
    record: bytes
    report: PublishReport | None
    why: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was refused, so that nothing rests on a version from before."""
        return self.report is not None and self.report.exit_code == 0

    @property
    def told(self) -> tuple[object, ...]:
        """What is counted and refused."""
        if self.report is None:
            return (self.why,)
        return tuple(self.report.counts.items()), tuple(map(str, self.report.problems))


def run(
    site: Site, now: datetime, *, full: bool = False, jobs: int = 1, ahead: bool = False
) -> Outcome:
    """One run in this process: as a timer makes it, or `ahead` as `publisher publish` does."""
    report, why = None, ""
    try:
        report = publish_here(
            site, now, PublishOptions(any_time=True, full=full, jobs=jobs), ahead=ahead
        )
    except PublisherError as error:
        why = f"{type(error).__name__}: {error}".replace(str(site.folder), "")
    record = site.folder / "published.jsonl"
    return Outcome(
        files={name: data for name, (data, _) in site.tree().items()},
        record=record.read_bytes() if record.exists() else b"",
        report=report,
        why=why,
    )


@contextmanager
def stood_in(
    world: World, twin: Path, aside: Path, *, without: Sequence[str] = ()
) -> Iterator[None]:
    """A copy of `twin` stands in the site's place, so that every path is the same.

    The site itself is moved aside and back, which changes no stat of its files.
    """
    place = world.site.folder
    place.rename(aside)
    try:
        source = aside if twin == place else twin
        shutil.copytree(source, place, symlinks=True, ignore=shutil.ignore_patterns(*without))
        yield
    finally:
        shutil.rmtree(place)
        aside.rename(place)


def set_back(file: Path, stat: os.stat_result) -> None:
    """Give a file the time of change that it had; its ctime cannot be given."""
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


# -- versions of the publisher


def install(patch: pytest.MonkeyPatch, world: World) -> None:
    """The publisher that the world has: a newer one says so, and draws or reads otherwise."""
    patch.undo()
    patch.setattr(side_by_side, "WORTH_IT", 8)
    patch.setattr(side_by_side, "_LEAST", 1)
    patch.setattr(standstill, "_WORTH_A_COPY", 0)
    patch.setattr(copies, "processors", lambda: 2)
    # Another version has other files: so a run sees that it is another one.
    own = standstill._code_mark()
    patch.setattr(standstill, "_code_mark", lambda: f"{own}{world.renderer} {world.reader}")
    if world.renderer:
        _draw_otherwise(patch, world.renderer)
    if world.reader:
        _read_otherwise(patch, world.reader)


def _draw_otherwise(patch: pytest.MonkeyPatch, by: int) -> None:
    for module in ("pages", "pages.press", "pages.opml", "pages.sitemap", "feeds"):
        name = f"publisher.render.{module}.RENDERER_VERSION"
        patch.setattr(name, 1000 + by)
    render_template = environment.render_template

    def page(*arguments: Any, **values: Any) -> str:
        return f"{render_template(*arguments, **values)}<!-- {by} -->\n"

    patch.setattr(press, "render_template", page)
    for part in (opml, sitemap):
        patch.setattr(part, "_document", _longer(part._document, by))
    changed = {format_: _longer(render, by) for format_, render in draw._RENDER.items()}
    patch.setattr(draw, "_RENDER", changed)


def _longer(render: Callable[..., bytes], by: int) -> Callable[..., bytes]:
    return lambda *arguments: render(*arguments) + b"\n" * by


def _read_otherwise(patch: pytest.MonkeyPatch, by: int) -> None:
    patch.setattr(look, "READ_BY", (*READ_BY, f"newer by {by}"))

    def read(*arguments: Any, **values: Any) -> object:
        parsed = parse_document(*arguments, **values)
        if not isinstance(parsed, Parsed):
            return parsed
        html = f"{parsed.body_html}<p>Read by another, {by}.</p>"
        document = replace(parsed.document, body_key=fingerprint(html))
        return replace(parsed, document=document, body_html=html)

    patch.setattr(parsing, "parse_document", read)
