"""PURE. What the folders say in which an article lies: its language, its categories."""

from __future__ import annotations

from publisher.config import FilesSpec, SourceSpec
from publisher.languages import is_known
from publisher.parse.headers.fields import language_tag


def language_of_place(file: str, source: SourceSpec) -> tuple[str, str] | None:
    """The language that a folder names, by `language_from`, and the path without it."""
    number = source.language_from if isinstance(source, FilesSpec) else 0
    if number <= 0:  # as of most sources
        return None
    folders = file.split("/")[:-1]
    if number > len(folders):
        return None
    tag = language_tag(folders[number - 1])
    if tag is None or not is_known(tag):
        return None
    rest = file.split("/")
    return tag, "/".join([*rest[: number - 1], *rest[number:]])


def categories_of_place(folder: str, source: SourceSpec, *, has_own: bool) -> tuple[str, ...]:
    """The categories that a tool takes from the folders of an article.

    Jekyll: those above `_posts`, beside the article's own. Pelican: the last one, where the
    article has none. The folder that names the language is none of them.
    """
    folders = folder.split("/") if folder else []
    number = source.language_from if isinstance(source, FilesSpec) else 0
    if source.dialect == "jekyll" and "_posts" in folders:
        above = folders[: folders.index("_posts")]
        return tuple(name for at, name in enumerate(above, start=1) if at != number)
    if source.dialect == "pelican" and folders and not has_own and len(folders) != number:
        return (folders[-1],)
    return ()
