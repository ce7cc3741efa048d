"""What is asked for after the mail that asks to confirm, by real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from publisher.delivery.tokens import sign_confirmation
from publisher.store.notices import Asked
from tests.mailings import later
from tests.relays import relay
from tests.serving import serving
from tests.sites import NOW, UNJUDGED, Site
from tests.subscribing import (
    SECOND,
    a_wish,
    check_page,
    dump,
    keys,
    links,
    mails,
    post,
    self_service,
    service_seconds,
    site_with,
    states,
    token_of,
    words,
)


class TestAskedBeforeTheYes:
    """A wish that came after the mail that asks, of which no more goes out on that day."""

    def test_waits_on_the_page_that_the_mail_leads_to(
        self, make_site: Callable[..., Site], tmp_path: Path
    ) -> None:
        mailed = site_with(make_site, SECOND)
        ann = {"email": "ann@x.example"}
        with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
            mailed.use(there)
            text = (mailed.site.folder / "publisher.yaml").read_text()
            mailed.site.write("publisher.yaml", text.replace(UNJUDGED, UNJUDGED + SECOND))
            mailed.site.publish()
            with serving(mailed.site, "--now", NOW) as server:
                sent = post(server, "/subscribe", ann | {"newsletter": "weekly"})
                assert "at most one such message a day" in words(sent)
                mailed.deliver()
            with serving(mailed.site, "--now", later(600)) as server:
                again = post(server, "/subscribe", ann | {"newsletter": "daily"})
                assert again.body == sent.body
                assert mailed.deliver(after=700).out == "nothing to send\n"
                (message,) = mails(tmp_path)
                assert "Daily" not in message.as_string()
                confirm = links(message)["confirm"]
                question = server.ask(confirm)
                check_page(question)
                assert "You asked to get The Weekly Courier at ann@x.example." in words(question)
                hidden, choices = (
                    dict(
                        re.findall(
                            rf'<input type="{kind}" name="(.+?)" value="(.+?)">',
                            question.body.decode(),
                        )
                    )
                    for kind in ("hidden", "checkbox")
                )
                assert hidden == {"newsletter.weekly": "weekly"}
                assert choices == {"newsletter.daily": "daily"}, (
                    "not ticked: who asked is not known"
                )
                assert states(mailed, "ann@x.example") == {"weekly": "pending", "daily": "pending"}
                assert post(server, confirm, hidden | choices).status == 200
                own = f"/preferences/{token_of(mailed, 'ann@x.example')}?data"
                data = json.loads(server.ask(own).body)
        assert states(mailed, "ann@x.example") == {"weekly": "active", "daily": "active"}
        evidence = data["subscriptions"]["daily"]["evidence"][-1]
        assert evidence["wording"].startswith("You asked to get The Weekly Courier and The Daily")

    def test_begins_only_where_it_was_shown(self, make_site: Callable[..., Site]) -> None:
        """Not for who opened the page before it was asked for, nor for who left it once."""
        mailed = site_with(make_site, SECOND)
        both = ["weekly", "daily"]
        weekly = a_wish("ann@x.example")
        daily = replace(weekly, newsletters=["daily"])
        with self_service(mailed, 0) as service:
            assert service.ask(weekly) is Asked.MAILED
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
        with self_service(mailed, 1) as service:
            assert service.ask(daily) is Asked.HEARD
            asker = service.asker(token)
            assert asker is not None
            assert (asker.newsletters, asker.since) == (["weekly"], ["daily"])
            assert service.confirm(token, wording="", network="")
            assert states(mailed, "ann@x.example") == {"weekly": "active", "daily": "pending"}
            asker = service.asker(token)
            assert asker is not None
            assert (asker.newsletters, asker.since) == ([], []), "an answered mail asks nothing"
            assert service.confirm(token, wording="", network="", shown=both)
            assert states(mailed, "ann@x.example") == {"weekly": "active", "daily": "pending"}
            assert service.leave(token_of(mailed, "ann@x.example"), how="a test", network="")
        with self_service(mailed, 25) as service:
            assert service.ask(weekly) is Asked.MAILED
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
        with self_service(mailed, 26) as service:
            assert service.ask(daily) is Asked.HEARD
            assert service.confirm(token, wording="", network="", shown=both)
        assert states(mailed, "ann@x.example") == {"weekly": "active", "daily": "unsubscribed"}

    def test_is_not_kept_for_who_has_no_link_to_confirm(
        self, make_site: Callable[..., Site]
    ) -> None:
        mailed = site_with(make_site, SECOND)
        mailed.readers(1)
        daily = replace(a_wish("reader0@d0.example"), newsletters=["daily"])
        other = replace(a_wish("reader.0+tag@d0.example"), newsletters=["daily"])
        with self_service(mailed, 0) as service:
            assert service.ask(a_wish("reader0@d0.example")) is Asked.MAILED
            before = dump(mailed)
            assert service.ask(daily) is Asked.HEARD
            assert service.ask(other) is Asked.HEARD
        after = dump(mailed)
        assert {t: after[t] for t in ("subscriber", "subscription", "notice")} == {
            t: before[t] for t in ("subscriber", "subscription", "notice")
        }

    def test_changes_nothing_of_what_the_mail_told(self, make_site: Callable[..., Site]) -> None:
        """A stranger's sign-up gives nobody another rhythm than the one that they asked for."""
        rhythms = (
            "    rhythms: [{name: fast, every: day, at: '06:00'}, {name: slow, every: week, on: "
            "monday, at: '06:00'}]\n"
        )
        second = SECOND.replace('    schedule: {every: day, at: "06:00"}\n', rhythms)
        mailed = site_with(make_site, second)
        wish = replace(a_wish("ann@x.example"), newsletters=["daily/slow"])
        with self_service(mailed, 0) as service:
            assert service.ask(wish) is Asked.MAILED
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
        with self_service(mailed, 1) as service:
            assert service.ask(replace(wish, newsletters=["daily/fast"])) is Asked.HEARD
            after = service.confirm(token, wording="", network="")
        assert after is not None
        assert after.subscriptions["daily"].rhythm == "slow"
