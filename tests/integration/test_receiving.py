"""An issue published and delivered by the real commands, taken by Postfix, fetched by IMAP."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.mailings import Mailed, later
from tests.picture_samples import jpeg, png
from tests.receiving import DOMAIN, Receiver, receiver
from tests.serving import serving
from tests.signing import dkimpy_says, opendkim_says, signing
from tests.sites import CONFIG, NOW, UNJUDGED, Site

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def postbox(program: Callable[[str], str]) -> Iterator[Receiver]:
    for name in ("postfix", "dovecot", "opendkim"):
        program(name)
    if os.geteuid() != 0:
        pytest.skip("only root can start Postfix and Dovecot")
    with receiver({"ann": "ann", "zoë": "zoe", "bob": "bob", "cyn": "cyn", "dee": "dee"}) as there:
        yield there


@pytest.fixture(autouse=True)
def trusted(postbox: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who takes the mail is known to who sends it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    postbox.authority.cert_pem.write_to_path(tmp_path / "ca.pem")


def subscribe(site: Site, readers: str) -> None:
    """Put readers, as CSV, onto the list of the newsletter."""
    site.write("readers.csv", readers)
    ran = site.run("subscribers", "import", "readers.csv", "--newsletter", "weekly", "--confirmed")
    assert ran.code == 0, ran.err


def test_an_issue_arrives_whole_signed_and_with_its_headers(
    postbox: Receiver,
    make_site: Callable[..., Site],
    program: Callable[[str], str],
    tmp_path: Path,
) -> None:
    site = make_site()
    site.article("fog.md", "Text with ü, — and 🙂.\n\n    .\n\n.\n\nThe end.", title="Café fog")
    signs = signing(site.folder)
    site.write(
        "publisher.yaml",
        f"{CONFIG}{UNJUDGED}smtp: {{host: 127.0.0.1, port: {postbox.smtp_port}, connections: 2}}\n"
        f"{signs.config}",
    )
    subscribe(
        site,
        f'email,name\nann@{DOMAIN},"Ann ""A."" Önders"\nzoë@{DOMAIN},Zoë\nnobody@{DOMAIN},N\n',
    )
    mailed = Mailed(site=site, connections=2, database="sqlite")
    site.publish_here()
    ran = mailed.deliver()
    assert (ran.code, ran.out) == (3, "2 sent, 1 failed\n"), (ran.err, postbox.log())
    ledger = {row["recipient"].partition("@")[0]: row for row in mailed.ledger()}
    assert ledger["nobody"]["reply"].startswith("550 ")
    assert "queued as" in ledger["ann"]["reply"]

    for name, box, shown in (("ann", "ann", 'Ann "A." Önders'), ("zoë", "zoe", "Zoë")):
        (raw,) = postbox.box(box)
        assert dkimpy_says(raw, signs.records) == [True, True]
        verdict = opendkim_says(program("opendkim"), raw, signs.records, tmp_path / "judge")
        assert verdict.endswith("succeeded"), verdict
        parsed = message_from_bytes(raw, policy=default)
        (to,) = message_from_string(raw.decode(), policy=default)["to"].addresses
        assert (to.display_name, to.addr_spec) == (shown, f"{name}@{DOMAIN}")
        assert parsed["return-path"] == "<news@courier.example>"
        received = str(parsed["received"])
        assert ("with UTF8SMTPS" if name == "zoë" else "with ESMTPS") in received, "under TLS"
        assert "courier.example" in received
        assert parsed["from"] == "The Example Courier <news@courier.example>"
        assert "Café fog" in parsed["subject"] or "Weekly" in parsed["subject"]
        assert parsed["message-id"] == ledger[name]["message_id"]
        assert parsed["list-id"] == "The Weekly Courier <weekly.courier.example>"
        assert parsed["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
        assert re.fullmatch(
            r"<https://courier\.example/unsubscribe/[A-Za-z0-9_-]{36}>", parsed["list-unsubscribe"]
        )
        assert parsed["precedence"] == "bulk"
        assert isinstance(parsed["date"].datetime, datetime)
        assert all(len(parsed.get_all(field)) == 1 for field in ("From", "To", "Subject", "Date"))
        text, html = parsed.iter_parts()
        assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
        for part in (text, html):
            assert "Café fog" in part.get_content()
            assert parsed["list-unsubscribe"].strip("<>") in part.get_content()
        archived = site.output("newsletters/weekly/1/email.txt").read_text("utf-8")
        token = parsed["list-unsubscribe"].rpartition("/")[2].rstrip(">")
        assert text.get_content().replace("\r\n", "\n") == archived.replace("sample", token)


def test_pictures_inside_a_mail_arrive_byte_for_byte_and_signed(
    postbox: Receiver,
    make_site: Callable[..., Site],
    program: Callable[[str], str],
    tmp_path: Path,
) -> None:
    site = make_site()
    site.write("logo.png", png(480, 128, "RGBA"))
    signs = signing(site.folder)
    site.write(
        "publisher.yaml",
        f"{CONFIG}  theme: {{logo: logo.png}}\n{UNJUDGED}    embed: true\n"
        f"smtp: {{host: 127.0.0.1, port: {postbox.smtp_port}}}\n{signs.config}",
    )
    site.write("articles/boat.jpg", jpeg(1500, 1000))
    site.article("boat.md", "It came home. " * 30, image="{path: boat.jpg, alt: A boat}")
    subscribe(site, f"email\ndee@{DOMAIN}\n")
    mailed = Mailed(site=site, connections=1, database="sqlite")
    site.publish_here()
    assert mailed.deliver().out == "1 sent\n", postbox.log()
    (raw,) = postbox.box("dee")

    assert dkimpy_says(raw, signs.records) == [True, True]
    verdict = opendkim_says(program("opendkim"), raw, signs.records, tmp_path / "judge")
    assert verdict.endswith("succeeded"), verdict
    parsed = message_from_bytes(raw, policy=default)
    assert [part.defects for part in parsed.walk()] == [[]] * 6
    text, related = parsed.iter_parts()
    html, *pictures = related.iter_parts()
    assert text.get_content_type() == "text/plain"
    web = site.output("newsletters/weekly/1/email.html").read_text("utf-8")
    addresses = re.findall(r'<img [^>]*?src="https://courier\.example/([^"]*)"', web)
    assert len(addresses) == len(pictures) == 2
    for address, picture in zip(addresses, pictures, strict=True):
        assert picture.get_content() == site.output(address).read_bytes()
        assert picture.get_filename() == address.rpartition("/")[2]
        assert f'src="cid:{picture["content-id"].strip("<>")}"' in html.get_content()
    assert 'src="http' not in html.get_content(), "nothing is fetched when it is opened"


def test_the_one_click_of_a_mail_that_arrived_holds_before_the_next_leaves(
    postbox: Receiver,
    make_site: Callable[..., Site],
) -> None:
    """As a mail program does it: with what stands in the mail, and nothing else (RFC 8058)."""
    smtp = f"smtp: {{host: 127.0.0.1, port: {postbox.smtp_port}, connections: 2}}\n"
    site = make_site(CONFIG + UNJUDGED + smtp)
    site.article("fog.md", "A text about fog.")
    subscribe(site, f"email\nbob@{DOMAIN}\ncyn@{DOMAIN}\n")
    mailed = Mailed(site=site, connections=2, database="sqlite")
    site.publish()
    assert mailed.deliver().out == "2 sent\n", postbox.log()
    (raw,) = postbox.box("bob")
    mail = message_from_bytes(raw, policy=default)
    link = urlsplit(mail["list-unsubscribe"].strip("<>"))
    assert (link.scheme, link.netloc) == ("https", "courier.example")

    site.article("tide.md", "A text about tides.", date="2026-11-01")
    assert site.run("issue", "compose", "weekly", now=later(3600)).code == 0
    assert mailed.states() == {"sent": 2, "pending": 2}, "the next one is about to leave"
    with serving(site, "--now", NOW) as server:
        line = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
        fields = {"Content-Type": "application/x-www-form-urlencoded", "Host": link.netloc}
        line.request("POST", link.path, mail["list-unsubscribe-post"], fields)
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (200, b"unsubscribed\n")
        assert answer.headers["Set-Cookie"] is answer.headers["Location"] is None
        line.close()
    assert mailed.deliver(after=3600).out == "1 sent\n"
    site.article("gull.md", "A text about gulls.", date="2026-11-02")
    assert site.run("issue", "compose", "weekly", now=later(7200)).code == 0
    assert mailed.deliver(after=7200).out == "1 sent\n"
    told = {(row["recipient"].partition("@")[0], row["issue"]): row for row in mailed.ledger()}
    assert {place: row["state"] for place, row in told.items()} == {
        ("bob", "1"): "sent",
        ("bob", "2"): "skipped",
        ("cyn", "1"): "sent",
        ("cyn", "2"): "sent",
        ("cyn", "3"): "sent",
    }
    assert len(postbox.box("cyn", wanted=3)) == 3
    assert postbox.box("bob") == [raw]
