"""Which entry is which article: without ids, dates or links, with new ones, in two feeds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest

from tests.feed_servers import FeedServer, Page
from tests.remote_feeds import T0, T1, T2, atom, config, entry, feed, kept_time, listed, rss, states
from tests.sites import Site


def test_dates_that_feedparser_cannot_read(make_site: Callable[..., Site]) -> None:
    told = {
        "Sab, 20 Mar 2021 10:15:00 WIB": "2021-03-20T10:15:00+07:00",
        "20 Maret 2021": "2021-03-20T00:00:00+07:00",
        "Sat, 20 Mar 21 10:15:00 GMT": "2021-03-20T10:15:00+00:00",
        "2021-03-20T10:15": "2021-03-20T10:15:00+07:00",
    }
    items = [
        f"<guid>g{n}</guid><link>/{n}</link><title>T{n}</title><pubDate>{date}</pubDate>"
        for n, date in enumerate(told)
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"), language="id")))
        site.publish(now=T0)
    assert [line["published"] for line in listed(site).values()] == list(told.values())


def test_without_dates_the_order_stays_and_so_does_the_first_sight(
    make_site: Callable[..., Site],
) -> None:
    items = [f"<guid>g{n}</guid><link>/{n}</link><title>T{n}</title>" for n in (3, 2, 1)]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"))))
        site.publish(now=T0)
        text = site.output("rss.xml").read_text()
        assert text.index("<title>T3") < text.index("<title>T2") < text.index("<title>T1")
        before = {line["path"]: line["published"] for line in site.record() if "path" in line}
        assert before["g3"] == "2026-11-22T08:00:00Z"
        shutil.rmtree(site.folder / ".publisher")  # the record alone knows when that was
        server.pages["a"].body += b" "
        site.publish(now=T1)
        after = {line["path"]: line["published"] for line in site.record() if "path" in line}
    assert after == before


def test_without_ids_and_links(make_site: Callable[..., Site]) -> None:
    items = [
        "<title>Linked</title><link>https://b.example/1</link>",
        "<title>Lost</title><description>Nowhere to go.</description>",
        "<title>Heard</title><enclosure url='https://b.example/a.mp3' type='audio/mpeg'/>",
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a"))))
        assert "2 listed, 1 skipped" in site.publish(now=T0).out
        names = set(listed(site))
        assert "https://b.example/1" in names
        server.pages["a"].body += b"\n"
        site.publish(now=T1)
        assert set(listed(site)) == names
        site.write("publisher.yaml", config(feed(server.url("a"), full_text="true", rights="x")))
        site.publish(now=T1)
    assert site.output("2026/11/22/lost/index.html").exists()


def test_an_id_that_is_used_again_is_another_article(make_site: Callable[..., Site]) -> None:
    def item(title: str, link: str, day: int) -> str:
        return (
            f"<guid isPermaLink='false'>today</guid><title>{title}</title><link>{link}</link>"
            f"<pubDate>{day} Nov 2026 10:00:00 GMT</pubDate>"
        )

    with FeedServer(a=rss(item("First", "/1", 1))) as server:
        site = make_site(config(feed(server.url("a"))))
        site.publish(now=T0)
        server.pages["a"] = Page(rss(item("Second", "/2", 2), item("First, mended", "/1", 1)))
        site.publish(now=T1)
        told = {str(line["title"]): line for line in listed(site).values()}
        assert told["First, mended"]["file"] == "today"
        assert str(told["Second"]["file"]).startswith("today~")
        assert told["Second"]["id"] != told["First, mended"]["id"]
        server.pages["a"] = Page(rss(item("Second", "/2", 2)))
        site.publish(now=T2)
        assert {str(line["title"]): line["file"] for line in listed(site).values()} == {
            title: line["file"] for title, line in told.items()
        }


@pytest.mark.parametrize("dated", [True, False])
def test_a_feed_that_gives_all_it_has_new_ids_makes_nothing_new(
    dated: bool, make_site: Callable[..., Site]
) -> None:
    def items(ids: str, title: str = "One") -> bytes:
        date = "<pubDate>Sun, 01 Nov 2026 10:0{}:00 GMT</pubDate>" if dated else ""
        return rss(
            *(
                f"<guid isPermaLink='false'>{ids}-{n}</guid><title>{title if n == 1 else n}</title>"
                f"<link>https://b.example/{n}</link><description>Text {n}</description>"
                f"{date.format(n)}"
                for n in (3, 2, 1)
            )
        )

    with FeedServer(b=items("old")) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        site.publish(now=T0)
        before = kept_time(site)
        assert sorted(states(site)) == ["old-1", "old-2", "old-3"]
        server.pages["b"] = Page(items("new"))
        assert "3 listed" in site.publish(now=T1).out
        assert kept_time(site) == before
        server.pages["b"] = Page(items("new", title="Edited"))
        assert "3 listed" in site.publish(now=T2).out
        assert sorted(states(site)) == ["old-1", "old-2", "old-3"]
        assert listed(site)["old-1"]["title"] == "Edited"


def test_what_is_left_of_an_entry_that_breaks_off_is_no_article(
    make_site: Callable[..., Site],
) -> None:
    items = [
        f"<guid>g{n}</guid><title>T{n}</title><link>https://b.example/{n}</link>" for n in "21"
    ]
    whole = rss(*items)
    with FeedServer(b=whole[: whole.index(b"T1</title>") + 1]) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        ran = site.publish(now=T0)
        assert sorted(states(site)) == ["g2"]
        assert "breaks off within its last entry, which is left out" in ran.err
        server.pages["b"] = Page(whole)
        assert "breaks off" not in site.publish(now=T1).err
        assert sorted(states(site)) == ["g1", "g2"]


def test_a_page_that_is_told_of_again_is_another_article(make_site: Callable[..., Site]) -> None:
    def item(day: int) -> bytes:
        return rss(
            f"<guid>w{day}</guid><title>Weather</title><link>https://b.example/weather</link>"
            f"<description>Fog</description><pubDate>0{day} Nov 2026 10:00:00 GMT</pubDate>"
        )

    with FeedServer(b=item(1)) as server:
        site = make_site(config(feed(server.url("b"), "b")))
        site.publish(now=T0)
        server.pages["b"] = Page(item(2))
        site.publish(now=T1)
        assert sorted(states(site)) == ["w1", "w2"]


def test_what_two_feeds_hold_is_shown_once(make_site: Callable[..., Site]) -> None:
    with FeedServer(
        a=atom(entry(1), entry(2), entry(3)),
        b=atom(
            entry(1, title="Another title"),
            entry(9, title="Copied", link="http://www.a.example/2/?utm_source=b", id_="urn:b:2"),
            entry(8, title="Entry 3", link="https://a.example/3?from=b#top", id_="urn:b:3"),
            entry(7),
        ),
    ) as server:
        sources = [feed(server.url(name), name) for name in "ab"]
        site = make_site(config(*sources))
        assert "4 listed, 3 skipped" in site.publish(now=T0).out
        told = {line["file"]: line for line in site.articles() if line["state"] == "skipped"}
        for what in ("(the same id)", "(the same link)", "(the same title and page)"):
            assert what in json.dumps(list(told.values()))
        before = site.tree()
        # what was published stays where it was: another order changes nothing
        site.write("publisher.yaml", config(*reversed(sources)))
        site.publish(now=T0)
        assert site.tree() == before


def test_ours_come_first_and_one_page_may_have_many(make_site: Callable[..., Site]) -> None:
    items = [
        "<guid>1</guid><title>Status 1</title><link>https://s.example/</link>",
        "<guid>2</guid><title>Status 2</title><link>https://s.example/</link>",
        "<guid>3</guid><title>Ours</title><link>https://planet.example/2026/11/01/own/</link>",
        "<guid>tag:planet.example,2026:x</guid><title>Forged</title><link>/x</link>",
    ]
    with FeedServer(a=rss(*items)) as server:
        site = make_site(config(feed(server.url("a")), "{name: articles}"))
        site.article("own.md")
        site.article("x.md", id="tag:planet.example,2026:x")
        assert "4 listed, 2 skipped" in site.publish(now=T0).out
    assert states(site)["own.md"] == states(site)["x.md"] == "listed"
