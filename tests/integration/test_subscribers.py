"""Lists of readers: taken in from any tool, given out, and nobody brought back who has left."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from publisher.config.load import load_config
from publisher.readers import box_of
from publisher.store.subscribers import SubscriberStore
from publisher.wiring.stores import Stores
from tests.sites import CONFIG, UNJUDGED, Site

RHYTHMS = """\
  - name: news
    title: The News
    from: The Example Courier <news@courier.example>
    postal_address: 1 Pier Road, Example Harbour
    rhythms: [{name: daily, every: day}, {name: weekly, every: week}]
"""


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + UNJUDGED + RHYTHMS)


def take(site: Site, text: str | bytes, *options: str, code: int = 0) -> tuple[str, str]:
    site.write("list.csv", text)
    ran = site.run("subscribers", "import", "list.csv", *options)
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return ran.out, ran.err


def exported(site: Site) -> dict[str, dict[str, str]]:
    """The rows of an export, by address and stream."""
    ran = site.run("subscribers", "export")
    assert ran.code == 0, ran.err
    rows = csv.DictReader(io.StringIO(ran.out))
    return {f"{r['email']} {r['newsletter']}/{r['rhythm']}".rstrip("/"): r for r in rows}


def states(site: Site) -> dict[str, str]:
    return {who: row["state"] for who, row in exported(site).items()}


LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
1,ann@example.com,Ann Lee,"{""city"": ""Bengaluru""}",enabled,2024-01-01,2024-01-02
2,bob@example.com,Bob,{},disabled,2024-01-01,2024-01-02
3,carl@example.com,Carl,{},blocklisted,2024-01-01,2024-01-02
"""
MAILCHIMP = (
    """\
"Email Address","First Name","Last Name",OPTIN_TIME,UNSUB_TIME,CLEAN_TIME,LEID,TAGS
ann@example.com,Ann,Lee,"2024-01-01 10:00:00",,,1,"""
    '"""a"",""b"""'
    """
bob@example.com,Bob,,"2024-01-01 10:00:00","2024-02-01 10:00:00",,2,
carl@example.com,Carl,,"2024-01-01 10:00:00",,"2024-02-01 10:00:00",3,
"""
)
GHOST = """\
id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers
1,ann@example.com,Ann Lee,,true,false,,2024-01-01T10:00:00.000Z,,,
2,bob@example.com,Bob,,false,false,,2024-01-01T10:00:00.000Z,,,
"""
SUBSTACK = """\
email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at
ann@example.com,false,,other,false,2024-01-01,
bob@example.com,true,2027-01-01,yearly,true,2024-01-01,2024-01-01
"""
BUTTONDOWN = """\
email,notes,metadata,tags,creation_date,subscriber_type,secondary_id
ann@example.com,,{},,2024-01-01,regular,1
bob@example.com,,{},,2024-01-01,unsubscribed,2
carl@example.com,,{},,2024-01-01,undeliverable,3
dora@example.com,,{},,2024-01-01,unactivated,4
"""
BUTTONDOWN_NOW = """\
id,email_address,notes,metadata,tags,type,creation_date
sub_1,ann@example.com,,{},,regular,2026-01-01
sub_2,bob@example.com,,{},,unsubscribed,2026-01-01
sub_3,carl@example.com,,{},,spammy,2026-01-01
sub_4,dora@example.com,,{},,unpaid,2026-01-01
"""


@pytest.mark.parametrize(
    "text", [LISTMONK, MAILCHIMP, GHOST, SUBSTACK, BUTTONDOWN, BUTTONDOWN_NOW],
    ids=["listmonk", "mailchimp", "ghost", "substack", "buttondown", "buttondown-now"],
)  # fmt: skip
def test_exports_of_other_tools_are_read_as_they_are(site: Site, text: str) -> None:
    take(site, text, "--newsletter", "weekly", "--confirmed")
    expected = {
        "ann@example.com weekly": "active",
        "bob@example.com weekly": "unsubscribed",
        "carl@example.com weekly": "suppressed",
        "dora@example.com weekly": "pending",
    }
    found = states(site)
    assert found == {who: expected[who] for who in found}
    assert len(found) == text.count("@example.com")
    if "Lee" in text:
        assert exported(site)["ann@example.com weekly"]["name"] == "Ann Lee"


