"""PURE. Bytes of a file -> text: encoding, line ends, characters that no feed can hold."""

from __future__ import annotations

import codecs
import re
import unicodedata

from publisher.errors import ArticleError, Location, shell_word
from publisher.parse.clean.garbled import garbled, may_be_garbled
from publisher.parse.clean.hygiene import is_harmless, without_forbidden

_UTF16 = codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE
REMOVED = "control characters, which no feed can hold, were removed"
"""The warning about them, wherever they stand."""


def decode(raw: bytes, file: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file in NFC with `\\n` line ends, and warnings.

    Reads UTF-8, and UTF-16 with a byte order mark; raises ArticleError for anything else.
    """
    text = _to_text(raw, file)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = text if is_harmless(raw) else without_forbidden(text)
    warnings: tuple[str, ...] = (REMOVED,) if len(clean) != len(text) else ()
    if raw.startswith(_UTF16) or may_be_garbled(raw):
        warnings += garbled(text)
    return unicodedata.normalize("NFC", clean), warnings


def one_line(text: str) -> str:
    """Text as one line: white space folded, control characters gone, NFC."""
    if not text.isprintable() or "  " in text or text.strip() != text:  # few are so
        text = " ".join(text.split())
        if not text.isprintable():
            text = " ".join(without_forbidden(text).split())
    return unicodedata.normalize("NFC", text)


def _to_text(raw: bytes, file: str) -> str:
    if raw.startswith(_UTF16):
        encoding = "utf-16"
    else:
        encoding = "utf-8"
        raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        start = error.start if encoding == "utf-8" else 0
        line_start = raw.rfind(b"\n", 0, start) + 1
        guess = _likely_encoding(raw) if encoding == "utf-8" else ""
        raise ArticleError(
            f"is no valid {encoding.upper()}" + (f" (it looks like {guess})" if guess else ""),
            where=Location(
                file=file,
                line=raw.count(b"\n", 0, start) + 1,
                column=len(raw[line_start:start].decode("utf-8", "replace")) + 1,
            ),
            mend=f"save the file as UTF-8{_by_iconv(guess, file) if guess else ''}",
        ) from error


def _by_iconv(encoding: str, file: str) -> str:
    """As a whole line: what iconv writes into the file that it reads can be cut short."""
    name = shell_word(file)
    return f", for instance by: iconv -f {encoding} -t UTF-8 {name} >as-utf-8 && mv as-utf-8 {name}"


def _likely_encoding(raw: bytes) -> str:
    """The name of a common encoding in which bytes that are no UTF-8 make sense, or ""."""
    if raw.count(0) * 3 > len(raw):
        return "UTF-16LE" if raw[1::2].count(0) >= raw[::2].count(0) else "UTF-16BE"
    high = sum(byte > 127 for byte in raw)
    letters = sum(bytes([byte]).isalpha() for byte in raw)
    if high <= letters and _decodes(raw, "cp1252"):
        return "WINDOWS-1252"
    for encoding, name in (("euc_jp", "EUC-JP"), ("shift_jis", "SHIFT_JIS")):
        if _decodes(raw, encoding) and re.search("[\u3041-\u30f6]{2}", raw.decode(encoding)):
            return name
    if re.fullmatch(rb"[\x00-\x7f\xa8\xb8\xa0\xab\xbb\x93-\x97\xb9\xc0-\xff]*", raw):
        return "WINDOWS-1251"
    return "GB18030" if _decodes(raw, "gb18030") else ""


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
