"""PURE. What an editor changes in the draft of an issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from publisher.model import Article, Draft


def edited(new: Sequence[Article], draft: Draft) -> list[Article]:
    """The new articles of an issue as its editor wants them: without some, in another order.

    An article that is no longer new is nobody's loss; one that came since has its
    place by the rules.
    """
    kept = [a for a in new if a.id not in draft.dropped and a.id not in draft.passed]
    for id_, place in draft.moved:
        found = next((a for a in kept if a.id == id_), None)
        if found is not None:
            kept.remove(found)
            kept.insert(place - 1, found)
    return kept


def without(draft: Draft, id_: str, *, for_good: bool) -> Draft:
    """The draft without an article, which waits for the next issue or is passed over for good."""
    draft = _forgetting(draft, id_)
    if for_good:
        return replace(draft, passed=(*draft.passed, id_))
    return replace(draft, dropped=(*draft.dropped, id_))


def moved(draft: Draft, id_: str, place: int) -> Draft:
    """The draft with an article at a place, from 1, among all that it holds."""
    draft = _forgetting(draft, id_)
    return replace(draft, moved=(*draft.moved, (id_, place)))


def _forgetting(draft: Draft, id_: str) -> Draft:
    """Without what was said of an article before; any change asks for approval again."""
    return replace(
        draft,
        dropped=tuple(known for known in draft.dropped if known != id_),
        passed=tuple(known for known in draft.passed if known != id_),
        moved=tuple(pair for pair in draft.moved if pair[0] != id_),
        approved="",
    )
