"""GROUND. The checks of size, of what laws ask, of the headers and the message as a whole."""

from __future__ import annotations

from publisher.checklist.check import error, warn

SIZE = (
    error(
        "html-size",
        "The HTML has at most 100,000 bytes.",
        "Lower max_items, or shorten the template.",
        "Gmail cuts a mail short after 102,400 bytes (hteumeuleu/email-bugs 41)",
    ),
    warn(
        "message-size",
        "The whole message has at most 150,000 bytes; with pictures inside it, 1,000,000.",
        "Lower max_items, or shorten summaries; save pictures smaller, or send them by address.",
        "Our own rule: ten thousand of them are sent; Postfix takes up to 10,240,000 bytes each",
    ),
    error(
        "unsubscribe-shown",
        "A link to unsubscribe is seen within the first 100,000 bytes of the HTML.",
        'Put <a href="{{ links.unsubscribe }}"> with words in it into the template.',
        "CAN-SPAM (15 USC 7704), Gmail and Yahoo sender guidelines",
    ),
    error(
        "postal-address-shown",
        "The postal address is seen within the first 100,000 bytes of the HTML.",
        "Put {{ newsletter.postal_address }} into the template.",
        "CAN-SPAM (15 USC 7704)",
    ),
    warn(
        "reason-shown",
        "Why one gets this mail is said within the first 100,000 bytes of the HTML.",
        'Put {{ _("You receive %(title)s because you subscribed to it.", '
        "title=newsletter.title) }} into the template, or turn this check off where it says "
        "so in words of its own.",
        "Best practice of senders: who knows why does not complain",
    ),
    error(
        "unsubscribe-in-text",
        "The text part has the address to unsubscribe and the postal address.",
        "Put {{ links.unsubscribe }} and {{ newsletter.postal_address }} into the template.",
        "CAN-SPAM (15 USC 7704)",
    ),
    warn(
        "web-version",
        "The HTML links to the issue on the web, which has what found no room.",
        "Put {{ links.web }} into the template.",
        "Our own rule: no article is lost to a limit",
    ),
)

MESSAGE = (
    error(
        "message-form",
        "The message has each needed header once, and plain text before HTML.",
        "Please report this: the message is made by publisher.",
        "RFC 5322 section 3.6, RFC 2046 section 5.1.4",
    ),
    error(
        "line-length",
        "No line of the message is over 998 bytes, and all are 7-bit with CRLF.",
        "Shorten web.url, or please report this.",
        "RFC 5322 section 2.1.1",
    ),
    warn(
        "header-line-length",
        "A header line that can be folded has at most 78 characters.",
        "Shorten the newsletter's title or the sender's name.",
        "RFC 5322 section 2.1.1",
    ),
    error(
        "list-unsubscribe",
        "List-Unsubscribe has one address, unfolded, and List-Unsubscribe-Post says one-click.",
        "Please report this: the headers are made by publisher.",
        "RFC 8058 sections 2 and 3.1",
    ),
    warn(
        "one-click-https",
        "The address to unsubscribe with one click is https.",
        "Serve the subscription pages over https, and say so in web.url or site.url.",
        "RFC 8058 section 3.1",
    ),
    error(
        "freemail-sender",
        "The sender's address is not at a free mail provider.",
        "Write `from:` with an address at a domain of your own.",
        "Gmail sender guidelines: their DMARC policies have such mail refused",
    ),
    warn(
        "no-reply-sender",
        "Who answers the mail reaches someone.",
        "Set `reply_to:` to an address that is read.",
        "Microsoft's requirements for senders",
    ),
    error(
        "date-in-the-future",
        "The date of the message has come.",
        "Set the machine's clock.",
        "RFC 5322 section 3.6.1; filters count it against the mail",
    ),
    error(
        "subject-missing",
        "The subject is not empty.",
        "Give the newsletter and the first article a title.",
        "RFC 5322 section 3.6.5; filters count it against the mail",
    ),
    warn(
        "subject-length",
        "The subject has at most 120 columns.",
        "Shorten the title of the first article.",
        "Our own rule: phones show some 40, desktops some 70",
    ),
    warn(
        "subject-shouting",
        "The subject is not all in capitals, has no row of marks and does not pose as an answer.",
        "Write the title as in running text.",
        "SpamAssassin SUBJ_ALL_CAPS; FTC rules on misleading subjects",
    ),
    warn(
        "preheader-missing",
        "Hidden text before the first word tells inboxes what to show beside the subject.",
        "Put {{ preheader }} into the template, and give the first article a summary.",
        "Best practice: else inboxes show the masthead",
    ),
    warn(
        "preheader-is-subject",
        "The preheader says something that the subject does not.",
        "Give the first article a summary that is not its title.",
        "Best practice: the two are shown side by side",
    ),
    warn(
        "spam-score",
        "SpamAssassin, by its local rules, gives at most 1.0 point.",
        "Look at the rules that it names; each stands in its documentation.",
        "SpamAssassin, run as spamassassin -L -t -x; not when publish makes the issue",
    ),
)
