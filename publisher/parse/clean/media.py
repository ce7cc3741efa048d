"""PURE. Pictures, films, frames and task boxes in sanitised HTML get their final form.

Works on the output of nh3 only: every `<` begins a tag, every value stands in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from publisher.model import Asset
from publisher.patterns import pattern

_MEDIA = pattern(r"<(img|video|audio|input|embed|object)( [^>]*)?>")
_FRAME = pattern(r"<iframe( [^>]*)?>.*?</iframe>", re.DOTALL)
_ATTRIBUTE = pattern(r' ([a-z]+)="([^"]*)"')
_YOUTUBE = pattern(r"https://www\.youtube(?:-nocookie)?\.com/embed/([\w-]+)(?:\?.*)?")
_VIMEO = pattern(r"https://player\.vimeo\.com/video/(\d+)(?:\?.*)?")
_TURNED = frozenset({"img", "video", "audio", "input", "embed", "object", "iframe"})


def finish_media(html: str, names: AbstractSet[str], assets: Mapping[str, Asset]) -> str:
    """Give each picture a text and local ones their size, turn frames and boxes into text.

    A width that makes a picture smaller is the author's choice and stays. `names` are
    the elements that may occur, `assets` the local files by address.
    """
    if "iframe" in names:
        html = _FRAME.sub(lambda frame: _link(_read(frame[1]).get("src", "")), html)
    if not names & _TURNED:
        return html

    def finish(tag: re.Match[str]) -> str:
        name, attributes = tag[1], _read(tag[2])
        match name:
            case "img":
                return write_picture(attributes, assets)
            case "input":
                return _box(attributes)
            case "embed" | "object":
                return _link(attributes.get("src") or attributes.get("data", ""))
            case _:
                return _write(name, attributes | {"controls": ""})

    return _MEDIA.sub(finish, html).replace("</object>", "")


def watch_page(address: str) -> str:
    """The page of a film for the address of its player."""
    if found := _YOUTUBE.fullmatch(address):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.fullmatch(address):
        return f"https://vimeo.com/{found[1]}"
    return address


def write_picture(attributes: dict[str, str], assets: Mapping[str, Asset]) -> str:
    """The tag of a picture by its attributes, as they are written; its text where it has no
    address. `attributes` may be changed."""
    address = attributes.get("src", "")
    if not address and "srcset" not in attributes:
        return attributes.get("alt", "")
    attributes.setdefault("alt", "")
    asset = assets.get(address.replace("&amp;", "&"))
    if asset is not None and asset.width and asset.height:
        written = int(attributes.pop("width", "0"))
        shown = written if 0 < written < asset.width else asset.width
        attributes.pop("height", None)
        attributes["width"] = str(shown)
        attributes["height"] = str(round(asset.height * shown / asset.width) or 1)
    return _write("img", attributes | {"loading": "lazy", "decoding": "async"})


def _box(attributes: dict[str, str]) -> str:
    if attributes.get("type", "").lower() != "checkbox":
        return ""
    return "☑" if "checked" in attributes else "☐"


def _link(address: str) -> str:
    if not address:
        return ""
    address = watch_page(address)
    return f'<a href="{address}">{address}</a>'


def _read(attributes: str | None) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(attributes or ""))


def _write(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}" + "".join(f' {key}="{value}"' for key, value in attributes.items()) + ">"
