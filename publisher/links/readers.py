"""GROUND. The links of one reader in a mail that is drawn once for all.

In a rendered issue they stand as two placeholders, plain ASCII under a host that can never exist
(RFC 2606 section 2), so that neither MRML nor percent-encoding nor escaping changes them; `fill`
puts in the real ones.
"""

from __future__ import annotations

from publisher.links.ascii import PLACEHOLDER_HOST, ascii_url
from publisher.patterns import pattern

UNSUBSCRIBE = f"https://{PLACEHOLDER_HOST}/unsubscribe"
PREFERENCES = f"https://{PLACEHOLDER_HOST}/preferences"

_TOKEN = pattern(r"[A-Za-z0-9._~-]+\Z")


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
