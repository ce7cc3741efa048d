"""PURE. How our RSS and our Atom are written: an expression for an entry in each.

Each takes the elements that may be there, in their order, and each value by what its rule asks of
it. That is narrower than XML (every character of a value has one form, so that two values are the
same where their bytes are) and narrower than the rules. They say so themselves, and take nothing
from what draws feeds.
"""

from __future__ import annotations

import re

from publisher.feedcheck.names import ATOM, CONTENT, DC, MEDIA
from publisher.patterns import pattern
from publisher.values import dataclass

_NOT_TEXT = r"<>&\x00-\x1f\x7f-\x9f\ufffe\uffff"
_TEXT = rf"(?:[^{_NOT_TEXT}]++|&(?:amp|lt|gt);)*+"
_SAYS = rf"(?=[^\s<]){_TEXT}"
_TITLE = rf"(?=[^\s<])(?:[^{_NOT_TEXT}]++|&(?:#x26|#x3C|gt);)++"
"""As every feed reader reads it alike: see the rule title-not-hexadecimal."""
_VALUE = rf'(?:[^"{_NOT_TEXT}]++|&(?:amp|lt|gt|quot);)*+'
_URL = (
    r"https?://[A-Za-z0-9._~@:\[\]-]++"
    r"(?:[/?#](?:[A-Za-z0-9._~:/?#@!$'()*+,;=\[\]-]++|&amp;|%[0-9A-Fa-f]{2})*+)?+"
)
_IRI = rf'[A-Za-z][A-Za-z0-9+.-]*+:(?:[^"{{}}|\\^`\s\xa0{_NOT_TEXT}]++|&amp;)++'
_MEDIA_TYPE = r"[A-Za-z0-9][A-Za-z0-9!#$^_.+-]*+/[A-Za-z0-9][A-Za-z0-9!#$^_.+-]*+"
_LANGUAGE = r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?+(?:-[A-Z]{2})?+"
_MAIL = rf"[^\s@():{_NOT_TEXT}]++@[^\s@():{_NOT_TEXT}]++"
_SIZE = r'(?: width="[0-9]++")?+(?: height="[0-9]++")?+'
_THUMBNAIL = rf'<media:thumbnail url="{_URL}"{_SIZE}/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How documents of a format are written.

    `start` is how they begin, with the namespaces in its first group, of which those that stand
    in entries must be `namespaces`. `begin` is the first line of an entry, `tail` all that is
    behind the last one. `body` and `body_end` stand around HTML; `entry` takes an entry from which
    that was taken out, all but `body` itself. Its groups are what has to be compared.
    """

    start: re.Pattern[bytes]
    namespaces: tuple[bytes, ...]
    begin: bytes
    tail: bytes
    body: bytes
    body_end: bytes
    entry: re.Pattern[str]


def _namespace(name: str, prefix: str = "") -> bytes:
    return f' xmlns{prefix and ":" + prefix}="{name[1:-1]}"'.encode()


def _lines(indent: int, *lines: str) -> str:
    """Lines of a document, each so far indented; ? or * at the end of one is meant as such."""
    written = []
    for line in lines:
        often = line[-1] if line[-1] in "?*" else ""
        whole = f"{' ' * indent}{line.removesuffix(often)}\\n"
        written.append(f"(?:{whole}){often}+" if often else whole)
    return "".join(written)


_DECLARATION = r"<\?xml version='1\.0' encoding='UTF-8'\?>\n"
_NAMESPACES = r'((?: xmlns(?::[a-z]+)?="[^"<>&\s]*")*)'

RSS_FORM = Form(
    start=pattern(rf'{_DECLARATION}<rss{_NAMESPACES} version="2\.0">\n  <channel>\n'.encode()),
    namespaces=(_namespace(CONTENT, "content"), _namespace(DC, "dc"), _namespace(MEDIA, "media")),
    begin=b"    <item>\n",
    tail=b"  </channel>\n</rss>\n",
    body=b"<content:encoded>",
    body_end=b"</content:encoded>",
    entry=pattern(
        _lines(4, "<item>")
        + _lines(
            6,
            rf"<title>{_TITLE}</title>",
            rf"<link>{_URL}</link>",
            rf"<description>(?P<summary>{_SAYS})</description>",
            "<content:encoded>?",
            rf'<guid isPermaLink="(?:true">(?=https?://)|false">)(?P<id>{_SAYS})(?<=\S)</guid>',
            rf"<category>{_SAYS}</category>*",
            rf'<enclosure url="{_URL}" length="[0-9]++" type="{_MEDIA_TYPE}"/>?',
            r"<pubDate>(?P<when>[A-Za-z0-9,:+ -]++)</pubDate>",
            rf"<dc:creator>{_TEXT}</dc:creator>*",
            rf"<dc:language>{_LANGUAGE}</dc:language>?",
            rf"{_THUMBNAIL}?",
            rf'<source url="{_URL}">{_TEXT}</source>?',
            rf"<dc:rights>{_TEXT}</dc:rights>?",
        )
        + _lines(4, "</item>")
    ),
)

ATOM_FORM = Form(
    start=pattern(rf'{_DECLARATION}<feed{_NAMESPACES}(?: xml:lang="[^"<>&\s]*")?>\n'.encode()),
    namespaces=(_namespace(ATOM), _namespace(MEDIA, "media")),
    begin=b"  <entry",
    tail=b"</feed>\n",
    body=b'<content type="html">',
    body_end=b"</content>",
    entry=pattern(
        _lines(2, rf'<entry(?: xml:lang="{_LANGUAGE}")?+>')
        + _lines(
            4,
            rf"<id>(?P<id>{_IRI})</id>",
            rf'<title type="text">{_SAYS}</title>',
            r"<updated>(?P<when>[0-9T:+Z-]++)</updated>",
            rf"<author>\n      <name>{_SAYS}</name>\n(?:      <email>{_MAIL}</email>\n)?+"
            rf"(?:      <uri>{_URL}</uri>\n)?+    </author>*",
            '<content type="html">?',
            rf'<link href="{_URL}" rel="alternate" type="text/html"/>',
            rf'<link href="{_URL}" rel="enclosure" type="{_MEDIA_TYPE}" length="[0-9]++"'
            rf'(?: title="{_VALUE}")?+/>*',
            rf'<summary type="text">{_SAYS}</summary>',
            rf'<category term="(?=[^\s"]){_VALUE}"/>*',
            r"<published>(?P<published>[0-9T:+Z-]++)</published>",
            rf"{_THUMBNAIL}?",
            rf"<rights>{_TEXT}</rights>?",
            rf"<source>\n      <id>{_TEXT}</id>\n      <title>{_TEXT}</title>\n"
            rf"      <updated>[0-9T:+Z-]++</updated>\n"
            rf'(?:      <link href="{_VALUE}" rel="(?:alternate|self)"/>\n)*+'
            rf"(?:      <rights>{_TEXT}</rights>\n)?+    </source>?",
        )
        + _lines(2, "</entry>")
    ),
)
