"""PURE. What each known shortcode becomes in Markdown.

Names are those of Jekyll, Octopress, Hexo, Hugo, Docsy and Go's site; see `turn`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from urllib.parse import unquote

from publisher.parse.clean.fragment import NEAR
from publisher.parse.clean.media import watch_page
from publisher.patterns import pattern
from publisher.values import dataclass

_ARGUMENT = pattern(
    r"(?:(?P<key>[A-Za-z_][\w-]*)[=:](?=[\"'`\w./]))?"
    r"(?:\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>[^']*)'|`(?P<back>[^`]*)`|(?P<bare>[^\s,]+))"
)
_SITE_ADDRESS = frozenset({"site.url", "site.baseurl", "site.base_url", "site.baseurl/"})
_PATH_FILTER = pattern(
    r"[\"']([^\"']*)[\"']\s*\|\s*(?:relative_url|absolute_url|prepend:\s*site\.(?:base)?url)[^}]*"
)

_CALLS = pattern(r"\{\{[^{}]*+\}\}|\{%[^{}%]*+%\}")
_IN_ADDRESS = pattern(  # of Markdown's links and definitions, and of attributes of HTML
    r"\]\([ \t]*<?[^()\s<>]*\Z|^[ \t>]*\[[^\[\]]+\]:[ \t]*<?\S*\Z"
    r"|<[^<>\s]*\Z|=[ \t]*[\"']?[^\s\"'<>]*\Z"
)
_IN_WORDS = pattern(r"\[[^\[\]]*\Z")
_SIGNS = pattern(r"[\\\[\]*_`<>~&]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arguments:
    """What stands behind a shortcode's name: by place and by name (in small letters)."""

    placed: tuple[str, ...]
    named: dict[str, str]

    def get(self, *keys: str, place: int | None = None) -> str:
        for key in keys:
            if key in self.named:
                return self.named[key]
        return self.placed[place] if place is not None and place < len(self.placed) else ""


def turn(name: str, rest: str, inner: str | None, *, before: str = "") -> str | None:
    """Markdown for a shortcode; None when the name is not known or its arguments say nothing.

    `rest` are its arguments as written, `inner` what stands between it and its end tag, `before`
    what stands before it in its line.
    """
    if name in _SITE_ADDRESS:
        return ""
    if path := _PATH_FILTER.fullmatch(f"{name} {rest}".strip()):
        return path[1]
    known = _TABLE.get(name)
    if known is _article:
        before = _CALLS.sub("", before)
        if _IN_WORDS.search(before):
            known = _shown_address
        elif not _IN_ADDRESS.search(before):
            known = _linked_address
    return known(_read(rest), inner) if known else None


def _read(rest: str) -> _Arguments:
    placed: list[str] = []
    named: dict[str, str] = {}
    for found in _ARGUMENT.finditer(rest):
        value = next(v for v in found.group("double", "single", "back", "bare") if v is not None)
        if found["key"]:
            named[found["key"].lower()] = value
        else:
            placed.append(value)
    return _Arguments(placed=tuple(placed), named=named)


def _code(arguments: _Arguments, inner: str | None) -> str | None:
    if inner is None:
        return None
    language = arguments.get("lang", "language", place=0)
    longest = max(map(len, re.findall(r"`+", inner)), default=0)
    fence = "`" * max(3, longest + 1)
    language = language if re.fullmatch(r"[\w+#.-]+", language) else ""
    content = inner.strip("\n").rstrip()
    return f"\n\n{fence}{language}\n{content}\n{fence}\n\n"


def _verbatim(_: _Arguments, inner: str | None) -> str | None:
    return inner


def _nothing(_: _Arguments, inner: str | None) -> str | None:
    return None if inner is None else ""


def _quotation(_: _Arguments, inner: str | None) -> str | None:
    if inner is None:
        return None
    lines = inner.strip().splitlines()
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _details(arguments: _Arguments, inner: str | None) -> str | None:
    if inner is None:
        return None
    summary = escape(arguments.get("summary", "title", place=0))
    return f"\n\n<details><summary>{summary}</summary>\n\n{inner.strip()}\n\n</details>\n\n"


def _article(arguments: _Arguments, _: str | None) -> str | None:
    """The address of another article, as the path of its file, for the sanitiser to look up."""
    path, mark, fragment = arguments.get("path", place=0).partition("#")
    if not path:
        return None
    path = path.removeprefix("_posts/")
    last = path.rpartition("/")[2]
    if not re.search(r"\.(?:md|markdown|html|rst|txt)$", last):
        path = path.rstrip("/") + ".md"
    path = NEAR + path.removeprefix("./")
    return path.replace(" ", "%20") + mark + fragment


def _shown_address(arguments: _Arguments, _: str | None) -> str | None:
    """The words of a link that are its address, which is known later (`resolve_links`)."""
    address = _article(arguments, None)
    if address is None:
        return None
    parts = unquote(address.partition("#")[0]).split("/")  # of which NEAR is the first
    is_of_folder = parts[-1].startswith("index.") and parts[-2] not in ("", "~", "..")
    name = "/".join(parts[-2:] if is_of_folder else parts[-1:])
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", NEAR + name)


