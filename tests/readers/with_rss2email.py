"""rss2email 3.13: each entry becomes a mail, here in a Maildir, read back with `email`.

Reads RSS and Atom, with the feedparser of its distribution. The mail has id, link and feed in
headers, the title as subject, the time published as Date (`date-header`), the body in
`<div id="body">` and the addresses of all enclosures below it; no type, length or time of change.
The body is sanitised and written anew by feedparser, so the visible text is compared, to the
last space but at its two ends, which rss2email strips.

Its fault: a title of RSS that holds the text of a reference (`AT&amp;T`, in XML `AT&#x26;amp;T`)
is taken for HTML and resolved once more, to `AT&T` (a feed made by hand, test_readers.py).
"""

from __future__ import annotations

import html
import mailbox
import re
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from tests.readers.commands import run
from tests.readers.reading import Driver, Read, Readings, as_html, numbered, visible_text

_SETTINGS = """\
[DEFAULT]
from = reader@courier.example
to = subscriber@courier.example
name-format =
email-protocol = maildir
maildir-path = {home}
maildir-mailbox = mail
html-mail = True
unicode-snob = True
use-8bit = True
encodings = UTF-8
date-header = True
date-header-order = issued
verbose = warning
"""
_BODY = re.compile(r'<div id="body">\n(.*)</div>\n<div class="footer">\n(.*)', re.DOTALL)
_ENCLOSURE = re.compile(r'<p>Enclosure: <a href="([^"]*)">')


def read(addresses: Sequence[str], home: Path) -> Readings:
    """The mails of each feed, as entries."""
    home.mkdir(parents=True)
    feeds = "".join(f"\n[feed.{name}]\nurl = {a}\n" for name, a in numbered(addresses).items())
    (home / "settings").write_text(_SETTINGS.format(home=home) + feeds, "utf-8")
    run(("r2e", "-c", "settings", "-d", "seen.json", "run"), home)
    found: Readings = {address: [] for address in addresses}
    mails = mailbox.Maildir(home / "mail", create=False)
    for key in mails.iterkeys():
        message = message_from_bytes(mails.get_bytes(key), policy=policy.default)
        found[str(message["X-RSS-Feed"])].append(_entry(message))
    return found


def _entry(message: EmailMessage) -> Read:
    parts = _BODY.search(message.get_content())
    assert parts, message["X-RSS-ID"]
    return Read(
        id=str(message["X-RSS-ID"]),
        title=str(message["Subject"]),
        url=str(message["X-RSS-URL"]),
        published=int(parsedate_to_datetime(str(message["Date"])).timestamp()),
        updated=None,
        text=parts[1],
        enclosures=tuple((html.unescape(u), None, None) for u in _ENCLOSURE.findall(parts[2])),
    )


def _told(entry: Read, name: str) -> Read:
    addresses = tuple((url, None, None) for url, _, _ in entry.enclosures)
    title = html.unescape(entry.title).strip() if name == "rss.xml" else entry.title
    return replace(as_html(entry), title=title, updated=None, enclosures=addresses)


def _shown(text: str) -> str:
    return visible_text(text).strip()


RSS2EMAIL = Driver(
    name="rss2email",
    formats=("rss.xml", "atom.xml"),
    programs=("r2e",),
    read=read,
    told=_told,
    shown=_shown,
)
