"""PURE. Which mails of a mailbox are articles: whose, and none that a machine or a friend sent."""

from __future__ import annotations

import re
from email.message import Message

from publisher.parse.mails.message import field, fields, people
from publisher.values import dataclass

_LIST_ID = re.compile(r"<\s*([^<>\s]+)\s*>\s*\Z")
_DAEMON = re.compile(r"(?:mailer-?daemon|postmaster|mail-?daemon)(?:@|\Z)", re.IGNORECASE)
_RESULT = re.compile(r"\b(dmarc|dkim)\s*=\s*pass\b([^;]*)", re.IGNORECASE)
_SIGNER = re.compile(r"header\.(?:d|i)\s*=\s*\S*?([^\s@;]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,500}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose mails are taken. Each of `senders` is an address, or a domain with or without @.

    `verified_by` is the server whose word is asked that the sender is who is named.
    """

    senders: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    verified_by: str | None = None

    def why_not(self, message: Message) -> str:
        """Why a mail is not taken, "" where it is; its header alone is looked at."""
        sender = next((address for _, address in people(message, "from")), "")
        if self.senders and not any(_is_from(sender, one) for one in self.senders):
            return "is not from any that `from` of the source names"
        if self.list_ids and list_id(message)[1] not in {one.lower() for one in self.list_ids}:
            return "is of no list that `list_id` of the source names"
        if self.verified_by and not _is_verified(message, sender, self.verified_by):
            return f"is not found genuine by {self.verified_by}"
        return _no_article(message, sender)


def list_id(message: Message) -> tuple[str, str]:
    """The name and the id of a mailing list (RFC 2919), both "" where there is none."""
    text = field(message, "list-id")
    found = _LIST_ID.search(text)
    if found is None:
        return "", text.strip().lower() if re.fullmatch(r"[^\s<>]+", text) else ""
    return text[: found.start()].strip().strip('"').strip(), found[1].lower()


def _is_from(sender: str, named: str) -> bool:
    named = named.lower()
    local, at, domain = named.rpartition("@")
    if local:
        return sender == named
    host = sender.rpartition("@")[2]
    return host == domain or (not at and host.endswith(f".{domain}"))


def _is_verified(message: Message, sender: str, server: str) -> bool:
    """Whether the server's own word (RFC 8601), its topmost field, is that it is genuine."""
    for text in fields(message, "authentication-results"):
        said = _COMMENT.sub(" ", text)
        who, _, results = said.partition(";")
        if who.split()[:1] != [server] and who.strip().lower() != server.lower():
            continue
        host = sender.rpartition("@")[2]
        for method, properties in _RESULT.findall(results):
            if method.lower() == "dmarc":
                return True
            signers = [signer.lower() for signer in _SIGNER.findall(properties)]
            if any(host == signer or host.endswith(f".{signer}") for signer in signers):
                return True
        return False
    return False


def _no_article(message: Message, sender: str) -> str:
    """Whether it is a report, a reply by a machine, or locked."""
    kind = message.get_content_type()
    auto = field(message, "auto-submitted").lower()
    if kind == "multipart/report" or _DAEMON.match(sender):
        return "is a report about mail"
    replied = auto.startswith("auto-replied") or field(message, "x-autoreply")
    if replied or field(message, "precedence").lower() == "auto_reply":
        return "is an automatic reply"
    if kind == "multipart/encrypted":
        return "is encrypted"
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        told = str(message.get_param("smime-type") or "").lower()
        return "is signed in a form that holds its text" if "signed" in told else "is encrypted"
    if kind == "text/calendar":
        return "is an invitation"
    return ""
