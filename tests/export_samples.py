"""Exports of eight tools in our own words, after what the tools' documents say of their form.

`export(kind, *entries)` gives the files of one; an `Entry` says in our words what is in it, and
`hidden` lists the ways in which each tool keeps something from everybody.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import IO, Any

from publisher.exports import ExportError, Origin, read_export
from publisher.parse.headers.values import Items, Table, Text, Value
from publisher.parse.items import Item, ItemFound

SITE = "https://courier.example/"
OLD = "https://old.example/"

Tree = dict[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of an export; `changes` are the tool's own columns or elements, replaced."""

    number: int = 1
    title: str = "Fog over the bay"
    html: str = "<p>The fog came in at dawn and stayed.</p>"
    day: str = "2020-03-01"
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return f"entry-{self.number}"


class MemoryFiles:
    """Files of an export that are in memory."""

    def __init__(self, tree: Mapping[str, bytes]) -> None:
        self.tree = tree

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.tree))

    def open(self, name: str) -> IO[bytes]:
        return io.BytesIO(self.tree[name])

    def read(self, name: str) -> bytes:
        return self.tree[name]


def read(
    kind: str, tree: Mapping[str, bytes], **origin: Any
) -> tuple[list[ItemFound], ExportError | None]:
    """What a reader finds, and how it ended."""
    found: list[ItemFound] = []
    try:
        found.extend(read_export(kind, MemoryFiles(tree), Origin(site_url=SITE, **origin)))
    except ExportError as error:
        return found, error
    return found, None


def bare(value: Value) -> Any:
    if isinstance(value, Text):
        return value.text
    if isinstance(value, Items):
        return [bare(inner) for inner in value.values]
    assert isinstance(value, Table)
    return {key.text: bare(inner) for key, inner in value.pairs}


def told(item: ItemFound) -> dict[str, Any]:
    assert isinstance(item, Item), item
    return {key.text: bare(value) for key, value in item.fields}


def cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def wxr(
    entries: Sequence[Entry], *, more: str = "", version: str = "1.2", prefix: str = "wp"
) -> Tree:
    items = "".join(wxr_item(entry, prefix) for entry in entries)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- an export -->\n<rss version="2.0"\n'
        f' xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"\n'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"\n'
        f' xmlns:{prefix}="http://wordpress.org/export/{version}/">\n<channel>\n'
        f"<title>Old courier</title><link>{OLD}</link><language>en-GB</language>\n"
        f"<{prefix}:author><{prefix}:author_login>{cdata('ada')}</{prefix}:author_login>"
        f"<{prefix}:author_email>{cdata('ada@old.example')}</{prefix}:author_email>"
        f"<{prefix}:author_display_name>{cdata('Ada Example')}</{prefix}:author_display_name>"
        f"</{prefix}:author>\n{items}{more}</channel>\n</rss>\n"
    )
    return {"old.xml": text.encode()}


def wxr_item(entry: Entry, prefix: str = "wp") -> str:
    told: dict[str, Any] = {
        "title": entry.title,
        "link": f"{OLD}{entry.day.replace('-', '/')}/{entry.slug}/",
        "dc:creator": "ada",
        "guid": f"{OLD}?p={entry.number}",
        "content:encoded": entry.html,
        "excerpt:encoded": "",
        "wp:post_id": str(entry.number),
        "wp:post_date": f"{entry.day} 10:00:00",
        "wp:post_date_gmt": f"{entry.day} 03:00:00",
        "wp:post_modified_gmt": f"{entry.day} 03:00:20",
        "wp:post_name": entry.slug,
        "wp:status": "publish",
        "wp:post_type": "post",
        "wp:post_password": "",
        "categories": {"post_tag": ["boats", "weather, and more"], "category": ["News"]},
        "meta": {},
        "comments": "",
    } | dict(entry.changes)
    words = "".join(
        f'<category domain="{domain}" nicename="x">{cdata(word)}</category>\n'
        for domain, names in told.pop("categories").items()
        for word in names
    )
    meta = "".join(
        f"<{prefix}:postmeta><{prefix}:meta_key>{cdata(key)}</{prefix}:meta_key>"
        f"<{prefix}:meta_value>{cdata(value)}</{prefix}:meta_value></{prefix}:postmeta>\n"
        for key, value in told.pop("meta").items()
    )
    comments = told.pop("comments")
    parts = "".join(
        f"<{named}{attribute}>{cdata(value)}</{named}>\n"
        for key, value in told.items()
        if value is not None
        for named in [key.replace("wp:", f"{prefix}:")]
        for attribute in [' isPermaLink="false"' if key == "guid" else ""]
    )
    return f"<item>\n{parts}{words}{meta}{comments}</item>\n"


