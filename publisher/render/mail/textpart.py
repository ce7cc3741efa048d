"""PURE. Sanitised HTML of an article or a note -> the lines of a text part.

What HTML says by its form is said by the signs that people use in mail. The tree is walked, not
descended into, so that no nesting can end the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as lxml_html

from publisher.patterns import pattern
from publisher.render.mail.addresses import mail_url
from publisher.render.mail.layout import Layout
from publisher.render.mail.numbering import Numbering
from publisher.render.mail.players import PLAYERS, PlayerWords, read_player
from publisher.render.mail.readings import has_own_brackets
from publisher.render.mail.struck import BEGIN, END, STRUCK_OUT, show_struck
from publisher.render.mail.text import fit, one_line, plain
from publisher.values import dataclass

_BESIDE = frozenset(("caption", "dd", "dt", "figcaption", "li", "tr"))
"""Blocks that only begin a line; the others stand between empty ones."""
_BLOCKS = frozenset(
    {
        *("address", "aside", "audio", "blockquote", "details", "div", "dl", "figure", "footer"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "ol", "p", "pre", "section"),
        *("summary", "table", "td", "th", "ul", "video"),
        *_BESIDE,
    }
)
_NO_CELLS = frozenset(
    ("blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "pre", "table", "ul")
)
"""What cannot stand in one line with the cells beside it."""
_IN_LINES = frozenset(("a", "br", "img", "q", "rt", "sup"))
"""What has signs within a line, also where lines are kept."""
_LONGEST_ROW = 300
"""Letters of a row with paragraphs; where there are more, its cells are columns of a page."""

_CELL, _PART = "\x1f", "\v"
_PARTS = pattern(r"[\n\v]")
_SPACES = pattern(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
_POWER = pattern(r"[0-9+−-]+")
_RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_BACK = frozenset(("↩", "↩\ufe0e", "↩\ufe0f"))
_RULE = "* * *"


def text_of(html: str, words: PlayerWords | None = None, *, web_url: str = "") -> list[str]:
    """A fragment as text: pieces of lines that are set, to be shown with an empty line between.

    Addresses stand in brackets behind the words of their links, each once. A player whose file has
    no address for mail leads to `web_url`.
    """
    if not html.strip():
        return []
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    setter = _Setter(words or PlayerWords(), web_url)
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if setter.start(element):
                setter.add(element.text)
            else:
                walk.skip_subtree()
            continue
        if event == "end":
            setter.end(element)
        if element is not root:
            setter.add(element.tail)
    return setter.finish()


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that is open: where its words begin, and how much was set by then."""

    element: Any
    start: int
    times_set: int
    blocks: int


