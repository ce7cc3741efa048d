"""How many mails the form makes for an address, a network, a domain and all together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from publisher.delivery.tokens import sign_confirmation
from publisher.self_service.signups import Preferences, SelfService
from publisher.store.notices import Asked, SignUpLimits
from tests import subscribing
from tests.mailings import Mailed
from tests.sites import Site
from tests.subscribing import (
    SECOND,
    Desk,
    a_wish,
    check_page,
    dump,
    keys,
    self_service,
    service_seconds,
    site_with,
    token_of,
)

mailed = subscribing.mailed
desk = subscribing.desk


class TestLimits:
    def test_nine_boxes_and_many_wishes_are_nine_mails(self, desk: Desk, mailed: Mailed) -> None:
        for number in range(90):
            box, way = divmod(number, 9)
            address = ("ann@x{}.example", "ann+tag@x{}.example", "a.nn@X{}.example")[way % 3]
            network = f"198.51.{number}.7" if number < 60 else f"2001:db8:{number:x}::1"
            reply = desk.post(
                "/subscribe", {"email": address.format(box % 9)}, X_Forwarded_For=network
            )
            assert reply.status == 200
        rows = dump(mailed)
        assert len(rows["notice"]) == 9
        assert len(rows["subscriber"]) == 9

    def test_a_network_an_hour(self, desk: Desk, mailed: Mailed) -> None:
        answers = [
            desk.post(
                "/subscribe", {"email": f"a{n}@x{n}.example"}, X_Forwarded_For=f"203.0.113.{n}"
            )
            for n in range(60)
        ]
        assert [reply.status for reply in answers] == [200] * 20 + [429] * 40
        check_page(answers[-1])
        assert answers[-1].headers["retry-after"] == "3600"
        assert len(dump(mailed)["sign_up"]) == 20
        assert (
            desk.post("/subscribe", {"email": "b@x.example"}, X_Forwarded_For="203.0.114.1").status
            == 200
        )
        for _ in range(30):
            assert desk.get("/subscribe", X_Forwarded_For="203.0.113.9").status == 200
        assert b"203.0.113.9" not in (mailed.site.folder / ".publisher/publisher.db").read_bytes()
        evidence = json.dumps([str(row) for row in dump(mailed)["subscription"]])
        assert "203.0.113.0/24" in evidence
        assert "serve.too-many-sign-ups" in desk.server.said()

    def test_a_box_a_day_and_three_unheeded_also_after_a_restart(self, mailed: Mailed) -> None:
        counts = []
        for hours in (0, 1, 25, 50, 75, 1000):
            with self_service(mailed, hours) as service:
                service.ask(a_wish("ann@x.example"))
            counts.append(len(dump(mailed)["notice"]))
        assert counts == [1, 1, 2, 3, 3, 3]
        assert [row[2] for row in dump(mailed)["sign_up"]] == ["", "", "", "203.0.113.0/24"]

    def test_a_yes_makes_room_for_the_next_wish_of_a_day(
        self, make_site: Callable[..., Site]
    ) -> None:
        """Another newsletter on the same day. No other link does so, and five mails are enough."""
        mailed = site_with(make_site, SECOND)
        weekly, daily = a_wish("ann@x.example"), a_wish("ann@x.example")
        daily = replace(daily, newsletters=["daily"])

        def confirm(service: SelfService) -> None:
            token = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(token, wording="", network="") is not None

        with self_service(mailed, 0) as service:
            assert service.ask(weekly) is Asked.MAILED
        own = token_of(mailed, "ann@x.example")
        with self_service(mailed, 1) as service:
            confirm(service)
        with self_service(mailed, 2) as service:
            assert service.ask(daily) is Asked.MAILED
        with self_service(mailed, 3) as service:
            assert service.ask(daily) is Asked.HEARD, "this one nobody confirmed"
            left = Preferences(newsletters=["weekly"], paused_until=None, language="")
            assert service.prefer(own, left, network="")
            assert service.ask(daily) is Asked.HEARD, "and that they do not want it is no yes"
        with self_service(mailed, 27) as service:
            assert service.ask(daily) is Asked.MAILED
        with self_service(mailed, 28) as service:
            confirm(service)
            assert service.leave(own, how="a test", network="")
        with self_service(mailed, 29) as service:
            assert service.ask(daily) is Asked.HEARD, "who has left since is not asked at once"

    def test_five_mails_a_day_are_enough_for_anybody(self, make_site: Callable[..., Site]) -> None:
        names = [f"daily{number}" for number in range(7)]
        mailed = site_with(make_site, "".join(SECOND.replace("daily", name) for name in names))
        counts = []
        for hours, name in enumerate(names):
            with self_service(mailed, 2 * hours) as service:
                wish = replace(a_wish("ann@x.example"), newsletters=[name])
                counts.append(service.ask(wish))
            with self_service(mailed, 2 * hours + 1) as service:
                token = sign_confirmation(1, service_seconds(service), keys(mailed))
                assert service.confirm(token, wording="", network="") is not None
        assert counts == [Asked.MAILED] * 5 + [Asked.HEARD] * 2

    def test_a_click_opens_the_way_again(self, mailed: Mailed) -> None:
        for hours in (0, 25, 50):
            with self_service(mailed, hours) as service:
                assert service.ask(a_wish("ann@x.example")) is Asked.MAILED
        with self_service(mailed, 80) as service:
            assert service.ask(a_wish("ann@x.example")) is Asked.HEARD
            wanted = Preferences(newsletters=(), paused_until=None, language="")
            assert service.prefer(token_of(mailed, "ann@x.example"), wanted, network="")
            assert service.ask(a_wish("ann@x.example")) is Asked.MAILED

    def test_a_domain_an_hour(self, mailed: Mailed) -> None:
        limits = SignUpLimits(domain_hour=5, provider_hour=8)

        def ask(service: SelfService, n: int, domain: str) -> Asked:
            return service.ask(a_wish(f"a{n}@{domain}", network=f"{domain} {n}"))

        with self_service(mailed, 0, limits) as service:
            for domain, room in (("x.example", 5), ("Gmail.com", 8), ("y.example", 5)):
                found = [ask(service, n, domain) for n in range(room + 2)]
                assert found == [Asked.MAILED] * room + [Asked.TOO_MANY] * 2
            assert ask(service, 8, "googlemail.com") is Asked.TOO_MANY
            assert ask(service, 0, "X.example") is Asked.TOO_MANY, "who is known is told the same"
            confirm = sign_confirmation(1, service_seconds(service), keys(mailed))
            assert service.confirm(confirm, wording="", network="") is not None
            assert ask(service, 7, "x.example") is Asked.TOO_MANY, "nor whether one has answered"
        with self_service(mailed, 1.1, limits) as service:
            assert ask(service, 9, "x.example") is Asked.MAILED
        kept = [row[3] for row in dump(mailed)["sign_up"]]
        assert len(list(filter(None, kept))) == 1, "of what is older no domain is kept"
        assert "example" not in "".join(map(str, kept))

    def test_all_together_an_hour(self, mailed: Mailed) -> None:
        limits = SignUpLimits(all_hour=5)
        with self_service(mailed, 0, limits) as service:
            found = [service.ask(a_wish(f"a{n}@x.example", network=f"{n}")) for n in range(7)]
        assert found == [Asked.MAILED] * 5 + [Asked.TOO_MANY] * 2
        with self_service(mailed, 1.1, limits) as service:
            assert service.ask(a_wish("b@x.example")) is Asked.MAILED

    def test_two_at_once_are_one_mail(self, mailed: Mailed) -> None:
        with self_service(mailed, 0) as service, ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: service.ask(a_wish("ann@x.example")), range(16)))
        assert Counter(found) == {Asked.MAILED: 1, Asked.HEARD: 15}

    def test_programs_that_fill_in_everything_are_thanked(self, desk: Desk, mailed: Mailed) -> None:
        before = desk.dump()
        trapped = desk.post("/subscribe", {"email": "a@x.example", "website": "https://x.example"})
        assert desk.dump() == before
        real = desk.post("/subscribe", {"email": "a@x.example", "website": ""})
        assert (trapped.status, trapped.body) == (200, real.body)
