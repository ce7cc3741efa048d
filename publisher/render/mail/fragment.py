"""PURE. Sanitised HTML of an article or a note -> XHTML for a mail: few tags, each with its style.

A mail program takes no style sheet for granted, so every element carries its own; MRML
refuses what is not balanced, so all is written anew from a tree. What no mail shows
(players, forms, pictures of formats that leave holes) becomes a link or its text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from lxml import html as lxml_html

from publisher.config.tags import is_language_tag
from publisher.palette import Palette
from publisher.render.mail.addresses import PICTURE_WIDTH, mail_url, shown_in_mail
from publisher.render.mail.columns import longest_word, most_whole
from publisher.render.mail.elements import APART, BLOCKS, CELLS, HEADINGS, KEPT
from publisher.render.mail.numbering import KINDS, NUMBER
from publisher.render.mail.players import PLAYERS, PlayerWords, embedded_words, read_player
from publisher.render.mail.readings import has_own_brackets
from publisher.render.mail.text import fit, one_line, plain
from publisher.values import dataclass

DEEPEST = 60
"""Levels of elements; what is deeper is text. (MRML ends the process at some 12,000.)"""

_QUIET = frozenset(("caption", "figcaption"))
_DIRECTIONS = frozenset(("ltr", "rtl", "auto"))
_SIDES = frozenset(("left", "right", "center"))
_UPRIGHT = 1.5
"""Scripts with more than so much air between their lines have no italics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentStyle:
    """What inline styles are made of: fonts, the line height, light colours, the direction.

    `heading` is the level of the highest heading that may stand in the fragment.
    """

    ui: str
    leading: float
    palette: Palette
    direction: str = "ltr"
    heading: int = 3

    def of(self, tag: str, direction: str = "", *, is_last: bool = False) -> str:
        """The style of an element: it may have a direction of its own, a cell be its row's last."""
        light = self.palette.light
        turned = (direction or self.direction) == "rtl"
        start = "right" if turned else "left"
        listed, quoted = ("0 24px 0 0", "0 16px 0 0") if turned else ("0 0 0 24px", "0 0 0 16px")
        apart = "6px 0" if is_last else "6px 0 6px 16px" if turned else "6px 16px 6px 0"
        small = f"font-family:{self.ui};font-size:14px;color:{light.meta}"
        styles: Mapping[str, str] = {
            "p": f"margin:0 0 16px;line-height:{self.leading}",
            "div": f"margin:0 0 16px;line-height:{self.leading}",
            "h": f"margin:28px 0 8px;font-size:20px;line-height:{1.4 if self._is_tall else 1.3};"
            "font-weight:700",
            "ul": f"margin:0 0 16px;padding:{listed};line-height:{self.leading}",
            "ol": f"margin:0 0 16px;padding:{listed};line-height:{self.leading}",
            "li": "margin:0 0 4px",
            "blockquote": f"margin:0 0 16px;padding:{quoted};border-{start}:3px solid {light.line}",
            "pre": "margin:0 0 16px;white-space:pre-wrap;font-size:14px;line-height:1.5;"
            "direction:ltr;text-align:left",
            "hr": f"margin:20px 0;border:0;border-top:1px solid {light.line}",
            "a": f"color:{light.accent}",
            "figcaption": f"margin:0 0 16px;line-height:1.5;{small}",
            "caption": f"padding:0 0 8px;text-align:{start};{small}",
            # MJML's cell around all text lets words break anywhere, and so numbers in a column
            "table": "margin:0 0 16px;border-collapse:collapse;width:100%;"
            "word-break:normal;overflow-wrap:break-word;"
            f"font-family:{self.ui};font-size:15px;line-height:1.5",
            "td": f"padding:{apart};border-bottom:1px solid {light.line};vertical-align:top",
            "th": f"padding:{apart};border-bottom:2px solid {light.line};vertical-align:bottom;"
            f"text-align:{start}",
            "img": "display:block;width:100%;height:auto;margin:0 0 8px;"
            "font-size:14px;line-height:1.4",
        }
        if self._is_tall:
            styles = {**styles, "em": "font-style:normal;font-weight:600", "i": "font-style:normal"}
        return styles.get(tag, "")

    @property
    def _is_tall(self) -> bool:
        return self.leading > _UPRIGHT


def mail_fragment(
    html: str,
    style: FragmentStyle,
    *,
    web_url: str,
    mailed: Callable[[str], str] = str,
    words: PlayerWords | None = None,
) -> str:
    """The XHTML of sanitised HTML. A player links to its file, to `web_url` where mail cannot.

    `mailed` gives the address of the form of a picture that mails show, or the same again.
    """
    if not html.strip():
        return ""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    writer = _Writer(style, web_url, mailed, words or PlayerWords())
    return writer.inside(root, 0).strip()


