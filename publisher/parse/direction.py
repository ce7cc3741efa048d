"""PURE. The language that an article is in, and whether its text runs the way that one does."""

from __future__ import annotations

from publisher.parse.clean.fragment import plain_text
from publisher.parse.formats.language import detect_language
from publisher.parse.sheet import Sheet
from publisher.patterns import pattern

_READ = 2000
"""Characters that are looked at."""

_TURNED = pattern(
    "[\u05d0-\u05f4\u0620-\u064a\u066e-\u06d5\u06fa-\u08c9\ufb1d-\ufdfb\ufe70-\ufefc]"
)
"""Letters of scripts that are written from right to left: Hebrew to Arabic."""

_OTHER_BYTES = bytes({*range(256)} - {*range(0xD6, 0xE0)})
"""All of UTF-8 but how a letter from U+0580 to U+07FF begins: what is written from right to left
has some, and nearly every other text has none, which is seen in microseconds."""

_LANGUAGE_NAMES = (
    "ar arc az bal bqi ckb dv fa ff glk ha he iw ji ks ku lrc ms mzn nqo pa pnb ps rhg sd sdh syr"
    " tk ug ur uz yi"
)
_LANGUAGES = frozenset(_LANGUAGE_NAMES.split())
"""Languages that are written so, all or some of their writers."""


def read_text_language(sheet: Sheet, title: str, html: str) -> str | None:
    """What is declared, else what the text looks like."""
    found = sheet.language
    if found is None:
        found = sheet.body.detected or detect_language(plain_text(html))
        if found is not None:
            sheet.notes.origins["language"] = "detected"
    told = sheet.notes.origins.get("language", "config")
    if told == "config" and sheet.foreign is None and not _may_be_turned(found):
        _warn_if_turned(sheet, f"{title} {html}", found)
    return found


def _warn_if_turned(sheet: Sheet, html: str, language: str | None) -> None:
    if html.encode().translate(None, _OTHER_BYTES) and _is_turned(plain_text(html)):
        counts = f"counts as {language}" if language else "has no language that is known"
        sheet.notes.warnings.append(
            f"its text runs from right to left, and {counts}: name its own with `language:`"
        )


def _is_turned(text: str) -> bool:
    """Whether most letters of a text are of scripts that run from right to left."""
    sample = text[:_READ]
    return 2 * len(_TURNED.findall(sample)) > sum(map(str.isalpha, sample))


def _may_be_turned(language: str | None) -> bool:
    return (language or "").partition("-")[0].lower() in _LANGUAGES
