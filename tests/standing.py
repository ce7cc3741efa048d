"""Runs that would do nothing, and whether they did."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.sites import NOW, Site

LATER = "2026-11-22T08:05:00Z"


def run(site: Site, *, now: str = LATER, code: int = 0, **options: bool) -> PublishReport:
    instant = datetime.fromisoformat(now).astimezone(UTC)
    report = publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True, **options),
        clock=lambda: instant,
        progress=lambda _what, _done, _total: None,
    )
    assert report.exit_code == code, [str(problem) for problem in report.problems]
    return report


def kept(site: Site) -> Path:
    return site.folder / ".publisher/standstill.json"


def stands_still(site: Site, *, now: str = LATER, code: int = 0, **options: bool) -> bool:
    """Whether a run did nothing: one that looks at everything leaves another file behind."""
    before = kept(site).stat().st_mtime_ns if kept(site).exists() else None
    report = run(site, now=now, code=code, **options)
    is_still = kept(site).exists() and kept(site).stat().st_mtime_ns == before
    if is_still:
        assert (report.opened, report.written, report.removed) == (0, (), ())
    return is_still


def settled(site: Site, *, now: str = NOW, code: int = 0) -> Site:
    site.settle()
    run(site, now=now, code=code)
    assert stands_still(site, code=code), "else the test would prove nothing"
    return site
