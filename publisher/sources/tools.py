"""EDGE. Which tool made the site that a folder of articles belongs to, by what lies around it."""

from __future__ import annotations

from pathlib import Path

_SIGNS = (
    ("hugo.toml", "hugo"),
    ("hugo.yaml", "hugo"),
    ("hugo.json", "hugo"),
    ("pelicanconf.py", "pelican"),
    (".eleventy.js", "eleventy"),
    ("eleventy.config.js", "eleventy"),
    ("eleventy.config.mjs", "eleventy"),
    ("eleventy.config.cjs", "eleventy"),
    (".obsidian", "obsidian"),
    ("conf.py", "nikola"),
    ("_config.yml", "jekyll"),
    ("_config.yaml", "jekyll"),
    ("config.toml", "zola"),
)
"""What lies at the top of a site of each tool; where others have the same, `tool_of` looks on."""


def tool_signs(folder: Path) -> tuple[Path, ...]:
    """All that tells a tool's folder by being there: a hint depends on it."""
    return tuple(top / sign for top in _tops(folder) for sign, _ in _SIGNS)


def _tops(folder: Path) -> tuple[Path, ...]:
    place = folder.resolve()
    return (place, *place.parents[:2])


def tool_of(folder: Path) -> tuple[str, str] | None:
    """Which tool a folder belongs to, by what lies in it or in the two folders above it."""
    place = folder.resolve()
    for top in _tops(folder):
        for sign, tool in _SIGNS:
            if (top / sign).exists():
                inside = place.relative_to(top).parts[:1]
                likely = _among_likes(tool, top, inside[0] if inside else "")
                if likely:
                    return sign, likely
    return None


def _among_likes(tool: str, top: Path, inside: str) -> str:
    """Of tools whose settings have the same name the one whose folders lie there, or ""."""
    if tool == "jekyll" and inside == "source":
        return "hexo"
    if tool == "nikola":
        return tool if inside == "posts" else ""
    if tool == "zola":
        if inside != "content":
            return ""
        return "hugo" if (top / "archetypes").is_dir() else tool
    return tool
