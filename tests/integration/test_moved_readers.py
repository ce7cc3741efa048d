"""Readers who move with our own export: what proves their consent moves with them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.delivery.tokens import sign_confirmation
from tests.mailings import Mailed, later
from tests.postgres import fresh
from tests.returning import shown
from tests.sites import CONFIG, UNJUDGED, Site
from tests.subscribing import a_wish, keys, self_service, site_with, suppress, token_of

MONTH = 30 * 24
ASKED, SAID_YES = "2026-11-22T08:00:00+00:00", "2026-11-22T09:00:00+00:00"


@pytest.fixture
def mailed(make_site: Callable[..., Site]) -> Mailed:
    return site_with(make_site)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    """A fresh site with the same newsletter, on each database."""
    database = "sqlite"
    if request.param == "postgresql":
        database = fresh(request.getfixturevalue("server"), f"{tmp_path.name}other")
    made = Site(tmp_path / "other")
    made.write("publisher.yaml", CONFIG + UNJUDGED + f"database: {database}\n")
    return made


def say_yes(mailed: Mailed, email: str, hours: float = 0) -> None:
    """By the form, and an hour later by the link in the mail."""
    with self_service(mailed, hours) as service:
        service.ask(a_wish(email))
    told = json.loads(mailed.site.run("subscribers", "show", email, "--json").out)
    with self_service(mailed, hours + 1) as service:
        issued = int(service.now().timestamp())
        token = sign_confirmation(told["subscriber"]["id"], issued, keys(mailed))
        assert service.confirm(token, wording="Yes, The Weekly Courier", network="192.0.2.0/24")


def move(mailed: Mailed, other: Site, *options: str, after: float = MONTH) -> str:
    """The export of a site into another, a month later; gives what the import said."""
    assert mailed.site.run("subscribers", "export", "all.csv").code == 0
    other.write("all.csv", (mailed.site.folder / "all.csv").read_bytes())
    ran = other.run("subscribers", "import", "all.csv", *options, now=later(after * 3600))
    assert ran.code == 0, (ran.out, ran.err)
    return ran.out


def only_row(site: Site) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(site.run("subscribers", "export").out))
    return row


def test_consent_is_as_old_as_it_is_and_says_by_which_file_it_came(
    mailed: Mailed, other: Site
) -> None:
    say_yes(mailed, "ann@example.com")
    move(mailed, other, "--confirmed")
    one = shown(other, "ann@example.com")
    assert (one["state"], one["requested"], one["confirmed"]) == (
        "active", ASKED.replace("+00:00", "Z"), SAID_YES.replace("+00:00", "Z"),
    )  # fmt: skip
    asked, yes, came = one["evidence"]
    assert [asked, yes] == shown(mailed.site, "ann@example.com")["evidence"]
    assert (asked["network"], yes["wording"]) == ("203.0.113.0/24", "Yes, The Weekly Courier")
    assert (came["what"], came["how"]) == ("imported", "all.csv:2")
    assert came["when"] == "2026-12-22T08:00:00Z"
    assert only_row(other)["fields"] == "", "nothing of it is a field of the reader's"
    assert (
        "active since 2026-11-22T09:00:00"
        in other.run("subscribers", "show", "ann@example.com").out
    )


def test_who_left_has_left_then(mailed: Mailed, other: Site) -> None:
    say_yes(mailed, "ann@example.com")
    mailed.site.write("gone.csv", "email,status\nann@example.com,unsubscribed\n")
    mailed.site.run("subscribers", "import", "gone.csv", "--newsletter", "weekly")
    before = only_row(mailed.site)
    move(mailed, other, "--confirmed")
    after = only_row(other)
    times = ("state", "requested", "confirmed", "ended")
    assert [after[name] for name in times] == [before[name] for name in times]
    assert after["ended"] == ASKED
    out = move(mailed, other, "--confirmed", after=2 * MONTH)
    assert out == "1 lines: 1 unchanged\n"


def test_without_confirmed_it_is_kept_what_the_file_tells_and_nobody_gets_mail(
    mailed: Mailed, other: Site
) -> None:
    say_yes(mailed, "ann@example.com")
    move(mailed, other)
    one = shown(other, "ann@example.com")
    assert (one["state"], one["confirmed"], len(one["evidence"])) == ("pending", None, 3)
    move(mailed, other, "--confirmed", after=2 * MONTH)
    one = shown(other, "ann@example.com")
    assert (one["state"], one["confirmed"]) == ("active", SAID_YES.replace("+00:00", "Z"))
    assert [e["what"] for e in one["evidence"]] == ["requested", "confirmed", *2 * ["imported"]]


def test_a_list_that_was_taken_in_without_its_proofs_gets_them_from_the_export(
    mailed: Mailed, other: Site
) -> None:
    """As older versions took in what they had exported."""
    say_yes(mailed, "ann@example.com")
    other.write("old.csv", "email\nann@example.com\n")
    taken = ("subscribers", "import", "old.csv", "--newsletter", "weekly", "--confirmed")
    assert other.run(*taken, now=later(MONTH * 3600)).code == 0
    assert move(mailed, other, "--confirmed", after=2 * MONTH) == "1 lines: 1 changed\n"
    one = shown(other, "ann@example.com")
    assert one["confirmed"] == SAID_YES.replace("+00:00", "Z")
    assert [e["how"] for e in one["evidence"][2:]] == ["old.csv:2", "all.csv:2"]
    assert move(mailed, other, "--confirmed", after=3 * MONTH) == "1 lines: 1 unchanged\n"


def test_what_was_said_here_stays_as_it_was_said(mailed: Mailed, other: Site) -> None:
    say_yes(mailed, "ann@example.com")
    there = site_at(other)
    with self_service(there, 2 * MONTH) as service:
        service.ask(a_wish("ann@example.com"))
    assert move(mailed, other, after=3 * MONTH) == "1 lines: 1 unchanged\n"
    move(mailed, other, "--confirmed", after=3 * MONTH)
    one = shown(other, "ann@example.com")
    assert (one["state"], one["requested"]) == ("active", "2027-01-21T08:00:00Z")
    assert one["confirmed"] == SAID_YES.replace("+00:00", "Z")
    whats = [e["what"] for e in one["evidence"]]
    assert whats == ["requested", "confirmed", "requested", "imported"]


@pytest.mark.parametrize("state", ["unsubscribed", "suppressed"])
def test_whoever_is_gone_stays_gone_with_all_that_an_export_tells(
    mailed: Mailed, other: Site, state: str
) -> None:
    say_yes(mailed, "ann@example.com")
    other.write("gone.csv", f"email,status\nann@example.com,{state}\n")
    assert other.run("subscribers", "import", "gone.csv", "--newsletter", "weekly").code == 0
    before = other.run("subscribers", "export").out
    move(mailed, other, "--confirmed")
    assert other.run("subscribers", "export").out == before


def test_why_somebody_is_suppressed_moves_too(mailed: Mailed, other: Site) -> None:
    """Whoever bounced there comes back by the form here, as there; nobody else does."""
    whom = {"b@example.com": ("hard bounce", "issue 1"), "c@example.com": ("complaint", "issue 1"),
            "h@example.com": ("hard bounce", "by hand")}  # fmt: skip
    for email, (reason, how) in whom.items():
        mailed.site.run("subscribers", "add", email, "--confirmed")
        suppress(mailed, email, reason, how)
    move(mailed, other, "--confirmed")
    before = [row[13] for row in table(mailed.site)[1:]]
    assert before == ["hard bounce", "complaint", "by hand: hard bounce"]
    assert [row[13] for row in table(other)[1:]] == before
    with self_service(site_at(other), 2 * MONTH) as service:
        for email in whom:
            service.ask(a_wish(email))
    assert [row[6] for row in table(other)[1:]] == ["pending", "suppressed", "suppressed"]


def test_an_export_proves_another_newsletter_in_nothing(mailed: Mailed, other: Site) -> None:
    say_yes(mailed, "ann@example.com")
    mailed.site.run("subscribers", "export", "all.csv")
    listed = (mailed.site.folder / "all.csv").read_text(encoding="utf-8")
    other.write("all.csv", listed.replace(",weekly,", ",tide,"))
    taken = ("subscribers", "import", "all.csv", "--confirmed")
    assert "there is no newsletter 'tide'" in other.run(*taken).err
    assert other.run(*taken, "--newsletter", "weekly", now=later(MONTH * 3600)).code == 0
    one = shown(other, "ann@example.com")
    assert one["confirmed"] == "2026-12-22T08:00:00Z"
    assert [e["how"] for e in one["evidence"]] == [
        "the form (of tide)", "the link in the mail (of tide)", "all.csv:2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("confirmed", "last spring", "'last spring' is no time (confirmed)"),
        ("requested", "9999-12-31", "'9999-12-31' is no time (requested)"),
        ("evidence", "Ann said so", "its evidence cannot be read"),
        ("evidence", '[{"when":"2026-11-22T08:00:00Z"}]', "its evidence cannot be read"),
        ("evidence", '[{"when":"9999-12-31T23:59:59-05:00","what":"a","how":"b"}]',
         "its evidence cannot be read"),
        ("evidence", '[{"when":"2026-11-22T08:00:00Z","what":"\\ud800","how":"b"}]',
         "its evidence cannot be read"),
    ],
)  # fmt: skip
def test_a_line_whose_proofs_cannot_be_read_costs_itself(
    mailed: Mailed, other: Site, column: str, text: str, said: str
) -> None:
    say_yes(mailed, "ann@example.com")
    say_yes(mailed, "bob@example.com")
    header, ann, bob = table(mailed.site)
    ann[header.index(column)] = text
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, ann, bob])
    other.write("all.csv", out.getvalue())
    ran = other.run("subscribers", "import", "all.csv", "--confirmed")
    assert (ran.code, f"all.csv:2: {said}" in ran.err) == (3, True), ran.err
    assert [row[0] for row in table(other)[1:]] == ["bob@example.com"]


def test_what_is_to_come_proves_nothing_yet(mailed: Mailed, other: Site) -> None:
    """A clock that was ahead, or a slip of a pen; of a time without a zone it is UTC's."""
    say_yes(mailed, "ann@example.com")
    header, ann = table(mailed.site)
    ann[header.index("confirmed")] = "2031-01-01"
    ann[header.index("requested")] = "2026-11-22T07:00:00"
    ann[header.index("evidence")] = (
        '[{"when":"2026-11-22T07:00:00","what":"requested","how":"a letter"},'
        '{"when":"2031-01-01T00:00:00Z","what":"confirmed","how":"a letter"}]'
    )
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, ann])
    other.write("all.csv", out.getvalue())
    assert other.run("subscribers", "import", "all.csv", "--confirmed").code == 0
    one = shown(other, "ann@example.com")
    assert (one["requested"], one["confirmed"]) == ("2026-11-22T07:00:00Z", "2026-11-22T08:00:00Z")
    assert [e["when"] for e in one["evidence"]] == ["2026-11-22T07:00:00Z", *2 * [one["confirmed"]]]


