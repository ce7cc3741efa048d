"""The rules of the field over the bytes of a feed: written apart from the code that makes them.

`check_feed` names every rule that one document breaks; `disagreements` names what
RSS, Atom and JSON of one feed say differently. Each rule's source stands beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from tests.feed_reading import ATOM, CONTENT, LANG, Shown, read_feed, rfc822_time, text_of

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)\Z")
IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]+\Z')
WEB = re.compile(r"https?://[^\s<>\"{}|\\^`/]+[!-;=?-~]*\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+\Z")
UNSAFE_ELEMENTS = {"script", "form", "embed", "object", "style", "base", "meta", "link"}
JSON_ITEM = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image"),
    *("banner_image", "date_published", "date_modified", "authors", "tags", "language"),
    "attachments",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A broken rule and where."""

    rule: str
    place: str
    detail: str


@dataclass(slots=True)
class _Findings:
    found: list[Finding] = field(default_factory=list)

    def expect(self, holds: object, rule: str, place: str, detail: object = "") -> None:
        if not holds:
            self.found.append(Finding(rule=rule, place=place, detail=repr(detail)[:200]))


def check_feed(data: bytes, url: str) -> list[Finding]:
    """Every rule that a feed served at `url` breaks."""
    findings = _Findings()
    try:
        data.decode("utf-8")
        if data.lstrip().startswith(b"{"):
            _check_json(json.loads(data), url, findings)
        elif (root := etree.fromstring(data)).tag == ATOM + "feed":
            _check_atom(root, url, findings)
        else:
            _check_rss(root, data, url, findings)
        _check_entries(read_feed(data), findings)
    except (ValueError, KeyError, etree.XMLSyntaxError) as error:
        findings.expect(False, "readable", "feed", error)
    return findings.found


def disagreements(rss: bytes, atom: bytes, json_feed: bytes) -> list[Finding]:
    """What the three formats of one feed say differently."""
    findings = _Findings()
    shown = {"rss": read_feed(rss), "atom": read_feed(atom), "json": read_feed(json_feed)}
    ids = {name: [entry.id for entry in entries] for name, entries in shown.items()}
    findings.expect(
        ids["rss"] == ids["atom"] == ids["json"], "same-entries-same-order", "feed", ids
    )
    for r, a, j in zip(*shown.values(), strict=False):
        for name in (
            "url",
            "title",
            "content",
            "summary",
            "published",
            "authors",
            "tags",
            "language",
        ):
            values = [getattr(entry, name) for entry in (r, a, j)]
            findings.expect(values[0] == values[1] == values[2], f"same-{name}", a.id, values)
        findings.expect(a.updated == j.updated, "same-updated", a.id, (a.updated, j.updated))
        findings.expect(a.enclosures == j.enclosures, "same-enclosures", a.id, a.enclosures)
        played = [e for e in a.enclosures if e[1].startswith(("audio/", "video/"))]
        one = (played or list(a.enclosures))[:1]
        findings.expect(list(r.enclosures) == one, "same-enclosures", a.id, r.enclosures)
    return findings.found


# ---------------------------------------------------------------- Atom (RFC 4287)


def _check_atom(feed: etree._Element, url: str, findings: _Findings) -> None:
    for name in ("id", "title", "updated"):  # section 4.1.1
        findings.expect(_count(feed, ATOM + name) == 1, f"one-{name}", "feed")
    links = feed.findall(ATOM + "link")
    own = [link.get("href") for link in links if link.get("rel") == "self"]
    findings.expect(own == [url], "self-is-true", "feed", own)
    home = [link for link in links if link.get("rel") == "alternate"]  # written out: newsboat
    findings.expect(len(home) == 1 and home[0].get("type"), "one-typed-alternate", "feed")
    findings.expect(_count(feed, ATOM + "author") >= 1, "author", "feed")
    _check_language(feed.get(LANG), "feed", findings)
    updates = []
    for entry in feed.findall(ATOM + "entry"):
        place = text_of(entry, ATOM + "id")
        for name in ("id", "title", "updated"):  # section 4.1.2
            findings.expect(_count(entry, ATOM + name) == 1, f"one-{name}", place)
        _check_atom_links(entry, place, findings)
        for person in entry.findall(ATOM + "author"):  # section 3.2
            findings.expect(text_of(person, ATOM + "name"), "author-name", place)
            uri = text_of(person, ATOM + "uri")
            findings.expect(not uri or IRI.match(uri), "author-iri", place, uri)
        for tag in entry.findall(ATOM + "category"):
            findings.expect((tag.get("term") or "").strip(), "category-not-blank", place)
        body = [child.get("type") for child in entry.findall(ATOM + "content")]
        findings.expect(body in ([], ["html"]), "content-is-html", place, body)
        kinds = [entry.find(ATOM + n) for n in ("title", "summary")]
        plain = [e.get("type", "text") == "text" for e in kinds if e is not None]
        findings.expect(all(plain), "plain-title-and-summary", place)
        updates.append(text_of(entry, ATOM + "updated"))
        dates = (text_of(entry, ATOM + "published"), updates[-1])
        findings.expect(all(map(RFC3339.match, dates)), "rfc3339", place, dates)
        _check_language(entry.get(LANG), place, findings)
    newest = text_of(feed, ATOM + "updated")
    findings.expect(RFC3339.match(newest), "rfc3339", "feed", newest)
    moments = [datetime.fromisoformat(update) for update in updates]  # offsets differ
    is_newest = datetime.fromisoformat(newest) == max(moments) if moments else True
    findings.expect(is_newest, "feed-updated-is-newest", "feed", newest)


