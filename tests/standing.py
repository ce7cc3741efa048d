"""Runs that would do nothing, and whether they did.

Fixtures are here too: a file of tests takes one under its name, as `site = standing.site`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from publisher.store import standstill
from tests.picture_samples import png
from tests.sites import CONFIG, NOW, Site

LATER = "2026-11-22T08:05:00Z"
LOGO = CONFIG + "  theme: {logo: art/logo.png}\n"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    site = make_site(LOGO, {"art/logo.png": png(64, 64), "articles/boat.png": png(3, 2)})
    site.article("one.md", body="![A boat](boat.png)")
    site.article("two.md", date="2026-11-02")
    site.write("templates/web/site.css", (Path("templates/web/site.css")).read_bytes())
    return site


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
