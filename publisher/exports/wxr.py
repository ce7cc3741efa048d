"""PURE. An export of WordPress (WXR: RSS with elements of its own), of any size.

It is read twice: for the authors and uploads, which stand anywhere in it, then entry by entry.
Squarespace writes the same form. Comments are never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from email.utils import parsedate_to_datetime
from typing import IO

from publisher.exports.codes import Attached, turn_codes
from publisher.exports.common import (
    ExportError,
    Files,
    Origin,
    fields,
    is_later,
    one_text,
    short,
    told_time,
    unreadable,
    utc,
    with_offset,
    with_suffix,
    withheld,
)
from publisher.exports.paragraphs import make_paragraphs
from publisher.exports.xml import Element, read_elements
from publisher.parse.items import Item, ItemFound
from publisher.values import dataclass

_NOT_READ = frozenset({"wp:comment"})
_NOT_SURVEYED = _NOT_READ | {"content:encoded", "category", "description"}
_CLEANED = "control characters, which XML forbids, were taken out"
_KNOWN_TO_ALL = {"publish", "future"}
_UNFINISHED = {"draft", "pending", "auto-draft"}
_PAID = re.compile(
    r"<!--\s+wp:(?:jetpack/paywall|(?:jetpack/)?premium-content/|memberful/|pmpro/)"
    r"|\[/(?:access|arm_restrict_content|content_protector|emember_protected|hide|ihc-hide-content"
    r"|is_paid|logged_?in|memberful|members?|members_access|members_logged_in|members_?only"
    r"|membership|mepr-(?:active|show)|mm_(?:access|member)_decision|paid|passster|paywall"
    r"|pms-restrict|ppwp|premium|private|protect|protected|restrict|restricted|s2if[\w-]*"
    r"|subscribers?|swpm_protected|um_loggedin|um_show_content|user_has_access|wcm_restrict"
    r"|wlm_(?:ismember|private)|wpmem_logged_in)\]",
    re.IGNORECASE,
)
"""Blocks and shortcodes of plugins that show what they hold to some readers alone."""
_LEVELS = frozenset(
    [
        *("_members_access_role", "memberful_acl", "pms-content-restrict-subscription-plan"),
        *("rcp_access_level", "rcp_subscription_level", "rcp_user_level"),
    ]
)
_BLOCK = re.compile(r"<!--\s+wp:")
_EMPTY_BLOCK = re.compile(r"<!--\s+wp:([a-z][\w/-]*)[^<>]*?/-->")
_HAS_A_PARAGRAPH = re.compile(r"<p\b", re.IGNORECASE)
_WRAPPED = re.compile(
    r"(<div class=\"wp-block-embed__wrapper\">)\s*(https?://[^\s<>\"']+)\s*(</div>)"
)
_SHOWN_WITHOUT = frozenset({"more", "nextpage", "separator", "spacer"})
_DIGITS = re.compile(r"[0-9]{1,18}\Z")


@dataclass(slots=True)
class _Site:
    """What is said once: authors by their logins, uploads by their numbers."""

    language: str = ""
    home: str = ""
    is_export: bool = False
    authors: dict[str, str] = field(default_factory=dict)
    media: dict[str, Attached] = field(default_factory=dict)


def read_wxr(files: Files, origin: Origin) -> Iterator[ItemFound]:
    """The entries of an export; an archive may hold several of its files.

    Raises ExportError for what is no such export, and after the last whole entry of a broken one.
    """
    names = with_suffix(files, ".xml", ".wxr")
    if not names:
        raise ExportError(
            "holds no .xml file, and so no export of WordPress",
            mend="name the file that Tools, Export gave",
        )
    seen = _Seen()
    site = _Site()
    for name in names:
        with files.open(name) as stream:
            _survey(_elements(stream, _NOT_SURVEYED), site, name)
    for name in names:
        whole, last = 0, ""
        try:
            with files.open(name) as stream:
                for element in _elements(stream, _NOT_READ):
                    if element.name == "item":
                        found = _entry(element, site, origin, seen)
                        whole, last = whole + 1, found.name
                        yield found
        except ExportError as error:
            told = f" ({whole} entries before it are whole, the last is {last})" if whole else ""
            raise ExportError(
                error.message + told, line=error.line, mend=error.mend, file=name
            ) from error


def _prefix_of(namespace: str) -> str:
    """Our prefix for a namespace: the version of WXR is part of its address."""
    if "wordpress.org/export/" in namespace:
        return "excerpt" if "excerpt" in namespace else "wp"
    if "purl.org/rss/1.0/modules/content" in namespace:
        return "content"
    return "dc" if "purl.org/dc/elements/" in namespace else ""


def _elements(stream: IO[bytes], skipped: frozenset[str]) -> Iterator[Element]:
    """The children of the channel."""
    return read_elements(stream, 2, prefix_of=_prefix_of, skipped=skipped.__contains__)


def _survey(elements: Iterator[Element], site: _Site, file: str) -> None:
    """Look at everything once; where it breaks off, reading it says so."""
    try:
        for element in elements:
            site.is_export = site.is_export or element.name.startswith("wp:")
            match element.name:
                case "language":
                    site.language = site.language or element.text.strip()
                case "wp:base_blog_url" | "link":
                    site.home = site.home or element.text.strip()
                case "wp:author":
                    name = element.told("wp:author_display_name")
                    login = element.told("wp:author_login")
                    site.authors[login] = one_text(name) or login
                case "item":
                    site.is_export = site.is_export or element.first("wp:post_type") is not None
                    _note_upload(element, site)
    except ExportError:
        return
    if not site.is_export:
        raise ExportError(
            "is no export of WordPress: nothing in it has its names (wp:)",
            mend="name the file that Tools, Export gave",
            file=file,
        )


def _note_upload(item: Element, site: _Site) -> None:
    url = item.told("wp:attachment_url")
    if url and item.told("wp:post_type") == "attachment":
        site.media[item.told("wp:post_id")] = Attached(
            url=url,
            alt=one_text(_meta(item).get("_wp_attachment_image_alt", "")),
            caption=one_text(item.told("excerpt:encoded")),
        )


class _Seen:
    """What was there before: tools that put exports together give names and ids twice."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.ids: set[str] = set()


