"""What keeps an article out may lie elsewhere, and be gone without a change of its file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from errno import EACCES, EIO
from os import strerror

import pytest

from publisher.sources import look
from publisher.store import standstill
from tests.sites import CONFIG, Site
from tests.standing import kept, run, settled, stands_still


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as old, so that no test has to wait."""
    monkeypatch.setattr(standstill, "_MOMENT_NS", -(10**18))


@pytest.mark.parametrize("number", [EACCES, EIO])
def test_a_file_that_could_not_be_opened_is_tried_again(
    make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A right that is given to a group changes nothing that a file's own numbers show."""
    site = make_site(CONFIG)
    site.article("one.md")
    site.article("two.md", date="2026-11-02")
    site.settle()
    read_file = look.read_file

    def refuse(path: str) -> bytes:
        if path.endswith("two.md"):
            raise OSError(number, strerror(number))
        return read_file(path)

    with monkeypatch.context() as patched:
        patched.setattr(look, "read_file", refuse)
        for _ in range(2):
            report = run(site, code=3)
            assert report.counts == {**report.counts, "listed": 1, "refused": 1}
            assert not kept(site).exists()
    assert run(site).counts["listed"] == 2
    assert stands_still(site)


def test_a_command_that_was_not_there_is_tried_again(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    command = site.folder / "turn"
    told = [sys.executable, str(command)]
    site.write(
        "publisher.yaml",
        f"{CONFIG}sources:\n  - {{name: articles, asciidoc: {json.dumps(told)}}}\n",
    )
    site.write("articles/fog.adoc", "= Fog\n:revdate: 2026-11-01\n\nText.\n")
    site.settle()
    for _ in range(2):
        assert run(site, code=3).counts["refused"] == 1
    site.write("turn", "print('<h1>Fog</h1><p>Text.</p>')")
    assert run(site).counts["listed"] == 1
    assert stands_still(site)


def test_a_part_that_comes_later_mends_what_includes_it(make_site: Callable[..., Site]) -> None:
    site = make_site(
        CONFIG + "sources:\n  - {name: articles, shortcodes: refuse, exclude: ['part*']}\n"
    )
    site.article("one.md", body="{% include_relative part.md %}")
    site.article("two.md", date="2026-11-02")
    settled(site, code=3)
    site.write("articles/part.md", "The text of the part.\n")
    site.settle()
    assert run(site).counts["listed"] == 2
    assert b"The text of the part." in site.output("rss.xml").read_bytes()
    assert stands_still(site)
