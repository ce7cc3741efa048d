"""PURE. Every reference of a body -> an absolute, percent-encoded address, or nothing.

RFC 3986 for the form, RFC 3492 for host names; only http, https, mailto and tel survive.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import nh3

from publisher.model import Asset
from publisher.parse.clean.fragment import ARTICLE_SCHEME, NEAR
from publisher.patterns import pattern
from publisher.values import dataclass

_CHARS = r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*"
_CHARS = rf"{_CHARS}(?:%[0-9A-Fa-f]{{2}}{_CHARS})*"
_FINISHED = pattern(
    rf"https?://[a-z0-9_-]+(?:\.[a-z0-9_-]+)*(?::[0-9]{{1,4}})?(?:[/?]{_CHARS})?(?:#{_CHARS})?"
)
_ENCODED = pattern(_CHARS)
_FROM_ROOT = pattern(r"(?:/[A-Za-z0-9_~%-][A-Za-z0-9._~%-]*)+/?")
"""A path that has no segments to be resolved."""
_SCHEME = pattern(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_HOST = pattern(r"[a-z0-9_~-]+(?:\.[a-z0-9_~-]+)*\.?|\[[0-9a-f:.]+\]")
_BARE_PERCENT = pattern(r"%(?![0-9A-Fa-f]{2})")
_CANDIDATE = pattern(r"[\s,]*([^\s,]\S*)(?:\s+([0-9.]+[wx]))?\s*(?:,|$)")
_IGNORED_IN_URLS = str.maketrans("", "", "\t\r\n")
_EDGES = "".join(map(chr, range(0x21)))
_SAFE = "!$&'()*+,;=:@/?~%"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """Another article of the same source, by its path under the source's folder."""

    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """A picture that is not shown: broken, or too large to be opened. `mark` is its content's."""

    mark: str


Found = Asset | ArticleFile | RefusedFile | None
LookUp = Callable[[str], Found]
"""What lies at a path under the source's folder (normalised, with `/`), at one that begins with
ANYWHERE, BUNDLED or PUBLIC, or what a `data:` address holds."""


ANYWHERE = "*/"
"""Before a path: a file of that name anywhere in the source, as notes name each other."""

BUNDLED = "?/"
"""Before a path: the first picture whose name begins with its last part."""

PUBLIC = "/"
"""Before a path: a file that another tool serves there, and keeps beside the source."""

_WRITTEN_IN = "a file written into the text as data: is left out; save it as a file"
_BROKEN_IN = "a picture written into the text as data: is broken, and is left out"


