"""PURE. The HTML of a body: is it safe, are its references absolute, does it close what it opens.

Nearly every body of a sound feed is sound, so the ways for those are short: one
expression takes a body of usual elements whole. Of another, one
cuts out the tags, known ones are looked up, the others are matched
against what a sound tag looks like. Only a body with a tag that is
neither is read by the rules of HTML (Living Standard section 13.2.5).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.patterns import pattern

Fault = tuple[str, str]
"""The name of a rule, and what breaks it."""

_UNSAFE = frozenset(
    {
        *("applet", "base", "embed", "form", "frame", "frameset", "head", "html", "body"),
        *("link", "meta", "object", "script", "style", "title"),
    }
)
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_FOREIGN = frozenset({"svg", "math"})
"""Where a tag can close itself, and <title> is a caption."""
_VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta"),
        *("param", "source", "track", "wbr"),
    }
)
_CLOSED_BY_THEMSELVES = frozenset(
    {
        *("body", "colgroup", "dd", "dt", "head", "html", "li", "optgroup", "option", "p", "rp"),
        *("rt", "rb", "rtc", "tbody", "td", "tfoot", "th", "thead", "tr"),
    }
)
_LOOSE = _VOID | _CLOSED_BY_THEMSELVES
_STRICT = (
    *("a", "abbr", "article", "aside", "audio", "b", "bdi", "bdo", "blockquote", "button"),
    *("caption", "cite", "code", "del", "details", "dfn", "div", "dl", "em", "figcaption"),
    *("figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "i", "ins", "kbd"),
    *("main", "mark", "nav", "ol", "picture", "pre", "q", "ruby", "s", "samp", "section"),
    *("small", "span", "strong", "sub", "summary", "sup", "table", "time", "u", "ul", "var"),
    "video",
)
_REFERENCES = ("href", "src", "poster", "cite", "action", "formaction", "background", "data")
_PICTURE_DATA = pattern(r"data:image/(?:png|gif|jpe?g|webp|avif)[;,]", re.IGNORECASE)
_SCHEME = pattern(r"([A-Za-z][A-Za-z0-9+.-]*):")
_IGNORED_IN_ADDRESSES = pattern(r"[\x00-\x20]+")

_TAGS = pattern(r"<([A-Za-z/!?][^>]*>?)")
_SOUND = pattern(
    r"([a-z][a-z0-9]*+)"
    r"(?>(?:\s++(?:"
    r'(?:href|src|cite|poster)="(?:https?://|mailto:|tel:)[^"\s<]*+"'
    r'|srcset="https?://[^"\s<]++(?>(?: [\d.]++[wxh])?)'
    r'(?>(?:,\s++https?://[^"\s<]++(?>(?: [\d.]++[wxh])?))*)"'
    r"|(?!on|href\b|src|cite\b|poster\b|action|formaction|background|data=|xlink)"
    r'[a-z][a-z0-9-]*+(?>(?:="[^"]*+")?)'
    r"))*)\s*+/?>\Z"
)
_USUAL = (
    "[abipqsu]|em|code|li|strong|h[1-6]|[duo]l|pre|d[dt]|t[dhr]|figure|blockquote|small|su[bp]|"
    "figcaption|table|thead|tbody|del|div|span|kbd|cite|mark|abbr"
)
_DEPTH = 6


def _nested(start: str, other: str, end: str, *, text: str, value: str, address: str) -> str:
    """An expression for bodies of usual elements that close in order and have sound attributes.

    `start` and `end` stand around a tag; `text`, `value` and `address` are what may stand between
    tags, in quotes and behind a scheme. What begins as a tag does may be of the `other`.
    """
    # Atomic groups and no `*+` around groups: before Python 3.11.5 that takes what does not match
    # (python/cpython issue 106052).
    attribute = (
        rf' (?:(?:href|src|cite|poster)="(?:https?://|mailto:|tel:){address}"'
        r"|(?!on|href|src|cite|poster|action|formaction|background|data=|xlink)"
        rf'[a-z][a-z-]*+="{value}")'
    )
    attributes = f"(?>(?:{attribute})*)"
    empty = f"(?:br|img|hr){attributes}{end}"
    first = start[1:] + empty
    for level in range(_DEPTH, 0, -1):
        # (what all that is looked for begins with stands once before the choice)
        held = f"{text}(?>(?:{start[0]}(?:{other}{first}){text})*)"
        closed = rf"{start}/\{level}{end}"
        first = f"{start[1:]}(?:{empty}|({_USUAL}){attributes}{end}{held}{closed})"
    return f"{text}(?>(?:{start[0]}(?:{other}{first}){text})*)"


_NESTED = pattern(
    _nested("<", "", ">", text="[^<]*+", value='[^"<>]*+', address="[!#-;=?-~]*+"),
)
NESTED_IN_XML = pattern(
    _nested(
        "&lt;",
        "amp;|",
        "&gt;",
        text="[^&]*+",
        value='[^"&]*+(?:&amp;[^"&]*+)*+',
        address="[!#-%'-;=?-~]*+(?:&amp;[!#-%'-;=?-~]*+)*+",
    ).encode()
)
_NOT_SOUND = _UNSAFE | _RAW | _FOREIGN | {"plaintext"}
"""Elements that are not allowed, or within which other rules hold."""
_START = pattern(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = pattern(
    r"[\s/]*+([^\s/>=][^\s/>=]*+)(?>(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?)"
)
_END = pattern(r"[\s/]*+>")


def _known_tags() -> Mapping[str, str]:
    """What tags without attributes do: "" for those that need no other, else the name itself."""
    tags: dict[str, str] = {}
    for name in _LOOSE - _UNSAFE:
        tags |= {f"{name}>": "", f"/{name}>": "", f"{name}/>": "", f"{name} />": ""}
    for name in _STRICT:
        tags |= {f"{name}>": name, f"/{name}>": f"/{name}"}
    return tags


_KNOWN = _known_tags()


def body_faults(body: str) -> Sequence[Fault]:
    """What rules a body breaks, each with the first thing that does."""
    if _NESTED.fullmatch(body):
        return ()
    still_open: list[str] = []
    known = _KNOWN.get
    sound = _SOUND.match
    for tag in _TAGS.findall(body):
        name = known(tag)
        if name is None:
            found = sound(tag)
            if found is None or found[1] in _NOT_SOUND:
                return _read(body)
            if found[1] not in _LOOSE:
                still_open.append(found[1])
        elif name:
            if name[0] != "/":
                still_open.append(name)
            elif not still_open or still_open.pop() != name[1:]:
                return _read(body)
    return _read(body) if still_open else ()


def is_sound_in_xml(escaped: bytes) -> bool:
    """Whether a body is soon seen to be sound as it is written in an element of XML, with no other
    references there than &lt;, &gt; and &amp;."""
    return NESTED_IN_XML.fullmatch(escaped) is not None


def element_faults(name: str, attributes: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """What one element breaks; its name and those of its attributes in small letters."""
    if name in _UNSAFE:
        yield "unsafe-element", f"<{name}>"
    for attribute, value in attributes:
        if attribute.startswith("on") and attribute[2:].isalpha():
            yield "event-attribute", f"<{name} {attribute}>"
        elif attribute in _REFERENCES or attribute == "xlink:href":
            if attribute != "data" or name == "object":
                yield from _reference_faults(name, value)
        elif attribute == "srcset":
            for candidate in re.split(r",\s+", value):
                if candidate.strip():
                    yield from _reference_faults("img", candidate.split()[0])


def _reference_faults(name: str, value: str) -> Iterator[Fault]:
    address = value.strip()
    found = _SCHEME.match(_IGNORED_IN_ADDRESSES.sub("", address))
    scheme = found[1].lower() if found else ""
    if scheme in ("javascript", "vbscript", "livescript"):
        yield "unsafe-address", address
    elif scheme == "data":
        if name not in ("img", "source") or not _PICTURE_DATA.match(address):
            yield "unsafe-address", address
    elif not scheme:
        yield "fragment-reference" if address.startswith("#") else "relative-reference", address


def _read(body: str) -> Sequence[Fault]:
    """By the rules of HTML, slowly and exactly."""
    faults: dict[str, str] = {}
    still_open: list[str] = []
    counts: Counter[str] = Counter()
    for ends, name, attributes in _tokens(body):
        foreign = counts["svg"] or counts["math"]
        if ends == "cut off":
            faults.setdefault("html-unbalanced", f"the tag <{name} is cut off")
        elif ends == "close":
            _close(name, still_open, counts, faults)
        else:
            if not (foreign and name == "title"):
                for rule, detail in element_faults(name, attributes):
                    faults.setdefault(rule, detail)
            if name not in _LOOSE and not (ends == "open and close" and foreign):
                still_open.append(name)
                counts[name] += 1
    if still_open:
        faults.setdefault("html-unbalanced", f"<{still_open[-1]}> is not closed")
    return tuple(faults.items())


def _close(name: str, still_open: list[str], counts: Counter[str], faults: dict[str, str]) -> None:
    if name in _LOOSE:
        return
    if not counts[name]:
        faults.setdefault("html-unbalanced", f"</{name}> closes nothing")
        return
    if still_open[-1] != name:
        faults.setdefault("html-unbalanced", f"<{still_open[-1]}> is not closed before </{name}>")
    while True:
        last = still_open.pop()
        counts[last] -= 1
        if last == name:
            return


def _tokens(body: str) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Each tag: what it does (open, close, both, or it is cut off), its name, its attributes."""
    place = body.find("<")
    while place >= 0:
        found = _START.match(body, place)
        if not found:
            place = body.find("<", _after_comment(body, place))
            continue
        name = found[2].lower()
        attributes, place, complete = _attributes(body, found.end())
        if not complete:
            yield "cut off", name, attributes
        elif found[1]:
            yield "close", name, attributes
        else:
            yield "open and close" if body[place - 2] == "/" else "open", name, attributes
        if name in _RAW and not found[1]:
            end = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(body, place)
            place = end.start() if end else len(body)
        place = body.find("<", place)


def _after_comment(body: str, place: int) -> int:
    """Where what is no tag ends: a comment, a declaration, a bare <."""
    if body.startswith("<!--", place):
        end = body.find("-->", place + 2)
        return end + 3 if end >= 0 else len(body)
    if body.startswith(("<!", "<?", "</"), place):
        end = body.find(">", place)
        return end + 1 if end >= 0 else len(body)
    return place + 1


def _attributes(body: str, place: int) -> tuple[list[tuple[str, str]], int, bool]:
    found_all: list[tuple[str, str]] = []
    while True:
        end = _END.match(body, place)
        if end:
            return found_all, end.end(), True
        found = _ATTRIBUTE.match(body, place)
        if not found:
            if place < len(body) and body[place] == "=":  # an attribute's name may begin with it
                place += 1
                continue
            return found_all, len(body), False
        value = found[2] if found[2] is not None else found[3] or found[4] or ""
        found_all.append((found[1].lower(), html.unescape(value)))
        place = found.end()
