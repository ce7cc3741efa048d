"""`publisher test-send`, and the folder that messages are written to where there is no relay."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from tests.bounce_samples import SAMPLES
from tests.mailings import Mailed
from tests.signing import dkimpy_says, signing
from tests.sites import CONFIG, UNJUDGED, Site
from tests.smtp_servers import SmtpServer, serving_smtp

HARD = next(sample for sample in SAMPLES if sample.name == "Postfix: unknown")
FOLDER = "smtp: {folder: outbox, connections: 3}\n"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    made = make_site(CONFIG + UNJUDGED + FOLDER)
    made.article("fog.md", "A text about fog.")
    return made


def to_relay(site: Site, server: SmtpServer, more: str = "") -> None:
    smtp = f"smtp: {{host: 127.0.0.1, port: {server.port}, security: none, timeout: 2s}}\n"
    site.write("publisher.yaml", CONFIG + UNJUDGED + smtp + more)


def outbox(site: Site) -> dict[str, EmailMessage]:
    """The messages in the folder, by the address they are to."""
    found = {}
    for file in (site.folder / "outbox").iterdir():
        assert file.suffix == ".eml"
        assert file.stat().st_mode & 0o777 == 0o600, "it holds addresses of people"
        message = message_from_bytes(file.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        assert message["message-id"].partition("@")[0] == f"<{file.stem}"
        found[message["to"].addresses[0].addr_spec] = message
    return found


def test_what_was_taken_back_since_is_not_sent(site: Site) -> None:
    mailed = Mailed(site=site, connections=3, database="sqlite")
    mailed.readers(3)
    site.article("boat.md", "A text about a boat.")
    site.publish_here()
    assert "is not sent yet is paused" in site.run("retract", "fog.md").out
    ran = mailed.deliver()
    assert (ran.code, "sent" in ran.out) == (3, False)
    assert "issue 1 of weekly holds fog.md that was taken back since" in ran.err
    assert not (site.folder / "outbox").exists()
    assert "paused: holds fog.md" in site.run("status").out
    assert site.run("issue", "resume", "weekly", "1").code == 0
    assert mailed.deliver().out == "3 sent\n", "a person said so"


def test_a_record_that_cannot_be_read_holds_up_no_mail(site: Site) -> None:
    mailed = Mailed(site=site, connections=3, database="sqlite")
    mailed.readers(3)
    site.publish_here()
    site.write("published.jsonl", "<<<<<<< ours\n")
    ran = mailed.deliver()
    assert (ran.code, ran.out) == (3, "3 sent\n")
    assert "whether an article was taken back is not known: " in ran.err
    assert "published.jsonl:1: a merge was begun here" in ran.err


@pytest.mark.parametrize(
    ("date", "stamped"),
    [
        ("2026-11-03", "Sun, 22 Nov 2026 15:00:00 +0700"),
        ("2026-11-22T14:30:00+07:00", "Sun, 22 Nov 2026 14:30:00 +0700"),
    ],
    ids=["long ago", "just now"],
)
def test_a_message_is_dated_when_it_was_made(site: Site, date: str, stamped: str) -> None:
    """The article that it holds may have lain about for weeks."""
    each = UNJUDGED.replace('{every: week, on: monday, at: "07:00"}', "{every: article}")
    site.write("publisher.yaml", CONFIG + each + FOLDER)
    mailed = Mailed(site=site, connections=3, database="sqlite")
    mailed.readers(1)
    site.publish_here(now="2026-11-21T08:00:00Z")
    assert site.output("newsletters/weekly/1/index.html").exists()
    site.article("late.md", date=date)
    site.publish_here()
    mailed.deliver()
    files = (site.folder / "outbox").iterdir()
    dates = [message_from_bytes(file.read_bytes())["date"] for file in files]
    assert dates == [stamped]


def test_without_a_relay_messages_are_written_to_a_folder_once(site: Site) -> None:
    mailed = Mailed(site=site, connections=3, database="sqlite")
    addresses = mailed.readers(12)
    site.publish_here()
    ran = mailed.deliver()
    assert (ran.code, ran.out) == (0, "12 sent\n")
    assert set(outbox(site)) == set(addresses)
    rows = {row["recipient"]: row for row in mailed.ledger()}
    for address, message in outbox(site).items():
        assert rows[address]["message_id"] == message["message-id"]
        name = message["message-id"].partition("@")[0].lstrip("<")
        assert rows[address]["reply"] == f"250 written to outbox/{name}.eml"
    before = site.tree("outbox")
    assert mailed.deliver().out == "nothing to send\n"
    assert site.tree("outbox") == before


def test_a_folder_writes_what_a_relay_would_get(site: Site) -> None:
    mailed = Mailed(site=site, connections=3, database="sqlite")
    mailed.readers(1)
    site.publish_here()
    mailed.deliver()
    (file,) = (site.folder / "outbox").iterdir()
    with serving_smtp(SmtpServer()) as server:
        to_relay(site, server)
        ran = site.run("test-send", "weekly", "Reader 0 <reader0@d0.example>", "1")
        assert ran.code == 0, ran.err
    heard = message_from_bytes(server.texts[0], policy=default)
    written = message_from_bytes(file.read_bytes(), policy=default)
    own = {"message-id", "list-unsubscribe"}
    assert len(heard.keys()) == len(written.keys()) > 10
    assert [(k, v) for k, v in heard.items() if k.lower() not in own] == [
        (k, v) for k, v in written.items() if k.lower() not in own
    ]


def test_a_folder_that_cannot_be_written_stops_it_and_says_so(site: Site) -> None:
    mailed = Mailed(site=site, connections=3, database="sqlite")
    mailed.readers(2)
    site.publish_here()
    site.write("outbox", "a file")
    ran = mailed.deliver()
    assert ran.code == 2
    assert "smtp.folder" in ran.err
    (site.folder / "outbox").unlink()
    assert mailed.deliver().out == "2 sent\n"


@pytest.mark.parametrize("folder", ["output/mail", "articles", "."])
def test_a_folder_that_would_be_published_is_refused(site: Site, folder: str) -> None:
    site.write("publisher.yaml", CONFIG + UNJUDGED + FOLDER.replace("outbox", folder))
    ran = site.run("check")
    assert ran.code == 2
    assert "smtp.folder: " in ran.err
    assert "publisher.yaml:14" in ran.err


def test_the_next_issue_goes_to_one_address_and_nothing_else_changes(site: Site) -> None:
    signs = signing(site.folder)
    before = site.tree(".")
    with serving_smtp(SmtpServer(offers=("SMTPUTF8", "8BITMIME"))) as server:
        to_relay(site, server, signs.config)
        before["publisher.yaml"] = site.tree(".")["publisher.yaml"]
        ran = site.run("test-send", "weekly", "Zoë <zoë@x.example>")
        assert (ran.code, ran.out) == (
            0,
            "issue 1 of weekly to zoë@x.example: 250 2.0.0 taken\n",
        )
        after = site.tree(".")
        assert {name: after.get(name) for name in before} == before
        assert not {name for name in after if not name.startswith(".publisher/")} - set(before)
        assert not (site.folder / ".publisher/publisher.db").exists()
        assert site.run("test-send", "weekly", "r@x.example", "-q").out == ""
        site.publish_here()
        assert site.run("status").out == "issue 1 of weekly: nothing to send\n"
        made = site.run("test-send", "weekly", "r@x.example", "1")
        assert made.out == "issue 1 of weekly to r@x.example: 250 2.0.0 taken\n"
        assert site.run("ledger", "--csv").out.count("\n") == 1, "only the line of titles"
    archived = message_from_bytes(
        site.output("newsletters/weekly/1/email.eml").read_bytes(), policy=default
    )
    ids = set()
    for text in server.texts:
        raw = text.replace(b"\r\n..", b"\r\n.")
        assert dkimpy_says(raw, signs.records) == [True, True]
        message = message_from_bytes(raw, policy=default)
        assert message["subject"] == archived["subject"], "with nothing added"
        assert message["list-unsubscribe"] == "<https://courier.example/unsubscribe/sample>"
        assert message["date"] == archived["date"]
        assert isinstance(message, EmailMessage)
        for part, other in zip(message.iter_parts(), archived.iter_parts(), strict=True):
            assert part.get_content() == other.get_content()
        ids.add(message["message-id"])
    assert len(ids) == 3, "mail programs hide a second one with the same id"


def test_it_leaves_from_an_address_like_a_reader_s(site: Site) -> None:
    """Each time another, that names nobody; a return of it suppresses nobody."""
    with serving_smtp(SmtpServer()) as server:
        to_relay(site, server, "bounces: {address: bounces@mail.example, mbox: returned}\n")
        for _ in range(2):
            assert site.run("test-send", "weekly", "r@x.example").code == 0
    froms = [line for line in server.lines if line.upper().startswith("MAIL FROM")]
    senders = [re.search("<(.*)>", line)[1] for line in froms]  # type: ignore[index]
    assert len(set(senders)) == 2
    for sender in senders:
        assert re.fullmatch(r"bounces\+[a-z2-7]{44}@mail\.example", sender)
    assert not (site.folder / ".publisher/publisher.db").exists()
    back = HARD.raw(senders[0], "r@x.example")
    site.write("returned", b"From MAILER-DAEMON Sun Nov 22 08:00:00 2026\n" + back)
    assert site.run("bounces").out == "1 unsigned; 0 readers suppressed\n"


def test_it_is_written_to_the_folder_too(site: Site) -> None:
    ran = site.run("test-send", "weekly", "r@x.example")
    assert ran.code == 0
    assert "r@x.example: 250 written to outbox/weekly.1.test-" in ran.out
    assert set(outbox(site)) == {"r@x.example"}


def test_what_cannot_be_sent_is_said(site: Site) -> None:
    with serving_smtp(SmtpServer(answers={"RCPT": "550 5.1.1 no such reader"})) as server:
        to_relay(site, server)
        ran = site.run("test-send", "weekly", "r@x.example")
    assert ran.code == 1
    assert "issue 1 of weekly was not taken for r@x.example: 550 5.1.1 no such reader" in ran.err
    ran = site.run("test-send", "weekly", "r@x.example")
    assert ran.code == 1, "the relay is gone"
    assert "Connection refused" in ran.err
    for arguments, code, said in (
        (["weekly", "nobody"], 2, "'nobody' cannot be mailed; write name@domain"),
        (["weekly", "r x@x.example"], 2, "cannot be"),
        (["weekly", "r..x@x.example"], 2, "cannot be mailed; before the @, plain SMTP carries"),
        (["weekly", "r@x.example\r\nBcc: e@x.example"], 2, "cannot be"),
        (["monthly", "r@x.example"], 2, "there is no newsletter"),
        (["weekly", "r@x.example", "7"], 1, "7"),
    ):
        ran = site.run("test-send", *arguments)
        assert ran.code == code, ran
        assert said in ran.err
    site.publish_here()
    ran = site.run("test-send", "weekly", "r@x.example")
    assert ran.code == 1
    assert "nothing new for weekly" in ran.err
    assert "publisher issue list weekly" in ran.err
