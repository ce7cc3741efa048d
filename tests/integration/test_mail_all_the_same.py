"""`publish --deliver` where publishing fails: mail that is due has no part in that."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from publisher.outputs.lock import hold_lock
from publisher.store.notices import Asked
from tests.mailings import Mailed, config
from tests.relays import relay
from tests.sites import Site
from tests.subscribing import a_wish, self_service


@contextmanager
def broken_template(site: Site) -> Iterator[None]:
    site.write("templates/web/article.html", "{% if %}")
    yield


@contextmanager
def no_source(site: Site) -> Iterator[None]:
    (site.folder / "articles").rename(site.folder / "elsewhere")
    yield


@contextmanager
def another_run(site: Site) -> Iterator[None]:
    with hold_lock(site.folder / ".publisher/lock"):
        yield


@contextmanager
def refused_article(site: Site) -> Iterator[None]:
    site.write("articles/bad.md", "---\ntitle: [open\n---\nx\n")
    yield


@pytest.mark.parametrize(
    ("failing", "options", "code", "said"),
    [
        (broken_template, (), 1, "article.html"),
        (no_source, (), 2, "articles"),
        (another_run, (), 75, "another run is writing"),
        (refused_article, ("--strict",), 1, "bad.md:2"),
    ],
)
def test_mail_leaves_where_publishing_fails(
    mailed: Mailed,
    tmp_path: Path,
    failing: Callable[[Site], AbstractContextManager[None]],
    *,
    options: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    """Who subscribed waits for a confirmation, and some for what the relay put off."""
    with relay(tmp_path / "log") as there:
        mailed.use(there)
        addresses = mailed.readers(3)
        mailed.site.publish()
        with self_service(mailed, 0) as service:
            assert service.ask(a_wish("new@x.example")) is Asked.MAILED
        with failing(mailed.site):
            assert mailed.site.publish(*options, code=code).out.count("sent") == 0
            assert not there.taken()
            ran = mailed.site.publish("--deliver", *options, code=code)
        assert said in ran.err
        assert ran.out.endswith("about subscriptions: 1 sent\n3 sent\n")
        assert there.copies() == dict.fromkeys([*addresses, "new@x.example"], 1)


def test_what_publishing_fails_of_is_told_before_what_mail_does(mailed: Mailed) -> None:
    mailed.readers(1)
    text = (mailed.site.folder / "publisher.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("smtp:")]
    mailed.site.write("publisher.yaml", "\n".join(lines) + "\n")
    mailed.site.write("templates/web/article.html", "{% if %}")
    ran = mailed.site.publish("--deliver", code=1)
    assert ran.err.index("article.html") < ran.err.index("smtp is not set")


def test_what_both_fail_of_is_told_once(mailed: Mailed) -> None:
    mailed.readers(1)
    if mailed.database == "sqlite":
        (mailed.site.folder / ".publisher/publisher.db").write_bytes(b"no database " * 1000)
    else:
        import psycopg

        with psycopg.connect(mailed.database) as connection:
            connection.execute("DROP TABLE schema_version")  # the others are in the way of new ones
    ran = mailed.site.publish("--deliver", code=1)
    assert ran.err.count(": cannot be used: ") == ran.err.count("error: ") == 1


def test_a_database_that_is_away_is_waited_for_by_the_next_run(mailed: Mailed) -> None:
    """`deliver` itself waits a quarter of an hour."""
    with socket.socket() as silent:  # bound, so that nobody else listens there
        silent.bind(("127.0.0.1", 0))
        away = f"database: postgresql://x@127.0.0.1:{silent.getsockname()[1]}/x\n"
        mailed.site.write("publisher.yaml", config(1) + away)
        ran = mailed.site.publish("--deliver", code=1)
    assert ran.err.count("error: ") == 1
