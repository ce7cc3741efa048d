"""EDGE. One session with a relay (RFC 5321), its commands in groups where it lets us (RFC 2920).

The standard library opens it: greeting, EHLO, STARTTLS, AUTH. The messages are ours, for two
reasons: the ledger must be written between RCPT and the text, and with the next message's
envelope and DATA in the same group as the end of this one, each costs one round trip, not four.
What was asked for with DATA cannot be taken back: then the line is broken off, which is rare.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
import ssl

from publisher.config import SmtpSpec
from publisher.errors import RelayUnreachable
from publisher.model import Reply, Stage
from publisher.transport.line import Line
from publisher.transport.session import Envelope

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_GO_ON = 354
_DATA = b"DATA\r\n"
_END = b".\r\n"
_LONGEST_LINE = 2_048
_MOST_LINES = 100
"""Of an answer and its lines, at most: four times what RFC 5321 section 4.5.3.1.5 allows."""


class SmtpSession:
    """A conversation with a relay; `is_open` is False once it cannot go on."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp
        self.is_open = True
        self.pipelining = smtp.has_extn("pipelining")
        self._awaits_text = False
        self._utf8 = smtp.has_extn("smtputf8") and smtp.has_extn("8bitmime")
        self._sized = smtp.has_extn("size")
        most = smtp.esmtp_features.get("size", "")
        self._most = int(most) if most.isdecimal() else 0
        assert smtp.sock is not None, "it is connected"
        assert smtp.file is not None, "the greeting was read"
        self._line = Line(smtp.sock, smtp.file)

    @property
    def peer(self) -> str:
        """The address of the machine at the other end."""
        return self._line.peer

    def offer(self, envelope: Envelope) -> Reply:
        """Name sender and recipient; gives the reply that decides, of which 2xx means: go on."""
        if no := self._impossible(envelope):
            return no
        commands = self._commands(envelope)
        if self.pipelining:
            return self._offered(b"".join((*commands, _DATA)))
        reply = self._asked(commands[0], Stage.SENDER)
        return self._asked(commands[1], Stage.RECIPIENT) if reply.code // 100 == 2 else reply

    def send(
        self, text: bytes, following: Envelope | None = None, *, dots: bool = True
    ) -> tuple[Reply, Reply | None]:
        """Send a message whose recipient was accepted, and offer the next one.

        Without `dots` it is known that no line of it begins with one.

        Gives the relay's word on each. A reply with the stage TEXT and no code means that
        nobody knows whether the message arrived; until its last line left, it cannot have.
        """
        if not self._awaits_text:
            ready = self._asked(_DATA, Stage.RECIPIENT)
            if ready.code != _GO_ON:
                return ready, None
        self._awaits_text = False
        group = b""
        if following and self.pipelining and not self._impossible(following):
            group = b"".join((*self._commands(following), _DATA))
        try:
            rest = self._line.send_both(_stuffed(text) if dots else text, _END + group)
        except OSError as error:
            return self._broken(Stage.RECIPIENT, error), None
        reply = self._asked(rest, Stage.TEXT)
        if not group or not self.is_open:
            return reply, None
        return reply, self._offered(b"")

    def reset(self) -> None:
        """Take back what was offered; that may take the session's end."""
        if self._awaits_text:
            self.is_open = False
        else:
            self._asked(b"RSET\r\n", Stage.SENDER)

    def close(self) -> None:
        """Say goodbye if that is possible."""
        if self.is_open:
            self.is_open = False
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if not self._awaits_text:  # else it would be a line of the text
                    self._smtp.quit()
        self._smtp.close()

    def _impossible(self, envelope: Envelope) -> Reply | None:
        """The no that is known before the relay is asked, from what it said that it offers."""
        if self._most and envelope.size > self._most:  # RFC 1870 section 6.1
            said = f"5.3.4 the message has {envelope.size} bytes, the relay takes {self._most}"
            return Reply(stage=Stage.SENDER, code=552, text=said)
        if not envelope.recipient.isascii() and not self._utf8:  # RFC 6531 section 3.2
            said = "5.6.7 the relay does not offer SMTPUTF8, which letters before the @ need"
            return Reply(stage=Stage.RECIPIENT, code=553, text=said)
        return None

    def _commands(self, envelope: Envelope) -> tuple[bytes, bytes]:
        size = f" SIZE={envelope.size}" if self._sized else ""
        utf8 = "" if envelope.recipient.isascii() else " BODY=8BITMIME SMTPUTF8"
        return (
            f"MAIL FROM:<{envelope.sender}>{size}{utf8}\r\n".encode("ascii"),
            f"RCPT TO:<{envelope.recipient}>\r\n".encode(),
        )

    def _offered(self, group: bytes) -> Reply:
        """The replies to MAIL, RCPT and DATA, all of which were or are sent; the first no decides.

        A relay may ask for the text of a message that it has just refused (RFC 2920 section 3.1);
        whatever it would make of an empty one, it gets none.
        """
        sender = self._asked(group, Stage.SENDER)
        recipient = self._asked(b"", Stage.RECIPIENT) if self.is_open else sender
        ready = self._asked(b"", Stage.RECIPIENT) if self.is_open else recipient
        offered = recipient if sender.code // 100 == 2 else sender
        if offered.code // 100 != 2:
            self.is_open = self.is_open and ready.code != _GO_ON
            return offered
        self._awaits_text = ready.code == _GO_ON
        if self._awaits_text:
            return offered
        if ready.code // 100 != 2:
            return ready
        self.is_open = False
        return Reply(stage=Stage.RECIPIENT, code=0, text=f"no answer to DATA: {ready}")

    def _asked(self, commands: bytes, stage: Stage) -> Reply:
        """Send, and read one reply."""
        try:
            if commands:
                self._line.send(commands)
            code, text = self._reply()
        except (OSError, smtplib.SMTPException) as error:
            return self._broken(stage, error)
        if code == 421 or not 200 <= code <= 599:
            self.is_open = False
        said = text.decode("utf-8", "replace")
        if not said.isprintable():
            said = _CONTROLS.sub(" ", said)  # of which no database takes NUL
        return Reply(stage=stage, code=code if 200 <= code <= 599 else 0, text=said[:500])

    def _reply(self) -> tuple[int, bytes]:
        """One reply, whole (RFC 5321 section 4.2.1); code 0 for what is none.

        The standard library takes a line that was broken off for an answer, so that `250` cut
        short would count as sent.
        """
        said = []
        for _ in range(_MOST_LINES):
            line = self._line.read(_LONGEST_LINE)
            if not line.endswith(b"\n"):
                raise smtplib.SMTPServerDisconnected(
                    "the line broke within an answer" if line else "the relay closed the line"
                )
            said.append(line[4:].rstrip(b"\r\n"))
            if not line[:3].isdigit() or line[3:4] not in (b"-", b" ", b"\r", b"\n"):
                return 0, line.rstrip(b"\r\n")
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        return 0, b"an answer without an end"

    def _broken(self, stage: Stage, error: Exception) -> Reply:
        self.is_open = False
        return Reply(stage=stage, code=0, text=_said(error))


