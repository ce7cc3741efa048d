"""EDGE. What becomes of a defect of ours that one article brings to light: it costs that article.

All others are published, and of it what was published before stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import ArticleOutOfReach, Location, PublisherError
from publisher.failures import last_place, said_by

_OURS = Path(__file__).resolve().parent.parent


@contextmanager
def of_one_article(file: str) -> Iterator[None]:
    """What goes wrong in the block by a defect is a problem of this article, under its source.

    Raises ArticleOutOfReach, for the cause is not in the article: each run tries it again.
    """
    try:
        yield
    except PublisherError:
        raise
    except Exception as error:
        raise ArticleOutOfReach(
            f"cannot be read, by a defect of publisher: {_told(error)}",
            where=Location(file=file),
            mend="please report that line, with the article; all others are published",
        ) from error


def _told(error: Exception) -> str:
    """What went wrong, and where in our code, by its place below the package."""
    place = last_place(error, _OURS.name)
    assert place is not None, "it came through here"
    file, line = place
    return f"{said_by(error)} ({Path(file).resolve().relative_to(_OURS).as_posix()}:{line})"