def test_who_rests_from_paying_and_who_owes_goes_on_reading(site: Site) -> None:
    weekly = ("--newsletter", "weekly", "--confirmed")
    take(site, "email,subscriber_type\na@example.com,paused\nb@example.com,past_due\n", *weekly)
    take(site, "email,type\nc@example.com,Member\n", *weekly)
    assert set(states(site).values()) == {"active"}
    assert exported(site)["c@example.com weekly"]["fields"] == "type=Member"


@pytest.mark.parametrize(
    ("header", "stays", "goes"),
    [
        ("unsubscribed", "no", "yes"),
        ("unsubscribed", "0", "1"),
        ("unsubscribed_at", "NULL", "2024-01-02 10:00:00"),
        ("unsubscribed_at", "\\N", "02.01.2024"),
        ("unsubscribed_at", "0000-00-00 00:00:00", "1704189600"),
        ("opted out", "None", "2024-01-02T10:00:00Z"),
        ("subscribed", "TRUE", "off"),
        ("subscribed", "2024-01-02", "unsubscribed"),
        ("subscribed", "1704189600", "0"),
        ("status", "active", "opted out"),
        ("Email Status", "Active", "Unsubscribed"),
        ("Email Opt Out", "0", "1"),
        ("HasOptedOutOfEmail", "false", "true"),
        ("Unsubscribed from all email", "", "Yes"),
        ("unsubscription_date", "", "2024-01-01"),
        ("Accepts Email Marketing", "yes", "no"),
        ("active", "true", "false"),
        ("status,state", "active,active", "active,unsubscribed"),
    ],
)
def test_who_has_left_is_told_by_any_column(site: Site, header: str, stays: str, goes: str) -> None:
    text = f"email,{header}\nann@example.com,{stays}\nbob@example.com,{goes}\n"
    take(site, text, "--newsletter", "weekly", "--confirmed")
    assert states(site) == {
        "ann@example.com weekly": "active",
        "bob@example.com weekly": "unsubscribed",
    }


def test_an_answer_that_nobody_knows_makes_nobody_active(site: Site) -> None:
    text = "email,subscribed\nann@example.com,nein\n"
    _, err = take(site, text, "--newsletter", "weekly", "--confirmed", code=3)
    assert "'nein' is not known" in err
    assert states(site) == {}


def test_a_locale_names_a_language(site: Site) -> None:
    text = "email,locale\nann@example.com,pt_BR.UTF-8\nbob@example.com,zh-Hant\n"
    take(site, text, "--newsletter", "weekly", "--confirmed")
    assert [row["language"] for row in exported(site).values()] == ["pt-BR", "zh-Hant"]


def test_columns_of_one_name_are_all_kept(site: Site) -> None:
    take(site, "email,note,note\nann@example.com,tall,kind\n", "--newsletter", "weekly")
    assert exported(site)["ann@example.com weekly"]["fields"] == "note=tall; note (column 3)=kind"


def test_without_confirmed_nobody_is_active(site: Site) -> None:
    out, err = take(site, "email,status\nann@example.com,active\n", "--newsletter", "weekly")
    assert out == "1 lines: 1 new\n"
    assert "whoever is new waits, and gets no mail" in err
    assert states(site) == {"ann@example.com weekly": "pending"}


def test_a_bad_line_is_named_and_costs_itself_alone(site: Site) -> None:
    text = (
        b"name;email;status\n"
        b"Ann;ann@example.com;\n"
        b"No address;;\n"
        b"Bad;ann at example.com;\n"
        b"J\xf6rg;joerg@example.com;\n"
        b"Few;few@example.com\n"
        b"Word;word@example.com;golden\n"
        b"\n"
        b'"Two\nlines";two@example.com;active\n'
        b"Last;last@example.com;active\n"
    )
    out, err = take(site, text, "--newsletter", "weekly", "--confirmed", code=3)
    lines = [line for line in err.splitlines() if line.startswith("error")]
    assert [line.split(":")[2] for line in lines] == ["3", "4", "5", "6", "7", "9"]
    assert "is not in UTF-8" in err
    assert "has 2 fields, the first line has 3" in err
    assert "'golden' is not known" in err
    assert "Traceback" not in err
    assert out == "8 lines: 2 new, 6 refused\n"
    assert set(states(site)) == {"ann@example.com weekly", "last@example.com weekly"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("name,city\nAnn,Oslo\n", "no column is called email; found: name, city"),
        ("Email,name,e-mail,email\na@x.org,Ann,b@x.org,c@x.org\n", "two columns are called Email"),
        ("email\n" + "x" * 200_000 + "\n", "field larger than field limit"),
    ],
)
def test_a_file_that_is_no_list_is_refused(site: Site, text: str, said: str) -> None:
    site.write("list.csv", text)
    ran = site.run("subscribers", "import", "list.csv", "--newsletter", "weekly")
    assert ran.code in (1, 3)
    assert said in ran.err
    assert states(site) == {}