def _entry(item: Element, site: _Site, origin: Origin, seen: _Seen) -> ItemFound:
    name, repeats = _name(item, seen)
    title = one_text(item.told("title"))
    if repeats:
        return withheld(name, f"is {short(title)!r}, which was there before", item.line)
    why = _why_withheld(item)
    if why:
        return withheld(name, f"{short(title)!r} {why}" if title else why, item.line)
    content = item.first("content:encoded")
    raw = content.text if content is not None else ""
    turned = turn_codes(raw, site.media, origin.shortcodes)
    if turned.unknown and origin.shortcodes == "refuse":
        return unreadable(
            name,
            f"the shortcode [{turned.unknown[0]}] is not known",
            "take it out, or set `shortcodes: drop` for the source",
            item.line,
        )
    warnings = list(turned.warnings) + list(_empty_blocks(raw))
    if item.was_cleaned:
        warnings.append(_CLEANED)
    link = _link(item)
    told = _fields(item, site, title)
    told["url"] = origin.address(link)
    id_ = item.told("guid")
    if id_ and id_ in seen.ids:
        warnings.append(f"the guid {short(id_)!r} was used before, and is not taken as the id")
    elif id_:
        told["id"] = id_
        seen.ids.add(id_)
    return Item(
        name=name,
        fields=fields(told, item.line),
        body=_body(turned.html, raw, origin),
        form="fragment",
        base_url=_base(link) or origin.old_url or _base(site.home),
        body_line=content.line if content is not None else 0,
        line=item.line,
        warnings=tuple(warnings),
    )


def _name(item: Element, seen: _Seen) -> tuple[str, bool]:
    """What an entry is known by, and whether the same one was there before."""
    number = item.told("wp:post_id")
    guid, link = item.told("guid"), item.told("link")
    name = number if _DIGITS.match(number) else guid or link or f"line {item.line}"
    what = guid or link
    if name not in seen.names:
        seen.names[name] = what
        return name, False
    slug = item.told("wp:post_name") or str(item.line)
    repeats = bool(what) and seen.names[name] == what
    if repeats:
        return f"{name} in line {item.line}", True
    seen.names[f"{name}-{slug}"] = what
    return f"{name}-{slug}", False


def _why_withheld(item: Element) -> str:
    """Why an entry is no article for everybody; "" for one that is."""
    kind = item.told("wp:post_type")
    if not kind:
        return "does not say what it is"
    if kind != "post":
        return f"is of the type {short(kind)!r}, no post"
    status = item.told("wp:status").lower()
    if any(child.text for child in item.all("wp:post_password")):
        return "has a password"
    if status == "private":
        return "is private"
    if status not in _KNOWN_TO_ALL | _UNFINISHED:
        return f"has the status {short(status)!r}, which is not known to be for everybody"
    if _is_for_members(_meta(item)) or _PAID.search(item.told("content:encoded")):
        return "is for members or payers"
    return ""