def ghost_id(number: int) -> str:
    """The id of a post, which Ghost's feed tells as its guid."""
    return f"5f9d{number:020x}"


def ghost(entries: Sequence[Entry]) -> Tree:
    posts = [
        {
            "id": ghost_id(entry.number),
            "uuid": f"00000000-0000-4000-8000-{entry.number:012d}",
            "title": entry.title,
            "slug": entry.slug,
            "html": entry.html,
            "lexical": "{}",
            "type": "post",
            "status": "published",
            "visibility": "public",
            "published_at": f"{entry.day}T03:00:00.000Z",
            "updated_at": f"{entry.day}T03:00:10.000Z",
            "feature_image": None,
            "canonical_url": None,
            "custom_excerpt": None,
            "locale": None,
        }
        | {k: v for k, v in entry.changes.items() if not k.startswith("meta:")}
        for entry in entries
    ]
    meta = [
        {"post_id": ghost_id(entry.number)}
        | {k[5:]: v for k, v in entry.changes.items() if k.startswith("meta:")}
        for entry in entries
    ]
    joined = [{"post_id": post["id"], "sort_order": order} for post in posts for order in (1, 0)]
    data = {
        "posts": posts,
        "posts_meta": meta,
        "tags": [
            {"id": "t0", "name": "boats", "visibility": "public"},
            {"id": "t1", "name": "weather, and more", "visibility": "public"},
            {"id": "t2", "name": "#for-us", "visibility": "internal"},
        ],
        "posts_tags": [one | {"tag_id": f"t{one['sort_order']}"} for one in joined]
        + [{"post_id": post["id"], "tag_id": "t2", "sort_order": 2} for post in posts],
        "users": [
            {"id": "u0", "name": "Ada Example", "email": "ada@old.example"},
            {"id": "u1", "name": "Bo Example", "email": "bo@old.example"},
        ],
        "posts_authors": [one | {"author_id": f"u{one['sort_order']}"} for one in joined],
        "settings": [{"key": "locale", "value": "en"}],
    }
    document = {"db": [{"meta": {"version": "5.90.0"}, "data": data}]}
    return {"courier.ghost.json": json.dumps(document).encode()}


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def substack(entries: Sequence[Entry]) -> Tree:
    rows = [
        {
            "post_id": f"{entry.number}.{entry.slug}",
            "post_date": f"{entry.day}T03:00:00.000Z",
            "is_published": "true",
            "email_sent_at": f"{entry.day}T03:00:00.000Z",
            "type": "newsletter",
            "audience": "everyone",
            "title": entry.title,
            "subtitle": "",
            "podcast_url": "",
        }
        | dict(entry.changes)
        for entry in entries
    ]
    texts = {
        f"posts/{row['post_id']}.html": e.html.encode()
        for row, e in zip(rows, entries, strict=True)
    }
    readers = {"email_list.courier.csv": b"email\r\nreader@private.example\r\n"}
    return {"posts.csv": as_csv(rows), **texts, **readers}


def medium(entries: Sequence[Entry]) -> Tree:
    tree = {"profile/profile.html": b"<html><body><h3>Ada</h3></body></html>"}
    for entry in entries:
        told: dict[str, Any] = {
            "before": f"{entry.day}_",
            "time": f"{entry.day}T03:00:00.000Z",
            "heading": True,
        } | dict(entry.changes)
        number = f"{entry.number:012x}"
        title = escape(entry.title)
        heading = f'<h3 class="graf graf--h3 graf--title">{title}</h3>' if told["heading"] else ""
        time = (
            f'<time class="dt-published" datetime="{told["time"]}">x</time>' if told["time"] else ""
        )
        tree[f"posts/{told['before']}{entry.slug}-{number}.html"] = (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
            f'<article class="h-entry"><header><h1 class="p-name">{title}</h1></header>'
            '<section data-field="body" class="e-content"><section class="section">'
            '<div class="section-divider"><hr class="section-divider"></div>'
            f'<div class="section-content">{heading}{entry.html}</div></section></section>'
            '<footer><p>By <a href="https://medium.com/@ada" class="p-author h-card">Ada'
            f" Example</a> on {time}.</p>"
            f'<p><a href="https://medium.com/@ada/{entry.slug}-{number}" class="p-canonical">'
            "Canonical</a></p></footer></article></body></html>"
        ).encode()
    return tree


