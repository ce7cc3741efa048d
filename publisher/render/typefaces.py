"""PURE. The stacks of font families of pages and mails: the reader's own, none is fetched.

`fonts` is site.theme.fonts: serif, sans, or a stack of publisher.config.stacks.
"""

from __future__ import annotations

from publisher.config.stacks import ENDS
from publisher.values import dataclass

_PAGE_UI = "system-ui, Segoe UI, Roboto, Noto Sans, Noto Sans Arabic, sans-serif"
_MAIL_UI = "system-ui, Segoe UI, Roboto, Arial, sans-serif"
_SERIF = "Charter, Bitstream Charter, Sitka Text, Cambria, Noto Serif"
_SCRIPTS = (
    "Noto Naskh Arabic, Geeza Pro, Sakkal Majalla, Noto Serif Devanagari, Noto Serif CJK SC, "
    "Noto Serif Thai"
)
_OFFICE = {
    "sans-serif": "Segoe UI, Arial, sans-serif",
    "monospace": "Consolas, Courier New, monospace",
}
_OFFICE_SERIF = "Cambria, Times New Roman, serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typefaces:
    """Stacks as CSS takes them, without double quotes.

    `text` is for what is read, `ui` for what stands around it. `office` is for Outlook on
    Windows, where Word draws mails: all text whose first family is missing would be in Times.
    """

    text: str
    ui: str
    office: str


def page_typefaces(fonts: str) -> Typefaces:
    """Those of pages.

    Behind an own stack stand families for scripts that it may lack. As they follow its generic
    family, they are asked only for letters that it does not have.
    """
    ours = {"serif": f"{_SERIF}, {_SCRIPTS}, serif", "sans": _PAGE_UI}
    return _typefaces(ours.get(fonts, f"{fonts}, {_SCRIPTS}"), _PAGE_UI)


def mail_typefaces(fonts: str) -> Typefaces:
    """Those of mails: the same, but ours are shorter, as every text of a mail repeats them."""
    return _typefaces({"serif": f"{_SERIF}, serif", "sans": _MAIL_UI}.get(fonts, fonts), _MAIL_UI)


def _typefaces(text: str, ui: str) -> Typefaces:
    ends = (family for family in text.split(", ") if family in ENDS)
    return Typefaces(text=text, ui=ui, office=_OFFICE.get(next(ends, ""), _OFFICE_SERIF))
