"""PURE. HTML in the narrow form that a Markdown renderer writes, read without an HTML parser.

Nearly every article is Markdown with little HTML of its own. What is made of it has some forty
kinds of tags, closed in order, and to take it through a parser costs more than all else that is
done with an article. Here every tag is held against a list narrower than that of the sanitiser,
and its place against what an element may hold: of that form it is known that a parser would find
the very same tree in it, and the sanitiser write the very same text. What is not of that form, by
one tag, one reference or one character, is left to the sanitiser, whoever wrote it.

Most of it are blocks that need not even that (`usual`): they are passed over together.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from publisher.parse.clean.balance import DEPTH, is_dangerous
from publisher.parse.clean.hygiene import without_forbidden
from publisher.parse.clean.media import write_picture
from publisher.parse.clean.references import References
from publisher.parse.clean.usual import end_of_referring, end_of_usual
from publisher.patterns import pattern

_IN_LINES = "a b br code del em i img kbd mark s small strong sub sup u"
_IN_BLOCKS = "blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre table ul"
_HOLD_LINES = "b del dt em figcaption h1 h2 h3 h4 h5 h6 i kbd mark p s small strong sub sup td th u"
_PHRASING, _BLOCKS = frozenset(_IN_LINES.split()), frozenset(_IN_BLOCKS.split())
_HOLDS: dict[str, frozenset[str]] = {
    "": _BLOCKS,
    "blockquote": _BLOCKS,
    "li": _BLOCKS | _PHRASING,
    "dd": _BLOCKS | _PHRASING,
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "figure": frozenset({"img", "a", "p", "figcaption"}),
    "table": frozenset({"thead", "tbody"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tr": frozenset({"th", "td"}),
    "pre": frozenset({"code"}),
    "code": frozenset(),
    "a": _PHRASING - {"a"},
} | dict.fromkeys(_HOLD_LINES.split(), _PHRASING)
"""Which elements may stand in which; "" is the whole."""

_HOLD_BLOCKS = frozenset(name for name, held in _HOLDS.items() if held >= _BLOCKS)

_WITHOUT_TEXT = frozenset(
    {"", "blockquote", "ul", "ol", "dl", "figure", "table", "thead", "tbody", "tr", "pre"}
)
"""Elements between whose children is nothing but white space."""

_SPACE = " \t\n"
"""White space of HTML; what else Unicode calls so is text."""

_HIDDEN = "!--"
"""Stands for a comment, which may be anywhere and is taken out."""

_EMPTY = frozenset({"br", "hr", "img", _HIDDEN})
_END = ""
_STEPS = {
    **{(parent, f"/{parent}"): _END for parent in _HOLDS if parent},
    **{(p, name): name for p, held in _HOLDS.items() for name in held - _EMPTY - {"a"}},
}
"""What a tag without attributes does within an element: begin another, or end this one."""

_DEEPEST = DEPTH - 3
"""Levels that may be reached; deeper ones are flattened by those who count exactly."""

_SHALLOW = 50
"""Levels below which usual blocks, with what is in them, are far from the deepest."""

_TAG = pattern(r"<([^>]*)>([^<]*)")
_REFERENCE = pattern(r"<((?:a|img) [^>]*)>")
_COMMENT = pattern(r"<!--(?:[^>-][^->]*)?-->")
_NONE = "", ""
"""No tag that is known here."""

_ODD_REFERENCE = pattern(r"&(?!amp;|lt;|gt;|quot;)")
_UNCHANGED = pattern(
    r'(br|hr)|(h[1-6]) id="\w[\w.:-]{0,199}"'
    r'|(code) class="language-[^"\s&<>]+"'
    r'|(t[hd]) align="(?:left|right|center)"'
    r'|(ol) start="[0-9]{1,9}"'
)
_BARED = pattern(r'(br|hr) /|(h[1-6]) id="[^"&<>]*"')
"""Tags that lose what stands behind their name."""

_VALUE = r"(?:[^\"&<>]|&amp;|&quot;)*+"
_ADDRESS = r"(?:[A-Za-z0-9._~!$'()*+,;=:@/?#%-]|&amp;)++"
_LINK = pattern(rf'a href="({_ADDRESS})"(?: title="({_VALUE})")?')
_PICTURE = pattern(
    rf'img(?: src="{_ADDRESS}"| (?:alt|title)="{_VALUE}"| (?:width|height)="[0-9]{{1,5}}"'
    r'| (?:loading|decoding)="[a-z]*")+(?: ?/)?'
)
_ATTRIBUTE = pattern(r' ([a-z]+)="([^"]*)"')
_READABLE = pattern(r"https?://(?:[a-z0-9_-]+\.)*[a-z][a-z0-9-]*(?::[0-9]{1,4})?(?:[/?#].*)?")
"""A whole address of a host that a browser's parser takes: a name, and none in punycode."""


