"""What a run of `publisher deliver` does not grow with: readers whom it has no mail for."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.integration.test_pages_before_mail import opened
from tests.mailings import Mailed, later
from tests.sites import CONFIG, UNJUDGED

MANY = 20_000
SENT = 10
WEEK = 7 * 86400


def crowd(mailed: Mailed, readers: int) -> None:
    """So many readers, and no mail for those before."""
    text = f"{CONFIG}{UNJUDGED}database: {mailed.database}\nsmtp: {{folder: mail{readers}}}\n"
    mailed.site.write("publisher.yaml", text)
    with opened(mailed.site) as (_, stores), stores.database.writing() as connection:
        for table in ("delivery", "shard", "mailing", "subscription", "subscriber"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        for statement in (
            f"""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {readers})
            INSERT INTO subscriber (email, box, name, language, timezone, fields, created)
            SELECT 'reader' || i || '@d.example', 'box' || i, '', '', '', '{{}}', 0 FROM n""",
            """INSERT INTO subscription
            SELECT id, 'weekly', '', '', 'active', 0, 0, NULL, NULL, '[]' FROM subscriber""",
        ):
            connection.execute(sa.text(statement))


@pytest.mark.long
@pytest.mark.parametrize("mailed", ["postgresql"], indirect=True)
def test_a_server_that_counted_when_all_was_sent_sends_the_next_issue(mailed: Mailed) -> None:
    """It takes what is not sent to be next to nothing, and held each delivery against all others:
    of so many readers its time for a statement was over before a message left."""
    crowd(mailed, 2 * MANY)
    mailed.site.publish()
    with opened(mailed.site) as (_, stores):
        with stores.database.writing() as connection:
            connection.execute(sa.text("UPDATE delivery SET state = 'sent'"))
        with stores.database.reading() as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    mailed.site.article("new.md", "New.", date=later(86400)[:10])
    mailed.site.publish(now=later(WEEK))
    ran = mailed.deliver("--limit", str(SENT), after=WEEK)
    assert (ran.code, ran.out) == (0, f"{SENT} sent\n"), ran.err
