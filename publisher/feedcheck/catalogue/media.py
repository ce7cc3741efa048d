"""PURE. Rules about enclosures, pictures, Media RSS and podcasts."""

from __future__ import annotations

from publisher.feedcheck.rule import ALL, JSON, RSS, XML, Rule, advice, error

_APPLE = "A Podcaster's Guide to RSS (Apple)"
_PODCAST = "Podcasting 2.0, docs/1.0.md"
_PROFILE = "RSS Best Practices Profile"
_ATTACHED = "RSS 2.0 (enclosure), JSON Feed 1.1 (Attachments)"

RULES: tuple[Rule, ...] = (
    error(
        "enclosure-url-missing",
        (*RSS, *JSON),
        "An enclosure has an address.",
        "Write url.",
        _ATTACHED,
    ),
    error(
        "enclosure-type-missing",
        (*RSS, *JSON),
        "An enclosure has a media type.",
        "Write type (in JSON mime_type): podcast apps pass over one without.",
        _ATTACHED,
    ),
    error(
        "enclosure-length-missing",
        RSS,
        "An enclosure has a length.",
        'Write length="0" where it is unknown.',
        f"RSS 2.0 (enclosure), {_PROFILE} (enclosure)",
    ),
    error(
        "enclosure-length-invalid",
        ALL,
        "A length is a whole number of bytes.",
        "Write digits only; 0 in RSS, nothing in Atom and JSON, where it is unknown.",
        f"RFC 4287 section 4.2.7.6, {_ATTACHED}",
    ),
    error(
        "enclosure-not-web",
        RSS,
        "An enclosure is at an http or https address.",
        "Put the file on a web server.",
        "RSS 2.0 (enclosure)",
    ),
    advice(
        "enclosure-repeated",
        RSS,
        "An item has one enclosure.",
        "Keep the main one; Atom and JSON have room for more.",
        f"{_PROFILE} (enclosure)",
    ),
    error(
        "image-incomplete",
        RSS,
        "The channel's image has url, title and link.",
        "Write all three.",
        "RSS 2.0 (image)",
    ),
    advice(
        "image-differs",
        RSS,
        "Title and link of the image are those of the channel.",
        "Write the channel's title and link there.",
        f"{_PROFILE} (image)",
    ),
    error(
        "image-size-invalid",
        RSS,
        "The image is at most 144 wide and 400 high.",
        "Leave width and height out.",
        "RSS 2.0 (image)",
    ),
    error(
        "media-url-missing",
        XML,
        "media:thumbnail has a url, media:content a url or a media:player.",
        "Write url.",
        "Media RSS 1.5.1",
    ),
    error(
        "media-value-invalid",
        XML,
        "Sizes in Media RSS are whole numbers, medium is one of its five words.",
        "Write digits; image, audio, video, document or executable.",
        "Media RSS 1.5.1",
    ),
    error(
        "itunes-image-invalid",
        RSS,
        "itunes:image has an absolute href.",
        "Write the whole address as the attribute href.",
        _APPLE,
    ),
    error(
        "itunes-explicit-invalid",
        RSS,
        "itunes:explicit is true or false.",
        "Write true or false (yes, no and clean are of the old rules).",
        _APPLE,
    ),
    error(
        "itunes-duration-invalid",
        RSS,
        "itunes:duration is seconds, or hours, minutes and seconds with colons.",
        "Write 1834, 30:34 or 1:30:34.",
        _APPLE,
    ),
    error(
        "itunes-value-invalid",
        RSS,
        "itunes:type, episodeType, episode, season, block and complete have their few values.",
        "type: episodic, serial; episodeType: full, trailer, bonus; numbers from 1; Yes.",
        _APPLE,
    ),
    error(
        "itunes-owner-without-mail",
        RSS,
        "itunes:owner has an itunes:email.",
        "Write the address that directories may ask at.",
        _APPLE,
    ),
    advice(
        "itunes-required-missing",
        RSS,
        "A podcast has itunes:image, itunes:category, itunes:explicit and a language.",
        "Write the missing one: Apple refuses the podcast without it.",
        _APPLE,
    ),
    error(
        "podcast-guid-invalid",
        RSS,
        "podcast:guid is a UUID.",
        "Write UUID version 5 of the feed's address (see the specification).",
        _PODCAST,
    ),
    error(
        "podcast-value-invalid",
        RSS,
        "podcast:locked and block are yes or no, season a whole number, episode a number.",
        "Write one of these.",
        _PODCAST,
    ),
    error(
        "podcast-attribute-missing",
        RSS,
        "transcript and chapters have url and type, funding a url, soundbite its two times.",
        "Write the attribute that the finding names.",
        _PODCAST,
    ),
)
