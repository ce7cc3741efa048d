"""PURE. Addresses in a mail: absolute, in ASCII, of pictures that every program draws."""

from __future__ import annotations

import re

from publisher.links.ascii import ascii_url
from publisher.renditions import LOGO_BOX, Logo
from publisher.values import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLogo:
    """A logo in CSS pixels; its file has twice as many where the original did.

    `on_paper`: it stands on the light paper, also in the dark.
    """

    url: str
    width: int
    height: int
    on_paper: bool


def mail_logo(logo: Logo | None, site_url: str) -> MailLogo | None:
    """The logo for mail; None where there is none that every mail program draws."""
    form = logo.mailed if logo else None
    if logo is None or form is None:
        return None
    scale = min(1.0, LOGO_BOX[0] / form.width, LOGO_BOX[1] / form.height)
    return MailLogo(
        url=ascii_url(site_url + form.path),
        width=max(1, round(form.width * scale)),
        height=max(1, round(form.height * scale)),
        on_paper=logo.see_through,
    )
