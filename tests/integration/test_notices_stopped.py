"""Mails about subscriptions, sent by a process that is told to end."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from publisher.config.load import load_config
from publisher.mailing.deliver import deliver
from publisher.store.notices import Asked
from publisher.wiring.stores import Stores
from tests.mailings import Mailed
from tests.relays import relay
from tests.sites import NOW
from tests.subscribing import a_wish, self_service


def test_it_ends_after_the_message_in_hand(mailed: Mailed, tmp_path: Path) -> None:
    """systemd would kill it after a while, and with it a message that may have left."""
    asked = [f"new{n}@d{n}.example" for n in range(5)]
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        with self_service(mailed, 0) as service:
            assert {service.ask(a_wish(address)) for address in asked} == {Asked.MAILED}
        config = load_config(mailed.site.folder / "publisher.yaml")
        now = datetime.fromisoformat(NOW)
        with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
            report = deliver(
                config,
                stores.database,
                stores.issues.load,
                should_stop=lambda: there.count() == 2,  # as a signal that comes by then
            )
        assert (report.notices, there.count()) == ({"sent": 2}, 2)
        assert mailed.deliver().out == "about subscriptions: 3 sent\nnothing to send\n"
        assert there.copies() == dict.fromkeys(asked, 1)
