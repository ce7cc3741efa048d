"""EDGE. A mailbox over IMAP (RFC 9051 and 3501): what is unseen; what was read is flagged seen."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator
from typing import Any

from publisher.config import ImapSpec
from publisher.mailboxes.inbox import LARGEST, Incoming, trouble

_MEND = "see bounces.imap in publisher.yaml: host, port, security, username, password, folder"
_TROUBLES = (OSError, imaplib.IMAP4.error)


class ImapInbox:
    """A session with one folder selected."""

    def __init__(self, spec: ImapSpec, password: str) -> None:
        """Connect, encrypt, log in, select. Raises MailboxError."""
        self._place = f"imap {spec.host}"
        try:
            self._session = _connected(spec)
        except _TROUBLES as error:
            raise trouble(self._place, error, _MEND) from error
        try:
            if spec.security == "starttls":
                self._session.starttls(ssl.create_default_context())
            self._session.login(spec.username, password)
            self._asked("the folder", self._session.select(_quoted(spec.folder)))
        except _TROUBLES as error:
            with contextlib.suppress(OSError):
                self._session.shutdown()
            raise trouble(self._place, error, _MEND) from error

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
            raise trouble(self._place, error, _MEND) from error

    def done(self, message: Incoming, *, ours: bool) -> None:  # noqa: ARG002 (all kinds are told)
        r"""Flagged \Seen."""
        try:
            self._asked(
                "the flag", self._session.uid("STORE", message.place, "+FLAGS.SILENT", r"(\Seen)")
            )
        except _TROUBLES as error:
            raise trouble(self._place, error, _MEND) from error

    def close(self) -> str:
        """The flags say how far it is read."""
        with contextlib.suppress(*_TROUBLES):
            self._session.logout()
        return ""

    def _asked(self, what: str, answer: tuple[str, list[Any]]) -> list[Any]:
        """What an answer holds. Raises imaplib's error for a no."""
        kind, data = answer
        if kind != "OK":
            said = data[0].decode("utf-8", "replace") if data and data[0] else kind
            raise imaplib.IMAP4.error(f"{what}: {said}")
        return data


def _connected(spec: ImapSpec) -> imaplib.IMAP4:
    seconds = spec.timeout.total_seconds()
    if spec.security == "tls":
        return imaplib.IMAP4_SSL(
            spec.host,
            spec.port or 993,
            ssl_context=ssl.create_default_context(),
            timeout=seconds,
        )
    return imaplib.IMAP4(spec.host, spec.port or 143, timeout=seconds)


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