class _Setter:
    """Gathers the words of a block, and sets them when it ends."""

    def __init__(self, words: PlayerWords, web_url: str) -> None:
        self._words = words
        self._web_url = web_url
        self._out = Layout()
        self._gathered: list[str] = []
        self._times_set = 0
        self._told: set[str] = set()
        self._numbering = Numbering()
        self._caption = ""
        self._link: _Open | None = None
        self._raised: _Open | None = None
        self._struck = 0
        self._row: Any = None
        self._kept: Any = None
        self._kept_addresses: list[str] = []
        self._starts: Mapping[str, Callable[[Any], None]] = {
            "a": self._start_link,
            "blockquote": self._start_quote,
            "br": self._break,
            "dd": self._start_definition,
            "figure": self._start_figure,
            "hr": self._rule,
            "img": self._picture,
            "li": self._start_item,
            "ol": self._start_list,
            "pre": self._start_kept,
            "q": self._mark_words,
            "rt": self._start_reading,
            "sup": self._start_raised,
            "td": self._start_cell,
            "th": self._start_cell,
            "tr": self._start_row,
            "ul": self._start_list,
        }
        self._ends: Mapping[str, Callable[[Any], None]] = {
            "a": self._end_link,
            "blockquote": self._leave,
            "dd": self._leave,
            "figure": self._end_figure,
            "li": self._leave,
            "ol": self._end_list,
            "q": self._mark_words,
            "rt": self._end_reading,
            "sup": self._end_raised,
            "tr": self._end_row,
            "ul": self._end_list,
        }

    def start(self, element: Any) -> bool:
        """Whether what it holds is to be read."""
        tag = element.tag
        if tag == "a" and "footnote-backref" in element.get("class", ""):
            return False
        if tag in STRUCK_OUT:
            self._start_struck()
        if self._kept is not None:
            return self._start_within_kept(element)
        if tag in _BLOCKS:
            self._part(element)
        if tag in PLAYERS:
            self._player(element)
            return False
        begin = self._starts.get(tag)
        if begin is not None:
            begin(element)
        return True

    def end(self, element: Any) -> None:
        tag = element.tag
        if tag in STRUCK_OUT:
            self._end_struck()
        if element is self._kept:
            self._end_kept()
        elif self._kept is not None:
            self._end_within_kept(element)
            return
        if tag in _BLOCKS and self._row is None:
            self._set()
        finish = self._ends.get(tag)
        if finish is not None:
            finish(element)
        if tag in _BLOCKS:
            self._part(element)

    def add(self, text: str | None) -> None:
        """Words as they stand in HTML."""
        if text:
            text = fit(text)
            self._gathered.append(text if self._kept is not None else _SPACES.sub(" ", text))

    def finish(self) -> list[str]:
        self._set()
        return self._out.finish()

    def _part(self, element: Any) -> None:
        """A block begins or ends here."""
        if self._row is not None:
            self._gathered.append(_PART)
            return
        self._set()
        tag = element.tag
        parent = element.getparent()
        in_item = tag in ("ol", "ul") and parent is not None and parent.tag == "li"
        if not in_item and tag not in _BESIDE:
            self._out.set_apart()

    def _set(self) -> None:
        """Set what was gathered. An empty line of an author's parts paragraphs."""
        lines: list[str] = []
        for line in self._take().strip().split("\n"):
            if line.strip():
                lines += self._out.wrapped(line)
            elif lines:
                self._out.put(lines)
                self._out.set_apart()
                lines = []
        if lines:
            self._out.put(lines)

    def _take(self) -> str:
        """What was gathered, to be set. What is struck out is so in each block anew."""
        if self._struck:
            self._gathered.append(END)
        text = show_struck("".join(self._gathered))
        self._gathered[:] = [BEGIN] if self._struck else []
        self._times_set += 1
        return text

    def _leave(self, _element: Any) -> None:
        self._out.leave()

    def _start_quote(self, _element: Any) -> None:
        self._out.enter("> ", "> ")

    def _start_definition(self, _element: Any) -> None:
        self._out.enter("  ", "  ")

    def _break(self, _element: Any) -> None:
        self._gathered.append("\n")

    def _rule(self, _element: Any) -> None:
        self._out.put([_RULE])

    def _mark_words(self, _element: Any) -> None:
        self._gathered.append('"')

    def _start_list(self, element: Any) -> None:
        self._numbering.begin(element)

    def _end_list(self, _element: Any) -> None:
        self._numbering.end()

    def _start_item(self, element: Any) -> None:
        mark = self._numbering.mark(element)
        self._out.enter(mark, " " * len(mark))

    # tables

    def _start_row(self, element: Any) -> None:
        if self._row is None and _is_line(element):
            self._row = element

    def _start_cell(self, element: Any) -> None:
        if self._row is not None and element.getprevious() is not None:
            self._gathered.append(_CELL)

    def _end_row(self, element: Any) -> None:
        if element is not self._row:
            return
        self._row = None
        cells = [
            " / ".join(filter(None, map(str.strip, _PARTS.split(cell))))
            for cell in self._take().split(_CELL)
        ]
        if any(cells):
            self._out.put(self._out.wrapped(" | ".join(cells), "  "))

    # text whose lines are kept

    def _start_kept(self, element: Any) -> None:
        self._kept = element

    def _start_within_kept(self, element: Any) -> bool:
        tag = element.tag
        if tag in PLAYERS:
            self._break_kept()
            self._player(element)
            self._break_kept()
            return False
        if tag in _BLOCKS:
            self._break_kept()
        elif tag in _IN_LINES:
            self._starts[tag](element)
        return True

    def _end_within_kept(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._break_kept()
        elif tag in _IN_LINES and tag in self._ends:
            self._ends[tag](element)

    def _break_kept(self) -> None:
        if self._gathered and not self._gathered[-1].endswith("\n"):
            self._gathered.append("\n")

    def _end_kept(self) -> None:
        """Its lines are nobody's to change: what its links lead to stands below."""
        self._kept = None
        lines = self._take().strip("\n").split("\n")
        if any(map(str.strip, lines)):
            self._out.put(lines)
        for address in self._kept_addresses:
            self._out.put([f"[{address}]"])
        self._kept_addresses.clear()

    # links

    def _start_link(self, element: Any) -> None:
        if self._link is None:
            self._link = self._open(element)

    def _end_link(self, element: Any) -> None:
        link = self._link
        if link is None or link.element is not element:
            return
        self._link = None
        words = one_line("".join(self._since(link)))
        if words in _BACK:
            del self._gathered[self._start_of(link) :]
            return
        is_seen = words or link.blocks != self._out.blocks or _has(element, "img")
        if not is_seen or self._is_mark_of_note(element):
            return
        address = _address(element.get("href", ""))
        if not (words.isascii() and address in (words, _address(words))):
            self._tell(address)
        self._told.add(address)

    def _is_mark_of_note(self, link: Any) -> bool:
        raised = self._raised.element if self._raised is not None else link
        return "footnote-ref" in raised.get("class", "")

    def _tell(self, address: str) -> None:
        """Give an address that was not given before."""
        if not address or address in self._told:
            return
        self._told.add(address)
        if self._kept is not None:
            self._kept_addresses.append(address)
        else:
            self._gathered.append(f" [{address}]")

    def _player(self, element: Any) -> None:
        player = read_player(element, self._words, self._web_url)
        self._gathered.append(player.text)
        self._tell(player.url)

    # what stands within lines

    def _start_figure(self, element: Any) -> None:
        caption = element.find("figcaption")
        self._caption = "" if caption is None else plain("".join(caption.itertext()))

    def _end_figure(self, _element: Any) -> None:
        self._caption = ""

    def _picture(self, element: Any) -> None:
        alt = plain(element.get("alt", ""))
        if alt and alt != self._caption:
            self._gathered.append(f" [{alt}] ")

    def _start_reading(self, element: Any) -> None:
        self._bracket_reading(element, "(")

    def _end_reading(self, element: Any) -> None:
        self._bracket_reading(element, ")")

    def _bracket_reading(self, element: Any, bracket: str) -> None:
        if not has_own_brackets(element):
            self._gathered.append(bracket)

    def _start_struck(self) -> None:
        if not self._struck:
            self._gathered.append(BEGIN)
        self._struck += 1

    def _end_struck(self) -> None:
        self._struck -= 1
        if not self._struck:
            self._gathered.append(END)

    def _start_raised(self, element: Any) -> None:
        if self._raised is None:
            self._raised = self._open(element)

    def _end_raised(self, element: Any) -> None:
        """Marks of footnotes and powers: without a sign they were digits of what is before."""
        raised = self._raised
        if raised is None or raised.element is not element:
            return
        self._raised = None
        words = one_line("".join(self._since(raised)))
        if "footnote-ref" in element.get("class", ""):
            self._gathered[self._start_of(raised) :] = [f"[{words.strip('[]')}]"]
        elif _has(element, *STRUCK_OUT):
            return
        elif _POWER.fullmatch(words):
            self._gathered[self._start_of(raised) :] = [words.translate(_RAISED)]
        elif words and not words.isalpha() and not _has(element, "a"):
            self._gathered[self._start_of(raised) :] = [f"^({words})"]

    def _open(self, element: Any) -> _Open:
        return _Open(element, len(self._gathered), self._times_set, self._out.blocks)

    def _start_of(self, opened: _Open) -> int:
        """Where its words begin among those that are gathered."""
        return opened.start if opened.times_set == self._times_set else 0

    def _since(self, opened: _Open) -> list[str]:
        return self._gathered[self._start_of(opened) :]


def _is_line(row: Any) -> bool:
    """Whether the cells of a row go into one line."""
    if _has(row, *_NO_CELLS):
        return False
    if not _has(row, "p"):
        return True
    return len(row) > 1 and sum(map(len, row.itertext())) <= _LONGEST_ROW


def _has(element: Any, *tags: str) -> bool:
    return next(element.iter(*tags), None) is not None


def _address(href: str) -> str:
    """What a link leads to, as a reader copies it; "" where that is of no use in a mail."""
    if href.startswith("mailto:"):
        return plain(unquote(href.removeprefix("mailto:").partition("?")[0]))
    return mail_url(href) or ""
