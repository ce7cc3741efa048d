"""What comes back, in the shapes of many systems: our own samples of each, and what it means.

`{to}` is the address that the message came back to, `{reader}` the one that it was for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

ORIGINAL = """\
From: The Example Courier <news@courier.example>
To: Sample Reader <{reader}>
Subject: The Weekly Courier, issue 3
Message-ID: <weekly.3.abcdef@courier.example>
List-Unsubscribe: <https://courier.example/unsubscribe/x>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

This week: user unknown, mailbox full, spam and no such user, all in one article.
"""


@dataclass(frozen=True)
class Sample:
    """A message as its system writes it, and the kind of notice that it is."""

    name: str
    kind: str
    text: str

    def raw(self, to: str, reader: str = "reader@far.example") -> bytes:
        """The bytes as they arrive."""
        filled = self.text.replace("{to}", to).replace("{reader}", reader)
        return filled.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def report(
    *,
    fields: str,
    header: str = "From: MAILER-DAEMON@mx.far.example (Mail Delivery System)",
    words: str = "Your message could not be delivered.",
    status_type: str = "message/delivery-status",
    original: str = "message/rfc822",
    to: str = "{to}",
) -> str:
    """A multipart/report with the three parts (RFC 3462)."""
    return (
        f"Return-Path: <>\n{header}\nTo: {to}\nSubject: Undelivered Mail Returned to Sender\n"
        "Date: Mon, 23 Nov 2026 08:00:00 +0000\nMessage-ID: <1@mx.far.example>\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status;\n boundary="b1/mx"\n\n'
        "This is a MIME-encapsulated message.\n\n"
        "--b1/mx\nContent-Description: Notification\nContent-Type: text/plain; charset=us-ascii\n"
        f"\n{words}\n\n"
        f"--b1/mx\nContent-Description: Delivery report\nContent-Type: {status_type}\n\n"
        f"{dedent(fields).strip()}\n\n"
        f"--b1/mx\nContent-Type: {original}\n\n{ORIGINAL}\n--b1/mx--\n"
    )


def plain(header: str, body: str) -> str:
    """A message of one part."""
    return f"{dedent(header).strip()}\nTo: {{to}}\nMIME-Version: 1.0\n\n{dedent(body).lstrip()}"


def _fields(
    action: str, status: str, diagnostic: str, *, mta: str = "mx.far.example", more: str = ""
) -> str:
    """The fields of a delivery status as most systems write them."""
    said = f"Diagnostic-Code: smtp; {diagnostic}\n" if diagnostic else ""
    return (
        f"Reporting-MTA: dns; {mta}\nArrival-Date: Mon, 23 Nov 2026 07:59:00 +0000\n\n"
        f"Final-Recipient: rfc822; {{reader}}\nOriginal-Recipient: rfc822;{{reader}}\n"
        f"Action: {action}\nStatus: {status}\nRemote-MTA: dns; {mta}\n{said}{more}"
    )


def _postfix() -> Iterator[Sample]:
    words = (
        "This is the mail system at host mx.far.example.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n                   The mail system\n\n"
        "<{reader}>: host mx.far.example[192.0.2.1] said: see below"
    )
    for name, kind, action, status, diagnostic in (
        ("unknown", "hard", "failed", "5.1.1",
         "550 5.1.1 <{reader}>: Recipient address rejected: User unknown in virtual mailbox table"),
        ("no such domain", "soft", "failed", "5.4.4", ""),
        ("null mx", "hard", "failed", "5.1.10", ""),
        ("moved", "hard", "failed", "5.1.6", "551 5.1.6 recipient no longer on server"),
        ("full", "soft", "failed", "5.2.2",
         "552 5.2.2 <{reader}>: Recipient address: user over quota"),
        ("greylisted for too long", "soft", "failed", "4.2.0", "450 4.2.0 <{reader}>: Greylisted"),
        ("expired", "soft", "failed", "4.4.1", ""),
        ("blocklist", "blocked", "failed", "5.7.1",
         "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org"),
        ("content", "blocked", "failed", "5.6.0", "554 5.6.0 message content rejected"),
        ("relay denied", "blocked", "failed", "5.7.1", "554 5.7.1 <{reader}>: Relay access denied"),
        ("too large", "soft", "failed", "5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
        ("delayed", "delayed", "delayed", "4.4.1", ""),
        ("loop", "soft", "failed", "5.4.6", ""),
        ("sender refused", "blocked", "failed", "5.1.8",
         "550 5.1.8 <bounces@courier.example>: Sender address rejected: Domain not found"),
        ("delivered to a script", "soft", "failed", "5.3.0", "x-unix; internal software error"),
    ):  # fmt: skip
        fields = _fields(action, status, diagnostic, more="X-Postfix-Sender: rfc822; {to}\n")
        yield Sample(f"Postfix: {name}", kind, report(fields=fields, words=words))
    yield Sample(
        "Postfix: in UTF-8 (RFC 6533)",
        "hard",
        report(
            fields=_fields("failed", "5.1.1", "550 5.1.1 <{reader}>: User unknown"),
            status_type="message/global-delivery-status",
            original="message/global",
        ),
    )
    wrapped = base64.encodebytes(_fields("failed", "5.1.1", "550 5.1.1 unknown user").encode())
    yield Sample(
        "Postfix: in UTF-8, wrapped by a relay without 8BITMIME (RFC 6533)",
        "hard",
        report(
            fields=wrapped.decode("ascii"),
            header="From: postfix@mx.far.example",
            status_type="message/global-delivery-status\nContent-Transfer-Encoding: base64",
        ),
    )
    yield Sample(
        "Postfix: only the header comes back",
        "hard",
        report(
            fields=_fields("failed", "5.1.1", "550 5.1.1 unknown user"),
            original="text/rfc822-headers",
        ),
    )


def _exim() -> Iterator[Sample]:
    header = (
        "From: Mail Delivery System <Mailer-Daemon@exim.far.example>\nX-Failed-Recipients: {reader}"
    )
    for name, kind, diagnostic in (
        ("unknown, in words", "hard", "550 No such user here"),
        (
            "unknown, by code",
            "hard",
            "550-5.1.1 The email account that you tried to reach does not exist.",
        ),
        ("unrouteable", "hard", "550 Unrouteable address"),
        ("quota", "soft", "552 Mailbox is full / quota exceeded"),
        ("blocked, in words", "blocked", "550 Message rejected as spam by Content Filtering"),
        ("blocked, by code", "blocked", "550 5.7.1 [198.51.100.7] refused"),
        ("nothing telling", "soft", "550 Administrative prohibition"),
        (
            "unknown or unsolicited",
            "blocked",
            "550 User unknown, or unsolicited mail; see our policy",
        ),
        ("sender verify", "blocked", "550 Sender verify failed"),
    ):
        yield Sample(
            f"Exim: {name}", kind,
            report(fields=_fields("failed", "5.0.0", diagnostic), header=header),
        )  # fmt: skip
    old = """
        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          {reader}
            SMTP error from remote mail server after RCPT TO:<{reader}>:
            host mx.far.example [192.0.2.1]: %s

        ------ This is a copy of the message, including all the headers. ------

        """
    for name, kind, said in (
        ("unknown", "hard", "550 5.1.1 unknown user"),
        ("unknown, in words", "hard", "550 no such user"),
        ("quota", "soft", "552 5.2.2 over quota"),
        ("blocked", "blocked", "554 5.7.1 blocked"),
    ):
        head = header + "\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed"
        yield Sample(f"old Exim: {name}", kind, plain(head, dedent(old) % said + ORIGINAL))
    yield Sample(
        "old Exim: delayed",
        "other",
        plain(
            "From: Mail Delivery System <Mailer-Daemon@exim.far.example>\n"
            "Subject: Warning: message 1abc-0 delayed 24 hours\nAuto-Submitted: auto-replied",
            """
            This message was created automatically by mail delivery software.
            A message that you sent has not yet been delivered to one or more of its
            recipients after more than 24 hours on the queue on exim.far.example.

            No action is required on your part. Delivery attempts will continue for
            some time.
            """,
        ),
    )


def _exchange() -> Iterator[Sample]:
    header = (
        "From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@far.example>\n"
        "X-MS-Exchange-Message-Is-Ndr:\nX-MS-Exchange-Organization-SCL: -1"
    )
    for name, kind, action, status, diagnostic in (
        ("not found", "hard", "failed", "5.1.10",
         "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        ("not found, of old", "hard", "failed", "5.1.1",
         "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found"),
        ("full", "soft", "failed", "5.2.2",
         "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceeded"),
        ("directory says no", "soft", "failed", "5.4.1",
         "550 5.4.1 Recipient address rejected: Access denied. [x.prod.protection.outlook.com]"),
        ("restricted group", "blocked", "failed", "5.7.133",
         "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"),
        ("banned sender", "blocked", "failed", "5.7.606",
         "550 5.7.606 Access denied, banned sending IP"),
        ("bad sender", "blocked", "failed", "5.1.8",
         "550 5.1.8 Access denied, bad outbound sender"),
        ("hop count", "soft", "failed", "5.4.14",
         "554 5.4.14 Hop count exceeded - possible mail loop"),
        ("delayed", "delayed", "delayed", "4.4.7", ""),
    ):  # fmt: skip
        fields = _fields(action, status, diagnostic, mta="AM0PR01.outlook.example")
        yield Sample(f"Exchange: {name}", kind, report(fields=fields, header=header))
    yield Sample(
        "Exchange 5.5",
        "soft",
        plain(
            "From: System Administrator <postmaster@far.example>\nSubject: Undeliverable: issue 3",
            """
            Your message

              To:      {reader}
              Subject: The Weekly Courier, issue 3

            did not reach the following recipient(s):

            {reader} on Mon, 23 Nov 2026 08:00:00 +0000
                The recipient could not be reached
                    MSEXCH:IMS:FAR:HQ:MX1 0 (000C05A6)
            """,
        ),
    )
    yield Sample(
        "Exchange 5.5: unknown",
        "hard",
        plain(
            "From: System Administrator <postmaster@far.example>\nSubject: Undeliverable: issue 3",
            """
            Your message did not reach the following recipient(s):

            {reader} on Mon, 23 Nov 2026 08:00:00 +0000
                The recipient name is not recognized: unknown recipient
                    MSEXCH:IMS:FAR:HQ:MX1 0 (000C05A6) Unknown Recipient
            """,
        ),
    )


def _gmail() -> Iterator[Sample]:
    header = (
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
        "X-Failed-Recipients: {reader}"
    )
    for name, kind, action, status, diagnostic in (
        ("not found", "hard", "failed", "5.1.1",
         ("550-5.1.1 The email account that you tried to reach does not exist. Please try\n"
         " 550-5.1.1 double-checking the recipient's email address for typos or\n"
         " 550 5.1.1 unnecessary spaces. gsmtp")),
        ("disabled", "hard", "failed", "5.2.1",
         "550 5.2.1 The email account that you tried to reach is disabled. gsmtp"),
        ("too quick", "soft", "failed", "5.2.1",
         ("550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n"
         " 550 5.2.1 prevents additional messages from being delivered. gsmtp")),
        ("out of storage", "soft", "failed", "5.2.2",
         "552-5.2.2 The recipient's inbox is out of storage space. gsmtp"),
        ("unauthenticated", "blocked", "failed", "5.7.26",
         "550-5.7.26 This mail has been blocked because the sender is unauthenticated. gsmtp"),
        ("rate", "blocked", "failed", "4.7.28",
         "421-4.7.28 unusual rate of unsolicited mail. gsmtp"),
        ("delayed", "delayed", "delayed", "4.4.1", ""),
    ):  # fmt: skip
        fields = _fields(action, status, diagnostic, mta="gmail-smtp-in.l.google.example")
        yield Sample(f"Gmail: {name}", kind, report(fields=fields, header=header))


def _qmail() -> Iterator[Sample]:
    body = """
        Hi. This is the qmail-send program at mx.far.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.
        This is a permanent error; I've given up. Sorry it didn't work out.

        <{reader}>:
        %s

        --- Below this line is a copy of the message.

        Return-Path: <{to}>
        """
    for name, kind, said in (
        ("unknown", "hard", "Sorry, no mailbox here by that name. (#5.1.1)"),
        ("unknown, in words", "hard",
         "192.0.2.1 does not like recipient.\nRemote host said: 550 no such user"),
        ("no such host", "hard", "Sorry, I couldn't find any host named far.example. (#5.1.2)"),
        ("full", "soft", "The user's mailbox is over quota. (#5.2.2)"),
        ("blocked", "blocked", "Remote host said: 554 5.7.1 refused: see our blocklist"),
        ("given up", "soft",
         "I'm not going to try again; this message has been in the queue too long. (#4.4.1)"),
    ):  # fmt: skip
        text = plain(
            "From: MAILER-DAEMON@mx.far.example\nSubject: failure notice",
            dedent(body) % said + ORIGINAL,
        )
        yield Sample(f"qmail: {name}", kind, text)


def _others() -> Iterator[Sample]:
    yield Sample(
        "Yahoo: unknown",
        "hard",
        plain(
            "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice\nX-UIDL: x",
            """
            Sorry, we were unable to deliver your message to the following address.

            <{reader}>:
            554: delivery error: dd This user doesn't have a yahoo.com account ({reader}) [0] - mta1

            --- Original message follows.

            """,
        ),
    )
    yield Sample(
        "Yahoo: full",
        "soft",
        plain(
            "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice\nX-UIDL: x",
            """
            Sorry, we were unable to deliver your message to the following address.

            <{reader}>:
            552: 1 Requested mail action aborted, mailbox is over quota

            --- Original message follows.

            """,
        ),
    )
    yield Sample(
        "sendmail",
        "hard",
        report(
            header="From: Mail Delivery Subsystem <MAILER-DAEMON@sun.far.example>",
            words="   ----- The following addresses had permanent fatal errors -----\n<{reader}>",
            fields=_fields("failed", "5.1.1", "550 5.1.1 <{reader}>... User unknown"),
        ),
    )
    yield Sample(
        "sendmail: for four hours",
        "delayed",
        report(
            header="From: Mail Delivery Subsystem <MAILER-DAEMON@sun.far.example>",
            fields=_fields("delayed", "4.2.0", ""),
        ),
    )
    yield Sample(
        "OpenSMTPD: an action of its own",
        "hard",
        report(fields=_fields("error", "5.1.1", "550 Invalid recipient")),
    )
    yield Sample(
        "a comment behind the action",
        "hard",
        report(fields=_fields("failed (permanently)", "5.1.1 (bad mailbox)", "")),
    )
    yield Sample(
        "no status, only words",
        "hard",
        report(
            fields="""
                Reporting-MTA: dns; mx.far.example

                Final-Recipient: RFC822; {reader}
                Action: failed
                Diagnostic-Code: smtp;550 Unknown user
                """
        ),
    )
    yield Sample("no words and no code", "soft", report(fields=_fields("failed", "", "")))
    yield Sample(
        "a code that its words take back",
        "soft",
        report(fields=_fields("failed", "5.1.1", "550 5.1.1 mailbox is full")),
    )
    yield Sample(
        "two codes, the milder counts",
        "blocked",
        report(fields=_fields("failed", "5.1.1", "550 5.7.1 not allowed")),
    )
    yield Sample(
        "several behind one address, one of whom got it",
        "other",
        report(
            fields=_fields("failed", "5.1.1", "550 5.1.1 unknown")
            + "\nFinal-Recipient: rfc822; second@far.example\nAction: relayed\nStatus: 2.0.0\n"
        ),
    )
    yield Sample(
        "several behind one address, one still tried",
        "delayed",
        report(
            fields=_fields("failed", "5.1.1", "550 5.1.1 unknown")
            + "\nFinal-Recipient: rfc822; second@far.example\nAction: delayed\nStatus: 4.4.1\n"
        ),
    )
    yield Sample("success", "other", report(fields=_fields("delivered", "2.0.0", "250 ok")))
    yield Sample(
        "in capitals, as a relay may write addresses",
        "hard",
        report(fields=_fields("failed", "5.1.1", "550 5.1.1 unknown"), to="{TO}"),
    )
    yield Sample(
        "a list of readers in front",
        "hard",
        report(fields=_fields("failed", "5.1.1", "550 5.1.1 unknown"), to="undisclosed")
        .replace("Return-Path: <>\n", "Return-Path: <>\nDelivered-To: {to}\n", 1),
    )  # fmt: skip


def _complaints() -> Iterator[Sample]:
    for name, kind, said, header in (
        ("Yahoo", "complaint", "abuse",
         "From: Yahoo! Mail AntiSpam Feedback <feedback@arf.mail.yahoo.com>"),
        ("AOL", "complaint", "abuse", "From: scomp@aol.net"),
        ("fraud", "complaint", "fraud", "From: fbl@far.example"),
        ("opt-out", "complaint", "opt-out", "From: fbl@far.example"),
        ("not spam", "unsigned", "not-spam", "From: fbl@far.example"),
        ("authentication", "unsigned", "auth-failure", "From: dmarc@far.example"),
        ("a virus scanner", "unsigned", "virus", "From: fbl@far.example"),
    ):  # fmt: skip
        yield Sample(
            f"ARF: {name}", kind,
            f"{header}\nTo: fbl@courier.example\nSubject: complaint\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=feedback-report; boundary=\"arf\"\n\n"
            "--arf\nContent-Type: text/plain\n\nThis is an email abuse report.\n\n"
            "--arf\nContent-Type: message/feedback-report\n\n"
            f"Feedback-Type: {said}\nUser-Agent: SomeFBL/1.0\nVersion: 1\n"
            "Original-Mail-From: <{to}>\nOriginal-Rcpt-To: <redacted@far.example>\n"
            "Source-IP: 192.0.2.1\n\n"
            f"--arf\nContent-Type: message/rfc822\n\n{ORIGINAL}\n--arf--\n",
        )  # fmt: skip
    yield Sample(
        "ARF: only the message's own return path names it",
        "complaint",
        "From: fbl@far.example\nTo: fbl@courier.example\nSubject: abuse\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="arf"\n\n'
        "--arf\nContent-Type: text/plain\n\nA complaint.\n\n"
        "--arf\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 0.1\n\n"
        f"--arf\nContent-Type: message/rfc822\n\nReturn-Path: <{{to}}>\n{ORIGINAL}\n--arf--\n",
    )
    yield Sample(
        "Outlook.com's junk mail programme",
        "complaint",
        "From: <staff@hotmail.com>\nTo: fbl@courier.example\n"
        "Subject: complaint about message from 192.0.2.1\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="jmrp"\n\n'
        "--jmrp\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n"
        "X-HmXmrOriginalRecipient: <{reader}>\nX-MessageStatus: n:n\n"
        f"Return-Path: {{to}}\n{ORIGINAL}\n--jmrp--\n",
    )


def _no_notices() -> Iterator[Sample]:
    vacation = "I am away until Monday. User unknown to me? Ask 550 5.1.1 at the desk."
    yield Sample(
        "vacation (RFC 3834)",
        "other",
        plain(
            "Return-Path: <>\nFrom: {reader}\nSubject: Auto: issue 3\nAuto-Submitted: auto-replied",
            vacation,
        ),
    )
    yield Sample(
        "vacation of a postmaster",
        "other",
        plain("From: postmaster@far.example\nSubject: Away\nX-Autoreply: yes", vacation),
    )
    yield Sample(
        "Exchange: automatic reply",
        "other",
        plain(
            "From: Reader <{reader}>\nSubject: Automatic reply: issue 3\n"
            "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
            vacation,
        ),
    )
    yield Sample(
        "somebody answers and quotes a bounce",
        "other",
        plain(
            "From: Reader <{reader}>\nSubject: Re: issue 3",
            """
            What is this? I got:
            > Hi. This is the qmail-send program at mx.far.example.
            > <friend@far.example>:
            > 550 5.1.1 no such user
            """,
        ),
    )
    inner = report(fields=_fields("failed", "5.1.1", "550 5.1.1 unknown"), to="me@far.example")
    yield Sample(
        "somebody forwards a bounce of their own",
        "other",
        "From: Reader <{reader}>\nTo: {to}\nSubject: Fwd: bounce\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="fwd"\n\n'
        f"--fwd\nContent-Type: text/plain\n\nSee below.\n\n"
        f"--fwd\nContent-Type: message/rfc822\n\n{inner}\n--fwd--\n",
    )
    yield Sample(
        "a receipt (RFC 8098)",
        "other",
        "From: Reader <{reader}>\nTo: {to}\nSubject: Read: issue 3\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="mdn"\n\n'
        "--mdn\nContent-Type: text/plain\n\nIt was read.\n\n"
        "--mdn\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822;{reader}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n\n--mdn--\n",
    )
    yield Sample("spam", "other", plain("From: win@spam.example\nSubject: You won", "Click here."))
    yield Sample("nothing but an address", "other", "To: {to}\n\n")
    yield Sample(
        "truncated before its status",
        "other",
        report(fields=_fields("failed", "5.1.1", "550 5.1.1 unknown")).partition(
            "Content-Description: Delivery report"
        )[0],
    )
    yield Sample(
        "truncated within its status",
        "soft",
        report(fields=_fields("failed", "5.1.1", "550 5.1.1 unknown")).partition("Status: ")[0],
    )


SAMPLES = [
    *_postfix(), *_exim(), *_exchange(), *_gmail(), *_qmail(), *_others(), *_complaints(),
    *_no_notices(),
]  # fmt: skip
"""All of them."""