class References:
    """Makes the references of one document absolute and remembers what they met.

    `folder` is the document's folder under its source ("" for the top), `own_folder` one of
    its own name, in which what is not found in the first is looked for. `dialect` is that of the
    source, "" for what is no file: then a reference that begins with `/` is no more than an
    address; else it means a file of the source, or one that a tool serves beside it. After use,
    `assets` maps addresses to the local files behind them, `articles` and `needs`
    list files of the source, `missing` the paths of pictures and files that are not there,
    `shown` the paths of assets that are embedded, `refused` references to files that are not
    shown (who looked them up has said why), and `warnings` name what else a person should
    look at.
    """

    def __init__(
        self,
        *,
        base_url: str,
        site_url: str,
        folder: str,
        look_up: LookUp,
        own_folder: str = "",
        dialect: str = "",
    ) -> None:
        self.assets: dict[str, Asset] = {}
        self.articles: dict[str, None] = {}
        self.needs: dict[str, str] = {}
        self.missing: dict[str, None] = {}
        self.shown: dict[str, None] = {}
        self.refused: dict[str, None] = {}
        self.warnings: dict[str, None] = {}
        self._base_url = base_url.partition("#")[0]
        self._site_url = site_url if site_url.endswith("/") else site_url + "/"
        self._site_path = urlsplit(self._site_url).path
        self._folder = folder
        self._own_folder = own_folder
        self._from_root = bool(dialect)
        self._tool_is_known = dialect not in ("", "auto")
        self._look_up = look_up

    def says_missing(self, path: str) -> str:
        """The words for one of the `missing`."""
        return told_missing(path, self._site_url)

    def link(self, reference: str) -> str | None:
        """Where a link leads; None when it may not be kept."""
        return self._absolute(reference, to_article=True)

    def page(self, reference: str) -> str | None:
        """An address that is only told, such as a quotation's source."""
        return self._absolute(reference)

    def file(self, reference: str) -> str | None:
        """The address of a picture, sound or film; one that is not beside the article is named."""
        return self._absolute(reference, embedded=True) if reference.strip() else None

    def bundled(self, name: str) -> str | None:
        """The address of the picture in the folder whose name begins so; None without one."""
        place = f"{BUNDLED}{posixpath.join(self._folder, name)}"
        found = self._look_up(place)
        self.needs[place] = fingerprint_found(found)
        if not isinstance(found, Asset):
            return None
        self.shown[found.path] = None
        return self._asset(found, "")

    def candidates(self, srcset: str) -> str | None:
        """A `srcset` with each of its addresses made absolute (HTML, section 4.8.4.2.1)."""
        kept = []
        for found in _CANDIDATE.finditer(srcset):
            address = self.file(found[1].rstrip(","))
            if address:
                kept.append(f"{address} {found[2]}" if found[2] else address)
        return ", ".join(kept) or None

    def _absolute(
        self, reference: str, *, to_article: bool = False, embedded: bool = False
    ) -> str | None:
        if _FINISHED.fullmatch(reference):
            return reference
        reference = reference.translate(_IGNORED_IN_URLS).strip(_EDGES)
        scheme = _SCHEME.match(reference)
        if scheme:
            return self._with_scheme(scheme[1].lower(), reference[scheme.end() :], embedded)
        before, _, fragment = reference.partition("#")
        path, mark, query = before.partition("?")
        path = path.replace("\\", "/")
        fragment = _encode(fragment)
        if path.startswith("//"):
            return _with_host("https:" + path + mark + query, fragment)
        found = self._find(path) if path else None
        if isinstance(found, RefusedFile):
            self.refused[reference] = None
            return None
        if isinstance(found, Asset):
            if embedded:
                self.shown[found.path] = None
            return self._asset(found, fragment)
        if isinstance(found, ArticleFile) and to_article:
            self.articles[found.file] = None
            return f"{ARTICLE_SCHEME}:{quote(found.file)}{_tail(fragment)}"
        if found is None and path.startswith((ANYWHERE, NEAR)):
            name = unquote(path.removeprefix(ANYWHERE).removeprefix(NEAR))
            self.warnings[f"there is no {name!r} in the source; its name stays as text"] = None
            return None
        if found is None and path and self._is_missed(path, embedded=embedded):
            self.missing[path] = None
        return self._joined(_encode(path), mark + _encode(query)) + _tail(fragment)

    def _is_missed(self, path: str, *, embedded: bool) -> bool:
        """Whether a file should be there that is not. What others serve at the site's host may be
        linked to, and its pictures too where nobody says which tool kept them."""
        if path[0] != "/":
            return embedded or _names_a_file(path)
        is_ours = self._tool_is_known and path.startswith(self._site_path)
        return embedded and is_ours and _names_a_file(path)

    def _joined(self, path: str, query: str) -> str:
        if not query and _FROM_ROOT.fullmatch(path):
            # Most pages are of the site, whose root is known of thousands before.
            is_ours = self._base_url.startswith(self._site_url)
            root = (_root_of(self._site_url) if is_ours else "") or _root_of(self._base_url)
            if root:
                return root + path  # as urljoin would give it, in a fiftieth of the time
        return urljoin(self._base_url, path + query)

    def _with_scheme(self, scheme: str, rest: str, embedded: bool) -> str | None:
        if scheme in {"http", "https"}:
            before, _, fragment = rest.partition("#")
            return _with_host(f"{scheme}:{before}", _encode(fragment))
        if scheme in {"mailto", "tel"} and not embedded:
            return f"{scheme}:{_encode(rest)}"
        return self._written_in(f"{scheme}:{rest}") if scheme == "data" and embedded else None

    def _written_in(self, reference: str) -> str | None:
        """The address of a picture that the text itself holds; nothing of any other file."""
        found = self._look_up(reference)
        if isinstance(found, Asset):
            self.needs[found.origin] = fingerprint_found(found)
            self.shown[found.path] = None
            return self._asset(found, "")
        self.warnings[_WRITTEN_IN if found is None else _BROKEN_IN] = None
        return None

    def _asset(self, asset: Asset, fragment: str) -> str:
        address = self._site_url + _encode(asset.path)
        self.assets[address] = asset
        return address + _tail(fragment)

    def _find(self, path: str) -> Found:
        for candidate in dict.fromkeys((path, unquote(path))) if "%" in path else (path,):
            for place in self._places(candidate):
                found = self._look_up(place)
                self.needs[place] = fingerprint_found(found)
                if found is not None:
                    return found
        return None

    def _places(self, path: str) -> list[str]:
        """The paths under the source that a reference may mean; none when it climbs out."""
        if path.startswith(ANYWHERE):
            return [path]
        if path.startswith(NEAR):
            path = path.removeprefix(NEAR)
            return [*self._places(path), f"{ANYWHERE}{path.lstrip('./')}"]
        if path.startswith("/"):
            written = [path.lstrip("/")]
            if self._site_path != "/" and path.startswith(self._site_path):
                written.insert(0, path.removeprefix(self._site_path))
        else:
            written = [posixpath.join(self._folder, path)]
            if self._own_folder and _names_a_file(path):
                written.append(posixpath.join(self._own_folder, path))
        places = [_normal(place) for place in written if place]
        places = [p for p in places if p not in {".", ".."} and not p.startswith(("../", "/"))]
        if self._from_root and path[0] == "/" and _names_a_file(path):
            places += [PUBLIC + place for place in places]
        return places


