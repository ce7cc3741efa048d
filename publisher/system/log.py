"""EDGE. The log of what runs for long: one event a line on standard error.

`key=value` in a file or a pipe, JSON where it is asked for, and on a terminal the time of day and
words in columns. Events have a fixed name each (docs/reference.md, "Log events"); none of their
values is an address of a reader or a token.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, Literal, TextIO, cast

import structlog

from publisher.mailbox import without_addresses

LogFormat = Literal["auto", "logfmt", "json"]

_LEVELS = {"debug": "·", "info": " ", "warning": "!", "error": "✗"}


class _Forwarding(logging.Handler):
    """What libraries say, as an event like all others."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning(
            "library.warning", library=record.name, text=self.format(record)
        )


def set_up_log(level: str, form: LogFormat = "auto") -> None:
    """Write events from a level on: debug, info, warning or error."""
    logging.basicConfig(handlers=[_Forwarding()], level=logging.WARNING, force=True)
    # That a round takes longer than its interval is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _without_addresses,
            _renderer(form),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", _Log())),
    )


class _Log:
    """Standard error, as long as somebody reads it: work does not end for want of a reader."""

    def write(self, text: str) -> None:
        """Write, if that can be done."""
        if sys.stderr is not None:
            with suppress(OSError, ValueError):  # a pipe nobody reads; a stream that was closed
                sys.stderr.write(text)

    def flush(self) -> None:
        """Likewise."""
        if sys.stderr is not None:
            with suppress(OSError, ValueError):
                sys.stderr.flush()


def _without_addresses(
    _logger: Any, _method: str, told: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Whoever is written to stays unnamed, whatever a relay or a defect says."""
    for name, value in told.items():
        if isinstance(value, str):
            told[name] = without_addresses(value)
    return told


def _renderer(form: LogFormat) -> structlog.typing.Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    if form == "auto" and sys.stderr is not None and sys.stderr.isatty():
        return _for_people
    return structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True
    )


def _for_people(_logger: Any, _method: str, told: structlog.typing.EventDict) -> str:
    """`07:00:02   issue.composed      newsletter=weekly issue=2`, by the clock of UTC."""
    time = str(told.pop("timestamp"))[11:19]
    mark, event = _LEVELS.get(str(told.pop("level")), " "), told.pop("event")
    fields = " ".join(f"{name}={_plain(value)}" for name, value in told.items())
    return f"{time} {mark} {event:<20} {fields}".rstrip()


def _plain(value: Any) -> str:
    text = str(value)
    return repr(text) if not text.isprintable() or " " in text else text
