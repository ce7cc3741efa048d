"""PURE. Shortcodes and template tags of site generators -> Markdown; none is ever run.

Reads Liquid (Jekyll), Nunjucks tags (Hexo), Hugo's shortcodes, the actions of Go's
templates and kramdown's attribute lists. Code (fenced, indented, inline) stays as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Literal

from publisher.parse.formats.shortcode_table import PAIRED, VERBATIM, turn
from publisher.patterns import pattern
from publisher.values import dataclass

Policy = Literal["drop", "keep", "refuse"]

_OPENER = pattern(r"\{(?:\{|%|::?|[.#])")
_STEP = pattern(
    r"^[ \t>]*(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})"
    r"|^(?P<indent>\ {4}|\t)"
    r"|(?P<ticks>`+)"
    r"|(?P<pre><pre\b)"
    r"|(?P<tag>\{(?:\{|%|::?))"
    r"|^(?P<attributes>\{[.#][A-Za-z][\w-]*(?:[ ]+[.#][A-Za-z][\w-]*)*\})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_TICKS = pattern(r"`+")
_LIST_ENTRY = pattern(r"\s{0,3}(?:[-+*]|\d{1,9}[.)])\s")
_LITERAL = pattern(
    r"\{\{-?\s*(?:raw\s+(?:`(?P<back>[^`]*)`|\"(?P<raw>(?:[^\"\\\n]|\\.)*)\")"
    r"|\"(?P<printed>(?:[^\"\\\n]|\\.)*)\")\s*-?\}\}"
)
# quantifiers with + give nothing back: thousands of blanks would be tried over and over
_HUGO_ESCAPED = pattern(r"\{\{([<%])/\*([^{]{0,2000}?)\*/([>%])\}\}")
_HUGO = pattern(
    r"\{\{[<%]-?\s*+(?P<end>/?)\s*+(?P<name>[\w./-]*+)(?P<rest>[^{]{0,2000}?)(?:/\s*+)?-?[>%]\}\}"
)
_LIQUID = pattern(r"\{%-?\s*+(?P<name>\w*+)(?P<rest>[^{]{0,1000}?)-?%\}")
_EXPRESSION = pattern(r"\{\{-?\s*+(?P<name>[^\s{}(]{0,80}+)(?P<rest>[^\n{]{0,500}?)-?\}\}")
_COMMENT_END = pattern(r"\{:/(?:comment)?\}")
_PRE_END = pattern(r"</pre\b", re.IGNORECASE)
_KRAMDOWN = pattern(
    r"\{:(?::[a-z]+(?:\s[^}\n]*)?|/[a-z]*|toc|"
    r"(?:\s*(?:[.#][A-Za-z_][\w-]*|[A-Za-z][\w-]*=(?:\"[^\"\n]*\"|'[^'\n]*')))+\s*)\}"
)
_LINE = 2000
"""Letters before a tag that may say what it stands in."""

_ESCAPES = {"n": "\n", "t": "\t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnedText:
    """A text without shortcodes; `refused` are (line, name)."""

    text: str
    warnings: tuple[str, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


Include = Callable[[str], str | None]
"""The text of a file by its path beside the article's; None for one that is not there."""


def turn_shortcodes(
    text: str, *, policy: Policy, first_line: int = 1, include: Include | None = None
) -> TurnedText:
    """Turn known shortcodes into Markdown; drop, keep or report the others by `policy`.

    `first_line` is where the text begins in its file; `include` gives what
    `{% include_relative file %}` names.
    """
    if "{" not in text or not _OPENER.search(text):
        return TurnedText(text=text)
    turner = _Turner(text, keep=policy == "keep", first_line=first_line, include=include)
    turned = "".join(turner.pieces())
    if policy == "refuse":
        return TurnedText(text=turned, refused=tuple(turner.unknown))
    warnings = _grouped(turner.unknown) if policy == "drop" else ()
    return TurnedText(text=turned, warnings=warnings)


