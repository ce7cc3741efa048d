"""PURE. Where an article lives, under the site or elsewhere, and where it lived before.

An address is a path with its letters as they are; it is percent-encoded only
where it becomes a URL (publisher.addresses).
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import unquote, urlsplit, urlunsplit

from publisher.addresses import address_path
from publisher.parse.clean.decode import one_line
from publisher.parse.headers.fields import Field, Notes, split_text
from publisher.parse.headers.values import Items, Text, Value, normalise_key
from publisher.patterns import pattern
from publisher.slugs import MAX_SLUG_BYTES

MOST_ALIASES = 1000
"""Old addresses of one article that are read: each is a page of its own under output/."""

_MOST_TOLD = 10
"""Old addresses that are refused one by one; of more it is said how many there are."""

_LONGEST_TOLD = 80
"""Characters of an old address that a warning shows."""

_ALIASES = ("aliases", "redirect_from")
_A_NAME = "is a name, not an address (of a vault say `dialect: obsidian`)"
_NAMES = frozenset({"alias", "aliases"})
"""Keys under which Obsidian keeps other names of a note."""

_TABLE = "{…}"
"""What stands for a table, which names nothing, where a text is due."""

_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FEED_FILE = pattern(r"\.(?:atom|json|rdf|rss|xml)\Z", re.IGNORECASE)

_TOKEN = pattern(r"(?:\A|(?<=[/_.-])):([a-z_]+)|\{\{|\{%")


_SLUG_OF_ELEVENTY = pattern(
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
    filled = pattern.format_map(parts)
    return (re.sub(r"/{2,}", "/", filled) if "//" in filled else filled).lstrip("/")


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


def read_aliases(
    fields: Mapping[str, Field],
    notes: Notes,
    *,
    page: str,
    site_url: str,
    dialect: str,
    splits: bool = False,
) -> tuple[str, ...]:
    """The old addresses of an article, as paths under the site: none is the article's own.

    `page` is its address, "" for one that lives elsewhere. What can be no old address of a page
    of this site is left out with a warning: the article is as good without. `splits` says that
    commas part the addresses in a text, for want of lists.
    """
    found = [fields[name] for name in _ALIASES if name in fields]
    if dialect == "obsidian":
        found = [field for field in found if normalise_key(field.key) not in _NAMES]
    written = [one for field in found for one in _written(field, "," if splits else "")]
    taken = {address_path(page)} if page else set()
    # Where one is a name that can be no address, its neighbours of one word are names as well.
    named = {field.key for field, text in written if _is_name(text)} if dialect == "auto" else set()
    aliases, refused = [], []
    for field, text in written[:MOST_ALIASES]:
        # Hugo's alone counts from the page; those of Zola, Jekyll and Hexo from the root.
        is_near = normalise_key(field.key) == "aliases" and dialect in ("auto", "hugo")
        try:
            alias = _old_address(text, page if is_near else None, site_url, field.key in named)
        except NotAPathError as error:
            refused.append((field, text, error))
            continue
        if address_path(alias) not in taken:
            taken.add(address_path(alias))
            aliases.append(alias)
    _tell(notes, refused, len(written))
    if aliases:
        notes.origins["aliases"] = ", ".join(field.origin for field in found)
    return tuple(aliases)


def _written(field: Field, separators: str) -> Iterator[tuple[Field, str]]:
    """Each old address of a field, with its own line."""
    for text in _texts(field.value):
        for part in map(one_line, split_text(text.text, separators)):
            if part:
                yield field._replace(line=text.line), part


def _texts(value: Value) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Items):
        for inner in value.values:
            yield from _texts(inner)
    else:
        yield Text(_TABLE, value.line, value.column)


def _old_address(text: str, near: str | None, site_url: str, among_names: bool) -> str:
    """The path that an old address names: without a slash in front it counts from the folder
    that the page at `near` lies in, or from the root (None). Among names one word is no address.
    Raises NotAPathError.
    """
    if text == _TABLE:
        raise NotAPathError("is no address")
    if is_template(text):
        raise NotAPathError("is a pattern, not an address")
    if among_names and "/" not in text and "." not in text:
        raise NotAPathError(_A_NAME)
    if not text.startswith("/") and not _SCHEME.match(text):
        text = f"/{text}" if near is None else f"/{_beside(near, text)}"
    address, elsewhere = read_address(text, site_url)
    if elsewhere:
        raise NotAPathError("is on another site")
    if not address:
        raise NotAPathError("is the site's own front page")
    if _FEED_FILE.search(address.rstrip("/")):
        raise NotAPathError("names a feed or data, and only pages can lead on")
    return address


def _is_name(text: str) -> bool:
    return " " in text and "/" not in text


def _beside(page: str, text: str) -> str:
    if _is_name(text):
        raise NotAPathError(_A_NAME)
    if not page:
        raise NotAPathError("counts from the article's folder, and the article lives elsewhere")
    folder = page.rstrip("/").rpartition("/")[0]
    path = posixpath.normpath(posixpath.join(folder, text))
    return f"{path}/" if text.rpartition("/")[2] in ("", ".", "..") else path


def _tell(notes: Notes, refused: list[tuple[Field, str, NotAPathError]], written: int) -> None:
    for field, text, error in refused[:_MOST_TOLD]:
        shown = text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"
        notes.warn(field, f"{field.key} {shown!r} {error}, and is left out")
    if len(refused) > _MOST_TOLD:
        field, more = refused[_MOST_TOLD][0], len(refused) - _MOST_TOLD
        notes.warn(field, f"{more} more of {field.key} are left out, for such reasons")
    if written > MOST_ALIASES:
        more = written - MOST_ALIASES
        notes.warnings.append(f"{MOST_ALIASES} old addresses are read, {more} more left out")


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