def _is_for_members(meta: Mapping[str, str]) -> bool:
    """What widespread plugins note of an entry that is not for everybody."""
    if meta.get("_jetpack_newsletter_access", "everybody") not in ("", "everybody"):
        return True
    if meta.get("_jetpack_memberships_contains_paywalled_content", "") not in ("", "0"):
        return True
    if meta.get("_wpmem_block", "0") not in ("", "0"):
        return True
    return any(
        value.strip().lower() not in ("", "0", "all", "none", "a:0:{}")
        for key, value in meta.items()
        if key in _LEVELS
    )


def _meta(item: Element) -> dict[str, str]:
    return {
        meta.told("wp:meta_key"): meta.told("wp:meta_value") for meta in item.all("wp:postmeta")
    }


def _link(item: Element) -> str:
    """Its page; a guid is one where it does not say otherwise (RSS 2.0, "isPermaLink")."""
    guid = item.first("guid")
    link = item.told("link")
    if link or guid is None or guid.attributes.get("isPermaLink", "true") != "true":
        return link
    return guid.text.strip()


def _fields(item: Element, site: _Site, title: str) -> dict[str, object]:
    published, updated = _times(item)
    login = item.told("dc:creator")
    is_open = item.told("wp:status").lower() in _KNOWN_TO_ALL
    told: dict[str, object] = {
        "title": title,
        "date": published,
        "updated": updated if published and is_later(updated, published) else "",
        "draft": "" if is_open else "true",
        "slug": item.told("wp:post_name"),
        "authors": site.authors.get(login, login),
        "tags": _words(item, ("post_tag", "tag")),
        "categories": _words(item, ("category", "")),
        "language": site.language,
        "summary": item.told("excerpt:encoded"),
    }
    picture = site.media.get(_meta(item).get("_thumbnail_id", ""))
    if picture is not None:
        told["image"] = {"url": picture.url, "alt": picture.alt}
    enclosures = [_enclosure(meta) for meta in item.all("wp:postmeta")]
    told["enclosures"] = [one for one in enclosures if one]
    return told


def _times(item: Element) -> tuple[str, str]:
    """When it was published and changed, with the offset of the place where that was."""
    local, gmt = item.told("wp:post_date"), item.told("wp:post_date_gmt")
    published = with_offset(local, gmt) or utc(gmt)
    if not published:
        published = _mail_time(item.told("pubDate")) or told_time(local)
    changed, changed_gmt = item.told("wp:post_modified"), item.told("wp:post_modified_gmt")
    return published, with_offset(changed, changed_gmt) or utc(changed_gmt)


def _mail_time(text: str) -> str:
    """The time of RFC 5322 that RSS has; "" for the year -1, which stands for none."""
    if "-0001" in text:
        return ""
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _words(item: Element, domains: tuple[str, ...]) -> list[str]:
    named = {
        one_text(word.text): None
        for word in item.all("category")
        if word.attributes.get("domain", "") in domains
        and word.attributes.get("nicename") != "uncategorized"
    }
    return [word for word in named if word]


def _enclosure(meta: Element) -> dict[str, str] | None:
    """A media file as WordPress notes it: address, length and type on lines of their own."""
    if meta.told("wp:meta_key") != "enclosure":
        return None
    lines = [line.strip() for line in meta.told("wp:meta_value").split("\n")]
    if not lines[0].startswith(("http://", "https://")):
        return None
    address, length, media_type = (*lines, "", "")[:3]
    return {"url": address, "length": length, "type": media_type}


def _base(link: str) -> str:
    is_page = link.startswith(("http://", "https://")) and "?" not in link
    return link if is_page else ""


def _body(html: str, raw: str, origin: Origin) -> str:
    html = html.replace("<?", "&lt;?")  # code that is shown, and no browser's business
    html = _WRAPPED.sub(r'\1<a href="\2">\2</a>\3', html) if "wp-block-embed" in html else html
    if origin.paragraphs == "never":
        return html
    if origin.paragraphs == "auto" and not _wants_paragraphs(raw):
        return html
    return make_paragraphs(html)


def _wants_paragraphs(raw: str) -> bool:
    """Whether a text is one of the old editor's: neither blocks, nor paragraphs throughout."""
    if _BLOCK.search(raw):
        return False
    return not _HAS_A_PARAGRAPH.search(raw) or "\n\n" in raw.replace("\r", "")


def _empty_blocks(raw: str) -> Iterator[str]:
    """Blocks that WordPress fills at each request, so that an export has nothing of them."""
    for name in dict.fromkeys(_EMPTY_BLOCK.findall(raw)):
        if name not in _SHOWN_WITHOUT:
            yield f"the block {name!r} has no content of its own, and is left out"
