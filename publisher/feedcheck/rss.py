"""PURE. The rules of RSS 2.0 and of its Best Practices Profile, over a parsed document."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.feedcheck.extensions import EVERYWHERE, RSS_ONLY
from publisher.feedcheck.finding import FEED, Report, name_place
from publisher.feedcheck.links import check_feed_links, check_link
from publisher.feedcheck.names import (
    ATOM,
    CHANNEL_ONCE,
    CONTENT,
    ITEM_ONCE,
    ITUNES,
    check_namespaces,
    shown,
)
from publisher.feedcheck.tree import (
    Check,
    Fault,
    Shape,
    add_faults,
    check_body,
    check_plain,
    check_text_only,
    shape_faults,
)
from publisher.feedcheck.values import (
    check_address,
    check_language,
    holds_mail,
    is_media_type,
    is_number,
    is_web,
    rfc822,
    same_address,
)

_ENCODED = CONTENT + "encoded"
_LINK = ATOM + "link"
_MAILBOX = re.compile(r"\S+@\S+ \(.+\)\Z", re.DOTALL)
_TITLE = re.compile(rb"<title>([^<]*)</title>")
_RESOLVED_TWICE = re.compile(rb"&(?:amp|lt|#38|#60);")
_NAMED = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);")
_DAYS = frozenset(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
)
_CLOUD = ("domain", "port", "path", "registerProcedure", "protocol")
_PODCAST = ("image", "category", "explicit")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shaped:
    """What is known of all items with the same children. -1 where there is no such child."""

    faults: tuple[Fault, ...]
    title: int
    link: int
    guid: int
    date: int
    texts: tuple[int, ...]
    categories: tuple[int, ...]
    others: tuple[tuple[int, Check], ...]


def check_rss(report: Report, root: Any, data: bytes) -> None:
    """Every rule that the document breaks. `data` is looked into for how titles are written."""
    check_namespaces(report, root)
    version = root.get("version", "")
    if version.strip() not in ("2.0", "2", "2.0.1", "2.00"):
        report.add("rss-version", root, f'version="{version}"')
    channels = root.findall("channel")
    if not channels:
        report.add("channel-missing", root)
    for channel in channels[1:]:
        report.add("repeated-element", channel, "channel")
    for item in root.findall("item")[:1]:
        report.add("item-outside-channel", item)
    if channels:
        _Channel(report, channels[0], data).check()


class _Channel:
    """The check of one channel."""

    def __init__(self, report: Report, channel: Any, data: bytes) -> None:
        self.report = report
        self.channel = channel
        self.data = data
        self.odd_titles: list[tuple[str, Any, str]] = []
        self.links: list[tuple[str, Any]] = []
        self.built: tuple[datetime, Any] | None = None

    def check(self) -> None:
        """Hold the channel and all its items against the rules."""
        head, items = [], []
        for child in self.channel:
            (items if child.tag == "item" else head).append(child)
        self._check_head(head)
        shapes: dict[Shape, _Shaped] = {}
        guids: set[str] = set()
        times = [
            self._check_item(item, number, shapes, guids) for number, item in enumerate(items, 1)
        ]
        self.report.place = FEED
        self._check_times([time for time in times if time is not None])
        self._check_odd_titles()

    # ------------------------------------------------------------ the channel's own elements

    def _check_head(self, head: Sequence[Any]) -> None:
        report, channel = self.report, self.channel
        shape = tuple([child.tag for child in head])
        add_faults(report, channel, head, shape_faults(shape, "channel", CHANNEL_ONCE))
        for tag, rule in (
            ("title", "title-missing"),
            ("link", "channel-link-missing"),
            ("description", "description-missing"),
        ):
            if tag not in shape:
                report.add(rule, channel)
        for child in head:
            check = _HEAD.get(child.tag)
            if check is not None:
                check(self, child)
            elif child.tag in RSS_ONLY:
                RSS_ONLY[child.tag](report, child)
            elif child.tag in EVERYWHERE:
                EVERYWHERE[child.tag](report, child)
        own = check_feed_links(report, channel, self.links)
        link = channel.find("link")
        home = _stripped(link) if link is not None else ""
        if home and any(same_address(home, it) for it in (own, report.url) if it):
            report.add("home-is-the-feed", link, home)
        if any(ITUNES + name in shape for name in (*_PODCAST, "owner", "type")):
            missing = [f"itunes:{n}" for n in _PODCAST if ITUNES + n not in shape]
            missing += [] if "language" in shape else ["language"]
            if missing:
                report.add("itunes-required-missing", channel, ", ".join(missing))

    def title(self, element: Any) -> None:
        """A title says something, in plain text."""
        check_text_only(self.report, element)
        text = element.text or ""
        if not text.strip() and not len(element):
            self.report.add("blank-value", element, "title")
        elif "&" in text or "<" in text:
            self.odd_titles.append((self.report.place, element, text))

    def text(self, element: Any) -> None:
        """What has to say something says it."""
        if len(element):
            check_text_only(self.report, element)
        elif not (element.text or "").strip():
            self.report.add("blank-value", element, element.tag)

    def address(self, element: Any) -> None:
        """A link of RSS's own: its text."""
        text = _stripped(element)
        if text:
            check_address(self.report, text, element)
        else:
            self.report.add("blank-value", element, element.tag)

    def atom_link(self, element: Any) -> None:
        """A link of Atom's."""
        self.links.append((check_link(self.report, element, based=False), element))

    def language(self, element: Any) -> None:
        """The channel's language."""
        text = _stripped(element)
        if text:
            check_language(self.report, text, element)
        else:
            self.report.add("blank-value", element, "language")

    def mailbox(self, element: Any) -> None:
        """author, managingEditor, webMaster: a mail address and a name."""
        text = _stripped(element)
        if not text:
            self.report.add("blank-value", element, element.tag)
        elif not holds_mail(text):
            self.report.add("author-without-mailbox", element, text)
        elif not _MAILBOX.match(text):
            self.report.add("mailbox-without-name", element, text)

    def date(self, element: Any) -> datetime | None:
        """A date in the form of RFC 822."""
        text = _stripped(element)
        when, rule = rfc822(text)
        if rule:
            self.report.add(rule, element, f'{element.tag} "{text}"')
        if when is not None and self.report.now is not None:
            self.report.date(when, element, text)
        return when

    def built_date(self, element: Any) -> None:
        """When the channel was last changed."""
        when = self.date(element)
        if when is not None:
            self.built = (when, element)

    def ttl(self, element: Any) -> None:
        """Minutes."""
        if not is_number(_stripped(element)):
            self.report.add("ttl-invalid", element, _stripped(element))

    def skipped(self, element: Any) -> None:
        """skipHours and skipDays."""
        values = [_stripped(child) for child in element]
        if element.tag == "skipHours":
            good = all(is_number(value) and int(value[:3]) <= 24 for value in values)
        else:
            good = _DAYS.issuperset(values)
        if not good or len(set(values)) < len(values):
            self.report.add("skip-invalid", element, ", ".join(values))

    def cloud(self, element: Any) -> None:
        """rssCloud."""
        missing = [name for name in _CLOUD if element.get(name) is None]
        if missing:
            self.report.add("cloud-incomplete", element, ", ".join(missing))

    def text_input(self, element: Any) -> None:
        """An element that nobody should use."""
        self.report.add("text-input", element)

    def image(self, element: Any) -> None:
        """The channel's picture."""
        texts = {child.tag: _stripped(child) for child in element}
        missing = [name for name in ("url", "title", "link") if not texts.get(name)]
        if missing:
            self.report.add("image-incomplete", element, ", ".join(missing))
        if texts.get("url"):
            check_address(self.report, texts["url"], element.find("url"))
        for name in ("title", "link"):
            channels = self.channel.find(name)
            if channels is not None and texts.get(name) and texts[name] != _stripped(channels):
                self.report.add("image-differs", element.find(name), texts[name])
        for name, most in (("width", 144), ("height", 400)):
            size = texts.get(name)
            if size is not None and not (is_number(size) and 0 < int(size[:9]) <= most):
                self.report.add("image-size-invalid", element.find(name), f"{name} {size}")

    def category(self, element: Any) -> None:
        """A category says something."""
        text = element.text
        if not text or text.isspace():
            self.report.add("category-blank", element)

    def _check_times(self, times: Sequence[datetime]) -> None:
        if self.built is None or not times:
            return
        (built, element), newest = self.built, max(times)
        if built < newest:
            self.report.add("updated-behind-entries", element, f"{built} < {newest}")

    # ------------------------------------------------------------ items

    def _check_item(
        self, item: Any, number: int, shapes: dict[Shape, _Shaped], guids: set[str]
    ) -> datetime | None:
        report = self.report
        children = list(item)
        shape = tuple([child.tag for child in children])
        shaped = shapes.get(shape)
        if shaped is None:
            shaped = shapes[shape] = _shaped(shape)
        guid = children[shaped.guid] if shaped.guid >= 0 else None
        text = _stripped(guid) if guid is not None else ""
        report.place = text or name_place(
            number,
            (children[shaped.link].text or "") if shaped.link >= 0 else "",
            (children[shaped.title].text or "") if shaped.title >= 0 else "",
        )
        if shaped.faults:
            add_faults(report, item, children, shaped.faults)
        if guid is not None:
            self._check_guid(guid, text, guids)
        if shaped.title >= 0:
            self.title(children[shaped.title])
        if shaped.link >= 0:
            self.address(children[shaped.link])
        when = self.date(children[shaped.date]) if shaped.date >= 0 else None
        for at in shaped.texts:
            element = children[at]
            body = element.text
            if len(element):
                check_text_only(report, element)
            elif not body or body.isspace():
                report.add("blank-value", element, shown(element.tag))
            elif "<" in body:
                check_body(report, element, body)
        for at in shaped.categories:
            self.category(children[at])
        for at, check in shaped.others:
            check(self, children[at])
        return when

    def _check_guid(self, guid: Any, text: str, guids: set[str]) -> None:
        said = guid.get("isPermaLink", "true")
        if not text:
            self.report.add("blank-value", guid, "guid")
        elif said == "true" and not is_web(text):
            self.report.add("guid-not-permalink", guid, text)
        elif text in guids:
            self.report.add("id-repeated", guid, text)
        if said not in ("true", "false"):
            self.report.add("boolean-invalid", guid, f'isPermaLink="{said}"')
        guids.add(text)

    def enclosure(self, element: Any) -> None:
        """A media file: address, length and type."""
        attributes = element.attrib
        url = attributes.get("url", "").strip()
        if not url:
            self.report.add("enclosure-url-missing", element)
        elif check_address(self.report, url, element) and not is_web(url):
            self.report.add("enclosure-not-web", element, url)
        length = attributes.get("length")
        if length is None:
            self.report.add("enclosure-length-missing", element, url)
        elif not is_number(length.strip()):
            self.report.add("enclosure-length-invalid", element, f'length="{length}"')
        media_type = attributes.get("type")
        if not media_type:
            self.report.add("enclosure-type-missing", element, url)
        elif not is_media_type(media_type):
            self.report.add("media-type-invalid", element, f'type="{media_type}"')

    def source(self, element: Any) -> None:
        """Where an item came from."""
        url = element.get("url", "").strip()
        if url:
            check_address(self.report, url, element)
        else:
            self.report.add("source-without-url", element)

    def item_link(self, element: Any) -> None:
        """A link of Atom's within an item."""
        check_link(self.report, element, based=False)

    # ------------------------------------------------------------ how titles are written

    def _check_odd_titles(self) -> None:
        """Titles with < or & are read alike only where these are hexadecimal references."""
        if not self.odd_titles:
            return
        sound = {
            html.unescape(title.decode("utf-8", "replace"))
            for title in _TITLE.findall(self.data)
            if not _RESOLVED_TWICE.search(title)
        }
        for place, element, text in self.odd_titles:
            if text in sound:
                continue
            self.report.place = place
            before = len(self.report.found)
            check_plain(self.report, element, text, "title")
            if len(self.report.found) == before and ("<" in text or _NAMED.search(text)):
                self.report.add("title-not-hexadecimal", element, text)
        self.report.place = FEED


