"""EDGE. The tables of publisher.db as SQLAlchemy knows them; `schema` is what makes them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

_all = sa.MetaData()


def _table(table: str, /, **columns: type[sa.types.TypeEngine[Any]]) -> sa.Table:
    return sa.Table(table, _all, *(sa.Column(column, kind) for column, kind in columns.items()))


issue = _table(
    "issue",
    newsletter=sa.Text,
    number=sa.Integer,
    slot=sa.Text,
    recorded=sa.LargeBinary,
    issue=sa.LargeBinary,
)
quiet_slot = _table("quiet_slot", newsletter=sa.Text, slot=sa.Text)
issue_picture = _table(
    "issue_picture", newsletter=sa.Text, number=sa.Integer, path=sa.Text, article=sa.Text
)
mail_picture = _table("mail_picture", hash=sa.Text, data=sa.LargeBinary)
draft = _table("draft", newsletter=sa.Text, draft=sa.LargeBinary)
ping = _table(
    "ping",
    id=sa.BigInteger,
    hub=sa.Text,
    topic=sa.Text,
    changed=sa.Text,
    due=sa.Text,
    tries=sa.Integer,
)
ping_owed = _table("ping_owed", topic=sa.Text)
subscriber = _table(
    "subscriber",
    id=sa.BigInteger,
    email=sa.Text,
    box=sa.Text,
    name=sa.Text,
    language=sa.Text,
    timezone=sa.Text,
    fields=sa.Text,
    created=sa.BigInteger,
)
subscription = _table(
    "subscription",
    subscriber=sa.BigInteger,
    newsletter=sa.Text,
    rhythm=sa.Text,
    next_rhythm=sa.Text,
    state=sa.Text,
    requested=sa.BigInteger,
    confirmed=sa.BigInteger,
    ended=sa.BigInteger,
    paused_until=sa.BigInteger,
    evidence=sa.Text,
)
suppression = _table(
    "suppression", box=sa.Text, reason=sa.Text, since=sa.BigInteger, evidence=sa.Text
)
secret = _table(
    "secret", id=sa.BigInteger, purpose=sa.Text, secret=sa.LargeBinary, created=sa.BigInteger
)
mailing = _table(
    "mailing",
    id=sa.BigInteger,
    newsletter=sa.Text,
    number=sa.Integer,
    list=sa.Text,
    frozen=sa.BigInteger,
    state=sa.Text,
    why=sa.Text,
)
shard = _table(
    "shard",
    mailing=sa.BigInteger,
    shard=sa.Integer,
    owner=sa.Text,
    epoch=sa.BigInteger,
    deadline=sa.BigInteger,
)
delivery = _table(
    "delivery",
    mailing=sa.BigInteger,
    subscriber=sa.BigInteger,
    shard=sa.Integer,
    state=sa.Text,
    tries=sa.Integer,
    due=sa.BigInteger,
    changed=sa.BigInteger,
    reply=sa.Text,
)
bounce = _table(
    "bounce",
    mailing=sa.BigInteger,
    subscriber=sa.BigInteger,
    kind=sa.Text,
    status=sa.Text,
    noted=sa.BigInteger,
)
bounce_message = _table(
    "bounce_message",
    hash=sa.Text,
    mailing=sa.BigInteger,
    subscriber=sa.BigInteger,
    noted=sa.BigInteger,
)
mailbox_mark = _table("mailbox_mark", mailbox=sa.Text, mark=sa.Text)
sign_up = _table(
    "sign_up",
    id=sa.BigInteger,
    box=sa.Text,
    network=sa.Text,
    domain=sa.Text,
    asked=sa.BigInteger,
    mailed=sa.Integer,
    clicked=sa.Integer,
)
notice = _table(
    "notice",
    id=sa.BigInteger,
    subscriber=sa.BigInteger,
    kind=sa.Text,
    queued=sa.BigInteger,
    state=sa.Text,
    due=sa.BigInteger,
    tries=sa.Integer,
    reply=sa.Text,
)
alert = _table(
    "alert",
    cause=sa.Text,
    text=sa.Text,
    since=sa.BigInteger,
    over=sa.BigInteger,
    told=sa.Integer,
    cleared=sa.Integer,
)
hold = _table("hold", name=sa.Text, owner=sa.Text, epoch=sa.BigInteger, deadline=sa.BigInteger)
pace = _table("pace", relay=sa.Text, next=sa.BigInteger)
domain_slot = _table(
    "domain_slot", domain=sa.Text, slot=sa.Integer, owner=sa.Text, deadline=sa.BigInteger
)
state_mark = _table("state_mark", mark=sa.Text, before=sa.Text, inode=sa.BigInteger)

# As the indexes have it, to the letter and as literals: SQLite takes an index of some rows only for
# a query that asks for no others in the very same words. Without them a claim reads all that
# was ever sent of the issue, under the lock of all writers.
UNDER_WAY = delivery.c.state.in_(
    [sa.literal_column(f"'{name}'") for name in ("pending", "deferred", "doubtful", "sending")]
)

EACH = "NEWSLETTER NUMBER"
"""Stands for an issue in a reason that many have."""

WHY = sa.func.replace(
    mailing.c.why, EACH, mailing.c.newsletter + " " + sa.cast(mailing.c.number, sa.Text)
).label("why")
"""Why a mailing is paused, with the name of its own issue: what it says to type is so."""

BEFORE_DELIVERY = (issue, quiet_slot, issue_picture, mail_picture, draft, ping, ping_owed)
"""What a run that keeps nothing looks at; readers and deliveries it has no business with."""

TABLES = tuple(_all.tables.values())
"""All of them, each behind those that it refers to."""


def is_any(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether there is such a delivery, looked for by itself for each row that asks.

    Of an EXISTS a server makes a join, and where all was sent when it last counted it takes what is
    not sent for a single row: it reads all of them for each row that asks.
    """
    one = sa.select(sa.literal(1)).select_from(delivery).where(*conditions).limit(1)
    return one.correlate_except(delivery).scalar_subquery().is_not(None)
