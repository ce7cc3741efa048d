"""Since when readers agreed, as lists of other tools tell it: evidence of its own time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.returning import shown
from tests.sites import CONFIG, UNJUDGED, Site

MAILCHIMP = """\
Email Address,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,UNSUB_TIME
ann@example.com,2024-01-01 10:00:00,198.51.100.7,2024-01-01 10:05:00,2001:db8::7,2025-02-01 09:00:00
"""
ASKED = ("2024-01-01T10:00:00Z", "requested", "the column OPTIN_TIME", "198.51.100.0/24")
SAID_YES = ("2024-01-01T10:05:00Z", "confirmed", "the column CONFIRM_TIME", "2001:db8::/64")
LEFT = ("2025-02-01T09:00:00Z", "unsubscribed", "the column UNSUB_TIME", "")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(CONFIG + UNJUDGED)


def told(site: Site, text: str) -> list[tuple[str, str, str, str]]:
    """The evidence of ann after an import of a list, but for that she was imported."""
    site.write("list.csv", text)
    ran = site.run("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    assert ran.code == 0, ran.err
    *found, came = shown(site, "ann@example.com")["evidence"]
    assert (came["what"], came["how"]) == ("imported", "list.csv:2")
    return [
        (one["when"], one["what"], one["how"], one.get("network") or "") for one in found
    ]  # fmt: skip


def test_mailchimp_tells_when_and_from_where_they_asked_confirmed_and_left(site: Site) -> None:
    assert told(site, MAILCHIMP) == [ASKED, SAID_YES, LEFT]
    assert shown(site, "ann@example.com")["state"] == "unsubscribed"
    ran = site.run("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
    assert ran.out == "1 lines: 1 unchanged\n"


@pytest.mark.parametrize(
    ("column", "time"),
    [
        ("created_at", "2024-01-01 10:00:00.123456789 +0000 UTC"),  # listmonk
        ("created_at", "2024-01-01 17:00:00.1 +0700 +07"),
        ("created_at", "2024-01-01 10:00 UTC"),
        ("created_at", "2024-01-01T10:00:00.000Z"),  # Ghost, Substack
        ("creation_date", "2024-01-01T10:00:00+00:00"),  # Buttondown
    ],
)
def test_the_others_tell_since_when_they_are_on_a_list(site: Site, column: str, time: str) -> None:
    """That is no consent; it may have been somebody else who put them there."""
    (one,) = told(site, f"email,{column}\nann@example.com,{time}\n")
    assert (one[0][:16], *one[1:]) == ("2024-01-01T10:00", "listed", f"the column {column}", "")
    assert shown(site, "ann@example.com")["confirmed"] == "2026-11-22T08:00:00Z"


@pytest.mark.parametrize(
    "time", ["", "0000-00-00 00:00:00", "01/02/2024", "2024-13-01", "soon", "9999-12-31", "yes",
             "2024-01-01 10:00:00 EST", "2024-01-01+02:00",
             "0001-01-01T00:00:00+14:00"],
)  # fmt: skip
def test_what_is_no_time_is_no_evidence_and_costs_no_line(site: Site, time: str) -> None:
    assert told(site, f"email,OPTIN_TIME,unsubscribed_at\nann@example.com,{time},{time}\n") == []


def test_a_time_without_an_address_and_an_address_that_is_none(site: Site) -> None:
    text = "email,OPTIN_TIME,OPTIN_IP\nann@example.com,2024-01-01,nowhere\n"
    assert told(site, text) == [("2024-01-01T00:00:00Z", *ASKED[1:3], "")]