def open_session(spec: SmtpSpec, *, password: str | None, greeting_name: str) -> SmtpSession:
    """Connect, greet, encrypt and log in as configured. Raises RelayUnreachable."""
    seconds = spec.timeout.total_seconds()
    place = f"relay {spec.host}:{spec.port}"
    try:
        if spec.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                spec.host,
                spec.port,
                local_hostname=greeting_name,
                timeout=seconds,
                context=ssl.create_default_context(),
            )
        else:
            smtp = smtplib.SMTP(spec.host, spec.port, local_hostname=greeting_name, timeout=seconds)
    except (OSError, smtplib.SMTPException) as error:
        raise RelayUnreachable(f"{place}: {_said(error)}", mend=_mend(error)) from error
    try:
        smtp.ehlo_or_helo_if_needed()
        if spec.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if spec.username:
            _log_in(smtp, spec.username, password or "")
    except (OSError, smtplib.SMTPException) as error:
        smtp.close()
        said = _without(_said(error), spec.username or "", password or "")
        raise RelayUnreachable(
            f"{place}: {said}", mend=_mend(error)
        ) from None  # the cause holds what was said
    return SmtpSession(smtp)


def _log_in(smtp: smtplib.SMTP, username: str, password: str) -> None:
    """AUTH (RFC 4954); the standard library can only say what is ASCII."""
    if (username + password).isascii():
        smtp.login(username, password)
        return
    response = base64.b64encode(f"\0{username}\0{password}".encode()).decode("ascii")
    code, said = smtp.docmd("AUTH", f"PLAIN {response}")  # in UTF-8: RFC 4616 section 2
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, said)


def _mend(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "see smtp.username, and the password that it names"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        if "STARTTLS" in str(error):
            return "it offers no STARTTLS: smtp.security tls, or none for a relay on this machine"
        return "it offers no login (AUTH): take smtp.username out, or use its submission port"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "smtp.host must be the name that its certificate is for, by an authority we trust"
    if isinstance(error, ssl.SSLError):
        return "smtp.security: starttls for port 587 and 25, tls for port 465"
    return "see that it runs, and smtp: in publisher.yaml"


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {text}"
    return str(error) or type(error).__name__


def _without(text: str, username: str, password: str) -> str:
    """What a relay said, without the password that it may have said again, in any form of AUTH."""
    forms = [password, f"\0{username}\0{password}"]
    for form in [*(base64.b64encode(form.encode()).decode() for form in forms), password]:
        text = text.replace(form, "***") if password else text
    return text


def _stuffed(text: bytes) -> bytes:
    """Lines that begin with a dot get one more (RFC 5321 section 4.5.2)."""
    stuffed = text.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