def test_the_address_of_a_house_is_not_mailed(site: Site) -> None:
    text = "Name,Address,Email Address\nAnn,1 Pier Road,ann@example.com\n"
    take(site, text, "--newsletter", "weekly", "--confirmed")
    (line,) = exported(site).values()
    assert (line["email"], "1 Pier Road" in str(line)) == ("ann@example.com", True)


def test_a_list_in_utf16_is_read(site: Site) -> None:
    take(site, "email,name\nann@example.com,Ånn\n".encode("utf-16"), "--newsletter", "weekly")
    assert exported(site)["ann@example.com weekly"]["name"] == "Ånn"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_list_in_utf16_says_so_or_not(site: Site, encoding: str) -> None:
    take(site, "email,name\nann@example.com,Ånn\n".encode(encoding), "--newsletter", "weekly")
    assert exported(site)["ann@example.com weekly"]["name"] == "Ånn"


def test_damaged_utf16_costs_the_lines_that_are_damaged(site: Site) -> None:
    text = "email,name\nann@example.com,\ud800\nbob@example.com,Bob\ncarl@example.com,Carl"
    damaged = b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass")[:-1]
    _, err = take(site, damaged, "--newsletter", "weekly", code=3)
    assert "list.csv:4: ends in the midst of a letter" in err
    assert set(states(site)) == {"bob@example.com weekly"}


@pytest.mark.parametrize(
    "lines",
    [
        'ann@example.com,"oops\nbob@example.com,b\ncarl@example.com,c\n',
        'ann@example.com,"oops\nbob@example.com,b\ncarl@example.com,"c"\n',
        'ann@example.com,"oops\nbob@example.com,b\ncarl@example.com,"c\nd"\n',
        'ann@example.com,"' + 150_000 * "x" + "\nbob@example.com,\ncarl@example.com,\n",
        'ann@example.com,"oops\nbob@example.com,b\ncarl@example.com,' + 140_000 * "c" + "\n",
    ],
)
def test_a_quote_that_is_never_closed_costs_its_line_alone(site: Site, lines: str) -> None:
    _, err = take(site, f"email,note\n{lines}", "--newsletter", "weekly", code=3)
    assert "list.csv:2:" in err
    assert "bob@example.com weekly" in states(site)
    assert "ann@example.com weekly" not in states(site)


@pytest.mark.parametrize("before", ["\n\n", "sep=;\r\n"])
def test_a_table_may_begin_with_what_is_no_header(site: Site, before: str) -> None:
    take(site, before + "email;name\nann@example.com;Ann, Bo\n", "--newsletter", "weekly")
    assert exported(site)["ann@example.com weekly"]["name"] == "Ann, Bo"


def test_a_list_may_come_through_a_pipe(site: Site) -> None:
    os.mkfifo(site.folder / "pipe")
    with ThreadPoolExecutor(1) as pool:
        pool.submit((site.folder / "pipe").write_text, "email\nann@example.com\n")
        ran = site.run("subscribers", "import", "pipe", "--newsletter", "weekly")
    assert (ran.code, ran.out) == (0, "1 lines: 1 new\n"), ran.err


def test_a_list_may_have_a_name_that_is_no_text(site: Site) -> None:
    odd = os.fsdecode(b"\xff.csv")
    site.write("list.csv", "email\nann@example.com\n").rename(site.folder / odd)
    ran = site.run("subscribers", "import", odd, "--newsletter", "weekly")
    assert ran.code == 0, ran.err
    shown = json.loads(site.run("subscribers", "show", "ann@example.com", "--json").out)
    assert shown["subscriptions"]["weekly"]["evidence"][0]["how"] == "\ufffd.csv:2"


