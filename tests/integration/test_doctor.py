"""`publisher doctor`: a set-up in which all is well, and each thing that can be wrong with it."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import pytest
import trustme

from publisher.checkup import Check, examine
from publisher.config.load import load_config
from publisher.transport.names import Resolver
from tests.dns_servers import serving_dns, txt
from tests.signing import published, rsa_key, signing, write_key
from tests.sites import CONFIG, NOW, UNJUDGED, Site
from tests.smtp_servers import SmtpServer, serving_smtp
from tests.web_servers import RawServer, answer

SENDER = "1.1.1.7"
"""An address as mail leaves from; nobody connects to it."""
SECRET = "zz-canary-word"
Records = dict[tuple[str, str], list[str]]


@dataclass
class SetUp:
    """A site with its relay, DNS and web server, all well unless a test changes them."""

    site: Site
    relay: SmtpServer
    records: Records
    web: RawServer
    resolver: str
    smtp: str
    dkim: str
    statuses: dict[str, str]

    def write(self, **replaced: str) -> None:
        """publisher.yaml, with some of its text replaced."""
        text = f"{CONFIG}{UNJUDGED}{self.smtp}{self.dkim}web: {{url: '{self.web.address}'}}\n"
        for old, new in replaced.items():
            assert old in text or old in OLD
            text = text.replace(OLD.get(old, old), new)
        self.site.write("publisher.yaml", text)

    def checks(self, address: str | None = SENDER) -> dict[str, Check]:
        """What is found, by name; of several of one name the worst."""
        import ipaddress

        host, _, port = self.resolver.partition(":")
        found: dict[str, Check] = {}
        for check in examine(
            load_config(self.site.folder / "publisher.yaml"),
            lambda: Resolver((host, int(port))),
            clock=lambda: datetime.fromisoformat(NOW),
            sender=ipaddress.ip_address(address) if address else None,
        ):
            if check.name not in found or check.found == "finding":
                found[check.name] = check
        return found

    def findings(self, address: str | None = SENDER) -> dict[str, Check]:
        return {n: c for n, c in self.checks(address).items() if c.found == "finding"}


OLD = {"sender": "news@courier.example", "postal": "1 Pier Road, Example Harbour"}


@pytest.fixture
def well(make_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> Iterator[SetUp]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    monkeypatch.setenv("RELAY_WORD", SECRET)
    site = make_site()
    site.article("fog.md")
    signs = signing(site.folder)
    statuses = {"/unsubscribe/sample": "200 OK"}
    date = format_datetime(datetime.fromisoformat(NOW))

    def answers(connection: Any, request: bytes) -> None:
        path = request.split()[1].decode()
        status, robots = statuses.get(path, "404 Not Found"), statuses.get("robots", "noindex")
        connection.sendall(answer(status, date=date, x_robots_tag=robots))

    records: Records = {(name, "TXT"): [txt(text)] for name, text in signs.records.items()} | {
        ("courier.example", "MX"): ["20 mx2.courier.example.", "10 mx1.courier.example."],
        ("courier.example", "TXT"): [txt("v=spf1 include:relay.example ~all"), txt("other=1")],
        ("relay.example", "TXT"): [txt("v=spf1 ip4:1.1.1.0/28 -all")],
        ("_dmarc.courier.example", "TXT"): [txt("v=DMARC1; p=quarantine; adkim=s")],
        ("7.1.1.1.in-addr.arpa", "PTR"): ["out7.relay.example."],
        ("out7.relay.example", "A"): [SENDER],
    }
    relay = SmtpServer(offers=("AUTH PLAIN", "STARTTLS"), tls=context, password=SECRET)
    with (
        authority.cert_pem.tempfile() as file,
        serving_smtp(relay),
        serving_dns(records) as resolver,
        RawServer(answers, tls=context) as web,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", file)
        made = SetUp(
            site=site,
            relay=relay,
            records=records,
            web=web,
            resolver=resolver,
            smtp=f"smtp: {{host: 127.0.0.1, port: {relay.port}, username: us, "
            "password_env: RELAY_WORD, timeout: 2s}\n",
            dkim=signs.config,
            statuses=statuses,
        )
        made.write()
        yield made


def test_all_is_well_and_nothing_was_changed(well: SetUp) -> None:
    before = well.site.tree(".")
    ran = well.site.run("doctor", "--resolver", well.resolver, "--address", SENDER)
    assert (ran.code, ran.err) == (0, ""), ran.out
    lines = ran.out.splitlines()
    assert {line.split()[0] for line in lines} == {"good"}, ran.out
    for said in (
        "relay 127.0.0.1:",
        "login 127.0.0.1:",
        "RSA of 2048 bits",
        "Ed25519",
        "mx1.courier.example takes its mail",
        f"lets {SENDER} send for it",
        "rsa._domainkey.courier.example: has our key",
        "ed._domainkey.courier.example: has our key",
        "asks receivers for quarantine",
        "signatures are by courier.example",
        "out7.relay.example, and that has this address",
        "/unsubscribe/sample: can be reached",
        "clock this machine: agrees",
        "state .publisher: can be written",
    ):
        assert said in ran.out
    assert SECRET not in ran.out
    assert well.site.tree(".") == before
    assert [line[:4].upper() for line in well.relay.lines][-1] == "QUIT"
    assert not well.relay.heard("MAIL")
    assert {request.split()[0] for request in well.web.requests} == {b"GET"}


def test_findings_are_told_to_people_and_programs(well: SetUp) -> None:
    del well.records["_dmarc.courier.example", "TXT"]
    command = ("doctor", "--resolver", well.resolver, "--address", SENDER)
    ran = well.site.run(*command)
    assert ran.code == 3
    assert re.search(
        r"^finding  dmarc courier\.example: .*\n +do: publish TXT at _dmarc", ran.out, re.MULTILINE
    )
    told = json.loads(well.site.run(*command, "--json").out)
    assert [one["name"] for one in told if one["found"] == "finding"] == ["dmarc"]
    assert all(set(one) == {"name", "about", "found", "said", "mend"} for one in told)


RSA, COURIER = ("rsa._domainkey.courier.example", "TXT"), ("courier.example", "TXT")


@pytest.mark.parametrize(
    ("name", "record", "values", "said"),
    [
        ("dkim", RSA, [], "has no key"),
        ("dkim", RSA, ["v=DKIM1; k=rsa; p="], "was revoked"),
        ("dkim", RSA, ["v=DKIM1; k=rsa; p=AAAA"], "another key than ours"),
        ("dkim", RSA, [f"t=y; {published(rsa_key())}"], "marked as a test"),
        ("spf", COURIER, ["other=1"], "has no SPF record"),
        ("spf", COURIER, ["v=spf1 -all", "v=spf1 ~all"], "has 2 SPF records"),
        ("spf", COURIER, ["v=spf1 +all"], "lets everybody"),
        ("spf", COURIER, ["v=spf1 -all"], f"does not let {SENDER} send"),
        ("spf", COURIER, ["v=spf1 " + "a " * 11 + "-all"], "asks the DNS 11 times"),
        ("dmarc", ("_dmarc.courier.example", "TXT"), ["v=DMARC1; rua=x"], "no policy"),
        (
            "dmarc",
            ("_dmarc.courier.example", "TXT"),
            ["v=DMARC1; p=none", "v=DMARC1; p=reject"],
            "more than one",
        ),
        ("mx", ("courier.example", "MX"), ["0 ."], "nobody takes mail"),
        ("mx", ("courier.example", "MX"), [], "neither MX record nor address"),
        ("reverse", ("7.1.1.1.in-addr.arpa", "PTR"), [], "has no name"),
        ("reverse", ("out7.relay.example", "A"), ["1.1.1.8"], "which has another address"),
        ("dns", ("courier.example", "FAIL"), ["x"], "gives no answer about courier.example"),
    ],
)
def test_a_bad_record_is_found_and_what_to_do(
    well: SetUp, name: str, record: tuple[str, str], values: list[str], said: str
) -> None:
    quoted = [txt(value) if record[1] == "TXT" else value for value in values]
    well.records[record] = quoted
    found = well.findings()
    assert set(found) == {name}
    assert said in found[name].said
    assert found[name].mend


def test_a_key_that_is_missing_is_given_as_its_record(well: SetUp) -> None:
    well.records[RSA] = []
    assert published(rsa_key()) in well.findings()["dkim"].mend


def test_strict_alignment_wants_the_very_domain(well: SetUp) -> None:
    well.write(sender="news@mail.courier.example")
    well.records["mail.courier.example", "MX"] = ["10 mx1.courier.example."]
    well.records["mail.courier.example", "TXT"] = [txt("v=spf1 ip4:1.1.1.7 -all")]
    assert "adkim=s" in well.findings()["alignment"].said
    well.records["_dmarc.courier.example", "TXT"] = [txt("v=DMARC1; p=none")]
    assert well.findings() == {}


def test_keys_that_are_weak_or_open(well: SetUp) -> None:
    write_key(well.site.folder / "rsa.pem", rsa_key(1024))
    well.records[RSA] = [txt(published(rsa_key(1024)))]
    assert "1024 bits" in well.findings()["key"].said
    (well.site.folder / "rsa.pem").chmod(0o644)
    found = well.findings()
    assert "mode 644" in found["key"].said
    assert "chmod 600" in found["key"].mend
    well.dkim = "dkim: {domain: courier.example, selector: ed, key_file: ed.pem}\n"
    well.write()
    assert "verify RSA only" in well.findings()["key"].said


def test_passwords_that_are_open_or_not_there(well: SetUp) -> None:
    """Of the mailbox, and of what is published elsewhere; the relay says it of its own."""
    word = well.site.write("mailbox", SECRET)
    word.chmod(0o644)
    plain = well.smtp
    mailbox = "imap: {host: 127.0.0.1, username: us, password_file: mailbox}"
    well.smtp = plain + f"bounces: {{address: back@courier.example, {mailbox}}}\n"
    well.write()
    (check,) = well.findings().values()
    assert (check.name, "bounces.imap.password_file" in check.said) == ("secrets", True)
    assert "mode 644" in check.said
    assert check.mend == f"chmod 600 {word}"
    word.chmod(0o600)
    assert well.findings() == {}
    word.unlink()
    assert well.findings() == {}
    told = well.checks(SENDER)["secrets"]
    assert (told.found, "No such file" in told.said) == ("unknown", True)
    well.smtp = plain.replace("password_env: RELAY_WORD", "password_file: relay")
    well.site.write("relay", SECRET).chmod(0o644)
    well.write()
    assert set(well.findings()) == {"relay"}


def test_the_domain_that_mail_comes_back_to(well: SetUp) -> None:
    """Receivers ask for its SPF record, not for that of From."""
    plain = well.smtp
    well.smtp = plain + "bounces: {address: back@courier.example, mbox: returned}\n"
    well.write()
    assert well.findings() == {}
    well.smtp = plain + "bounces: {address: back@bounces.example, mbox: returned}\n"
    well.write()
    found = well.findings()
    assert {(name, check.about) for name, check in found.items()} == {
        ("mx", "bounces.example"),
        ("spf", "bounces.example"),
    }
    well.records["bounces.example", "MX"] = ["10 mx1.courier.example."]
    well.records["bounces.example", "TXT"] = [txt("v=spf1 ip4:1.1.9.0/24 -all")]
    (check,) = well.findings().values()
    assert (check.about, f"does not let {SENDER} send" in check.said) == ("bounces.example", True)
    well.records["bounces.example", "TXT"] = [txt("v=spf1 include:relay.example -all")]
    assert well.findings() == {}
    well.smtp = plain + "bounces: {address: courier@gmail.com, mbox: returned}\n"
    well.write()
    assert "domain of your own" in well.findings()["envelope"].mend


def test_who_sends_for_a_freemail_provider(well: SetUp) -> None:
    well.write(sender="courier@gmail.com")
    assert "domain of your own" in well.findings()["from"].mend


def test_a_relay_that_does_not_take_us(well: SetUp) -> None:
    well.relay.password = "another"
    found = well.findings()["relay"]
    assert "535" in found.said
    assert SECRET not in found.said
    well.relay.offers = ("AUTH PLAIN",)
    assert "STARTTLS" in well.findings()["relay"].said
    well.smtp = "smtp: {host: 127.0.0.1, port: 1}\n"
    well.write()
    assert "refused" in well.findings()["relay"].said
    assert well.findings()["relay"].mend


def test_what_cannot_be_known_from_here_is_no_finding(well: SetUp) -> None:
    well.smtp, well.dkim = "smtp: {folder: outbox}\n", ""
    well.write()
    checks = well.checks(None)
    assert {name for name, check in checks.items() if check.found == "unknown"} == {
        *("spf", "reverse", "key", "alignment")
    }
    assert not any(check.found == "finding" for check in checks.values())
    assert not (well.site.folder / "outbox").exists()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"robots": ""}, "not publisher serve"),
        ({"/unsubscribe/sample": "404 Not Found", "/healthz": "200 OK"}, "is answered 404"),
        ({"/unsubscribe/sample": "502 Bad Gateway"}, "is answered 502"),
    ],
)
def test_a_link_to_unsubscribe_that_leads_nowhere(
    well: SetUp, answers: dict[str, str], said: str
) -> None:
    well.statuses.update(answers)
    assert said in well.findings()["one-click"].said


def test_publisher_serve_is_known_below_another_folder_and_without_its_headers(
    well: SetUp,
) -> None:
    well.statuses.update({"/mail/unsubscribe/sample": "200 OK", "/mail/healthz": "200 OK"})
    well.statuses["robots"] = ""
    well.write(**{well.web.address: f"{well.web.address}mail/"})
    assert "one-click" not in well.findings()


def test_links_must_be_https_and_reached(well: SetUp) -> None:
    address = well.web.address
    well.write(**{address: "http://courier.example/"})
    assert "is not https" in well.findings()["one-click"].said
    well.write(**{address: "https://127.0.0.1:1/"})
    assert well.findings()["one-click"].mend


def test_a_clock_that_is_off(well: SetUp) -> None:
    ran = well.site.run(
        *("doctor", "--resolver", well.resolver, "--address", SENDER),
        "-q",
        now="2026-11-22T08:05:00Z",
    )
    assert ran.code == 3
    assert [line.split()[0] for line in ran.out.splitlines()] == ["finding", "do:"]
    assert re.search(r"finding  clock this machine: differs .* by (29\d|30\d) seconds", ran.out)


def test_an_address_that_no_letter_reaches(well: SetUp) -> None:
    well.write(postal="1 Example Street, Example Town")
    assert "letter" in well.findings()["postal address"].said


def test_a_state_that_is_not_ours_to_write(well: SetUp) -> None:
    well.site.write(".publisher", "a file")
    assert "cannot be written" in well.findings()["state"].said


def test_a_state_that_everybody_can_look_into(well: SetUp) -> None:
    """It is made closed; one that an older version made is named."""
    state = well.site.folder / ".publisher"
    shutil.rmtree(state, ignore_errors=True)
    well.site.publish()
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert well.findings().get("state") is None
    state.chmod(0o755)
    assert "open to every user" in well.findings()["state"].said


@pytest.mark.parametrize(("option", "value"), [("--resolver", "1.1.1.1:x"), ("--address", "relay")])
def test_options_that_are_none(well: SetUp, option: str, value: str) -> None:
    ran = well.site.run("doctor", option, value)
    assert ran.code == 2
    assert value in ran.err
