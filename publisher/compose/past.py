"""PURE. What lies behind the next issue of a newsletter: issues, and its beginning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import permutations

from publisher.config import NewsletterSpec
from publisher.model import RecordedArticle, RecordedBeginning, RecordedIssue
from publisher.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The issues of a newsletter that were made, oldest first.

    `beginning` is there where its issues hold only what is new since then. `former` are ids that
    its readers were told by issues of other names: those of its newsletter before it had rhythms,
    of a rhythm that is no more, or of another one while theirs was not there.
    """

    issues: tuple[RecordedIssue, ...] = ()
    beginning: RecordedBeginning | None = None
    former: frozenset[str] = frozenset()

    @property
    def done(self) -> set[str]:
        """The ids that no later issue holds: held before, or passed over."""
        passed = self.beginning.passed if self.beginning else ()
        return {
            *self.former,
            *passed,
            *(id_ for issue in self.issues for id_ in (*issue.items, *issue.passed)),
        }

    @property
    def last(self) -> datetime | None:
        """The time after which the next issue is: that of the last one, else of the beginning.

        None where the first issue holds what there is, and is due as soon as that is enough.
        """
        if self.issues:
            return self.issues[-1].slot
        return self.beginning.began if self.beginning else None

    @property
    def next_number(self) -> int:
        """The number that the next issue gets."""
        return self.issues[-1].number + 1 if self.issues else 1

    def to_pass(self, dropped: Iterable[str]) -> tuple[str, ...]:
        """What the next issue passes over beside what editors took out for good (`dropped`).

        The first one says once more what the beginning passed over, as every first issue does.
        """
        passed = self.beginning.passed if self.beginning and not self.issues else ()
        return tuple(sorted({*passed, *dropped})) if passed else tuple(dropped)

    def strange_until(self, known: frozenset[str]) -> datetime | None:
        """The time of the last issue that names an article which is not `known`; None where all
        are. What was published by then may have been told by another id than it has now."""
        slots = [i.slot for i in self.issues if not known.issuperset((*i.items, *i.passed))]
        return max(slots, default=None)

    def with_issue(self, issue: RecordedIssue) -> Past:
        """The past of the issue after this one."""
        return replace(self, issues=(*self.issues, issue))


def level_streams(
    pasts: Mapping[str, Past], over: Collection[str] = ()
) -> tuple[tuple[str, str], ...]:
    """The pairs of streams that have told the same: each article is done in both, or in neither,
    but for those that are `over`: no stream tells them again, so that all would wait for ever.

    Who changes from one to the other then misses nothing that the first would still have told,
    and gets nothing again that it told before.
    """
    done = {name: past.done.difference(over) for name, past in pasts.items()}
    pairs = permutations(sorted(done), 2)
    return tuple((one, other) for one, other in pairs if done[one] == done[other])


def begin(
    newsletter: NewsletterSpec, articles: Iterable[RecordedArticle], now: datetime
) -> RecordedBeginning:
    """The beginning of a newsletter that holds only what is first published after `now`.

    `articles` are the record's lines after this run's look; what was published once and is
    gone, withdrawn or a draft again at the moment is passed over too.
    """
    published = {line.id for line in articles if line.place}
    return RecordedBeginning(newsletter=newsletter.name, began=now, passed=tuple(sorted(published)))
