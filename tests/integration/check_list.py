"""Writes docs/preflight.md from the checklist of publisher.

Run as a script it replaces the file; test_docs holds the file to it.
"""

from __future__ import annotations

from pathlib import Path

from publisher.checklist import GROUPS, Check

FILE = Path(__file__).resolve().parents[2] / "docs" / "preflight.md"
HEAD = """\
# Pre-flight

What every issue of a newsletter is held against before anything of it can be mailed: by `publish`
when it is due, by `publisher issue compose`, and by `publisher check`, which looks at the next
issue of each newsletter as it would be made now.

An **error** holds that issue, and nothing else: it is named like a refused article (exit 3), it is
not made, and its articles wait for the next run. A **warning** is told, and the issue is made.
Each newsletter can say otherwise:

```yaml
newsletters:
  - name: weekly
    checks: {contrast-light: error, same-title: off}
```

SpamAssassin is asked by `issue compose` and `check` where it is installed (in Debian the package
`spamassassin`), with its local rules only, so that nothing of the issue leaves the machine; where
it is not, a note says so. No address of another site is fetched.
"""
COLUMNS = "| check | says | mend | source |\n| --- | --- | --- | --- |\n"
LEVELS = {"error": "error", "warn": "warning", "off": "off"}


def check_list() -> str:
    """The whole document."""
    parts = [HEAD]
    for heading, checks in GROUPS.items():
        rows = "\n".join(map(_row, checks))
        parts.append(f"## {heading}\n\n{COLUMNS}{rows}\n")
    return "\n".join(parts)


def _row(check: Check) -> str:
    words = (check.says, check.mend, check.source)
    cells = [f"`{check.name}`<br>{LEVELS[check.level]}", *map(_plain, words)]
    return "| " + " | ".join(cells) + " |"


def _plain(text: str) -> str:
    """Words with no sign in them that would end the cell or begin a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    FILE.write_text(check_list(), encoding="utf-8")
