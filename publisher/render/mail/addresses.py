"""PURE. Addresses in a mail: absolute, in ASCII, of pictures that every program draws."""

from __future__ import annotations

import re

from publisher.links import ascii_url

PICTURE_WIDTH = 552
"""Pixels of the column that text and pictures share: 600 less 24 on either side."""

_SHOWN_ENDINGS = (".jpg", ".jpeg", ".png", ".gif")


def mail_url(url: str) -> str | None:
    """An address that every mail program takes, else None."""
    try:
        return ascii_url(url)
    except ValueError:
        return None


def shown_in_mail(url: str) -> bool:
    """Whether the name of a picture promises a format that every mail program draws."""
    return re.split("[?#]", url, maxsplit=1)[0].lower().endswith(_SHOWN_ENDINGS)


def mail_logo(url: str | None) -> str | None:
    """The address of a logo that every mail program draws, else None."""
    return mail_url(url) if url and shown_in_mail(url) else None
