"""PURE. The elements of extensions by their own rules: Media RSS, podcasts, Syndication."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from publisher.feedcheck.finding import Report
from publisher.feedcheck.names import DC, ITUNES, MEDIA, PODCAST, PODCAST_BEFORE, SY, shown
from publisher.feedcheck.tree import Check
from publisher.feedcheck.values import (
    address_fault,
    check_address,
    check_language,
    is_media_type,
    is_number,
)
from publisher.patterns import pattern

_DURATION = r"\d+(?:\.\d+)?|\d+:[0-5]?\d(?::[0-5]?\d)?"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_MEDIUMS = frozenset({"image", "audio", "video", "document", "executable"})
_PERIODS = frozenset({"hourly", "daily", "weekly", "monthly", "yearly"})


def _one_of(rule: str, choice: str) -> Check:
    """The text matches a pattern."""
    wanted = pattern(rf"(?:{choice})\Z", re.IGNORECASE | re.ASCII)

    def check(report: Report, element: Any) -> None:
        text = (element.text or "").strip()
        if not text:
            report.add("blank-value", element, shown(element.tag))
        elif not wanted.match(text):
            report.add(rule, element, f'{shown(element.tag)} "{text}"')

    return check


def _attributes(*names: str, types: bool = False) -> Check:
    """The attributes are there; `url` is an address and, with `types`, `type` a media type."""

    def check(report: Report, element: Any) -> None:
        for name in names:
            if not element.get(name, "").strip():
                report.add("podcast-attribute-missing", element, f"{shown(element.tag)} {name}")
            elif name == "url":
                check_address(report, element.get(name).strip(), element)
        if types and element.get("type") and not is_media_type(element.get("type")):
            report.add("media-type-invalid", element, f'type="{element.get("type")}"')

    return check


def _not_blank(report: Report, element: Any) -> None:
    if not (element.text or "").strip():
        report.add("blank-value", element, shown(element.tag))


def _itunes_image(report: Report, element: Any) -> None:
    href = element.get("href", "").strip()
    if address_fault(href):
        report.add("itunes-image-invalid", element, f'href="{href}"')


def _itunes_owner(report: Report, element: Any) -> None:
    if not (element.findtext(ITUNES + "email") or "").strip():
        report.add("itunes-owner-without-mail", element)


def _itunes_category(report: Report, element: Any) -> None:
    for category in element.iter(ITUNES + "category"):
        if not category.get("text", "").strip():
            report.add("category-blank", category, "itunes:category")


def _thumbnail(report: Report, element: Any) -> None:
    attributes = dict(element.items())
    url = attributes.get("url")
    if not url:
        report.add("media-url-missing", element, shown(element.tag))
    else:
        check_address(report, url.strip(), element)
    for name in ("width", "height"):
        if name in attributes and not is_number(attributes[name]):
            report.add("media-value-invalid", element, f'{name}="{attributes[name]}"')


def _media_content(report: Report, element: Any) -> None:
    attributes = dict(element.items())
    url = attributes.get("url", "").strip()
    if url:
        check_address(report, url, element)
    elif element.find(MEDIA + "player") is None:
        report.add("media-url-missing", element, shown(element.tag))
    for name in ("width", "height", "fileSize"):
        if name in attributes and not is_number(attributes[name]):
            report.add("media-value-invalid", element, f'{name}="{attributes[name]}"')
    medium = attributes.get("medium")
    if medium is not None and medium not in _MEDIUMS:
        report.add("media-value-invalid", element, f'medium="{medium}"')
    media_type = attributes.get("type")
    if media_type and not is_media_type(media_type):
        report.add("media-type-invalid", element, f'type="{media_type}"')


def _media_group(report: Report, element: Any) -> None:
    for child in element.iter(MEDIA + "content"):
        _media_content(report, child)
    for child in element.iter(MEDIA + "thumbnail"):
        _thumbnail(report, child)


def _dc_language(report: Report, element: Any) -> None:
    check_language(report, (element.text or "").strip(), element)


_ITUNES: Mapping[str, Check] = {
    "image": _itunes_image,
    "owner": _itunes_owner,
    "category": _itunes_category,
    "explicit": _one_of("itunes-explicit-invalid", "true|false"),
    "duration": _one_of("itunes-duration-invalid", _DURATION),
    "type": _one_of("itunes-value-invalid", "episodic|serial"),
    "episodeType": _one_of("itunes-value-invalid", "full|trailer|bonus"),
    "episode": _one_of("itunes-value-invalid", r"0*[1-9]\d*"),
    "season": _one_of("itunes-value-invalid", r"0*[1-9]\d*"),
    "block": _one_of("itunes-value-invalid", "yes|no"),
    "complete": _one_of("itunes-value-invalid", "yes|no"),
}
_PODCAST: Mapping[str, Check] = {
    "guid": _one_of("podcast-guid-invalid", _UUID),
    "locked": _one_of("podcast-value-invalid", "yes|no"),
    "block": _one_of("podcast-value-invalid", "yes|no"),
    "season": _one_of("podcast-value-invalid", r"\d+"),
    "episode": _one_of("podcast-value-invalid", r"\d+(?:\.\d+)?"),
    "transcript": _attributes("url", "type", types=True),
    "chapters": _attributes("url", "type", types=True),
    "funding": _attributes("url"),
    "soundbite": _attributes("startTime", "duration"),
    "trailer": _attributes("url", "pubdate"),
    "person": _not_blank,
    "location": _not_blank,
}
RSS_ONLY: Mapping[str, Check] = {
    **{ITUNES + name: check for name, check in _ITUNES.items()},
    **{PODCAST + name: check for name, check in _PODCAST.items()},
    **{PODCAST_BEFORE + name: check for name, check in _PODCAST.items()},
    SY + "updatePeriod": _one_of("update-period-invalid", "|".join(sorted(_PERIODS))),
    SY + "updateFrequency": _one_of("update-period-invalid", r"0*[1-9]\d*"),
    DC + "language": _dc_language,
}
"""What to ask of an element in RSS, where these extensions live."""
EVERYWHERE: Mapping[str, Check] = {
    MEDIA + "thumbnail": _thumbnail,
    MEDIA + "content": _media_content,
    MEDIA + "group": _media_group,
}
"""What to ask of an element in RSS and Atom."""
