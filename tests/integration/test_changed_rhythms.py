"""A newsletter is given rhythms, or loses one: nobody is left out, and nothing comes twice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import pytest

from publisher.config.load import load_config
from publisher.delivery.tokens import Token, sign
from publisher.self_service.signups import Preferences, SelfService
from publisher.store.secrets import read_keys
from publisher.wiring.stores import Stores
from tests.mailings import Mailed
from tests.sites import CONFIG, NOW, UNJUDGED, Site

TIME = '    schedule: {every: week, on: monday, at: "07:00"}\n'


def written(site: Site, *names: str) -> None:
    """The newsletter with these rhythms, daily but for `weekly`; without any it is weekly."""
    lines = [
        f'      - {{name: {name}, every: {"week" if name == "weekly" else "day"}, at: "07:00"}}\n'
        for name in names
    ]
    rhythms = UNJUDGED.replace(TIME, "    rhythms:\n" + "".join(lines)) if names else UNJUDGED
    site.write("publisher.yaml", CONFIG + rhythms)


def on(site: Site, day: int) -> None:
    """An article of the day before, and the run of the morning."""
    site.article(f"d{day}.md", date=f"2026-11-{day - 1}T12:00:00Z")
    site.publish_here(now=f"2026-11-{day}T00:00:00Z")


def told(mailed: Mailed) -> Counter[str]:
    """How often each article is in an issue for the one reader."""
    issues = {
        (line["newsletter"], str(line["number"])): line["items"]
        for line in mailed.site.record()
        if "number" in line
    }
    found: Counter[str] = Counter()
    for row in mailed.ledger():
        items = issues[row["newsletter"], row["issue"]]
        found.update(item.rpartition("/")[2].partition(".")[0] for item in items)
    return found


def wish(mailed: Mailed, rhythm: str) -> None:
    """The one reader chooses it on their page."""
    config = load_config(mailed.site.folder / "publisher.yaml")
    now = datetime.fromisoformat(NOW)
    with closing(Stores(config, lambda: now, time_is_told=True)) as stores:
        token = sign(Token(subscriber=1), "reader", read_keys(stores.database, "reader"))
        wanted = Preferences(
            newsletters=["weekly"], rhythms={"weekly": rhythm}, paused_until=None, language=""
        )
        found = SelfService(config, stores.database).prefer(token, wanted, network="")
        assert found is not None
        assert found.reader is not None


@pytest.fixture
def mailed(make_site: Callable[..., Site]) -> Mailed:
    return Mailed(site=make_site(CONFIG), connections=1, database="sqlite")


CHANGES = [
    ((), ("daily", "weekly")),
    (("daily", "weekly"), ("morning", "weekly")),
    (("daily", "weekly"), ()),
]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(*change, id=name, marks=() if name == "taken out" else pytest.mark.long)
        for change, name in zip(CHANGES, ("added", "renamed", "taken out"), strict=True)
    ],
)
def test_readers_of_a_rhythm_that_is_no_more_have_the_first_one(
    mailed: Mailed, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    written(mailed.site, *before)
    mailed.readers(1)
    for day in (16, 23):
        on(mailed.site, day)
    written(mailed.site, *after)
    for day in (24, 25, 30):
        on(mailed.site, day)
    days = (16, 23, 24, 25, 30)
    assert told(mailed) == {f"d{day}": 1 for day in days}
    said = mailed.site.run("issue", "show", mailed.ledger()[-1]["newsletter"], "2")
    assert "in another rhythm" in said.out, (said.out, said.err)


@pytest.mark.parametrize(
    ("names", "meanwhile"),
    [
        ((), ("daily", "weekly")),
        (("daily", "weekly"), ("weekly",)),
        pytest.param(("daily", "weekly"), (), marks=pytest.mark.long),
        pytest.param(("daily", "weekly"), ("morning", "weekly"), marks=pytest.mark.long),
    ],
)
def test_what_was_told_before_a_newsletter_is_as_it_was_comes_no_second_time(
    mailed: Mailed, names: tuple[str, ...], meanwhile: tuple[str, ...]
) -> None:
    written(mailed.site, *names)
    mailed.readers(1)
    for day in (16, 23):
        on(mailed.site, day)
    written(mailed.site, *meanwhile)
    for day in (24, 25, 30):
        on(mailed.site, day)
    written(mailed.site, *names)
    mailed.site.publish_here(now="2026-11-30T01:00:00Z")
    mailed.site.article("last.md", date="2026-11-30T12:00:00Z")
    mailed.site.publish_here(now="2026-12-07T00:00:00Z")
    assert told(mailed) == {"d16": 1, "d23": 1, "d24": 1, "d25": 1, "d30": 1, "last": 1}


def test_a_rhythm_that_is_not_the_first_comes_back_and_repeats_nothing(mailed: Mailed) -> None:
    written(mailed.site, "weekly", "daily")
    mailed.site.write("list.csv", "email,rhythm\nann@example.com,daily\n")
    taken = mailed.site.run(
        *("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    )
    assert taken.code == 0, taken.err
    on(mailed.site, 16)
    written(mailed.site, "weekly")
    on(mailed.site, 23)
    written(mailed.site, "weekly", "daily")
    for day in (24, 25):
        on(mailed.site, day)
    issues = [row["newsletter"] for row in mailed.ledger()]
    assert issues == ["weekly/daily", "weekly/weekly", "weekly/daily", "weekly/daily"]
    assert told(mailed) == {f"d{day}": 1 for day in (16, 23, 24, 25)}


def test_who_has_a_rhythm_that_stays_misses_nothing(mailed: Mailed) -> None:
    """The daily has told what the weekly has not yet, and is taken out."""
    written(mailed.site, "weekly", "daily")
    mailed.readers(1)
    for day in (16, 17, 18):
        on(mailed.site, day)
    written(mailed.site, "weekly")
    on(mailed.site, 23)
    assert told(mailed) == {"d16": 1, "d17": 1, "d18": 1, "d23": 1}


def test_a_wish_for_another_rhythm_holds_for_them_too(mailed: Mailed) -> None:
    written(mailed.site)
    mailed.readers(1)
    on(mailed.site, 16)
    written(mailed.site, "daily", "weekly")
    on(mailed.site, 17)
    wish(mailed, "weekly")
    assert mailed.site.run("subscribers", "show", "reader0@d0.example").out.endswith(
        "+00:00, wants weekly/weekly\n"
    )
    for day in (18, 23, 24, 30):
        on(mailed.site, day)
    issues = [(row["newsletter"], row["issue"]) for row in mailed.ledger()]
    assert issues[-1] == ("weekly/weekly", "3")
    assert set(told(mailed).values()) == {1}


def test_a_site_with_rhythms_goes_on_without_its_state(make_site: Callable[..., Site]) -> None:
    """What lies in output/ is known by sight, the mails of each rhythm too."""
    site = make_site(CONFIG)
    written(site, "daily", "weekly")
    on(site, 20)
    before = site.tree()
    assert {path for path in before if path.endswith("/daily/1/email.html")}
    shutil.rmtree(site.folder / ".publisher")
    site.publish(now="2026-11-20T00:05:00Z")
    assert site.tree() == before
