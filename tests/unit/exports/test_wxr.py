"""Exports of WordPress: what becomes an item, with which fields, and what is held back and why."""

from __future__ import annotations

from typing import Any

import pytest

from publisher.parse.items import Item, ItemFound, Unreadable, Withheld
from tests.export_samples import OLD, Entry, cdata, read, told, wxr, wxr_item


def one(entry: Entry, *, more: str = "", **origin: Any) -> ItemFound:
    found, error = read("wxr", wxr([entry], more=more), **origin)
    assert error is None, error
    return found[0]


def test_every_field_has_its_place() -> None:
    item = one(Entry(changes={"excerpt:encoded": "In short"}), old_url=OLD)
    assert told(item) == {
        "title": "Fog over the bay",
        "date": "2020-03-01T10:00:00+07:00",
        "slug": "entry-1",
        "url": "/2020/03/01/entry-1/",
        "authors": "Ada Example",
        "tags": ["boats", "weather, and more"],
        "categories": ["News"],
        "language": "en-GB",
        "summary": "In short",
        "id": f"{OLD}?p=1",
    }
    assert isinstance(item, Item)
    assert (item.name, item.form, item.base_url) == ("1", "fragment", f"{OLD}2020/03/01/entry-1/")
    assert item.line > 1
    assert item.body_line >= item.line


@pytest.mark.parametrize(("version", "prefix"), [("1.0", "wp"), ("1.1", "wxr"), ("1.2", "ns0")])
def test_the_version_and_the_prefix_vary(version: str, prefix: str) -> None:
    found, error = read("wxr", wxr([Entry()], version=version, prefix=prefix))
    assert error is None
    assert told(found[0])["title"] == "Fog over the bay"


@pytest.mark.parametrize(
    ("changes", "date"),
    [
        (
            {"wp:post_date": "2020-03-01 10:00:00", "wp:post_date_gmt": "2020-03-01 04:30:00"},
            "+05:30",
        ),
        (
            {"wp:post_date": "2020-03-01 10:00:00", "wp:post_date_gmt": "2020-03-01 13:00:00"},
            "-03:00",
        ),
        ({"wp:post_date_gmt": "2020-02-01 03:00:00"}, "2020-02-01T03:00:00+00:00"),
        (
            {
                "wp:post_date_gmt": "0000-00-00 00:00:00",
                "pubDate": "Sun, 01 Mar 2020 05:00:00 +0000",
            },
            "2020-03-01T05:00:00+00:00",
        ),
        (
            {
                "wp:post_date_gmt": "0000-00-00 00:00:00",
                "pubDate": "Wed, 30 Nov -0001 00:00:00 +0000",
            },
            "2020-03-01 10:00:00",
        ),
    ],
)
def test_the_date_and_its_offset(changes: dict[str, str], date: str) -> None:
    assert told(one(Entry(changes=changes)))["date"].endswith(date)


def test_a_draft_without_a_date_has_none() -> None:
    zeros = "0000-00-00 00:00:00"
    changes = {"wp:post_date": zeros, "wp:post_date_gmt": zeros, "wp:status": "draft"}
    item = told(one(Entry(changes=changes)))
    assert "date" not in item
    assert item["draft"] == "true"


def test_a_change_a_minute_after_publishing_counts() -> None:
    assert "updated" not in told(one(Entry()))
    changes = {"wp:post_modified_gmt": "2020-04-01 03:00:00"}
    assert told(one(Entry(changes=changes)))["updated"] == "2020-04-01T03:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"wp:post_type": "page"}, "is of the type 'page', no post"),
        ({"wp:post_type": None}, "does not say what it is"),
        ({"wp:post_password": "x"}, "has a password"),
        ({"wp:status": "private"}, "is private"),
        ({"wp:status": "trash"}, "has the status 'trash'"),
        ({"meta": {"_wpmem_block": "1"}}, "is for members or payers"),
        ({"content:encoded": "<!-- wp:jetpack/paywall /-->"}, "is for members or payers"),
    ],
)
def test_what_is_withheld_says_why(changes: dict[str, Any], why: str) -> None:
    found = one(Entry(changes=changes))
    assert isinstance(found, Withheld)
    assert why in found.why
    assert found.line > 1


def test_a_status_of_the_future_is_scheduled_by_its_date() -> None:
    assert "draft" not in told(one(Entry(day="2031-01-01", changes={"wp:status": "future"})))


def test_comments_are_never_read() -> None:
    comment = (
        f"<wp:comment><wp:comment_content>{cdata('zz-canary')}</wp:comment_content></wp:comment>"
    )
    assert "zz-canary" not in repr(one(Entry(changes={"comments": comment})))


def test_mail_addresses_of_authors_stay_where_they_are() -> None:
    assert "ada@" not in repr(one(Entry()))


def test_the_picture_of_a_post_is_an_upload_that_comes_later() -> None:
    upload = wxr_item(
        Entry(
            number=77,
            changes={
                "wp:post_type": "attachment",
                "wp:attachment_url": f"{OLD}up/fog.jpg",
                "excerpt:encoded": "Seen from the pier",
                "meta": {"_wp_attachment_image_alt": "Fog & boats"},
            },
        )
    )
    entry = Entry(changes={"meta": {"_thumbnail_id": "77"}}, html='[gallery ids="77,78"]')
    found = one(entry, more=upload)
    assert told(found)["image"] == {"url": f"{OLD}up/fog.jpg", "alt": "Fog & boats"}
    assert isinstance(found, Item)
    assert f'<img src="{OLD}up/fog.jpg" alt="Fog &amp; boats">' in found.body
    assert "<figcaption>Seen from the pier</figcaption>" in found.body


