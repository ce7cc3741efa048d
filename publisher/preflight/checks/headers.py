"""PURE. The message as it leaves: headers, lines, subject and what inboxes show beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

from publisher.mailbox import read_mailbox
from publisher.preflight.drawn import bare
from publisher.preflight.finding import Faults
from publisher.preflight.mail import Mail
from publisher.render.wrapping import columns

HARD_LIMIT = 998
SOFT_LIMIT = 78
SUBJECT_COLUMNS = 120
PATIENCE = timedelta(minutes=10)
"""How far the clocks of two machines may differ."""

_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "MIME-Version", "Content-Type")
_WHOLE = (b"list-unsubscribe:", b"message-id:", b"content-type:")
_ONE_CLICK = b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"
_FREE_DOMAINS = """
    gmail.com googlemail.com yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.co.in yahoo.co.id
    yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.com.br yahoo.co.jp yahoo.com.ar yahoo.com.mx yahoo.ca
    yahoo.com.au aol.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.es hotmail.it
    outlook.com outlook.fr outlook.de outlook.es outlook.com.br live.com live.co.uk live.fr live.nl
    msn.com icloud.com me.com mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de
    freenet.de mail.ru inbox.ru list.ru bk.ru yandex.ru yandex.com ya.ru rambler.ru proton.me
    protonmail.com pm.me tutanota.com tuta.io zoho.com zohomail.com fastmail.com hushmail.com
    mail.com email.com usa.com qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn
    sohu.com aliyun.com 139.com naver.com daum.net hanmail.net nate.com rediffmail.com libero.it
    virgilio.it tin.it alice.it orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr
    bbox.fr uol.com.br bol.com.br terra.com.br ig.com.br comcast.net verizon.net att.net
    sbcglobal.net cox.net btinternet.com sky.com virginmedia.com ntlworld.com telenet.be
    skynet.be ziggo.nl kpnmail.nl seznam.cz centrum.cz wp.pl o2.pl onet.pl interia.pl abv.bg
    ukr.net mynet.com telkom.net plasa.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp
    """
_FREE = frozenset(_FREE_DOMAINS.split())
_NO_REPLY = re.compile(r"(?:do[._-]?not|no)[._-]?reply\b", re.IGNORECASE)
_POSES = re.compile(r"(?:re|fwd?|aw|wg|tr|rv|antw|sv)\s*:", re.IGNORECASE)
_MARKS = re.compile(r"[!?！？]{2,}|[$€£]{2,}")


def message_form(mail: Mail) -> Faults:
    """message-form."""
    for name in _ONCE:
        count = len(mail.message.get_all(name, []))
        if count != 1:
            yield "headers", f"{name} stands there {count} times"
    kinds = _kinds(mail.message)
    html = ["multipart/related"] if mail.inside else ["text/html"]
    if mail.message.get_content_type() != "multipart/alternative" or kinds != ["text/plain", *html]:
        yield "message", f"{mail.message.get_content_type()} of {', '.join(kinds) or 'no parts'}"
    elif mail.inside:
        related = mail.message.get_payload(1)
        assert isinstance(related, Message)
        first, *others = _kinds(related) or ["no parts"]
        if first != "text/html" or not all(kind.startswith("image/") for kind in others):
            yield "message", f"multipart/related of {', '.join((first, *others))}"
        if related.get_param("type") != first:
            yield "message", f"multipart/related says that it begins with {related['Content-Type']}"


def _kinds(message: Message) -> list[str]:
    parts = message.get_payload()
    return [p.get_content_type() for p in parts if isinstance(p, Message)]


def line_length(mail: Mail) -> Faults:
    """line-length."""
    message = mail.proof.message
    longest = max(map(len, message.split(b"\r\n")))
    if longest > HARD_LIMIT:
        yield "message", f"a line has {longest} bytes"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", message):
        yield "message", "a line does not end in CRLF"
    if not message.isascii():
        yield "message", "has bytes over 7F"


def header_line_length(mail: Mail) -> Faults:
    """header-line-length: only what could be folded counts."""
    for line in mail.head:
        value = line.partition(b":")[2] if not line.startswith((b" ", b"\t")) else line
        foldable = b" " in value.strip() and not line.lower().startswith(_WHOLE)
        if len(line) > SOFT_LIMIT and foldable:
            name = line.partition(b":")[0][:40].decode("ascii", "replace")
            yield "headers", f"{name}: a line has {len(line)} characters"


def list_unsubscribe(mail: Mail) -> Faults:
    """list-unsubscribe."""
    address = mail.proof.reader_links[0].encode("ascii", "replace")
    if b"List-Unsubscribe: <" + address + b">" not in mail.head:
        yield "headers", "no unfolded line List-Unsubscribe with the reader's address"
    if _ONE_CLICK not in mail.head:
        yield "headers", "no line List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def one_click_https(mail: Mail) -> Faults:
    """one-click-https."""
    address = mail.proof.reader_links[0]
    if not address.startswith("https://"):
        yield "headers", address


def freemail_sender(mail: Mail) -> Faults:
    """freemail-sender."""
    domain = _sender(mail).rpartition("@")[2].lower()
    if domain in _FREE:
        yield "headers", f"From is at {domain}"


def no_reply_sender(mail: Mail) -> Faults:
    """no-reply-sender."""
    newsletter = mail.proof.newsletter
    answers_to = read_mailbox(newsletter.reply_to or newsletter.from_).email
    if _NO_REPLY.match(answers_to):
        yield "headers", f"answers go to {answers_to}"


def date_in_the_future(mail: Mail) -> Faults:
    """date-in-the-future."""
    try:
        date = parsedate_to_datetime(str(mail.message.get("Date", "")))
    except ValueError:
        yield "headers", "Date cannot be read"
        return
    if date.tzinfo is None or date > mail.proof.now + PATIENCE:
        yield "headers", f"Date is {date.isoformat()}, and it is {mail.proof.now.isoformat()}"


def subject_missing(mail: Mail) -> Faults:
    """subject-missing."""
    if not bare(mail.subject):
        yield "subject", "is empty"


def subject_length(mail: Mail) -> Faults:
    """subject-length."""
    size = columns(mail.subject)
    if size > SUBJECT_COLUMNS:
        yield "subject", f"{size} columns"


def subject_shouting(mail: Mail) -> Faults:
    """subject-shouting. Two short words in capitals may be a name."""
    subject = mail.subject
    letters = [c for c in subject if c.isalpha()]
    if len(letters) > 12 and all(c.isupper() for c in letters):
        yield "subject", "is all in capitals"
    if _MARKS.search(subject):
        yield "subject", "has a row of marks"
    if _POSES.match(subject):
        yield "subject", "poses as an answer"


def preheader_missing(mail: Mail) -> Faults:
    """preheader-missing."""
    if not mail.drawn.preheader():
        yield "HTML", "begins with text that is seen"


def preheader_is_subject(mail: Mail) -> Faults:
    """preheader-is-subject: equal, or the part of it after the newsletter's title."""
    said, subject = mail.drawn.preheader().casefold(), bare(mail.subject).casefold()
    title = mail.proof.newsletter.title.casefold()
    if said and said in (subject, subject.removeprefix(title).lstrip(" :·–—-")):
        yield "preheader", "says what the subject says"


def spam_score(mail: Mail) -> Faults:
    """spam-score, where SpamAssassin was asked and could be run."""
    judgement = mail.proof.judgement
    if judgement is not None and not judgement.missing and judgement.score > 1.0:
        yield "message", f"{judgement.score:.1f} points: {', '.join(judgement.rules)}"


def _sender(mail: Mail) -> str:
    return read_mailbox(mail.proof.newsletter.from_).email
