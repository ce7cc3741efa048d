"""What a first reading of a folder costs beside the four steps that nobody can do without."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import comrak
import nh3
import yaml

from publisher.config import FilesSpec, SiteSpec
from publisher.sources.files import FileSource
from publisher.sources.pieces import Pieces
from publisher.store.build import BuildStore
from tests.benchmarks.contest import Contest, Job

CONTESTS = (
    Contest(
        what="Markdown files read for the first time, as `publish` does",
        ours="readings:read",
        anchor="readings:four_steps",
        anchor_is="file read, PyYAML's CSafeLoader, comrak and nh3 alone, one after the other",
        size=10_000,
        goal=1.2,
        clock="wall",
        growth=60.0,
        why="Reading is to take little more than its four steps. It may use as many processors as "
        "there are, which its steps by themselves do not.",
        rate="files",
        long=True,
    ),
    Contest(
        what="the same by one process",
        ours="readings:read_alone",
        anchor="readings:four_steps",
        anchor_is="the same",
        size=1_000,
        rate="files",
    ),
)

_WORDS = (
    *(
        "the",
        "harbour",
        "pier",
        "opens",
        "again",
        "after",
        "two",
        "years",
        "of",
        "work",
        "and",
        "rain",
    ),
    *(
        "on",
        "coast",
        "while",
        "boats",
        "every",
        "size",
        "wait",
        "for",
        "tide",
        "café",
        "naïve",
        "über",
    ),
    *("señor", "20", "€", "per", "metre", "rope", "said", "nobody"),
)
_TAGS = ("sea", "rope", "tide", "pier", "rain", "boats", "work", "coast")
_FIRST = date(2016, 1, 1)


def read(size: int) -> Job:
    """Ours: a folder read into an empty state, by as many processes as pay."""
    return _read(size, jobs=0)


def read_alone(size: int) -> Job:
    """The same by one."""
    return _read(size, jobs=1)


def _read(size: int, *, jobs: int) -> Job:
    folder = _make(size)
    state = Path(tempfile.mkdtemp(prefix="bench-state-"))
    source = FileSource(
        spec=FilesSpec(name="articles"),
        site=SiteSpec(title="T", url="https://courier.example/", language="en", timezone="UTC"),
        folder=folder,
        pieces=Pieces(folder=state / "pieces"),
    )

    def work() -> Iterator[bytes]:
        store = BuildStore(state / "build.db")
        result = source.read(store, lambda _what, _done, _total: None, jobs=jobs)
        store.commit()
        store.close()
        yield str(sum(one.document is not None for one in result.readings)).encode()

    def rewind() -> None:
        for file in state.glob("build.db*"):
            file.unlink()

    def close() -> None:
        shutil.rmtree(folder)
        shutil.rmtree(state)

    return Job(work=work, facts=_files, rewind=rewind, close=close, tell=True)


def four_steps(size: int) -> Job:
    """The anchor: each step by itself on each file, and nothing is made of it."""
    folder = _make(size)
    extensions, rendering = comrak.ExtensionOptions(), comrak.RenderOptions()
    extensions.table = extensions.strikethrough = extensions.footnotes = True
    extensions.autolink = extensions.tasklist = extensions.description_lists = True
    extensions.header_id_prefix = ""
    rendering.unsafe_ = True
    cleaner = nh3.Cleaner()

    def work() -> Iterator[bytes]:
        count = 0
        for path in sorted(folder.rglob("*.md")):
            text = path.read_bytes().decode("utf-8")
            _, header, body = text.split("---\n", 2)
            yaml.load(header, Loader=yaml.CSafeLoader)
            html = comrak.render_markdown(
                body, extension_options=extensions, render_options=rendering
            )
            count += bool(cleaner.clean(html))
        yield str(count).encode()

    return Job(work=work, facts=_files, close=lambda: shutil.rmtree(folder), tell=True)


def _make(size: int) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bench-articles-"))
    for number in range(size):
        day = _FIRST + timedelta(days=number // 3)
        path = folder / f"{day:%Y}" / f"{day}-article-{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(_article(number, day), encoding="utf-8")
    return folder


def _article(number: int, day: date) -> str:
    """300 to 1,500 words with what articles have: headings, links, lists, code, a table."""
    chance = random.Random(number)

    def words(count: int) -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(count))

    lines = [
        "---",
        f'title: "Article {number}: {words(5)}"',
        f"date: {day}T{number % 24:02}:00:00+07:00",
        f"author: {chance.choice(('Ann Lee', 'Ola Berg', 'Kim Ray'))}",
        f"tags: [{', '.join(chance.sample(_TAGS, 3))}]",
        f"summary: {words(20)}",
        "---",
    ]
    for part in range(chance.randint(3, 12)):
        lines += [
            "",
            f"## {words(4).title()}",
            "",
            f"{words(60)} [{words(2)}](https://x.example/{part})",
        ]
        lines += [
            f"*{words(3)}* and **{words(2)}** {words(30)}.",
            "",
            f"- {words(6)}",
            f"- {words(6)}",
        ]
        if part % 4 == 1:
            lines += ["", "```python", f"print({number} < {part})", "```"]
        if part % 5 == 2:
            lines += ["", "| a | b |", "| --- | --- |", f"| {words(2)} | {number} |"]
    return "\n".join(lines) + "\n"


def _files(pieces: Iterable[bytes]) -> Mapping[str, object]:
    (count,) = pieces
    return {"files": int(count)}
