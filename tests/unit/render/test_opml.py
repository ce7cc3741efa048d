"""feeds.opml: every feed of a site as a list that readers import."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from publisher.feeds import FeedKind
from publisher.render.view import SiteView
from tests.factories import SITE_URL, make_feed, make_newsletter
from tests.page_samples import artifacts, changed, make_entries, make_view


def a_site(**changes: object) -> SiteView:
    entries = make_entries(3)
    feeds = (
        make_feed(*entries, title="The Courier & Co"),
        make_feed(
            *entries,
            name="tags/b",
            path="tags/b",
            kind=FeedKind.TAG,
            about="Boats",
            title='Courier: "<boats>"\n\x00',
            formats=("json", "atom"),
        ),
        make_feed(name="tags/a", path="tags/a", kind=FeedKind.TAG, about="anchors", title="A"),
        make_feed(
            name="languages/ar",
            path="languages/ar",
            kind=FeedKind.LANGUAGE,
            about="ar",
            title="العربية",
            language="ar",
            formats=("json",),
        ),
        make_feed(
            name="newsletters/weekly",
            path="newsletters/weekly",
            kind=FeedKind.NEWSLETTER,
            about="Weekly",
            title="Weekly",
        ),
    )
    return make_view(*entries, **({"feeds": feeds, "newsletters": (make_newsletter(),)} | changes))


def outlines(view: SiteView) -> dict[str, list[dict[str, str]]]:
    root = etree.fromstring(artifacts(view)["feeds.opml"].render())
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    return {group.get("text"): [dict(one.attrib) for one in group] for group in root.find("body")}


def test_every_feed_once_in_groups_each_by_name() -> None:
    found = outlines(a_site())
    assert {group: [one["text"] for one in some] for group, some in found.items()} == {
        "The Example Courier": ["The Courier & Co"],
        "The Example Courier: Newsletters": ["Weekly"],
        "The Example Courier: Languages": ["العربية"],
        "The Example Courier: Tags": ["A", 'Courier: "<boats>"'],
    }


def test_an_outline_says_where_to_subscribe_and_where_to_read() -> None:
    found = outlines(a_site())
    assert found["The Example Courier"] == [
        {
            "type": "rss",
            "text": "The Courier & Co",
            "title": "The Courier & Co",
            "xmlUrl": f"{SITE_URL}rss.xml",
            "htmlUrl": SITE_URL,
        }
    ]
    assert found["The Example Courier: Languages"] == [
        {
            "type": "rss",
            "text": "العربية",
            "title": "العربية",
            "xmlUrl": f"{SITE_URL}languages/ar/feed.json",
            "htmlUrl": f"{SITE_URL}languages/ar/",
            "language": "ar",
        }
    ]


def test_atom_stands_for_a_feed_without_rss() -> None:
    (_, boats) = outlines(a_site())["The Example Courier: Tags"]
    assert boats["xmlUrl"] == f"{SITE_URL}tags/b/atom.xml"


def test_the_head_names_the_list_and_its_owner_and_no_date() -> None:
    root = etree.fromstring(artifacts(a_site())["feeds.opml"].render())
    assert {one.tag: one.text for one in root.find("head")} == {
        "title": "Feeds of The Example Courier",
        "ownerName": "The Example Courier",
    }


def test_is_served_as_what_it_is() -> None:
    assert artifacts(a_site())["feeds.opml"].media_type == "text/x-opml"


def test_changes_with_the_list_of_feeds_and_not_with_their_articles() -> None:
    view = a_site()
    assert "feeds.opml" not in changed(view, replace(view, entries=view.entries[1:]))
    assert "feeds.opml" in changed(view, replace(view, feeds=view.feeds[:-1]))
    assert artifacts(view)["feeds.opml"].render() == artifacts(a_site())["feeds.opml"].render()


def test_a_feed_without_any_format_is_not_offered() -> None:
    view = make_view(feeds=(make_feed(), make_feed(name="x", path="x", formats=())))
    assert sum(map(len, outlines(view).values())) == 1
