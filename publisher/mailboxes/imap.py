"""EDGE. A mailbox over IMAP (RFC 9051 and 3501): what is unseen; what was read is flagged seen."""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from publisher.config import ImapSpec
from publisher.mailboxes.inbox import LARGEST, Incoming, trouble

_HEAD = 256 * 1024
_DIGITS = 10
_LONGEST_VALIDITY = 20
_UID = re.compile(rb"\bUID ([0-9]{1,10})\b")
_TROUBLES = (OSError, imaplib.IMAP4.error)
_LONGEST_LITERAL = 33 * 1024 * 1024
"""Bytes that a server may announce at once; we ask for no more than 32 MiB."""


class ImapInbox:
    """A session with one folder selected."""

    def __init__(
        self, spec: ImapSpec, password: str, *, key: str = "bounces.imap", readonly: bool = False
    ) -> None:
        """Connect, encrypt, log in, select. Raises MailboxError; `key` is where the spec stands."""
        self._mend = (
            f"see {key} in publisher.yaml: host, port, security, username, password, folder"
        )
        self._place = f"imap {spec.host}"
        try:
            self._session = _connected(spec)
        except _TROUBLES as error:
            raise trouble(self._place, error, self._mend) from error
        try:
            if spec.security == "starttls":
                self._session.starttls(ssl.create_default_context())
            self._session.login(spec.username, password)
            self._asked("the folder", self._session.select(_quoted(spec.folder), readonly=readonly))
        except _TROUBLES as error:
            with contextlib.suppress(OSError):
                self._session.shutdown()
            raise trouble(self._place, error, self._mend) from error

    def messages(self) -> Iterator[Incoming]:
        """By UID; `BODY.PEEK` flags nothing."""
        try:
            found = self._asked("the search", self._session.uid("SEARCH", "UNSEEN"))
            for number in b" ".join(part for part in found if part).split():
                place = number.decode("ascii")
                answer = self._asked(
                    "a message",
                    self._session.uid("FETCH", place, f"(BODY.PEEK[]<0.{LARGEST}>)"),
                )
                raw = next((part[1] for part in answer if isinstance(part, tuple)), None)
                if raw is not None:
                    yield Incoming(place=place, raw=raw)
        except _TROUBLES as error:
            raise trouble(self._place, error, self._mend) from error

    def done(self, message: Incoming, *, ours: bool) -> None:  # noqa: ARG002 (all kinds are told)
        r"""Flagged \Seen."""
        try:
            self._asked(
                "the flag", self._session.uid("STORE", message.place, "+FLAGS.SILENT", r"(\Seen)")
            )
        except _TROUBLES as error:
            raise trouble(self._place, error, self._mend) from error

    def close(self) -> str:
        """The flags say how far it is read."""
        try:
            self._session.logout()
        except _TROUBLES:
            with contextlib.suppress(OSError):
                self._session.shutdown()
        return ""

    def _asked(self, what: str, answer: tuple[str, list[Any]]) -> list[Any]:
        """What an answer holds. Raises imaplib's error for a no."""
        kind, data = answer
        if kind != "OK":
            said = data[0].decode("utf-8", "replace") if data and data[0] else kind
            raise imaplib.IMAP4.error(f"{what}: {said}")
        return data


class ImapFolder(ImapInbox):
    """The same, only read: the folder is examined, and no message is flagged (RFC 3501, 6.3.2)."""

    def __init__(self, spec: ImapSpec, password: str, *, key: str, seconds: float) -> None:
        """Raises MailboxError. After so many `seconds` the line is cut: a server that says a byte
        now and then keeps within each timeout, and would hold us for ever."""
        super().__init__(spec, password, key=key, readonly=True)
        self._seconds = seconds
        self._is_late = False
        self._watch = threading.Timer(seconds, self._cut)
        self._watch.daemon = True
        self._watch.start()

    def close(self) -> str:
        """Nothing is watched any more."""
        self._watch.cancel()
        return super().close()

    def _cut(self) -> None:
        self._is_late = True
        with contextlib.suppress(OSError):
            # of the socket below TLS, which may be in the middle of reading
            socket.socket.shutdown(self._session.socket(), socket.SHUT_RDWR)

    def validity(self) -> int:
        """What says whether UIDs are those of before (RFC 3501, 2.3.1.1); 0 where nothing does."""
        _, data = self._session.response("UIDVALIDITY")
        told = data[0] if data else None
        if not isinstance(told, bytes) or len(told) > _LONGEST_VALIDITY:
            return 0
        return int(told) if told.isdigit() else 0

    def uids(self) -> list[int]:
        """All messages that are not deleted, oldest first. Raises MailboxError."""
        found = self._told("the search", "SEARCH", "UNDELETED")
        words = b" ".join(part for part in found if isinstance(part, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit() and len(word) <= _DIGITS})

    def heads(self, uids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """UID and header of these, where the server gives them. Raises MailboxError."""
        if not uids:
            return
        named = ",".join(map(str, uids))
        wanted = set(uids)
        told = self._told("headers", "FETCH", named, f"(UID BODY.PEEK[HEADER]<0.{_HEAD}>)")
        for part, after in zip(told, [*told[1:], None], strict=True):
            if not isinstance(part, tuple):
                continue
            # what is told of a message has no order (RFC 3501, 7.4.2): before its header, or after
            found = _UID.search(part[0]) or _UID.search(after if isinstance(after, bytes) else b"")
            if found and int(found[1]) in wanted:
                yield int(found[1]), part[1]

    def message(self, uid: int, largest: int) -> bytes:
        """A whole message up to so many bytes; none where it is gone. Raises MailboxError."""
        answer = self._told("a message", "FETCH", str(uid), f"(UID BODY.PEEK[]<0.{largest}>)")
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def _told(self, what: str, command: str, *words: str) -> list[Any]:
        try:
            return self._asked(what, self._session.uid(command, *words))
        except _TROUBLES as error:
            late = f"has not given everything within {self._seconds:g} seconds"
            raise trouble(self._place, late if self._is_late else error, self._mend) from error


class _Bounded:
    """What a server announces is looked at before room is made for it."""

    def read(self, size: int) -> bytes:
        """As imaplib does. Raises its error for too much."""
        if size > _LONGEST_LITERAL:
            raise imaplib.IMAP4.abort(f"announces {size} bytes at once")
        return super().read(size)  # type: ignore[misc,no-any-return]  # of imaplib, beside it


class _Plain(_Bounded, imaplib.IMAP4):
    """Without TLS, or before it."""


class _Encrypted(_Bounded, imaplib.IMAP4_SSL):
    """Within TLS."""


def _connected(spec: ImapSpec) -> imaplib.IMAP4:
    seconds = spec.timeout.total_seconds()
    if spec.security == "tls":
        return _Encrypted(
            spec.host,
            spec.port or 993,
            ssl_context=ssl.create_default_context(),
            timeout=seconds,
        )
    return _Plain(spec.host, spec.port or 143, timeout=seconds)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
