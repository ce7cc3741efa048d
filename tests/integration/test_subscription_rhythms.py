"""The pages of readers where a newsletter comes in several rhythms, by real HTTP."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.mailings import SMTP, Mailed
from tests.relays import relay
from tests.serving import serving
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.subscribing import (
    SECOND,
    check_page,
    dump,
    links,
    mails,
    post,
    states,
    token_of,
    words,
)

RHYTHMS = UNJUDGED.replace(
    '    schedule: {every: week, on: monday, at: "07:00"}\n',
    "    rhythms:\n"
    '      - {name: daily, every: day, at: "07:00"}\n'
    '      - {name: weekly, every: week, on: monday, at: "07:00"}\n',
)


def test_the_page_of_a_newsletter_with_rhythms_leads_to_their_choice(
    make_site: Callable[..., Site],
) -> None:
    web = "web: {url: https://courier.example/}\n"
    site = make_site(CONFIG + RHYTHMS + SECOND + web)
    site.article("a0.md", "Text.", date="2026-11-20")
    site.publish()
    with serving(site, "--now", NOW) as server:
        page = server.ask("/newsletters/weekly/").body.decode()
        (form,) = re.findall(r'(?s)<form class="signup".*?</form>', page)
        hidden = dict(re.findall(r'<input type="hidden" name="(.+?)" value="(.+?)"', form))
        assert hidden["newsletter"] == "weekly"
        asked = post(server, "/subscribe", hidden | {"email": "ann@x.example"})
        check_page(asked)
        assert (asked.status, "Choose at least one." in words(asked)) == (200, False)
        assert b'value="ann@x.example"' in asked.body
        chosen = re.findall(r'value="(\S+)" checked', asked.body.decode())
        assert chosen == ["weekly/daily"]
        typo = post(server, "/subscribe", hidden | {"email": "ann"})
        assert (typo.status, "This is no mail address." in words(typo)) == (422, True)


def test_a_rhythm_can_be_taken_back(make_site: Callable[..., Site]) -> None:
    """Among several newsletters; and what is amiss is said of the group as a whole."""
    site = make_site(CONFIG + RHYTHMS + SECOND)
    with serving(site, "--now", NOW) as server:
        first = server.ask("/subscribe").body.decode()
        radio = '<input type="radio" name="newsletter.weekly" value="{}"'
        assert radio.format("") + " checked" in first
        assert "No issues of The Weekly Courier" in first
        assert first.count(" checked") == 1
        none = {"email": "ann@x.example", "whole": "yes", "newsletter.weekly": ""}
        amiss = post(server, "/subscribe", none)
        check_page(amiss)
        assert amiss.status == 422
        assert b'<fieldset aria-describedby="problem">' in amiss.body
        assert b'<p class="problem" id="problem">Choose at least one.' in amiss.body
        again = post(
            server, "/subscribe", none | {"email": "", "newsletter.weekly": "weekly/daily"}
        )
        assert radio.format("weekly/daily") + " checked" in again.body.decode()
        assert radio.format("") + ">" in again.body.decode()
        assert post(server, "/subscribe", none | {"newsletter": "daily"}).status == 200
    site.write("publisher.yaml", CONFIG + RHYTHMS)
    with serving(site, "--now", NOW) as server:
        assert b'value=""' not in server.ask("/subscribe").body.partition(b"<fieldset")[2]


def test_what_came_of_a_rhythm_that_was_picked_is_said(make_site: Callable[..., Site]) -> None:
    """That the old one comes until the change, and that nothing begins which is not ticked."""
    site = make_site(CONFIG + RHYTHMS + SECOND)
    mailed = Mailed(site=site, connections=1, database="sqlite")
    site.article("a0.md", "Text.", date="2026-11-20")
    mailed.readers(1)
    site.publish()
    saved = "Your changes are saved."
    waits = (
        "The Weekly Courier · daily still comes for now. The Weekly Courier · weekly begins once"
    )
    unasked = "Nothing was changed in The Weekly Courier, as it is not ticked."
    with serving(site, "--now", NOW) as server:
        path = f"/preferences/{token_of(mailed, 'reader0@d0.example')}"
        form = {"what": "save", "newsletter": "weekly", "rhythm.weekly": "daily"}
        same = words(post(server, path, form))
        assert f"{saved} They hold from the next issue on." in same
        assert waits not in same
        change = form | {"rhythm.weekly": "weekly"}
        for page in (post(server, path, change), post(server, path, change)):
            check_page(page)
            assert words(page).count(waits) == 1
            assert f"{saved} {waits}" in words(page)
        later_on = server.ask(path)
        check_page(later_on)
        assert words(later_on).count(waits) == 1
        assert saved not in words(later_on)
        back = words(post(server, path, form))
        assert waits not in back
        assert "They hold from the next issue on." in back

        left = words(post(server, path, {"what": "save", "rhythm.weekly": "weekly"}))
        assert saved in left
        assert unasked not in left, "they have left, which they wanted"
        before = dump(mailed)
        only = {"what": "save", "rhythm.weekly": "weekly"}
        nothing = post(server, path, only)
        assert (saved in words(nothing), unasked in words(nothing)) == (False, True)
        assert b'name="rhythm.weekly" value="weekly" checked' in nothing.body
        assert dump(mailed) == before
        more = only | {"newsletter": "daily"}
        both = words(post(server, path, more, Accept_Language="en"))
        assert saved in both
        assert unasked in both
        ticked = words(post(server, path, change))
        assert f"{saved} They hold from the next issue on." in ticked
    held = {row[1]: row[2:5] for row in dump(mailed)["subscription"]}
    assert held["weekly"] == ("weekly", "", "active")


def test_the_rhythm_is_named_where_one_says_yes_to_it(
    make_site: Callable[..., Site], tmp_path: Path
) -> None:
    """In the mail, in the question, in what is kept of it; another one since then is asked anew."""
    site = make_site(CONFIG + RHYTHMS)
    mailed = Mailed(site=site, connections=1, database="sqlite")
    site.article("a0.md", "Text.", date="2026-11-20")
    form = {"email": "ann@x.example", "newsletter": "weekly/weekly"}
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        site.write(
            "publisher.yaml",
            CONFIG + RHYTHMS + SMTP.format(port=there.port, connections=1),
        )
        site.publish()
        with serving(site, "--now", NOW) as server:
            assert post(server, "/subscribe", form).status == 200
            mailed.deliver()
            (message,) = mails(tmp_path)
            for kind in ("plain", "html"):
                body = message.get_body((kind,))
                assert body is not None
                assert "The Weekly Courier · weekly at this" in " ".join(body.get_content().split())
            confirm = links(message)["confirm"]
            question = server.ask(confirm)
            assert "You asked to get The Weekly Courier · weekly at ann@x.example." in words(
                question
            )
            assert "Every week: Monday at 7:00" in words(question)
            other = form | {"newsletter": "weekly/daily"}
            assert post(server, "/subscribe", other).status == 200
            again = post(server, confirm, {"newsletter.weekly": "weekly/daily"})
            assert "You asked to get The Weekly Courier · weekly at ann@x.example." in words(again)
            assert states(mailed, "ann@x.example") == {"weekly": "pending"}, "as the mail told"
            done = post(server, confirm, {"newsletter.weekly": "weekly/weekly"})
            assert "You are subscribed" in words(done)
            assert "The Weekly Courier · weekly Every week: Monday at 7:00" in words(done)
    (row,) = dump(mailed)["subscription"]
    assert row[2:5] == ("weekly", "", "active")
    assert "The Weekly Courier · weekly at ann@x.example." in str(row[-1])


def test_another_rhythm_comes_when_nothing_is_missed_or_repeated(
    make_site: Callable[..., Site],
) -> None:
    """The dailies of Sunday and Monday, when a weekly tells the same; then weeklies alone."""
    site = make_site(CONFIG + RHYTHMS)
    mailed = Mailed(site=site, connections=1, database="sqlite")
    site.article("a0.md", "Text.", date="2026-11-20")
    mailed.readers(1)
    site.publish()
    with serving(site, "--now", NOW) as server:
        path = f"/preferences/{token_of(mailed, 'reader0@d0.example')}"
        kept = {"what": "save", "newsletter": "weekly"}
        page = post(server, path, kept | {"rhythm.weekly": "weekly"})
        check_page(page)
        assert re.search(r'name="rhythm.weekly" value="weekly" checked', page.body.decode())
        assert post(server, path, kept | {"rhythm.weekly": "hourly"}).status == 200
    (row,) = dump(mailed)["subscription"]
    assert row[2:4] == ("daily", "weekly")
    for day in (1, 3, 8):
        when = datetime.fromisoformat(NOW) + timedelta(days=day)
        site.article(f"a{day}.md", "Text.", date=f"{when - timedelta(days=1):%Y-%m-%d}")
        site.publish(now=when.isoformat())
    (row,) = dump(mailed)["subscription"]
    assert row[2:4] == ("weekly", "")
    ran = mailed.site.run("ledger", "--csv")
    held: Counter[str] = Counter()
    issues = {
        (one["newsletter"], one["number"]): one["items"] for one in site.record() if "number" in one
    }
    told = [line.split(",")[1:3] for line in ran.out.splitlines()[1:]]
    for newsletter, number in told:
        held.update(issues[newsletter, int(number)])
    assert [name for name, _ in told] == ["weekly/daily"] * 2 + ["weekly/weekly"]
    assert len(held) == 4
    assert set(held.values()) == {1}


@pytest.mark.parametrize(
    "fate",
    [
        "retract",
        *(pytest.param(f, marks=pytest.mark.long) for f in ("deleted", "expires", "digest")),
    ],
)
def test_no_rhythm_waits_for_what_none_will_tell(make_site: Callable[..., Site], fate: str) -> None:
    """The daily told an article that was over before the weekly came: the weekly never tells it."""
    site = make_site(CONFIG + RHYTHMS)
    mailed = Mailed(site=site, connections=1, database="sqlite")
    site.article("a0.md", date="2026-11-16")
    mailed.readers(1)
    site.publish_here(now="2026-11-17T00:00:00Z")
    with serving(site, "--now", NOW) as server:
        path = f"/preferences/{token_of(mailed, 'reader0@d0.example')}"
        wish = {"what": "save", "newsletter": "weekly", "rhythm.weekly": "weekly"}
        assert post(server, path, wish).status == 200
    expires = {"expires": "2026-11-19"} if fate == "expires" else {}
    site.article("event.md", date="2026-11-17T12:00:00Z", **expires)
    site.publish_here(now="2026-11-18T00:00:00Z")
    if fate == "deleted":
        (site.folder / "articles/event.md").unlink()
    elif fate != "expires":
        said = {fate: "true" if fate == "retract" else "false"}
        site.article("event.md", date="2026-11-17T12:00:00Z", **said)
    for day in (20, 23):
        site.article(f"a{day}.md", date=f"2026-11-{day - 1}T12:00:00Z")
        site.publish_here(now=f"2026-11-{day}T00:00:00Z")
    (row,) = dump(mailed)["subscription"]
    assert row[2:4] == ("weekly", "")
