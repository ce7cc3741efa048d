"""PURE. The text of a mail without HTML -> HTML: paragraphs, lists, quotations, links.

Lines are those of a mail program: broken at 72 letters or so, or by RFC 3676 (`format=flowed`),
with the reader's name for the end (`-- `).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from publisher.parse.mails.personal import Reader, tells_of_leaving

_ADDRESS = re.compile(r"<?(https?://[^\s<>\"]*[^\s<>\"().,;:!?'\]])>?")
_QUOTE = re.compile(r"((?:>\s?)+)(.*)", re.DOTALL)
_BULLET = re.compile(r"\s{0,3}(?:[-*•‣·]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"\s*(?:[-=_*~#]\s?){4,}\s*")
_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----.*?\n\s*\n", re.DOTALL)
_SIGNATURE = re.compile(
    r"^-----BEGIN PGP SIGNATURE-----.*?(?:^-----END PGP SIGNATURE-----|\Z)",
    re.DOTALL | re.MULTILINE,
)
_EMPTY = re.compile(r"<(?:p|ul|ol|blockquote)>(?:<(?:p|li)></(?:p|li)>)*</(?:p|ul|ol|blockquote)>")
_LONGEST = 400
_SHORT = 60
"""A line that ends before it was ended by its author."""


def plain_mail(text: str, reader: Reader, *, flowed: bool, del_space: bool) -> str:
    """The HTML of a plain mail. Never raises."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SIGNATURE.sub("", _SIGNED.sub("", text, count=1))
    lines = _lines(text, flowed=flowed, del_space=del_space)
    shown = [_block(block, reader, flowed=flowed) for block in _blocks(lines)]
    return "\n".join(one for one in shown if not _EMPTY.fullmatch(one))


def is_locked(text: str) -> bool:
    """Whether a text is encrypted by PGP."""
    return "-----BEGIN PGP MESSAGE-----" in text[:20_000]


def _lines(text: str, *, flowed: bool, del_space: bool) -> Iterator[str]:
    """The lines up to the signature; those that flow joined (RFC 3676 section 4)."""
    held = ""
    for line in text.split("\n"):
        if line in ("-- ", "--"):
            break
        if not flowed:
            yield line.rstrip()
            continue
        depth = _depth(line)
        bare = line[depth:].removeprefix(" ")
        whole = line[:depth] + bare
        if held and _depth(held) == depth:
            whole = held + bare
        elif held:
            yield held.rstrip()
        held = ""
        if bare.endswith(" ") and bare.strip():
            held = whole[:-1] if del_space else whole
        else:
            yield whole.rstrip()
    if held:
        yield held.rstrip()


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(">"))


def _blocks(lines: Iterator[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if not line.strip() or _RULE.fullmatch(line):
            if block:
                yield block
            block = []
        else:
            if block and _BULLET.match(line) is not None and not _BULLET.match(block[0]):
                yield block
                block = []
            block.append(line)
    if block:
        yield block


def _block(lines: Sequence[str], reader: Reader, *, flowed: bool) -> str:
    if all(line.startswith(">") for line in lines):
        inner = [found[2] for line in lines if (found := _QUOTE.match(line))]
        return f"<blockquote><p>{_joined(inner, reader, flowed=flowed)}</p></blockquote>"
    if _BULLET.match(lines[0]):
        tag = "ol" if lines[0].strip()[:1].isdigit() else "ul"
        entries: list[list[str]] = []
        for line in lines:
            found = _BULLET.match(line)
            if found:
                entries.append([line[found.end() :]])
            else:
                entries[-1].append(line)
        shown = "".join(f"<li>{_joined(one, reader, flowed=flowed)}</li>" for one in entries)
        return f"<{tag}>{shown}</{tag}>"
    return f"<p>{_joined(lines, reader, flowed=flowed)}</p>"


def _joined(lines: Sequence[str], reader: Reader, *, flowed: bool) -> str:
    """Lines as one text; one that ended early ended on purpose."""
    parts = []
    lines = [line for line in lines if not _is_readers(line, reader)]
    for i, line in enumerate(lines):
        is_ended = flowed or len(line.strip()) < _SHORT
        mark = "" if i == len(lines) - 1 else "<br>\n" if is_ended else "\n"
        parts.append(_linked(line.strip(), reader) + mark)
    return "".join(parts)


def _is_readers(line: str, reader: Reader) -> bool:
    """Whether a line is about leaving, with the address that does it or right above it."""
    found = _ADDRESS.search(line)
    if found is not None and reader.owns(found[1]):
        return True
    return (found is not None or line.rstrip().endswith(":")) and tells_of_leaving(line, _LONGEST)


def _linked(line: str, reader: Reader) -> str:
    parts, place = [], 0
    for found in _ADDRESS.finditer(line):
        parts.append(escape(reader.without(line[place : found.start()])))
        place = found.end()
        address = reader.cleaned(found[1])
        if address is None or reader.owns(found[1]):
            continue
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
    parts.append(escape(reader.without(line[place:])))
    return "".join(parts)
