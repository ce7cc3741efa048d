"""EDGE. Mails of an IMAP folder, kept as they came: what a run reads, whether the server is there.

Only what the source takes is kept: a private mail is looked at by its header and never copied. What
is gone from the folder goes here, too, once the folder was seen whole.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from publisher.config import ImapSourceSpec, SiteSpec
from publisher.errors import Location, MailboxError, PublisherError, SourceError, StoreError
from publisher.fingerprint import fingerprint
from publisher.mailboxes import Incoming
from publisher.mailboxes.imap import ImapFolder
from publisher.parse.items import ItemFound
from publisher.parse.mails.message import MOST_BYTES
from publisher.sources import Progress, Shelf, SourceResult
from publisher.sources.items import ItemSource
from publisher.sources.mailboxes import is_wanted, letters, once, rules_of
from publisher.sources.pieces import Pieces
from publisher.system.room import trouble
from publisher.system.whole import write_whole
from publisher.values import dataclass

_NAME = re.compile(r"([0-9]{1,20})-([0-9]{1,10})\.eml")
_BATCH = 50
_SECONDS = 120.0
"""For one look at the folder: what is left is for the next run."""

_MOST_SECONDS = 600.0
"""After which the line is cut, whatever is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the folder: of which (`folder`), under which UIDVALIDITY, up to which UID it
    was looked through; when it was `asked`, when it last answered (`good`), and what it said."""

    folder: str = ""
    validity: int = 0
    seen: int = 0
    asked: str = ""
    good: str = ""
    said: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The folder in the state that they lie in."""

    folder: Path

    def known(self) -> Known:
        """What is known; nothing at first, and where the file is damaged."""
        try:
            return Known(**json.loads((self.folder / "folder.json").read_bytes()))
        except FileNotFoundError:
            return Known()
        except (ValueError, TypeError):
            return Known()  # all is looked at again
        except OSError as error:
            raise trouble(StoreError, error, self.folder) from error

    def remember(self, known: Known) -> None:
        """Raises StoreError."""
        self._write("folder.json", json.dumps(asdict(known)).encode())

    def names(self) -> list[tuple[int, int]]:
        """UIDVALIDITY and UID of each, in their order."""
        if not self.folder.is_dir():
            return []
        found = (_NAME.fullmatch(path.name) for path in self.folder.iterdir())
        return sorted((int(one[1]), int(one[2])) for one in found if one)

    def messages(self) -> Iterator[Incoming]:
        """All of them."""
        for validity, uid in self.names():
            try:
                raw = (self.folder / f"{validity}-{uid}.eml").read_bytes()
            except FileNotFoundError:
                continue
            yield Incoming(place=f"UID {uid}", raw=raw)

    def keep(self, validity: int, uid: int, raw: bytes) -> None:
        """Raises StoreError."""
        self._write(f"{validity}-{uid}.eml", raw)

    def has(self, validity: int, uid: int) -> bool:
        """Whether a message lies here."""
        return (self.folder / f"{validity}-{uid}.eml").exists()

    def keep_only(self, validity: int, uids: Sequence[int]) -> None:
        """Remove what is not in the folder any more."""
        there = set(uids)
        for its, uid in self.names():
            if its != validity or uid not in there:
                (self.folder / f"{its}-{uid}.eml").unlink(missing_ok=True)

    def drop(self, validity: int) -> None:
        """Remove what would be taken for a message of another folder under the same numbers."""
        for its, uid in self.names():
            if its == validity:
                (self.folder / f"{its}-{uid}.eml").unlink(missing_ok=True)

    def _write(self, name: str, data: bytes) -> None:
        path = self.folder / name
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)  # mails are nobody else's
            write_whole(path, data)
        except OSError as error:
            raise trouble(StoreError, error, path) from error


def copies_of_mail(state: Path, source: str) -> Copies:
    """Where the copies of a source lie."""
    return Copies(folder=state / "mail" / source)