class _Turner:
    """Walks over a text from tag to tag, past code."""

    def __init__(
        self, text: str, *, keep: bool, first_line: int = 1, include: Include | None = None
    ) -> None:
        self.unknown: list[tuple[int, str]] = []
        self._text = text
        self._keep = keep
        self._include = include
        self._indented = _indented_code(text)
        self._ticks = _runs_of_ticks(text)
        self._unclosed: set[str] = set()
        self._counted = (0, first_line)

    def pieces(self) -> Iterator[str]:
        text = self._text
        done = position = 0
        while step := _STEP.search(text, position):
            if step["tag"]:
                yield text[done : step.start()]
                written, done = self._tag(step.start())
                yield written
                position = done
            elif step["attributes"]:
                yield text[done : step.start()]
                done = position = step.end()
            else:
                position = self._end_of_code(step)
                if step["fence"]:
                    yield text[done : step.start()]
                    yield _LITERAL.sub(_literal, text[step.start() : position])
                    done = position
        yield text[done:]

    def _end_of_code(self, step: re.Match[str]) -> int:
        text = self._text
        if step["fence"]:
            mark = step["fence"]
            end = re.compile(rf"^[ \t>]*{mark[0]}{{{len(mark)},}}[ \t]*$", re.MULTILINE)
            found = end.search(text, step.end())
            return found.end() if found else len(text)
        if step["indent"]:
            return self._indented.get(step.start(), step.end())
        if step["pre"]:
            close = self._close("<pre>", _PRE_END, step.end())
            return close.end() if close else step.end()
        places = self._ticks[len(step["ticks"])]
        after = bisect_left(places, step.end())
        if after == len(places) or "\n\n" in text[step.end() : places[after]]:
            return step.end()
        return places[after] + len(step["ticks"])

    def _tag(self, start: int) -> tuple[str, int]:
        """What a tag becomes, and where reading goes on."""
        text = self._text
        if literal := _LITERAL.match(text, start):
            return _literal(literal), literal.end()
        if escaped := _HUGO_ESCAPED.match(text, start):
            shown = "{{" + escaped[1] + escaped[2] + escaped[3] + "}}"
            return shown.replace("<", "&lt;"), escaped.end()
        if text.startswith("{::comment}", start):
            end = self._close("{::comment}", _COMMENT_END, start)
            return "", end.end() if end else start + len("{::comment}")
        if dropped := _KRAMDOWN.match(text, start):
            return "", dropped.end()
        for call in (_HUGO, _LIQUID, _EXPRESSION):
            if found := call.match(text, start):
                return self._call(found, call)
        return text[start], start + 1

    def _call(self, found: re.Match[str], call: re.Pattern[str]) -> tuple[str, int]:
        name, rest, end = found["name"].lower(), found["rest"], found.end()
        if name == "include_relative" and self._include is not None:
            included = self._include(rest.split()[0].strip("\"'") if rest.split() else "")
            if included is not None:  # what it includes itself is not included
                return "".join(_Turner(included, keep=self._keep).pieces()), end
        closes = call is _HUGO and bool(found["end"])
        inner, before = None, len(self.unknown)
        if name in PAIRED and not closes:
            close = self._close(name, _closing(call, name), end)
            if close:
                inner = self._inner(name, end, close.start())
                end = close.end()
        line = self._text[max(0, found.start() - _LINE) : found.start()].rpartition("\n")[2]
        written = None if closes else turn(name, rest.strip(), inner, before=line)
        if written is None:
            del self.unknown[before:]
            return self._not_known(found), found.end()
        return written, end

    def _close(self, name: str, end: re.Pattern[str], start: int) -> re.Match[str] | None:
        """The end of what was opened; where there is none it is not looked for again."""
        if name in self._unclosed:
            return None
        found = end.search(self._text, start)
        if not found:
            self._unclosed.add(name)
        return found

    def _inner(self, name: str, start: int, end: int) -> str:
        content = self._text[start:end]
        if name in VERBATIM:
            return content
        inner = _Turner(content, keep=self._keep, first_line=self._line(start))
        turned = "".join(inner.pieces())
        self.unknown += inner.unknown
        return turned

    def _not_known(self, found: re.Match[str]) -> str:
        name = found["name"] or found[0]
        self.unknown.append((self._line(found.start()), name))
        return found[0].replace("<", "&lt;") if self._keep else ""

    def _line(self, position: int) -> int:
        counted, line = self._counted
        line += self._text.count("\n", counted, position)
        self._counted = (position, line)
        return line


def _closing(call: re.Pattern[str], name: str) -> re.Pattern[str]:
    if call is _HUGO:
        return re.compile(rf"\{{\{{[<%]-?\s*/\s*{re.escape(name)}\s*-?[>%]\}}\}}", re.IGNORECASE)
    return re.compile(rf"\{{%-?\s*end{re.escape(name)}\b[^%\n]*%\}}", re.IGNORECASE)


def _literal(found: re.Match[str]) -> str:
    """What Go's templates print for a string; without `raw` it is escaped for HTML."""
    if found["back"] is not None:
        return found["back"]
    quoted = found["raw"] if found["raw"] is not None else escape(found["printed"], quote=False)
    return re.sub(r"\\(.)", lambda e: _ESCAPES.get(e[1], e[1]), quoted)


def _runs_of_ticks(text: str) -> dict[int, list[int]]:
    places: defaultdict[int, list[int]] = defaultdict(list)
    for run in _TICKS.finditer(text):
        places[len(run[0])].append(run.start())
    return places


def _indented_code(text: str) -> dict[int, int]:
    """Start and end of each line of indented code (CommonMark, section 4.4)."""
    lines: dict[int, int] = {}
    position = 0
    after_blank, in_list, in_code = True, False, False
    for line in text.splitlines(keepends=True):
        blank = not line.strip()
        if not blank and line.startswith(("    ", "\t")):
            in_code = (after_blank or in_code) and not in_list
            if in_code:
                lines[position] = position + len(line)
        elif not blank:
            in_list = bool(_LIST_ENTRY.match(line)) or (
                in_list and (not after_blank or line.startswith(" "))
            )
            in_code = False
        after_blank = blank
        position += len(line)
    return lines


def _grouped(unknown: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    if not unknown:
        return ()
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for line, name in unknown:
        lines[name].append(line)
    told = "; ".join(f"{name} (line {_listed(places)})" for name, places in lines.items())
    return (f"shortcodes that are not known were left out: {told}",)


def _listed(places: Sequence[int]) -> str:
    shown = ", ".join(map(str, places[:5]))
    return shown if len(places) <= 5 else f"{shown} and {len(places) - 5} more"
