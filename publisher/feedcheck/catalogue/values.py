"""PURE. Rules about values: dates, addresses, languages, media types, numbers."""

from __future__ import annotations

from publisher.feedcheck.rule import ALL, ATOM, JSON, RSS, Rule, advice, error

_PROFILE = "RSS Best Practices Profile"
_RSS2 = "RSS 2.0"

RULES: tuple[Rule, ...] = (
    advice(
        "blank-value",
        ALL,
        "What is there is not empty.",
        "Fill it or leave it out.",
        f"{_RSS2}, RFC 4287 section 4.2, JSON Feed 1.1",
    ),
    error(
        "category-blank",
        ALL,
        "A category (in JSON a tag) says something.",
        "Leave it out.",
        f"RFC 4287 section 4.2.2.1, {_RSS2} (category), JSON Feed 1.1 (tags)",
    ),
    error(
        "date-invalid",
        ALL,
        "A date has the form of its format, and is a day of the calendar.",
        "Atom and JSON: 2026-03-20T07:30:00Z. RSS: Fri, 20 Mar 2026 07:30:00 GMT.",
        f"RFC 4287 section 3.3 and RFC 3339, {_RSS2} and RFC 822 section 5, JSON Feed 1.1",
    ),
    error(
        "weekday-wrong",
        RSS,
        "The day of the week is that of the date.",
        "Take the weekday from the date, or leave it out.",
        "RFC 822 section 5.2",
    ),
    advice(
        "date-ambiguous",
        RSS,
        "A date has four digits of year, and a zone that is an offset or a name of RFC 822.",
        "Write four digits, and GMT or an offset such as +0700.",
        f"{_PROFILE} (Dates), RFC 2822 section 4.3",
    ),
    advice(
        "date-in-future",
        ALL,
        "Nothing is dated in the future.",
        "Publish the entry when its time has come.",
        f"{_RSS2} (pubDate); feed readers hide or pin such entries",
    ),
    error(
        "address-invalid",
        ALL,
        "An address has no spaces, no characters that no address has, and whole %-escapes.",
        "Percent-encode the address.",
        f"RFC 3986 section 2, RFC 3987 section 2.2, {_PROFILE} (URLs)",
    ),
    error(
        "address-not-absolute",
        (*RSS, *JSON),
        "An address begins with its scheme.",
        "Write the whole address, https:// in front.",
        f"{_RSS2} (Comments), JSON Feed 1.1",
    ),
    advice(
        "address-relative",
        ATOM,
        "A link's address is absolute, or there is an xml:base.",
        "Write the whole address: not every feed reader knows what it is relative to.",
        "RFC 4287 sections 2 and 4.2.7.1",
    ),
    advice(
        "address-not-ascii",
        ALL,
        "Addresses of ours are percent-encoded, the host in punycode.",
        "Encode it (RFC 3987 section 3.1).",
        "Our own rule: every feed reader can fetch it",
        own=True,
    ),
    error(
        "language-invalid",
        ALL,
        "A language is a tag of BCP 47.",
        "Write a tag such as en, id or pt-BR.",
        f"RFC 5646 section 2.1, {_RSS2} (language), JSON Feed 1.1 (language)",
    ),
    error(
        "media-type-invalid",
        ALL,
        "A media type is type/subtype.",
        "Write a registered type such as text/html or audio/mpeg.",
        f"RFC 4287 section 4.2.7.3, {_RSS2} (enclosure), JSON Feed 1.1 (Attachments)",
    ),
    error(
        "boolean-invalid",
        RSS,
        "isPermaLink is true or false.",
        'Write "true" or "false", in small letters.',
        f"{_RSS2} (guid)",
    ),
    error(
        "ttl-invalid",
        RSS,
        "ttl is a whole number of minutes.",
        "Write digits only.",
        f"{_RSS2} (ttl)",
    ),
    error(
        "skip-invalid",
        RSS,
        "skipHours holds hours 0 to 23, skipDays English names of days, each once.",
        "Write <hour>0</hour> or <day>Monday</day>.",
        f"{_RSS2} (skipHours, skipDays)",
    ),
    advice(
        "text-input",
        RSS,
        "The channel has no textInput.",
        "Leave it out: hardly any feed reader shows it, and nobody agrees what it does.",
        f"{_PROFILE} (textInput)",
    ),
    error(
        "cloud-incomplete",
        RSS,
        "cloud has domain, port, path, registerProcedure and protocol.",
        "Write all five, or leave cloud out.",
        f"{_RSS2} (cloud)",
    ),
    error(
        "update-period-invalid",
        RSS,
        "sy:updatePeriod is hourly, daily, weekly, monthly or yearly, its frequency a number.",
        "Write one of the five words, and a whole number over 0.",
        "RDF Site Summary 1.0 Modules: Syndication",
    ),
)
