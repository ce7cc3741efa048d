"""PURE. What happens to a reader's subscriptions: asked for, confirmed, ended, suppressed.

A state is left only by the way that leads out of it: whoever left comes back only by asking and
confirming anew, never by a file. So does whoever erased themselves, or had an address that did
not take mail (`may_return`); all others that are suppressed do not come back at all.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from publisher.errors import PublisherError, SubscriptionError
from publisher.links.ascii import ascii_domain
from publisher.mailbox import Mailbox
from publisher.mime.fields import address
from publisher.model import (
    BY_HAND,
    ERASED,
    HARD_BOUNCE,
    SOFT_BOUNCES,
    Evidence,
    Reader,
    Subscription,
    SubscriptionState,
    Suppression,
    Told,
)
from publisher.patterns import pattern

_GONE = (SubscriptionState.UNSUBSCRIBED, SubscriptionState.SUPPRESSED)
BY_THEIR_MAIL = "the link in the mail"
"""How somebody confirms who got a mail just then; other links may be of years ago."""

FIRST, LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
"""Between these a time has a name in every zone, and in milliseconds."""

_CONTROLS = pattern(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PARTS_OF_WORDS = "\u00b7\u05f3\u05f4\u30fb\u3002"
"""Signs that domains may have (RFC 5892, appendix A), and a full stop that parts their labels."""
_KEPT_EVIDENCE = 20
_ENTERED = ("imported", "added")
_NOTHING_MORE = Told()
_ONE_PROVIDER = {"googlemail.com": "gmail.com"}


def clean_address(text: str) -> str:
    """An address as it is kept: its domain in small letters and A-labels (RFC 5321, RFC 5891).

    Raises SubscriptionError for one that no relay can carry.
    """
    written = text.strip()
    if not written.isascii():
        written = _visible(written)
    local, at, domain = written.rpartition("@")
    domain = "" if len(written) > 254 else ascii_domain(domain.lower())
    is_number = domain.rpartition(".")[2].isdecimal()  # an IP address, which no reader has
    too_long = len(local) > 64 or len(local) + len(domain) > 253  # as it is sent
    if not at or not local or "." not in domain or is_number or too_long:
        raise SubscriptionError(f"{text.strip()[:80]!r} is no mail address", mend="name@domain")
    spelled = unicodedata.normalize("NFC", local)  # one box, however its accents were typed
    try:
        return address(Mailbox(email=f"{spelled}@{domain}"), utf8=True)
    except PublisherError as error:
        raise SubscriptionError(error.message, mend=error.mend) from error


def _visible(text: str) -> str:
    """Without what cannot be seen at its ends, as it comes along with what is copied.

    Raises SubscriptionError where there is any in its midst, which would make another address of
    it, or the mark of a letter that could not be read, or what a program for letters makes of
    plain signs: a domain with such a quote would be encoded, and be somebody else's.
    """
    text = text.strip("".join(filter(_is_invisible, set(text))))
    joins = "\u200c\u200d"  # a part of words in some scripts
    if any(
        letter == "\ufffd" or (_is_invisible(letter) and letter not in joins) for letter in text
    ):
        raise SubscriptionError(
            f"{text[:80]!r} has letters that cannot be seen or read", mend="type it anew"
        )
    if any(map(_is_typographic, unicodedata.normalize("NFKC", text))):
        raise SubscriptionError(
            f"{text[:80]!r} has quotes, dashes or dots of print in it",
            mend="type it anew, with the plain signs of the keyboard",
        )
    return text


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Zs", "Zl", "Zp")


def _is_typographic(letter: str) -> bool:
    if letter.isascii() or letter in _PARTS_OF_WORDS:
        return False
    return unicodedata.category(letter).startswith("P")


def clean_words(what: str, text: str) -> str:
    """A name, or what else is said of a reader, as it is kept: trimmed.

    Raises SubscriptionError for one that no message and no database can carry.
    """
    if _CONTROLS.search(text.strip()):
        raise SubscriptionError(
            f"the {what} {text[:40]!r} has control characters in it", mend="take them out"
        )
    return text.strip()


def box_of(email: str, secret: bytes) -> str:
    """The keyed hash by which an address is known, however its letters are written.

    Letters of the local part differ in theory (RFC 5321 section 2.4); no provider lets two
    people have addresses that differ in nothing else, and no person writes theirs always alike.
    """
    return hmac.new(secret, email.lower().encode(), hashlib.sha256).hexdigest()[:32]


def one_box(email: str) -> str:
    """The box that an address leads to as far as limits are concerned: no tag, no dots, letters
    in their plain form.

    Providers differ in what they take for one box. Limits may err towards too few mails.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).lower().rpartition("@")
    box = local.partition("+")[0].replace(".", "")
    return f"{box}@{_ONE_PROVIDER.get(domain, domain)}"


def may_return(barred: Suppression) -> bool:
    """Whether the owner of a suppressed address comes back by asking and confirming.

    That they read the confirmation mail proves what was in doubt: that it is their wish, and
    that the address takes mail. Who complained is not even asked: the question would be one
    more mail that they did not want, sent on the word of anybody. What a person wrote stands.
    """
    is_ours = barred.how != BY_HAND
    return is_ours and barred.reason in (ERASED, HARD_BOUNCE, SOFT_BOUNCES)


