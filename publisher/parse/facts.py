"""PURE. What a sheet says of its article, one value at a time.

Each function gives one value, looked for in the order of SOURCES.md section 4, and notes its
origin. What cannot be read right is an ArticleError with its place; what can be read but looks odd
is a warning.
"""

from __future__ import annotations

import re
from datetime import datetime

from publisher.config import SiteSpec, SourceSpec
from publisher.config.sources import DEFAULT_PATTERN
from publisher.model import Author
from publisher.parse.address import (
    NotAPathError,
    fill_jekyll_pattern,
    fill_pattern,
    is_template,
    read_address,
)
from publisher.parse.folders import categories_of_place, language_of_place
from publisher.parse.headers import dates
from publisher.parse.headers.fields import (
    Field,
    Notes,
    is_switch,
    language_tag,
    read_draft,
    read_language,
    read_switch,
    read_tags,
    read_text,
    without_repeats,
)
from publisher.parse.headers.people import known_authors, read_authors
from publisher.parse.sheet import NAMELESS, Sheet, text_origin
from publisher.parse.versions import Version
from publisher.patterns import pattern
from publisher.slugs import make_slug

_DRAFT_FOLDERS = frozenset({"_drafts", "drafts"})
_ABSOLUTE_IRI = pattern(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+\Z")
_RUNNABLE = ("javascript:", "vbscript:", "data:")
_UUID = pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_OBJECT_ID = pattern(r"[0-9a-f]{24}\Z")
_JEKYLL_STYLES = frozenset({"pretty", "date", "none", "ordinal", "weekdate", "true", "false"})


def read_title(sheet: Sheet) -> str:
    """The field, the first heading, or the file's name; "" of an item, whose name tells nothing."""
    found = sheet.fields.get("title")
    if found is not None:
        sheet.notes.origins["title"] = found.origin
        return read_text(found, sheet.notes)
    if sheet.body.title:
        sheet.notes.origins["title"] = text_origin(sheet.body.title_line)
        return sheet.body.title
    sheet.notes.origins["title"] = "folder" if sheet.is_index else "filename"
    named = dates.date_in_name(sheet.stem)
    words = re.sub(r"[-_\s]+", " ", named.rest if named and named.rest else sheet.stem).strip()
    return words[:1].upper() + words[1:] or ("" if sheet.is_item else NAMELESS)


def is_draft(sheet: Sheet) -> bool:
    """Whether a folder of drafts, a field, or Eleventy's `permalink: false` keeps it back."""
    if not _DRAFT_FOLDERS.isdisjoint(sheet.folder.lower().split("/")):
        sheet.notes.origins["draft"] = "folder"
        return True
    if read_draft(sheet.fields, sheet.notes):
        return True
    if sheet.source.dialect == "nikola" and "tags" in sheet.fields:
        found = sheet.fields["tags"]
        words = read_tags(found, sheet.notes, separators=sheet.separators)
        if not {"draft", "private"}.isdisjoint(word.lower() for word in words):
            sheet.notes.origins["draft"] = found.origin
            return True
    if sheet.source.dialect == "obsidian" and "publish" not in sheet.fields:
        sheet.notes.origins["draft"] = "default"  # notes are private until their author says so
        return True
    address = sheet.fields.get("url")
    if address is not None and read_text(address, sheet.notes).lower() == "false":
        sheet.notes.origins["draft"] = address.origin
        return True
    return False


def is_for_digests(sheet: Sheet) -> bool:
    """Whether the article may be mailed: `digest: false` says no."""
    found = sheet.fields.get("digest")
    return read_switch(found, sheet.notes) if found is not None else True


def is_pinned(sheet: Sheet) -> bool:
    """Whether the article leads the next issue: `pinned: true`."""
    found = sheet.fields.get("pinned")
    return read_switch(found, sheet.notes) if found is not None else False


def is_retracted(sheet: Sheet) -> bool:
    """Whether the author takes the article back: `retract: true`."""
    found = sheet.fields.get("retract")
    if found is None:
        return False
    sheet.notes.origins["retract"] = found.origin
    return read_switch(found, sheet.notes)


def read_slug(sheet: Sheet, title: str) -> str:
    """The field, else the file's name without its date, else the title."""
    found = sheet.fields.get("slug")
    if found is not None:
        sheet.notes.origins["slug"] = found.origin
        return make_slug(read_text(found, sheet.notes))
    named = dates.date_in_name(sheet.stem)
    name = named.rest if named is not None else sheet.stem
    if name:
        sheet.notes.origins["slug"] = "folder" if sheet.is_index else "filename"
        return make_slug(name)
    sheet.notes.origins["slug"] = sheet.notes.origins["title"]
    return make_slug(title)


def read_place(sheet: Sheet, when: datetime | None, slug: str) -> tuple[str, bool]:
    """The address, and whether the article lives elsewhere (publisher.parse.address)."""
    if sheet.link:
        sheet.notes.origins["url"] = "field"
        return sheet.link, True
    found = sheet.fields.get("url")
    place = _address_of(sheet, found, when, slug) if found is not None else None
    if found is not None and place is not None:
        sheet.notes.origins["url"] = found.origin
        return place
    sheet.notes.origins["url"] = "config"
    if when is None:
        return f"drafts/{sheet.file}/", False
    pattern = sheet.source.pattern
    if pattern == DEFAULT_PATTERN and sheet.names_language:
        pattern = "/{language}" + pattern  # else two languages would want one address
    return fill_pattern(pattern, when, slug, sheet.language), False


def _address_of(
    sheet: Sheet, found: Field, when: datetime | None, slug: str
) -> tuple[str, bool] | None:
    """The address that a field gives; None where it only names another tool's pattern."""
    text = read_text(found, sheet.notes)
    if text.lower() in _JEKYLL_STYLES:
        return None
    try:
        if is_template(text):
            filled = fill_jekyll_pattern(text, when, slug)
            if filled is None:
                sheet.notes.warn(found, f"{found.key} {text!r} is a pattern that is not filled in")
            return (filled, False) if filled else None
        address, elsewhere = read_address(text, sheet.site.url)
    except NotAPathError as error:
        raise sheet.notes.refuse(
            found, f"{found.key} {text!r} {error}", f"write {found.key}: /path/of/the/article/"
        ) from error
    if not address:
        raise sheet.notes.refuse(
            found,
            f"{found.key} {text!r} is the site's own front page",
            f"write {found.key}: /path/of/the/article/",
        )
    return address, elsewhere


def read_people(sheet: Sheet) -> tuple[Author, ...]:
    """The authors of the field, else those that the source gives."""
    found = sheet.fields.get("authors")
    register = {**sheet.around.people, **sheet.site.authors}
    if found is None:
        names = sheet.source.defaults.authors
        if names:
            sheet.notes.origins["authors"] = "config"
        return known_authors(names, register)
    sheet.notes.origins["authors"] = found.origin
    splits = sheet.source.split_authors or (
        sheet.is_pelican and found.key.lower().startswith("authors")
    )
    return read_authors(found, sheet.notes, separators=";," if splits else "", register=register)


def read_words(sheet: Sheet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tags and categories, by what the source says that categories are."""
    tags = _words_of(sheet, "tags", sheet.separators)
    if sheet.body.words:
        tags = without_repeats(iter((*tags, *sheet.body.words)))
        sheet.notes.origins.setdefault("tags", "text")
    if not tags and sheet.source.defaults.tags:
        tags = sheet.source.defaults.tags
        sheet.notes.origins["tags"] = "config"
    if sheet.source.categories == "ignore":
        return tags, ()
    found = sheet.fields.get("categories")
    is_list = found is not None and found.key.lower() in ("categories", "topics")
    categories = _words_of(sheet, "categories", sheet.separators if is_list else "")
    placed = categories_of_place(sheet.folder, sheet.source, has_own=bool(categories))
    if placed:
        categories = without_repeats(iter((*placed, *categories)))
        sheet.notes.origins.setdefault("categories", "folder")
    if sheet.source.categories == "tags":
        seen = {tag.casefold() for tag in tags}
        tags += tuple(word for word in categories if word.casefold() not in seen)
        if categories:
            sheet.notes.origins.setdefault("tags", sheet.notes.origins["categories"])
    return tags, categories


def _words_of(sheet: Sheet, name: str, separators: str) -> tuple[str, ...]:
    found = sheet.fields.get(name)
    if found is None:
        return ()
    sheet.notes.origins[name] = found.origin
    return read_tags(found, sheet.notes, separators=separators)


def declared_language(
    fields: dict[str, Field],
    notes: Notes,
    site: SiteSpec,
    source: SourceSpec,
    told: str | None,
    *,
    version: Version | None = None,
) -> str | None:
    """The language of the field, else what the body says of itself, else that of the file's name
    (`version`), the folder, the source, the site."""
    found = fields.get("language")
    tag = read_language(found, notes) if found is not None else None
    if found is not None and tag is not None:
        notes.origins["language"] = found.origin
        return tag
    tag = language_tag(told or "")
    if tag is not None:
        notes.origins["language"] = "text"
        return tag
    if version is not None and version.language:
        notes.origins["language"] = "filename"
        return version.language
    placed = language_of_place(notes.file, source)
    if placed is not None:
        notes.origins["language"] = "folder"
        return placed[0]
    tag = source.language or site.language
    if tag is not None:
        notes.origins["language"] = "config"
    return tag


def read_translation(sheet: Sheet) -> str:
    """What an article has in common with its versions in other languages; "" for nothing told."""
    found = sheet.fields.get("translation")
    if found is None or is_switch(found.value):  # Pelican's `translation: true` names nothing
        return sheet.shared_path
    return read_text(found, sheet.notes)


def read_feeds(sheet: Sheet) -> tuple[str, ...]:
    """The feeds that the author chose; none where their selection says it."""
    found = sheet.fields.get("feeds")
    return read_tags(found, sheet.notes, separators=",") if found is not None else ()


def read_id(sheet: Sheet) -> str | None:
    """The author's own id: an absolute IRI (RFC 4287 section 4.2.6), or a UUID made one."""
    found = sheet.fields.get("id")
    if found is None:
        return None
    text = read_text(found, sheet.notes)
    if _OBJECT_ID.match(text):
        return None
    if _UUID.match(text):
        text = f"urn:uuid:{text.lower()}"
    if not _ABSOLUTE_IRI.match(text) or text.lower().startswith(_RUNNABLE):
        sheet.notes.warn(
            found, f"{found.key} {text!r} is no absolute id such as tag: or urn:, and is not used"
        )
        return None
    sheet.notes.origins["id"] = found.origin
    return text


def read_plain_id(sheet: Sheet) -> str | None:
    """An id that no other article has, though it is no IRI: 24 hex digits, as Ghost makes them."""
    found = sheet.fields.get("id")
    text = read_text(found, sheet.notes) if found is not None else ""
    if found is None or not _OBJECT_ID.match(text):
        return None
    sheet.notes.origins["id"] = found.origin
    return text
