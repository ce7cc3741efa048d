"""PURE. What other machines read in a page: Open Graph properties and JSON-LD.

Open Graph: ogp.me. JSON-LD: schema.org/NewsArticle. All addresses are absolute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from publisher.model import Entry, Picture
from publisher.render.attribution import find_attribution
from publisher.render.words import full_tag

Properties = list[tuple[str, str]]


def site_properties(
    *,
    site: str,
    title: str,
    description: str,
    url: str,
    language: str | None,
    picture: Picture | None,
) -> Properties:
    """The Open Graph properties of a page of the site itself; `picture` is the site's own."""
    return _without_blanks(
        ("og:type", "website"),
        ("og:site_name", site),
        ("og:title", title),
        ("og:description", description),
        ("og:url", url),
        ("og:locale", _open_graph_locale(language)),
        *_picture_properties(picture),
    )


def article_properties(
    entry: Entry, *, site: str, language: str | None, picture: Picture | None
) -> Properties:
    """The Open Graph properties of an article; `picture` is the one to show with it."""
    updated = entry.updated.isoformat() if entry.updated > entry.published else ""
    return _without_blanks(
        ("og:type", "article"),
        ("og:site_name", site),
        ("og:title", entry.title),
        ("og:description", entry.summary),
        ("og:url", entry.url),
        ("og:locale", _open_graph_locale(language)),
        *_picture_properties(picture),
        ("article:published_time", entry.published.isoformat()),
        ("article:modified_time", updated),
        ("article:section", entry.section),
        *(("article:tag", tag) for tag in entry.tags),
    )


def _picture_properties(picture: Picture | None) -> Properties:
    if picture is None:
        return []
    return _without_blanks(
        ("og:image", picture.url),
        ("og:image:type", picture.media_type),
        ("og:image:width", str(picture.width or "")),
        ("og:image:height", str(picture.height or "")),
        ("og:image:alt", picture.alt),
    )


def news_article(
    entry: Entry,
    *,
    site: str,
    site_url: str,
    logo_url: str,
    language: str | None,
    author_pages: Mapping[str, str] | None = None,
) -> str:
    """The JSON-LD of an article, safe inside a script element.

    `author_pages` are the addresses of authors' pages on this site, by name; the other
    authors have the page that they named. An article of somebody else names the feed that it
    is from, as its page does: `publisher` is who publishes the page.
    """
    pages = author_pages or {}
    publisher = _known({"@type": "Organization", "name": site, "url": site_url, "logo": logo_url})
    authors = [
        _known({"@type": "Person", "name": author.name, "url": pages.get(author.name, author.url)})
        for author in entry.authors
    ]
    return _script(
        _known(
            {
                "@context": "https://schema.org",
                "@type": "NewsArticle",
                "headline": entry.title,
                "description": entry.summary,
                "url": entry.url,
                "mainEntityOfPage": entry.url,
                "datePublished": entry.published.isoformat(),
                "dateModified": entry.updated.isoformat(),
                "author": authors,
                "publisher": publisher,
                "isBasedOn": _origin(entry),
                "image": [entry.picture.url] if entry.picture else [],
                "inLanguage": language,
                "articleSection": entry.section,
                "keywords": list(entry.tags),
                "correction": [
                    _known(
                        {
                            "@type": "CorrectionComment",
                            "text": correction.text,
                            "datePublished": correction.when and correction.when.isoformat(),
                        }
                    )
                    for correction in entry.corrections
                ],
            }
        )
    )


def _origin(entry: Entry) -> Mapping[str, str]:
    found = find_attribution(entry)
    return (
        {} if found is None else _known({"@type": "WebSite", "name": found.name, "url": found.url})
    )


def _script(value: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in (HTML, section 4.12.1.3)."""
    text = msgspec.json.encode(value).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if one}


def _without_blanks(*properties: tuple[str, str]) -> Properties:
    return [(name, content) for name, content in properties if content]


def _open_graph_locale(language: str | None) -> str:
    """language_TERRITORY, as Open Graph wants it; the likely territory where the tag has none."""
    if language is None:
        return ""
    name, _, territory = full_tag(language)
    return f"{name}_{territory}" if territory else name