def _check_atom_links(entry: etree._Element, place: str, findings: _Findings) -> None:
    """RFC 4287 section 4.2.7: rel is written out, one alternate, an enclosure says what it is."""
    links = entry.findall(ATOM + "link")
    findings.expect(all(link.get("rel") for link in links), "link-rel-written", place)
    alternates = [link for link in links if link.get("rel") == "alternate"]
    findings.expect(len(alternates) == 1, "one-typed-alternate", place, len(alternates))
    for link in links:
        findings.expect(MEDIA_TYPE.match(link.get("type") or ""), "link-type", place, link.attrib)
        if link.get("rel") == "enclosure":
            findings.expect((link.get("length") or "").isdigit(), "enclosure-length", place)


# ---------------------------------------------------------------- RSS 2.0 and its Profile


def _check_rss(root: etree._Element, data: bytes, url: str, findings: _Findings) -> None:
    channel = root[0]
    for name in ("title", "link", "description"):
        one = _count(channel, name) == 1 and text_of(channel, name).strip()
        findings.expect(one, f"channel-{name}", "channel")
    home = text_of(channel, "link")
    findings.expect(WEB.match(home) and home != url, "channel-link-is-the-website", "channel", home)
    own = [e.get("href") for e in channel.findall(ATOM + "link") if e.get("rel") == "self"]
    findings.expect(own == [url], "self-is-true", "channel", own)
    titles = re.findall(rb"<title>([^<]*)</title>", data)
    hexadecimal = not any(b"&amp;" in title or b"&lt;" in title for title in titles)
    findings.expect(hexadecimal, "hexadecimal-in-titles", "channel")
    image = channel.find("image")
    if image is not None:
        same = [text_of(image, n) == text_of(channel, n) for n in ("title", "link")]
        findings.expect(all(same), "image-is-the-channel's", "channel")
    for mail in root.iter("author", "managingEditor", "webMaster"):
        findings.expect(re.match(r"\S+@\S+ \(.+\)\Z", mail.text or ""), "mail-and-name", "channel")
    if channel.find("language") is not None:
        _check_language(text_of(channel, "language"), "channel", findings)
    for date in root.iter("pubDate", "lastBuildDate"):
        findings.expect(_is_rfc822(date.text or ""), "rfc822", "channel", date.text)
    for entry in channel.findall("item"):
        _check_rss_entry(entry, findings)


def _check_rss_entry(entry: etree._Element, findings: _Findings) -> None:
    place = text_of(entry, "guid")
    for name in ("title", "link", "description", "guid", "pubDate"):
        findings.expect(_count(entry, name) == 1, f"one-{name}", place)
    findings.expect(text_of(entry, "description").strip(), "description-not-blank", place)
    permanent = {True: "true", False: "false"}[place == text_of(entry, "link")]
    guid = entry.find("guid")
    said = guid.get("isPermaLink") if guid is not None else None
    findings.expect(said == permanent, "guid-permalink", place, said)
    names = [child.tag for child in entry]
    if CONTENT in names:
        ordered = names.index("description") < names.index(CONTENT)
        findings.expect(ordered, "description-before-content", place)
    findings.expect(names.count("enclosure") <= 1, "one-enclosure", place)
    for enclosure in entry.findall("enclosure"):
        findings.expect((enclosure.get("length") or "").isdigit(), "enclosure-length", place)
        kind = enclosure.get("type") or ""
        findings.expect(MEDIA_TYPE.match(kind), "enclosure-type", place, kind)
    for tag in entry.findall("category"):
        findings.expect((tag.text or "").strip(), "category-not-blank", place)