def blogger(entries: Sequence[Entry]) -> Tree:
    parts = []
    for entry in entries:
        told: dict[str, Any] = {
            "kind": "post",
            "draft": "",
            "more": "",
        } | dict(entry.changes)
        control = "<app:control><app:draft>yes</app:draft></app:control>" if told["draft"] else ""
        kind = (
            '<category scheme="http://schemas.google.com/g/2005#kind"'
            f' term="http://schemas.google.com/blogger/2008/kind#{told["kind"]}"/>'
            if told["kind"]
            else ""
        )
        path = f"{entry.day[:4]}/{entry.day[5:7]}/{entry.slug}.html"
        parts.append(
            f"<entry><id>tag:blogger.com,1999:blog-1.post-{entry.number}</id>"
            f"<published>{entry.day}T10:00:00.000+07:00</published>"
            f"<updated>{entry.day}T10:00:09.000+07:00</updated>{kind}{control}"
            '<category scheme="http://www.blogger.com/atom/ns#" term="boats"/>'
            '<category scheme="http://www.blogger.com/atom/ns#" term="weather, and more"/>'
            f"<title type='text'>{escape(entry.title)}</title>"
            f"<content type='html'>{escape(entry.html)}</content>"
            f"<link rel='alternate' type='text/html' href='http://old.example/{path}'/>"
            "<author><name>Ada Example</name><email>noreply@blogger.com</email></author>"
            f"{told['more']}</entry>"
        )
    text = (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'"
        " xmlns:thr='http://purl.org/syndication/thread/1.0'"
        " xmlns:app='http://purl.org/atom/app#'"
        " xmlns:b='http://schemas.google.com/blogger/2018'>"
        f"<id>tag:blogger.com,1999:blog-1.archive</id><title>Old</title>{''.join(parts)}</feed>"
    )
    return {"blog-03-01-2020.xml": text.encode()}


def buttondown(entries: Sequence[Entry]) -> Tree:
    rows = [
        {
            "id": f"00000000-0000-4000-9000-{entry.number:012d}",
            "secondary_id": str(entry.number),
            "subject": entry.title,
            "publish_date": f"{entry.day} 03:00:00+00:00",
            "email_type": "public",
            "status": "sent",
            "slug": entry.slug,
        }
        | dict(entry.changes)
        for entry in entries
    ]
    texts = {
        f"emails/{row['slug']}.md": e.html.encode() for row, e in zip(rows, entries, strict=True)
    }
    return {"emails.csv": as_csv(rows), "subscribers.csv": b"email\r\nr@x.example\r\n", **texts}


MAIL = (
    '<html><head><style>p{{color:red}}</style></head><body><div style="display:none">Preview</div>'
    '<table role="presentation" width="100%"><tr><td><table><tr><td>{}</td></tr></table></td></tr>'
    '<tr><td><a href="https://old.example/unsubscribe?x=1">Unsubscribe</a>'
    '<img src="https://track.example/o.gif" width="1" height="1"></td></tr></table></body></html>'
)


def beehiiv(entries: Sequence[Entry]) -> Tree:
    rows = [
        {
            "id": f"post_{entry.number}",
            "web_title": entry.title,
            "status": "confirmed",
            "audience": "free",
            "content_tags": "boats;weather, and more",
            "url": f"{OLD}p/{entry.slug}",
            "web_subtitle": "",
            "email_subject_line": entry.title,
            "content_html": MAIL.format(entry.html),
            "thumbnail_url": "",
            "created_at": f"{entry.day} 03:00:00",
        }
        | dict(entry.changes)
        for entry in entries
    ]
    return {"posts.csv": as_csv(rows)}


MAKERS: Mapping[str, Callable[[Sequence[Entry]], Tree]] = {
    "wxr": wxr,
    "squarespace": wxr,
    "ghost": ghost,
    "substack": substack,
    "medium": medium,
    "blogger": blogger,
    "buttondown": buttondown,
    "beehiiv": beehiiv,
}

