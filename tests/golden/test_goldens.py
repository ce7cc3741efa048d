"""Whole sites, byte for byte: sites/NAME/ must give sites/NAME/expected/.

`pytest tests/golden --update-golden` writes what is given now; the diff is then
read by a person before it is committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import feedgen.feed
import feedparser
import pytest

import publisher.render.mail.compile as mail_compile
from publisher.config.load import load_config
from publisher.errors import PublisherError
from publisher.publishing.publish import PublishOptions, publish

SITES = Path(__file__).parent / "sites"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
NAMES = sorted(p.name for p in SITES.iterdir() if p.is_dir())


def build(name: str, folder: Path) -> Mapping[str, bytes]:
    """Publish a golden site in a folder; gives what it made and the record."""
    shutil.copytree(SITES / name, folder, ignore=shutil.ignore_patterns("expected"))
    config = load_config(folder / "publisher.yaml")
    publish(config, PublishOptions(), clock=lambda: NOW, progress=lambda _w, _d, _t: None)
    made = {
        p.relative_to(folder / "output").as_posix(): p.read_bytes()
        for p in (folder / "output").rglob("*")
        if p.is_file() and p.name != ".gitignore"
    }
    return made | {"published.jsonl": (folder / "published.jsonl").read_bytes()}


def expected(name: str) -> Mapping[str, bytes]:
    folder = SITES / name / "expected"
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.mark.parametrize("name", NAMES)
def test_golden_site(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    made = build(name, tmp_path / name)
    if request.config.getoption("--update-golden"):
        shutil.rmtree(SITES / name / "expected", ignore_errors=True)
        for path, data in made.items():
            target = SITES / name / "expected" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    wanted = expected(name)
    assert sorted(made) == sorted(wanted)
    changed = [path for path in made if made[path] != wanted[path]]
    assert changed == []


@pytest.mark.parametrize("name", NAMES)
def test_expected_feeds_are_read_without_complaint(name: str) -> None:
    for path, data in expected(name).items():
        if path.endswith(".xml") and path.rpartition("/")[2] in ("rss.xml", "atom.xml"):
            feed = feedparser.parse(data)
            assert not feed.bozo
            assert feed.entries


def differs(name: str, folder: Path) -> bool:
    """Whether a golden site fails, by other bytes or by not being published at all."""
    try:
        return build(name, folder) != expected(name)
    except (PublisherError, ValueError):
        return True


def test_without_feedgen_the_goldens_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not differs(NAMES[0], tmp_path / "with")
    monkeypatch.setattr(feedgen.feed.FeedGenerator, "_create_rss", lambda *_a, **_k: (None, None))
    monkeypatch.setattr(feedgen.feed.FeedGenerator, "rss_str", lambda *_a, **_k: b"")
    monkeypatch.setattr(feedgen.feed.FeedGenerator, "atom_str", lambda *_a, **_k: b"")
    assert differs(NAMES[0], tmp_path / "without")


def test_without_mjml_the_goldens_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_compile, "mjml2html", lambda *_a, **_k: "<html></html>")
    assert differs(NAMES[0], tmp_path / "without")
