"""PURE. Boxes between colons (`:::note`, `::: tip Title`, `:::`) -> quotations in Markdown.

Docusaurus, VuePress and Quarto write them; a box may hold another. Code stays as it is.
"""

from __future__ import annotations

from html import escape

from publisher.patterns import pattern

_OPENS = pattern(
    r" {0,3}(?P<colons>:{3,})[ \t]*(?:(?P<name>[A-Za-z][\w-]*)|\{(?P<classes>[^{}\n]*)\})"
    r"(?:\[(?P<label>[^\[\]\n]*)\]|[ \t]+(?P<title>[^\n{}]*))?(?:\{[^{}\n]*\})?[ \t]*\Z"
)
_CLOSES = pattern(r" {0,3}:{3,}[ \t]*\Z")
_FENCE = pattern(r" {0,3}(```+|~~~+)")


def turn_directives(text: str) -> str:
    """Turn each box that is closed; what looks like one and has no end stays as it is."""
    if ":::" not in text:
        return text
    lines = text.split("\n")
    open_: list[int] = []
    closes: dict[int, int] = {}
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        elif fence or ":::" not in line:
            continue
        elif _CLOSES.match(line) and open_:
            closes[open_.pop()] = number
        elif _OPENS.match(line):
            open_.append(number)
    for start, end in closes.items():
        found = _OPENS.match(lines[start])
        assert found is not None
        title = (found["label"] or found["title"] or "").strip()
        shown = f"**{title}**\n\n" if title and "*" not in title else f"{title}\n\n"
        is_details = found["name"] == "details"
        before = f"<details><summary>{escape(title)}</summary>" if is_details else "<blockquote>"
        after = "</details>" if is_details else "</blockquote>"
        lines[start] = f"\n{before}\n\n" + ("" if is_details or not title else shown)
        lines[end] = f"\n{after}\n"
    return "\n".join(lines)
