"""PURE. An AsciiDoc file -> its header, and its text as HTML where no converter is at hand.

The header is read by the language's rules: a title, an author line, a revision line, attributes. Of
the text only blocks and a few marks are turned (docs.asciidoctor.org/asciidoc): whoever needs
more names a converter (`asciidoc:` of the source).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from publisher.parse.headers.values import Pairs, Text
from publisher.values import dataclass

_TITLE = re.compile(r"=[ \t]+(?P<title>\S.*)\Z")
_ATTRIBUTE = re.compile(r":(?P<off>!?)(?P<name>[\w-]+)(?P<end>!?):[ \t]*(?P<value>.*)\Z")
_AUTHOR = re.compile(r"(?P<name>[^\W\d_][\w .'-]*?)(?:[ \t]+<(?P<email>[^<>\s]+)>)?\Z")
_REVISION = re.compile(r"v?(?:[\d.]+[\w.-]*,[ \t]*)?(?P<date>\d{4}-\d{2}-\d{2}[^:]*?)(?::.*)?\Z")
_NAMES = {
    "revdate": "date",
    "date": "date",
    "docdate": "date",
    "author": "author",
    "authors": "authors",
    "description": "description",
    "keywords": "tags",
    "tags": "tags",
    "page-tags": "tags",
    "lang": "lang",
    "page-lang": "lang",
}
"""`language` is none of them: it is that of the code."""

_FENCES = {
    "----": "pre",
    "....": "pre",
    "```": "pre",
    "____": "blockquote",
    "====": "",
    "****": "",
    "--": "",
}
_HEADING = re.compile(r"(?P<level>={2,6})[ \t]+(?P<text>\S.*)\Z")
_IMAGE = re.compile(r"image::?(?P<target>[^\s\[]+)\[(?P<alt>[^\],]*)[^\]]*\]\Z")
_ITEM = re.compile(r"(?P<mark>[*.-]{1,5})[ \t]+(?P<text>\S.*)\Z")
_LINK = re.compile(
    r"(?:link:)?(?P<url>https?://[^\s\[\]]+|(?<=link:)[^\s\[\]]+)\[(?P<text>[^\]]*)\]"
)
_MARKS = (
    (re.compile(r"`+([^`\n]+)`+"), "code"),
    (re.compile(r"(?<![\w*])\*([^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])"), "strong"),
    (re.compile(r"(?<![\w_])_([^_\s](?:[^_\n]*[^_\s])?)_(?![\w_])"), "em"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsciiDoc:
    """The fields of the header, the text below it and the line on which that begins."""

    pairs: Pairs
    body: str
    body_line: int


def split_asciidoc(text: str) -> AsciiDoc:
    """Take the header off: it ends at the first empty line."""
    lines = text.split("\n")
    number = next(
        (n for n, line in enumerate(lines) if line.strip() and line[:2] != "//"), len(lines)
    )
    pairs: list[tuple[Text, Text]] = []
    title = _TITLE.match(lines[number]) if number < len(lines) else None
    if title is not None:
        pairs.append(_pair("title", title["title"].strip(), number))
        number += 1
    after_title = title is not None
    while number < len(lines) and lines[number].strip():
        line = lines[number]
        attribute = _ATTRIBUTE.match(line)
        author = _AUTHOR.match(line) if after_title and attribute is None else None
        revision = _REVISION.match(line) if attribute is None else None
        if attribute is not None:
            pairs += _attribute(attribute, number)
        elif line.startswith("//"):
            pass
        elif revision is not None and title is not None:
            pairs.append(_pair("date", revision["date"].strip(), number))
        elif author is not None:
            pairs.append(_pair("author", author["name"], number))
        else:
            break
        after_title = after_title and (attribute is not None or line.startswith("//"))
        number += 1
    unique = {key.text: (key, value) for key, value in reversed(pairs)}
    return AsciiDoc(
        pairs=tuple(reversed(unique.values())), body="\n".join(lines[number:]), body_line=number + 1
    )


def _attribute(found: re.Match[str], number: int) -> list[tuple[Text, Text]]:
    name = found["name"].lower()
    if found["off"] or found["end"] or name == "language" or not found["value"].strip():
        return []
    return [_pair(_NAMES.get(name, name), found["value"].strip(), number)]


def _pair(name: str, value: str, number: int) -> tuple[Text, Text]:
    return Text(name, number + 1, 1), Text(value, number + 1, 1)


def asciidoc_to_html(text: str) -> str:
    """Headings, paragraphs, lists, listings, quotations, pictures and links; the rest as text."""
    return "\n".join(_blocks(text.split("\n")))


def _blocks(lines: list[str]) -> Iterator[str]:
    number = 0
    while number < len(lines):
        line = lines[number].rstrip()
        fence = (
            line
            if line in _FENCES
            else line[:4]
            if line[:4] in _FENCES and not line.strip(line[:1])
            else ""
        )
        if fence:
            end = next(
                (n for n in range(number + 1, len(lines)) if lines[n].rstrip() == line), len(lines)
            )
            yield from _fenced(_FENCES[fence], lines[number + 1 : end])
            number = end + 1
            continue
        number += 1
        heading, image = _HEADING.match(line), _IMAGE.match(line)
        if not line or line.startswith(("//", "[")) or _ATTRIBUTE.match(line):
            continue
        if heading:
            level = len(heading["level"])
            yield f"<h{level}>{_inline(heading['text'])}</h{level}>"
        elif image:
            yield f'<p><img src="{escape(image["target"])}" alt="{escape(image["alt"])}"></p>'
        elif line.startswith(".") and len(line) > 1 and line[1] not in ". ":
            yield f"<p><em>{_inline(line[1:])}</em></p>"
        else:
            end = next(
                (n for n in range(number, len(lines)) if _ends_paragraph(lines[n])), len(lines)
            )
            yield _paragraph([line, *lines[number:end]])
            number = end


def _fenced(tag: str, lines: list[str]) -> Iterator[str]:
    if tag == "pre":
        yield f"<pre><code>{escape(chr(10).join(lines))}\n</code></pre>"
    elif tag:
        yield f"<{tag}>{asciidoc_to_html(chr(10).join(lines))}</{tag}>"
    else:
        yield asciidoc_to_html("\n".join(lines))


def _ends_paragraph(line: str) -> bool:
    line = line.rstrip()
    return not line or line in _FENCES or _HEADING.match(line) is not None


def _paragraph(lines: list[str]) -> str:
    """Lines without an empty one between: a list where the first of them is an item."""
    first = _ITEM.match(lines[0].strip())
    if first is None:
        return f"<p>{_inline(chr(10).join(lines))}</p>"
    tag = "ol" if first["mark"][0] == "." else "ul"
    items: list[str] = []
    for line in lines:
        item = _ITEM.match(line.strip())
        if item:
            items.append(item["text"])
        elif line.strip() != "+":
            items[-1] += f"\n{line.strip()}"
    return f"<{tag}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{tag}>"


def _inline(text: str) -> str:
    html = escape(text, quote=False)
    html = _LINK.sub(lambda m: f'<a href="{escape(m["url"])}">{m["text"] or m["url"]}</a>', html)
    for pattern, tag in _MARKS:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return html
