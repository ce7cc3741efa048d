"""A program with its site: how it is run, where it writes, what a fresh start takes away."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher import __version__
from tests.benchmarks.measuring import ROOT
from tests.benchmarks.sites.corpus import Corpus
from tests.benchmarks.sites.processes import Run, run

PEERS = Path(__file__).resolve().parents[1] / "peers"
"""The templates and settings of the peers."""

_SITE = """\
site:
  title: The Corpus
  url: https://corpus.example/
  description: Articles that nobody wrote
  language: en
  timezone: UTC
sources:
  - name: articles
    path: {articles}
schedule: {{rebuild: 5s}}
"""
_NEWEST = "feeds: [{name: main, archives: false}]\n"
"""As the others: the newest entries, and none behind them."""
_EVERYTHING = "feeds_for: {tags: true, authors: true, languages: true}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program and the site it makes, in a folder of its own.

    `made` are the names in the folder that a full build begins without. `beside` says what it does
    that others do not, or leaves out.
    """

    name: str
    version: str
    folder: Path
    command: tuple[str, ...]
    made: tuple[str, ...] = ("output",)
    beside: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        """Where the site lies."""
        return self.folder / "output"

    def again(self) -> Run:
        """Run it over what there is. Raises RunFailedError.

        What others wrote lies in the system's memory when they end; it is put on the disk first, so
        that nobody pays for another's files.
        """
        os.sync()
        return run(self.command, self.folder, self.env)

    def anew(self) -> Run:
        """Run it without output and cache. Raises RunFailedError.

        What was there is moved aside and not removed: for a minute after the end of many files
        ext4 looks at the place of each of them again whenever it makes a new one, which took a
        third of the time of programs that nobody blames for it (recently_deleted in ialloc.c).
        """
        aside = Path(tempfile.mkdtemp(prefix="aside-", dir=self.folder))
        for name in self.made:
            there = self.folder / name
            if there.exists():
                there.rename(aside / name)
        self.output.mkdir()
        return self.again()


OURS_ENV = {"PYTHONPATH": str(ROOT)}
"""What lets this checkout be found."""


def ours(corpus: Corpus, folder: Path, *, everything: bool = False) -> Program:
    """This checkout, with the main feed alone or with all feeds and pages there can be."""
    folder.mkdir(parents=True)
    config = _SITE.format(articles=corpus.articles) + (_EVERYTHING if everything else _NEWEST)
    (folder / "publisher.yaml").write_text(config, encoding="utf-8")
    return Program(
        name="publisher",
        version=__version__,
        folder=folder,
        command=command("publish"),
        made=("output", ".publisher", "published.jsonl"),
        beside=(
            "sanitises every article, makes addresses absolute in feeds, checks each document of "
            "a feed before it is written, replaces files one by one; writes beside: the "
            "older pages of the index, a list of feeds, a sitemap, "
            "the record and a cache; compresses nothing"
        ),
        env=OURS_ENV,
    )


def command(*arguments: str) -> tuple[str, ...]:
    """The command `publisher` of this checkout."""
    return (sys.executable, "-m", "publisher", *arguments)
