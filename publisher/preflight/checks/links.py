"""PURE. Where the links of a mail lead, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from publisher.links import ascii_domain
from publisher.preflight.drawn import bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Link, Mail, scheme_of, split
from publisher.preflight.paths import is_there

_SHORTENER_HOSTS = """
    bit.ly bitly.com j.mp t.co tinyurl.com goo.gl ow.ly is.gd v.gd buff.ly rebrand.ly cutt.ly t.ly
    lnkd.in shorturl.at rb.gy tiny.cc bl.ink s.id dlvr.it fb.me amzn.to adf.ly trib.al x.co
    clck.ru qr.ae soo.gd urlz.fr t1p.de kutt.it short.io u.to shorte.st tr.im snip.ly zpr.io
    """
_SHORTENERS = frozenset(_SHORTENER_HOSTS.split())
_UNSAFE = frozenset({"javascript", "vbscript", "data", "file", "blob", "about"})
_WITHOUT_HOST = frozenset({"mailto", "tel", "sms", "xmpp", "geo"})
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "test", "invalid")
_ADDRESS = re.compile(
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
_MARKS = re.compile(r"[\s.,;:!?…>»→“”\"'()\[\]-]+")
_UTM = re.compile(r"[?&](?:utm_\w+|mc_[ce]id|fbclid|gclid|_hsenc)=", re.IGNORECASE)


def _plain(words: str) -> str:
    return _MARKS.sub(" ", words.casefold()).strip()


_SAYS_NOTHING = frozenset(_plain(words) for words in re.split("[;\n]", _EMPTY_WORDS))


def dead_link(mail: Mail) -> Faults:
    """dead-link: on our own site, or to a place within the mail."""
    places = {e.get(name) for e, _ in mail.drawn.elements for name in ("id", "name")}
    for link in mail.links:
        if link.url.startswith("#"):
            if link.url[1:] not in places:
                yield link.where, f"there is no place {link.url!r} in the mail"
        elif not is_there(mail, link.url):
            yield link.where, f"{link.url} will not be there"


def relative_link(mail: Mail) -> Faults:
    """relative-link: links and pictures."""
    for where, url in _addresses(mail):
        if url in mail.inside or url.startswith("#") or scheme_of(url) in _UNSAFE | _WITHOUT_HOST:
            continue
        parts = split(url)
        if parts is None or not parts.scheme or not parts.netloc:
            yield where, f"{url!r} is no whole address"


def unsafe_link(mail: Mail) -> Faults:
    """unsafe-link."""
    for link in mail.links:
        if scheme_of(link.url) in _UNSAFE:
            yield link.where, f"leads to {link.url[:60]!r}"


def http_link(mail: Mail) -> Faults:
    """http-link: links and pictures."""
    for where, url in _addresses(mail):
        if scheme_of(url) == "http":
            yield where, url


def local_link(mail: Mail) -> Faults:
    """local-link: links and pictures."""
    for where, url in _addresses(mail):
        if _is_local(_host(url)):
            yield where, url


def shortened_link(mail: Mail) -> Faults:
    """shortened-link."""
    for link in mail.links:
        host = _host(link.url)
        if host.removeprefix("www.") in _SHORTENERS:
            yield link.where, f"{link.url} goes through {host}"


def deceiving_link(mail: Mail) -> Faults:
    """deceiving-link: words that are an address of another site, or a name before an @."""
    for link in mail.links:
        parts, target = split(link.url), _host(link.url)
        if not target or parts is None:
            continue
        if "@" in parts.netloc:
            yield link.where, f"{link.url} hides {target} behind an @"
        shown = _shown_host(link)
        if shown and not _same_site(shown, target):
            yield link.where, f"shows {shown} and leads to {target}"


def link_text(mail: Mail) -> Faults:
    """link-text."""
    for link in mail.links:
        words = _plain(bare(link.text))
        if not words:
            yield f"link to {link.url[:70]}", "has no words"
        elif words in _SAYS_NOTHING:
            yield link.where, "does not say where it leads"


def tracking(mail: Mail) -> Faults:
    """tracking."""
    for link in mail.links:
        if _UTM.search(link.url):
            yield link.where, f"{link.url} tells who sent the reader"
    for image in mail.images:
        if (image.pixels("width") or 9) <= 2 and (image.pixels("height") or 9) <= 2:
            yield image.where, "is as small as what counts openings"


def _addresses(mail: Mail) -> Iterator[tuple[str, str]]:
    yield from ((link.where, link.url) for link in mail.links)
    yield from ((image.where, image.url) for image in mail.images)


def _host(url: str) -> str:
    parts = split(url)
    return (parts.hostname or "").lower() if parts is not None and parts.scheme else ""


def _is_local(host: str) -> bool:
    if not host:
        return False
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host.rpartition(".")[2] in _LOCAL_NAMES


def _shown_host(link: Link) -> str:
    """The host of the address that a link shows, "" where it shows words."""
    found = _ADDRESS.match(link.text.rstrip(".,;:…"))
    if found is None:
        return ""
    sure = found["scheme"] or found["www"] or found["top"].lower() in _KNOWN_TOPS
    return ascii_domain(found["host"].lower()) if sure else ""


def _same_site(one: str, other: str) -> bool:
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith("." + other) or other.endswith("." + one)
