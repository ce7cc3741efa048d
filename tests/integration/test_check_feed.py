"""`publisher check-feed` as it is called: files, addresses, a pipe; for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.feedcheck import LIMIT, RULES
from tests.readers.serving import served
from tests.sites import Site

MakeSite = Callable[..., Site]
FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel>
<title>Harbour</title><link>https://courier.example/</link><description>d</description>
<item><title>One</title><guid>https://courier.example/1</guid></item>
<item><title>Two</title><guid>https://courier.example/1</guid></item>
</channel></rss>
"""


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(files={"feed.xml": FEED})


def test_a_person_reads_rule_place_source_and_mend(site: Site) -> None:
    ran = site.run("check-feed", "feed.xml")
    assert ran.code == 3
    assert "error: feed.xml:5: id-repeated: https://courier.example/1" in ran.out
    rule = RULES["id-repeated"]
    assert f"rule:  {rule.says} ({rule.source})\nmend:  {rule.mend}\n" in ran.out


def test_a_program_reads_an_object_a_line(site: Site) -> None:
    ran = site.run("check-feed", "--json", "feed.xml")
    found = [json.loads(line) for line in ran.out.splitlines()]
    assert {"feed.xml"} == {one["feed"] for one in found}
    (one,) = [one for one in found if one["rule"] == "id-repeated"]
    assert (one["entry"], one["line"], one["severity"]) == ("https://courier.example/1", 5, "error")
    assert one["mend"] == RULES["id-repeated"].mend


def test_an_address_is_fetched_and_its_own_links_are_held_against_it(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    own = (
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="http://x.example/"/>'
    )
    (tmp_path / "web" / "feed.xml").write_text(FEED.replace("<item>", own + "<item>", 1), "utf-8")
    with served(tmp_path / "web") as web:
        ran = site.run("check-feed", f"{web.address}feed.xml")
        missing = site.run("check-feed", f"{web.address}nothing.xml")
    assert "self-link-wrong" in ran.out
    assert missing.code == 1
    assert "answered 404" in missing.err


def test_what_is_not_there_is_told(site: Site) -> None:
    ran = site.run("check-feed", "nothing.xml")
    assert (ran.code, ran.out) == (1, "")
    assert "nothing.xml: cannot be read: No such file or directory" in ran.err


def test_a_file_without_an_end_is_too_large(site: Site) -> None:
    ran = site.run("check-feed", "/dev/zero")
    assert ran.code == 3
    assert f"too-large: feed: {LIMIT + 1:,} bytes" in ran.out


def test_tags_that_are_words_of_our_own_titles_are_no_finding(make_site: MakeSite) -> None:
    text = (
        "---\ntitle: Use <b>bold</b>, <br> in HTML\ndate: 2026-11-01\n---\nOr `<i>slanted</i>`.\n"
    )
    site = make_site(files={"articles/tags.md": text})
    assert site.run("publish").code == 0
    ran = site.run("check-feed", "output/feed.json", "output/atom.xml", "output/rss.xml")
    assert ran.code == 0, ran.out
    (site.folder / "others.json").write_bytes(site.output("feed.json").read_bytes())
    ran = site.run("check-feed", "others.json")
    assert ran.code == 3
    assert "markup-in-plain-text" in ran.out
