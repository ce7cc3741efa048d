"""PURE. Rules about text: titles, summaries, and the HTML of bodies."""

from __future__ import annotations

from publisher.feedcheck.rule import ALL, ATOM, RSS, XML, Rule, advice, error

_PROFILE = "RSS Best Practices Profile"

RULES: tuple[Rule, ...] = (
    error(
        "content-type-invalid",
        ATOM,
        "type is text, html or xhtml, for content also a media type.",
        'Write type="html" for HTML; CDATA is no type.',
        "RFC 4287 sections 3.1.1 and 4.1.3.1",
    ),
    error(
        "xhtml-without-div",
        ATOM,
        'Text of type="xhtml" is one XHTML div and nothing else.',
        'Put it into <div xmlns="http://www.w3.org/1999/xhtml">, or write type="html".',
        "RFC 4287 sections 3.1.1.3 and 4.1.3.3",
    ),
    error(
        "markup-unescaped",
        XML,
        "Text and HTML are escaped: no elements stand within them.",
        "Escape < and & once; the text up to the first element is all that feed readers show.",
        "RFC 4287 sections 3.1.1.1 and 3.1.1.2, RSS 2.0 (description)",
    ),
    error(
        "content-src-not-empty",
        ATOM,
        "A content with src is empty.",
        "Write either src or the text.",
        "RFC 4287 section 4.1.3.2",
    ),
    advice(
        "markup-in-plain-text",
        ALL,
        "Plain text, as titles are, holds no HTML.",
        "Take the tags out; where they are meant: in Atom write the type, in RSS &#x3C; for <.",
        f"RFC 4287 section 3.1.1.1, {_PROFILE} (Character data), JSON Feed 1.1 (title, summary)",
        guess=True,
    ),
    advice(
        "escaped-twice",
        ALL,
        "A title is escaped once.",
        "Write & as &amp; once (in RSS as &#x26;, in JSON as it is).",
        f"{_PROFILE} (Character data), JSON Feed 1.1 (title)",
        guess=True,
    ),
    advice(
        "title-not-hexadecimal",
        RSS,
        "In an RSS title < is written &#x3C; and & before a name is &#x26;.",
        "Write these two hexadecimal references: every feed reader resolves them just once.",
        f"{_PROFILE} (Character data)",
    ),
    advice(
        "description-after-content",
        RSS,
        "description stands before content:encoded.",
        "Write the description first: some feed readers show the last of the two.",
        f"{_PROFILE} (content:encoded)",
    ),
    advice(
        "unsafe-element",
        ALL,
        "HTML holds no script, style, form, object, embed or what belongs into a page's head.",
        "Leave it out: feed readers remove it, some with all that follows.",
        "RFC 4287 section 8.1",
    ),
    advice(
        "event-attribute",
        ALL,
        "HTML holds no attribute that runs a script (onclick and the like).",
        "Leave it out.",
        "RFC 4287 section 8.1",
    ),
    advice(
        "unsafe-address",
        ALL,
        "No reference is a javascript:, vbscript: or data: address (but data: pictures).",
        "Link to a page, or leave the reference out.",
        "RFC 4287 section 8.1",
    ),
    advice(
        "relative-reference",
        ALL,
        "Every reference in HTML is absolute: href, src, poster, cite and each of srcset.",
        "Write whole addresses: a feed reader has no page for them to be relative to.",
        f"{_PROFILE} (description), JSON Feed 1.1 (content_html)",
    ),
    advice(
        "fragment-reference",
        ALL,
        "A reference of ours within the text names the page too.",
        "Write the page's address before the #.",
        "Our own rule: a footnote works in every feed reader",
        own=True,
    ),
    advice(
        "html-unbalanced",
        ALL,
        "Every element of HTML that needs an end has one, in order.",
        "Close it: what is left open spills over the feed reader's own page.",
        "HTML Living Standard section 13.1.2",
    ),
)