@pytest.mark.parametrize("said", ["A\r\nBcc: evil@example.com", os.fsdecode(b"J\xf6rg"), "a\x85b"])
def test_what_no_message_can_carry_is_refused_by_hand_too(site: Site, said: str) -> None:
    for command in (
        ("add", "ann@example.com", "--name", said),
        ("add", "ann@example.com", "--language", said),
        ("suppress", "ann@example.com", "--reason", said),
    ):
        ran = site.run("subscribers", *command)
        assert (ran.code, "has control characters" in ran.err) == (1, True), ran.err
    text = f'email,language\nann@example.com,{said!r}\nbob@example.com,"a\nb"\n'
    take(site, text, "--newsletter", "weekly", code=3)
    assert set(states(site)) == {"ann@example.com weekly"}


@pytest.mark.parametrize("word", ["bounced", "blocklisted"])
def test_whom_a_list_calls_suppressed_gets_nothing_of_any_newsletter(site: Site, word: str) -> None:
    weekly, news = ("--newsletter", "weekly"), ("--newsletter", "news", "--confirmed")
    for ann, first, last in (("a@example.com", word, "active"), ("b@example.com", "active", word)):
        lines = f"{ann},weekly,{first}\n{ann.upper()},news,{last}\n"
        take(site, f"email,newsletter,status\n{lines}", "--confirmed")
        take(site, f"email\n{ann}\n", *news)
        assert site.run("subscribers", "add", ann, "--confirmed").code == 1
    assert set(states(site).values()) == {"suppressed"}
    out, _ = take(site, f"email,status\nc@example.com,{word}\n", *weekly, "--dry-run")
    assert out == "1 lines: 1 would be new\n"
    assert site.run("subscribers", "add", "c@example.com", "--confirmed").code == 0


def test_nobody_who_left_or_is_suppressed_comes_back_by_a_list(site: Site) -> None:
    take(site, "email\nann@example.com\nbob@example.com\n", "--newsletter", "weekly", "--confirmed")
    take(site, "email,status\nann@example.com,unsubscribed\n", "--newsletter", "weekly")
    site.run("subscribers", "suppress", "bob@example.com", "--reason", "complained")
    site.run("subscribers", "suppress", "carl@example.com")
    text = "email,status\nANN@example.com,active\nbob@Example.com,active\ncarl@example.com,active\n"
    out, _ = take(site, text, "--newsletter", "weekly", "--confirmed")
    assert out == "3 lines: 2 suppressed, 1 unchanged\n"
    assert states(site) == {
        "ann@example.com weekly": "unsubscribed",
        "bob@example.com weekly": "suppressed",
    }
    ran = site.run("subscribers", "add", "ann@example.com", "--confirmed")
    assert ran.code == 1
    assert "has left weekly" in ran.err


TWICE = [
    "ann@example.com,Ann,active",
    "bob@example.com,,active",
    "eve@example.com,,suppressed",
    "ANN@example.com,,active",
    "bob@example.com,Bob,active",
    "eve@example.com,,active",
]


@pytest.mark.parametrize("between", [0, 1200], ids=["near", "far apart"])
def test_a_dry_run_counts_as_the_import_does(site: Site, between: int) -> None:
    """Also who stands there twice; in a long file they come in another transaction."""
    others = [f"other{number}@example.com,,active" for number in range(between)]
    first, again = TWICE[:3], TWICE[3:]
    text = "\n".join(["email,name,status", *first, *others, *again, ""])
    weekly = ("--newsletter", "weekly", "--confirmed")
    for new in (between + 3, 0):
        told = take(site, text, *weekly, "--dry-run")[0].replace("would be ", "")
        assert told == take(site, text, *weekly)[0]
        assert (f"{new} new" in told) is bool(new)


def test_a_dry_run_keeps_nothing(site: Site) -> None:
    out, _ = take(site, "email\nann@example.com\n", "--newsletter", "weekly", "--dry-run")
    assert out == "1 lines: 1 would be new\n"
    assert states(site) == {}


def test_a_newsletter_that_is_none_is_told_with_those_there_are(site: Site) -> None:
    ran = site.run("subscribers", "add", "ann@example.com", "--newsletter", "nope")
    assert (ran.code, "configured: weekly, news\n" in ran.err) == (2, True)
    ran = site.run("subscribers", "add", "ann@example.com", "--newsletter", "news/daily")
    assert (ran.code, "name its newsletter: news\n" in ran.err) == (2, True)


def test_lines_name_newsletters_and_rhythms(site: Site) -> None:
    text = (
        "email,newsletter,rhythm\nann@example.com,weekly,\nann@example.com,news,weekly\n"
        "bob@example.com,news,\ncarl@example.com,news,hourly\ndora@example.com,other,\n"
        "erik@example.com,,\n"
    )
    _, err = take(site, text, code=3)
    assert set(states(site)) == {
        "ann@example.com weekly", "ann@example.com news/weekly", "bob@example.com news/daily",
    }  # fmt: skip
    assert "news has no rhythm 'hourly'" in err
    assert "there is no newsletter 'other'" in err
    assert "says no newsletter" in err


