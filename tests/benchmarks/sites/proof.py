"""Was the work done? What a program wrote, held against the articles it was given."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.benchmarks.sites.corpus import Corpus

_ATOM = "{http://www.w3.org/2005/Atom}"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
_TAG = re.compile(r"<[^>]*>")
_MARKUP = re.compile(r"\]\([^)]*\)|<[^>]*>|^```\w*|^[\d#> -]+[.]? |^\| [-:| ]+$", re.MULTILINE)
_WORD = re.compile(r"\w")
_YEAR = "[0-9]" * 4
_SAMPLES = 100
_ENOUGH = 0.95
"""The share of an article's letters that must be in what is shown of it."""


class WorkNotDoneError(Exception):
    """A program did not write what it was asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed: the end of its address, and its text in HTML."""

    slug: str
    text: str


def prove(who: str, output: Path, corpus: Corpus) -> None:
    """Every article has a page, the feeds have the newest in order, and all have the whole text.

    Raises WorkNotDoneError.
    """
    pages = {file.parent.name: file for file in output.glob(f"{_YEAR}/*/*/*/index.html")}
    if pages.keys() != corpus.files.keys():
        raise WorkNotDoneError(f"{who}: {len(pages)} pages for {len(corpus.files)} articles")
    slugs = list(corpus.files)
    for slug in slugs[:: max(1, len(slugs) // _SAMPLES)]:
        _prove_text(f"{who}: the page of {slug}", pages[slug].read_text("utf-8"), slug, corpus)
    front = (output / "index.html").read_text(encoding="utf-8")
    if f"/{corpus.newest[0]}/" not in front:
        raise WorkNotDoneError(f"{who}: the index page does not have the newest article")
    for name, entries in feeds(output).items():
        if [entry.slug for entry in entries] != corpus.newest:
            raise WorkNotDoneError(f"{who}: {name} does not have the newest 50, newest first")
        for entry in entries:
            _prove_text(f"{who}: {entry.slug} in {name}", entry.text, entry.slug, corpus)


def prove_change(who: str, output: Path, slug: str, words: str) -> None:
    """The page of an article and its entries have these words. Raises WorkNotDoneError."""
    pages = list(output.glob(f"{_YEAR}/*/*/{slug}/index.html"))
    shown = [page.read_text(encoding="utf-8") for page in pages]
    shown += [entry.text for found in feeds(output).values() for entry in found[:1]]
    if len(shown) != 4 or not all(words in text for text in shown):
        raise WorkNotDoneError(f"{who}: what was changed in {slug} is not shown everywhere")


def prove_everything(who: str, output: Path) -> None:
    """There are feeds and pages of tags, authors and languages, and older ones of the index.

    Raises WorkNotDoneError.
    """
    kinds = ("tags/*", "authors/*", "languages/*")
    wanted = [f"{kind}/{name}" for kind in kinds for name in ("atom.xml", "index.html")]
    for pattern in (*wanted, "page/*/index.html", "archive/*/atom.xml"):
        if not any(output.glob(pattern)):
            raise WorkNotDoneError(f"{who}: there is no {pattern}")


def prove_equal(one: Path, other: Path) -> None:
    """Two folders hold the same files with the same bytes. Raises WorkNotDoneError."""
    names = {file.relative_to(one) for file in one.rglob("*") if file.is_file()}
    if names != {file.relative_to(other) for file in other.rglob("*") if file.is_file()}:
        raise WorkNotDoneError(f"{one} and {other} hold other files")
    for name in names:
        if (one / name).read_bytes() != (other / name).read_bytes():
            raise WorkNotDoneError(f"{name} is not the same in {one} and {other}")


def stamps(paths: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    """When each file was written and which it is: of these, and of all in these folders."""
    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path])]
    return {file: (file.stat().st_mtime_ns, file.stat().st_ino) for file in files}


def feeds(output: Path) -> dict[str, list[Entry]]:
    """The entries of each feed."""
    rss = ET.parse(output / "rss.xml").getroot()
    atom = ET.parse(output / "atom.xml").getroot()
    document = json.loads((output / "feed.json").read_text(encoding="utf-8"))
    return {
        "rss.xml": [
            _entry(item.findtext("link"), item.findtext(_ENCODED) or item.findtext("description"))
            for item in rss.iter("item")
        ],
        "atom.xml": [
            _entry(_link(entry), entry.findtext(f"{_ATOM}content"))
            for entry in atom.iter(f"{_ATOM}entry")
        ],
        "feed.json": [_entry(item["url"], item["content_html"]) for item in document["items"]],
    }


def _link(entry: ET.Element) -> str | None:
    for link in entry.iter(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href")
    return None


def _entry(address: str | None, text: str | None) -> Entry:
    return Entry((address or "").rstrip("/").rpartition("/")[2], text or "")


def _prove_text(what: str, shown: str, slug: str, corpus: Corpus) -> None:
    """Markup aside, there are as many letters as in the article's file, and its last sentence."""
    source = corpus.files[slug].read_text(encoding="utf-8").split("---\n", 2)[2]
    wanted = len(_WORD.findall(_MARKUP.sub(" ", source)))
    found = len(_WORD.findall(html.unescape(_TAG.sub(" ", shown))))
    serial = f"Serial {int(slug.rpartition('-')[2])}."
    if found < _ENOUGH * wanted or serial not in shown:
        raise WorkNotDoneError(f"{what}: {found} letters of {wanted}")
