"""EDGE. Addresses that may be asked, and how they are shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from publisher.errors import FetchError, Location
from publisher.links.ascii import ascii_domain

_WHOLE = "write the whole address, such as https://courier.example/atom.xml"
_NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f]")


def parse_address(url: str) -> Url:
    """An address, checked and in ASCII, without its fragment. Raises FetchError."""
    url = url.strip(" ")
    if _NOT_IN_ADDRESSES.search(url):
        raise FetchError("is no address", where=place(url), mend=_WHOLE)
    try:
        parts = urlsplit(url)
        netloc = parts.netloc if parts.netloc.startswith("[") else ascii_domain(parts.netloc)
        address = parse_url(urlunsplit(parts._replace(netloc=netloc, fragment="")))
    except (ValueError, HTTPError) as error:
        raise FetchError("is no address", where=place(url), mend=_WHOLE) from error
    if address.scheme not in ("http", "https"):
        raise FetchError("is no http or https address", where=place(url), mend=_WHOLE)
    if address.auth or "@" in parts.netloc:
        raise FetchError(
            "carries a name or password, which would be seen by everybody on the way",
            where=place(url),
            mend="name the address without them",
        )
    if not address.host:
        raise FetchError("has no host", where=place(url), mend=_WHOLE)
    return address


def place(url: str) -> Location:
    """The address as it may be shown: without a name and password, and not endless."""
    shown = re.sub(r"//[^/?#]*@", "//", url)
    return Location(file=shown if len(shown) <= 300 else shown[:300] + "…")
