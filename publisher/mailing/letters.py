"""USE CASE. The message of each reader: a template for each issue, filled, signed, addressed."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from publisher.config import Config, NewsletterSpec
from publisher.delivery.dkim import signed
from publisher.delivery.tokens import TOKEN_LENGTH, Keys, Token, sign
from publisher.delivery.verp import bounces_address, return_address
from publisher.errors import IssueUnreadable, IssueUnsendable, PublisherError, StoreError
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime import MessageTemplate, make_template
from publisher.mime.fields import address
from publisher.model import LoadIssue, Recipient
from publisher.sending.lane import Letter
from publisher.store.engine import Database
from publisher.store.mailings import Mailing, Mailings
from publisher.store.secrets import read_keys
from publisher.transport.keys import read_signing_keys
from publisher.transport.session import Envelope

_LONG = timedelta(hours=1)


class Letters:
    """The messages of a run: a template for each issue, made when its first recipient comes."""

    def __init__(
        self, config: Config, database: Database, mailings: Mailings, load_issue: LoadIssue
    ) -> None:
        self._config = config
        self._mailings = mailings
        self._load_issue = load_issue
        self._keys = read_keys(database, "reader")
        self._id_key = read_keys(database, "message-id")
        self._bounce_keys = read_keys(database, "bounce")
        self._bounces = bounces_address(config)
        self.signing = read_signing_keys(config)
        self._specs = {spec.name: spec for spec in config.streams}
        self._templates: dict[int, tuple[MessageTemplate, str, str, int]] = {}
        self._making = threading.Lock()

    def is_known(self, mailing: Mailing) -> bool:
        """Whether its newsletter is still configured."""
        return mailing.newsletter in self._specs

    def known(self) -> Sequence[str]:
        """The newsletters that are configured."""
        return list(self._specs)

    def newsletter(self, mailing: Mailing) -> NewsletterSpec:
        """The newsletter of a mailing."""
        return self._specs[mailing.newsletter]

    def letter(self, recipient: Recipient) -> Letter:
        """A reader's message. Raises PublisherError for an address that cannot be mailed,
        IssueUnsendable where that is so of all, StoreError where the database cannot be asked."""
        if not recipient.email:
            raise PublisherError("the reader was erased")
        template, sender, natural, when = self._template(recipient.mailing)
        to = Mailbox(name=recipient.name, email=recipient.email)
        whose = Token(subscriber=recipient.subscriber, mailing=recipient.mailing)
        token = sign(whose, "reader", self._keys)
        if self._bounces:
            sender = return_address(self._bounces, whose, self._bounce_keys)
        identity = message_identity(self._id_key, natural, recipient.subscriber)
        text = template.fill(to=to, token=token, identity=identity)
        if self.signing:
            text = signed(text, self.signing, when)
        envelope = Envelope(sender=sender, recipient=address(to, utf8=True), size=len(text))
        return Letter(envelope=envelope, text=text, dots=template.dots)

    def _template(self, id_: int) -> tuple[MessageTemplate, str, str, int]:
        """The issue's message, made by the first lane that needs it while the others wait."""
        with self._making:
            if id_ not in self._templates:
                try:
                    self._templates[id_] = self._make(id_)
                except IssueUnreadable as error:
                    raise IssueUnsendable(str(error), mend=error.mend) from error
                except StoreError:
                    raise
                except PublisherError as error:
                    raise IssueUnsendable(str(error), mend=error.mend) from error
            return self._templates[id_]

    def _make(self, id_: int) -> tuple[MessageTemplate, str, str, int]:
        mailing = next(one for one in self._mailings.all() if one.id == id_)
        spec = self._specs[mailing.newsletter]
        issue = self._load_issue(mailing.newsletter, mailing.number)
        date = _date(issue.digest.slot, mailing.frozen)
        template = make_template(
            issue.rendered,
            number=issue.number,
            slot=date,
            newsletter=spec,
            mail_url=self._config.mail_url,
            token_length=TOKEN_LENGTH,
        )
        natural = f"{mailing.newsletter}|{mailing.number}"
        # as in Date: what is sent again must be the same to the last byte
        when = int(date.timestamp())
        return template, address(read_mailbox(spec.from_)), natural, when


def _date(slot: datetime, frozen: int) -> datetime:
    """When the messages of an issue were complete (RFC 5322 section 3.6.1): at its time, or when it
    was `frozen`, in milliseconds since 1970, where that is long after it.

    An article that is an issue of its own has the time that its author gave it, weeks ago perhaps:
    there an inbox would sort its message, and a filter take it for junk.
    """
    made = datetime.fromtimestamp(frozen // 1000, slot.tzinfo)
    return made if made - slot > _LONG else slot


def message_identity(keys: Keys, natural: str, subscriber: int) -> str:
    """A reader's part of an issue's Message-ID: the same at every attempt, stored nowhere.

    By the first key, whatever was added later: an id that changed would make a second copy
    of the second attempt.
    """
    first = keys.secrets[min(keys.secrets)]
    text = f"{natural}|{subscriber}".encode()
    return hmac.new(first, text, hashlib.sha256).hexdigest()[:32]
