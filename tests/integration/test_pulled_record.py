"""A record that another program writes while a run works on it, as `git pull` does, is not lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from publisher.config.load import load_config
from publisher.errors import RecordError
from publisher.issues.command import compose_issue
from publisher.issues.drafts import approve_issue
from publisher.model import BuildPlan
from publisher.outputs.directory import DirectoryOutput
from publisher.store import standstill
from publisher.store.issues import IssueStore
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.standing import LATER, run, settled, stands_still

ELSEWHERE = (
    b'{"id":"tag:courier.example,2026:of-another-branch","source":"articles","path":"other.md",'
    b'"content":"c","text":"t","date":"2026-11-01","published":"2026-11-01T00:00:00Z",'
    b'"updated":"2026-11-01T00:00:00Z","place":7,"address":"other/"}\n'
)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@contextmanager
def pulled_meanwhile(record: Path) -> Iterator[None]:
    """Whoever is about to draw finds a line more in the record."""
    refuse = DirectoryOutput.refuse_unwritable

    def pull(output: DirectoryOutput, plan: BuildPlan) -> None:
        record.write_bytes(record.read_bytes() + ELSEWHERE if record.exists() else ELSEWHERE)
        refuse(output, plan)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DirectoryOutput, "refuse_unwritable", pull)
        yield


@pytest.mark.parametrize("change", ["none yet", "another article", "other words"])
def test_a_run_does_not_write_over_it(make_site: Callable[..., Site], change: str) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    record = site.folder / "published.jsonl"
    if change != "none yet":
        settled(site)
        site.article("one.md" if change == "other words" else "two.md", "Other text.")
        site.settle()
    published = site.tree() if site.output("").exists() else {}
    with pulled_meanwhile(record), pytest.raises(RecordError, match="by another program") as told:
        run(site)
    assert "do it again" in str(told.value.mend)
    assert ELSEWHERE in record.read_bytes()
    assert {".gitignore": site.tree()[".gitignore"], **published} == site.tree()
    site.article("other.md")
    site.settle()
    run(site)
    assert b"of-another-branch" in site.output("rss.xml").read_bytes(), "the id is the one pulled"
    assert stands_still(site)


def test_no_issue_is_made_by_a_record_that_is_not_there_any_more(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(CONFIG + UNJUDGED)
    site.article("one.md")
    (first,) = run(site, now="2026-11-22T08:00:00Z").issues
    site.article("two.md", date="2026-11-22")
    monday = "2026-11-23T01:00:00Z"
    with pulled_meanwhile(site.folder / "published.jsonl"), pytest.raises(RecordError):
        run(site, now=monday)
    (issue,) = run(site, now=monday).issues
    assert (first.number, issue.number, len(issue.items)) == (1, 2, 1)


@pytest.mark.parametrize("what", ["compose", "approve"])
def test_an_issue_that_was_made_just_before_is_not_to_be_made_again(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Frozen, and then the record is pulled in the moment before it is named there."""
    site = make_site(CONFIG + UNJUDGED + ("    review: true\n" if what == "approve" else ""))
    site.article("one.md")
    run(site, now=NOW)
    config = load_config(site.folder / "publisher.yaml")
    record = site.folder / "published.jsonl"
    before = record.read_bytes()
    number = 1 if what == "approve" else 2
    if what == "compose":
        site.article("two.md", date="2026-11-22")
    command = compose_issue if what == "compose" else approve_issue
    freeze = IssueStore.freeze

    def pull(*arguments: Any, **named: Any) -> None:
        freeze(*arguments, **named)
        record.write_bytes(before + ELSEWHERE)

    with monkeypatch.context() as patched:
        patched.setattr(IssueStore, "freeze", pull)
        with pytest.raises(RecordError) as told:
            command(config, "weekly", clock=lambda: datetime.fromisoformat(LATER))
    assert f"issue {number} of weekly is made" in str(told.value)
    assert "do it again" not in str(told.value.mend)
    assert "publisher publish" in str(told.value.mend)
    assert record.read_bytes() == before + ELSEWHERE
    said = compose_issue(config, "weekly", clock=lambda: datetime.fromisoformat(LATER)).said
    assert "no issue" in said
    run(site, now=LATER)
    assert site.output(f"newsletters/weekly/{number}/index.html").exists()
    told_there = [one for one in site.record() if one.get("newsletter") == "weekly"]
    assert [one["number"] for one in told_there] == list(range(1, number + 1))
    assert b"of-another-branch" in record.read_bytes()
