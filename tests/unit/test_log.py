"""The log of what runs for long, in its three forms."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextlib import suppress

import pytest
import structlog

from publisher.system.log import LogFormat, set_up_log


def said(form: LogFormat, capsys: pytest.CaptureFixture[str], level: str = "info") -> list[str]:
    before, root = structlog.get_config(), logging.getLogger()
    handlers = root.handlers
    try:
        root.handlers = []
        set_up_log(level, form)
        log = structlog.get_logger()
        log.debug("file.written", path="a.html")
        log.info("issue.composed", newsletter="weekly", issue=2)
        log.error("publish.failed", error="articles/ü.md: no\nline", mend=None)
        log.error("delivery.trouble", error="550 <ann@example.com>: no such person")
        logging.getLogger("somebody").warning("for %s", "bob@example.com")
        return capsys.readouterr().err.splitlines()
    finally:
        root.handlers = handlers
        structlog.configure(**before)


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = (json.loads(line) for line in said("json", capsys))
    assert first["timestamp"].endswith("Z")
    assert (first["level"], first["event"], first["issue"]) == ("info", "issue.composed", 2)
    assert second["error"] == "articles/ü.md: no\nline"


def test_elsewhere_it_is_key_and_value(capsys: pytest.CaptureFixture[str]) -> None:
    first, second, *_ = said("auto", capsys)
    assert first.endswith(" level=info event=issue.composed newsletter=weekly issue=2")
    assert "\n" not in second
    assert said("logfmt", capsys, "error")[0].partition(" ")[2] == second.partition(" ")[2]


def test_on_a_terminal_it_is_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    first, second, *_ = said("auto", capsys)
    assert first[8:] == "   issue.composed       newsletter=weekly issue=2"
    assert first[2] == first[5] == ":"
    assert second[8:].startswith(" ✗ publish.failed       error='articles/ü.md: no\\nline'")


@pytest.mark.parametrize("form", ["json", "logfmt", "auto"])
def test_no_address_is_in_it_and_libraries_speak_as_we_do(
    form: LogFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    *_, third, fourth = said(form, capsys)
    assert "550 <…>: no such person" in third
    assert "library.warning" in fourth
    assert "for …" in fourth
    assert "@" not in third + fourth


def test_a_log_that_nobody_reads_any_more_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    stream = os.fdopen(write, "w")
    before, root = structlog.get_config(), logging.getLogger()
    handlers, root.handlers = root.handlers, []
    monkeypatch.setattr("sys.stderr", stream)
    try:
        set_up_log("info")
        structlog.get_logger().info("schedule.started")
        monkeypatch.setattr("sys.stderr", None)  # it was closed before we began
        set_up_log("info")
        structlog.get_logger().info("schedule.started")
    finally:
        root.handlers = handlers
        structlog.configure(**before)
        with suppress(BrokenPipeError):
            stream.close()
