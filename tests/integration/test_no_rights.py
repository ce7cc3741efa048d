"""A state that this user may look at and not write to: another's, or one that was locked."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from tests.mailings import config
from tests.rights import run_bound_by_modes
from tests.sites import Site


@pytest.fixture
def locked(make_site: Callable[..., Site]) -> Site:
    """A site with an issue to mail, whose database cannot be written to."""
    site = make_site(config(1))
    site.article("fog.md", "A text about fog.")
    add = ("subscribers", "add", "ann@x.example", "--newsletter", "weekly", "--confirmed")
    assert site.run(*add).code == 0
    site.publish()
    (site.folder / ".publisher/publisher.db").chmod(0o444)
    return site


@pytest.mark.parametrize("command", [("deliver",), ("publish", "--deliver")])
def test_mail_from_a_database_that_may_not_be_written_asks_for_the_right(
    locked: Site, command: tuple[str, ...]
) -> None:
    ran = run_bound_by_modes(locked, *command)
    assert ran.returncode == 1
    assert "publisher.db: cannot be used: attempt to write a readonly database" in ran.stderr
    assert "mend:  do it as the user whose site it is, or give this one the right" in ran.stderr


def test_a_damaged_database_that_can_be_opened_is_put_back_from_a_backup(locked: Site) -> None:
    path = locked.folder / ".publisher/publisher.db"
    path.chmod(0o644)
    with closing(sqlite3.connect(path)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'mailing'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as raw:
        raw.seek((page - 1) * size)
        raw.write(b"\xff" * size)
    ran = locked.run("deliver")
    assert ran.code == 1
    assert "publisher.db: cannot be used: database disk image is malformed" in ran.err
    assert "put back the last backup where there is one" in ran.err