@lru_cache(maxsize=64)
def _root_of(url: str) -> str:
    """The scheme and the host of a web address, "" of any other."""
    parts = urlsplit(url)
    is_web = parts.scheme in {"http", "https"} and parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if is_web else ""


def told_missing(path: str, site_url: str) -> str:
    """The words for a file that is not there, as the document names it."""
    name = unquote(path)
    if path[0] != "/":
        return f"there is no file {name!r} beside the article"
    below = unquote(urlsplit(site_url).path.rstrip("/") + "/")
    inside = (name.removeprefix(below) if name.startswith(below) else name).lstrip("/")
    return (
        f"there is no file {name!r} in the source, nor where the tool of its `dialect` has such "
        f"files; put it into the source as {inside!r}, or write its whole address"
    )


def _normal(path: str) -> str:
    is_normal = "//" not in path and "/." not in path and path[0] != "." and path[-1] != "/"
    return path if is_normal else posixpath.normpath(path)


def _names_a_file(path: str) -> bool:
    """Whether a relative link means a file of the author's, and not another page of the site."""
    return "." in path.rpartition("/")[2].strip(".")


def fingerprint_found(found: Found) -> str:
    """What a look-up gave, as a document's `needs` remember it."""
    if isinstance(found, Asset):
        return found.path
    if isinstance(found, RefusedFile):
        return found.mark
    return f"article {found.file}" if found else ""


def _with_host(url: str, fragment: str) -> str | None:
    path, mark, query = url.partition("?")
    try:
        parts = urlsplit(path.replace("\\", "/") + mark + query)
        host = _ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    user, at, _ = parts.netloc.rpartition("@")
    if not _HOST.fullmatch(host):
        return None
    netloc = f"{_encode(user)}{at}{host}{port}"
    address = urlunsplit((parts.scheme, netloc, _encode(parts.path), _encode(parts.query), ""))
    return address + _tail(fragment) if _is_readable(address) else None


def _is_readable(address: str) -> bool:
    """Whether a browser's parser takes an address: some host names have no meaning."""
    link = f'<a href="{escape(address)}">'
    return "href" in nh3.clean(link, tags={"a"}, attributes={"a": {"href"}}, link_rel=None)


def _ascii_host(host: str) -> str:
    """A host name in ASCII. Raises ValueError (UnicodeError) when it has no such form."""
    host = unquote(host).lower()
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _encode(part: str) -> str:
    if not part or _ENCODED.fullmatch(part):  # nearly always
        return part
    return quote(_BARE_PERCENT.sub("%25", part), safe=_SAFE)


def _tail(fragment: str) -> str:
    return f"#{fragment}" if fragment else ""
