"""PURE. Sanitised HTML -> Markdown that says the same.

Each block is rendered again by our own reader of Markdown: one that would not say what it said
stays as HTML. So does what Markdown has no form for: figures with captions, tables without a head
or with merged cells, definitions, details, players.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from publisher.exports.markup import parse_html
from publisher.manuscripts.inline import as_html, attributes, inline, line_starts
from publisher.parse.clean.fragment import plain_text
from publisher.parse.formats.markdown import markdown_to_html
from publisher.parse.formats.shortcodes import turn_shortcodes

_BOXES = frozenset({"div", "section", "article", "main", "header", "footer", "aside", "address"})
_BLOCK_NAMES = (
    "audio blockquote details dl figure h1 h2 h3 h4 h5 h6 hr ol p picture pre table ul video"
)
_BLOCKS = _BOXES | frozenset(_BLOCK_NAMES.split())
_LEVELS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_ADDRESSES = re.compile(r"(?:href|src)=\"([^\"]*)\"")
_EMPTY_LINES = re.compile(r"\n\s*\n")
_LOADING = re.compile(r' (?:loading="lazy"|decoding="async")')
"""What our sanitiser adds to pictures, and will again."""

_WORD = re.compile(r"[\w+#.-]{1,40}\Z")
_DEEPEST = 12
"""Boxes and lists within each other that are turned; what lies deeper stays as it is."""


def to_markdown(html: str) -> str:
    """Markdown that our own reader makes the same text of. Never raises for sanitised HTML."""
    root = parse_html(f"<html><body>{html}</body></html>") if html.strip() else None
    body = root.find("body") if root is not None else None
    if body is None:
        return ""
    return "\n\n".join(block for block in _blocks(body, 0) if block)


def keep_html(html: str) -> str:
    """HTML that Markdown leaves alone: no empty line ends it, and nothing in it is a command."""
    pieces = re.split(r"(<pre\b.*?</pre>)", html, flags=re.DOTALL)
    for place, piece in enumerate(pieces):
        if place % 2:
            pieces[place] = piece.replace("\n", "&#10;") if place > 1 or pieces[0] else piece
        else:
            pieces[place] = _EMPTY_LINES.sub("\n", piece)
    whole = _LOADING.sub("", "".join(pieces))
    whole = re.sub(r"\{(?=[{%:#.])", "&#123;", whole)
    return re.sub(r"\A(<(?:audio|video|picture)\b[^<>]*>)(?!\n)", r"\1\n", whole.strip())


def _blocks(parent: HtmlElement, depth: int) -> Iterator[str]:
    """Each block that an element holds; loose text and what is within lines is a paragraph."""
    for part in _parted(parent):
        tag = str(part.tag)
        if depth < _DEEPEST and _is_box(part, tag):
            yield from _blocks(part, depth + 1)
            continue
        html = as_html(part)
        written = _written(part, tag, depth)
        yield written if written is not None and _says_the_same(written, html) else keep_html(html)


def _is_box(part: HtmlElement, tag: str) -> bool:
    """Whether an element only holds blocks: nothing refers to it, and it says nothing itself."""
    if part.get("id") or part.get("class"):
        return False
    only = part[0] if len(part) == 1 else None
    holds_one = only is not None and only.tag in ("table", "pre", "blockquote", "ul", "ol")
    return tag in _BOXES or (tag == "figure" and holds_one and not (part.text or "").strip())


def _parted(parent: HtmlElement) -> list[HtmlElement]:
    """The blocks of an element, with runs of loose text made paragraphs."""
    found: list[HtmlElement] = []
    loose = parent.makeelement("p")
    loose.text = parent.text
    for child in list(parent):
        tail, child.tail = child.tail, None
        if str(child.tag) in _BLOCKS:
            _keep(found, loose)
            found.append(child)
            loose = parent.makeelement("p")
            loose.text = tail
        else:
            loose.append(child)
            child.tail = tail
    _keep(found, loose)
    return found


def _keep(found: list[HtmlElement], loose: HtmlElement) -> None:
    if len(loose) or (loose.text or "").strip():
        found.append(loose)


def _written(part: HtmlElement, tag: str, depth: int) -> str | None:
    """A block as Markdown; None for one that has no such form."""
    if tag == "p":
        return line_starts(inline(part)) if not attributes(part) else None
    if tag in _LEVELS:
        return _heading(part, tag)
    if tag == "hr":
        return "* * *"
    if tag == "pre":
        return _code(part)
    if depth >= _DEEPEST:
        return None
    if tag == "blockquote" and not attributes(part):
        return _behind("> ", "> ", "\n\n".join(_blocks(part, depth + 1)))
    if tag in ("ul", "ol"):
        return _list(part, tag, depth)
    if tag == "table":
        return _table(part)
    if tag == "figure":
        pictures = list(part)
        is_bare = len(pictures) == 1 and pictures[0].tag == "img" and not attributes(part)
        return inline(part) if is_bare else None
    return None


def _heading(part: HtmlElement, tag: str) -> str | None:
    text = inline(part)
    if "\n" in text or not text or set(part.attrib) - {"id"}:
        return None
    id_ = part.get("id", "")
    if id_ and not re.fullmatch(r"[\w.:-]+", id_):
        return None
    mark = f" {{#{id_}}}" if id_ else ""
    text = re.sub(r"(#+)\Z", r"\\\1", text)
    return f"{'#' * _LEVELS[tag]} {text}{mark}"


def _code(part: HtmlElement) -> str | None:
    only = part[0] if len(part) == 1 and not (part.text or "").strip() else None
    code = only if only is not None and only.tag == "code" and not only.tail else part
    if len(code) or attributes(part):
        return None
    classes = (code.get("class") or "").split() if code is not part else []
    language = classes[0].removeprefix("language-") if classes else ""
    text = (code.text or "").strip("\n")
    if (language and not _WORD.match(language)) or len(classes) > 1:
        return None
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _list(part: HtmlElement, tag: str, depth: int) -> str | None:
    if set(part.attrib) - {"start"} or any(child.tag != "li" for child in part):
        return None
    start = part.get("start", "1")
    if not start.isdecimal() or len(start) > 8:
        return None
    written = []
    is_loose = any(child.tag == "p" for entry in part for child in entry)
    for number, entry in enumerate(part, start=int(start)):
        if entry.attrib:
            return None
        mark = "- " if tag == "ul" else f"{number}. "
        blocks = list(_blocks(entry, depth + 1))
        inner = ("\n\n" if is_loose else "\n").join(blocks)
        written.append(_behind(mark, " " * len(mark), inner).rstrip())
    return ("\n\n" if is_loose else "\n").join(written)


def _table(part: HtmlElement) -> str | None:
    rows = list(part.iter("tr"))
    cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
    if len(rows) < 2 or not cells[0] or any(cell.tag != "th" for cell in cells[0]):
        return None
    if any(len(row) != len(cells[0]) for row in cells) or part.find("caption") is not None:
        return None
    flat = [cell for row in cells for cell in row]
    if any(set(cell.attrib) - {"align", "scope"} or _has_block(cell) for cell in flat):
        return None
    marks = {"left": ":---", "right": "---:", "center": ":---:"}
    rule = [marks.get(cell.get("align", ""), "---") for cell in cells[0]]
    lines = [[inline(cell, in_cell=True) for cell in row] for row in cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def _has_block(cell: HtmlElement) -> bool:
    return any(str(inner.tag) in _BLOCKS for inner in cell.iter() if inner is not cell)


def _behind(first: str, others: str, text: str) -> str:
    """A text whose lines stand behind a mark."""
    lines = text.split("\n")
    rest = [(others + line).rstrip() if line or others.strip() else line for line in lines[1:]]
    return "\n".join([first + lines[0], *rest])


def _says_the_same(written: str, html: str) -> bool:
    """Whether Markdown is read as just the words and the addresses that it was made from."""
    again = markdown_to_html(turn_shortcodes(written, policy="drop").text)
    return _words(again) == _words(html) and _targets(again) == _targets(html)


def _words(html: str) -> str:
    return "".join(plain_text(html, with_readings=True).split())


def _targets(html: str) -> list[str]:
    return sorted(found[1].replace("&amp;", "&") for found in _ADDRESSES.finditer(html))
