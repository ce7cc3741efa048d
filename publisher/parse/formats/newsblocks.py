"""PURE. The blocks of a news text, and which of its lines are not of the article.

Those are what a page had around it: related articles, references amid the text, buttons,
advertisements, counters, slugs of the wire, signs of the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from publisher.parse.formats.newslabels import FLAGS, NOISE, PROMPT, RIGHTS
from publisher.parse.formats.newswords import LONGEST, RELATED, SEE_ALSO, fold

SENTENCE_END = re.compile(r"[.!?…。！？؟।။។՞]\W{0,3}$|[\u0e00-\u0eff]$")

_HEADING = re.compile(r"\W{0,4}(?P<words>[^:：|»›?？]{2,40}?)\s*(?:[:：|»›?？]|\s[-–—]\s)\s*(?=\S)")
_JUNK = re.compile(
    r"\[\s*\]|[*#=~_•·\s-]*\*[*\s]*|#[#\s]*|[-–—\s]*30[-–—\s]*|\d+|[■◼◆●▪♦]+|[-–—_=]{3,}|xx+"
    r"|[(（]\s*(?:完|了|終わり|おわり|끝|ends?|ende|schluss|fin|fine|koniec|konec|конец|انتهى)\s*[)）]"
    r"|[a-z]{2,3}(?:/[a-z]{2,4})+|[（(【\[]?(?:责任编辑|責任編輯|责编)[^。]{0,40}",
    re.IGNORECASE,
)
END_MARK = re.compile(r"\s*(?:\[\s*\]|\*{3}|#{3}|-\s?30\s?-|[■◼]|[（(]\s?(?:完|了|끝)\s?[)）])\s*$")
_COUNTED = re.compile(r"[\W\d_]+")
_RIGHTS_LENGTH = 160

_SLUG = re.compile(
    r"\^?(?:(?:[A-Z0-9]{2,}(?:[-–—_/]{1,2}[A-Z0-9]{2,})+)|[a-z0-9]{2,}(?:[-_][a-z0-9]+){2,}"
    r"|[A-Z]{2}-[A-Z]{2}--[\w,' -]+"
    r"|(?:dpa|bdt|lnw|afp|zczc|bc|pm|am)\s?[-]?\d{2,5})"
    r"(?:[\s,;:/.–-]+(?:\d+|\w{0,3}ld|lead|writethru|adv\d*|take|update\w*|urgent|eds?|pl"
    r"|[a-z]{2,3})(?=\W|$))*[\s:/,.-]*(?:\d+)?",
    re.IGNORECASE,
)
_CASES = re.compile(r"[A-Z]{3}|^[A-Z]{2}-[A-Z]{2}--|\d|^[a-z0-9_-]+$")
_HEADINGS = RELATED | SEE_ALSO
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Characters of scripts that say in one what others say in two or three."""

_PROSE = 80
_REFERENCES = 5
"""Blocks behind a reference's heading that can be the titles it refers to."""


