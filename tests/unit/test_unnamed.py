"""Readers stay unnamed in what strangers are told, and so does where the alerts go."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.mailbox import without_addresses
from publisher.model import Trouble
from publisher.schedule.tally import Tally
from publisher.store.engine import open_sqlite
from publisher.upkeep.alerts import settle_alerts, tell_alerts
from tests.sites import CONFIG
from tests.web_servers import RawServer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("421 <ann@reader.example>: later", "421 <…>: later"),
        ("RCPT TO:ann@reader.example", "RCPT TO:…"),
        ("/subscribe/ann%40reader.example", "…"),
        ("to=ann@a.example,bob@b.example;x", "to=…,…;x"),
        ("@example", "@example"),
        ("nobody", "nobody"),
    ],
)
def test_an_address_in_a_text_is_not_shown(text: str, shown: str) -> None:
    assert without_addresses(text) == shown


def test_a_long_text_takes_no_time() -> None:
    began = time.process_time()
    assert without_addresses("@ " + "a" * 200_000)
    assert time.process_time() - began < 0.5


def test_what_a_relay_says_of_a_reader_is_not_in_a_trouble() -> None:
    tally = Tally()
    tally.fault("job", "deliver", "put off: 421 4.7.1 <ann@reader.example> too many")
    assert [one.text for one in tally.troubles] == ["put off: 421 4.7.1 <…> too many"]


def test_the_address_that_is_told_is_not_in_what_is_said_of_it(tmp_path: Path) -> None:
    """Its path is often all that is needed to write there."""
    with RawServer(lambda connection, _request: connection.sendall(b"nonsense\r\n\r\n")) as hook:
        text = f"alerts: {{webhook: '{hook.address}services/T0/secret'}}\n"
        (tmp_path / "publisher.yaml").write_text(CONFIG + text, encoding="utf-8")
        database = open_sqlite(tmp_path / "publisher.db", lambda: 0)
        try:
            settle_alerts(database, [Trouble(kind="disk", of="output", text="no room")])
            told = tell_alerts(load_config(tmp_path / "publisher.yaml"), database)
        finally:
            database.close()
    (trouble,) = told.troubles
    assert str(trouble) == "alerts.webhook did not answer in HTTP, or broke off"
