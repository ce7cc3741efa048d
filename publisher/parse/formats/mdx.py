"""PURE. MDX -> Markdown: imports, exports and comments go, components leave what they hold.

Code in fences stays as it is; expressions in the text do too, as text.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_WHOLE = re.compile(
    r"import\s+(?:[\w*{},\s$]+?\s+from\s+)?[\"'][^\"']+[\"'];?\s*\Z"
    r"|export\s+(?:const|let|var|default|function|class|async)\b|export\s*[{*]"
)
_BEGINS = re.compile(r"import\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?\{[^}]*\Z")
_COMMENT = re.compile(r"\{/\*((?:(?!\*/|--)[^\n{]){0,300})\*/\}")
_COMPONENT = re.compile(
    r"</?[A-Z][\w.]{0,80}(?:[^<>{}\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}'"
    r"|\{(?:[^{}]|\{[^{}]{0,1000}\}){0,1000}\}){0,1000}>"
)


def turn_mdx(text: str) -> str:
    """Take out of a text what only MDX means; each line stays a line."""
    parts: list[str] = []
    prose: list[str] = []
    fence, in_code = "", False
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
            _end(prose, parts)
            parts.append(line)
        elif fence:
            parts.append(line)
        else:  # a block of JavaScript ends with an empty line
            in_code = bool(line.strip()) and (in_code or _is_open(line))
            prose.append("" if in_code or _WHOLE.match(line) else line)
    _end(prose, parts)
    return "\n".join(parts)


def _is_open(line: str) -> bool:
    """Whether a line begins JavaScript that goes on in the next one."""
    if _BEGINS.match(line):
        return True
    return bool(_WHOLE.match(line)) and sum(map(line.count, "{[(")) > sum(map(line.count, "}])"))


def _end(prose: list[str], parts: list[str]) -> None:
    """Turn the lines between two blocks of code."""
    if prose:
        text = _COMMENT.sub(r"<!--\1-->", "\n".join(prose))
        parts.append(_COMPONENT.sub(lambda found: "\n" * found[0].count("\n"), text))
        prose.clear()
