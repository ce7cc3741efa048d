"""EDGE. The secrets that links and addresses are signed with; made when first asked for."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from publisher.delivery.tokens import Keys
from publisher.store.engine import Database
from publisher.store.tables import secret

_BYTES = 32
_LAST_NUMBER = 255


def known_keys(database: Database, purpose: str) -> Keys | None:
    """All keys of a purpose, as `read_keys`; None before the first is made. Writes nothing."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(secret.c.id, secret.c.secret)
            .where(secret.c.purpose == purpose)
            .order_by(secret.c.id)
        ).all()
    if not rows:
        return None
    return Keys(current=rows[-1].id, secrets={row.id: row.secret for row in rows})


def read_keys(database: Database, purpose: str) -> Keys:
    """All keys of a purpose, the newest of which signs; the first is made here."""
    with database.writing() as connection:
        rows = connection.execute(
            sa.select(secret.c.id, secret.c.secret)
            .where(secret.c.purpose == purpose)
            .order_by(secret.c.id)
        ).all()
        if not rows:
            key = secrets.token_bytes(_BYTES)
            made = connection.execute(
                sa.insert(secret)
                .values(purpose=purpose, secret=key, created=database.now(connection))
                .returning(secret.c.id)
            ).scalar_one()
            return Keys(current=made, secrets={made: key})
    assert rows[-1].id <= _LAST_NUMBER, "a token names its key in one byte"
    return Keys(current=rows[-1].id, secrets={row.id: row.secret for row in rows})
