"""EDGE. The schema of publisher.db, which several stores share: its migrations in order.

A migration that was released is never changed; a new one is added at the end.
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
)
