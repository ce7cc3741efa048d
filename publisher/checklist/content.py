"""GROUND. The checks of links, pictures, words and articles."""

from __future__ import annotations

from publisher.checklist.check import error, warn

LINKS = (
    error(
        "dead-link",
        "What is linked on this site, or within the mail, is there.",
        "Mend the address, or publish what it leads to.",
        "Our own rule; other sites are not asked",
    ),
    error(
        "relative-link",
        "Every link and picture has a whole address.",
        "Begin it with https://: a mail has no site that it could be relative to.",
        "RFC 3986 section 5.1",
    ),
    error(
        "unsafe-link",
        "No link runs a script or opens a file.",
        "Link to a page.",
        "Mail programs strip javascript: and its like; filters refuse the mail",
    ),
    warn(
        "http-link",
        "Links and pictures are https.",
        "Write https://, and site.url too.",
        "Mail programs block mixed content; filters count it against the mail",
    ),
    warn(
        "local-link",
        "No link leads to this machine or a private network.",
        "Set site.url to the address that readers know.",
        "RFC 6761, RFC 1918",
    ),
    warn(
        "shortened-link",
        "No link goes through a shortener.",
        "Link to the page itself.",
        "Gmail sender guidelines; block lists name shorteners",
    ),
    error(
        "deceiving-link",
        "A link that shows an address leads to that site.",
        "Show words, or the address that it leads to.",
        "Gmail sender guidelines; filters take it for phishing",
    ),
    warn(
        "link-text",
        "A link has words that say where it leads.",
        "Write what is there: not nothing, not an ellipsis, not `here`.",
        "WCAG 2.2, 2.4.4",
    ),
    warn(
        "tracking",
        "Nothing reports who opens or clicks: no picture of one pixel, no utm_ in addresses.",
        "Take it out, or turn this check off where readers were asked.",
        "GDPR article 6, ePrivacy directive article 5(3)",
    ),
)

PICTURES = (
    error(
        "alt-missing",
        "Every picture has an alt attribute.",
        'Write alt="" for what only decorates.',
        "WCAG 2.2, 1.1.1",
    ),
    warn(
        "alt-empty",
        "A picture of an article has words for those who do not see it.",
        "Give the article's picture an alt.",
        "WCAG 2.2, 1.1.1; many mail programs show no pictures at first",
    ),
    warn(
        "alt-file-name",
        "The words for a picture are not the name of its file.",
        "Say what is to be seen.",
        "WCAG 2.2, failure F30",
    ),
    error(
        "dead-picture",
        "A picture on this site is there.",
        "Put the file beside its article, or mend the address.",
        "Our own rule; other sites are not asked",
    ),
    warn(
        "picture-weight",
        "A picture has at most 200 kB, and all together have 1 MB.",
        "Save it smaller: 1200 pixels are enough.",
        "Our own rule: mail is read on phones, and a frozen mail never gets lighter",
    ),
    warn(
        "picture-size",
        "A picture says its size in whole pixels, at most 600 wide, and its file has 1200 at most.",
        "Write width; save the file no wider than twice that.",
        "Outlook for Windows draws files at their own size (caniemail)",
    ),
    warn(
        "picture-format",
        "A picture is JPEG, PNG or GIF.",
        "Save it as one of these.",
        "Outlook for Windows draws neither WebP nor SVG (caniemail)",
    ),
    error(
        "picture-data",
        "No picture is written into the mail as a data: address.",
        "Put the file beside its article.",
        "Gmail and Outlook do not draw it (caniemail)",
    ),
    error(
        "picture-inside",
        "Each picture that the HTML names by cid: is a part of the message, once, and each part "
        "is named.",
        "Write no cid: address into the template: publisher puts it there.",
        "RFC 2387 section 3.4, RFC 2392",
    ),
    warn(
        "picture-outside",
        "With `embed: true`, no picture is fetched when the mail is opened.",
        "Put the file beside its article; or save pictures smaller, if not all found room in the "
        "10 MB of a message.",
        "GDPR, ePrivacy directive article 5(3): who fetches tells when the mail was opened",
    ),
    warn(
        "text-beside-pictures",
        "There are at least 200 characters of text for each picture.",
        "Write summaries, or show fewer pictures.",
        "SpamAssassin HTML_IMAGE_ONLY, HTML_IMAGE_RATIO",
    ),
)

WORDS = (
    error(
        "left-over-placeholder",
        "No placeholder is left: {{, %}, %(name)s, \\u{, None and their like.",
        "Look at the template at this place: a name is misspelt, or a value is missing.",
        "Our own rule; what authors wrote themselves does not count",
    ),
    error(
        "left-over-mjml",
        "No tag of MJML is left.",
        "Look at the template: the tag is misspelt, or stands where none may.",
        "MJML; no mail program knows them",
    ),
    warn(
        "left-over-markup",
        "No tag and no entity of HTML is shown as text.",
        "Mend the title or summary; in a template, mark nothing safe twice.",
        "Our own rule: readers see the signs",
    ),
    warn(
        "filler-text",
        "No filler such as lorem ipsum is left.",
        "Write the text.",
        "Our own rule",
    ),
    warn(
        "language",
        "The HTML says its language, the newsletter's.",
        'Write <mjml lang="{{ language }}">.',
        "WCAG 2.2, 3.1.1",
    ),
    warn(
        "direction",
        "The HTML says the direction of its language.",
        'Write <mjml dir="{{ direction }}">.',
        "HTML, the dir attribute; auto looks at the first letter only",
    ),
    warn(
        "document-title",
        "The HTML has a title.",
        "Write <mj-title>.",
        "WCAG 2.2, 2.4.2",
    ),
)

ITEMS = (
    error(
        "duplicate-item",
        "No article is in the issue twice.",
        "Give each article an id and an address of its own.",
        "Our own rule",
    ),
    warn(
        "same-title",
        "No two articles have the same title.",
        "See whether they are one; else tell them apart.",
        "Our own rule",
    ),
    error(
        "item-of-earlier-issue",
        "No article was in an earlier issue of the newsletter.",
        "Look at the ids: one article has that of another.",
        "Our own rule",
    ),
    error(
        "no-items",
        "The mail shows an article.",
        "Let the template show {{ entries }}.",
        "Our own rule",
    ),
    error(
        "text-part-missing",
        "The message has a text part with words in it.",
        "Look at templates/email/digest.txt.",
        "RFC 2046 section 5.1.4; SpamAssassin MIME_HTML_ONLY",
    ),
    error(
        "parts-differ",
        "HTML and text have the same articles.",
        "Let both templates show {{ entries }} with their addresses.",
        "RFC 2046 section 5.1.4",
    ),
)
