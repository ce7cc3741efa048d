"""PURE. Where an article lives: the path under the site, or an address elsewhere.

An address is a path with its letters as they are; it is percent-encoded only
where it becomes a URL (publisher.addresses).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from urllib.parse import unquote, urlsplit, urlunsplit

from publisher.slugs import MAX_SLUG_BYTES

_TOKEN = re.compile(r"(?:\A|(?<=[/_.-])):([a-z_]+)|\{\{|\{%")


_SLUG_OF_ELEVENTY = re.compile(
    r"(?:\A|(?<=[/_.-]))\{\{-?\s*(?:page\.fileSlug|slug|(?:title|page\.fileSlug)\s*\|\s*slug(?:ify)?)"
    r"\s*-?\}\}"
)


class NotAPathError(ValueError):
    """An address in a field cannot be used; the text says why, after the address."""


def fill_pattern(pattern: str, when: datetime | None, slug: str, language: str | None) -> str:
    """The address by the source's pattern, with the day in the article's own offset.

    An article whose language nobody knows has none in its address.
    """
    parts = _parts_of(when, slug) | {"language": (language or "").lower()}
    return re.sub(r"/{2,}", "/", pattern.format_map(parts)).lstrip("/")


def read_address(text: str, site_url: str) -> tuple[str, bool]:
    """The address that a field gives, and whether it lies elsewhere (then it is absolute).

    Raises NotAPathError for what can be no address of an article.
    """
    if text.startswith("//"):
        text = "https:" + text
    try:
        parts = urlsplit(text)
        place = parts.hostname, parts.port
    except ValueError as error:
        raise NotAPathError("is no address") from error
    if parts.scheme in ("http", "https"):
        home = urlsplit(site_url)
        is_home = place == (home.hostname, home.port)
        if not is_home or not f"{parts.path}/".startswith(home.path):
            return _elsewhere(text, parts.hostname), True
        text = urlunsplit(("", "", parts.path[len(home.path) :], parts.query, parts.fragment))
    elif parts.scheme:
        raise NotAPathError(f"begins with {parts.scheme}:, which is no web address")
    return _clean_path(text), False


def is_template(text: str) -> bool:
    """Whether an address is a pattern of another tool (Jekyll's :title, Eleventy's {{ }})."""
    return bool(_TOKEN.search(text)) and "://" not in text


def fill_jekyll_pattern(text: str, when: datetime | None, slug: str) -> str | None:
    """Jekyll's `/:year/:month/:day/:title/`, Eleventy's `/blog/{{ page.fileSlug }}/`; None when
    there is more in it than we know."""
    text = _SLUG_OF_ELEVENTY.sub(":slug", text).replace(":output_ext", "/:output_ext")
    names = {found[1] for found in _TOKEN.finditer(text)}
    values = _parts_of(when, slug) | {"title": slug, "output_ext": ".html"}
    if when is not None:
        values |= {
            "i_month": f"{when.month}",
            "i_day": f"{when.day}",
            "short_year": f"{when:%y}",
            "y_day": f"{when:%j}",
        }
    if not names <= values.keys() or (when is None and names - {"title", "slug", "output_ext"}):
        return None
    filled = _TOKEN.sub(lambda found: values[found[1]], text)
    return _clean_path(filled.replace("/.html", ".html"))


def _parts_of(when: datetime | None, slug: str) -> dict[str, str]:
    if when is None:
        return {"slug": slug, "year": "0000", "month": "00", "day": "00"}
    return {
        "slug": slug,
        "year": f"{when.year:04d}",
        "month": f"{when.month:02d}",
        "day": f"{when.day:02d}",
    }


def _elsewhere(text: str, host: str | None) -> str:
    if not host or re.search(r"[\s<>\"{}|\\^`]", text):
        raise NotAPathError("is no address")
    return text


def _clean_path(text: str) -> str:
    """A path of an address: no leading slash, no dots for folders, decoded."""
    if re.search(r"[?#]", text):
        raise NotAPathError("has a ? or # in it, which a file cannot have")
    path = unicodedata.normalize("NFC", unquote(text))
    if not path.isprintable() or re.search(r"[\\%<>\"|*\ufffd]", path):
        raise NotAPathError("has a character in it that a file name should not have")
    kept = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in kept:
        raise NotAPathError("leads out of the site")
    if any(len(part.encode()) > MAX_SLUG_BYTES for part in kept) or len(path) > 1000:
        raise NotAPathError("is too long")
    if kept and kept[-1] in ("index.html", "index.htm"):
        kept[-1] = ""
    elif path.endswith("/") and kept:
        kept.append("")
    return "/".join(kept)