HIDDEN: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "wxr": (
        {"wp:status": "private"},
        {"wp:status": "trash"},
        {"wp:status": "inherit"},
        {"wp:status": ""},
        {"wp:status": None},
        {"wp:status": "draft"},
        {"wp:status": "pending"},
        {"wp:status": "acf-disabled"},
        {"wp:post_password": "secret"},
        {"wp:post_password": " "},
        {"wp:post_type": "page"},
        {"wp:post_type": "attachment"},
        {"wp:post_type": "nav_menu_item"},
        {"wp:post_type": None},
        {"meta": {"_jetpack_newsletter_access": "paid_subscribers"}},
        {"meta": {"_jetpack_memberships_contains_paywalled_content": "1"}},
        {"meta": {"_wpmem_block": "1"}},
        {"meta": {"_members_access_role": "editor"}},
        {"content:encoded": "<!-- wp:jetpack/paywall /-->zz-secret"},
        {"content:encoded": '<!-- wp:premium-content/container {"a":1} -->zz-secret'},
        {"meta": {"memberful_acl": 'a:1:{i:0;s:1:"7";}'}},
        {"content:encoded": "Free [members_only]zz-secret[/members_only]"},
        {"content:encoded": 'Free [membership level="1"]zz-secret[/membership]'},
        {"content:encoded": "[s2If current_user_can(access_s2member_level1)]zz-secret[/s2If]"},
        {"content:encoded": '[restrict paid="true"]zz-secret[/RESTRICT] and more'},
    ),
    "ghost": (
        {"visibility": "members"},
        {"visibility": "paid"},
        {"visibility": "tiers"},
        {"visibility": None},
        {"visibility": "status:free"},
        {"status": "draft"},
        {"status": "sent"},
        {"status": ""},
        {"type": "page"},
        {"type": "", "page": True},
        {"meta:email_only": True},
        {"meta:email_only": "1"},
        {"html": '<!--kg-gated-block:begin nonMember:false memberSegment:"x" -->zz-secret'},
        {
            "html": '<p>x</p><!--kg-gated-block:begin memberSegment:"status:-free" -->zz-secret'
            "<!--kg-gated-block:end-->"
        },
    ),
    "substack": (
        {"audience": "only_paid"},
        {"audience": "founding"},
        {"audience": "only_free"},
        {"audience": ""},
        {"is_published": "false"},
        {"is_published": ""},
        {"type": "thread"},
        {"type": "page"},
    ),
    "medium": (
        {"before": "draft_"},
        {"time": ""},
        {"heading": False},
    ),
    "blogger": (
        {"kind": "comment"},
        {"kind": "page"},
        {"kind": "settings"},
        {"kind": "template"},
        {"kind": ""},
        {"draft": "yes"},
        {"more": '<thr:in-reply-to ref="x"/>'},
        {"kind": "", "more": "<b:type>COMMENT</b:type>"},
        {"kind": "", "more": "<b:type>POST</b:type><b:status>DRAFT</b:status>"},
        {"kind": "", "more": "<b:type>POST</b:type><b:status>SOFT_TRASHED</b:status>"},
        {"kind": "", "more": "<b:type>PAGE</b:type><b:status>LIVE</b:status>"},
    ),
    "buttondown": (
        {"email_type": "private"},
        {"email_type": "premium"},
        {"email_type": "free"},
        {"email_type": ""},
        {"status": "draft"},
        {"status": "deleted"},
        {"status": "suppressed"},
    ),
    "beehiiv": (
        {"audience": "premium"},
        {"audience": "both"},
        {"audience": ""},
        {"audience": "", "web_audiences": "All premium subscribers"},
        {"audience": "All free subscribers, All premium subscribers"},
        {"status": "draft"},
        {"status": "archived"},
        {"status": ""},
    ),
}
"""Ways in which an entry is not for everybody, or is not finished, tool by tool."""


def export(kind: str, *entries: Entry) -> Tree:
    """The files of an export of a tool."""
    return MAKERS[kind](entries)


def as_zip(tree: Mapping[str, bytes], file: Path) -> Path:
    """The same as a zip file."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in tree.items():
            archive.writestr(name, data)
    return file


def as_folder(tree: Mapping[str, bytes], folder: Path) -> Path:
    """The same as a folder."""
    for name, data in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """The same with a few bytes changed, lost, doubled or cut off."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data) or 1)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randint(1, 200)]
            case 2:
                data[place:place] = data[: chance.randint(1, 300)]
            case 3:
                data = data[:place]
            case _:
                data[place:place] = chance.choice(
                    [b"<", b"]]>", b'"', b"\n", b"&x;", b"\0", b"{", b",", b"\xff"]
                )
        if not data:
            break
    return bytes(data)