def _linked_address(arguments: _Arguments, _: str | None) -> str | None:
    """A link to another article, where its address stands in the text."""
    address, shown = _article(arguments, None), _shown_address(arguments, None)
    return f'<a href="{escape(address)}">{shown}</a>' if address and shown else None


def _asset_address(arguments: _Arguments, _: str | None) -> str | None:
    """Hexo's `asset_path file`: where a file of the article's own folder is."""
    return arguments.get(place=0).replace(" ", "%20") or None


def _asset_link(arguments: _Arguments, _: str | None) -> str | None:
    """Hexo's `asset_link file [title] [escape]`."""
    file, title = arguments.get(place=0), " ".join(arguments.placed[1:])
    title = re.sub(r"\s(?:true|false)\Z", "", title)
    return f"[{title or file}](<{file}>)" if file else None


def _article_link(arguments: _Arguments, _: str | None) -> str | None:
    """Hexo's `post_link file [title] [escape]`."""
    address, title = _article(arguments, None), " ".join(arguments.placed[1:])
    title = re.sub(r"\s(?:true|false)\Z", "", title)
    return f"[{title or arguments.get(place=0)}]({address})" if address else None


def _figure(arguments: _Arguments, inner: str | None) -> str | None:
    source = arguments.get("src", "file", "link", place=0)
    caption = arguments.get("caption", "title") or (inner or "").strip()
    return _picture(source, alt=arguments.get("alt"), caption=caption, width=arguments.get("width"))


def _go_image(arguments: _Arguments, _: str | None) -> str | None:
    width = arguments.get(place=1)
    return _picture(arguments.get(place=0), width=width, height=arguments.get(place=2))


def _octopress_image(arguments: _Arguments, _: str | None) -> str | None:
    """`img [class] address [width] [height] ["title" ["alt"]]`, as in Octopress and Hexo."""
    words = list(arguments.placed)
    while words and not re.search(r"[/.]", words[0]):
        words.pop(0)
    if not words:
        return None
    sizes = [word for word in words[1:3] if word.isdecimal()] + ["", ""]
    texts = [word for word in words[1:] if not word.isdecimal()]
    return _picture(words[0], alt=texts[-1] if texts else "", width=sizes[0], height=sizes[1])


def _picture(
    source: str, *, alt: str = "", caption: str = "", width: str = "", height: str = ""
) -> str | None:
    if not source:
        return None
    size = "".join(
        f' {key}="{value}"'
        for key, value in (("width", width), ("height", height))
        if value.isdecimal()
    )
    image = f'<img src="{escape(source)}" alt="{escape(alt)}"{size}>'
    text = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return f"\n\n<figure>{image}{text}</figure>\n\n"


def _address(pattern: str, *keys: str) -> Callable[[_Arguments, str | None], str | None]:
    def link(arguments: _Arguments, _: str | None) -> str | None:
        values = [arguments.get(key, place=place) for place, key in enumerate(keys)]
        if not all(re.fullmatch(r"[\w.@/-]+", value) for value in values):
            return None
        return f"<{pattern.format(*values)}>"

    return link


def _page(arguments: _Arguments, _: str | None) -> str | None:
    address = arguments.get("src", "url", "file", place=0)
    if not address:
        return None
    return f"[{watch_page(address)}](<{watch_page(address)}>)"


def _file(arguments: _Arguments, _: str | None) -> str | None:
    name = arguments.get("file", place=0)
    return f"[`{name}`](<{name}>)" if "." in name else None


_YOUTUBE = _address("https://www.youtube.com/watch?v={}", "id")
_TWEET = _address("https://x.com/{}/status/{}", "user", "id")

_ASIDES = (
    "admonition alert blockquote callout hint important info note notice pullquote quote tip"
    " warning"
)
_TABLE: dict[str, Callable[[_Arguments, str | None], str | None]] = {
    "highlight": _code,
    "codeblock": _code,
    "raw": _verbatim,
    "rawhtml": _verbatim,
    "comment": _nothing,
    "link": _article,
    "post_url": _article,
    "post_path": _article,
    "post_link": _article_link,
    "asset_path": _asset_address,
    "asset_link": _asset_link,
    "ref": _article,
    "relref": _article,
    "figure": _figure,
    "imgproc": _figure,
    "asset_img": _octopress_image,
    "img": _octopress_image,
    "image": _go_image,
    "youtube": _YOUTUBE,
    "vimeo": _address("https://vimeo.com/{}", "id"),
    "tweet": _TWEET,
    "twitter": _TWEET,
    "x": _TWEET,
    "gist": _address("https://gist.github.com/{}/{}", "user", "id"),
    "video": _page,
    "audio": _page,
    "code": _file,
    "play": _file,
    "details": _details,
} | dict.fromkeys(_ASIDES.split(), _quotation)

PAIRED = frozenset(
    name
    for name, known in _TABLE.items()
    if known in {_code, _verbatim, _nothing, _quotation, _details}
) | {"imgproc", "figure"}
"""Shortcodes that may enclose text."""

VERBATIM = frozenset({"highlight", "codeblock", "raw", "rawhtml", "comment"})
"""Shortcodes in whose text nothing else is turned."""
