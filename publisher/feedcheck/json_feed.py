"""PURE. The rules of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/) over a read document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from publisher.feedcheck.finding import FEED, Report, name_place
from publisher.feedcheck.tree import check_body, check_plain
from publisher.feedcheck.values import (
    check_address,
    check_language,
    is_media_type,
    rfc3339,
    same_address,
)

VERSIONS = ("https://jsonfeed.org/version/1.1", "https://jsonfeed.org/version/1")

_TEXT = (str,)
_NUMBER = (int, float)
Types = Mapping[str, tuple[type, ...]]
_FEED: Types = {
    **dict.fromkeys(("version", "title", "home_page_url", "feed_url", "description"), _TEXT),
    **dict.fromkeys(("user_comment", "next_url", "icon", "favicon", "language"), _TEXT),
    "author": (dict,),
    "authors": (list,),
    "expired": (bool,),
    "hubs": (list,),
    "items": (list,),
}
_ITEM: Types = {
    **dict.fromkeys(("id", "url", "external_url", "title", "content_html", "content_text"), _TEXT),
    **dict.fromkeys(("summary", "image", "banner_image", "date_published"), _TEXT),
    **dict.fromkeys(("date_modified", "language"), _TEXT),
    "author": (dict,),
    "authors": (list,),
    "tags": (list,),
    "attachments": (list,),
}
_AUTHOR: Types = dict.fromkeys(("name", "url", "avatar"), _TEXT)
_HUB: Types = dict.fromkeys(("type", "url"), _TEXT)
_ATTACHMENT: Types = {
    **dict.fromkeys(("url", "mime_type", "title"), _TEXT),
    **dict.fromkeys(("size_in_bytes", "duration_in_seconds"), _NUMBER),
}
_NAMES = {str: "text", list: "a list", dict: "an object", bool: "true or false", int: "a number"}
_MAY_BE_BLANK = frozenset({"content_html", "content_text"})
_FEED_ADDRESSES = ("home_page_url", "feed_url", "next_url", "icon", "favicon")
_ITEM_ADDRESSES = frozenset({"url", "external_url", "image", "banner_image"})

Fault = tuple[str, str]
_Shape = tuple[tuple[str, ...], tuple[type, ...]]
"""The keys of an object and the types of their values: items of a feed have few of them."""


def check_json(report: Report, feed: Mapping[str, Any]) -> None:
    """Every rule that the document breaks."""
    report.notes["shapes"] = {}
    good = _known_values(report, feed, _FEED, "feed")
    version = feed.get("version")
    if "version" not in feed or ("version" in good and version not in VERSIONS):
        report.add("json-version", detail=repr(version))
    if "title" not in feed:
        report.add("title-missing")
    if "items" not in feed:
        report.add("items-missing")
    for name in _FEED_ADDRESSES:
        if good.get(name):
            check_address(report, good[name], None)
    if "home_page_url" not in feed:
        report.add("home-page-missing")
    elif any(
        same_address(good.get("home_page_url", ""), it)
        for it in (good.get("feed_url"), report.url)
        if it
    ):
        report.add("home-is-the-feed", detail=good["home_page_url"])
    _check_own_address(report, good)
    _check_people(report, feed, good)
    if version == VERSIONS[0] and "author" in feed and "authors" not in feed:
        report.add("author-deprecated")
    if good.get("language"):
        check_language(report, good["language"], None)
    _Items(report).check(good.get("items", ()))


def _check_own_address(report: Report, good: Mapping[str, Any]) -> None:
    own = good.get("feed_url")
    if not own:
        report.add("self-link-missing")
    elif report.url is not None and not same_address(own, report.url):
        report.add("self-link-wrong", detail=f"{own}, read from {report.url}")
    if good.get("next_url") and good["next_url"] in (own, report.url):
        report.add("next-url-is-itself", detail=good["next_url"])
    for hub in good.get("hubs", ()):
        if not isinstance(hub, dict):
            report.add("json-type", detail="a hub is an object")
            continue
        values = _known_values(report, hub, _HUB, "hub")
        if not (values.get("type") and values.get("url")):
            report.add("hub-incomplete", detail=repr(hub))
        else:
            check_address(report, values["url"], None)
    if good.get("hubs") and not own:
        report.add("hub-without-self")


def _check_people(report: Report, holder: Mapping[str, Any], good: Mapping[str, Any]) -> None:
    people = list(good.get("authors", ()))
    if "author" in good and "authors" not in holder:
        people.append(good["author"])
    for person in people:
        if not isinstance(person, dict):
            report.add("json-type", detail="an author is an object")
            continue
        values = _known_values(report, person, _AUTHOR, "author")
        if not any(values.get(name) for name in _AUTHOR):
            report.add("author-empty", detail=repr(person))
        for name in ("url", "avatar"):
            if values.get(name):
                check_address(report, values[name], None)


def _known_values(
    report: Report, holder: Mapping[str, Any], types: Types, what: str
) -> Mapping[str, Any]:
    """The values that have the type of their key; reports the others."""
    shape = (what, tuple(holder), tuple([type(value) for value in holder.values()]))
    shapes = report.notes["shapes"]
    faults = shapes.get(shape)
    if faults is None:
        faults = shapes[shape] = _shape_faults(shape[1], shape[2], types, what)
    for rule, detail in faults:
        report.add(rule, detail=detail)
    good = _typed(holder, types) if faults else holder
    if "" in good.values():
        for key, value in good.items():
            if value == "" and key not in _MAY_BE_BLANK:
                report.add("blank-value", detail=f"{key} of {what}")
    return good


def _shape_faults(
    keys: Sequence[str], found: Sequence[type], types: Types, what: str
) -> Sequence[Fault]:
    faults: list[Fault] = []
    for key, kind in zip(keys, found, strict=True):
        wanted = types.get(key)
        if wanted is None:
            if not key.startswith("_"):
                faults.append(("json-key-unknown", f"{key} of {what}"))
        elif kind not in wanted:
            is_ = "null" if kind is type(None) else _NAMES.get(kind, kind.__name__)
            faults.append(("json-type", f"{key} of {what} is {is_}, not {_NAMES[wanted[0]]}"))
    return faults


class _Items:
    """The check of all items, and the shapes of items met so far."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.shapes: dict[_Shape, Sequence[Fault]] = {}
        self.ids: set[str] = set()

    def check(self, items: Sequence[Any]) -> None:
        """Hold each against the rules."""
        for number, item in enumerate(items, 1):
            if isinstance(item, dict):
                self._check_item(item, number)
            else:
                self.report.place = f"entry {number}"
                self.report.add("json-type", detail="an item is an object")
        self.report.place = FEED

    def _check_item(self, item: dict[str, Any], number: int) -> None:
        report = self.report
        given = item.get("id")
        if type(given) is str and given and not given.isspace():
            report.place = given
            if given in self.ids:
                report.add("id-repeated", detail=given)
            self.ids.add(given)
        else:
            names = [item.get(name) for name in ("url", "title")]
            report.place = name_place(number, *[n for n in names if isinstance(n, str)])
            if given is None or isinstance(given, str):
                report.add("id-missing")
        shape = (tuple(item), tuple([type(value) for value in item.values()]))
        faults = self.shapes.get(shape)
        if faults is None:
            faults = self.shapes[shape] = _item_faults(shape)
        for rule, detail in faults:
            report.add(rule, detail=detail)
        self._check_values(_typed(item, _ITEM) if faults else item)

    def _check_values(self, item: Mapping[str, Any]) -> None:
        """Hold values of the right types against the rules."""
        report = self.report
        for key, value in item.items():
            if value == "":
                if key not in _MAY_BE_BLANK and key != "id":
                    report.add("blank-value", detail=key)
            elif key in _ITEM_ADDRESSES:
                check_address(report, value, None)
            elif key == "content_html":
                if "<" in value:
                    check_body(report, None, value)
            elif key in ("title", "summary"):
                if "<" in value or (key == "title" and "&" in value):
                    check_plain(report, None, value, key)
            elif key == "language":
                check_language(report, value, None)
        self._check_dates(item)
        self._check_lists(item)

    def _check_dates(self, item: Mapping[str, Any]) -> None:
        published, modified = item.get("date_published"), item.get("date_modified")
        first = self._date("date_published", published) if published else None
        last = self._date("date_modified", modified) if modified else None
        if first is not None and last is not None and first > last:
            self.report.add("published-after-updated", detail=f"{first} > {last}")

    def _check_lists(self, item: Mapping[str, Any]) -> None:
        for tag in item.get("tags", ()):
            if not isinstance(tag, str):
                self.report.add("json-type", detail="a tag is text")
            elif not tag or tag.isspace():
                self.report.add("category-blank")
        for attachment in item.get("attachments", ()):
            self._check_attachment(attachment)
        if "authors" in item or "author" in item:
            _check_people(self.report, item, item)

    def _date(self, key: str, text: str) -> datetime | None:
        when = rfc3339(text)
        if when is None:
            self.report.add("date-invalid", detail=f'{key} "{text}"')
        elif self.report.now is not None:
            self.report.date(when, None, text)
        return when

    def _check_attachment(self, attachment: Any) -> None:
        report = self.report
        if not isinstance(attachment, dict):
            report.add("json-type", detail="an attachment is an object")
            return
        values = _known_values(report, attachment, _ATTACHMENT, "attachment")
        if "url" not in attachment:
            report.add("enclosure-url-missing")
        elif values.get("url"):
            check_address(report, values["url"], None)
        media_type = values.get("mime_type")
        if "mime_type" not in attachment:
            report.add("enclosure-type-missing", detail=values.get("url", ""))
        elif media_type and not is_media_type(media_type):
            report.add("media-type-invalid", detail=media_type)
        size = values.get("size_in_bytes", 0)
        if size < 0 or size != int(size):
            report.add("enclosure-length-invalid", detail=f"size_in_bytes {size}")


def _item_faults(shape: _Shape) -> Sequence[Fault]:
    keys, types = shape
    faults = list(_shape_faults(keys, types, _ITEM, "item"))
    if "content_html" not in keys and "content_text" not in keys:
        faults.append(("content-missing", ""))
    for key, rule in (
        ("title", "entry-title-missing"),
        ("url", "entry-link-missing"),
        ("date_published", "date-missing"),
    ):
        if key not in keys:
            faults.append((rule, ""))
    return faults


def _typed(holder: Mapping[str, Any], types: Types) -> Mapping[str, Any]:
    return {key: value for key, value in holder.items() if type(value) in types.get(key, ())}