def is_graver(new: Suppression, known: Suppression | None) -> bool:
    """Whether a reason takes the place of the one that is known: the first stays, but where it
    leaves a way back and the other one leaves none."""
    return known is None or (may_return(known) and not may_return(new))


def requested(
    reader: Reader, newsletter: str, rhythm: str, evidence: Evidence, *, returns: bool = False
) -> Reader:
    """Somebody asked for a newsletter: it waits to be confirmed.

    Who is suppressed stays so, but for those who may return: they wait as all others do, and
    stay on the list of suppressed addresses until they confirm.
    """
    known = reader.subscriptions.get(newsletter)
    if known is None:
        asked = Subscription(
            newsletter=newsletter,
            rhythm=rhythm,
            state=SubscriptionState.PENDING,
            requested=evidence.when,
        )
        return _with(reader, asked, evidence)
    if known.state in (_GONE if returns else (SubscriptionState.UNSUBSCRIBED,)):
        again = replace(
            known,
            rhythm=rhythm,
            next_rhythm="",
            state=SubscriptionState.PENDING,
            requested=evidence.when,
            confirmed=None,
            paused_until=None,  # of what they had then; "the next issue" is said to them now
        )
        return _with(reader, again, evidence)
    if known.state is SubscriptionState.PENDING:
        return _with(reader, replace(known, rhythm=rhythm), evidence)
    return reader


def confirmed(reader: Reader, newsletter: str, evidence: Evidence) -> Reader:
    """The owner of the address said yes: what was pending is active."""
    known = reader.subscriptions.get(newsletter)
    if known is None or known.state is not SubscriptionState.PENDING:
        return reader
    active = replace(known, state=SubscriptionState.ACTIVE, confirmed=evidence.when, ended=None)
    return _with(reader, active, evidence)


def proved(reader: Reader) -> datetime | None:
    """When they last confirmed by a mail that reached them: what came back before is over."""
    return max(
        (
            one.when
            for subscription in reader.subscriptions.values()
            for one in subscription.evidence
            if one.what == "confirmed" and one.how == BY_THEIR_MAIL
        ),
        default=None,
    )


def returned(reader: Reader, evidence: Evidence) -> Reader:
    """Their address is suppressed no more: what they did not ask for again, they have left."""
    for known in reader.subscriptions.values():
        if known.state is SubscriptionState.SUPPRESSED:
            left = replace(known, state=SubscriptionState.UNSUBSCRIBED)
            reader = _with(reader, left, evidence)
    return reader


def lapsed(reader: Reader, evidence: Evidence, *, barred: bool) -> Reader:
    """Without what nobody confirmed of all that was asked for.

    Who had left before has left again, so that no file brings them back; `barred` are those
    whose address is suppressed. What a file or a person entered stays: nobody was asked.
    """
    for name, known in reader.subscriptions.items():
        if known.state is not SubscriptionState.PENDING:
            continue
        if known.ended is not None:
            gone = SubscriptionState.SUPPRESSED if barred else SubscriptionState.UNSUBSCRIBED
            reader = _with(reader, replace(known, state=gone), evidence)
        elif not any(one.what in _ENTERED for one in known.evidence):
            kept = {n: one for n, one in reader.subscriptions.items() if n != name}
            reader = replace(reader, subscriptions=kept)
    return reader


def waiting(reader: Reader, issued: datetime) -> tuple[list[str], list[str]]:
    """What a confirmation mail asks for: all that was asked for up to the instant at which it was
    made; and what was asked for since, as its page may ask too while it asks for the first.

    Not what they left once: who was signed up again by a stranger since does not come back by
    an old link.
    """
    held = [one for one in reader.subscriptions.values() if one.state is SubscriptionState.PENDING]
    own = [one.newsletter for one in held if one.requested <= issued]
    since = [one.newsletter for one in held if one.requested > issued and one.ended is None]
    return own, since if own else []


def confirmed_since(
    reader: Reader, issued: datetime, evidence: Evidence, *, shown: Collection[str] = ()
) -> Reader:
    """All that was asked for up to the instant at which a confirmation mail was made, and what was
    since of that which the page had `shown`."""
    own, since = waiting(reader, issued)
    for name in (*own, *(one for one in since if one in shown)):
        reader = confirmed(reader, name, evidence)
    return reader


def chosen(reader: Reader, newsletter: str, rhythm: str, evidence: Evidence) -> Reader:
    """Its owner takes a newsletter, by a link that only they have: asked for and confirmed."""
    asked = requested(reader, newsletter, rhythm, replace(evidence, what="requested"))
    return confirmed(asked, newsletter, replace(evidence, what="confirmed"))


def wanting_rhythm(reader: Reader, newsletter: str, rhythm: str, evidence: Evidence) -> Reader:
    """They want it in another rhythm, as soon as nothing is missed or repeated by it.

    Who gets nothing at the moment has it at once.
    """
    known = reader.subscriptions.get(newsletter)
    if known is None:
        return reader
    if known.state is not SubscriptionState.ACTIVE:
        after = replace(known, rhythm=rhythm, next_rhythm="")
    else:
        after = replace(known, next_rhythm="" if rhythm == known.rhythm else rhythm)
    return reader if after == known else _with(reader, after, evidence)


