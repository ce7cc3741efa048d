"""Whoever only looks reads a copy, on PostgreSQL too: nothing is changed by it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.postgres import fresh
from tests.sites import CONFIG, UNJUDGED, Site

LOOKS = (
    ("articles",),
    ("check",),
    ("plan",),
    ("issue", "list", "weekly"),
    ("publish", "--dry-run"),
)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_looking_changes_nothing(
    kind: str, make_site: Callable[..., Site], request: pytest.FixtureRequest
) -> None:
    address = "sqlite"
    if kind == "postgresql":
        address = fresh(request.getfixturevalue("server"), "looked")
    site = make_site(f"{CONFIG}{UNJUDGED}database: {address}\n")
    site.article("one.md")
    site.publish()
    before = site.tree()
    for command in LOOKS:
        ran = site.run(*command)
        assert ran.code == 0, (command, ran.err)
    assert site.run("issue", "list", "weekly").out.split()[0] == "1"
    assert site.tree() == before
