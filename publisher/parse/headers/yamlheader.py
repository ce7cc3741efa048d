"""PURE. A YAML header -> text with places."""

from __future__ import annotations

from publisher.parse.headers.plainyaml import read_plain_yaml
from publisher.parse.headers.values import Pairs, last_of_each


def read_yaml(text: str, file: str, first_line: int) -> tuple[Pairs, tuple[str, ...]]:
    """The pairs of a header that begins at `first_line` of its file, and warnings.

    Raises ArticleError with the place in the file.
    """
    pairs = read_plain_yaml(text, first_line)
    if pairs is not None:
        return last_of_each(pairs)
    from publisher.parse.headers.yamlevents import read_events  # noqa: PLC0415 (6 ms, for few)

    return read_events(text, file, first_line)