class Block(NamedTuple):
    """Lines without a blank one between them, and the line of the first."""

    lines: tuple[str, ...]
    number: int

    @property
    def numbers(self) -> range:
        """The lines of the file."""
        return range(self.number, self.number + len(self.lines))

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Each line with its number."""
        return zip(self.numbers, self.lines, strict=True)


class Foreign(NamedTuple):
    """The lines that are not of the article, by what they are; a line may be in both."""

    junk: frozenset[int]
    related: frozenset[int]


def blocks_of(lines: Sequence[str], first_line: int) -> list[Block]:
    """The blocks of a text; `first_line` is the number of the first of its lines."""
    blocks: list[Block] = []
    block: list[str] = []
    for number, line in enumerate([*lines, ""], first_line):
        if line:
            block.append(line)
        elif block:
            blocks.append(Block(tuple(block), number - len(block)))
            block = []
    return blocks


def without_lines(block: Block, left_out: frozenset[int] | set[int]) -> list[Block]:
    """A block without some of its lines, parted where they stood."""
    if left_out.isdisjoint(block.numbers):
        return [block]
    parts: list[tuple[list[str], int]] = []
    for number, line in block.numbered():
        if number in left_out:
            continue
        if parts and parts[-1][1] + len(parts[-1][0]) == number:
            parts[-1][0].append(line)
        else:
            parts.append(([line], number))
    return [Block(tuple(lines), number) for lines, number in parts]


def foreign_lines(blocks: Sequence[Block]) -> Foreign:
    """The lines that are not of the article; related articles are never all of them."""
    junk = {number for block in blocks for number, line in block.numbered() if is_junk(line)}
    junk |= _slugs(blocks)
    kept = [part for block in blocks for part in without_lines(block, junk)]
    related, end = _related(kept)
    if end is not None:  # what is junk within the section is of it too
        related |= {n for block in blocks for n in block.numbers if n >= end}
    return Foreign(frozenset(junk), frozenset(related))


def is_junk(line: str) -> bool:
    """Whether a line says nothing: a rule, a number, a button, a notice of rights."""
    if len(line) > _RIGHTS_LENGTH:
        return False
    if _JUNK.fullmatch(line) or RIGHTS.search(line) or PROMPT.fullmatch(line):
        return True
    words = fold(line)
    if not words:
        return False
    return (
        words in NOISE
        or _COUNTED.sub(" ", words).strip() in NOISE
        or all(word in NOISE for word in words.split())
    )


def is_prose(line: str) -> bool:
    """Whether a line is a paragraph of running text."""
    length = len(line) if line.isascii() else len(line) + len(_DENSE.findall(line))
    return length >= _PROSE and SENTENCE_END.search(line) is not None


def _slugs(blocks: Sequence[Block]) -> set[int]:
    """Lines of the wire before the headline: `BC-BRIDGE:1`, `dpa0123 3 pl`, `bridge-opens-2`."""
    found: set[int] = set()
    for block in blocks[:3]:
        for number, line in block.numbered():
            is_slug = _SLUG.fullmatch(line) and _CASES.search(line)
            if len(line) > LONGEST or not (is_slug or fold(line) in FLAGS):
                return set() if SENTENCE_END.search(line) else found  # no headline after it
            found.add(number)
    return set()


def _related(blocks: Sequence[Block]) -> tuple[set[int], int | None]:
    """References amid the text, and the line from which on all is related articles."""
    left_out: set[int] = set()
    for index, block in enumerate(blocks):
        for offset, (number, line) in enumerate(block.numbered()):
            if number in left_out:
                continue
            heading = fold(line)
            is_last = heading in RELATED and heading not in SEE_ALSO
            if is_last or (heading in _HEADINGS and not _goes_on(blocks[index + 1 :])):
                rest = {n for b in blocks[index:] for n in b.numbers if n >= number}
                kept = {n for b in blocks for n in b.numbers} - left_out - rest
                return left_out, number if kept else None
            if heading in SEE_ALSO:
                left_out |= {n for n in block.numbers if n >= number}
                if offset == len(block.lines) - 1:
                    left_out |= _references(blocks[index + 1 :])
                break
            if _refers(line):
                left_out.add(number)
    return left_out, None


def _refers(line: str) -> bool:
    """Whether a line begins with such a heading and a colon."""
    found = _HEADING.match(line)
    return found is not None and fold(found["words"]) in _HEADINGS


def _references(blocks: Sequence[Block]) -> set[int]:
    """The titles below a heading that stood alone: short lines up to the next prose."""
    return set(_short_lines(blocks[:_REFERENCES]))


def _short_lines(blocks: Sequence[Block]) -> Iterator[int]:
    for block in blocks:
        if any(is_prose(line) or SENTENCE_END.search(line) for line in block.lines):
            return
        yield from block.numbers


def _goes_on(blocks: Sequence[Block]) -> bool:
    """Whether the article goes on: two paragraphs of prose, each a block of its own."""
    return sum(len(block.lines) == 1 and is_prose(block.lines[0]) for block in blocks) >= 2