def test_an_export_of_an_older_version_tells_when(mailed: Mailed, other: Site) -> None:
    """It had no evidence; and its fields can be taken apart, or not."""
    say_yes(mailed, "ann@example.com")
    say_yes(mailed, "bob@example.com")
    header, ann, bob = (row[:12] for row in table(mailed.site))
    ann[11], bob[11] = "city=Oslo; note=a=b", "note=a; b"
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, ann, bob])
    other.write("all.csv", out.getvalue())
    taken = ("subscribers", "import", "all.csv", "--confirmed")
    assert other.run(*taken, now=later(MONTH * 3600)).code == 0
    ann, bob = table(other)[1:]
    assert ann[7:9] == [ASKED, SAID_YES]
    assert (ann[11], bob[11]) == ("city=Oslo; note=a=b", "fields=note=a\\; b")
    told = [e["how"] for e in shown(other, "ann@example.com")["evidence"]]
    assert told == ["the column requested", "the column confirmed", "all.csv:2"]


def table(site: Site) -> list[list[str]]:
    return list(csv.reader(io.StringIO(site.run("subscribers", "export").out, newline="")))


def site_at(site: Site) -> Mailed:
    return Mailed(site=site, connections=1, database="")


@pytest.mark.parametrize("known", [True, False])
def test_whoever_bounced_here_and_complained_there_is_not_asked_any_more(
    mailed: Mailed, known: bool
) -> None:
    site = mailed.site
    if known:
        site.run("subscribers", "add", "ann@example.com", "--confirmed")
    site.run("subscribers", "add", "bob@example.com", "--confirmed")
    suppress(mailed, "ann@example.com", "hard bounce", "issue 1 of weekly")
    suppress(mailed, "bob@example.com", "complaint", "issue 1 of weekly")
    text = "email,status\nann@example.com,complained\nbob@example.com,bounced\n"
    site.write("list.csv", text)
    taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly")
    assert site.run(*taken, "--dry-run").out == "2 lines: 2 would be suppressed\n"
    assert site.run(*taken).out == "2 lines: 2 suppressed\n"
    with self_service(mailed, 1) as service:
        for email in ("ann@example.com", "bob@example.com"):
            service.ask(a_wish(email))
    assert not {row[6] for row in table(site)[1:]} - {"suppressed"}