def _stripped(element: Any) -> str:
    return (element.text or "").strip()


def _of_extension(check: Check) -> Check:
    return lambda channel, element: check(channel.report, element)  # type: ignore[attr-defined]  # a _Channel, as for the others


_HEAD: Mapping[str, Any] = {
    "title": _Channel.title,
    "description": _Channel.text,
    "link": _Channel.address,
    "docs": _Channel.address,
    _LINK: _Channel.atom_link,
    "language": _Channel.language,
    "managingEditor": _Channel.mailbox,
    "webMaster": _Channel.mailbox,
    "pubDate": _Channel.date,
    "lastBuildDate": _Channel.built_date,
    "ttl": _Channel.ttl,
    "skipHours": _Channel.skipped,
    "skipDays": _Channel.skipped,
    "cloud": _Channel.cloud,
    "textInput": _Channel.text_input,
    "image": _Channel.image,
    "category": _Channel.category,
}
_OTHERS: Mapping[str, Any] = {
    "author": _Channel.mailbox,
    "comments": _Channel.address,
    "enclosure": _Channel.enclosure,
    "source": _Channel.source,
    _LINK: _Channel.item_link,
    **{tag: _of_extension(check) for tag, check in {**RSS_ONLY, **EVERYWHERE}.items()},
}


