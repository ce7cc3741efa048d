"""PURE. The files of a source -> which are articles, and why others are passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from publisher.config import FilesSpec
from publisher.patterns import pattern

READ = frozenset(
    {
        *("md", "markdown", "mdown", "mkd", "mdx", "rst", "txt", "html", "htm"),
        *("ipynb", "adoc", "asciidoc", "docx"),
    }
)
"""Suffixes of articles."""

_UNREAD = frozenset({"doc", "odt", "rtf", "pages", "wpd", "wps"})
"""Suffixes of what a word processor may have saved in place of an article that is read."""

_SAVE_ANEW = "is of a format that is not read; a word processor can save it as .docx"

ASSET_SUFFIXES = frozenset({"txt", "html", "htm", "docx"})
"""Suffixes of files that are articles when they have a header, and may be assets when not."""

AMONG_ASSETS = "has no header and lies among assets; give it a title and a date"
"""Why one of them is passed over."""

SIDECAR_SUFFIXES = (".yaml", ".yml")
"""Of a sidecar; its name is otherwise that of the article's file."""

_ABOUT = frozenset({"readme", "license", "contributing", "changelog", "code_of_conduct"})

_LOCK = "~$"
"""How the name of a file begins that Word lays beside a document while it is open."""

_BEGINNINGS = frozenset(
    {"_", _LOCK[0], *(name[0] for name in _ABOUT), *(name[0].upper() for name in _ABOUT)}
)
"""What names begin with that stand for something else than an article."""

_TOKEN = pattern(r"(\*\*/)|(\*\*)|(\*)|(\?)|(\[[^\]/]+\])|(.)", re.DOTALL)


def sort_out(files: Iterable[str], spec: FilesSpec) -> Mapping[str, str]:
    """Each candidate in the order given: "" for an article to read, else why it is passed over.

    Files that are no candidates (pictures, data) are left out: they are assets. A text in a
    format that is not read is passed over, and may be an asset too.
    `include` and `exclude` are globs over the whole path; `**` stands for any
    folders, and a pattern that names a folder stands for all below it.
    """
    included, excluded = _matcher(spec.include), _matcher(spec.exclude)
    verdicts: dict[str, str] = {}
    owners: dict[str, str] = {}
    for file in files:
        stem, _, suffix = file.rpartition(".")
        if suffix not in READ and not _may_be_article(stem, suffix.lower()):
            continue
        if excluded and excluded(file):
            verdicts[file] = "is excluded by `exclude:` of the source"
        elif included and not included(file):
            verdicts[file] = "is not among `include:` of the source"
        elif suffix not in READ and suffix.lower() in _UNREAD:
            verdicts[file] = _passed_over(file) or _SAVE_ANEW
        else:
            verdicts[file] = why = _passed_over(file)
            if not why:
                owners[stem] = file
    bundles = {
        file.rpartition("/")[0]: file
        for file, why in verdicts.items()
        if spec.dialect == "hugo" and not why and _stands_for_folder(file)
    }
    folders = {file.rpartition("/")[0] for file in verdicts}  # in which there may be thousands
    owned = {folder: owner for folder in folders if (owner := _owner(folder, owners))}
    for file, why in verdicts.items() if owned or bundles else ():
        if why:
            continue
        folder = file.rpartition("/")[0]
        if folder in owned:
            verdicts[file] = f"lies in the folder of assets of {owned[folder]}"
        elif bundles and (page := _bundle(file, bundles)):
            verdicts[file] = f"is a file of the page bundle {page}"
    return verdicts


def _may_be_article(stem: str, suffix: str) -> bool:
    return suffix in READ or (suffix in _UNREAD and stem[-1:] not in ("", "/"))


def _passed_over(file: str) -> str:
    if file.startswith(".") or "/." in file:
        return "is hidden: its name or its folder's begins with a dot"
    if file[file.rfind("/") + 1] not in _BEGINNINGS:  # as of nearly all of thousands
        return ""
    stem = file.rpartition("/")[2].partition(".")[0].lower()
    if stem.startswith(_LOCK):
        return "is there while somebody has a document open, no article"
    if stem == "_index":
        return "is a section's page, no article"
    if stem.replace("-", "_") in _ABOUT:
        return "is about the folder, no article"
    return ""


def _owner(folder: str, owners: Mapping[str, str]) -> str:
    """The article whose name a folder has, or one above it, or ""."""
    while folder:
        if folder in owners:
            return owners[folder]
        folder = folder.rpartition("/")[0]
    return ""


def _bundle(file: str, bundles: Mapping[str, str]) -> str:
    """The `index` file of the bundle that a file is a resource of (Hugo), or ""."""
    folder = "" if _stands_for_folder(file) else file.rpartition("/")[0]
    while folder:
        if folder in bundles:
            return bundles[folder]
        folder = folder.rpartition("/")[0]
    return ""


def _stands_for_folder(file: str) -> bool:
    return file.rpartition("/")[2].partition(".")[0].lower() == "index"


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool] | None:
    if not patterns:
        return None
    either = re.compile("|".join(_translate(p) for p in patterns), re.DOTALL)
    return lambda file: either.fullmatch(file) is not None


def _translate(pattern: str) -> str:
    """A glob as a regular expression that also takes what lies below a folder it names."""
    pattern = pattern.removeprefix("./").removeprefix("/").rstrip("/")
    parts = []
    for folders, anything, many, one, choice, letter in _TOKEN.findall(pattern):
        if folders:
            parts.append("(?:[^/]+/)*")
        elif anything:
            parts.append(".*")
        elif many:
            parts.append("[^/]*")
        elif one:
            parts.append("[^/]")
        elif choice:
            parts.append(_choice(choice))
        else:
            parts.append(re.escape(letter))
    return f"(?:{''.join(parts)}(?:/.*)?)"


def _choice(text: str) -> str:
    """`[a-z]` or `[!a-z]` as a regular expression; what is none stands for itself."""
    inner = re.sub(r"[\\\[^&~|]", r"\\\g<0>", text[1:-1])
    choice = f"[^{inner[1:]}]" if inner.startswith("!") and len(inner) > 1 else f"[{inner}]"
    try:
        re.compile(choice)
    except re.error:
        return re.escape(text)
    return choice
