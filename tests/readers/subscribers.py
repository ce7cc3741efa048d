"""newsboat and `reader` as people keep them: a subscription that lives on, and what is unread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.readers import with_newsboat
from tests.readers.commands import run
from tests.readers.with_reader import open_reader


class Subscriber(Protocol):
    """One subscription to one address, with a home that outlives each program run."""

    address: str

    def reload(self) -> None:
        """Fetch the feed."""

    def counted(self) -> tuple[int, int]:
        """How many entries there are, and how many of them are unread."""

    def mark_all_read(self) -> None:
        """As a person who has seen them all."""


@dataclass(frozen=True)
class NewsboatSubscriber:
    """newsboat with its cache; read entries are marked by its own import of such a list."""

    address: str
    home: Path

    def reload(self) -> None:
        """See Subscriber."""
        with_newsboat.reload(self.address, self.home)

    def counted(self) -> tuple[int, int]:
        """See Subscriber; newsboat must say the same number of unread ones itself."""
        question = "select count(*), sum(unread) from rss_item where deleted = 0"
        ((entries, unread),) = with_newsboat.ask(self.home / "cache.db", question)
        said = self._run("-x", "print-unread")
        assert said.split()[:3] == [str(unread), "unread", "articles"]
        return int(str(entries)), int(str(unread))

    def mark_all_read(self) -> None:
        """See Subscriber."""
        guids = with_newsboat.ask(self.home / "cache.db", "select guid from rss_item")
        (self.home / "read").write_text("".join(f"{guid}\n" for (guid,) in guids), "utf-8")
        self._run("-I", "read")

    def _run(self, *what: str) -> str:
        files = ("-u", "urls", "-C", "config", "-c", "cache.db")
        return run(("newsboat", "-q", *files, *what), self.home)


@dataclass(frozen=True)
class ReaderSubscriber:
    """`reader` with its database, opened anew each time."""

    address: str
    home: Path

    @property
    def database(self) -> str:
        """Where it keeps what it knows."""
        self.home.mkdir(parents=True, exist_ok=True)
        return str(self.home / "reader.db")

    def reload(self) -> None:
        """See Subscriber."""
        with open_reader(self.database) as reader:
            reader.add_feed(self.address, exist_ok=True)
            reader.update_feed(self.address)

    def counted(self) -> tuple[int, int]:
        """See Subscriber."""
        with open_reader(self.database) as reader:
            entries = reader.get_entry_counts(feed=self.address)
        return entries.total or 0, (entries.total or 0) - (entries.read or 0)

    def mark_all_read(self) -> None:
        """See Subscriber."""
        with open_reader(self.database) as reader:
            for entry in list(reader.get_entries(read=False)):
                reader.mark_entry_as_read(entry)
