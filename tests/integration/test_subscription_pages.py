"""The pages of readers by real HTTP, with a relay behind them: come, choose, leave; and without."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.config.load import load_config
from tests import subscribing
from tests.mailings import Mailed, later
from tests.relays import relay
from tests.serving import serving
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.subscribing import (
    ONE_CLICK,
    SECOND,
    Desk,
    check_page,
    links,
    mails,
    site_with,
    states,
    token_of,
    words,
)

mailed = subscribing.mailed
desk = subscribing.desk
database = subscribing.database


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def test_from_the_form_to_the_last_issue(
    kind: str, make_site: Callable[..., Site], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Subscribe, confirm from the mail that arrived, get an issue, change, leave with one click."""
    where = "sqlite" if kind == "sqlite" else request.getfixturevalue("database")
    mailed = site_with(make_site, SECOND, where)
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        text = (mailed.site.folder / "publisher.yaml").read_text()
        mailed.site.write("publisher.yaml", text.replace(UNJUDGED, UNJUDGED + SECOND))
        mailed.site.publish()
        with serving(mailed.site, "--now", NOW) as server:
            desk = Desk(mailed, server)
            form = desk.get("/subscribe")
            check_page(form)
            assert "Your mail address" in words(form)
            sent = desk.post("/subscribe", {"email": "Ann@Harbour.Example", "newsletter": "weekly"})
            check_page(sent)
            assert (sent.status, "two days" in words(sent)) == (200, True)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "pending"}

            ran = mailed.deliver()
            assert (ran.code, ran.out) == (0, "about subscriptions: 1 sent\nnothing to send\n")
            (message,) = mails(tmp_path)
            assert message["Subject"] == "Confirm your subscription"
            assert message["From"] == "The Example Courier <news@courier.example>"
            assert message["List-Unsubscribe"] is None
            confirm = links(message)["confirm"]
            question = desk.get(confirm)
            check_page(question)
            assert "You asked to get The Weekly Courier at Ann@harbour.example." in words(question)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "pending"}
            done = desk.post(confirm, {})
            check_page(done)
            assert "You are subscribed" in words(done)
            assert states(mailed, "Ann@harbour.example") == {"weekly": "active"}

            mailed.site.article("tide.md", "A text about tides.", date="2026-11-01")
            ran = mailed.site.run("issue", "compose", "weekly", now=later(3600))
            assert ran.code == 0, ran.err
            assert mailed.deliver(after=3600).out == "1 sent\n"
            issue = mails(tmp_path)[1]
            own = links(issue)
            assert f"<https://courier.example{own['unsubscribe']}>" == issue["List-Unsubscribe"]

            page = desk.get(own["preferences"])
            check_page(page)
            assert "Ann@harbour.example" in words(page)
            saved = desk.post(
                own["preferences"],
                {"what": "save", "newsletter": "daily", "pause": "2030-01-31", "language": "fr"},
            )
            check_page(saved)
            assert 'lang="fr"' in saved.body.decode()
            assert 'value="2030-01-31"' in saved.body.decode()
            assert states(mailed, "Ann@harbour.example") == {
                "weekly": "unsubscribed",
                "daily": "active",
            }
            data = json.loads(desk.get(own["preferences"] + "?data").body)
            assert data["subscriber"]["email"] == "Ann@harbour.example"
            assert [one["state"] for one in data["deliveries"]] == ["sent"]
            evidence = data["subscriptions"]["weekly"]["evidence"]
            assert [one["what"] for one in evidence] == [
                "requested", "confirmed", "unsubscribed", "changed",
            ]  # fmt: skip
            assert evidence[1]["wording"].startswith("You asked to get The Weekly Courier")

            back = desk.post(own["preferences"], {"what": "save", "newsletter": "weekly"})
            assert back.status == 200
            assert states(mailed, "Ann@harbour.example")["weekly"] == "active"
            mailed.site.article("gull.md", "A text about gulls.", date="2026-11-02")
            assert mailed.site.run("issue", "compose", "weekly", now=later(7200)).code == 0
            for _ in range(2):
                reply = desk.post(own["unsubscribe"], ONE_CLICK)
                assert (reply.status, reply.body) == (200, b"unsubscribed\n")
                assert "set-cookie" not in reply.headers
            assert mailed.deliver(after=7200).out == "nothing to send\n"
            assert len(mails(tmp_path)) == 2


def test_without_a_newsletter_these_addresses_lead_nowhere(make_site: Callable[..., Site]) -> None:
    site = make_site(CONFIG)
    site.article("fog.md", "A text about fog.")
    site.publish()
    with serving(site) as server:
        for path in ("/subscribe", "/confirm/x", "/unsubscribe/x", "/preferences/x"):
            assert server.ask(path).status == 404
        assert server.ask("/subscribe", "POST").status == server.ask("/none", "POST").status
    assert not (site.folder / ".publisher/publisher.db").exists()


def test_a_database_that_is_away_costs_these_pages_alone(desk: Desk, mailed: Mailed) -> None:
    mailed.readers(1)
    token = token_of(mailed, "reader0@d0.example")
    (mailed.site.folder / ".publisher/publisher.db").write_bytes(b"broken" * 1000)
    reply = desk.post(f"/unsubscribe/{token}", ONE_CLICK)
    assert (reply.status, reply.headers["retry-after"]) == (503, "60")
    assert desk.get("/healthz").status == 200
    assert "serve.no-database" in desk.server.said()


def test_the_pages_are_of_the_site_that_is_configured(mailed: Mailed) -> None:
    config = load_config(mailed.site.folder / "publisher.yaml")
    mailed.site.publish()
    with serving(mailed.site) as server:
        page = server.ask("/subscribe").body.decode()
        assert f"· {config.site.title}</title>" in page
        for href in re.findall(r'href="((?!data:|#)[^"]+)"', page):
            assert server.ask("/" + href.removeprefix("./")).status == 200, href