def test_a_media_file_is_attached() -> None:
    meta = {"enclosure": f"{OLD}a.mp3\n123456\naudio/mpeg\na:1:{{}}"}
    enclosure = {"url": f"{OLD}a.mp3", "length": "123456", "type": "audio/mpeg"}
    assert told(one(Entry(changes={"meta": meta})))["enclosures"] == [enclosure]


def test_a_name_that_comes_twice() -> None:
    again = wxr_item(Entry()) + wxr_item(
        Entry(title="Another", changes={"wp:post_name": "another", "guid": "x:y"})
    )
    found, error = read("wxr", wxr([Entry()], more=again))
    assert error is None
    assert [one.name for one in found][::2] == ["1", "1-another"]
    assert isinstance(found[1], Withheld)
    assert "was there before" in found[1].why


def test_a_guid_that_comes_twice_is_the_id_of_the_first() -> None:
    more = wxr_item(Entry(number=2, changes={"guid": f"{OLD}?p=1"}))
    found, _ = read("wxr", wxr([Entry()], more=more))
    assert "id" in told(found[0])
    assert "id" not in told(found[1])
    assert isinstance(found[1], Item)
    assert "was used before" in found[1].warnings[0]


@pytest.mark.parametrize(
    ("text", "origin", "has"),
    [
        ("One\n\nTwo", {}, "<p>One</p>\n<p>Two</p>"),
        ("One\n\nTwo", {"paragraphs": "never"}, "One\n\nTwo"),
        ("<!-- wp:paragraph --><p>One</p>\n\n<p>T\nwo</p>", {}, "<p>T\nwo</p>"),
        ("<!-- wp:x --><p>a\nb</p>", {"paragraphs": "always"}, "<p>a<br>\nb</p>"),
        ("<p>All</p><p>in\none</p>", {}, "<p>in\none</p>"),
    ],
)
def test_paragraphs(text: str, origin: dict[str, str], has: str) -> None:
    found = one(Entry(html=text), **origin)
    assert isinstance(found, Item)
    assert has in found.body


def test_code_of_php_is_shown() -> None:
    found = one(Entry(html='<pre lang="php"><?php echo 1; ?></pre>'))
    assert isinstance(found, Item)
    assert "&lt;?php echo 1; ?>" in found.body


def test_squarespace_has_paragraphs_already() -> None:
    found, _ = read("squarespace", wxr([Entry(html="<p>a\nb</p>\n\n<p>c</p>")]))
    assert isinstance(found[0], Item)
    assert "<br>" not in found[0].body


def test_blocks_without_content_are_named_and_embeds_are_links() -> None:
    text = (
        '<!-- wp:latest-posts {"n":1} /--><!-- wp:more --><!--more--><!-- /wp:more -->'
        '<div class="wp-block-embed__wrapper">\nhttps://v.example/1\n</div>'
    )
    found = one(Entry(html=text))
    assert isinstance(found, Item)
    assert found.warnings == (
        "the block 'latest-posts' has no content of its own, and is left out",
    )
    assert '<a href="https://v.example/1">https://v.example/1</a>' in found.body


def test_a_shortcode_that_is_not_known_can_refuse() -> None:
    found = one(Entry(html='[thing a="1"]'), shortcodes="refuse")
    assert isinstance(found, Unreadable)
    assert "[thing]" in found.problem.message
    assert found.problem.mend


def test_what_is_whole_before_a_break_is_given_and_the_break_is_named() -> None:
    whole = wxr([Entry(), Entry(number=2)])["old.xml"]
    found, error = read("wxr", {"old.xml": whole[: whole.rindex(b"<wp:status>")]})
    assert [one.name for one in found] == ["1"]
    assert error is not None
    assert "(1 entries before it are whole, the last is 1)" in error.message
    assert error.line == whole[: whole.rindex(b"<wp:status>")].count(b"\n") + 1
    assert error.mend


def test_control_characters_are_taken_out_with_a_warning() -> None:
    found = one(Entry(html="<p>a\x08b</p>\x0b"))
    assert isinstance(found, Item)
    assert "<p>ab</p>" in found.body
    assert "control characters" in found.warnings[0]


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        ({"a.txt": b"x", "b.txt": b"x"}, "holds no .xml file"),
        ({"a.txt": b"x"}, "not well-formed XML"),
        ({"a.xml": b"<rss><channel><item><title>x</title></item></channel></rss>"}, "no export of"),
        ({"a.xml": b""}, "not well-formed XML"),
        ({"a.xml": b'<?xml version="1.0" encoding="none"?><rss/>'}, "encoding that is not read"),
        ({"a.xml": b'<?xml version="1.0" encoding="big5"?><rss/>'}, "encoding that is not read"),
        (
            {"a.xml": b'<!DOCTYPE r [<!ENTITY a "x">]><rss><channel/></rss>'},
            "declares entities of its own",
        ),
        (
            {"a.xml": b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>'},
            "declares entities of its own",
        ),
    ],
)
def test_what_is_no_export_is_named(tree: dict[str, bytes], says: str) -> None:
    found, error = read("wxr", tree)
    assert not found
    assert error is not None
    assert says in error.message
    assert error.mend


def test_a_file_by_itself_may_have_any_name() -> None:
    found, error = read("wxr", {"export": wxr([Entry()])["old.xml"]})
    assert (len(found), error) == (1, None)


def test_white_space_before_the_declaration_does_no_harm() -> None:
    tree = {"a.xml": b"\xef\xbb\xbf\n\n" + wxr([Entry()])["old.xml"]}
    before, _ = read("wxr", wxr([Entry()]))
    found, error = read("wxr", tree)
    assert error is None
    assert isinstance(found[0], Item)
    assert isinstance(before[0], Item)
    assert found[0].line == before[0].line + 2