def test_an_export_is_no_formula_and_can_be_taken_in_again(
    site: Site, make_site: Callable[..., Site], tmp_path: Path
) -> None:
    take(site, 'email,name,note\n=a@example.com,"+1, two",@x\n', "--newsletter", "weekly")
    (row,) = csv.reader(site.run("subscribers", "export").out.splitlines()[1:])
    assert row[:2] == ["'=a@example.com", "'+1, two"]
    take(site, "email,name\nann@example.com,Ann\n", "--newsletter", "weekly", "--confirmed")
    site.run("subscribers", "export", "all.csv")
    other = Site(tmp_path / "other")
    other.write("publisher.yaml", CONFIG + UNJUDGED)
    other.write("all.csv", (site.folder / "all.csv").read_bytes())
    assert other.run("subscribers", "import", "all.csv", "--confirmed").code == 0
    assert states(other)["ann@example.com weekly"] == "active"
    shown = json.loads(other.run("subscribers", "show", "=a@example.com", "--json").out)
    assert shown["subscriber"]["name"] == "+1, two"


def test_who_pauses_goes_on_to_pause_where_a_list_moves_them(site: Site) -> None:
    text = "email,paused_until\nann@example.com,2027-01-31T00:00:00+07:00\nbob@example.com,\n"
    weekly = ("--newsletter", "weekly", "--confirmed")
    take(site, text, *weekly)
    until = exported(site)["ann@example.com weekly"]["paused_until"]
    shown = site.run("subscribers", "show", "ann@example.com")
    assert shown.out.endswith(f", paused until {until}\n")
    shown = site.run("subscribers", "show", "ann@example.com", now="2027-02-01T00:00:00Z")
    assert "paused" not in shown.out
    assert until == "2027-01-30T17:00:00+00:00"
    site.run("subscribers", "export", "all.csv")
    listed = (site.folder / "all.csv").read_text(encoding="utf-8")
    take(site, listed.replace(",weekly,,", ",news,,"), "--confirmed")
    assert exported(site)["ann@example.com news/daily"]["paused_until"] == until
    take(site, "email,paused_until\nann@example.com,\nbob@example.com,2027-03-01\n", *weekly)
    assert exported(site)["ann@example.com weekly"]["paused_until"] == until
    assert exported(site)["bob@example.com weekly"]["paused_until"] == ""
    _, err = take(site, "email,paused_until\nc@example.com,spring\n", *weekly, code=3)
    assert "'spring' is no time to pause until" in err


@pytest.mark.parametrize(
    "when",
    ["9999-12-31T23:59:59-05:00", "9999-12-31", "0001-01-01T00:00:00+14:00", "0001-01-01"],
)
def test_a_time_that_not_every_zone_can_name_costs_its_line(site: Site, when: str) -> None:
    weekly = ("--newsletter", "weekly", "--confirmed")
    text = f"email,paused_until\nx@example.com,{when}\nann@example.com,2027-02-01\n"
    _, err = take(site, text, *weekly, code=3)
    assert f"list.csv:2: '{when}' is no time to pause until" in err
    assert states(site) == {"ann@example.com weekly": "active"}


@pytest.mark.parametrize("milliseconds", [253_402_300_800_000, -62_135_596_800_001])
def test_a_time_that_no_calendar_has_is_shown_all_the_same(site: Site, milliseconds: int) -> None:
    """Of the years 10000 and 0: an older version took them in."""
    take(site, "email,paused_until\nann@example.com,2027-02-01\n", "--newsletter", "weekly")
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as database, database:
        database.execute("UPDATE subscription SET paused_until = ?", (milliseconds,))
    assert exported(site)["ann@example.com weekly"]["email"] == "ann@example.com"
    assert site.run("subscribers", "show", "ann@example.com").code == 0
    take(site, "email\nann@example.com\n", "--newsletter", "weekly", "--confirmed")


