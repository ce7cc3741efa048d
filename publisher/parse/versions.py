"""PURE. Versions of one article in several languages that lie side by side: `fog.md`, `fog.id.md`.

Hugo and Nikola name them so. What stands before the last dot of a name may be anything (`v1.0`,
`node.js`), so it is a language only where it is seen to be one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from publisher.languages import is_known
from publisher.parse.headers.fields import language_tag


class Version(NamedTuple):
    """Which of several versions a file is: its `language` ("" where its name has none), the
    `suffix` of its name that says so, and the path that all versions share.
    """

    language: str
    suffix: str
    shared: str


def find_versions(files: Iterable[str]) -> Mapping[str, Version]:
    """The files that have versions beside them, or a name that tells their language.

    A name tells it when the same article lies there in another language, when others in the
    source are named so with that language, or when it is an `index` of its folder.
    """
    files = tuple(files)
    if all(file.count(".") < 2 for file in files):  # as where an article has one language
        return {}
    plain: dict[str, str] = {}
    named: dict[str, tuple[str, str, str]] = {}
    for file in files:
        whole = file.rpartition(".")[0]
        folder, slash, name = whole.rpartition("/")
        head, dot, suffix = name.rpartition(".")
        language = _language(suffix) if dot and head else ""
        if language:
            named[file] = (language, f".{suffix}", f"{folder}{slash}{head}")
        plain[whole] = file
    if not named:
        return {}
    count = Counter(shared for _, _, shared in named.values())
    paired = {
        file for file, (_, _, shared) in named.items() if shared in plain or count[shared] > 1
    }
    spoken = {named[file][0] for file in paired}
    found = {
        file: Version(language, suffix, shared)
        for file, (language, suffix, shared) in named.items()
        if file in paired or language in spoken or shared.rpartition("/")[2].lower() == "index"
    }
    for version in tuple(found.values()):
        if version.shared in plain:
            found[plain[version.shared]] = Version("", "", version.shared)
    return found


@lru_cache(maxsize=1000)
def _language(suffix: str) -> str:
    """The language that the end of a name says, or ""."""
    tag = language_tag(suffix)
    return tag if tag is not None and is_known(tag) else ""
