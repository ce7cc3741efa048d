"""EDGE. The schema of publisher.db, which several stores share: its migrations in order.

A migration that was released is never changed; a new one is added at the end. They are
written for SQLite; PostgreSQL has other words for three things (`for_postgresql`).
"""

from __future__ import annotations

MIGRATIONS = (
    """
    CREATE TABLE issue (
        newsletter TEXT NOT NULL, number INTEGER NOT NULL, slot TEXT NOT NULL,
        recorded BLOB NOT NULL, issue BLOB NOT NULL,
        PRIMARY KEY (newsletter, number), UNIQUE (newsletter, slot)
    );
    CREATE TABLE quiet_slot (
        newsletter TEXT NOT NULL, slot TEXT NOT NULL, PRIMARY KEY (newsletter, slot)
    ) WITHOUT ROWID;
    """,
    # AUTOINCREMENT: an id is never used again, so that the end of an old ping cannot be
    # taken for the end of the newer one that replaced it meanwhile.
    """
    CREATE TABLE ping (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        hub TEXT NOT NULL, topic TEXT NOT NULL,
        changed TEXT NOT NULL, due TEXT NOT NULL, tries INTEGER NOT NULL,
        UNIQUE (hub, topic)
    );
    CREATE TABLE ping_owed (topic TEXT PRIMARY KEY) WITHOUT ROWID;
    """,
    """
    CREATE TABLE draft (newsletter TEXT PRIMARY KEY, draft BLOB NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE issue_picture (
        newsletter TEXT NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL,
        article TEXT NOT NULL,
        PRIMARY KEY (newsletter, number, path)
    ) WITHOUT ROWID;
    """,
    # Times are milliseconds since 1970. Issues that were there before have no deliveries, and are
    # known to have none: nothing was mailed then. An id is never used again here either: a link
    # in an old mail of an erased reader must not become another reader's.
    """
    CREATE TABLE subscriber (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        email TEXT NOT NULL, box TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
        language TEXT NOT NULL, timezone TEXT NOT NULL, fields TEXT NOT NULL,
        created BIGINT NOT NULL
    );
    CREATE TABLE subscription (
        subscriber BIGINT NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
        newsletter TEXT NOT NULL, rhythm TEXT NOT NULL, next_rhythm TEXT NOT NULL,
        state TEXT NOT NULL,
        requested BIGINT NOT NULL, confirmed BIGINT, ended BIGINT, paused_until BIGINT,
        evidence TEXT NOT NULL,
        PRIMARY KEY (subscriber, newsletter)
    ) WITHOUT ROWID;
    CREATE INDEX subscription_of ON subscription (newsletter, state, subscriber);
    CREATE TABLE suppression (
        box TEXT PRIMARY KEY, reason TEXT NOT NULL, since BIGINT NOT NULL, evidence TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE secret (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        purpose TEXT NOT NULL, secret BLOB NOT NULL, created BIGINT NOT NULL
    );
    CREATE TABLE mailing (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        newsletter TEXT NOT NULL, number INTEGER NOT NULL, list TEXT NOT NULL,
        frozen BIGINT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL,
        UNIQUE (newsletter, number)
    );
    INSERT INTO mailing (newsletter, number, list, frozen, state, why)
        SELECT newsletter, number, newsletter, 0, 'open', '' FROM issue;
    CREATE TABLE shard (
        mailing BIGINT NOT NULL, shard INTEGER NOT NULL,
        owner TEXT NOT NULL, epoch BIGINT NOT NULL, deadline BIGINT NOT NULL,
        PRIMARY KEY (mailing, shard)
    ) WITHOUT ROWID;
    CREATE TABLE delivery (
        mailing BIGINT NOT NULL, subscriber BIGINT NOT NULL, shard INTEGER NOT NULL,
        state TEXT NOT NULL, tries INTEGER NOT NULL, due BIGINT NOT NULL,
        changed BIGINT NOT NULL, reply TEXT NOT NULL,
        PRIMARY KEY (mailing, subscriber)
    ) WITHOUT ROWID;
    CREATE INDEX delivery_open ON delivery (mailing, shard, due)
        WHERE state IN ('pending', 'deferred', 'doubtful', 'sending');
    CREATE INDEX delivery_doubtful ON delivery (due) WHERE state = 'doubtful';
    CREATE INDEX delivery_held ON delivery (mailing) WHERE state = 'held';
    CREATE TABLE bounce (
        mailing BIGINT NOT NULL, subscriber BIGINT NOT NULL,
        kind TEXT NOT NULL, status TEXT NOT NULL, noted BIGINT NOT NULL,
        PRIMARY KEY (mailing, subscriber)
    ) WITHOUT ROWID;
    CREATE TABLE bounce_message (
        hash TEXT PRIMARY KEY, mailing BIGINT NOT NULL, subscriber BIGINT NOT NULL,
        noted BIGINT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE mailbox_mark (
        mailbox TEXT PRIMARY KEY, mark TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE sign_up (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        box TEXT NOT NULL, network TEXT NOT NULL, domain TEXT NOT NULL, asked BIGINT NOT NULL,
        mailed INTEGER NOT NULL, clicked INTEGER NOT NULL
    );
    CREATE INDEX sign_up_by ON sign_up (asked, network);
    CREATE INDEX sign_up_of ON sign_up (box);
    CREATE INDEX sign_up_idle ON sign_up (asked) WHERE mailed = 0;
    CREATE INDEX sign_up_named ON sign_up (asked) WHERE domain <> '';
    CREATE TABLE notice (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        subscriber BIGINT NOT NULL, kind TEXT NOT NULL, queued BIGINT NOT NULL,
        state TEXT NOT NULL, due BIGINT NOT NULL, tries INTEGER NOT NULL, reply TEXT NOT NULL
    );
    CREATE INDEX notice_open ON notice (due) WHERE state IN ('pending', 'sending');
    CREATE INDEX notice_of ON notice (subscriber);
    CREATE TABLE alert (
        cause TEXT PRIMARY KEY, text TEXT NOT NULL, since BIGINT NOT NULL, over BIGINT,
        told INTEGER NOT NULL, cleared INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE state_mark (mark TEXT NOT NULL, before TEXT NOT NULL, inode BIGINT NOT NULL);
    CREATE INDEX notice_old ON notice (queued);
    """,
    # By their content: a logo that every issue has inside it is kept once.
    """
    CREATE TABLE mail_picture (hash TEXT PRIMARY KEY, data BLOB NOT NULL);
    """,
    # What several machines share: who publishes; when a relay may be given the next message; how
    # many lanes of whom send to readers of a domain.
    """
    CREATE TABLE hold (
        name TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch BIGINT NOT NULL, deadline BIGINT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE pace (relay TEXT PRIMARY KEY, next BIGINT NOT NULL) WITHOUT ROWID;
    CREATE TABLE domain_slot (
        domain TEXT NOT NULL, slot INTEGER NOT NULL, owner TEXT NOT NULL, deadline BIGINT NOT NULL,
        PRIMARY KEY (domain, slot)
    ) WITHOUT ROWID;
    """,
)


def for_postgresql(script: str) -> str:
    """A migration in PostgreSQL's words."""
    return (
        script.replace("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGSERIAL PRIMARY KEY")
        .replace(" WITHOUT ROWID", "")
        .replace("BLOB", "BYTEA")
    )
