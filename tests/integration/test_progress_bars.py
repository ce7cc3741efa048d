"""Bars on a real terminal: every phase that takes long is seen, and nothing of them stays."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command import start_warm
from tests.mailings import Mailed
from tests.relays import relay
from tests.sites import CONFIG, NOW, Site

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_a_terminal(site: Site, *arguments: str, columns: int = 80) -> tuple[str, list[str]]:
    """What a terminal of that width gets, without colours, and the lines that it shows after it."""
    terminal, theirs = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "LINES": "24"}
    process = start_warm((*arguments, "--now", NOW), site.folder, env, theirs)
    os.close(theirs)
    got = b""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # how Linux tells that the other side is closed
            break
        if not data:
            break
        got += data
    os.close(terminal)
    assert process.wait(30) in (0, 3), got
    text = got.decode()
    erased = text.rpartition("\x1b[2K")[2]
    return _ESCAPES.sub("", text), [line for line in erased.splitlines() if line]


@pytest.mark.parametrize("columns", [80, 120])
def test_reading_drawing_and_writing_are_seen_to_their_end(
    make_site: Callable[..., Site], columns: int
) -> None:
    site = make_site(CONFIG)
    for number in range(30):
        site.article(f"a{number}.md")
    seen, left = on_a_terminal(site, "publish", columns=columns)
    assert re.search(r"reading ━+ +30/30 ", seen)
    drawn = re.findall(r"drawing ━+ +(\d+)/(\d+) ", seen)
    written = re.findall(r"writing ━+ +(\d+)/(\d+) ", seen)
    assert drawn[-1] == written[-1]
    assert drawn[-1][0] == drawn[-1][1]
    assert all(len(line) <= columns for line in re.split(r"[\r\n]+", seen) if "━" in line)
    assert left[0] == "articles: 30 listed; 30 read"
    seen, left = on_a_terminal(site, "publish", "--dry-run", "--full", columns=columns)
    assert re.search(r"drawing ━+ +(\d+)/\1 ", seen)
    assert "writing" not in seen


def test_sending_is_seen(mailed: Mailed, tmp_path: Path) -> None:
    with relay(tmp_path / "log", "wait=0.02") as there:
        mailed.use(there)
        mailed.readers(60)
        mailed.site.publish()
        seen, left = on_a_terminal(mailed.site, "deliver")
    assert re.search(r"sending [━╸╺]+ +\d+/60 ", seen)
    assert left == ["60 sent"]


def test_quiet_shows_no_bar(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("one.md")
    seen, _ = on_a_terminal(site, "publish", "-q")
    assert seen == ""
