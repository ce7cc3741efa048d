"""EDGE. What becomes of a defect of ours that one article brings to light: it costs that article.

All others are published, and of it what was published before stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.config.plugins import one_line
from publisher.errors import ArticleOutOfReach, Location, PublisherError

_OURS = str(Path(__file__).resolve().parent.parent)
_LONGEST = 500
"""Letters of what an error says: it may hold a whole text."""


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
    """What went wrong, and where in our code, on one line."""
    place, trace = "", error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(_OURS):
            place = f"{Path(file).relative_to(_OURS).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    said = one_line(f"{type(error).__name__}: {error}")[:_LONGEST]
    return f"{said} ({place})"
