"""AsciiDoc turned by a command that the user names, and what happens when that fails."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import pytest

from tests.sites import CONFIG, Site

TEXT = "= Wall\n:date: 2026-11-01\n\nText.\n"


def config(*command: str) -> str:
    return f"{CONFIG}sources:\n  - {{name: articles, asciidoc: {json.dumps(command)}}}\n"


def test_the_command_turns_the_text(make_site: Callable[..., Site]) -> None:
    script = "import sys; print('<p>Turned ' + str(len(sys.stdin.read())) + '</p>')"
    site = make_site(config(sys.executable, "-c", script), {"articles/wall.adoc": TEXT})
    site.settle()
    site.publish()
    page = site.output("2026/11/01/wall/index.html").read_text()
    assert f"Turned {len(TEXT)}" in page
    assert "0 read" in site.publish().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("/nowhere/asciidoctor",), "cannot be converted: /nowhere/asciidoctor: No such file"),
        ((sys.executable, "-c", "import sys; sys.exit('no good')"), "ended with 1: no good"),
        ((sys.executable, "-c", "pass"), "gave nothing"),
    ],
)
def test_one_that_fails_costs_the_article_alone(
    command: tuple[str, ...], told: str, make_site: Callable[..., Site]
) -> None:
    site = make_site(config(*command), {"articles/wall.adoc": TEXT})
    site.article("one.md")
    ran = site.publish(code=3)
    assert told in ran.err
    assert "1 listed, 1 refused" in ran.out
