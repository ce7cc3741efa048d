"""PURE. Keys of a header that are one slip away from a field by which an article is held back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from publisher.parse.headers.values import Pairs, Text, normalise_key

_HEEDED = (
    *("draft", "hidden", "unlisted", "publish", "published", "expires", "retract"),
    *("digest", "correction", "title"),
)
"""Only these: authors and their tools have fields of their own, of which many are near to ours."""


def misspelt(pairs: Pairs, known: Mapping[str, tuple[str, int]]) -> Iterator[tuple[Text, str]]:
    """Each key that is no field, with the one it was most likely meant to be.

    `known` are the fields that are read (fields.MEANINGS). A field that is there as well was not
    meant.
    """
    written = [normalise_key(key.text) for key, _ in pairs]
    for (key, _), name in zip(pairs, written, strict=True):
        if name in known:
            continue
        for meant in _HEEDED:
            if _is_slip(name, meant) and meant not in written:
                yield key, meant
                break


def _is_slip(name: str, meant: str) -> bool:
    """Whether one letter is missing, too much, or another, or two are exchanged; never the first,
    which makes other words."""
    if name[:1] != meant[0] or abs(len(name) - len(meant)) > 1:
        return False
    same = 1
    while name[same : same + 1] == meant[same : same + 1] != "":
        same += 1
    one, other = name[same:], meant[same:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )
