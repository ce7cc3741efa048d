"""The record of the sample site, as a paper comes to have one: published three times.

`python -m tests.integration.sample_record` writes published.jsonl anew, after a change
of the sample's articles or of what the record holds. The article that is withdrawn was
published after the newsletter's first issue and taken back half an hour later.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, publish
from tests.sites import Site

ROOT = Path(__file__).resolve().parents[2]
WITHDRAWN = "articles/2026-11-22-no-ferry-on-sunday.md"
RETRACT = "retract: true"


def copy_sample(folder: Path) -> Site:
    """The sample site as a clone has it, without its record."""
    for name in ("articles", "media"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "publisher.yaml", folder)
    return Site(folder)


def make_record(folder: Path) -> bytes:
    """Publish the sample site in a folder that is not there yet; gives its record."""
    copy_sample(folder)
    withdrawn = folder / WITHDRAWN
    text = withdrawn.read_text(encoding="utf-8")
    assert RETRACT in text
    withdrawn.unlink()
    _publish(folder, hour=1)
    before = "".join(line for line in text.splitlines(keepends=True) if RETRACT not in line)
    withdrawn.write_text(before, encoding="utf-8")
    _publish(folder, hour=1, minute=30)
    withdrawn.write_text(text, encoding="utf-8")
    _publish(folder, hour=2)
    return (folder / "published.jsonl").read_bytes()


def _publish(folder: Path, *, hour: int, minute: int = 0) -> None:
    """One run at an instant that does not move while it lasts."""
    now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)
    config = load_config(folder / "publisher.yaml")
    publish(config, PublishOptions(), clock=lambda: now, progress=lambda _w, _d, _t: None)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        (ROOT / "published.jsonl").write_bytes(make_record(Path(temporary) / "sample"))
