"""Folders in the dialects of other tools: samples by their documents, each article held in full.

Each folder of tests/data/dialects has the files as a tool's user has them, and `expected.yaml`:
where the articles lie, the keys of their source, and what must be read from each file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import chdir
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.articles import Candidate, Survey, survey_articles
from publisher.config.load import load_config
from publisher.model import Author, Document
from publisher.wiring.app import open_app
from tests.sites import CONFIG, Site

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "dialects"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def survey(site: Site) -> tuple[Survey, Mapping[str, str]]:
    """What the articles of a site are, and the bodies of those that can be read, by file."""
    with (
        chdir(site.folder),
        open_app(
            load_config(site.folder / "publisher.yaml"),
            clock=lambda: NOW,
            progress=lambda _what, _done, _total: None,
            aside=True,
        ) as app,
    ):
        found = survey_articles(app)
        bodies = {
            a.document.file: app.build.body(a.document.body_key)
            for a in found.articles
            if a.document
        }
    return found, bodies


def shown(author: Author) -> str:
    parts = (author.name, f"<{author.email}>" if author.email else "", author.url or "")
    return " ".join(part for part in parts if part)


def told(candidate: Candidate, document: Document | None, body: str) -> dict[str, Any]:
    """What was read of a file, in the words of `expected.yaml`."""
    where = candidate.problem.where if candidate.problem else None
    line = {"line": where.line} if where else {}
    if document is None:
        return {"state": candidate.state.value} | line
    picture, assets = document.picture, {f"{a.path}": a.origin for a in document.assets}
    address = picture.url.removeprefix("https://courier.example/") if picture else ""
    return {
        "state": candidate.state.value,
        **line,
        "title": document.title,
        "date": document.date.isoformat() if document.date else None,
        "updated": document.updated.isoformat() if document.updated else None,
        "slug": document.slug,
        "address": document.address,
        "tags": list(document.tags),
        "categories": list(document.categories),
        "authors": [shown(author) for author in document.authors],
        "language": document.language,
        "summary": document.summary,
        "image": assets.get(address, address) or None,
        "shows": [assets[path] for path in document.shown],
        "holds": [path for path in assets.values() if not path.endswith(".png")],
        "links": list(document.article_links),
        "translation": document.translation,
        "origins": document.origins,
        "body": body,
    }


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """In what one article is not as expected."""
    wrong = []
    for key, value in expected.items():
        seen = found.get(key)
        if key == "body" and all(piece in str(seen) for piece in value):
            continue
        if key == "origins" and seen is not None:
            seen = {name: seen.get(name) for name in value}
        if seen != value:
            wrong.append(f"{key}: expected {value!r}, found {seen!r}")
    return wrong


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_folder_in_the_dialect_of(sample: str, make_site: Callable[..., Site]) -> None:
    expected = yaml.safe_load((SAMPLES / sample / "expected.yaml").read_text(encoding="utf-8"))
    source = {"name": "s", "path": expected["path"], **expected["source"]}
    config = yaml.safe_load(CONFIG) | {"sources": [source]}
    config["site"]["authors"] = expected.get("authors", {})
    site = make_site(yaml.safe_dump(config, allow_unicode=True))
    shutil.copytree(SAMPLES / sample, site.folder, dirs_exist_ok=True)
    found, bodies = survey(site)
    candidates = {c.reading.file: c for c in found.candidates}
    documents = {f: c.reading.document for f, c in candidates.items()}
    wrong = [
        f"{file}: {difference}"
        for file, wanted in expected["articles"].items()
        for difference in differences(
            wanted,
            told(candidates[file], documents[file], bodies.get(file, ""))
            if file in candidates
            else {},
        )
    ]
    wrong += [f"{file}: is not expected" for file in candidates.keys() - expected["articles"]]
    assert not wrong, "\n".join([*wrong, *map(str, found.problems)])
    assert sum(found.counts.values()) == len(candidates)
    for hint in expected.get("hints", ()):
        assert any(hint in warning for warning in found.warnings), found.warnings
