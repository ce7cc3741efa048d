"""Lists of readers that no tool writes on purpose: each is read, or costs what is odd alone."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime

import pytest
from sqlalchemy.engine import Connection

from publisher.config.load import load_config
from publisher.store.engine import Database, open_sqlite
from publisher.store.subscribers import SubscriberStore
from publisher.subscriptions import import_readers
from tests.integration.test_subscribers import exported, states, take
from tests.sites import CONFIG, UNJUDGED, Site


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + UNJUDGED)


def test_what_parts_fields_is_not_sought_within_quotes(site: Site) -> None:
    text = '"surname, first name, title";"email"\n"Lee, Ann, Dr";"ann@example.com"\n'
    take(site, text, "--newsletter", "weekly")
    assert "Lee, Ann, Dr" in exported(site)["ann@example.com weekly"]["fields"]


@pytest.mark.parametrize("place", ["first", "second"])
def test_a_line_without_end_costs_itself_and_no_memory(site: Site, place: str) -> None:
    """Half a gigabyte, nearly all of which takes no room on the disk."""
    good = "email,name\nann@example.com,Ann\n"
    file = site.write("list.csv", "" if place == "first" else good)
    with file.open("r+b") as stream:
        stream.seek(500_000_000, io.SEEK_END)
        stream.write(b"\n" + good.encode())
    run = ("subscribers", "import", "list.csv", "--newsletter", "weekly")
    script = (
        "import resource, runpy, sys\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, 400 << 20))\n"
        f"sys.argv = {['publisher', *run]!r}\n"
        "runpy.run_module('publisher', run_name='__main__')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=site.folder, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ran.stderr
    assert "has more than 4,194,304 letters" in ran.stderr
    if place == "first":
        assert (ran.returncode, "list.csv:1:" in ran.stderr) == (1, True)
    else:
        assert (ran.returncode, "list.csv:3:" in ran.stderr) == (3, True)
        assert "ann@example.com weekly" in states(site)


def test_a_table_of_a_hundred_thousand_columns_is_read_at_once(site: Site) -> None:
    """Without names, or all of one name."""
    many = 50_000
    text = f"email{',' * many}{',note' * many}\nann@example.com{',1' * 2 * many}\n"
    began = time.monotonic()
    take(site, text, "--newsletter", "weekly")
    assert time.monotonic() - began < 20
    shown = json.loads(site.run("subscribers", "show", "ann@example.com", "--json").out)
    assert len(shown["subscriber"]["fields"]) == 2 * many
    site.run("subscribers", "export", "all.csv")
    site.run("subscribers", "erase", "ann@example.com")
    listed = (site.folder / "all.csv").read_text(encoding="utf-8")
    take(site, listed.replace("ann@", "bob@"), "--confirmed")
    shown_again = json.loads(site.run("subscribers", "show", "bob@example.com", "--json").out)
    assert shown_again["subscriber"]["fields"] == shown["subscriber"]["fields"]


@pytest.mark.parametrize("option", ["--confirmed", "--dry-run"])
def test_a_title_that_is_not_in_utf8_is_told_at_once(site: Site, option: str) -> None:
    site.write("list.csv", b"email,Stra\xdfe\nann@example.com,1 Pier Road\n")
    ran = site.run("subscribers", "import", "list.csv", "--newsletter", "weekly", option)
    assert (ran.code, "error: list.csv:1: is not in UTF-8\n" in ran.err) == (1, True), ran.err
    assert states(site) == {}


def test_what_is_kept_of_a_list_does_not_speak_to_the_terminal(site: Site) -> None:
    """One byte of an older set of controls (C1) begins what `ESC [` begins."""
    odd = "\x9b31m\x7f\u2028\x85."
    take(site, f'email,"a{odd}"\nann@example.com,"b{odd}"\n', "--newsletter", "weekly")
    site.article(f"fog{odd[:5]}.md", "Text.", title="Fog")
    for command in (("subscribers", "show", "ann@example.com", "--json"), ("articles", "--json")):
        ran = site.run(*command)
        assert not {"\x9b", "\x7f", "\u2028", "\x85"} & set(ran.out), ran.out
        assert "\\u009b" in ran.out
    told = json.loads(site.run("subscribers", "show", "ann@example.com", "--json").out)
    assert told["subscriber"]["fields"] == {f"a{odd}": f"b{odd}"}


class Killed(BaseException):
    """The process is gone at once: nothing handles it."""


def test_killed_between_any_two_changes_nobody_is_suppressed_by_half(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a line that says so, reader and address are suppressed in one transaction."""
    file = site.write("list.csv", "email,status\na@example.com,bounced\nb@example.com,complained\n")
    config = load_config(site.folder / "publisher.yaml")
    writing, found = Database.writing, []
    for last in itertools.count():
        database = open_sqlite(site.folder / f"{last}.db", lambda: 0)
        store = SubscriberStore(database)
        left = iter(range(last))

        def write(
            there: Database, left: Iterator[int] = left
        ) -> AbstractContextManager[Connection]:
            if next(left, None) is None:
                raise Killed
            return writing(there)

        with closing(database), monkeypatch.context() as patched:
            patched.setattr(Database, "writing", write)
            try:
                import_readers(
                    config, store, file, newsletters=["weekly"], confirmed=True, dry_run=False,
                    now=datetime.now(UTC), told=lambda _: None, progress=lambda *_: None,
                )  # fmt: skip
            except Killed:
                is_killed = True
            else:
                is_killed = False
            patched.undo()
            barred = [store.suppression(f"{who}@example.com") is not None for who in "ab"]
            found.append((store.suppressed(), sum(barred)))
        if not is_killed:
            break
    assert set(found) == {(0, 0), (2, 2)}
