"""Writes docs/feed-rules.md from the catalogue of publisher.feedcheck.

Run as a script it replaces the file; test_docs holds the file to it.
"""

from __future__ import annotations

from pathlib import Path

from publisher.feedcheck import GROUPS, Rule

FILE = Path(__file__).resolve().parents[2] / "docs" / "feed-rules.md"
NAMES = {
    "rss": "RSS",
    "atom": "Atom",
    "json": "JSON Feed",
    "any": "any",
    "together": "all together",
}
HEAD = """\
# The rules of feeds

What `publisher check-feed` holds any feed against, and `publisher publish` every document that it
writes before it replaces the old one. An **error** is what a norm forbids or readers break on; a
**warning** is advice. Rules marked *ours* are stricter than any norm and are held against our own
feeds only; those marked *guess* read the writer's mind and are held against feeds of others only.
"""
COLUMNS = "| rule | in | says | mend | source |\n| --- | --- | --- | --- | --- |\n"


def rule_list() -> str:
    """The whole document."""
    parts = [HEAD]
    for heading, rules in GROUPS.items():
        rows = "\n".join(map(_row, rules))
        parts.append(f"## {heading}\n\n{COLUMNS}{rows}\n")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    kind = rule.severity + (", *ours*" if rule.own else "") + (", *guess*" if rule.guess else "")
    formats = ", ".join(NAMES[name] for name in rule.formats)
    cells = (f"`{rule.name}`<br>{kind}", formats, rule.says, rule.mend, rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    FILE.write_text(rule_list(), encoding="utf-8")
