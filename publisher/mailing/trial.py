"""USE CASE. One issue to one address, to see it where readers will; the ledger is left alone."""

from __future__ import annotations

import secrets

from publisher.config import Config
from publisher.delivery.dkim import signed
from publisher.delivery.tokens import Keys, Token
from publisher.delivery.verp import bounces_address, return_address
from publisher.errors import TransportError
from publisher.issues.command import issue_to_try
from publisher.mailbox import Mailbox, read_mailbox
from publisher.mime import SAMPLE_TOKEN, make_template
from publisher.mime.fields import address
from publisher.transport.keys import read_signing_keys
from publisher.transport.opening import session_opener
from publisher.transport.session import Envelope
from publisher.wiring.app import Clock


def send_trial(
    config: Config, newsletter: str, to: Mailbox, *, number: int | None = None, clock: Clock
) -> str:
    """Send the next issue, or one that was made, and say what came of it.

    It is what a reader would get, but for links with the token that is never valid, and an id
    of its own each time: mail programs hide a second message with the id of the first. Its
    envelope is signed with a key that is forgotten: what comes back is no reader's, and stays in
    the mailbox. Raises
    TransportError where it is not taken, and PublisherError as making an issue does.
    """
    recipient, keys = address(to, utf8=True), read_signing_keys(config)
    open_session = session_opener(config)
    issue = issue_to_try(config, newsletter, number, clock=clock)
    spec = config.newsletter(newsletter)
    template = make_template(
        issue.rendered,
        number=issue.number,
        slot=issue.digest.slot,
        newsletter=spec,
        mail_url=config.mail_url,
        token_length=len(SAMPLE_TOKEN),
    )
    text = template.fill(to=to, token=SAMPLE_TOKEN, identity=f"test-{secrets.token_hex(12)}")
    text = signed(text, keys, int(issue.digest.slot.timestamp()))
    sender = address(read_mailbox(spec.from_))
    if config.bounces is not None:
        nobody = Keys(current=1, secrets={1: secrets.token_bytes(32)})
        sender = return_address(bounces_address(config), Token(subscriber=0), nobody)
    session = open_session()
    reply = session.offer(Envelope(sender=sender, recipient=recipient, size=len(text)))
    if reply.code // 100 == 2:
        reply, _ = session.send(text)
    session.close()
    if reply.code // 100 != 2:
        raise TransportError(
            f"issue {issue.number} of {newsletter} was not taken for {recipient}: {reply}",
            mend="see what the relay says; publisher doctor looks further",
        )
    return f"issue {issue.number} of {newsletter} to {recipient}: {reply}"
