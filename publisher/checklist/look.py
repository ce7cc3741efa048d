"""GROUND. The checks of how a mail looks and is built."""

from __future__ import annotations

from publisher.checklist.check import error, warn

LOOK = (
    warn(
        "contrast-light",
        "Text has a contrast of 4.5:1 to its ground, large text 3:1.",
        "Take a darker colour for the text, or a lighter ground.",
        "WCAG 2.2, 1.4.3",
    ),
    warn(
        "contrast-dark",
        "The same by the rules that the mail has for a dark scheme.",
        "Name the colour in a rule under prefers-color-scheme: dark, with !important.",
        "WCAG 2.2, 1.4.3",
    ),
    warn(
        "dark-scheme",
        "The mail has rules for a dark scheme.",
        "Write rules under @media (prefers-color-scheme: dark).",
        "Best practice: else mail programs turn colours as they like",
    ),
    warn(
        "font-size",
        "No text is under 14 pixels.",
        "Write font-size: 14px or more.",
        "Best practice for mail; iOS enlarges what is smaller and breaks the layout",
    ),
    warn(
        "too-wide",
        "Nothing is set wider than 600 pixels.",
        "Write max-width, and width: 100%.",
        "WCAG 2.2, 1.4.10; best practice for mail",
    ),
    error(
        "remote-style",
        "No font and no style sheet comes from elsewhere.",
        "Name fonts that machines have, and write styles into the mail.",
        "GDPR: each opening would be told to a third party; Gmail drops them",
    ),
    warn(
        "style-size",
        "The styles in the head have at most 16,000 bytes and stand nowhere else.",
        "Write fewer, and into mj-head.",
        "Gmail drops what is over, and styles in the body (caniemail)",
    ),
    error(
        "forbidden-element",
        "There is no script, form, frame, embedded player or drawing, and no on… attribute.",
        "Take it out: link to a page that has it.",
        "Every mail program strips them, and filters refuse the mail",
    ),
    warn(
        "headings",
        "The mail has one first heading.",
        "Make the title of the newsletter, and nothing else, an h1.",
        "WCAG 2.2, 1.3.1",
    ),
    warn(
        "table-role",
        'A table that only lays out has role="presentation".',
        "Write it; a table of data has <th>.",
        "WCAG 2.2, 1.3.1",
    ),
)