def _shaped(shape: Shape) -> _Shaped:
    def first(tag: str) -> int:
        return shape.index(tag) if tag in shape else -1

    faults = shape_faults(shape, "item", ITEM_ONCE)
    if "title" not in shape and "description" not in shape:
        faults.append(("title-or-description-missing", -1, ""))
    for tag, rule in (
        ("guid", "guid-missing"),
        ("title", "entry-title-missing"),
        ("link", "entry-link-missing"),
        ("pubDate", "date-missing"),
    ):
        if tag not in shape:
            faults.append((rule, -1, ""))
    if _ENCODED in shape and "description" in shape[shape.index(_ENCODED) :]:
        faults.append(("description-after-content", shape.index("description"), ""))
    if shape.count("enclosure") > 1:
        second = shape.index("enclosure", shape.index("enclosure") + 1)
        faults.append(("enclosure-repeated", second, f"{shape.count('enclosure')} enclosures"))
    return _Shaped(
        faults=tuple(faults),
        title=first("title"),
        link=first("link"),
        guid=first("guid"),
        date=first("pubDate"),
        texts=tuple(at for at, tag in enumerate(shape) if tag in ("description", _ENCODED)),
        categories=tuple(at for at, tag in enumerate(shape) if tag == "category"),
        others=tuple((at, _OTHERS[tag]) for at, tag in enumerate(shape) if tag in _OTHERS),
    )
