"""The articles: made by the shared program, beside the project as ../shared/bench."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.benchmarks.measuring import ROOT

MAKER = ROOT.parent / "shared" / "bench" / "make_corpus.py"
GRAIN = 0.05
"""Seconds that let a file grow old enough to be taken for unchanged."""


class CorpusMissingError(Exception):
    """The program that makes the articles is not there."""


@dataclass(frozen=True)
class Corpus:
    """A folder with articles/ and what corpus.json says of them."""

    folder: Path

    @property
    def articles(self) -> Path:
        """The folder of articles: YYYY/YYYY-MM-DD-SLUG.md."""
        return self.folder / "articles"

    @cached_property
    def files(self) -> dict[str, Path]:
        """The file of each article, by its slug, in the order of their names."""
        # The name begins with the date: 2026-11-26-
        return {file.stem[11:]: file for file in sorted(self.articles.rglob("*.md"))}

    @cached_property
    def newest(self) -> list[str]:
        """The slugs of the newest 50, newest first."""
        facts = json.loads((self.folder / "corpus.json").read_text(encoding="utf-8"))
        slugs: list[str] = facts["newest50"]
        return slugs

    @contextmanager
    def changed(self, words: str) -> Iterator[str]:
        """The newest article with a further paragraph, as long as the block is; gives its slug."""
        slug = self.newest[0]
        file = self.files[slug]
        before = file.read_bytes()
        file.write_bytes(before + f"\n{words}\n".encode())
        time.sleep(GRAIN)
        try:
            yield slug
        finally:
            file.write_bytes(before)
            time.sleep(GRAIN)


def make_corpus(size: int, folder: Path) -> Corpus:
    """So many articles, the same on every machine. Raises CorpusMissingError."""
    if not MAKER.is_file():
        raise CorpusMissingError(
            f"the program that makes the articles is not beside the project: "
            f"{MAKER.relative_to(ROOT.parent)}"
        )
    subprocess.run([sys.executable, str(MAKER), str(size), str(folder)], check=True)
    return Corpus(folder)
