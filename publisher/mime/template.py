"""PURE. A message laid out once for an issue, and filled for each reader in microseconds.

Readers' messages differ in three places: the To field, the Message-ID, and the token in the
reader's links. All tokens are of one length and of characters that every encoding leaves
alone, so that lines break at the same places whoever reads: a message with a stand-in is
encoded once and cut at it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from publisher.mailbox import Mailbox
from publisher.mime.fields import full_address, header
from publisher.patterns import pattern
from publisher.values import dataclass

_LINE = 57
"""Bytes that one line of base64 holds (RFC 2045 section 6.8: at most 76 characters)."""
_TOKEN = pattern(r"[A-Za-z0-9_-]+\Z")


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the token: it is whole, but where an encoding broke the line within it."""

    start: int
    end: int

    def filled(self, token: bytes) -> bytes:
        """With a reader's token."""
        return token[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of base64 that hold the token: what stands before, between and after it."""

    between: tuple[bytes, ...]

    def filled(self, token: bytes) -> bytes:
        """With a reader's token."""
        return encoded_lines(token.join(self.between))


Piece = bytes | Slice | Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate:
    """A message without its reader.

    `between` are the pieces that all have, and what stands between two of them is one of `gaps`:
    which, says `order`. Most readers' links make the same gap, so that a few are filled and many
    are put in place. `dots` says whether a line of a filled message may begin with a dot.
    """

    before_to: bytes
    before_identity: bytes
    between: tuple[bytes, ...]
    gaps: tuple[Slice | Lines, ...]
    order: tuple[int, ...]
    dots: bool
    token_length: int

    def fill(self, *, to: Mailbox, token: str, identity: str) -> bytes:
        """The reader's message. `identity` is their part of the Message-ID.

        An address with UTF-8 before the @ stands in it as it is: such a message may only be
        handed to a relay that offers SMTPUTF8. Raises PublisherError for an address that no relay
        carries, ValueError for a token of another length or alphabet.
        """
        if len(token) != self.token_length or not _TOKEN.match(token):
            raise ValueError(f"a token has {self.token_length} letters, digits, - and _")
        own = token.encode("ascii")
        gaps = [gap.filled(own) for gap in self.gaps]
        pieces = [b""] * (2 * len(self.order) + 1)
        pieces[::2] = self.between
        pieces[1::2] = [gaps[which] for which in self.order]
        field = header("To", full_address(to, utf8=True))
        # raw only as RFC 6532 has it
        start = (self.before_to, field.encode(), self.before_identity, identity.encode("ascii"))
        return b"".join((*start, *pieces))


def make_message_template(
    *, before_to: bytes, before_identity: bytes, rest: Iterable[Piece], token_length: int
) -> MessageTemplate:
    """A template of what stands before the To field, before the reader's part of the Message-ID,
    and after it."""
    between, gaps, order = [b""], dict[Slice | Lines, int](), []
    for piece in rest:
        if isinstance(piece, bytes):
            between[-1] += piece
        else:
            order.append(gaps.setdefault(piece, len(gaps)))
            between.append(b"")
    return MessageTemplate(
        before_to=before_to,
        before_identity=before_identity,
        between=tuple(between),
        gaps=tuple(gaps),
        order=tuple(order),
        # in no field for a reader, and in no token
        dots=any(b"\n." in text for text in (before_to, before_identity, *between)),
        token_length=token_length,
    )


def stand_in(length: int, *texts: str) -> str:
    """A token that stands in none of the texts."""
    for number in count():
        found = f"{number:x}".rjust(length, "z")
        if len(found) > length:
            raise ValueError(f"every token of {length} characters stands in the message")
        if not any(found in text for text in texts):
            return found
    raise AssertionError("count() does not end")


def cut(data: bytes, token: str) -> Iterator[Piece]:
    """Text in its final form, cut at a stand-in, which quoted-printable may have broken."""
    broken = re.compile(b"(?:=\r\n)?".join(re.escape(c.encode("ascii")) for c in token))
    end = 0
    for found in broken.finditer(data):
        yield data[end : found.start()]
        start = 0
        first, *others = found[0].split(b"=\r\n")
        for part in (first, *others):
            if part is not first:
                yield b"=\r\n"
            yield Slice(start, start + len(part))
            start += len(part)
        end = found.end()
    yield data[end:]


def cut_base64(data: bytes, token: str) -> Iterator[Piece]:
    """Text that is to be encoded as base64, in pieces: only lines that hold a token stay open."""
    own = token.encode("ascii")
    done = 0
    for start, end in _line_ranges([at.start() for at in re.finditer(own, data)], len(own)):
        yield encoded_lines(data[done:start])
        yield Lines(tuple(data[start:end].split(own)))
        done = end
    yield encoded_lines(data[done:])


def _line_ranges(places: Sequence[int], length: int) -> list[tuple[int, int]]:
    """The stretches of whole lines that hold something at those places; none meets another."""
    ranges: list[tuple[int, int]] = []
    for place in places:
        start, end = place // _LINE * _LINE, -(-(place + length) // _LINE) * _LINE
        if ranges and start < ranges[-1][1]:
            start = ranges.pop()[0]
        ranges.append((start, end))
    return ranges


def encoded_lines(data: bytes) -> bytes:
    """Whole lines of base64, each with its end."""
    lines = (data[at : at + _LINE] for at in range(0, len(data), _LINE))
    return b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)
