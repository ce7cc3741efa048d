"""A folder over IMAP as a source: only read, only what is new, and kept when the server is away."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from publisher.config.load import load_config
from publisher.publishing.publish import PublishOptions, PublishReport, publish
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.mail_sources import newsletter
from tests.sites import Site
from tests.web_servers import free_port

SITE = 'site: {title: Paper, url: "https://paper.example/", language: en, timezone: UTC}\n'
SOURCE = """\
sources:
  - name: inbox
    type: imap
    from: news.example
    every: 1s
    imap: {host: 127.0.0.1, port: %d, security: none, username: jane, password_env: MAIL_PASSWORD}
"""


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)


@pytest.fixture(scope="module")
def server(program: Callable[[str], str]) -> Iterator[Dovecot]:
    with dovecot(program("dovecot")) as running:
        running.put("1.a", newsletter())
        running.put("2.b", newsletter(message_id="<2@home>", sender="Mother <m@home.example>"))
        yield running


def run(site: Site, *, now: str = "2026-11-22T08:00:00+00:00", **options: bool) -> PublishReport:
    from datetime import datetime

    return publish(
        load_config(site.folder / "publisher.yaml"),
        PublishOptions(any_time=True, **options),  # type: ignore[arg-type]
        clock=lambda: datetime.fromisoformat(now),
        progress=lambda *_: None,
    )


def kept(site: Site) -> list[bytes]:
    return [
        path.read_bytes() for path in sorted((site.folder / ".publisher/mail/inbox").glob("*.eml"))
    ]


def test_new_mail_is_fetched_and_nothing_flagged(
    server: Dovecot, make_site: Callable[..., Site]
) -> None:
    site = make_site(SITE + SOURCE % server.port)
    ran = site.run("articles")
    assert (ran.code, ran.out) == (0, "no articles\n")
    assert not (site.folder / ".publisher/mail").exists()  # whoever looks asks no server
    run(site, dry_run=True)
    assert not (site.folder / ".publisher/mail").exists()
    report = run(site)
    assert (report.counts["listed"], report.problems) == (1, ())
    assert server.seen() == []
    assert len(kept(site)) == 1, "a private mail is never copied"
    assert b"Mother" not in b"".join(kept(site))
    before = site.tree(".publisher/mail/inbox")
    server.put("3.c", newsletter(message_id="<3@news.example>", subject="Tides"))
    report = run(site, now="2026-11-22T09:00:00+00:00")
    assert (report.counts["listed"], report.opened) == (2, 1)
    after = site.tree(".publisher/mail/inbox")
    old = [name for name in before if name.endswith(".eml")]
    assert all(after[name] == before[name] for name in old), "what is there is not fetched again"
    # moved away on the server: gone here
    for path in [*(server.maildir / "new").iterdir(), *(server.maildir / "cur").iterdir()]:
        if path.name.startswith("3.c"):
            path.unlink()
    assert run(site, now="2026-11-22T10:00:00+00:00").counts["listed"] == 1


def test_articles_stay_while_the_server_is_away(
    server: Dovecot, make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(SITE + SOURCE % server.port)
    run(site)
    before = {name: data for name, (data, _) in site.tree().items()}
    site.write("publisher.yaml", SITE + SOURCE % free_port())
    report = run(site, now="2026-11-22T09:00:00+00:00")
    assert report.exit_code == 3
    (problem,) = report.problems
    assert "imap 127.0.0.1: cannot be read" in str(problem)
    assert "what came until 2026-11-22T08:00:00+00:00 is used" in str(problem)
    assert problem.mend
    assert {name: data for name, (data, _) in site.tree().items()} == before
    assert site.run("articles").code == 3
    # the password is wrong
    site.write("publisher.yaml", SITE + SOURCE % server.port)
    monkeypatch.setenv("MAIL_PASSWORD", "wrong")
    assert run(site, now="2026-11-22T10:00:00+00:00").exit_code == 3
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    assert run(site, now="2026-11-22T11:00:00+00:00").exit_code == 0


def test_lost_copies_and_new_rules_fetch_again(
    server: Dovecot, make_site: Callable[..., Site]
) -> None:
    config = SITE + SOURCE % server.port
    site = make_site(config)
    run(site)
    shutil.rmtree(site.folder / ".publisher/mail")
    assert run(site, now="2026-11-22T09:00:00+00:00").counts["listed"] == 1
    site.write("publisher.yaml", config.replace("from: news.example", "from: home.example"))
    report = run(site, now="2026-11-22T10:00:00+00:00")
    assert report.counts["listed"] == 1
    assert b"Mother" in b"".join(kept(site))


def test_no_server_no_copies_is_a_problem_and_costs_no_other_source(
    make_site: Callable[..., Site],
) -> None:
    other = "  - {name: articles, path: articles}\n"
    site = make_site(SITE + SOURCE % free_port() + other)
    site.article("a.md")
    report = run(site)
    assert report.counts["listed"] == 1
    assert "nothing ever came" in str(report.problems[0])


@pytest.mark.parametrize("key", ["password: x", "password_env: A, password_file: b"])
def test_passwords_stand_elsewhere_and_once(key: str, make_site: Callable[..., Site]) -> None:
    site = make_site(SITE + (SOURCE % 1).replace("password_env: MAIL_PASSWORD", key))
    assert site.run("check").code == 2
