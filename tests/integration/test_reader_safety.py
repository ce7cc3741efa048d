"""What people type and what templates ask for: it stays text, and nobody learns of others.

Threats S2, S7, S10, S14 and S20 of a sender; the others have their tests beside what they threaten.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from tests import subscribing
from tests.mailings import Mailed
from tests.relays import relay
from tests.serving import serving, within
from tests.sites import NOW
from tests.subscribing import Desk, check_page, dump, links, mails, post, token_of

SCRIPT = "<img src=x onerror=alert(1)>{{7*7}}"
CANARY = "zz-canary@x.test"
_STATEMENTS = (
    "'",
    "''); DROP TABLE subscriber; --",
    "weekly' OR '1'='1",
    "id desc,(select 1)",
    "%",
)
SECRET = "correct-horse-battery"

mailed = subscribing.mailed
desk = subscribing.desk


def test_a_name_is_text_wherever_it_is_shown(mailed: Mailed, tmp_path: Path) -> None:
    """S2: by a list into mails, pages, what is shown and what is taken out."""
    mailed.site.write("list.csv", f'email,name\nann@x.example,"{SCRIPT}"\n')
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
        assert mailed.site.run(*taken).code == 0
        mailed.site.publish("--deliver")
        (issue,) = mails(tmp_path)
        assert issue["To"].addresses[0].display_name == SCRIPT
        for part in issue.walk():
            if not part.is_multipart():
                assert "onerror" not in part.get_content()
        with serving(mailed.site, "--now", NOW) as server:
            for path in (links(issue)["preferences"], links(issue)["unsubscribe"]):
                page = server.ask(path)
                assert page.status == 200
                assert b"<img" not in page.body
                check_page(page)
        exported = mailed.site.run("subscribers", "export").out
        assert SCRIPT in exported
        assert "49" not in exported.replace("2026", "")


@pytest.mark.parametrize(
    "asked",
    ["{{ config }}", "{{ smtp }}", "{{ environ }}"],
)
def test_a_template_cannot_ask_for_what_is_not_in_the_mail(mailed: Mailed, asked: str) -> None:
    """S7: it is refused by name before anything is written."""
    ours = Path("templates/email/digest.mjml").read_text("utf-8")
    block = "{% block entries %}"
    assert block in ours
    mailed.site.write("templates/email/digest.mjml", ours.replace(block, block + asked))
    ran = mailed.site.run("publish")
    assert ran.code == 1
    assert "templates/email/digest.mjml" in ran.err
    assert not mailed.site.output("newsletters").exists()


def test_a_template_that_shows_all_it_is_given_shows_no_secret(
    mailed: Mailed, tmp_path: Path
) -> None:
    """S7: neither password nor key, nor where they lie."""
    mailed.site.write("secrets/password", SECRET).chmod(0o600)
    with relay(tmp_path / "log", f"keep={tmp_path}/mail") as there:
        mailed.use(there)
        text = (mailed.site.folder / "publisher.yaml").read_text()
        text = text.replace(
            "security: none", "security: none, username: news, password_file: secrets/password"
        )
        mailed.site.write("publisher.yaml", text)
        mailed.readers(1)
        ours = Path("templates/email/digest.txt").read_text("utf-8")
        block = "{% block entries %}"
        assert block in ours
        everything = "{{ self._TemplateReference__context }}"
        mailed.site.write("templates/email/digest.txt", ours.replace(block, block + everything))
        said = mailed.site.run("issue", "preview", "weekly").out
        assert "<Context {" in said
        assert "The Weekly Courier" in said
        for secret in (SECRET, "secrets/password", "127.0.0.1", str(mailed.site.folder)):
            assert secret not in said


def test_what_is_typed_is_no_sql(desk: Desk, mailed: Mailed) -> None:
    """S10: in every field and part of an address that is asked for."""
    mailed.readers(3)
    before = dump(mailed)
    token = token_of(mailed, "reader0@d0.example")
    for text in _STATEMENTS:
        fields = ("email", "newsletter", "rhythm", "pause", "language", "of")
        for path in (f"/preferences/{token}", f"/unsubscribe/{token}", "/subscribe", "/confirm/'"):
            reply = desk.post(path, dict.fromkeys(fields, text))
            assert reply.status < 500, (path, reply.status)
        for command in (
            ("subscribers", "show", text),
            ("subscribers", "suppress", text),
            ("subscribers", "erase", text),
            ("issue", "resume", text, "1"),
        ):
            assert mailed.site.run(*command).code in (0, 1, 2)
    after = dump(mailed)
    assert after["subscriber"] == before["subscriber"]
    states = {row[0]: row[4] for row in after["subscription"]}
    assert sorted(map(str, states.values())) == ["active", "active", "unsubscribed"]


def test_known_and_unknown_take_as_long(mailed: Mailed) -> None:
    """S14: by the median of many, each asked once, turn by turn."""
    count = 60
    mailed.readers(count)
    took: dict[str, list[float]] = {"known": [], "new": []}
    with serving(mailed.site, "--now", NOW) as server:
        for number in range(count):
            for kind, address in (
                ("known", f"reader{number}@d{number % 7}.example"),
                ("new", f"stranger{number}@d{number % 7}.example"),
            ):
                network = f"198.{51 + (kind == 'new')}.{number}.7"
                began = time.perf_counter()
                reply = post(server, "/subscribe", {"email": address}, X_Forwarded_For=network)
                took[kind].append(time.perf_counter() - began)
                assert reply.status == 200
    known, new = (statistics.median(times) for times in took.values())
    assert abs(known - new) < within(0.005)


def test_who_is_erased_after_a_delivery_is_nowhere(mailed: Mailed, tmp_path: Path) -> None:
    """S20: not in what a relay said of them, not in what they asked for, not in any file."""
    with relay(tmp_path / "log", "rcpt550=1") as there:
        mailed.use(there)
        mailed.site.write("list.csv", f"email,name\n{CANARY},Zz Canary\nann@x.example,Ann\n")
        taken = ("subscribers", "import", "list.csv", "--newsletter", "weekly", "--confirmed")
        mailed.site.run(*taken)
        (mailed.site.folder / "list.csv").unlink()
        mailed.site.publish()
        assert mailed.deliver().out == "2 failed\n"
        assert CANARY in mailed.ledger()[0]["reply"], "the relay says whom it does not know"
        with serving(mailed.site, "--now", NOW) as server:
            post(server, "/subscribe", {"email": CANARY})
            assert mailed.site.run("subscribers", "erase", CANARY).out == "erased\n"
            for log in mailed.site.folder.glob("*.log"):
                assert b"anary" not in log.read_bytes()
        for name, (data, _) in mailed.site.tree(".").items():
            assert b"anary" not in data, name
        assert len(mailed.ledger()) == 2, "that something was sent to somebody stays"
