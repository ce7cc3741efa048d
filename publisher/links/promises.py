"""GROUND. What a link promises to who clicks on it, and whether it keeps that."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from publisher.links.ascii import ascii_domain, ascii_url
from publisher.patterns import pattern

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
