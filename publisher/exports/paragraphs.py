"""PURE. Lines of a text -> paragraphs, for what was written where lines become them by themselves.

WordPress keeps the texts of its old editor without `<p>`: an empty line ends a paragraph, a single
one breaks the line, mark-up in between stays. One walk over the text, from tag to tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = (
    "address article aside audio blockquote body caption center col colgroup dd details dialog dir"
    " div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr iframe legend li"
    " main menu nav ol p picture pre script section style summary table tbody td tfoot th thead tr"
    " ul video"
)
_BLOCKS = frozenset(_NAMES.split())
_VOID = frozenset({"hr", "col"})
_VERBATIM = frozenset({"pre", "script", "style"})
_LINES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption", "legend"})
"""What holds one line of text, which is no paragraph."""

_BROKEN = frozenset({"p", "address"})
"""What is a paragraph already, but whose lines are broken."""

_TIGHT = frozenset({"li", "td", "th", "dt", "dd", "figcaption"})
"""What holds a text that is no paragraph, as long as it is the only one."""

_BARE_NAMES = "audio col colgroup dl figure iframe ol picture table tbody tfoot thead tr ul video"
_BARE = frozenset(_BARE_NAMES.split())
"""What holds no text of its own."""

_STEP = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9]*)\b")
_TAG_END = re.compile(r"[^<>\"']*(?:(?:\"[^\"<>]*\"|'[^'<>]*')[^<>\"']*)*>")
_EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*")
_COMMENTS = re.compile(r"(?:\s*<!--[^<>]*-->)+\s*")
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")
_LINE_END = re.compile(r"(?<!<br>)(?<!<br/>)(?<!<br />)[ \t]*\n")


def make_paragraphs(text: str) -> str:
    """HTML whose texts between its blocks are paragraphs. Takes linear time for any text."""
    if not text.strip():
        return ""
    return "".join(_Walk(text.replace("\r\n", "\n").replace("\r", "\n")).pieces()).strip()


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str] = []
        self._unclosed: set[str] = set()

    def pieces(self) -> Iterator[str]:
        text = self._text
        begun = at = 0
        while step := _STEP.search(text, at):
            if step[2] is None:
                at = self._end_of("-->", step.end())
                continue
            end = _TAG_END.match(text, step.end())
            at = end.end() if end else step.end()
            name = step[2].lower()
            if name not in _BLOCKS or end is None:
                continue
            yield from self._texts(text[begun : step.start()])
            if name in _VERBATIM and not step[1]:
                at = self._end_of(f"</{name}>", at)
            else:
                self._step(name, is_end=bool(step[1]))
            yield text[step.start() : at]
            if step[1] or name in _VOID or name in _VERBATIM:
                yield "\n"
            begun = at
        yield from self._texts(text[begun:])

    def _end_of(self, closer: str, start: int) -> int:
        """Where something ends that is left as it is; where it begins when it has no end."""
        if closer in self._unclosed:
            return start
        found = self._text.find(closer, start)
        if found < 0:
            self._unclosed.add(closer)
            return start
        return found + len(closer)

    def _step(self, name: str, *, is_end: bool) -> None:
        if is_end:
            # far below lies nothing that this could mean: lists and tables are not so deep
            for place in range(len(self._open) - 1, max(-1, len(self._open) - 20), -1):
                if self._open[place] == name:
                    del self._open[place:]
                    break
            return
        while self._open and self._open[-1] in ("p", *_LINES):
            self._open.pop()
        if name not in _VOID:
            self._open.append(name)

    def _texts(self, text: str) -> Iterator[str]:
        """What stands between two block tags."""
        place = self._open[-1] if self._open else ""
        if not text.strip() or place in _BARE or place in _LINES:
            yield text
            return
        parts = [part.strip() for part in _EMPTY_LINES.split(text) if part.strip()]
        if place in _BROKEN or (place in _TIGHT and len(parts) == 1):
            yield _broken(text.strip("\n")) if place in _BROKEN else text
            return
        for part in parts:
            if _COMMENTS.fullmatch(part):
                yield f"{part}\n"
            elif _ADDRESS.fullmatch(part):
                yield f'<p><a href="{part}">{part}</a></p>\n'
            else:
                yield f"<p>{_broken(part)}</p>\n"


def _broken(part: str) -> str:
    """A paragraph's text with its lines broken, but not those within a comment or a tag."""
    return _LINE_END.sub("<br>\n", part) if "\n" in part else part