def imported(
    reader: Reader,
    newsletter: str,
    rhythm: str,
    state: SubscriptionState,
    evidence: Evidence,
    *,
    told: Told = _NOTHING_MORE,
) -> Reader:
    """A line of a file says so, and what it has `told` of before. It never brings back who has
    left or is suppressed, asked for by somebody since or not, and never takes back what the person
    confirmed here; it may say that somebody has left, but for who said yes since by a mail that
    they got. What is told is never later than now."""
    known, now = reader.subscriptions.get(newsletter), evidence.when
    told = _past(told, now)
    if known is None:
        came = Subscription(
            newsletter=newsletter,
            rhythm=rhythm,
            next_rhythm=told.next_rhythm,
            state=state,
            requested=told.requested or now,
            confirmed=_confirmed(state, told, now),
            ended=_ended(state, told, now),
            paused_until=told.paused_until,
            evidence=told.evidence,
        )
        return _with(reader, came, evidence)
    if known.state in _GONE or state is SubscriptionState.PENDING is not known.state:
        return reader
    more = tuple(one for one in told.evidence if one not in known.evidence)
    both = tuple(sorted((*known.evidence, *more), key=lambda one: one.when))
    if state is known.state:
        if not more or any(one.what not in _ENTERED for one in known.evidence):
            return reader
        # A file said it, without saying why; this one does.
        proven = replace(known, requested=told.requested or known.requested, evidence=both)
        if state is SubscriptionState.ACTIVE:
            proven = replace(proven, confirmed=told.confirmed or known.confirmed)
        return _with(reader, proven, evidence)
    if state is SubscriptionState.ACTIVE:
        if known.ended is not None:
            return reader
        active = replace(known, state=state, confirmed=told.confirmed or now, evidence=both)
        return _with(reader, active, evidence)
    if state is SubscriptionState.UNSUBSCRIBED and _came_back(known, told):
        return reader
    ended = known.ended or told.ended or now
    return _with(reader, replace(known, state=state, ended=ended, evidence=both), evidence)


def _came_back(known: Subscription, told: Told) -> bool:
    """Whether somebody confirmed after they had left as a list tells it."""
    return known.state is SubscriptionState.ACTIVE and any(
        told.ended is not None
        and (one.what, one.how) == ("confirmed", BY_THEIR_MAIL)
        and one.when > told.ended
        for one in known.evidence
    )


def _past(told: Told, now: datetime) -> Told:
    """Without what is still to come, which proves nothing."""

    def past(when: datetime | None) -> datetime | None:
        return None if when is None else min(when, now)

    return replace(
        told,
        requested=past(told.requested),
        confirmed=past(told.confirmed),
        ended=past(told.ended),
        evidence=tuple(replace(one, when=now) if one.when > now else one for one in told.evidence),
    )


def _confirmed(state: SubscriptionState, told: Told, now: datetime) -> datetime | None:
    if state is SubscriptionState.PENDING:
        return None
    return told.confirmed or (now if state is SubscriptionState.ACTIVE else None)


def _ended(state: SubscriptionState, told: Told, now: datetime) -> datetime | None:
    """Also of who left once and asked anew, so that no other file makes them active."""
    if state is SubscriptionState.ACTIVE:
        return None
    return told.ended or (now if state in _GONE else None)


def unsubscribed(reader: Reader, newsletter: str, evidence: Evidence) -> Reader:
    """They want no more of it."""
    known = reader.subscriptions.get(newsletter)
    if known is None or known.state in _GONE:
        return reader
    gone = replace(known, state=SubscriptionState.UNSUBSCRIBED, ended=evidence.when)
    return _with(reader, gone, evidence)


def suppressed(reader: Reader, evidence: Evidence) -> Reader:
    """Nothing is mailed there any more, of no newsletter."""
    for known in reader.subscriptions.values():
        if known.state is not SubscriptionState.SUPPRESSED:
            ended = replace(
                known,
                state=SubscriptionState.SUPPRESSED,
                ended=known.ended or evidence.when,
            )
            reader = _with(reader, ended, evidence)
    return reader


def paused(reader: Reader, newsletter: str, until: datetime | None, evidence: Evidence) -> Reader:
    """Nothing of it until then; None goes on at once."""
    known = reader.subscriptions.get(newsletter)
    if known is None or known.paused_until == until:
        return reader
    return _with(reader, replace(known, paused_until=until), evidence)


def _with(reader: Reader, subscription: Subscription, evidence: Evidence) -> Reader:
    """With a subscription as it is now and why; of a long history the first and the last."""
    told = (*subscription.evidence, evidence)
    if len(told) > _KEPT_EVIDENCE:
        told = (*told[:2], *told[2 - _KEPT_EVIDENCE :])
    kept = replace(subscription, evidence=told)
    return replace(reader, subscriptions={**reader.subscriptions, kept.newsletter: kept})