@pytest.mark.parametrize("title", ["Status (Newsletter)", "Mail blocked?", "spam reports"])
def test_a_column_that_sounds_like_a_state_and_is_none_is_told(site: Site, title: str) -> None:
    for option in ("--dry-run", "--confirmed"):
        text = f"email,{title},soft_bounces,UNSUB_REASON,city\nann@example.com,yes,1,none,Y\n"
        _, err = take(site, text, "--newsletter", "weekly", option)
        assert f"warning: the column {title!r} is kept with the readers, and nothing else" in err
        assert err.count("the column") == 1


def test_who_is_suppressed_and_no_reader_is_told_as_that(site: Site) -> None:
    site.run("subscribers", "suppress", "ghost@x.test", "--reason", "asked by letter")
    ran = site.run("subscribers", "show", "ghost@x.test")
    assert ran.code == 1
    assert "nobody here has the address ghost@x.test; it is suppressed since 20" in ran.err
    assert "(asked by letter)" in ran.err
    assert "suppressed" not in site.run("subscribers", "show", "nobody@x.test").err


def test_who_is_erased_is_nowhere(site: Site) -> None:
    take(site, "email,name,city\nzz-canary@x.test,Zz Canary,Zztown\n", "--newsletter", "weekly")
    assert site.run("subscribers", "show", "zz-canary@x.test").code == 0
    assert site.run("subscribers", "erase", "zz-canary@x.test").out == "erased\n"
    (site.folder / "list.csv").unlink()
    for name, (data, _) in site.tree(".").items():
        for trace in (b"canary", b"Canary", b"Zztown"):
            assert trace not in data, name
    take(site, "email\nzz-canary@x.test\n", "--newsletter", "weekly", "--confirmed")
    assert states(site) == {}


def test_all_that_is_known_of_a_reader_is_shown_with_its_evidence(site: Site) -> None:
    take(site, "email,name,city\nann@example.com,Ann,Oslo\n", "--newsletter", "weekly")
    shown = json.loads(site.run("subscribers", "show", "ann@example.com", "--json").out)
    assert shown["subscriber"]["fields"] == {"city": "Oslo"}
    (evidence,) = shown["subscriptions"]["weekly"]["evidence"]
    assert (evidence["what"], evidence["how"]) == ("imported", "list.csv:2")
    assert site.run("subscribers", "show", "nobody@example.com").code == 1


def test_whose_newsletter_is_not_configured_any_more_is_told(site: Site) -> None:
    take(site, "email\nann@example.com\nbob@example.com\n", "--newsletter", "news", "--confirmed")
    take(site, "email\nann@example.com\n", "--newsletter", "weekly", "--confirmed")
    take(site, "email\ncarl@example.com\n", "--newsletter", "weekly")
    site.article("fog.md")
    site.publish()
    assert "no newsletter" not in site.run("status").out
    renamed = (CONFIG + UNJUDGED + RHYTHMS).replace("name: weekly\n", "name: digest\n", 1)
    site.write("publisher.yaml", renamed + "smtp: {folder: outbox}\n")
    said = site.run("status").out
    assert "1 reader of weekly gets nothing: publisher.yaml has no newsletter weekly" in said
    assert "issue 1 of weekly is not sent, 1 wait: publisher.yaml has no weekly" in said
    assert site.run("deliver").code == 0
    told = json.loads(site.run("status", "--json").out)
    assert told["strays"] == {"weekly": 1}
    assert [one["of"] for one in told["troubles"]] == ["weekly 1"]
    site.write("publisher.yaml", CONFIG.partition("newsletters:")[0])
    told = json.loads(site.run("status", "--json").out)
    assert [one["of"] for one in told["troubles"]] == ["weekly 1"], "also where none is left"


def test_whom_an_older_version_took_can_be_forgotten_still(site: Site) -> None:
    take(site, "email\nann@a-b.example\nbo@example.com\n", "--newsletter", "weekly")
    config = load_config(site.folder / "publisher.yaml")
    with closing(Stores(config, lambda: datetime.now(UTC))) as stores:
        box = box_of("ann@a-.example", SubscriberStore(stores.database).secret)
    with closing(sqlite3.connect(site.folder / ".publisher/publisher.db")) as database, database:
        told = ("ann@a-.example", box, "ann@a-b.example")
        database.execute("UPDATE subscriber SET email = ?, box = ? WHERE email = ?", told)
    for command in ("show", "suppress", "erase"):
        assert site.run("subscribers", command, "Ann@a-.example").code == 0
    assert set(states(site)) == {"bo@example.com weekly"}
    assert "cannot be mailed" in site.run("subscribers", "erase", "ann@a-.example").err
