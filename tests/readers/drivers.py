"""The nine readers, by name."""

from __future__ import annotations

import os

import pytest

from tests.readers.reading import Driver
from tests.readers.with_fastfeedparser import FASTFEEDPARSER
from tests.readers.with_feedparser import FEEDPARSER
from tests.readers.with_feedsmith import FEEDSMITH
from tests.readers.with_liferea import LIFEREA
from tests.readers.with_newsboat import NEWSBOAT
from tests.readers.with_reader import READER
from tests.readers.with_rss2email import RSS2EMAIL
from tests.readers.with_rss_parser import RSS_PARSER
from tests.readers.with_sfeed import SFEED

DRIVERS = {
    driver.name: driver
    for driver in (
        LIFEREA,  # first: it waits more than it works, and the others work meanwhile
        RSS2EMAIL,
        READER,
        FEEDPARSER,
        RSS_PARSER,
        FEEDSMITH,
        NEWSBOAT,
        FASTFEEDPARSER,
        SFEED,
    )
}


def require(driver: Driver) -> None:
    """Skip the test where the program is missing; fail if services are due."""
    lacking = driver.lacking()
    if lacking and os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{lacking}, and REQUIRE_SERVICES=1")
    if lacking:
        pytest.skip(lacking)
