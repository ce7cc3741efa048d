"""PURE. The elements of RSS 2.0 by their own rules, one function for each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from publisher.feedcheck.extensions import EVERYWHERE, RSS_ONLY
from publisher.feedcheck.finding import Report
from publisher.feedcheck.links import check_link
from publisher.feedcheck.names import ATOM
from publisher.feedcheck.tree import Check, check_text_only
from publisher.feedcheck.values import (
    check_address,
    check_language,
    holds_mail,
    is_mail,
    is_media_type,
    is_number,
    is_web,
    rfc822,
)

_DAYS = frozenset({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"})
_CLOUD = ("domain", "port", "path", "registerProcedure", "protocol")


def stripped(element: Any) -> str:
    """The text of an element without the white space that feed readers drop."""
    return (element.text or "").strip()


def check_title(report: Report, element: Any) -> None:
    """A title says something; one with < or & is noted, to see how it is written."""
    text = element.text or ""
    if len(element):
        check_text_only(report, element)
    elif not text or text.isspace():
        report.add("blank-value", element, "title")
    elif "&" in text or "<" in text:
        report.notes["odd titles"].append((report.place, element, text))


def check_said(report: Report, element: Any) -> None:
    """What has to say something says it."""
    if len(element):
        check_text_only(report, element)
    elif not stripped(element):
        report.add("blank-value", element, element.tag)


def check_link_text(report: Report, element: Any) -> None:
    """A link of RSS's own: its text."""
    text = stripped(element)
    if text:
        check_address(report, text, element)
    else:
        report.add("blank-value", element, element.tag)


def check_date(report: Report, element: Any) -> datetime | None:
    """A date in the form of RFC 822."""
    text = stripped(element)
    when, rule = rfc822(text)
    if rule:
        report.add(rule, element, f'{element.tag} "{text}"')
    if when is not None and report.now is not None:
        report.date(when, element, text)
    return when


def check_category(report: Report, element: Any) -> None:
    """A category says something."""
    text = element.text
    if not text or text.isspace():
        report.add("category-blank", element)


def _atom_link(report: Report, element: Any) -> None:
    check_link(report, element, based=False)


def _feed_link(report: Report, element: Any) -> None:
    report.notes["links"].append((check_link(report, element, based=False), element))


def _built(report: Report, element: Any) -> None:
    when = check_date(report, element)
    if when is not None:
        report.notes["built"] = (when, element)


def _language(report: Report, element: Any) -> None:
    text = stripped(element)
    if text:
        check_language(report, text, element)
    else:
        report.add("blank-value", element, "language")


def _mailbox(report: Report, element: Any) -> None:
    """author, managingEditor, webMaster: a mail address and a name."""
    text = stripped(element)
    if not text:
        report.add("blank-value", element, element.tag)
    elif not holds_mail(text):
        report.add("author-without-mailbox", element, text)
    elif is_mail(text):
        report.add("mailbox-without-name", element, text)


def _ttl(report: Report, element: Any) -> None:
    if not is_number(stripped(element)):
        report.add("ttl-invalid", element, stripped(element))


def _skipped(report: Report, element: Any) -> None:
    values = [stripped(child) for child in element]
    if element.tag == "skipHours":
        good = all(is_number(value) and int(value[:9]) <= 23 for value in values)
    else:
        good = _DAYS.issuperset(values)
    if not good or len(set(values)) < len(values):
        report.add("skip-invalid", element, ", ".join(values))


def _cloud(report: Report, element: Any) -> None:
    missing = [name for name in _CLOUD if element.get(name) is None]
    if missing:
        report.add("cloud-incomplete", element, ", ".join(missing))


def _text_input(report: Report, element: Any) -> None:
    report.add("text-input", element)


def _image(report: Report, element: Any) -> None:
    texts = {child.tag: stripped(child) for child in element}
    missing = [name for name in ("url", "title", "link") if not texts.get(name)]
    if missing:
        report.add("image-incomplete", element, ", ".join(missing))
    if texts.get("url"):
        check_address(report, texts["url"], element.find("url"))
    channel = element.getparent()
    for name in ("title", "link"):
        theirs = channel.find(name)
        if theirs is not None and texts.get(name) and texts[name] != stripped(theirs):
            report.add("image-differs", element.find(name), texts[name])
    for name, most in (("width", 144), ("height", 400)):
        size = texts.get(name)
        if size is not None and not (is_number(size) and 0 < int(size[:9]) <= most):
            report.add("image-size-invalid", element.find(name), f"{name} {size}")


def _enclosure(report: Report, element: Any) -> None:
    """A media file: address, length and type."""
    attributes = dict(element.items())
    url = attributes.get("url", "").strip()
    if not url:
        report.add("enclosure-url-missing", element)
    elif check_address(report, url, element) and not is_web(url):
        report.add("enclosure-not-web", element, url)
    length = attributes.get("length")
    if length is None:
        report.add("enclosure-length-missing", element, url)
    elif not is_number(length.strip()):
        report.add("enclosure-length-invalid", element, f'length="{length}"')
    media_type = attributes.get("type")
    if not media_type:
        report.add("enclosure-type-missing", element, url)
    elif not is_media_type(media_type):
        report.add("media-type-invalid", element, f'type="{media_type}"')


def _source(report: Report, element: Any) -> None:
    url = element.get("url", "").strip()
    if url:
        check_address(report, url, element)
    else:
        report.add("source-without-url", element)


CHANNEL: Mapping[str, Check] = {
    **RSS_ONLY,
    **EVERYWHERE,
    "title": check_title,
    "description": check_said,
    "link": check_link_text,
    "docs": check_link_text,
    ATOM + "link": _feed_link,
    "language": _language,
    "managingEditor": _mailbox,
    "webMaster": _mailbox,
    "pubDate": check_date,
    "lastBuildDate": _built,
    "ttl": _ttl,
    "skipHours": _skipped,
    "skipDays": _skipped,
    "cloud": _cloud,
    "textInput": _text_input,
    "image": _image,
    "category": check_category,
}
"""What to ask of the children of the channel. It leaves notes: links, built, odd titles."""
ITEM: Mapping[str, Check] = {
    **RSS_ONLY,
    **EVERYWHERE,
    "link": check_link_text,
    "category": check_category,
    "author": _mailbox,
    "comments": check_link_text,
    "enclosure": _enclosure,
    "source": _source,
    ATOM + "link": _atom_link,
}
"""What to ask of the children of an item, but for those that are looked at together."""