def _is_rfc822(text: str) -> bool:
    """With the right weekday, which strptime does not look at, and four digits of year."""
    try:
        when = rfc822_time(text)
    except ValueError:
        return False
    return text[:3] == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.weekday()]


# ---------------------------------------------------------------- JSON Feed 1.1


def _check_json(feed: dict[str, Any], url: str, findings: _Findings) -> None:
    version = feed.get("version")
    findings.expect(version == "https://jsonfeed.org/version/1.1", "version", "feed", version)
    findings.expect(str(feed.get("title", "")).strip(), "title", "feed")
    findings.expect(feed.get("feed_url") == url, "self-is-true", "feed", feed.get("feed_url"))
    findings.expect(WEB.match(feed.get("home_page_url", "")), "home-page", "feed")
    findings.expect(feed.get("authors"), "author", "feed")
    findings.expect(isinstance(feed.get("items"), list), "items", "feed")
    if "language" in feed:
        _check_language(feed["language"], "feed", findings)
    for item in feed.get("items", []):
        place = item.get("id", "")
        findings.expect(isinstance(place, str) and place, "id-is-text", "item", place)
        findings.expect(item.keys() <= JSON_ITEM, "known-keys", place, item.keys() - JSON_ITEM)
        one = len({"content_html", "content_text"} & item.keys()) == 1
        findings.expect(one, "one-content", place)
        dates = (item.get("date_published", ""), item.get("date_modified", ""))
        findings.expect(all(map(RFC3339.match, dates)), "rfc3339", place, dates)
        findings.expect(
            all(author.get("name") for author in item.get("authors", [])), "author-name", place
        )
        tags = item.get("tags", [])
        findings.expect(
            all(isinstance(t, str) and t.strip() for t in tags), "category-not-blank", place
        )
        if "language" in item:
            _check_language(item["language"], place, findings)
        for attachment in item.get("attachments", []):
            kind = attachment.get("mime_type", "")
            findings.expect(MEDIA_TYPE.match(kind), "enclosure-type", place, kind)
            size = attachment.get("size_in_bytes", 1)
            findings.expect(isinstance(size, int) and size > 0, "enclosure-length", place, size)


# ---------------------------------------------------------------- what holds in every format


def _check_entries(entries: Sequence[Shown], findings: _Findings) -> None:
    ids = [entry.id for entry in entries]
    findings.expect(len(set(ids)) == len(ids), "ids-differ", "feed", ids)
    for entry in entries:
        findings.expect(IRI.match(entry.id), "id-is-iri", entry.id, entry.id)
        ordered = entry.updated is None or entry.published <= entry.updated
        findings.expect(ordered, "published-before-updated", entry.id, entry.updated)
        findings.expect(entry.title.strip(), "title-not-blank", entry.id)
        findings.expect(WEB.match(entry.url), "absolute-address", entry.id, entry.url)
        for address, _, _ in entry.enclosures:
            findings.expect(WEB.match(address), "absolute-address", entry.id, address)
        _check_html(entry, findings)


def _check_html(entry: Shown, findings: _Findings) -> None:
    if not entry.content.strip():
        return
    for element in lxml_html.fromstring(f"<div>{entry.content}</div>").iter(etree.Element):
        findings.expect(element.tag not in UNSAFE_ELEMENTS, "safe-html", entry.id, element.tag)
        handlers = [name for name in element.attrib if name.startswith("on")]
        findings.expect(not handlers, "safe-html", entry.id, handlers)
        for address in _references(element):
            known = IRI.match(address)
            findings.expect(known, "absolute-references", entry.id, address)


def _references(element: Any) -> Iterable[str]:
    for name in ("href", "src", "poster", "cite"):
        if element.get(name) is not None:
            yield element.get(name)
    for candidate in (element.get("srcset") or "").split(", "):
        if candidate.strip():
            yield candidate.split()[0]


def _check_language(tag: str | None, place: str, findings: _Findings) -> None:
    findings.expect(tag is None or LANGUAGE.match(tag), "bcp-47", place, tag)


def _count(parent: etree._Element, name: str) -> int:
    return len(parent.findall(name))
