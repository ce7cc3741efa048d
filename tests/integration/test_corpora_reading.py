"""Three public article folders with their own conventions, read with only dialect and language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.config import FilesSpec, SiteSpec
from publisher.errors import ArticleError
from publisher.model import Asset, Document
from publisher.parse.candidates import sort_out
from publisher.parse.clean import sanitise as sanitiser
from publisher.parse.clean.canonical import read_canonical
from publisher.parse.clean.references import ArticleFile, References
from publisher.parse.clean.sanitise import sanitise
from publisher.parse.document import Parsed, Skipped, parse_document

SITE = SiteSpec(title="T", url="https://x.example/")


@dataclass
class Read:
    """What reading one folder gave, by file."""

    folder: Path
    documents: dict[str, Document] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    refused: dict[str, ArticleError] = field(default_factory=dict)
    candidates: int = 0


@cache
def read_folder(folder: Path, **source: Any) -> Read:
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    spec = FilesSpec(name=folder.name, path=folder.name, **source)
    verdicts = sort_out(files, spec)
    present = set(files)

    def look_up(file: str) -> Asset | ArticleFile | None:
        if file not in present:
            return None
        if verdicts.get(file) == "":
            return ArticleFile(file=file)
        return Asset(path=f"media/{file}", origin=file, source=spec.name, media_type="", length=1)

    result = Read(folder, candidates=len(verdicts))
    for file, why in verdicts.items():
        if why:
            result.skipped[file] = why
            continue
        raw = (folder / file).read_bytes()
        try:
            found = parse_document(raw, file, site=SITE, source=spec, look_up=look_up)
        except ArticleError as error:
            result.refused[file] = error
            continue
        if isinstance(found, Parsed):
            result.documents[file] = found.document
        else:
            assert isinstance(found, Skipped)
            result.skipped[file] = found.message
    told = len(result.documents), len(result.skipped), len(result.refused)
    print(f"{folder.name}: {told[0]} read, {told[1]} skipped, {told[2]} refused")
    assert sum(told) == result.candidates
    return result


def check_all(result: Read) -> None:
    """No two articles at one address; every refusal has a line and a mend."""
    addresses = Counter(d.address for d in result.documents.values())
    assert [a for a, n in addresses.items() if n > 1] == []
    assert all(d.date is not None and not d.draft for d in result.documents.values())
    assert all(d.summary and d.language == "en" for d in result.documents.values())
    for error in result.refused.values():
        assert error.where is not None
        assert error.where.line
        assert error.mend


def written(folder: Path, file: str, key: str) -> str:
    """A field as a look at the first lines finds it, without our reader."""
    head = (folder / file).read_text(encoding="utf-8")[:1500]
    if not file.endswith(".rst"):
        head = head.partition("\n\n")[0]
    found = re.search(rf"^:?{key}:[ \t]*(\S.*?)[ \t]*$", head, re.MULTILINE | re.IGNORECASE)
    text = found[1] if found else ""
    if text[:1] == text[-1:] and text[:1] in ("'", '"'):
        text = text[1:-1].replace("''", "'").replace('\\"', '"')
    return " ".join(text.split())


def listed_under(folder: Path, file: str, key: str) -> Iterator[str]:
    """The `- entries` below a key of a YAML header."""
    head = (folder / file).read_text(encoding="utf-8").split("\n---", 1)[0]
    found = re.search(rf"^{key}:[ \t]*\n((?:[ \t]*- .*\n?)+)", head, re.MULTILINE)
    for line in (found[1] if found else "").splitlines():
        yield line.strip().removeprefix("- ").strip("'\" ")


def test_go_blog(shared: Path) -> None:
    result = read_folder(shared / "corpora" / "go-blog", language="en")
    check_all(result)
    assert len(result.documents) >= 250
    assert set(result.refused) == {"all.md", "index.md"}
    assert all("no date" in error.message for error in result.refused.values())
    for file, why in result.skipped.items():
        is_redirect = written(result.folder, file, "redirect") != ""
        assert file == "README.md" or (is_redirect and "line 2: a redirect" in why)
    for file, document in result.documents.items():
        assert document.title == written(result.folder, file, "title"), file
        assert document.date_text == written(result.folder, file, "date")
        assert document.date is not None
        assert document.date.isoformat().startswith(document.date_text[:10])
        names = [author.name for author in document.authors]
        assert names == list(listed_under(result.folder, file, "by")), file
        assert list(document.tags) == list(listed_under(result.folder, file, "tags")), file
        summary = written(result.folder, file, "summary")
        assert document.summary.startswith(summary.rstrip("|>")), file
        assert document.address.endswith(f"/{file.removesuffix('.md').lower()}/")


def test_servo_blog(shared: Path) -> None:
    result = read_folder(shared / "corpora" / "servo-blog", dialect="jekyll", language="en")
    check_all(result)
    assert len(result.documents) == result.candidates == 152
    for file, document in result.documents.items():
        assert document.title == written(result.folder, file, "title"), file
        assert document.date_text == written(result.folder, file, "date")
        assert document.summary == written(result.folder, file, "summary"), file
        assert document.date is not None
        day = [int(part) for part in re.findall(r"\d+", document.date_text)[:3]]
        assert [document.date.year, document.date.month, document.date.day] == day
    unreadable = result.documents["2019-07-03-media-update-h1-2019.md"]
    assert any("18::48::00" in warning for warning in unreadable.warnings)
    offsets = {
        file: document.date.utcoffset()
        for file, document in result.documents.items()
        if document.date and re.search(r"[+-]\d{4}$", document.date_text)
    }
    assert offsets
    for file, offset in offsets.items():
        sign, hours, minutes = re.findall(
            r"([+-])(\d\d)(\d\d)$", written(result.folder, file, "date")
        )[0]
        assert offset is not None
        assert offset.total_seconds() == int(sign + "1") * (int(hours) * 60 + int(minutes)) * 60


def test_this_week_in_rust(shared: Path) -> None:
    result = read_folder(shared / "corpora" / "this-week-in-rust", dialect="pelican", language="en")
    check_all(result)
    assert len(result.documents) == result.candidates == 223
    for file, document in result.documents.items():
        assert document.date_text == written(result.folder, file, "date"), file
        category = written(result.folder, file, "category")
        assert document.categories == ((category,) if category else ())
        if not file.endswith(".rst"):
            assert document.title == written(result.folder, file, "title"), file
    rst = result.documents["state-of-rust-0-11-0.rst"]
    assert rst.title == "State of Rust 0.11.0"
    assert rst.address == "2014/07/15/state-of-rust-0.11.0/"
    tagged = [d.tags for d in result.documents.values() if d.tags]
    assert tagged == [("rust", "programming")]


NOW = datetime(2026, 11, 22, tzinfo=UTC)
CORPORA: Mapping[str, Mapping[str, str]] = {
    "go-blog": {"language": "en"},
    "servo-blog": {"dialect": "jekyll", "language": "en"},
    "this-week-in-rust": {"dialect": "pelican", "language": "en"},
}
EXCEPTIONS = {
    "go-blog/README.md": (
        "state",
        "are fine to put directly in the article files.",
        "about the folder",
    ),
    "go-blog/all.md": ("state", "title: Blog Index", "a list of articles, without a date"),
    "go-blog/index.md": ("state", "title: The Go Blog", "a list of articles, without a date"),
    "servo-blog/2019-07-03-media-update-h1-2019.md": (
        "date",
        "date:       2019-07-09 18::48::00",
        "the time cannot be read: the day counts, with a warning",
    ),
}
"""Where what is read is not what the header says: the field, the line that explains it, and why."""


def told_by_header(folder: Path, file: str) -> dict[str, Any]:
    """What a file says of itself: YAML as PyYAML reads it without types, else lines up to a blank.

    A date is text with a time and an offset where one is written.
    """
    text = (folder / file).read_text(encoding="utf-8")
    if text.startswith("---\n"):
        fields = yaml.load(text[4 : text.index("\n---", 3)], Loader=yaml.BaseLoader) or {}
    elif file.endswith(".rst"):
        fields = dict(re.findall(r"^:(\w+): (.*)$", text, re.MULTILINE))
        fields["title"] = text.partition("\n")[0]
    else:
        lines = (line.partition(":") for line in text.partition("\n\n")[0].split("\n"))
        fields = {name.lower(): value.strip() for name, _, value in lines}
    people = fields.get("by") or fields.get("author") or fields.get("authors") or []
    tags = fields.get("tags") or []
    return {
        "state": "skipped" if "redirect" in fields else "listed",
        "title": " ".join(fields.get("title", "").split()),
        "date": fields.get("date", ""),
        "tags": [tag.strip() for tag in tags.split(",")] if isinstance(tags, str) else tags,
        "authors": [people] if isinstance(people, str) else people,
        "language": fields.get("lang", "en"),
    }


def at(text: str) -> datetime | None:
    """A date of a header as Python alone reads it; UTC where no offset is written."""
    found = re.fullmatch(
        r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ](\d\d?):(\d\d)(?::(\d\d))?(?: ?([+-])(\d\d):?(\d\d)|Z)?)?",
        text,
    )
    if not found:
        return None
    numbers = [int(part or 0) for part in found.group(1, 2, 3, 4, 5, 6)]
    offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    zone = timezone(-offset if found[7] == "-" else offset)
    year, month, day, hour, minute, second = numbers
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


@pytest.mark.parametrize("corpus", CORPORA)
def test_each_file_is_what_its_header_says(corpus: str, shared: Path) -> None:
    result = read_folder(shared / "corpora" / corpus, **CORPORA[corpus])
    there = [
        path for path in result.folder.rglob("*") if path.suffix in {".md", ".markdown", ".rst"}
    ]
    assert len(result.documents) + len(result.skipped) + len(result.refused) == len(there)
    wrong, excepted = [], set()
    for path in sorted(there):
        file = path.relative_to(result.folder).as_posix()
        expected = told_by_header(result.folder, file)
        document = result.documents.get(file)
        state = "listed" if document else "skipped" if file in result.skipped else "refused"
        found: dict[str, Any] = {"state": state}
        if document is not None:
            assert document.date is not None
            assert document.date < NOW
            found |= {
                "title": document.title,
                "date": document.date,
                "tags": list(document.tags),
                "authors": [author.name for author in document.authors],
                "language": document.language,
            }
            expected["date"] = at(expected["date"])
        for name, value in found.items():
            if value == expected[name]:
                continue
            exception = EXCEPTIONS.get(f"{corpus}/{file}")
            if exception is not None and exception[0] == name:
                assert exception[1] in path.read_text(encoding="utf-8").split("\n")
                excepted.add(f"{corpus}/{file}")
            else:
                wrong.append(f"{file}: {name}: found {value!r}, its header says {expected[name]!r}")
    assert not wrong, "\n".join(wrong)
    assert excepted == {place for place in EXCEPTIONS if place.startswith(f"{corpus}/")}


@pytest.mark.parametrize("corpus", CORPORA)
def test_what_needs_no_parser_is_what_a_parser_makes_of_it(
    corpus: str, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[str] = []

    def noted(html: str, _references: References) -> None:
        bodies.append(html)

    monkeypatch.setattr(sanitiser, "read_canonical", noted)
    read_folder.__wrapped__(shared / "corpora" / corpus, **CORPORA[corpus])
    monkeypatch.undo()
    alike = 0
    for html in bodies:
        found = _references()
        canonical = read_canonical(html, found)
        if canonical is not None:
            alike += 1
            monkeypatch.setattr(sanitiser, "read_canonical", lambda _html, _references: None)
            parsed = sanitise(html, base_url=PAGE, site_url=SITE.url, folder="", look_up=_nothing)
            monkeypatch.undo()
            assert canonical == parsed.html
            assert tuple(found.missing) == parsed.missing
            assert tuple(found.needs.items()) == parsed.needs
    assert alike > 10, "else nothing was compared"


PAGE = "https://x.example/a/"


def _nothing(_path: str) -> None:
    return None


def _references() -> References:
    return References(base_url=PAGE, site_url=SITE.url, folder="", look_up=_nothing)