class _Writer:
    """Writes the tree anew, element by element."""

    def __init__(
        self,
        style: FragmentStyle,
        web_url: str,
        mailed: Callable[[str], str],
        words: PlayerWords,
    ) -> None:
        self._style = style
        self._web_url = web_url
        self._mailed = mailed
        self._words = words
        self._level = style.heading - 1
        self._most_whole: int | None = None  # letters of a word, in the table that is written
        self._special: Mapping[str, Callable[[Any, int], str]] = {
            "a": self._link,
            "img": self._picture,
            "rt": self._reading,
            "table": self._table,
            "td": self._cell,
            "th": self._cell,
            "br": lambda _element, _depth: "<br />",
            "hr": lambda _element, _depth: f'<hr style="{style.of("hr")}" />',
        }

    def inside(self, element: Any, depth: int) -> str:
        """What an element holds: its text and its children with the text behind each."""
        if depth > DEEPEST:
            return _escaped(" ".join(element.itertext()))
        pieces = [_escaped(element.text)]
        for child in element:
            if isinstance(child.tag, str):
                pieces.append(self._element(child, depth + 1))
            pieces.append(_escaped(child.tail))
        return "".join(pieces)

    def _element(self, element: Any, depth: int) -> str:
        tag = element.tag
        special = self._special.get(tag)
        if special is not None:
            return special(element, depth)
        if tag in PLAYERS:
            return self._player(element)
        if tag in HEADINGS:
            return self._heading(element, depth)
        if tag in BLOCKS and _only_holds(element):
            return self.inside(element, depth)
        if tag in BLOCKS:
            kind = "p" if not len(element) else "div"
            return self._tagged(kind, element, depth, style=tag if tag == "figcaption" else "div")
        if tag in KEPT:
            return self._tagged(tag, element, depth, style=tag)
        return self.inside(element, depth)

    def _heading(self, element: Any, depth: int) -> str:
        """A heading no more than one level below the one before it, so that none is missing."""
        wanted = self._style.heading + max(0, int(element.tag[1]) - 2)
        self._level = min(6, wanted, self._level + 1)
        return self._tagged(f"h{self._level}", element, depth, style="h")

    def _table(self, element: Any, depth: int) -> str:
        """One within another has no room of its own."""
        outer = self._most_whole
        self._most_whole = most_whole(element) if outer is None else 0
        drawn = self._tagged("table", element, depth, style="table")
        self._most_whole = outer
        return drawn

    def _cell(self, element: Any, depth: int) -> str:
        side = element.get("align", "")
        more = f";text-align:{side}" if side in _SIDES else ""
        if longest_word(element) > (self._most_whole or 0):
            more += ";word-break:break-word"
        return self._tagged(element.tag, element, depth, style=element.tag, more=more)

    def _tagged(self, tag: str, element: Any, depth: int, *, style: str, more: str = "") -> str:
        is_last = tag in CELLS and element.getnext() is None
        drawn = self._style.of(style, element.get("dir", ""), is_last=is_last) + more
        said = ' class="meta"' if style in _QUIET else ""
        said += _spoken(element) + _cells(element) + (f' style="{drawn}"' if drawn else "")
        return f"<{tag}{said}>{self.inside(element, depth)}</{tag}>"

    def _link(self, element: Any, depth: int) -> str:
        href = mail_url(element.get("href", ""))
        inner = self.inside(element, depth)
        if href is None or not inner.strip():
            return inner
        if inner == escape(href, quote=False) and _stands_alone(element):  # a frame was read so
            inner = escape(embedded_words(href, self._words)) or inner
        return f'<a href="{escape(href)}" style="{self._style.of("a")}">{inner}</a>'

    def _picture(self, element: Any, _depth: int) -> str:
        source = mail_url(self._mailed(element.get("src", "")))
        alt = one_line(element.get("alt", ""))
        if source is None or not source.startswith("https:") or not shown_in_mail(source):
            return _escaped(alt)
        width = _width(element)
        return (
            f'<img src="{escape(source)}" alt="{escape(plain(alt))}" width="{width}"'
            f' style="{self._style.of("img")};max-width:{width}px" />'
        )

    def _reading(self, element: Any, depth: int) -> str:
        """A reading stands behind its letters, for few mail programs put it above them."""
        reading = self.inside(element, depth)
        return reading if has_own_brackets(element) else f"({reading})"

    def _player(self, element: Any) -> str:
        player = read_player(element, self._words, self._web_url)
        link = f'<a href="{escape(player.url)}" style="{self._style.of("a")}">'
        return f'<p style="{self._style.of("p")}">{link}{escape(player.text)}</a></p>'


def _stands_alone(link: Any) -> bool:
    """Whether nothing is in one line with a link, and it is no item of a list."""
    parent, before, after = link.getparent(), link.getprevious(), link.getnext()
    if parent.tag not in BLOCKS and parent.tag not in ("blockquote", "p"):
        return False
    text = parent.text if before is None else before.tail
    beside = (one.tag for one in (before, after) if one is not None)
    is_bare = not (text and text.strip()) and not (link.tail and link.tail.strip())
    return is_bare and all(tag in APART for tag in beside)


def _only_holds(element: Any) -> bool:
    """Whether there is no text directly in an element, but for what its children hold."""
    texts = (element.text, *(child.tail for child in element))
    return len(element) > 0 and not any(text and text.strip() for text in texts)


def _width(element: Any) -> int:
    width = element.get("width", "")
    known = int(width) if width.isdecimal() and len(width) < 6 else PICTURE_WIDTH
    return min(known or PICTURE_WIDTH, PICTURE_WIDTH)


def _spoken(element: Any) -> str:
    """The language and the direction of an element that says so."""
    language, direction = element.get("lang", ""), element.get("dir", "")
    said = f' lang="{language}"' if is_language_tag(language) else ""
    return said + (f' dir="{direction}"' if direction in _DIRECTIONS else "")


def _cells(element: Any) -> str:
    """What a cell spans, and how the items of a list are counted."""
    said = ""
    for name in ("colspan", "rowspan"):
        value = element.get(name, "")
        if value.isdecimal() and len(value) < 4:
            said += f' {name}="{value}"'
    for tag, name in (("ol", "start"), ("li", "value")):
        value = element.get(name, "")
        if element.tag == tag and NUMBER.fullmatch(value):
            said += f' {name}="{value}"'
    if element.tag == "ol":
        kind = element.get("type", "")
        said += f' type="{kind}"' if kind in KINDS else ""
        said += ' reversed="reversed"' if element.get("reversed") is not None else ""
    return said


def _escaped(text: str | None) -> str:
    return escape(fit(text), quote=False) if text else ""