def read_canonical(html: str, references: References) -> str | None:
    """The HTML as the sanitiser would give it, or None where that has to be asked.

    References are made absolute and remembered by `references`, as the sanitiser does.
    """
    return _finish(html, references) if _is_plain(html) else None


def _is_plain(html: str) -> bool:
    """Whether characters and references are those that stay as they are."""
    tags = html.count("<")
    return (
        html.count(">") == tags
        and not is_dangerous(html, tags)
        and not _ODD_REFERENCE.search(html)
        and without_forbidden(html) is html
    )


def _finish(html: str, references: References) -> str | None:
    """The HTML with all of its tags in their final form; None for one that is not known, or not
    where it may be."""
    at = len(html) - len(html.lstrip(_SPACE))
    done = [html[:at]]
    around: list[str] = []
    parent, step = "", _STEPS.get
    while at < len(html):
        if parent in _HOLD_BLOCKS and len(around) < _SHALLOW:
            at = _pass_over(html, at, references, done)
        found = _TAG.match(html, at) if at >= 0 else None
        if found is None:
            break
        tag, text = found.groups()
        name = step((parent, tag))
        if name is None:
            name, tag = _start(tag, references)
            if not _may_stand(name, parent, around):
                return None
        if name == _END:
            parent = around.pop()
        elif name not in _EMPTY:
            around.append(parent)
            parent = name
            if len(around) > _DEEPEST:
                return None
        if text and parent in _WITHOUT_TEXT and (parent == "pre" or text.strip(_SPACE)):
            return None
        if "&quot;" in text:
            text = text.replace("&quot;", '"')
        done += ("<", tag, ">", text) if name != _HIDDEN else (text,)
        at = found.end()
    return None if around or at < len(html) else "".join(done)


def _pass_over(html: str, at: int, references: References, done: list[str]) -> int:
    """Add the usual blocks that begin there to what is done, with those that are usual but for
    their references. Gives where they end, and less than 0 where a reference has no final form."""
    while True:
        start, at = at, end_of_usual(html, at)
        done.append(html[start:at].replace("&quot;", '"'))
        end = end_of_referring(html, at)
        if end == at:
            return at
        if not _refer(html, at, end, references, done):
            return -1
        at = end


def _refer(html: str, at: int, end: int, references: References, done: list[str]) -> bool:
    """Add a part of the HTML to what is done, its links and pictures in their final form; False
    where one has none."""
    for found in _REFERENCE.finditer(html, at, end):
        name, tag = _start(found[1], references)
        if not name:
            return False
        done += (html[at : found.start()].replace("&quot;", '"'), "<", tag, ">")
        at = found.end()
    done.append(html[at:end].replace("&quot;", '"'))
    return True


def _may_stand(name: str, parent: str, around: list[str]) -> bool:
    """Whether an element may stand in another, or a comment, which may anywhere."""
    return name == _HIDDEN or (name in _HOLDS[parent] and not (name == "a" and "a" in around))


def _start(tag: str, references: References) -> tuple[str, str]:
    """The element that a tag begins, and what then stands between < and >; _NONE for none."""
    if tag.startswith("a "):
        return _link(tag, references)
    return _picture(tag, references) if tag.startswith("img ") else _known(tag)


@lru_cache(maxsize=4096)
def _known(tag: str) -> tuple[str, str]:
    if found := _UNCHANGED.fullmatch(tag):
        return found[found.lastindex or 0], tag
    if _COMMENT.fullmatch(f"<{tag}>"):
        return _HIDDEN, tag
    if found := _BARED.fullmatch(tag):
        name = found[found.lastindex or 0]
        return name, name
    return _NONE


def _link(tag: str, references: References) -> tuple[str, str]:
    found = _LINK.fullmatch(tag)
    address = _absolute(found[1], references.link) if found else ""
    if found is None or not address:
        return _NONE
    title = "" if found[2] is None else f' title="{found[2]}"'
    return "a", f'a href="{address}"{title}'


def _picture(tag: str, references: References) -> tuple[str, str]:
    if not _PICTURE.fullmatch(tag):
        return _NONE
    pairs = _ATTRIBUTE.findall(tag)
    attributes = {name: value for name, value in pairs if name not in ("loading", "decoding")}
    address = _absolute(attributes.get("src", ""), references.file)
    if not address or len(dict(pairs)) < len(pairs):
        return _NONE
    attributes["src"] = address
    return "img", write_picture(attributes, references.assets)[1:-1]


def _absolute(written: str, resolve: Callable[[str], str | None]) -> str:
    """A reference made absolute, as it is written in an attribute; "" for one that is not kept, or
    that a parser may see in another way."""
    reference = written.replace("&amp;", "&")
    if ":" in reference and (not _READABLE.fullmatch(reference) or "xn--" in reference):
        return ""
    return (resolve(reference) or "").replace("&", "&amp;")
