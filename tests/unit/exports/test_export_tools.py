"""Exports of the other tools: each field in its place, and what is held back."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from publisher.parse.items import Item, Unreadable, Withheld
from tests.export_samples import OLD, SITE, Entry, as_csv, export, ghost_id, read, told

TIME = "2020-03-01T03:00:00+00:00"
BOTH = ["boats", "weather, and more"]
DATED = {"title": "Fog over the bay", "slug": "entry-1"}
WANTED: dict[str, dict[str, Any]] = {
    "ghost": DATED
    | {
        "date": TIME,
        "url": "/entry-1/",
        "authors": ["Ada Example", "Bo Example"],
        "tags": BOTH,
        "language": "en",
        "id": ghost_id(1),
    },
    "substack": DATED
    | {
        "date": "2020-03-01T03:00:00.000Z",
        "url": "/p/entry-1",
        "id": f"{OLD}p/entry-1",
    },
    "medium": DATED
    | {
        "date": "2020-03-01T03:00:00.000Z",
        "authors": "Ada Example",
        "id": "https://medium.com/p/000000000001",
    },
    "blogger": DATED
    | {
        "date": "2020-03-01T10:00:00.000+07:00",
        "url": "/2020/03/entry-1.html",
        "authors": "Ada Example",
        "tags": BOTH,
        "id": "tag:blogger.com,1999:blog-1.post-1",
    },
    "buttondown": DATED
    | {
        "date": TIME,
        "id": "00000000-0000-4000-9000-000000000001",
    },
    "beehiiv": DATED | {"date": TIME, "url": "/p/entry-1", "tags": BOTH, "id": f"{OLD}p/entry-1"},
}


def only(kind: str, *, html: str = Entry().html, **changes: Any) -> Any:
    found, error = read(kind, export(kind, Entry(html=html, changes=changes)), old_url=OLD)
    assert error is None, error
    return next(one for one in found if one.name != "profile.html")


@pytest.mark.parametrize("kind", WANTED)
def test_every_field_has_its_place(kind: str) -> None:
    assert told(only(kind)) == WANTED[kind]


@pytest.mark.parametrize("kind", WANTED)
def test_the_text_is_the_text_alone(kind: str) -> None:
    found = only(kind)
    assert "The fog came in at dawn" in found.body
    assert found.body.count("Fog over the bay") == 0
    for never in ("Unsubscribe", "Preview", "track.example", "@old.example", "r@x.example", "Ada"):
        assert never not in found.body


# ---------------------------------------------------------------- Ghost


def test_addresses_of_ghost_are_filled_in() -> None:
    html = '<p><img src="__GHOST_URL__/content/images/a.png"></p>'
    found = only("ghost", html=html, feature_image="__GHOST_URL__/content/images/b.png")
    assert f'src="{OLD}content/images/a.png"' in found.body
    assert told(found)["image"] == {"url": f"{OLD}content/images/b.png", "alt": ""}
    found, _ = read("ghost", export("ghost", Entry(html=html)))
    assert f'src="{SITE}content/images/a.png"' in found[0].body


def test_before_ghost_had_such_ids_the_uuid_is_the_id() -> None:
    assert told(only("ghost", id=7))["id"] == "00000000-0000-4000-8000-000000000001"


def test_a_text_without_html_is_named_with_a_mend() -> None:
    found = only("ghost", html="")
    assert isinstance(found, Unreadable)
    assert "save it" in (found.problem.mend or "")


def test_parts_for_members_are_left_out() -> None:
    html = (
        "<p>All</p>"
        '<!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>Guests</p>'
        "<!--kg-gated-block:end-->"
        '<!--kg-gated-block:begin nonMember:false memberSegment:"x" --><p>zz-secret</p>'
        "<!--kg-gated-block:end--><p>End</p>"
    )
    found = only("ghost", html=html)
    assert "zz-secret" not in found.body
    assert "Guests" in found.body
    assert "End" in found.body
    assert found.warnings == ("1 parts that only members see are left out",)


@pytest.mark.parametrize(
    "mark", ["<!--kg-gated-block:begin", "<!--kg-gated-block:begin -->", "<!--"]
)
def test_marks_without_end_take_no_time(mark: str) -> None:
    start = time.process_time()
    found = only("ghost", html="<!--kg-gated-block:begin --><p>zz-secret</p>" + mark * 20_000)
    assert "zz-secret" not in found.body
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("told_time", "date"),
    [
        ("2020-03-01 03:00:00", TIME),
        (1583031600000, TIME),
        ("2020-03-01T03:00:00.000Z", TIME),
    ],
)
def test_times_of_ghost(told_time: object, date: str) -> None:
    assert told(only("ghost", published_at=told_time))["date"] == date


def test_a_canonical_address_is_kept() -> None:
    found = only("ghost", canonical_url="https://first.example/it")
    assert told(found)["canonical"] == "https://first.example/it"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"{}", "holds no JSON with posts"),
        (b'{"db": [{"data": {"posts": 3}}]}', "holds no JSON with posts"),
        (b"[", "cannot be read as JSON"),
        (b"[" * 100_000, "too deep"),
        (b"\xff", "no UTF-8"),
    ],
)
def test_what_is_no_export_of_ghost(raw: bytes, says: str) -> None:
    found, error = read("ghost", {"a.json": raw})
    assert not found
    assert error is not None
    assert says in error.message
    assert error.mend


def test_tables_with_rows_of_another_shape_do_no_harm() -> None:
    data = {"posts": [1, None, {"id": 5, "title": [], "status": {}}], "tags": {}, "users": [[]]}
    found, error = read("ghost", {"a.json": json.dumps({"data": data}).encode()})
    assert error is None
    assert [type(one) for one in found] == [Withheld]


# ---------------------------------------------------------------- Substack


def test_files_and_rows_of_substack_belong_together() -> None:
    tree = export("substack", Entry(), Entry(number=2))
    tree["posts/99.lost.html"] = b"<p>zz</p>"
    del tree["posts/2.entry-2.html"]
    found, _ = read("substack", tree)
    assert [type(one) for one in found] == [Item, Unreadable, Withheld]
    assert "nothing says that it is for everybody" in found[2].why  # type: ignore[union-attr]


def test_an_episode_of_substack() -> None:
    found = only("substack", type="podcast", podcast_url=f"{OLD}a.mp3", subtitle="In short")
    assert told(found)["enclosures"] == [{"url": f"{OLD}a.mp3"}]
    assert told(found)["summary"] == "In short"


def test_boxes_of_substack_go() -> None:
    html = '<p>Text</p><div class="subscription-widget-wrap"><p>Subscribe</p></div>'
    assert "Subscribe" not in only("substack", html=html).body


# ---------------------------------------------------------------- Medium


def test_replies_are_told_from_stories() -> None:
    entry = Entry(title="I quite agree with", html="<p>I quite agree with you.</p>")
    reply = Entry(number=2, title=entry.title, html=entry.html, changes={"heading": False})
    found, _ = read("medium", export("medium", entry, reply))
    kinds = {one.name: type(one) for one in found}
    assert kinds["000000000001"] is Item
    assert kinds["000000000002"] is Withheld


def test_a_custom_domain_keeps_addresses() -> None:
    tree = export("medium", Entry())
    name = next(name for name in tree if name.startswith("posts/"))
    tree[name] = tree[name].replace(b"https://medium.com/@ada/entry", OLD.encode() + b"entry")
    found, _ = read("medium", tree, old_url=OLD)
    assert told(found[-1])["url"] == "/entry-1-000000000001"


# ---------------------------------------------------------------- Blogger


def test_the_newer_form_of_blogger() -> None:
    more = (
        "<b:type>POST</b:type><b:status>LIVE</b:status><b:filename>/2020/03/new.html</b:filename>"
    )
    tree = export("blogger", Entry(changes={"kind": "", "more": more}))
    text = next(iter(tree.values()))
    start, end = text.index(b"<link rel='alternate'"), text.index(b"<author>")
    found, error = read("blogger", {"feed.atom": text[:start] + text[end:]}, old_url=OLD)
    assert error is None
    assert told(found[0])["url"] == "/2020/03/new.html"
    assert told(found[0])["slug"] == "new"


def test_an_address_where_the_site_itself_writes_is_not_kept() -> None:
    found = only("beehiiv", url=f"{OLD}tags/boats/")
    assert "url" not in told(found)


# ---------------------------------------------------------------- Buttondown


def test_what_nobody_said_whom_it_was_for_is_a_draft() -> None:
    found = only("buttondown", email_type="")
    assert told(found)["draft"] == "true"
    assert "does not say whom it went to" in found.warnings[0]


def test_the_newer_editor_of_buttondown_writes_html() -> None:
    assert only("buttondown", html="# One\n\nTwo").form == "md"
    found = only("buttondown", html="<!-- buttondown-editor-mode: fancy --><p>One</p>")
    assert (found.form, found.body) == ("fragment", "<p>One</p>")


def test_mails_of_buttondown_as_json() -> None:
    row = {"id": "x", "subject": "One", "body": "Text", "email_type": "public", "status": "sent"}
    found, error = read("buttondown", {"emails.json": json.dumps({"results": [row]}).encode()})
    assert error is None
    assert isinstance(found[0], Item)
    assert found[0].body == "Text"


# ---------------------------------------------------------------- beehiiv


def test_a_thumbnail_of_beehiiv() -> None:
    image = told(only("beehiiv", thumbnail_url="uploads/asset/a.png"))["image"]
    assert image.startswith("https://media.beehiiv.com/")
    assert image.endswith("/uploads/asset/a.png")


def test_other_tables_of_beehiiv_are_not_read() -> None:
    tree = export("beehiiv", Entry()) | {"a_readers.csv": as_csv([{"email": "r@x.example"}])}
    found, error = read("beehiiv", tree)
    assert error is None
    assert [one.name for one in found] == ["post_1"]


def test_a_table_that_breaks_off_is_named_with_its_line() -> None:
    raw = export("beehiiv", Entry(), Entry(number=2))["posts.csv"]
    found, error = read("beehiiv", {"posts.csv": raw.rstrip()[:-30] + b'"x'})
    assert len(found) >= 1
    assert error is None or error.line > 1
    found, error = read("beehiiv", {"posts.csv": raw + b'post_3,"open'})
    assert [type(one) for one in found[:2]] == [Item, Item]
    assert error is not None
    assert "cannot be read as CSV" in error.message


@pytest.mark.parametrize("kind", WANTED)
def test_an_empty_export_is_named(kind: str) -> None:
    found, error = read(kind, {"readme.txt": b"x", "b.txt": b"x"})
    assert not found
    assert error is not None
    assert error.mend
