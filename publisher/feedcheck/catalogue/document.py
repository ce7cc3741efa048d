"""PURE. Rules about the document as a whole: can it be read, and what is it."""

from __future__ import annotations

from publisher.feedcheck.rule import ALL, ANY, ATOM, JSON, RSS, XML, Rule, advice, error

_XML = "XML 1.0"
_RSS2 = "RSS 2.0"
_JSON = "JSON Feed 1.1"

RULES: tuple[Rule, ...] = (
    error(
        "empty-document",
        ANY,
        "A feed is never an empty file, not even without entries.",
        "Write the feed's own elements, title and id, with no entries.",
        "RFC 4287 section 4.1.1, RSS 2.0, JSON Feed 1.1",
    ),
    error(
        "not-a-feed",
        ANY,
        "The document is RSS, Atom or JSON Feed.",
        "Give the address of the feed, not of a page; look at what the server sends.",
        "RFC 4287 section 2, RSS 2.0, JSON Feed 1.1",
    ),
    advice(
        "older-format",
        ANY,
        "RSS 2.0 and Atom 1.0 have replaced RSS 0.9x and 1.0 and Atom 0.3.",
        "Write RSS 2.0 or Atom 1.0; only that the XML is well-formed was checked.",
        "RSS 2.0, RFC 4287",
    ),
    error(
        "too-large",
        ALL,
        "The document is small enough to be read.",
        "Keep the newest entries and put the older ones into archive documents (RFC 5005).",
        "Best practice of feed readers, which stop far earlier",
    ),
    error(
        "well-formed",
        ALL,
        "The document is well-formed XML or JSON.",
        "Escape & and < in XML, close every element; write the file with a serialiser.",
        "XML 1.0 section 2.1, RFC 8259 section 2",
    ),
    error(
        "text-before-declaration",
        XML,
        "Nothing, no blank line either, stands before the XML declaration.",
        "Remove what stands before <?xml.",
        f"{_XML} section 2.8",
    ),
    error(
        "encoding",
        ALL,
        "The bytes are of the encoding that the document declares (UTF-8 where it declares none).",
        "Write the file as UTF-8 and say so.",
        f"{_XML} section 4.3.3, RFC 8259 section 8.1",
    ),
    advice(
        "obscure-encoding",
        XML,
        "The encoding is one that every feed reader knows.",
        "Write UTF-8.",
        f"{_XML} section 4.3.3",
    ),
    error(
        "byte-order-mark",
        JSON,
        "JSON has no byte order mark.",
        "Remove the three bytes EF BB BF from the start.",
        "RFC 8259 section 8.1",
    ),
    error(
        "entity-declaration",
        XML,
        "The document declares no entities of its own.",
        "Remove the DOCTYPE and write the characters themselves; nothing else was checked.",
        "RSS 2.0, RFC 4287 section 8.1; feed readers refuse or drop them",
    ),
    error(
        "beyond-parser-limits",
        XML,
        "No text is over 10 million bytes and no element deeper than feed readers go.",
        "Shorten the entry that is named, or link to it.",
        "libxml2's default limits, which most feed readers have",
    ),
    advice(
        "control-character",
        ALL,
        "The text has no control characters (C0 and C1).",
        "Remove them; bytes 80 to 9F mostly come from Windows-1252 read as Latin-1.",
        f"{_XML} section 2.2",
    ),
    error(
        "atom-namespace",
        ATOM,
        "Atom's elements are in the namespace http://www.w3.org/2005/Atom.",
        'Write <feed xmlns="http://www.w3.org/2005/Atom">.',
        "RFC 4287 section 1.2",
    ),
    error(
        "namespace-misspelt",
        XML,
        "A namespace is written letter by letter as its owner wrote it.",
        "Use the address that the finding names; no feed reader knows the other.",
        "Namespaces in XML 1.0 section 2.3",
    ),
    error(
        "unknown-element",
        XML,
        "RSS, Atom and the known extensions have an element of this name, in this very spelling.",
        "Mind capital letters; what is no part of the format needs a namespace of its own.",
        "RSS 2.0 (Extending RSS), RFC 4287 section 6, the extension's own document",
    ),
    error(
        "repeated-element",
        XML,
        "An element that may stand once stands once.",
        "Keep the first one.",
        "RFC 4287 section 4.1, RSS 2.0",
    ),
    error(
        "rss-version",
        RSS,
        'The root element says version="2.0".',
        'Write <rss version="2.0">.',
        _RSS2,
    ),
    error(
        "channel-missing",
        RSS,
        "The root element has one channel.",
        "Put everything into <channel>.",
        _RSS2,
    ),
    error(
        "item-outside-channel",
        RSS,
        "Every item is within the channel.",
        "Move the items into <channel>.",
        _RSS2,
    ),
    error(
        "json-version",
        JSON,
        "version is the address of the JSON Feed version.",
        'Write "version": "https://jsonfeed.org/version/1.1".',
        f"{_JSON} (Top-level)",
    ),
    error(
        "items-missing",
        JSON,
        "items is there, empty if need be.",
        'Write "items": [].',
        f"{_JSON} (Top-level)",
    ),
    error(
        "json-type",
        JSON,
        "Every value has the type that the specification names, and is not null.",
        "Write the type that the finding names; leave a key out that has no value.",
        _JSON,
    ),
    advice(
        "json-key-unknown",
        JSON,
        "A key is one of the specification's or begins with an underscore.",
        "Put additions into an object of your own whose key begins with _.",
        f"{_JSON} (Extensions)",
    ),
)
