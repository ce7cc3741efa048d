"""What a run holds in memory: 20,000 articles are built, and built again, in 250 MiB.

Two bounds, of different things:

- The system refuses each process more than 250 MiB of RLIMIT_DATA: of memory that is its own and
  can be written, used or not, the stacks of threads included. A process that asks for more dies of
  it, so that nothing between two looks is missed. RLIMIT_AS would also count the code of libraries
  and mapped files, which the system takes back whenever it likes, and RLIMIT_RSS does nothing.
- All processes of the command together stay below 250 MiB and what of the code of Python and
  libraries lies in memory, as /proc shows them every 20 ms (tests/benchmarks/sites/processes.py):
  what several share counts once. For each process that reads beside the first it is 60 MiB more.

The texts are made here, some 5 KB each, in five languages, with tags and authors that have feeds of
their own: what grows with each article does so for all that is made of it.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.benchmarks.measuring import ROOT
from tests.benchmarks.sites.processes import Run, run
from tests.sites import NOW, Site

ARTICLES = 20_000
READERS = 2
MOST = 250
"""MiB of one process."""
CODE = 25
"""MiB of files that are mapped: code, which the system reads again where it needs the room."""
A_READER = 60
"""MiB of each process that reads beside it (publisher/sources/side_by_side.py)."""

CONFIG = """\
site:
  title: The Example Courier
  url: https://courier.example/
  language: en
  timezone: UTC
feeds_for: {tags: true, authors: true, languages: true}
"""
SYLLABLES = tuple(consonant + vowel for consonant in "bklmnrstvd" for vowel in "aeiou")
LETTERS = {"en": "", "de": "ä", "el": "δ", "ru": "ж", "ja": "霧"}
TAGS = tuple(f"{one}{other}" for one in SYLLABLES[:6] for other in SYLLABLES[:5])
AUTHORS = tuple(f"{name} {letter}" for name in ("Sari", "Kim", "Ola") for letter in "ABCD")
BEGIN = datetime(2006, 1, 1)


def write_articles(site: Site, count: int) -> None:
    """The same on every machine; no two alike."""
    rng = random.Random(20)
    vocabularies = {
        language: ["".join(rng.choices(SYLLABLES, k=3)) + letter for _ in range(2000)]
        for language, letter in LETTERS.items()
    }
    languages = tuple(LETTERS)
    for number in range(count):
        language = rng.choice(languages)
        words = vocabularies[language]
        title = " ".join(rng.choices(words, k=6)).capitalize()
        when = BEGIN + timedelta(hours=9 * number)
        paragraphs = [sentence(rng, words) for _ in range(rng.randrange(4, 10))]
        paragraphs.insert(2, f"## {title}")
        site.write(
            f"articles/{when:%Y}/{when:%Y-%m-%d}-{number:05}.md",
            f"---\ntitle: {title}\ndate: {when:%Y-%m-%dT%H:%M:%SZ}\n"
            f"author: {rng.choice(AUTHORS)}\nlanguage: {language}\n"
            f"tags: [{', '.join(rng.sample(TAGS, 3))}]\n"
            f"summary: {' '.join(rng.choices(words, k=14))}\n---\n\n"
            + "\n\n".join(paragraphs)
            + "\n",
        )


def sentence(rng: random.Random, words: list[str]) -> str:
    """A paragraph of some 500 bytes, with a little of what Markdown has."""
    chosen = rng.choices(words, k=rng.randrange(50, 90))
    chosen[5] = f"**{chosen[5]}**"
    chosen[9] = f"[{chosen[9]}](https://example.org/{chosen[3]}?a=1&b=2)"
    return " ".join(chosen).capitalize() + "."


def publish(site: Site, *arguments: str) -> Run:
    """`publisher publish` in a process tree whose every process has its limit."""
    limited = ("/bin/sh", "-c", f'ulimit -d {MOST * 1024}; exec "$@"', "sh")
    command = (sys.executable, "-m", "publisher", "publish", "--now", NOW, *arguments)
    return run((*limited, *command), site.folder, {"PYTHONPATH": str(ROOT)})


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read in /proc")
def test_20_000_articles_are_built_in_250_mib(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    write_articles(site, ARTICLES)
    built = publish(site, "--jobs", "1")
    unchanged = publish(site, "--jobs", "1")
    newest = max((site.folder / "articles").rglob("*.md"))
    newest.write_text(newest.read_text("utf-8") + "\nA further line.\n", "utf-8")
    changed = publish(site, "--jobs", "1")
    for folder in (".publisher", "output"):
        shutil.rmtree(site.folder / folder)
    beside = publish(site, "--jobs", str(READERS))

    assert f"{ARTICLES} listed; {ARTICLES} read" in built.said, built.said
    assert f"{ARTICLES} listed; 0 read" in unchanged.said, unchanged.said
    assert "0 written, 0 removed" in unchanged.said, unchanged.said
    assert f"{ARTICLES} listed; 1 read" in changed.said, changed.said
    assert f"{ARTICLES} listed; {ARTICLES} read" in beside.said, beside.said
    peaks = [round(run.peak) for run in (built, unchanged, changed, beside)]
    assert max(peaks[:3]) < MOST + CODE, peaks
    assert peaks[3] < MOST + CODE + READERS * A_READER, peaks
