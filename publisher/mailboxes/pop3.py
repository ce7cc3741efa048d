"""EDGE. A mailbox over POP3 (RFC 1939): what told of a delivery is deleted, all else stays there.

Which of those that stay were read is a mark: their unique ids (RFC 1939, UIDL). Deletions are
the server's when the session ends well; before, everything comes again.
"""

from __future__ import annotations

import contextlib
import poplib
import ssl
from collections.abc import Iterator

from publisher.config import Pop3Spec
from publisher.mailboxes.inbox import LARGEST, Incoming, trouble

_MEND = "see bounces.pop3 in publisher.yaml: host, port, security, username, password"
_TROUBLES = (OSError, poplib.error_proto, EOFError)


class Pop3Inbox:
    """One session after the other: what the server cannot hand over in one is left in the next."""

    def __init__(self, spec: Pop3Spec, password: str, mark: str) -> None:
        """Connect, encrypt, log in. Raises MailboxError."""
        self._spec = spec
        self._password = password
        self._place = f"pop3 {spec.host}"
        self._left = set(mark.split())
        self._gone: set[str] = set()
        self._ids: dict[str, int] = {}
        self._sizes: dict[int, int] = {}
        self._open()

    def messages(self) -> Iterator[Incoming]:
        """In the server's order."""
        for unique in list(self._ids):
            if unique in self._left:
                continue
            raw = self._fetched(unique)
            if raw is not None:
                yield Incoming(place=unique, raw=raw)

    def done(self, message: Incoming, *, ours: bool) -> None:
        """Deleted with the end of the session, if it was ours."""
        if not ours:
            self._left.add(message.place)
            return
        try:
            self._session.dele(self._ids[message.place])
        except _TROUBLES as error:
            raise self._trouble(error) from error
        self._gone.add(message.place)

    def close(self) -> str:
        """Let the server delete; the mark is what stays there and was read."""
        try:
            self._session.quit()
        except _TROUBLES:
            self._leave()  # it deletes nothing then: all comes again, and changes nothing
        return " ".join(sorted(self._left & set(self._ids)))

    def _open(self) -> None:
        try:
            self._session = _connected(self._spec)
        except _TROUBLES as error:
            raise self._trouble(error) from error
        try:
            if self._spec.security == "starttls":
                self._session.stls(ssl.create_default_context())
            self._session.user(self._spec.username)
            self._session.pass_(self._password)
            _, lines, _ = self._session.uidl()
            listed = (line.decode("ascii", "replace").split() for line in lines)
            self._ids = {unique: int(number) for number, unique in listed}
            _, lines, _ = self._session.list()
            self._sizes = {int(line.split()[0]): int(line.split()[1]) for line in lines}
        except (*_TROUBLES, ValueError, IndexError) as error:
            self._leave()
            raise self._trouble(error) from error

    def _leave(self) -> None:
        with contextlib.suppress(OSError):
            self._session.close()

    def _fetched(self, unique: str) -> bytes | None:
        """A message; None for one that is too large, or that breaks the session by its lines.

        The standard library takes no line over 2048 bytes, and cannot go on behind one.
        """
        number = self._ids.get(unique)
        if number is None:
            return None
        try:
            if self._sizes.get(number, 0) > LARGEST:
                self._left.add(unique)
                return None
            _, lines, _ = self._session.retr(number)
        except poplib.error_proto as error:
            if "line too long" not in str(error):
                raise self._trouble(error) from error
            self._left.add(unique)
            self._leave()
            self._open()
            self._delete_again()
            return None
        except _TROUBLES as error:
            raise self._trouble(error) from error
        return b"\r\n".join(lines) + b"\r\n"

    def _delete_again(self) -> None:
        """What was to be deleted with the session that broke."""
        for unique in self._gone & set(self._ids):
            try:
                self._session.dele(self._ids[unique])
            except _TROUBLES as error:
                raise self._trouble(error) from error

    def _trouble(self, error: Exception) -> Exception:
        said = error.args[0] if isinstance(error, poplib.error_proto) and error.args else error
        return trouble(
            self._place, said.decode("utf-8", "replace") if isinstance(said, bytes) else said, _MEND
        )


def _connected(spec: Pop3Spec) -> poplib.POP3:
    seconds = spec.timeout.total_seconds()
    if spec.security == "tls":
        return poplib.POP3_SSL(
            spec.host,
            spec.port or 995,
            timeout=seconds,
            context=ssl.create_default_context(),
        )
    return poplib.POP3(spec.host, spec.port or 110, timeout=seconds)
