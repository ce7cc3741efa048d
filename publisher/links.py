"""GROUND. Addresses in mail: in ASCII, what they promise, one reader's links, pictures inside.

The links of a reader stand in a rendered issue as two placeholders, plain
ASCII under a host that can never exist (RFC 2606 section 2), so that neither
MRML nor percent-encoding nor escaping changes them; `fill` puts in the real ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape
from ipaddress import ip_address
from urllib.parse import quote, urlsplit, urlunsplit

from publisher.patterns import pattern

PLACEHOLDER_HOST = "reader.invalid"
UNSUBSCRIBE = f"https://{PLACEHOLDER_HOST}/unsubscribe"
PREFERENCES = f"https://{PLACEHOLDER_HOST}/preferences"
LONGEST_URL = 2_000
"""Characters of an address that mail clients and browsers surely take."""

_USUAL = pattern(
    r"https?://[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]+)?/(?:[A-Za-z0-9/?:@!$&'()*+,;=._~-]|%[0-9A-Fa-f]{2})*+(?<!\?)"
)
"""What `ascii_url` would give back as it is; a fragment or anything odd goes the long way."""
_SAFE = "/?:@!$&'()*+,;=-._~%"
_TOKEN = pattern(r"[A-Za-z0-9._~-]+\Z")
_STRAY_PERCENT = pattern(r"%(?![0-9A-Fa-f]{2})")
_PICTURE = pattern(r"""<img(?=[\s/])(?:[^<>"']|"[^"]*"|'[^']*')*+>""", re.IGNORECASE)
_ATTRIBUTE = pattern(r"""([^\s=<>"'/]+)(\s*=\s*)("[^"]*"|'[^']*')""")

_SHORTENER_HOSTS = """
    bit.ly bitly.com j.mp t.co tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly t.ly
    lnkd.in shorturl.at rb.gy tiny.cc bl.ink s.id dlvr.it fb.me amzn.to adf.ly trib.al x.co
    clck.ru qr.ae soo.gd urlz.fr t1p.de kutt.it short.io u.to shorte.st tr.im snip.ly zpr.io
    """
SHORTENERS = frozenset(_SHORTENER_HOSTS.split())
"""Hosts whose addresses do not say where they lead."""
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "test", "invalid")
_ADDRESS = pattern(
    r"(?:(?P<scheme>https?)://|(?P<www>www\.))?"
    r"(?P<host>[^\s/?#:@]+\.(?P<top>[^\W\d_]{2,}|xn--[a-z0-9-]+))(?::\d+)?(?P<rest>[/?#]\S*)?\Z",
    re.IGNORECASE,
)
_KNOWN_TOPS = frozenset({"com", "org", "net", "info", "biz", "edu", "gov"})
_EMPTY_WORDS = """
    here;click here;click;link;this;more;read more;this link;tap here
    di sini;klik di sini;hier;hier klicken;mehr;ici;cliquez ici;en savoir plus;plus;aquí
    haga clic aquí;más;aqui;clique aqui;mais;здесь;тут;подробнее;burada;buraya tıklayın
    devamı;यहाँ;यहां क्लिक करें
    こちら;ここ;ここをクリック;这里;点击这里;更多;هنا;اضغط هنا;المزيد
    """
_MARKS = pattern(r"[\s.,;:!?…>»→“”\"'()\[\]-]+")
TELLS_SENDER = pattern(r"[?&](?:utm_\w+|mc_[ce]id|fbclid|gclid|_hsenc)=", re.IGNORECASE)
"""What in an address tells who sent the reader."""


def fill(text: str, *, token: str, mail_url: str) -> str:
    """Put a reader's token into the html or text of a rendered issue.

    Raises ValueError for a token that is not made of URL's unreserved characters.
    """
    if not _TOKEN.match(token):
        raise ValueError("a reader's token is made of letters, digits and -._~")
    return text.replace(UNSUBSCRIBE, reader_link(mail_url, "unsubscribe", token)).replace(
        PREFERENCES, reader_link(mail_url, "preferences", token)
    )


def reader_link(mail_url: str, page: str, token: str) -> str:
    """The address of a reader's page, fit for HTML, plain text and a header alike."""
    base = ascii_url(mail_url).replace("&", "%26").replace("'", "%27")
    return f"{base}{page}/{token}"


def ascii_url(url: str) -> str:
    """An http or https address by RFC 3986: percent-encoded, its host in A-labels.

    Raises ValueError when it is none, or longer than LONGEST_URL.
    """
    if _USUAL.fullmatch(url) and len(url) <= LONGEST_URL and PLACEHOLDER_HOST not in url:
        return url
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an absolute http or https address")
    user, at, host = parts.netloc.rpartition("@")
    host = host if host.startswith("[") else ascii_domain(host)
    encoded = urlunsplit(
        (
            parts.scheme,
            _encode(user) + at + _encode(host, safe="[]" + _SAFE),
            _encode(parts.path),
            _encode(parts.query),
            _encode(parts.fragment),
        )
    ).replace(PLACEHOLDER_HOST, PLACEHOLDER_HOST.upper())
    if len(encoded) > LONGEST_URL:
        raise ValueError(f"longer than {LONGEST_URL} characters")
    return encoded


def content_id(hash_: str, sender: str) -> str:
    """The Content-ID of a part, without its brackets: a hash of its bytes at the sender's domain.

    In HTML it is named by `cid:` before it (RFC 2392 section 2): hash and domain have no character
    that would have to be escaped there.
    """
    return f"{hash_}@{ascii_domain(sender.rpartition('@')[2])}"


def picture_addresses(html: str) -> list[str]:
    """The addresses of the pictures that HTML shows by <img>, each once, in their order."""
    found: dict[str, None] = {}

    def look(address: str) -> str:
        found[address] = None
        return address

    with_picture_addresses(html, look)
    return list(found)


def with_picture_addresses(html: str, change: Callable[[str], str]) -> str:
    """The HTML with the address of each <img> changed; nothing else in it is another."""

    def attribute(found: re.Match[str]) -> str:
        name, between, value = found.groups()
        if name.lower() != "src":
            return found[0]
        address = unescape(value[1:-1])
        changed = change(address)
        return found[0] if changed == address else f'{name}{between}"{escape(changed)}"'

    return _PICTURE.sub(lambda tag: _ATTRIBUTE.sub(attribute, tag[0]), html)


def ascii_domain(domain: str) -> str:
    """A domain with each label in ASCII (RFC 5891; Python's own codec still is IDNA 2003)."""
    return ".".join(_a_label(label) for label in re.split("[.。．｡]", domain))


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    normal = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", label).lower())
    return normal if normal.isascii() else "xn--" + normal.encode("punycode").decode("ascii")


def _encode(part: str, safe: str = _SAFE) -> str:
    return _STRAY_PERCENT.sub("%25", quote(part, safe=safe, errors="ignore"))


def words_of(text: str) -> str:
    """The bare words of a text, without signs and capitals."""
    return _MARKS.sub(" ", text.casefold()).strip()


_SAYS_NOTHING = frozenset(words_of(words) for words in re.split("[;\n]", _EMPTY_WORDS))


def says_nothing(text: str) -> bool:
    """Whether the text of a link tells nothing of where it leads, such as "here"."""
    return words_of(text) in _SAYS_NOTHING


def is_honest(url: str, text: str) -> bool:
    """Whether an address of the web leads where the text of its link says, which others chose.

    It hides no host behind an @, and the text is not the address of another site.
    """
    try:
        parts = urlsplit(ascii_url(url))
        shown = shown_host(text)
    except ValueError:
        return False
    return "@" not in parts.netloc and not (shown and not same_site(shown, parts.hostname or ""))


def is_fit_for_mail(url: str, text: str) -> bool:
    """Whether such an address breaks none of the rules that a mail's links are held to."""
    if not is_honest(url, text):
        return False
    parts = urlsplit(ascii_url(url))
    host = parts.hostname or ""
    return (
        parts.scheme == "https"
        and not (is_local(host) or "." not in host.strip("."))
        and host.removeprefix("www.") not in SHORTENERS
        and not TELLS_SENDER.search(url)
        and not says_nothing(text)
    )


def is_local(host: str) -> bool:
    """Whether a host is none of the public Internet's."""
    if not host:
        return False
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.rpartition(".")[2] in _LOCAL_NAMES


def shown_host(text: str) -> str:
    """The host of the address that the text of a link shows, "" where it shows words."""
    found = _ADDRESS.match(text.rstrip(".,;:…"))
    if found is None:
        return ""
    sure = found["scheme"] or found["www"] or found["top"].lower() in _KNOWN_TOPS
    return ascii_domain(found["host"].lower()) if sure else ""


def same_site(one: str, other: str) -> bool:
    """Whether two hosts are of one site: one is the other, or below it."""
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)