def collect(
    spec: ImapSourceSpec, password: str, copies: Copies, progress: Progress, now: datetime
) -> None:
    """Fetch what is new, forget what is gone. Raises MailboxError, StoreError."""
    server = spec.server
    rules = rules_of(spec)
    folder = fingerprint(server.host, server.port, server.username, server.folder, rules.wanted)
    end = time.monotonic() + _SECONDS
    key = "imap of the source"
    with closing(ImapFolder(server, password, key=key, seconds=_MOST_SECONDS)) as mailbox:
        validity, uids = mailbox.validity(), mailbox.uids()
        known = copies.known()
        if (known.folder, known.validity) != (folder, validity):
            known = Known(folder=folder, validity=validity)
            copies.drop(validity)
            copies.remember(known)
        new = [uid for uid in uids if uid > known.seen]
        owed: set[int] = set()
        for start in range(0, len(new), _BATCH):
            batch = new[start : start + _BATCH]
            progress("fetching mail", start, len(new))
            owed |= _fetch(mailbox, batch, spec, copies, validity)
            known = replace(known, seen=min(owed, default=batch[-1] + 1) - 1)
            copies.remember(known)
            if time.monotonic() > end and batch[-1] != new[-1]:
                raise MailboxError(
                    f"is slow: {len(new) - start - len(batch)} mails are left for the next run",
                    where=Location(file=f"imap {server.host}"),
                    mend="nothing, unless it goes on",
                )
        if owed:
            owed &= set(mailbox.uids())  # others may have been taken out meanwhile
        copies.keep_only(validity, uids)
        if owed:
            copies.remember(replace(known, good=now.isoformat()))
            named = ", ".join(map(str, sorted(owed)[:5]))
            raise MailboxError(
                f"lists mails that it does not give ({len(owed)}: UID {named})",
                where=Location(file=f"imap {server.host}"),
                mend="open them in a mail program; they are asked for again in each run",
            )
    seen = max(known.seen, max(new, default=0))
    copies.remember(
        replace(known, seen=seen, asked=now.isoformat(), good=now.isoformat(), said="", mend="")
    )


def _fetch(
    mailbox: ImapFolder, uids: Sequence[int], spec: ImapSourceSpec, copies: Copies, validity: int
) -> set[int]:
    """Keep what the source takes of these; gives those of which the server told nothing."""
    owed = set(uids)
    for uid, head in mailbox.heads(uids):
        if is_wanted(head, spec) and not copies.has(validity, uid):
            raw = mailbox.message(uid, MOST_BYTES)
            if not raw:
                continue
            copies.keep(validity, uid, raw)
        owed.discard(uid)
    return owed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The copies as a container of items."""

    spec: ImapSourceSpec
    copies: Copies

    def mark(self) -> str:
        return fingerprint(self.copies.names())

    def items(self) -> Iterator[ItemFound]:
        return once(letters(self.copies.messages(), self.spec))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSource:
    """The mails of an IMAP folder as a source: it reads the copies, and says when they are old."""

    spec: ImapSourceSpec
    site: SiteSpec
    copies: Copies
    pieces: Pieces

    def read(
        self, shelf: Shelf, progress: Progress, *, full: bool = False, jobs: int = 1
    ) -> SourceResult:
        """Read what changed of what is kept. Raises SourceError, StoreError."""
        result = self._items.read(shelf, progress, full=full, jobs=jobs)
        known = self.copies.known()
        problems: tuple[PublisherError, ...] = ()
        warnings: tuple[str, ...] = ()
        name = self.spec.name
        if known.said:
            kept = f"what came until {known.good} is used" if known.good else "nothing ever came"
            place = Location(file=name)
            problems = (SourceError(f"{known.said}; {kept}", where=place, mend=known.mend),)
        elif not known.asked:
            warnings = (f"{name}: was not asked for mail yet; `publisher publish` does it",)
        return replace(result, problems=problems, warnings=warnings)

    def asset(self, origin: str) -> Path:
        """The file of a picture that a mail held."""
        return self._items.asset(origin)

    @property
    def _items(self) -> ItemSource:
        kept = _Kept(spec=self.spec, copies=self.copies)
        return ItemSource(spec=self.spec, site=self.site, container=kept, pieces=self.pieces)
