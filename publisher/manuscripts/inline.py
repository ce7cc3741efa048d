"""PURE. What stands within lines: HTML -> Markdown. What Markdown cannot say stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from lxml import etree
from lxml.html import HtmlElement

VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})

_WHITE = re.compile(r"[ \t\n\r\f]+")
_SPECIAL = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w)|\{(?=[{%:#.])|!\Z|!(?=\[)")
_LINE_START = re.compile(r"^([ \t]*)(#{1,6}(?=\s|$)|[-+>:=|]|\d{1,9}(?=[.)]))", re.MULTILINE)
_RUNS = re.compile(r"`+")
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}
_DROPPED = {"img": frozenset({"srcset", "sizes", "width", "height", "loading", "decoding"})}
"""Attributes that say how a picture is drawn, which is decided anew."""

_CODE_OF = {"{": "&#123;", "&": "&amp;", "<": "&lt;"}


def inline(element: HtmlElement, *, in_cell: bool = False) -> str:
    """All that an element holds, as Markdown on one line, or on several that are broken."""
    text = re.sub(r" {2,}", " ", "".join(_pieces(element, in_cell=in_cell)))
    return re.sub(r"[ \t]*(\\\n)[ \t]*", r"\1", text).strip(" \t\n\r\f").removesuffix("\\").strip()


def line_starts(text: str) -> str:
    """A text no line of which begins like a heading, a list, a quotation or a table."""
    return _LINE_START.sub(_guarded, text)


def plain(text: str, *, in_cell: bool = False) -> str:
    """Words as Markdown that says just them."""
    text = _SPECIAL.sub(_escaped, _WHITE.sub(" ", text))
    return text.replace("|", r"\|") if in_cell else text


def start_tag(element: HtmlElement, without: frozenset[str] = frozenset()) -> str:
    """The start tag of an element as HTML."""
    told = "".join(
        f' {name}="{escape(value)}"' if value else f" {name}"
        for name, value in element.attrib.items()
        if name not in without
    )
    return f"<{element.tag}{told}>".replace("{", "&#123;")


def attributes(element: HtmlElement) -> Mapping[str, str]:
    """What an element says beside its name, without how a picture is drawn."""
    dropped = _DROPPED.get(str(element.tag), frozenset())
    return {name: value for name, value in element.attrib.items() if name not in dropped}


def _pieces(element: HtmlElement, *, in_cell: bool) -> Iterator[str]:
    yield plain(element.text or "", in_cell=in_cell)
    for child in element:
        if isinstance(child.tag, str):
            yield _one(child, in_cell=in_cell)
        yield plain(child.tail or "", in_cell=in_cell)


def _one(element: HtmlElement, *, in_cell: bool) -> str:
    tag, told = str(element.tag), attributes(element)
    if tag == "br":
        return "<br>" if in_cell else "\\\n"
    if tag == "img" and set(told) <= {"src", "alt", "title"} and told.get("src"):
        return "!" + _link(plain(told.get("alt", ""), in_cell=in_cell), told["src"], told)
    if tag == "code" and not told and len(element) == 0 and (element.text or "").strip():
        return _code(element.text or "", in_cell=in_cell)
    inner = inline(element, in_cell=in_cell) if tag not in VOID else ""
    before, after = _spaces(element)
    if tag == "span" and not told:
        return before + inner + after
    if tag == "a" and set(told) <= {"href", "title"} and told.get("href") and inner:
        is_bare = set(told) == {"href"} and element.text == told["href"] and not len(element)
        if is_bare and re.fullmatch(r"https?://[^\s<>{\\]+", told["href"]):
            return f"{before}<{told['href']}>{after}"
        return before + _link(inner, told["href"], told) + after
    if tag in _MARKS and not told and inner and _can_be_marked(element, inner):
        return f"{before}{_MARKS[tag]}{inner}{_MARKS[tag]}{after}"
    opened = start_tag(element, _DROPPED.get(tag, frozenset()))
    return before + (opened if tag in VOID else f"{opened}{inner}</{tag}>") + after


def _link(text: str, address: str, told: Mapping[str, str]) -> str:
    title = told.get("title", "")
    quoted = f' "{_title(title)}"' if title else ""
    if re.search(r"[\s()<>\\]", address) or not address:
        address = f"<{address.replace('<', '%3C').replace('>', '%3E')}>"
    return f"[{text}]({address.replace('{', '%7B')}{quoted})"


def _title(text: str) -> str:
    folded = _WHITE.sub(" ", text)
    return re.sub(r'["\\]', r"\\\g<0>", folded).replace("&", "&amp;").replace("{", "&#123;")


def _code(text: str, *, in_cell: bool) -> str:
    text = _WHITE.sub(" ", text)
    longest = max((len(run) for run in _RUNS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    needs_room = text.startswith(("`", " ")) or text.endswith(("`", " "))
    inner = f" {text} " if needs_room else text
    return f"{fence}{inner}{fence}".replace("|", r"\|") if in_cell else f"{fence}{inner}{fence}"


def _spaces(element: HtmlElement) -> tuple[str, str]:
    """White space at the edges of an element stands outside of the marks around it."""
    whole = "".join(element.itertext()) if len(element) else element.text or ""
    if not whole.strip(" \t\n\r\f"):
        return (" ", "") if whole else ("", "")
    before = " " if whole[:1] in " \t\n\r\f" else ""
    return before, " " if whole[-1:] in " \t\n\r\f" else ""


def _can_be_marked(element: HtmlElement, inner: str) -> bool:
    """Whether `**` around a text is read as such (CommonMark section 6.2, flanking)."""
    bare = inner.strip("*~")
    before, after = _neighbours(element)
    if not bare or "*" in (before, after) or "~" in (before, after):
        return False
    opens = bare[0].isalnum() or not before.isalnum()
    return opens and (bare[-1].isalnum() or not after.isalnum())


def _neighbours(element: HtmlElement) -> tuple[str, str]:
    spaces = _spaces(element)
    previous = element.getprevious()
    text = (previous.tail if previous is not None else element.getparent().text) or ""
    before = spaces[0] or text[-1:] or ("*" if previous is not None else "")
    after = spaces[1] or (element.tail or "")[:1]
    if not after and element.getnext() is not None:
        after = "*"
    return before or " ", after or " "


def _escaped(found: re.Match[str]) -> str:
    return _CODE_OF.get(found[0], "\\" + found[0])


def _guarded(found: re.Match[str]) -> str:
    if found[2].isdigit():
        return f"{found[1]}{found[2]}\\"
    return f"{found[1]}\\{found[2]}"


def as_html(element: HtmlElement) -> str:
    """An element as HTML, without the text behind it."""
    told: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return told
