"""What a world is made of, and what is told of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.simulation.expected import Rule

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Letter:
    """A newsletter of the simulation."""

    rule: Rule
    least: int = 1
    tag: str = ""
    on_late: str = "send"
    max_late: timedelta = 12 * HOUR

    def written(self, name: str, zone: str) -> str:
        select = f"    select: {{tags: [{self.tag}]}}\n" if self.tag else ""
        return (
            f"  - name: {name}\n    title: {name}\n    from: The Courier <news@courier.example>\n"
            "    postal_address: 1 Pier Road, Example Harbour\n"
            f"    timezone: {zone}\n    schedule: {self.rule.written}\n    only_new: true\n"
            f"    min_items: {self.least}\n    max_items: 500\n{select}"
            f"    on_late: {self.on_late}\n"
            f"    max_late: {int(self.max_late.total_seconds())}s\n"
        )


@dataclass(frozen=True)
class Written:
    """An article: its file, when it came, and the date that it says."""

    file: str
    came: int
    date: datetime
    tags: frozenset[str]


@dataclass(frozen=True)
class Run:
    """One publication: when, by the true clock and by the machine's, and whether it came to its
    end. `articles` are the files that were there."""

    true: datetime
    wall: datetime
    is_whole: bool
    articles: frozenset[str]


@dataclass
class Tale:
    """What happened, and what came of each slot."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[name]} {name}" for name in NAMES)


NAMES = (
    *("expected", "made", "quiet", "coalesced", "skipped", "held", "ahead"),
    *("runs", "busy", "kills", "sleeps", "jumps", "timers", "articles"),
)


def takes(letter: Letter, article: Written) -> bool:
    return not letter.tag or letter.tag in article.tags