@pytest.mark.parametrize("other", ["sqlite"], indirect=True)
def test_who_came_back_here_is_not_made_leave_by_the_list_of_the_old_site(
    mailed: Mailed, other: Site
) -> None:
    """It is taken in once more at the end, for those who have left there since."""
    for email in ("ann@example.com", "bob@example.com", "carl@example.com", "dora@example.com"):
        say_yes(mailed, email)
    leave(mailed, "ann@example.com", 2)
    leave(mailed, "carl@example.com", 2)
    move(mailed, other, "--confirmed")
    say_yes(site_at(other), "ann@example.com", 2 * MONTH)
    leave(mailed, "bob@example.com", 3 * MONTH)
    other.write("plain.csv", "email\ncarl@example.com\n")
    taken = ("subscribers", "import", "plain.csv", "--newsletter", "weekly", "--confirmed")
    other.run(*taken, now=later(3 * MONTH * 3600))
    told = move(mailed, other, "--confirmed", after=4 * MONTH)
    assert told == "4 lines: 1 changed, 3 unchanged\n"
    states = {row[0]: row[6] for row in table(other)[1:]}
    assert states == {
        "ann@example.com": "active", "bob@example.com": "unsubscribed",
        "carl@example.com": "unsubscribed", "dora@example.com": "active",
    }  # fmt: skip
    left = shown(other, "bob@example.com")
    assert left["ended"] == later(3 * MONTH * 3600).replace("+00:00", "Z")


def test_a_list_that_said_yes_for_somebody_does_not_outweigh_that_they_had_left(
    mailed: Mailed, other: Site
) -> None:
    say_yes(mailed, "ann@example.com")
    leave(mailed, "ann@example.com", 2)
    other.write("plain.csv", "email\nann@example.com\n")
    taken = ("subscribers", "import", "plain.csv", "--newsletter", "weekly", "--confirmed")
    other.run(*taken, now=later(MONTH * 3600))
    move(mailed, other, "--confirmed", after=2 * MONTH)
    assert shown(other, "ann@example.com")["state"] == "unsubscribed"


def leave(mailed: Mailed, email: str, hours: float) -> None:
    with self_service(mailed, hours) as service:
        assert service.leave(token_of(mailed, email), how="a test", network="")
